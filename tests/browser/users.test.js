'use strict';
/* A new colleague from the first day: added by an administrator, first sign-in with the code bound from the picture, roles
 * given by two persons; the audit that shows it; an announcement by two, as visitors see it. */
const test = require('node:test');
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const env = require('../lib/env');
const { staff } = require('../lib/staff');
const { totp } = require('../lib/totp');
const { portal } = require('../lib/mariadb');
const { propose, decide } = require('../lib/dual');
const { launch, context, inspect, signed } = require('../lib/browser');

const base = env.url;
const user = 'n' + crypto.randomBytes(4).toString('hex');
const NAME = '欧阳𠮷';
const PASSWORD = 'Zheng-yin 2026 广州';
const found = [];
const desks = {};
const db = portal();
let browser, secret;

test.before(async () => { browser = await launch(); });
test.after(async () => {
	db.close();
	await browser.close();
});

const look = (p, name) => inspect(p, name, found);

async function desk(who, where) {
	if (!desks[who]) {
		const c = await context(browser);
		const client = await staff(who);
		await signed(c, client);
		desks[who] = { c, p: await c.newPage() };
	}
	await desks[who].p.goto(base + where);
	return desks[who].p;
}

async function open(p) {
	await p.locator(`[aria-controls=user-${user}]`).click();
	return p.locator(`#user-${user}`);
}

