'use strict';
/* The UKey from the pages: signing in, signing a case, with a client on this machine, with a file, and when it says no.
 * One origin, one port: nothing else may listen where the pages look for the client. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const env = require('../lib/env');
const data = require('../lib/data');
const { Client } = require('../lib/client');
const { Authority } = require('../lib/authority');
const { Token, PIN } = require('../lib/token');
const { applicant } = require('../lib/journey');
const { Walk } = require('../lib/walk');
const { subject, certificate, bring } = require('../lib/certificates');
const { launch, context, inspect, signed } = require('../lib/browser');

const found = [];
const made = {};
let browser, x, page, port;

test.before(async () => {
	const policy = (await new Client().get('/apply/sign.html')).headers['content-security-policy'];
	port = Number(/connect-src 'self' http:\/\/127\.0\.0\.1:(\d+);/.exec(policy)[1]);
	for (const algorithm of ['rsa', 'sm2']) {
		made[algorithm] = new Authority(algorithm, `pages-${algorithm}`);
		made[algorithm].trust();
	}
	browser = await launch();
});
test.after(async () => {
	await browser.close();
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

/* A unit whose certificate is in a token and in the register. */
function holder(algorithm, phone) {
	const whose = subject('org', phone);
	const serial = '4D' + data.serial().slice(2);
	const token = new Token(algorithm);
	token.certify(made[algorithm], { serial, O: whose.unit.name });
	bring([certificate(whose, { sign_serial: serial, token_serial: token.face.serial })]);
	return { subject: whose, token, serial };
}
async function waiting(algorithm) {
	const owner = await applicant();
	const h = holder(algorithm, owner.phone);
	const w = await Walk.begin({ service: 'add', holder: 'org', channel: 'online', owner, subject: h.subject, count: 1 });
	await w.fill();
	await w.handIn();
	await signed(x, owner);
	return Object.assign(w, h);
}
const served = (token, work, { origin = env.url, more = [] } = {}) => token.serving(origin, { port, more }, work);
const look = (name) => inspect(page, name, found);
const text = (selector) => page.locator(selector).innerText();
const openSign = async (w) => {
	await page.goto(`${env.url}/apply/sign.html?no=${w.no}`, { waitUntil: 'networkidle' });
	await page.waitForSelector('#token:visible');
};
async function enter(pin) {
	await page.fill('#pin', pin);
	await page.waitForTimeout(650);
	await page.click('#token-go');
}

for (const [algorithm, more] of [['rsa', []], ['sm2', ['--gm']]]) {
	test(`${algorithm}: signing in, and on to where one came from; a wrong PIN first`, async () => {
		const owner = await applicant();
		const h = holder(algorithm, owner.phone);
		x.allowed.push(/\b401\b/);
		await page.goto(`${env.url}/apply/phone.html?back=/track/certs.html`, { waitUntil: 'networkidle' });
		if (algorithm === 'rsa') await look('k01-phone');
		await page.click('#by-key');
		await page.waitForURL((u) => u.pathname === '/apply/ukey.html');
		await page.waitForSelector('#token:visible');
		if (algorithm === 'rsa') await look('k02-ukey');
		await served(h.token, async () => {
			await page.click('#token-find');
			await page.waitForSelector('#token-form:visible');
			assert.match(await text('#token-found'), new RegExp(h.token.face.serial));
			assert.match(await text('#token-list'), new RegExp(`${h.subject.unit.name}[^]*${h.serial.slice(-6)}`));
			await enter('');
			assert.match(await text('#esum'), /填写UKey的PIN码/);
			await enter('999999');
			await page.waitForSelector('#esum >> text=还可以试5次');
			assert.equal(await page.inputValue('#pin'), '');
			if (algorithm === 'rsa') await look('k03-wrong-pin');
			await enter(PIN);
			await page.waitForURL((u) => u.pathname === '/track/certs.html');
		}, { more });
		await page.waitForLoadState('networkidle');
		assert.match(await text('main'), new RegExp(h.subject.unit.name));
	});

	test(`${algorithm}: a case is signed as it is shown`, async () => {
		const w = await waiting(algorithm);
		await openSign(w);
		const shown = await text('#what');
		for (const part of [w.no, w.subject.unit.name, w.subject.unit.uscc, w.subject.agent.name, w.subject.seal_name]) assert.ok(shown.includes(part), `${part} is not shown`);
		assert.match(shown, /应付金额\s*¥[1-9]/);
		assert.equal((shown.match(/校验码 [0-9a-f]{16}…/g) || []).length, w.case.materials.reduce((n, m) => n + m.files.length, 0));
		assert.doesNotMatch(shown, /\b(unit|agent|items|licence_kind|enterprise|business)\b/, 'names of programs');
		await page.click('#raw summary');
		const raw = await page.locator('#raw pre').textContent();
		assert.match(raw, /^zhengyin-case\/1\nno: /);
		if (algorithm === 'rsa') await look('k04-sign');
		await served(w.token, async () => {
			await page.click('#token-find');
			await page.waitForSelector('#token-form:visible');
			if (algorithm === 'rsa') await look('k05-sign-found');
			await enter(PIN);
			await page.waitForSelector('#signed:visible');
			assert.match(w.token.terminal, new RegExp(`purpose: add[^]*subject: ${w.no}`), 'shown at the terminal of the token');
		}, { more });
		if (algorithm === 'rsa') await look('k06-signed');
		assert.equal(await page.locator('#token:visible').count(), 0);
		await w.look();
		assert.ok(w.gate('signature').closed_at);
	});
}

