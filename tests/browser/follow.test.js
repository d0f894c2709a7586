'use strict';
/* The page of a case follows it by GET …/status while somebody looks: what changed is drawn anew, where the reader was he
 * stays; a hidden page asks nothing, a finished case neither.  The page's clock is turned by hand. */
const test = require('node:test');
const assert = require('node:assert/strict');
const env = require('../lib/env');
const { applicant } = require('../lib/journey');
const { Walk, everybody } = require('../lib/walk');
const { subject, certificate, bring } = require('../lib/certificates');
const { launch, context, signed } = require('../lib/browser');

let browser, x, w;
const asked = [];

test.before(async () => {
	await everybody();
	const owner = await applicant();
	const whose = subject('org', owner.phone);
	w = await Walk.begin({ service: 'change', holder: 'org', channel: 'post', owner, subject: whose, old: bring([certificate(whose)]) });
	await w.fill();
	await w.handIn();
	browser = await launch();
	x = await context(browser);
	await signed(x, owner);
});
test.after(async () => browser.close());

async function seen(where) {
	const page = await x.newPage();
	await page.clock.install();
	page.on('request', (r) => { if (/\/status$/.test(r.url())) asked.push(r.url()); });
	await page.goto(`${env.url}${where}?no=${w.no}`);
	await page.waitForSelector('body[data-ready]');
	await page.waitForSelector('#status .turn h2');
	return page;
}
/* The page's time goes on until it asks, and has the answer. */
async function asks(page, seconds) {
	const answer = page.waitForResponse((r) => /\/status$/.test(r.url()));
	await page.clock.fastForward(seconds * 1000);
	assert.equal((await answer).status(), 200);
}
async function silent(page, seconds) {
	const before = asked.length;
	for (let i = 0; i < 5; i++) await page.clock.fastForward(seconds * 200);
	await page.waitForLoadState('networkidle');
	assert.equal(asked.length, before, 'it asked');
}
async function hide(page, on) {
	await page.evaluate((hidden) => {
		Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
		document.dispatchEvent(new Event('visibilitychange'));
	}, on);
}

test('what staff do appears by itself; the reader keeps his place', async () => {
	const page = await seen('/track/case.html');
	await page.click('#messages summary');
	await page.waitForSelector('#msgs li');
	const messages = await page.locator('#msgs li').count();
	await page.click('#withdraw-go'); /* asks whether he means it */
	const question = await page.innerText('#withdraw-go');
	await silent(page, 18);
	await asks(page, 4);
	const turn = await page.innerText('#status .turn h2');
	await w.accepted();
	await silent(page, 27); /* nothing was new: half as long again */
	await asks(page, 5);
	await page.waitForFunction((was) => document.querySelector('#status .turn h2').textContent !== was, turn);
	await page.waitForFunction((n) => document.querySelectorAll('#msgs li').length > n, messages);
	assert.ok(await page.evaluate(() => document.querySelector('#messages').open));
	assert.equal(await page.innerText('#withdraw-go'), question);
	await page.focus('#status .act a');
	const link = await page.evaluate(() => document.activeElement.getAttribute('href'));
	await w.token(); /* the papers are still to come, so the link stays */
	await asks(page, 21);
	await page.waitForFunction(() => document.querySelectorAll('#status .gates .on').length > 1);
	assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), link, 'the focus is lost');
	await page.close();
});

test('hidden, or left alone, it asks nothing; seen again, it goes on', async () => {
	const page = await seen('/track/case.html');
	await hide(page, true);
	await silent(page, 1000);
	await hide(page, false);
	await asks(page, 21);
	await page.clock.fastForward(601000); /* ten minutes without a hand on it: the one that was due is not asked */
	await silent(page, 500);
	await page.mouse.move(100, 100);
	await page.mouse.move(120, 140);
	await asks(page, 121);
	await page.close();
});

test('finished, it asks no more', async () => {
	const page = await seen('/track/case.html');
	await w.closeGates();
	await w.decided();
	await w.finish(() => w.old[0].not_after);
	assert.equal(w.case.state, 'completed');
	await asks(page, 21);
	await page.waitForFunction(() => /已办结/.test(document.querySelector('#status').textContent));
	assert.ok(await page.isHidden('#withdraw'));
	await silent(page, 1000);
	await page.close();
	const late = await seen('/track/case.html');
	await silent(late, 1000);
	await late.close();
	x.clean();
});
