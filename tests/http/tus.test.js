'use strict';
/* tus 1.0.0, the raw protocol: every status code a client can be given (507 is in zz_limits.test.js). */
const test = require('node:test');
const assert = require('node:assert/strict');
const net = require('node:net');
const path = require('node:path');
const { spawn } = require('node:child_process');
const { Client } = require('../lib/client');
const { Journey, applicant } = require('../lib/journey');
const tus = require('../lib/tus');
const files = require('../lib/files');
const env = require('../lib/env');
const { sql } = require('../lib/sql');

let j;
const c = () => j.owner;
const meta = (more = {}) => ({ application: j.no, material: 'm2', filename: '执照𠮷.png', filetype: 'image/png', ...more });
async function begin(length, more, options) {
	const a = await tus.create(c(), length, meta(more), options);
	assert.equal(a.status, 201, `${a.status} ${a.body}`);
	assert.equal(a.headers['tus-resumable'], '1.0.0');
	assert.match(a.headers.location, /\/api\/uploads\/[0-9a-f]{32}$/);
	return tus.place(a);
}
const OCTETS = { 'Content-Type': 'application/offset+octet-stream' };
const idOf = (where) => where.split('/').pop();
/* Uploads of this case, under way or over. */
const begun = () => Number(sql(`SELECT COUNT(*) FROM upload u JOIN application a ON a.id=u.application_id WHERE a.no='${j.no}'`));
async function offset(path) {
	const a = await tus.head(c(), path);
	assert.equal(a.status, 200);
	return Number(a.headers['upload-offset']);
}

test.before(async () => {
	j = await Journey.draft();
	await j.fill();
	await j.print();
});

test('OPTIONS', async () => {
	const a = await new Client().request('OPTIONS', '/api/uploads/');
	assert.equal(a.status, 204);
	assert.deepEqual(a.headers['tus-extension'].split(',').sort(), ['checksum', 'creation', 'creation-with-upload', 'expiration', 'termination']);
	assert.deepEqual([a.headers['tus-version'], a.headers['tus-resumable'], a.headers['tus-max-size'], a.headers['tus-checksum-algorithm']], ['1.0.0', '1.0.0', '10485760', 'sha1,sha256']);
	const other = await new Client().request('OPTIONS', '/api/uploads/', { headers: { 'Tus-Resumable': '0.2.2' } });
	assert.equal(other.status, 204, 'OPTIONS is answered whatever the version');
});

test('another version, or none: 412 with Tus-Version, nothing done', async () => {
	const path = await begin(4);
	for (const version of ['0.2.2', '2.0.0', null]) {
		for (const a of [await tus.create(c(), 4, meta(), { headers: { 'Tus-Resumable': version } }), await tus.patch(c(), path, 0, Buffer.from('abcd'), { headers: { 'Tus-Resumable': version } })]) {
			assert.equal(a.status, 412, `${version} ${a.method}`);
			assert.equal(a.headers['tus-version'], '1.0.0');
			assert.equal(a.json.code, 'tus_version');
		}
		assert.equal((await tus.head(c(), path, { headers: { 'Tus-Resumable': version } })).status, 412);
	}
	assert.equal(await offset(path), 0);
});

