'use strict';
/* The second review on the desk: the name is hidden, a slip of the hand is told by field, the second time it is right and
 * the case can be approved; what does not fit goes back with a reason, and the applicant reads which field. */
const test = require('node:test');
const assert = require('node:assert/strict');
const env = require('../lib/env');
const { staff, account } = require('../lib/staff');
const { totp } = require('../lib/totp');
const { Journey } = require('../lib/journey');
const { everybody } = require('../lib/walk');
const { launch, context, shoot, axe, signed } = require('../lib/browser');

const found = [];
let browser, two, p, one, other;

async function see(name) {
	await p.waitForLoadState('networkidle');
	await shoot(p, name);
	for (const v of await axe(p)) found.push(`${name}: ${v}`);
}
async function open(j) {
	await p.goto(`${env.url}/staff/case.html?no=${j.no}`);
	await p.waitForSelector('#rk-unit_name');
	await p.getByRole('button', { name: '认领' }).first().click();
	await p.waitForSelector('.head-mine');
}
/* The session ends while something is typed; its owner signs in on the page. */
async function over() {
	const { password, totp_secret } = account('reviewer2');
	two.allowed.push(/\b401\b/);
	await two.clearCookies();
	await p.getByRole('button', { name: '核对', exact: true }).click();
	await p.getByRole('button', { name: '重新登录' }).click();
	await p.fill('#again-password', password + 'x');
	await p.fill('#again-totp', '000000');
	await p.locator('dialog[open] button[type=submit]').click();
	await p.waitForSelector('dialog .esum >> text=账号、密码或动态码不正确');
	await see('86b-sign-in-again');
	await p.fill('#again-password', password);
	for (let tries = 0; await p.locator('dialog').count(); tries++) {
		assert.ok(tries < 4, 'no code is taken');
		if (tries > 1) await p.waitForTimeout(30500 - (Date.now() % 30000)); /* a code counts once */
		await p.fill('#again-totp', totp(totp_secret, tries % 2));
		await Promise.all([p.waitForResponse((r) => r.url().endsWith('/api/staff/session')), p.locator('dialog[open] button[type=submit]').click()]);
		await p.waitForTimeout(300);
	}
	await p.waitForSelector('#notices >> text=已重新登录');
}
const approve = () => p.locator('.bar').or(p.locator('body')).getByRole('button', { name: '复审通过' }).first();

test.before(async () => {
	await everybody();
	browser = await launch();
	two = await context(browser);
	two.allowed.push(/409/);
	const client = await staff('reviewer2');
	await signed(two, client);
	p = await two.newPage();
	[one, other] = [await Journey.to('second_review'), await Journey.to('second_review')];
	await one.look();
	await other.look();
});
test.after(() => browser.close());

test('blind, a slip, then right: approved', async () => {
	await p.goto(`${env.url}/staff/queue.html?queue=second_review`);
	await p.waitForSelector(`text=${one.no}`);
	assert.ok(!(await p.locator('main').innerText()).includes(one.case.unit.name), 'the list names the unit');
	await open(one);
	const { name, uscc } = one.case.unit;
	for (const secret of [name, uscc]) assert.ok(!(await p.content()).includes(secret), `the page says ${secret}`);
	assert.equal(await approve().getAttribute('aria-disabled'), 'true');
	await p.fill('#rk-uscc', uscc);
	await p.getByRole('button', { name: '核对', exact: true }).click();
	await p.waitForSelector('.esum');
	await p.fill('#rk-unit_name', name.slice(0, -1));
	await see('85-rekey');
	await p.getByRole('button', { name: '核对', exact: true }).click();
	await p.waitForSelector('text=单位名称与填报的不一致');
	assert.ok(!(await p.content()).includes(name + '<'), 'what was filled in is shown after a slip');
	assert.equal(await p.inputValue('#rk-uscc'), uscc, 'what was right stays');
	await see('86-rekey-differs');
	await p.fill('#rk-unit_name', name.replace('（', '(').replace('）', ')'));
	await over();
	assert.equal(await p.inputValue('#rk-unit_name'), name.replace('（', '(').replace('）', ')'), 'what was typed is lost');
	await p.getByRole('button', { name: '核对', exact: true }).click();
	await p.waitForSelector('text=已核对一致');
	await p.waitForSelector(`h1:has-text("${name}")`);
	await see('87-rekey-right');
	await approve().click();
	await p.locator('dialog[open] button[type=submit]').click();
	await p.waitForFunction(() => /待制证/.test(document.querySelector('#case').textContent));
	await one.become('approved');
});

test('twice another name: both are shown, it goes back by field, and the applicant reads which', async () => {
	await open(other);
	const wrong = '广州另一𠮷有限公司';
	for (const text of ['还可以录一次', '两次录入都与填报的不一致']) {
		await p.fill('#rk-unit_name', wrong);
		await p.fill('#rk-uscc', other.case.unit.uscc);
		await p.getByRole('button', { name: '核对', exact: true }).click();
		await p.waitForSelector(`text=${text}`);
	}
	const table = await p.locator('[aria-label="录入与填报的差别"]').innerText();
	assert.ok(table.includes(wrong) && table.includes(other.case.unit.name) && !table.includes(other.case.unit.uscc));
	await p.locator('[aria-labelledby=rk-h]').getByRole('button', { name: '退回' }).click();
	assert.equal(await p.inputValue('#rk-to'), 'applicant');
	assert.equal(await p.inputValue('#rk-reason'), 'form_differs');
	assert.equal(await p.isChecked('#rk-f-unit_name'), true);
	await p.fill('#rk-note', '证照上是“𠮷”，上面一横短');
	await see('88-rekey-back');
	await p.locator('#rk-back button[type=submit]').click();
	await p.waitForSelector('text=已退回申请人补正。');
	await other.become('returned');
	assert.match(other.case.corrections.items[0].note, /^单位名称：填报与证照不一致。证照上是“𠮷”/);
	const mine = await context(browser);
	await signed(mine, other.owner);
	const q = await mine.newPage();
	await q.goto(`${env.url}/apply/fix.html?no=${other.no}`);
	await q.waitForSelector('text=上面一横短');
	mine.clean();
});

test('nothing was amiss on the way', () => {
	assert.equal(found.join('\n'), '');
	two.clean();
});
