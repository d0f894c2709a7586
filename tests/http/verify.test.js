'use strict';
/* Printed pages and certificates checked by number, by anyone: genuine, replaced, ended or unknown, and nothing personal. */
const test = require('node:test');
const assert = require('node:assert/strict');
const data = require('../lib/data');
const { made } = require('../lib/form_code');
const { Client } = require('../lib/client');
const { Journey } = require('../lib/journey');
const { subject, certificate, bring } = require('../lib/certificates');

const c = new Client();
const NOTHING = { result: 'unknown', kind: null, status: null, version: null, page: null, pages: null, printed_on: null, not_before: null, not_after: null };
async function verify(number) {
	return (await c.want(200, 'GET', `/api/verify/number?number=${encodeURIComponent(number)}`)).json;
}

test('a printed page: of the version that counts, of one that was replaced, of none', async () => {
	const j = await Journey.draft();
	await j.fill();
	await j.print();
	const code = made(j.no, { version: 1, page: 1, pages: 2, copy: 2 });
	const good = { ...NOTHING, result: 'valid', kind: 'form', version: 1, page: 1, pages: 2, printed_on: data.today() };
	assert.deepEqual(await verify(code), good);
	const wide = [...code.toLowerCase()].map((x) => String.fromCodePoint(x.codePointAt(0) + 0xfee0)).join('');
	assert.deepEqual(await verify(` ${wide.slice(0, 16)} ${wide.slice(16)} `), good, 'as it is typed from paper in two lines');
	await j.change({ years: 5 });
	assert.equal((await verify(code)).result, 'replaced', 'the data were changed since');
	await j.print();
	assert.equal((await verify(code)).result, 'replaced');
	assert.equal((await verify(made(j.no, { version: 2 }))).result, 'valid');
	const forged = code.slice(0, -1) + (code.endsWith('0') ? '1' : '0');
	for (const number of [forged, made(j.no, { version: 3 }), made('GD20991231999999X'), j.no, 'Z1', '𠮷䶮𬭊', '"><script>', "' OR 1=1 --", '0'.repeat(100)]) {
		assert.deepEqual(await verify(number), NOTHING, number);
	}
	await c.want(422, 'GET', '/api/verify/number?number=');
	await c.want(422, 'GET', `/api/verify/number?number=${'9'.repeat(101)}`);
});

test('a certificate: by either serial, whatever became of it', async () => {
	const whose = subject('rep', data.phone());
	const row = (status, more = {}) => certificate(whose, { status, ...more });
	const [valid, suspended, revoked, superseded, expired] = bring([row('valid'), row('suspended'), row('revoked'), row('superseded'), row('valid', { not_after: data.today(-1) })]);
	const good = { ...NOTHING, result: 'valid', kind: 'certificate', status: 'valid', not_before: valid.not_before, not_after: valid.not_after };
	assert.deepEqual(await verify(valid.sign_serial), good);
	assert.deepEqual(await verify(valid.enc_serial.toLowerCase()), good);
	for (const [one, result, status] of [[suspended, 'ended', 'suspended'], [revoked, 'ended', 'revoked'], [superseded, 'replaced', 'superseded'], [expired, 'ended', 'expired']]) {
		const a = await verify(one.sign_serial);
		assert.deepEqual([a.result, a.status], [result, status]);
	}
	assert.deepEqual(await verify(data.serial()), NOTHING);
});
