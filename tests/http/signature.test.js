'use strict';
/* Signing with an existing certificate: a case (add, renew online), and signing in.  The signatures are made by the openssl
 * command line. */
const test = require('node:test');
const assert = require('node:assert/strict');
const data = require('../lib/data');
const { Client, key } = require('../lib/client');
const { Authority } = require('../lib/authority');
const { applicant, catalog } = require('../lib/journey');
const { Walk } = require('../lib/walk');
const { subject, certificate, bring, portalctl } = require('../lib/certificates');
const { staff } = require('../lib/staff');
const seals = require('../lib/seals');

let rsa, p256;
test.before(() => {
	rsa = new Authority('rsa');
	p256 = new Authority('p256');
	rsa.trust();
	p256.trust();
});

/* A unit with a certificate that it can sign with, known to the register. */
function holder(authority, phone, more = {}, what = {}) {
	const whose = subject('org', phone);
	const serial = '4D' + data.serial().slice(2);
	const signer = authority.person({ serial, O: whose.unit.name, ...what });
	const [row] = bring([certificate(whose, { sign_serial: serial, ...more })]);
	return { subject: whose, signer, row };
}

/* add, submitted: what waits for the signature.  how: as Walk.handIn takes it. */
async function waiting(authority, more, what, how = { seals: false }) {
	const owner = await applicant();
	const h = holder(authority, owner.phone, more, what);
	const w = await Walk.begin({ service: 'add', holder: 'org', channel: 'online', owner, subject: h.subject, count: 1 });
	await w.fill();
	await w.handIn(how);
	return Object.assign(w, h);
}

const challenge = async (w) => (await w.owner.want(201, 'POST', `${w.url}/challenge`, undefined, { key: key() })).json;
const send = (w, status, nonce, signature) => w.owner.want(status, 'POST', `${w.url}/signature`, { nonce, signature });

function only(answer, code) {
	assert.deepEqual(answer.json.errors.map((e) => [e.pointer, e.code]), [['#/signature', code]]);
	return answer.json.errors[0].detail;
}

test('what is signed is shown, the good signature closes the gate, the same one again changes nothing', async () => {
	for (const authority of [rsa, p256]) {
		const w = await waiting(authority);
		const c = await challenge(w);
		assert.match(c.text, new RegExp(`^zhengyin-challenge/1\nhost: [^\n]+\npurpose: add\nnonce: ${c.nonce}\ntime: [^\n]+\\+08:00\nsubject: ${w.case.no}\ncontent-sha256: [0-9a-f]{64}\n$`));
		assert.ok(c.content.includes(w.subject.unit.name), 'the content names the unit');
		assert.match(c.content, /\namount_fen: [1-9]\d*\n/);
		assert.equal(c.content.match(/^file: m\d+ [0-9a-f]{64} \d+$/gm).length, w.case.materials.reduce((n, m) => n + m.files.length, 0));
		const signature = authority.sign(w.signer, c.text);
		const done = await send(w, 200, c.nonce, signature);
		assert.ok(done.json.gates.find((g) => g.name === 'signature').closed_at);
		const version = done.json.version;
		assert.equal((await send(w, 200, c.nonce, signature)).json.version, version, 'a lost answer is given again');
		await w.owner.want(409, 'POST', `${w.url}/challenge`, undefined, { key: key() });
	}
});

