'use strict';
/* Parcels ordered at the courier: one order whatever happens on the way, its waybill, the label, the way of the parcel until it
 * is signed for; and everything a courier may answer that is not what it should be. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { key } = require('../lib/client');
const { Journey } = require('../lib/journey');
const { everybody } = require('../lib/walk');
const { staff } = require('../lib/staff');
const data = require('../lib/data');
const { mod3736 } = require('../lib/bank');
const { started, digest, encode } = require('../lib/sf');
const { sql } = require('../lib/sql');

let g, desk;
const ready = []; /* cases that may be sent */
test.before(async () => {
	await everybody();
	desk = await staff('desk1');
	g = await started();
	for (let i = 0; i < 2; i++) ready.push(...await Promise.all([1, 2].map(() => Journey.to('produced', { quick: true }))));
});
test.after(() => g.ended());

async function until(what, look) {
	for (const stop = Date.now() + 25000; ;) {
		const got = await look();
		if (got) return got;
		assert.ok(Date.now() < stop, what);
		await new Promise((f) => setTimeout(f, 100));
	}
}
/* What failed waits longer each time, and ways are asked for every half hour: not here. */
const hurry = () => sql("UPDATE express_order SET next_at=1 WHERE state IN ('planned','cancelling','placed'); UPDATE parcel SET poll_at=1 WHERE poll_at>0");
const many = async (what, list) => (await desk.want(200, 'POST', `/api/staff/express${what}`, { nos: list.map((j) => j.no) }, { key: key() })).json.items;
const order = async (...list) => { for (const x of await many('', list)) assert.ok(x.done, x.detail); };
const state = async (j) => (await desk.want(200, 'GET', `/api/staff/express?nos=${j.no}`)).json.items[0];
const reached = (j, s) => until(`${j.no} is not ${s}`, async () => { const o = await state(j); return o && o.state === s && o; });
const troubled = (j) => until('no trouble was told', async () => { const o = await state(j); return o.error && o; });
const cancel = (j) => desk.request('POST', `/api/staff/express/${j.no}/cancel`, { key: key() });
async function put_back(j) {
	assert.equal((await cancel(j)).status, 200);
	hurry();
	await reached(j, 'cancelled');
}

test('the digest of the stand-in is that of the published vector; Java writes blanks as +', () => {
	assert.equal(digest('{"language":"zh-CN","orderId":"GD20261122000001"}', '1700000000000', 'CHECKWORD'), 'JYavCexOsp0cvE9CQI6mjg==');
	assert.equal(encode("a b*c-_.!~'()䶮"), 'a+b*c-_.%21%7E%27%28%29%E4%B6%AE');
});

test('order, waybill, sent by hand, signed for: the applicant sees the way, the case ends', async () => {
	const j = ready[0];
	await order(j);
	assert.equal((await many('', [j]))[0].done, false, 'a second order was taken');
	const o = await reached(j, 'placed');
	const [there, more] = g.of(j.no);
	assert.equal(more, undefined);
	assert.equal(o.waybill, there.waybill);
	assert.equal(o.freight, 'prepaid');
	const [from, to] = there.said.contactInfoList, wants = j.typed.delivery;
	assert.deepEqual([there.said.payMethod, there.said.monthlyCard, from.contactType, to.contactType], [1, g.account, 1, 2]);
	assert.deepEqual([to.contact, to.mobile, to.province, to.address], [wants.name, wants.phone, wants.province, wants.address]);
	assert.match(from.address, /海珠区/);
	await desk.want(409, 'POST', '/api/staff/parcels', { no: j.no, waybill: data.waybill() }, { key: key() });
	assert.equal((await many('/sent', [j, ready[1]])).map((x) => x.done).join(), j.no < ready[1].no ? 'true,false' : 'false,true');
	await j.become('sent');
	g.step(o.waybill, '50', '顺丰速运 已收取快件', '广州市', Date.now() - 7200e3);
	g.step(o.waybill, '44', '正在派送途中,请您准备签收(派件人:欧阳𠮷,电话:13800001234)');
	g.step(o.waybill, '44', '<img src=x onerror=alert(1)>', '"><script>alert(1)</script>');
	hurry();
	const way = await until('no way', async () => { const p = (await j.owner.want(200, 'GET', `${j.url}/parcel`)).json.parcel; return p.steps.length === 3 && p; });
	assert.deepEqual([way.waybill, way.freight, way.delivered_at, way.steps[2].place, way.steps[2].code], [o.waybill, 'prepaid', null, '广州市', '50']);
	assert.ok(way.steps.some((s) => s.text.includes('138****1234')) && !JSON.stringify(way).includes('13800001234'));
	hurry();
	g.signed(o.waybill);
	hurry();
	await until('never completed', async () => { await j.look(); return j.case.state === 'completed'; });
	const end = (await j.owner.want(200, 'GET', `${j.url}/parcel`)).json.parcel;
	assert.equal(end.steps.length, 4, 'steps that came twice were kept twice');
	assert.ok(end.delivered_at);
	assert.equal(sql(`SELECT poll_at FROM parcel WHERE waybill='${o.waybill}'`), '0');
	const kept = sql(`SELECT GROUP_CONCAT(text_sealed) FROM parcel_step`);
	assert.ok(!kept.includes('欧阳') && !kept.includes('13800001234'), 'the way is not sealed');
	const stranger = await require('../lib/journey').applicant();
	assert.equal((await stranger.get(`${j.url}/parcel`)).status, 404);
});

