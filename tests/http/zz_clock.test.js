'use strict';
/* The whole portal by a clock that is moved: the edges of the renewal window, the end of a certificate, leap days, a year
 * without a calendar; and the clock stepping by an hour or a year, to and fro, in the middle of everything. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const clock = require('../lib/clock');
const LONG = 390 * 86400;
clock.begin({ session_idle_s: LONG, session_max_s: LONG, staff_idle_s: LONG, staff_max_s: LONG });
const data = require('../lib/data');
const { Client, key } = require('../lib/client');
const { applicant } = require('../lib/journey');
const { Walk, addYears, everybody } = require('../lib/walk');
const { subject, certificate, bring, status, portalctl } = require('../lib/certificates');
const { staff, forget } = require('../lib/staff');
const { Token } = require('../lib/token');
const { openssl, put } = require('../lib/openssl');
const { configured, pids } = require('../lib/stack');
const { sql } = require('../lib/sql');
test.after(clock.end);
test.beforeEach(() => clock.accept());
test.afterEach(() => pids('worker').forEach((pid) => process.kill(pid, 'SIGCONT')));

const HOUR = 3600, YEAR = 365 * 86400;
const produce = async (want, what, body) => (await staff('producer1')).want(want, 'POST', `/api/staff/production/${what}`, body, { key: key() });
const request = (token) => token.want(['request']).replace(/-----[^-]+-----|\s/g, '');

async function until(what, f, ms = 90000) {
	const end = process.hrtime.bigint() + BigInt(ms) * 1000000n;
	for (;;) {
		const r = await f();
		if (r) return r;
		assert.ok(process.hrtime.bigint() < end, what);
		await new Promise((done) => setTimeout(done, 100));
	}
}

async function begun(options = {}) {
	const owner = options.owner || await applicant();
	const w = await Walk.begin({ service: 'new', holder: 'org', channel: 'post', owner, subject: subject('org', owner.phone), ...options });
	await w.fill();
	return w;
}

async function approved(options = {}) {
	const w = await begun(options);
	if (w.service === 'new') {
		await w.jump();
		return w;
	}
	await w.handIn();
	await w.accepted();
	await w.closeGates();
	await w.decided();
	assert.equal(w.case.state, 'approved');
	return w;
}

const line = async (w, item) => (await (await staff('producer1')).want(200, 'GET', `/api/staff/production/${w.no}`)).json.items.find((x) => x.item === item);
const issued = (w, item) => until('the worker does not make it', async () => { const l = await line(w, item); return l.state === 'done' && l; });

/* Ordered and made: the line, and when the certificate ends. */
async function made(w, token) {
	await produce(201, 'orders', { no: w.no, item: 1, request: request(token), token_serial: token.face.serial });
	const l = await issued(w, 1);
	return { ...l, end: new Date(/notAfter=(.+)/.exec(openssl('x509', '-noout', '-enddate', '-in', put('end.pem', l.sign_cert)).said)[1]).toISOString() };
}

async function signed(token, want) {
	const guest = new Client();
	const c = (await guest.want(201, 'POST', '/api/session/challenge')).json;
	return (await guest.want(want, 'POST', '/api/session/certificate', { nonce: c.nonce, signature: token.sign(c.text) })).json;
}

/* The list of today is there (the worker has seen the new day). */
const listed = () => until('no list of today', () => {
	/* Files keep the time of the true clock. */
	for (const kind of ['rsa', 'sm2']) fs.utimesSync(path.join(process.env.ZY_VAR, `gen/crl/${kind}.crl`), 0, 0);
	const at = /lastUpdate=(.+)/.exec(openssl('crl', '-in', path.join(process.env.ZY_VAR, 'trust/crls/builtin-rsa.pem'), '-noout', '-lastupdate').said);
	return at && Math.abs(Date.parse(at[1]) - Date.now()) < HOUR * 1000;
});

const noted = (yes = true) => until('the worker does not see the step', () => {
	try {
		return Boolean(JSON.parse(fs.readFileSync(path.join(process.env.ZY_VAR, 'clock.json'), 'utf8')).held_at) === yes;
	} catch (e) {
		return false;
	}
});
const refusedAt = (e) => e.json.errors.map((x) => x.code);

const life = { token: new Token('rsa'), numbers: [] };

test('a certificate for a year, to be lived through below', async () => {
	await everybody();
	await noted(false);
	const w = await approved({ years: 1 });
	const l = await made(w, life.token);
	Object.assign(life, { w, certificate: l, many: await approved({ count: 8 }) });
	life.token.want(['install'], JSON.stringify({ certificate: l.sign_cert, encryption_certificate: l.enc_cert, encryption_key: l.enc_key }));
	assert.equal(life.certificate.end, `${addYears(data.today(), 1)}T15:59:59.000Z`);
	await listed();
	assert.ok((await signed(life.token, 201)).csrf);
});

