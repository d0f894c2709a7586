'use strict';
/* `portalctl backup` and `restore`: a copy of the portal in a folder, brought back on a machine that has nothing but its settings
 * and a copy of the keys; without the keys it tells nothing. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const env = require('../lib/env');
const data = require('../lib/data');
const files = require('../lib/files');
const seals = require('../lib/seals');
const { Journey } = require('../lib/journey');
const { portal, scratch } = require('../lib/mariadb');
const { walk, holds } = require('../lib/search');

const canary = 'RESTORE' + data.digits(26);
const s = scratch(`r${process.pid}`);
const [one, two] = ['one', 'two'].map((x) => path.join(s.dir, x));
const [store, trust, secrets] = ['store', 'trust', 'secret'].map((x) => path.join(s.dir, x));
const box = path.join(one, 'database.zyb');
let j, live;

/* On the portal under test; and what is said on one line. */
const live_ctl = (...args) => {
	const a = spawnSync(path.join(env.buildDir(), 'tools/portalctl'), args, { encoding: 'utf8', env: { ...process.env, ZHENGYIN_CONF: path.join(env.varDir, 'portal.conf') } });
	return { status: a.status, out: a.stdout + a.stderr };
};
const figures = (out) => /schema (\d+), (\d+) tables, (\d+) rows/.exec(out).slice(1).map(Number);
const keys = () => fs.readdirSync(path.join(env.varDir, 'secret')).filter((f) => !f.startsWith('db-'));

test.before(async () => {
	j = await Journey.to('printed');
	await j.put('m3', '身份证（正反面）.png', 'image/png', files.png({ width: 300, height: 400, text: canary }));
	await j.upload();
	await j.submit();
	await seals.settled(j);
	fs.appendFileSync(s.conf, `store_dir = ${store}\ntrust_dir = ${trust}\n`);
	live = portal();
});
test.after(async () => {
	live.close();
	await s.drop();
});

test('a backup is made while the portal runs, and is itself on the record', async () => {
	const made = live_ctl('backup', one);
	assert.equal(made.status, 0, made.out);
	assert.match(made.out, /^schema \d+, \d+ tables, \d+ rows, \d+ files of the store \(\d+ copied\)$/m);
	assert.ok(Number(/(\d+) files of/.exec(made.out)[1]) >= 4, made.out);
	const again = live_ctl('backup', one);
	assert.equal(again.status, 1);
	assert.match(again.out, /there already/);
	assert.equal(await live.one(`SELECT COUNT(*) FROM audit WHERE action='backup' AND at>UNIX_TIMESTAMP()-300`) > 0, true);
	const read = live_ctl('backup-check', one);
	assert.equal(read.status, 0, read.out);
	assert.deepEqual(figures(read.out), figures(made.out));
	assert.equal(fs.statSync(one).mode & 0o777, 0o700);
});

test('the next one links the files that the older one has', () => {
	const made = live_ctl('backup', two, one);
	assert.equal(made.status, 0, made.out);
	const shared = walk(path.join(one, 'store')).find((f) => fs.existsSync(f.replace(one, two)));
	assert.equal(fs.statSync(shared).ino, fs.statSync(shared.replace(one, two)).ino);
	const [, all, copied] = /(\d+) files of the store \((\d+) copied\)/.exec(made.out).map(Number);
	assert.ok(copied < all / 2, made.out);
});

test('nothing of anybody stands in it, names of units neither', () => {
	const needles = [canary, j.no, j.typed.unit.name, j.typed.unit.uscc, j.owner.phone, j.typed.agent.id_number, j.typed.agent.phone, j.typed.remittance.payer_account];
	for (const f of walk(one)) assert.deepEqual(holds(f, needles), [], f);
});

test('without the keys nothing is restored, and what is missing is named', async () => {
	const none = s.portalctl('restore', one);
	assert.equal(none.status, 1);
	assert.match(none.out, /bring back the copy of the keys/);
	assert.equal(s.portalctl('init').status, 0); /* keys of its own */
	for (const command of ['backup-check', 'restore']) {
		const other = s.portalctl(command, one);
		assert.equal(other.status, 1, other.out);
		assert.match(other.out, /lacks the master key [0-9a-f]{8}/);
	}
	assert.ok(!fs.existsSync(store));
	const admin = portal();
	assert.deepEqual(await admin.run(`SHOW DATABASES LIKE '${s.database}'`), []);
	admin.close();
});

