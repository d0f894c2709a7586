'use strict';
/* What is refused, with its status and code, and that nothing has changed after it. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { Client, key } = require('../lib/client');
const { Journey, applicant } = require('../lib/journey');
const { staff, account } = require('../lib/staff');
const { totp } = require('../lib/totp');
const tus = require('../lib/tus');
const files = require('../lib/files');
const data = require('../lib/data');

async function unchanged(j, body) {
	const before = (await j.owner.want(200, 'GET', j.url)).json;
	await body(before);
	const after = (await j.owner.want(200, 'GET', j.url)).json;
	assert.deepEqual(after, before, 'a refusal changed the case');
}

function refused(answer, status, code) {
	assert.equal(answer.status, status, `${answer.method} ${answer.path}: ${answer.status} ${answer.body.toString().slice(0, 300)}`);
	assert.equal(answer.json.code, code);
}

test('a stale version is 412, none at all 428', async () => {
	const j = await Journey.draft();
	await j.change({ years: 1 });
	await unchanged(j, async () => {
		refused(await j.owner.patch(j.url, { years: 2 }, { match: 1 }), 412, 'stale');
		refused(await j.owner.patch(j.url, { years: 2 }, { match: '"999999"' }), 412, 'stale');
		refused(await j.owner.patch(j.url, { years: 2 }), 428, 'if_match_required');
		refused(await j.owner.delete(j.url), 428, 'if_match_required');
		refused(await j.owner.post(`${j.url}/form`, undefined, { match: 1 }), 412, 'stale');
		refused(await j.owner.post(`${j.url}/submit`, undefined, { match: 1 }), 412, 'stale');
		const weak = await j.owner.patch(j.url, { years: 2 }, { match: `W/"${j.case.version}"` });
		assert.ok([400, 412].includes(weak.status), `a weak tag: ${weak.status}`);
		const junk = await j.owner.patch(j.url, { years: 2 }, { match: '7 OR 1=1' });
		assert.ok([400, 412].includes(junk.status), `junk: ${junk.status}`);
	});
});

test('a case is never 304: files arrive without a new version', async () => {
	const j = await Journey.draft();
	const tag = { headers: { 'If-None-Match': `"${j.case.version}"` } };
	assert.equal((await j.owner.get(j.url, tag)).status, 200);
	await j.put('m2', '执照.png', 'image/png', files.png());
	const a = await j.owner.get(j.url, tag);
	assert.equal(a.status, 200);
	assert.equal(a.json.materials.find((m) => m.code === 'm2').files.length, 1);
});

test('of two changes to the same version one wins', async () => {
	const j = await Journey.draft();
	const all = await Promise.all([1, 2, 3, 4, 5].map((years) => j.owner.patch(j.url, { years }, { match: j.case.version })));
	assert.deepEqual(all.map((a) => a.status).sort(), [200, 412, 412, 412, 412]);
	await j.look();
	assert.equal(j.case.years, all.find((a) => a.status === 200).json.years);
	assert.equal(j.case.version, all.find((a) => a.status === 200).json.version);
});

test('another one\'s case looks as if it were not there', async () => {
	const j = await Journey.draft();
	await j.fill();
	await j.print();
	const file = await j.put('m2', '执照.png', 'image/png', files.png({ width: 400, height: 500 }));
	const other = await applicant();
	const paths = ['', '/check', '/form.pdf', '/events', '/messages', '/payment', '/attachments'];
	const no = j.no.slice(0, -1) + (j.no.endsWith('0') ? '1' : '0');
	for (const tail of paths) {
		const foreign = await other.get(`/api/applications/${j.no}${tail}`);
		const unknown = await other.get(`/api/applications/${no}${tail}`);
		refused(foreign, 404, 'not_found');
		refused(unknown, 404, 'not_found');
		for (const a of [foreign, unknown]) delete a.json.instance;
		assert.deepEqual(foreign.json, unknown.json, tail);
		assert.equal(foreign.body.length, unknown.body.length, tail);
	}
	for (const path of [`/api/attachments/${file.id}`, `/api/attachments/${file.id}/pages/1`]) {
		const foreign = await other.get(path);
		const unknown = await other.get(path.replace(file.id, 'f'.repeat(32)));
		refused(foreign, 404, 'not_found');
		assert.equal(foreign.body.length, unknown.body.length);
		const nobody = await new Client().get(path);
		assert.equal(nobody.status, 401);
	}
	await unchanged(j, async (now) => {
		refused(await other.patch(j.url, { years: 1 }, { match: now.version }), 404, 'not_found');
		refused(await other.delete(j.url, { match: now.version }), 404, 'not_found');
		for (const tail of ['form', 'submit', 'withdraw']) refused(await other.post(`${j.url}/${tail}`), 404, 'not_found');
		refused(await other.post(`${j.url}/remittance`, { payer_name: '广州某公司' }), 404, 'not_found');
		refused(await other.delete(`/api/attachments/${file.id}`), 404, 'not_found');
		refused(await tus.create(other, 10, { application: j.no, material: 'm2', filename: 'x.png', filetype: 'image/png' }), 404, 'not_found');
	});
	await j.owner.want(200, 'GET', `/api/attachments/${file.id}`);
});

test('missing materials: all are named at once', async () => {
	const j = await Journey.to('printed');
	const a = await j.owner.post(`${j.url}/submit`);
	refused(a, 422, 'invalid');
	const text = JSON.stringify(a.json.errors);
	for (const m of ['m1', 'm2', 'm3']) assert.ok(text.includes(m), `${m} is not named: ${text}`);
	await j.become('printed');
});

test('an unprinted case cannot be submitted', async () => {
	const j = await Journey.to('filled').catch(() => null) || await Journey.draft();
	if (j.case.state === 'draft' && !j.typed) await j.fill();
	const a = await j.owner.post(`${j.url}/submit`);
	assert.ok([409, 422].includes(a.status), String(a.status));
	await j.become('draft');
});

test('a combination that is not offered', async () => {
	const c = await applicant();
	for (const body of [{ service: 'new', holder: 'org', channel: 'online' }, { service: 'fly', holder: 'org', channel: 'post' }, { service: 'add', holder: 'ind', channel: 'post' }]) {
		const a = await c.want(422, 'POST', '/api/applications', body);
		assert.ok(a.json.errors.length);
	}
});

test('forbidden transitions are 409', async () => {
	const j = await Journey.to('submitted', { seals: false });
	const desk = await staff('desk1'), make = await staff('producer1'), two = await staff('reviewer1');
	await unchanged(j, async (now) => {
		const m = { match: now.version };
		refused(await two.post(`${j.desk}/approve`, undefined, m), 409, 'state');
		for (const what of ['accept', 'return']) {
			const a = await two.post(`${j.desk}/${what}`, undefined, m);
			assert.equal(a.status, 409, what);
		}
		assert.equal((await two.post(`${j.desk}/verdicts`, { items: [{ material: 'm1', verdict: 'pass' }] }, m)).status, 409);
		assert.equal((await make.post('/api/staff/production', { no: j.no, item: 1, sign_serial: data.serial(), enc_serial: data.serial(), not_before: data.today(), not_after: data.today(365) })).status, 409);
		assert.equal((await desk.post('/api/staff/parcels', { no: j.no, waybill: data.waybill() })).status, 409);
		assert.equal((await desk.post('/api/staff/pickups', { no: j.no, step: 'ready' })).status, 409);
		assert.equal((await j.owner.post(`${j.url}/form`)).status, 409);
		assert.equal((await tus.create(j.owner, 10, { application: j.no, material: 'm2', filename: 'x.png', filetype: 'image/png' })).status, 409);
	});
});

test('wrong role: 403', async () => {
	const j = await Journey.to('submitted', { seals: false });
	await unchanged(j, async (now) => {
		const m = { match: now.version };
		for (const user of ['producer1', 'finance1', 'desk1', 'auditor1']) {
			const c = await staff(user);
			refused(await c.post(`${j.desk}/claim`, undefined, m), 403, 'forbidden');
			refused(await c.post(`${j.desk}/accept`, undefined, m), 403, 'forbidden');
			refused(await c.post(`${j.desk}/approve`, undefined, m), 403, 'forbidden');
			/* the counter writes parcel labels and sees the holder: it may, on the record */
			if (user !== 'desk1') refused(await c.post(`${j.desk}/reveal`, { reason: '想看' }), 403, 'forbidden');
		}
		refused(await (await staff('clerk1')).post(`${j.desk}/approve`, undefined, m), 403, 'forbidden');
		refused(await (await staff('clerk1')).post('/api/staff/production', {}, { loose: true }), 403, 'forbidden');
		refused(await (await staff('admin1')).get(j.desk), 403, 'forbidden');
	});
});

