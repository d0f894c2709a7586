'use strict';
/* unlock.fee, a price that staff keep: at 0 nothing is asked; above it the quote, the gate, the payment, the guide and the
 * form say it, and a case keeps what held when it began.  Everything is put back. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const env = require('../lib/env');
const data = require('../lib/data');
const { Client } = require('../lib/client');
const { applicant } = require('../lib/journey');
const { staff } = require('../lib/staff');
const { everywhere } = require('../lib/worker');
const { dual } = require('../lib/dual');
const { Walk, everybody } = require('../lib/walk');
const { subject, certificate, bring, status } = require('../lib/certificates');

const NAME = 'unlock.fee';
const visitor = new Client();
const quote = async (count = 1, service = 'unlock') => (await visitor.want(200, 'GET', `/api/quote?service=${service}&holder=org&years=1&count=${count}`)).json;
const gen = (name) => fs.readFileSync(path.join(env.varDir, 'gen', name), 'utf8');
const gates = (w) => w.case.gates.map((g) => g.name);
const open = (w) => w.case.gates.filter((g) => !g.closed_at).map((g) => g.name);
const payment = async (w) => (await w.owner.want(200, 'GET', `${w.url}/payment`)).json;
const pause = (ms) => new Promise((r) => setTimeout(r, ms));

async function until(what, fits, ms = 90000) {
	for (const end = Date.now() + ms; !await fits();) {
		assert.ok(Date.now() < end, what);
		await pause(60);
	}
}

async function setting(c) {
	return (await c.want(200, 'GET', '/api/staff/settings')).json.items.find((s) => s.name === NAME);
}

/* A case begins by the second: those before begin before the change, the next one after it. */
async function price(yuan) {
	const c = await staff('supervisor1');
	await pause(1100);
	const now = await setting(c);
	if (yuan === null && !now.is_default) await dual('price', { name: NAME, reset: true, reason: '解锁恢复免费𠮷' });
	else if (yuan !== null) await dual('price', { name: NAME, value: String(yuan), reason: `解锁收费改为${yuan}元𠮷` });
	await everywhere();
	assert.equal((await quote()).total_fen, (yuan || 0) * 100);
}

async function unlock(holder, channel, count = 1) {
	const owner = await applicant();
	const whose = subject(holder, owner.phone);
	const old = bring(Array.from({ length: count }, () => certificate(whose)));
	const w = await Walk.begin({ service: 'unlock', holder, channel, owner, subject: whose, old });
	await w.fill();
	return w;
}

function textOf(pdf) {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'unlock-fee-'));
	try {
		fs.writeFileSync(path.join(dir, 'form.pdf'), pdf);
		return execFileSync('pdftotext', ['-q', '-layout', path.join(dir, 'form.pdf'), '-'], { encoding: 'utf8' }).replace(/\s+/g, '');
	} finally {
		fs.rmSync(dir, { recursive: true });
	}
}

let begun; /* while it was free */
test.before(async () => {
	await everybody();
	await price(null);
});
test.after(async () => {
	await price(null);
});

test('free: no line, no gate, nothing to pay, and the guide says so', async () => {
	assert.deepEqual([(await quote()).lines, (await quote(20)).total_fen], [[], 0]);
	begun = { online: await unlock('org', 'online'), post: await unlock('ind', 'post') };
	for (const w of Object.values(begun)) {
		assert.equal(w.case.amount_fen, 0);
		assert.ok(!gates(w).includes('money'), w.channel);
		assert.deepEqual([(await payment(w)).free, (await payment(w)).state], [true, 'none']);
	}
	await until('the guide of free', () => gen('guide-unlock.html').includes('<p>免费。</p>') && gen('fees.html').includes('<li>解锁：免费</li>'));
	assert.ok(!textOf((await visitor.get('/api/forms/unlock/org.pdf')).body).includes('应缴金额'));
});

