'use strict';
/* Certificates made by the built-in authority: ordered with the token's own request, made by the worker, judged by the
 * openssl command line, revoked by what happens to cases. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFileSync, spawnSync } = require('node:child_process');
const env = require('../lib/env');
const data = require('../lib/data');
const { key } = require('../lib/client');
const { applicant } = require('../lib/journey');
const { Walk, addYears } = require('../lib/walk');
const { subject, status } = require('../lib/certificates');
const { approved, order, made, checked, until } = require('../lib/issuing');
const { sql } = require('../lib/sql');
const { hurry, again: reorder } = require('../lib/worker');
const { staff } = require('../lib/staff');
const { pids } = require('../lib/stack');

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'issuer-'));
test.after(() => fs.rmSync(dir, { recursive: true }));
const SM2 = ['-sigopt', 'distid:1234567812345678'];
const NEW = { rsa: ['-newkey', 'rsa:2048', '-sha256'], sm2: ['-newkey', 'sm2', '-sm3', ...SM2], p256: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], weak: ['-newkey', 'rsa:1024'] };

/* PKCS#10 by openssl, as a token would make it. */
function request(kind) {
	const name = path.join(dir, `${kind}-${data.digits(8)}`);
	execFileSync('openssl', ['req', ...NEW[kind], '-nodes', '-subj', '/CN=token', '-keyout', `${name}.key`, '-out', `${name}.csr`], { stdio: 'pipe' });
	return { name, base64: fs.readFileSync(`${name}.csr`, 'utf8').replace(/-----[^-]+-----|\s/g, '') };
}

function put(name, text) {
	const file = path.join(dir, name);
	fs.writeFileSync(file, text);
	return file;
}

const trusted = (folder, name) => path.join(env.varDir, 'trust', folder, `${name}.pem`);
const openssl = (...args) => spawnSync('openssl', args, { encoding: 'utf8' });

/* openssl's own opinion about a certificate.  It says the user id of SM2 for the last certificate only and cannot check SM2
 * lists, so there each step of the chain is asked for itself. */
function verify(kind, pem) {
	const [root, between, leaf] = [trusted('anchors', `builtin-${kind}`), trusted('intermediates', `builtin-${kind}`), put('leaf.pem', pem)];
	if (kind === 'sm2') {
		const distid = ['-vfyopt', 'distid:1234567812345678'];
		const first = openssl('verify', ...distid, '-CAfile', root, between);
		return first.status ? first : openssl('verify', ...distid, '-partial_chain', '-trusted', between, leaf);
	}
	const lists = put('lists.pem', fs.readFileSync(trusted('crls', `builtin-${kind}`)) + fs.readFileSync(trusted('crls', `builtin-${kind}-root`)));
	return openssl('verify', '-CAfile', root, '-untrusted', between, '-crl_check_all', '-CRLfile', lists, leaf);
}

const text = (pem) => openssl('x509', '-noout', '-text', '-nameopt', 'utf8', '-in', put('one.pem', pem)).stdout;

test('a pair of each kind: the subject is the case, the chain holds, the register knows it, it is fetched until it is written', async () => {
	for (const kind of ['rsa', 'sm2']) {
		const w = await approved('new');
		const producer = await staff('producer1');
		const r = request(kind);
		const first = await order(producer, 201, w, 1, r.base64);
		assert.equal(first.json.items[0].item, 1);
		const [one] = await made(producer, `/api/staff/production/${w.case.no}`);
		assert.equal(one.error, null);
		assert.match(one.sign_serial, /^4D[0-9A-F]{14}$/);
		const [sign, enc] = [text(one.sign_cert), text(one.enc_cert)];
		assert.ok(sign.includes(`O = ${w.case.unit.name}`) || sign.includes(`O=${w.case.unit.name}`), sign);
		assert.ok(sign.includes('Digital Signature, Non Repudiation') && !sign.includes('Key Encipherment'));
		assert.ok(enc.includes('Key Encipherment, Data Encipherment') && !enc.includes('Digital Signature, Non'));
		assert.ok(sign.includes(w.case.unit.uscc) && sign.includes(`/crl/${kind}.crl`));
		for (const pem of [one.sign_cert, one.enc_cert]) assert.equal(verify(kind, pem).status, 0, verify(kind, pem).stderr);
		const keys = [openssl('x509', '-pubkey', '-noout', '-in', put('s.pem', one.sign_cert)).stdout, openssl('pkey', '-pubout', '-in', `${r.name}.key`).stdout];
		assert.equal(keys[0], keys[1], 'the certificate is for the key of the token');
		assert.equal((await status(one.sign_serial)).status, 'valid');
		await w.look();
		assert.equal(w.case.state, 'produced');
		const desk = await staff('desk1');
		const early = await desk.want(409, 'POST', '/api/staff/parcels', { no: w.case.no, waybill: 'SF' + data.digits(13) }, { key: key() });
		assert.match(early.json.detail, /写入UKey/);
		const done = (await producer.want(200, 'POST', '/api/staff/production/written', { no: w.case.no, item: 1 }, { key: key() })).json.items[0];
		assert.ok(done.written_at && !('enc_key' in done) && !('sign_cert' in done));
		const unseen = await desk.want(409, 'POST', '/api/staff/parcels', { no: w.case.no, waybill: 'SF' + data.digits(13) }, { key: key() });
		assert.match(unseen.json.detail, /没有检查/);
		const seen = (await checked(w, 1)).items[0];
		assert.deepEqual([seen.written_by, seen.checked_by], [producer.me.name, (await staff('producer2')).me.name]);
		await desk.want(201, 'POST', '/api/staff/parcels', { no: w.case.no, waybill: 'SF' + data.digits(13) }, { key: key() });
	}
});

