'use strict';
/* Sending by phone: a desktop and a phone, two browsers that share nothing but the QR code. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const env = require('../lib/env');
const files = require('../lib/files');
const { Journey } = require('../lib/journey');
const { launch, context, shoot, axe, signed } = require('../lib/browser');

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
let browser, j, desk;
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'zy-relay-'));

function photo(name, bytes = files.jpeg()) {
	const f = path.join(dir, name);
	fs.writeFileSync(f, bytes);
	return f;
}

test.before(async () => {
	browser = await launch();
	j = await Journey.draft();
	await j.fill();
	await j.print();
});
test.after(async () => {
	await browser.close();
	fs.rmSync(dir, { recursive: true });
});

async function desktop() {
	const x = await context(browser);
	await signed(x, j.owner);
	const page = await x.newPage();
	await page.goto(`${env.url}/apply/upload.html?no=${j.no}`);
	await page.waitForSelector('body[data-ready]');
	return { x, page, block: page.locator('section.mat', { has: page.locator('#m2') }) };
}

/* Press a button that draws a code; the address in it (that it reads so is a test of lib/io/qr.c). */
async function drawn(page, block, name) {
	const answer = page.waitForResponse((r) => r.request().method() === 'POST' && r.url().endsWith('/relay'));
	await block.getByRole('button', { name }).click();
	const { url } = await (await answer).json();
	await block.locator('.relay-qr').waitFor();
	assert.ok(await block.locator('.relay-qr').evaluate((i) => i.complete && i.naturalWidth > 0));
	return url;
}

