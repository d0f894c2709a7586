'use strict';
/* A case is done: rated at the tracker by phone and code, answered by the desk, and counted in the supervisor's reports,
 * which are looked at, filtered, downloaded and printed. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const env = require('../lib/env');
const csv = require('../lib/csv');
const data = require('../lib/data');
const spool = require('../lib/spool');
const { launch, context, shoot, axe, signed } = require('../lib/browser');
const { Journey } = require('../lib/journey');
const { staff } = require('../lib/staff');

const WORDS = '等了很久，“䶮”字还写错了𠮷';
let browser, j;
const found = [];

async function look(page, name) {
	for (const v of await axe(page)) found.push(`${name}: ${v}`);
	await shoot(page, name);
}
async function desk(user) {
	const c = await context(browser);
	const s = await staff(user);
	await signed(c, s);
	return { context: c, page: await c.newPage() };
}

test.before(async () => {
	browser = await launch();
	j = await Journey.to('reviewing', { channel: 'counter' });
	await j.fail('m2');
	await j.sendBack();
	await j.put('m2', '营业执照副本𠮷.png', 'image/png', require('../lib/files').png());
	await j.submit();
	await j.claim();
	await j.pass();
	await j.accept();
	await j.originals();
	await j.money();
	await j.approve();
	await j.produce();
	await j.ready();
	await j.handed();
});
test.after(() => browser.close());

test('at the tracker: what happened, what it means, and a rating without signing in', async () => {
	const c = await context(browser);
	const p = await c.newPage();
	await p.goto(env.url + '/track/?no=' + j.no);
	await p.fill('#phone', j.owner.phone);
	const since = spool.now();
	await p.waitForTimeout(1100); /* rate_otp_phone_s */
	await p.click('#send');
	await p.fill('#code', await spool.code(j.owner.phone, since));
	await p.click('#ask button[type=submit]');
	await p.waitForSelector('#view:visible h2');
	const told = await p.textContent('#view');
	assert.match(told, /业务已办结/);
	assert.match(told, /有内容需要改，已一次列全/, 'what a state means');
	assert.ok(!told.includes('公章压住') && !told.includes(j.typed.unit.name), 'what somebody wrote is shown');
	assert.ok((await p.locator('#view').boundingBox()).y < 450, 'what was asked with leaves no hole');
	await look(p, 'rp-track');
	await p.click('text=评价这次办理');
	await p.waitForSelector('#rate:visible');
	await p.click('#rate button[type=submit]');
	assert.match(await p.textContent('#esum'), /请选择满意程度/);
	await p.getByLabel('满意', { exact: true }).check();
	assert.deepEqual(await p.locator('#choices label').allTextContents(), ['办得快', '说明清楚', '页面好用', '态度好', '其他']);
	await p.getByLabel('不满意', { exact: true }).focus();
	await p.keyboard.press('ArrowDown'); /* by keyboard to the last one */
	await p.getByLabel('办得慢').check();
	await p.getByLabel('多次要求补正').check();
	await p.fill('#words', WORDS);
	await look(p, 'rp-rate');
	await p.click('#rate button[type=submit]');
	await p.waitForSelector('#thanks');
	const said = await p.textContent('#given');
	assert.match(said, /评价已收到/);
	assert.match(said, /打电话回访/);
	assert.match(said, /非常不满意/);
	await look(p, 'rp-rated');
	c.clean();
	await c.close();
});

test('its owner, signed in, sees it on the page of the case and finds his words again', async () => {
	const c = await context(browser);
	await signed(c, j.owner);
	const p = await c.newPage();
	await p.goto(env.url + '/track/case.html?no=' + j.no);
	await p.waitForSelector('#rating:visible');
	assert.equal((await p.textContent('#rating-go')).trim(), '修改评价');
	await p.click('#rating-go');
	await p.waitForSelector('#rate:visible');
	assert.equal(await p.inputValue('#words'), WORDS);
	assert.ok(await p.getByLabel('非常不满意').isChecked());
	c.clean();
	await c.close();
});

