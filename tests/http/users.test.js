'use strict';
/* Staff accounts: added and locked by one administrator, roles and one-time codes changed by two; the first sign-in opens
 * nothing but setting password and code; what each refusal says. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { Client, key } = require('../lib/client');
const { staff, account } = require('../lib/staff');
const { propose, decide, dual } = require('../lib/dual');
const { USERS, found, act, added, signIn, setUp } = require('../lib/accounts');
const { portal } = require('../lib/mariadb');
const { totp } = require('../lib/totp');

const PROPOSALS = '/api/staff/proposals';
const problem = (a, status, code) => assert.deepEqual([a.status, a.json && a.json.code], [status, code], JSON.stringify(a.json));
const faults = (a) => (a.json.errors || []).map((e) => `${e.pointer.slice(1)} ${e.code}`);
const db = portal();
test.after(() => db.close());
/* A password costs a third of a second: the first newcomer, once in, is the one of most other tests. */
let w;
/* As when the next half minute had come, and the quarter of an hour in which attempts are counted had passed. */
const later = (user) => db.run(`UPDATE staff SET totp_step=0, failures=0, locked_until=0 WHERE user='${user}'`).then(() => db.run('DELETE FROM rate'));
const give = (user, roles, by, other) => dual('roles', { user, roles, reason: '新同事到岗' }, by, other);

