'use strict';
/* The mail room with a scanner that types fast and ends with Enter: the right paper, the same twice, two cases one after the
 * other, what is not ours, a hostile code, tokens, parcels with and without a case; and out by courier in a batch. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const env = require('../lib/env');
const data = require('../lib/data');
const files = require('../lib/files');
const { applicant, Journey } = require('../lib/journey');
const { Walk, everybody } = require('../lib/walk');
const { subject, certificate, bring } = require('../lib/certificates');
const { staff } = require('../lib/staff');
const { launch, context, shoot, axe, inspect, signed } = require('../lib/browser');
const { started } = require('../lib/sf');
const { made } = require('../lib/form_code');
const { sql } = require('../lib/sql');

const base = env.url;
const found = [];
let browser, c, p, one, two, out, paper, g;

test.before(async () => {
	browser = await launch();
	await everybody();
	g = await started();
	const begin = async () => {
		const owner = await applicant(), who = subject('org', owner.phone);
		const w = await Walk.begin({ service: 'change', holder: 'org', channel: 'post', owner, subject: who, old: bring([certificate(who, { not_after: data.today(200) })]) });
		await w.fill();
		await w.handIn();
		return w;
	};
	[one, two] = await Promise.all([Journey.to('submitted'), begin()]);
	out = await Promise.all([Journey.to('produced', { quick: true }), Journey.to('produced')]);
	paper = made(one.no, { version: one.case.form.version, pages: one.case.form.pages });
	c = await context(browser);
	c.allowed.push(/(404|409|422)/);
	await signed(c, await staff('desk1'));
	p = await c.newPage();
	await p.goto(base + '/staff/mail.html');
	await p.waitForSelector('#parked :is(.empty,.lines)');
});
test.after(async () => {
	await browser.close();
	await g.ended();
});

const look = (name) => inspect(p, name, found);
/* A wedge scanner: no pause between the keys, Enter at the end; it types wherever the focus is. */
const scan = (text) => p.keyboard.type(text + '\n');
const big = (word) => p.waitForFunction((t) => (document.querySelector('.word-big') || {}).textContent === t, word);
const card = (no) => p.waitForFunction((n) => (document.querySelector('#result .card-line .fig') || {}).textContent === n, no);
const onField = () => p.evaluate(() => document.activeElement.id === 'code' && document.activeElement.value === '');

test('the code of the page opens the case; the same again keeps what is ticked; all in', async () => {
	await scan(paper);
	await big('正确');
	await card(one.no);
	await look('90-mail-right');
	const box = p.locator('#result input[data-m]').first();
	await box.check();
	await p.focus('#code');
	await scan(paper);
	await p.waitForSelector('#notice-in >> text=保留着');
	assert.ok(await box.isChecked(), 'a second scan took the ticks away');
	await p.click('#originals-every');
	await p.locator('#result form:has(input[data-m]) button[type=submit]').click();
	await big('收齐');
	assert.ok((await (await staff('desk1')).want(200, 'GET', one.desk)).json.gates.find((x) => x.name === 'originals').closed_at);
	await p.focus('#code');
	await scan(paper);
	await big('已收过');
});

test('two scans without a breath: the last one stands', async () => {
	await p.focus('#code');
	await p.keyboard.type(`${one.no}\n${two.no}\n`);
	await card(two.no);
	await p.waitForTimeout(300);
	assert.equal(await p.textContent('#result .card-line .fig'), two.no);
	await big('正确');
});

test('wrong case, misread, unknown, forged, hostile: said so, text stays text, the field is ready', async () => {
	const url = p.url();
	const wrong = two.no.slice(0, -1) + (two.no.at(-1) === 'A' ? 'B' : 'A');
	for (const text of [
		wrong, 'GD20200101000001X', paper.slice(0, -1) + (paper.at(-1) === '0' ? '1' : '0'), 'https://evil.example/?a=1',
		'javascript:alert(document.cookie)', '<img src=x onerror=alert(1)>', '"><a href=//evil.example>x</a>', '{"no":"x"}', 'data:text/html,<script>alert(1)</script>', '䶮𠮷𬭊', '-'.repeat(500),
	]) {
		await p.evaluate(() => document.getElementById('result').replaceChildren());
		await p.focus('#code');
		if (/[^\x20-\x7e]/.test(text)) {
			await p.fill('#code', text);
			await p.keyboard.press('Enter');
		} else await scan(text);
		await p.waitForSelector('.word-big');
		if (text === wrong) { /* has the length of a waybill: offered to be parked, opens nothing */
			assert.ok(['非本系统', '没见过的运单号'].includes(await p.textContent('.word-big')));
			continue;
		}
		if (/^[0-9A-Z]+$/.test(text) && text.length <= 20) continue;
		assert.equal(await p.textContent('.word-big'), '非本系统', text);
		assert.equal(await p.locator('#result a, #result img, #result script').count(), 0, text);
		assert.ok(await onField(), `${text}: the field is not ready`);
	}
	assert.equal(p.url(), url, 'a code led away');
	assert.equal(p.context().pages().length, 1);
	await p.focus('#code');
	await scan('javascript:alert(document.cookie)');
	await big('非本系统');
	await look('91-mail-foreign');
});

