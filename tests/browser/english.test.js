'use strict';
/* A new certificate applied for in English, from the front page to the submitted case: every page seen at 360 and 1280 px
 * stays below /en, speaks English in all but what was typed or is marked as Chinese, and what was typed comes back as it was. */
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
const { Client } = require('../lib/client');
const { launch, context, shoot, axe } = require('../lib/browser');

const base = env.url + '/en';
let browser, catalog, mine, page, no, phone, unit, tmp;
const found = [];

test.before(async () => {
	browser = await launch();
	catalog = (await new Client().want(200, 'GET', '/api/catalog')).json;
	tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'zy-english-'));
	mine = await context(browser);
	mine.allowed.push(/\/api\/(applications|session)/);
	page = await mine.newPage();
});
test.after(async () => {
	await browser.close();
	fs.rmSync(tmp, { recursive: true, force: true });
});

/* Chinese that is not said to be Chinese, in what can be seen or is read out. */
function chinese() {
	const han = /[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]/;
	const out = [];
	const all = document.createTreeWalker(document.documentElement, 5);
	for (let n = all.currentNode; n; n = all.nextNode()) {
		const e = n.nodeType === 3 ? n.parentElement : n;
		if (/^(SCRIPT|STYLE|TEMPLATE|TEXTAREA)$/.test(e.tagName) || !e.closest('[lang]').lang.startsWith('en')) continue;
		const texts = n.nodeType === 3 ? [n.data] : ['aria-label', 'alt', 'title', 'placeholder', 'label', 'content'].map((a) => e.getAttribute(a) || '');
		const names = (t) => (t.match(/[a-z]/g) || []).length >= 2 * (t.match(/[\u3400-\u9fff\ud840-\ud8bf]/g) || []).length; /* somebody's in a sentence of ours */
		for (const t of texts) if (han.test(t) && !names(t)) out.push(`<${e.tagName.toLowerCase()}> ${t.trim().slice(0, 60)}`);
	}
	if (document.documentElement.lang !== 'en') out.push('the page is not English');
	return out;
}

async function look(name, pictures = true) {
	await page.waitForLoadState('networkidle');
	for (const t of await page.evaluate(chinese)) found.push(`${name}: ${t}`);
	if (!new URL(page.url()).pathname.startsWith('/en/')) found.push(`${name}: ${page.url()}`);
	for (const href of await page.locator('a[href^="/"]:not([href^="/api/"]):not([href^="/prefs/"]):not([href^="/staff/"]):not([hreflang])').evaluateAll((l) => l.map((a) => a.getAttribute('href')))) if (!href.startsWith('/en/')) found.push(`${name}: leads out of English: ${href}`);
	if (pictures) await shoot(page, `en-${name}`);
	for (const v of await axe(page)) found.push(`${name}: ${v}`);
}
async function at(part) {
	await page.waitForURL((u) => u.pathname === '/en' + part, { timeout: 60000 });
	await page.waitForLoadState('networkidle');
	if (await page.locator('#view').count()) await page.waitForSelector('#view:visible');
}
const save = () => page.click('form#section button[type=submit]');

test('front page, guide, and which way to take', async () => {
	await page.goto(base + '/');
	await look('01-home');
	await page.goto(base + '/guide/new.html');
	await look('02-guide');
	await page.click('#other-edition');
	await page.waitForURL(env.url + '/guide/new.html');
	await page.click('#other-edition');
	await page.waitForURL(base + '/guide/new.html');
	await page.goto(base + '/apply/start.html');
	await page.check('[name=service][value=new]');
	await page.check('[name=holder][value=org]');
	await page.check('[name=have][value=no]');
	await page.check('[name=channel][value=post]');
	await page.waitForSelector('#answer-go:visible');
	await page.waitForFunction(() => /CNY 600\.00/.test(document.querySelector('#answer-fee').textContent));
	await page.waitForFunction(() => /\d{1,2} [A-Z][a-z]+ 20\d\d/.test(document.querySelector('#answer-due').innerText));
	await look('03-start');
	await page.click('#answer-go');
});

test('phone, one seal, tasks', async () => {
	await at('/apply/phone.html');
	phone = data.phone();
	await page.fill('#phone', '12345');
	await page.click('#form-phone button[type=submit]');
	await page.waitForSelector('#esum');
	await look('04-phone');
	const since = spool.now();
	await page.fill('#phone', phone);
	await page.click('#form-phone button[type=submit]');
	await page.waitForSelector('#form-code:visible');
	await page.fill('#code', await spool.code(phone, since));
	await page.click('#form-code button[type=submit]');
	await at('/apply/one-seal.html');
	await page.fill('#count', '1');
	await page.waitForFunction(() => /1 certificate:/.test(document.querySelector('#sum').textContent));
	await look('05-one-seal');
	await page.click('#view button[type=submit]');
	await at('/apply/tasks.html');
	no = new URL(page.url()).searchParams.get('no');
	await page.waitForSelector('#groups li');
	await look('06-tasks');
});

