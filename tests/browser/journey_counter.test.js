'use strict';
/* A walk-in at the counter in Chromium: opened by the desk, filled in on the same machine through the session of that one
 * case, reviewed, originals seen, money against a receipt, made, handed over; the pages seen at 360 and 1280 px. */
const test = require('node:test');
const assert = require('node:assert/strict');
const env = require('../lib/env');
const data = require('../lib/data');
const { Client } = require('../lib/client');
const { Journey } = require('../lib/journey');
const { staff } = require('../lib/staff');
const { launch, context, inspect, signed } = require('../lib/browser');

const base = env.url;
const phone = data.phone();
const found = [];
const desks = {};
let browser, page, no, unit, j;

test.before(async () => {
	browser = await launch();
});
test.after(async () => browser.close());

const look = (p, name) => inspect(p, name, found);

/* A desk of its own for each member of staff, signed in as the other tests are. */
async function desk(user) {
	if (!desks[user]) {
		const c = await context(browser);
		const client = await staff(user);
		await signed(c, client);
		desks[user] = { c, p: await c.newPage() };
	}
	return desks[user].p;
}

const counter = () => page.goto(base + `/staff/counter.html?no=${no}`).then(() => page.waitForSelector('#case .card-top'));
const focused = (what) => page.waitForFunction((w) => document.activeElement.matches(w), what);
const says = (text) => page.waitForFunction((t) => document.querySelector('#case').textContent.includes(t), text);

test('the desk opens a case for somebody who walked in', async () => {
	page = await desk('desk1');
	await page.goto(base + '/staff/counter.html');
	await page.waitForSelector('#new-phone');
	await page.fill('#new-phone', '12345');
	await page.click('#start button[type=submit]');
	await page.waitForSelector('#start .esum');
	await look(page, '60-counter-error');
	await page.selectOption('#new-service', 'new');
	await page.selectOption('#new-holder', 'org');
	await page.fill('#new-phone', phone);
	await page.click('#start button[type=submit]');
	await page.waitForSelector('#fill');
	no = new URL(page.url()).searchParams.get('no');
	assert.match(no, /^[0-9A-Z]{10,24}$/);
	await page.waitForFunction((n) => document.querySelector('#today').textContent.includes(n), no);
	await look(page, '61-counter-opened');
});

test('the applicant fills in on that machine, in the session of that case', async () => {
	const [mine] = await Promise.all([page.context().waitForEvent('page'), page.click('#fill')]);
	await mine.waitForURL((u) => u.pathname === '/apply/one-seal.html');
	await mine.waitForSelector('#view:visible');
	await mine.fill('#count', '1');
	await mine.click('#view button[type=submit]');
	await mine.waitForURL((u) => u.pathname === '/apply/tasks.html');
	await mine.waitForSelector('#groups li');
	await look(mine, '62-counter-tasks');
	/* The forms are the same as by post, and so is what follows: by the calls of the pages, with the cookies of this machine. */
	const owner = new Client();
	owner.jar = new Map((await page.context().cookies()).map((k) => [k.name, k.value]));
	owner.csrf = (await owner.want(200, 'GET', '/api/session')).json.csrf;
	owner.phone = phone;
	j = new Journey(owner);
	Object.assign(j, { no, channel: 'counter' });
	await j.fill();
	unit = j.typed;
	await mine.goto(base + `/apply/unit.html?no=${no}`);
	await mine.waitForSelector('#view:visible');
	assert.equal(await mine.inputValue('#unit-name'), unit.unit.name);
	await look(mine, '63-counter-unit');
	await j.print();
	await j.upload();
	await mine.goto(base + `/apply/submit.html?no=${no}`);
	await mine.waitForSelector('#declare');
	await mine.check('#declare');
	for (const box of await mine.locator('[id^=consents-]').all()) await box.check();
	await look(mine, '64-counter-submit');
	await mine.click('#form button[type=submit]');
	await mine.waitForURL((u) => u.pathname === '/apply/done.html');
	await mine.close();
	await page.click('#reread');
	await says('等初审');
	await page.waitForFunction(() => /待初审/.test(document.querySelector('#today').textContent), null, { timeout: 20000 });
	assert.equal(await page.locator('#notice-opened').count(), 0, 'filling in is over');
	await focused('#case input');
});

test('first review', async () => {
	await j.claim();
	await j.pass();
	await j.accept();
});

test('originals seen, money against a receipt, the slip', async () => {
	await counter();
	await page.waitForSelector('#originals-every');
	await look(page, '65-counter-gates');
	await page.click('#originals-every');
	await page.locator('.panel form', { has: page.locator('#originals-every') }).locator('button[type=submit]').click();
	await says('已查看的原件');
	await focused('#rc-payer');
	await page.fill('#rc-no', '');
	await page.locator('form', { has: page.locator('#rc-no') }).locator('button[type=submit]').click();
	await page.waitForSelector('#case .esum');
	await page.fill('#rc-no', 'S' + data.digits(8));
	await page.locator('form', { has: page.locator('#rc-no') }).locator('button[type=submit]').click();
	await says('待复审');
	await focused('#slip');
	await page.waitForFunction(() => /待复审/.test(document.querySelector('#today').textContent));
	await look(page, '66-counter-paid');
	await page.click('#slip a, a#slip');
	await page.waitForSelector('#slip table');
	const slip = await page.textContent('#slip');
	assert.ok(slip.includes(no) && slip.includes(unit.unit.name), 'the slip is not of this case');
	assert.ok(!slip.includes(phone) && !slip.includes(unit.agent.id_number), 'the slip shows numbers');
	await look(page, '67-counter-slip');
});

test('second review and production', async () => {
	await j.approve();
	const p = await desk('producer1');
	await p.goto(base + `/staff/case.html?no=${no}`);
	await p.waitForSelector('#p-sign-1');
	assert.equal(await p.inputValue('#p-to-1'), data.today().replace(/^\d+/, (y) => Number(y) + unit.years).replace('02-29', '02-28'));
	await p.fill('#p-sign-1', data.serial());
	await p.fill('#p-enc-1', data.serial());
	await p.locator('form.make button[type=submit]').click();
	await p.waitForFunction(() => !document.querySelector('#p-sign-1'));
});

test('laid ready and handed over at the counter', async () => {
	await counter();
	await page.getByRole('button', { name: '放到前台，通知领取' }).click();
	await page.waitForSelector(`#collector-${no}`);
	await focused(`#collector-${no}`);
	await page.fill(`#collector-${no}`, unit.agent.name);
	await page.selectOption(`#id-kind-${no}`, unit.agent.id_type);
	await page.fill(`#id-tail-${no}`, unit.agent.id_number.slice(-4));
	await page.check(`#seen-${no}`);
	await look(page, '68-counter-hand');
	await page.locator('form.ship-f button[type=submit]').click();
	await says('已办结');
	await look(page, '69-counter-done');
});

test('the register knows the certificate and its case', async () => {
	await page.goto(base + '/staff/register.html?q=' + encodeURIComponent(unit.unit.uscc));
	await page.waitForSelector('#list tbody tr');
	const row = await page.textContent('#list tbody tr');
	assert.ok(row.includes(no) && row.includes(unit.unit.name), row);
	await look(page, '70-register');
	await page.goto(base + '/staff/register.html?q=' + 'K' + data.digits(20));
	await page.waitForSelector('#list .empty');
	await look(page, '71-register-none');
});

test('axe found nothing, no policy violation, no console error', () => {
	assert.equal(found.join('\n'), '');
	for (const { c } of Object.values(desks)) c.clean();
});
