'use strict';
/* Bank statements: read, shown before anything is kept, kept whole or not at all, and never twice. */
const test = require('node:test');
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const env = require('../lib/env');
const mariadb = require('../lib/mariadb');
const { Client } = require('../lib/client');
const { staff } = require('../lib/staff');
const { makeCases, makeStatement, PAYEE } = require('../lib/bank');

const PLACE = '/api/staff/statements';
const HEAD = '交易日期,交易流水号,贷方发生额,借方发生额,余额,对方户名,对方账号,附言';
/* Days of their own for every test, so that lines of other runs are never met. */
const someDay = () => new Date(Date.UTC(2001, 0, 1) + crypto.randomInt(7000) * 864e5).toISOString().slice(0, 10);
/* Sanitizers take their time. */
const serial = () => `T${crypto.randomBytes(6).toString('hex')}`;
const csv = (...rows) => [HEAD, ...rows.map((r) => r.join(','))].join('\r\n') + '\r\n';
const row = (more = {}) => {
	const l = { day: someDay(), serial: serial(), credit: '600.00', debit: '', balance: '', name: '广州（测试）𠮷䶮𬭊有限公司', account: '44050158000001', remark: 'CA', ...more };
	return [l.day, l.serial, l.credit, l.debit, l.balance, l.name, l.account, l.remark];
};
let finance, other, db;

async function send(file, query = {}, who = finance) {
	const q = new URLSearchParams({ account: PAYEE, ...query });
	return who.request('POST', `${PLACE}?${q}`.replace(/\+/g, '%20'), { raw: Buffer.from(file), headers: { 'Content-Type': 'text/csv' } });
}
async function good(file, query, who) {
	const a = await send(file, query, who);
	assert.equal(a.status, 200, JSON.stringify(a.json));
	return a.json;
}
const faults = (a) => (a.json.errors || a.json.faults.map((f) => ({ pointer: f.row ? `/lines/${f.row}` : '', code: f.code }))).map((e) => `${e.pointer.replace('#', '')} ${e.code}`);
const lines = (s) => db.run(`SELECT serial, direction, amount_fen, state FROM bank_line WHERE serial='${s}'`);
const counts = () => db.run('SELECT (SELECT COUNT(*) FROM statement), (SELECT COUNT(*) FROM bank_line), (SELECT COUNT(*) FROM audit WHERE action=\'statement_import\')');

test.before(async () => {
	finance = await staff('finance1');
	other = await staff('clerk1');
	db = mariadb.portal();
});
test.after(() => db.close());

test('every sample format is imported, with its rare characters and 退汇', async () => {
	const samples = { 'citic.xml': 'citic', 'camt_02.xml': 'camt', 'camt_13.xml': 'camt', 'gb18030.csv': 'csv', 'utf16.csv': 'csv' };
	const year = 2001 + crypto.randomInt(18);
	for (const [name, format] of Object.entries(samples)) {
		/* In other days each time: samples are the same bookings, and the same booking is not taken from two formats. */
		const at = 10 + Object.keys(samples).indexOf(name);
		const file = fs.readFileSync(path.join(env.root, 'tests/statement', name));
		const wide = name.startsWith('utf16');
		const text = file.toString(wide ? 'utf16le' : 'latin1').replace(/2026-11-2/g, `${year}-${at}-2`.replace(/-(\d\d)-/, (_, m) => `-${String(((m - 1) % 12) + 1).padStart(2, '0')}-`)).replace(/2026112/g, `${year}${String(((at - 1) % 12) + 1).padStart(2, '0')}2`);
		const a = await send(Buffer.from(text, wide ? 'utf16le' : 'latin1'), { preview: '1' });
		assert.equal(a.status, 200, JSON.stringify(a.json));
		assert.deepEqual([a.json.format, a.json.lines, a.json.bad, a.json.opening_fen, a.json.closing_fen], [format, 6, 0, 1000000, 1235500], name + JSON.stringify(a.json.faults));
		assert.deepEqual(a.json.rows.map((r) => r.payer_name), ['广州（测试）信息科技有限公司', '𠮷野家代', '深圳市䶮𬭊实业有限责任公司', '', '佛山市测试贸易商行', '佛山市测试贸易商行'], name);
		assert.deepEqual(a.json.rows.map((r) => r.returned), [false, false, false, false, false, true]);
	}
});

