'use strict';
/* What applicants send stands in clear on no disk: not in the store, not in the database's files, not in nginx's spools
 * while a chunk comes in slowly or an answer goes out slowly, not in a core. */
const test = require('node:test');
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const env = require('../lib/env');
const files = require('../lib/files');
const tus = require('../lib/tus');
const { Journey } = require('../lib/journey');
const { stack, pids } = require('../lib/stack');
const { walk, holds } = require('../lib/search');
const { sql } = require('../lib/sql');

const begun = Date.now() - 1000;
const canary = crypto.randomBytes(24).toString('base64').slice(0, 32);
const [, spools] = fs.readFileSync(path.join(env.varDir, 'run/folders'), 'utf8').trim().split('\n');
const { hostname, port } = new URL(env.url);
const wait = (ms) => new Promise((r) => setTimeout(r, ms));

/* Everything of ours, and whatever was written since on the places where programs leave things. */
function written() {
	const elsewhere = [os.tmpdir(), '/var/tmp', '/dev/shm', '/run'].filter((d) => fs.existsSync(d));
	const fresh = elsewhere.flatMap((d) => execFileSync('sh', ['-c', 'find "$1" -xdev -type f -newermt "@$2" -size -200M 2>/dev/null || true', 'sh', d, String(begun / 1000)], { encoding: 'utf8', maxBuffer: 64 << 20 }).split('\n').filter(Boolean));
	return [...new Set([...walk(env.varDir), ...walk(spools), ...fresh])];
}
function inClear() {
	return written().filter((f) => {
		try {
			return holds(f, [canary]).length;
		} catch (e) {
			if (['ENOENT', 'EACCES'].includes(e.code)) return false;
			throw e;
		}
	});
}

