'use strict';
/* Bank statements as a year of transfers makes them, and what is true of each line.  The same seed gives the same files.
 * series: a number in the bank's serials of CITIC, so that two of one time are not the same lines.
 *
 *   const { makeCases, makeStatement } = require('./bank');
 *   const cases = makeCases({ count: 8000, seed: 1 });
 *   const s = makeStatement({ cases, lines: 10000, seed: 1 });
 *
 * A case: { no, reference, holder: 'org'|'rep'|'ind', payer: who must pay, amount_fen, day }.
 * s.citic, s.camt, s.csv: the same lines as files.  s.truth: one entry a line, in the order of the files:
 *   { row, serial: { citic, camt, csv }, kind, cases: [{ no, fen }], right, name, amount_fen, direction, remark }
 * right: 'auto'    whose it is follows from reference or exact name, the sum is exact, the payer is who must pay
 *        'person'  it belongs to these cases, but somebody has to say so
 *        'none'    it belongs to no case */
const { spawnSync } = require('node:child_process');
const { random } = require('./bytes');

const PAYEE = '7443900182600096874';
const REMARK = '办理广东政府采购智慧云CA';
const PRICES = { org: [60000, 100000, 140000, 180000, 220000, 40000, 80000], rep: [36000, 52000, 68000, 84000, 16000], ind: [36000, 52000, 68000, 84000, 16000] };

/* --- cases --- */

const MOD = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
function mod3736(text) {
	let p = 36;
	for (const ch of text) {
		p = (p + MOD.indexOf(ch)) % 36 || 36;
		p = (p * 2) % 37;
	}
	return MOD[(37 - p) % 36];
}

const addDays = (day, n) => new Date(Date.parse(day + 'T00:00:00Z') + n * 864e5).toISOString().slice(0, 10);

/* mark: stands in every payer's name, so that it is no payer of anybody else. */
const referenceOf = (no) => no.slice(4, 10) + no.slice(10, -1).replace(/^0{1,2}/, '') + no.slice(-1);

function makeCases({ count, seed = 1, day = '2026-11-01', prefix = 'GD', mark = '' }) {
	const r = random(seed * 7919 + 1);
	const cities = ['广州', '深圳', '佛山', '东莞', '珠海', '惠州'];
	const words = ['鑫淼', '𠮷祥', '䶮腾', '𬭊光', '华信', '粤采', '南方', '恒达', '博雅', '天成', '正元', '汇通'];
	const trades = ['科技', '信息技术', '工程咨询', '医疗器械', '办公设备', '环保', '建筑装饰', '贸易'];
	/* Names alike on purpose: only the ending, or the brackets, tell them apart. */
	const endings = ['有限公司', '有限责任公司', '（广东）有限公司', '股份有限公司'];
	const people = ['李小明', '王𬭊', '𠮷田䶮', '买买提·吐尔逊', '欧阳㛃', '陈小红', '张伟', '李晓明', '黄丽', '刘洋'];
	const unit = () => `${r.pick(cities)}${mark}${r.pick(words)}${r.pick(words)}${r.pick(trades)}${r.pick(endings)}`;
	const out = [];

	for (let i = 0; i < count; i++) {
		const holder = r.pick(['org', 'org', 'org', 'rep', 'ind']);
		const on = addDays(day, Math.floor((i * 20) / count));
		const body = `${prefix}${on.replace(/-/g, '')}${String(1 + (i % 999999)).padStart(6, '0')}`;
		const no = body + mod3736(body);
		const before = out.length && r.next() < 0.2 ? out[out.length - 1] : null;
		const same = before && (before.holder === 'ind') === (holder === 'ind') ? before.payer : null;
		const prices = PRICES[holder];
		out.push({ no, reference: referenceOf(no), holder, payer: same || (holder === 'ind' ? r.pick(people) + mark + (r.next() < 0.8 ? r.pick(['', '芳', '强', '军', '敏', '娜', '磊', '洁']) : '') : unit()), amount_fen: r.pick(prices), day: on });
	}
	return out;
}

/* --- lines --- */

