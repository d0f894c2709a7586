'use strict';
/* What staff maintain: settings with their history, the working calendar, the counters.  Everything is put back. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { Client, key } = require('../lib/client');
const { staff } = require('../lib/staff');
const { everywhere } = require('../lib/worker');
const { propose, decide, dual } = require('../lib/dual');
const { Journey } = require('../lib/journey');

const faults = (a) => a.json.errors.map((e) => `${e.pointer} ${e.code}`);
const problem = (a, status, code) => assert.deepEqual([a.status, a.json.code], [status, code], JSON.stringify(a.json));

/* --- settings --- */

async function setting(c, name) {
	return (await c.want(200, 'GET', '/api/staff/settings')).json.items.find((s) => s.name === name);
}

async function change(c, name, body, match) {
	return c.post(`/api/staff/settings/${name}`, body, { match: match === undefined ? (await setting(c, name)).version : match });
}

async function usual(c, name) {
	const s = await setting(c, name);
	if (!s.is_default) assert.equal((await change(c, name, { reset: true, reason: '测试之前恢复默认' }, s.version)).status, 200);
	return setting(c, name);
}

test('settings: every decision has a value, a default and a help', async () => {
	const c = await staff('admin1');
	const items = (await c.want(200, 'GET', '/api/staff/settings')).json.items;
	assert.deepEqual(items.map((s) => s.name).sort(), ['add.same_name_uscc', 'correct.days', 'counter.licence_waiver', 'look.refused', 'look.reveal', 'look.scan', 'rating.change_days', 'rating.days', 'rating.follow_days', 'renew.window_days', 'retain.issued_years', 'retain.unissued_years', 'review.first_days', 'sent.complete_days', 'unlock.auto_count', 'unlock.auto_days', 'unlock.fee']);
	assert.equal(new Set(items.map((s) => s.name)).size, items.length);
	for (const s of items) {
		assert.ok(s.help && s.label && s.group, s.name);
		assert.equal(s.choices.length > 0, s.kind === 'choice', s.name);
		if (s.is_default) assert.equal(s.value, s.default, s.name);
		if (s.kind === 'number') assert.ok(s.min <= Number(s.default) && Number(s.default) <= s.max, s.name);
		else if (s.kind === 'switch') assert.match(s.default, /^(on|off)$/);
		else assert.ok(s.choices.some((x) => x.value === s.default), s.name);
	}
	for (const [name, value] of Object.entries({ 'unlock.auto_count': '3', 'unlock.auto_days': '30', 'unlock.fee': '0', 'renew.window_days': '90', 'retain.issued_years': '5', 'retain.unissued_years': '2', 'sent.complete_days': '10', 'review.first_days': '1', 'add.same_name_uscc': 'on' })) {
		assert.equal(items.find((s) => s.name === name).default, value, name);
	}
});

test('settings: changed, kept with who and why, put back', async () => {
	const c = await staff('supervisor1');
	const before = await usual(c, 'unlock.auto_count');
	const why = `解锁较多，${key().slice(0, 8)}`;
	const a = await change(c, before.name, { value: '5', reason: why }, before.version);
	assert.equal(a.status, 200, a.body.toString());
	assert.deepEqual([a.json.value, a.json.is_default, a.json.version, a.etag], ['5', false, before.version + 1, `"${before.version + 1}"`]);
	assert.equal(a.json.value_words, '5次');
	assert.equal(a.json.changed_by, c.me.name);
	assert.deepEqual(await setting(c, before.name), a.json);
	const b = await change(c, before.name, { reset: true, reason: '恢复原样' }, a.json.version);
	assert.deepEqual([b.status, b.json.value, b.json.is_default, b.json.version], [200, '3', true, before.version + 2]);
	const past = (await c.want(200, 'GET', `/api/staff/settings/${before.name}/history`)).json.items;
	assert.deepEqual([past[0].old, past[0].new, past[0].reason, past[0].by], ['5', null, '恢复原样', c.me.name]);
	assert.deepEqual([past[1].old, past[1].new, past[1].reason], [null, '5', why]);
});