/* Unlinked files that nginx's processes have open: { at: /proc/…, name } */
function open() {
	const master = fs.readFileSync(path.join(env.varDir, 'run/nginx-master'), 'utf8').trim();
	const workers = fs.readdirSync('/proc').filter((p) => /^\d+$/.test(p)).filter((p) => {
		try {
			return fs.readFileSync(`/proc/${p}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')[1] === master;
		} catch (e) {
			return false;
		}
	});
	assert.ok(workers.length);
	return workers.flatMap((pid) => fs.readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
		try {
			return [{ at: `/proc/${pid}/fd/${fd}`, name: fs.readlinkSync(`/proc/${pid}/fd/${fd}`) }];
		} catch (e) {
			return [];
		}
	})).filter((f) => f.name.endsWith(' (deleted)'));
}
/* Those of them that hold the canary. */
const mine = () => open().filter((f) => {
	try {
		return holds(f.at, [canary]).length;
	} catch (e) {
		return false;
	}
});
/* Waits until there are any; all must lie on the tmpfs. */
async function spooled(what) {
	for (let i = 0; i < 100; i++) {
		const found = mine();
		for (const f of found) assert.ok(f.name.startsWith(spools + '/'), `${what} is spooled into ${f.name}`);
		if (found.length) return;
		await wait(50);
	}
	assert.fail(`nginx never spooled ${what}: nothing was tried`);
}

let j;
test.before(async () => {
	assert.equal(execFileSync('stat', ['-f', '-c', '%T', spools], { encoding: 'utf8' }).trim(), 'tmpfs');
	assert.equal(fs.statSync(spools).mode & 0o777, 0o700);
	j = await Journey.draft();
	await j.fill();
	await j.print();
});

test('a scan is uploaded, rendered, looked at: its bytes are in no file', async (t) => {
	for (const [material, name, type, bytes] of [
		['m2', '照.png', 'image/png', files.png({ width: 300, height: 400, text: canary })], ['m3', '证.jpg', 'image/jpeg', files.jpeg(canary)],
		['m6', '单.pdf', 'application/pdf', files.pdf({ note: canary })]]) {
		assert.ok(bytes.includes(canary));
		const f = await j.put(material, name, type, bytes);
		assert.equal(f.state, 'accepted');
		assert.ok((await j.owner.want(200, 'GET', `/api/attachments/${f.id}`)).body.includes(canary));
		await j.owner.want(200, 'GET', `/api/attachments/${f.id}/pages/1`);
	}
	sql('FLUSH TABLES');
	t.diagnostic(`${written().length} files`);
	assert.deepEqual(inClear(), []);
});

/* A request all of whose body but the last byte is there. */
function halting(head, bytes) {
	const s = net.connect(Number(port), hostname);
	s.on('error', () => {});
	s.write(`${head}\r\nHost: ${hostname}:${port}\r\nContent-Length: ${bytes.length}\r\nX-CSRF-Token: ${j.owner.csrf}\r\nCookie: ${j.owner.cookies()}\r\n\r\n`);
	s.write(bytes.subarray(0, -1));
	return s;
}

test('a chunk that comes slowly stays in memory; a larger body lies on the tmpfs and is gone with its worker', async () => {
	const a = await tus.create(j.owner, 2200000, { application: j.no, material: 'm3', filename: '慢.png', filetype: 'image/png' });
	const largest = Buffer.alloc(1100 * 1024, canary);
	const chunk = halting(`PATCH ${tus.place(a)} HTTP/1.1\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream`, largest);
	await wait(700);
	assert.deepEqual(mine(), []);
	assert.deepEqual(inClear(), []);
	/* Bodies of megabytes are bank statements: nginx takes them in before it asks who sends them. */
	const body = halting('POST /api/staff/statements HTTP/1.1\r\nContent-Type: text/csv', Buffer.alloc(4000000, canary));
	await spooled('a body');
	assert.deepEqual(inClear(), []);
	stack('kill', 'nginx');
	stack('restart', 'nginx');
	for (const s of [chunk, body]) s.destroy();
	assert.deepEqual(walk(spools), []);
	assert.deepEqual(inClear(), []);
	assert.equal((await tus.head(j.owner, tus.place(a))).headers['upload-offset'], '0');
	await tus.remove(j.owner, tus.place(a));
});

test('an answer that is read slowly lies on the tmpfs only', async () => {
	/* A picture with nine notes of a megabyte. */
	const text = canary.repeat(31000), small = files.png({ width: 300, height: 400, text });
	const note = small.subarray(33, 33 + 12 + 8 + text.length);
	const bytes = Buffer.concat([small.subarray(0, 33), ...Array(9).fill(note), small.subarray(33 + note.length)]);
	assert.ok(bytes.length > 8900000 && bytes.length < 10485760, String(bytes.length));
	const f = await j.put('m3', '大.png', 'image/png', bytes);
	assert.equal(f.state, 'accepted', JSON.stringify(f.findings));
	const s = net.connect(Number(port), hostname);
	s.on('error', () => {});
	s.pause();
	s.write(`GET /api/attachments/${f.id} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nCookie: ${j.owner.cookies()}\r\n\r\n`);
	try {
		await spooled('an answer');
		assert.deepEqual(inClear(), []);
	} finally {
		s.destroy();
	}
	await j.owner.want(204, 'DELETE', `/api/attachments/${f.id}`);
});

test('the search finds what is planted: beside the logs, in the spools, elsewhere', () => {
	const planted = [path.join(env.varDir, 'log/planted'), path.join(env.varDir, 'db/planted'), path.join(spools, 'body/planted'), path.join(os.tmpdir(), `planted-${process.pid}`)];
	try {
		for (const p of planted) fs.writeFileSync(p, Buffer.concat([Buffer.alloc(5000000, 'x'), Buffer.from(canary)]));
		assert.deepEqual(inClear().sort(), planted.slice().sort());
	} finally {
		for (const p of planted) fs.rmSync(p, { force: true });
	}
});

test('the store lies below no folder that nginx gives out', async () => {
	const text = execFileSync('nginx', ['-T', '-q', '-c', path.join(env.varDir, 'run/nginx.conf'), '-p', path.join(env.varDir, 'run')], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
	const given = [...text.matchAll(/^\s*(?:root|alias) ([^;$]+)/gm)].map(([, d]) => fs.realpathSync(d.replace(/\/$/, '')));
	assert.ok(given.length >= 3, given.join());
	for (const folder of ['store', 'secret', 'db', 'log', 'run', 'spool']) {
		const at = fs.realpathSync(path.join(env.varDir, folder));
		for (const d of given) assert.ok(!(at + '/').startsWith(d + '/'), `${folder} lies in ${d}`);
	}
	const some = walk(path.join(env.varDir, 'store'))[0], inside = path.relative(env.varDir, some);
	for (const p of [`/${inside}`, `/_gen/../${inside}`, `/_gen/%2e%2e/${inside}`, `/css/..%2f..%2fvar/${inside}`, `/_gen../${inside}`]) {
		const status = await new Promise((done, fail) => {
			const s = net.connect(Number(port), hostname, () => s.write(`GET ${p} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n\r\n`));
			let text_ = '';
			s.on('data', (d) => { text_ += d; });
			s.on('close', () => done(Number(text_.split(' ')[1])));
			s.on('error', fail);
		});
		assert.ok([400, 404].includes(status), `${p}: ${status}`);
	}
});

test('nobody may leave a core', () => {
	for (const program of ['attachment', 'application', 'session', 'health'])
		for (const p of pids(program)) assert.match(fs.readFileSync(`/proc/${p}/limits`, 'utf8'), /^Max core file size +0 +0 /m, program);
	assert.deepEqual(walk(env.varDir).filter((f) => /^core(\.\d+)?$/.test(path.basename(f))), []);
});