test('lines are kept: what came in waits, what went out does not, accounts are sealed', async () => {
	const day = someDay();
	const s = [serial(), serial(), serial()];
	const done = await good(csv(row({ day, serial: s[0], balance: '1600.00' }), row({ day, serial: s[1], credit: '', debit: '5.00', name: '', account: '', balance: '1595.00', remark: '手续费' }), row({ day, serial: s[2], credit: '"1,400.00"', balance: '2995.00' })));
	assert.deepEqual([done.lines, done.new, done.known, done.again, done.in_fen, done.out_fen], [3, 3, 0, false, 200000, 500]);
	assert.deepEqual((await db.run(`SELECT serial, direction, amount_fen, state, allotted_fen FROM bank_line WHERE statement_id=${done.id} ORDER BY id`)).map(String), [`${s[0]},in,60000,open,0`, `${s[1]},out,500,set_aside,0`, `${s[2]},in,140000,open,0`]);
	const [[sealed, hash, key]] = await db.run(`SELECT HEX(payer_account_sealed), HEX(payer_account_hash), HEX(payer_key) FROM bank_line WHERE serial='${s[0]}'`);
	assert.ok(sealed.length > 60 && !Buffer.from(sealed, 'hex').includes('44050158000001'));
	assert.equal(hash.length, 64);
	assert.equal(Buffer.from(key, 'hex').toString(), '广州(测试)𠮷䶮𬭊有限公司');
	const one = (await finance.want(200, 'GET', `${PLACE}/${done.id}?limit=2`)).json;
	assert.deepEqual([one.lines, one.new, one.opening_fen, one.closing_fen, one.items.length], [3, 3, 100000, 299500, 2]);
	assert.match(one.items[0].payer_account, /^\*+001$/);
	const rest = (await finance.want(200, 'GET', `${PLACE}/${done.id}?limit=2&after=${one.next}`)).json;
	assert.deepEqual([rest.items.map((l) => l.serial), rest.next], [[s[2]], null]);
	const list = (await finance.want(200, 'GET', `${PLACE}?limit=1`)).json;
	assert.deepEqual([list.items.map((x) => x.id), list.next], [[done.id], String(done.id)]);
	assert.equal((await finance.get(`${PLACE}/999999999`)).status, 404);
	assert.equal((await finance.get(`${PLACE}/x`)).status, 404);
});

test('a preview changes nothing; the same file or the same lines twice change nothing and say so', async () => {
	const a = row(), b = row({ day: a[0] });
	const before = await counts();
	const seen = await good(csv(a, b), { preview: '1' });
	assert.deepEqual([seen.new, seen.known, seen.again, seen.faults], [2, 0, null, []]);
	assert.deepEqual(seen.mapping.remark, ['附言']);
	assert.deepEqual(await counts(), before);
	const first = await good(csv(a, b));
	const kept = await counts();
	const again = await good(csv(a, b));
	assert.deepEqual([again.id, again.again, again.new, again.known], [first.id, true, 0, 2]);
	const turned = await good(csv(b, a));
	assert.deepEqual([turned.id, turned.again, turned.new, turned.known], [null, false, 0, 2]);
	assert.deepEqual(await counts(), kept);
	assert.equal((await good(csv(a, b), { preview: '1' })).again, first.id);
	const more = await good(csv(a, b, row({ day: a[0] })));
	assert.deepEqual([more.new, more.known], [1, 2]);
});

