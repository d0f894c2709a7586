'use strict';
/* new/org at the counter, to the hand of the collector; and the ways out: withdrawn, rejected, deleted. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { Journey, applicant } = require('../lib/journey');
const { staff } = require('../lib/staff');
const { key } = require('../lib/client');

test('new/org at the counter', async () => {
	const j = await Journey.to('produced', { channel: 'counter' });
	const c = await staff('desk1');
	assert.equal((await c.post('/api/staff/parcels', { no: j.no, waybill: 'SF1234567890123' }, { key: key() })).status, 409, 'a case to be picked up was sent');
	await j.ready();
	assert.equal(j.case.turn, 'applicant');
	const a = await c.want(422, 'POST', '/api/staff/pickups', { no: j.no, step: 'handed', collector: '李小明', id_seen: false }, { loose: true });
	assert.equal(a.json.errors[0].pointer, '#/id_seen');
	const hand = { no: j.no, step: 'handed', collector: j.typed.agent.name, id_kind: 'resident', id_tail: j.typed.agent.id_number.slice(-4), id_seen: true };
	const refused = async (more, pointer) => assert.equal((await c.want(422, 'POST', '/api/staff/pickups', { ...hand, ...more }, { key: key(), loose: true })).json.errors[0].pointer, pointer);
	await refused({ id_tail: hand.id_tail === '0000' ? '1111' : '0000' }, '#/id_tail');
	await refused({ id_tail: '12' }, '#/id_tail');
	await refused({ id_kind: 'library' }, '#/id_kind');
	await refused({ collector: '欧阳𠮷', id_tail: '123X' }, '#/note');
	await j.handed();
	const { pickup } = (await c.want(200, 'GET', j.desk)).json;
	assert.deepEqual([pickup.id_kind, pickup.id_tail], ['居民身份证', hand.id_tail]);
	assert.ok(pickup.collector.includes('*') && pickup.handed_at);
	const states = (await j.owner.want(200, 'GET', `${j.url}/events`)).json.items.reverse().map((e) => e.state).filter((s, i, all) => s !== all[i - 1]);
	assert.deepEqual(states, ['draft', 'printed', 'submitted', 'reviewing', 'accepted', 'second_review', 'approved', 'produced', 'ready', 'completed']);
});

test('withdrawn by the applicant, from each state until approved', async () => {
	for (const [state, how] of [['printed'], ['submitted', { seals: false }], ['accepted', { quick: true }], ['second_review', { quick: true }]]) {
		const j = await Journey.to(state, how);
		const a = await j.owner.want(200, 'POST', `${j.url}/withdraw`, { reason: '不办了，单位名称要改成“䶮”字' }, { key: key() });
		assert.equal(a.json.state, 'withdrawn', state);
		assert.equal(a.json.turn, 'nobody');
		await j.owner.want(409, 'POST', `${j.url}/withdraw`, {}, { key: key() });
		await j.owner.want(409, 'POST', `${j.url}/submit`, undefined, { key: key() });
	}
	const j = await Journey.to('produced', { quick: true });
	await j.owner.want(409, 'POST', `${j.url}/withdraw`, {}, { key: key() });
});

test('rejected with a reason', async () => {
	const j = await Journey.to('reviewing', { seals: false });
	const c = await staff('clerk1');
	const who = c.me.permissions.some((p) => /reject/i.test(p)) ? 'clerk1' : 'supervisor1';
	if (who !== 'clerk1') {
		await j.act('clerk1', 'release', { reason: '交主管' });
		await j.claim('supervisor1');
	}
	await j.act(who, 'reject', { reason: '单位不属于办理范围' });
	await j.become('rejected');
	assert.match(JSON.stringify((await j.owner.want(200, 'GET', `${j.url}/events`)).json), /单位不属于办理范围/);
});

test('a draft is deleted, a submitted case is not', async () => {
	const j = await Journey.draft();
	await j.owner.want(204, 'DELETE', j.url, undefined, { match: j.case.version });
	const gone = await j.owner.get(j.url);
	assert.ok(gone.status === 404 || gone.json.state === 'withdrawn', `${gone.status} ${gone.body}`);
	await j.owner.want(409, 'PATCH', j.url, { years: 1 }, { match: gone.status === 200 ? gone.json.version : 1 }).catch((e) => { if (gone.status !== 404) throw e; });
	const k = await Journey.to('submitted', { seals: false });
	await k.look();
	await k.owner.want(409, 'DELETE', k.url, undefined, { match: k.case.version });
});

test('a draft goes on after signing in on another device', async () => {
	const j = await Journey.draft();
	await j.fill();
	const other = await applicant(j.owner.phone);
	const a = await other.want(200, 'GET', j.url);
	assert.equal(a.json.unit.name, j.typed.unit.name);
});

test('released and claimed by another; a claim is needed to judge', async () => {
	const j = await Journey.to('reviewing', { seals: false });
	const two = await staff('clerk2');
	const now = await two.want(200, 'GET', j.desk);
	assert.equal(now.json.claim.mine, false);
	const taken = await two.post(`${j.desk}/claim`, undefined, { match: now.json.version, key: key() });
	assert.equal(taken.status, 409, 'a claimed case was claimed again');
	const judged = await two.post(`${j.desk}/verdicts`, { items: [{ material: 'm1', verdict: 'pass' }] }, { match: now.json.version });
	assert.equal(judged.status, 409);
	assert.equal(judged.json.code, 'not_claimed');
	await (await staff('clerk1')).want(200, 'POST', `${j.desk}/heartbeat`);
	await j.act('clerk1', 'release', { reason: '换人办理' });
	await j.become('submitted');
	await j.claim('clerk2');
});