test('a token opens its case and stands in its field; Enter takes it in; another one is refused', async () => {
	await p.focus('#code');
	await scan(two.old[0].token_serial);
	await card(two.no);
	await p.waitForFunction((s) => (document.querySelector('#tick-token-i') || {}).value === s, two.old[0].token_serial);
	await look('92-mail-token');
	await p.fill('#tick-token-i', 'Z' + data.digits(9));
	await p.keyboard.press('Enter');
	await p.waitForSelector('#result .esum');
	await p.fill('#tick-token-i', two.old[0].token_serial);
	await p.keyboard.press('Enter');
	await p.waitForFunction(() => !document.querySelector('#tick-token-i'));
});

test('a parcel with its case; one without: parked with a picture, found again by its waybill, joined', async () => {
	const known = data.waybill(), lost = data.waybill();
	await p.evaluate(() => document.getElementById('result').replaceChildren()); /* the card of the test before is the same one */
	await p.focus('#code');
	await scan(two.no);
	await card(two.no);
	await p.fill('#in-waybill', known.toLowerCase());
	await p.keyboard.press('Enter');
	await p.waitForSelector(`#result >> text=${known}`);
	await p.focus('#code');
	await scan(lost);
	await big('没见过的运单号');
	assert.ok(await p.locator('#in-to-case').count(), 'the case on the table is not offered');
	await p.fill('#park-sender', '广州市𠮷祥龑贸易（集团）有限公司 欧阳䶮');
	await p.fill('#park-note', '营业执照复印件一份，没有申请表');
	await p.setInputFiles('#park-photo', { name: '快递袋.jpg', mimeType: 'image/jpeg', buffer: files.jpeg() });
	await look('93-mail-park');
	await p.locator('form.panel button[type=submit]').click();
	await p.waitForSelector(`#parked >> text=${lost}`);
	await look('94-mail-parked');
	const kept = sql(`SELECT sender_sealed, photo_sealed FROM arrival WHERE waybill='${lost}'`);
	assert.ok(!kept.includes('龑') && !kept.includes('JFIF'), 'sender or picture is not sealed');
	await p.locator('#parked').getByRole('button', { name: '看照片' }).first().click();
	await p.waitForFunction(() => { const i = document.querySelector('#parked img'); return i && i.naturalWidth > 0; });
	await p.focus('#code');
	await scan(lost);
	await big('暂存快件');
	await p.waitForFunction(() => /^join-/.test(document.activeElement.id));
	await p.keyboard.type('GD20200101000001X\n');
	await p.waitForSelector('#parked .esum');
	await p.locator('#parked form input').first().fill('');
	await p.keyboard.type(paper + '\n');
	await card(one.no);
	await p.waitForSelector(`#result >> text=${lost}`);
	await p.focus('#code');
	await scan(lost);
	await big('来件已登记');
	await card(one.no);
	const bad = await (await staff('desk1')).request('POST', '/api/staff/arrivals', { json: { waybill: lost }, check: false });
	assert.equal(bad.status, 409);
});

test('out: a batch ordered, labels, sent; the applicant sees the way', async () => {
	await p.goto(base + '/staff/ship.html');
	for (const j of out) await p.check(`#ex-${j.no}`);
	await p.getByRole('button', { name: '向顺丰下单（2件）' }).click();
	for (const j of out) await p.waitForSelector(`li:has(#ex-${j.no}) >> text=/已下单SF/`);
	await look('95-ship-ordered');
	const labels = await p.getAttribute('a[href*="labels.pdf"]', 'href');
	const a = await (await staff('desk1')).get(labels);
	assert.equal(a.body.subarray(0, 5).toString(), '%PDF-');
	fs.writeFileSync(path.join(env.root, 'tests/browser/shots/label.pdf'), a.body);
	await p.locator(`li:has(#ex-${out[1].no})`).getByRole('button', { name: '取消下单' }).click();
	await p.waitForSelector(`li:has(#ex-${out[1].no}) >> text=已取消`);
	await p.getByRole('button', { name: '已交快递员（1件）' }).click();
	await p.waitForFunction((no) => !document.getElementById('ex-' + no), out[0].no);
	await out[0].become('sent');
	const { waybill } = (await out[0].owner.want(200, 'GET', `${out[0].url}/parcel`)).json.parcel;
	g.fetched(waybill);
	g.step(waybill, '44', '快件正在派送途中<b>䶮</b>，派件人电话13800001234', '广州市越秀区');
	sql('UPDATE parcel SET poll_at=1 WHERE poll_at>0');
	for (const end = Date.now() + 20000; (await out[0].owner.want(200, 'GET', `${out[0].url}/parcel`)).json.parcel.steps.length < 2;) {
		assert.ok(Date.now() < end, 'no way');
		await new Promise((f) => setTimeout(f, 150));
	}
	const own = await context(browser);
	await signed(own, out[0].owner);
	const page = await own.newPage();
	await page.goto(`${base}/track/case.html?no=${out[0].no}`);
	await page.waitForSelector('#way li');
	assert.match(await page.textContent('#way'), /派送途中<b>䶮<\/b>.*138\*\*\*\*1234/s);
	assert.equal(await page.textContent('#waybill'), waybill);
	await page.waitForLoadState('networkidle');
	await shoot(page, '96-case-way');
	for (const v of await axe(page)) found.push(`way: ${v}`);
	own.clean();
});

test('axe found nothing, no policy violation, no console error', () => {
	assert.equal(found.join('\n'), '');
	c.clean();
});
