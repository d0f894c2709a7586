'use strict';
/* What the counter does by itself: money against a receipt, today's list; and what the register tells of a certificate that took another's place. */
const test = require('node:test');
const assert = require('node:assert/strict');
const data = require('../lib/data');
const { key } = require('../lib/client');
const { applicant, Journey } = require('../lib/journey');
const { Walk } = require('../lib/walk');
const { subject, certificate, bring } = require('../lib/certificates');
const { staff } = require('../lib/staff');

test('a receipt at the counter: once, today, for counter cases, closes the gate', async () => {
	const desk = await staff('desk1');
	const draft = await Journey.draft({ channel: 'counter' });
	const body = { payer_name: '赵𪚥', amount_fen: 140000, receipt: 'S' + data.digits(12) };
	await desk.want(409, 'POST', `${draft.desk}/receipts`, body, { key: key() });
	const j = await Journey.to('accepted', { channel: 'counter', quick: true });
	await (await staff('finance1')).want(403, 'POST', `${j.desk}/receipts`, body, { key: key() });
	const k = key();
	const a = await desk.want(201, 'POST', `${j.desk}/receipts`, body, { key: k });
	assert.equal((await desk.want(201, 'POST', `${j.desk}/receipts`, body, { key: k })).json.payments.length, 1, 'the same key books once');
	const [paid] = a.json.payments;
	assert.deepEqual([paid.method, paid.bank_serial, paid.value_date, paid.amount_fen], ['counter', body.receipt, data.today(), body.amount_fen]);
	assert.ok(a.json.gates.find((g) => g.name === 'money').closed_at, 'the money gate is open');
	await desk.want(409, 'POST', `${j.desk}/receipts`, body, { key: key() });
	const post = await Journey.to('accepted', { quick: true });
	const r = await desk.want(422, 'POST', `${post.desk}/receipts`, { ...body, receipt: 'S' + data.digits(12) }, { key: key() });
	assert.equal(r.json.errors[0].pointer, '#/method');
	await desk.want(422, 'POST', `${post.desk}/receipts`, { ...body, amount_fen: 0 }, { key: key(), loose: true });
});

test('today at the counter: its cases alone, page by page', async () => {
	const desk = await staff('desk1');
	const mine = [];
	for (let i = 0; i < 2; i++) mine.push((await Journey.draft({ channel: 'counter' })).no);
	const post = (await Journey.draft()).no;
	const seen = [];
	let after = '';
	do {
		const page = (await desk.want(200, 'GET', `/api/staff/applications?queue=counter&limit=2${after && '&after=' + after}`)).json;
		for (const row of page.items) assert.equal(row.channel, 'counter');
		seen.push(...page.items.map((row) => row.no));
		after = page.next;
	} while (after);
	assert.equal(new Set(seen).size, seen.length, 'a case came twice');
	for (const no of mine) assert.ok(seen.includes(no), no);
	assert.ok(!seen.includes(post));
	const counts = (await desk.want(200, 'GET', '/api/staff/queues')).json.items;
	assert.ok(counts.find((q) => q.queue === 'counter').count >= mine.length);
});

test('the register: case, certificate before and after', async () => {
	const owner = await applicant();
	const whose = subject('org', owner.phone);
	const old = bring([certificate(whose, { not_after: data.today(200) })]);
	const w = await Walk.begin({ service: 'change', holder: 'org', channel: 'post', owner, subject: whose, old });
	await w.all((c) => c.not_after);
	const c = await staff('clerk1');
	const row = async (serial) => (await c.want(200, 'GET', `/api/staff/certificates?q=${serial}`)).json.items[0];
	const [was, is] = [await row(old[0].sign_serial), await row(w.made[0].sign_serial)];
	assert.deepEqual([was.case_no, was.predecessor, was.successor], [null, null, is.sign_serial]);
	assert.deepEqual([is.case_no, is.predecessor, is.successor], [w.no, was.sign_serial, null]);
	assert.equal(is.not_after, was.not_after);
});
