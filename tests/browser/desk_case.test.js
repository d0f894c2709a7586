'use strict';
/* A case between people: two reviewers in two browsers, and one round of correction from the marked place on a page to the
 * difference that the next look shows. */
const test = require('node:test');
const assert = require('node:assert/strict');
const env = require('../lib/env');
const files = require('../lib/files');
const seals = require('../lib/seals');
const { Journey } = require('../lib/journey');
const { staff } = require('../lib/staff');
const { sql } = require('../lib/sql');
const { launch, context, shoot, axe, signed } = require('../lib/browser');

let browser, j;
const desks = {};
const LICENCE = '证照';
const NOTE = '执照上的“䶮”字被公章压住了𠮷';

async function enter(client) {
	const x = await context(browser);
	await signed(x, client);
	return x;
}
const shows = (page, n) => page.waitForFunction((end) => {
	const img = document.querySelector('.leaf > img');
	return img && img.complete && img.naturalWidth && img.src.endsWith(end) && !document.querySelector('#stage').hasAttribute('aria-busy');
}, `/pages/${n}`);
const open = async (page) => {
	await page.goto(`${env.url}/staff/case.html?no=${j.no}`);
	await page.locator('.head-act').waitFor();
};
const claim = async (page) => {
	await page.locator('.head-act').getByRole('button', { name: '认领' }).click();
	await shows(page, 1);
};

test.before(async () => {
	browser = await launch();
	j = await Journey.to('submitted');
	for (const user of ['clerk1', 'clerk2']) {
		const x = await enter(await staff(user));
		x.allowed.push(/\b(409|412)\b/);
		desks[user] = { x, page: await x.newPage() };
	}
});
test.after(() => browser.close());

test('two reviewers: one wins, the other reads only; taken over, the first is told why and loses nothing', { timeout: 90000 }, async () => {
	const one = desks.clerk1.page, two = desks.clerk2.page;
	await open(one);
	await open(two);
	await Promise.all([one, two].map((p) => p.locator('.head-act').getByRole('button', { name: '认领' }).click()));
	const [winner, other] = await Promise.race([[one, two], [two, one]].map(([w, o]) => w.locator('.head-mine').waitFor().then(() => [w, o])));
	await other.locator('.head-held').waitFor();
	assert.match(await other.locator('.head-held').innerText(), /从\d\d:\d\d起办理，保留到\d\d:\d\d/);
	await other.getByText('正在办理').first().waitFor();
	assert.equal(await other.locator('.bar').isVisible(), false, 'decisions for who only reads');

	/* a verdict that is not whole yet is not saved: a reason is missing */
	await winner.locator('.mat-b', { hasText: LICENCE }).click();
	await winner.keyboard.press('x');
	await winner.locator('#verdict-note').fill(NOTE);
	await other.getByRole('button', { name: '接手', exact: true }).click();
	await other.locator('dialog').getByRole('button', { name: '接手' }).click();
	await other.locator('dialog .esum').waitFor();
	await other.locator('#dlg-reason').fill('同事临时外出，今天到期');
	await other.locator('dialog').getByRole('button', { name: '接手' }).click();
	await other.locator('.head-mine').waitFor();
	await shows(other, 1);

	/* his next save finds out */
	await winner.locator('.reasons input').first().check();
	await winner.locator('#notice-lease').waitFor();
	const told = await winner.locator('#notice-lease').innerText();
	assert.match(told, /接手了这件申请[^]*原因：同事临时外出，今天到期/);
	assert.match(told, /没保存的内容都还在/);
	assert.equal(await winner.locator('#verdict-note').inputValue(), NOTE);
	await shoot(winner, 'desk-lost');
	assert.deepEqual(await axe(winner), []);
	await winner.reload();
	await winner.locator('#notice-lease', { hasText: '同事临时外出' }).waitFor();
	await winner.locator('.mat-b', { hasText: LICENCE }).click();
	assert.equal(await winner.locator('#verdict-note').inputValue(), NOTE, 'gone after the page was read anew');
	await winner.getByRole('button', { name: '转成内部备注' }).click();
	await winner.locator('.beside', { hasText: '内部备注（1）' }).waitFor();
	await winner.getByRole('button', { name: '不要了' }).click();
	await winner.locator('#notice-lease').waitFor({ state: 'detached' });
	assert.equal(await winner.locator('.mat-b .tag', { hasText: '未保存' }).count(), 0);

	await open(other);
	await other.locator('.notes-l', { hasText: NOTE }).waitFor();

	/* taken back; a page on which nothing is typed hears of it from its heartbeat */
	await winner.locator('.head-act').getByRole('button', { name: '接手' }).click();
	await winner.locator('#dlg-reason').fill('回到岗位，接着办');
	await winner.locator('dialog').getByRole('button', { name: '接手' }).click();
	await winner.locator('.head-mine').waitFor();
	await other.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
	await other.locator('#notice-lease', { hasText: '回到岗位，接着办' }).waitFor();
	assert.match(await other.locator('#notice-lease').innerText(), /您的判定都已保存/);
	j.reviewer = (await (await staff('clerk1')).want(200, 'GET', j.desk)).json.claim.by;
});

