'use strict';
/* Without script: what a browser with scripts off can still do.  The tracker and the rating are forms and pages of their
 * own; guides are complete; where script is needed, the page says so and names the way that needs none. */
const test = require('node:test');
const assert = require('node:assert/strict');
const env = require('../lib/env');
const data = require('../lib/data');
const spool = require('../lib/spool');
const { Client } = require('../lib/client');
const { Journey } = require('../lib/journey');
const { launch, context, shoot } = require('../lib/browser');

const HOSTILE = '"><script>alert(1)</script>𠮷';
let browser, x, page, j;

test.before(async () => {
	browser = await launch();
	x = await context(browser, { javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
	page = await x.newPage();
	j = await Journey.to('completed', { quick: true });
});
test.after(async () => browser.close());

const main = () => page.locator('main').innerText();
async function ask(no, phone) {
	await page.goto(env.url + '/track/');
	await page.fill('#plain-no', no);
	await page.fill('#plain-phone', phone);
	await page.click('main button[type=submit]');
}

test('guides and fees are whole, tasks say what needs script', async () => {
	await page.goto(env.url + '/guide/new.html');
	assert.match(await main(), /收费[^]*¥600\.00/);
	assert.equal(await page.locator('main section[id]').count() >= 10, true);
	await page.goto(env.url + '/apply/tasks.html');
	assert.match(await main(), /需要浏览器脚本[^]*下载空白申请表/);
	await page.goto(env.url + '/prefs/type?big=1&back=/track/');
	assert.equal(await page.locator('html.big').count(), 1);
});

test('the tracker: faults beside what was typed, escaped; then the status', async () => {
	await ask(HOSTILE, '12345');
	assert.match(await main(), /手机号/);
	assert.equal(await page.inputValue('#no'), HOSTILE);
	assert.equal(await page.locator('html.big').count(), 1, 'large type is kept');
	await shoot(page, 'p1-faults');
	await page.waitForTimeout(1100); /* rate_otp_phone_s */
	const since = spool.now();
	await ask(j.no, j.owner.phone);
	assert.match(await main(), /验证码已发到/);
	assert.equal(await page.inputValue('#no'), j.no);
	await page.fill('#code', '000000');
	await page.click('main button[type=submit]');
	assert.match(await main(), /不匹配/);
	await shoot(page, 'p2-wrong');
	await page.fill('#code', await spool.code(j.owner.phone, since));
	await page.click('main button[type=submit]');
	const text = await main();
	for (const word of [j.no, '已办结', '办理经过', '办结前要齐的']) assert.ok(text.includes(word), `${word} is not said`);
	for (const secret of [j.typed.unit.name, j.typed.agent.name, j.owner.phone]) assert.ok(!text.includes(secret), `the page shows ${secret}`);
	await shoot(page, 'p3-status');
});

test('the rating: chosen or refused, and what was said stands in the books', async () => {
	await page.click('main form button[type=submit]');
	assert.match(await page.innerText('#esum'), /满意程度/);
	await page.check('#score-2');
	await page.fill('#words', '等得久＋1，“䶮”字印错');
	await page.click('main form button[type=submit]');
	assert.match(await main(), /您的评价：不满意[^]*回访/);
	await shoot(page, 'p4-rated');
	const r = (await j.owner.want(200, 'GET', `${j.url}/rating`)).json;
	assert.deepEqual([r.score, r.words], [2, '等得久＋1，“䶮”字印错']);
});

test('a form from elsewhere, or none, is refused with a page', async () => {
	const c = new Client();
	const form = (headers, raw = `no=${j.no}&phone=${j.owner.phone}&code=000000`) => c.request('POST', '/api/track/page', { raw, headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers } });
	assert.equal((await form({ Origin: 'https://evil.example' })).status, 403);
	assert.equal((await form({ 'Content-Type': 'application/json' }, '{}')).status, 415);
	assert.equal((await form({ 'Content-Type': 'text/plain' })).status, 415);
	assert.match((await form({}, `no=${j.no}&no=${j.no}`)).body.toString(), /给了两次/);
	assert.match((await form({}, 'no=%ff')).body.toString(), /编码不正确/);
	const late = await c.request('POST', '/api/track/rating/page', { raw: `no=${j.no}&ticket=1.00&score=5`, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
	assert.equal(late.status, 409);
	assert.match(late.body.toString(), /重新查询/);
	assert.equal((await c.want(404, 'POST', '/api/track', { no: data.phone(), phone: j.owner.phone, code: '000000' })).json.code, 'not_found');
	x.clean();
});
