'use strict';
/* Lives of cases that nobody led, for reports: laid over drafts by SQL, the same each time.
 *   sql(live(id, LIVES[0], moment, reasons).join(';'));  await counted(sql)     reasons: of the catalogue, with materials */
const assert = require('node:assert/strict');

const DAY = 86400;
const dayOf = (at) => new Date((Number(at) + 8 * 3600) * 1000).toISOString().slice(0, 10);
const WAYS = [['new', 'org', 'post'], ['new', 'ind', 'post'], ['renew', 'org', 'post'], ['change', 'rep', 'post'], ['reissue', 'ind', 'counter']];

/* Event, state before, state after, minutes since the one before. */
const GOOD = [['submit', 'printed', 'submitted', 30], ['claim', 'submitted', 'reviewing', 200], ['accept', 'reviewing', 'accepted', 35], ['gates', 'accepted', 'second_review', 1500], ['approve', 'second_review', 'approved', 95],
	['produce', 'approved', 'produced', 300], ['send', 'produced', 'sent', 600], ['deliver', 'sent', 'completed', 2600]];
const LIVES = [
	GOOD,
	[...GOOD.slice(0, 2), ['release', 'reviewing', 'submitted', 400], ['claim', 'submitted', 'reviewing', 50], ['return', 'reviewing', 'returned', 10], ['submit', 'returned', 'submitted', 4000], ...GOOD.slice(1)],
	[...GOOD.slice(0, 2), ['return', 'reviewing', 'returned', 70], ['submit', 'returned', 'submitted', 900], ['claim', 'submitted', 'reviewing', 10], ['return', 'reviewing', 'returned', 70], ['expire', 'returned', 'expired', 90000]],
	[...GOOD.slice(0, 2), ['reject', 'reviewing', 'rejected', 61]],
	[['withdraw', 'printed', 'withdrawn', 5]],
	[...GOOD.slice(0, 3), ['withdraw', 'accepted', 'withdrawn', 3000]],
	[...GOOD.slice(0, 3), ['expire', 'accepted', 'expired', 60000], ['revive', 'expired', 'accepted', 10], ...GOOD.slice(3)],
	[...GOOD.slice(0, 6), ['remake', 'produced', 'approved', 20], ['produce', 'approved', 'produced', 100], ...GOOD.slice(6)],
	[['submit', 'draft', 'submitted', 3], ['auto', 'submitted', 'approved', 0], ['produce', 'approved', 'produced', 2], ['install', 'produced', 'installing', 2], ['installed', 'installing', 'completed', 120]],
];
let seed = 7;
const random = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;

/* Lay a life over a case, beginning at a moment. */
function live(id, life, begin, reasons) {
	const out = [];
	let at = begin, round = 0, clock = 0;
	for (const [event, from, to, minutes] of life) {
		at += Math.round(minutes * (0.5 + random(100) / 100)) * 60;
		if (event === 'return') {
			const r = reasons[random(reasons.length)];
			out.push(`INSERT INTO verdict (application_id, round, material, verdict, reasons, staff_id, at) VALUES (${id}, ${round}, '${r.materials[0]}', 'fail', '${r.code}', 1, ${at})`);
			round++;
		}
		if (event === 'gates') clock = at;
		out.push(`INSERT INTO event (application_id, at, event, from_state, to_state, actor) VALUES (${id}, ${at}, '${event}', '${from}', '${to}', 'machine')`);
	}
	const due = clock ? `'${dayOf(clock + (1 + random(3)) * DAY)}'` : 'NULL';
	out.push(`UPDATE application SET due=${due}, clock_at=${clock || 'NULL'} WHERE id=${id}`);
	if (life[life.length - 1][2] === 'completed') {
		const score = 1 + random(5);
		out.push(`INSERT INTO rating (application_id, score, source, at, changed_at, follow, follow_at, follow_due) VALUES (${id}, ${score}, 'owner', ${at + DAY}, ${at + DAY}, '${score < 3 ? 'open' : 'none'}', ${at + DAY}, '2026-12-31')`);
	}
	return out;
}

/* The worker has counted everything. */
async function counted(sql) {
	for (const end = Date.now() + 60000; ;) {
		const left = sql('SELECT COUNT(*) FROM report_todo');
		if (left === '0') return;
		assert.ok(Date.now() < end, `still to be counted: ${left}`);
		await new Promise((r) => setTimeout(r, 200));
	}
}

module.exports = { WAYS, LIVES, live, random, counted, dayOf };
