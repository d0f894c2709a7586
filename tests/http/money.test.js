'use strict';
/* The books by day, as finance reads them: each yuan on its day and place, and the file for a spreadsheet that says the same. */
const test = require('node:test');
const assert = require('node:assert/strict');
const data = require('../lib/data');
const mariadb = require('../lib/mariadb');
const { key } = require('../lib/client');
const { everybody } = require('../lib/walk');
const { staff } = require('../lib/staff');
const { dual } = require('../lib/dual');
const { LINES, handed, info, line, bring, find, look, settled, books } = require('../lib/money');

const MONEY = '/api/staff/money';
let finance, other;
test.before(async () => {
	await everybody();
	finance = await staff('finance1');
	other = await staff('finance2');
});
test.after(books);

const ZERO = { received_count: 0, received_fen: 0, returned_fen: 0, allotted_fen: 0, to_refund_fen: 0, refunded_fen: 0, loose_fen: 0 };
const back = (days) => new Date(Date.parse(data.today()) - days * 864e5).toISOString().slice(0, 10);
async function span(from, to) {
	const { items } = (await finance.want(200, 'GET', `${MONEY}/days?from=${from}&to=${to}`)).json;
	const names = items.map((one) => `${one.day} ${one.place}`);
	assert.equal(new Set(names).size, names.length, 'a day and place stands in two rows');
	return items;
}
const at = (items, day, place) => items.find((one) => one.day === day && one.place === place) || ZERO;
/* How a day and place changed. */
function moved(before, after, day, place) {
	const a = at(before, day, place), b = at(after, day, place);
	return Object.fromEntries(Object.keys(ZERO).map((name) => [name, b[name] - a[name]]).filter(([, n]) => n));
}
const today = async () => (await finance.want(200, 'GET', `${MONEY}/today`)).json;
const allot = (l, items) => finance.want(200, 'POST', `${LINES}/${l.id}/allot`, { items }, { key: key(), match: l.version });

/* Cells of a CSV, and that it is one a spreadsheet takes: mark, CRLF, every cell quoted. */
function table(body) {
	const text = body.toString('utf8');
	assert.ok(text.startsWith('\ufeff') && text.endsWith('\r\n'));
	return text.slice(1, -2).split('\r\n').map((row) => {
		assert.match(row, /^"(?:[^"]|"")*"(?:,"(?:[^"]|"")*")*$/);
		return row.slice(1, -1).split('","').map((cell) => cell.replace(/""/g, '"'));
	});
}

test('received, given, taken back, sent back: each on its day and place', async () => {
	const was = back(3), now = data.today(), w = await handed({ channel: 'counter' }), pay = await info(w);
	const before = await span(was, now), first = await today();
	const l = line({ fen: pay.due_fen + 700, date: was, name: '走错门（广州）𠮷䶮有限公司', remark: '货款' });
	await bring([l]);
	let seen = await settled(l.serial);
	let items = await span(was, now);
	assert.deepEqual(moved(before, items, was, 'bank'), { received_count: 1, received_fen: l.fen, loose_fen: l.fen });
	const lying = await today();
	assert.equal(lying.open.count, first.open.count + 1);
	assert.equal(lying.open.fen, first.open.fen + l.fen);
	assert.ok(lying.open.oldest <= was);

	await allot(seen, [{ no: w.no, amount_fen: 300 }]);
	assert.deepEqual(moved(before, await span(was, now), was, 'bank'), { received_count: 1, received_fen: l.fen, allotted_fen: 300, loose_fen: l.fen - 300 });
	assert.deepEqual((await today()).booked, { count: first.booked.count + 1, fen: first.booked.fen + 300 });
	seen = await look(await find(l.serial));
	await finance.want(200, 'POST', `/api/staff/payments/${seen.payments[0].id}/undo`, { reason: '记错了' }, { key: key() });
	assert.deepEqual(moved(before, await span(was, now), now, 'bank'), { allotted_fen: -300, loose_fen: 300 }, 'what is taken back counts on that day');
	assert.deepEqual((await today()).booked, first.booked);

	const r = (await finance.want(201, 'POST', '/api/staff/refunds', { bank_line_id: seen.id, amount_fen: 700, reason: '多付' }, { key: key() })).json;
	const asked = (t) => t.refunds.find((one) => one.state === 'asked') || { count: 0, fen: 0 };
	assert.equal(asked(await today()).fen, asked(first).fen + 700);
	await other.want(200, 'POST', `/api/staff/refunds/${r.id}/approve`, undefined, { key: key(), match: r.version });
	await finance.want(200, 'POST', '/api/staff/refunds/export', undefined, { key: key() });
	items = await span(was, now);
	assert.deepEqual(moved(before, items, now, 'bank'), { allotted_fen: -300, to_refund_fen: 700, loose_fen: -400 });
	const sent = (await finance.want(200, 'GET', `/api/staff/refunds/${r.id}`)).json;
	await finance.want(200, 'POST', `/api/staff/refunds/${r.id}/paid`, { text: '回单0001' }, { key: key(), match: sent.version });
	items = await span(was, now);
	assert.equal(moved(before, items, now, 'bank').refunded_fen, 700);

	const c = at(items, now, 'counter');
	await (await staff('desk1')).want(201, 'POST', `/api/staff/applications/${w.no}/receipts`, { payer_name: w.payer(), receipt: 'S' + data.digits(12), amount_fen: pay.due_fen }, { key: key() });
	assert.deepEqual(moved([{ ...c, day: now, place: 'counter' }], await span(now, now), now, 'counter'), { received_count: 1, received_fen: pay.due_fen, allotted_fen: pay.due_fen });
	const same = (await today()).items;
	assert.deepEqual(same, await span(now, now), 'today is a day like others');
});