test('the courier fetched it: sent without a hand; signed for at once', async () => {
	const j = ready[1];
	await order(j);
	const { waybill } = await reached(j, 'placed');
	hurry();
	g.fetched(waybill);
	hurry();
	await until('not sent', async () => { await j.look(); return j.case.state === 'sent'; });
	assert.equal((await cancel(j)).status, 409);
	g.signed(waybill);
	hurry();
	await until('not completed', async () => { await j.look(); return j.case.state === 'completed'; });
});

test('the connection breaks before and after the order was taken, the worker asks again by our number: one order', async () => {
	const j = ready[2];
	g.next('drop-before', 'EXP_RECE_CREATE_ORDER');
	await order(j);
	assert.match((await troubled(j)).error, /不会重复下单/);
	assert.equal(g.of(j.no).length, 0);
	g.next('drop-after', 'EXP_RECE_CREATE_ORDER');
	hurry();
	await until('not taken', () => g.of(j.no).length);
	g.calls.length = 0;
	hurry();
	const { waybill } = await until('not placed', async () => { hurry(); const o = await state(j); return o.state === 'placed' && o; });
	assert.equal(waybill, g.of(j.no)[0].waybill);
	assert.deepEqual([...g.orders.keys()].filter((n) => n.startsWith(j.no)).length, 1);
	assert.deepEqual(g.calls.filter((c) => c.orderId && c.orderId.startsWith(j.no)).map((c) => c.service), ['EXP_RECE_SEARCH_ORDER_RESP'], 'it was ordered without looking');
	await put_back(j);
	assert.ok(g.of(j.no)[0].cancelled);
});

test('ordered before, as the courier says: its waybill is asked for', async () => {
	const j = ready[2];
	const [, n] = /-(\d+)$/.exec((await state(j)).order_no);
	g.orders.set(`${j.no}-${Number(n) + 1}`, { orderId: `${j.no}-${Number(n) + 1}`, waybill: data.waybill(), said: { contactInfoList: [] }, routes: [], cancelled: false });
	await order(j);
	assert.equal((await reached(j, 'placed')).waybill, g.orders.get(`${j.no}-${Number(n) + 1}`).waybill);
	await put_back(j);
});

test('a worker that dies after asking leaves a mark; the next one asks before it orders', async () => {
	const j = ready[2];
	await order(j);
	await reached(j, 'placed');
	const { order_no, waybill } = await state(j);
	/* as it stands when the worker was killed between asking and writing down */
	sql(`UPDATE express_order SET state='planned', waybill=NULL, next_at=1, version=version+1 WHERE order_no='${order_no}'`);
	g.calls.length = 0;
	assert.equal((await reached(j, 'placed')).waybill, waybill);
	assert.ok(g.calls.filter((c) => c.orderId === order_no).every((c) => c.service === 'EXP_RECE_SEARCH_ORDER_RESP'));
	await put_back(j);
});

test('a wrong check word: the courier refuses the digest, nothing is ordered, and it goes on once it is right', async () => {
	const j = ready[3];
	g.word('wrong');
	g.faults.length = 0;
	await order(j);
	assert.match((await troubled(j)).error, /答复/);
	assert.ok(g.faults.some((f) => f.startsWith('A1006')), g.faults.join());
	assert.equal(g.of(j.no).length, 0);
	g.word(g.checkword);
	hurry();
	await reached(j, 'placed');
	await put_back(j);
});

test('every answer that is not what it should be: no waybill is believed, nothing is ordered twice', async () => {
	const j = ready[3];
	await order(j);
	const { order_no } = await reached(j, 'placed');
	for (const what of g.troubles.filter((t) => !['error', 'far'].includes(t))) {
		g.always = what;
		g.orders.delete(order_no);
		sql(`UPDATE express_order SET state='planned', waybill=NULL, error='', asked_at=0, tries=0, next_at=1, version=version+1 WHERE order_no='${order_no}'`);
		const o = await troubled(j);
		assert.deepEqual([o.state, o.waybill], ['planned', null], what);
	}
	g.always = '';
	hurry();
	assert.equal((await reached(j, 'placed')).waybill, g.orders.get(order_no).waybill);
	assert.equal([...g.orders.values()].filter((x) => x.orderId.startsWith(j.no) && !x.cancelled).length, 1);
	await put_back(j);
});

