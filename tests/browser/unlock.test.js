'use strict';
/* Unlocking online in Chromium, with tokens that are really locked: the same agent goes through at once, another one by the
 * officer without being told what differed; a new PIN, and signing in with it. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const env = require('../lib/env');
const data = require('../lib/data');
const { Client } = require('../lib/client');
const { Authority } = require('../lib/authority');
const { Token, PIN } = require('../lib/token');
const { applicant } = require('../lib/journey');
const { Walk, everybody } = require('../lib/walk');
const { subject, certificate, bring, portalctl } = require('../lib/certificates');
const { launch, context, inspect, signed } = require('../lib/browser');
const { Bench, approved, listed } = require('../lib/bench');

const NEW_PIN = 'Yuexiu#38';
const found = [];
const made = {};
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'unlock-pages-'));
const pem = path.join(dir, 'unlock.pem');
let browser, x, page, port;

test.before(async () => {
	const policy = (await new Client().get('/apply/unlock.html')).headers['content-security-policy'];
	port = Number(/connect-src 'self' http:\/\/127\.0\.0\.1:(\d+);/.exec(policy)[1]);
	for (const algorithm of ['rsa', 'sm2']) {
		made[algorithm] = new Authority(algorithm, `unlock-pages-${algorithm}`);
		made[algorithm].trust();
	}
	const key = portalctl('unlock-key');
	assert.equal(key.status, 0, key.stderr);
	fs.writeFileSync(pem, key.stdout);
	await everybody();
	browser = await launch();
});
test.after(async () => {
	await browser.close();
	fs.rmSync(dir, { recursive: true });
	assert.equal(found.join('\n'), '');
});
test.beforeEach(async () => {
	x = await context(browser);
	page = await x.newPage();
});
test.afterEach(async () => {
	x.clean();
	await x.close();
});

function lock(token) {
	for (let i = 1; i <= 6; i++) token.run(['request'], '', '999999');
	assert.equal(token.show().state, 'locked');
}
function holder(algorithm, phone) {
	const whose = subject('org', phone);
	const serial = '4D' + data.serial().slice(2);
	const token = new Token(algorithm, ['--unlock-key', pem]);
	token.certify(made[algorithm], { serial, O: whose.unit.name });
	lock(token);
	return { token, serial, subject: whose, old: bring([certificate(whose, { sign_serial: serial, token_serial: token.face.serial })]) };
}
const signedIn = (owner) => signed(x, owner);
async function begin(owner, h, agent) {
	const w = await Walk.begin({ service: 'unlock', holder: 'org', channel: 'online', owner, subject: { ...h.subject, agent: agent || h.subject.agent }, old: h.old });
	await w.fill();
	return Object.assign(w, { key: h.token });
}
const served = (token, work, more = []) => token.serving(env.url, { port, more }, work);
const look = (name) => inspect(page, name, found);
const text = (selector) => page.locator(selector).innerText();
const open = async (name, no) => page.goto(`${env.url}${name}?no=${no}`, { waitUntil: 'networkidle' });
async function at(name) {
	await page.waitForURL((u) => u.pathname === name);
	await page.waitForLoadState('networkidle');
}
async function submit(no) {
	await open('/apply/submit.html', no);
	await page.check('#declare');
	for (const c of await page.locator('#consents input').all()) await c.check();
	await page.click('#form button[type=submit]');
	await page.waitForURL((u) => u.pathname !== '/apply/submit.html');
	await page.waitForLoadState('networkidle');
}
async function enter(pin, again = pin) {
	await page.fill('#pin', pin);
	await page.fill('#again', again);
	await page.waitForTimeout(650);
	await page.click('#unlock-go');
}
async function reset(pin) {
	await page.click('#token-find');
	await page.waitForSelector('#unlock-form:visible');
	await enter(pin);
	await page.waitForSelector('#over:visible');
}
/* By the page for signing in, as somebody who has no session. */
async function signIn(token, pin, name) {
	await x.clearCookies();
	await page.goto(`${env.url}/apply/ukey.html?back=/track/certs.html`, { waitUntil: 'networkidle' });
	await page.click('#token-find');
	await page.waitForSelector('#token-form:visible');
	await page.fill('#pin', pin);
	await page.waitForTimeout(650);
	await page.click('#token-go');
	await at('/track/certs.html');
	assert.match(await text('main'), new RegExp(name));
}

