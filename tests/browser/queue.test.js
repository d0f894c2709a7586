'use strict';
/* A reviewer's morning: ten cases out of a list without touching the mouse; the list kept in its address, views, pages. */
const test = require('node:test');
const assert = require('node:assert/strict');
const env = require('../lib/env');
const data = require('../lib/data');
const files = require('../lib/files');
const tus = require('../lib/tus');
const { applicant } = require('../lib/journey');
const { Walk } = require('../lib/walk');
const { subject, certificate, bring } = require('../lib/certificates');
const { staff } = require('../lib/staff');
const { sql } = require('../lib/online');
const { launch, context, inspect, signed } = require('../lib/browser');

const CASES = 10, BACK = 3; /* which of them is sent back */
const BRANCH = 'm' + data.digits(12), MANY = 'n' + data.digits(12); /* branches of no one else: lists of our own */
const LIST = `/staff/queue.html?queue=submitted&branch=${BRANCH}`;
const found = [];
let browser, desk, page;
const made = [];

/* Two scans and no seal: what takes the least to make. */
let owner, whose, certificates;
async function submitted() {
	const w = await Walk.begin({ service: 'unlock', holder: 'ind', channel: 'counter', owner, subject: whose, old: [certificates.pop()] });
	await w.fill();
	await w.print();
	await Promise.all(['m1', 'm5'].map((m) => tus.upload(owner, w.no, m, `${m}䶮.jpg`, 'image/jpeg', files.jpeg())));
	await Promise.all(['m1', 'm5'].map((m) => w.settled(m)));
	await w.submitted();
	made.push(w.no);
}

const look = (p, name) => inspect(p, name, found);

async function open(user) {
	const c = await context(browser);
	const client = await staff(user);
	await signed(c, client);
	return c;
}

test.before(async () => {
	browser = await launch();
	owner = await applicant();
	whose = subject('ind', owner.phone);
	certificates = bring(Array.from({ length: CASES + 2 }, () => certificate(whose)));
	await Promise.all([0, 1].map(async () => {
		for (let i = 0; i < CASES / 2; i++) await submitted();
	}));
	sql(`UPDATE application SET branch='${BRANCH}' WHERE no IN ('${made.join("','")}')`);
	desk = await open('clerk1');
	await desk.addInitScript(() => window.addEventListener('pointerdown', () => console.error('the mouse was used'), true));
	page = await desk.newPage();
});
test.after(async () => {
	sql(`DELETE FROM application WHERE branch='${MANY}'`);
	await browser.close();
	assert.equal(found.join('\n'), '');
	desk.clean();
});

const press = (key) => page.keyboard.press(key);
/* Tab until what has the focus is this. */
async function tabTo(selector) {
	for (let i = 0; i < 60; i++) {
		if (await page.evaluate((s) => document.activeElement.matches(s), selector)) return;
		await press('Tab');
	}
	assert.fail(`${selector} is not reached by the keyboard`);
}
const caseNo = () => new URL(page.url()).searchParams.get('no');
/* Claimed, its materials there, its first one open. */
async function atCase() {
	await page.waitForURL((u) => u.pathname === '/staff/case.html');
	await page.waitForSelector('.head-mine');
	await page.waitForSelector('.judge input:not([disabled])');
	return caseNo();
}

async function judge(back) {
	const open = await page.locator('.mats .mat-b').count();
	if (back) {
		await press('x');
		await page.waitForSelector('.reasons input:focus');
		await press('Space');
		await press('2');
	}
	for (let i = back ? 1 : 0; i < open; i++) {
		const sent = page.waitForResponse((r) => r.url().includes('/verdicts') && r.request().method() === 'POST');
		await press('a');
		assert.equal((await sent).status(), 200);
	}
	await page.waitForSelector('.bar button.btn:not([aria-disabled]):not(.btn-red):not(.btn-2)');
	await press('d');
	if (back) {
		await page.waitForSelector('dialog[open] .dlg-foot');
		await tabTo('dialog[open] .dlg-foot button[type=submit]');
		await press('Enter');
	}
	await page.waitForFunction((word) => document.querySelector('.head .tag').textContent.includes(word), back ? '待补正' : '待齐备');
}

