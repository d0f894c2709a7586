'use strict';
/* Sign-in by phone and code. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { Client } = require('../lib/client');
const data = require('../lib/data');
const spool = require('../lib/spool');

const wrong = (code) => (code === '000000' ? '000001' : String((Number(code) + 1) % 1000000).padStart(6, '0'));

test('without a session', async () => {
	const c = new Client();
	assert.deepEqual((await c.want(200, 'GET', '/api/session')).json, { signed_in: false });
	assert.equal((await c.get('/api/applications')).json.code, 'sign_in');
});

test('phone, code, session, out', async () => {
	const c = new Client();
	const phone = data.phone();
	const before = spool.now();
	await c.want(204, 'POST', '/api/session/otp', { phone: `+86 ${phone.slice(0, 3)}-${phone.slice(3, 7)}-${phone.slice(7)}` });
	const sms = await spool.wait(phone, before);
	assert.match(sms.params.code, /^[0-9]{6}$/);
	assert.ok(sms.text.includes(sms.params.code));
	assert.ok([...sms.text].length <= 70, `an SMS of ${[...sms.text].length} characters`);
	const a = await c.want(201, 'POST', '/api/session', { phone, code: sms.params.code });
	assert.equal(a.json.phone, phone.slice(0, 3) + '****' + phone.slice(7));
	const cookie = a.headers['set-cookie'].join('\n');
	assert.match(cookie, /HttpOnly/i);
	assert.match(cookie, /SameSite=Lax/i);
	assert.match(cookie, /Path=\//i);
	assert.doesNotMatch(cookie, /Domain=/i);
	assert.match(a.headers['cache-control'], /no-store/);
	const s = await c.want(200, 'GET', '/api/session');
	assert.equal(s.json.signed_in, true);
	c.csrf = s.json.csrf;
	const held = new Map(c.jar);
	await c.want(204, 'DELETE', '/api/session');
	c.jar = held;
	assert.equal((await c.want(200, 'GET', '/api/session')).json.signed_in, false, 'the server keeps a session that was ended');
	await c.want(401, 'GET', '/api/applications');
});

test('a code counts once', async () => {
	const c = new Client();
	const phone = data.phone();
	const code = await c.askCode(phone);
	await c.want(201, 'POST', '/api/session', { phone, code });
	const again = await new Client().want(401, 'POST', '/api/session', { phone, code });
	assert.equal(again.json.code, 'credentials');
});

test('a wrong code is refused, and after five tries the right one too', async () => {
	const c = new Client();
	const phone = data.phone();
	const code = await c.askCode(phone);
	for (let i = 0; i < 5; i++) {
		const a = await c.post('/api/session', { phone, code: wrong(code) });
		assert.ok(a.status === 401 || a.status === 429, `try ${i + 1}: ${a.status}`);
		assert.equal(a.headers['set-cookie'], undefined);
	}
	const a = await c.post('/api/session', { phone, code });
	assert.ok(a.status === 401 || a.status === 429, `the right code after five wrong ones: ${a.status}`);
});

test('five tries cannot be used in parallel', async () => {
	const phone = data.phone();
	const code = await new Client().askCode(phone);
	const guesses = Array.from({ length: 12 }, (_, i) => String((Number(code) + i + 1) % 1000000).padStart(6, '0'));
	const all = await Promise.all(guesses.map((g) => new Client().post('/api/session', { phone, code: g })));
	assert.ok(all.every((a) => [401, 429, 503].includes(a.status)), all.map((a) => a.status).join());
	const a = await new Client().post('/api/session', { phone, code });
	assert.ok(a.status === 401 || a.status === 429, `the right code after twelve wrong ones: ${a.status}`);
});

test('a code belongs to its phone and its purpose', async () => {
	const mine = data.phone(), other = data.phone();
	const code = await new Client().askCode(mine);
	await new Client().want(401, 'POST', '/api/session', { phone: other, code });
	const track = await new Client().askCode(other, 'track');
	await new Client().want(401, 'POST', '/api/session', { phone: other, code: track });
});

test('a wrong code and a phone that never asked answer the same', async () => {
	const phone = data.phone();
	const code = await new Client().askCode(phone);
	const a = await new Client().want(401, 'POST', '/api/session', { phone, code: wrong(code) });
	const b = await new Client().want(401, 'POST', '/api/session', { phone: data.phone(), code: '123456' });
	for (const x of [a, b]) delete x.json.instance;
	assert.deepEqual(a.json, b.json);
});

test('signing in makes a new token', async () => {
	const c = new Client();
	const name = 'sid';
	c.jar.set(name, 'a'.repeat(43));
	c.jar.set('__Host-' + name, 'a'.repeat(43));
	await c.signIn(data.phone());
	const fresh = [...c.jar.values()].filter((v) => v !== 'a'.repeat(43));
	assert.equal(fresh.length, 1, 'the token did not change');
	assert.ok(fresh[0].length >= 22, 'less than 128 bits');
	const again = new Client();
	again.jar = new Map(c.jar);
	await again.signIn(data.phone());
	assert.notDeepEqual([...again.jar], [...c.jar]);
	assert.equal((await c.want(200, 'GET', '/api/session')).json.signed_in, false, 'the old token lives on');
});

test('what is no phone is refused', async () => {
	for (const phone of ['12800000000', '1380000000', '', '13800000000x', '𠮷', '138000000001234567890']) {
		const a = await new Client().want(422, 'POST', '/api/session/otp', { phone });
		assert.equal(a.json.errors[0].pointer, '#/phone', phone);
	}
	for (const code of ['', '12345', '1234567', 'abcdef', "1' OR '1'='1"]) {
		const a = await new Client().post('/api/session', { phone: data.phone(), code });
		assert.ok(a.status === 401 || a.status === 422, `${code}: ${a.status}`);
	}
});

test('a full-width code is read as it was meant', async () => {
	const c = new Client();
	const phone = data.phone();
	const code = await c.askCode(phone);
	const wide = [...code].map((d) => String.fromCodePoint(0xff10 + Number(d))).join('');
	await c.want(201, 'POST', '/api/session', { phone, code: wide });
});