test('POST: lengths and metadata', async () => {
	const post = (headers) => c().post('/api/uploads/', undefined, { headers: { ...tus.VERSION, 'Upload-Length': '4', 'Upload-Metadata': tus.metadata(meta()), ...headers } });
	for (const [headers, status] of [
		[{ 'Upload-Length': null }, 400], [{ 'Upload-Length': '-1' }, 400], [{ 'Upload-Length': '4x' }, 400], [{ 'Upload-Length': '1.5' }, 400],
		[{ 'Upload-Length': null, 'Upload-Defer-Length': '1' }, 400], [{ 'Upload-Length': '10485761' }, 413], [{ 'Upload-Length': '99999999999999999999' }, 413],
		[{ 'Upload-Metadata': null }, 422], [{ 'Upload-Metadata': tus.metadata(meta()) + ',material bTM=' }, 400], [{ 'Upload-Metadata': 'application ***' }, 400],
		[{ 'Upload-Metadata': tus.metadata(meta({ material: 'm99' })) }, 422], [{ 'Upload-Metadata': tus.metadata(meta({ material: 'm4' })) }, 422],
		[{ 'Upload-Metadata': tus.metadata(meta({ application: 'GD20260101000001X' })) }, 404],
		[{ 'Upload-Metadata': tus.metadata(meta({ filetype: 'image/heic', filename: 'a.heic' })) }, 415],
	]) {
		const a = await post(headers);
		assert.equal(a.status, status, `${JSON.stringify(headers)}: ${a.status} ${a.body}`);
		assert.equal(a.headers['tus-resumable'], '1.0.0');
	}
	const a = await post({});
	assert.equal(a.status, 201);
	assert.ok(new Date(a.headers['upload-expires']) > new Date());
});

test('whole file: HEAD, PATCH, then it is an attachment', async () => {
	const bytes = files.png({ width: 300, height: 400 });
	const path = await begin(bytes.length);
	const h = await tus.head(c(), path);
	assert.deepEqual([h.status, h.headers['upload-offset'], h.headers['upload-length']], [200, '0', String(bytes.length)]);
	assert.match(h.headers['cache-control'], /no-store/);
	assert.ok(h.headers['upload-metadata'].includes('material'));
	const half = bytes.length >> 1;
	const p = await tus.patch(c(), path, 0, bytes.subarray(0, half));
	assert.equal(p.status, 204);
	assert.equal(await offset(path), half);
	assert.equal((await tus.patch(c(), path, half, bytes.subarray(half))).status, 204);
	const file = await j.settled('m2');
	assert.deepEqual([file.state, file.filename, file.size_bytes, file.page_count], ['accepted', '执照𠮷.png', bytes.length, 1]);
	const back = await c().want(200, 'GET', `/api/attachments/${file.id}`);
	assert.ok(back.body.equals(bytes), 'other bytes came back');
	assert.equal(back.headers['content-disposition'], "attachment; filename*=UTF-8''" + encodeURIComponent('执照𠮷.png'));
	assert.match(back.headers['content-security-policy'], /sandbox/);
	assert.match(back.headers['cache-control'], /private/);
	assert.match(back.headers['cache-control'], /no-store/);
	const view = await c().want(200, 'GET', `/api/attachments/${file.id}/pages/1`);
	assert.equal(view.body.subarray(0, 3).toString('hex'), 'ffd8ff');
	await c().want(404, 'GET', `/api/attachments/${file.id}/pages/2`);
	await c().want(204, 'DELETE', `/api/attachments/${file.id}`);
	await c().want(404, 'GET', `/api/attachments/${file.id}`);
});

test('creation with upload', async () => {
	const bytes = files.jpeg();
	const a = await tus.create(c(), bytes.length, meta({ filename: 'a.jpg', filetype: 'image/jpeg' }), { raw: bytes, headers: OCTETS });
	assert.equal(a.status, 201);
	assert.equal(a.headers['upload-offset'], String(bytes.length));
	assert.equal((await j.settled('m2')).state, 'accepted');
	const part = await tus.create(c(), bytes.length, meta(), { raw: bytes.subarray(0, 100), headers: { ...OCTETS, 'Upload-Checksum': tus.checksum(bytes.subarray(0, 100)) } });
	assert.deepEqual([part.status, part.headers['upload-offset']], [201, '100']);
	assert.equal((await tus.patch(c(), tus.place(part), 100, bytes.subarray(100))).status, 204);
	const before = begun();
	for (const [what, status, options] of [
		['a sum that is wrong', 460, { raw: bytes.subarray(0, 100), headers: { ...OCTETS, 'Upload-Checksum': tus.checksum(bytes) } }],
		['another content type', 415, { raw: bytes, headers: { 'Content-Type': 'image/jpeg' } }],
		['more than announced', 413, { raw: Buffer.concat([bytes, bytes]), headers: OCTETS }],
		['an unknown sum', 400, { raw: bytes, headers: { ...OCTETS, 'Upload-Checksum': 'md5 CY9rzUYh03PK3k6DJie09g==' } }],
	]) {
		const no = await tus.create(c(), bytes.length, meta(), options);
		assert.equal(no.status, status, `${what}: ${no.status} ${no.body}`);
		assert.equal(no.headers['tus-resumable'], '1.0.0', what);
		assert.equal(begun(), before, `${what}: an upload was begun`);
	}
});