for (const [i, s] of [HOUR, -HOUR, YEAR, -YEAR].entries()) {
	test(`a step by ${s} s: nothing lives longer, no number twice, nothing is issued or believed until it is accepted`, async () => {
		forget();
		const ahead = s > 0;
		const phone = data.phone(), other = data.phone();
		const code = await new Client().askCode(phone);
		const guest = new Client();
		const challenge = (await guest.want(201, 'POST', '/api/session/challenge')).json;
		const signature = life.token.sign(challenge.text);
		const owner = new Client();
		await owner.signIn(other);
		const create = async (k) => (await owner.want(201, 'POST', '/api/applications', { service: 'new', holder: 'org', channel: 'post' }, { key: k })).json.no;
		const k = key();
		const no = await create(k);
		const w = life.many;
		const [item, next] = [2 * i + 1, 2 * i + 2];
		const [one, two] = [new Token('sm2'), new Token('sm2')];
		for (const pid of pids('worker')) process.kill(pid, 'SIGSTOP');
		await produce(201, 'orders', { no: w.no, item, request: request(one), token_serial: one.face.serial });
		const kept = sql('SELECT COUNT(*) FROM idempotency');
		const about = { no: w.no, item: next, request: request(two), token_serial: two.face.serial };

		clock.step(s);
		const late = async () => {
			assert.equal((await new Client().want(401, 'POST', '/api/session', { phone, code })).json.code, 'credentials');
			assert.deepEqual(refusedAt(await guest.want(422, 'POST', '/api/session/certificate', { nonce: challenge.nonce, signature })), ['signature']);
		};
		await late();
		if (!ahead) await owner.want(401, 'GET', '/api/applications');
		assert.equal((await signed(life.token, 503)).code, 'clock');
		if (ahead) {
			const no = (await produce(503, 'orders', about)).json;
			assert.ok(no.code === 'clock' && /时钟/.test(no.detail));
			const typed = { no: w.no, item: next, sign_serial: data.serial(), enc_serial: data.serial(), not_before: data.today(), not_after: addYears(data.today(), w.years) };
			await (await staff('producer1')).want(503, 'POST', '/api/staff/production', typed, { key: key() });
			const [warning] = (await (await staff('auditor1')).want(200, 'GET', '/api/staff/session')).json.warnings.filter((x) => x.code === 'clock');
			assert.match(warning.text, s === HOUR ? /走快了约60分钟/ : /走快了约365天/);
		}
		for (const pid of pids('worker')) process.kill(pid, 'SIGCONT');
		await noted();
		assert.ok(Math.abs(Number(/stepped by ([+-]\d+) s/.exec(clock.keeper().stdout)[1]) - s) <= 2);
		await new Promise((r) => setTimeout(r, 1500)); /* rounds of the worker */
		assert.equal(sql(`SELECT i.state FROM issuance i JOIN application a ON a.id=i.application_id WHERE a.no='${w.no}' AND i.item=${item}`), 'planned');
		if (ahead) assert.equal(sql('SELECT COUNT(*) FROM idempotency'), kept, 'nothing is thrown away by a clock that may be wrong');
		if (ahead) assert.equal(await create(k), no, 'the same key, the same case');
		assert.match(clock.accept(), /^accepted/);
		assert.equal(clock.keeper().status, 0);
		assert.match(sql("SELECT GROUP_CONCAT(action ORDER BY seq) FROM audit WHERE object='clock'"), /clock_step,clock_accept$/);

		await late();
		if (!ahead) {
			await owner.want(401, 'GET', '/api/applications');
			await owner.signIn(other);
		}
		const far = Math.abs(s) === YEAR;
		/* Keys are kept for a day, once the clock is believed. */
		if (s !== YEAR) assert.equal(await create(k), no, 'the same key, the same case');
		life.numbers.push(no, await create(key()));
		forget();
		/* Made once it is accepted; but not what was ordered for another year. */
		if (far) assert.match((await until('it is not refused', async () => { const l = await line(w, item); return l.state === 'failed' && l; })).error, /31天/);
		else await issued(w, item);

		clock.step(-s);
		await noted();
		clock.accept();
		await late();
		forget();
		await owner.signIn(other);
		if (far) await produce(201, 'orders', { no: w.no, item, request: request(one), token_serial: one.face.serial });
		await produce(201, 'orders', about);
		const serials = [await issued(w, item), await issued(w, next)].map((l) => l.sign_serial);
		assert.equal(sql(`SELECT COUNT(*) FROM certificate t JOIN application a ON a.id=t.application_id WHERE a.no='${w.no}'`), String(next), 'each once');
		for (const x of serials) assert.equal((await status(x)).status, 'valid');
		life.numbers.push(await create(key()));
		if (s !== YEAR) assert.equal(await create(k), no);
		assert.equal(new Set(life.numbers).size, life.numbers.length, `a number twice: ${life.numbers}`);
		assert.equal(Number(sql('SELECT COUNT(*)-COUNT(DISTINCT no) FROM application')), 0);
	});
}

