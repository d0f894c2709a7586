'use strict';
/* The master key is changed while the portal runs: nothing is refused meanwhile, a kill in the middle loses nothing, and a
 * key goes only when nothing names it. */
const test = require('node:test');
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { spawn, spawnSync } = require('node:child_process');
const env = require('../lib/env');
const files = require('../lib/files');
const tus = require('../lib/tus');
const { Client } = require('../lib/client');
const { Journey } = require('../lib/journey');
const { stack } = require('../lib/stack');
const { sql } = require('../lib/sql');

const program = path.join(env.buildDir(), 'tools/portalctl');
const vars = { ...process.env, ZHENGYIN_CONF: path.join(env.varDir, 'portal.conf') };
const wait = (ms) => new Promise((r) => setTimeout(r, ms));

function keys(...args) {
	const a = spawnSync(program, ['keys', ...args], { encoding: 'utf8', env: vars });
	return { status: a.status, out: a.stdout, err: a.stderr };
}
/* id → values, the current one first */
function list() {
	const a = keys('list');
	assert.equal(a.status, 0, a.err);
	return a.out.split('\n').filter(Boolean).map((l) => {
		const [id, values, ...more] = l.split(' ');
		return { id, values: Number(values), more: more.join(' ') };
	});
}
const sum = (l) => l.reduce((n, k) => n + k.values, 0);
const held = (id) => fs.existsSync(path.join(env.varDir, 'secret', `master-${id}.key`));

/* In the background; resolves to its status or signal. */
function begin(...args) {
	const child = spawn(program, ['keys', ...args], { env: vars, stdio: 'ignore' });
	return { child, ended: new Promise((r) => child.on('exit', (code, signal) => r(signal || code))) };
}

/* A program may be in the middle of a request that began before the change. */
async function retire(id) {
	for (let i = 0; ; i++) {
		const a = keys('retire', id);
		if (a.status === 0 || !/is at work/.test(a.err) || i === 50) return a;
		await wait(100);
	}
}

/* A case with everything that is sealed: data, a frozen form, files, messages, a kept answer, an account number. */
let j, file;
const bytes = files.png({ width: 300, height: 400 });
async function everythingOpens() {
	await j.look();
	assert.equal(j.case.unit.name, j.typed.unit.name);
	assert.equal(j.case.remittance.payer_account, j.typed.remittance.payer_account);
	await j.formPdf();
	const back = await j.owner.want(200, 'GET', `/api/attachments/${file.id}`);
	assert.ok(back.body.equals(bytes));
	await j.owner.want(200, 'GET', `/api/attachments/${file.id}/pages/1`);
	await j.owner.want(200, 'GET', `${j.url}/payment`);
	const again = await j.owner.want(201, 'POST', '/api/applications', { service: 'new', holder: 'org', channel: 'post' }, { key: kept });
	assert.equal(again.json.no, keptNo);
}
const kept = crypto.randomUUID();
let keptNo;

test.before(async () => {
	j = await Journey.to('printed');
	file = await j.put('m2', '执照𠮷.png', 'image/png', bytes);
	keptNo = (await j.owner.want(201, 'POST', '/api/applications', { service: 'new', holder: 'org', channel: 'post' }, { key: kept })).json.no;
	await everythingOpens();
});

test('rotated twice while files come and cases are read: nobody is refused', async (t) => {
	const before = list();
	let stop = false, uploads = 0, reads = 0;
	const writer = async () => {
		while (!stop) {
			const mine = files.png({ width: 120, height: 160, noise: 60000 });
			const a = await tus.create(j.owner, mine.length, { application: j.no, material: 'm3', filename: '身份证.png', filetype: 'image/png' });
			assert.equal(a.status, 201, `${a.status} ${a.body}`);
			for (let at = 0; at < mine.length; at += 20000) assert.equal((await tus.patch(j.owner, tus.place(a), at, mine.subarray(at, at + 20000))).status, 204);
			const got = await j.settled('m3');
			assert.equal(got.state, 'accepted');
			for (const f of (await j.owner.want(200, 'GET', `${j.url}/attachments`)).json.filter((x) => x.material === 'm3')) {
				assert.ok((await j.owner.want(200, 'GET', `/api/attachments/${f.id}`)).body.equals(mine));
				await j.owner.want(204, 'DELETE', `/api/attachments/${f.id}`);
			}
			uploads++;
		}
	};
	const reader = async () => {
		while (!stop) {
			await everythingOpens();
			reads++;
		}
	};
	const tasks = [writer(), reader(), reader()];
	for (const task of tasks) task.catch(() => { stop = true; });
	try {
		for (let i = 0; i < 2; i++) {
			await wait(400);
			assert.equal(await begin('rotate').ended, 0);
		}
		await wait(400);
	} finally {
		stop = true;
	}
	await Promise.all(tasks);
	t.diagnostic(`${uploads} uploads and ${reads} reads meanwhile`);
	assert.ok(uploads >= 1 && reads >= 4);
	const after = list();
	assert.equal(after.length, before.length + 2);
	assert.ok(!before.some((k) => k.id === after[0].id));
	assert.equal(keys('rewrap').status, 0); /* what was sealed in the moment of the change */
	assert.deepEqual(list().slice(1).map((k) => k.values), after.slice(1).map(() => 0));
	await everythingOpens();
});