test('loose is what the books say is loose', async () => {
	const all = (await finance.want(200, 'GET', '/api/staff/ledger')).json.accounts.find((a) => a.name === 'loose');
	const db = mariadb.portal();
	const first = await db.one('SELECT MIN(day) FROM ledger').finally(() => db.close());
	let sum = 0;
	for (let end = data.today(); end >= first;) { /* 92 days at a time */
		const from = new Date(Date.parse(end) - 91 * 864e5).toISOString().slice(0, 10);
		for (const one of await span(from, end)) sum += one.loose_fen;
		end = new Date(Date.parse(from) - 864e5).toISOString().slice(0, 10);
	}
	assert.equal(sum, -all.fen);
});

test('the file of payments: masked, no formula, the sum of the days; kept in the audit', async () => {
	const day = back(40 + Math.floor(Math.random() * 40)), w = await handed(), pay = await info(w);
	const l = line({ fen: pay.due_fen, date: day, name: '＝HYPERLINK𬭊有限公司', remark: '' }), odd = line({ fen: 100, date: day, name: '=cmd|calc（广州）有限公司', remark: '' });
	await bring([l, odd]);
	await allot(await settled(l.serial), [{ no: w.no, amount_fen: l.fen - 50 }]);
	await allot(await settled(odd.serial), [{ no: w.no, amount_fen: 50 }]);
	assert.equal((await finance.get(`${MONEY}/payments?from=${day}&to=${day}`)).json.code, 'two_persons');
	await dual('export_payments', { from: day, to: day, reason: '对账用' }, 'finance1', 'finance2');
	const a = await finance.want(200, 'GET', `${MONEY}/payments?from=${day}&to=${day}`);
	assert.match(a.headers['content-type'], /^text\/csv/);
	assert.match(a.headers['content-disposition'], /filename\*=UTF-8''%E6%94%B6%E6%AC%BE/);
	assert.ok(!a.body.toString().includes(l.account) && !a.body.toString().includes(odd.account), 'a whole account number');
	const [head, ...rows] = table(a.body);
	assert.deepEqual(head.slice(0, 5), ['到账日期', '申请单号', '付款户名', '付款账号', '金额']);
	const mine = rows.filter((r) => r[1] === w.no);
	assert.deepEqual(mine.map((r) => [r[0], r[4], r[5], r[11]]), [[day, ((l.fen - 50) / 100).toFixed(2), '转账', '有效'], [day, '0.50', '转账', '有效']]);
	assert.ok(mine[0][3].endsWith(l.account.slice(-4)) && mine[0][3].includes('*'));
	for (const r of rows) for (const cell of r) assert.doesNotMatch(cell, /^[=+\-@\t\r]/, cell);
	assert.equal(mine[1][2], "'=cmd|calc（广州）有限公司");
	const sum = rows.reduce((s, r) => s + Math.round(Number(r[4]) * 100), 0);
	assert.equal(sum, (await span(day, day)).reduce((s, one) => s + one.allotted_fen, 0), 'nothing was taken back of that day');
	const db = mariadb.portal();
	const kept = await db.one(`SELECT MAX(detail) FROM audit WHERE action='payment_file' AND object='${day} ${day}'`).finally(() => db.close());
	assert.equal(kept, `${rows.length} payments`);
});

test('the check; days that are wrong; not for other roles', async () => {
	const check = (await finance.want(200, 'GET', `${MONEY}/check`)).json;
	assert.deepEqual(check, { agree: true, faults: [] });
	for (const q of ['', 'from=2026-01-01', 'from=2026-02-30&to=2026-03-01', 'from=2026-03-02&to=2026-03-01', 'from=2026-01-01&to=2026-04-03', 'from=2026-01-01&to=2026-01-02&x=1'])
		for (const rest of ['days', 'payments']) {
			const got = await finance.get(`${MONEY}/${rest}?${q}`);
			assert.ok([400, 422].includes(got.status), `${rest}?${q}: ${got.status}`);
		}
	assert.equal((await finance.get(`${MONEY}/days?from=2026-01-01&to=2026-04-02`)).status, 200);
	for (const who of ['clerk1', 'supervisor1', 'auditor1']) assert.equal((await (await staff(who)).get(`${MONEY}/today`)).status, 403);
});

test('a row that is missing is found by the check and named', async () => {
	const db = mariadb.portal();
	const l = line({ fen: 4242, name: '对账（深圳）有限公司', remark: '' });
	await bring([l]);
	const seen = await settled(l.serial);
	try {
		await db.run(`UPDATE bank_line SET amount_fen=amount_fen+1 WHERE id=${seen.id}`);
		const check = (await finance.want(200, 'GET', `${MONEY}/check`)).json;
		assert.equal(check.agree, false);
		assert.deepEqual(check.faults.filter((f) => f.id === seen.id && f.what === 'line'), [{ what: 'line', id: seen.id, books_fen: 4242, real_fen: 4243 }]);
	} finally {
		await db.run(`UPDATE bank_line SET amount_fen=amount_fen-1 WHERE id=${seen.id}`);
		db.close();
	}
});