test('an administrator adds an account and sees its initial password once', async () => {
	const p = await desk('admin1', '/staff/users.html');
	await p.getByRole('button', { name: '新增账号' }).click();
	await p.getByRole('button', { name: '新增', exact: true }).click();
	await p.locator('.esum').waitFor();
	await p.fill('#us-name', NAME);
	await p.fill('#us-user', user);
	await look(p, 'users-add');
	await p.getByRole('button', { name: '新增', exact: true }).click();
	const once = p.locator('#once');
	await once.waitFor();
	desks.initial = await once.textContent();
	assert.match(desks.initial, /^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
	await look(p, 'users-password');
	await p.getByRole('button', { name: '关闭' }).click();
	await p.locator('#notice-users').waitFor();
	const box = await open(p);
	await box.getByText('初始密码，').waitFor();
	await look(p, 'users');
	desks.admin1.c.clean();
});

test('the first sign-in leads to password and code, and nowhere else before', async () => {
	const c = await context(browser);
	c.allowed.push(/422.*\/me\//);
	const p = await c.newPage();
	await p.goto(base + '/staff/login.html');
	await p.fill('#user', user);
	await p.fill('#password', desks.initial);
	await p.getByRole('button', { name: '登录', exact: true }).click();
	await p.waitForURL('**/staff/account.html');
	await p.locator('#pw-old').waitFor();
	await look(p, 'account-first');
	await p.goto(base + '/staff/queue.html');
	await p.waitForURL('**/staff/account.html');
	await p.fill('#pw-old', 'not the one');
	await p.fill('#pw-new', PASSWORD);
	await p.fill('#pw-again', PASSWORD + 'x');
	await p.getByRole('button', { name: '保存新密码' }).click();
	await p.getByText('两遍新密码不一样').first().waitFor();
	await p.fill('#pw-again', PASSWORD);
	await p.getByRole('button', { name: '保存新密码' }).click();
	await p.getByText('现在的密码不对').first().waitFor();
	await p.fill('#pw-old', desks.initial);
	await p.getByRole('button', { name: '保存新密码' }).click();
	await p.getByRole('button', { name: '开始绑定' }).click();
	const qr = p.locator('.totp-qr');
	await qr.waitFor();
	assert.ok(await qr.evaluate((img) => img.complete && img.naturalWidth > 0), 'the picture is drawn');
	secret = await p.locator('#totp-secret').getAttribute('data-value');
	await look(p, 'account-totp');
	await p.fill('#totp-code', '000000');
	await p.getByRole('button', { name: '确认绑定' }).click();
	await p.getByText('动态码不对').first().waitFor();
	await p.fill('#totp-code', totp(secret));
	await p.getByRole('button', { name: '确认绑定' }).click();
	await p.waitForURL((u) => u.pathname !== '/staff/account.html' || !u.search);
	await p.waitForFunction(() => document.querySelector('#nav a'));
	c.clean();
	desks.fresh = { c, p };
});

test('roles: proposed on the page of accounts, confirmed by another, held at once', async () => {
	const p = await desk('admin1', '/staff/users.html');
	const box = await open(p);
	await box.getByRole('button', { name: '改岗位' }).click();
	await p.locator('#role-clerk').check();
	await p.locator('#role-auditor').check();
	await p.fill('#us-reason', '新同事，先做受理');
	desks.admin1.c.allowed.push(/422.*\/proposals\/roles/);
	await p.getByRole('button', { name: '提出', exact: true }).click();
	await p.getByText('审计只能单独任').first().waitFor();
	await look(p, 'users-roles');
	await p.locator('#role-auditor').uncheck();
	await p.getByRole('button', { name: '提出', exact: true }).click();
	await p.locator('#notice-users').waitFor();
	const q = await desk('supervisor1', '/staff/proposals.html');
	const row = q.locator('.lines>li', { hasText: `${NAME}（${user}）的岗位改为：受理` });
	await row.getByRole('button', { name: '看改前改后' }).click();
	await row.getByRole('button', { name: '确认', exact: true }).click();
	await q.locator('dialog').getByRole('button', { name: '确认', exact: true }).click();
	await q.locator('#notice-proposal').waitFor();
	const fresh = desks.fresh.p;
	await fresh.goto(base + '/staff/queue.html');
	await fresh.locator('#nav a', { hasText: '待初审' }).waitFor();
	await desks.fresh.p.goto(base + '/staff/account.html');
	await desks.fresh.p.locator('#totp-old').waitFor();
	await look(desks.fresh.p, 'account');
	for (const who of ['admin1', 'supervisor1', 'fresh']) desks[who].c.clean();
});

test('the auditor finds it, by person and by kind; the search itself is in the book', async () => {
	const p = await desk('auditor1', '/staff/audit.html');
	await p.getByText('选好条件后').waitFor();
	await p.fill('#au-object', user);
	await p.getByRole('button', { name: '查询' }).click();
	await p.locator('tbody tr', { hasText: '变更岗位' }).first().waitFor();
	await look(p, 'audit');
	await p.fill('#au-object', '');
	await p.selectOption('#au-kind', 'audit');
	await p.getByRole('button', { name: '查询' }).click();
	await p.locator('tbody tr', { hasText: user }).first().waitFor();
	assert.match(p.url(), /kind=audit/);
	desks.auditor1.c.allowed.push(/422.*\/audit\?/);
	await p.fill('#au-staff', 'nobody_here');
	await p.getByRole('button', { name: '查询' }).click();
	await p.getByText('没有账号“nobody_here”').first().waitFor();
	desks.auditor1.c.clean();
});

test('an announcement: text for visitors once two have agreed, whatever it looks like', async () => {
	const title = `国庆放假安排𬭊<b>${user}</b>`;
	await db.run('UPDATE announcement SET ended_at=1, ended_by=1, end_checked_by=2 WHERE ended_at IS NULL');
	const p = await desk('supervisor1', '/staff/announcements.html');
	await p.getByRole('button', { name: '新公告' }).click();
	await p.getByRole('button', { name: '提出', exact: true }).click();
	await p.locator('.esum').waitFor();
	await p.fill('#an-title', title);
	await p.fill('#an-body', '10月1日至8日前台不办公，网上照常受理。\n<img src=x onerror=alert(1)> 寄件请等到9日。');
	await p.fill('#an-until', '2099-10-08');
	await p.fill('#an-reason', '放假通知');
	await look(p, 'announcements-form');
	await p.getByRole('button', { name: '提出', exact: true }).click();
	await p.locator('#notice-an').waitFor();
	const admin = await staff('admin1');
	const waits = (await admin.want(200, 'GET', '/api/staff/proposals?kind=announcement')).json.items.find((one) => one.subject === title);
	await decide(waits, 'confirm', 'admin1');
	await p.reload();
	await p.locator('.lines>li', { hasText: title }).getByText('显示中').waitFor();
	await look(p, 'announcements');
	const c = await context(browser);
	const v = await c.newPage();
	for (const [where, name] of [['/', 'announced-home'], ['/apply/start.html', 'announced-start']]) {
		for (let i = 0; ; i++) {
			await v.goto(base + where);
			if (await v.locator('#board').count()) break;
			assert.ok(i < 100, 'the announcement does not come');
			await v.waitForTimeout(300);
		}
		assert.equal(await v.locator('section[aria-labelledby=board] h3').textContent(), title);
		assert.equal(await v.locator('section[aria-labelledby=board] b, section[aria-labelledby=board] img').count(), 0);
		await look(v, name);
	}
	c.clean();
	const [shown] = (await admin.want(200, 'GET', '/api/staff/announcements')).json.items;
	await decide(await propose('announcement', { replaces: shown.id, end: true, reason: '测试完毕' }), 'confirm', 'supervisor1');
	desks.supervisor1.c.clean();
});

test('axe finds nothing', () => assert.equal(found.join('\n'), ''));
