'use strict';
/* The page of messages and of the work behind the pages: what did not arrive is found, sent again with a reason, and a case has
 * its own list; a supervisor tries given-up work again or sets it aside. */
const test = require('node:test');
const assert = require('node:assert/strict');
const env = require('../lib/env');
const data = require('../lib/data');
const spool = require('../lib/spool');
const { staff } = require('../lib/staff');
const { portal } = require('../lib/mariadb');
const { Journey } = require('../lib/journey');
const { subject, certificate, bring } = require('../lib/certificates');
const { launch, context, shoot, axe, signed } = require('../lib/browser');

const found = [], tag = data.digits(9);
const evil = `<img src=x onerror=alert(1)>\${day}（${tag}）𠮷䶮𬭊有限公司`;
let browser, db, p, agent;

async function see(page, name) {
	await page.waitForLoadState('networkidle');
	await shoot(page, name);
	for (const v of await axe(page)) found.push(`${name}: ${v}`);
}
async function desk(user) {
	const c = await context(browser);
	const client = await staff(user);
	c.allowed.push(/409|422|429/);
	await signed(c, client);
	return c;
}

test.before(async () => {
	db = portal();
	browser = await launch();
	const s = subject('org', data.phone());
	agent = s.agent.phone;
	Object.assign(s.unit, { name: evil });
	s.seal_name = evil;
	bring([certificate(s, { not_after: data.today(60) })]);
	await spool.wait(agent, null, (m) => m.template === 'remind');
	p = await (await desk('desk1')).newPage();
});
test.after(async () => {
	await browser.close();
	db.close();
});

test('what did not arrive stands first, and goes again with a reason', async () => {
	const [[id]] = await db.run(`SELECT MAX(id) FROM outbox WHERE template='remind'`);
	await db.run(`UPDATE outbox SET state='failed', error='MOBILE_NOT_ON_SERVICE', reported_at=sent_at+3 WHERE id=${id}`);
	await p.goto(`${env.url}/staff/messages.html`);
	const mine = p.locator('#sms tr', { hasText: `${agent.slice(0, 3)}****${agent.slice(7)}` }).first();
	await mine.waitFor();
	assert.match(await mine.innerText(), /<img src=x onerror=alert.*空号或停机/s);
	assert.ok(!(await p.content()).includes(agent));
	assert.ok(await p.locator('#jobs').isHidden());
	await see(p, '90-messages');
	await mine.locator('button').click();
	await p.click('dialog button[type=submit]');
	await p.waitForSelector('dialog .esum');
	await p.fill('#dlg-reason', '号码已核实𠮷');
	await see(p, '91-message-again');
	await p.click('dialog button[type=submit]');
	await p.waitForSelector('text=已交给后台重发');
	await spool.wait(agent, null, (m) => Number(m.file.split('-')[0]) > Number(id));
	await mine.locator('button').click();
	await p.fill('#dlg-reason', '再来一次');
	await p.click('dialog button[type=submit]');
	await p.waitForSelector('dialog >> text=一分钟内已重发过');
	await p.keyboard.press('Escape');
	await p.click('#sms-pick >> text=全部');
	await p.waitForSelector('.ms-text .tag');
	await db.run(`UPDATE outbox SET state='sent' WHERE id=${id}`);
});

test('a case has its own list', async () => {
	const j = await Journey.to('submitted');
	await p.goto(`${env.url}/staff/case.html?no=${j.no}`);
	await p.click('a[href*="/staff/messages.html?no="]');
	await p.waitForSelector(`text=申请${j.no}已提交`);
	assert.deepEqual(new Set(await p.locator('#sms tbody a').allInnerTexts()), new Set([j.no]));
	await see(p, '92-messages-of-case');
});

test('work that was given up', async () => {
	await db.run(`INSERT INTO job (kind, ref, state, tries, next_at, error, created_at, died_at) VALUES ('guide', 'page/${tag}', 'dead', 6, 0, 'busy', UNIX_TIMESTAMP()-7200, UNIX_TIMESTAMP()), ('issue', '0:${tag}', 'dead', 6, 0, 'uncertain', UNIX_TIMESTAMP()-7000, UNIX_TIMESTAMP())`);
	const c = await desk('supervisor1'), q = await c.newPage();
	await q.goto(`${env.url}/staff/messages.html`);
	const row = (ref) => q.locator('#jobs tr', { hasText: ref });
	await row(`0:${tag}`).waitFor();
	assert.match(await row(`0:${tag}`).innerText(), /结果暂不确定.*请在制证页办理/s);
	assert.equal(await row(`0:${tag}`).locator('button').count(), 1);
	await see(q, '93-jobs');
	await row(`0:${tag}`).getByRole('button', { name: '搁置' }).click();
	await q.fill('#dlg-reason', '制证页已另行办理');
	await q.click('dialog button[type=submit]');
	await q.waitForSelector('text=已搁置。');
	await row(`page/${tag}`).getByRole('button', { name: '再试' }).click();
	await q.fill('#dlg-reason', '磁盘已清理');
	await q.click('dialog button[type=submit]');
	await q.waitForSelector('text=已交给后台再试');
	await row(`page/${tag}`).waitFor({ state: 'detached' });
	await q.click('#jobs-pick >> text=已搁置');
	await row(`0:${tag}`).waitFor();
	c.clean();
	p.context().clean();
	assert.equal(found.join('\n'), '');
});
