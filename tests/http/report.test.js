'use strict';
/* Reports against a naive count over all that happened, written a second time here: events, verdicts, books, ratings and
 * the calendar as they lie in the tables.  Cases are real drafts; their lives are made up and laid over two years and a leap day,
 * and taken back at the end. */
const test = require('node:test');
const assert = require('node:assert/strict');
const csv = require('../lib/csv');
const { Journey, applicant, catalog } = require('../lib/journey');
const { staff } = require('../lib/staff');
const { WAYS, LIVES, live, random, counted, dayOf } = require('../lib/lives');
const { sql, rows } = require('../lib/sql');

const DAY = 86400, FROM = '2025-11-20', TO = '2026-12-20';
const moment = (day, h, m) => Date.parse(`${day}T${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}:00+08:00`) / 1000;
let boss, made = [];

const settled = () => counted(sql);
const ask = async (query, status = 200) => (await boss.want(status, 'GET', '/api/staff/reports?' + new URLSearchParams(query), undefined, { loose: status !== 200 })).json;
const table = (answer, name) => answer.tables.find((t) => t.report === name);
const column = (t, key) => t.columns.findIndex((c) => c.key === key);
const cell = (t, row, key) => row.cells[column(t, key)];

test.before(async () => {
	boss = await staff('supervisor1');
	const cat = await catalog();
	const owner = await applicant();
	for (let i = 0; i < 27; i++) {
		const [service, holder, channel] = WAYS[i % WAYS.length];
		made.push((await owner.want(201, 'POST', '/api/applications', { service, holder, channel })).json.no);
	}
	const counter = await Journey.draft({ owner, channel: 'counter' });
	await counter.fill();
	made.push(counter.no);
	const ids = rows(`SELECT id FROM application WHERE no IN ('${made.join("','")}') ORDER BY id`).map(([id]) => id);
	const reasons = cat.reasons.filter((r) => r.materials.length);
	/* Over a year end, the leap day of 2024 (a year without a calendar), evenings, week ends, holidays. */
	const text = ids.flatMap((id, i) => live(id, LIVES[i % LIVES.length], i < 3 ? moment('2024-02-28', 23, 50) + i * 3600 : moment('2025-12-01', 0, 7) + random(330 * 1440) * 60, reasons));
	sql(text.join(';\n'));
	/* Everything once more: other files change rows behind the portal's back. */
	sql('INSERT INTO report_todo (application_id) SELECT id FROM application; INSERT INTO report_todo (day) SELECT day FROM ledger UNION SELECT day FROM report_day');
	await settled();
});

test.after(() => {
	const ids = `(SELECT id FROM application WHERE no IN ('${made.join("','")}'))`;
	sql(`DELETE FROM rating WHERE application_id IN ${ids}; DELETE FROM verdict WHERE application_id IN ${ids}; DELETE FROM event WHERE application_id IN ${ids} AND event<>'create'; UPDATE application SET due=NULL, clock_at=NULL WHERE id IN ${ids};
		INSERT INTO report_todo (application_id) SELECT id FROM application WHERE id IN ${ids}`);
});

/* ---- the same once more, from the raw tables ---- */

