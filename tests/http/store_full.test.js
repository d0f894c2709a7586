'use strict';
/* A store without room: a clean word, everything else goes on, nothing acknowledged is lost, and room comes back. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFileSync, spawnSync } = require('node:child_process');
const files = require('../lib/files');
const tus = require('../lib/tus');
const { Journey, applicant } = require('../lib/journey');
const { stack, configured } = require('../lib/stack');
const { sql } = require('../lib/sql');

const wait = (ms) => new Promise((r) => setTimeout(r, ms));
const NEW = { service: 'new', holder: 'org', channel: 'post' };

async function printed() {
	const j = await Journey.draft();
	await j.fill();
	await j.print();
	return j;
}
const create = (j, bytes) => tus.create(j.owner, bytes.length, { application: j.no, material: 'm3', filename: '证.png', filetype: 'image/png' });
async function send(j, at, bytes, from = 0) {
	for (; from < bytes.length; from += tus.CHUNK) {
		const a = await tus.patch(j.owner, at, from, bytes.subarray(from, from + tus.CHUNK));
		if (a.status !== 204) return a;
	}
	return { status: 204 };
}
function refused(a) {
	assert.equal(a.status, 507, `${a.status} ${a.body}`);
	assert.equal(a.json.code, 'storage_low');
	assert.match(a.json.title, /存储空间不足/);
}
async function alive(j) {
	await j.owner.want(200, 'GET', '/api/health');
	await j.owner.want(200, 'GET', j.url);
	await j.owner.want(201, 'POST', '/api/applications', NEW);
	await (await applicant()).want(200, 'GET', '/api/applications');
}
async function until(done, what) {
	for (let i = 0; i < 200; i++) {
		if (await done()) return;
		await wait(100);
	}
	assert.fail(what);
}

test('over the quota: refused before a byte is sent; what goes makes room', async () => {
	const j = await printed(), bytes = files.png({ width: 300, height: 400, noise: 100000 });
	const used = Number(sql('SELECT bytes FROM store_use'));
	await configured({ store_quota_bytes: used + bytes.length * 20 }, ['attachment'], async () => {
		const whole = await create(j, bytes);
		assert.equal((await send(j, tus.place(whole), bytes)).status, 204);
		const f = await j.settled('m3'), open = [];
		for (;;) { /* announced lengths count */
			const a = await create(j, bytes);
			if (a.status !== 201) {
				refused(a);
				break;
			}
			open.push(tus.place(a));
			assert.ok(open.length < 20, 'the quota is not held');
		}
		assert.ok(open.length > 8, `room for ${open.length} only`);
		await alive(j);
		assert.equal((await send(j, open[0], bytes)).status, 204, 'what was promised room has it');
		for (const at of open.slice(1, 4)) await tus.remove(j.owner, at);
		stack('restart', 'worker');
		await until(async () => {
			const a = await create(j, bytes);
			if (a.status !== 201) refused(a);
			return a.status === 201;
		}, 'the room of a dropped upload does not come back');
		assert.ok((await j.owner.want(200, 'GET', `/api/attachments/${f.id}`)).body.equals(bytes));
	});
});

/* A small disk of its own for the store; needs the right to mount. */
function smallDisk() {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'zy-small-'));
	const a = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=0700', 'tmpfs', dir], { encoding: 'utf8' });
	if (a.status === 0) return dir;
	fs.rmdirSync(dir);
	return undefined;
}
const blobs = (list) => list.map((f) => sql(`SELECT blob_id FROM attachment WHERE id='${f.id}'`)).map((b) => path.join(b.slice(0, 2), b.slice(2, 4), b));
/* Taken back, an hour ago. */
async function takeBack(j, list) {
	for (const f of list) await j.owner.want(204, 'DELETE', `/api/attachments/${f.id}`);
	sql(`UPDATE attachment SET removed_at=removed_at-4000 WHERE application_id=(SELECT id FROM application WHERE no='${j.no}') AND removed_at IS NOT NULL`);
	stack('restart', 'worker');
}
const free = (dir) => {
	const s = fs.statfsSync(dir);
	return s.bavail * s.bsize;
};

test('a disk of 64 MB that fills up', async (t) => {
	const dir = smallDisk();
	if (!dir) return t.skip('no right to mount a small disk');
	try {
		const bytes = files.png({ width: 900, height: 3400, noise: 9000000 }), ballast = path.join(dir, 'ballast');
		await configured({ store_dir: dir, store_low_bytes: 3 << 20 }, ['attachment', 'worker', 'health'], async () => {
			const j = await printed();
			const begun = await create(j, bytes); /* in the middle when the disk is full */
			assert.equal(begun.status, 201);
			assert.equal((await tus.patch(j.owner, tus.place(begun), 0, bytes.subarray(0, tus.CHUNK))).status, 204);
			let whole = 0;
			for (;;) {
				const a = await create(j, bytes);
				if (a.status !== 201) {
					refused(a);
					break;
				}
				const sent = await send(j, tus.place(a), bytes);
				if (sent.status === 204) whole++;
				else refused(sent);
				assert.ok(whole < 8, 'the disk does not fill');
			}
			assert.ok(whole >= 3, `only ${whole} files`);
			await alive(j);
			/* To the last block: a chunk that was accepted meets a disk that is full. */
			fs.writeFileSync(ballast, '');
			const fd = fs.openSync(ballast, 'a');
			try {
				for (;;) fs.writeSync(fd, Buffer.alloc(65536));
			} catch (e) {
				assert.equal(e.code, 'ENOSPC');
			} finally {
				fs.closeSync(fd);
			}
			refused(await tus.patch(j.owner, tus.place(begun), tus.CHUNK, bytes.subarray(tus.CHUNK, 2 * tus.CHUNK)));
			assert.equal((await tus.head(j.owner, tus.place(begun))).headers['upload-offset'], String(tus.CHUNK));
			refused(await create(j, bytes));
			await alive(j);
			assert.equal((await j.owner.get('/api/ready')).status, 503);
			fs.unlinkSync(ballast);
			/* Room comes back with what is taken back. */
			const list = (await j.owner.want(200, 'GET', `${j.url}/attachments`)).json;
			assert.equal(list.length, whole);
			const gone = blobs(list.slice(0, 2));
			assert.ok(gone.every((p) => fs.existsSync(path.join(dir, p))));
			await takeBack(j, list.slice(0, 2));
			await until(() => gone.every((p) => !fs.existsSync(path.join(dir, p))), 'the files that were taken back stay');
			await until(() => free(dir) > 13 << 20, 'there is no room');
			assert.equal((await send(j, tus.place(begun), bytes, tus.CHUNK)).status, 204);
			const now = (await j.owner.want(200, 'GET', `${j.url}/attachments`)).json;
			assert.equal(now.length, whole - 1);
			for (const f of now) assert.ok((await j.owner.want(200, 'GET', `/api/attachments/${f.id}`)).body.equals(bytes), 'acknowledged and lost');
			await takeBack(j, now);
			await until(() => free(dir) > 60 << 20, 'the disk does not become empty');
		});
	} finally {
		execFileSync('umount', ['-l', dir]);
		fs.rmdirSync(dir);
	}
});
