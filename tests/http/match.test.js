'use strict';
/* A statement comes in: the machine gives sure lines to their cases and leaves the rest to people, who give, take back and set
 * aside.  After each the books agree. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { key } = require('../lib/client');
const { everybody } = require('../lib/walk');
const { staff } = require('../lib/staff');
const { LINES, begun, handed, info, line, bring, find, look, settled, books } = require('../lib/money');

let finance, other;
test.before(async () => {
	await everybody();
	finance = await staff('finance1');
	other = await staff('finance2');
});
test.after(books);

const pass = (l, share, options = {}) => (options.who || finance).post(`${LINES}/${l.id}/allot`, { items: share }, { key: key(), match: l.version, ...options });

test('sure lines go to their cases: by reference, by payer, one for three', async () => {
	const a = await handed(), b = await handed(), c = await handed();
	const three = await Promise.all([handed({ owner: c.owner, subject: c.subject }), handed({ owner: c.owner, subject: c.subject })]);
	const [pa, pb, pc, p1, p2] = await Promise.all([a, b, c, ...three].map(info));
	const lines = [
		line({ fen: pa.due_fen, name: a.payer(), remark: pa.remark }),
		line({ fen: pb.due_fen, name: b.payer().replace(/（/g, '(').replace(/）/g, ')'), remark: '办理广东政府采购智慧云CA' }),
		line({ fen: pc.due_fen + p1.due_fen + p2.due_fen, name: c.payer(), remark: `货款 ${pc.reference}、${p1.reference}，${p2.reference}` }),
	];
	await bring(lines);
	for (const l of lines) assert.equal((await settled(l.serial)).state, 'allotted', (await find(l.serial)).note);
	for (const w of [a, b, c, ...three]) {
		await w.look();
		assert.ok(w.gate('money').closed_at, `${w.no} is not paid`);
	}
	const of = await look(await find(lines[2].serial));
	assert.equal(of.left_fen, 0);
	assert.deepEqual(of.payments.map((p) => p.no).sort(), [c, ...three].map((w) => w.no).sort());
	assert.match(of.payments[0].evidence, /参考号.*付款户名一致.*合计相符/);
	assert.equal(of.payments[0].recorded_by, null);
});

test('what is not sure is left to people, with the reason in one line', async () => {
	const a = await handed(), b = await handed(), pa = await info(a), pb = await info(b);
	const rows = [
		[line({ fen: pa.due_fen, name: a.subject.agent.name, remark: pa.remark }), /须由本单位账户付款/],
		[line({ fen: pa.due_fen - 1, name: a.payer(), remark: pa.remark }), /不足/],
		[line({ fen: pa.due_fen + 1, name: a.payer(), remark: pa.remark }), /多了/],
		[line({ fen: pb.due_fen, name: '另一家（广州）有限公司', remark: pb.remark }), /付款人不一致/],
		[line({ fen: 123, name: '𠮷䶮𬭊有限公司', remark: '利息' }), /没有能识别的参考号/],
		[line({ fen: pb.due_fen, date: '2024-01-05', name: b.payer(), remark: pb.remark }), /早于申请/],
	];
	await bring(rows.map(([l]) => l));
	for (const [l, why] of rows) {
		const got = await settled(l.serial);
		assert.equal(got.state, 'open');
		assert.match(got.note, why);
	}
	for (const w of [a, b]) {
		await w.look();
		assert.ok(!w.gate('money').closed_at);
	}
	const offer = (await look(await find(rows[1][0].serial))).candidates;
	assert.equal(offer[0].no, a.no);
	assert.ok(offer[0].marks.includes('reference') && offer[0].marks.includes('payer') && !offer[0].chosen);
	assert.equal((await look(await find(rows[1][0].serial))).payer_account.includes('*'), true, 'accounts are masked');
});

test('money that comes before the case is submitted is found when it is', async () => {
	const w = await begun({ holder: 'ind' });
	await w.fill();
	const pay = await info(w);
	const l = line({ fen: pay.amount_fen, name: w.payer(), remark: pay.remark });
	await bring([l]);
	assert.match((await settled(l.serial)).note, /还没有提交/);
	await w.handIn();
	for (const end = Date.now() + 90000; (await find(l.serial)).state !== 'allotted';) {
		assert.ok(Date.now() < end, 'it was not looked at again');
		await new Promise((r) => setTimeout(r, 200));
	}
	await w.look();
	assert.ok(w.gate('money').closed_at);
});

test('the desk gives, takes back and gives to another; parts add up', async () => {
	const a = await handed(), b = await handed(), pa = await info(a), pb = await info(b);
	const l = line({ fen: pa.due_fen + pb.due_fen, name: a.payer(), remark: '两件一起' });
	await bring([l]);
	let now = await settled(l.serial);
	assert.equal((await pass(now, [{ no: 'GD20200101000001X', amount_fen: 1 }])).status, 422);
	const over = await pass(now, [{ no: a.no, amount_fen: l.fen + 1 }]);
	assert.equal(over.status, 409);
	assert.match(over.json.detail, /只剩/);
	assert.equal((await pass(now, [{ no: a.no, amount_fen: 1 }, { no: a.no, amount_fen: 1 }])).status, 409);
	assert.equal((await pass(now, [{ no: a.no, amount_fen: pa.due_fen }], { match: now.version + 7 })).status, 412);
	assert.equal((await find(l.serial)).left_fen, l.fen, 'a refusal changed something');
	now = (await finance.want(200, 'POST', `${LINES}/${now.id}/allot`, { items: [{ no: a.no, amount_fen: pa.due_fen }], note: '电话核对' }, { key: key(), match: now.version })).json;
	assert.equal(now.state, 'part');
	await a.look();
	assert.ok(a.gate('money').closed_at);
	const given = now.payments[0];
	assert.match(given.evidence, /人工匹配：电话核对/);
	await finance.want(200, 'POST', `/api/staff/payments/${given.id}/undo`, { reason: '记错了' }, { key: key() });
	assert.equal((await finance.post(`/api/staff/payments/${given.id}/undo`, { reason: '记错了' }, { key: key() })).status, 409);
	for (let i = 0; i < 3; i++) { /* as often as people err, within one second, too */
		now = await find(l.serial);
		now = (await finance.want(200, 'POST', `${LINES}/${now.id}/allot`, { items: [{ no: a.no, amount_fen: 1 }], note: '再试' }, { key: key(), match: now.version })).json;
		await finance.want(200, 'POST', `/api/staff/payments/${now.payments.find((p) => !p.undone_at).id}/undo`, { reason: '记错了' }, { key: key() });
	}
	await a.look();
	assert.ok(!a.gate('money').closed_at, 'the gate stayed closed without money');
	now = await find(l.serial);
	assert.equal(now.left_fen, l.fen);
	now = (await finance.want(200, 'POST', `${LINES}/${now.id}/allot`, { items: [{ no: a.no, amount_fen: pa.due_fen }, { no: b.no, amount_fen: pb.due_fen }] }, { key: key(), match: now.version })).json;
	assert.equal(now.state, 'allotted');
	await b.look();
	assert.ok(!b.gate('money').closed_at, 'another unit paid, the gate waits for the right payer');
	await a.look();
	assert.ok(a.gate('money').closed_at);
});

