'use strict';
/* The reviewer's desk: pages of a case, what was seen on them, and a case judged by keys alone. */
const test = require('node:test');
const assert = require('node:assert/strict');
const env = require('../lib/env');
const seals = require('../lib/seals');
const { Journey } = require('../lib/journey');
const { staff } = require('../lib/staff');
const { launch, context, shoot, axe, signed } = require('../lib/browser');
const { sql } = require('../lib/sql');

let browser, j, x, page;
const stage = () => page.locator('#stage');
const scroll = () => stage().evaluate((s) => ({ w: s.scrollWidth - s.clientWidth, h: s.scrollHeight - s.clientHeight }));
const leaf = (n = 0) => page.locator('.leaf').nth(n).boundingBox();
const open = () => page.locator('.leaf > img').first().getAttribute('src');
const press = (keys) => [...keys].reduce((p, k) => p.then(() => page.keyboard.press(k)), Promise.resolve());
/* The picture of page n of the open file is shown. */
const shows = (n) => page.waitForFunction((end) => {
	const img = document.querySelector('.leaf > img');
	return img && img.complete && img.naturalWidth && img.src.endsWith(end) && !document.querySelector('#stage').hasAttribute('aria-busy');
}, `/pages/${n}`);

async function enter(user) {
	const who = await staff(user);
	const y = await context(browser);
	await signed(y, who);
	return y;
}

test.before(async () => {
	browser = await launch();
	j = await Journey.to('submitted', { copies: 2 });
	x = await enter('clerk1');
	page = await x.newPage();
});
test.after(() => browser.close());

test('from the list to the open page by keys; no page is asked for before the case is claimed', { timeout: 300000 }, async () => {
	const asked = [];
	page.on('request', (r) => { if (/\/pages\/\d/.test(r.url())) asked.push(new URL(r.url()).pathname); });
	await page.goto(`${env.url}/staff/case.html?no=${j.no}`);
	await page.getByText('认领后在这里看扫描件').waitFor();
	assert.deepEqual(asked, []);
	await press('c');
	await shows(1);
	assert.ok(asked.length > 0);
	const files = (await page.evaluate(() => performance.getEntriesByType('resource').map((r) => new URL(r.name).pathname))).filter((p) => /^\/v\/|^\/vendor\//.test(p));
	assert.ok(files.length + 1 <= 12, `${files.length + 1} requests: ${files.join(' ')}`);
});

test('what was seen is said beside the page', { timeout: 300000 }, async () => {
	await page.locator('.seen', { hasText: /申请表 第1版 第1页\/共\d页 第1份/ }).waitFor();
	assert.match(await page.locator('.seen').innerText(), /当前版/);
	assert.match(await page.locator('.strip-b').first().innerText(), /第1份 1\/\d/);
	assert.ok((await page.locator('.strip-b').count()) >= 3);
	await page.locator('.strip-b img').first().evaluate((i) => i.decode());
	await shoot(page, 'viewer-page');
	assert.deepEqual(await axe(page), []);
});

test('size: whole page, width, larger; it is kept from page to page; turned pages fit', { timeout: 300000 }, async () => {
	let over = await scroll();
	assert.ok(over.w <= 1 && over.h <= 1, 'the whole page fits');
	const whole = await leaf();
	await press('w');
	const wide = await leaf();
	assert.ok(wide.width > whole.width);
	assert.ok((await scroll()).w <= 1 && (await scroll()).h > 10);
	await press('++');
	over = await scroll();
	assert.ok(over.w > 10 && over.h > 10);
	const large = await leaf();
	await press(']');
	await shows(2);
	assert.ok(Math.abs((await leaf()).width - large.width) < 2, 'as large as the page before');
	await page.reload();
	await shows(1);
	assert.ok(Math.abs((await leaf()).width - large.width) < 2, 'also after the page was read anew');
	await press('0');
	await press('r');
	const turned = await leaf();
	assert.ok(turned.width > turned.height, 'on its side');
	over = await scroll();
	assert.ok(over.w <= 1 && over.h <= 1, 'and fitted so');
	await press('R');
	assert.ok(Math.abs((await leaf()).width - whole.width) < 2);
});

test('the next page is there at once, and nothing is blank in between', { timeout: 300000 }, async () => {
	await page.waitForTimeout(800);
	let late = 0;
	page.on('request', (r) => { if (/\/pages\/2$/.test(r.url())) late++; });
	const blank = await page.evaluate(() => new Promise((done) => {
		let empty = 0;
		new MutationObserver(() => { if (!document.querySelector('.leaf > img')) empty++; }).observe(document.querySelector('#stage'), { childList: true });
		document.dispatchEvent(new KeyboardEvent('keydown', { key: ']', bubbles: true }));
		setTimeout(() => done([empty, document.querySelector('.leaf > img').src]), 50);
	}));
	assert.equal(blank[0], 0);
	assert.match(blank[1], /\/pages\/2$/);
	assert.equal(late, 0, 'it was read ahead');
});

test('two pages side by side: the same page of both copies', { timeout: 300000 }, async () => {
	await press('v');
	await page.locator('.leaf').nth(1).waitFor();
	const [one, two] = [await leaf(0), await leaf(1)];
	assert.ok(two.x >= one.x + one.width - 1 && Math.abs(one.width - two.width) < 2);
	const said = await page.locator('.seen').innerText();
	assert.match(said, /第1页\/共\d页 第1份/);
	assert.match(said, /第1页\/共\d页 第2份/);
	await shoot(page, 'viewer-pair');
	await press('v');
	assert.equal(await page.locator('.leaf').count(), 1);
});

test('marked by keys on a turned page, the place is that of the page', { timeout: 300000 }, async () => {
	await press('r');
	await press('m');
	await press('1');
	await page.keyboard.press('Enter');
	await page.locator('.areas li').waitFor();
	const rect = await page.locator('.over .area').first().evaluate((r) => ['x', 'y', 'width', 'height'].map((a) => Number(r.getAttribute(a))));
	assert.deepEqual(rect, [0, 0, 3333, 3333]);
	/* Drawn by hand in the middle of the screen's left half: of a page turned left, its upper half. */
	await press('m');
	const box = await leaf();
	await page.mouse.move(box.x + 20, box.y + box.height * 0.4);
	await page.mouse.down();
	await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.6, { steps: 4 });
	await page.mouse.up();
	await page.locator('.areas li').nth(1).waitFor();
	const [px, py, w, h] = await page.locator('.over .area').nth(1).evaluate((r) => ['x', 'y', 'width', 'height'].map((a) => Number(r.getAttribute(a))));
	assert.ok(px > 3500 && px + w < 6500 && py < 1000 && py + h < 3500, [px, py, w, h].join());
	await press('R');
	await press('a'); /* a pass takes the marks away */
	await page.waitForFunction(() => document.querySelectorAll('.mat-b .tag-ok').length === 1);
});

