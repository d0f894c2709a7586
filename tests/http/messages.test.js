'use strict';
/* Messages through the gateway: signed as the official SDK signs, sent once whatever happens on the way, codes first and at night
 * too, what is over the caps the next day; reports, sending again, reminders, several workers. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { spawn } = require('node:child_process');
const env = require('../lib/env');
const data = require('../lib/data');
const { Client, key } = require('../lib/client');
const { staff } = require('../lib/staff');
const { stack, configured, pids } = require('../lib/stack');
const { subject, certificate, bring } = require('../lib/certificates');
const { portal } = require('../lib/mariadb');
const { started, service } = require('../lib/aliyun');

const CAP = 3, RUN = `run${data.digits(9)}`;
const NOTHING = `kind='nothing' AND ref LIKE '${RUN}-%'`;
let g, desk, db;

test.before(async () => {
	desk = await staff('desk1');
	g = await started({ rate_sms_phone_day: CAP });
	db = portal();
});
test.after(async () => {
	db.close();
	await g.ended();
});

async function until(what, look, ms = 40000) {
	for (const stop = Date.now() + ms; ;) {
		const got = await look();
		if (got) return got;
		assert.ok(Date.now() < stop, what);
		await new Promise((f) => setTimeout(f, 100));
	}
}

/* A certificate that expires in so many days; its agent is told. */
function expiring(days, more = {}) {
	const s = subject('org', data.phone());
	if (more.unit) Object.assign(s.unit, { name: more.unit }), s.seal_name = more.unit;
	bring([certificate(s, { not_after: data.today(days), ...more.row })]);
	return s.agent.phone;
}
const list = async (query) => (await desk.want(200, 'GET', `/api/staff/messages?limit=100${query || ''}`)).json.items;
const masked = (phone) => `${phone.slice(0, 3)}****${phone.slice(7)}`;
/* Rows of one phone, newest first: those who read the list know the mask only, and the tests' phones differ in what it shows. */
const of = async (phone) => (await list()).filter((m) => m.phone === masked(phone));
const in_state = (phone, state) => until(`no message to ${phone} is ${state}`, async () => (await of(phone)).find((m) => m.state === state));
const got = (phone, n = 1) => until(`${phone} gets nothing`, () => g.to(phone).length >= n && g.to(phone));
const due = (id, more = '') => db.run(`UPDATE outbox SET next_at=0${more} WHERE id=${id}`);
const report = (reports, where = g.reportKey) => new Client().request('POST', `/api/hooks/sms/${where}`, { raw: JSON.stringify(reports), headers: { 'Content-Type': 'application/json' }, check: false });
const again = (id, reason = '申请人说没有收到') => desk.post(`/api/staff/messages/${id}/again`, { reason }, { key: key() });

test('the official SDK and the stand-in understand each other, and the SDK signs what the portal signs', async () => {
	const { default: Sms, SendSmsRequest, QuerySendDetailsRequest } = env.need('@alicloud/dysmsapi20170525');
	const { $OpenApiUtil } = env.need('@alicloud/openapi-core');
	const { default: Signer } = env.need('@alicloud/openapi-core/dist/utils');
	const own = await service(), phone = data.phone();
	const client = (secret) => new Sms(new $OpenApiUtil.Config({ accessKeyId: own.keyId, accessKeySecret: secret, endpoint: own.url.split('/')[2], protocol: 'http' }));
	const send = new SendSmsRequest({ phoneNumbers: phone, signName: own.sign, templateCode: own.codes.withdrawn, templateParam: '{"no":"GD𠮷（*~\'!）"}', outId: 'm1' });
	try {
		const said = (await client(own.secret).sendSms(send)).body;
		assert.deepEqual([said.code, said.bizId], ['OK', own.taken[0].biz]);
		const details = (await client(own.secret).querySendDetails(new QuerySendDetailsRequest({ phoneNumber: phone, sendDate: data.today().replace(/-/g, ''), pageSize: 10, currentPage: 1 }))).body;
		assert.equal(details.smsSendDetailDTOs.smsSendDetailDTO[0].outId, 'm1');
		await assert.rejects(client('another').sendSms(send), /SignatureDoesNotMatch/);
	} finally {
		await own.stop();
	}
	await new Client().want(204, 'POST', '/api/session/otp', { phone });
	await got(phone);
	expiring(90, { unit: `广州𠮷䶮𬭊（${data.digits(6)}）!'()*~+ %数据有限公司` });
	const seen = await until('no reminder', () => g.requests.find((r) => r.params.TemplateCode === g.codes.remind));
	for (const r of [g.requests.find((x) => x.params.PhoneNumbers === phone), seen]) {
		const { authorization, ...headers } = r.headers;
		const signed = Signer.getAuthorization({ method: r.method, pathname: '/', query: r.params, headers }, 'ACS3-HMAC-SHA256', headers['x-acs-content-sha256'], g.keyId, g.secret);
		assert.equal(authorization, signed);
	}
});