test('who made or wrote a token does not check it; the bench shows what waits for whom', async () => {
	const w = await approved('new', { walk: { count: 2 } });
	const [one, two, desk] = [await staff('producer1'), await staff('producer2'), await staff('desk1')];
	const waits = async () => (await two.want(200, 'GET', '/api/staff/production/bench')).json.items.filter((x) => x.no === w.case.no);
	const check = (who, want, item) => who.want(want, 'POST', '/api/staff/production/checked', { no: w.case.no, item }, { key: key() });
	const write = (who, item) => who.want(200, 'POST', '/api/staff/production/written', { no: w.case.no, item }, { key: key() });
	await check(two, 409, 1);
	for (const item of [1, 2]) await order(one, 201, w, item, request('sm2').base64);
	await made(one, `/api/staff/production/${w.case.no}`);
	assert.deepEqual((await waits()).map((x) => [x.item, x.state, x.unit_name, x.made_by, x.written_at]), [1, 2].map((n) => [n, 'done', w.case.unit.name, one.me.name, null]));
	assert.match((await check(two, 409, 1)).json.detail, /还没有写入/);
	await write(one, 1);
	await write(two, 2);
	assert.equal((await check(one, 403, 1)).json.code, 'two_persons');
	assert.equal((await check(one, 403, 2)).json.code, 'two_persons', 'made by the one');
	assert.equal((await check(two, 403, 2)).json.code, 'two_persons', 'written by the other');
	await desk.want(403, 'POST', '/api/staff/production/checked', { no: w.case.no, item: 1 }, { key: key() });
	await check(two, 200, 1);
	const again = (await check(two, 200, 1)).json.items[0];
	assert.equal(again.checked_by, two.me.name);
	assert.deepEqual((await waits()).map((x) => [x.item, x.written_by]), [[2, two.me.name]]);
	assert.throws(() => sql(`UPDATE issuance i JOIN application a ON a.id=i.application_id SET i.checked_by=i.staff_id WHERE a.no='${w.case.no}' AND i.item=2`), /issuance_two/);
	const still = await desk.want(409, 'POST', '/api/staff/parcels', { no: w.case.no, waybill: 'SF' + data.digits(13) }, { key: key() });
	assert.match(still.json.detail, /还有1个UKey没有检查/);
});

test('a line whose making failed is made again, or typed; then it holds up no parcel', async () => {
	const one = await staff('producer1');
	const fail = async () => {
		const w = await approved('new');
		for (const pid of pids('worker')) process.kill(pid, 'SIGSTOP');
		await order(one, 201, w, 1, request('rsa').base64);
		sql(`UPDATE issuance i JOIN application a ON a.id=i.application_id SET i.state='failed', i.error='签发机构没有接受' WHERE a.no='${w.case.no}'`);
		for (const pid of pids('worker')) process.kill(pid, 'SIGCONT');
		const [failed] = (await one.want(200, 'GET', `/api/staff/production/${w.case.no}`)).json.items;
		assert.deepEqual([failed.state, failed.error], ['failed', '签发机构没有接受']);
		return w;
	};
	const [again, typed] = [await fail(), await fail()];
	reorder(again.case.no);
	await order(one, 201, again, 1, request('rsa').base64);
	assert.equal((await made(one, `/api/staff/production/${again.case.no}`))[0].state, 'done');
	await typed.produce();
	await typed.send();
});

