'use strict';
/* Who looked at what: found by person, case, kind and days, page by page, by auditors alone; each search is in the book
 * itself; nothing personal is shown; and the database walks an index. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { Journey } = require('../lib/journey');
const { staff } = require('../lib/staff');
const { portal } = require('../lib/mariadb');

const AUDIT = '/api/staff/audit';
const db = portal();
test.after(() => db.close());
const search = async (query) => (await (await staff('auditor1')).want(200, 'GET', `${AUDIT}?${new URLSearchParams(query)}`)).json;
const today = () => new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10);
const day = (n) => new Date(Date.now() + 8 * 3600000 + n * 86400000).toISOString().slice(0, 10);
let j;

test.before(async () => {
	j = await Journey.to('submitted', { seals: false });
	const clerk = await staff('clerk1');
	await clerk.want(200, 'GET', `/api/staff/applications/${j.no}`);
	await clerk.want(200, 'POST', `/api/staff/applications/${j.no}/reveal`, { reason: '核对证件𬭊' });
	await (await staff('reviewer1')).want(200, 'GET', `/api/staff/applications/${j.no}`);
});

test('by case: who opened it and who saw it in full, newest first, also as it is typed', async () => {
	const { items, next } = await search({ object: j.no });
	assert.equal(next, null);
	const seqs = items.map((r) => r.seq);
	assert.deepEqual(seqs, [...seqs].sort((a, b) => b - a));
	const of = (action) => items.filter((r) => r.action === action).map((r) => r.user);
	assert.deepEqual(of('reveal'), ['clerk1']);
	assert.ok(of('case_view').includes('reviewer1') && of('case_view').includes('clerk1'));
	const reveal = items.find((r) => r.action === 'reveal');
	assert.deepEqual([reveal.kind, reveal.action_name, reveal.detail, reveal.object], ['reveal', '查看完整信息', '核对证件𬭊', j.no]);
	const applicant = items.find((r) => r.actor === 'applicant');
	assert.deepEqual([applicant.user, applicant.name, applicant.addr], [null, null, null]);
	assert.ok((await search({ object: `${j.no.toLowerCase().slice(0, 6)}-${j.no.slice(6)}` })).items.length >= items.length);
});

test('by person, kind and days together', async () => {
	const hit = (await search({ object: j.no, staff: 'clerk1', kind: 'reveal', from: today(), until: today() })).items;
	assert.deepEqual(hit.map((r) => r.action), ['reveal']);
	for (const none of [{ staff: 'clerk2' }, { kind: 'export' }, { until: day(-1) }, { from: day(1) }]) assert.deepEqual((await search({ object: j.no, staff: 'clerk1', kind: 'reveal', ...none })).items, [], JSON.stringify(none));
	for (const r of (await search({ kind: 'reveal' })).items) assert.equal(r.kind, 'reveal');
	for (const r of (await search({ staff: 'clerk1' })).items) assert.equal(r.user, 'clerk1');
});

/* Without the searches, which add rows while we look. */
const others = (page) => page.items.filter((r) => r.action !== 'audit_search').map((r) => r.seq);

test('page by page nothing is missed and nothing comes twice, whatever is asked', async () => {
	for (const query of [{ object: j.no }, { object: j.no, kind: 'view' }, { kind: 'sign', from: day(-1) }, { until: day(1) }]) {
		const seen = [];
		for (let after = null, pages = 0; ; pages++) {
			const page = await search({ ...query, limit: 3, ...(after ? { after } : {}) });
			seen.push(...others(page));
			if (!page.next || seen.length > 60) break;
			assert.notEqual(page.next, after);
			after = page.next;
			assert.ok(pages < 100);
		}
		assert.equal(new Set(seen).size, seen.length, JSON.stringify(query));
		const all = others(await search({ ...query, limit: 100 }));
		assert.ok(seen.length > 1, JSON.stringify(query));
		assert.deepEqual(seen.slice(0, all.length), all.slice(0, seen.length), JSON.stringify(query));
	}
});

test('the search is in the book, with what was asked for; auditors only', async () => {
	await search({ object: j.no, staff: 'clerk1', from: today() });
	const [last] = (await search({ kind: 'audit', staff: 'auditor1', object: j.no })).items.filter((r) => r.detail.includes('clerk1'));
	assert.deepEqual([last.action, last.object, last.detail], ['audit_search', j.no, `staff=clerk1 from=${today()}`]);
	for (const who of ['clerk1', 'supervisor1', 'admin1', 'finance1']) {
		const a = await (await staff(who)).get(AUDIT);
		assert.deepEqual([a.status, a.json.code], [403, 'forbidden']);
	}
});

test('what cannot be asked', async () => {
	const c = await staff('auditor1');
	for (const [query, want] of [
		[{ staff: 'nobody_here' }, '#/staff unknown'],
		[{ from: day(0), until: day(-2) }, '#/until range'],
		[{ kind: 'everything' }, '#/kind'],
		[{ from: '2026-02-30' }, '#/from'],
		[{ limit: 1000 }, '#/limit'],
	]) {
		const a = await c.get(`${AUDIT}?${new URLSearchParams(query)}`, { loose: true });
		assert.equal(a.status, 422, JSON.stringify(query));
		assert.ok(`${a.json.errors[0].pointer} ${a.json.errors[0].code}`.startsWith(want), JSON.stringify(a.json.errors));
	}
});

test('nothing personal in what is found', async () => {
	const text = JSON.stringify(await search({ object: j.no, limit: 100 }));
	const data = (await (await staff('clerk1')).want(200, 'POST', `/api/staff/applications/${j.no}/reveal`, { reason: '再核对' })).json;
	for (const part of ['agent', 'person']) for (const name of ['id_number', 'phone', 'name']) if (data[part] && data[part][name]) assert.ok(!text.includes(data[part][name]), `${part}.${name}`);
});

test('every walk goes by an index', async () => {
	const plan = async (where) => (await db.run(`EXPLAIN SELECT seq, at, action FROM audit WHERE ${where} AND seq<999999999 AND seq>=1 ORDER BY seq DESC LIMIT 51`))[0];
	for (const [where, key] of [[`object='${j.no}'`, 'audit_object'], [`actor='staff' AND actor_id=1`, 'audit_actor'], [`action='reveal'`, 'audit_action'], ['seq>0', 'PRIMARY']]) {
		const row = await plan(where);
		assert.equal(row[5], key, row.join(' '));
		assert.ok(!/filesort|temporary/i.test(row.join(' ')), row.join(' '));
	}
	assert.equal((await db.run('EXPLAIN SELECT seq FROM audit WHERE at>=1 ORDER BY at, seq LIMIT 1'))[0][5], 'audit_at');
});
