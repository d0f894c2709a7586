'use strict';
/* The page of seals: the first reviewer moves the frame by keys and by mouse, cuts anew, confirms; the second sees it, with an
 * earlier seal of the same unit beside it; a scan without a seal says so. */
const test = require('node:test');
const assert = require('node:assert/strict');
const env = require('../lib/env');
const data = require('../lib/data');
const scans = require('../lib/scans');
const seals = require('../lib/seals');
const { Journey, catalog } = require('../lib/journey');
const { staff } = require('../lib/staff');
const { launch, context, shoot, axe, signed } = require('../lib/browser');

let browser, j, before;

async function enter(user) {
	const who = await staff(user);
	const x = await context(browser);
	await signed(x, who);
	return x;
}
async function open(x, of = j) {
	const page = await x.newPage();
	await page.goto(`${env.url}/staff/seal.html?no=${of.no}`);
	await page.locator('.seal').first().waitFor();
	await page.waitForLoadState('networkidle');
	return page;
}
const values = (page) => page.locator('.number input').evaluateAll((all) => all.map((i) => Number(i.value)));
const near = (have, want, by, what) => have.forEach((v, i) => assert.ok(Math.abs(v - want[i]) <= by, `${what}: ${have} for ${want}`));
const now = async () => (await seals.list(j)).items[0];

/* A case of a unit, its scan stamped off the middle of the box. */
async function submitted(unit, seal = {}) {
	const k = await Journey.draft();
	await k.fill(unit ? { unit, items: [{ seal_kind: 'unit', seal_name: unit.name }] } : {});
	await k.print();
	const form = await k.formPdf();
	const [x, y] = scans.BOXES[0];
	await k.put('m1', '申请表（扫描）.pdf', 'application/pdf', scans.pdf(scans.stampImprints(form, [{ page: 3, x, y, mm: 40, dx: 3, dy: -4, ...seal }])));
	for (const m of ['m2', 'm3', 'm6']) await k.put(m, `${m}.png`, 'image/png', require('../lib/files').png());
	await k.submit();
	return k;
}

test.before(async () => {
	browser = await launch();
	const unit = { ...data.org(await catalog()).unit, name: '广州市龙洞𠮷䶮幼儿园（筹）' };
	before = await submitted(unit);
	await before.claim();
	await before.pass();
	await before.accept();
	await before.originals();
	await before.money('finance1', { payer_name: unit.name });
	await before.approve();
	await before.produce();
	j = await submitted(unit);
	await seals.settled(j);
});
test.after(() => browser.close());

test('before the case is claimed it is only looked at', { timeout: 300000 }, async () => {
	const x = await enter('clerk1');
	const page = await open(x);
	assert.match(await page.locator('main').innerText(), /由初审人认领后/);
	assert.equal(await page.getByRole('button', { name: '确认这枚印章' }).count(), 0);
	assert.ok(await page.locator('.crop').isDisabled());
	await x.close();
});