test('30 yuan: quote, catalogue, guide and blank form', async () => {
	await price(30);
	const q = await quote(2);
	assert.deepEqual([q.total_fen, q.total_words], [6000, '陆拾元整']);
	assert.deepEqual(q.lines, [{ text: '每次', unit_fen: 3000, count: 2, sum_fen: 6000 }]);
	for (const other of ['change', 'revoke']) assert.equal((await quote(1, other)).total_fen, 0, other);
	const routes = (await visitor.want(200, 'GET', '/api/catalog/unlock/org')).json.routes;
	for (const r of routes) assert.ok(r.gates.includes('money') && r.fee.first_fen === 3000, r.channel);
	const cat = (await visitor.want(200, 'GET', '/api/catalog')).json;
	assert.deepEqual(cat.fees.filter((f) => f.service === 'unlock').map((f) => f.first_fen), [3000, 3000, 3000]);
	await until('the guide of 30 yuan', () => gen('guide-unlock.html').includes('每次每张¥30.00') && gen('fees.html').includes('解锁：每次每张¥30.00'));
	assert.match(gen('guide-unlock.html'), /转账须由谁付出/);
	await until('the blank form', async () => textOf((await visitor.get('/api/forms/unlock/org.pdf')).body).includes('应缴金额'));
});

test('a case begun before stays free to its end', async () => {
	for (const w of Object.values(begun)) {
		await w.look();
		assert.deepEqual([w.case.amount_fen, gates(w).includes('money'), (await payment(w)).free], [0, false, true]);
	}
	await begun.online.submitted();
	assert.equal(begun.online.case.state, 'installing');
	await begun.post.handIn();
	assert.ok(!textOf(await begun.post.formPdf()).includes('应缴金额'));
	await begun.post.accepted();
	await begun.post.closeGates();
	assert.equal(begun.post.case.state, 'approved');
});

test('online: the machine waits for the money of the right payer, then goes on to installing', async () => {
	const w = await unlock('org', 'online');
	assert.equal(w.case.amount_fen, 3000);
	await w.submitted();
	assert.deepEqual([w.case.state, w.case.turn, open(w)], ['submitted', 'applicant', ['money']]);
	assert.ok(w.case.next.some((n) => n.action === 'pay' && /pay\.html/.test(n.url)));
	const light = (await w.owner.want(200, 'GET', `${w.url}/status`)).json;
	assert.deepEqual([light.gates.map((g) => g.name), light.turn], [['money'], 'applicant']);
	const pay = await payment(w);
	assert.deepEqual([pay.amount_fen, pay.due_fen, pay.free, pay.state], [3000, 3000, false, 'waiting']);
	assert.ok(pay.remark.endsWith(` ${w.case.reference}`), pay.remark);
	await w.money('finance1', { payer_name: '广州䶮𬭊（别家）有限公司' });
	await w.look();
	assert.deepEqual([w.case.state, open(w)], ['submitted', ['money']]);
	await w.money('finance1', { amount_fen: 1000 });
	await w.look();
	assert.deepEqual([open(w), (await payment(w)).due_fen], [['money'], 2000]);
	await w.money();
	await w.look();
	assert.deepEqual([w.case.state, open(w)], ['installing', []]);
	await w.finish();
	assert.deepEqual([w.case.state, (await status(w.old[0].sign_serial)).status], ['completed', 'valid']);
});

test('online, looked at by people: acceptance waits for the money too', async () => {
	const w = await unlock('rep', 'online');
	await w.change({ agent: { name: '欧阳䶮' } });
	await w.submitted();
	assert.deepEqual([w.case.state, w.case.review], ['draft', 'manual']);
	await w.handIn();
	await w.accepted();
	assert.deepEqual([w.case.state, open(w)], ['accepted', ['money']]);
	const rows = (await (await staff('clerk1')).want(200, 'GET', `/api/staff/applications?q=${w.no}`)).json.items;
	assert.deepEqual(rows[0].gates.map((g) => [g.name, !!g.closed_at]), [['scans', true], ['money', false]]);
	await w.money();
	await w.look();
	assert.equal(w.case.state, 'installing');
});