test('an applicant is no staff, staff is no applicant', async () => {
	const j = await Journey.to('submitted', { seals: false });
	assert.equal((await j.owner.get(j.desk)).status, 401);
	assert.equal((await j.owner.post(`${j.desk}/claim`)).status, 401);
	const c = await staff('clerk1');
	assert.equal((await c.get(j.url)).status, 401);
});

test('the same person twice: two_persons', async () => {
	const j = await Journey.draft();
	j.reviewer = 'reviewer1';
	await j.fill();
	await j.print();
	await j.upload();
	await j.submit();
	await j.claim();
	await j.pass();
	await j.accept();
	await j.originals();
	await j.money();
	await j.become('second_review');
	await unchanged(j, async (now) => {
		refused(await (await staff('reviewer1')).post(`${j.desk}/approve`, undefined, { match: now.version }), 403, 'two_persons');
	});
	await j.approve('reviewer2');
});

test('too many verdicts at once, or about nothing', async () => {
	const j = await Journey.to('reviewing', { seals: false });
	const c = await staff('clerk1');
	const now = (await c.want(200, 'GET', j.desk)).json;
	for (const items of [[], [{ material: 'm9', verdict: 'pass' }], [{ material: 'm2', verdict: 'fail' }], [{ material: 'm2', verdict: 'fail', reasons: ['no_such_reason'] }],
		[{ material: 'm2', verdict: 'perhaps' }], [{ material: 'm2', verdict: 'pass' }, { material: 'm2', verdict: 'waive' }]]) {
		const a = await c.post(`${j.desk}/verdicts`, { items }, { match: now.version });
		assert.equal(a.status, 422, JSON.stringify(items));
	}
	refused(await c.post(`${j.desk}/verdicts`, { items: [{ material: 'm2', verdict: 'pass' }] }), 428, 'if_match_required');
	refused(await c.post(`${j.desk}/verdicts`, { items: [{ material: 'm2', verdict: 'pass' }] }, { match: 1 }), 412, 'stale');
	for (const what of ['return', 'accept']) {
		const a = await c.post(`${j.desk}/${what}`, undefined, { match: now.version });
		assert.ok([409, 422].includes(a.status), `${what} before every verdict: ${a.status}`);
		refused(await c.post(`${j.desk}/${what}`), 428, 'if_match_required');
	}
});