test('a code goes out with its number, and nothing of it is kept', async () => {
	const phone = data.phone(), who = new Client();
	await who.want(204, 'POST', '/api/session/otp', { phone });
	const [m] = await got(phone);
	assert.match(m.params.code, /^\d{6}$/);
	const row = await in_state(phone, 'sent');
	assert.ok(!row.may_resend && !row.text.includes(m.params.code) && row.text.includes('…'));
	assert.equal((await again(row.id)).status, 409);
	assert.deepEqual(await db.run(`SELECT params_sealed IS NULL, biz_id FROM outbox WHERE id=${row.id}`), [['1', m.biz]]);
	await who.want(201, 'POST', '/api/session', { phone, code: m.params.code });
});

test('hostile and long values arrive as one clean line', async () => {
	const name = `广州【官方】{no}\${tail}"\\\\',<b>𠮷䶮𬭊${'电子商务认证服务中心'.repeat(6)}有限公司`;
	const phone = expiring(30, { unit: name }), [m] = await got(phone);
	assert.equal(Object.keys(m.params).sort().join(), 'day,days,tail,unit');
	assert.equal([...m.params.unit].length, 25);
	assert.ok(m.params.unit.startsWith('广州〔官方〕{no}${tail}"\\'), m.params.unit);
	assert.ok(m.params.unit.endsWith('…') && m.params.days === '30');
	assert.equal((await in_state(phone, 'sent')).text, m.text); /* values are not read again for braces */
});

test('no answer: asked by its number, sent once', async () => {
	g.mode = 'drop';
	const phone = expiring(60);
	await got(phone);
	g.mode = 'good';
	const row = await in_state(phone, 'sending');
	await due(row.id);
	await in_state(phone, 'sent');
	assert.equal(g.to(phone).length, 1);
	/* It is delivered: the next question finds that out. */
	g.arrived(g.to(phone)[0]);
	await db.run(`UPDATE outbox SET poll_at=0 WHERE id=${row.id}`);
	assert.ok((await in_state(phone, 'delivered')).reported_at);
});

test('a proxy that answers in place of the gateway is no answer; what the gateway never had goes again, later', async () => {
	g.mode = 'proxy';
	const taken = expiring(60);
	await got(taken);
	g.mode = 'away';
	const lost = expiring(60);
	const row = await in_state(lost, 'sending');
	g.mode = 'good';
	await due((await in_state(taken, 'sending')).id);
	await in_state(taken, 'sent');
	const asked = g.calls.length;
	await due(row.id);
	await until('nobody asks', () => g.calls.length > asked);
	assert.equal((await of(lost))[0].state, 'sending'); /* too early to be sure */
	assert.equal(g.to(lost).length, 0);
	await due(row.id, ', asked_at=asked_at-700');
	await in_state(lost, 'sent');
	assert.deepEqual([g.to(taken).length, g.to(lost).length], [1, 1]);
});

