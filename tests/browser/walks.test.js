'use strict';
/* What three walks over the whole product found and mended, held here: a session that ends while somebody types, marks that
 * say what may stay empty, notices that go when they are no longer true, an upload that goes on after the net was away; and
 * the pages that anyone may use without signing in. */
const test = require('node:test');
const assert = require('node:assert/strict');
const env = require('../lib/env');
const data = require('../lib/data');
const files = require('../lib/files');
const spool = require('../lib/spool');
const { made } = require('../lib/form_code');
const { Journey } = require('../lib/journey');
const { staff } = require('../lib/staff');
const { sql } = require('../lib/sql');
const { launch, context, shoot, axe } = require('../lib/browser');

let browser, x, page, j;
const found = [];

async function look(p, name) {
	await p.waitForLoadState('networkidle');
	await shoot(p, name);
	for (const v of await axe(p)) found.push(`${name}: ${v}`);
}
async function go(path) {
	await page.goto(`${env.url}${path}?no=${j.no}`);
	await page.waitForSelector('body[data-ready]');
}

test.before(async () => {
	browser = await launch();
	j = await Journey.draft();
	x = await context(browser, { viewport: { width: 360, height: 740 } });
	x.allowed.push(/\b(401|412)\b.*\/api\/(applications|session)/, /ERR_INTERNET_DISCONNECTED|ERR_FAILED/);
	await x.addCookies([...j.owner.jar].map(([name, value]) => ({ name, value, url: env.url })));
	page = await x.newPage();
});
test.after(async () => browser.close());

test('the session ends while somebody types: he signs in on the page, and nothing is lost', async () => {
	await go('/apply/unit.html');
	sql(`DELETE FROM session WHERE account_id=(SELECT account_id FROM application WHERE no='${j.no}')`);
	await page.fill('#unit-name', '广州𠮷䶮（测试）有限公司');
	await page.fill('#unit-uscc', '1234'); /* a fault is kept too */
	await page.waitForSelector('#signin');
	await look(page, 'w1-session-over');
	await page.click('#signin button:visible');
	assert.match(await page.innerText('#esum'), /手机号码/);
	const since = spool.now();
	await page.fill('#over-phone', j.owner.phone);
	await page.waitForTimeout(1100); /* rate_otp_phone_s */
	await page.click('#signin button:visible');
	await page.waitForSelector('#over-code:visible');
	await page.fill('#over-code', '000000');
	await page.click('#signin button:visible');
	await page.waitForSelector('#esum a[href="#over-code"]');
	await page.waitForTimeout(650);
	await page.fill('#over-code', await spool.code(j.owner.phone, since));
	await page.click('#signin button:visible');
	await page.waitForSelector('#signin', { state: 'detached' });
	await page.waitForFunction(() => /上次保存/.test(document.querySelector('#saved').textContent));
	assert.equal(await page.inputValue('#unit-uscc'), '1234');
	j.owner.jar = new Map((await x.cookies()).map((k) => [k.name, k.value]));
	j.owner.csrf = (await j.owner.want(200, 'GET', '/api/session')).json.csrf;
	assert.equal((await j.look()).unit.name, '广州𠮷䶮（测试）有限公司');
});

test('changed elsewhere: said once, and no longer when it has been saved', async () => {
	await page.waitForTimeout(100);
	await j.change({ unit: { phone: '020-12345678' } });
	await page.fill('#unit-legal_rep', '王𠮷');
	await page.waitForSelector('#stale');
	assert.equal(await page.inputValue('#unit-phone'), '020-12345678');
	await page.fill('#unit-legal_rep', '王䶮');
	await page.waitForSelector('#stale', { state: 'detached' });
});

test('what may stay empty is marked, what may not is not', async () => {
	await go('/apply/delivery.html');
	const optional = await page.locator('.fld:visible:has(.opt-mark) [name]').evaluateAll((all) => all.map((n) => n.name));
	assert.deepEqual(optional, ['delivery.district']);
	await go('/apply/one-seal.html');
	await page.fill('#count', 'x');
	await page.click('#view button[type=submit]');
	await page.waitForSelector('#esum');
	await look(page, 'w2-one-seal');
	assert.notEqual(await page.locator('#esum h2').evaluate((n) => getComputedStyle(n).color), 'rgb(255, 255, 255)', 'white on white');
});

test('an upload waits for the net and goes on by itself, however long it was away', async () => {
	await j.fill();
	await j.print();
	await go('/apply/upload.html');
	assert.equal(await page.locator('section.mat:has(#m6) .hint a[href*="pay.html"]').count(), 1, 'where the account is');
	let cut = true;
	await page.route('**/api/uploads/*', (r) => (cut && r.request().method() === 'PATCH' ? r.abort('internetdisconnected') : r.continue()));
	await page.evaluate(() => { /* its waits between two tries, over at once */
		const slow = window.setTimeout;
		window.setTimeout = (f, ms, ...rest) => slow(f, ms > 900 ? 20 : ms, ...rest);
	});
	await page.setInputFiles('#m2-f', { name: '执照䶮.png', mimeType: 'image/png', buffer: files.png() });
	await page.waitForSelector('.go:visible');
	cut = false;
	await page.evaluate(() => window.dispatchEvent(new Event('online')));
	await page.locator('section.mat:has(#m2) .pages img').first().waitFor();
});

