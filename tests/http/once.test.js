'use strict';
/* Idempotency-Key: however often the same request comes, it happens once and is answered alike. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { key } = require('../lib/client');
const { Journey, applicant } = require('../lib/journey');
const { staff } = require('../lib/staff');
const data = require('../lib/data');

/* n times at once, again while some are still running, until every one has the stored answer. */
async function storm(n, send) {
	const answers = [];
	let left = n;
	for (let round = 0; round < 40 && left; round++) {
		const got = await Promise.all(Array.from({ length: left }, send));
		for (const a of got) {
			if (a.status === 409 && a.json.code === 'still_running' || a.status === 503) continue;
			answers.push(a);
			left--;
		}
		if (left) await new Promise((r) => setTimeout(r, 100));
	}
	assert.equal(answers.length, n);
	return answers;
}

function alike(answers) {
	for (const a of answers) {
		assert.equal(a.status, answers[0].status, String(a.body));
		assert.deepEqual(a.json, answers[0].json);
		assert.equal(a.etag, answers[0].etag);
	}
}

test('twenty parallel POSTs with one key make one case', async () => {
	const c = await applicant();
	const k = key();
	const answers = await storm(20, () => c.post('/api/applications', { service: 'new', holder: 'org', channel: 'post' }, { key: k }));
	alike(answers);
	assert.equal(answers[0].status, 201);
	assert.equal((await c.want(200, 'GET', '/api/applications?limit=100')).json.items.length, 1);
});

test('the same key with another body is 422', async () => {
	const c = await applicant();
	const k = key();
	await c.want(201, 'POST', '/api/applications', { service: 'new', holder: 'org', channel: 'post' }, { key: k });
	const a = await c.want(422, 'POST', '/api/applications', { service: 'new', holder: 'org', channel: 'counter' }, { key: k });
	assert.equal(a.json.code, 'idempotency_key_reused');
	const other = await applicant();
	await other.want(201, 'POST', '/api/applications', { service: 'new', holder: 'org', channel: 'counter' }, { key: k });
});

test('a key may come without quotes; nonsense is 400', async () => {
	const c = await applicant();
	const k = key();
	const one = await c.want(201, 'POST', '/api/applications', { service: 'new', holder: 'org', channel: 'post' }, { headers: { 'Idempotency-Key': k } });
	const two = await c.want(201, 'POST', '/api/applications', { service: 'new', holder: 'org', channel: 'post' }, { headers: { 'Idempotency-Key': `"${k}"` } });
	assert.equal(one.json.no, two.json.no);
	for (const bad of ['""', '"' + 'x'.repeat(500) + '"', '"unclosed', 'a"b']) {
		const a = await c.post('/api/applications', { service: 'new', holder: 'org', channel: 'post' }, { headers: { 'Idempotency-Key': bad } });
		assert.ok([400, 422].includes(a.status), `${bad}: ${a.status}`);
	}
});

test('a refusal is not stored as the effect: mended, the same key may not carry another body, a new one may', async () => {
	const c = await applicant();
	await c.want(422, 'POST', '/api/applications', { service: 'new', holder: 'org', channel: 'online' }, { key: key() });
	await c.want(201, 'POST', '/api/applications', { service: 'new', holder: 'org', channel: 'post' }, { key: key() });
});

test('form, submit, withdraw: once each', async () => {
	const j = await Journey.to('uploaded', { seals: false });
	const k = key();
	alike(await storm(10, () => j.owner.post(`${j.url}/submit`, undefined, { key: k })));
	await j.become('submitted');
	const events = (await j.owner.want(200, 'GET', `${j.url}/events`)).json.items;
	assert.equal(events.filter((e) => e.state === 'submitted').length, 1);
	const w = key();
	alike(await storm(10, () => j.owner.post(`${j.url}/withdraw`, { reason: '不办了' }, { key: w })));
	await j.become('withdrawn');
	const i = await Journey.draft();
	await i.fill();
	const f = key();
	const forms = await storm(5, () => i.owner.post(`${i.url}/form`, undefined, { key: f }));
	alike(forms);
	assert.equal(forms[0].json.version, 1);
});

test('submit without a key, in parallel: one effect, the others are told', async () => {
	const j = await Journey.to('uploaded', { seals: false });
	const answers = await Promise.all(Array.from({ length: 10 }, () => j.owner.post(`${j.url}/submit`, undefined, { match: j.case.version })));
	assert.equal(answers.filter((a) => a.status === 200).length, 1, answers.map((a) => a.status).join());
	assert.ok(answers.every((a) => [200, 409, 412, 503].includes(a.status)), answers.map((a) => a.status).join());
});

test('approve: two people at once, one approval', async () => {
	const j = await Journey.to('second_review', { quick: true });
	const one = await staff('reviewer1'), two = await staff('reviewer2');
	for (const user of ['reviewer1', 'reviewer2']) assert.equal((await j.rekey(user)).matched, true);
	const now = await one.want(200, 'GET', j.desk);
	const answers = await Promise.all([one, two, one, two].map((c) => c.post(`${j.desk}/approve`, undefined, { match: now.json.version, key: key() })));
	assert.equal(answers.filter((a) => a.status === 200).length, 1, answers.map((a) => a.status).join());
	await j.become('approved');
});

test('claim: one of many gets it', async () => {
	const j = await Journey.to('submitted', { seals: false });
	const users = ['clerk1', 'clerk2', 'reviewer1', 'reviewer2'];
	const answers = await Promise.all(users.map(async (u) => (await staff(u)).post(`${j.desk}/claim`, undefined, { key: key() })));
	assert.equal(answers.filter((a) => a.status === 200).length, 1, answers.map((a) => a.status).join());
});

test('money: the same line in parallel is booked once', async () => {
	const j = await Journey.to('accepted', { quick: true });
	const c = await staff('finance1'), d = await staff('finance2');
	const line = { payer_name: j.typed.unit.name, payer_account: data.account(), amount_fen: 140000, value_date: data.today(), bank_serial: 'P' + data.digits(15), method: 'transfer' };
	const k = key();
	alike(await storm(8, () => c.post(`${j.desk}/payments`, line, { key: k })));
	const again = await Promise.all([c, d, c, d].map((x) => x.post(`${j.desk}/payments`, line, { key: key() })));
	assert.ok(again.every((a) => [409, 503].includes(a.status)), again.map((a) => a.status).join());
	assert.equal((await j.owner.want(200, 'GET', `${j.url}/payment`)).json.received_fen, 140000);
});

test('production: the same certificate is recorded once', async () => {
	const j = await Journey.to('approved', { quick: true });
	const c = await staff('producer1');
	const body = { no: j.no, item: 1, sign_serial: data.serial(), enc_serial: data.serial(), not_before: data.today(), not_after: data.today(1095) };
	const k = key();
	const answers = await storm(6, () => c.post('/api/staff/production', body, { key: k }));
	alike(answers);
	assert.equal(answers[0].json.certificates.length, 1);
	assert.equal((await c.post('/api/staff/production', { ...body, sign_serial: data.serial() }, { key: key() })).status, 409);
});
