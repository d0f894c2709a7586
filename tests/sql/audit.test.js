'use strict';
/* The audit chain: whatever is done to its rows behind its back, verify-audit says so and names the row. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { scratch } = require('../lib/mariadb');

const s = scratch(`a${process.pid}`);
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
	assert.match(a.out, new RegExp(`^audit: ${last} rows`));
});

async function found(statements, row) {
	for (const one of statements) await db.run(one);
	try {
		const a = s.portalctl('verify-audit');
		assert.equal(a.status, 1, a.out);
		assert.match(a.out, new RegExp(`broken at row ${row}:`));
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