test('by post: from the own account only, for every certificate; the form says the fee', async () => {
	const w = await unlock('rep', 'post', 2);
	assert.equal(w.case.amount_fen, 6000);
	await w.handIn();
	const text = textOf(await w.formPdf());
	assert.ok(text.includes('应缴金额') && text.includes('¥60.00') && text.includes('陆拾元整'), text);
	assert.deepEqual(gates(w), ['scans', 'originals', 'money', 'token']);
	await w.accepted();
	const refused = await w.act('finance1', 'payments', { payer_name: w.payer(), amount_fen: 6000, value_date: data.today(), method: 'counter', bank_serial: 'R' + data.digits(14) }, { status: 422 });
	assert.deepEqual(refused.json.errors.map((e) => [e.pointer, e.code]), [['#/method', 'choice']]);
	await w.money('finance1', { payer_name: w.subject.agent.name });
	await w.look();
	assert.ok(open(w).includes('money'), 'the agent\'s own money does not count');
	await w.money();
	await w.look();
	assert.ok(!open(w).includes('money'));
	await w.closeGates();
	await w.decided();
	await w.finish(() => '');
	assert.equal(w.case.state, 'completed');
});

test('at the counter: anybody\'s money, any way', async () => {
	const [cash, transfer] = [await unlock('org', 'counter'), await unlock('org', 'counter')];
	await transfer.handIn();
	await transfer.accepted();
	await transfer.money('finance1', { method: 'transfer', bank_serial: 'B' + data.digits(16), payer_account: data.account(), payer_name: '广州䶮𬭊（别家）有限公司' });
	await transfer.look();
	assert.ok(transfer.gate('money').closed_at);
	await cash.all(() => '');
});

test('a running case keeps its price, whatever comes; a case that changes its way too', async () => {
	const w = await unlock('org', 'online'), x = await unlock('ind', 'post');
	await price(45);
	const later = await unlock('org', 'online');
	assert.equal(later.case.amount_fen, 4500);
	x.keep(await x.owner.want(200, 'POST', `${x.url}/switch`, { service: 'unlock', holder: 'ind', channel: 'counter' }, { match: x.case.version }));
	assert.equal(x.case.amount_fen, 3000);
	await price(null);
	await w.submitted();
	assert.deepEqual([w.case.state, w.case.amount_fen, open(w), (await payment(w)).amount_fen], ['submitted', 3000, ['money'], 3000]);
	await x.look();
	assert.deepEqual([x.case.amount_fen, gates(x).includes('money')], [3000, true]);
	assert.equal((await unlock('org', 'online')).case.amount_fen, 0);
	await w.money();
	await w.look();
	assert.equal(w.case.state, 'installing');
	await until('the guide is free again', () => gen('guide-unlock.html').includes('<p>免费。</p>'));
});

test('bounds, and the history in words', async () => {
	const c = await staff('supervisor1');
	const s = await setting(c);
	assert.deepEqual([s.unit, s.min, s.max, s.default, s.group], ['元', 0, 500, '0', '解锁']);
	for (const value of ['501', '-1', '30.5', '三十']) {
		const a = await c.want(422, 'POST', '/api/staff/proposals/price', { name: NAME, value, reason: '不应当接受' });
		assert.deepEqual(a.json.errors.map((e) => e.pointer), ['#/value'], value);
	}
	await (await staff('clerk1')).want(403, 'POST', '/api/staff/proposals/price', { name: NAME, value: '30', reason: '没有权限' });
	const past = (await c.want(200, 'GET', `/api/staff/settings/${NAME}/history`)).json.items.slice(0, 3);
	assert.deepEqual(past.map((h) => [h.old_words, h.new_words]), [['45元', null], ['30元', '45元'], [null, '30元']]);
});