test('less than a minute is no step; what was noted holds until it is accepted, though the clock comes back', async () => {
	await noted(false);
	clock.step(-50);
	assert.equal(clock.keeper().status, 0);
	clock.step(50);
	clock.step(HOUR);
	await noted();
	clock.step(-HOUR);
	assert.equal(clock.keeper().status, 1);
	assert.equal((await signed(life.token, 503)).code, 'clock');
	clock.accept();
	assert.match(clock.accept(), /^nothing was held/);
	await listed();
	await signed(life.token, 201);
	fs.writeFileSync(path.join(process.env.ZY_VAR, 'clock.json'), '{"wall":');
	assert.equal((await signed(life.token, 503)).code, 'clock', 'a record that does not read is no permission');
	assert.match(clock.accept(), /^accepted/);
	await signed(life.token, 201);
});

test('a permission to unlock is not signed while the clock is held, nor good for longer when it steps back', async () => {
	const pem = put('unlock.pem', portalctl('unlock-key').stdout);
	const unlocking = async () => {
		const owner = await applicant();
		const whose = subject('org', owner.phone);
		const token = new Token('sm2', ['--unlock-key', pem]);
		const old = bring([certificate(whose, { token_serial: token.face.serial })]);
		for (let n = 0; n < 6; n++) token.run(['request'], '', '999999');
		const w = await Walk.begin({ service: 'unlock', holder: 'org', channel: 'online', owner, subject: whose, old });
		await w.fill();
		await w.submitted();
		assert.equal(w.case.state, 'installing');
		return { w, token };
	};
	const ask = ({ w, token }, want) => {
		const c = JSON.parse(token.want(['challenge']));
		return w.owner.want(want, 'POST', `${w.url}/permission`, { token_serial: c.serial, challenge: c.nonce, key: c.key }, { key: key() });
	};
	const state = ({ w }) => sql(`SELECT p.state FROM unlock_permission p JOIN application a ON a.id=p.application_id WHERE a.no='${w.no}'`);
	const u = await unlocking();
	clock.step(HOUR);
	assert.equal((await ask(u, 503)).json.code, 'clock');
	clock.step(-HOUR);
	clock.accept();
	await u.w.owner.signIn(u.w.owner.phone);
	await ask(u, 201);
	assert.equal(state(u), 'issued');
	clock.step(-HOUR);
	await noted();
	clock.accept();
	await u.w.owner.signIn(u.w.owner.phone);
	await u.w.owner.want(200, 'POST', `${u.w.url}/installed`, undefined, { key: key() });
	assert.equal(state(u), 'expired');
});

test('a session ends by the clock, ahead or back', () => configured({ session_idle_s: 1800, session_max_s: 7200 }, ['session', 'application'], async () => {
	const c = await applicant();
	for (let i = 0; i < 4; i++) {
		clock.step(1790);
		clock.accept();
		await c.want(200, 'GET', '/api/applications');
	}
	clock.step(100);
	clock.accept();
	await c.want(401, 'GET', '/api/applications');
	const idle = await applicant();
	clock.step(1801);
	clock.accept();
	await idle.want(401, 'GET', '/api/applications');
	const back = await applicant();
	clock.step(-1200);
	await back.want(401, 'GET', '/api/applications');
	clock.accept();
}));

test('a working day of a year that has no calendar: no day is promised, and staff are told', async () => {
	forget();
	const due = async () => {
		const w = await begun();
		await w.handIn();
		await w.accepted();
		await w.closeGates();
		await w.look();
		return w.case.due;
	};
	const warned = async () => (await (await staff('auditor1')).want(200, 'GET', '/api/staff/session')).json.warnings.map((x) => x.code);
	clock.to('2026-12-28T16:00:00+08:00');
	await everybody();
	assert.match(await due(), /^2026-12-31/);
	clock.to('2026-12-28T17:00:10+08:00');
	assert.equal(await due(), null, 'one second after five it is the next day, and three days on nobody knows');
	assert.deepEqual(await warned(), ['calendar_missing']);
	const file = put('2027.csv', 'day,kind,note,source\n' + [1, 2, 3].map((d) => `2027-01-0${d},off,元旦,样例\n`).join(''));
	assert.equal(portalctl('calendar', 'import', file).status, 0);
	clock.to('2026-12-28T17:02:00+08:00');
	assert.match(await due(), /^2027-01-04/, 'the first three days are off');
	assert.deepEqual(await warned(), []);
});