function naive(filter) {
	const apps = new Map(rows('SELECT a.id, a.service, a.holder, a.due, a.clock_at FROM application a').map(([id, service, holder, due, clock]) => [id, { service, holder, due, clock: Number(clock || 0), events: [], fails: [] }]));
	for (const [id, at, event, from, to] of rows('SELECT application_id, at, event, from_state, to_state FROM event ORDER BY id')) apps.get(id).events.push({ at: Number(at), event, from, to });
	for (const [id, round, material, reasons] of rows("SELECT application_id, round, material, reasons FROM verdict WHERE verdict='fail'")) apps.get(id).fails.push({ round: Number(round), material, reasons: reasons.split(' ').filter(Boolean) });
	for (const [id, score, at] of rows('SELECT application_id, score, at FROM rating')) apps.get(id).rating = { score, at: Number(at) };
	const facts = [], spans = [];
	for (const a of apps.values()) {
		if (!filter(a)) continue;
		const say = (what, at) => facts.push({ what, day: dayOf(at), a });
		const submits = a.events.filter((e) => e.event === 'submit'), returns = a.events.filter((e) => e.event === 'return');
		if (submits.length) say('submitted', submits[0].at);
		returns.forEach((e, k) => {
			say('returned', e.at);
			a.fails.filter((f) => f.round === k).forEach((f) => f.reasons.forEach((r) => say(`reason ${f.material} ${r}`, e.at)));
		});
		const pass = a.events.find((e) => e.event === 'accept' || e.event === 'auto');
		if (pass) say(a.events.slice(0, a.events.indexOf(pass)).some((e) => e.event === 'return') ? 'accepted later' : 'accepted first', pass.at);
		for (const e of a.events) if (['completed', 'rejected', 'withdrawn', 'expired'].includes(e.to) && e.from !== e.to && submits.length && submits[0].at <= e.at) say(e.to, e.at);
		const out = a.events.find((e) => ['sent', 'ready', 'installing', 'completed'].includes(e.to));
		if (out && a.due) say(dayOf(out.at) <= a.due ? 'kept' : 'missed', out.at);
		if (a.rating) say('rated ' + a.rating.score, a.rating.at);
		const done = a.events.find((e) => e.to === 'completed');
		if (done && submits.length) spans.push({ step: 'whole', from: submits[0].at, to: done.at });
		if (out && a.clock) spans.push({ step: 'promise', from: a.clock, to: out.at });
		const next = (from, states) => a.events.find((e) => e.at >= from.at && a.events.indexOf(e) > a.events.indexOf(from) && states.includes(e.to));
		for (const r of returns) {
			const end = next(r, ['submitted', 'expired', 'withdrawn']);
			if (end && end.to === 'submitted') spans.push({ step: 'correct', from: r.at, to: end.at });
		}
		for (const g of a.events.filter((e) => e.event === 'gates')) {
			const end = a.events.slice(a.events.indexOf(g) + 1).find((e) => e.to !== 'second_review');
			if (end && !['withdrawn', 'expired'].includes(end.to)) spans.push({ step: 'second', from: g.at, to: end.at });
		}
	}
	return { facts, spans };
}
const calendarDays = () => new Map(rows('SELECT day, kind FROM calendar_day').map(([d, k]) => [d, k]));
/* Minute by minute would be the most naive; quarter of a day by quarter is slow enough.  null: a year nobody knows. */
function working(from, to, special) {
	const years = new Set([...special.keys()].map((d) => d.slice(0, 4)));
	let sum = 0;
	for (let day = dayOf(from); day <= dayOf(to); day = dayOf(moment(day, 12, 0) + DAY)) {
		if (!years.has(day.slice(0, 4))) return null;
		const kind = special.get(day), weekend = [0, 6].includes(new Date(day + 'T00:00:00Z').getUTCDay());
		if (kind === 'off' || (kind !== 'work' && weekend)) continue;
		for (const [open, shut] of [[moment(day, 8, 30), moment(day, 12, 0)], [moment(day, 14, 0), moment(day, 17, 0)]]) sum += Math.max(0, Math.min(to, shut) - Math.max(from, open));
	}
	return Math.floor(sum / 60);
}
const rank = (sorted, of) => sorted[Math.ceil(sorted.length * of / 100) - 1];