test('labels: one page a parcel, 100 × 150 mm, with the name and the waybill; none without a waybill; recorded', async () => {
	const some = ready.slice(2);
	await desk.want(409, 'GET', `/api/staff/express/labels.pdf?nos=${some.map((j) => j.no)}`);
	await order(...some);
	for (const j of some) await reached(j, 'placed');
	const a = await desk.want(200, 'GET', `/api/staff/express/labels.pdf?nos=${some.map((j) => j.no)}`);
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'zy-label-'));
	try {
		const file = path.join(dir, 'l.pdf');
		fs.writeFileSync(file, a.body);
		const info = execFileSync('pdfinfo', [file], { encoding: 'utf8' });
		assert.match(info, /Pages:\s+2\b/);
		const [, w, h] = /Page size:\s+([\d.]+) x ([\d.]+)/.exec(info);
		assert.ok(Math.abs(w - 283.46) < 0.2 && Math.abs(h - 425.2) < 0.2, `${w} × ${h}`);
		const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
		for (const j of some) for (const part of [j.no, g.of(j.no).at(-1).waybill, j.typed.delivery.name, j.typed.delivery.phone, '寄付']) assert.ok(text.includes(part), `${part} is not on the label`);
	} finally {
		fs.rmSync(dir, { recursive: true });
	}
	assert.equal(sql(`SELECT COUNT(*) FROM audit WHERE action='parcel_label' AND object IN (${some.map((j) => `'${j.no}'`)})`).trim(), '2');
	await desk.want(422, 'GET', `/api/staff/express/labels.pdf?nos=${'GD20261122000001I,'.repeat(51)}`, undefined, { loose: true });
	await desk.want(422, 'POST', '/api/staff/express', { nos: Array(51).fill(some[0].no) }, { key: key(), loose: true });
	for (const j of some) await put_back(j);
});

test('two workers and two officers at once: one order', async () => {
	const j = ready[2], other = await staff('supervisor1').catch(() => desk);
	await Promise.all([1, 2, 3, 4].map((i) => (i % 2 ? desk : other).request('POST', '/api/staff/express', { json: { nos: [j.no] }, key: key() })));
	await reached(j, 'placed');
	assert.equal(g.of(j.no).filter((o) => !o.cancelled).length, 1);
	await put_back(j);
});

test('refused: told why, as text; ordered anew under another number', async () => {
	const j = ready[3];
	for (const [what, say] of [['error', /服务范围䶮/], ['far', /不能派送/]]) {
		g.next(what, 'EXP_RECE_CREATE_ORDER');
		await order(j);
		assert.match((await reached(j, 'failed')).error, say);
	}
	assert.equal((await cancel(j)).status, 409);
	await order(j);
	await reached(j, 'placed');
});

test('taken back: unheard of at once, refused by the courier told, unanswered asked again; then a typed waybill will do', async () => {
	const j = ready[3], typed = data.waybill();
	g.fetched((await state(j)).waybill);
	sql(`UPDATE express_order SET next_at=UNIX_TIMESTAMP()+900 WHERE order_no='${(await state(j)).order_no}'`);
	assert.equal((await cancel(j)).status, 200);
	const o = await until('not refused', async () => { const x = await state(j); return x.state === 'placed' && x.error && x; });
	assert.match(o.error, /已揽收/);
	g.of(j.no).at(-1).routes.length = 0;
	g.next('drop-after', 'EXP_RECE_UPDATE_ORDER');
	assert.equal((await cancel(j)).status, 200);
	await troubled(j);
	hurry();
	await reached(j, 'cancelled');
	g.step(typed, '50', '已收取');
	await desk.want(201, 'POST', '/api/staff/parcels', { no: j.no, waybill: typed }, { key: key() });
	hurry();
	await until('a typed waybill is not followed', async () => (await j.owner.want(200, 'GET', `${j.url}/parcel`)).json.parcel.steps.length);
	assert.equal((await cancel(j)).status, 409);
	assert.equal((await many('', [j]))[0].done, false, 'ordered after it was sent');
});

test('a case to be collected, one that is not made, a stranger: not ordered', async () => {
	const counter = await Journey.draft({ channel: 'counter' });
	const [a] = await many('', [counter]);
	assert.equal(a.done, false);
	const nowhere = 'GD20200101000001' + mod3736('GD20200101000001');
	const [b] = (await desk.want(200, 'POST', '/api/staff/express', { nos: [nowhere] }, { key: key() })).json.items;
	assert.equal(b.done, false);
	assert.equal((await (await staff('clerk1')).request('POST', '/api/staff/express', { json: { nos: [ready[2].no] }, key: key() })).status, 403);
});
