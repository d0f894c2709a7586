'use strict';
/* What the desk sees of cases about certificates that are there: register beside the case, tokens and signatures ticked
 * off, the last day filled in ahead, unlock as one button, a revocation confirmed by the end of the serial. */
const test = require('node:test');
const assert = require('node:assert/strict');
const env = require('../lib/env');
const data = require('../lib/data');
const { applicant } = require('../lib/journey');
const { Walk, everybody } = require('../lib/walk');
const { subject, certificate, bring } = require('../lib/certificates');
const { staff } = require('../lib/staff');
const { launch, context, inspect, signed } = require('../lib/browser');

const base = env.url;
const found = [];
const desks = {};
let browser;

test.before(async () => {
	browser = await launch();
	await everybody();
});
test.after(async () => browser.close());

const look = (p, name) => inspect(p, name, found);

async function desk(user) {
	if (!desks[user]) {
		const c = await context(browser);
		c.allowed.push(/422.*\/(token|signature)$/); /* refusals that are looked at */
		const client = await staff(user);
		await signed(c, client);
		desks[user] = { c, p: await c.newPage() };
	}
	return desks[user].p;
}

async function begin(service, channel, more = {}, options = {}) {
	const owner = await applicant();
	const whose = subject('org', owner.phone);
	const w = await Walk.begin({ service, holder: 'org', channel, owner, subject: whose, old: bring([certificate(whose, more)]), ...options });
	await w.fill();
	await w.handIn();
	await w.accepted();
	return w;
}

async function open(user, w) {
	const p = await desk(user);
	await p.goto(base + `/staff/case.html?no=${w.no}`);
	await p.waitForSelector('#case-no');
	return p;
}

const shows = (p, text) => p.waitForFunction((t) => document.querySelector('#case').textContent.includes(t), text);

test('change: register beside the case, token by its serial, the same last day', async () => {
	const w = await begin('change', 'post', { not_after: data.today(200) });
	let p = await open('clerk2', w);
	await p.waitForSelector('.tbl-former');
	assert.match(await p.textContent('.former'), new RegExp(w.old[0].sign_serial));
	await look(p, '80-change');
	await w.originals();
	p = await desk('desk1');
	await p.goto(base + `/staff/mail.html?no=${w.no}`);
	await p.waitForSelector('#tick-token-i');
	await p.fill('#tick-token-i', 'Z' + data.digits(9));
	await p.locator('#result form:has(#tick-token-i) button[type=submit]').click();
	await p.waitForSelector('#result .esum');
	await look(p, '81-mail-token');
	await p.fill('#tick-token-i', w.old[0].token_serial.toLowerCase());
	await p.locator('#result form:has(#tick-token-i) button[type=submit]').click();
	await p.waitForFunction(() => !document.querySelector('#tick-token-i'));
	await w.decided();
	p = await open('producer1', w);
	await p.waitForSelector('#p-to-1');
	assert.equal(await p.inputValue('#p-to-1'), data.today(200));
	await p.fill('#p-from-1', data.today(1));
	assert.equal(await p.inputValue('#p-to-1'), data.today(200), 'the day stays what it was');
	await look(p, '82-change-make');
	await p.fill('#p-sign-1', data.serial());
	await p.fill('#p-enc-1', data.serial());
	await p.locator('form.make button[type=submit]').click();
	await shows(p, '已制');
	await p.goto(base + '/staff/register.html?q=' + w.old[0].sign_serial);
	await p.waitForSelector('#list tbody a[href*="register"]');
	assert.match(await p.textContent('#list tbody'), /已注销/);
	await look(p, '83-register-chain');
	await p.locator('#list tbody td a[href*="register"]').first().click();
	await p.waitForSelector('#c-chain');
	assert.equal(await p.locator('section[aria-labelledby=c-chain] tbody tr').count(), 2);
	assert.match(await p.textContent('tr[aria-current]'), new RegExp(w.old[0].sign_serial));
	await p.locator('section[aria-labelledby=c-chain] td a[href*="serial="]').click();
	await p.waitForFunction((serial) => document.querySelector('tr[aria-current]') && !document.querySelector('tr[aria-current]').textContent.includes(serial), w.old[0].sign_serial);
	await p.getByRole('button', { name: '登记锁定' }).click();
	await p.fill('#dlg-reason', '窗口试了六次䶮');
	await p.locator('dialog button[type=submit]').click();
	await p.waitForSelector('section[aria-labelledby=c-token] .tag-err');
	assert.match(await p.textContent('section[aria-labelledby=c-token]'), /已锁定[^]*登记锁定[^]*窗口试了六次䶮/);
	assert.equal(await p.getByRole('button', { name: '登记锁定' }).count(), 0);
	await look(p, '84-register-one');
});