test('one bad line and nothing is kept; rows are named; it may be left out on purpose', async () => {
	const ok = row(), day = ok[0];
	const bad = csv(ok, row({ day, credit: '-600.00' }), row({ day, serial: '' }), row({ day: '2026-02-30' }), row({ day, credit: '', debit: '' }));
	const before = await counts();
	const a = await send(bad);
	assert.equal(a.status, 422);
	assert.deepEqual(faults(a), ['/lines/3 amount_negative', '/lines/4 serial', '/lines/5 date', '/lines/6 amount_zero']);
	assert.match(a.json.errors[0].detail, /^第3行/);
	assert.deepEqual(await counts(), before);
	const seen = await good(bad, { preview: '1' });
	assert.deepEqual([seen.lines, seen.bad, seen.faults.map((f) => f.row)], [1, 4, [3, 4, 5, 6]]);
	assert.deepEqual(faults(await send(bad, { without: '3,4,5' })), ['/lines/6 amount_zero']);
	const done = await good(bad, { without: '3,4,5,6' });
	assert.deepEqual([done.new, done.left_out], [1, 4]);
	assert.equal((await lines(ok[1])).length, 1);
	assert.deepEqual(faults(await send(bad, { without: '3,x' })), ['/without rows']);
});

test('balances that do not follow are refused, unless the file is said to be filtered', async () => {
	const day = someDay();
	const file = csv(row({ day, balance: '1000.00' }), row({ day, balance: '1500.00' }));
	assert.deepEqual(faults(await send(file)), ['/lines/3 balance']);
	const done = await good(file, { gaps: '1' });
	const one = (await finance.want(200, 'GET', `${PLACE}/${done.id}`)).json;
	assert.deepEqual([done.new, one.opening_fen], [2, null]);
});

test('a number that is known with another sum is refused', async () => {
	const a = row();
	await good(csv(a));
	const changed = [...a];
	changed[2] = '601.00';
	assert.deepEqual(faults(await send(csv(row({ day: a[0] }), changed))), ['/lines/3 differs']);
	assert.deepEqual(faults(await send(csv(changed))), ['/lines/2 differs']);
});

test('the same booking in another format is not taken a second time', async () => {
	const from = someDay();
	const s = makeStatement({ cases: makeCases({ count: 20, seed: crypto.randomInt(1e6) }), lines: 12, seed: crypto.randomInt(1e6), from, to: from });
	assert.equal((await good(s.citic)).new, 12);
	const a = await send(s.csv);
	assert.equal(a.status, 422);
	const named = s.truth.filter((t) => t.name).length;
	assert.deepEqual(faults(a).filter((f) => / twin$/.test(f)).length >= named, true, faults(a).join());
	assert.equal((await db.run(`SELECT COUNT(*) FROM bank_line WHERE serial='${s.truth[0].serial.csv}'`))[0][0], '0');
});

test('only accounts of ours, and the one that the file names', async () => {
	assert.deepEqual(faults(await send(csv(row()), { account: '6222020000000000018' })), ['/account account_unknown']);
	const s = makeStatement({ cases: [], lines: 3, seed: 1, own: '6222020000000000018', from: '2020-01-01', to: '2020-01-01' });
	assert.deepEqual(faults(await send(s.citic)), ['/account account_other']);
	const a = await finance.request('POST', PLACE, { raw: csv(row()) });
	assert.deepEqual(faults(a), ['/account account']);
});

test('columns of their own: asked for, given, and remembered by account', async () => {
	const file = ['甲,乙,丙,丁', `${someDay()},${serial()},600,王𬭊`].join('\n');
	const seen = await good(file, { preview: '1' });
	assert.deepEqual([seen.columns, seen.faults.map((f) => f.code)], [['甲', '乙', '丙', '丁'], ['column_missing', 'column_missing', 'column_missing']]);
	const mapping = { date: '甲', serial: '乙', credit: '丙', payer_name: '丁' };
	const given = await good(file, { preview: '1', mapping: JSON.stringify(mapping) });
	assert.deepEqual([given.mapping_from, given.rows[0].payer_name, given.faults], ['given', '王𬭊', []]);
	assert.deepEqual(faults(await send(file, { mapping: '{"date":' })), ['/mapping json']);
	assert.equal((await send(file, { mapping: '{"nothing":"甲"}' })).status, 422);
	const put = (where, body, who = finance) => who.request('PUT', `/api/staff/statement-mappings/${where}`, { json: body });
	try {
		assert.deepEqual((await put(PAYEE, mapping)).json.mapping.serial, '乙');
		const kept = await good(file, { preview: '1' });
		assert.deepEqual([kept.mapping_from, kept.rows.length], ['kept', 1]);
		assert.deepEqual(faults(await put(PAYEE, {})), ['/date column_missing', '/serial column_missing', '/credit column_missing']);
		assert.deepEqual(faults(await put(PAYEE, { time: '甲', amount: '丙' })), ['/serial column_missing']);
		assert.equal((await good(file, { preview: '1' })).mapping_from, 'kept');
		assert.equal((await put('123456', mapping)).status, 422);
		assert.equal((await put('12', mapping)).status, 422);
		assert.equal((await put(PAYEE, mapping, other)).status, 403);
	} finally {
		await db.run(`DELETE FROM statement_mapping WHERE account='${PAYEE}'`);
	}
});

