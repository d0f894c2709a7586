'use strict';
/* Certificates of the portal's own authority in UKeys, and openssl's opinion of them: where the online journeys begin.
 *   const u = await unit('rsa', 2)    {owner, subject, tokens, old}: a unit whose certificates, one a token, end in 60 days
 *   verify('rsa', pem)                status and words of `openssl verify` with the lists as they are published now */
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const env = require('./env');
const data = require('./data');
const { key } = require('./client');
const { staff } = require('./staff');
const { sql } = require('./sql');
const { Token } = require('./token');
const { applicant } = require('./journey');
const { Walk } = require('./walk');
const { subject } = require('./certificates');

const END = data.today(60);
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'online-'));
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));

async function until(what, f) {
	for (let i = 0; i < 600; i++) {
		const got = await f();
		if (got) return got;
		await new Promise((r) => setTimeout(r, 50));
	}
	return assert.fail(what);
}

/* One line of a case made with the token by a producer, and looked at by another. */
async function produced(w, item, token) {
	const producer = await staff('producer1');
	const request = token.want(['request']).replace(/-----[^-]+-----|\s/g, '');
	await producer.want(201, 'POST', '/api/staff/production/orders', { no: w.no, item, request, token_serial: token.face.serial }, { key: key() });
	const row = await until('it is not made', async () => (await producer.want(200, 'GET', `/api/staff/production/${w.no}`)).json.items.find((r) => r.item === item && r.state === 'done'));
	token.want(['install'], JSON.stringify({ certificate: row.sign_cert, encryption_certificate: row.enc_cert, encryption_key: row.enc_key }));
	await producer.want(200, 'POST', '/api/staff/production/written', { no: w.no, item }, { key: key() });
	await (await staff('producer2')).want(200, 'POST', '/api/staff/production/checked', { no: w.no, item }, { key: key() });
	return { sign_serial: row.sign_serial, pem: row.sign_cert, token_serial: token.face.serial, not_after: END };
}

/* A unit whose certificates, one in each token, end in 60 days. */
async function unit(algorithm, count = 1) {
	const owner = await applicant();
	const w = await Walk.begin({ service: 'new', holder: 'org', channel: 'post', owner, subject: subject('org', owner.phone), count, years: 1 });
	await w.fill();
	await w.jump();
	const tokens = Array.from({ length: count }, () => new Token(algorithm));
	const old = [];
	for (let i = 0; i < count; i++) old.push(await produced(w, i + 1, tokens[i]));
	await w.look();
	await w.finish();
	sql(`UPDATE certificate SET not_after='${END}' WHERE sign_serial IN (${old.map((o) => `'${o.sign_serial}'`)})`);
	return { owner, subject: w.subject, tokens, old };
}

const trusted = (folder, name) => path.join(env.varDir, 'trust', folder, `${name}.pem`);
function verify(algorithm, pem) {
	const leaf = path.join(dir, 'leaf.pem'), lists = path.join(dir, 'lists.pem');
	fs.writeFileSync(leaf, pem);
	if (algorithm === 'sm2') return spawnSync('openssl', ['verify', '-vfyopt', 'distid:1234567812345678', '-partial_chain', '-trusted', trusted('intermediates', 'builtin-sm2'), leaf], { encoding: 'utf8' });
	fs.writeFileSync(lists, fs.readFileSync(trusted('crls', 'builtin-rsa')) + fs.readFileSync(trusted('crls', 'builtin-rsa-root')));
	return spawnSync('openssl', ['verify', '-CAfile', trusted('anchors', 'builtin-rsa'), '-untrusted', trusted('intermediates', 'builtin-rsa'), '-crl_check_all', '-CRLfile', lists, leaf], { encoding: 'utf8' });
}

module.exports = { END, sql, until, produced, unit, verify };