test('money that is none, or booked twice', async () => {
	const j = await Journey.to('accepted', { quick: true });
	const c = await staff('finance1');
	const good = { payer_name: '某公司', payer_account: data.account(), amount_fen: 100, value_date: data.today(), bank_serial: 'S' + data.digits(14), method: 'transfer' };
	for (const bad of [{ amount_fen: 0 }, { amount_fen: -100 }, { amount_fen: 1.5 }, { amount_fen: '100' }, { method: 'gift' }, { value_date: '2026-02-30' }, { bank_serial: null }, { amount_fen: Infinity }]) {
		const a = await c.post(`${j.desk}/payments`, { ...good, ...bad });
		assert.ok([400, 422].includes(a.status), `${JSON.stringify(bad)}: ${a.status}`);
	}
	await c.want(201, 'POST', `${j.desk}/payments`, good);
	const again = await c.post(`${j.desk}/payments`, good);
	assert.equal(again.status, 409, 'one bank line was booked twice');
	const pay = (await j.owner.want(200, 'GET', `${j.url}/payment`)).json;
	assert.equal(pay.received_fen, 100);
});

test('staff: wrong password, wrong code, unknown name look the same', async () => {
	const a = account('auditor2');
	const c = new Client();
	const tries = [
		{ user: a.user, password: 'wrong-password-1', totp: totp(a.totp_secret, 1) },
		{ user: a.user, password: a.password, totp: '000000' },
		{ user: 'nobody', password: a.password, totp: '123456' },
	];
	const answers = [];
	for (const t of tries) {
		const x = await c.want(401, 'POST', '/api/staff/session', t);
		assert.equal(x.headers['set-cookie'], undefined);
		delete x.json.instance;
		answers.push(x.json);
	}
	assert.deepEqual(answers[1], answers[0]);
	assert.deepEqual(answers[2], answers[0]);
});

test('staff sign out, and the session is gone', async () => {
	const c = new Client();
	await c.staffSignIn(account('admin2'));
	const held = new Map(c.jar);
	await c.want(204, 'DELETE', '/api/staff/session');
	c.jar = held;
	await c.want(401, 'GET', '/api/staff/queues');
	assert.equal((await c.want(200, 'GET', '/api/staff/session')).json.signed_in, false);
});

