'use strict';
/* Money goes back only with two persons, only to who paid, and never what a case that goes on needs. */
const test = require('node:test');
const assert = require('node:assert/strict');
const data = require('../lib/data');
const { key } = require('../lib/client');
const { everybody } = require('../lib/walk');
const { staff } = require('../lib/staff');
const { handed, info, line, bring, settled, find, look, books } = require('../lib/money');

const REFUNDS = '/api/staff/refunds';
let finance, other;
test.before(async () => {
	await everybody();
	finance = await staff('finance1');
	other = await staff('finance2');
});
test.after(books);

const ask = (body, who = finance) => who.post(REFUNDS, body, { key: key() });
const step = (r, name, body, who = other, match = r.version) => who.post(`${REFUNDS}/${r.id}/${name}`, body, { key: key(), match });
const again = async (r) => (await finance.want(200, 'GET', `${REFUNDS}/${r.id}`)).json;

/* A case with a line of the bank that paid it. */
async function paid(extra = 0) {
	const w = await handed(), pay = await info(w);
	const l = line({ fen: pay.due_fen + extra, name: w.payer(), remark: pay.remark });
	await bring([l]);
	let now = await settled(l.serial);
	if (extra) now = (await finance.want(200, 'POST', `/api/staff/bank-lines/${now.id}/allot`, { items: [{ no: w.no, amount_fen: l.fen }] }, { key: key(), match: now.version })).json;
	return { w, l, due: pay.due_fen, payment: (await look(now)).payments[0] };
}

test('overpaid: the surplus goes back, not more; asked, approved by another, exported, paid by the line of the bank', async () => {
	const { w, l, payment } = await paid(5000);
	const much = await ask({ payment_id: payment.id, amount_fen: 5001, reason: '多付' });
	assert.equal(much.status, 409);
	assert.match(much.json.detail, /最多可退¥50\.00/);
	const r = (await finance.want(201, 'POST', REFUNDS, { payment_id: payment.id, amount_fen: 5000, reason: '多付50元' }, { key: key() })).json;
	assert.equal(r.state, 'asked');
	assert.equal((await ask({ payment_id: payment.id, amount_fen: 1, reason: '再退' })).status, 409, 'asked money was asked for again');
	const own = await step(r, 'approve', undefined, finance);
	assert.equal(own.status, 403);
	assert.equal(own.json.code, 'two_persons');
	assert.equal((await step(r, 'approve', undefined, other, r.version + 3)).status, 412);
	const yes = (await step(r, 'approve')).json;
	assert.equal(yes.state, 'approved');
	assert.equal((await step(yes, 'refuse', { reason: '不退' })).status, 409);
	const batch = (await finance.want(200, 'POST', `${REFUNDS}/export`, undefined, { key: key() })).json;
	assert.ok(batch.count >= 1);
	const file = await finance.want(200, 'GET', `${REFUNDS}/batches/${batch.batch}`);
	const text = file.body.toString('utf8');
	assert.ok(text.startsWith('\ufeff"序号"'));
	assert.ok(text.includes(`"${l.account}","${w.payer()}"`) && text.includes('"50.00"'), text);
	assert.match(file.headers['content-disposition'], /filename\*=UTF-8''/);
	assert.equal((await other.want(200, 'POST', `${REFUNDS}/export`, undefined, { key: key() })).json.count, 0, 'it was sent twice');
	const out = line({ fen: 5000, name: w.payer(), account: l.account, remark: '退款', out: true });
	await bring([out]);
	for (const end = Date.now() + 90000; (await again(r)).state !== 'paid';) {
		assert.ok(Date.now() < end, 'the line that left did not end it');
		await new Promise((f) => setTimeout(f, 200));
	}
	assert.equal((await again(r)).done_text, out.serial);
	await w.look();
	assert.ok(w.gate('money').closed_at);
});

test('a case that goes on keeps its price; withdrawn, all of it goes back', async () => {
	const { w, due, payment } = await paid();
	assert.equal((await ask({ payment_id: payment.id, amount_fen: 1, reason: '退一点' })).status, 409);
	await w.look();
	await w.owner.want(200, 'POST', `${w.url}/withdraw`, { reason: '不办了' }, { key: key(), match: w.case.version });
	const r = (await finance.want(201, 'POST', REFUNDS, { payment_id: payment.id, amount_fen: due, reason: '已撤回' }, { key: key() })).json;
	assert.equal((await finance.post(`/api/staff/payments/${payment.id}/undo`, { reason: '记错' }, { key: key() })).status, 409);
	await step(r, 'approve');
	await finance.want(200, 'POST', `${REFUNDS}/export`, undefined, { key: key() });
	const sent = await again(r);
	assert.equal((await step(sent, 'paid', {})).status, 422);
	assert.equal((await step(sent, 'failed', { reason: '账户已销户' })).json.state, 'failed');
	assert.equal((await step(await again(r), 'again')).json.state, 'approved');
	await finance.want(200, 'POST', `${REFUNDS}/export`, undefined, { key: key() });
	const done = (await step(await again(r), 'paid', { text: '回单0001' })).json;
	assert.equal(done.state, 'paid');
	assert.equal((await step(done, 'again')).status, 409);
});

