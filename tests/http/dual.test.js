'use strict';
/* Dual control: what one person proposes another has to confirm, in the SQL.  Each kind is tried by the same person, by
 * somebody without the right, and ten times at once; everything is put back. */
const test = require('node:test');
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const { key } = require('../lib/client');
const { staff } = require('../lib/staff');
const { propose, decide, dual, quiet, several } = require('../lib/dual');
const { applicant } = require('../lib/journey');
const { Walk, everybody } = require('../lib/walk');
const { subject, certificate, bring, status } = require('../lib/certificates');
const { handed, info } = require('../lib/money');
const { portal } = require('../lib/mariadb');

const LIST = '/api/staff/proposals';
const problem = (a, status, code) => assert.deepEqual([a.status, a.json.code], [status, code], JSON.stringify(a.json));
const faults = (a) => a.json.errors.map((e) => `${e.pointer} ${e.code}`);
const decision = (c, p, what, note, more = {}) => c.post(`${LIST}/${p.id}/decision`, { decision: what, ...(note ? { note } : {}) }, { key: key(), ...more });

const YEAR = 2087;
const csv = (...days) => 'day,kind,note,source\n' + days.map(([day, kind, note]) => `${day},${kind},${note},测试用的通知𬭊\n`).join('');
const EMPTY = csv([`${YEAR}-01-01`, 'off', '元旦']);
const DAY = `${YEAR}-02-03`; /* no money ever moved */
const fee = async () => (await (await staff('admin1')).want(200, 'GET', '/api/staff/settings')).json.items.find((s) => s.name === 'unlock.fee');
const holidays = async () => (await (await staff('admin1')).want(200, 'GET', `/api/staff/calendar?year=${YEAR}`)).json.days.map((d) => d.day);
const download = async (user) => (await (await staff(user)).get(`/api/staff/money/payments?from=${DAY}&to=${DAY}`)).status;
const random = (n) => crypto.randomInt(n);
const roles = async (user) => (await (await staff('admin1')).want(200, 'GET', '/api/staff/users')).json.items.find((one) => one.user === user).roles.join();
let turn = 0;
const COUNTER = { code: 'dual_counter', name: '双人网点䶮', address: '广州市天河区龙洞街道迎龙路199号', phone: '020-12345678', hours: '周一至周五', sort: 900 };
const counter = async () => (await (await staff('admin1')).want(200, 'GET', '/api/staff/branches')).json.items.find((b) => b.code === COUNTER.code);

/* before: as it has to be when the kind is proposed.  body: another one at each call.  held: does what was proposed hold? */
const KINDS = [
	{
		name: 'price', by: 'admin1', other: 'supervisor1', stranger: 'clerk1',
		body: () => ({ name: 'unlock.fee', value: String(random(400) + 1), reason: '收费调整，𠮷科长提出' }),
		held: async (body) => (await fee()).value === body.value,
	}, {
		name: 'calendar', by: 'supervisor1', other: 'admin1', stranger: 'finance1',
		body: () => ({ csv: csv([`${YEAR}-01-01`, 'off', '元旦'], [`${YEAR}-0${random(6) + 3}-1${random(9)}`, 'off', `调休${random(1e6)}䶮`]), reason: '按通知导入' }),
		held: async (body) => (await holidays()).includes(body.csv.split('\n')[2].slice(0, 10)),
	}, {
		name: 'branch', by: 'supervisor1', other: 'admin1', stranger: 'clerk1',
		body: () => ({ ...COUNTER, add: false, hours: `周一至周五9:00–17:00（第${random(1e9)}版）`, reason: '夏令时间𠮷' }),
		held: async (body) => (await counter()).hours === body.hours,
	}, {
		name: 'export_payments', by: 'finance1', other: 'finance2', stranger: 'supervisor1',
		body: () => ({ from: DAY, to: DAY, reason: '季度对账用' }),
		held: async () => (await download('finance1')) === 200 && (await download('finance2')) === 403,
		fresh: true, /* what was confirmed stays open for a day: not asked before */
	}, {
		name: 'roles', by: 'admin1', other: 'supervisor1', stranger: 'clerk1',
		body: () => ({ user: 'desk2', roles: ['desk', ['finance', 'clerk', 'reviewer'][turn++ % 3]], reason: '顶岗一周䶮' }),
		held: async (body) => (await roles('desk2')) === [...body.roles].sort().join(),
	}, {
		name: 'announcement', by: 'supervisor1', other: 'admin1', stranger: 'finance1',
		body: () => ({ title: `系统维护${random(1e9)}𬭊`, body: '夜间维护。', from: `20${60 + turn++}-03-01`, until: `20${60 + turn}-03-01`, reason: '维护窗口' }),
		held: async (body) => (await (await staff('admin1')).want(200, 'GET', '/api/staff/announcements')).json.items.some((n) => n.title === body.title && !n.ended_at),
	},
];