test('what it refuses: some may go later, some never, with a reason staff can read', async () => {
	g.mode = 'refuse:isv.BUSINESS_LIMIT_CONTROL';
	const phone = expiring(60);
	let row = await until('not refused', async () => (await of(phone)).find((m) => m.error && m.state === 'waiting'));
	assert.deepEqual([row.state, row.error, row.tries], ['waiting', 'isv.BUSINESS_LIMIT_CONTROL', 1]);
	assert.ok(Date.parse(row.next_at) > Date.now() + 20000);
	g.mode = 'refuse:isv.MOBILE_NUMBER_ILLEGAL';
	await due(row.id);
	row = await in_state(phone, 'dead');
	assert.deepEqual([row.error_text, row.tries, row.may_resend], ['手机号不对', 2, true]);
	g.mode = 'refuse:<script>alert(1)</script> 13800000000';
	const other = expiring(60);
	assert.equal((await in_state(other, 'dead')).error, 'unknown');
	/* Fourteen tries, no pause longer than six hours, then it is given up. */
	g.mode = 'refuse:isp.SYSTEM_ERROR';
	const third = expiring(60), r = await until('not tried', async () => (await of(third)).find((m) => m.tries === 1 && m.error && m.state === 'waiting'));
	await db.run(`UPDATE outbox SET tries=12, next_at=0 WHERE id=${r.id}`);
	const late = await until('not tried again', async () => (await of(third)).find((m) => m.tries === 13 && m.state === 'waiting'));
	assert.ok(Math.abs(Date.parse(late.next_at) - Date.now() - 6 * 3600e3) < 60e3, late.next_at);
	await due(r.id);
	assert.equal((await in_state(third, 'dead')).tries, 14);
	g.mode = 'good';
	assert.equal(g.to(phone).length + g.to(other).length + g.to(third).length, 0);
});

test('a code that could not go in time does not go at all', async () => {
	g.mode = 'refuse:Throttling.User';
	const phone = data.phone();
	await new Client().want(204, 'POST', '/api/session/otp', { phone });
	const row = await until('not tried', async () => (await of(phone)).find((m) => m.error));
	g.mode = 'good';
	await due(row.id, ', ends_at=1');
	assert.equal((await in_state(phone, 'dead')).error, 'late');
	assert.equal(g.to(phone).length, 0);
	assert.equal(await db.one(`SELECT params_sealed IS NULL FROM outbox WHERE id=${row.id}`), '1');
});

test('reports: the key, both numbers, and the first that counts', async () => {
	const [phone, other] = [expiring(60), expiring(60)], [m] = await got(phone), [o] = await got(other);
	const [a, b] = [await in_state(phone, 'sent'), await in_state(other, 'sent')];
	assert.equal((await report(g.reports([m]), 'x'.repeat(24))).status, 403);
	assert.equal((await report(g.reports([m]), g.reportKey.slice(1))).status, 403);
	for (const odd of [{ biz_id: o.biz }, { out_id: o.out }, { out_id: m.out.slice(1) }, { biz_id: null }, { out_id: 'm99999999999999999999' }]) {
		assert.equal((await report(g.reports([m], odd))).status, 200, JSON.stringify(odd));
	}
	assert.equal((await report({ not: 'a list' })).status, 200);
	assert.equal((await report('a text')).status, 200);
	assert.equal((await of(phone))[0].state, 'sent');
	assert.equal((await of(other))[0].state, 'sent');
	const right = await report([...g.reports([m]), ...g.reports([o], { success: false, err_code: 'MOBILE_NOT_ON_SERVICE', report_time: '2026-13-99 00:00:00' })]);
	assert.equal(right.body.toString(), '{"code":0,"msg":"接收成功"}');
	assert.equal((await report(g.reports([m], { success: false, err_code: 'UNDELIV' }))).status, 200);
	const [read] = await of(phone), [failed] = await of(other);
	assert.deepEqual([read.state, read.error, read.id], ['delivered', null, a.id]);
	assert.deepEqual([failed.state, failed.error_text, failed.id], ['failed', '空号或停机', b.id]);
	assert.ok((await list('&state=failed')).some((x) => x.id === b.id));
	for (const raw of ['', '[', '[{"out_id":"m1"}]}', '[]'.repeat(2), '\0']) {
		const r = await new Client().request('POST', `/api/hooks/sms/${g.reportKey}`, { raw, headers: { 'Content-Type': 'application/json' }, check: false });
		assert.equal(r.status, 400, raw);
	}
});