test('what was altered, cut off or put together is refused before anything is changed', () => {
	for (const f of keys()) fs.copyFileSync(path.join(env.varDir, 'secret', f), path.join(secrets, f));
	const whole = fs.readFileSync(box), other = fs.readFileSync(path.join(two, 'database.zyb'));
	const flip = (at) => { const b = Buffer.from(whole); b[at] ^= 1; return b; };
	const bad = [flip(whole.length >> 1), flip(whole.length - 5), whole.subarray(0, whole.length - 1), whole.subarray(0, whole.length >> 1), whole.subarray(0, 200),
		Buffer.concat([whole, Buffer.from('x')]), Buffer.concat([whole.subarray(0, 200), other.subarray(200)]), Buffer.from('something else')];
	try {
		for (const [i, b] of bad.entries()) {
			fs.writeFileSync(box, b);
			const r = s.portalctl('restore', one);
			assert.equal(r.status, 1, `${i}: ${r.out}`);
			assert.match(r.out, /was altered or cut off|is no backup|lacks the master key/, `${i}`);
		}
	} finally {
		fs.writeFileSync(box, whole);
	}
	assert.ok(!fs.existsSync(store));
});

test('with the keys all is there again: rows, files, books, the audit chain', async () => {
	const done = s.portalctl('restore', one);
	assert.equal(done.status, 0, done.out);
	assert.deepEqual(figures(done.out), figures(s.portalctl('backup-check', one).out));
	for (const check of [['verify-audit'], ['ledger'], ['store', 'check'], ['check-sql']]) {
		const a = s.portalctl(...check);
		assert.equal(a.status, 0, `${check}: ${a.out}`);
	}
	const db = s.connect();
	const state = `SELECT state FROM application WHERE no='${j.no}'`;
	assert.equal(await db.one(state), await live.one(state));
	assert.ok(Number(await db.one('SELECT COUNT(*) FROM attachment')) >= 4);
	const tables = (await db.run(`SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME<>'schema_version'`)).map(([t]) => t);
	let rows = 0;
	for (const t of tables) rows += Number(await db.one(`SELECT COUNT(*) FROM ${t}`));
	assert.deepEqual([tables.length, rows], figures(done.out).slice(1));
	/* Next numbers go on where they were, also behind rows that are gone. */
	const next = (of) => `SELECT GROUP_CONCAT(TABLE_NAME,' ',AUTO_INCREMENT ORDER BY 1) FROM information_schema.TABLES WHERE TABLE_SCHEMA=${of} AND TABLE_NAME IN ('application','account','certificate')`;
	assert.ok(await db.one(next('DATABASE()')));
	for (const f of ['audit-head.log', 'audit-anchor.log']) assert.equal(fs.existsSync(path.join(s.dir, f)), fs.existsSync(path.join(one, f)));
});

test('what is sealed opens there, and every value is what it was', async () => {
	const db = s.connect();
	/* Of those that nothing changes any more, byte for byte; the worker may have erased files that were taken back since. */
	const mayGo = ['stored_file', 'attachment_page'];
	for (const table of ['event', 'audit', 'ledger', 'form_version', 'catalog_version', 'stored_file', 'schema_version', 'attachment_page']) {
		const columns = (await db.run(`SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME='${table}' AND COLUMN_NAME<>'applied_at'`)).map(([c]) => c);
		const key = (await db.run(`SELECT COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME='${table}' AND INDEX_NAME='PRIMARY'`)).map(([c]) => c);
		const equal = columns.map((c) => `HEX(a.\`${c}\`)<=>HEX(b.\`${c}\`)`).join(' AND ');
		const [[rows, same]] = await db.run(`SELECT COUNT(*), SUM(${equal}) FROM ${table} a ${mayGo.includes(table) ? '' : 'LEFT'} JOIN zhengyin.${table} b USING (${key.join()}) ${table === 'schema_version' ? 'WHERE a.number>0' : ''}`);
		assert.ok(Number(rows) > 0, table);
		assert.equal(same, rows, table);
	}
	const list = s.portalctl('keys', 'list');
	assert.ok(!/no key file/.test(list.out), list.out);
	const again = s.portalctl('keys', 'rotate'); /* opens and seals anew every value there is */
	assert.equal(again.status, 0, again.out);
	assert.equal(s.portalctl('store', 'check').status, 0);
});

test('a database that holds something is not written over', () => {
	const r = s.portalctl('restore', one);
	assert.equal(r.status, 1);
	assert.match(r.out, /has tables/);
});
