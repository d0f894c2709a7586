'use strict';
/* An insider who browses: scans of cases that are not his are never shown, whatever he shows leaves one row in the chain, and
 * looking at unusually much is told to those who oversee, who look into it. */
const test = require('node:test');
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const data = require('../lib/data');
const { key } = require('../lib/client');
const { Journey } = require('../lib/journey');
const { staff } = require('../lib/staff');
const { several } = require('../lib/dual');
const { portalctl } = require('../lib/certificates');
const { portal } = require('../lib/mariadb');
const { everywhere } = require('../lib/worker');

const ALARMS = '/api/staff/audit/alarms';
const CASES = 200, REVEAL = 5, REFUSED = 20;
const db = portal();
const made = crypto.randomBytes(12).toString('hex');
let j, file;

/* As many cases with a scan each: copies of one, told apart by their ids, in no list of anybody, gone afterwards. */
async function copies() {
	const columns = async (table, not) => (await db.run(`SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME='${table}' AND EXTRA NOT LIKE '%GENERATED%'`)).map(([c]) => c).filter((c) => !not.includes(c));
	const copy = async (table, change, where) => {
		const rest = await columns(table, Object.keys(change).concat(table === 'application' ? 'id' : []));
		await db.run(`INSERT INTO ${table} (${[...Object.keys(change), ...rest].join()}) SELECT ${[...Object.values(change), ...rest].join()} FROM ${table} WHERE ${where}`);
	};
	const ids = [];
	for (let i = 0; i < CASES; i++) {
		const no = `'X${made.slice(0, 12)}${i}'`, id = made + String(i).padStart(8, '0');
		await copy('application', { no, state: "'draft'", submitted_at: 'NULL', claim_by: 'NULL', claim_until: 'NULL', reviewer1: 'NULL', reviewer2: 'NULL' }, `no='${j.no}'`);
		await copy('attachment', { id: `'${id}'`, application_id: `(SELECT a.id FROM application a WHERE a.no=${no})` }, `id='${file}'`);
		await copy('attachment_page', { attachment_id: `'${id}'` }, `attachment_id='${file}'`);
		ids.push(id);
	}
	return ids;
}
const gone = async () => {
	await db.run(`DELETE FROM attachment_page WHERE attachment_id LIKE '${made}%'`);
	await db.run(`DELETE FROM attachment WHERE id LIKE '${made}%'`);
	await db.run(`DELETE FROM application WHERE no LIKE 'X${made.slice(0, 12)}%'`);
};
const set = async (name, value) => {
	const c = await staff('supervisor1'), now = (await c.want(200, 'GET', '/api/staff/settings')).json.items.find((s) => s.name === name);
	if (now.value !== value) await c.want(200, 'POST', `/api/staff/settings/${name}`, { value, reason: '提醒数' }, { match: now.version });
};
const mine = async (user, by = 'supervisor1') => (await (await staff(by)).want(200, 'GET', ALARMS)).json.items.filter((a) => a.user === user);
const rows = async (user, action) => Number(await db.one(`SELECT COUNT(*) FROM audit a JOIN staff s ON s.id=a.actor_id AND a.actor='staff' WHERE s.user='${user}' AND a.action='${action}'`));
const warned = async (by) => (await (await staff(by)).want(200, 'GET', '/api/staff/session')).json.warnings.some((w) => w.code === 'looks' && w.url === '/staff/audit.html');

test.before(async () => {
	j = await Journey.to('submitted', { seals: false });
	file = j.case.materials.find((m) => m.code === 'm3').files[0].id;
	await set('look.reveal', String(REVEAL));
	await set('look.refused', String(REFUSED));
	await everywhere();
});
test.after(async () => {
	await gone();
	await set('look.reveal', '60');
	db.close();
});