async function usual() {
	await quiet();
	if (!(await counter())) await dual('branch', { ...COUNTER, add: true, reason: '测试用' });
	if (!(await fee()).is_default) await dual('price', { name: 'unlock.fee', reset: true, reason: '恢复原价' });
	if ((await roles('desk2')) !== 'desk') await dual('roles', { user: 'desk2', roles: ['desk'], reason: '恢复原岗' });
	await db.run("UPDATE announcement SET ended_at=1, ended_by=1, end_checked_by=2 WHERE ended_at IS NULL AND title LIKE '系统维护%'");
	if ((await holidays()).join() !== `${YEAR}-01-01`) await dual('calendar', { csv: EMPTY, reason: '恢复原样' });
}
const db = portal();
test.before(async () => {
	await everybody();
	await usual();
});
test.after(async () => {
	await usual();
	await dual('branch', { ...COUNTER, closed: true, reason: '测试完毕' });
	db.close();
});

for (const k of KINDS) {
	test(`${k.name}: proposed by one, held only when another has confirmed it`, async () => {
		const [one, two, stranger] = [await staff(k.by), await staff(k.other), await staff(k.stranger)];
		const body = k.body();
		problem(await stranger.post(`${LIST}/${k.name}`, body, { key: key() }), 403, 'forbidden');
		const p = await propose(k.name, body, k.by);
		assert.deepEqual([p.state, p.mine, p.may_confirm, p.stale, p.decided_by], ['open', true, false, false, null]);
		assert.ok(p.lines.length && p.summary && p.kind_name);
		if (!k.fresh) assert.equal(await k.held(body), false, 'it holds before anybody confirmed it');
		problem(await one.post(`${LIST}/${k.name}`, body, { key: key() }), 409, 'conflict');
		problem(await decision(one, p, 'confirm'), 403, 'two_persons');
		problem(await decision(one, p, 'decline', '自己退回'), 403, 'two_persons');
		problem(await decision(two, p, 'withdraw'), 403, 'forbidden');
		problem(await decision(stranger, p, 'confirm'), 404, 'not_found');
		problem(await stranger.get(`${LIST}/${p.id}`), 404, 'not_found');
		assert.ok(!(await stranger.want(200, 'GET', LIST)).json.items.some((x) => x.id === p.id));
		const seen = (await two.want(200, 'GET', `${LIST}?kind=${k.name}`)).json.items.find((x) => x.id === p.id);
		assert.deepEqual([seen.mine, seen.may_confirm, seen.reason], [false, true, body.reason]);
		assert.ok((await two.want(200, 'GET', '/api/staff/session')).json.warnings.some((w) => w.code === 'proposals'));
		const done = await decide(p, 'confirm', k.other);
		assert.deepEqual([done.state, done.decided_by], ['done', two.me.name]);
		assert.equal(await k.held(body), true);
		problem(await decision(two, p, 'decline', '晚了'), 409, 'state');
		const past = (await one.want(200, 'GET', `${LIST}?state=closed&kind=${k.name}&limit=1`)).json;
		assert.deepEqual([past.items[0].id, past.items[0].by, past.next !== null], [p.id, one.me.name, true]);
	});

	test(`${k.name}: ten at once, one counts`, async () => {
		const [one, two] = [await staff(k.by), await staff(k.other)];
		const body = k.body();
		const asked = await Promise.all(Array.from({ length: 10 }, () => one.post(`${LIST}/${k.name}`, body, { key: key() })));
		assert.deepEqual(asked.map((a) => a.status).sort(), [201, ...Array(9).fill(409)], 'one proposal is open');
		const p = asked.find((a) => a.status === 201).json;
		const own = await Promise.all(Array.from({ length: 10 }, () => decision(one, p, 'confirm')));
		for (const a of own) problem(a, 403, 'two_persons');
		const got = await Promise.all(Array.from({ length: 10 }, (_, i) => (i % 3 === 2 ? decision(one, p, 'withdraw') : decision(two, p, i % 3 ? 'decline' : 'confirm', i % 3 ? '再想想' : undefined))));
		assert.equal(got.filter((a) => a.status === 200).length, 1, got.map((a) => a.status).join());
		for (const a of got.filter((x) => x.status !== 200)) problem(a, 409, 'state');
		const end = (await two.want(200, 'GET', `${LIST}/${p.id}`)).json;
		if (!k.fresh) assert.equal(await k.held(body), end.state === 'done', end.state);
	});
}

