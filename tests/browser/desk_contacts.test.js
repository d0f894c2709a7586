'use strict';
/* Where money and letters go and who answers: proposed by one, refused and confirmed by another; and the applicant's pages
 * that show it. */
const test = require('node:test');
const assert = require('node:assert/strict');
const env = require('../lib/env');
const { staff } = require('../lib/staff');
const { launch, context, inspect, signed } = require('../lib/browser');

const base = env.url;
const LIST = '/api/staff/contacts';
const found = [];
const desks = {};
const before = {};
let browser, one, two;

const held = async (name) => (await one.want(200, 'GET', LIST)).json[name];

/* Back to what was there before this test. */
async function restore() {
	for (const name of Object.keys(before)) {
		const now = await held(name);
		if (now.waiting) {
			const c = now.waiting.mine ? one : two;
			await c.want(200, 'POST', `${LIST}/${name}/decision`, { decision: now.waiting.mine ? 'withdraw' : 'refuse', note: '测试完毕' }, { match: now.version });
		}
		if (JSON.stringify(now.value) === JSON.stringify(before[name])) continue;
		const a = await one.want(200, 'POST', `${LIST}/${name}`, { ...before[name], reason: '恢复原样' }, { match: (await held(name)).version });
		await two.want(200, 'POST', `${LIST}/${name}/decision`, { decision: 'confirm' }, { match: a.json.version });
	}
}

test.before(async () => {
	browser = await launch();
	one = await staff('supervisor1');
	two = await staff('admin1');
	for (const name of ['account', 'post', 'hotlines']) before[name] = (await held(name)).value;
	await restore();
});
test.after(async () => {
	await restore();
	await browser.close();
});

const look = (p, name) => inspect(p, name, found);

async function desk(user) {
	if (!desks[user]) {
		const c = await context(browser);
		c.allowed.push(/422.*\/contacts\/post$/); /* a refusal that is looked at */
		const client = await staff(user);
		await signed(c, client);
		desks[user] = { c, p: await c.newPage() };
	}
	const { p } = desks[user];
	await p.goto(base + '/staff/contacts.html');
	await p.waitForSelector('#part-account-h');
	return p;
}

const part = (p, name) => p.locator(`section[aria-labelledby="part-${name}-h"]`);
const press = (p, name, text) => part(p, name).getByRole('button', { name: text }).first().click();
const says = (p, text) => p.waitForFunction((t) => document.querySelector('#notices').textContent.includes(t), text);
const group4 = (text) => text.replace(/(.{4})(?=.)/g, '$1 ');

test('the page shows what holds, and the two addresses apart', async () => {
	const p = await desk('supervisor1');
	assert.match(await part(p, 'account').textContent(), new RegExp(group4(before.account.account)));
	assert.ok((await part(p, 'post').textContent()).includes(before.post.address));
	assert.ok(!(await part(p, 'counters').textContent()).includes(before.post.address));
	assert.equal(await p.getAttribute('#nav a[href="/staff/contacts.html"]', 'aria-current'), 'page');
	await look(p, 'a0-contacts');
});

test('account: faults at the fields, then proposed; it does not hold', async () => {
	const p = await desk('supervisor1');
	await press(p, 'account', '提出修改');
	await p.fill('#ct-account', '6222 0000 12x');
	await p.fill('#ct-bank', '');
	await p.click('.keep button[type=submit]');
	await p.waitForSelector('.keep .esum');
	assert.equal(await p.locator('.keep .esum li').count(), 3);
	await look(p, 'a1-account-faults');
	await p.fill('#ct-name', '广州𠮷祥䶮（测试）电子商务认证有限公司');
	await p.fill('#ct-bank', '测试银行广州𬭊支行');
	await p.fill('#ct-account', '６２２２ 0000 1111 2222 333');
	await p.fill('#ct-reason', '换了开户行，见财务通知');
	await p.click('.keep button[type=submit]');
	await says(p, '等另一个人确认');
	await p.waitForSelector('.ct-waiting');
	assert.match(await part(p, 'account').textContent(), /等确认的改动[\s\S]*6222 0000 1111 2222 333[\s\S]*原来：/);
	assert.equal(await part(p, 'account').getByRole('button', { name: '确认生效' }).count(), 0, 'not by the same person');
	assert.equal(await part(p, 'account').getByRole('button', { name: '提出修改' }).count(), 0, 'one at a time');
	await look(p, 'a2-account-mine');
	assert.equal((await held('account')).value.account, before.account.account);
});

test('account: refused with a reason by the other, proposed again, confirmed by the end of the number', async () => {
	let p = await desk('admin1');
	await says(p, '等另一个人确认');
	await look(p, 'a3-account-other');
	await press(p, 'account', '退回');
	await p.locator('dialog[open] button[type=submit]').click();
	await p.waitForSelector('dialog[open] .esum');
	await p.fill('#dlg-reason', '没有附银行的函');
	await p.locator('dialog[open] button[type=submit]').click();
	await says(p, '已退回');
	const now = await held('account');
	assert.equal(now.waiting, null);
	await one.want(200, 'POST', `${LIST}/account`, { ...before.account, account: '6222000011112222333', reason: '补了银行的函' }, { match: now.version });
	p = await desk('admin1');
	await press(p, 'account', '确认生效');
	await p.fill('#ct-tail', '222334');
	await p.locator('dialog[open] button[type=submit]').click();
	await p.waitForSelector('dialog[open] .esum');
	await look(p, 'a4-account-confirm');
	await p.fill('#ct-tail', '２２２３３３');
	await p.locator('dialog[open] button[type=submit]').click();
	await says(p, '已生效');
	assert.equal((await held('account')).value.account, '6222000011112222333');
	await press(p, 'account', '记录');
	await p.waitForSelector('#part-account table');
	assert.match(await p.textContent('#part-account table tbody tr'), /已生效[\s\S]*确认[\s\S]*6222 0000 1111 2222 333[\s\S]*补了银行的函/);
	assert.match(await p.textContent('#part-account table tbody'), /没有附银行的函/);
	await look(p, 'a5-account-history');
});

