'use strict';
/* Limits and expiry, each with settings of its own. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { Client } = require('../lib/client');
const { Journey, applicant } = require('../lib/journey');
const { configured } = require('../lib/stack');
const data = require('../lib/data');
const spool = require('../lib/spool');

const wait = (ms) => new Promise((r) => setTimeout(r, ms));

test('codes: one a phone a minute, a few a day, a few an address; forged addresses do not help', () => configured({ rate_otp_phone_s: 60, rate_otp_phone_day: 3, rate_otp_ip_hour: 1000000 }, ['session'], async () => {
	const phone = data.phone();
	const before = spool.now();
	await new Client().want(204, 'POST', '/api/session/otp', { phone });
	for (let i = 0; i < 5; i++) {
		const a = await new Client().post('/api/session/otp', { phone }, { headers: { 'X-Forwarded-For': `10.0.0.${i}`, 'X-Real-IP': `10.0.0.${i}` } });
		assert.equal(a.status, 429);
		assert.equal(a.json.code, 'rate');
		assert.ok(Number(a.headers['retry-after']) >= 1 && Number(a.headers['retry-after']) <= 60);
	}
	await spool.code(phone, before);
	await wait(500);
	assert.equal(spool.list(phone, before).length, 1);
}));

test('codes an hour per address', () => configured({ rate_otp_ip_hour: 1 }, ['session'], async () => {
	const a = await new Client().post('/api/session/otp', { phone: data.phone() });
	const b = await new Client().post('/api/session/otp', { phone: data.phone() });
	assert.ok(a.status === 429 || a.status === 204);
	assert.equal(b.status, 429);
	const [, n, unit] = /(\d+)(分钟|秒)/.exec(b.json.detail);
	const s = Number(b.headers['retry-after']);
	assert.ok(s >= 1 && s <= 3600 && Number(n) === (unit === '秒' ? s : Math.floor(s / 60) + 1), `${b.json.detail}: Retry-After ${s}`);
}));

test('a code and a session end in time', () => configured({ otp_ttl_s: 2, session_idle_s: 3 }, ['session', 'application'], async () => {
	const c = new Client();
	const phone = data.phone();
	const code = await c.askCode(phone);
	await wait(3100);
	await c.want(401, 'POST', '/api/session', { phone, code });
	await c.signIn(phone);
	await c.want(200, 'GET', '/api/applications');
	await wait(4200);
	await c.want(401, 'GET', '/api/applications');
	assert.equal((await c.want(200, 'GET', '/api/session')).json.signed_in, false);
}));

test('a session has an end however busy it is', () => configured({ session_idle_s: 100, session_max_s: 3 }, ['session', 'application'], async () => {
	const c = await applicant();
	for (let i = 0; i < 5; i++) {
		await wait(1000);
		await c.get('/api/session');
	}
	await c.want(401, 'GET', '/api/applications');
}));

test('unfinished cases per phone', () => configured({ drafts_per_account: 2 }, ['application'], async () => {
	const c = await applicant();
	const body = { service: 'new', holder: 'org', channel: 'post' };
	await c.want(201, 'POST', '/api/applications', body);
	await c.want(201, 'POST', '/api/applications', body);
	const a = await c.post('/api/applications', body);
	assert.ok([409, 422, 429].includes(a.status), String(a.status));
}));

test('an idle claim lapses', () => configured({ claim_lease_s: 2 }, ['review'], async () => {
	const { staff } = require('../lib/staff');
	const j = await Journey.to('submitted');
	await j.claim('clerk1');
	await wait(2500);
	const two = await staff('clerk2');
	const now = await two.want(200, 'GET', j.desk);
	const a = await two.post(`${j.desk}/claim`, undefined, { match: now.json.version });
	assert.equal(a.status, 200, `${a.status} ${a.body}`);
	assert.equal(a.json.claim.mine, true);
	const one = await staff('clerk1');
	const late = await one.post(`${j.desk}/verdicts`, { items: [{ material: 'm1', verdict: 'pass' }] }, { match: a.json.version });
	assert.equal(late.status, 409);
	assert.equal(late.json.code, 'not_claimed');
}));