test('two clerks at once: a yuan is given once', async () => {
	const a = await handed(), b = await handed(), pa = await info(a);
	for (let round = 0; round < 5; round++) {
		const l = line({ fen: 100, name: '路人有限公司', remark: '' });
		await bring([l]);
		const now = await settled(l.serial);
		const got = await Promise.all([[finance, a], [other, b], [finance, b], [other, a]].map(([who, w]) => pass(now, [{ no: w.no, amount_fen: 100 }], { who })));
		assert.deepEqual(got.map((x) => x.status).sort(), [200, 412, 412, 412]);
		assert.equal((await find(l.serial)).left_fen, 0);
	}
	assert.ok(pa.due_fen > 0);
});

test('gone on with the money: it is not taken back, a refund is the way', async () => {
	const w = await handed({ seals: true }), pay = await info(w);
	const l = line({ fen: pay.due_fen, name: w.payer(), remark: pay.remark });
	await bring([l]);
	await settled(l.serial);
	await w.accepted();
	await w.closeGates();
	await w.decided();
	const got = await finance.post(`/api/staff/payments/${(await look(await find(l.serial))).payments[0].id}/undo`, { reason: '试试' }, { key: key() });
	assert.equal(got.status, 409);
	assert.match(got.json.detail, /退款/);
});

test('set aside with the reason, taken up again; not for other roles', async () => {
	const l = line({ fen: 777, name: '中信银行', remark: '结息' });
	await bring([l]);
	let now = await settled(l.serial);
	const to = (step, body, match = now.version, who = finance) => who.post(`${LINES}/${now.id}/${step}`, body, { key: key(), match });
	assert.equal((await to('aside', {})).status, 422);
	assert.equal((await to('aside', { reason: '结息' }, now.version, await staff('clerk1'))).status, 403);
	assert.equal((await to('aside', { reason: '结息' })).status, 200);
	now = await find(l.serial);
	assert.equal(now.state, 'set_aside');
	assert.equal(now.note, '结息');
	assert.equal((await to('aside', { reason: '结息' })).status, 409);
	const w = await handed();
	assert.equal((await pass(now, [{ no: w.no, amount_fen: 777 }])).status, 409);
	assert.equal((await to('resume', undefined)).status, 200);
	assert.equal((await find(l.serial)).state, 'open');
	assert.equal((await finance.get(`${LINES}/999999999`)).status, 404);
});
