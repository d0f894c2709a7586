'use strict';
/* One upload with a fault in the middle, as an honest client sees it: it believes what was acknowledged, asks how far it
 * got, goes on from there, and at the end its file must be there once, byte for byte.
 *   const u = new Uploads();  await u.begin();  const r = await u.suffer('piece', ['fsync:signal=SIGKILL:when=1']);
 * kinds: create (the POST), piece (a PATCH in the middle), last (the PATCH that completes it).  r is what inject gives.
 * Anything acknowledged and then missing, half there or there twice throws. */
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const env = require('./env');
const files = require('./files');
const tus = require('./tus');
const { inject } = require('./inject');
const { Journey } = require('./journey');
const { walk } = require('./search');
const { stack } = require('./stack');

const KINDS = ['create', 'piece', 'last'];
const CASE_FOR = 15; /* uploads; one whose POST was not answered stays open and counts */
const wait = (ms) => new Promise((r) => setTimeout(r, ms));

class Uploads {
	async begin() {
		this.left = CASE_FOR;
		this.j = await Journey.draft();
		await this.j.fill();
		await this.j.print();
	}

	get owner() { return this.j.owner; }

	/* Asks again while the program comes back. */
	async insist(ask, ...wanted) {
		for (let i = 0; ; i++) {
			const a = await ask().catch((e) => ({ status: 0, body: String(e) }));
			if (wanted.includes(a.status)) return a;
			assert.ok([0, 423, 502, 503].includes(a.status) && i < 200, `${a.status} ${a.body}`);
			await wait(20);
		}
	}

	create(bytes) {
		return tus.create(this.owner, bytes.length, { application: this.j.no, material: 'm3', filename: '身份证𠮷.png', filetype: 'image/png', sha256: crypto.createHash('sha256').update(bytes).digest('hex') }, { check: false });
	}
	patch(at, bytes, from, to) {
		return tus.patch(this.owner, at, from, bytes.subarray(from, to), { check: false });
	}
	async offset(at) {
		return Number((await this.insist(() => tus.head(this.owner, at, { check: false }), 200)).headers['upload-offset']);
	}

	async suffer(kind, faults, options = {}) {
		if (!this.left--) await this.begin();
		const bytes = files.png({ width: 120, height: 160, noise: 40000 }), cut = bytes.length >> 1;
		let at;
		const before = async () => {
			if (!options.cold) await this.warm();
			if (kind === 'create') return;
			at = tus.place(await this.insist(() => this.create(bytes), 201));
			if (kind === 'last') await this.insist(() => this.patch(at, bytes, 0, cut), 204);
		};
		if (options.cold) await before();
		const r = await inject('attachment', faults, {
			...options, before: options.cold ? undefined : before,
			body: () => kind === 'create' ? this.create(bytes) : kind === 'piece' ? this.patch(at, bytes, 0, cut) : this.patch(at, bytes, cut),
		});
		r.acknowledged = r.answer.status >= 200 && r.answer.status < 300;
		const from = kind === 'last' ? cut : 0, to = kind === 'create' ? 0 : kind === 'piece' ? cut : bytes.length;
		if (kind === 'create') at = tus.place(r.acknowledged ? r.answer : await this.insist(() => this.create(bytes), 201));
		const got = await this.offset(at);
		assert.ok(got === to || (got === from && !r.acknowledged), `${kind}: ${r.answer.status}, then ${got} bytes of ${from} and ${to}`);
		r.kept = got === to;
		await this.complete(at, bytes, got);
		return r;
	}

	/* Everything that the request needs has been done once by the process. */
	async warm() {
		const small = files.png({ width: 40, height: 50 }), at = tus.place(await this.insist(() => this.create(small), 201));
		await this.insist(() => this.patch(at, small, 0, 100), 204);
		await this.insist(() => this.patch(at, small, 100), 204);
		await this.clear();
	}

	async complete(at, bytes, from) {
		while (from < bytes.length) {
			await this.insist(() => this.patch(at, bytes, from), 204, 409);
			from = await this.offset(at);
		}
		const sha = crypto.createHash('sha256').update(bytes).digest('hex');
		const list = (await this.insist(() => this.owner.get(`${this.j.url}/attachments`), 200)).json;
		assert.equal(list.length, 1, `${list.length} files instead of one`);
		const back = await this.insist(() => this.owner.get(`/api/attachments/${list[0].id}`, { check: false }), 200);
		assert.equal(crypto.createHash('sha256').update(back.body).digest('hex'), sha, 'other bytes came back');
		await this.clear();
	}

	async clear() {
		for (const f of (await this.insist(() => this.owner.get(`${this.j.url}/attachments`), 200)).json) await this.insist(() => this.owner.delete(`/api/attachments/${f.id}`), 204, 404);
	}
}

/* The system calls of one request, in order, as strace addresses them: name:when=N is the Nth of that name. */
async function points(u, kind, options) {
	const { lines } = await u.suffer(kind, ['getppid:signal=SIGKILL'], options);
	const seen = new Map();
	return lines.flatMap((l) => {
		const [, name] = /^([a-z]\w+)\(/.exec(l) || [];
		if (!name) return [];
		seen.set(name, (seen.get(name) || 0) + 1);
		return [{ name, nth: seen.get(name) }];
	}).slice(1); /* without the accept in which it was found */
}

/* What `portalctl store check` counts. */
function checked() {
	const a = spawnSync(path.join(env.buildDir(), 'tools/portalctl'), ['store', 'check'], { encoding: 'utf8', env: { ...process.env, ZHENGYIN_CONF: path.join(env.varDir, 'portal.conf') } });
	const last = /(\d+) faults, (\d+) files without a row/.exec(a.stdout);
	assert.ok(last, a.stdout + a.stderr);
	return { faults: Number(last[1]), orphans: Number(last[2]), text: a.stdout };
}

/* Two hours later: what no row names is gone.  The worker looks when it begins. */
async function collected() {
	const store = path.join(env.varDir, 'store'), then = Date.now() / 1000 - 7200;
	for (const f of walk(store)) fs.utimesSync(f, then, then);
	stack('restart', 'worker');
	for (let i = 0; i < 150; i++) {
		if (checked().orphans === 0) return true;
		await wait(100);
	}
	return false;
}

module.exports = { Uploads, KINDS, points, checked, collected };
