'use strict';
/* The stand-in for the token client against the running portal: signing in and signing a case with RSA and SM2; and what it
 * answers to pages, of the portal and of others. */
const test = require('node:test');
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const data = require('../lib/data');
const env = require('../lib/env');
const { Client, send, key } = require('../lib/client');
const { Authority } = require('../lib/authority');
const { Token, PIN } = require('../lib/token');
const { applicant } = require('../lib/journey');
const { Walk } = require('../lib/walk');
const { subject, certificate, bring } = require('../lib/certificates');

const authorities = {};
test.before(() => {
	for (const algorithm of ['rsa', 'sm2']) {
		authorities[algorithm] = new Authority(algorithm, `ukey-${algorithm}`);
		authorities[algorithm].trust();
	}
});

/* A unit whose certificate is in a token and in the register. */
function holder(algorithm, phone) {
	const whose = subject('org', phone);
	const serial = '4D' + data.serial().slice(2);
	const token = new Token(algorithm);
	token.certify(authorities[algorithm], { serial, O: whose.unit.name });
	bring([certificate(whose, { sign_serial: serial, token_serial: token.face.serial })]);
	return { whose, token, serial };
}

for (const [algorithm, more] of [['rsa', []], ['sm2', []], ['sm2', ['--gm']]]) {
	const name = [algorithm, ...more].join(' ');

	test(`${name}: signing in`, async () => {
		const owner = await applicant();
		const h = holder(algorithm, owner.phone);
		const guest = new Client();
		const c = (await guest.want(201, 'POST', '/api/session/challenge')).json;
		await guest.want(422, 'POST', '/api/session/certificate', { nonce: c.nonce, signature: h.token.sign(c.text + 'x', more) });
		const a = await guest.want(201, 'POST', '/api/session/certificate', { nonce: c.nonce, signature: h.token.sign(c.text, more) });
		assert.equal(a.json.signed_in, true);
		const mine = (await guest.want(200, 'GET', '/api/certificates')).json.items;
		assert.ok(mine.some((x) => x.sign_serial === h.serial));
	});

	test(`${name}: signing a case`, async () => {
		const owner = await applicant();
		const h = holder(algorithm, owner.phone);
		const w = await Walk.begin({ service: 'add', holder: 'org', channel: 'online', owner, subject: h.whose, count: 1 });
		await w.fill();
		await w.handIn();
		const c = (await owner.want(201, 'POST', `${w.url}/challenge`, undefined, { key: key() })).json;
		const signature = h.token.sign(c.text, more);
		const other = holder(algorithm, owner.phone);
		await owner.want(422, 'POST', `${w.url}/signature`, { nonce: c.nonce, signature: other.token.sign(c.text, more) });
		const done = await owner.want(200, 'POST', `${w.url}/signature`, { nonce: c.nonce, signature });
		assert.ok(done.json.gates.find((g) => g.name === 'signature').closed_at);
	});
}

test('a certificate on the list of the SM2 authority is refused', async () => {
	const owner = await applicant();
	const h = holder('sm2', owner.phone);
	const guest = new Client();
	const c = (await guest.want(201, 'POST', '/api/session/challenge')).json;
	authorities.sm2.revoke({ serial: h.serial });
	authorities.sm2.trust();
	await guest.want(422, 'POST', '/api/session/certificate', { nonce: c.nonce, signature: h.token.sign(c.text) });
});