const wide = (text) => text.replace(/[!-~]/g, (ch) => String.fromCharCode(ch.charCodeAt(0) + 0xfee0));
function dress(r, reference) {
	return r.pick([(x) => x, (x) => x, (x) => x.toLowerCase(), wide, (x) => x.slice(0, 6) + ' ' + x.slice(6), (x) => x.slice(0, 6) + '-' + x.slice(6), (x) => `编号${x}`])(reference);
}
/* 0 for O, 1 for I and the other way: what a person copies from paper. */
function mistype(r, reference) {
	const at = [...reference].map((ch, i) => ('0O1IL'.includes(ch) ? i : -1)).filter((i) => i >= 0);
	const i = r.pick(at.length ? at : [0]);
	const to = { 0: 'O', O: '0', 1: r.pick(['I', 'L']), I: '1', L: '1' }[reference[i]] || reference[i];
	return reference.slice(0, i) + to + reference.slice(i + 1);
}
/* Another digit: no longer this case, and its check character says so. */
function spoil(r, reference) {
	const i = 6 + r.below(reference.length - 7);
	return reference.slice(0, i) + String((Number(reference[i]) + 1 + r.below(8)) % 10) + reference.slice(i + 1);
}
function near(name) {
	if (name.endsWith('有限责任公司')) return name.replace('有限责任公司', '有限公司');
	if (name.endsWith('有限公司')) return name.replace(/有限公司$/, '有限责任公司');
	return name.slice(0, -1);
}
const narrow = (name) => name.replace(/（/g, '(').replace(/）/g, ')');

class Desk {
	constructor(cases, r, mark) {
		this.r = r;
		this.mark = mark;
		this.all = [...cases];
		for (let i = this.all.length - 1; i > 0; i--) {
			const k = r.below(i + 1);
			[this.all[i], this.all[k]] = [this.all[k], this.all[i]];
		}
		this.used = new Set();
		this.of = new Map();
		for (const c of cases) this.of.set(c.payer, [...(this.of.get(c.payer) || []), c]);
		this.lines = [];
	}

	free(fits = () => true) {
		const hit = this.all.find((c) => !this.used.has(c.no) && fits(c));
		if (hit) this.take(hit);
		return hit;
	}

	take(c) {
		this.used.add(c.no);
		if (this.all[0] === c) this.all.shift();
	}

	/* Only one case could be meant by name and sum, taken ones counted too: others see the same payer twice. */
	alone(c) {
		return this.of.get(c.payer).filter((x) => x.amount_fen === c.amount_fen).length === 1 && this.of.get(c.payer).length === 1;
	}

	add(kind, right, cases, line) {
		const r = this.r;
		const amount = line.amount_fen === undefined ? cases.reduce((s, c) => s + c.fen, 0) : line.amount_fen;
		this.lines.push({ kind, right, cases, direction: 'in', returned: false, name: '', account: '', bank: '', remark: REMARK, after: cases.length ? cases.map((c) => c.day).sort().pop() : null, ...line, amount_fen: amount, tick: r.next() });
	}
}

const account = (r, personal) => (personal ? '6222' : String(1 + r.below(9))) + Array.from({ length: personal ? 15 : 14 }, () => r.below(10)).join('');
const BANKS = ['中国工商银行广州支行', '中国建设银行深圳分行', '招商银行佛山分行', '广东农村信用社联合社', '中国农业银行', '中信银行广州花园支行'];
const given = (c, fen = c.amount_fen) => ({ no: c.no, fen, day: c.day });