test('staff send it again: with a reason, once a minute, as the same text, recorded', async () => {
	const phone = expiring(60), [m] = await got(phone), row = await in_state(phone, 'sent');
	assert.equal((await desk.post(`/api/staff/messages/${row.id}/again`, { reason: ' ' }, { key: key() })).status, 422);
	assert.equal((await (await staff('auditor1')).post(`/api/staff/messages/${row.id}/again`, { reason: '试试' }, { key: key() })).status, 403);
	const at_once = await Promise.all([again(row.id), again(row.id), again(row.id)]);
	assert.deepEqual(at_once.map((a) => a.status).sort(), [201, 429, 429]);
	const second = await until('not sent again', () => g.to(phone)[1]);
	assert.equal(second.text, m.text);
	assert.notEqual(second.out, m.out);
	const newer = at_once.find((a) => a.status === 201).json.id;
	await until('no state', async () => (await of(phone)).find((x) => x.id === newer && x.again && x.state === 'sent'));
	assert.equal((await again(newer)).status, 429); /* the repeat of a repeat is the same message */
	assert.match(await db.one(`SELECT detail FROM audit WHERE action='message_again' AND detail LIKE '${row.id} %'`), /remind: 申请人说没有收到$/);
	/* Not what is on its way, and not when nothing is kept. */
	await db.run(`UPDATE outbox SET params_sealed=NULL WHERE id=${row.id}`);
	assert.equal((await again(row.id)).status, 409);
	assert.equal((await again('999999999999')).status, 404);
});

test('the caps of a day: the next waits for tomorrow, codes do not', async () => {
	const s = subject('org', data.phone()), phone = s.agent.phone;
	bring(Array.from({ length: CAP + 1 }, () => certificate(s, { not_after: data.today(90) })));
	await got(phone, CAP);
	const held = await until('none waits', async () => (await of(phone)).find((m) => m.error === 'capped'));
	assert.equal(held.state, 'waiting');
	assert.ok(Date.parse(held.next_at) > Date.now() - 60000 && Date.parse(held.next_at) <= Date.now() + 86400000);
	await new Client().want(204, 'POST', '/api/session/otp', { phone });
	assert.ok((await got(phone, CAP + 1))[CAP].params.code);
});

test('at night news waits for the morning; codes go', async () => {
	const hour = new Date(Date.now() + 8 * 3600e3).getUTCHours(), quiet = `${(hour + 23) % 24}-${(hour + 2) % 24}`;
	await configured({ sms_quiet: quiet }, ['worker'], async () => {
		const phone = expiring(60);
		const row = await until('it does not wait', async () => (await of(phone)).find((m) => m.error === 'quiet'));
		const [h, min] = [new Date(Date.parse(row.next_at) + 8 * 3600e3).getUTCHours(), new Date(row.next_at).getUTCMinutes()];
		assert.deepEqual([h, min, row.tries], [(hour + 2) % 24, 0, 0]);
		await new Client().want(204, 'POST', '/api/session/otp', { phone });
		assert.ok((await got(phone))[0].params.code);
	});
});

