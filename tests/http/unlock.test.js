'use strict';
/* Unlocking a token: the permission that the portal signs for one challenge of one token, from asking to completed, and what
 * is refused on the way; the keys that sign; what an automatic unlock is compared with. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const env = require('../lib/env');
const data = require('../lib/data');
const { Client, key } = require('../lib/client');
const { Authority } = require('../lib/authority');
const { Token, PIN } = require('../lib/token');
const { applicant } = require('../lib/journey');
const { Walk } = require('../lib/walk');
const { subject, certificate, bring, status, portalctl } = require('../lib/certificates');
const { staff } = require('../lib/staff');
const { stack } = require('../lib/stack');
const { sql } = require('../lib/sql');

const NEW_PIN = '864209';
const authorities = {};
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'unlock-'));
const pem = path.join(dir, 'unlock.pem');
test.before(() => {
	for (const algorithm of ['rsa', 'sm2']) {
		authorities[algorithm] = new Authority(algorithm, `unlock-${algorithm}`);
		authorities[algorithm].trust();
	}
	fs.writeFileSync(pem, unlockKey());
});
test.after(() => fs.rmSync(dir, { recursive: true }));

function unlockKey(...more) {
	const r = portalctl('unlock-key', ...more);
	assert.equal(r.status, 0, r.stderr);
	return r.stdout;
}
const states = (no) => sql(`SELECT p.state FROM unlock_permission p JOIN application a ON a.id=p.application_id WHERE a.no='${no}' ORDER BY p.id`).split('\n').filter(Boolean);

/* A unit whose certificate is in a locked token and in the register. */
function holder(algorithm, phone, more = {}) {
	const whose = subject('org', phone);
	const serial = '4D' + data.serial().slice(2);
	const token = new Token(algorithm, ['--unlock-key', pem]);
	token.certify(authorities[algorithm], { serial, O: whose.unit.name });
	for (let i = 1; i <= 6; i++) token.run(['request'], '', '999999');
	assert.equal(token.show().state, 'locked');
	return { whose, token, serial, old: bring([certificate(whose, { sign_serial: serial, token_serial: token.face.serial, ...more })]) };
}
async function begin(algorithm, channel = 'online', more = {}) {
	const owner = await applicant();
	const h = holder(algorithm, owner.phone, more);
	const w = await Walk.begin({ service: 'unlock', holder: 'org', channel, owner, subject: h.whose, old: h.old });
	await w.fill();
	return Object.assign(w, { key: h.token, serial: h.serial });
}
async function installing(algorithm = 'sm2', more = {}) {
	const w = await begin(algorithm, 'online', more);
	await w.submitted();
	assert.equal(w.case.state, 'installing');
	return w;
}
function challenge(token) {
	const c = JSON.parse(token.want(['challenge']));
	return { token_serial: c.serial, challenge: c.nonce, key: c.key };
}
const ask = (w, want, body, who = w.owner) => who.want(want, 'POST', `${w.url}/permission`, body, { key: key() });
const done = async (w) => w.keep(await w.owner.want(200, 'POST', `${w.url}/installed`, undefined, { key: key() }));
const open = (token, p) => token.run(['unlock'], JSON.stringify(p), '', NEW_PIN);

for (const [algorithm, more] of [['rsa', []], ['sm2', ['--gm']]]) {
	test(`${algorithm}: locked, permitted, a new PIN, signed in; what the portal signed is right by another implementation`, async () => {
		const w = await installing(algorithm);
		const p = (await ask(w, 201, challenge(w.key))).json;
		assert.equal(p.serial, w.key.face.serial);
		const left = (Date.parse(p.until) - Date.now()) / 60000;
		assert.ok(left > 29 && left < 31, p.until);
		const text = path.join(dir, 'text'), signature = path.join(dir, 'signature');
		fs.writeFileSync(text, `zhengyin-unlock/1\nserial: ${p.serial}\nnonce: ${p.nonce}\nuntil: ${Date.parse(p.until) / 1000}\n`);
		fs.writeFileSync(signature, Buffer.from(p.signature, 'base64'));
		const r = spawnSync('openssl', ['dgst', '-sm3', '-verify', pem, '-sigopt', 'distid:1234567812345678', '-signature', signature, text], { encoding: 'utf8' });
		assert.equal(r.status, 0, r.stdout + r.stderr);
		assert.deepEqual(states(w.no), ['issued']);
		assert.equal(open(w.key, p).status, 0);
		await done(w);
		assert.equal(w.case.state, 'completed');
		assert.deepEqual(states(w.no), ['used']);
		const guest = new Client();
		const c = (await guest.want(201, 'POST', '/api/session/challenge')).json;
		assert.match(w.key.run(['sign'], c.text, PIN).stderr, /不正确/);
		const signed = w.key.want(['sign', ...more], c.text, NEW_PIN).trim();
		assert.equal((await guest.want(201, 'POST', '/api/session/certificate', { nonce: c.nonce, signature: signed })).json.signed_in, true);
		const actions = sql(`SELECT action, detail FROM audit WHERE object='${w.no}' AND action LIKE 'unlock%' ORDER BY seq`);
		assert.equal(actions, `unlock_permit\t${w.key.face.serial}\nunlock_used`);
	});
}

