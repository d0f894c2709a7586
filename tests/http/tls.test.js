'use strict';
/* Signing in by the certificate that a browser shows in TLS: a real nginx with the server of nginx.conf.example for client
 * certificates, beside the stack, before the same programs. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const https = require('node:https');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { spawn } = require('node:child_process');
const env = require('../lib/env');
const data = require('../lib/data');
const { Client, send } = require('../lib/client');
const { note } = require('../lib/operations');
const { Authority } = require('../lib/authority');
const { subject, certificate, bring } = require('../lib/certificates');

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tls-'));
let rsa, p256, stranger, port, nginx;

function freePort() {
	return new Promise((resolve) => {
		const s = net.createServer().listen(0, '127.0.0.1', () => {
			const { port: n } = s.address();
			s.close(() => resolve(n));
		});
	});
}

/* The file of the stack, with its commented server for client certificates in force and every address another. */
function config(ports) {
	const filled = fs.readFileSync(path.join(env.varDir, 'run/nginx.conf'), 'utf8');
	const at = filled.indexOf('\t# --- Client certificates');
	const mark = filled.indexOf('# --- from here on the same in the server with TLS ---');
	const common = filled.slice(mark, filled.indexOf('\n\t}\n', filled.indexOf('location @away')));
	const server = filled.slice(at).split('\n').filter((line) => /^\t# /.test(line)).map((line) => line.slice(3)).join('\n');
	const block = server.slice(server.indexOf('server {'))
		.replace('listen 443 ssl http2;', `listen 127.0.0.1:${ports[1]} ssl http2;`)
		.replace('/etc/zhengyin/tls/cert.pem', path.join(dir, 'host.pem')).replace('/etc/zhengyin/tls/cert.key', path.join(dir, 'host.key'))
		.replace('/etc/zhengyin/tls/clients-ca.pem', path.join(dir, 'clients-ca.pem'))
		.replace(/^.*\.\.\. everything of the first server.*$/m, () => common);
	assert.ok(block.includes('ZY_TLS_CERT') && block.includes('location ^~ /api/'), 'the server of the example is not whole');
	return filled.slice(0, at).replace(/^pid .*$/m, `pid ${dir}/pid;`).replace(/^worker_processes .*$/m, 'worker_processes 1;')
		.replace(/listen unix:[^;]*internal\.sock;/, `listen unix:${dir}/internal.sock;`).replace(/listen 127\.0\.0\.1:\d+ backlog/, `listen 127.0.0.1:${ports[0]} backlog`) + block + '\n}\n';
}

test.before(async () => {
	rsa = new Authority('rsa', 'tls-rsa');
	p256 = new Authority('p256', 'tls-p256');
	stranger = new Authority('rsa', 'tls-stranger');
	rsa.trust();
	p256.trust();
	rsa.selfSigned('host', '/CN=localhost');
	for (const f of ['host.pem', 'host.key']) fs.copyFileSync(rsa.file(f), path.join(dir, f));
	fs.writeFileSync(path.join(dir, 'clients-ca.pem'), [rsa, p256].flatMap((a) => ['root.pem', 'ca.pem'].map((f) => fs.readFileSync(a.file(f), 'utf8'))).join(''));
	const ports = [await freePort(), await freePort()];
	fs.writeFileSync(path.join(dir, 'nginx.conf'), config(ports), { mode: 0o600 });
	port = ports[1];
	nginx = spawn('nginx', ['-p', dir, '-e', path.join(dir, 'error.log'), '-c', path.join(dir, 'nginx.conf')], { stdio: 'inherit' });
	for (let i = 0; i < 100; i++) {
		if (await ask('GET', '/api/health').then((a) => a.status === 200, () => false)) return;
		await new Promise((r) => setTimeout(r, 100));
	}
	throw new Error('nginx does not start');
});
test.after(() => {
	nginx.kill('SIGTERM');
	for (const a of [rsa, p256]) for (const [folder, name] of [['anchors', a.name], ['intermediates', a.name], ['crls', `${a.name}-root`], ['crls', `${a.name}-ca`]]) a.distrust(folder, name);
	fs.rmSync(dir, { recursive: true });
});

/* who: shows that certificate. */
function ask(method, where, who, headers = {}) {
	return new Promise((resolve, reject) => {
		const mine = who ? { cert: fs.readFileSync(who.authority.file(`${who.name}.pem`)), key: fs.readFileSync(who.authority.file(`${who.name}.key`)) } : {};
		const req = https.request({ host: '127.0.0.1', port, path: where, method, headers: { Host: `localhost:${port}`, ...headers }, agent: false, rejectUnauthorized: false, ...mine }, (res) => {
			let body = '';
			res.on('data', (d) => { body += d; });
			note(method, where, res.statusCode);
			res.on('end', () => resolve({ status: res.statusCode, headers: res.headers, body, json: /json/.test(res.headers['content-type']) ? JSON.parse(body) : undefined }));
		});
		req.on('error', reject);
		req.end();
	});
}

function holder(authority, what = {}, known = true) {
	const phone = data.phone();
	const whose = subject('org', phone);
	const serial = '4D' + data.serial().slice(2);
	const who = authority.person({ serial, O: whose.unit.name, ...what });
	if (known) bring([certificate(whose, { sign_serial: serial })]);
	return Object.assign(who, { phone });
}

const signIn = (who, headers) => ask('POST', '/api/session/tls', who, headers);
const refused = (a) => [a.status, a.json.errors.map((e) => e.code).join()];

test('a good certificate opens a session on that host name, of whom the register knows', async () => {
	const who = holder(rsa);
	const a = await signIn(who);
	assert.equal(a.status, 201, a.body);
	assert.equal(a.json.phone, `${who.phone.slice(0, 3)}****${who.phone.slice(-4)}`);
	const cookie = a.headers['set-cookie'][0].split(';')[0];
	const now = await ask('GET', '/api/session', null, { Cookie: cookie });
	assert.equal(now.json.signed_in, true);
	assert.equal((await ask('GET', '/api/applications', null, { Cookie: cookie })).status, 200);
	assert.match((await ask('GET', '/apply/ukey.html')).body, /id="tls-go"/);
	assert.doesNotMatch(String((await new Client().get('/apply/ukey.html', { check: false })).body), /tls-go/);
});

test('without one, and from anywhere else, nobody gets in', async () => {
	const who = holder(rsa);
	const none = await signIn();
	assert.equal(none.status, 409);
	assert.match(none.json.detail, /没有出示证书/);
	const pem = encodeURIComponent(fs.readFileSync(who.authority.file(`${who.name}.pem`), 'utf8'));
	const forged = { 'ZY-TLS-VERIFY': 'SUCCESS', 'ZY-TLS-CERT': pem, ZY_TLS_VERIFY: 'SUCCESS', ZY_TLS_CERT: pem, 'SSL-CLIENT-VERIFY': 'SUCCESS', 'SSL-CLIENT-CERT': pem };
	assert.equal((await signIn(null, forged)).status, 409, 'headers on the host itself');
	for (const headers of [forged, {}]) {
		const a = await send('POST', `${env.url}/api/session/tls?ZY_TLS_VERIFY=SUCCESS`, headers);
		assert.ok([400, 409, 422].includes(a.status), `${a.status} on the ordinary host`);
		assert.equal(a.headers['set-cookie'], undefined);
	}
	assert.equal((await new Client().post('/api/session/tls', undefined, { headers: { 'ZY-TLS-VERIFY': 'SUCCESS', 'ZY-TLS-CERT': pem } })).status, 409);
	const cross = await signIn(who, { Origin: 'https://elsewhere.example.cn' });
	assert.equal(cross.status, 403, 'another site does not sign a visitor in');
});

test('expired or of another authority: nginx says so on a page that helps', async () => {
	const late = holder(rsa, { days: 0 });
	await new Promise((r) => setTimeout(r, 1500));
	for (const who of [late, holder(stranger)]) {
		for (const where of ['/api/session/tls', '/apply/ukey.html']) {
			const a = await ask(where.startsWith('/api') ? 'POST' : 'GET', where, who);
			assert.equal(a.status, 400);
			assert.match(a.body, /这张证书不能用来登录/);
			assert.equal(a.headers['set-cookie'], undefined);
		}
	}
});

test('what nginx believes is looked at again: list, register, kind of key, use', async () => {
	const gone = holder(rsa);
	rsa.revoke(gone);
	rsa.trust();
	assert.deepEqual(refused(await signIn(gone)), [422, 'revoked']);
	assert.deepEqual(refused(await signIn(holder(rsa, {}, false))), [422, 'unknown_certificate']);
	assert.deepEqual(refused(await signIn(holder(p256))), [422, 'signature']);
	assert.deepEqual(refused(await signIn(holder(rsa, { usage: 'digitalSignature,keyCertSign' }))), [422, 'signature']);
	const good = holder(rsa);
	rsa.distrust('anchors', 'tls-rsa');
	assert.deepEqual(refused(await signIn(good)), [422, 'signature'], 'trusted by nginx alone');
	rsa.trust();
	assert.equal((await signIn(good)).status, 201);
});