test('reminders: each stage once, none for what was renewed, revoked or is in a case; costs do not grow', async () => {
	const stage = async (phone) => (await db.run(`SELECT o.dedupe FROM outbox o WHERE o.id IN (${(await of(phone)).map((m) => m.id).join() || 0}) ORDER BY o.id`)).map((r) => r[0].split(':').pop());
	const days = [91, 90, 84, 83, 61, 60, 54, 53, 30, 7, 3, 1, 0, -1];
	const phones = days.map((d) => expiring(d));
	const gone = expiring(30, { row: { status: 'revoked' } }), rep = subject('rep', data.phone()), ind = subject('ind', data.phone());
	bring([certificate(rep, { not_after: data.today(30) }), certificate(ind, { not_after: data.today(30) })]);
	for (const phone of [phones[11], rep.agent.phone, ind.person.phone]) await got(phone);
	const told = [];
	for (const phone of phones) told.push((await stage(phone)).join());
	assert.deepEqual(told, ['', '90', '90', '', '', '60', '60', '', '30', '7', '7', '7', '', '']);
	assert.deepEqual(await stage(gone), []);
	const [m] = g.to(ind.person.phone);
	assert.ok(m.text.startsWith('您的数字证书') && !JSON.stringify(m.params).includes(ind.person.name));
	/* A month on: the next stage, once; not for what a case has in hand, nor for its successor's former. */
	const mine = async (phone) => (await db.run(`SELECT t.id FROM certificate t WHERE t.id=(SELECT SUBSTRING_INDEX(SUBSTRING_INDEX(dedupe,':',2),':',-1) FROM outbox WHERE id=${(await of(phone))[0].id})`))[0][0];
	const id = await mine(phones[5]), other = await mine(phones[6]);
	await db.run(`UPDATE certificate SET successor=${id} WHERE id=${other}`);
	await db.run(`UPDATE certificate SET not_after=not_after - INTERVAL 30 DAY WHERE id IN (${id}, ${other})`);
	await until('no second reminder', async () => (await stage(phones[5])).join() === '60,30');
	assert.deepEqual(await stage(phones[6]), ['60']);
	assert.equal(await db.one(`SELECT remind_on IS NULL FROM certificate WHERE id=${other}`), '1');
	await db.run(`UPDATE certificate SET successor=NULL, not_after=not_after + INTERVAL 400 DAY WHERE id IN (${id}, ${other})`);
	const plan = (await db.run(`EXPLAIN SELECT id FROM certificate WHERE remind_on<='2026-11-23' ORDER BY remind_on LIMIT 50`))[0];
	assert.deepEqual([plan[3], plan[5]], ['range', 'certificate_remind']);
	for (const [sql, index] of [[`SELECT o.id, o.state FROM outbox o LEFT JOIN application a ON a.id=o.application_id WHERE o.application_id=1 AND o.id<9999999 ORDER BY o.id DESC LIMIT 50`, 'outbox_application'], [`SELECT id FROM outbox WHERE state='waiting' AND lane=1 AND next_at<=1 ORDER BY next_at LIMIT 1`, 'outbox_lane'],
		[`SELECT id FROM outbox FORCE INDEX (outbox_state) WHERE state='failed' AND id<9999999 ORDER BY id DESC LIMIT 50`, 'outbox_state'], [`SELECT id FROM outbox WHERE poll_at<=1 ORDER BY poll_at LIMIT 1`, 'outbox_poll'],
		[`SELECT id FROM job FORCE INDEX (job_state) WHERE state='dead' AND id<9999999 ORDER BY id DESC LIMIT 50`, 'job_state']]) {
		const row = (await db.run(`EXPLAIN ${sql}`))[0];
		assert.ok(row[5] === index && !/filesort/.test(row[9] || ''), `${sql}: ${row}`);
	}
});

test('three workers, one killed in the middle: each message once, each job by one', async () => {
	const more = [1, 2].map(() => spawn(path.join(env.buildDir(), 'tools/worker'), [], { env: { ...process.env, ZHENGYIN_CONF: path.join(env.varDir, 'portal.conf') }, stdio: 'ignore' }));
	const phones = Array.from({ length: 20 }, () => data.phone());
	const before = await db.one(`SELECT MAX(id) FROM outbox`);
	g.delay = 40;
	try {
		await db.run(`INSERT INTO job (kind, ref, state, next_at, created_at) SELECT 'nothing', CONCAT('${RUN}-', seq), 'waiting', 0, 1 FROM seq_1_to_12`);
		bring(phones.map((p) => certificate(subject('org', p), { not_after: data.today(90) })));
		await until('nothing is sent', () => phones.filter((p) => g.to(p).length).length >= 5);
		more[0].kill('SIGKILL');
		await until('the jobs are not tried', async () => await db.one(`SELECT COUNT(*) FROM job WHERE ${NOTHING} AND tries=0`) === '0');
		const ids = () => db.run(`SELECT id, state FROM outbox WHERE id>${before} AND state IN ('waiting','sending')`);
		/* The lease of who was killed; what the gateway does not know when it is asked, it never had. */
		for (const wait of ['', ', asked_at=asked_at-700']) {
			await until('some are under way', async () => await db.one(`SELECT COUNT(*) FROM outbox WHERE id>${before} AND (state='waiting' OR state='sending' AND asked_at>UNIX_TIMESTAMP()-3)`) === '0');
			await db.run(`UPDATE outbox SET next_at=0${wait} WHERE id>${before} AND state='sending'`);
			await until('nobody asks', async () => await db.one(`SELECT COUNT(*) FROM outbox WHERE id>${before} AND state='sending' AND next_at=0`) === '0');
		}
		await until('some are not sent', async () => !(await ids()).length);
	} finally {
		g.delay = 0;
		more.forEach((w) => w.kill('SIGTERM'));
	}
	assert.deepEqual(phones.map((p) => g.to(p).length), phones.map(() => 1));
	assert.deepEqual(await db.run(`SELECT MIN(tries), MAX(tries), COUNT(*) FROM job WHERE ${NOTHING}`), [['1', '1', '12']]);
	await db.run(`UPDATE job SET tries=5, next_at=0 WHERE ${NOTHING}`);
	await until('not given up', async () => await db.one(`SELECT COUNT(*) FROM job WHERE ${NOTHING} AND state='dead'`) === '12');
	assert.match(stack('status'), /jobs +\d+ waiting.*, \d+ given up/);
	assert.ok(pids('worker').length >= 1);
});