test('the first reviewer moves the frame by keys and mouse, cuts anew and confirms', { timeout: 300000 }, async () => {
	await j.claim();
	const x = await enter('clerk1');
	const page = await open(x);
	/* A seal of 40 mm, 3 mm right of and 4 mm above the middle: 18 and 11 mm from the edges, 1 mm kept around. */
	near(await values(page), [17, 10, 42, 42], 1.2, 'found');
	const size = async () => page.locator('.chequer img').first().evaluate((i) => [i.getBoundingClientRect().width, i.naturalWidth]);
	const [shown, natural] = await size();
	const found = (await now()).crop;
	assert.ok(Math.abs(shown - found.w / 10 * 96 / 25.4) < 1, `true size: ${shown} px for ${found.w / 10} mm`);
	assert.ok(Math.abs(natural - found.w / 10 * 600 / 25.4) < 3, `600 dpi: ${natural}`);
	await shoot(page, 'seal-proposed');
	assert.deepEqual(await axe(page), []);
	/* keys */
	const start = await values(page);
	await page.locator('.crop').focus();
	for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowUp', 'Shift+ArrowRight', 'Shift+ArrowDown', 'Shift+ArrowDown']) await page.keyboard.press(key);
	near(await values(page), [start[0] - 1, start[1] - 0.5, start[2] + 0.5, start[3] + 1], 0.01, 'by keys');
	/* mouse: the frame, then its lower right corner */
	const stage = await page.locator('.stage70').boundingBox(), mm = stage.width / 70;
	const frame = await page.locator('.crop').boundingBox();
	await page.mouse.move(frame.x + frame.width / 2, frame.y + frame.height / 2);
	await page.mouse.down();
	await page.mouse.move(frame.x + frame.width / 2 + 2 * mm, frame.y + frame.height / 2 + 1 * mm, { steps: 4 });
	await page.mouse.up();
	near(await values(page), [start[0] + 1, start[1] + 0.5, start[2] + 0.5, start[3] + 1], 0.25, 'dragged');
	const corner = await page.locator('.corner-br').boundingBox();
	await page.mouse.move(corner.x + 5, corner.y + 5);
	await page.mouse.down();
	await page.mouse.move(corner.x + 5 + 3 * mm, corner.y + 5, { steps: 4 });
	await page.mouse.up();
	near(await values(page), [start[0] + 1, start[1] + 0.5, start[2] + 3.5, start[3] + 1], 0.3, 'stretched');
	/* numbers, and what is out of the box is drawn into it */
	await page.locator('.number input').nth(0).fill('69');
	await page.keyboard.press('Tab');
	const [left, , wide] = await values(page);
	assert.ok(Math.abs(left + wide - 70) < 0.11, `${left} + ${wide}`);
	for (const [i, v] of [[0, '15'], [1, '8.5'], [2, '46'], [3, '45.5']]) {
		await page.locator('.number input').nth(i).fill(v);
		await page.keyboard.press('Tab');
	}
	await page.getByRole('button', { name: '按此框取图' }).click();
	await page.locator('dd', { hasText: '宽46.0毫米，高45.5毫米' }).waitFor();
	const cut = await now();
	assert.deepEqual(cut.crop, { x: 150, y: 85, w: 460, h: 455 });
	assert.equal(cut.cut_by, '受理一号');
	assert.match(await page.locator('.seal .box-warn').innerText(), /超过45毫米/);
	await page.getByRole('button', { name: '恢复系统找到的框' }).click();
	await page.locator('.seal .box-warn').waitFor({ state: 'detached' });
	near(await values(page), [17, 10, 42, 42], 1.2, 'found again');
	assert.equal((await now()).cut_by, null);
	/* the earlier seal of the unit */
	await page.getByRole('button', { name: '显示早先的印章' }).click();
	await page.locator('.seals-before img').first().evaluate((i) => i.decode());
	assert.match(await page.locator('.seals-before figcaption').first().innerText(), new RegExp(before.no));
	/* confirm */
	await page.getByRole('button', { name: '确认这枚印章' }).click();
	await page.locator('h2 .tag', { hasText: '已确认' }).waitFor();
	assert.match(await page.locator('.facts').first().innerText(), /由受理一号于/);
	await page.getByRole('button', { name: '显示早先的印章' }).click();
	await page.locator('.seals-before img').first().evaluate((i) => i.decode());
	await shoot(page, 'seal-confirmed');
	assert.deepEqual(await axe(page), []);
	assert.equal((await now()).state, 'confirmed');
	await page.getByRole('link', { name: '回到审核' }).click();
	await page.getByRole('link', { name: '印章', exact: true }).waitFor();
	x.clean();
	await x.close();
});

test('the second reviewer sees it and cannot change it', { timeout: 300000 }, async () => {
	await j.pass();
	await j.accept();
	await j.originals();
	await j.money('finance1', { payer_name: '广州市龙洞𠮷䶮幼儿园（筹）' });
	await j.rekey('reviewer1');
	const x = await enter('reviewer1');
	const page = await open(x);
	assert.match(await page.locator('.facts').first().innerText(), /由受理一号于/);
	assert.equal(await page.getByRole('button', { name: /确认|取图/ }).count(), 0);
	await shoot(page, 'seal-second');
	x.clean();
	await x.close();
	await j.approve();
});

test('a box without a seal: why, and another place by hand', { timeout: 300000 }, async () => {
	const k = await submitted(null, { x: 148, y: 230, dx: 0, dy: 0 });
	const list = await seals.settled(k);
	assert.equal(list.items[0].state, 'missing');
	await k.claim();
	const x = await enter('clerk1');
	const page = await open(x, k);
	assert.match(await page.locator('.seal .box-warn').innerText(), /没有看到印章或签名/);
	assert.equal(await page.getByRole('button', { name: '确认这枚印章' }).count(), 0);
	await shoot(page, 'seal-missing');
	await page.locator('summary').click();
	await page.getByLabel('方框中心离纸左边').fill('148');
	await page.getByLabel('方框中心离纸上边').fill('230');
	await page.getByRole('button', { name: '取这一块' }).click();
	await page.getByRole('button', { name: '确认这枚印章' }).click();
	await page.locator('h2 .tag', { hasText: '已确认' }).waitFor();
	assert.deepEqual(await axe(page), []);
	x.clean();
	await x.close();
});