test('a value leads to the paper that proves it; earlier business is a click away', { timeout: 60000 }, async () => {
	const { page } = desks[j.reviewer];
	await shows(page, 1);
	await page.locator('.mat-b', { hasText: '申请表' }).click();
	await page.locator('.judge .prove[data-path="unit.uscc"]').click();
	assert.match(await page.locator('.mat-b[aria-current]').innerText(), new RegExp(LICENCE));
	await shows(page, 1);
	const licence = j.case.materials.find((m) => m.code === 'm2').files[0].id;
	assert.match(await page.locator('.leaf > img').first().getAttribute('src'), new RegExp(licence));
	assert.equal(await page.evaluate(() => document.activeElement.dataset.path), 'unit.uscc');
	assert.ok((await page.locator('.pane-view').boundingBox()).x > (await page.locator('.pane-work').boundingBox()).x, 'data left, scans right');
	await page.locator('#beside-earlier summary').click();
	await page.locator('#beside-earlier', { hasText: '没有别的' }).waitFor();
	await page.locator('#beside-earlier summary').click();
});

let read;
test('marked, previewed, sent: the preview is what the applicant then reads, with the frame on his page', { timeout: 120000 }, async () => {
	const { page } = desks[j.reviewer];
	await page.locator('.mat-b', { hasText: LICENCE }).click();
	await shows(page, 1);
	await page.keyboard.press('m');
	await page.keyboard.press('5');
	await page.keyboard.press('Enter');
	await page.locator('.areas li').waitFor();
	await page.locator('.reasons').getByLabel('未盖章').check();
	await page.locator('#verdict-note').fill(NOTE);
	await page.locator('.judge .said', { hasText: '已保存' }).waitFor();
	assert.equal(await page.locator('.bar').getByRole('button', { name: '发送补正' }).getAttribute('aria-disabled'), 'true', 'open before all is judged');
	for (let i = 0; i < 6 && !(await page.locator('.bar-say', { hasText: '可发补正' }).count()); i++) {
		const left = page.locator('.mat-b', { hasText: '未判' }).first();
		if (!(await left.count())) break;
		await left.click();
		await page.keyboard.press('a');
		await page.waitForTimeout(100);
	}
	await page.locator('.bar-say', { hasText: '可发补正' }).waitFor();
	await page.locator('.bar').getByRole('button', { name: '发送补正' }).click();
	await page.locator('#preview .fix-item figure').waitFor();
	await page.locator('#return-note').fill('请在期限内一次改好𠮷');
	await page.locator('#preview .box', { hasText: '一次改好𠮷' }).waitFor();
	await page.locator('#preview .fix-item image').evaluate((i) => i.getBoundingClientRect().height > 0 || Promise.reject(new Error('no picture')));
	read = {
		title: await page.locator('#preview .preview-h').innerText(), items: await page.locator('#preview .fix-item').allInnerTexts(),
		rect: await page.locator('#preview .fix-item rect').evaluateAll((all) => all.map((r) => ['x', 'y', 'width', 'height'].map((a) => Math.round(r.getAttribute(a))))),
		message: await page.locator('#preview .quiet').innerText(),
	};
	await shoot(page, 'desk-preview');
	assert.deepEqual(await axe(page), []);
	await page.locator('dialog').getByRole('button', { name: '发送补正' }).click();
	await page.locator('#notice-done').waitFor();
	await j.become('returned');

	const x = await enter(j.owner);
	const fix = await x.newPage();
	await fix.goto(`${env.url}/apply/fix.html?no=${j.no}`);
	await fix.locator('.fix-item figure rect').waitFor();
	await fix.waitForFunction((h) => Math.round(document.querySelector('.fix-item rect').getAttribute('height')) === h, read.rect[0][3]);
	assert.equal(await fix.locator('main h1').innerText(), read.title);
	assert.equal(await fix.locator('#fix-note').innerText(), '审核说明：请在期限内一次改好𠮷');
	assert.equal(await fix.locator('.fix-item').count(), 1, 'only what failed is open');
	const theirs = (await fix.locator('.fix-item').innerText()).replace(/\s+/g, '');
	assert.ok(theirs.startsWith(read.items[0].replace(/\s+/g, '')), `${theirs}\n${read.items[0]}`);
	assert.deepEqual(await fix.locator('.fix-item rect').evaluateAll((all) => all.map((r) => ['x', 'y', 'width', 'height'].map((a) => Math.round(r.getAttribute(a))))), read.rect);
	await shoot(fix, 'desk-fix');
	assert.deepEqual(await axe(fix), []);
	await j.change({ delivery: { ...j.typed.delivery, name: '欧阳𠮷' } });
	await j.put('m2', '营业执照（重新盖章）.png', 'image/png', files.png());
	await fix.reload();
	await fix.getByText('全部改好了').waitFor();
	await fix.locator('#send').click();
	await fix.waitForURL(/track/);
	await j.become('submitted');
	x.clean();
	await x.close();
});

