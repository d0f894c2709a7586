'use strict';
/* My certificates: the same list for whoever signed in with phone and code or with one of the certificates; every status,
 * the seal, persons masked. */
const test = require('node:test');
const assert = require('node:assert/strict');
const data = require('../lib/data');
const { Client } = require('../lib/client');
const { Authority } = require('../lib/authority');
const { applicant } = require('../lib/journey');
const { forget } = require('../lib/rates');
const { Walk, everybody, addYears } = require('../lib/walk');
const { subject, certificate, bring } = require('../lib/certificates');

const list = async (c) => (await c.want(200, 'GET', '/api/certificates')).json.items;
const serial = () => '4D' + data.serial().slice(2);
let authority, owner, unit, rows;

async function byCertificate(who) {
	forget();
	const guest = new Client();
	const c = (await guest.want(201, 'POST', '/api/session/challenge')).json;
	await guest.want(201, 'POST', '/api/session/certificate', { nonce: c.nonce, signature: authority.sign(who, c.text) });
	return guest;
}

test.before(async () => {
	authority = new Authority('p256', 'mine');
	authority.trust();
	await everybody();
	owner = await applicant();
	unit = subject('org', owner.phone);
	const person = { ...subject('rep', owner.phone), unit: unit.unit, agent: unit.agent };
	rows = bring([
		certificate(unit, { sign_serial: serial(), not_after: data.today(200) }),
		certificate(person, { sign_serial: serial(), status: 'suspended', seal_kind: 'handwritten' }),
		certificate(unit, { status: 'revoked' }),
		certificate(unit, { not_after: data.today(-1) }),
		certificate(unit, { not_after: data.today(40) }),
	]);
	const w = await Walk.begin({ service: 'renew', holder: 'org', channel: 'counter', owner, subject: unit, old: [rows[4]], years: 1 });
	await w.all(() => addYears(data.today(40), 1));
	rows.push({ ...w.made[0], holder: 'org' });
});

test('every status, in words, with the seal', async () => {
	const by = Object.fromEntries((await list(owner)).map((c) => [c.sign_serial, c]));
	assert.equal(Object.keys(by).length, rows.length);
	const want = [['valid', '有效'], ['suspended', '已冻结'], ['revoked', '已注销'], ['expired', '已过期'], ['superseded', '已换发'], ['valid', '有效']];
	assert.deepEqual(rows.map((r) => [by[r.sign_serial].status, by[r.sign_serial].status_name]), want);
	for (const r of rows) assert.ok(by[r.sign_serial].seal_kind && by[r.sign_serial].seal_name, r.sign_serial);
	assert.deepEqual([by[rows[0].sign_serial].seal_kind, by[rows[0].sign_serial].seal_name], ['unit', unit.unit.name]);
	const rep = by[rows[1].sign_serial];
	assert.deepEqual([rep.seal_kind, rep.seal_name], ['handwritten', rep.holder_name]);
	assert.match(rep.holder_name, /^.\*+.?$/u);
	for (const r of rows) assert.ok(!JSON.stringify(Object.values(by)).includes(r.id_number || rows[1].id_number), 'a number of a person');
	for (const dead of [1, 2, 4]) assert.ok(!by[rows[dead].sign_serial].services.includes('renew'), by[rows[dead].sign_serial].status);
});

test('signed in with a certificate, imported or issued here: the same list', async () => {
	const mine = await list(owner);
	for (const r of [rows[0], rows[5]]) {
		const guest = await byCertificate(authority.person({ serial: r.sign_serial, O: unit.unit.name }));
		assert.deepEqual(await list(guest), mine, r.sign_serial);
	}
});

test('nobody else\'s: a stranger with a certificate sees his own, who has none an empty list, a visitor nothing', async () => {
	const whose = subject('org', data.phone());
	const [own] = bring([certificate(whose, { sign_serial: serial() })]);
	const guest = await byCertificate(authority.person({ serial: own.sign_serial, O: whose.unit.name }));
	assert.deepEqual((await list(guest)).map((c) => c.sign_serial), [own.sign_serial]);
	assert.deepEqual((await (await applicant()).want(200, 'GET', '/api/certificates')).json, { items: [], next: null });
	await new Client().want(401, 'GET', '/api/certificates');
});