test('not this token: one answer, whatever is wrong with it, and each on the record', async () => {
	const w = await installing();
	const stranger = holder('sm2', data.phone());
	const good = challenge(w.key);
	const said = new Set();
	for (const body of [{ ...good, token_serial: 'K00000000000' }, challenge(stranger.token), { ...good, token_serial: stranger.token.face.serial }, { ...good, key: '0'.repeat(16) }]) {
		const { instance, ...a } = (await ask(w, 422, body)).json;
		assert.ok(instance);
		said.add(JSON.stringify(a));
	}
	assert.equal(said.size, 1, [...said].join('\n'));
	assert.ok(![...said][0].includes(w.key.face.serial) && ![...said][0].includes(w.key.face.serial.slice(-4)));
	assert.equal(Number(sql(`SELECT COUNT(*) FROM audit WHERE object='${w.no}' AND action='unlock_refused'`)), 4);
	assert.deepEqual(states(w.no), []);
	for (const bad of [{ challenge: good.challenge.toUpperCase() + 'A' }, { challenge: 'g'.repeat(32) }, { key: '../../master.key' }, { key: 'G'.repeat(16) }, { token_serial: '' }, { more: 1 }]) await ask(w, 422, { ...good, ...bad });
	await ask(w, 201, good);
});

test('a certificate that was revoked meanwhile, or whose token is not known, gets none online', async () => {
	const w = await installing();
	sql(`UPDATE certificate SET status='revoked', revoked_at=1, revoke_reason=1 WHERE sign_serial='${w.serial}'`);
	await ask(w, 422, challenge(w.key));
	const v = await installing('sm2', { token_serial: '' });
	await ask(v, 422, challenge(v.key));
});

test('once: the same challenge, an older one, another case, after completion, a second use', async () => {
	const w = await installing();
	const first = challenge(w.key);
	const p1 = (await ask(w, 201, first)).json;
	assert.match((await ask(w, 422, first)).json.detail, /重新读取/);
	const p2 = (await ask(w, 201, challenge(w.key))).json;
	assert.deepEqual(states(w.no), ['failed', 'issued']);
	assert.match(open(w.key, p1).stderr, /重新取得许可/);
	assert.equal(w.key.show().state, 'locked');
	const other = await installing();
	assert.equal(open(other.key, p2).status, 1);
	await ask(other, 422, { ...challenge(other.key), challenge: first.challenge });
	await ask(w, 404, challenge(w.key), other.owner);
	assert.equal(open(w.key, p2).status, 1, 'a challenge was asked for since');
	const p3 = (await ask(w, 201, challenge(w.key))).json;
	assert.equal(open(w.key, p3).status, 0);
	assert.match(open(w.key, p3).stderr, /已用过/);
	await done(w);
	assert.deepEqual(states(w.no), ['failed', 'failed', 'used']);
	assert.match((await ask(w, 409, challenge(w.key))).json.detail, /已经结束/);
	assert.deepEqual(states(other.no), []);
});

function late(token, p) {
	const r = spawnSync('faketime', ['-f', '+31m', token.program(), 'unlock', token.dir], { encoding: 'utf8', input: JSON.stringify(p), env: { ...process.env, UKEY_NEW_PIN: NEW_PIN } });
	assert.match(r.stderr, /已过期/);
}