test('for finance alone, and never from another site', async () => {
	assert.equal((await send(csv(row()), {}, other)).status, 403);
	assert.equal((await other.get(PLACE)).status, 403);
	assert.equal((await new Client().get(PLACE)).status, 401);
	const a = await finance.request('POST', `${PLACE}?account=${PAYEE}`, { raw: csv(row()), csrf: false });
	assert.equal(a.status, 403);
});

test('hostile files are refused at once', async () => {
	const xml = (text) => send(text, { format: 'citic', preview: '1' });
	for (const [name, file, code] of [
		['a DTD', '<!DOCTYPE stream SYSTEM "file:///etc/passwd"><stream/>', 'dtd'],
		['entities', '<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><stream>&b;</stream>', 'dtd'],
		['100,000 deep', '<a>'.repeat(1e5), 'too_deep'],
		['half of it', '<stream><list><row>', 'xml'],
	]) {
		const from = Date.now();
		const a = await xml(file);
		assert.equal(a.status, 200, name);
		assert.ok(a.json.faults.some((f) => f.code === code), `${name}: ${JSON.stringify(a.json.faults)}`);
		assert.ok(Date.now() - from < 2000, name);
	}
	assert.equal((await send(Buffer.alloc(8100000, 'a'))).status, 413);
	assert.equal((await send('')).status, 422);
	assert.equal((await send(csv(row()), { format: 'mt940' })).status, 422);
});

test('the same file from many hands at once is kept once', async () => {
	const from = someDay();
	const s = makeStatement({ cases: makeCases({ count: 400, seed: 3 }), lines: 300, seed: crypto.randomInt(1e6), from, to: from });
	const all = await Promise.all(Array.from({ length: 12 }, () => send(s.citic)));
	for (const a of all) assert.ok([200, 503].includes(a.status), `${a.status} ${JSON.stringify(a.json)}`);
	assert.equal(all.filter((a) => a.status === 200 && a.json.new === 300).length, 1);
	const [[n]] = await db.run(`SELECT COUNT(*) FROM bank_line WHERE serial IN (${s.truth.map((t) => `'${t.serial.citic}'`).join()})`);
	assert.equal(n, '300');
});

test('10,000 lines in every format; how fast they go is measured by make bench', async (t) => {
	const cases = makeCases({ count: 9000, seed: 5 });
	for (const format of ['citic', 'camt', 'csv']) {
		const from = someDay();
		const s = makeStatement({ cases, lines: 10000, seed: crypto.randomInt(1e6), from, to: from });
		const start = Date.now();
		const done = await good(s[format]);
		const ms = Date.now() - start;
		assert.deepEqual([done.format, done.lines, done.new], [format, 10000, 10000]);
		const [[sum]] = await db.run(`SELECT SUM(amount_fen) FROM bank_line WHERE statement_id=${done.id} AND direction='in'`);
		assert.equal(Number(sum), s.truth.filter((x) => x.direction === 'in').reduce((x, y) => x + y.amount_fen, 0));
		t.diagnostic(`${format}: ${ms} ms`);
		const twice = Date.now();
		assert.equal((await good(s[format])).again, true);
		t.diagnostic(`${format} again: ${Date.now() - twice} ms`);
	}
});
