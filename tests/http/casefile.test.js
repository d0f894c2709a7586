'use strict';
/* The sealed file of a completed case: all of it, signed; read here by another program than ours, then altered in every way
 * there is, and casecheck names it each time. */
const test = require('node:test');
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const env = require('../lib/env');
const { applicant } = require('../lib/journey');
const { Walk, everybody } = require('../lib/walk');
const { subject } = require('../lib/certificates');
const { staff } = require('../lib/staff');
const { sql } = require('../lib/sql');

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'casefile-'));
test.after(() => fs.rmSync(dir, { recursive: true }));
const trust = path.join(env.varDir, 'trust');
const sha = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');
const wait = (ms) => new Promise((r) => setTimeout(r, ms));

let w, archive, files;

/* --- tar, by hand: name at 0, size at 124 (octal), sum at 148, kind at 156 --- */

const padded = (n) => Math.ceil(n / 512) * 512;
function unpack(tar) {
	const out = [];
	for (let at = 0; tar[at]; ) {
		const size = parseInt(tar.toString('latin1', at + 124, at + 135), 8);
		out.push({ path: tar.toString('latin1', at, at + 100).replace(/\0.*$/s, ''), kind: tar.toString('latin1', at + 156, at + 157), at: at + 512, head: tar.subarray(at, at + 512), content: tar.subarray(at + 512, at + 512 + size) });
		at += 512 + padded(size);
	}
	return out;
}
function head(file) {
	const h = Buffer.from(files[0].head);
	h.fill(0, 0, 100);
	h.write(file.path, 0, 'latin1');
	h.write(file.content.length.toString(8).padStart(11, '0'), 124, 'latin1');
	h.write(file.kind || '0', 156, 'latin1');
	h.fill(' ', 148, 156);
	h.write(h.reduce((a, b) => a + b, 0).toString(8).padStart(6, '0') + '\0 ', 148, 'latin1');
	return h;
}
function pack(list) {
	const parts = list.flatMap((f) => [head(f), f.content, Buffer.alloc(padded(f.content.length) - f.content.length)]);
	const n = parts.reduce((a, b) => a + b.length, 0) + 1024;
	return Buffer.concat([...parts, Buffer.alloc(1024 + (Math.ceil(n / 10240) * 10240 - n))]);
}

let made = 0;
function check(...archives) {
	const names = archives.map((bytes) => {
		const name = path.join(dir, `${++made}.tar`);
		fs.writeFileSync(name, bytes);
		return name;
	});
	const r = spawnSync(path.join(env.buildDir(), 'tools/casecheck'), ['--trust', trust, ...names], { encoding: 'utf8', maxBuffer: 1 << 26 });
	assert.ok([0, 1].includes(r.status), `${r.signal} ${r.status} ${r.error} ${r.stderr}`);
	names.forEach((n) => fs.rmSync(n));
	return { status: r.status, said: names.map((n) => r.stdout.split('\n').filter((l) => l.startsWith(n + ': ')).map((l) => l.slice(n.length + 2))), err: r.stderr };
}
function says(bytes, ...wanted) {
	const r = check(bytes);
	assert.equal(r.status, 1, r.err);
	assert.deepEqual(r.said[0].map((l) => l.split('：')[0].trim()).sort(), wanted.sort());
}
const change = (f, content) => files.map((x) => (x === f ? { ...x, content } : x));
const flipped = (bytes, i) => {
	const b = Buffer.from(bytes);
	b[i] ^= 1;
	return b;
};
const of = (name) => files.find((f) => f.path === name);

test('a completed case is sealed by itself', async () => {
	await everybody();
	const owner = await applicant();
	w = await Walk.begin({ service: 'new', holder: 'org', channel: 'post', owner, subject: subject('org', owner.phone) });
	const c = await staff('supervisor1');
	await c.want(404, 'GET', `/api/staff/casefiles/${w.no}`);
	await w.all();
	let row;
	for (const end = Date.now() + 90000; ; await wait(100)) {
		row = await c.get(`/api/staff/casefiles/${w.no}`);
		if (row.status === 200) break;
		assert.equal(row.status, 404);
		assert.ok(Date.now() < end, 'no archive was made');
	}
	const a = await c.want(200, 'GET', `/api/staff/casefiles/${w.no}/archive`);
	assert.equal(a.headers['content-disposition'], `attachment; filename="${w.no}.tar"`);
	archive = a.body;
	assert.equal(archive.length, row.json.size_bytes);
	files = unpack(archive);
	assert.equal(files.length, row.json.files + 2);
	assert.equal(sha(of('manifest.json').content), row.json.manifest_sha256);
	assert.deepEqual(unpack(pack(files)).map((f) => f.path), files.map((f) => f.path), 'the packer of this test');
	const found = (await (await staff('auditor1')).want(200, 'GET', `/api/staff/applications/${w.no}`)).json;
	assert.equal(found.state, 'completed');
	const seen = sql(`SELECT action, detail FROM audit WHERE object='${w.no}' AND action IN ('casefile','view_casefile') ORDER BY seq`).split('\n');
	assert.deepEqual(seen.map((l) => l.trim()), [`casefile\t${row.json.manifest_sha256}`, 'view_casefile']);
});

