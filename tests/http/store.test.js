'use strict';
/* The store on disk: what is wrong with it is found, what nobody names goes, both suites are read, and a full one says so
 * and recovers. */
const test = require('node:test');
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const env = require('../lib/env');
const files = require('../lib/files');
const tus = require('../lib/tus');
const { Journey } = require('../lib/journey');
const { stack, configured } = require('../lib/stack');
const { sql } = require('../lib/sql');

const wait = (ms) => new Promise((r) => setTimeout(r, ms));
const place = (id, dir = path.join(env.varDir, 'store')) => path.join(dir, id.slice(0, 2), id.slice(2, 4), id);
const blobOf = (attachment) => sql(`SELECT blob_id FROM attachment WHERE id='${attachment}'`);

function check() {
	const a = spawnSync(path.join(env.buildDir(), 'tools/portalctl'), ['store', 'check'], { encoding: 'utf8', env: { ...process.env, ZHENGYIN_CONF: path.join(env.varDir, 'portal.conf') } });
	const lines = a.stdout.trim().split('\n');
	const last = /^store: (\d+) files, (\d+) bytes, (\d+) faults, (\d+) files without a row$/.exec(lines.pop());
	assert.ok(last, a.stdout + a.stderr);
	return { status: a.status, lines, files: Number(last[1]), faults: Number(last[3]), orphans: Number(last[4]) };
}

/* The worker does all its rounds when it begins. */
async function housekeeping(done, what) {
	stack('restart', 'worker');
	for (let i = 0; i < 150; i++) {
		if (await done()) return;
		await wait(100);
	}
	assert.fail(what);
}

let j;
test.before(async () => {
	j = await Journey.draft();
	await j.fill();
	await j.print();
});

test('store check: all is well, an upload under way included', async () => {
	const bytes = files.png({ width: 200, height: 300 });
	await j.put('m2', '执照.png', 'image/png', bytes);
	const a = await tus.create(j.owner, bytes.length, { application: j.no, material: 'm3', filename: 'a.png', filetype: 'image/png' });
	assert.equal((await tus.patch(j.owner, tus.place(a), 0, bytes.subarray(0, 100))).status, 204);
	const c = check();
	assert.deepEqual([c.status, c.faults, c.lines], [0, 0, []]);
	assert.ok(c.files >= 3);
	await tus.remove(j.owner, tus.place(a));
});

test('store check finds what was taken away, cut, altered, exchanged; a changed fingerprint; a wrong sum', async () => {
	const before = check();
	const one = await j.put('m2', '一.png', 'image/png', files.png({ width: 220, height: 300 }));
	const id = blobOf(one.id), at = place(id), whole = fs.readFileSync(at);
	const other = fs.readFileSync(place(sql(`SELECT p.blob_id FROM attachment_page p WHERE p.attachment_id='${one.id}'`)));
	const altered = Buffer.from(whole);
	altered[whole.length >> 1] ^= 1;
	const faults = [
		['the file is missing', () => fs.renameSync(at, at + '.away'), () => fs.renameSync(at + '.away', at)],
		...[['cut', whole.subarray(0, -1)], ['altered', altered], ['exchanged', other], ['empty', Buffer.alloc(0)]].map(([, bytes]) =>
			['the file does not open', () => fs.writeFileSync(at, bytes), () => fs.writeFileSync(at, whole)]),
		['the file is not what was uploaded', () => sql(`UPDATE attachment SET sha256=REVERSE(sha256) WHERE id='${one.id}'`), () => sql(`UPDATE attachment SET sha256=REVERSE(sha256) WHERE id='${one.id}'`)],
	];
	for (const [what, spoil, mend] of faults) {
		spoil();
		try {
			const c = check();
			assert.deepEqual([c.status, c.lines], [1, [`${id}: ${what}`]]);
			assert.equal((await j.owner.get(`/api/attachments/${one.id}`, { check: false })).status, what.includes('uploaded') ? 200 : 500);
		} finally {
			mend();
		}
	}
	sql('UPDATE store_use SET bytes=bytes+1');
	const sum = check();
	sql('UPDATE store_use SET bytes=bytes-1');
	assert.equal(sum.status, 1);
	assert.match(sum.lines.join(), /^store: the quota counts \d+ bytes, the rows \d+$/);
	assert.deepEqual([check().faults, check().orphans], [0, before.orphans]);
});