test('every kind of work has a name for staff', () => {
	const words = (file, table) => [...fs.readFileSync(path.join(env.root, file), 'utf8').split(table)[1].split('\n};')[0].matchAll(/^\t\{"(\w+)"/gm)].map((m) => m[1]).sort();
	assert.deepEqual(words('lib/domain/job_view.c', 'kinds[] = {'), words('tools/worker.c', 'kinds[] = {'));
});

test('work that was given up: seen, tried again or set aside, with a reason', async () => {
	const boss = await staff('supervisor1'), of_jobs = async (query) => (await boss.want(200, 'GET', `/api/staff/jobs${query || ''}`)).json;
	const first = await of_jobs('?limit=2');
	assert.ok(first.items.length === 2 && first.dead >= 12);
	assert.deepEqual([first.items[0].error, first.items[0].error_text, first.items[0].name], ['unknown kind', 'unknown kind', '没有这种后台工作']);
	const second = await of_jobs(`?limit=2&after=${first.next}`);
	assert.ok(Number(second.items[0].id) < Number(first.items[1].id));
	const step = (id, what, reason = '网络已恢复') => boss.post(`/api/staff/jobs/${id}/${what}`, { reason }, { key: key() });
	const [j] = first.items;
	assert.ok(j.since && j.died_at && j.tries === 6);
	assert.equal((await step(j.id, 'again')).status, 409); /* nobody knows such work */
	assert.equal((await step(j.id, 'drop', '')).status, 422);
	assert.equal((await desk.post(`/api/staff/jobs/${j.id}/drop`, { reason: '不要了' }, { key: key() })).status, 403);
	const both = await Promise.all([step(j.id, 'drop'), step(j.id, 'drop')]);
	assert.deepEqual(both.map((a) => a.status).sort(), [204, 409]);
	assert.ok((await of_jobs('?state=dropped')).items.some((x) => x.id === j.id));
	assert.match(await db.one(`SELECT detail FROM audit WHERE action='job_drop' AND object='${j.ref}'`), /^nothing: 网络已恢复$/);
	/* One that can be done is done; one that is over says what to do instead. */
	await db.run(`INSERT INTO job (kind, ref, state, tries, next_at, error, created_at, died_at) VALUES ('guide', 'test/${data.digits(9)}', 'dead', 6, 0, 'busy', 1, 1), ('issue', '0:${data.digits(9)}', 'dead', 6, 0, 'busy', 1, 1)`);
	const [issue, guide] = (await of_jobs('?limit=2')).items;
	assert.ok(issue.over && !guide.over && guide.error_text === '系统繁忙，请稍后再试');
	assert.equal((await step(issue.id, 'again')).status, 409);
	assert.equal((await step(guide.id, 'again')).status, 204);
	await until('not done', async () => await db.one(`SELECT state FROM job WHERE id=${guide.id}`) === 'done');
	await db.run(`UPDATE job SET state='dropped' WHERE (${NOTHING}) OR id=${issue.id}`);
});
