'use strict';
/* At the counter without the licence's original: reissue once the unit's own transfer is in, unlock by a supervisor's word, nothing else. */
const test = require('node:test');
const assert = require('node:assert/strict');
const data = require('../lib/data');
const { key } = require('../lib/client');
const { applicant } = require('../lib/journey');
const { Walk } = require('../lib/walk');
const { subject, certificate, bring } = require('../lib/certificates');
const { staff } = require('../lib/staff');

async function atTheCounter(service) {
	const owner = await applicant();
	const whose = subject('org', owner.phone);
	const w = await Walk.begin({ service, holder: 'org', channel: 'counter', owner, subject: whose, old: bring([certificate(whose, { not_after: data.today(200) })]) });
	await w.fill();
	await w.handIn();
	await w.accepted();
	return w;
}

const copy = { items: [{ material: 'm2', copies: 1, without_original: true }] };

test('reissue: the copy alone only after the own transfer', async () => {
	const w = await atTheCounter('reissue');
	const desk = await staff('desk1');
	const no = await desk.want(422, 'POST', `${w.desk}/originals`, copy, { key: key() });
	assert.deepEqual([no.json.errors[0].pointer, no.json.errors[0].code], ['#/items/0/without_original', 'original_needed']);
	await (await staff('supervisor1')).want(409, 'POST', `${w.desk}/waiver`, { reason: '不归主管定' }, { key: key() });
	await w.money('finance1', { method: 'transfer', bank_serial: data.digits(16) });
	await desk.want(200, 'POST', `${w.desk}/originals`, copy, { key: key() });
	const other = await desk.want(422, 'POST', `${w.desk}/originals`, { items: [{ material: 'm3', copies: 1, without_original: true }] }, { key: key() });
	assert.equal(other.json.errors[0].code, 'original_needed', 'an ID card is always shown');
});

test('the payer is compared as elsewhere: width and blanks of the name make no difference, another name does', async () => {
	const w = await atTheCounter('reissue');
	const desk = await staff('desk1');
	await w.money('finance1', { method: 'transfer', bank_serial: data.digits(16), amount_fen: 1, payer_name: `${w.subject.unit.name}工会` });
	await desk.want(422, 'POST', `${w.desk}/originals`, copy, { key: key() });
	await w.money('finance1', { method: 'transfer', bank_serial: data.digits(16), payer_name: w.subject.unit.name.replace('（', ' (').replace('）', ') ') });
	await desk.want(200, 'POST', `${w.desk}/originals`, copy, { key: key() });
});

test('unlock: by a supervisor, once, on the record', async () => {
	const w = await atTheCounter('unlock');
	const desk = await staff('desk1');
	await desk.want(422, 'POST', `${w.desk}/originals`, copy, { key: key() });
	await desk.want(403, 'POST', `${w.desk}/waiver`, { reason: '自己说了算' }, { key: key() });
	const boss = await staff('supervisor1');
	await boss.want(200, 'POST', `${w.desk}/waiver`, { reason: '执照在年检，𠮷科长已核实' }, { key: key() });
	await boss.want(409, 'POST', `${w.desk}/waiver`, { reason: '再来一次' }, { key: key() });
	await desk.want(200, 'POST', `${w.desk}/originals`, copy, { key: key() });
});

test('new: never', async () => {
	const owner = await applicant();
	const w = await Walk.begin({ service: 'new', holder: 'org', channel: 'counter', owner, subject: subject('org', owner.phone) });
	await w.fill();
	await w.handIn();
	await w.accepted();
	await w.money();
	await (await staff('supervisor1')).want(409, 'POST', `${w.desk}/waiver`, { reason: '也不行' }, { key: key() });
	await (await staff('desk1')).want(422, 'POST', `${w.desk}/originals`, copy, { key: key() });
});