test('nothing in it: refused at once, with the reason, and nothing is begun', async () => {
	const before = begun();
	const a = await tus.create(c(), 0, meta());
	assert.deepEqual([a.status, a.json.errors[0].code], [415, 'empty']);
	assert.match(a.json.errors[0].detail, /空文件/);
	assert.equal(begun(), before);
});

test('expiration: told on POST and PATCH, as an HTTP date that moves on; expired is gone', async () => {
	const a = await tus.create(c(), 10, meta());
	const where = tus.place(a);
	const day = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
	assert.match(a.headers['upload-expires'], day);
	sql(`UPDATE upload SET ends_at=ends_at-3600 WHERE id='${idOf(where)}'`);
	const p = await tus.patch(c(), where, 0, Buffer.from('abc'));
	assert.match(p.headers['upload-expires'], day);
	assert.ok(new Date(p.headers['upload-expires']) >= new Date(a.headers['upload-expires']), 'a piece does not prolong');
	sql(`UPDATE upload SET ends_at=UNIX_TIMESTAMP()-1 WHERE id='${idOf(where)}'`);
	for (const gone of [await tus.head(c(), where), await tus.patch(c(), where, 3, Buffer.from('d')), await tus.remove(c(), where)]) {
		assert.equal(gone.status, 404, gone.method);
		assert.equal(gone.headers['upload-offset'], undefined, 'an offset of what is gone');
		assert.equal(gone.headers['tus-resumable'], '1.0.0');
	}
});

