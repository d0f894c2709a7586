'use strict';
/* A backup in strange hands: a dump of the database and the copy of the store tell nothing without the keys; with them
 * all is there again. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const env = require('../lib/env');
const data = require('../lib/data');
const files = require('../lib/files');
const { Journey } = require('../lib/journey');
const seals = require('../lib/seals');
const { scratch } = require('../lib/mariadb');
const { setting } = require('../lib/sql');
const { walk, holds } = require('../lib/search');

const s = scratch(`b${process.pid}`);
const secrets = path.join(s.dir, 'secret'), copy = path.join(s.dir, 'store'), dump = path.join(s.dir, 'dump.sql');
const where = ['--no-defaults', '--protocol=socket', '-S', setting('db_socket'), '-u', setting('db_admin')];
const canary = 'BACKUP' + data.digits(26);
let j, real, tables;
const rows = new Map(); /* of the portal, before and after they were copied: it goes on */

/* A file that goes meanwhile is not there. */
function copied(from, to) {
	fs.mkdirSync(to, { recursive: true });
	for (const x of fs.readdirSync(from, { withFileTypes: true })) {
		const [here, there] = [path.join(from, x.name), path.join(to, x.name)];
		if (x.isDirectory()) {
			copied(here, there);
			continue;
		}
		try {
			if (!fs.existsSync(there)) fs.copyFileSync(here, there);
		} catch (e) {
			if (e.code !== 'ENOENT') throw e;
		}
	}
}

test.before(async () => {
	j = await Journey.to('printed');
	await j.put('m3', '身份证.png', 'image/png', files.png({ width: 300, height: 400, text: canary }));
	await j.upload();
	await j.submit();
	await seals.settled(j);
	/* Files before the rows and after them: one that goes or comes meanwhile is one too many, not one too few. */
	copied(path.join(env.varDir, 'store'), copy);
	assert.equal(s.portalctl('init').status, 0);
	fs.appendFileSync(s.conf, `store_dir = ${copy}\n`);
	const made = s.portalctl('migrate');
	assert.equal(made.status, 0, made.out);
	real = s.connect();
	/* What is copied is not locked: the portal goes on. */
	await real.run('SET SESSION foreign_key_checks=0, max_statement_time=0, tx_isolation="READ-COMMITTED"');
	tables = (await real.run('SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE()')).map(([t]) => t).filter((t) => t !== 'schema_version');
	/* Triggers count along: what they count comes last. */
	tables.sort((x, y) => (x === 'store_use') - (y === 'store_use'));
	for (const t of tables) {
		const columns = (await real.run(`SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME='${t}' AND EXTRA NOT LIKE '%GENERATED%'`)).map(([c]) => `\`${c}\``).join();
		await real.run(`DELETE FROM ${t}`);
		const live = async () => Number(await real.one(`SELECT COUNT(*) FROM zhengyin.${t}`)), before = await live();
		await real.run(`INSERT INTO ${t} (${columns}) SELECT ${columns} FROM zhengyin.${t}`);
		rows.set(t, [before, await live()]);
	}
	copied(path.join(env.varDir, 'store'), copy);
	execFileSync('sh', ['-c', 'out=$1; shift; exec mariadb "$@" >"$out"', 'sh', dump, ...where, '-N', '-B', '-e', tables.map((t) => `SELECT * FROM zhengyin.${t}`).join(';')]);
});
test.after(() => s.drop());

test('nothing personal stands in the dump or in the copy of the store', () => {
	const needles = [canary, j.owner.phone, j.typed.agent.id_number, j.typed.agent.phone, j.typed.agent.email, j.typed.remittance.payer_account];
	for (const f of [dump, ...walk(copy)]) assert.deepEqual(holds(f, needles), [], f);
	assert.deepEqual(holds(dump, [j.no]), [j.no], 'the dump holds nothing at all');
});

test('without the keys no file opens and no value', async () => {
	const files_ = Number(await real.one('SELECT COUNT(*) FROM stored_file'));
	const store = s.portalctl('store', 'check');
	assert.equal(store.status, 1);
	assert.match(store.out, new RegExp(`store: ${files_} files, \\d+ bytes, ${files_} faults, \\d+ files`));
	const keys = s.portalctl('keys', 'list');
	const [mine, ...others] = keys.out.split('\n').filter((l) => /^[0-9a-f]{8} \d/.test(l));
	assert.match(mine, /^[0-9a-f]{8} 0 current$/);
	assert.ok(others.length && others.every((l) => l.endsWith('no key file')), keys.out);
	assert.equal(s.portalctl('keys', 'rewrap').status, 1);
	assert.equal(s.portalctl('verify-audit').status, 1, 'the audit book is verified without its key');
});

test('with the keys: every file opens, the audit chain holds, all rows are there', async () => {
	for (const f of fs.readdirSync(path.join(env.varDir, 'secret')).filter((x) => x.endsWith('.key'))) fs.copyFileSync(path.join(env.varDir, 'secret', f), path.join(secrets, f));
	const store = s.portalctl('store', 'check');
	assert.equal(store.status, 0, store.out);
	const audit = s.portalctl('verify-audit');
	assert.equal(audit.status, 0, audit.out);
	assert.ok(!/no key file/.test(s.portalctl('keys', 'list').out));
	for (const t of ['application', 'form_version', 'stored_file', 'attachment', 'attachment_page', 'verdict', 'payment', 'certificate', 'account', 'staff', 'event']) {
		const n = Number(await real.one(`SELECT COUNT(*) FROM ${t}`)), [before, after] = rows.get(t);
		assert.ok(n >= before && n <= after, `${t}: ${n} of ${before} to ${after}`);
	}
	assert.ok(Number(await real.one('SELECT COUNT(*) FROM attachment')) >= 4);
});
