'use strict';
/* Signing with SM2: certificates and lists by the openssl command line, the signed data by sm-crypto and a writer of DER of our
 * own (lib/signed_data.js). */
const test = require('node:test');
const assert = require('node:assert/strict');
const data = require('../lib/data');
const { Client, key } = require('../lib/client');
const { Authority } = require('../lib/authority');
const { applicant } = require('../lib/journey');
const { forget } = require('../lib/rates');
const { smSign, seq, tlv, number } = require('../lib/signed_data');
const { subject, certificate, bring } = require('../lib/certificates');
const { Walk } = require('../lib/walk');

let authority, owner;
test.before(async () => {
	authority = new Authority('sm2');
	authority.trust();
	owner = await applicant();
});

function holder(whose = subject('org', owner.phone)) {
	const serial = '4D' + data.serial().slice(2);
	bring([certificate(whose, { sign_serial: serial })]);
	return { subject: whose, signer: authority.person({ serial, O: whose.unit.name }) };
}

async function signIn(sign) {
	const guest = new Client();
	forget();
	const c = (await guest.want(201, 'POST', '/api/session/challenge')).json;
	const a = await guest.post('/api/session/certificate', { nonce: c.nonce, signature: sign(c.text) });
	return a.status === 201 ? 'good' : a.json.errors[0].code;
}

test('signed data by another implementation, under both families of ids, signs a case', async () => {
	for (const gm of [false, true]) {
		const h = holder();
		const w = await Walk.begin({ service: 'add', holder: 'org', channel: 'online', owner, subject: h.subject, count: 1 });
		await w.fill();
		await w.handIn();
		const c = (await w.owner.want(201, 'POST', `${w.url}/challenge`, undefined, { key: key() })).json;
		const bad = await w.owner.want(422, 'POST', `${w.url}/signature`, { nonce: c.nonce, signature: smSign(authority, h.signer, c.text.replace('add', 'new'), { gm }) });
		assert.equal(bad.json.errors[0].code, 'signature');
		const done = await w.owner.want(200, 'POST', `${w.url}/signature`, { nonce: c.nonce, signature: smSign(authority, h.signer, c.text, { gm }) });
		assert.ok(done.json.gates.find((g) => g.name === 'signature').closed_at);
	}
});

test('each way to be wrong is refused', async () => {
	const { signer } = holder();
	const order = Buffer.from('00fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123', 'hex');
	const wrong = {
		'the empty user id': { userId: '' },
		'another user id': { userId: 'ALICE123@YAHOO.COM' },
		'(0,0)': { alter: (p) => ({ ...p, signature: seq(number(0), number(0)) }) },
		'(n,n)': { alter: (p) => ({ ...p, signature: seq(tlv(2, order), tlv(2, order)) }) },
		'attributes in another order': { alter: (p) => ({ ...p, attributes: [...p.attributes].reverse() }) },
		'no digest': { alter: (p) => ({ ...p, attributes: p.attributes.slice(0, 2) }) },
		'no certificate': { alter: (p) => ({ ...p, certs: [] }) },
		'certificate twice': { alter: (p) => ({ ...p, certs: [...p.certs, ...p.certs] }) },
		'signer of version 3': { alter: (p) => ({ ...p, version: number(3) }) },
	};
	for (const gm of [false, true]) {
		assert.equal(await signIn((text) => smSign(authority, signer, text, { gm })), 'good');
		for (const [what, how] of Object.entries(wrong)) {
			assert.equal(await signIn((text) => smSign(authority, signer, text, { gm, ...how })), 'signature', what);
		}
	}
});

test('a list signed with SM2 is believed, and revokes', async () => {
	const { signer } = holder();
	const other = holder().signer;
	authority.revoke(signer);
	authority.trust();
	assert.equal(await signIn((text) => smSign(authority, signer, text, { gm: true })), 'revoked');
	assert.equal(await signIn((text) => smSign(authority, other, text, { gm: true })), 'good');
});