test('a key goes when nothing names it, and not before; all that was is read without it', async () => {
	const was = list();
	const now = keys('retire', was[0].id);
	assert.equal(now.status, 1);
	assert.match(now.err, /current/);
	assert.match(keys('retire', '00000000').err, /no key/);
	assert.match(keys('retire', '../../et').err, /no key/);
	/* One value left behind. */
	const phone = sql('SELECT id, HEX(phone_sealed) FROM account ORDER BY id DESC LIMIT 1').split('\t');
	assert.equal(keys('rotate').status, 0);
	const rewrapped = sql(`SELECT HEX(phone_sealed) FROM account WHERE id=${phone[0]}`);
	assert.notEqual(rewrapped, phone[1]);
	sql(`UPDATE account SET phone_sealed=UNHEX('${phone[1]}') WHERE id=${phone[0]}`);
	const refused = await retire(was[0].id);
	assert.equal(refused.status, 1);
	assert.match(refused.err, /1 values still name/);
	assert.ok(held(was[0].id));
	assert.match(keys('rewrap').out, /^1 values/);
	for (const k of list().slice(1)) {
		assert.equal((await retire(k.id)).status, 0);
		assert.ok(!held(k.id));
	}
	assert.equal(list().length, 1);
	await everythingOpens();
	for (const name of ['attachment', 'application', 'form']) stack('restart', name); /* none lives from what it remembers */
	const fresh = new Client();
	await fresh.signIn(j.owner.phone);
	await everythingOpens();
});

test('killed at any moment and begun again: each value is sealed by the one key or by the other', async (t) => {
	const copies = 20000;
	sql(`INSERT INTO account (phone_hash, phone_sealed, created_at) SELECT UNHEX(SHA2(CONCAT('copy',seq),256)), (SELECT phone_sealed FROM account LIMIT 1), 1 FROM seq_1_to_${copies}`);
	try {
		let halves = 0;
		for (let i = 0; i < 20 && (i < 4 || halves < 2); i++) {
			const total = sum(list());
			const run = begin(list()[0].values < copies ? 'rewrap' : 'rotate');
			await wait(100 + 50 * (i % 12));
			run.child.kill('SIGKILL');
			const how = await run.ended;
			const l = list();
			assert.ok(sum(l) >= total, 'values vanished');
			assert.ok(l.every((k) => k.more !== 'no key file'));
			if (how === 'SIGKILL' && l.length > 1 && l[0].values && l[1].values) {
				halves++;
				const a = await retire(l[1].id);
				assert.equal(a.status, 1);
				assert.ok(held(l[1].id));
			}
			if (i % 4 === 0) await everythingOpens();
		}
		t.diagnostic(`${halves} times half done`);
		assert.ok(halves >= 1, 'never caught in the middle');
		assert.equal(keys('rewrap').status, 0);
		for (const k of list().slice(1)) assert.equal((await retire(k.id)).status, 0);
		assert.deepEqual(list().map((k) => k.more), ['current']);
	} finally {
		sql('DELETE FROM account WHERE created_at=1');
	}
	await everythingOpens();
});

test('the book says who changed a key, not what it was', () => {
	const seen = sql("SELECT action, detail FROM audit WHERE object='master.key'").split('\n');
	assert.ok(seen.some((l) => /^key_rotate\t[0-9a-f]{8}$/.test(l)) && seen.some((l) => /^key_retire\t[0-9a-f]{8}$/.test(l)), seen.join('; '));
});