/* Each puts its lines on the desk; false: no case is left that it fits. */
const KINDS = [
	[50, 'plain', (d, r) => {
		const c = d.free();
		if (!c) return false;
		d.add('plain', 'auto', [given(c)], { name: r.next() < 0.3 ? narrow(c.payer) : c.payer, personal: c.holder === 'ind', remark: r.pick([`${REMARK} ${dress(r, c.reference)}`, `${REMARK}${c.reference}`, dress(r, c.reference), `CA费用，${dress(r, c.reference)}`]) });
	}],
	/* Other numbers around it: a telephone, a day, a contract. */
	[4, 'numbers', (d, r) => {
		const c = d.free();
		if (!c) return false;
		const other = () => r.pick([`电话1${r.pick(['38', '59', '86'])}${String(r.below(1e8)).padStart(8, '0')}`, `${c.day.replace(/-/g, '')}`, `合同${r.below(1e9)}号`, `共${1 + r.below(9)}张`]);
		d.add('numbers', 'auto', [given(c)], { name: c.payer, personal: c.holder === 'ind', remark: r.pick([`${other()} ${c.reference}`, `${c.reference}，${other()}`, `${other()}，${c.reference}；${other()}`]) });
	}],
	/* The reference of another's case of the same price: name and reference speak against each other. */
	[2, 'crossed', (d, r) => {
		const c = d.free();
		if (!c) return false;
		const other = d.all.find((x) => x.payer !== c.payer && x.amount_fen === c.amount_fen);
		if (!other) return false;
		d.add('crossed', 'person', [given(c)], { name: c.payer, personal: c.holder === 'ind', remark: `${REMARK} ${dress(r, other.reference)}` });
	}],
	[8, 'typo', (d, r) => {
		const c = d.free((x) => /[0O1IL]/.test(x.reference));
		if (!c) return false;
		d.add('typo', 'auto', [given(c)], { name: c.payer, personal: c.holder === 'ind', remark: `${REMARK} ${mistype(r, c.reference)}` });
	}],
	[8, 'name', (d, r) => {
		const c = d.free();
		if (!c) return false;
		d.add('name', d.alone(c) ? 'auto' : 'person', [given(c)], { name: c.payer, personal: c.holder === 'ind', remark: r.pick([REMARK, 'CA费', '', '货款']) });
	}],
	[3, 'spoiled', (d, r) => {
		const c = d.free((x) => d.alone(x));
		if (!c) return false;
		d.add('spoiled', 'auto', [given(c)], { name: c.payer, personal: c.holder === 'ind', remark: `${REMARK} ${spoil(r, c.reference)}` });
	}],
	[3, 'three', (d) => {
		const c = d.free((x) => d.of.get(x.payer).filter((y) => !d.used.has(y.no)).length >= 2);
		if (!c) return false;
		const more = d.of.get(c.payer).filter((y) => !d.used.has(y.no)).slice(0, 2);
		more.forEach((y) => d.take(y));
		const all = [c, ...more];
		d.add('three', 'auto', all.map((x) => given(x)), { name: c.payer, personal: c.holder === 'ind', remark: `${REMARK} ${all.map((x) => x.reference).join('、')}` });
	}],
	[3, 'parts', (d) => {
		const c = d.free();
		if (!c) return false;
		const first = Math.floor(c.amount_fen / 200) * 100;
		for (const fen of [first, c.amount_fen - first]) d.add('parts', 'person', [given(c, fen)], { name: c.payer, personal: c.holder === 'ind', remark: `${REMARK} ${c.reference}` });
	}],
	[4, 'private', (d, r) => {
		const c = d.free((x) => x.holder !== 'ind');
		if (!c) return false;
		d.add('private', 'person', [given(c)], { name: r.pick(['李小明', '王𬭊', '张伟']) + d.mark, personal: true, remark: `${REMARK} ${c.reference}` });
	}],
	[2, 'company', (d, r) => {
		const c = d.free((x) => x.holder === 'ind');
		if (!c) return false;
		d.add('company', 'person', [given(c)], { name: `广州${r.pick(['鑫淼', '𠮷祥'])}人力资源有限公司`, remark: `${REMARK} ${c.reference}` });
	}],
	[4, 'alike', (d, r) => {
		const c = d.free((x) => x.holder !== 'ind' && !d.of.has(near(x.payer)));
		if (!c) return false;
		d.add('alike', 'person', [given(c)], { name: near(c.payer), remark: r.pick([REMARK, `${REMARK} ${c.reference}`]) });
	}],
	[3, 'sum', (d, r) => {
		const c = d.free();
		if (!c) return false;
		const fen = c.amount_fen + r.pick([-10000, -100, 1, 10000]);
		d.add('sum', 'person', [given(c, Math.min(fen, c.amount_fen))], { amount_fen: fen, name: c.payer, personal: c.holder === 'ind', remark: `${REMARK} ${c.reference}` });
	}],
	[2, 'returned', (d) => {
		const c = d.free();
		if (!c) return false;
		const line = { amount_fen: c.amount_fen, name: c.payer, personal: c.holder === 'ind', account: account(d.r, c.holder === 'ind'), after: c.day };
		d.add('returned', 'none', [], { ...line, remark: '户名不符退回', returned: true });
		d.add('sent_back', 'none', [], { ...line, remark: '退款', direction: 'out' });
	}],
	[4, 'stranger', (d, r) => d.add('stranger', 'none', [], { amount_fen: r.pick([60000, 100000, 36000, 140000]), name: `${r.pick(['上海', '北京', '杭州'])}${r.pick(['远航', '盛世', '𠮷兴'])}${r.below(100000)}商务有限公司`, remark: r.pick([REMARK, '服务费', '往来款']) })],
	[3, 'fee', (d, r) => d.add('fee', 'none', [], { amount_fen: 100 + r.below(4900), direction: 'out', remark: r.pick(['账户管理费', '网银服务费', '跨行转账手续费']) })],
	[1, 'interest', (d, r) => d.add('interest', 'none', [], { amount_fen: 1 + r.below(99999), remark: '结息' })],
];
const NOISE = KINDS.filter(([, kind]) => ['stranger', 'fee', 'interest'].includes(kind));

