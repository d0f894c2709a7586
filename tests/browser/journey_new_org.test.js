'use strict';
/* The main job in Chromium, real pages and real programs: a unit's new certificate by post, from "can I do this?" to the
 * completed case, with a correction on the way; every page seen at 360 and 1280 px, no policy violation, no console error. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const env = require('../lib/env');
const data = require('../lib/data');
const files = require('../lib/files');
const seals = require('../lib/seals');
const spool = require('../lib/spool');
const { account } = require('../lib/staff');
const { Client } = require('../lib/client');
const { totp } = require('../lib/totp');
const { launch, context, inspect } = require('../lib/browser');

const base = env.url;
let browser, catalog, mine, page, no, phone, unit, tmp;
const desks = {};

test.before(async () => {
	browser = await launch();
	catalog = (await new Client().want(200, 'GET', '/api/catalog')).json;
	tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'zy-journey-'));
});
test.after(async () => {
	await browser.close();
	fs.rmSync(tmp, { recursive: true, force: true });
});

function file(name, bytes) {
	const at = path.join(tmp, name);
	fs.writeFileSync(at, bytes);
	return at;
}

/* The page as it stands: two pictures, and what axe says. */
const found = [];
const look = (p, name) => inspect(p, name, found);

async function at(p, part) {
	await p.waitForURL((u) => u.pathname === part, { timeout: 60000 });
	await p.waitForLoadState('networkidle');
}

/* A desk of its own for each member of staff. */
async function desk(user) {
	if (!desks[user]) {
		const c = await context(browser);
		const p = await c.newPage();
		const a = account(user);
		await p.goto(base + '/staff/login.html');
		for (let tries = 0; tries < 4; tries++) {
			await p.fill('#user', a.user);
			await p.fill('#password', a.password);
			await p.fill('#totp', totp(a.totp_secret, tries % 2));
			c.allowed.push(/staff\/session/);
			const [answer] = await Promise.all([p.waitForResponse((r) => r.url().endsWith('/api/staff/session') && r.request().method() === 'POST'), p.click('button[type=submit]')]);
			if (answer.status() === 201) break;
			assert.ok(tries < 3, `${user} cannot sign in: ${answer.status()}`);
			if (tries % 2) await p.waitForTimeout(30000 - (Date.now() % 30000) + 500);
		}
		await at(p, '/staff/queue.html');
		desks[user] = { c, p };
	}
	return desks[user].p;
}

async function save(p) {
	await p.click('form#section button[type=submit]');
}

test('can I do this?', async () => {
	mine = await context(browser);
	page = await mine.newPage();
	await page.goto(base + '/');
	await look(page, '01-home');
	await page.goto(base + '/guide/new.html');
	await look(page, '02-guide');
	await page.goto(base + '/apply/start.html');
	await page.check('[name=service][value=new]');
	await page.check('[name=holder][value=org]');
	await page.check('[name=have][value=no]');
	await page.check('[name=channel][value=post]');
	await page.waitForSelector('#answer-go:visible');
	await page.waitForFunction(() => /600/.test(document.querySelector('#answer-fee').textContent));
	await look(page, '03-start');
	await page.click('#answer-go');
});

test('phone and code', async () => {
	await at(page, '/apply/phone.html');
	mine.allowed.push(/\/api\/(applications|session)/);
	phone = data.phone();
	await page.fill('#phone', '12345');
	await page.click('#form-phone button[type=submit]');
	await page.waitForSelector('#esum');
	await look(page, '04-phone-error');
	const since = spool.now();
	await page.fill('#phone', `${phone.slice(0, 3)} ${phone.slice(3, 7)} ${phone.slice(7)}`);
	await page.click('#form-phone button[type=submit]');
	await page.waitForSelector('#form-code:visible');
	const code = await spool.code(phone, since);
	await page.fill('#code', code === '000000' ? '000001' : '000000');
	await page.click('#form-code button[type=submit]');
	await page.waitForSelector('#esum');
	await look(page, '05-code-wrong');
	await page.fill('#code', code);
	await page.click('#form-code button[type=submit]');
});