test('ten cases by the keyboard alone: open, judge, decide, next', { timeout: 240000 }, async () => {
	await page.goto(env.url + LIST);
	await page.waitForSelector('tbody a');
	await page.waitForSelector('#f-service');
	await press('?');
	const help = await page.locator('dialog[open] .tbl-keys').innerText();
	for (const key of ['j', 'k', 'n', 'Enter', '[', ']']) assert.ok(help.split(/\s+/).includes(key), `${key} is not on the help`);
	await press('Escape');
	await page.waitForSelector('dialog', { state: 'detached' });
	assert.equal(await page.locator('tbody a').count(), CASES);
	await press('j');
	await press('j');
	await press('k');
	await press('j');
	const second = await page.evaluate(() => document.activeElement.textContent);
	assert.equal(second, await page.locator('tbody a').nth(1).textContent());
	await press('Enter');
	await page.waitForSelector('#case-no');
	assert.equal(caseNo(), second);
	await page.waitForSelector('.mats .mat-b');
	await press('c');
	const done = [];
	for (let i = 0; i < CASES; i++) {
		done.push(await atCase());
		if (i === 0) assert.equal(done[0], second);
		await judge(i === BACK);
		await press('n');
		if (i < CASES - 1) await page.waitForFunction((no) => !location.search.includes(no), done[i]);
	}
	await page.waitForSelector('#notice-next >> text=没有别的待办');
	assert.deepEqual([...done].sort(), [...made].sort(), 'each once');
	const states = sql(`SELECT a.state, s.user FROM application a JOIN staff s ON s.id=a.reviewer1 WHERE a.no IN ('${made.join("','")}') ORDER BY FIELD(a.no, '${done.join("','")}')`).split('\n');
	assert.deepEqual(states, done.map((_, i) => `${i === BACK ? 'returned' : 'accepted'}\tclerk1`));
	await tabTo('#notice-next button');
	await press('Enter');
	await page.waitForURL((u) => u.pathname === '/staff/queue.html' && u.searchParams.get('branch') === BRANCH);
	await page.waitForSelector('.empty >> text=这样筛选没有结果');
	await look(page, '82-queue-empty');
});

test('what is pressed twice at two desks opens two cases', async () => {
	await submitted();
	await submitted();
	const two = made.slice(CASES);
	sql(`UPDATE application SET branch='${BRANCH}' WHERE no IN ('${two.join("','")}')`);
	const other = await (await open('clerk2')).newPage();
	await Promise.all([page, other].map((p) => p.goto(env.url + LIST).then(() => p.waitForSelector('tbody a'))));
	await Promise.all([page, other].map((p) => p.keyboard.press('n').then(() => p.waitForSelector('.head-mine'))));
	assert.deepEqual([page, other].map((p) => new URL(p.url()).searchParams.get('no')).sort(), [...two].sort());
	await page.goto(env.url + LIST);
	await page.waitForSelector('.empty');
	await other.context().close();
});

/* Rows that only lists look at: long names, many days. */
function fillMany() {
	sql(`SET NAMES utf8mb4; SET foreign_key_checks=0; INSERT INTO application (no, account_id, service, holder, channel, catalog_version, state, version, data_sealed, unit_name, unit_key, created_at, updated_at, state_at, submitted_at, review_due, branch)
		SELECT CONCAT('${MANY.slice(-6)}', seq), account_id, IF(seq%2,'new','renew'), 'org', IF(seq%3,'post','counter'), catalog_version, 'submitted', 1, '', CONCAT('广州市𠮷祥䶮㸚（', seq, '）', REPEAT('数据信息技术服务', 12), '有限公司'), '', created_at, updated_at, state_at, created_at,
		DATE_ADD(CURDATE(), INTERVAL CAST(seq AS INT)%9-4 DAY), '${MANY}' FROM application, seq_1_to_200 WHERE no='${made[0]}'`);
}