test('423 while another piece is being written; then it goes on', async () => {
	const where = await begin(10);
	const id = idOf(where);
	const holder = spawn('flock', [path.join(env.varDir, 'store', id.slice(0, 2), id.slice(2, 4), id), 'sh', '-c', 'echo held; cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
	try {
		await new Promise((resolve, reject) => { holder.stdout.once('data', resolve); holder.once('exit', () => reject(new Error('no lock'))); });
		const a = await tus.patch(c(), where, 0, Buffer.from('abc'));
		assert.deepEqual([a.status, a.json.code], [423, 'locked']);
		assert.equal(await offset(where), 0, 'it is asked without waiting');
	} finally {
		holder.removeAllListeners('exit');
		const over = new Promise((resolve) => holder.once('exit', resolve));
		holder.stdin.end();
		await over;
	}
	assert.equal((await tus.patch(c(), where, 0, Buffer.from('abc'))).status, 204);
	await tus.remove(c(), where);
});

test('an empty piece changes nothing; a whole file takes no more', async () => {
	const bytes = files.jpeg();
	const where = await begin(bytes.length);
	const none = await tus.patch(c(), where, 0, Buffer.alloc(0));
	assert.deepEqual([none.status, none.headers['upload-offset']], [204, '0']);
	assert.equal((await tus.patch(c(), where, 0, bytes)).status, 204);
	assert.equal((await tus.patch(c(), where, bytes.length, Buffer.alloc(0))).status, 204);
	assert.equal(await offset(where), bytes.length, 'whoever lost the last answer finds it whole');
	assert.equal((await tus.patch(c(), where, bytes.length, Buffer.from('x'))).status, 413);
	assert.equal((await tus.patch(c(), where, 0, bytes)).status, 409);
	await j.settled('m2');
});

test('the sum of the whole file, announced at the start, is held against what came', async () => {
	const bytes = files.jpeg();
	const right = tus.checksum(bytes).slice(7);
	const hex = Buffer.from(right, 'base64').toString('hex');
	const good = await begin(bytes.length, { sha256: hex });
	assert.equal((await tus.patch(c(), good, 0, bytes)).status, 204);
	const bad = await begin(bytes.length, { sha256: '0'.repeat(64) });
	const a = await tus.patch(c(), bad, 0, files.jpeg().subarray(0, bytes.length));
	assert.equal(a.status, 460);
	assert.match(a.json.detail, /重新上传/);
	assert.equal((await tus.head(c(), bad)).status, 404, 'it is over');
	assert.equal((await tus.create(c(), 4, meta({ sha256: 'XYZ' }))).status, 422);
	await j.settled('m2');
});

test('PATCH: offset, type, length', async () => {
	const path = await begin(10);
	assert.equal((await tus.patch(c(), path, 0, Buffer.from('abcde'))).status, 204);
	const wrong = await tus.patch(c(), path, 0, Buffer.from('abcde'));
	assert.equal(wrong.status, 409);
	assert.equal(wrong.json.code, 'offset');
	assert.equal((await tus.patch(c(), path, 7, Buffer.from('abc'))).status, 409);
	assert.equal((await tus.patch(c(), path, 5, Buffer.from('abcde'), { headers: { 'Content-Type': 'application/octet-stream' } })).status, 415);
	assert.equal((await tus.patch(c(), path, 5, Buffer.from('abcdefgh'))).status, 413);
	for (const bad of ['-1', 'x', '', '5.0']) assert.equal((await tus.patch(c(), path, 5, Buffer.from('a'), { headers: { 'Upload-Offset': bad } })).status, 400, bad);
	assert.equal(await offset(path), 5);
	assert.equal((await tus.patch(c(), path, 5, Buffer.alloc(1200000))).status, 413);
	assert.equal(await offset(path), 5);
});

test('checksum: right, wrong, unknown', async () => {
	const part = Buffer.from('0123456789');
	const path = await begin(40);
	assert.equal((await tus.patch(c(), path, 0, part, { headers: { 'Upload-Checksum': tus.checksum(part) } })).status, 204);
	assert.equal((await tus.patch(c(), path, 10, part, { headers: { 'Upload-Checksum': tus.checksum(part, 'sha1') } })).status, 204);
	const bad = await tus.patch(c(), path, 20, part, { headers: { 'Upload-Checksum': tus.checksum(Buffer.from('other')) } });
	assert.equal(bad.status, 460);
	assert.equal(bad.json.code, 'checksum');
	assert.equal(await offset(path), 20, 'a chunk with a wrong sum was kept');
	for (const header of ['md5 CY9rzUYh03PK3k6DJie09g==', 'sha256', 'sha256 !!!', 'sha256 YQ==']) {
		const a = await tus.patch(c(), path, 20, part, { headers: { 'Upload-Checksum': header } });
		assert.equal(a.status, 400, `${header}: ${a.status}`);
		assert.equal(await offset(path), 20);
	}
	for (const header of [tus.checksum(part), `sha1 ${tus.checksum(part, 'sha1').slice(5)}`]) {
		const a = await tus.patch(c(), path, 20, part.subarray(0, 6), { headers: { 'Upload-Checksum': header } });
		assert.equal(a.status, 460, 'a piece shorter than its sum was kept');
		assert.equal(await offset(path), 20);
	}
});

test('termination', async () => {
	const path = await begin(10);
	assert.equal((await tus.remove(c(), path)).status, 204);
	assert.equal((await tus.head(c(), path)).status, 404);
	assert.equal((await tus.patch(c(), path, 0, Buffer.from('a'))).status, 404);
	assert.equal((await tus.remove(c(), path)).status, 404);
});

test('method override', async () => {
	const path = await begin(4);
	const a = await c().post(path, undefined, { raw: Buffer.from('ab'), headers: { ...tus.VERSION, 'X-HTTP-Method-Override': 'PATCH', 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' }, check: false });
	assert.equal(a.status, 204);
	assert.equal(await offset(path), 2);
	const as = (method, where = path, more = {}) => c().post(where, undefined, { headers: { ...tus.VERSION, 'X-HTTP-Method-Override': method, ...more }, check: false });
	const h = await as('HEAD');
	assert.deepEqual([h.status, h.headers['upload-offset'], h.body.length], [200, '2', 0]);
	assert.equal((await as('PUT')).status, 405);
	assert.equal((await as('DELETE')).status, 204);
	assert.equal((await tus.head(c(), path)).status, 404);
	await j.look();
	assert.equal((await as('PATCH', j.url, { 'If-Match': `"${j.case.version}"` })).status, 405, 'only where the protocol asks for it');
});

test('an upload is its owner\'s alone', async () => {
	const path = await begin(4);
	const other = await applicant();
	assert.equal((await tus.head(other, path)).status, 404);
	assert.equal((await tus.patch(other, path, 0, Buffer.from('evil'))).status, 404);
	assert.equal((await tus.remove(other, path)).status, 404);
	const nobody = new Client();
	assert.equal((await tus.head(nobody, path)).status, 401);
	assert.equal((await tus.patch(nobody, path, 0, Buffer.from('evil'))).status, 401);
	assert.equal((await tus.patch(c(), path, 0, Buffer.from('abcd'), { csrf: false })).status, 403);
	const unknown = await tus.head(c(), '/api/uploads/' + 'f'.repeat(32));
	assert.deepEqual([unknown.status, unknown.headers['upload-offset'], unknown.headers['tus-resumable']], [404, undefined, '1.0.0']);
	assert.equal((await tus.patch(c(), path, 0, Buffer.from('abcd'), { headers: { Origin: 'https://elsewhere.example' } })).status, 403);
	assert.equal(await offset(path), 0);
});

test('a connection cut in the middle of a chunk keeps whole chunks, and the rest goes on', async () => {
	const bytes = files.png({ width: 900, height: 1200, noise: 2500000 });
	assert.ok(bytes.length > 2 * tus.CHUNK, `only ${bytes.length} bytes`);
	const path = await begin(bytes.length);
	assert.equal((await tus.patch(c(), path, 0, bytes.subarray(0, tus.CHUNK))).status, 204);
	const { hostname, port } = new URL(env.url);
	await new Promise((resolve, reject) => {
		const s = net.connect(Number(port), hostname, () => {
			s.write(`PATCH ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: ${tus.CHUNK}\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: ${tus.CHUNK}\r\nUpload-Checksum: ${tus.checksum(bytes.subarray(tus.CHUNK, 2 * tus.CHUNK))}\r\nX-CSRF-Token: ${c().csrf}\r\nCookie: ${c().cookies()}\r\n\r\n`);
			s.write(bytes.subarray(tus.CHUNK, tus.CHUNK + 300000), () => setTimeout(() => { s.destroy(); resolve(); }, 100));
		});
		s.on('error', reject);
	});
	await new Promise((r) => setTimeout(r, 200));
	let at = await offset(path);
	assert.equal(at, tus.CHUNK, 'part of a piece with a sum was kept');
	while (at < bytes.length) {
		const part = bytes.subarray(at, at + tus.CHUNK);
		assert.equal((await tus.patch(c(), path, at, part, { headers: { 'Upload-Checksum': tus.checksum(part) } })).status, 204);
		at += part.length;
	}
	const file = await j.settled('m2');
	const back = await c().want(200, 'GET', `/api/attachments/${file.id}`);
	assert.ok(back.body.equals(bytes));
});

test('two chunks for the same place: one is kept', async () => {
	const bytes = Buffer.alloc(500000, 'a');
	const path = await begin(1000000);
	const all = await Promise.all(Array.from({ length: 6 }, () => tus.patch(c(), path, 0, bytes)));
	const states = all.map((a) => a.status).sort();
	assert.equal(states.filter((s) => s === 204).length, 1, states.join());
	assert.ok(states.every((s) => [204, 409, 423, 503].includes(s)), states.join());
	assert.equal(await offset(path), 500000);
	await tus.remove(c(), path);
});

test('what is inside decides, not the name', async () => {
	for (const [name, type, bytes] of [
		['a.png', 'image/png', Buffer.from('<!doctype html><script>alert(1)</script>')],
		['a.pdf', 'application/pdf', Buffer.from('not a pdf at all')],
		['a.jpg', 'image/jpeg', files.png({ width: 50, height: 50 })],
		['a.png', 'image/png', files.png({ width: 50, height: 50 }).subarray(0, 60)],
		['a.pdf', 'application/pdf', files.pdf({ pages: 21 })],
		['a.gif', 'image/gif', Buffer.from('GIF89a' + '\0'.repeat(40), 'latin1')],
		['a.zip', 'application/zip', Buffer.from('PK\x03\x04' + 'x'.repeat(100), 'latin1')],
		['empty.png', 'image/png', Buffer.alloc(0)],
	]) {
		const a = await tus.create(c(), bytes.length, meta({ material: 'm3', filename: name, filetype: type }));
		let status = a.status;
		if (status === 201 && bytes.length) {
			const p = await tus.patch(c(), tus.place(a), 0, bytes);
			status = p.status;
			if (p.status === 204) {
				const file = await j.settled('m3');
				if (name === 'a.jpg' && file.state === 'accepted') {
					const back = await c().want(200, 'GET', `/api/attachments/${file.id}`);
					assert.equal(back.type.split(';')[0], 'image/png', 'a PNG goes out as what its name said');
				} else {
					assert.equal(file.state, 'refused', `${name} (${type}) was taken`);
					assert.ok(file.findings.length && file.findings[0].text, 'refused without a word');
				}
				await c().want(204, 'DELETE', `/api/attachments/${file.id}`);
				continue;
			}
		}
		if (status !== 201) assert.ok([400, 413, 415, 422].includes(status), `${name}: ${status}`);
		else {
			const list = (await c().want(200, 'GET', `${j.url}/attachments`)).json.filter((x) => x.material === 'm3');
			for (const f of list) {
				assert.equal((await j.settled('m3')).state, 'refused', `${name} was taken`);
				await c().want(204, 'DELETE', `/api/attachments/${f.id}`);
			}
		}
	}
});

test('odd names are only text', async () => {
	for (const filename of ['../../etc/passwd', '..\\..\\x.png', '/etc/shadow', 'CON', 'a\nSet-Cookie: x=1', '\u202egnp.exe', '"; filename="x', 'x'.repeat(4000), '<img src=x onerror=alert(1)>.png', "';DROP TABLE x;--.png", '']) {
		const bytes = files.png({ width: 60, height: 80 });
		const a = await tus.create(c(), bytes.length, meta({ material: 'm3', filename }));
		if (a.status !== 201) {
			assert.ok([400, 422].includes(a.status), `${filename}: ${a.status}`);
			continue;
		}
		assert.equal((await tus.patch(c(), tus.place(a), 0, bytes)).status, 204);
		const file = await j.settled('m3');
		assert.match(file.id, /^[0-9a-f]{32}$/);
		const back = await c().want(200, 'GET', `/api/attachments/${file.id}`);
		assert.equal(back.headers['set-cookie'], undefined);
		assert.match(back.headers['content-disposition'], /^attachment; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]*$/);
		assert.doesNotMatch(decodeURIComponent(back.headers['content-disposition']), /[\x00-\x1f/\\]/);
		await c().want(204, 'DELETE', `/api/attachments/${file.id}`);
	}
});

test('the renditions carry nothing of the original but the picture', async () => {
	const canary = 'GPS-CANARY-39.9042N-116.4074E';
	const file = await j.put('m3', 'gps.png', 'image/png', files.png({ width: 200, height: 300, text: canary }));
	const view = await c().want(200, 'GET', `/api/attachments/${file.id}/pages/1`);
	assert.ok(!view.body.includes(canary));
	const k = await j.put('m3', 'gps.jpg', 'image/jpeg', files.jpeg(canary));
	const page = await c().want(200, 'GET', `/api/attachments/${k.id}/pages/1`);
	assert.ok(!page.body.includes(canary));
});