for (const [algorithm, more] of [['rsa', []], ['sm2', ['--gm']]]) {
	test(`${algorithm}: the same agent: at once, a new PIN, signed in with it`, async () => {
		const owner = await applicant();
		const h = holder(algorithm, owner.phone);
		const w = await begin(owner, h);
		const shot = (name) => algorithm === 'rsa' && look(name);
		await signedIn(owner);
		await submit(w.no);
		await at('/apply/unlock.html');
		await shot('u01-unlock');
		x.allowed.push(/\b(403|422)\b/);
		await served(h.token, async () => {
			await page.click('#token-find');
			await page.waitForSelector('#unlock-form:visible');
			assert.match(await text('#token-found'), new RegExp(`${h.token.face.serial} 已锁定`));
			for (const [pin, again, why] of [['', '', /填写新的PIN码/], ['12 345', '', /不能有空格/], ['密码一二三四', '', /不能有空格/], ['12345', '', /至少6位/], ['888888', '', /太简单/], ['abcdef', '', /太简单/], [NEW_PIN, `${NEW_PIN}x`, /不一样/]]) {
				await enter(pin, again);
				assert.match(await text('#esum'), why, pin);
			}
			await shot('u02-rules');
			await enter(NEW_PIN);
			await page.waitForSelector('#over:visible');
			assert.equal(await page.locator('#can:visible').count(), 0);
			await shot('u03-over');
			assert.match(h.token.run(['request'], '', PIN).stderr, /不正确/);
			await w.look();
			assert.equal(w.case.state, 'completed');
			await open('/apply/unlock.html', w.no);
			assert.match(await text('#lead'), /已经办结/);
			await signIn(h.token, NEW_PIN, h.subject.unit.name);
		}, more);
	});
}

test('another agent: not told what differed, scans, an officer, then the permission', async () => {
	const owner = await applicant();
	const h = holder('sm2', owner.phone);
	const w = await begin(owner, h, { ...h.subject.agent, name: '欧阳䶮' });
	await signedIn(owner);
	await submit(w.no);
	await at('/apply/tasks.html');
	const hints = await text('#hints');
	assert.match(hints, /工作人员审核/);
	assert.doesNotMatch(hints, /姓名|手机|号码|不一致|不符/);
	assert.match(await text('#groups'), /上传材料/);
	await look('u10-manual');
	await open('/apply/unlock.html', w.no);
	assert.match(await text('#lead'), /还没到这一步/);
	assert.equal(await page.locator('#token-find:visible').count(), 0);
	await w.handIn();
	assert.equal(w.case.state, 'submitted');
	await w.accepted();
	await w.look();
	assert.equal(w.case.state, 'installing');
	await open('/track/case.html', w.no);
	await look('u11-track');
	await page.click('#status .act a');
	await at('/apply/unlock.html');
	await served(h.token, () => reset(NEW_PIN), ['--gm']);
	h.token.want(['request'], '', NEW_PIN);
	await w.look();
	assert.equal(w.case.state, 'completed');
});

test('another token in the port, a PIN not locked, a reload between: said plainly, nothing is lost', async () => {
	const owner = await applicant();
	const h = holder('rsa', owner.phone);
	const w = await begin(owner, h);
	await w.submitted();
	await signedIn(owner);
	x.allowed.push(/\b(403|422)\b/, /ERR_CONNECTION_REFUSED/);
	await open('/apply/unlock.html', w.no);
	await page.click('#token-find');
	await page.waitForSelector('#token-none:visible');
	await look('u20-no-client');
	const stranger = holder('rsa', data.phone());
	await served(stranger.token, async () => {
		await page.waitForTimeout(650);
		await page.click('#token-find');
		await page.waitForSelector('#unlock-form:visible');
		await enter(NEW_PIN);
		await page.waitForSelector('#esum >> text=不能用于这件申请');
		assert.doesNotMatch(await text('#esum'), new RegExp(h.token.face.serial));
		await look('u21-other-token');
	});
	assert.equal(stranger.token.show().state, 'locked');
	const plain = new Token('rsa');
	await served(plain, async () => {
		await page.waitForTimeout(650);
		await page.click('#token-find');
		await page.waitForSelector('#token-found >> text=没有锁定，原来的PIN码还可以试6次');
		await enter(NEW_PIN);
		await page.waitForSelector('#esum >> text=没有门户的解锁公钥');
	});
	await page.reload({ waitUntil: 'networkidle' });
	await served(h.token, () => reset(NEW_PIN));
	h.token.want(['request'], '', NEW_PIN);
});