test('a file without a row goes after an hour; a young one stays, and so does an old one that a row names', async () => {
	const put = (age_s) => {
		const id = crypto.randomBytes(16).toString('hex'), at = place(id);
		fs.mkdirSync(path.dirname(at), { recursive: true, mode: 0o700 });
		fs.writeFileSync(at, 'x', { mode: 0o600 });
		const when = Date.now() / 1000 - age_s;
		fs.utimesSync(at, when, when);
		return at;
	};
	const f = await j.put('m2', '旧.png', 'image/png', files.png({ width: 240, height: 300 }));
	const known = place(blobOf(f.id)), long = Date.now() / 1000 - 90 * 86400;
	fs.utimesSync(known, long, long);
	const old = [put(3700), put(86400 * 400)], young = put(3000);
	assert.ok(check().orphans >= 3);
	await housekeeping(() => old.every((p) => !fs.existsSync(p)), 'old files without a row stay');
	assert.ok(fs.existsSync(young) && fs.existsSync(known));
	fs.unlinkSync(young);
	await j.owner.want(200, 'GET', `/api/attachments/${f.id}`);
});

test('a row without a file is told in the log', async () => {
	const f = await j.put('m2', '丢.png', 'image/png', files.png({ width: 260, height: 300 }));
	const id = blobOf(f.id), at = place(id), log = path.join(env.varDir, 'log', 'worker.log');
	fs.renameSync(at, at + '.away');
	try {
		await housekeeping(() => fs.readFileSync(log, 'utf8').includes(`store: the file ${id} is missing`), 'nothing in the log');
	} finally {
		fs.renameSync(at + '.away', at);
	}
	assert.equal(check().faults, 0);
});

test('both suites in one store: each file is read as it was written, one begun with one suite ends with it', async () => {
	const noise = () => files.png({ width: 200, height: 260, noise: 3000 });
	const bytes = [noise(), noise(), noise()];
	const made = [await j.put('m2', 'aes.png', 'image/png', bytes[0])];
	const seal = { aes: 33, sm: 48 };
	const begun = await tus.create(j.owner, bytes[2].length, { application: j.no, material: 'm3', filename: '两半.png', filetype: 'image/png' });
	const cut = bytes[2].length >> 1;
	await configured({ store_suite: 'sm' }, ['attachment', 'worker'], async () => {
		assert.equal((await tus.patch(j.owner, tus.place(begun), 0, bytes[2].subarray(0, cut))).status, 204);
		made.push(await j.put('m2', 'sm.png', 'image/png', bytes[1]));
		for (let i = 0; i < 2; i++) assert.ok((await j.owner.want(200, 'GET', `/api/attachments/${made[i].id}`)).body.equals(bytes[i]));
	});
	assert.equal((await tus.patch(j.owner, tus.place(begun), cut, bytes[2].subarray(cut))).status, 204);
	made.push(await j.settled('m3'));
	const more = made.map((f, i) => fs.statSync(place(blobOf(f.id))).size - bytes[i].length);
	assert.deepEqual(more, [4 + seal.aes, 4 + seal.sm, 2 * (4 + seal.aes)]);
	for (let i = 0; i < 3; i++) {
		assert.ok((await j.owner.want(200, 'GET', `/api/attachments/${made[i].id}`)).body.equals(bytes[i]));
		await j.owner.want(200, 'GET', `/api/attachments/${made[i].id}/pages/1`);
	}
	assert.equal(check().faults, 0);
});
