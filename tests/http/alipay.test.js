'use strict';
/* Scan to pay: the order, the code, the notice, the query, closing, the refund; every notice that is not exactly right is
 * refused, and a right one counts once however often it comes. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const env = require('../lib/env');
const data = require('../lib/data');
const { Client, key } = require('../lib/client');
const { applicant } = require('../lib/journey');
const { Walk, everybody } = require('../lib/walk');
const { subject, certificate, bring } = require('../lib/certificates');
const { staff } = require('../lib/staff');
const { started, form, pair } = require('../lib/alipay');
const { books } = require('../lib/money');
const { sql } = require('../lib/sql');
const { hurry } = require('../lib/worker');
const { AlipaySdk } = require('../browser/node_modules/alipay-sdk');

let g, finance, second;

test.before(async () => {
	await everybody();
	finance = await staff('finance1');
	second = await staff('finance2');
	g = await started();
});
test.after(async () => {
	await g.ended();
	books();
});

async function until(what, look) {
	for (const stop = Date.now() + 90000; ;) {
		const got = await look();
		if (got) return got;
		assert.ok(Date.now() < stop, what);
		await new Promise((f) => setTimeout(f, 50));
	}
}

/* A renewal online that waits for its money. */
async function renewal() {
	const owner = await applicant(), who = subject('org', owner.phone);
	const old = bring([certificate(who, { not_after: data.today(30) })]);
	const w = await Walk.begin({ service: 'renew', holder: 'org', channel: 'online', owner, subject: who, old });
	await w.fill();
	await w.handIn();
	return w;
}
const order = (w, k = key()) => w.owner.post(`${w.url}/alipay`, undefined, { key: k });
const state = async (w) => (await w.owner.want(200, 'GET', `${w.url}/alipay`)).json;
const code = (w) => until('no code to scan', async () => { const o = await state(w); return o.state === 'waiting' && o; });
const numbers = (w) => [...g.trades.keys()].filter((n) => n.startsWith(w.no));
const notify = (params) => new Client().request('POST', '/api/hooks/alipay', { raw: typeof params === 'string' || Buffer.isBuffer(params) ? params : form(params), headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' }, check: false });
const payments = async (w) => (await finance.want(200, 'GET', `/api/staff/applications/${w.no}`)).json.payments;

async function waiting() {
	const w = await renewal();
	assert.equal((await order(w)).status, 201);
	await code(w);
	return { w, no: numbers(w)[0] };
}

test('the official SDK and the stand-in understand each other', async () => {
	const sdk = new AlipaySdk({ appId: g.appId, privateKey: g.app.privateKey.replace(/-----[^-]+-----|\s/g, ''), keyType: 'PKCS8', alipayPublicKey: g.own.publicKey.replace(/-----[^-]+-----|\s/g, ''), gateway: g.url });
	const made = await sdk.exec('alipay.trade.precreate', { notifyUrl: 'https://ca.example/x', bizContent: { out_trade_no: 'SDK1', total_amount: '600.00', subject: '机构数字证书𠮷' } }, { validateSign: true });
	assert.equal(made.code, '10000');
	g.paid('SDK1');
	assert.equal((await sdk.exec('alipay.trade.query', { bizContent: { out_trade_no: 'SDK1' } }, { validateSign: true })).tradeStatus, 'TRADE_SUCCESS');
	assert.ok(sdk.checkNotifySignV2(g.signed(g.notice('SDK1'))));
	assert.ok(!sdk.checkNotifySignV2({ ...g.signed(g.notice('SDK1')), total_amount: '0.01' }));
	g.trades.delete('SDK1');
});

test('order, code, notice: paid, once, and the gate closes', async () => {
	const w = await renewal();
	assert.equal((await state(w)).state, 'none');
	const k = key();
	assert.equal((await order(w, k)).json.state, 'planned');
	assert.equal((await order(w, k)).status, 201);
	const o = await code(w);
	assert.match(o.qr, /^<svg/);
	assert.match(o.link, /^https:\/\/qr\.alipay\.example\//);
	assert.equal((await order(w)).json.link, o.link, 'a second press gives another order');
	const [no, more] = numbers(w);
	assert.equal(more, undefined);
	assert.equal(g.trades.get(no).total_amount, (o.amount_fen / 100).toFixed(2));
	g.paid(no);
	const notice = g.signed(g.notice(no));
	const a = await notify(notice);
	assert.equal(a.status, 200, a.body.toString());
	assert.equal(a.body.toString(), 'success');
	assert.match(a.type, /^text\/plain/);
	assert.equal((await state(w)).state, 'paid');
	await w.look();
	assert.ok(w.gate('money').closed_at);
	for (let i = 0; i < 5; i++) assert.equal((await notify(notice)).body.toString(), 'success');
	assert.equal((await notify(g.signed(g.notice(no, { notify_id: 'another' })))).body.toString(), 'success');
	const [p, twice] = await payments(w);
	assert.equal(twice, undefined);
	assert.equal(p.method, 'alipay');
	assert.equal(p.amount_fen, o.amount_fen);
	assert.equal(p.recorded_by, null);
	assert.equal((await order(w)).status, 409);
});

test('more than 300 notices that are almost right: none is taken, nothing is booked', async () => {
	const { w, no } = await waiting(), other = await waiting();
	g.paid(no);
	g.paid(other.no);
	const good = g.notice(no), right = g.signed(good), stranger = pair();
	const bad = [];
	for (const name of Object.keys(right)) {
		const rest = { ...right };
		delete rest[name];
		bad.push([`${name} left out`, form(rest)]);
		for (const value of ['', 'x', `${right[name]} `, `${right[name]}0`, String(right[name]).slice(0, -1), String(right[name]).toUpperCase() + '#', '0.01', '𠮷'])
			if (value !== right[name]) bad.push([`${name} is ${value}`, form({ ...right, [name]: value })]);
		bad.push([`${name} twice`, `${form(right)}&${name}=${encodeURIComponent(right[name])}`]);
		bad.push([`${name} renamed`, form({ ...rest, [`${name}x`]: right[name] })]);
	}
	for (let i = 0; i < 40; i++) {
		const at = (i * 7) % (right.sign.length - 2), letter = right.sign[at] === 'A' ? 'B' : 'A';
		bad.push([`sign, letter ${at}`, form({ ...right, sign: right.sign.slice(0, at) + letter + right.sign.slice(at + 1) })]);
	}
	for (const [why, params] of [
		['another key', g.signed(good, { key: stranger.privateKey })],
		['the key of the app', g.signed(good, { key: g.app.privateKey })],
		['RSA', g.signed(good, { type: 'RSA' })], ['MD5', g.signed(good, { type: 'MD5' })], ['no type', g.signed(good, { type: '' })],
		['another app, well signed', g.signed({ ...good, app_id: '2021000000000009' })],
		['another seller, well signed', g.signed({ ...good, seller_id: '2088000000000009' })],
		['no seller, well signed', g.signed({ ...good, seller_id: '' })],
		['another order, well signed', g.signed({ ...good, out_trade_no: other.no, total_amount: '1.00' })],
		['no such order, well signed', g.signed({ ...good, out_trade_no: `${no}9` })],
		...['0.01', '0', '-400.00', '400', '400.000', '4e2', '400.00 ', '９００.00', '800.01', ''].map((amount) => [`amount ${amount}, well signed`, g.signed({ ...good, total_amount: amount })]),
		['no trade number, well signed', g.signed({ ...good, trade_no: '' })],
		['GBK, well signed', g.signed({ ...good, charset: 'gbk' })],
	]) bad.push([why, form(params)]);
	for (const raw of ['', '&', '=', 'a', '%', 'sign=%zz', `${form(right)}&`.replace('sign=', 'sign%00='), JSON.stringify(right), '<xml/>', 'x='.padEnd(70000, 'y')]) bad.push([`body ${raw.slice(0, 12)}`, raw]);
	assert.ok(bad.length >= 300, `only ${bad.length}`);
	const taken = [];
	for (const [why, body] of bad) {
		const a = await notify(body);
		if (a.status === 200 || a.body.toString().includes('success')) taken.push(why);
		assert.ok(a.status < 500, `${why}: ${a.status}`);
	}
	assert.deepEqual(taken, []);
	assert.deepEqual(await payments(w), []);
	assert.equal((await notify(right)).body.toString(), 'success', 'the control: the right one is taken');
	assert.equal((await payments(w)).length, 1);
});

test('50 at once: one payment; signed with the type kept in is read too', async () => {
	const { w, no } = await waiting();
	g.paid(no);
	const params = g.signed(g.notice(no), { keep: true });
	const got = await Promise.all(Array.from({ length: 50 }, () => notify(params)));
	assert.ok(got.some((a) => a.status === 200));
	assert.ok(got.every((a) => a.status === 200 || a.status === 503 || a.status === 409), got.map((a) => a.status).join());
	assert.equal((await payments(w)).length, 1);
	assert.equal((await notify(params)).body.toString(), 'success');
	assert.equal((await payments(w)).length, 1);
});

test('no notice comes: the query finds it paid', async () => {
	const { w, no } = await waiting();
	g.paid(no);
	sql(`UPDATE alipay_order SET asked_at=0 WHERE out_trade_no='${no}'`);
	await until('nobody asked', async () => (await state(w)).state === 'paid');
	assert.equal((await payments(w))[0].bank_serial, g.trades.get(no).trade_no);
});

test('not paid in time: closed, then another code; what is paid after all is kept', async () => {
	const { w, no } = await waiting();
	sql(`UPDATE alipay_order SET ends_at=UNIX_TIMESTAMP()-1, asked_at=0 WHERE out_trade_no='${no}'`);
	await until('it stays open', async () => (await state(w)).state === 'closed');
	assert.equal((await order(w)).status, 201);
	await code(w);
	const [, next] = numbers(w);
	assert.notEqual(next, no);
	g.paid(no);
	assert.equal((await notify(g.signed(g.notice(no)))).body.toString(), 'success', 'money that came is not refused');
	assert.equal((await payments(w)).length, 1);
});

test('the gateway is away, refuses, or lies: said so, and tried again', async () => {
	const w = await renewal();
	g.mode = 'refuse';
	await order(w);
	const failed = await until('it never failed', async () => { const o = await state(w); return o.state === 'failed' && o; });
	assert.match(failed.error, /系统繁忙/);
	g.mode = 'forged';
	await order(w);
	await new Promise((f) => setTimeout(f, 2500));
	assert.equal((await state(w)).state, 'planned', 'an answer that nobody signed was believed');
	g.mode = 'good';
	hurry();
	await code(w);
});

test('our key cannot be read: said in the log, the worker lives, and the code comes when it is there', async () => {
	const key = path.join(env.varDir, 'secret/alipay-app.key'), log = path.join(env.varDir, 'log/worker.log');
	const said = (words) => fs.readFileSync(log, 'utf8').split(words).length - 1;
	const w = await renewal(), before = said('alipay-app.key cannot be read'), born = said('worker: at work');
	fs.renameSync(key, `${key}.away`);
	try {
		await order(w);
		await until('nobody missed it', async () => said('alipay-app.key cannot be read') > before);
	} finally {
		fs.renameSync(`${key}.away`, key);
	}
	await until('no code to scan', async () => { hurry(); return (await state(w)).state === 'waiting'; });
	assert.equal(said('worker: at work'), born, 'it died of that');
});

test('free, paid, by post, of another: no code', async () => {
	const owner = await applicant();
	const w = await Walk.begin({ service: 'new', holder: 'org', channel: 'post', owner, subject: subject('org', owner.phone) });
	assert.equal((await order(w)).status, 409);
	const r = await renewal();
	const stranger = await applicant();
	assert.equal((await stranger.post(`${r.url}/alipay`, undefined, { key: key() })).status, 404);
	assert.equal((await stranger.get(`${r.url}/alipay`)).status, 404);
});

test('a refund goes back through the gateway, once, with two persons', async () => {
	const { w, no } = await waiting();
	const t = g.paid(no);
	await notify(g.signed(g.notice(no)));
	await w.look();
	await w.owner.want(200, 'POST', `${w.url}/withdraw`, { reason: '不办了' }, { key: key(), match: w.case.version });
	const [p] = await payments(w);
	const r = (await finance.want(201, 'POST', '/api/staff/refunds', { payment_id: p.id, amount_fen: p.amount_fen, reason: '已撤回' }, { key: key() })).json;
	g.mode = 'drop'; /* it is done there, and we do not hear of it */
	await second.want(200, 'POST', `/api/staff/refunds/${r.id}/approve`, undefined, { key: key(), match: r.version });
	await until('it was not asked', async () => g.refunds.size > 0 || g.calls.includes('alipay.trade.fastpay.refund.query'));
	g.mode = 'good';
	hurry();
	await until('never paid', async () => (await finance.want(200, 'GET', `/api/staff/refunds/${r.id}`)).json.state === 'paid');
	assert.equal(t.refunded, p.amount_fen);
	assert.equal(g.refunds.size, 1);
});

test('the daily bill: agrees, and each way in which it may not', async () => {
	const a = await waiting(), b = await waiting();
	for (const x of [a, b]) {
		g.paid(x.no);
		await notify(g.signed(g.notice(x.no)));
	}
	const HEAD = '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,对方账户,订单金额（元）,退款批次号/请求号,备注';
	const row = (no, more = {}) => {
		const t = { kind: '交易', sum: g.trades.get(no).total_amount, trade: g.trades.get(no).trade_no, request: '', ...more };
		return [t.trade, no, t.kind, '数字证书𠮷', data.today() + ' 10:00:00', data.today() + ' 10:00:01', '*某', t.sum, t.request, ''].map((x) => x + '\t').join(',');
	};
	const bill = (...rows) => finance.request('POST', '/api/staff/alipay-bills', { raw: Buffer.from(`#支付宝业务明细查询\n#账号：[20880000000000010156]\n${HEAD}\n${rows.join('\n')}\n#业务明细列表结束\n`), key: key(), headers: { 'Content-Type': 'text/csv' } });
	const said = async (...rows) => (await bill(...rows)).json;
	const paidAll = [...g.trades.values()].filter((t) => t.status === 'TRADE_SUCCESS').map((t) => t.out_trade_no);
	/* What was paid without a notice is asked about, too. */
	sql("UPDATE alipay_order SET asked_at=0 WHERE state='waiting'");
	await until('one that was paid still waits', () => sql(`SELECT COUNT(*) FROM alipay_order WHERE state='waiting' AND out_trade_no IN (${paidAll.map((no) => `'${no}'`)})`) === '0');
	const refunds = [...g.refunds].map(([request, r]) => row(paidAll[0], { kind: '退款', sum: '-' + r.amount, request }));
	const whole = await said(...paidAll.map((no) => row(no)), ...refunds);
	assert.deepEqual(whole.differences, []);
	assert.equal(whole.agree, true);
	assert.equal(whole.trades, paidAll.length);
	const kinds = (x, no) => x.differences.filter((d) => d.number === no).map((d) => d.kind);
	const ta = g.trades.get(a.no).trade_no;
	assert.deepEqual(kinds(await said(...paidAll.filter((no) => no !== a.no).map((no) => row(no)), ...refunds), ta), ['trade_not_there']);
	assert.deepEqual(kinds(await said(...paidAll.map((no) => row(no, no === a.no ? { sum: '0.01' } : {})), ...refunds), ta), ['trade_sum']);
	assert.deepEqual(kinds(await said(row(a.no, { trade: '20990000000000000000000000000001' })), '20990000000000000000000000000001'), ['trade_not_here']);
	assert.deepEqual(kinds(await said(row(a.no, { kind: '退款', sum: '-1.00', request: 'R999999' })), 'R999999'), ['refund_not_here']);
	const bad = await bill(row(a.no, { sum: '很多' }));
	assert.equal(bad.status, 422);
	assert.match(bad.json.errors[0].detail, /第4行/);
	assert.equal((await finance.request('POST', '/api/staff/alipay-bills', { raw: Buffer.from('甲,乙\n1,2\n'), key: key(), headers: { 'Content-Type': 'text/csv' } })).json.errors[0].code, 'bill_head');
	assert.equal((await (await staff('clerk1')).request('POST', '/api/staff/alipay-bills', { raw: Buffer.from(HEAD), key: key(), headers: { 'Content-Type': 'text/csv' } })).status, 403);
});