test('on another computer: the request is pasted, the permission goes as a file', async () => {
	const owner = await applicant();
	const h = holder('sm2', owner.phone);
	const w = await begin(owner, h);
	await w.submitted();
	await signedIn(owner);
	await open('/apply/unlock.html', w.no);
	await page.click('#other summary');
	await page.click('#by-file button');
	assert.match(await text('#esum'), /粘贴客户端给出的解锁请求/);
	await page.fill('#asked', h.token.want(['challenge']));
	await page.waitForTimeout(650);
	const [download] = await Promise.all([page.waitForEvent('download'), page.click('#by-file button')]);
	assert.equal(download.suggestedFilename(), `解锁许可-${w.no}.json`);
	assert.match(await text('#until'), /以前有效/);
	await look('u30-file');
	h.token.want(['unlock'], fs.readFileSync(await download.path(), 'utf8'), '', NEW_PIN);
	await page.click('#done');
	await page.waitForSelector('#over:visible');
	await w.look();
	assert.equal(w.case.state, 'completed');
});

for (const algorithm of ['rsa', 'sm2']) {
	test(`${algorithm}, by post: the producer unlocks it at the bench and prints the letter`, async () => {
		const h = holder(algorithm, data.phone());
		const w = await approved({ service: 'unlock', owner: await applicant(), subject: h.subject, old: h.old, count: 1 });
		assert.equal(w.case.state, 'approved');
		const bench = await Bench.open(browser);
		const p = await bench.desk('producer1');
		const ask = async (pin) => {
			await p.fill('dialog[open] #bench-pin', pin);
			await p.locator('dialog[open] button[type=submit]').click();
		};
		const stranger = holder(algorithm, data.phone());
		bench.desks.producer1.c.allowed.push(/\b422\b/);
		await listed(p, w).locator('button[aria-expanded]').click();
		await bench.served(stranger.token, async () => {
			await listed(p, w).locator('.make-go').click();
			await ask(NEW_PIN);
			await p.waitForSelector('dialog[open] .box-err >> text=不能用于这件申请');
			if (algorithm === 'rsa') await bench.look(p, 'u40-bench-other');
		});
		await bench.served(h.token, async () => {
			await ask('888888');
			await p.waitForSelector('dialog[open] .box-err >> text=太简单');
			await ask(NEW_PIN);
			await p.waitForSelector('#notice-production >> text=已重设');
			await p.waitForFunction(() => !document.querySelector('dialog[open]'));
		});
		const letter = listed(p, w).getByRole('button', { name: '打印密码信封' });
		await letter.waitFor();
		if (algorithm === 'rsa') await bench.look(p, 'u41-bench');
		await letter.click();
		const [[paper]] = await p.evaluate(() => window.printed);
		for (const part of [w.no, NEW_PIN, h.token.face.serial]) assert.ok(paper.includes(part), `${part} is not in the letter`);
		assert.equal(await letter.count(), 0, 'printed once');
		h.token.want(['request'], '', NEW_PIN);
		assert.equal(stranger.token.show().state, 'locked');
		await w.look();
		assert.equal(w.case.state, 'produced');
		bench.clean();
	});
}

test('three by machine in thirty days; the fourth is looked at by people', async () => {
	const owner = await applicant();
	const h = holder('sm2', owner.phone);
	await signedIn(owner);
	for (let i = 1; i <= 3; i++) {
		const pin = `Yuexiu#${i}`;
		const w = await begin(owner, h);
		await submit(w.no);
		await at('/apply/unlock.html');
		await served(h.token, () => reset(pin), ['--gm']);
		h.token.want(['request'], '', pin);
		lock(h.token);
	}
	const w = await begin(owner, h);
	await submit(w.no);
	await at('/apply/tasks.html');
	assert.match(await text('#hints'), /工作人员审核/);
	await w.look();
	assert.equal(w.case.review, 'manual');
});