test('post: a counter\'s address is refused at the field; another waits, can be taken back, is confirmed by the other', async () => {
	let p = await desk('supervisor1');
	const counter = (await one.want(200, 'GET', LIST)).json.counters[0].address;
	await press(p, 'post', '提出修改');
	await p.fill('#ct-address', counter);
	await p.fill('#ct-reason', '搬到前台');
	await p.click('.keep button[type=submit]');
	await p.waitForSelector('.keep .esum');
	assert.match(await p.textContent('.keep .esum'), /不能混用/);
	await look(p, 'a6-post-mixed');
	await p.fill('#ct-address', '广州市天河区𬭊路1号𠮷楼5层');
	await p.click('.keep button[type=submit]');
	await says(p, '等另一个人确认');
	await p.waitForSelector('.ct-waiting');
	assert.match(await part(p, 'post').textContent(), /等确认的改动[\s\S]*𬭊路1号𠮷楼5层[\s\S]*原来：/);
	assert.equal(await part(p, 'post').getByRole('button', { name: '确认生效' }).count(), 0, 'not by the same person');
	await press(p, 'post', '撤回');
	await p.locator('dialog[open] button[type=submit]').click();
	await says(p, '已撤回');
	const now = await held('post');
	assert.deepEqual([now.waiting, now.value], [null, before.post]);
	await one.want(200, 'POST', `${LIST}/post`, { ...before.post, address: '广州市天河区𬭊路1号𠮷楼5层', reason: '搬家，见租约' }, { match: now.version });
	p = await desk('admin1');
	await press(p, 'post', '确认生效');
	assert.match(await p.textContent('dialog[open]'), /确认改收件地址[\s\S]*把材料寄到那里[\s\S]*𬭊路1号𠮷楼5层[\s\S]*原来：/);
	await look(p, 'a6-post-confirm');
	await p.locator('dialog[open] button[type=submit]').click();
	await says(p, '已生效');
	assert.equal((await held('post')).value.address, '广州市天河区𬭊路1号𠮷楼5层');
});

test('hotlines: one taken away, one added; refused with the reason, proposed again, confirmed', async () => {
	let p = await desk('supervisor1');
	await press(p, 'hotlines', '提出修改');
	await p.locator('.ct-remove').first().click();
	await p.click('#ct-add');
	const last = p.locator('.ct-line').last();
	await last.locator('[name^=ct-name]').fill('投诉䶮线');
	await last.locator('[name^=ct-value]').fill('打总机');
	await p.fill('#ct-reason', '换了总机');
	await p.click('.keep button[type=submit]');
	await p.waitForSelector('.keep .esum');
	await look(p, 'a7-hotlines');
	await last.locator('[name^=ct-value]').fill('020-12345678');
	await p.click('.keep button[type=submit]');
	await says(p, '等另一个人确认');
	await p.waitForSelector('.ct-waiting');
	await look(p, 'a7-hotlines-mine');
	const items = [...before.hotlines.items.slice(1), { kind: 'phone', name: '投诉䶮线', value: '020-12345678' }];
	const asked = await held('hotlines');
	assert.deepEqual([asked.value, asked.waiting.value.items], [before.hotlines, items]);
	p = await desk('admin1');
	const waits = await part(p, 'hotlines').locator('.ct-waiting').textContent();
	assert.ok(waits.includes('投诉䶮线：020-12345678') && new RegExp(`原来：.*${before.hotlines.items[0].value}`).test(waits), waits);
	assert.equal(await part(p, 'hotlines').locator('.ct-waiting strong').count(), 1, 'what is new stands out');
	await press(p, 'hotlines', '退回');
	await p.fill('#dlg-reason', '总机还没有开通');
	await p.locator('dialog[open] button[type=submit]').click();
	await says(p, '已退回');
	const now = await held('hotlines');
	assert.deepEqual([now.waiting, now.value], [null, before.hotlines]);
	await one.want(200, 'POST', `${LIST}/hotlines`, { items, reason: '总机开通了' }, { match: now.version });
	p = await desk('admin1');
	await press(p, 'hotlines', '确认生效');
	await p.locator('dialog[open] button[type=submit]').click();
	await says(p, '已生效');
	assert.deepEqual((await held('hotlines')).value.items, items);
	await press(p, 'hotlines', '记录');
	await p.waitForSelector('#part-hotlines table');
	assert.match(await p.textContent('#part-hotlines table tbody'), /已生效[\s\S]*总机开通了[\s\S]*退回[\s\S]*总机还没有开通/);
});

test('an applicant sees it: the guide to paying, the addresses', async () => {
	const c = await context(browser);
	const p = await c.newPage();
	const end = Date.now() + 90000;
	for (;;) {
		await p.goto(base + '/guide/pay.html');
		const html = await p.textContent('main');
		await p.goto(base + '/guide/outlets.html');
		const places = await p.textContent('body');
		if (html.includes('6222 0000 1111 2222 333') && places.includes('𬭊路1号') && places.includes('投诉䶮线')) break;
		assert.ok(Date.now() < end, 'the pages were not written anew');
		await p.waitForTimeout(500);
	}
	await look(p, 'a8-outlets');
	c.clean();
	await c.close();
});

test('axe found nothing, no policy violation, no console error', () => {
	assert.equal(found.join('\n'), '');
	for (const { c } of Object.values(desks)) c.clean();
});
