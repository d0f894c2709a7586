'use strict';
/* Limits and expiry, each with settings of its own. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { Client } = require('../lib/client');
const { Journey, applicant } = require('../lib/journey');
const { configured, stack } = require('../lib/stack');
const tus = require('../lib/tus');
const files = require('../lib/files');
const data = require('../lib/data');
const spool = require('../lib/spool');
const { sql } = require('../lib/sql');

const wait = (ms) => new Promise((r) => setTimeout(r, ms));

test('codes: one a phone a minute, a few a day, a few an address; forged addresses do not help', () => configured({ rate_otp_phone_s: 60, rate_otp_phone_day: 3, rate_otp_ip_hour: 1000000 }, ['session'], async () => {
	const phone = data.phone();
	const before = spool.now();
	await new Client().want(204, 'POST', '/api/session/otp', { phone });
	for (let i = 0; i < 5; i++) {
		const a = await new Client().post('/api/session/otp', { phone }, { headers: { 'X-Forwarded-For': `10.0.0.${i}`, 'X-Real-IP': `10.0.0.${i}` } });
		assert.equal(a.status, 429);
		assert.equal(a.json.code, 'rate');
		assert.ok(Number(a.headers['retry-after']) >= 1 && Number(a.headers['retry-after']) <= 60);
	}
	await spool.code(phone, before);
	await wait(500);
	assert.equal(spool.list(phone, before).length, 1);
}));

test('codes an hour per address', () => configured({ rate_otp_ip_hour: 1 }, ['session'], async () => {
	const a = await new Client().post('/api/session/otp', { phone: data.phone() });
	const b = await new Client().post('/api/session/otp', { phone: data.phone() });
	assert.ok(a.status === 429 || a.status === 204);
	assert.equal(b.status, 429);
	const [, n, unit] = /(\d+)(分钟|秒)/.exec(b.json.detail);
	const s = Number(b.headers['retry-after']);
	assert.ok(s >= 1 && s <= 3600 && Number(n) === (unit === '秒' ? s : Math.floor(s / 60) + 1), `${b.json.detail}: Retry-After ${s}`);
}));

test('codes of a day, all phones together: what they cost has an end', () => configured({ rate_otp_day: 1 }, ['session'], async () => {
	const before = spool.now(), phones = [data.phone(), data.phone(), data.phone()], answers = [];
	for (const phone of phones) answers.push(await new Client().post('/api/session/otp', { phone }));
	assert.deepEqual(answers.slice(1).map((a) => [a.status, a.json.code]), [[429, 'rate'], [429, 'rate']]);
	assert.ok(phones.flatMap((phone) => spool.list(phone, before)).length <= 1);
}));

test('a code and a session end in time', () => configured({ otp_ttl_s: 2, session_idle_s: 3 }, ['session', 'application'], async () => {
	const c = new Client();
	const phone = data.phone();
	const code = await c.askCode(phone);
	await wait(3100);
	await c.want(401, 'POST', '/api/session', { phone, code });
	await c.signIn(phone);
	await c.want(200, 'GET', '/api/applications');
	await wait(4200);
	await c.want(401, 'GET', '/api/applications');
	assert.equal((await c.want(200, 'GET', '/api/session')).json.signed_in, false);
}));

test('a session has an end however busy it is', () => configured({ session_idle_s: 100, session_max_s: 3 }, ['session', 'application'], async () => {
	const c = await applicant();
	for (let i = 0; i < 5; i++) {
		await wait(1000);
		await c.get('/api/session');
	}
	await c.want(401, 'GET', '/api/applications');
}));

test('unfinished cases per phone', () => configured({ drafts_per_account: 2 }, ['application'], async () => {
	const c = await applicant();
	const body = { service: 'new', holder: 'org', channel: 'post' };
	await c.want(201, 'POST', '/api/applications', body);
	await c.want(201, 'POST', '/api/applications', body);
	const a = await c.post('/api/applications', body);
	assert.ok([409, 422, 429].includes(a.status), String(a.status));
}));

test('an idle claim lapses', () => configured({ claim_lease_s: 2 }, ['review'], async () => {
	const { staff } = require('../lib/staff');
	const j = await Journey.to('submitted', { seals: false });
	await j.claim('clerk1');
	await wait(2500);
	const two = await staff('clerk2');
	const now = await two.want(200, 'GET', j.desk);
	const a = await two.post(`${j.desk}/claim`, undefined, { match: now.json.version });
	assert.equal(a.status, 200, `${a.status} ${a.body}`);
	assert.equal(a.json.claim.mine, true);
	const one = await staff('clerk1');
	const late = await one.post(`${j.desk}/verdicts`, { items: [{ material: 'm1', verdict: 'pass' }] }, { match: a.json.version });
	assert.equal(late.status, 409);
	assert.equal(late.json.code, 'not_claimed');
}));

const used = () => Number(sql('SELECT bytes FROM store_use WHERE id=1'));
const MB = 1 << 20;

/* The worker begins with all its tasks, again and again until what is waited for has come. */
async function worked(until, what) {
	for (const end = Date.now() + 60000; ;) {
		stack('restart', 'worker');
		for (let i = 0; i < 10; i++) {
			if (until()) return;
			await wait(200);
		}
		assert.ok(Date.now() < end, what);
	}
}
/* What is taken back is erased after an hour; for this case the hour is brought nearer. */
async function erased(j, than) {
	sql(`UPDATE attachment t JOIN application a ON a.id=t.application_id SET t.removed_at=t.removed_at-7200 WHERE a.no='${j.no}' AND t.removed_at IS NOT NULL`);
	await worked(() => used() < than, `${than} bytes and more are still counted`);
}
async function full(j, bytes) {
	const before = sql('SELECT COUNT(*) FROM upload');
	const a = await tus.create(j.owner, bytes.length, { application: j.no, material: 'm3', filename: '身份证𠮷.jpg', filetype: 'image/jpeg' });
	assert.deepEqual([a.status, a.json && a.json.code], [507, 'storage_low'], `${a.status} ${a.body}`);
	assert.match(a.json.detail, /^[^a-z]*存储空间不足[^a-z]*$/i);
	assert.equal(sql('SELECT COUNT(*) FROM upload'), before, 'refused, but begun');
	/* all else goes on */
	await j.owner.want(200, 'GET', j.url);
	assert.equal((await j.owner.want(200, 'GET', `${j.url}/status`)).json.no, j.no);
	assert.equal((await j.owner.get('/track/case.html')).status, 200);
	await j.change({ years: 1 + ((j.case.years || 1) % 3) });
}