test('renewal online: from the ninetieth day before to the last second of the last; then only on paper', async () => {
	clock.to('2026-12-29T10:00:00+08:00');
	const owner = await applicant();
	const whose = subject('org', owner.phone);
	const old = bring([1, 2].map(() => certificate(whose, { not_before: '2025-06-01', not_after: '2027-05-31' })));
	const online = (c) => begun({ service: 'renew', channel: 'online', owner, subject: whose, old: [c] });
	const [early, late] = [await online(old[0]), await online(old[1])];
	const submit = (w, want) => owner.want(want, 'POST', `${w.url}/submit`, undefined, { key: key(), match: w.case.version });
	const shown = async () => (await owner.want(200, 'GET', '/api/certificates')).json.items.map((x) => [x.status, x.renew.state]);
	const all = (...row) => [row, row];

	clock.freeze('2027-03-01T23:59:59+08:00');
	await early.look();
	const no = await submit(early, 422);
	assert.deepEqual(refusedAt(no), ['too_early']);
	assert.match(no.json.errors[0].detail, /2027年3月2日起/);
	assert.deepEqual(await shown(), all('valid', 'early'));

	clock.freeze('2027-03-02T00:00:00+08:00');
	assert.deepEqual(await shown(), all('valid', 'open'));
	await submit(early, 200);

	clock.freeze('2027-05-31T23:59:59+08:00');
	assert.deepEqual(await shown(), all('valid', 'open'));
	await late.look();
	clock.freeze('2027-06-01T00:00:00+08:00');
	assert.deepEqual(await shown(), all('expired', 'expired'));
	assert.deepEqual(refusedAt(await submit(late, 422)), ['expired_offline']);
	clock.freeze('2027-05-31T23:59:59+08:00'); /* a second earlier it goes */
	await new Promise((r) => setTimeout(r, 1000));
	await owner.signIn(owner.phone);
	await submit(late, 200);
});

test('the end of a certificate, everywhere', async () => {
	const last = life.certificate.not_after;
	const after = new Date(Date.parse(last) + 86400e3).toISOString().slice(0, 10);
	const serial = life.certificate.sign_serial;
	forget();
	clock.to(`${last}T12:00:00+08:00`);
	await everybody();
	await listed();
	const owner = new Client();
	await owner.signIn(life.w.owner.phone);
	const add = await begun({ service: 'add', channel: 'online', owner, subject: life.w.subject, count: 1 });
	await add.handIn();
	const sign = async (want) => {
		const c = (await owner.want(201, 'POST', `${add.url}/challenge`, undefined, { key: key() })).json;
		return owner.want(want, 'POST', `${add.url}/signature`, { nonce: c.nonce, signature: life.token.sign(c.text) });
	};
	const mine = async () => (await owner.want(200, 'GET', '/api/certificates')).json.items.find((x) => x.sign_serial === serial);
	const change = await begun({ service: 'change', owner, subject: life.w.subject, old: [{ sign_serial: serial }] });

	clock.freeze(`${last}T23:59:59+08:00`);
	assert.equal((await status(serial)).status, 'valid');
	assert.equal((await mine()).status, 'valid');
	assert.ok((await signed(life.token, 201)).csrf);

	clock.freeze(`${after}T00:00:00+08:00`);
	assert.equal((await status(serial)).status, 'expired');
	assert.deepEqual([(await mine()).status, (await mine()).services.includes('change')], ['expired', false]);
	assert.deepEqual(refusedAt({ json: await signed(life.token, 422) }), ['expired']);
	assert.deepEqual(refusedAt(await sign(422)), ['expired']);
	await change.look();
	const no = await owner.want(422, 'POST', `${change.url}/submit`, undefined, { key: key(), match: change.case.version });
	assert.ok(refusedAt(no).includes('expired'), refusedAt(no).join());
	clock.to(`${after}T00:01:00+08:00`);
});

test('leap day: from the 29th a year on is the 28th, four years on the 29th', async () => {
	clock.to('2028-02-29T10:00:00+08:00');
	forget();
	await everybody();
	const end = async (options) => (await made(await approved(options), new Token('sm2'))).end;
	assert.equal(await end({ years: 1 }), '2029-02-28T15:59:59.000Z');
	const owner = await applicant();
	const whose = subject('org', owner.phone);
	const old = bring([certificate(whose, { not_before: '2026-03-01', not_after: '2028-02-29' })]);
	assert.equal(await end({ service: 'renew', owner, subject: whose, old, years: 2 }), '2030-02-28T15:59:59.000Z', 'from the old last day, which is today');
});

test('the books hold', () => {
	assert.equal(portalctl('verify-audit').status, 0);
});