test('requests that are no good are refused by name, nothing is planned', async () => {
	const w = await approved('new');
	const producer = await staff('producer1');
	const good = request('rsa').base64;
	const der = Buffer.from(good, 'base64');
	der[der.length - 3] ^= 1;
	const wrong = { weak: request('weak').base64, p256: request('p256').base64, forged: der.toString('base64'), text: '证书请求', cut: good.slice(0, 300) };
	for (const [what, pem] of Object.entries(wrong)) {
		const a = await order(producer, 422, w, 1, pem);
		assert.deepEqual(a.json.errors.map((e) => e.pointer), ['#/request'], what);
	}
	assert.equal((await order(producer, 422, w, 2, good)).json.errors[0].code, 'range');
	assert.deepEqual((await producer.want(200, 'GET', `/api/staff/production/${w.case.no}`)).json.items, []);
	await order(producer, 201, w, 1, good);
	await order(producer, 409, w, 1, good);
	await made(producer, `/api/staff/production/${w.case.no}`);
	await producer.want(409, 'POST', '/api/staff/production/written', { no: w.case.no, item: 2 }, { key: key() });
});

test('the first reviewer does not produce; nobody orders what is not decided or makes nothing', async () => {
	const owner = await applicant();
	const w = await Walk.begin({ service: 'new', holder: 'org', channel: 'post', owner, subject: subject('org', owner.phone), count: 1 });
	await w.fill();
	const producer = await staff('producer1');
	await order(producer, 409, w, 1, request('rsa').base64);
	await (await staff('reviewer1')).want(403, 'POST', '/api/staff/production/orders', { no: w.case.no, item: 1, request: 'x', token_serial: 'K1234567' }, { key: key() });
	await owner.want(409, 'POST', `${w.url}/certificates`, { item: 1, request: request('rsa').base64, token_serial: 'K1234567' }, { key: key() });
});

test('what is revoked stands on the list within seconds, with its reason, and openssl refuses it', async () => {
	const w = await approved('new');
	const producer = await staff('producer1');
	await order(producer, 201, w, 1, request('rsa').base64);
	const [one] = await made(producer, `/api/staff/production/${w.case.no}`);
	assert.equal(verify('rsa', one.sign_cert).status, 0);
	sql(`UPDATE certificate SET status='revoked', revoked_at=UNIX_TIMESTAMP(), revoke_reason=1 WHERE sign_serial='${one.sign_serial}'`);
	await until('the list does not change', () => /revoked/.test(verify('rsa', one.sign_cert).stderr));
	assert.match(verify('rsa', one.enc_cert).stderr, /revoked/);
	const a = await fetch(new URL('/crl/rsa.crl', process.env.ZY_URL));
	assert.equal(a.headers.get('content-type'), 'application/pkix-crl');
	const list = put('fetched.crl', Buffer.from(await a.arrayBuffer()));
	const said = openssl('crl', '-inform', 'DER', '-in', list, '-noout', '-text', '-CAfile', trusted('intermediates', 'builtin-rsa'));
	assert.match(said.stdout + said.stderr, /verify OK/);
	assert.match(said.stdout, new RegExp(`${one.sign_serial}[^]*?Key Compromise`));
});

test('renewal online from the client: signed with the old key, made at once, the old one ends after installing', async () => {
	const w = await approved('new', { walk: { years: 1 } });
	const producer = await staff('producer1');
	const r = request('rsa');
	await order(producer, 201, w, 1, r.base64);
	const [one] = await made(producer, `/api/staff/production/${w.case.no}`);
	await checked(w, 1);
	await w.look();
	await w.finish();
	sql(`UPDATE certificate SET not_after='${data.today(60)}' WHERE sign_serial='${one.sign_serial}'`);
	const again = await Walk.begin({ service: 'renew', holder: 'org', channel: 'online', owner: w.owner, subject: w.subject, old: [{ sign_serial: one.sign_serial, token_serial: one.token_serial, not_after: data.today(60) }], count: 1 });
	await again.fill();
	await again.submitted();
	await again.money();
	const c = (await again.owner.want(201, 'POST', `${again.url}/challenge`, undefined, { key: key() })).json;
	const cert = put('old.pem', one.sign_cert);
	const cms = spawnSync('openssl', ['cms', '-sign', '-binary', '-md', 'sha256', '-signer', cert, '-inkey', `${r.name}.key`, '-outform', 'DER'], { input: c.text });
	again.keep(await again.owner.want(200, 'POST', `${again.url}/signature`, { nonce: c.nonce, signature: cms.stdout.toString('base64') }));
	assert.equal(again.case.state, 'approved', 'decided by the machine');
	const fresh = request('rsa');
	await again.owner.want(201, 'POST', `${again.url}/certificates`, { item: 1, request: fresh.base64, token_serial: one.token_serial }, { key: key() });
	const [two] = await made(again.owner, `${again.url}/certificates`);
	assert.equal(two.not_after, addYears(data.today(60), again.years), 'from the old last day');
	await again.look();
	assert.equal(again.case.state, 'installing');
	assert.equal((await status(one.sign_serial)).status, 'valid', 'until the new one is installed');
	again.keep(await again.owner.want(200, 'POST', `${again.url}/installed`, undefined, { key: key(), match: again.case.version }));
	assert.equal(again.case.state, 'completed');
	assert.equal((await status(one.sign_serial)).status, 'superseded');
	await until('the old one is not on the list', () => /revoked/.test(verify('rsa', one.sign_cert).stderr));
	assert.equal(verify('rsa', two.sign_cert).status, 0);
});