for (const [name, query, filter] of [['all', {}, () => true], ['one service and holder', { service: 'new', holder: 'org' }, (a) => a.service === 'new' && a.holder === 'org']]) {
	test(`sums and times equal a naive count: ${name}`, async () => {
		await settled();
		const r = await ask({ from: FROM, to: TO, by: 'month', ...query });
		const { facts, spans } = naive(filter);
		const inside = facts.filter((f) => f.day >= FROM && f.day <= TO);
		const n = (what, list = inside) => list.filter((f) => f.what === what).length;
		const volume = table(r, 'volume');
		for (const [key, what] of [['submitted', 'submitted'], ['completed', 'completed'], ['rejected', 'rejected'], ['withdrawn', 'withdrawn'], ['expired', 'expired']]) {
			assert.equal(cell(volume, volume.total, key), n(what), what);
			for (const row of volume.rows) assert.equal(cell(volume, row, key), n(what, inside.filter((f) => f.day.slice(0, 7) === row.label)), `${what} in ${row.label}`);
		}
		assert.ok(n('submitted') >= 4 && n('completed') >= 1);
		const first = table(r, 'first_pass');
		assert.deepEqual(first.total.cells, [n('accepted first') + n('accepted later'), n('accepted first'), Math.round(n('accepted first') * 1000 / (n('accepted first') + n('accepted later'))), n('returned')]);
		const due = table(r, 'on_time');
		assert.deepEqual(due.total.cells.slice(0, 3), [n('kept') + n('missed'), n('kept'), n('missed')]);
		const rated = table(r, 'ratings');
		assert.deepEqual(rated.total.cells.slice(0, 5), [5, 4, 3, 2, 1].map((s) => n('rated ' + s)));
		const why = table(r, 'reasons');
		const reasons = inside.filter((f) => f.what.startsWith('reason'));
		assert.equal(why.rows.reduce((sum, row) => sum + row.cells[0], 0), reasons.length);
		assert.deepEqual(why.rows.map((row) => row.cells[0]), why.rows.map((row) => row.cells[0]).sort((a, b) => b - a));
		if (reasons.length) assert.equal(why.rows[why.rows.length - 1].cells[2], 1000, 'cumulated to all');
		const special = calendarDays();
		const time = table(r, 'time');
		for (const [step, label, works] of [['whole', '提交到办结', false], ['correct', '补正', false], ['promise', '收齐到办好', true], ['second', '复审', true]]) {
			const took = spans.filter((s) => s.step === step && dayOf(s.to) >= FROM && dayOf(s.to) <= TO).map((s) => works ? working(s.from, s.to, special) : Math.floor((s.to - s.from) / 60)).filter((m) => m !== null).sort((a, b) => a - b);
			const row = time.rows.find((x) => x.label.startsWith(label));
			assert.match(row.label, works ? /工作时间/ : /自然时间/);
			assert.deepEqual(row.cells, took.length ? [took.length, rank(took, 50), rank(took, 95), took[took.length - 1]] : [0, null, null, null], step);
			const pace = table(await ask({ from: FROM, to: TO, by: 'month', step, ...query }), 'pace');
			assert.deepEqual(pace.total.cells, row.cells, step + ' along the months');
			assert.equal(pace.rows.reduce((sum, x) => sum + x.cells[0], 0), took.length);
		}
	});
}

test('money is that of the books, by place and day', async () => {
	await Journey.to('second_review', { channel: 'counter', quick: true });
	await settled();
	const r = table(await ask({ from: FROM, to: TO, by: 'week' }), 'money');
	const book = (kind, place) => Number(rows(`SELECT COALESCE(SUM(l.fen),0) FROM ledger l LEFT JOIN payment p ON p.id=l.payment_id WHERE l.kind='${kind}' AND l.day BETWEEN '${FROM}' AND '${TO}' AND ${place}`)[0][0]);
	const by = (method) => book('allotted', `p.method='${method}'`) - book('freed', `p.method='${method}'`);
	assert.equal(cell(r, r.total, 'in_bank'), by('transfer'));
	assert.equal(cell(r, r.total, 'in_counter'), by('counter'));
	assert.equal(cell(r, r.total, 'in_alipay'), by('alipay'));
	assert.ok(by('counter') > 0);
	for (const place of ['bank', 'counter', 'alipay']) assert.equal(cell(r, r.total, 'out_' + place), book('refunded', `l.credit='${place}'`) - book('refund_failed', `l.debit='${place}'`));
	const loose = book('received', '1=1') - book('returned', '1=1') - book('allotted', '1=1') + book('freed', '1=1') - book('loose_to_refund', '1=1');
	assert.equal(cell(r, r.total, 'loose'), loose);
	for (const c of r.columns) assert.equal(r.rows.reduce((sum, row) => sum + cell(r, row, c.key), 0), cell(r, r.total, c.key), c.label);
	assert.equal(cell(r, r.total, 'net'), by('transfer') + by('counter') + by('alipay') - ['bank', 'counter', 'alipay'].reduce((s, p) => s + cell(r, r.total, 'out_' + p), 0));
	const part = table(await ask({ from: FROM, to: TO, by: 'month', holder: 'org' }), 'money');
	assert.equal(cell(part, part.total, 'loose'), null, 'what is no case\'s says nothing of a part');
});