test('one certificate, one seal', async () => {
	await at(page, '/apply/one-seal.html');
	await page.waitForSelector('#view:visible');
	await page.fill('#count', '1');
	await page.waitForFunction(() => /600/.test(document.querySelector('#sum').textContent));
	await look(page, '06-one-seal');
	await page.click('#view button[type=submit]');
	await at(page, '/apply/tasks.html');
	no = new URL(page.url()).searchParams.get('no');
	assert.match(no, /^[0-9A-Z]{10,24}$/);
	await page.waitForSelector('#groups li');
	await look(page, '07-tasks');
});

test('unit: faults are named, then saved', async () => {
	const typed = data.org(catalog, { phone });
	unit = typed;
	await page.click('#groups a[href*="unit.html"]');
	await at(page, '/apply/unit.html');
	await page.waitForSelector('#view:visible');
	await page.fill('#unit-name', unit.unit.name);
	await page.fill('#unit-uscc', unit.unit.uscc.slice(0, 17));
	await save(page);
	await page.waitForSelector('#esum');
	assert.equal(await page.evaluate(() => document.activeElement.id), 'esum', 'the focus is not on the summary');
	await look(page, '08-unit-errors');
	await page.fill('#unit-uscc', unit.unit.uscc.toLowerCase());
	await page.selectOption('#unit-kind', unit.unit.kind);
	await page.selectOption('#unit-licence_kind', unit.unit.licence_kind);
	await page.fill('#unit-licence_until', unit.unit.licence_until);
	await page.fill('#unit-address', unit.unit.address);
	await page.fill('#unit-legal_rep', unit.unit.legal_rep);
	await page.fill('#unit-phone', unit.unit.phone);
	await look(page, '09-unit');
	await save(page);
});

test('agent', async () => {
	await at(page, '/apply/agent.html');
	await page.waitForSelector('#view:visible');
	await page.fill('#agent-name', unit.agent.name);
	await page.selectOption('#agent-id_type', 'resident');
	await page.fill('#agent-id_number', unit.agent.id_number);
	await page.fill('#agent-phone', phone);
	await page.fill('#agent-email', unit.agent.email);
	await look(page, '10-agent');
	await save(page);
});

test('years and seals: the fee follows', async () => {
	await at(page, '/apply/cert.html');
	await page.waitForSelector('#view:visible');
	await page.check('[name=years][value="3"]');
	await page.waitForFunction(() => /1,400/.test(document.querySelector('#fee-sum').textContent));
	const name = page.locator('#items-0-seal_name');
	if (!(await name.inputValue())) await name.fill(unit.unit.name);
	await look(page, '11-cert');
	await save(page);
});

test('delivery and invoice', async () => {
	await at(page, '/apply/delivery.html');
	await page.waitForSelector('#view:visible');
	await page.check('#delivery-mode');
	for (const k of ['name', 'phone', 'province', 'city', 'district', 'address']) await page.fill(`#delivery-${k}`, unit.delivery[k]);
	await look(page, '12-delivery');
	await save(page);
	await at(page, '/apply/invoice.html');
	await page.waitForSelector('#view:visible');
	await page.check('[name="invoice.kind"][value=normal]');
	await page.fill('#invoice-title', unit.invoice.title);
	await page.fill('#invoice-tax_number', unit.invoice.tax_number);
	await look(page, '13-invoice');
	await save(page);
	await at(page, '/apply/tasks.html');
});

test('it goes on in another browser', async () => {
	const c = await context(browser, { viewport: { width: 360, height: 740 } });
	c.allowed.push(/\/api\/(applications|session)/);
	const p = await c.newPage();
	await p.goto(base + `/apply/tasks.html?no=${no}`);
	await at(p, '/apply/phone.html');
	await p.waitForTimeout(1100); /* rate_otp_phone_s */
	const since = spool.now();
	await p.fill('#phone', phone);
	await p.click('#form-phone button[type=submit]');
	await p.fill('#code', await spool.code(phone, since));
	await p.click('#form-code button[type=submit]');
	await at(p, '/apply/tasks.html');
	await p.goto(base + `/apply/unit.html?no=${no}`);
	await p.waitForSelector('#view:visible');
	assert.equal(await p.inputValue('#unit-name'), unit.unit.name);
	c.clean();
	await c.close();
});

