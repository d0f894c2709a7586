'use strict';
/* What the desk types to find a case: its number, the reference of its payment, the credit code, the unit's name. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { Journey } = require('../lib/journey');
const { staff } = require('../lib/staff');

test('a case is found by number, payment reference, credit code and name', async () => {
	const j = await Journey.to('submitted', { seals: false });
	const c = await staff('clerk1');
	const find = async (q) => (await c.want(200, 'GET', `/api/staff/applications?queue=all&q=${encodeURIComponent(q)}`)).json.items.map((i) => i.no);
	const { no, reference } = j.case;
	assert.match(reference, /^\d{10,12}[0-9A-Z]$/);
	for (const q of [no, no.toLowerCase(), reference, ` ${reference.slice(0, 6)}-${reference.slice(6).toLowerCase()} `]) assert.deepEqual(await find(q), [no], q);
	for (const q of [j.case.unit.uscc, j.case.unit.name]) assert.ok((await find(q)).includes(no), q);
	const other = reference.slice(0, -1) + (reference.endsWith('A') ? 'B' : 'A');
	assert.ok(!(await find(other)).includes(no), 'a wrong check character finds it too');
});

test('a correction without words of the officer has none', async () => {
	const j = await Journey.to('submitted', { seals: false });
	await j.claim();
	await j.fail('m2');
	await j.act('clerk1', 'return', {});
	await j.become('returned');
	assert.equal(j.case.corrections.note, null);
	assert.equal(j.case.corrections.items.length, 1);
	const said = await Journey.to('submitted', { seals: false });
	await said.claim();
	await said.fail('m2');
	await said.sendBack();
	assert.equal(said.case.corrections.note, '请在期限内一次改好');
});
