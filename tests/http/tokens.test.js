'use strict';
/* What is known of a token: production, cases and staff move it by one table; what may not follow is refused and says why. */
const test = require('node:test');
const assert = require('node:assert/strict');
const data = require('../lib/data');
const { key } = require('../lib/client');
const { applicant } = require('../lib/journey');
const { staff } = require('../lib/staff');
const { Walk, everybody } = require('../lib/walk');
const { subject, certificate, bring } = require('../lib/certificates');

const at = (serial) => `/api/staff/certificates/${serial}`;
const look = async (serial) => (await (await staff('clerk1')).want(200, 'GET', at(serial))).json;
const stateOf = async (serial) => (await look(serial)).token.state;
const steps = async (serial) => (await look(serial)).token.events.map((e) => e.event).reverse();
const tell = async (status, serial, event, note = '窗口登记𠮷') => (await staff('producer1')).want(status, 'POST', `${at(serial)}/token`, { event, note }, { key: key() });

async function about(service, holder, channel, reason, more = {}) {
	const owner = await applicant();
	const whose = subject(holder, owner.phone);
	const old = bring([certificate(whose, more)]);
	const w = await Walk.begin({ service, holder, channel, owner, subject: whose, old, reason, years: 1 });
	await w.fill();
	return w;
}
const serialOf = (w) => w.old[0].sign_serial;

test.before(everybody);

test('every step by hand: where it leads, what it says, who and why', async () => {
	const [c] = bring([certificate(subject('org', data.phone()))]);
	const serial = c.sign_serial;
	assert.deepEqual((await look(serial)).token.may.map((m) => m.event), ['lock', 'unlock', 'damage', 'lose', 'retire']);
	let t = (await tell(200, serial, 'lock')).json.token;
	assert.deepEqual([t.state, t.state_name, t.may.map((m) => m.event)], ['locked', '已锁定', ['unlock', 'damage', 'lose', 'retire']]);
	assert.deepEqual([t.events[0].by, t.events[0].note, t.events[0].event_name, t.events[0].case_no], [(await staff('producer1')).me.name, '窗口登记𠮷', '登记锁定', null]);
	for (const event of ['lock', 'find']) assert.match((await tell(409, serial, event)).json.detail, /已锁定，请先解锁/);
	assert.equal((await tell(200, serial, 'unlock')).json.token.state, 'in_use');
	assert.match((await tell(409, serial, 'find')).json.detail, /没有登记遗失/);
	assert.equal((await tell(200, serial, 'lose')).json.token.state, 'lost');
	for (const event of ['lock', 'unlock', 'damage', 'lose']) assert.match((await tell(409, serial, event)).json.detail, /先登记找到/);
	assert.equal((await tell(200, serial, 'find')).json.token.state, 'in_use');
	assert.equal((await tell(200, serial, 'damage')).json.token.state, 'damaged');
	assert.match((await tell(409, serial, 'unlock')).json.detail, /损坏，请换一个/);
	t = (await tell(200, serial, 'retire')).json.token;
	assert.deepEqual([t.state, t.may], ['retired', []]);
	for (const event of ['lock', 'unlock', 'damage', 'lose', 'find', 'retire']) assert.match((await tell(409, serial, event)).json.detail, /已停用/);
	assert.deepEqual(await steps(serial), ['write', 'lock', 'unlock', 'lose', 'find', 'damage', 'retire']);
});

test('refused: writing by hand, no reason, not a producer, no such certificate, no token known', async () => {
	const [c, bare] = bring([certificate(subject('org', data.phone())), certificate(subject('ind', data.phone()), { token_serial: '' })]);
	for (const body of [{ event: 'write', note: '手工写入' }, { event: 'lock' }, { event: 'lock', note: '短' }, { event: 'melt', note: '不在所列' }]) {
		await (await staff('producer1')).want(422, 'POST', `${at(c.sign_serial)}/token`, body, { key: key(), loose: true });
	}
	await (await staff('clerk1')).want(403, 'POST', `${at(c.sign_serial)}/token`, { event: 'lock', note: '不是制证' }, { key: key() });
	await tell(404, data.serial(), 'lock');
	assert.equal((await look(bare.sign_serial)).token, null);
	await tell(409, bare.sign_serial, 'lock');
	assert.equal(await stateOf(c.sign_serial), 'in_use');
	await (await staff('clerk1')).want(404, 'GET', at('ZZ'));
});

