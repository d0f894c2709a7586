'use strict';
/* Finance and the bank's statements: a file is looked at before it counts, bad rows are named and may be left out, columns
 * of a bank nobody knows are told by hand and remembered, and what was imported can be read again. */
const test = require('node:test');
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const env = require('../lib/env');
const mariadb = require('../lib/mariadb');
const { staff } = require('../lib/staff');
const { makeCases, makeStatement, PAYEE } = require('../lib/bank');
const { launch, context, inspect, signed } = require('../lib/browser');

const found = [];
let browser, c, p, db;

const someDay = () => new Date(Date.UTC(2001, 0, 1) + crypto.randomInt(7000) * 864e5).toISOString().slice(0, 10);
const serial = () => `B${crypto.randomBytes(6).toString('hex')}`;
const choose = (name, text) => p.setInputFiles('#st-file', { name, mimeType: 'application/octet-stream', buffer: Buffer.from(text) });

const look = (name) => inspect(p, name, found);

test.before(async () => {
	browser = await launch();
	db = mariadb.portal();
	c = await context(browser);
	c.allowed.push(/422.*\/staff\/statement/);
	const client = await staff('finance1');
	await signed(c, client);
	p = await c.newPage();
	await p.goto(`${env.url}/staff/statements.html`);
	await p.waitForSelector('#st-file');
});
test.after(async () => {
	await db.run(`DELETE FROM statement_mapping WHERE account='${PAYEE}'`);
	db.close();
	await browser.close();
});

test('a statement is looked at, imported, and read again; a second time changes nothing', async () => {
	const day = someDay();
	const s = makeStatement({ cases: makeCases({ count: 60, seed: crypto.randomInt(1e6) }), lines: 40, seed: crypto.randomInt(1e6), from: day, to: day });
	assert.equal(await p.inputValue('#st-account'), PAYEE);
	await choose('中信.xml', s.citic);
	await p.waitForSelector('#st-import');
	assert.match(await p.locator('#preview').innerText(), /中信银企直联XML[\s\S]*40笔，新40笔，已有0笔/);
	assert.equal(await p.locator('#preview tbody tr').count(), 20);
	await look('61-statement-preview');
	await p.click('#st-import');
	await p.waitForSelector('#notice-done');
	assert.match(await p.locator('#notice-done').innerText(), /已导入40笔新明细/);
	const first = p.locator('#list tbody tr', { hasText: day }).first();
	await first.waitFor();
	await first.locator('button').click();
	await p.waitForSelector('#lines-h');
	assert.equal(await p.locator('#lines tbody tr').count(), 40);
	assert.match(await p.locator('#lines').innerText(), /待认领/);
	await look('62-statement-lines');
	await choose('中信.xml', s.citic);
	await p.waitForSelector('#st-says');
	assert.match(await p.locator('#st-says').innerText(), /已经导入过/);
	assert.equal(await p.locator('#st-import').count(), 0);
});

test('bad rows are named; left out, the rest is imported', async () => {
	const day = someDay();
	const rows = [['600.00', '广州（测试）𠮷䶮𬭊有限公司'], ['-600.00', '冲正'], ['360.00', '李小明']];
	await choose('明细.csv', ['交易日期,交易流水号,贷方发生额,对方户名', ...rows.map(([sum, name]) => `${day},${serial()},${sum},${name}`)].join('\r\n'));
	await p.waitForSelector('#st-faults');
	assert.match(await p.locator('#preview').innerText(), /第3行的金额是负数/);
	assert.equal(await p.locator('#st-import').count(), 0);
	await look('63-statement-faults');
	await p.check('input[aria-label="留出第3行"]');
	await p.click('text=留出勾选的行，再看一次');
	await p.waitForSelector('#st-import');
	assert.match(await p.locator('#preview').innerText(), /2笔，新2笔，已有0笔，留出1笔/);
	await p.click('#st-import');
	await p.waitForSelector('#notice-done');
});

test('columns that nobody knows are told by hand and remembered', async () => {
	const file = () => ['记账,凭证,进,谁,说明', `${someDay()},${serial()},600.00,王𬭊,CA`].join('\n');
	await choose('农信.csv', file());
	await p.waitForSelector('details.st-columns[open]');
	for (const [name, title] of [['date', '记账'], ['serial', '凭证'], ['credit', '进'], ['payer_name', '谁']]) await p.selectOption(`#col-${name}`, title);
	await p.check('#st-remarks input[value="说明"]');
	await look('64-statement-columns');
	await p.click('text=记住，下次这个账号的CSV都这样读');
	await p.waitForSelector('#st-import');
	await choose('农信2.csv', file());
	await p.waitForSelector('#st-import');
	assert.match(await p.locator('#preview tbody').innerText(), /王𬭊[\s\S]*CA/);
});

test('nothing was wrong on the way', () => {
	assert.deepEqual(found, []);
	c.clean();
});