/* Acts on a case.  begin: gives the case, who has done the first half (may not do the second) and who may; ask: one try. */
const both = new Map();
const double = async (...roles) => {
	if (!both.has(roles.join())) both.set(roles.join(), await several(...roles));
	return both.get(roles.join());
};
const approve = (w) => (c) => c.post(`${w.desk}/approve`, undefined, { match: w.case.version, key: key() });
/* Up to the second review, claimed and accepted by somebody of both roles. */
async function reviewed(options) {
	const owner = await applicant();
	const whose = subject('org', owner.phone);
	const old = options.old ? bring([certificate(whose)]) : undefined;
	const w = await Walk.begin({ holder: 'org', ...options, owner, subject: whose, old });
	const maker = await double('clerk', 'reviewer');
	await w.fill();
	await w.handIn();
	await w.look();
	await maker.want(200, 'POST', `${w.desk}/claim`, undefined, { key: key() });
	await w.look();
	const items = w.case.materials.filter((m) => m.files.length || m.required).map((m) => ({ material: m.code, verdict: 'pass' }));
	await maker.want(200, 'POST', `${w.desk}/verdicts`, { items }, { match: w.case.version, key: key() });
	await w.look();
	await maker.want(200, 'POST', `${w.desk}/accept`, undefined, { match: w.case.version, key: key() });
	await w.closeGates();
	assert.equal(w.case.state, 'second_review');
	await w.rekey('reviewer1');
	return { maker, checker: await staff('reviewer1'), ask: approve(w), w };
}
const ACTS = {
	approval: { begin: () => reviewed({ service: 'reissue', channel: 'post', old: true }), done: async ({ w }) => { await w.look(); return w.case.state === 'approved'; } },
	revocation: { begin: () => reviewed({ service: 'revoke', channel: 'counter', old: true }), done: async ({ w }) => (await status(w.old[0].sign_serial)).status === 'revoked' },
	refund: {
		begin: async () => {
			const w = await handed(), pay = await info(w);
			await w.money('finance1', { amount_fen: pay.due_fen + 700 });
			const maker = await staff('finance1'), checker = await staff('finance2');
			const p = (await maker.want(200, 'GET', w.desk)).json.payments[0];
			const r = (await maker.want(201, 'POST', '/api/staff/refunds', { payment_id: p.id, amount_fen: 700, reason: '多付的部分' }, { key: key() })).json;
			return { maker, checker, r, ask: (c) => c.post(`/api/staff/refunds/${r.id}/approve`, undefined, { match: r.version, key: key() }) };
		},
		done: async ({ r, maker }) => (await maker.want(200, 'GET', `/api/staff/refunds/${r.id}`)).json.state === 'approved',
	},
	override: { /* the licence need not be shown: said by one, taken by another */
		begin: async () => {
			const owner = await applicant(), whose = subject('org', owner.phone);
			const w = await Walk.begin({ service: 'unlock', holder: 'org', channel: 'counter', owner, subject: whose, old: bring([certificate(whose)]) });
			await w.fill();
			await w.handIn();
			await w.accepted();
			const maker = await double('desk', 'supervisor');
			await maker.want(200, 'POST', `${w.desk}/waiver`, { reason: '执照在年检，𠮷科长已核实' }, { key: key() });
			await w.look();
			const copy = { items: [{ material: 'm2', copies: 1, without_original: true }] };
			return { maker, checker: await staff('desk1'), w, ask: (c) => c.post(`${w.desk}/originals`, copy, { match: w.case.version, key: key() }) };
		},
		done: async ({ w, checker }) => (await checker.want(200, 'GET', w.desk)).json.originals.some((o) => o.material === 'm2'),
		again: true, /* every copy that comes is another one */
	},
};
for (const [name, act] of Object.entries(ACTS)) {
	test(`${name}: not by the same person, and of ten at once one counts`, async () => {
		const it = await act.begin();
		const own = await Promise.all(Array.from({ length: 10 }, () => it.ask(it.maker)));
		for (const a of own) problem(a, 403, 'two_persons');
		assert.equal(await act.done(it), false, 'one person was enough');
		const got = await Promise.all(Array.from({ length: act.again ? 1 : 10 }, () => it.ask(it.checker)));
		assert.equal(got.filter((a) => a.status === 200).length, 1, got.map((a) => a.status).join());
		for (const a of got.filter((x) => x.status !== 200)) assert.ok([409, 412].includes(a.status), a.body.toString());
		assert.equal(await act.done(it), true);
	});
}