test('a worker killed in the middle makes it once', async () => {
	const producer = await staff('producer1');
	for (let i = 0; i < 6; i++) {
		const w = await approved('new');
		await order(producer, 201, w, 1, request('sm2').base64);
		for (let n = 0; n < 3; n++) {
			for (const pid of pids('worker')) process.kill(pid, 'SIGKILL');
			await new Promise((r) => setTimeout(r, 15 * i));
		}
		/* What a killed worker held comes back by itself after its lease; the test does not wait for that. */
		hurry();
		const [one] = await made(producer, `/api/staff/production/${w.case.no}`);
		assert.equal(one.state, 'done');
		assert.equal(sql(`SELECT COUNT(*) FROM certificate t JOIN application a ON a.id=t.application_id WHERE a.no='${w.case.no}'`), '1');
		assert.equal(sql(`SELECT COUNT(*) FROM certificate_body b JOIN certificate t ON t.id=b.certificate_id WHERE t.sign_serial='${one.sign_serial}'`), '1');
		assert.equal(verify('sm2', one.sign_cert).status, 0);
	}
});

/* The value at a place of DER: { from, body, end }. */
function value(der, at) {
	let n = der[at + 1], body = at + 2;
	if (n & 0x80) {
		const k = n & 0x7f;
		n = der.readUIntBE(body, k);
		body += k;
	}
	return { from: at, body, end: body + n };
}

/* The signature of a list, by openssl.  Its own `crl` cannot be told the user id of SM2, so there the signed part and the
 * signature are cut out and given to `pkeyutl`, which can. */
function listSigned(kind, list, by) {
	const pem = fs.readFileSync(list, 'utf8');
	if (kind === 'rsa') return openssl('crl', '-in', list, '-noout', '-verify', '-CAfile', by).stderr.includes('verify OK');
	const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
	const tbs = value(der, value(der, 0).body);
	const algorithm = value(der, tbs.end);
	const bits = value(der, algorithm.end);
	const pub = put('issuer.pub', openssl('x509', '-pubkey', '-noout', '-in', by).stdout);
	const r = openssl('pkeyutl', '-verify', '-pubin', '-inkey', pub, '-rawin', '-digest', 'sm3', '-pkeyopt', 'distid:1234567812345678',
		'-in', put('tbs', der.subarray(tbs.from, tbs.end)), '-sigfile', put('signature', der.subarray(bits.body + 1, bits.end)));
	return /Verified Successfully/.test(r.stdout) && r.status === 0;
}

test('openssl agrees with every signature of the built-in authority: the pair, the chain, both lists; a changed list is found out', async () => {
	const producer = await staff('producer1');
	for (const kind of ['rsa', 'sm2']) {
		const w = await approved('new');
		await order(producer, 201, w, 1, request(kind).base64);
		const [one] = await made(producer, `/api/staff/production/${w.case.no}`);
		sql(`UPDATE certificate SET status='revoked', revoked_at=UNIX_TIMESTAMP(), revoke_reason=1 WHERE sign_serial='${one.sign_serial}'`);
		const list = trusted('crls', `builtin-${kind}`);
		await until('it is not on the list', () => openssl('crl', '-in', list, '-noout', '-text').stdout.includes(one.sign_serial));
		for (const pem of [one.sign_cert, one.enc_cert]) {
			const said = verify(kind, pem);
			assert.ok(kind === 'rsa' ? /revoked/.test(said.stderr) : said.status === 0, said.stderr);
		}
		const between = trusted('intermediates', `builtin-${kind}`), root = trusted('anchors', `builtin-${kind}`);
		assert.ok(listSigned(kind, list, between), `${kind}: the list of the issuing certificate`);
		assert.ok(listSigned(kind, trusted('crls', `builtin-${kind}-root`), root), `${kind}: the list of the root`);
		assert.ok(!listSigned(kind, list, root), `${kind}: not the root's`);
		const der = Buffer.from(fs.readFileSync(list, 'utf8').replace(/-----[^-]+-----|\s/g, ''), 'base64');
		const at = der.indexOf(Buffer.from(one.sign_serial, 'hex'));
		der[at + 2] ^= 1;
		const forged = put('forged.crl', `-----BEGIN X509 CRL-----\n${der.toString('base64').replace(/(.{64})/g, '$1\n')}\n-----END X509 CRL-----\n`);
		assert.ok(!listSigned(kind, forged, between), `${kind}: a serial exchanged`);
	}
});
