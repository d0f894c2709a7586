'use strict';
/* Announcements: two persons, text only, from one day to another; changed by another in their place; history kept. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const env = require('../lib/env');
const { Client, key } = require('../lib/client');
const { staff } = require('../lib/staff');
const { propose, decide, dual } = require('../lib/dual');
const { portal } = require('../lib/mariadb');

const LIST = '/api/staff/announcements';
const db = portal();
const day = (n) => new Date(Date.now() + 8 * 3600000 + n * 86400000).toISOString().slice(0, 10);
const text = (more) => ({ title: '前台搬迁通知𠮷', body: '十一月起前台搬到新址。\n<script>alert(1)</script>&amp; 请看清楚。', from: day(0), until: day(9), reason: '搬迁', ...more });
const items = async () => (await (await staff('supervisor1')).want(200, 'GET', LIST)).json.items;
const clear = () => db.run('UPDATE announcement SET ended_at=1, ended_by=1, end_checked_by=2 WHERE ended_at IS NULL');
test.before(clear);
test.after(async () => {
	await clear();
	db.close();
});

/* What the worker has made of it for the pages. */
async function shown(fits) {
	for (let end = Date.now() + 60000; ; await new Promise((r) => setTimeout(r, 200))) {
		const html = fs.readFileSync(path.join(env.varDir, 'gen/announcements.html'), 'utf8');
		if (fits(html)) return html;
		assert.ok(Date.now() < end, `it stays: ${html}`);
	}
}

test('what cannot be put up', async () => {
	const c = await staff('admin1');
	for (const [body, want] of [
		[{ title: null }, '#/title missing'], [{ body: null }, '#/body missing'], [{ from: null }, '#/from missing'], [{ until: null }, '#/until missing'],
		[{ until: day(-1) }, '#/until range'], [{ from: day(-9), until: day(-1) }, '#/until past'], [{ title: '长'.repeat(61) }, '#/title too_long'],
		[{ body: '长'.repeat(601) }, '#/body too_long'], [{ title: '两\n行' }, '#/title control'], [{ replaces: 999999 }, '#/replaces unknown'], [{ end: true }, '#/replaces unknown'],
	]) {
		const a = await c.post('/api/staff/proposals/announcement', text(body), { key: key(), loose: true });
		assert.equal(a.status, 422, JSON.stringify(body));
		assert.equal(`${a.json.errors[0].pointer} ${a.json.errors[0].code}`, want, JSON.stringify(a.json.errors));
	}
	for (const who of ['clerk1', 'auditor1']) assert.equal((await (await staff(who)).post('/api/staff/proposals/announcement', text(), { key: key() })).status, 403);
	for (const who of ['clerk1', 'finance1']) assert.equal((await (await staff(who)).get(LIST)).status, 403);
});

test('the longest title: the audit keeps as much of it as fits', async () => {
	const title = '告'.repeat(60), p = await propose('announcement', text({ title }));
	await decide(p, 'withdraw', 'admin1');
	assert.equal(p.subject, title);
	assert.equal(await db.one(`SELECT object FROM audit WHERE action='proposal_add' AND detail LIKE 'id ${p.id},%'`), `announcement ${'告'.repeat(46)}…`);
});

test('up, changed, down: each by two, shown as text, all of it kept', async () => {
	const p = await propose('announcement', text());
	assert.equal((await (await staff('admin1')).post(`/api/staff/proposals/${p.id}/decision`, { decision: 'confirm' })).json.code, 'two_persons');
	assert.ok(!(await items()).some((n) => n.title === text().title && n.state === 'shown'));
	await decide(p, 'confirm', 'supervisor1');
	const first = (await items())[0];
	assert.deepEqual([first.state, first.title, first.replaces, first.ended_at], ['shown', text().title, 0, null]);
	assert.notEqual(first.by, first.checked_by);
	const html = await shown((s) => s.includes('前台搬迁'));
	assert.ok(html.includes('<p>&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp; 请看清楚。</p>'), html);
	assert.ok(!html.includes('<script'));
	const visitor = new Client();
	for (const page of ['/', '/apply/start.html', '/apply/tasks.html']) assert.ok((await visitor.get(page, { check: false })).body.toString('utf8').includes('前台搬迁通知𠮷'), page);
	const same = await (await staff('admin1')).post('/api/staff/proposals/announcement', text({ replaces: first.id }), { key: key() });
	assert.equal(same.json.errors[0].code, 'same');
	/* two who want to change the same thing: the second proposal finds it gone */
	const other = text({ replaces: first.id, title: '前台搬迁（更正）䶮' });
	await dual('announcement', other);
	const [second, old] = await items();
	assert.deepEqual([second.replaces, second.state, old.id, old.state], [first.id, 'shown', first.id, 'ended']);
	assert.ok(old.ended_by && old.end_checked_by && old.ended_by !== old.end_checked_by);
	await shown((s) => s.includes('更正') && !s.includes('通知𠮷'));
	const late = await (await staff('admin1')).post('/api/staff/proposals/announcement', text({ replaces: first.id, title: '又一次更正' }), { key: key() });
	assert.equal(late.json.errors[0].code, 'ended');
	await dual('announcement', { replaces: second.id, end: true, reason: '搬完了' });
	assert.equal((await items())[0].ended_reason, '搬完了');
	assert.equal(await shown((s) => !s.includes('更正')), '');
});

test('one that is ahead or over is not shown; no more than three at a time', async () => {
	await dual('announcement', text({ title: '明天才显示', from: day(1) }));
	await dual('announcement', text({ title: '今天显示甲' }));
	await dual('announcement', text({ title: '今天显示乙' }));
	const html = await shown((s) => s.includes('显示甲') && s.includes('显示乙'));
	assert.ok(!html.includes('明天才'));
	assert.equal((await items()).find((n) => n.title === '明天才显示').state, 'ahead');
	const a = await (await staff('admin1')).post('/api/staff/proposals/announcement', text({ title: '第四条' }), { key: key() });
	assert.equal(`${a.json.errors[0].pointer} ${a.json.errors[0].code}`, '#/from many');
	await db.run(`UPDATE announcement SET from_day='2020-01-01', until_day='2020-01-02' WHERE title='今天显示甲' AND ended_at IS NULL`);
	await shown((s) => !s.includes('显示甲') && s.includes('显示乙'));
	assert.equal((await items()).find((n) => n.title === '今天显示甲').state, 'over');
});