test('no client: the text goes out as a file, the signature comes back as one', async () => {
	const w = await waiting('sm2');
	x.allowed.push(/ERR_CONNECTION_REFUSED/, /\b422\b/);
	await openSign(w);
	await page.click('#token-find');
	await page.waitForSelector('#token-none:visible');
	assert.match(await text('#token-none'), /没有检测到客户端/);
	await look('k07-no-client');
	await page.click('#token-back button');
	assert.match(await text('#esum'), /先下载/);
	await page.waitForTimeout(650);
	const [download] = await Promise.all([page.waitForEvent('download'), page.click('#token-save')]);
	assert.equal(download.suggestedFilename(), `待签名-${w.no}.txt`);
	const bytes = fs.readFileSync(await download.path(), 'utf8');
	assert.match(bytes, /^zhengyin-challenge\/1\nhost: /);
	const stranger = holder('sm2', w.owner.phone);
	await page.fill('#signature', stranger.token.sign(bytes));
	await page.click('#token-back button');
	await page.waitForSelector('#esum >> text=/同名|新申请/');
	await page.fill('#signature', '');
	const der = Buffer.from(w.token.sign(bytes), 'base64');
	await page.setInputFiles('#signed-file', { name: '签名.p7s', mimeType: 'application/pkcs7-signature', buffer: der });
	await page.click('#token-back button');
	await page.waitForSelector('#signed:visible');
	await w.look();
	assert.ok(w.gate('signature').closed_at);
});

test('signing in by a file that is pasted in PEM', async () => {
	const owner = await applicant();
	const h = holder('rsa', owner.phone);
	await page.goto(`${env.url}/apply/ukey.html`, { waitUntil: 'networkidle' });
	await page.click('#token-file summary');
	const [download] = await Promise.all([page.waitForEvent('download'), page.click('#token-save')]);
	const signature = h.token.sign(fs.readFileSync(await download.path(), 'utf8'));
	await page.fill('#signature', `-----BEGIN PKCS7-----\n${signature.match(/.{1,64}/g).join('\n')}\n-----END PKCS7-----\n`);
	await page.click('#token-back button');
	await page.waitForURL((u) => u.pathname === '/apply/tasks.html');
});

test('a client that serves another site tells us nothing', async () => {
	const k = new Token('sm2');
	x.allowed.push(/CORS|ERR_FAILED|\b403\b/);
	await page.goto(`${env.url}/apply/ukey.html`, { waitUntil: 'networkidle' });
	await served(k, async () => {
		await page.click('#token-find');
		await page.waitForSelector('#token-none:visible');
	}, { origin: 'https://other.example.cn' });
	assert.equal(k.terminal, '');
});

test('a certificate of another name is refused in plain words; a locked token leads to unlocking', async () => {
	const w = await waiting('rsa');
	const other = holder('rsa', w.owner.phone);
	x.allowed.push(/\b(401|422|423)\b/);
	await openSign(w);
	await served(other.token, async () => {
		await page.click('#token-find');
		await page.waitForSelector('#token-form:visible');
		await enter(PIN);
		await page.waitForSelector('#esum >> text=/同名|新申请/');
		await look('k08-other-name');
		for (let i = 1; i <= 5; i++) other.token.run(['request'], '', '999999');
		await enter('999999');
		await page.waitForSelector('#esum >> text=已锁定');
		assert.equal(await page.locator('#pin:visible').count(), 0);
		assert.match(await text('#token-found'), /解锁/);
		await look('k09-locked');
	});
	await w.look();
	assert.equal(w.gate('signature').closed_at, null);
});

test('before submission there is nothing to sign', async () => {
	const owner = await applicant();
	const w = await Walk.begin({ service: 'add', holder: 'org', channel: 'online', owner, subject: subject('org', owner.phone), count: 1 });
	await signed(x, owner);
	await page.goto(`${env.url}/apply/sign.html?no=${w.no}`, { waitUntil: 'networkidle' });
	assert.match(await text('#gate'), /提交以后/);
	assert.equal(await page.locator('#token:visible').count(), 0);
});