test('check answers, make the form', async () => {
	await page.goto(base + `/apply/check.html?no=${no}`);
	await page.waitForSelector('#cert dd');
	const text = await page.locator('main').innerText();
	for (const x of [unit.unit.name, unit.unit.uscc, unit.agent.name]) assert.ok(text.includes(x), `${x} is not shown`);
	await look(page, '14-check');
	await page.click('#make');
	await at(page, '/apply/form.html');
	await page.waitForSelector('#pdf:visible');
	await look(page, '15-form');
	const [download] = await Promise.all([page.waitForEvent('download'), page.click('#pdf')]);
	const saved = path.join(tmp, 'form.pdf');
	await download.saveAs(saved);
	assert.equal(fs.readFileSync(saved).subarray(0, 5).toString(), '%PDF-');
});

async function put(p, material, name, bytes) {
	await p.setInputFiles(`#${material}-f`, file(name, bytes));
	const block = p.locator('section.mat', { has: p.locator(`h3#${material}`) });
	await block.locator('.files li').filter({ hasText: name }).locator('.pages img').first().waitFor({ timeout: 60000 });
	return block;
}

test('upload: form, licence, ID; a cut in the middle is taken up again', async () => {
	await page.click('a.btn[data-page="upload.html"]');
	await at(page, '/apply/upload.html');
	await page.waitForSelector('#m1-f', { state: 'attached' });
	await page.setInputFiles('#m2-f', file('笔记.txt', Buffer.from('no picture')));
	await page.waitForSelector('.how-err');
	await put(page, 'm1', 'form.pdf', seals.stamped(fs.readFileSync(path.join(tmp, 'form.pdf'))).bytes);
	let cuts = 0;
	await page.route('**/api/uploads/*', (route) => {
		if (route.request().method() === 'PATCH' && cuts < 2) {
			cuts++;
			mine.allowed.push(/\/api\/uploads\//);
			return route.abort('connectionreset');
		}
		return route.continue();
	});
	await put(page, 'm2', '营业执照𠮷.png', files.png({ width: 900, height: 1200, noise: 2200000 }));
	await page.unroute('**/api/uploads/*');
	assert.ok(cuts > 0, 'nothing was cut');
	await put(page, 'm3', '身份证.jpg', files.jpeg());
	if (await page.locator('#m6-f').count()) await put(page, 'm6', '回单.pdf', files.pdf());
	await look(page, '16-upload');
});

test('payment: amount, account, reference, claim and voucher', async () => {
	await page.goto(base + `/apply/pay.html?no=${no}`);
	await page.waitForFunction(() => /1,400/.test(document.querySelector('#amount').textContent));
	assert.match(await page.textContent('#words'), /壹仟肆佰元整/);
	assert.match(await page.textContent('#payee-account'), /7443 9001 8260 0096 874/);
	await page.fill('#remittance-payer_name', unit.remittance.payer_name);
	await page.fill('#remittance-payer_account', unit.remittance.payer_account);
	await page.fill('#remittance-bank', unit.remittance.bank);
	await page.fill('#remittance-paid_on', unit.remittance.paid_on);
	await page.fill('#remittance-amount_fen', '1,400.00');
	if (unit.remittance && await page.locator('#m6').isVisible()) assert.match(await page.textContent('#m6'), /已上传/);
	await look(page, '17-pay');
	await save(page);
	await at(page, '/apply/tasks.html');
	await page.waitForSelector('#groups li');
	await look(page, '18-tasks-done');
});

test('submit', async () => {
	await page.goto(base + `/apply/submit.html?no=${no}`);
	await page.waitForSelector('#declare');
	await page.click('#form button[type=submit]');
	await page.waitForSelector('#esum');
	await look(page, '19-submit-errors');
	await page.check('#declare');
	for (const code of Object.keys(catalog.consents)) await page.check(`#consents-${code}`);
	await look(page, '20-submit');
	const since = spool.now();
	await page.click('#form button[type=submit]');
	await at(page, '/apply/done.html');
	await page.waitForFunction((n) => document.querySelector('#no').textContent.includes(n), no);
	await look(page, '21-done');
	await page.reload();
	await page.waitForFunction((n) => document.querySelector('#no').textContent.includes(n), no);
	await spool.wait(phone, since, (m) => m.template === 'submitted');
});

async function openCase(p, queue) {
	await p.goto(base + `/staff/queue.html?queue=${queue}&q=${no}`);
	await p.locator('tbody a', { hasText: no }).click();
	await at(p, '/staff/case.html');
	await p.waitForSelector('#case-no');
}

async function judge(p, verdicts) {
	const names = await p.locator('.mats .mat-n').allInnerTexts();
	assert.ok(names.length >= 3, names.join());
	for (let i = 0; i < names.length; i++) {
		await p.locator('.mats .mat-b').nth(i).click();
		const verdict = verdicts(names[i]);
		if (await p.locator(`#verdict-${verdict}`).isChecked()) continue; /* passed in an earlier round */
		const sent = p.waitForResponse((r) => r.url().includes('/verdicts') && r.status() === 200);
		await p.locator(`#verdict-${verdict}`).check({ force: true });
		if (verdict === 'fail') {
			await p.locator('.reasons input[type=checkbox]').first().check({ force: true });
			await p.fill('#verdict-note', '公章压住了名称里的“䶮”字，请重新盖章后扫描');
		}
		await sent;
	}
}

test('first review: one material fails, everything is told at once', async () => {
	const p = await desk('clerk1');
	await p.goto(base + '/staff/queue.html?queue=submitted');
	await p.waitForSelector('tbody a');
	await look(p, '30-queue');
	await openCase(p, 'submitted');
	await look(p, '31-case');
	await p.getByRole('button', { name: '认领' }).first().click();
	await p.waitForSelector('.mats .mat-b');
	await judge(p, (name) => (/执照|证照/.test(name) ? 'fail' : 'pass'));
	await look(p, '32-case-judged');
	await p.getByRole('button', { name: '发送补正' }).first().click();
	await p.waitForSelector('dialog[open]');
	await look(p, '33-return');
	const since = spool.now();
	await p.locator('dialog[open] button[type=submit]').click();
	await p.waitForFunction(() => /待补正/.test(document.querySelector('#case').textContent));
	await spool.wait(phone, since, (m) => m.template === 'returned');
});

test('the applicant corrects', async () => {
	await page.goto(base + `/apply/fix.html?no=${no}`);
	await page.waitForSelector('#items section');
	assert.match(await page.textContent('main'), /䶮/);
	await look(page, '34-fix');
	await put(page, 'm2', '执照重新盖章.png', files.png());
	const since = spool.now();
	await page.click('#send');
	await at(page, '/track/case.html');
	await page.waitForSelector('#status h2');
	await look(page, '35-track-own');
	await spool.wait(phone, since, (m) => m.template === 'corrected');
});

test('second round: accepted', async () => {
	const p = await desk('clerk1');
	await openCase(p, 'corrected');
	await p.getByRole('button', { name: '认领' }).first().click();
	await p.waitForSelector('.mats .mat-b');
	await p.getByRole('link', { name: '印章', exact: true }).click();
	await p.getByRole('button', { name: '确认这枚印章' }).click();
	await p.locator('h2 .tag', { hasText: '已确认' }).waitFor();
	await look(p, '35b-seal');
	await p.getByRole('link', { name: '回到审核' }).click();
	await p.waitForSelector('.mats .mat-b');
	await judge(p, () => 'pass');
	await p.getByRole('button', { name: '受理', exact: true }).first().click();
	const ok = p.locator('dialog[open] button[type=submit]');
	if (await ok.count()) await ok.click();
	await p.waitForFunction(() => /待齐备/.test(document.querySelector('#case').textContent));
	await look(p, '36-accepted');
});

test('originals and money close the gates', async () => {
	const mail = await desk('desk1');
	await mail.goto(base + '/staff/mail.html');
	await mail.fill('#code', no);
	await mail.click('#scan button[type=submit]');
	await mail.click('#originals-every');
	await look(mail, '37-mail');
	await mail.locator('#result form:has(input[data-m]) button[type=submit]').click();
	await mail.waitForFunction(() => !document.querySelector('#originals-every'));
	const money = await desk('finance1');
	await money.goto(base + '/staff/finance.html');
	await money.fill('#code', no);
	await money.click('#scan button[type=submit]');
	await money.waitForSelector('#pay-name');
	await money.fill('#pay-name', unit.unit.name);
	await money.fill('#pay-account', unit.remittance.payer_account);
	await money.fill('#pay-amount', '1,400.00');
	await money.fill('#pay-serial', 'B' + data.digits(16));
	await look(money, '38-finance');
	await money.locator('#result form button[type=submit]').click();
	await money.waitForFunction((n) => document.querySelector('#recent').textContent.includes(n), no);
	await page.reload();
	await page.waitForFunction(() => document.querySelector('#status time'));
	await look(page, '39-track-due');
});

test('second review by another person', async () => {
	const p = await desk('reviewer1');
	await openCase(p, 'second_review');
	const claim = p.getByRole('button', { name: '认领' });
	if (await claim.count()) await claim.first().click();
	await p.fill('#rk-unit_name', unit.unit.name);
	await p.fill('#rk-uscc', unit.unit.uscc);
	await p.getByRole('button', { name: '核对', exact: true }).click();
	await p.waitForSelector('text=已核对一致');
	await p.waitForSelector(`h1:has-text("${unit.unit.name}")`);
	await p.getByRole('button', { name: '复审通过' }).first().click();
	await p.waitForSelector('dialog[open]');
	await look(p, '40-approve');
	await p.locator('dialog[open] button[type=submit]').click();
	await p.waitForFunction(() => /待制证/.test(document.querySelector('#case').textContent));
});

test('production', async () => {
	const p = await desk('producer1');
	await p.goto(base + '/staff/produce.html');
	const row = p.locator('#list li', { hasText: no });
	await row.locator('button[aria-expanded]').click();
	await row.locator('summary', { hasText: '手工登记' }).click();
	await p.fill('#p-sign-1', data.serial());
	await p.fill('#p-enc-1', data.serial());
	await look(p, '41-produce');
	await row.locator('form.make button[type=submit]').click();
	await p.waitForFunction((n) => [...document.querySelectorAll('#list li')].some((li) => li.textContent.includes(n) && !li.querySelector('form.make input')), no);
});

let waybill;
test('sent and delivered', async () => {
	const p = await desk('desk1');
	await p.goto(base + '/staff/ship.html');
	const row = p.locator('#to-send li', { hasText: no });
	await row.locator('button[aria-expanded]').click();
	waybill = data.waybill();
	await p.fill(`#waybill-${no}`, waybill);
	await look(p, '42-ship');
	const since = spool.now();
	await row.locator('form button[type=submit]').click();
	await spool.wait(phone, since, (m) => m.text.includes(waybill));
	await page.reload();
	await page.waitForFunction((w) => document.querySelector('#status').textContent.includes(w), waybill);
	await look(page, '43-track-sent');
	await p.goto(base + `/staff/case.html?no=${no}`);
	await p.waitForSelector('#case-no');
	await p.getByRole('button', { name: /签收/ }).first().click();
	await p.waitForFunction(() => /已办结/.test(document.querySelector('#case').textContent));
	await look(p, '44-completed');
});

test('the tracker of a stranger with number, phone and code', async () => {
	const c = await context(browser);
	const p = await c.newPage();
	await p.goto(base + '/track/');
	await p.fill('#no', no);
	await p.fill('#phone', phone);
	const since = spool.now();
	await p.waitForTimeout(1100);
	await p.click('#send');
	await p.fill('#code', await spool.code(phone, since));
	await look(p, '45-track-ask');
	await p.click('#ask button[type=submit]');
	await p.waitForSelector('#view:visible h2');
	const text = await p.textContent('#view');
	assert.match(text, /已办结/);
	assert.ok(!text.includes(unit.unit.name) && !text.includes(unit.agent.name), 'the tracker shows names');
	await look(p, '46-track');
	c.clean();
	await c.close();
});

test('axe found nothing on any page of the way', () => {
	assert.equal(found.join('\n'), '');
});

test('no policy violation, no console error, no dialog on the whole way', () => {
	mine.clean();
	for (const { c } of Object.values(desks)) c.clean();
});