test('first sign-in: the initial password opens nothing but its change and the binding of a code', async () => {
	const made = await added('欧阳䶮');
	assert.deepEqual([made.roles, made.totp, made.password_initial, made.locked, made.signed_in_at], [[], false, true, false, null]);
	assert.match(made.password, /^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
	await give(made.user, ['clerk']);
	const c = new Client();
	assert.equal((await signIn(made, c)).status, 201);
	assert.deepEqual([c.me.setup, c.me.permissions, c.me.roles], [true, ['account'], ['clerk']]);
	for (const path of ['/api/staff/queues', '/api/staff/applications?queue=all', '/api/staff/calendar', PROPOSALS]) problem(await c.get(path), 403, 'forbidden');
	const post = (path, json) => c.post(`/api/staff/me/${path}`, json);
	problem(await post('totp/confirm', { code: '123456' }), 409, 'state');
	for (const [json, want] of [
		[{ old: made.password, password: 'Kurz-1' }, '/password too_short'],
		[{ old: made.password, password: made.password }, '/password weak'],
		[{ old: made.password, password: `A1-${made.user}-xyz` }, '/password weak'],
		[{ old: made.password, password: 'abababab12121212' }, '/password weak'],
		[{ old: made.password, password: 'onlysmallletters' }, '/password weak'],
		[{ old: 'not-it-at-all', password: 'Guangzhou-2026-xj' }, '/old wrong'],
	]) assert.deepEqual(faults(await post('password', json)), [want], JSON.stringify(json));
	const before = new Map(c.jar);
	const changed = await c.want(201, 'POST', '/api/staff/me/password', { old: made.password, password: ' 广州 Zheng yin 𠮷 7 ' });
	c.csrf = changed.json.csrf;
	assert.equal(changed.json.setup, true, 'a code is still missing');
	assert.notDeepEqual([...c.jar], [...before], 'a new token');
	const old = new Client();
	old.jar = before;
	problem(await old.get('/api/staff/me'), 401, 'sign_in');
	const secret = (await c.want(201, 'POST', '/api/staff/me/totp', {})).json;
	assert.match(secret.uri, new RegExp(`^otpauth://totp/[%A-F0-9]+:${made.user}\\?secret=${secret.secret}&issuer=`));
	assert.match(secret.svg, /^<svg [^>]*viewBox/);
	problem(await c.get('/api/staff/queues'), 403, 'forbidden');
	assert.deepEqual(faults(await post('totp/confirm', { code: totp(secret.secret, 5) })), ['/code wrong']);
	const used = totp(secret.secret);
	const done = await c.want(201, 'POST', '/api/staff/me/totp/confirm', { code: used });
	c.csrf = done.json.csrf;
	assert.equal(done.json.setup, false);
	assert.ok(done.json.permissions.includes('case_review'));
	await c.want(200, 'GET', '/api/staff/queues');
	/* from now on both, and a code serves once */
	const again = { user: made.user, password: ' 广州 Zheng yin 𠮷 7 ', secret: secret.secret };
	problem(await signIn({ ...again, secret: '' }), 401, 'credentials');
	problem(await signIn({ ...again, code: used }), 401, 'credentials');
	assert.equal((await signIn({ ...again, shift: 1 })).status, 201);
	const row = await found(made.user);
	w = { ...again, shift: 1, client: c };
	assert.deepEqual([row.totp, row.password_initial, row.sessions, row.roles], [true, false, 2, ['clerk']]);
	assert.ok(row.signed_in_at);
	assert.equal(await db.one(`SELECT COUNT(*) FROM audit WHERE object='${made.user}' AND action IN ('staff_add','staff_roles','staff_password','staff_totp')`), '5');
});

test('what does not make an account; an initial password ends', async () => {
	const admin = await staff('admin1');
	const add = (json) => admin.post(USERS, json);
	for (const [json, want] of [
		[{ user: 'clerk1', name: '林小𬭊' }, '/user taken'],
		[{ user: 'Große', name: '林小𬭊' }, '/user word'],
		[{ user: '1abc', name: '林小𬭊' }, '/user account'],
		[{ user: 'ab', name: '林小𬭊' }, '/user too_short'],
		[{ user: 'lin_x', name: '' }, '/name missing'],
	]) {
		const a = await add(json);
		assert.equal(a.status, 422, JSON.stringify(json));
		assert.equal(faults(a)[0].split(' ')[0], want.split(' ')[0], `${JSON.stringify(json)} ${faults(a)}`);
	}
	for (const who of ['clerk1', 'supervisor1', 'auditor1']) problem(await (await staff(who)).post(USERS, { user: 'lin_y', name: '林小𬭊' }), 403, 'forbidden');
	const late = await added('林小𬭊');
	await db.run(`UPDATE staff SET password_ends_at=1 WHERE user='${late.user}'`);
	problem(await signIn(late), 401, 'credentials');
	const fresh = await act(late.user, 'password', { reason: '初始密码过期' });
	assert.equal(fresh.status, 200, JSON.stringify(fresh.json));
	assert.equal((await signIn({ user: late.user, password: fresh.json.password })).status, 201);
});

test('lock, unlock, force out: at once, not oneself, with the version that was read', async () => {
	await later(w.user);
	await w.client.want(200, 'GET', '/api/staff/queues');
	const admin = await staff('admin1');
	problem(await admin.post(`${USERS}/${w.user}/lock`, { reason: '离岗' }), 428, 'if_match_required');
	problem(await admin.post(`${USERS}/${w.user}/lock`, { reason: '离岗' }, { match: 999 }), 412, 'stale');
	problem(await act('admin1', 'lock'), 403, 'two_persons');
	problem(await act('admin1', 'sign-out'), 403, 'two_persons');
	problem(await act('admin1', 'password'), 403, 'two_persons');
	problem(await act(w.user, 'unlock'), 409, 'state');
	problem(await admin.post(`${USERS}/nobody_here/lock`, { reason: '离岗' }, { match: 1 }), 404, 'not_found');
	problem(await (await staff('supervisor1')).post(`${USERS}/${w.user}/lock`, { reason: '离岗' }, { match: 1 }), 403, 'forbidden');
	const out = await act(w.user, 'sign-out', { reason: '电脑遗失' });
	assert.equal(out.json.sessions, 0);
	problem(await w.client.get('/api/staff/queues'), 401, 'sign_in');
	await db.run(`UPDATE session SET ends_at=UNIX_TIMESTAMP()+900 WHERE staff_id=(SELECT id FROM staff WHERE user='${w.user}')`);
	await w.client.want(200, 'GET', '/api/staff/queues');
	const locked = await act(w.user, 'lock', { reason: '离职' });
	assert.deepEqual([locked.status, locked.json.locked, locked.json.sessions], [200, true, 0]);
	problem(await w.client.get('/api/staff/queues'), 401, 'sign_in');
	problem(await signIn(w), 401, 'credentials');
	problem(await act(w.user, 'lock'), 409, 'state');
	problem(await act(w.user, 'password'), 409, 'state');
	assert.equal((await act(w.user, 'unlock', { reason: '复职' })).json.locked, false);
	assert.equal((await signIn(w, w.client)).status, 201);
	assert.equal(await db.one(`SELECT GROUP_CONCAT(action,' ',detail ORDER BY seq) FROM audit WHERE object='${w.user}' AND action IN ('staff_lock','staff_unlock','staff_end_sessions')`), 'staff_end_sessions 电脑遗失,staff_lock 离职,staff_unlock 复职');
});

test('wrong attempts lock, for twice as long each time; an administrator unlocks', async () => {
	const wrong = { ...w, password: 'falsch-falsch-1' };
	for (const [failures, lasts] of [[3, 0], [4, 900], [5, 0], [9, 1800], [99, 14400]]) {
		await db.run(`UPDATE staff SET failures=${failures}, locked_until=0 WHERE user='${w.user}'`);
		problem(await signIn(wrong), 401, 'credentials');
		const s = Number(await db.one(`SELECT GREATEST(0, CAST(locked_until AS SIGNED)-UNIX_TIMESTAMP()) FROM staff WHERE user='${w.user}'`));
		assert.ok(s <= lasts && s >= lasts - 60, `after ${failures} and one more: ${s} s`);
	}
	await db.run(`UPDATE staff SET totp_step=0 WHERE user='${w.user}'`);
	problem(await signIn(w), 401, 'credentials');
	assert.ok((await found(w.user)).locked_until);
	assert.equal((await act(w.user, 'unlock', { reason: '本人来电' })).json.locked_until, null);
	assert.equal((await signIn(w)).status, 201);
	assert.equal(await db.one(`SELECT failures FROM staff WHERE user='${w.user}'`), '0');
});

test('roles: two persons, neither of them the one it is about; they hold at once', async () => {
	const admin = await staff('admin1');
	await give(w.user, [], 'admin2', 'admin1');
	problem(await w.client.get('/api/staff/queues'), 403, 'forbidden');
	const ask = (json) => admin.post(`${PROPOSALS}/roles`, { reason: '岗位调整', ...json }, { key: key() });
	for (const [json, want] of [
		[{ user: w.user, roles: ['auditor', 'clerk'] }, '/roles apart'],
		[{ user: w.user, roles: ['admin', 'supervisor'] }, '/roles apart'],
		[{ user: w.user, roles: ['clerk', 'producer'] }, '/roles apart'],
		[{ user: w.user, roles: ['producer', 'reviewer'] }, '/roles apart'],
		[{ user: w.user, roles: ['king'] }, '/roles/0 unknown'],
		[{ user: w.user, roles: [] }, '/roles same'],
		[{ user: 'nobody_here', roles: ['clerk'] }, '/user unknown'],
	]) assert.deepEqual(faults(await ask(json)), [want], JSON.stringify(json));
	problem(await ask({ user: 'admin1', roles: [] }), 403, 'two_persons');
	const p = await propose('roles', { user: w.user, roles: ['reviewer', 'clerk'], reason: '顶岗' });
	assert.deepEqual(p.lines, [{ label: '岗位', before: '没有岗位', after: '受理、复审' }]);
	problem(await w.client.get('/api/staff/queues'), 403, 'forbidden');
	problem(await admin.post(`${PROPOSALS}/${p.id}/decision`, { decision: 'confirm' }), 403, 'two_persons');
	await decide(p, 'confirm', 'admin2');
	await w.client.want(200, 'GET', '/api/staff/queues');
	assert.deepEqual((await found(w.user)).roles, ['clerk', 'reviewer']);
	/* who it is about may confirm others', not this */
	await give(w.user, ['admin'], 'admin1', 'supervisor1');
	const own = await propose('roles', { user: w.user, roles: ['clerk'], reason: '调岗' });
	problem(await w.client.post(`${PROPOSALS}/${own.id}/decision`, { decision: 'confirm' }), 403, 'two_persons');
	assert.equal((await found(w.user)).roles.join(), 'admin');
	await decide(own, 'confirm', 'supervisor2');
	assert.deepEqual((await found(w.user)).roles, ['clerk']);
	problem(await w.client.get(USERS), 403, 'forbidden');
});

test('one working administrator is always left, also when two lock one another', async () => {
	const others = (await db.run(`SELECT s.id FROM staff s JOIN staff_role r ON r.staff_id=s.id WHERE r.role='admin' AND r.held=1 AND s.disabled=0 AND s.user NOT IN ('admin1','admin2')`)).map((r) => r[0]);
	if (others.length) await db.run(`UPDATE staff SET disabled=1 WHERE id IN (${others})`);
	const both = ['admin1', 'admin2'];
	for (const user of both) await staff(user);
	const one = await propose('roles', { user: 'admin2', roles: ['clerk'], reason: '调岗' });
	try {
		for (let round = 0; round < 5; round++) {
			const seen = await Promise.all(both.map((u) => found(u, 'supervisor1')));
			const got = await Promise.all(both.map((u, i) => staff(both[1 - i]).then((c) => c.post(`${USERS}/${u}/lock`, { reason: '互相' }, { match: seen[i].version }))));
			assert.equal(await db.one(`SELECT SUM(disabled) FROM staff WHERE user IN ('admin1','admin2')`), '1', JSON.stringify(got.map((a) => [a.status, a.json.code])));
			assert.equal(got.filter((a) => a.status === 200).length, 1);
			await db.run(`UPDATE staff SET disabled=0 WHERE user IN ('admin1','admin2')`);
			await db.run(`UPDATE session SET ends_at=UNIX_TIMESTAMP()+3600 WHERE ends_at=0 AND seen_at>UNIX_TIMESTAMP()-600 AND staff_id IN (SELECT id FROM staff WHERE user IN ('admin1','admin2'))`);
		}
		await db.run(`UPDATE staff SET disabled=1 WHERE user='admin1'`);
		const a = await (await staff('supervisor1')).post(`${PROPOSALS}/${one.id}/decision`, { decision: 'confirm' }, { key: key() });
		problem(a, 409, 'state');
		assert.match(a.json.detail, /最后一位/);
	} finally {
		await db.run(`UPDATE staff SET disabled=0 WHERE user IN ('admin1','admin2')`);
		if (others.length) await db.run(`UPDATE staff SET disabled=0 WHERE id IN (${others})`);
		await decide(one, 'decline', 'supervisor1', '不调了');
	}
});

test('a lost phone: taken away by two, bound again only with the code of who confirmed it', async () => {
	await give(w.user, ['finance']);
	await w.client.want(200, 'GET', '/api/staff/queues');
	problem(await act(w.user, 'code', {}), 409, 'state');
	problem(await (await staff('admin1')).post(`${PROPOSALS}/totp_reset`, { user: 'admin1', reason: '换手机' }, { key: key() }), 403, 'two_persons');
	await dual('totp_reset', { user: w.user, reason: '手机遗失，本人到场' });
	problem(await w.client.get('/api/staff/queues'), 401, 'sign_in');
	assert.deepEqual((({ totp, code_due }) => [totp, code_due])(await found(w.user)), [false, true]);
	const lost = { user: w.user, password: w.password };
	problem(await signIn(lost), 401, 'credentials');
	problem(await act(w.user, 'code', {}), 409, 'state');
	const got = await act(w.user, 'code', {}, 'supervisor1');
	assert.match(got.json.code, /^[A-Z2-7]{16}$/);
	assert.equal((await found(w.user)).code, undefined, 'shown once');
	problem(await signIn({ ...lost, code: 'A'.repeat(16) }), 401, 'credentials');
	/* who asked for it may hand out a password, but has no code */
	const again = (await act(w.user, 'password', { reason: '忘记密码' })).json;
	problem(await signIn({ user: w.user, password: again.password }), 401, 'credentials');
	const back = { user: w.user, password: again.password, code: got.json.code.toLowerCase(), client: new Client() };
	assert.equal((await signIn(back, back.client)).status, 201);
	assert.deepEqual(back.client.me.permissions, ['account']);
	await setUp(back);
	assert.ok(back.client.me.permissions.includes('money'));
	problem(await signIn({ ...lost, password: back.password, code: got.json.code }), 401, 'credentials');
	w = back;
});

test('one\'s own code is bound anew with the old one; attempts are counted', async () => {
	await later(w.user);
	const post = (path, json) => w.client.post(`/api/staff/me/${path}`, json);
	assert.deepEqual(faults(await post('totp', {})), ['/totp wrong']);
	assert.deepEqual(faults(await post('totp', { totp: totp(w.secret, 7) })), ['/totp wrong']);
	const next = await w.client.want(201, 'POST', '/api/staff/me/totp', { totp: totp(w.secret) });
	assert.notEqual(next.json.secret, w.secret);
	assert.equal((await signIn({ ...w, shift: 1 })).status, 201, 'until the new one is confirmed the old one serves');
	const done = await w.client.want(201, 'POST', '/api/staff/me/totp/confirm', { code: totp(next.json.secret) });
	w.client.csrf = done.json.csrf;
	await db.run(`UPDATE staff SET totp_step=0 WHERE user='${w.user}'`);
	problem(await signIn({ ...w, shift: 0 }), 401, 'credentials');
	assert.equal((await signIn({ ...w, secret: next.json.secret })).status, 201);
	const answers = [];
	await db.run(`UPDATE staff SET totp_step=0 WHERE user='${w.user}'`);
	await w.client.want(201, 'POST', '/api/staff/me/totp', { totp: totp(next.json.secret) });
	for (let i = 0; i < 7; i++) answers.push((await post('totp/confirm', { code: '000000' })).status);
	assert.deepEqual([answers[0], answers[6]], [422, 429]);
	await later(w.user);
});

test('accounts are listed for administrators and those who confirm, without secrets', async () => {
	for (const who of ['clerk1', 'auditor1', 'finance1']) problem(await (await staff(who)).get(USERS), 403, 'forbidden');
	const text = JSON.stringify((await (await staff('supervisor1')).want(200, 'GET', USERS)).json);
	assert.ok(text.includes('"clerk1"'));
	assert.ok(!/scrypt|totp_sealed|"password"|"code"/.test(text));
	assert.ok(!text.includes(account('clerk1').totp_secret));
});