test('settings: words and switches', async () => {
	const c = await staff('admin1');
	for (const [name, value] of [['counter.licence_waiver', 'none'], ['add.same_name_uscc', 'off']]) {
		await usual(c, name);
		assert.equal((await change(c, name, { value, reason: '试一下' })).json.value, value);
		assert.equal((await change(c, name, { reset: true, reason: '恢复' })).json.is_default, true);
	}
});

test('settings: refusals', async () => {
	const c = await staff('admin1');
	const s = await usual(c, 'renew.window_days');
	for (const [body, want] of [
		[{ value: '0', reason: '太小了' }, '#/value range'], [{ value: '367', reason: '太大了' }, '#/value range'], [{ value: '九十', reason: '不是数字' }, '#/value number'],
		[{ value: '90', reason: '没有变' }, '#/value same'], [{ reset: true, reason: '没有变' }, '#/value same'], [{ reason: '没写值' }, '#/value choice'],
		[{ value: '60', reset: true, reason: '两样都写' }, '#/value choice'], [{ value: '60' }, '#/reason missing'], [{ value: '60', reason: '短' }, '#/reason length'],
		[{ value: '60', reason: '多一个键', name: 'x' }, '#/name unknown_key'],
	]) {
		const a = await change(c, s.name, body, s.version);
		problem(a, 422, 'invalid');
		assert.equal(faults(a)[0].split(' ')[0], want.split(' ')[0], JSON.stringify(a.json));
		if (/same|choice|missing|unknown_key/.test(want)) assert.equal(faults(a)[0], want);
	}
	for (const value of ['yes', 'ON', '1']) problem(await change(c, 'add.same_name_uscc', { value, reason: '不在所列' }), 422, 'invalid');
	problem(await change(c, s.name, { value: '60', reason: '别人先改了' }, s.version + 1), 412, 'stale');
	problem(await c.post(`/api/staff/settings/${s.name}`, { value: '60', reason: '没带版本' }), 428, 'if_match_required');
	problem(await change(c, 'no.such', { value: '1', reason: '没有这一项' }, 1), 404, 'not_found');
	problem(await c.get('/api/staff/settings/no.such/history'), 404, 'not_found');
	problem(await c.post(`/api/staff/settings/${s.name}`, { value: '60', reason: '没带令牌' }, { match: s.version, csrf: false }), 403, 'csrf');
	assert.deepEqual(await setting(c, s.name), s);
});

test('settings: of two who change at once one is told', async () => {
	const [a, b] = [await staff('admin1'), await staff('supervisor1')];
	const s = await usual(a, 'unlock.auto_days');
	const [x, y] = await Promise.all([change(a, s.name, { value: '20', reason: '改成二十' }, s.version), change(b, s.name, { value: '40', reason: '改成四十' }, s.version)]);
	assert.deepEqual([x.status, y.status].sort(), [200, 412]);
	const past = (await a.want(200, 'GET', `/api/staff/settings/${s.name}/history`)).json.items;
	assert.equal(past[0].new, x.status === 200 ? '20' : '40');
	await usual(a, s.name);
});

test('settings: a repeated key changes once', async () => {
	const c = await staff('admin1');
	const s = await usual(c, 'unlock.auto_count');
	const once = key();
	const ask = () => c.post(`/api/staff/settings/${s.name}`, { value: '5', reason: '多给两次' }, { match: s.version, key: once });
	const [x, y] = [await ask(), await ask()];
	assert.deepEqual([x.status, y.status], [200, 200]);
	assert.deepEqual(y.json, x.json);
	await usual(c, s.name);
});

/* --- calendar --- */

