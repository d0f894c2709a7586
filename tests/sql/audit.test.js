'use strict';
/* The audit chain: whatever is done to its rows behind its back, verify-audit says so and names the row. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { scratch } = require('../lib/mariadb');

const s = scratch(`a${process.pid}`);
const file = (name) => path.join(s.dir, name);
const COLUMNS = 'at, actor, actor_id, addr, action, object, detail, prev_hash, hash';
let db, last;

test.before(async () => {
	for (const command of [['init'], ['migrate'], ['seed']]) {
		const a = s.portalctl(...command);
		assert.equal(a.status, 0, a.out);
	}
	db = s.connect();
	last = Number(await db.one('SELECT seq FROM audit_head'));
	assert.ok(last >= 10, `seeding leaves ${last} rows`);
	await db.run('CREATE TABLE audit_kept AS SELECT * FROM audit');
	await db.run('CREATE TABLE head_kept AS SELECT * FROM audit_head');
});

test.after(() => s.drop());

test('as it was written it holds', () => {
	const a = s.portalctl('verify-audit');
	assert.equal(a.status, 0, a.out);
	assert.match(a.out, new RegExp(`^audit: ${last} rows, the chain holds\nend: ${last} [0-9a-f]{64}\n$`));
});

/* The same of a file of anchors that says text for the moment. */
function forged(name, text, row, why) {
	const before = fs.readFileSync(file(name), 'utf8');
	fs.writeFileSync(file(name), text);
	const a = s.portalctl('verify-audit');
	fs.writeFileSync(file(name), before);
	assert.equal(a.status, 1, a.out);
	assert.match(a.out, new RegExp(`broken at row ${row}: .*${why}`));
}

async function found(statements, row, why = '', kept = []) {
	for (const one of statements) await db.run(one);
	try {
		const a = s.portalctl('verify-audit', ...kept);
		assert.equal(a.status, 1, a.out);
		assert.match(a.out, new RegExp(`broken at row ${row}: .*${why}`));
	} finally {
		await db.run('DELETE FROM audit');
		await db.run('INSERT INTO audit SELECT * FROM audit_kept');
		await db.run('UPDATE audit_head h, head_kept k SET h.seq=k.seq, h.hash=k.hash');
	}
	assert.equal(s.portalctl('verify-audit').status, 0);
}

for (const [column, value] of [['at', 'at+1'], ['actor', `'nobody'`], ['actor_id', 'actor_id+1'], ['addr', `'10.0.0.1'`], ['action', `'other'`], ['object', `CONCAT(object,'x')`], ['detail', `CONCAT(detail,'改')`]]) {
	test(`changed: ${column}`, () => found([`UPDATE audit SET ${column}=${value} WHERE seq=5`], 5));
}

test('deleted', () => found(['DELETE FROM audit WHERE seq=5'], 6));

test('deleted, and the rows behind moved up', () => found(['DELETE FROM audit WHERE seq=5', 'UPDATE audit SET seq=seq-1 WHERE seq>5 ORDER BY seq', 'UPDATE audit_head SET seq=seq-1'], 5));

test('cut: the last rows are gone', () => found(['DELETE FROM audit WHERE seq>7'], 8));

test('cut to nothing', () => found(['DELETE FROM audit'], 1));

test('swapped: two rows changed places', () => found(['UPDATE audit SET seq=-1 WHERE seq=4', 'UPDATE audit SET seq=4 WHERE seq=6', 'UPDATE audit SET seq=6 WHERE seq=-1'], 4));

test('re-inserted: an old row once more at the end', () => found([`INSERT INTO audit SELECT seq+${last - 2}, ${COLUMNS} FROM audit WHERE seq=3`, 'UPDATE audit_head h JOIN audit a ON a.seq=h.seq+1 SET h.seq=a.seq, h.hash=a.hash'], last + 1));

test('re-inserted: a row written anew with another content', () => found(['DELETE FROM audit WHERE seq=5', `INSERT INTO audit SELECT 5, at, actor, actor_id, addr, action, 'GD1', detail, prev_hash, hash FROM audit_kept WHERE seq=5`], 5));

/* With the head: the chain holds in itself, and only what was written down elsewhere knows that there was more. */
const CUT = ['DELETE FROM audit WHERE seq>7', 'UPDATE audit_head h JOIN audit a ON a.seq=7 SET h.seq=7, h.hash=a.hash'];

test('cut together with the head: what verify-audit printed before tells it', async () => {
	const [, seq, hash] = /^end: (\d+) ([0-9a-f]{64})$/m.exec(s.portalctl('verify-audit').out);
	assert.equal(s.portalctl('verify-audit', seq, hash).status, 0);
	await found(CUT, 8, `what was kept has seen row ${last}`, [seq, hash]);
	assert.equal(s.portalctl('verify-audit', seq, 'zz').status, 2);
});

test('cut together with the head: the anchors of the worker tell it, each file by itself', async () => {
	assert.equal(s.portalctl('anchor').status, 0);
	assert.equal(s.portalctl('verify-audit').status, 0);
	for (const [name, other] of [['audit-anchor.log', 'audit-head.log'], ['audit-head.log', 'audit-anchor.log']]) {
		fs.renameSync(file(other), file('aside'));
		await found(CUT, 8, `${name} line 1 has seen row ${last}`);
		fs.renameSync(file('aside'), file(other));
	}
});

test('the end made anew by who has the key: an anchor has seen another row', () => {
	forged('audit-head.log', fs.readFileSync(file('audit-head.log'), 'utf8').replace(/ \S+\n$/, ` ${'ab'.repeat(32)}\n`), last, 'audit-head.log line 1 has seen');
});

test('anchors changed, taken out or added: the line is named', () => {
	assert.equal(s.portalctl('anchor').status, 0);
	assert.equal(s.portalctl('anchor').status, 0);
	const lines = fs.readFileSync(file('audit-anchor.log'), 'utf8').split('\n');
	assert.equal(lines.length, 4, 'three lines and the end');
	const bad = lines[0].split(' ');
	bad[1] = '3';
	for (const [rows, line] of [[[bad.join(' '), ...lines.slice(1)], 1], [[lines[0], lines[2], ''], 2], [[...lines.slice(0, 3), lines[1], ''], 4], [['', ...lines], 1]])
		forged('audit-anchor.log', rows.join('\n'), last, `audit-anchor.log line ${line} was changed`);
	assert.equal(s.portalctl('verify-audit').status, 0);
});

test('rows put behind the head', () => found(['UPDATE audit_head h JOIN audit a ON a.seq=9 SET h.seq=9, h.hash=a.hash'], 10, 'behind the end'));