test('along services, holders and counters the parts make up the whole', async () => {
	const whole = table(await ask({ from: FROM, to: TO }), 'volume').total.cells;
	for (const by of ['day', 'week', 'month', 'service', 'holder', 'branch']) {
		const v = table(await ask({ from: FROM, to: TO, by }), 'volume');
		assert.deepEqual(v.total.cells, whole, by);
		assert.deepEqual(whole.map((_, i) => v.rows.reduce((sum, r) => sum + r.cells[i], 0)), whole, by);
	}
	const named = table(await ask({ from: FROM, to: TO, by: 'branch' }), 'volume');
	const counter = named.rows.find((r) => r.cells[0] > 0 && r.label !== '邮寄或在线');
	assert.ok(counter, 'a counter has its own row');
	const branch = rows('SELECT DISTINCT branch FROM report_case WHERE branch<>\'\'')[0][0];
	const only = table(await ask({ from: FROM, to: TO, branch }), 'volume'), none = table(await ask({ from: FROM, to: TO, branch: 'none' }), 'volume');
	assert.equal(only.total.cells[0] + none.total.cells[0], whole[0]);
});

test('a day counted twice is the same; what comes late lands on its own day', async () => {
	const at = { from: '2026-03-02', to: '2026-03-02' };
	const before = await ask(at);
	sql(`INSERT INTO report_todo (day) VALUES ('2026-03-02'), ('2026-03-02'); INSERT INTO report_todo (application_id) SELECT id FROM application WHERE no='${made[3]}'`);
	await settled();
	assert.deepEqual((await ask(at)).tables, before.tables);
	const [[id, service]] = rows(`SELECT id, service FROM application WHERE no='${made[4]}'`);
	sql(`INSERT INTO event (application_id, at, event, from_state, to_state, actor) VALUES (${id}, ${moment('2026-03-02', 0, 0)}, 'submit', 'draft', 'submitted', 'applicant')`);
	await settled();
	const after = await ask(at);
	assert.equal(table(after, 'volume').total.cells[0], table(before, 'volume').total.cells[0] + (rows(`SELECT COUNT(*) FROM event WHERE application_id=${id} AND event='submit'`)[0][0] === '1' ? 1 : 0));
	/* midnight in Shanghai, not in Greenwich */
	assert.equal(rows(`SELECT COUNT(*) FROM report_fact WHERE application_id=${id} AND measure='submitted' AND word='first' AND day='2026-03-01'`)[0][0], '0');
	assert.equal(table(await ask({ ...at, service }), 'volume').total.cells[0] > 0, true);
});

test('ranges: one day, a leap day, nothing at all, the longest, and those that are refused', async () => {
	const leap = await ask({ from: '2024-02-29', to: '2024-02-29' });
	assert.deepEqual(table(leap, 'volume').rows.map((r) => r.label), ['2024-02-29']);
	assert.equal(table(leap, 'volume').total.cells[0], naive(() => true).facts.filter((f) => f.what === 'submitted' && f.day === '2024-02-29').length);
	assert.ok(table(leap, 'volume').total.cells[0] >= 3);
	const feb = table(await ask({ from: '2024-02-01', to: '2024-03-31', by: 'month' }), 'volume');
	assert.deepEqual(feb.rows.map((r) => r.label), ['2024-02', '2024-03']);
	const weeks = table(await ask({ from: '2024-02-28', to: '2024-03-05', by: 'week' }), 'volume');
	assert.deepEqual(weeks.rows.map((r) => r.label), ['2024-02-28至03-03', '2024-03-04至03-05']);
	const none = await ask({ from: '2019-05-01', to: '2019-05-02' });
	for (const t of none.tables) assert.ok(t.rows.every((r) => r.cells.every((c) => !c)), t.report);
	assert.equal(none.counted_at, null);
	assert.equal(table(await ask({ from: '2025-01-01', to: '2026-02-04' }), 'volume').rows.length, 400);
	const long = await ask({ from: '2025-01-01', to: '2026-02-05' }, 422);
	assert.deepEqual(long.errors.map((e) => [e.pointer, e.code]), [['#/to', 'range']]);
	assert.match(long.errors[0].detail, /最多看400天/);
	assert.deepEqual((await ask({ from: '2026-02-02', to: '2026-02-01' }, 422)).errors.map((e) => e.pointer), ['#/to']);
	await ask({ from: '2026-02-30', to: '2026-03-01' }, 422);
	await ask({ from: '2026-02-01' }, 422);
	await ask({ from: '2026-02-01', to: '2026-02-01', by: 'year' }, 422);
});