const YEAR = 2088;
const csv = (days) => 'day,kind,note,source\n' + days.map(([day, kind, note]) => `${day},${kind},${note},测试用的通知\n`).join('');
const FILE = csv([['2088-01-01', 'off', '元旦'], ['2088-10-01', 'off', '国庆节'], ['2088-10-09', 'work', '国庆节调休上班']]);

test('calendar: this year is known, its months add up', async () => {
	const c = await staff('clerk1');
	const a = (await c.want(200, 'GET', '/api/staff/calendar?year=2026')).json;
	assert.equal(a.known, true);
	assert.equal(a.months.length, 12);
	assert.equal(a.months.reduce((n, m) => n + m.working_days, 0), a.working_days);
	assert.ok(a.days.some((d) => d.day === '2026-01-01' && d.kind === 'off') && a.days.some((d) => d.kind === 'work'));
	const none = (await c.want(200, 'GET', '/api/staff/calendar?year=2097')).json;
	assert.deepEqual([none.known, none.days, none.months], [false, [], []]);
	for (const year of ['2019', '2100', 'x']) problem(await c.get(`/api/staff/calendar?year=${year}`, { loose: true }), 422, 'invalid');
});

test('calendar: every desk is told which year is missing', async () => {
	for (const user of ['clerk1', 'finance1', 'admin1']) {
		const c = await staff(user);
		const missing = (await c.want(200, 'GET', '/api/staff/calendar')).json.missing_year;
		const warnings = (await c.want(200, 'GET', '/api/staff/session')).json.warnings.filter((x) => x.code === 'calendar_missing');
		assert.equal(warnings.length, missing ? 1 : 0);
		if (missing) assert.match(warnings[0].text, new RegExp(`未配置${missing}年节假日.*请主管或管理员导入日历`));
	}
});

test('calendar: a preview says what it would be and changes nothing', async () => {
	const c = await staff('admin1');
	const before = (await c.want(200, 'GET', `/api/staff/calendar?year=${YEAR}`)).json;
	const other = csv([['2088-01-01', 'off', '元旦'], ['2088-01-02', 'off', '元旦'], ['2088-02-01', 'work', '调休']]);
	const a = await c.want(200, 'POST', '/api/staff/calendar', { csv: other });
	assert.deepEqual([a.json.year, a.json.days.length], [YEAR, 3]);
	assert.equal(a.json.months[0].working_days, 20); /* 22 from Monday to Friday; 1 and 2 January are a Thursday and a Friday */
	assert.deepEqual((await c.want(200, 'GET', `/api/staff/calendar?year=${YEAR}`)).json, before);
});

/* What the file would do, then done, by two persons. */
async function bring(c, body) {
	const seen = (await c.want(200, 'POST', '/api/staff/calendar', { csv: body.csv })).json;
	if (seen.added + seen.removed + seen.changed) await dual('calendar', body, 'supervisor1', 'admin1');
	return seen;
}

test('calendar: a file replaces its year', async () => {
	const c = await staff('supervisor1');
	const a = await bring(c, { csv: '\ufeff' + FILE.replace(/\n/g, '\r\n'), reason: '按通知导入' });
	assert.deepEqual([a.known, a.days.map((d) => d.day)], [true, ['2088-01-01', '2088-10-01', '2088-10-09']]);
	const less = await bring(c, { csv: csv([['2088-01-01', 'off', '元旦'], ['2088-10-01', 'off', '国庆节'], ['2088-10-04', 'off', '国庆节']]), reason: '通知改了' });
	assert.deepEqual([less.added, less.removed, less.changed], [1, 1, 0]);
	const read = (await c.want(200, 'GET', `/api/staff/calendar?year=${YEAR}`)).json;
	assert.deepEqual(read.days.map((d) => d.day), ['2088-01-01', '2088-10-01', '2088-10-04']);
	assert.equal(read.working_days, less.working_days);
});