test('200 rows and long names: pages, filters and days stand in the address; back, reload and a second tab show the same', async () => {
	fillMany();
	const p = page;
	const many = `/staff/queue.html?queue=submitted&branch=${MANY}`;
	const numbers = () => p.locator('tbody a').allInnerTexts();
	await p.goto(env.url + many);
	await p.waitForSelector('tbody a');
	await look(p, '83-queue-many');
	const first = await numbers();
	assert.equal(first.length, 50);
	const seen = [...first];
	for (let i = 0; i < 3; i++) {
		const url = p.url();
		await press(']');
		await p.waitForURL((u) => u.href !== url);
		await p.waitForSelector('tbody a');
		seen.push(...await numbers());
	}
	assert.equal(new Set(seen).size, 200);
	assert.equal(await p.locator('a[rel=next]').count(), 0);
	await press('[');
	await p.waitForURL((u) => u.searchParams.get('before'));
	await p.waitForSelector('tbody a');
	assert.deepEqual(await numbers(), seen.slice(100, 150));
	await p.goto(env.url + many);
	await p.waitForSelector('#f-due');
	const days = new Set((await p.locator('tbody .sla').allInnerTexts()).map((t) => t.replace(/\d+/, 'N')));
	assert.ok(days.has('已超期N天'), [...days].join());
	await p.selectOption('#f-due', 'today');
	await p.selectOption('#f-service', 'renew');
	await tabTo('#filters button[type=submit]');
	await press('Enter');
	await p.waitForURL((u) => u.searchParams.get('due') === 'today' && u.searchParams.get('service') === 'renew' && u.searchParams.get('branch') === MANY);
	await p.waitForSelector('tbody a');
	const some = await numbers();
	assert.ok(some.length > 5 && some.length < 20);
	assert.deepEqual([...new Set(await p.locator('tbody .sla').allInnerTexts())], ['今天到期']);
	assert.equal(await p.locator('.chip').count(), 3);
	await p.reload();
	await p.waitForSelector('tbody a');
	assert.deepEqual(await numbers(), some);
	const tab = await desk.newPage();
	await tab.goto(p.url());
	await tab.waitForSelector('tbody a');
	assert.deepEqual(await tab.locator('tbody a').allInnerTexts(), some);
	await tab.close();
	await p.goBack();
	await p.waitForFunction(() => document.querySelectorAll('tbody a').length === 50);
	assert.deepEqual(await numbers(), first);
	await p.goForward();
	await p.waitForSelector('.chip');
	await p.waitForFunction((n) => document.querySelectorAll('tbody a').length === n, some.length);
});

test('a view is kept under a name, found again, renamed and given up', async () => {
	const p = page;
	const c = await staff('clerk1');
	for (const one of (await c.want(200, 'GET', '/api/staff/queues/views')).json.items) await c.want(200, 'DELETE', `/api/staff/queues/views/${one.id}`);
	await p.goto(env.url + `/staff/queue.html?queue=submitted&service=renew&branch=${MANY}&due=today`);
	await p.waitForSelector('#views:visible');
	await tabTo('#views summary');
	await press('Enter');
	await tabTo('#views .btn');
	await press('Enter');
	await p.waitForSelector('dialog[open] #view-name');
	await p.keyboard.type('今天到期的续期𠮷');
	await press('Enter');
	await p.waitForSelector('#views li a[aria-current]');
	await look(p, '85-views');
	const kept = p.url();
	await p.goto(env.url + '/staff/queue.html?queue=all');
	await p.waitForSelector('#views:visible');
	await tabTo('#views summary');
	await press('Enter');
	await tabTo('#views li a');
	await press('Enter');
	await p.waitForURL((u) => ['queue', 'service', 'branch', 'due'].every((k) => u.searchParams.get(k) === new URL(kept).searchParams.get(k)));
	await p.waitForSelector('#views:visible');
	await tabTo('#views summary');
	await press('Enter');
	await tabTo('#views .view-act button');
	await press('Enter');
	await p.waitForSelector('dialog[open] #view-name');
	await press('Control+a');
	await p.keyboard.type('急件');
	await press('Enter');
	await p.waitForSelector('#views li a:text-is("急件")');
	await tabTo('#views .view-act button:nth-child(2)');
	await press('Enter');
	await p.waitForSelector('dialog[open]');
	await tabTo('dialog[open] .dlg-foot button[type=submit]');
	await press('Enter');
	await p.waitForSelector('#views >> text=还没有保存的视图');
	assert.equal(await p.evaluate(() => document.activeElement.id), 'main', 'the focus went with the view');
});