test('nobody else may have it, and no case that is not there', async () => {
	for (const user of ['clerk1', 'reviewer1', 'producer1', 'finance1', 'desk1', 'auditor1']) await (await staff(user)).want(403, 'GET', `/api/staff/casefiles/${w.no}/archive`);
	await w.owner.want(401, 'GET', `/api/staff/casefiles/${w.no}/archive`);
	await (await staff('supervisor1')).want(404, 'GET', '/api/staff/casefiles/GD20200101000001X/archive');
});

test('each file is on the list with its sum, what was filled in and every scan is in it', async () => {
	const list = JSON.parse(of('manifest.json').content);
	assert.equal(list.format, 'zhengyin-casefile-1');
	assert.equal(list.no, w.no);
	assert.deepEqual(list.entries, files.filter((f) => !/^manifest/.test(f.path)).map((f) => ({ path: f.path, size: f.content.length, sha256: sha(f.content) })));
	const read = (name) => JSON.parse(of(name).content);
	assert.equal(read('case.json').data.unit.name, w.subject.unit.name);
	assert.equal(read('case.json').data.agent.id_number, w.subject.agent.id_number);
	assert.equal(of('form/v1.pdf').content.toString('latin1', 0, 5), '%PDF-');
	const stored = sql(`SELECT t.sha256 FROM attachment t JOIN application a ON a.id=t.application_id WHERE a.no='${w.no}' ORDER BY 1`).split('\n');
	assert.deepEqual(files.filter((f) => f.path.startsWith('scans/')).map((f) => sha(f.content)).sort(), stored);
	assert.deepEqual(read('scans.json').map((s) => s.sha256).sort(), stored);
	assert.equal(read('events.json').at(-1).to, 'completed');
	assert.ok(read('decisions.json').every((d) => d.verdict === 'pass') && read('decisions.json').length > 0);
	assert.equal(read('certificates.json')[0].sign_serial, w.made[0].sign_serial);
	assert.ok(read('payments.json').reduce((a, p) => a + p.fen, 0) > 0);
	assert.ok(read('gates.json').every((g) => g.closed_at > 0));
	const book = read('audit.json');
	assert.ok(book.length > 5 && book.every((r) => r.object === w.no && /^[0-9a-f]{64}$/.test(r.hash)));
	assert.ok(list.audit_seq >= book.at(-1).seq && /^[0-9a-f]{64}$/.test(list.audit_hash));
});

test('openssl agrees with the signature; casecheck finds nothing', () => {
	fs.writeFileSync(path.join(dir, 'm.json'), of('manifest.json').content);
	fs.writeFileSync(path.join(dir, 'm.p7s'), of('manifest.p7s').content);
	const pem = ['anchors', 'intermediates'].map((d) => fs.readFileSync(path.join(trust, d, 'builtin-rsa.pem'), 'utf8')).join('');
	fs.writeFileSync(path.join(dir, 'ca.pem'), pem);
	const r = spawnSync('openssl', ['cms', '-verify', '-binary', '-inform', 'DER', '-in', path.join(dir, 'm.p7s'), '-content', path.join(dir, 'm.json'), '-CAfile', path.join(dir, 'ca.pem'), '-purpose', 'any', '-out', path.join(dir, 'out')], { encoding: 'utf8' });
	assert.equal(r.status, 0, r.stderr);
	const good = check(archive);
	assert.equal(good.status, 0, good.err);
	assert.match(good.said[0][0], new RegExp(`^good ${w.no}：${files.length - 2}个文件`));
});

