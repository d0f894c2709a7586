'use strict';
/* What needs two persons, on the desk: a price is proposed on the page of settings, a year on that of the calendar; another
 * looks at before and after and confirms, or sends it back. */
const test = require('node:test');
const assert = require('node:assert/strict');
const env = require('../lib/env');
const { staff } = require('../lib/staff');
const { decide, dual } = require('../lib/dual');
const { launch, context, shoot, axe, signed } = require('../lib/browser');

const YEAR = 2086;
const EMPTY = `day,kind,note,source\n${YEAR}-01-01,off,元旦,测试用的通知\n`;
const found = [];
let browser, one, two, p, q;

async function desk(user) {
	const c = await context(browser);
	const client = await staff(user);
	await signed(c, client);
	return c;
}
async function see(page, name) {
	await page.waitForLoadState('networkidle');
	await shoot(page, name);
	for (const v of await axe(page)) found.push(`${name}: ${v}`);
}
async function usual() {
	const [a, b] = [await staff('admin1'), await staff('supervisor1')];
	for (const c of [a, b]) for (const x of (await c.want(200, 'GET', '/api/staff/proposals')).json.items) if (x.mine) await decide(x, 'withdraw', c.user);
	if (!(await a.want(200, 'GET', '/api/staff/settings')).json.items.find((s) => s.name === 'unlock.fee').is_default) await dual('price', { name: 'unlock.fee', reset: true, reason: '恢复原价' });
	if ((await a.want(200, 'GET', `/api/staff/calendar?year=${YEAR}`)).json.days.length !== 1) await dual('calendar', { csv: EMPTY, reason: '恢复原样' });
}

test.before(async () => {
	await usual();
	browser = await launch();
	[one, two] = [await desk('admin1'), await desk('supervisor1')];
	[p, q] = [await one.newPage(), await two.newPage()];
});
test.after(async () => {
	await browser.close();
	await usual();
});

test('a price: proposed in the settings, confirmed by another, with both names on record', async () => {
	await p.goto(`${env.url}/staff/settings.html`);
	const row = p.locator('li', { hasText: '解锁收费' });
	await row.locator('button', { hasText: '修改' }).click();
	await p.fill('#set-value', '３5');
	await p.fill('#set-reason', '业务会议定的，𠮷科长记录');
	await see(p, '81-price');
	await p.click('text="提出改动"');
	await p.waitForSelector('text=已提出：解锁收费：0元改为35元');
	assert.match(await row.innerText(), /0元/);
	await p.goto(`${env.url}/staff/proposals.html`);
	await p.click('text=看改前改后');
	await p.waitForSelector('text=这是您提出的，要另一个人确认。');
	assert.equal(await p.locator('button', { hasText: /^确认$/ }).count(), 0, 'who proposed may confirm');

	await q.goto(`${env.url}/staff/queue.html`);
	await q.click('#notice-warning-proposals a');
	await q.waitForURL('**/staff/proposals.html');
	await q.locator('button', { hasText: '看改前改后' }).click();
	await q.waitForSelector('.line-body table');
	await see(q, '82-proposal');
	await q.locator('.line-body button', { hasText: /^确认$/ }).click();
	await q.click('dialog button[type=submit]');
	await q.waitForSelector('text=已确认：解锁收费：0元改为35元。');
	await q.waitForSelector('text=没有等确认的事项。');
	await q.click('#sides a:has-text("已了结")');
	await q.waitForSelector('text=业务会议定的，𠮷科长记录');
	await see(q, '83-proposals-closed');
	await q.goto(`${env.url}/staff/settings.html`);
	const held = q.locator('li', { hasText: '解锁收费' });
	assert.match(await held.innerText(), /35元/);
	await held.locator('button', { hasText: '记录' }).click();
	await q.waitForSelector(`text=${(await staff('admin1')).me.name}提出，${(await staff('supervisor1')).me.name}确认`);
});

test('a year: proposed after a look, sent back with a word, nothing is changed', async () => {
	await p.goto(`${env.url}/staff/calendar.html?year=${YEAR}`);
	await p.click('#cal-open');
	await p.fill('#cal-csv', EMPTY + `${YEAR}-05-01,off,劳动节䶮,测试用的通知\n`);
	await p.click('text="预览"');
	await p.fill('#cal-reason', '按通知导入');
	await p.click(`text="提出导入${YEAR}年日历"`);
	await p.waitForSelector(`text=已提出：${YEAR}年工作日历改1天`);
	await q.goto(`${env.url}/staff/proposals.html`);
	await q.locator('button', { hasText: '看改前改后' }).click();
	await q.waitForSelector('text=劳动节䶮');
	await q.locator('.line-body button', { hasText: /^退回$/ }).click();
	await q.fill('#dlg-reason', '通知还没有发');
	await q.click('dialog button[type=submit]');
	await q.waitForSelector(`text=已退回：${YEAR}年工作日历改1天`);
	await p.goto(`${env.url}/staff/proposals.html?state=closed`);
	await p.waitForSelector('text=通知还没有发');
	const days = (await (await staff('admin1')).want(200, 'GET', `/api/staff/calendar?year=${YEAR}`)).json.days;
	assert.deepEqual(days.map((d) => d.day), [`${YEAR}-01-01`]);
});

test('nothing was amiss on the way', () => {
	assert.equal(found.join('\n'), '');
	one.clean();
	two.clean();
});