test('a one-time code of staff counts once', async () => {
	const a = account('auditor1');
	const c = new Client();
	await c.staffSignIn(a);
	const code = totp(a.totp_secret);
	const codes = [totp(a.totp_secret, -1), code, totp(a.totp_secret, 1)];
	let ok = 0;
	for (const t of codes) {
		const x = await new Client().post('/api/staff/session', { user: a.user, password: a.password, totp: t });
		if (x.status === 201) ok++;
	}
	for (const t of codes) {
		const x = await new Client().post('/api/staff/session', { user: a.user, password: a.password, totp: t });
		assert.equal(x.status, 401, 'a used code was taken again');
	}
	assert.ok(ok <= 2);
});

test('personal numbers are masked for staff until a reason is given', async () => {
	const j = await Journey.to('submitted', { seals: false });
	const c = await staff('clerk1');
	const a = await c.want(200, 'GET', j.desk);
	const text = JSON.stringify(a.json);
	for (const secret of [j.typed.agent.id_number, j.owner.phone, j.typed.remittance.payer_account]) assert.ok(!text.includes(secret), `staff sees ${secret}`);
	assert.ok(text.includes(j.typed.unit.name) && text.includes(j.typed.unit.uscc), 'unit name and code are public');
	await c.want(422, 'POST', `${j.desk}/reveal`, { reason: '' });
	const r = await c.want(200, 'POST', `${j.desk}/reveal`, { reason: '核对身份证号码' });
	assert.equal(r.json.agent.id_number, j.typed.agent.id_number);
	assert.match(r.headers['cache-control'], /no-store/);
});

test('files of a case are shown to those who work on it', async () => {
	const j = await Journey.to('submitted', { seals: false });
	await j.look();
	const id = j.case.materials.find((m) => m.code === 'm3').files[0].id;
	const c = await staff('clerk2');
	assert.equal((await new Client().get(`/api/staff/attachments/${id}/pages/1`)).status, 401);
	const before = await c.get(`/api/staff/attachments/${id}/pages/1`);
	assert.ok([403, 404, 409].includes(before.status), `shown without a claim: ${before.status}`);
	await j.claim('clerk2');
	const a = await c.want(200, 'GET', `/api/staff/attachments/${id}/pages/1`);
	assert.equal(a.body.subarray(0, 2).toString('hex'), 'ffd8');
	assert.match(a.headers['cache-control'], /no-store/);
	assert.match(a.headers['x-content-type-options'], /nosniff/);
	const original = await c.want(200, 'GET', `/api/staff/attachments/${id}`);
	assert.match(original.headers['content-disposition'], /^attachment; filename\*=UTF-8''/);
	assert.match(original.headers['content-security-policy'], /sandbox/);
});

test('writing twice without a key creates two cases, with a key one', async () => {
	const c = await applicant();
	const body = { service: 'new', holder: 'org', channel: 'post' };
	const a = await c.want(201, 'POST', '/api/applications', body), b = await c.want(201, 'POST', '/api/applications', body);
	assert.notEqual(a.json.no, b.json.no);
	const k = key();
	const d = await c.want(201, 'POST', '/api/applications', body, { key: k }), e = await c.want(201, 'POST', '/api/applications', body, { key: k });
	assert.equal(d.json.no, e.json.no);
});

test('paging: no case is missing or comes twice', async () => {
	const c = await applicant();
	const made = [];
	for (let i = 0; i < 7; i++) made.push((await c.want(201, 'POST', '/api/applications', { service: 'new', holder: 'org', channel: 'post' })).json.no);
	const got = [];
	let after = '';
	for (let pages = 0; pages < 10; pages++) {
		const a = (await c.want(200, 'GET', `/api/applications?limit=3${after}`)).json;
		got.push(...a.items.map((x) => x.no));
		if (!a.next) break;
		after = '&after=' + encodeURIComponent(a.next);
	}
	assert.deepEqual([...got].sort(), [...made].sort());
	for (const bad of ['limit=0', 'limit=100000', 'limit=x', 'after=%27%20OR%201=1', 'page=2']) {
		const a = await c.get(`/api/applications?${bad}`);
		assert.ok([400, 422].includes(a.status), `${bad}: ${a.status}`);
	}
});