test('two photos from the phone stand on the desktop, which shows each step by itself', { timeout: 300000 }, async () => {
	desk = await desktop();
	const { page, block } = desk;
	const url = await drawn(page, block, /用手机拍照上传/);
	assert.match(await block.locator('.relay-now').innerText(), /等待手机扫码/);
	assert.match(url, /\/r#[A-Z2-7]{26}$/);
	await shoot(page, 'relay-desktop');
	assert.deepEqual(await axe(page), []);

	const how = await block.locator('.relay-how').innerText(); /* it goes as soon as a phone is there */
	const x = await context(browser, PHONE);
	const phone = await x.newPage();
	await phone.goto(url);
	await phone.locator('#pair').waitFor();
	assert.equal(new URL(phone.url()).hash, '');
	const pair = await phone.locator('#pair').innerText();
	assert.ok(how.includes(`配对码是${pair}`));
	await block.locator('.relay-now', { hasText: '手机已连接' }).waitFor();
	assert.equal(await block.locator('.relay-qr').count(), 0);
	const text = await phone.locator('main').innerText();
	for (const secret of [j.no, j.typed.unit.name, j.typed.agent.name]) assert.ok(!text.includes(secret), secret);
	const cameras = phone.locator('input[capture="environment"]');
	assert.equal(await cameras.count(), 1);

	await cameras.setInputFiles(photo('image.jpg'));
	await phone.locator('.files li', { hasText: /手机照片1.jpg/ }).locator('.thumb').waitFor();
	await phone.locator('.how', { hasText: '已收到' }).first().waitFor();
	await block.locator('.relay-now', { hasText: '手机已传1个文件' }).waitFor();
	await block.locator('.files li', { hasText: '手机照片1.jpg' }).locator('.pages img').waitFor({ timeout: 60000 });
	await phone.locator('#m2-f').setInputFiles(photo('执照𠮷.jpg'));
	await block.locator('.relay-now', { hasText: '手机已传2个文件' }).waitFor();
	await phone.locator('.files li').nth(1).waitFor();
	await shoot(phone, 'relay-phone');
	assert.deepEqual(await axe(phone), []);

	/* Loaded again, both go on. */
	await phone.reload();
	await phone.locator('.files li').nth(1).waitFor();
	await page.reload();
	await block.locator('.relay-now', { hasText: '手机已传2个文件' }).waitFor();
	await phone.getByRole('button', { name: '传完了' }).click();
	await phone.getByText('已传2个文件').waitFor();
	assert.equal(await phone.evaluate(() => document.activeElement.id), 'over');
	await shoot(phone, 'relay-phone-done');
	await block.locator('.relay-now', { hasText: '手机那边已经传完' }).waitFor({ timeout: 60000 });
	assert.equal(await block.locator('.files > li').count(), 2);
	x.clean();
	desk.x.clean();
	await x.close();
});

test('a second phone is told what to do; one whose desktop ended it, too', { timeout: 300000 }, async () => {
	const { page, block } = desk;
	const url = await drawn(page, block, /再用手机传/);
	const one = await context(browser, PHONE), two = await context(browser, PHONE);
	for (const x of [one, two]) x.allowed.push(/\b(401|409)\b/);
	const first = await one.newPage(), second = await two.newPage();
	await first.goto(url);
	await first.locator('#pair').waitFor();
	await second.goto(url);
	await second.getByText('已有另一部手机打开过这个二维码').waitFor();
	await shoot(second, 'relay-phone-refused');
	assert.deepEqual(await axe(second), []);
	await block.getByRole('button', { name: /结束手机上传/ }).click();
	await block.locator('.relay-now', { hasText: '手机上传已结束' }).waitFor();
	await first.locator('input[capture]').setInputFiles(photo('晚了.jpg'));
	await first.getByText('连接已结束').waitFor();
	/* By the typed code, from a page without any. */
	await drawn(page, block, /重新生成二维码/);
	await second.goto(env.url + '/relay.html');
	await second.locator('#token').fill('abc');
	await second.getByRole('button', { name: '连接电脑' }).click();
	await second.locator('.esum').waitFor();
	await shoot(second, 'relay-phone-code');
	await second.locator('#token').fill((await block.locator('.relay-how .code').innerText()).toLowerCase());
	await second.getByRole('button', { name: '连接电脑' }).click();
	await second.locator('#pair').waitFor();
	await block.locator('.relay-now.on').waitFor();
	one.clean();
	two.clean();
	await one.close();
	await two.close();
});

test('a photo larger than may be sent is made smaller on the phone', { timeout: 300000 }, async () => {
	const { page, block } = desk;
	const url = await drawn(page, block, /重新生成二维码/);
	const x = await context(browser, PHONE);
	const phone = await x.newPage();
	await phone.goto(url);
	await phone.locator('#pair').waitFor();
	/* Noise does not compress: 3000 × 2000 points are more than 10 MB as PNG. */
	const big = photo('大照片䶮.png', files.png({ width: 3000, height: 2000, noise: 14e6 }));
	assert.ok(fs.statSync(big).size > 10485760);
	await phone.locator('#m2-f').setInputFiles(big);
	await block.locator('.files li', { hasText: '大照片䶮.jpg' }).waitFor({ timeout: 60000 });
	const got = (await j.owner.want(200, 'GET', `${j.url}/attachments`)).json.find((a) => a.filename === '大照片䶮.jpg');
	assert.ok(got.size_bytes < 10485760);
	x.clean();
	await x.close();
	desk.x.clean();
	await desk.x.close();
});

test('a correction: from its page to the code, the photo answers it', { timeout: 300000 }, async () => {
	const k = await Journey.to('uploaded', { seals: false });
	await k.submit();
	await k.claim();
	await k.fail('m2');
	await k.sendBack();
	const x = await context(browser);
	await signed(x, k.owner);
	const page = await x.newPage();
	await page.goto(`${env.url}/apply/fix.html?no=${k.no}`);
	await page.getByRole('link', { name: /用手机拍照上传/ }).click();
	await page.waitForURL(/upload\.html/);
	await page.waitForSelector('body[data-ready]');
	assert.equal(await page.getByRole('button', { name: /用手机拍照上传/ }).count(), 1, 'one material is open');
	const block = page.locator('section.mat', { has: page.locator('#m2') });
	const url = await drawn(page, block, /用手机拍照上传/);
	const y = await context(browser, PHONE);
	const phone = await y.newPage();
	await phone.goto(url);
	await phone.locator('input[capture]').setInputFiles(photo('补正.jpg'));
	await block.locator('.files li', { hasText: '手机照片1.jpg' }).getByRole('button', { name: /删除/ }).waitFor();
	await page.getByRole('link', { name: '继续' }).click();
	await page.waitForURL(/fix\.html/);
	await page.getByText('全部改好了').waitFor();
	x.clean();
	y.clean();
	await x.close();
	await y.close();
});