test('the scans of 200 cases that are nobody\'s: none is shown, each try is a row, the twenty-first raises an alarm, once', { timeout: 120000 }, async () => {
	const who = await several('reviewer'), ids = await copies();
	const before = await rows(who.user, 'file_view');
	const shown = [];
	for (const id of ids) {
		const a = await who.get(`/api/staff/attachments/${id}/pages/1`);
		if (a.status !== 404 || a.json.code !== 'not_found') shown.push(`${id}: ${a.status}`);
		if (id === ids[REFUSED - 1]) assert.deepEqual(await mine(who.user), [], 'too early');
	}
	assert.deepEqual(shown, []);
	assert.equal(await rows(who.user, 'file_refused'), CASES);
	assert.equal(await rows(who.user, 'file_view'), before);
	const alarms = await mine(who.user);
	assert.deepEqual(alarms.map((a) => [a.kind, a.looks, a.own, a.seen_at, a.day]), [['refused', REFUSED + 1, false, null, data.today()]]);
	assert.equal(await rows(who.user, 'look_alarm'), 1);
	/* The control: what is refused would be shown to who holds the case. */
	const holder = await staff('clerk1');
	await j.claim('clerk1');
	assert.equal((await holder.get(`/api/staff/attachments/${file}/pages/1`)).status, 200);
});

test('the same case many times is one look; each is a row of the chain, which holds', async () => {
	const who = await several('clerk'), cases = [];
	for (let i = 0; i <= REVEAL; i++) cases.push(await Journey.draft());
	const reveal = (c) => who.want(200, 'POST', `${c.desk}/reveal`, { reason: '核对证件号码䶮' }, { key: key() });
	for (let i = 0; i < 8; i++) await reveal(cases[0]);
	for (const c of cases.slice(1, REVEAL)) await reveal(c);
	assert.equal(await rows(who.user, 'reveal'), 8 + REVEAL - 1);
	assert.deepEqual(await mine(who.user), []);
	await reveal(cases[REVEAL]);
	await reveal(cases[REVEAL]);
	assert.deepEqual((await mine(who.user)).map((a) => [a.kind, a.looks]), [['reveal', REVEAL + 1]]);
	const out = portalctl('verify-audit');
	assert.equal(out.status, 0, out.stdout + out.stderr);
});

test('told to those who oversee, settled by one of them who is somebody else; both are on record', async () => {
	const boss = await several('supervisor', 'clerk'), cases = [];
	for (let i = 0; i <= REVEAL; i++) cases.push(await Journey.draft());
	for (const c of cases) await boss.want(200, 'POST', `${c.desk}/reveal`, { reason: '抽查' }, { key: key() });
	const [own] = (await boss.want(200, 'GET', ALARMS)).json.items.filter((a) => a.user === boss.user);
	assert.equal(own.own, true);
	const settle = (c, note = '当天代班，逐件核对过') => c.post(`${ALARMS}/${own.id}/seen`, { note }, { key: key() });
	const no = await settle(boss);
	assert.deepEqual([no.status, no.json.code], [403, 'two_persons']);
	for (const user of ['clerk1', 'admin1', 'finance1']) {
		assert.equal((await (await staff(user)).get(ALARMS)).status, 403, user);
		assert.equal((await settle(await staff(user))).status, 403, user);
		assert.equal(await warned(user), false, user);
	}
	for (const user of ['supervisor1', 'auditor1']) assert.equal(await warned(user), true, user);
	const got = await Promise.all(['supervisor1', 'auditor1', 'supervisor1', 'auditor1'].map(async (user) => settle(await staff(user))));
	assert.deepEqual(got.map((a) => a.status).sort(), [200, 409, 409, 409]);
	const [now] = await mine(boss.user);
	assert.deepEqual([now.note, ['supervisor1', 'auditor1'].includes(now.seen_by) || !!now.seen_by], ['当天代班，逐件核对过', true]);
	await assert.rejects(db.run(`UPDATE look_alarm SET seen_by=staff_id WHERE id=${own.id}`), /CONSTRAINT|constraint/);
	const found = (await (await staff('auditor1')).want(200, 'GET', `/api/staff/audit?kind=alarm&object=${boss.user}`)).json.items.map((r) => [r.action, r.detail]);
	assert.deepEqual(found, [['alarm_settle', '当天代班，逐件核对过'], ['look_alarm', `reveal ${REVEAL + 1}`]]);
	assert.equal((await (await staff('supervisor1')).post(`${ALARMS}/999999999/seen`, { note: '没有' }, { key: key() })).status, 404);
});