function choose(r, kinds) {
	let at = r.next() * kinds.reduce((s, [weight]) => s + weight, 0);
	for (const row of kinds) {
		at -= row[0];
		if (at < 0) return row;
	}
	return kinds[kinds.length - 1];
}

/* In the order of the bank: by day and second, each with its number and the balance behind it. */
function book(desk, { from, to, opening_fen, series }) {
	const r = desk.r;
	const span = (Date.parse(to) - Date.parse(from)) / 864e5;
	for (const l of desk.lines) {
		const least = l.after && l.after > from ? (Date.parse(l.after) - Date.parse(from)) / 864e5 : 0;
		l.day = addDays(from, Math.min(span, least + Math.floor(l.tick * (span - least + 1))));
		l.second = 8 * 3600 + r.below(9 * 3600);
		if (l.name && !l.account) l.account = account(r, l.personal);
		if (l.name && !l.bank) l.bank = r.pick(BANKS);
	}
	desk.lines.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.second - b.second));
	let balance = opening_fen;
	desk.lines.forEach((l, i) => {
		balance += l.direction === 'in' ? l.amount_fen : -l.amount_fen;
		Object.assign(l, { row: i + 1, balance_fen: balance, number: `${l.day.replace(/-/g, '')}${String(i + 1).padStart(6, '0')}`, series: String(series).padStart(13, '0') });
	});
	return balance;
}

/* --- files --- */

const yuan = (fen) => `${fen < 0 ? '-' : ''}${Math.floor(Math.abs(fen) / 100)}.${String(Math.abs(fen) % 100).padStart(2, '0')}`;
const grouped = (fen) => yuan(fen).replace(/\B(?=(\d{3})+(?=\.))/g, ',');
const esc = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const clock = (s, by) => [s / 3600, (s / 60) % 60, s % 60].map((n) => String(Math.floor(n)).padStart(2, '0')).join(by);
const tag = (name, text, more = '') => `<${name}${more}>${text}</${name}>`;

function gb18030(text) {
	const done = spawnSync('iconv', ['-f', 'UTF-8', '-t', 'GB18030'], { input: text, maxBuffer: 64 * 1024 * 1024 });
	if (done.status !== 0) throw new Error(`iconv: ${done.stderr}`);
	return done.stdout;
}

function citic(lines, own) {
	const rows = lines.map((l) => tag('row', tag('tranDate', l.day.replace(/-/g, '')) + tag('tranTime', clock(l.second, '')) + tag('tranNo', l.number) + tag('sumTranNo', l.series) + tag('tranAmount', yuan(l.amount_fen)) + tag('creditDebitFlag', l.direction === 'in' ? 'C' : 'D') + tag('oppAccountNo', l.account) + tag('oppAccountName', esc(l.name)) + tag('oppOpenBankName', esc(l.bank)) + tag('abstract', esc(l.remark)) + tag('balance', yuan(l.balance_fen)) + tag('valueDate', l.day.replace(/-/g, '')) + tag('e3rtFlag', l.returned ? '0' : '1')));
	return gb18030(`<?xml version="1.0" encoding="GBK"?>\n<stream><status>AAAAAAA</status><statusText>交易成功</statusText><accountNo>${own}</accountNo><totalRecords>${rows.length}</totalRecords><returnRecords>${rows.length}</returnRecords><list name="userDataList">\n${rows.join('\n')}\n</list></stream>\n`);
}