test('after thirty minutes neither token nor portal take it; another may be had', async () => {
	const w = await installing();
	const p = (await ask(w, 201, challenge(w.key))).json;
	if (!w.key.program().includes('/asan/')) late(w.key, p); /* under faketime no program of the sanitizer starts */
	assert.equal(w.key.show().state, 'locked');
	sql(`UPDATE unlock_permission SET made_at=made_at-1801, ends_at=ends_at-1801 WHERE nonce='${p.nonce}'`);
	const again = (await ask(w, 201, challenge(w.key))).json;
	assert.deepEqual(states(w.no), ['expired', 'issued']);
	sql(`UPDATE unlock_permission SET made_at=made_at-1801, ends_at=ends_at-1801 WHERE nonce='${again.nonce}'`);
	await done(w);
	assert.deepEqual(states(w.no), ['expired', 'expired'], 'what ran out was not used');
});

test('the worker marks what ran out', async () => {
	const w = await installing();
	const p = (await ask(w, 201, challenge(w.key))).json;
	sql(`UPDATE unlock_permission SET made_at=made_at-1801, ends_at=ends_at-1801 WHERE nonce='${p.nonce}'`);
	stack('restart', 'worker'); /* begins with all its tasks */
	for (const end = Date.now() + 90000; states(w.no)[0] !== 'expired';) {
		assert.ok(Date.now() < end, 'still issued');
		await new Promise((r) => setTimeout(r, 100));
	}
});

test('only an unlock, only while it waits for it, and twenty times an hour', async () => {
	const w = await begin('sm2');
	const body = challenge(w.key);
	await ask(w, 409, body);
	await w.change({ agent: { phone: data.phone() } });
	await w.submitted();
	assert.equal(w.case.review, 'manual');
	await ask(w, 409, body);
	const renew = await Walk.begin({ service: 'change', holder: 'org', channel: 'post', owner: w.owner, subject: w.subject, old: w.old });
	await ask(renew, 409, body);
	for (let i = 4; i <= 20; i++) await ask(w, 409, body);
	await ask(w, 429, body);
});

test('two certificates in two tokens: a permission for each, open side by side', async () => {
	const owner = await applicant();
	const one = holder('sm2', owner.phone), two = new Token('rsa', ['--unlock-key', pem]);
	const [second] = bring([certificate(one.whose, { token_serial: two.face.serial })]);
	const w = await Walk.begin({ service: 'unlock', holder: 'org', channel: 'online', owner, subject: one.whose, old: [one.old[0], second] });
	await w.fill();
	await w.submitted();
	assert.equal(w.case.state, 'installing');
	const p = [(await ask(w, 201, challenge(one.token))).json, (await ask(w, 201, challenge(two))).json];
	assert.deepEqual(states(w.no), ['issued', 'issued']);
	assert.deepEqual([open(one.token, p[1]).status, open(one.token, p[0]).status, open(two, p[1]).status], [1, 0, 0]);
	await done(w);
	assert.deepEqual(states(w.no), ['used', 'used']);
});

test('by post: the producer unlocks it at the bench, not who reviewed it', async () => {
	const w = await begin('rsa', 'post');
	await w.handIn();
	await w.accepted();
	const bench = (want, body, who) => who.want(want, 'POST', '/api/staff/production/permission', { no: w.no, ...body }, { key: key() });
	const one = await staff('producer1');
	await bench(409, challenge(w.key), one);
	await w.closeGates();
	await w.decided();
	assert.equal(w.case.state, 'approved');
	await bench(403, challenge(w.key), await staff('desk1'));
	await ask(w, 409, challenge(w.key));
	const reviewer = sql(`SELECT reviewer1 FROM application WHERE no='${w.no}'`);
	sql(`UPDATE application SET reviewer1=(SELECT id FROM staff WHERE user='producer1') WHERE no='${w.no}'`);
	assert.equal((await bench(403, challenge(w.key), one)).json.code, 'two_persons');
	sql(`UPDATE application SET reviewer1=${reviewer} WHERE no='${w.no}'`);
	await bench(422, { ...challenge(w.key), token_serial: 'K00000000000' }, one);
	const p = (await bench(201, challenge(w.key), one)).json;
	assert.equal(open(w.key, p).status, 0);
	await w.act('producer1', '', { no: w.no, item: 1 }, { url: '/api/staff/production' });
	await w.look();
	assert.equal(w.case.state, 'produced');
	assert.deepEqual(states(w.no), ['used']);
	await bench(409, challenge(w.key), one);
});