test('refused: nothing moves, the reason stays; the money may be asked for again', async () => {
	const { payment } = await paid(100);
	const r = (await finance.want(201, 'POST', REFUNDS, { payment_id: payment.id, amount_fen: 100, reason: '多付' }, { key: key() })).json;
	const no = (await step(r, 'refuse', { reason: '先与单位确认𠮷' })).json;
	assert.equal(no.state, 'refused');
	assert.equal(no.done_text, '先与单位确认𠮷');
	assert.equal((await ask({ payment_id: payment.id, amount_fen: 100, reason: '确认过了' })).status, 201);
});

test("money that is nobody's goes back from its line; what is asked for is not given to a case meanwhile", async () => {
	const l = line({ fen: 30000, name: '走错门有限公司', remark: '货款' });
	await bring([l]);
	const now = await settled(l.serial), w = await handed();
	assert.equal((await ask({ bank_line_id: now.id, amount_fen: 30001, reason: '退回' })).status, 409);
	assert.equal((await ask({ bank_line_id: now.id, payment_id: 1, amount_fen: 1, reason: '退回' })).status, 422);
	assert.equal((await ask({ amount_fen: 1, reason: '退回' })).status, 422);
	const r = (await finance.want(201, 'POST', REFUNDS, { bank_line_id: now.id, amount_fen: 30000, reason: '不是我们的款' }, { key: key() })).json;
	await step(r, 'approve');
	const after = await find(l.serial);
	assert.equal(after.left_fen, 0);
	assert.equal((await finance.post(`/api/staff/bank-lines/${now.id}/allot`, { items: [{ no: w.no, amount_fen: 1 }] }, { key: key(), match: after.version })).status, 409);
});

test('the bank takes a transfer back: the payment is undone; a refund that bounces is failed', async () => {
	const { w, l } = await paid();
	await bring([line({ fen: l.fen, name: l.name, account: l.account, remark: '退汇', out: true, returned: true })]);
	for (const end = Date.now() + 90000; (await find(l.serial)).state !== 'returned';) {
		assert.ok(Date.now() < end, 'the payment stands');
		await new Promise((f) => setTimeout(f, 200));
	}
	await w.look();
	assert.ok(!w.gate('money').closed_at);
	const x = await paid(700);
	const r = (await finance.want(201, 'POST', REFUNDS, { payment_id: x.payment.id, amount_fen: 700, reason: '多付' }, { key: key() })).json;
	await step(r, 'approve');
	await finance.want(200, 'POST', `${REFUNDS}/export`, undefined, { key: key() });
	await bring([line({ fen: 700, name: x.l.name, account: x.l.account, remark: '户名不符', returned: true })]);
	for (const end = Date.now() + 90000; (await again(r)).state !== 'failed';) {
		assert.ok(Date.now() < end, 'nobody saw that it came back');
		await new Promise((f) => setTimeout(f, 200));
	}
});

test('at the counter by hand; two decide at once: one counts; not for other roles', async () => {
	const w = await handed({ channel: 'counter' }), pay = await info(w);
	const body = { payer_name: w.payer(), receipt: 'S' + data.digits(12), amount_fen: pay.due_fen + 300 };
	const desk = (await (await staff('desk1')).want(201, 'POST', `/api/staff/applications/${w.no}/receipts`, body, { key: key() })).json;
	const r = (await finance.want(201, 'POST', REFUNDS, { payment_id: desk.payments[0].id, amount_fen: 300, reason: '找零' }, { key: key() })).json;
	assert.equal(r.place, 'counter');
	const got = await Promise.all([step(r, 'approve'), step(r, 'approve'), step(r, 'refuse', { reason: '不退' })]);
	assert.equal(got.filter((a) => a.status === 200).length, 1, got.map((a) => a.status).join());
	const now = await again(r);
	if (now.state === 'approved') assert.equal((await step(now, 'paid', { text: '现金' })).json.state, 'paid');
	for (const who of ['clerk1', 'producer1', 'desk1', 'auditor1']) assert.equal((await ask({ payment_id: 1, amount_fen: 1, reason: '试试' }, await staff(who))).status, 403);
	assert.equal((await finance.get(`${REFUNDS}/99999999`)).status, 404);
	assert.equal((await finance.get(`${REFUNDS}/batches/none`)).status, 404);
});