test('the organisation, its agent, seals, delivery, invoice', async () => {
	unit = data.org(catalog, { phone });
	await page.click('#groups a[href*="unit.html"]');
	await at('/apply/unit.html');
	await page.fill('#unit-name', unit.unit.name);
	await page.fill('#unit-uscc', unit.unit.uscc.slice(0, 17));
	await save();
	await page.waitForSelector('#esum');
	assert.match(await page.locator('#esum').innerText(), /should have 18 characters, now 17/);
	await look('07-unit-errors');
	await page.fill('#unit-uscc', unit.unit.uscc);
	await page.selectOption('#unit-kind', unit.unit.kind);
	await page.selectOption('#unit-licence_kind', unit.unit.licence_kind);
	for (const k of ['licence_until', 'address', 'legal_rep', 'phone']) await page.fill(`#unit-${k}`, unit.unit[k]);
	await save();
	await at('/apply/agent.html');
	await page.fill('#agent-name', unit.agent.name);
	await page.selectOption('#agent-id_type', 'resident');
	await page.fill('#agent-id_number', unit.agent.id_number);
	await page.fill('#agent-phone', phone);
	await look('08-agent');
	await save();
	await at('/apply/cert.html');
	await page.check('[name=years][value="3"]');
	await page.waitForFunction(() => /1,400/.test(document.querySelector('#fee-sum').textContent));
	if (!(await page.inputValue('#items-0-seal_name'))) await page.fill('#items-0-seal_name', unit.unit.name);
	await look('09-cert');
	await save();
	await at('/apply/delivery.html');
	await page.check('#delivery-mode');
	for (const k of ['name', 'phone', 'province', 'city', 'district', 'address']) await page.fill(`#delivery-${k}`, unit.delivery[k]);
	await look('10-delivery');
	await save();
	await at('/apply/invoice.html');
	await page.check('[name="invoice.kind"][value=normal]');
	await page.fill('#invoice-title', unit.invoice.title);
	await page.fill('#invoice-tax_number', unit.invoice.tax_number);
	await look('11-invoice');
	await save();
	await at('/apply/tasks.html');
});

test('checked, printed, uploaded', async () => {
	await page.goto(base + `/apply/check.html?no=${no}`);
	await page.waitForSelector('#cert dd');
	const text = await page.locator('main').innerText();
	for (const x of [unit.unit.name, unit.unit.address, unit.agent.name]) assert.ok(text.includes(x), `${x} is not shown`);
	await look('12-check');
	await page.click('#make');
	await at('/apply/form.html');
	await page.waitForSelector('#pdf:visible');
	await look('13-form');
	const [download] = await Promise.all([page.waitForEvent('download'), page.click('#pdf')]);
	const form = path.join(tmp, 'form.pdf');
	await download.saveAs(form);
	await page.click('a.btn[data-page="upload.html"]');
	await at('/apply/upload.html');
	await page.waitForSelector('#m1-f', { state: 'attached' });
	const put = async (material, name, bytes) => {
		const f = path.join(tmp, name);
		fs.writeFileSync(f, bytes);
		await page.setInputFiles(`#${material}-f`, f);
		const block = page.locator('section.mat', { has: page.locator(`h3#${material}`) });
		await block.locator('.files li').filter({ hasText: name }).locator('.pages img').first().waitFor({ timeout: 60000 });
	};
	await page.setInputFiles('#m2-f', { name: '笔记.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') });
	await page.waitForSelector('.how-err');
	await put('m1', 'stamped.pdf', seals.stamped(fs.readFileSync(form)).bytes);
	await put('m2', '营业执照𠮷.png', files.png({ width: 900, height: 1200 }));
	await put('m3', '身份证.jpg', files.jpeg());
	if (await page.locator('#m6-f').count()) await put('m6', '回单.pdf', files.pdf());
	await look('14-upload');
});

test('payment told, submitted, tracked', async () => {
	await page.goto(base + `/apply/pay.html?no=${no}`);
	await page.locator('#amount', { hasText: 'CNY' }).waitFor();
	const account = await page.locator('#view').innerText();
	assert.match(account, /CNY 1,400\.00/);
	assert.ok(account.includes(catalog.payee ? catalog.payee.name : '广东省电子商务认证有限公司'), 'the account name is Chinese, as banks want it');
	const remittance = { payer_name: unit.unit.name, payer_account: data.account(), bank: '中信银行广州花园支行', paid_on: data.today(), amount: '1,400.00' };
	for (const [k, v] of Object.entries(remittance)) {
		const input = page.locator(`[name="remittance.${k}"],[name="remittance.${k}_fen"]`).first();
		if (await input.count()) await input.fill(v);
	}
	await look('15-pay');
	await page.locator('form:has([name="remittance.payer_name"]) button[type=submit]').click();
	await at('/apply/tasks.html');
	await page.goto(base + `/apply/submit.html?no=${no}`);
	await page.waitForSelector('#view:visible');
	await page.click('#view button[type=submit]');
	await page.waitForSelector('#esum');
	await look('16-submit');
	for (const box of await page.locator('#view input[type=checkbox]').all()) await box.check();
	await page.click('#view button[type=submit]');
	await at('/apply/done.html');
	await look('17-done');
	await page.click('#track');
	await at('/track/case.html');
	await look('18-case');
	await page.goto(base + '/apply/tasks.html');
	await page.waitForSelector('#list li, #view:visible');
	await look('19-mine', false);
});

test('nothing Chinese, nothing in the way', () => {
	assert.equal(found.join('\n'), '');
	mine.clean();
});