test('one sentence for whatever is wrong with the signed data; each is recorded', async () => {
	const w = await waiting(rsa);
	const c = await challenge(w);
	const stranger = new Authority('rsa', 'stranger');
	const same = stranger.person({ serial: w.row.sign_serial, O: w.subject.unit.name });
	const cutting = rsa.person({ serial: '4D' + data.serial().slice(2), O: w.subject.unit.name, usage: 'keyEncipherment,dataEncipherment' });
	const wrong = {
		'another text': rsa.sign(w.signer, c.text.replace('add', 'renew')),
		'with the content': rsa.sign(w.signer, c.text, ['-nodetach']),
		'sha1': rsa.sign(w.signer, c.text, ['-md', 'sha1']),
		'no attributes': rsa.sign(w.signer, c.text, ['-noattr']),
		'no certificate': rsa.sign(w.signer, c.text, ['-nocerts']),
		'by key id': rsa.sign(w.signer, c.text, ['-keyid']),
		'pss': rsa.sign(w.signer, c.text, ['-keyopt', 'rsa_padding_mode:pss']),
		'same name and serial, other authority': stranger.sign(same, c.text),
		'a key for encryption': rsa.sign(cutting, c.text),
		'not base64': '签名',
		'nothing in it': 'AAAA',
	};
	const said = new Set();
	for (const [what, signature] of Object.entries(wrong)) {
		const a = await send(w, 422, c.nonce, signature);
		said.add(only(a, 'signature'));
		await w.look();
		assert.equal(w.gate('signature').closed_at, null, what);
	}
	assert.equal(said.size, 1, [...said].join('\n'));
	await send(w, 200, c.nonce, rsa.sign(w.signer, c.text));
});

test('a certificate that signed well but may not: said, with the way that is open', async () => {
	const owner = await applicant();
	const w = await waiting(rsa);
	const other = holder(rsa, owner.phone);
	const c = await challenge(w);
	assert.match(only(await send(w, 422, c.nonce, rsa.sign(other.signer, c.text)), 'other_name'), /同名|新申请/);
	const unknown = rsa.person({ serial: '4D' + data.serial().slice(2), O: w.subject.unit.name });
	assert.match(only(await send(w, 422, c.nonce, rsa.sign(unknown, c.text)), 'unknown_certificate'), /新申请/);
	const held = await waiting(rsa, { status: 'suspended' });
	const hc = await challenge(held);
	assert.match(only(await send(held, 422, hc.nonce, rsa.sign(held.signer, hc.text)), 'status'), /新申请/);
	const late = await waiting(rsa, { not_after: data.today(-1) });
	const lc = await challenge(late);
	assert.match(only(await send(late, 422, lc.nonce, rsa.sign(late.signer, lc.text)), 'expired'), /新申请|续期/);
	const gone = await waiting(rsa);
	const gc = await challenge(gone);
	const signature = rsa.sign(gone.signer, gc.text);
	rsa.revoke(gone.signer);
	rsa.trust();
	assert.match(only(await send(gone, 422, gc.nonce, signature), 'revoked'), /新申请/);
});

test('a list that is missing refuses everybody, and says to come again', async () => {
	const w = await waiting(p256);
	const c = await challenge(w);
	p256.distrust('crls', 'p256-ca');
	assert.match(only(await send(w, 422, c.nonce, p256.sign(w.signer, c.text)), 'crl_missing'), /稍后/);
	p256.trust();
	await send(w, 200, c.nonce, p256.sign(w.signer, c.text));
});

test('a challenge is for one case, once', async () => {
	const w = await waiting(rsa);
	const other = await waiting(rsa);
	const c = await challenge(w);
	const signature = rsa.sign(other.signer, c.text);
	only(await send(other, 422, c.nonce, signature), 'signature');
	const again = await challenge(w);
	await send(w, 200, c.nonce, rsa.sign(w.signer, c.text));
	await send(w, 409, again.nonce, rsa.sign(w.signer, again.text));
	await other.owner.want(404, 'POST', `${w.url}/challenge`, undefined, { key: key() });
	await other.owner.want(404, 'POST', `${w.url}/signature`, { nonce: again.nonce, signature });
});