test('calendar: what is wrong with a file is said line by line, and nothing is kept', async () => {
	const c = await staff('admin1');
	const before = (await c.want(200, 'GET', `/api/staff/calendar?year=${YEAR}`)).json;
	const bad = 'day,kind,note,source\n2088-13-01,off,元旦,通知\n2088-01-05,work,调休,通知\n2088-01-01,holiday,元旦,通知\n2088-05-01,off\n2088-10-01,off,国庆,通知\n2088-10-01,off,国庆,通知\n';
	const a = await c.post('/api/staff/proposals/calendar', { csv: bad, reason: '不对的文件' });
	problem(a, 422, 'invalid');
	assert.deepEqual(faults(a), ['#/lines/2 calendar_day', '#/lines/3 calendar_weekday', '#/lines/4 calendar_kind', '#/lines/5 calendar_cells', '#/lines/7 calendar_twice']);
	for (const [body, want] of [
		[{ csv: '日期,类型\n2088-01-01,off\n', reason: '没有表头' }, '#/lines/1 calendar_header'],
		[{ csv: csv([['2088-01-01', 'off', '元旦'], ['2089-01-01', 'off', '元旦']]), reason: '两年' }, '#/csv calendar_year'],
		[{ csv: 'day,kind,note,source\n2088-01-01,off,元旦,\n', reason: '没有依据' }, '#/csv missing'],
		[{ csv: csv([['2088-01-01', 'off', '元'.repeat(101)]]), reason: '太长' }, '#/csv length'],
		[{ csv: FILE }, '#/reason missing'], [{ reason: '没有文件' }, '#/csv missing'], [{ csv: 'day,kind,note,source\n', reason: '空的' }, '# calendar_empty'],
	]) {
		const b = await c.post('/api/staff/proposals/calendar', body);
		problem(b, 422, 'invalid');
		assert.ok(faults(b).includes(want), `${want}: ${JSON.stringify(b.json.errors)}`);
	}
	assert.deepEqual((await c.want(200, 'GET', `/api/staff/calendar?year=${YEAR}`)).json, before);
});

/* --- counters --- */

const place = (code, more) => ({ code, name: '龙华网点', address: '深圳市龙华区民治街道𠮷田路1号', phone: '0755-89524338', hours: '周一至周五9:00–17:00', sort: 50, ...more });

async function branch(c, code) {
	return (await c.want(200, 'GET', '/api/staff/branches')).json.items.find((b) => b.code === code);
}
const offered = async () => (await new Client().want(200, 'GET', '/api/branches')).json.items;

const wish = (b, more) => ({ code: b.code, name: b.name, address: b.address, phone: b.phone, hours: b.hours, makeup_open: b.makeup_open, sort: b.sort, closed: !b.open, reason: '网点调整𬭊', ...more });
const PROPOSE = '/api/staff/proposals/branch';

test('branches: added, offered, changed, closed, opened again, each by two; the record has both names and what changed', async () => {
	const c = await staff('admin1');
	const code = 't' + key().slice(0, 8).replace(/-/g, '_');
	const set = async (more, now = undefined) => dual('branch', wish(now || await branch(c, code), more));
	const p = await propose('branch', { ...place(code), add: true, reason: '新设网点' });
	assert.equal(p.summary, '新增网点“龙华网点”');
	assert.equal(await branch(c, code), undefined, 'there before anybody confirmed it');
	await decide(p, 'confirm', 'supervisor1');
	const a = await branch(c, code);
	assert.deepEqual([a.open, a.version, a.makeup_open], [true, 1, false]);
	assert.equal((await offered()).find((b) => b.code === code).address, place(code).address);
	await set({ hours: '周一至周六9:00–17:00', makeup_open: true });
	const b = await branch(c, code);
	assert.deepEqual([b.name, b.hours, b.makeup_open, b.version], ['龙华网点', '周一至周六9:00–17:00', true, 2]);
	await set({ closed: true });
	assert.equal((await offered()).find((x) => x.code === code), undefined);
	assert.equal((await branch(c, code)).open, false);
	await set({ closed: false });
	assert.ok((await offered()).some((x) => x.code === code));
	await set({ closed: true });
	const past = (await c.want(200, 'GET', `/api/staff/branches/${code}/history`)).json.items;
	assert.equal(past.length, 5);
	assert.deepEqual([past[0].by, past[0].checked_by, past[0].reason, past[0].changes], [c.me.name, (await staff('supervisor1')).me.name, '网点调整𬭊', [{ label: '对外', before: '开放', after: '停用' }]]);
	assert.deepEqual(past[3].changes.map((d) => [d.label, d.before, d.after]), [['开放时间', '周一至周五9:00–17:00', '周一至周六9:00–17:00'], ['调休上班的周末', '不开', '开']]);
	assert.deepEqual(past[4].changes.filter((d) => d.before !== null), [], 'a new one was nothing before');
	problem(await c.get('/api/staff/branches/no_such/history'), 404, 'not_found');
});