test('the file holds the same figures, is read by a strict parser, and leaves a trace', async () => {
	const q = '?' + new URLSearchParams({ from: FROM, to: TO, by: 'service' });
	const r = await ask({ from: FROM, to: TO, by: 'service' });
	for (const t of r.tables) {
		const a = await boss.want(200, 'GET', `/api/staff/reports/${t.report}/csv${q}`);
		assert.match(a.headers['content-type'], /^text\/csv; charset=utf-8/);
		assert.match(a.headers['content-disposition'], new RegExp(`attachment; filename="${t.report}-${FROM}-${TO}\\.csv"`));
		assert.deepEqual([...a.body.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
		const lines = csv.parse(a.body.toString('utf8').slice(1));
		assert.equal(lines.length, 1 + t.rows.length + (t.total ? 1 : 0), t.report);
		assert.ok(lines.every((l) => l.length === t.columns.length + 1), t.report);
		t.rows.forEach((row, i) => {
			assert.equal(lines[i + 1][0], row.label);
			row.cells.forEach((v, k) => {
				const unit = t.columns[k].unit;
				const want = v === null ? '' : unit === 'fen' ? (v / 100).toFixed(2) : unit === 'rate' ? (v / 10).toFixed(1) + '%' : String(v);
				assert.equal(lines[i + 1][k + 1], want, `${t.report} ${row.label} ${t.columns[k].label}`);
			});
		});
		for (const l of lines) for (const c of l) assert.doesNotMatch(c, /^[=+@\t]/, 'a formula');
	}
	assert.ok(Number(sql("SELECT COUNT(*) FROM audit WHERE action='report_file' AND object='money'")) > 0);
	await boss.want(404, 'GET', `/api/staff/reports/cases/csv${q}`);
	await boss.want(422, 'GET', '/api/staff/reports/money/csv?from=2020-01-01&to=2026-01-01', undefined, { loose: true });
});

test('reports are for supervisors and auditors', async () => {
	for (const user of ['clerk1', 'reviewer1', 'producer1', 'finance1', 'desk1', 'admin1']) {
		const c = await staff(user);
		await c.want(403, 'GET', `/api/staff/reports?from=${FROM}&to=${FROM}`);
		await c.want(403, 'GET', `/api/staff/reports/volume/csv?from=${FROM}&to=${FROM}`);
	}
	await (await staff('auditor1')).want(200, 'GET', `/api/staff/reports?from=${FROM}&to=${FROM}`);
});

test('a range reads its own rows', async () => {
	const plan = rows(`EXPLAIN SELECT working_min, day, '', COUNT(*) FROM case_step FORCE INDEX (case_step_day) WHERE step='promise' AND day>='2026-03-01' AND day<='2026-03-07' AND working_min IS NOT NULL GROUP BY 1,2,3 ORDER BY 1`)[0];
	assert.ok(plan.includes('range') && plan.includes('case_step_day') && /Using index/.test(plan.join(' ')), plan.join(' '));
	const days = rows(`EXPLAIN SELECT measure, SUM(n) FROM report_day FORCE INDEX (PRIMARY) WHERE day>='2026-03-01' AND day<='2026-03-07' GROUP BY 1`)[0];
	assert.ok(days.includes('range'), days.join(' '));
});