test('after a correction it must be signed again', async () => {
	const w = await waiting(rsa);
	const c = await challenge(w);
	await send(w, 200, c.nonce, rsa.sign(w.signer, c.text));
	const { reasons } = await catalog();
	const reviewer = await staff('reviewer1');
	let a = await reviewer.want(200, 'POST', `/api/staff/applications/${w.case.no}/claim`, undefined, { key: key() });
	const why = (m) => (m.code === 'm1' ? { verdict: 'fail', reasons: [reasons.find((r) => r.materials.includes('m1')).code], note: '印章不清楚，请重新盖章' } : { verdict: 'pass' });
	const items = a.json.materials.filter((m) => m.files.length).map((m) => ({ material: m.code, ...why(m) }));
	a = await reviewer.want(200, 'POST', `/api/staff/applications/${w.case.no}/verdicts`, { items }, { key: key(), match: a.json.version });
	await reviewer.want(200, 'POST', `/api/staff/applications/${w.case.no}/return`, { note: '请补正' }, { key: key(), match: a.json.version });
	await w.look();
	await w.owner.want(409, 'POST', `${w.url}/challenge`, undefined, { key: key() });
	await w.putForm('重新盖章𠮷');
	await w.submitted();
	assert.equal(w.gate('signature').closed_at, null, 'what was signed is not what is there');
	const next = await challenge(w);
	await send(w, 200, next.nonce, rsa.sign(w.signer, next.text));
});

test('a certificate revoked between signature and review stops the review', async () => {
	const w = await waiting(rsa, {}, {}, {});
	const c = await challenge(w);
	await send(w, 200, c.nonce, rsa.sign(w.signer, c.text));
	const reviewer = await staff('reviewer1');
	let a = await reviewer.want(200, 'POST', `/api/staff/applications/${w.case.no}/claim`, undefined, { key: key() });
	const items = a.json.materials.filter((m) => m.files.length).map((m) => ({ material: m.code, verdict: 'pass' }));
	await reviewer.want(200, 'POST', `/api/staff/applications/${w.case.no}/verdicts`, { items }, { key: key(), match: a.json.version });
	await seals.confirm(w, 'reviewer1');
	a = await reviewer.want(200, 'GET', `/api/staff/applications/${w.case.no}`);
	rsa.revoke(w.signer);
	rsa.trust();
	const no = await reviewer.want(409, 'POST', `/api/staff/applications/${w.case.no}/accept`, undefined, { key: key(), match: a.json.version });
	assert.match(no.json.detail, /重新签名/);
});

test('signing in with a certificate', async () => {
	const owner = await applicant();
	const h = holder(rsa, owner.phone);
	const guest = new Client();
	const c = (await guest.want(201, 'POST', '/api/session/challenge')).json;
	assert.match(c.text, /\npurpose: session\n[^]*\nsubject: -\ncontent-sha256: -\n$/);
	const signature = rsa.sign(h.signer, c.text);
	const a = await guest.want(201, 'POST', '/api/session/certificate', { nonce: c.nonce, signature });
	assert.equal(a.json.signed_in, true);
	assert.equal(a.json.phone.slice(0, 3), owner.phone.slice(0, 3));
	const mine = (await guest.want(200, 'GET', '/api/certificates')).json.items;
	assert.ok(mine.some((x) => x.sign_serial === h.row.sign_serial));
	const thief = new Client();
	only(await thief.want(422, 'POST', '/api/session/certificate', { nonce: c.nonce, signature }), 'signature');
	const own = (await thief.want(201, 'POST', '/api/session/challenge')).json;
	only(await thief.want(422, 'POST', '/api/session/certificate', { nonce: own.nonce, signature }), 'signature');
	const alone = holder(rsa, owner.phone, { agent_name: '', agent_id_number: '', agent_phone: '' });
	const d = (await thief.want(201, 'POST', '/api/session/challenge')).json;
	const no = await thief.want(422, 'POST', '/api/session/certificate', { nonce: d.nonce, signature: rsa.sign(alone.signer, d.text) });
	assert.match(no.json.detail, /手机/);
	assert.equal(portalctl('verify-audit').status, 0);
});
