'use strict';
/* Every column that the master key seals is known to `portalctl keys`: one that is forgotten would be lost with the key. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { scratch } = require('../lib/mariadb');

const s = scratch(`k${process.pid}`);
let db;

test.before(() => {
	assert.equal(s.portalctl('init').status, 0);
	const made = s.portalctl('migrate');
	assert.equal(made.status, 0, made.out);
	db = s.connect();
});
test.after(() => s.drop());

test('a value in each sealed column is counted, and none is thrown away by a rewrap', async () => {
	const columns = await db.run(`SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA=DATABASE() AND COLUMN_NAME LIKE '%sealed'`);
	assert.ok(columns.length >= 12, columns.join('; '));
	/* Named by a key that there is not: format 1, id "old!". */
	let line = 0;
	const value = '31' + Buffer.from('old!').toString('hex') + '00'.repeat(28);
	await db.run(`SET SESSION sql_mode='', foreign_key_checks=0, check_constraint_checks=0`);
	for (const [table, column] of columns) await db.run(`INSERT INTO ${table} SET ${column}=UNHEX('${value}')${['form_version', 'case_round'].includes(table) ? ', application_id=1' : ''}${table === 'account' ? ", phone_hash='x'" : ''}${table === 'staff' ? `, user='${column}'` : ''}${table === 'outbox' ? `, dedupe='${column}'` : ''}${table === 'certificate' ? `, sign_serial='${column}1', enc_serial='${column}2'` : ''}${table === 'seal' ? `, id='${column}', item=${++line}` : ''}${table === 'invoice' || table === 'pickup' ? `, application_id=${++line}` : ''}${table === 'arrival' ? `, waybill='W${++line}'` : ''}${table === 'feedback' ? `, no='YJ${++line}'` : ''}`);
	const uses = s.portalctl('keys', 'list');
	assert.equal(uses.status, 0, uses.out);
	assert.equal(uses.out.split('\n').find((l) => l.startsWith('6f6c6421')), `6f6c6421 ${columns.length} no key file`);
	const again = s.portalctl('keys', 'rewrap');
	assert.equal(again.status, 1, 'a value that no key opens was passed over in silence');
	for (const [table, column] of columns) {
		if (table === 'form_version') continue; /* its case is not there */
		assert.equal(await db.one(`SELECT COUNT(*) FROM ${table} WHERE ${column}=UNHEX('${value}')`), '1', `${table}.${column}`);
	}
	assert.match(again.out, new RegExp(`\\b${columns.length - 1} values are opened by no key`));
});