test('declined with a word, withdrawn by who asked: nothing changes, and it can be asked again', async () => {
	await usual();
	const two = await staff('supervisor1');
	const before = await fee();
	const p = await propose('price', { name: 'unlock.fee', value: '77', reason: '试一下' });
	const bare = await decision(two, p, 'decline');
	problem(bare, 422, 'invalid');
	assert.deepEqual(faults(bare), ['#/note missing']);
	assert.deepEqual((await decide(p, 'decline', 'supervisor1', '价格没有批过')).note, '价格没有批过');
	const q = await propose('price', { name: 'unlock.fee', value: '78', reason: '再试一下' });
	assert.equal((await decide(q, 'withdraw', 'admin1')).state, 'withdrawn');
	assert.deepEqual(await fee(), before);
});

test('what does not change anything, or is wrong, is refused when it is proposed', async () => {
	await usual();
	for (const [kind, body, want] of [
		['price', { name: 'unlock.fee', value: '0', reason: '没有变' }, '#/value same'], ['price', { name: 'unlock.fee', value: '501', reason: '太大' }, '#/value range'],
		['price', { name: 'correct.days', value: '9', reason: '不是价格' }, '#/name choice'], ['price', { name: 'unlock.fee', value: '9' }, '#/reason missing'],
		['calendar', { csv: EMPTY, reason: '没有变' }, '#/csv same'], ['calendar', { csv: 'x', reason: '不是日历' }, '#/lines/1 calendar_header'],
	]) {
		const a = await (await staff('admin1')).post(`${LIST}/${kind}`, body, { key: key() });
		problem(a, 422, 'invalid');
		assert.equal(faults(a)[0], want);
	}
	const a = await (await staff('finance1')).post(`${LIST}/export_payments`, { from: '2026-10-01', to: '2026-09-01', reason: '反了' }, { key: key() });
	problem(a, 422, 'invalid');
});

test('the direct ways are shut', async () => {
	const c = await staff('admin1');
	problem(await c.post('/api/staff/settings/unlock.fee', { value: '9', reason: '直接改' }, { match: (await fee()).version }), 403, 'two_persons');
	problem(await c.post('/api/staff/calendar', { csv: EMPTY, reason: '直接导入' }), 422, 'invalid');
	problem(await (await staff('finance2')).get('/api/staff/money/payments?from=2086-01-01&to=2086-01-31'), 403, 'two_persons');
});

test('a proposal made on what has changed since is stale: shown, not confirmed', async () => {
	await usual();
	const kept = await propose('calendar', { csv: csv([`${YEAR}-01-01`, 'off', '元旦'], [`${YEAR}-05-01`, 'off', '劳动节']), reason: '第一份' }, 'supervisor1');
	await db.run(`UPDATE proposal SET base='${'0'.repeat(64)}' WHERE id=${kept.id}`);
	const two = await staff('admin1');
	assert.equal((await two.want(200, 'GET', `${LIST}/${kept.id}`)).json.stale, true);
	problem(await decision(two, kept, 'confirm'), 412, 'stale');
	assert.deepEqual(await holidays(), [`${YEAR}-01-01`]);
	await decide(kept, 'decline', 'admin1', '已经变了');
});

test('the price is on record with both names; the table itself refuses one person', async () => {
	await usual();
	await dual('price', { name: 'unlock.fee', value: '66', reason: '记录两个人' });
	const past = (await (await staff('admin1')).want(200, 'GET', '/api/staff/settings/unlock.fee/history')).json.items[0];
	assert.deepEqual([past.by, past.checked_by], [(await staff('admin1')).me.name, (await staff('supervisor1')).me.name]);
	await assert.rejects(db.run(`UPDATE proposal SET decided_by=proposer_id WHERE state='done' LIMIT 1`), /CONSTRAINT|constraint/);
	await assert.rejects(db.run(`UPDATE setting_history SET checked_by=staff_id WHERE checked_by IS NOT NULL LIMIT 1`), /CONSTRAINT|constraint/);
	assert.equal(await db.one(`SELECT COUNT(*) FROM proposal WHERE payload_sealed LIKE '%unlock.fee%'`), '0', 'kept sealed');
});