test('production writes into what may be written, and names why not', async () => {
	const gone = bring([certificate(subject('org', data.phone()))])[0];
	await tell(200, gone.sign_serial, 'damage');
	const w = await about('change', 'org', 'post');
	await w.handIn();
	await w.accepted();
	await w.closeGates();
	await w.decided();
	const body = { no: w.no, item: 1, sign_serial: data.serial(), enc_serial: data.serial(), not_before: data.today(), not_after: w.old[0].not_after };
	const refused = await w.act('producer1', '', { ...body, token_serial: gone.token_serial }, { url: '/api/staff/production', status: 409 });
	assert.match(refused.json.detail, /损坏，请换一个/);
	await tell(200, serialOf(w), 'lock');
	assert.match((await w.act('producer1', '', body, { url: '/api/staff/production', status: 409 })).json.detail, /先解锁/, 'the old token by default');
	await tell(200, serialOf(w), 'unlock');
	await w.act('producer1', '', body, { url: '/api/staff/production' });
	const t = (await look(body.sign_serial)).token;
	assert.deepEqual([t.state, t.events[0].event, t.events[0].case_no], ['in_use', 'write', w.no]);
});

test('lost: told at acceptance, taken back when the case ends without effect, never by another case', async () => {
	const w = await about('reissue', 'org', 'post', 'lost');
	await w.handIn();
	assert.equal(await stateOf(serialOf(w)), 'in_use');
	await w.accepted();
	assert.equal(await stateOf(serialOf(w)), 'lost');
	await w.look();
	await w.owner.want(200, 'POST', `${w.url}/withdraw`, { reason: '找到了' }, { key: key(), match: w.case.version });
	assert.deepEqual(await steps(serialOf(w)), ['write', 'lose', 'find']);
	await tell(200, serialOf(w), 'lose');
	const draft = await Walk.begin({ service: 'reissue', holder: 'org', channel: 'post', owner: await applicant(), subject: w.subject, old: w.old, reason: 'lost' });
	await draft.fill();
	await draft.owner.want(200, 'POST', `${draft.url}/withdraw`, { reason: '不办了' }, { key: key(), match: draft.case.version });
	assert.equal(await stateOf(serialOf(w)), 'lost', 'a stranger\'s draft');
});

test('reissue, revoke and unlock leave their mark when they are done', async () => {
	const lost = await about('reissue', 'org', 'counter', 'lost');
	await lost.all(() => lost.old[0].not_after);
	assert.deepEqual([await steps(serialOf(lost)), await stateOf(lost.made[0].sign_serial)], [['write', 'lose'], 'in_use']);
	const damaged = await about('reissue', 'ind', 'counter', 'damaged');
	await damaged.all(() => damaged.old[0].not_after);
	assert.deepEqual(await steps(serialOf(damaged)), ['write', 'damage']);
	for (const [reason, want] of [['stopped', 'retired'], ['lost', 'lost'], ['damaged', 'damaged']]) {
		const w = await about('revoke', 'org', 'counter', reason);
		await w.all();
		assert.equal(await stateOf(serialOf(w)), want, reason);
	}
	const locked = await about('unlock', 'org', 'online');
	await tell(200, serialOf(locked), 'lock');
	await locked.submitted();
	await locked.finish();
	assert.deepEqual([await stateOf(serialOf(locked)), (await look(serialOf(locked))).token.events[0].case_no], ['in_use', locked.no]);
	const brought = await about('unlock', 'rep', 'counter');
	await tell(200, serialOf(brought), 'lock');
	await brought.all(() => '');
	assert.equal(await stateOf(serialOf(brought)), 'in_use');
});

test('what may not be unlocked is not: by machine people look, by people it is said', async () => {
	const w = await about('unlock', 'org', 'online');
	await tell(200, serialOf(w), 'lose');
	await w.submitted();
	assert.deepEqual([w.case.state, w.case.review], ['draft', 'manual']);
	const brought = await about('unlock', 'org', 'counter');
	await brought.handIn();
	await brought.accepted();
	await brought.closeGates();
	await brought.decided();
	await tell(200, serialOf(brought), 'damage');
	const refused = await brought.act('producer1', '', { no: brought.no, item: 1 }, { url: '/api/staff/production', status: 409 });
	assert.match(refused.json.detail, /损坏，请换一个/);
	await brought.look();
	assert.equal(brought.case.state, 'approved');
});