test('at the counter a certificate whose token is not known goes with the token that came in', async () => {
	const w = await begin('sm2', 'counter', { token_serial: '' });
	w.old[0].token_serial = w.key.face.serial;
	await w.handIn();
	await w.accepted();
	await w.closeGates();
	await w.decided();
	const other = new Token('sm2', ['--unlock-key', pem]);
	const bench = async (want, token) => (await staff('producer1')).want(want, 'POST', '/api/staff/production/permission', { no: w.no, ...challenge(token) }, { key: key() });
	await bench(422, other);
	assert.equal(open(w.key, (await bench(201, w.key)).json).status, 0);
});

test('another key takes over for new tokens; those that know the former are served by it', async () => {
	const before = await installing();
	const former = JSON.parse(before.key.want(['challenge'])).key;
	fs.writeFileSync(pem, unlockKey('rotate'));
	assert.equal(unlockKey(), fs.readFileSync(pem, 'utf8'));
	const after = await installing();
	assert.notEqual(JSON.parse(after.key.want(['challenge'])).key, former);
	for (const w of [before, after]) {
		const p = (await ask(w, 201, challenge(w.key))).json;
		assert.equal(open(w.key, p).status, 0);
	}
	const files = fs.readdirSync(path.join(env.varDir, 'secret')).filter((f) => /^unlock-[0-9a-f]{16}\.key$/.test(f));
	assert.ok(files.includes(`unlock-${former}.key`) && files.length >= 2);
	for (const f of files) assert.equal(fs.statSync(path.join(env.varDir, 'secret', f)).mode & 0o777, 0o600);
	assert.throws(() => sql(`INSERT INTO unlock_permission (application_id, certificate_id, token_serial, nonce, key_id, state, made_at, ends_at) SELECT id, 1, 'K', '0', '0', 'used', 1, 1 FROM application LIMIT 1`), /unlock_permission_closed/);
});

test('the key reaches a token with its certificate', async () => {
	const owner = await applicant();
	const w = await Walk.begin({ service: 'new', holder: 'org', channel: 'post', owner, subject: subject('org', owner.phone), count: 1 });
	await w.fill();
	await w.jump();
	const blank = new Token('sm2');
	assert.match(blank.run(['challenge']).stderr, /没有门户的解锁公钥/);
	const producer = await staff('producer1');
	const request = blank.want(['request']).replace(/-----[^-]+-----|\s/g, '');
	await producer.want(201, 'POST', '/api/staff/production/orders', { no: w.no, item: 1, request, token_serial: blank.face.serial }, { key: key() });
	let one;
	for (const end = Date.now() + 90000; !one || one.state !== 'done';) {
		assert.ok(Date.now() < end, 'not made');
		await new Promise((r) => setTimeout(r, 50));
		[one] = (await producer.want(200, 'GET', `/api/staff/production/${w.no}`)).json.items;
	}
	blank.want(['install'], JSON.stringify({ certificate: one.sign_cert, encryption_certificate: one.enc_cert, encryption_key: one.enc_key, unlock_key: one.unlock_key }));
	assert.equal(JSON.parse(blank.want(['challenge'])).serial, blank.face.serial);
	const written = (await producer.want(200, 'POST', '/api/staff/production/written', { no: w.no, item: 1 }, { key: key() })).json.items[0];
	assert.ok(!('unlock_key' in written));
});

test('compared with the last business that was completed, by name, number and phone', async () => {
	const owner = await applicant();
	const h = holder('sm2', owner.phone);
	const about = async (agent, channel) => {
		const w = await Walk.begin({ service: 'unlock', holder: 'org', channel, owner, subject: { ...h.whose, agent }, old: h.old });
		await w.fill();
		return w;
	};
	const next = { ...h.whose.agent, name: '欧阳䶮', id_number: data.resident() };
	/* Begun by the next agent, not completed: nothing changes. */
	const given = await about(next, 'online');
	await given.submitted();
	assert.equal(given.case.review, 'manual');
	await given.owner.want(204, 'DELETE', given.url, undefined, { match: given.case.version });
	const post = await about(next, 'post');
	await post.handIn();
	await post.accepted();
	await post.closeGates();
	await post.decided();
	await post.finish();
	assert.equal(post.case.state, 'completed');
	const w = await about(next, 'online');
	await w.submitted();
	assert.equal(w.case.state, 'installing');
	await done(w);
	const former = await about(h.whose.agent, 'online');
	await former.submitted();
	assert.deepEqual([former.case.state, former.case.review], ['draft', 'manual']);
	assert.equal((await status(h.serial)).status, 'valid');
});
