'use strict';
/* Matching held against the truth: cases made in bulk, a statement about them whose every line is known, and what the machine
 * made of it.
 *   const f = await trial({ lines: 600, seed: 1 });
 *   f.sure      lines of which it is certain whose they are: reference (as written, or with O and 0, I and 1 told apart) or
 *               exact name, the sum exact, the right payer, no second reading: "auto" of lib/bank.js
 *   f.found     of these, given by the machine to exactly these cases, each its sum
 *   f.matched   lines the machine gave to anybody
 *   f.wrong     lines the machine gave otherwise than is true, with what it did: must be none
 *   f.missed    kind → number of sure lines that were left to people
 *   f.import_ms, f.match_ms */
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const data = require('./data');
const env = require('./env');
const { key } = require('./client');
const { applicant } = require('./journey');
const { staff } = require('./staff');
const { makeCases, makeStatement, referenceOf, addDays } = require('./bank');
const { sql, rows } = require('./sql');

const number = (text) => Number(sql(text));
const wait = (ms) => new Promise((r) => setTimeout(r, ms));

/* As lib/bank.js makes them, with the numbers the portal gave. */
async function bulk(options) {
	const cases = makeCases({ day: addDays(data.today(), -21), ...options });
	await applicant();
	const owner = number('SELECT MAX(id) FROM account');
	const made = spawnSync(path.join(env.buildDir(), 'tests/tool/make_cases'), [String(owner)], {
		input: cases.map((c) => `${c.holder}\t${c.day}\t${c.amount_fen}\t${c.payer}\n`).join(''), encoding: 'utf8', maxBuffer: 64 << 20,
		env: { ...process.env, ZHENGYIN_CONF: path.join(env.varDir, 'portal.conf') },
	});
	assert.equal(made.status, 0, made.stderr);
	const numbers = made.stdout.trim().split('\n');
	assert.equal(numbers.length, cases.length);
	return cases.map((c, i) => ({ ...c, no: numbers[i], reference: referenceOf(numbers[i]) }));
}

/* The worker has looked at everything. */
async function quiet(ms = 600000) {
	for (const end = Date.now() + ms; number("SELECT COUNT(*) FROM job WHERE kind='match' AND state='waiting'"); await wait(100)) assert.ok(Date.now() < end, 'the machine does not come to an end');
}

async function bring(s) {
	const finance = await staff('finance1');
	const a = await finance.request('POST', `/api/staff/statements?account=${s.account}`, { raw: s.citic, key: key(), headers: { 'Content-Type': 'application/octet-stream' }, timeout: 120000 });
	assert.equal(a.status, 200, a.body.toString().slice(0, 1000));
	assert.equal(a.json.new, s.truth.length);
}

/* serial → { case: fen }, what the machine gave. */
function given(account, serials) {
	const out = new Map();
	const wanted = new Set(serials);
	const found = rows(`SELECT b.serial, a.no, p.amount_fen FROM payment p JOIN bank_line b ON b.id=p.bank_line_id JOIN application a ON a.id=p.application_id WHERE b.account='${account}' AND p.undone_at=0 AND p.staff_id IS NULL`);
	for (const [serial, no, fen] of found) if (wanted.has(serial)) out.set(serial, { ...out.get(serial), [no]: Number(fen) });
	return out;
}
const same = (a, b) => Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((k) => a[k] === b[k]);

function judge(s) {
	const got = given(s.account, s.truth.map((t) => t.serial.citic));
	const f = { sure: 0, found: 0, matched: got.size, wrong: [], missed: {} };
	for (const t of s.truth) {
		const did = got.get(t.serial.citic), must = Object.fromEntries(t.cases.map((c) => [c.no, c.fen]));
		const right = did && same(did, must);
		if (did && !right) f.wrong.push({ ...t, did });
		if (t.right !== 'auto') continue;
		f.sure++;
		if (right) f.found++;
		else f.missed[t.kind] = (f.missed[t.kind] || 0) + 1;
	}
	return f;
}

/* alone: nothing else goes on here, so that no line can have come before its case and nobody need look. */
async function trial({ lines, seed, mark, alone = false }) {
	const cases = await bulk({ count: Math.ceil(lines * 0.97), seed, mark });
	if (alone) rows("UPDATE job SET state='done' WHERE kind='match' AND ref LIKE 'a%' AND state='waiting'");
	await quiet();
	const s = makeStatement({ cases, lines, seed, from: addDays(data.today(), -21), to: data.today(), series: crypto.randomInt(1e9), mark });
	const begun = Date.now();
	await bring(s);
	const imported = Date.now();
	await quiet();
	return { ...judge(s), statement: s, cases, import_ms: imported - begun, match_ms: Date.now() - imported };
}

module.exports = { bulk, judge, quiet, trial, number, rows };