test('the desk takes it, calls and closes it', async () => {
	const { context: c, page: p } = await desk('clerk2');
	await p.goto(env.url + '/staff/ratings.html');
	await p.locator(`.mn-b[data-no="${j.no}"]`).click();
	await p.waitForSelector('#one-h');
	assert.match(await p.textContent('#one'), new RegExp(WORDS));
	await look(p, 'rp-follow');
	await p.getByRole('button', { name: '接手', exact: true }).click();
	await p.getByRole('button', { name: '登记电话', exact: true }).click();
	await p.click('dialog button[type=submit]');
	assert.match(await p.textContent('dialog .esum'), /请选择结果/);
	await p.selectOption('#rt-result', 'reached');
	await p.fill('#rt-note', '说明了补正原因，申请人理解');
	await look(p, 'rp-call');
	await p.click('dialog button[type=submit]');
	await p.waitForSelector('dialog', { state: 'detached' });
	await p.getByRole('button', { name: '办完', exact: true }).click();
	await p.selectOption('#rt-result', 'unreached');
	await p.fill('#rt-note', '已致歉');
	await p.click('dialog button[type=submit]');
	await p.waitForSelector('dialog .esum');
	assert.match(await p.textContent('dialog .esum'), /至少打过2次/);
	await p.selectOption('#rt-result', 'resolved');
	await p.click('dialog button[type=submit]');
	await p.waitForSelector('dialog', { state: 'detached' });
	await p.waitForFunction(() => /问题已解决/.test(document.querySelector('#one').textContent));
	await p.waitForSelector(`.mn-b[data-no="${j.no}"]`, { state: 'detached' });
	c.allowed.push(/409/);
	await look(p, 'rp-followed');
	assert.equal(c.faults.filter((f) => !/409/.test(f)).join('\n'), '');
	await c.close();
});

test("the supervisor's reports: charts with their tables, filters in the address, a file, paper", async () => {
	const { context: c, page: p } = await desk('supervisor1');
	const today = data.today();
	for (let tries = 0; ; tries++) {
		await p.goto(`${env.url}/staff/reports.html?from=${data.today(-13)}&to=${today}`);
		await p.waitForSelector('#reports[data-ready]');
		if (!/正在统计/.test(await p.textContent('#reports')) || tries > 60) break;
		await p.waitForTimeout(500);
	}
	assert.deepEqual(await p.locator('.rp h2').allTextContents(), ['办件量', '办理时长', '时长变化：收齐到办好（承诺时限）', '一次通过率', '补正原因', '时限达成', '收退款', '好差评']);
	/* Each drawn chart has a name and its table beside it. */
	for (const section of await p.locator('.rp').all()) {
		if (await section.locator('svg').count()) assert.ok((await section.locator('svg title').textContent()).length > 6);
		assert.ok(await section.locator('table').count() || /没有/.test(await section.textContent()), await section.textContent());
	}
	const cell = async (id, row, col) => p.locator(`#rp-${id}`).locator('xpath=ancestor::section').locator('table').evaluate((t, at) => t.querySelectorAll('tr')[at.row < 0 ? t.querySelectorAll('tr').length - 1 : at.row].children[at.col].textContent, { row, col });
	assert.ok(Number(await cell('volume', -1, 1)) >= 1);
	assert.match(await cell('reasons', 1, 0), /：/);
	assert.ok(Number(await cell('ratings', -1, 5)) >= 1, 'the bad rating is counted');
	await look(p, 'rp-day');
	await p.selectOption('#by', 'service');
	await p.selectOption('#holder', 'org');
	await p.click('#ask button[type=submit]');
	await p.waitForFunction(() => /按业务/.test(document.querySelector('#reports').textContent));
	assert.match(p.url(), /by=service/);
	assert.match(p.url(), /holder=org/);
	await look(p, 'rp-service');
	const [download] = await Promise.all([p.waitForEvent('download'), p.locator('#rp-volume').locator('xpath=ancestor::section').getByRole('link', { name: /下载CSV/ }).click()]);
	const lines = csv.parse(fs.readFileSync(await download.path(), 'utf8').slice(1));
	assert.equal(lines[lines.length - 1][1], await cell('volume', -1, 1), 'the file says what the page says');
	await p.fill('#from', '2024-01-01');
	await p.click('#ask button[type=submit]');
	await p.waitForSelector('#ask .esum');
	assert.match(await p.textContent('#ask .esum'), /最多看400天/);
	await p.fill('#from', data.today(-13));
	await p.selectOption('#by', 'day');
	await p.click('#ask button[type=submit]');
	await p.waitForSelector('#rp-ratings');
	await p.emulateMedia({ media: 'print' });
	assert.equal(await p.locator('#ask').isVisible(), false);
	assert.equal(await p.locator('.nav').isVisible(), false);
	const clipped = await p.evaluate(() => [...document.querySelectorAll('.rp-scroll')].filter((s) => s.scrollHeight > s.clientHeight + 2).length);
	assert.equal(clipped, 0, 'tables are whole on paper');
	const pdf = await p.pdf({ preferCSSPageSize: true });
	const pages = (pdf.toString('latin1').match(/\/MediaBox\s*\[0 0 59\d/g) || []).length;
	assert.ok(pages >= 2 && pages <= 8, `${pages} pages of A4`);
	c.allowed.push(/422/);
	assert.equal(c.faults.filter((f) => !/422/.test(f)).join('\n'), '');
	await c.close();
});

test('axe found nothing on any page of the way', () => assert.equal(found.join('\n'), ''));
