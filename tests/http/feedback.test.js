'use strict';
/* Questions and complaints: a number and a promised day for anyone, one answer by staff, read by number and phone. */
const test = require('node:test');
const assert = require('node:assert/strict');
const data = require('../lib/data');
const spool = require('../lib/spool');
const { Client, key } = require('../lib/client');
const { staff } = require('../lib/staff');
const { sql } = require('../lib/sql');

const TEXT = '等了五天还没有消息，“𠮷䶮𬭊”三个字印错了';
const ANSWER = '已查到，今天用顺丰寄出（单号另发短信）。';
const c = new Client();
let phone, given;

test.before(() => {
	phone = data.phone();
});
const ask = (status, body, options) => c.want(status, 'POST', '/api/feedback', { kind: 'complaint', phone, text: TEXT, ...body }, { key: key(), ...options });
const find = (status, no, of = phone) => c.want(status, 'POST', '/api/feedback/find', { no, phone: of });

test('what is wrong is said by field; a number and a working day are promised', async () => {
	for (const [body, pointer] of [[{ kind: 'praise' }, '#/kind'], [{ phone: '12345' }, '#/phone'], [{ text: '短' }, '#/text'], [{ text: '长'.repeat(1001) }, '#/text'], [{ no: 'GD20261122000001X' }, '#/no']]) {
		const a = await ask(422, body, { loose: true });
		assert.ok(a.json.errors.some((e) => e.pointer === pointer), `${pointer}: ${a.body}`);
	}
	const same = key();
	given = (await ask(201, {}, { key: same })).json;
	assert.match(given.no, /^YJ\d{14}$/);
	assert.ok(given.due > data.today(4), 'five working days');
	assert.deepEqual((await ask(201, {}, { key: same })).json, given, 'sent twice, asked once');
	assert.equal(sql(`SELECT COUNT(*) FROM feedback WHERE no='${given.no}'`), '1');
	const raw = sql(`SELECT HEX(CONCAT(phone_sealed, text_sealed)) FROM feedback WHERE no='${given.no}'`).toLowerCase();
	for (const secret of [phone, TEXT]) assert.ok(!raw.includes(Buffer.from(secret).toString('hex')), 'it lies in clear');
});

test('number and phone open it; every wrong pair looks the same', async () => {
	const a = (await find(200, given.no.toLowerCase())).json;
	assert.deepEqual([a.state, a.due, a.answer, a.kind], ['open', given.due, null, 'complaint']);
	const wrong = [await find(404, given.no, data.phone()), await find(404, given.no.slice(0, -1) + ((Number(given.no.at(-1)) + 1) % 10)), await find(404, '𠮷')];
	assert.equal(new Set(wrong.map((x) => x.json.detail)).size, 1);
});

test('staff see it by the day promised, phone masked, and answer once', async () => {
	const desk = await staff('desk1');
	const list = await desk.all('/api/staff/feedback');
	assert.ok(list.some((r) => r.no === given.no && r.late_days < 0));
	assert.deepEqual([...list].map((r) => r.due), [...list].map((r) => r.due).sort());
	const one = (await desk.want(200, 'GET', `/api/staff/feedback/${given.no}`)).json;
	assert.equal(one.text, TEXT);
	assert.ok(one.phone.includes('*') && !one.phone.includes(phone));
	await desk.want(404, 'GET', '/api/staff/feedback/YJ20000101000000');
	await desk.want(422, 'POST', `/api/staff/feedback/${given.no}/answer`, { answer: '好' }, { key: key(), loose: true });
	const since = spool.now();
	assert.equal((await desk.want(200, 'POST', `/api/staff/feedback/${given.no}/answer`, { answer: ANSWER }, { key: key() })).json.answer, ANSWER);
	await desk.want(409, 'POST', `/api/staff/feedback/${given.no}/answer`, { answer: ANSWER }, { key: key() });
	const seen = (await find(200, given.no)).json;
	assert.deepEqual([seen.state, seen.answer], ['answered', ANSWER]);
	const done = (await desk.want(200, 'GET', '/api/staff/feedback?state=answered&limit=1')).json;
	assert.equal(done.items[0].state, 'answered');
	assert.ok(done.next === null || /^\d{4}-\d\d-\d\d\.\d+$/.test(done.next));
	await desk.want(422, 'GET', '/api/staff/feedback?after=x', undefined, { loose: true });
	sql(`UPDATE outbox SET next_at=0 WHERE dedupe='feedback:${given.no}'`);
	assert.match((await spool.wait(phone, since, (m) => m.template === 'answered')).text, new RegExp(given.no));
	assert.equal(sql(`SELECT COUNT(*) FROM audit WHERE object='${given.no}' AND action IN ('feedback_view','feedback_answer')`), '2');
	for (const user of ['producer1', 'finance1', 'admin1']) await (await staff(user)).want(403, 'GET', '/api/staff/feedback');
});

test('five a day of one phone', async () => {
	for (let i = 1; i < 5; i++) await ask(201, {});
	assert.equal((await ask(429, {})).json.code, 'rate');
	await ask(201, { phone: data.phone() });
});