function camt(lines, own, opening, closing) {
	const bal = (code, fen) => tag('Bal', tag('Tp', tag('CdOrPrtry', tag('Cd', code))) + tag('Amt', yuan(Math.abs(fen)), ' Ccy="CNY"') + tag('CdtDbtInd', fen < 0 ? 'DBIT' : 'CRDT') + tag('Dt', tag('Dt', lines[0].day)));
	const entries = lines.map((l) => {
		const side = l.direction === 'in' ? 'Dbtr' : 'Cdtr';
		const parties = l.name ? tag('RltdPties', tag(side, tag('Pty', tag('Nm', esc(l.name)))) + tag(`${side}Acct`, tag('Id', tag('Othr', tag('Id', l.account))))) + tag('RltdAgts', tag(`${side}Agt`, tag('FinInstnId', tag('Nm', esc(l.bank))))) : '';
		const tx = parties + (l.remark ? tag('RmtInf', tag('Ustrd', esc(l.remark))) : '') + (l.returned ? tag('RtrInf', tag('Rsn', tag('Cd', 'BE01'))) : '');
		return tag('Ntry', tag('Amt', yuan(l.amount_fen), ' Ccy="CNY"') + tag('CdtDbtInd', l.direction === 'in' ? 'CRDT' : 'DBIT') + tag('Sts', tag('Cd', 'BOOK')) + tag('BookgDt', tag('Dt', l.day)) + tag('ValDt', tag('Dt', l.day)) + tag('AcctSvcrRef', `R${l.number}`) + tag('NtryDtls', tag('TxDtls', tx)));
	});
	return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt><Id>S</Id><Acct><Id><Othr><Id>${own}</Id></Othr></Id></Acct>${bal('OPBD', opening)}${bal('CLBD', closing)}\n${entries.join('\n')}\n</Stmt></BkToCstmrStmt></Document>\n`);
}

function csv(lines) {
	const cell = (text) => (/[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
	const rows = lines.map((l) => [l.day, clock(l.second, ':'), `C${l.number}`, l.direction === 'out' ? grouped(l.amount_fen) : '', l.direction === 'in' ? grouped(l.amount_fen) : '', grouped(l.balance_fen), l.account, l.name, l.bank, l.remark, l.returned ? '退汇' : ''].map(cell).join(','));
	return Buffer.from(`\ufeff交易日期,交易时间,交易流水号,借方发生额,贷方发生额,余额,对方账号,对方户名,对方开户行,附言,退汇标志\r\n${rows.join('\r\n')}\r\n`);
}

function makeStatement({ cases, lines, seed = 1, own = PAYEE, from = '2026-11-01', to = '2026-11-22', opening_fen = 100000000, series = 1, mark = '' }) {
	const desk = new Desk(cases, random(seed), mark);
	const r = desk.r;
	while (desk.lines.length < lines) if (choose(r, KINDS)[2](desk, r) === false) choose(r, NOISE)[2](desk, r);
	desk.lines.length = lines; /* a pair may have been one too many */
	const closing = book(desk, { from, to, opening_fen, series });
	const truth = desk.lines.map((l) => ({ row: l.row, serial: { citic: `${l.day.replace(/-/g, '')}-${l.number}-${l.series}`, camt: `R${l.number}`, csv: `C${l.number}` }, kind: l.kind, right: l.right, cases: l.cases.map(({ no, fen }) => ({ no, fen })), name: l.name, amount_fen: l.amount_fen, direction: l.direction, remark: l.remark, day: l.day }));
	return { citic: citic(desk.lines, own), camt: camt(desk.lines, own, opening_fen, closing), csv: csv(desk.lines), truth, account: own, opening_fen, closing_fen: closing };
}

module.exports = { makeCases, makeStatement, referenceOf, addDays, mod3736, PAYEE };