test('corrected: the notice of what was missing goes; the tracker says by when, and all that happened', async () => {
	await j.upload();
	await j.submit();
	await go('/track/case.html');
	assert.match(await page.innerText('#status .turn'), /前完成初审/);
	assert.doesNotMatch(await page.innerText('#status .turn'), /请等待我们处理/);
	assert.match(await page.innerText('#status .gates'), /材料合格\s*等待我们/);
	await go('/apply/check.html');
	await page.waitForSelector('#cert dd');
	assert.equal(await page.locator('#parts a:visible, #cert a:visible').count(), 0, 'what cannot be changed is offered to be changed');
	await j.claim();
	await j.fail('m2');
	await j.sendBack();
	await go('/track/case.html');
	assert.match(await page.innerText('#status'), /材料合格\s*等待您[^]*需要补正：请在期限内一次改好/);
	await go('/apply/fix.html');
	assert.equal(await page.locator('main .back').evaluate((a) => a.pathname + a.search), '/apply/tasks.html', 'back leads to tasks that are closed');
	x.allowed.push(/\b422\b.*\/submit/);
	await page.click('#send');
	await page.waitForSelector('#esum');
	await page.setInputFiles('#m2-f', { name: '重新盖章𠮷.png', mimeType: 'image/png', buffer: files.png() });
	await page.waitForSelector('#esum', { state: 'detached' });
	await page.waitForTimeout(650);
	await page.click('#send');
	await page.waitForURL(/track/);
	await j.look();
	await j.claim();
	await j.pass();
	await j.accept();
	await go('/en/apply/pay.html');
	await page.waitForSelector('#acct:visible');
	assert.equal(await page.inputValue('#remittance-amount_fen'), '1,400.00');
	assert.equal(await page.locator('#section button:visible').count(), 0, 'nothing can be saved any more');
	await j.originals();
	await j.money();
	await go('/apply/pay.html');
	await page.waitForSelector('#acct', { state: 'hidden' });
	assert.match(await page.innerText('#got'), /已到账¥1,400\.00/);
	assert.equal(await page.locator('#claim:visible').count(), 0, 'who has paid is not asked to pay');
	await go('/track/case.html');
	await j.approve();
	await j.produce();
	await j.send();
	await page.reload();
	await page.waitForFunction(() => /在路上/.test(document.querySelector('#status').textContent));
	assert.doesNotMatch(await page.innerText('#status .turn'), /承诺|请等待/);
	const y = await context(browser, { viewport: { width: 360, height: 740 } });
	const p = await y.newPage();
	await p.goto(env.url + '/track/');
	await p.click('#ask button[type=submit]');
	assert.match(await p.innerText('#esum'), /填写申请单号[^]*填写手机号码[^]*填写短信验证码/);
	await p.fill('#no', j.no);
	await p.fill('#phone', j.owner.phone);
	const since = spool.now();
	await p.click('#send');
	await p.fill('#code', await spool.code(j.owner.phone, since));
	await p.click('#ask button[type=submit]');
	await p.waitForSelector('#view:visible h2');
	assert.ok(await p.locator('#view section:has(#tl-t) li:visible').count() > 5, 'what happened is not shown');
	assert.equal(await p.locator('.lead:visible').count(), 0);
	await look(p, 'w3-tracker');
	y.clean();
	await y.close();
});

test('anyone checks a page by its code, asks and reads the answer', async () => {
	const y = await context(browser, { viewport: { width: 360, height: 740 } });
	y.allowed.push(/\b404\b.*feedback/);
	const p = await y.newPage();
	await p.goto(env.url + '/verify.html');
	await p.click('#ask button');
	await p.waitForSelector('#esum');
	for (const [number, says] of [[made(j.no, { version: 1, pages: 2 }), /这张申请表有效[^]*第1版/], ['Z1ABC', /没有查到/]]) {
		await p.fill('#number', number);
		await p.waitForTimeout(650);
		await p.click('#ask button');
		await p.waitForFunction((r) => new RegExp(r).test((document.querySelector('#said') || { parentNode: {} }).parentNode.textContent), says.source);
		await look(p, 'w4-verify-' + number.length);
	}
	await p.goto(env.url + '/feedback.html');
	await p.click('#ask button[type=submit]');
	await p.waitForSelector('#esum');
	await look(p, 'w5-feedback-wrong');
	await p.check('#kind');
	await p.fill('#text', '姓名里的“𬭊”字打不出来，怎么办');
	await p.fill('#phone', data.phone());
	await p.waitForTimeout(650);
	await p.click('#ask button[type=submit]');
	await p.waitForSelector('#given-no');
	await look(p, 'w6-feedback-given');
	await p.click('#find button');
	await p.waitForSelector('#found >> text=还没有答复');
	const c = await context(browser);
	const desk = await staff('clerk1');
	await c.addCookies([...desk.jar].map(([name, value]) => ({ name, value, url: env.url })));
	const s = await c.newPage();
	const no = await p.innerText('#given-no');
	await s.goto(`${env.url}/staff/feedback.html?no=${no}`);
	await s.getByRole('button', { name: '答复', exact: true }).click();
	await s.click('dialog[open] button[type=submit]');
	await s.waitForSelector('dialog[open] .esum');
	await s.fill('#fb-answer', '粘贴进去就行，申请表会原样打印。');
	await look(s, 'w7-feedback-answer');
	await s.click('dialog[open] button[type=submit]');
	await s.waitForSelector('#notices >> text=已答复');
	await look(s, 'w8-feedback-answered');
	await p.waitForTimeout(650);
	await p.click('#find button');
	await p.waitForSelector('#found >> text=粘贴进去就行');
	await look(p, 'w9-feedback-read');
	y.clean();
	c.clean();
	await c.close();
	await y.close();
});

test('axe found nothing, no policy violation, no console error', () => {
	assert.equal(found.join('\n'), '');
	x.clean();
});