test('the quota of the store: refused with a word, what is begun goes on, and taken back makes room', async () => {
	const j = await Journey.draft();
	await j.fill();
	/* what other tests have left is gone before anything is counted */
	await worked(() => sql('SELECT COUNT(*) FROM upload WHERE attachment_id IS NULL AND ends_at<=UNIX_TIMESTAMP()') === '0', 'uploads that are over stay');
	const [one, two, small] = [files.big(2 * MB), files.big(2 * MB), files.big(300000)];
	await configured({ store_quota_bytes: used() + 3 * MB }, ['attachment'], async () => {
		const begun = await tus.create(j.owner, small.length, { application: j.no, material: 'm3', filename: '先来.jpg', filetype: 'image/jpeg' });
		assert.equal(begun.status, 201);
		const file = await j.put('m2', '执照𠮷.jpg', 'image/jpeg', one);
		assert.equal(file.state, 'accepted');
		await full(j, two);
		assert.equal((await tus.patch(j.owner, tus.place(begun), 0, small)).status, 204, 'its room was kept for it');
		assert.ok((await j.owner.want(200, 'GET', `/api/attachments/${file.id}`)).body.equals(one));
		const before = used();
		await j.owner.want(204, 'DELETE', `/api/attachments/${file.id}`);
		await erased(j, before - MB);
		assert.equal((await j.put('m2', '执照𠮷.jpg', 'image/jpeg', two)).state, 'accepted');
		/* an upload given up gives its room back, too */
		await full(j, one);
		const list = (await j.owner.want(200, 'GET', `${j.url}/attachments`)).json;
		for (const f of list) await j.owner.want(204, 'DELETE', `/api/attachments/${f.id}`);
		await erased(j, before);
		const left = await tus.create(j.owner, 2 * MB, { application: j.no, material: 'm3', filename: 'a.jpg', filetype: 'image/jpeg' });
		assert.equal(left.status, 201);
		await full(j, one);
		const reserved = used();
		assert.equal((await tus.remove(j.owner, tus.place(left))).status, 204);
		await erased(j, reserved);
		assert.equal((await j.put('m3', 'b.jpg', 'image/jpeg', one)).state, 'accepted');
	});
});

test('little space left on the disk: the same, and nothing is written', () => configured({ store_low_bytes: 2 ** 50 }, ['attachment'], async () => {
	const j = await Journey.draft();
	await j.fill();
	await full(j, files.jpeg());
}));