test('the certificate of another key is not taken, and nothing in the folder tells a key', () => {
	const one = new Token('sm2'), two = new Token('sm2');
	const certificate = authorities.sm2.certify(one.want(['request']), { serial: '4D01', CN: '张䶮' });
	two.want(['request']);
	const no = two.run(['install'], JSON.stringify({ certificate }));
	assert.equal(no.status, 1);
	assert.match(no.stderr, /不是为这个UKey/);
	assert.deepEqual([two.show().certificates, two.show().waiting], [[], true]);
	one.want(['install'], JSON.stringify({ certificate }));
	const face = one.show();
	assert.deepEqual(face.certificates.map((c) => [c.serial, c.name]), [['4D01', '张䶮']]);
	assert.ok(!/PRIVATE|"key/.test(JSON.stringify(face)));
});

test('six wrong PINs lock it, whoever asks; the PIN is changed by who knows it', () => {
	const k = new Token('sm2');
	assert.match(k.run(['request'], '', '000000').stderr, /还可以试5次/);
	k.want(['pin'], '', PIN, 'another-1');
	assert.match(k.run(['request'], '', PIN).stderr, /还可以试5次/);
	k.want(['pin'], '', 'another-1', PIN);
	for (let i = 1; i <= 6; i++) assert.equal(k.run(['request'], '', '999999').status, 1);
	assert.match(k.run(['request']).stderr, /已锁定/);
	assert.deepEqual([k.show().state, k.show().tries_left], ['locked', 0]);
});

/* A permission as the portal writes it, by another implementation. */
function permission(signer, serial, nonce, more = {}) {
	const p = { serial, nonce, until: new Date((Math.floor(Date.now() / 1000) + 600) * 1000).toISOString().replace('.000', ''), ...more };
	const text = `zhengyin-unlock/1\nserial: ${p.serial}\nnonce: ${p.nonce}\nuntil: ${Date.parse(p.until) / 1000}\n`;
	return JSON.stringify({ ...p, signature: crypto.sign('sha256', Buffer.from(text), signer).toString('base64') });
}

test('a locked one opens by a permission for its challenge, once, signed by the portal', (t) => {
	const { publicKey, privateKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
	const file = `${fs.mkdtempSync('/tmp/ukey-unlock-')}/unlock.pem`;
	t.after(() => fs.rmSync(require('node:path').dirname(file), { recursive: true }));
	fs.writeFileSync(file, publicKey.export({ type: 'spki', format: 'pem' }));
	const k = new Token('sm2', ['--unlock-key', file]);
	for (let i = 1; i <= 6; i++) k.run(['request'], '', '999999');
	const asked = JSON.parse(k.want(['challenge']));
	assert.deepEqual([asked.serial, asked.key], [k.face.serial, crypto.createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('hex').slice(0, 16)]);
	const refused = (p, what, pin = '864209') => assert.match(k.run(['unlock'], p, '', pin).stderr, what);
	const by = (signer, more, nonce = asked.nonce) => permission(signer, k.face.serial, nonce, more);
	refused(permission(privateKey, 'K00000000000', asked.nonce), /不是给这个UKey/);
	refused(by(privateKey, { until: '2026-01-01T00:00:00Z' }), /已过期/);
	refused(by(crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey), /不是由门户签发/);
	refused(by(privateKey, {}, '0'.repeat(32)), /重新取得许可/);
	const good = by(privateKey);
	refused(good.replace(/"nonce":"./, '"nonce":"'), /.+/);
	for (const weak of ['888888', '123456', '654321']) refused(good, /太简单/, weak);
	assert.equal(k.show().state, 'locked');
	k.want(['unlock'], good, '', '864209');
	assert.equal(k.show().tries_left, 6);
	k.want(['request'], '', '864209');
	refused(good, /已用过/);
});

test('a token that knows no unlock key says so', () => {
	assert.match(new Token('rsa').run(['challenge']).stderr, /没有门户的解锁公钥/);
});

const ORIGIN = 'https://portal.example.cn';
const TEXT = 'zhengyin-challenge/1\nhost: portal.example.cn\npurpose: session\n';

async function call(at, what, body, { origin = ORIGIN, method = 'POST', type = 'application/json', headers = {} } = {}) {
	const raw = body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
	const a = await send(method, `${at}/${what}`, { ...(origin ? { Origin: origin } : {}), ...(raw ? { 'Content-Type': type, 'Content-Length': raw.length } : {}), ...headers }, raw);
	a.json = a.body.length ? JSON.parse(a.body) : null;
	return a;
}

test('pages of its own portal, and no others', async () => {
	const k = new Token('rsa');
	k.certify(authorities.rsa, { serial: '4D02', O: '广州𠮷祥有限公司' });
	const at = await k.serve(ORIGIN);
	assert.match(at, /^http:\/\/127\.0\.0\.1:\d+$/);
	for (const origin of [null, 'null', 'https://portal.example.cn.evil.example', 'http://portal.example.cn', `${ORIGIN}/`, `${ORIGIN}:443`, ORIGIN.toUpperCase()]) {
		for (const method of ['OPTIONS', 'POST', 'GET']) {
			const a = await call(at, 'show', method === 'POST' ? {} : undefined, { origin, method });
			assert.equal(a.status, 403, `${method} from ${origin}`);
			assert.equal(a.headers['access-control-allow-origin'], undefined);
			assert.equal(a.json.code, 'origin');
		}
	}
	assert.equal((await call(at, 'show', {}, { headers: { Host: `portal.example.cn:${new URL(at).port}` } })).status, 403, 'a name that was pointed here');
	const pre = await call(at, 'sign', undefined, { method: 'OPTIONS' });
	assert.equal(pre.status, 204);
	assert.equal(pre.headers['access-control-allow-origin'], ORIGIN);
	assert.equal(pre.headers['access-control-allow-private-network'], 'true');
	assert.equal((await call(at, 'show', undefined, { method: 'GET' })).status, 405);
	assert.equal((await call(at, 'show', {}, { type: 'text/plain' })).status, 415);
	assert.equal((await call(at, 'show', 'x')).status, 422);
	assert.equal((await call(at, 'show', { more: 1 })).status, 422);
	assert.equal((await call(at, 'show', `{"x":"${'y'.repeat(2 << 20)}"}`)).status, 413);
	assert.equal((await call(at, 'nothing', {})).status, 404);
	assert.equal((await call(at, 'pin', {})).status, 404);
	const face = await call(at, 'show', {});
	assert.equal(face.status, 200);
	assert.equal(face.headers['access-control-allow-origin'], ORIGIN);
	assert.equal(face.json.certificates[0].serial, '4D02');
	await k.end();
});

test('it signs challenges of the portal, shown at its terminal first, and counts wrong PINs', async () => {
	const k = new Token('rsa');
	k.certify(authorities.rsa, { serial: '4D03', O: '广州𠮷祥有限公司' });
	const at = await k.serve(ORIGIN);
	for (const text of ['我欠您一百万元', TEXT.replace('portal', 'other'), `x${TEXT}`]) {
		const no = await call(at, 'sign', { pin: PIN, text });
		assert.deepEqual([no.status, no.json.code], [403, 'forbidden']);
	}
	const wrong = await call(at, 'sign', { pin: '999999', text: TEXT });
	assert.deepEqual([wrong.status, wrong.json.code, wrong.json.tries_left], [401, 'credentials', 5]);
	k.terminal = '';
	const good = await call(at, 'sign', { pin: PIN, text: TEXT + '\x1b[2J' });
	assert.equal(good.status, 200);
	assert.equal(good.json.certificate, '4D03');
	assert.ok(k.terminal.includes(`（来自${ORIGIN}）`) && k.terminal.includes('purpose: session\n?[2J'), k.terminal);
	assert.equal(k.show().tries_left, 6);
	const request = await call(at, 'request', { pin: PIN });
	const certificate = authorities.rsa.certify(request.json.request, { serial: '4D04', O: '广州𠮷祥有限公司' });
	const both = await call(at, 'install', { pin: PIN, delivery: { certificate } });
	assert.deepEqual(both.json.certificates.map((c) => c.serial), ['4D03', '4D04']);
	const chosen = await call(at, 'sign', { pin: PIN, text: TEXT, certificate: '4D03' });
	assert.equal(chosen.json.certificate, '4D03');
	for (let i = 1; i <= 6; i++) await call(at, 'sign', { pin: '999999', text: TEXT });
	const locked = await call(at, 'sign', { pin: PIN, text: TEXT });
	assert.deepEqual([locked.status, locked.json.code], [423, 'locked']);
	await k.end();
});

test('an RSA token behind PKCS#11: a key of its own, its certificate, and signing in', async (t) => {
	const fs = require('node:fs'), path = require('node:path');
	const { spawnSync } = require('node:child_process');
	const dir = fs.mkdtempSync('/tmp/ukey-hsm-');
	t.after(() => fs.rmSync(dir, { recursive: true }));
	fs.mkdirSync(path.join(dir, 'tokens'));
	fs.writeFileSync(path.join(dir, 'softhsm2.conf'), `directories.tokendir = ${dir}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n`);
	const run = (words, input = '', pin = PIN, program = path.join(env.buildDir(), 'tools/ukey')) => spawnSync(program, words,
		{ encoding: 'utf8', input, env: { ...process.env, UKEY_PIN: pin, SOFTHSM2_CONF: path.join(dir, 'softhsm2.conf') } });
	const key11 = (command, input, pin, more = []) => run([command, '--pkcs11', '/usr/lib/softhsm/libsofthsm2.so', '--slot', '0', ...more], input, pin);
	const made = run(['--init-token', '--free', '--label', 'zhengyin', '--pin', PIN, '--so-pin', '12345678'], '', '', 'softhsm2-util');
	assert.equal(made.status, 0, made.stderr);

	assert.match(key11('show', '', '999999').stderr, /PIN码不正确/);
	const owner = await applicant();
	const whose = subject('org', owner.phone);
	const serial = '4D' + data.serial().slice(2);
	const request = key11('request');
	assert.equal(request.status, 0, request.stderr);
	const other = new Token('rsa');
	const foreign = authorities.rsa.certify(other.want(['request']), { serial: '4D0B', O: whose.unit.name });
	assert.match(key11('install', JSON.stringify({ certificate: foreign })).stderr, /不是为这个UKey/);
	assert.match(key11('sign', 'x').stderr, /没有这张证书/);
	const certificatePem = authorities.rsa.certify(request.stdout, { serial, O: whose.unit.name });
	const installed = key11('install', JSON.stringify({ certificate: certificatePem }));
	assert.equal(installed.status, 0, installed.stderr);
	assert.deepEqual(JSON.parse(installed.stdout).certificates, [certificatePem]);
	bring([certificate(whose, { sign_serial: serial })]);
	const guest = new Client();
	const c = (await guest.want(201, 'POST', '/api/session/challenge')).json;
	const signed = key11('sign', c.text, PIN, ['--certificate', serial]);
	assert.equal(signed.status, 0, signed.stderr);
	await guest.want(201, 'POST', '/api/session/certificate', { nonce: c.nonce, signature: signed.stdout.trim() });
});