test('the next look shows what changed, old and new page side by side; accepted', { timeout: 90000 }, async () => {
	const { page, x } = desks[j.reviewer];
	await open(page);
	await claim(page);
	const round = page.locator('#beside-rounds');
	await round.locator('ins', { hasText: '欧阳𠮷' }).waitFor();
	assert.match(await round.innerText(), /收件人[^]*证照[^]*新交1个文件/);
	await round.getByRole('button', { name: /新旧对照/ }).click();
	await page.locator('.leaf > img').nth(1).waitFor();
	assert.match(await page.locator('.strip').innerText(), /旧/);
	assert.equal(await page.locator('.over .area').count(), 0, 'the frame of before lies on the new page');
	await shoot(page, 'desk-rounds');
	assert.deepEqual(await axe(page), []);
	await page.locator('.mat-b', { hasText: LICENCE }).click();
	await page.locator('.earlier', { hasText: NOTE }).waitFor();
	await page.keyboard.press('a');
	await page.locator('.bar-say', { hasText: '都通过' }).waitFor();
	await seals.confirm(j, j.reviewer);
	await page.keyboard.press('d');
	await page.locator('#notice-done').waitFor();
	await j.become('accepted');
	x.clean();
});

test('keys: all in one list, one switch turns them off and stays off in this browser', { timeout: 60000 }, async () => {
	const { page } = desks[j.reviewer];
	const keys = [...(await page.evaluate(() => fetch(document.querySelector('script[src*="staff-case.js"]').src).then((r) => r.text()))).matchAll(/^\t\t\['(.)', 'keys\.\w+'/gm)].map((m) => m[1]);
	assert.ok(keys.length > 15, keys.join(''));
	await page.keyboard.press('?');
	const help = (await page.locator('dialog kbd').allInnerTexts()).map((k) => k[0]);
	for (const k of keys) assert.ok(help.includes(k), `${k} is not in the help`);
	await shoot(page, 'desk-keys');
	assert.deepEqual(await axe(page), []);
	await page.locator('#keys-on').uncheck();
	await page.keyboard.press('Escape');
	await open(page);
	const zoomed = () => page.evaluate(() => sessionStorage.getItem('zy.zoom'));
	const before = await zoomed();
	await page.keyboard.press('i');
	await page.keyboard.press('w');
	assert.equal(await page.evaluate(() => (document.activeElement || {}).id), '');
	assert.equal(await zoomed(), before);
	await page.keyboard.press('?');
	await page.locator('#keys-on').check();
	await page.keyboard.press('Escape');
	await page.keyboard.press('i');
	await page.waitForFunction(() => document.activeElement.id === 'note-text');
	await page.keyboard.type('ax?');
	assert.equal(await page.locator('#note-text').inputValue(), 'ax?', 'a key acts while somebody types');
	/* a key struck before the browser has told that the dialog is shut */
	await page.evaluate(() => document.activeElement.blur());
	await page.keyboard.press('?');
	await page.locator('dialog[open]').waitFor();
	const on = await page.evaluate(() => new Promise((done) => {
		const box = document.querySelector('dialog');
		box.addEventListener('close', () => setTimeout(() => done(document.activeElement.id), 0));
		box.close();
		document.dispatchEvent(new KeyboardEvent('keydown', { key: 'i', bubbles: true }));
	}));
	assert.equal(on, 'note-text');
	desks[j.reviewer].x.clean();
});

test('one that retention has erased: its number, the day, and what is left of it', async () => {
	const gone = await Journey.draft(), { x, page } = desks.clerk1;
	sql(`UPDATE application SET state='withdrawn', erased_at=UNIX_TIMESTAMP(), erased_hash='files:${'0'.repeat(64)}', account_id=NULL, data_sealed='' WHERE no='${gone.no}'`);
	x.allowed.push(/\b404\b/);
	await page.setViewportSize({ width: 360, height: 700 });
	await page.goto(`${env.url}/staff/case.html?no=${gone.no}`);
	await page.getByRole('heading', { name: `申请${gone.no}已清除` }).waitFor();
	assert.match(await page.locator('#case').innerText(), /本申请已于20\d\d年\d+月\d+日按保存期限清除，仅保留编号和校验值。/);
	assert.equal(await page.getByRole('button', { name: '重试' }).count(), 0, 'trying again would change nothing');
	await shoot(page, 'desk-erased');
	assert.deepEqual(await axe(page), []);
});