test('what was altered is named', () => {
	for (const f of files.filter((x) => !/^manifest|^trust/.test(x.path) && x.content.length > 0)) says(pack(change(f, flipped(f.content, crypto.randomInt(f.content.length)))), `changed ${f.path}`);
	const scan = files.find((f) => f.path.startsWith('scans/')), other = files.findLast((f) => f.path.startsWith('scans/'));
	assert.notEqual(scan.path, other.path);
	says(pack(change(scan, Buffer.concat([scan.content, Buffer.from('x')]))), `changed ${scan.path}`);
	says(pack(files.map((f) => (f === scan ? { ...f, content: other.content } : f === other ? { ...f, content: scan.content } : f))), `changed ${scan.path}`, `changed ${other.path}`);
	says(pack(files.filter((f) => f !== scan)), `missing ${scan.path}`);
	says(pack([...files, { path: 'scans/m9-00000000000000000000000000000000.jpg', content: Buffer.from('x') }]), 'added scans/m9-00000000000000000000000000000000.jpg');
	says(pack([...files, scan]), `twice ${scan.path}`);
	says(pack(files.map((f) => (f === scan ? { ...f, path: 'scans/m9.jpg' } : f))), `missing ${scan.path}`, 'added scans/m9.jpg');
	says(pack([of('readme.txt')]), 'manifest manifest.json', 'manifest manifest.p7s');
	says(pack([...files, of('manifest.json')]), 'manifest manifest.json');
});

test('a list that was written anew proves nothing, whoever else signs it', () => {
	const scan = files.find((f) => f.path.startsWith('scans/'));
	const list = JSON.parse(of('manifest.json').content);
	const entry = list.entries.find((e) => e.path === scan.path);
	const forged = Buffer.from('another scan');
	Object.assign(entry, { size: forged.length, sha256: sha(forged) });
	const text = Buffer.from(JSON.stringify(list));
	const with_ = (p7s) => pack(files.map((f) => ({ ...f, content: f === scan ? forged : f.path === 'manifest.json' ? text : f.path === 'manifest.p7s' && p7s ? p7s : f.content })));
	says(with_(), 'unsigned manifest.p7s');
	const secret = path.join(env.varDir, 'secret/authority-rsa-seal.key');
	fs.writeFileSync(path.join(dir, 'list.json'), text);
	const r = spawnSync('openssl', ['cms', '-sign', '-binary', '-md', 'sha256', '-in', path.join(dir, 'list.json'), '-signer', path.join(trust, 'seals/builtin-rsa.pem'), '-inkey', secret, '-keyform', 'DER', '-outform', 'DER', '-nosmimecap', '-out', path.join(dir, 'list.p7s')], { encoding: 'utf8' });
	assert.equal(r.status, 0, r.stderr);
	says(with_(fs.readFileSync(path.join(dir, 'list.p7s'))), 'stranger manifest.p7s');
	assert.equal(check(pack(change(of('manifest.json'), Buffer.from('{}')))).status, 1);
	const nowhere = spawnSync(path.join(env.buildDir(), 'tools/casecheck'), ['--trust', dir, path.join(dir, 'm.json')], { encoding: 'utf8' });
	assert.ok([1, 2].includes(nowhere.status));
});

test('no bit can be turned anywhere, nothing can be put behind or between', () => {
	says(Buffer.concat([archive, Buffer.from('x')]), 'frame');
	const at = files[3].at - 512;
	says(Buffer.concat([archive.subarray(0, at + 136), Buffer.from([archive[at + 136] ^ 1]), archive.subarray(at + 137)]), 'archive');
	for (const bad of ['../x', '/etc/x', 'scans/./x', '名.txt']) assert.match(check(pack([...files, { path: Buffer.from(bad).toString('latin1'), content: Buffer.from('x') }])).said[0].join(), /^archive/);
	assert.match(check(pack([...files, { path: 'link', kind: '2', content: Buffer.alloc(0) }])).said[0].join(), /^archive/);
	assert.match(check(archive.subarray(0, archive.length >> 1)).said[0].join(), /^(archive|manifest)/);
	assert.match(check(Buffer.alloc(0)).said[0].join(), /^(archive|manifest)/);
	assert.match(check(crypto.randomBytes(20000)).said[0].join(), /^(archive|manifest)/);
	const small = pack(files.filter((f) => f.content.length < 20000));
	const unchanged = check(small).said[0];
	assert.ok(unchanged.every((l) => /^missing/.test(l)), unchanged.join('\n'));
	const mutants = Array.from({ length: 300 }, () => flipped(small, crypto.randomInt(small.length)));
	check(...mutants).said.forEach((said, i) => assert.ok(said.some((l) => !/^missing/.test(l)) || said.length > unchanged.length, `mutant ${i}: ${said.join('\n')}`));
});

test('sealed again by another worker it stays the one it was', async () => {
	sql(`UPDATE job SET state='waiting', tries=0, next_at=0 WHERE kind='casefile' AND ref=(SELECT id FROM application WHERE no='${w.no}')`);
	for (const end = Date.now() + 90000; /waiting/.test(sql(`SELECT state FROM job WHERE kind='casefile' AND ref=(SELECT id FROM application WHERE no='${w.no}')`)); await wait(100)) assert.ok(Date.now() < end);
	assert.deepEqual((await (await staff('supervisor1')).want(200, 'GET', `/api/staff/casefiles/${w.no}/archive`)).body, archive);
});
