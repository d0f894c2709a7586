'use strict';
/* An invoice on its way: due on the desk, dropped as files, sent; taken by the link of the message and on the case's page. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const env = require('../lib/env');
const files = require('../lib/files');
const spool = require('../lib/spool');
const { begun } = require('../lib/money');
const { everybody } = require('../lib/walk');
const { staff } = require('../lib/staff');
const { invoice, number } = require('../lib/invoices');
const { launch, context, inspect, signed } = require('../lib/browser');

const found = [];
let browser;
test.before(async () => {
	await everybody();
	browser = await launch();
});
test.after(() => browser.close());

async function seen(client, where) {
	const c = await context(browser);
	if (client) await signed(c, client);
	const p = await c.newPage();
	await p.goto(env.url + where, { waitUntil: 'networkidle' });
	return { c, p };
}
const look = (p, name) => inspect(p, name, found);
async function saved(p, button) {
	const [download] = await Promise.all([p.waitForEvent('download'), p.click(button)]);
	return { name: download.suggestedFilename(), bytes: fs.readFileSync(await download.path()) };
}

/* The row of a case, on whatever page of the list it is: others' invoices lie there, too. */
async function rowOf(p, no) {
	const row = p.locator('#list tbody tr', { hasText: no }), next = p.getByRole('button', { name: '下一页' });
	for (;;) {
		await p.locator('#list .pager:not([data-seen])').waitFor({ state: 'attached' });
		if (await row.count() || !await next.count()) return row;
		await p.locator('#list .pager').evaluate((pager) => pager.setAttribute('data-seen', ''));
		await next.click();
	}
}

test('from the due list to the applicant', async () => {
	const w = await begun();
	await w.all();
	const finance = await staff('finance1');
	let due;
	for (const end = Date.now() + 90000; !due && Date.now() < end;) {
		due = (await finance.all('/api/staff/invoices')).find((v) => v.no === w.no);
		await new Promise((r) => setTimeout(r, 200));
	}
	assert.ok(due, 'no invoice is due');
	const { c, p } = await seen(finance, '/staff/invoices.html');
	c.allowed.push(/(422|409).*\/staff\/invoices/);
	const row = await rowOf(p, w.no);
	assert.match(await row.innerText(), /剩\d个工作日/);
	assert.ok((await row.innerText()).includes(due.title));
	await look(p, '70-invoices-due');

	const good = invoice({ fen: due.amount_fen, title: due.title, tax: due.tax_number, remark: w.no });
	const wrong = invoice({ fen: due.amount_fen, title: '深圳市䶮别家（集团）有限公司', tax: due.tax_number, remark: w.no });
	const pdf = files.pdf({ size: 10, note: `No ${good.no} ${(due.amount_fen / 100).toFixed(2)}` }), since = spool.now();
	await p.setInputFiles('#iv-file', [
		{ name: `dzfp_${good.no}.pdf`, mimeType: 'application/pdf', buffer: pdf },
		{ name: `dzfp_${wrong.no}.xml`, mimeType: 'text/xml', buffer: wrong.xml },
		{ name: `dzfp_${good.no}.xml`, mimeType: 'text/xml', buffer: good.xml },
		{ name: `dzfp_${number()}.pdf`, mimeType: 'application/pdf', buffer: pdf }
	]);
	await p.waitForFunction(() => document.querySelectorAll('#result li').length === 4);
	const said = await p.locator('#result').innerText();
	assert.match(said, /没有导入。购买方名称是“深圳市䶮别家（集团）有限公司”/);
	assert.match(said, new RegExp(`归入申请${w.no}，短信已发送`));
	assert.match(said, new RegExp(`已配到发票${good.no}`));
	assert.match(said, /文件名里没有已导入的发票号码/);
	await look(p, '71-invoices-taken');
	await p.selectOption('#iv-state', 'delivered');
	const there = await rowOf(p, w.no);
	assert.ok((await there.innerText()).includes(good.no));

	/* By the link, without a session. */
	const sms = await spool.wait(w.case.agent.phone, since, (m) => m.template === 'invoice');
	const [, link, code] = /\/f#([\w-]{22}) 提取码(\d{6})/.exec(sms.text);
	const guest = await seen(null, '/f#' + link);
	guest.c.allowed.push(/404.*\/invoices\/open/);
	assert.ok(!guest.p.url().includes(link), 'the link stays in the address');
	await look(guest.p, '72-invoice-code');
	await guest.p.fill('#code', code === '111111' ? '222222' : '111111');
	await guest.p.click('#ask button');
	await guest.p.waitForSelector('.esum');
	assert.match(await guest.p.locator('.esum').innerText(), /提取码不对/);
	await guest.p.fill('#code', code);
	await guest.p.click('#ask button');
	await guest.p.waitForSelector('#view:not([hidden])');
	assert.ok((await guest.p.locator('#facts').innerText()).includes(good.no));
	await look(guest.p, '73-invoice-got');
	const xml = await saved(guest.p, '[data-file=xml]');
	assert.equal(xml.name, `电子发票${good.no}.xml`);
	assert.deepEqual(xml.bytes, good.xml);
	assert.deepEqual((await saved(guest.p, '[data-file=pdf]')).bytes, pdf);
	guest.c.clean();

	/* On his own page. */
	const own = await seen(w.owner, `/track/case.html?no=${w.no}`);
	await own.p.waitForSelector('#inv-pdf');
	assert.ok((await own.p.locator('#inv-say').innerText()).includes(good.no));
	await look(own.p, '74-invoice-case');
	assert.deepEqual((await saved(own.p, '#inv-xml')).bytes, good.xml);

	/* Reversed: the desk says with what, the applicant is told. */
	const red = number();
	await there.locator('button', { hasText: '登记冲红' }).click();
	await p.fill('#red-number', red);
	await p.fill('#red-reason', '抬头有误');
	await look(p, '75-invoice-reverse');
	await p.click('#red button[type=submit]');
	await p.waitForSelector('#notice-done');
	await p.selectOption('#iv-state', 'reversed');
	assert.match(await p.locator('#list tbody tr', { hasText: good.no }).innerText(), new RegExp(`冲红：${red}，抬头有误`));
	c.clean();
	own.c.clean();
	assert.equal(found.join('\n'), '');
});
