'use strict';
/* Ten thousand lines whose truth is known, matched by the worker: right, wrong and missed ones, and how long a line takes; the
 * floor is what the database alone takes for the rows that one match changes.  Then once more among a hundred thousand cases
 * of others, to see that a line does not take longer.
 * BENCH_MATCH_LINES (10000), BENCH_MATCH_CASES (100000). */
const assert = require('node:assert/strict');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const env = require('../lib/env');
const { stack } = require('../lib/stack');
const { books } = require('../lib/money');
const { trial, number } = require('../lib/matching');
const { sql } = require('../lib/sql');

const LINES = Number(process.env.BENCH_MATCH_LINES || 10000), CASES = Number(process.env.BENCH_MATCH_CASES || 100000);
const say = (name, value, unit) => console.log(`BENCH ${name} ${value} ${unit}`);

function report(name, f) {
	const lines = f.statement.truth.length;
	say(`${name}_lines`, lines, 'lines');
	say(`${name}_automatic`, f.matched, 'lines');
	say(`${name}_wrong`, f.wrong.length, 'lines');
	say(`${name}_sure`, f.sure, 'lines');
	say(`${name}_found`, (100 * f.found / f.sure).toFixed(2), '%');
	for (const [kind, n] of Object.entries(f.missed)) say(`${name}_missed_${kind}`, n, 'lines');
	say(`${name}_import`, f.import_ms, 'ms');
	say(`${name}_rate`, (lines / f.match_ms * 1000).toFixed(0), 'lines/s');
	say(`${name}_line`, (f.match_ms / lines).toFixed(3), 'ms');
	for (const w of f.wrong) console.log(`wrong: ${JSON.stringify(w)}`);
	assert.equal(f.wrong.length, 0);
	assert.ok(f.found >= 0.9 * f.sure);
	return f.match_ms / lines;
}

/* Cases of others that owe money, copies of a real one that nobody opens. */
function crowd(n) {
	const copied = ['account_id', 'service', 'holder', 'channel', 'catalog_version', 'state', 'version', 'years', 'item_count', 'amount_fen', 'created_at', 'updated_at', 'state_at', 'submitted_at', 'owed_fen'].map((c) => `a.${c}`);
	sql(`SET SESSION max_statement_time=3600;
		INSERT INTO application (no, data_sealed, unit_name, unit_key, payer_hash, ${copied.map((c) => c.slice(2)).join(', ')})
		SELECT CONCAT('ZZ', LPAD(s.seq, 15, '0')), LEFT(a.data_sealed, 400), CONCAT(a.unit_name, s.seq), CONCAT(a.unit_key, s.seq), UNHEX(SHA2(CONCAT('bench', s.seq), 256)), ${copied.join(', ')}
		FROM (SELECT * FROM application WHERE state='submitted' AND owed_fen=60000 ORDER BY id LIMIT 1) a JOIN seq_1_to_${n} s;
		ANALYZE TABLE application, bank_line, payment`);
}

/* The same rows in a database of their own, where nothing is deciphered, decided, audited or told. */
function floor() {
	const tables = ['application', 'bank_line', 'payment', 'ledger'];
	sql(`CREATE DATABASE match_floor; ${tables.map((t) => `CREATE TABLE match_floor.${t} LIKE zhengyin.${t};`).join(' ')}
		INSERT INTO match_floor.application (${columns('application')}) SELECT ${columns('application')} FROM zhengyin.application WHERE no NOT LIKE 'ZZ%';
		INSERT INTO match_floor.bank_line (${columns('bank_line')}) SELECT ${columns('bank_line')} FROM zhengyin.bank_line;
		GRANT SELECT, INSERT, UPDATE ON match_floor.* TO zy_worker@localhost`);
	const sockets = /^sockets=(.*)$/m.exec(stack('files'))[1];
	const out = execFileSync(path.join(env.buildDir(), 'tests/bench/bench_match_floor'), [path.join(sockets, 'db.sock'), 'zy_worker', path.join(env.varDir, 'secret/db-zy_worker.pass'), 'match_floor'], { encoding: 'utf8' });
	sql('DROP DATABASE match_floor; REVOKE ALL PRIVILEGES ON match_floor.* FROM zy_worker@localhost');
	return Number(out);
}
const columns = (table) => sql(`SELECT GROUP_CONCAT(COLUMN_NAME) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA='zhengyin' AND TABLE_NAME='${table}' AND IS_GENERATED='NEVER'`);

(async () => {
	const few = report('match', await trial({ lines: LINES, seed: 5, alone: true }));
	books();
	const least = floor();
	say('match_floor_line', least.toFixed(3), 'ms');
	say('match_to_floor', (few / least).toFixed(2), 'ratio');
	crowd(CASES);
	say('match_crowd', number('SELECT COUNT(*) FROM application'), 'cases');
	const many = report('match_in_crowd', await trial({ lines: Math.ceil(LINES / 3), seed: 6, mark: '粤', alone: true }));
	say('match_growth', (many / few).toFixed(2), 'ratio');
})();