test('renew online: signature by its serial, old day plus years, then installing', async () => {
	const w = await begin('renew', 'online', { not_after: data.today(60) });
	let p = await open('clerk2', w);
	await p.waitForSelector('#tick-signature-i');
	await p.fill('#tick-signature-i', data.serial());
	await p.getByRole('button', { name: '登记签名已验' }).click();
	await p.waitForSelector('.panel .esum');
	await look(p, '84-renew-signature');
	await p.fill('#tick-signature-i', w.old[0].sign_serial);
	await p.getByRole('button', { name: '登记签名已验' }).click();
	await shows(p, '已于');
	await w.money();
	await w.look();
	assert.equal(w.case.state, 'approved');
	p = await open('producer1', w);
	await p.waitForSelector('#p-to-1');
	assert.equal(await p.locator('#machine li.on').count(), 8, 'what the machine asked');
	assert.equal(await p.locator('#machine li:not(.on)').count(), 0);
	const [y, rest] = [Number(data.today(60).slice(0, 4)) + w.years, data.today(60).slice(4)];
	assert.equal(await p.inputValue('#p-to-1'), `${y}${rest === '-02-29' ? '-02-28' : rest}`);
	await p.fill('#p-sign-1', data.serial());
	await p.fill('#p-enc-1', data.serial());
	await p.locator('form.make button[type=submit]').click();
	await shows(p, '等申请人在客户端安装');
	await look(p, '85-renew-installing');
});

test('unlock by post: one button when it was done by other means', async () => {
	const w = await begin('unlock', 'post');
	await w.closeGates();
	await w.decided();
	assert.equal(w.case.state, 'approved');
	const p = await desk('producer1');
	await p.goto(base + '/staff/produce.html');
	const row = p.locator('#list li', { hasText: w.no });
	await row.locator('button[aria-expanded]').click();
	await row.locator('summary', { hasText: '手工登记' }).click();
	await p.waitForSelector('#p-unlocked:visible');
	assert.equal(await p.locator('#p-sign-1').count(), 0);
	await look(p, '86-unlock');
	await p.click('#p-unlocked');
	await p.waitForFunction(() => !document.querySelector('#p-unlocked'));
	await w.look();
	assert.equal(w.case.state, 'produced');
});

test('revoke: the end of the serial is asked for before', async () => {
	const w = await begin('revoke', 'counter');
	await w.closeGates();
	assert.equal(w.case.state, 'second_review');
	await w.rekey('reviewer1');
	const p = await open('reviewer1', w);
	await p.getByRole('button', { name: '复审通过' }).first().click();
	await p.waitForSelector('#tail-0');
	await p.fill('#tail-0', '000000');
	await p.locator('dialog[open] button[type=submit]').click();
	await p.waitForSelector('dialog[open] .esum');
	await look(p, '87-revoke');
	await p.fill('#tail-0', w.old[0].sign_serial.slice(-6).toLowerCase());
	await p.locator('dialog[open] button[type=submit]').click();
	await shows(p, '已办结');
	await w.look();
	assert.equal(w.case.state, 'completed');
});

test('axe found nothing, no policy violation, no console error', () => {
	assert.equal(found.join('\n'), '');
	for (const { c } of Object.values(desks)) c.clean();
});