test('through the whole case with one key, pages and materials; help names the keys', { timeout: 300000 }, async () => {
	await press('1');
	await shows(1);
	const all = await page.locator('.mat-b').count();
	const seen = new Set();
	for (let i = 0; i < 40 && (await page.locator('.mat-b[aria-current]').innerText()).indexOf(String(all)) !== 0; i++) {
		seen.add(await open());
		await press(']');
		await page.waitForFunction(() => !document.querySelector('#stage').hasAttribute('aria-busy'));
	}
	assert.ok(seen.size >= 5, `${seen.size} pages`);
	assert.match(await page.locator('.mat-b[aria-current]').innerText(), new RegExp(`^${all}`));
	await press('?');
	const help = await page.locator('dialog').innerText();
	for (const word of ['适合宽度', '并排', '下一页', '合格', '作出决定']) assert.ok(help.includes(word), word);
	await page.keyboard.press('Escape');
});

test('seals that were found are framed with their size', { timeout: 300000 }, async () => {
	await page.route('**/attachments', async (route) => {
		const answer = await route.fetch();
		const list = await answer.json();
		const m1 = list.find((f) => f.material === 'm1');
		m1.pages[0].seals = [{ x: 6000, y: 7000, w: 2000, h: 1400, diameter: 402, cut: false }, { x: 100, y: 100, w: 900, h: 700, diameter: 0, cut: true }];
		m1.findings.push({ code: 'seal_cut', level: 'warn', text: '这一页有一枚章没有扫完整', page: 1 });
		await route.fulfill({ response: answer, json: list });
	});
	await page.reload();
	await shows(1);
	await press('1');
	await shows(1);
	await page.locator('.seal-t', { hasText: '直径40.2mm' }).waitFor();
	assert.equal(await page.locator('rect.seal').count(), 2);
	const frame = await page.locator('rect.seal').first().boundingBox(), paper = await leaf();
	assert.ok(Math.abs((frame.x - paper.x) / paper.width - 0.6) < 0.02 && Math.abs((frame.width) / paper.width - 0.2) < 0.02);
	assert.match(await page.locator('.seen').innerText(), /直径40.2毫米[^]*没有扫完整/);
	assert.match(await page.locator('.strip-b.strip-w').first().getAttribute('title'), /有提醒/);
	await shoot(page, 'viewer-seal');
	assert.deepEqual(await axe(page), []);
	await press('o');
	assert.equal(await page.locator('rect.seal').count(), 0);
	await press('o');
	await page.unroute('**/attachments');
});

test('a verdict on everything and the decision, by keys alone', { timeout: 300000 }, async () => {
	const n = await page.locator('.mat-b').count();
	await press('1');
	for (let i = 0; i < n; i++) {
		await press('a');
		await page.waitForTimeout(150);
	}
	await page.locator('.bar-say', { hasText: '都通过' }).waitFor();
	assert.equal(await page.locator('.mat-b .tag-ok').count(), n);
	await seals.confirm(j);
	await press('d');
	await page.locator('#notice-done').waitFor();
	assert.equal(await page.evaluate(() => document.activeElement.closest('#notice-done') !== null), true);
	await j.become('accepted');
	x.clean();
	await x.close();
});

test('each look stands in the book, one that was refused too', { timeout: 300000 }, async () => {
	const k = await Journey.to('submitted');
	await k.look();
	const file = k.case.materials.find((m) => m.code === 'm2').files[0].id;
	const y = await enter('clerk2');
	y.allowed.push(/\b404\b/);
	const p = await y.newPage();
	await p.goto(`${env.url}/staff/case.html?no=${k.no}`);
	await p.getByRole('button', { name: /不认领，只查看/ }).click();
	await p.getByText('这一页没有读到').waitFor();
	const first = k.case.materials.find((m) => m.code === 'm1').files[0].id;
	assert.match(sql(`SELECT detail FROM audit WHERE action='file_refused' AND object='${first}'`), /page 1/);
	await p.keyboard.press('c');
	await p.locator('.leaf > img').waitFor();
	await p.keyboard.press('2');
	await p.waitForFunction((id) => (document.querySelector('.leaf > img') || { src: '' }).src.includes(id), file);
	assert.match(sql(`SELECT detail FROM audit WHERE action='file_view' AND object='${k.no}'`), new RegExp(`${file} page 1`));
	y.clean();
	await y.close();
});
