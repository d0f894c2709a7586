'use strict';
/* The applicant's upload page with real scans of his form: while it is looked at, what was seen, what is missing, what to do;
 * a form that was put in the wrong place; the same page after the data changed. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const env = require('../lib/env');
const scans = require('../lib/scans');
const { Journey } = require('../lib/journey');
const { launch, context, shoot, axe, signed } = require('../lib/browser');

let browser, c, page, j, form, tmp;

test.before(async () => {
	browser = await launch();
	tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'zy-upload-'));
	j = await Journey.draft();
	await j.fill();
	await j.print();
	form = scans.whole(await j.formPdf());
	c = await context(browser);
	await signed(c, j.owner);
	page = await c.newPage();
});
test.after(async () => {
	await browser.close();
	fs.rmSync(tmp, { recursive: true, force: true });
});

const open = async () => {
	await page.goto(`${env.url}/apply/upload.html?no=${j.no}`);
	await page.waitForSelector('#m1-f', { state: 'attached' });
	await page.waitForLoadState('networkidle');
};
const block = (material) => page.locator('section.mat', { has: page.locator(`h3#${material}`) });
const row = (material, name) => block(material).locator('.files > li').filter({ hasText: name });

async function put(material, name, bytes) {
	const at = path.join(tmp, name);
	fs.writeFileSync(at, bytes);
	await page.setInputFiles(`#${material}-f`, at);
}

async function look(name) {
	await page.waitForLoadState('networkidle');
	await shoot(page, name);
	assert.deepEqual(await axe(page), [], name);
}

/* The grid as rows of words. */
const grid = () => block('m1').locator('table.got tbody tr').evaluateAll((rows) => rows.slice(1).map((r) => [...r.children].map((x) => x.textContent).join(' ')));

test('a first copy: checked within seconds, the second copy and a stamp are missing', async () => {
	await open();
	assert.equal(await block('m1').locator('.tag').textContent(), '未上传');
	const began = Date.now();
	await put('m1', '第一份𠮷.pdf', scans.pdf([scans.sign(scans.print(await j.formPdf())[0]), form[2]]));
	await row('m1', '第一份𠮷.pdf').locator('.how', { hasText: '正在检查' }).waitFor();
	await row('m1', '第一份𠮷.pdf').locator('.pages img').first().waitFor();
	const took = Date.now() - began;
	assert.ok(took < 10000, `${took} ms until the findings`);
	assert.match(await row('m1', '第一份𠮷.pdf').locator('.how').textContent(), /共2页.*1处/);
	assert.deepEqual(await row('m1', '第一份𠮷.pdf').locator('.pages span').allTextContents(), ['第一份第1页', '印模页']);
	assert.deepEqual(await row('m1', '第一份𠮷.pdf').locator('.find li').allTextContents(), ['第1页：没有看到红色公章，请在盖章处加盖公章后，用彩色重新扫描']);
	await block('m1').locator('.advice li').first().waitFor();
	assert.match(await block('m1').locator('.advice').textContent(), /第二份/);
	assert.deepEqual(await grid(), ['第一份 已有', '第二份 缺', '印模页 已有']);
	assert.equal(await block('m1').locator('.tag').textContent(), '已上传，请看提醒');
	assert.ok(await row('m1', '第一份𠮷.pdf').locator('.pages img').first().evaluate((i) => i.complete && i.naturalWidth > 100 && i.naturalWidth <= 240));
	await look('u1-copy-missing');
});

test('a form in the place of the licence files itself, and both places say so', async () => {
	await put('m2', '扫描0002（第二份）.pdf', scans.pdf(form.slice(1, 2)));
	await row('m1', '扫描0002').locator('.pages img').first().waitFor();
	assert.equal(await row('m2', '扫描0002').count(), 0);
	assert.match(await row('m1', '扫描0002').locator('.find').textContent(), /系统认出是申请表/);
	assert.match(await block('m2').locator('.find:visible').textContent(), /“扫描0002（第二份）\.pdf”.*自动归到申请表/);
	assert.deepEqual(await grid(), ['第一份 已有', '第二份 已有', '印模页 已有']);
	await block('m1').locator('.advice').waitFor({ state: 'hidden' });
	await look('u2-filed');
});

test('a good scan in the place of the bad one: nothing left to say', async () => {
	const del = row('m1', '第一份𠮷.pdf').locator('.del');
	await del.click();
	await row('m1', '第一份𠮷.pdf').locator('.del', { hasText: '确认' }).waitFor();
	await page.waitForTimeout(600); /* a double click asks once */
	await del.click();
	await row('m1', '第一份𠮷.pdf').waitFor({ state: 'detached' });
	assert.deepEqual(await grid(), ['第一份 缺', '第二份 已有', '印模页 缺']);
	await put('m1', '第一份（盖章）.pdf', scans.pdf([form[0], form[2]]));
	await row('m1', '第一份（盖章）').locator('.pages img').first().waitFor();
	assert.match(await row('m1', '第一份（盖章）').locator('.how').textContent(), /共2页，检查完成/);
	await block('m1').locator('.advice').waitFor({ state: 'hidden' });
	assert.equal(await block('m1').locator('.tag').textContent(), '已上传');
});

test('other papers: many findings, one sentence each', async () => {
	const pale = scans.grey(scans.stamp(scans.paper()));
	await put('m2', '营业执照（副本）䶮.pdf', scans.pdf([pale, scans.blank(), scans.recode(scans.copy(pale), 'HTTPS://EXAMPLE.CN/LICENCE')]));
	await row('m2', '营业执照').locator('.pages img').first().waitFor();
	await block('m2').locator('.advice li').first().waitFor();
	assert.match(await block('m2').locator('.advice').textContent(), /黑白件/);
	assert.match(await row('m2', '营业执照').locator('.find').textContent(), /第2页：这是一张白纸/);
	await look('u3-others');
});

test('after a change of the data every page is told to be old', async () => {
	await j.change({ years: j.typed.years === 1 ? 2 : 1 });
	await open();
	await row('m1', '第一份（盖章）').locator('.pages img').first().waitFor();
	assert.deepEqual(await row('m1', '第一份（盖章）').locator('.pages span').allTextContents(), ['旧版', '旧版']);
	const said = await row('m1', '第一份（盖章）').locator('.find li').allTextContents();
	assert.equal(said.length, 1, said.join(' | '));
	assert.match(said[0], /重新生成申请表/);
	await block('m1').locator('.advice li').first().waitFor();
	assert.deepEqual(await grid(), []);
	await look('u4-outdated');
	c.clean();
});