test('branches: refusals', async () => {
	const c = await staff('supervisor1');
	const first = (await c.want(200, 'GET', '/api/staff/branches')).json.items[0];
	for (const [body, pointer] of [[{ ...place(first.code), add: true }, '#/code'], [place('Long Hua'), '#/code'], [place('t_bad', { name: '' }), '#/name'], [place('t_bad', { address: undefined }), '#/address'], [place('t_bad', { hours: '早\n晚' }), '#/hours'],
		[place('t_bad', { sort: -1 }), '#/sort'], [place('t_bad', { open: false }), '#/open'], [place('t_bad', { version: 7 }), '#/version'], [place('t_bad', { add: true, closed: true }), '#/closed'], [place('no_such'), '#/code'], [place('t_bad', { reason: '' }), '#/reason'], [wish(first), '#']]) {
		const a = await c.post(PROPOSE, { reason: '调整', ...body }, { key: key() });
		problem(a, 422, 'invalid');
		assert.equal(a.json.errors[0].pointer, pointer, JSON.stringify(a.json));
	}
	problem(await (await staff('clerk1')).post(PROPOSE, wish(first, { sort: 1 }), { key: key() }), 403, 'forbidden');
	const p = await propose('branch', wish(first, { sort: first.sort + 1 }), 'supervisor1');
	problem(await c.post(`/api/staff/proposals/${p.id}/decision`, { decision: 'confirm' }, { key: key() }), 403, 'two_persons');
	await decide(p, 'withdraw', 'supervisor1');
	assert.deepEqual(await branch(c, first.code), first);
});

test('branches: the last one that is open stays open', async () => {
	const c = await staff('admin1');
	const open = (await c.want(200, 'GET', '/api/staff/branches')).json.items.filter((b) => b.open);
	for (const b of open.slice(1)) await dual('branch', wish(b, { closed: true }));
	problem(await c.post(PROPOSE, wish(open[0], { closed: true }), { key: key() }), 409, 'state');
	for (const b of open.slice(1)) await dual('branch', wish(b, { closed: false }));
	assert.equal((await offered()).length, open.length);
});

/* --- what a setting does --- */

/* Days from today, in Shanghai, that a case sent back now has. */
async function daysToCorrect(j) {
	await j.fail('m2');
	await j.sendBack();
	const until = (await j.look()).corrections.until;
	const today = new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10);
	return Math.round((Date.parse(until) - Date.parse(today)) / 86400000);
}

test('correct.days: cases begun afterwards get it, one begun before keeps what it had', async () => {
	const c = await staff('admin1');
	const s = await usual(c, 'correct.days');
	const before = await Journey.to('reviewing');
	await new Promise((r) => setTimeout(r, 1100)); /* moments are seconds */
	const a = await change(c, s.name, { value: '44', reason: '试一下' }, s.version);
	assert.equal(a.status, 200);
	await everywhere();
	const after = await Journey.to('reviewing');
	assert.equal(await daysToCorrect(before), Number(s.default));
	assert.equal(await daysToCorrect(after), 44);
	await usual(c, s.name);
});
