'use strict';
/* Renewal online with real keys: from the questions to the new certificate in the UKey, each step taken up again after a
 * reload, and what goes wrong on the way.  The old certificate comes from the portal's own authority. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const env = require('../lib/env');
const { key } = require('../lib/client');
const { Token, PIN } = require('../lib/token');
const { Walk, addYears, everybody } = require('../lib/walk');
const data = require('../lib/data');
const { applicant } = require('../lib/journey');
const { subject, certificate, bring, status } = require('../lib/certificates');
const { pids } = require('../lib/stack');
const { launch } = require('../lib/browser');
const { Pages } = require('../lib/pages');
const { END, sql, until, unit, verify } = require('../lib/online');

let browser, p;

test.before(async () => {
	await everybody();
	browser = await launch();
});
test.after(async () => {
	await browser.close();
});
test.afterEach(async () => {
	if (p) await p.close();
	p = null;
});

const walkOf = (u, no) => Object.assign(new Walk(u.owner), { no, service: 'renew', holder: 'org', channel: 'online', subject: u.subject, old: u.old, count: u.old.length, years: 2 });

/* Signed and paid, over HTTP: the page of installing is what is looked at. */
async function renewal(u, { pay = true } = {}) {
	const w = await Walk.begin({ service: 'renew', holder: 'org', channel: 'online', owner: u.owner, subject: u.subject, old: u.old });
	await w.fill();
	await w.submitted();
	const c = (await u.owner.want(201, 'POST', `${w.url}/challenge`, undefined, { key: key() })).json;
	await u.owner.want(200, 'POST', `${w.url}/signature`, { nonce: c.nonce, signature: u.tokens[0].sign(c.text) });
	if (pay) await w.money();
	await w.look();
	assert.equal(w.case.state, pay ? 'approved' : 'submitted');
	return w;
}

const endOf = (pem) => new Date(spawnSync('openssl', ['x509', '-noout', '-enddate'], { input: pem, encoding: 'utf8' }).stdout.replace('notAfter=', '')).getTime();
/* Serials on the list as it is published now, with the reason of each. */
async function listed(algorithm, serial) {
	const a = await fetch(new URL(`/crl/${algorithm}.crl`, env.url));
	const r = spawnSync('openssl', ['crl', '-inform', 'DER', '-noout', '-text'], { input: Buffer.from(await a.arrayBuffer()), encoding: 'utf8' });
	const at = r.stdout.indexOf(serial);
	return at >= 0 && /Superseded/.test(r.stdout.slice(at, at + 260));
}
const over = () => p.page.waitForSelector('#renew-over:visible');

for (const [algorithm, more] of [['rsa', []], ['sm2', ['--gm']]]) {
	const shot = (name) => (algorithm === 'rsa' ? p.look(name) : Promise.resolve());

	test(`${algorithm}: from the questions to the new certificate in the UKey`, async () => {
		const u = await unit(algorithm);
		const [old] = u.old, [token] = u.tokens;
		p = await Pages.open(browser, u.owner);
		p.x.allowed.push(/\b401\b/, /ERR_CONNECTION_REFUSED/);
		await p.choose([['service', 'renew'], ['cert', old.sign_serial], ['changed', 'no'], ['channel', 'online']]);
		await shot('r01-start');
		const no = await p.begin();
		await p.pick(old.sign_serial);
		const w = walkOf(u, no);
		w.route = await Walk.routeOf(w);
		await w.fill();
		await p.submit(no);
		await p.served(token, () => p.sign(no, PIN), { more });
		await shot('r02-signed');
		assert.equal(await p.page.locator('#go-install:visible').count(), 0, 'not paid yet');
		await w.money();
		await p.go('/track/case.html', no);
		assert.match(await p.text('#status .turn h2'), /轮到您：安装/);
		await shot('r03-track');
		await p.page.click('#status .act a');
		await p.at('/apply/install.html');
		assert.match(await p.text('#renew-lines'), new RegExp(`等待安装，原证书序列号末6位${old.sign_serial.slice(-6)}`));
		assert.equal(await p.page.locator('#done:visible').count(), 0, 'nothing to press by hand');
		await p.find();
		await p.page.waitForSelector('#token-none:visible');
		assert.match(await p.text('#help'), /\d{8,}/, 'a hotline');
		await shot('r04-no-client');
		await p.served(token, async () => {
			await p.find();
			await p.page.waitForSelector('#token-form:visible');
			assert.match(await p.text('#token-list'), new RegExp(`${u.subject.unit.name}[^]*${old.sign_serial.slice(-6)}`));
			await shot('r05-found');
			await p.enter('');
			assert.match(await p.text('#esum'), /填写UKey的PIN码/);
			await p.enter('999999');
			await p.page.waitForSelector('#esum >> text=还可以试5次');
			assert.equal(await p.page.inputValue('#pin'), '');
			await shot('r06-wrong-pin');
			await p.enter(PIN);
			await over();
		}, { more });
		assert.match(await p.text('#renew-over'), new RegExp(`有效期到${Number(addYears(END, 2).slice(0, 4))}年`));
		assert.ok(await p.page.evaluate(() => document.activeElement.id === 'renew-over'));
		await shot('r07-done');
		await w.look();
		assert.equal(w.case.state, 'completed');
		const face = token.show();
		const now = face.certificates.find((c) => c.serial !== old.sign_serial);
		assert.equal(face.waiting, false);
		assert.ok(now.encryption_serial, 'with its pair for encryption');
		assert.equal(endOf(now.pem), Date.parse(`${addYears(END, 2)}T23:59:59+08:00`), 'from the old last day');
		assert.equal(verify(algorithm, now.pem).status, 0, verify(algorithm, now.pem).stderr);
		assert.equal((await status(old.sign_serial)).status, 'superseded');
		assert.equal((await status(now.serial)).status, 'valid');
		await until('the old one is not on the list', () => listed(algorithm, old.sign_serial));
		if (algorithm === 'rsa') await until('openssl takes the old one', () => /revoked/.test(verify('rsa', old.pem).stderr));
		await p.go('/apply/install.html', no);
		assert.match(await p.text('#lead'), /已经办结/);
	});
}

test('every step is taken up again: the request made, sent, made, written but not told', async () => {
	const u = await unit('rsa');
	const [token] = u.tokens;
	const w = await renewal(u);
	p = await Pages.open(browser, u.owner);
	p.x.allowed.push(/ERR_FAILED/);
	const lost = async (pattern) => {
		await p.page.route(pattern, (r) => (r.request().method() === 'POST' ? r.abort() : r.continue()));
		await p.go('/apply/install.html', w.no);
		await p.find();
		await p.page.waitForSelector('#token-form:visible');
		await p.enter(PIN);
		await p.page.waitForSelector('#esum');
		await p.page.unroute(pattern);
	};
	await p.served(token, async () => {
		await lost('**/certificates');
		assert.equal(token.show().waiting, true, 'the key is in the token, its request was lost');
		for (const pid of pids('worker')) process.kill(pid, 'SIGSTOP');
		try {
			await p.go('/apply/install.html', w.no);
			await p.find();
			await p.page.waitForSelector('#token-form:visible');
			await p.enter(PIN);
			await p.page.waitForFunction(() => /正在签发/.test(document.querySelector('#work').textContent));
			await p.look('r10-making');
			await p.page.waitForFunction(() => /申请没有丢/.test(document.querySelector('#work').textContent), null, { timeout: 60000 });
			await p.look('r11-slow');
			await p.go('/apply/install.html', w.no);
			await p.page.waitForFunction(() => /签好以后本页会提示/.test(document.querySelector('#work').textContent));
			await p.look('r12-resumed');
			assert.match(await p.text('#renew-lines'), /正在签发/);
		} finally {
			for (const pid of pids('worker')) process.kill(pid, 'SIGCONT');
		}
		await p.page.waitForFunction(() => /新证书已签发/.test(document.querySelector('#work').textContent), null, { timeout: 60000 });
		assert.match(await p.text('#renew-lines'), new RegExp(`等待写入UKey ${token.face.serial}`));
		await lost('**/certificates/written');
		assert.equal(token.show().certificates.length, 2, 'in the token, and the portal was not told');
		await w.look();
		assert.equal(w.case.state, 'installing');
		assert.equal(w.case.next[0].action, 'install');
		await p.go('/apply/install.html', w.no);
		await p.find();
		await over();
	});
	await w.look();
	assert.equal(w.case.state, 'completed');
	assert.equal(sql(`SELECT COUNT(*) FROM certificate t JOIN application a ON a.id=t.application_id WHERE a.no='${w.no}'`), '1');
});

test('two tabs at once make one certificate', async () => {
	const u = await unit('sm2');
	const w = await renewal(u);
	p = await Pages.open(browser, u.owner);
	p.x.allowed.push(/\b409\b/);
	const other = Object.assign(new Pages(), { ...p, page: await p.x.newPage() });
	await p.served(u.tokens[0], async () => {
		for (const tab of [p, other]) {
			await tab.go('/apply/install.html', w.no);
			await tab.find();
			await tab.page.waitForSelector('#token-form:visible');
		}
		await Promise.all([p.enter(PIN), other.enter(PIN)]);
		for (const tab of [p, other]) await tab.page.waitForSelector('#renew-over:visible');
	});
	assert.equal(u.tokens[0].show().certificates.length, 2);
	assert.equal(sql(`SELECT COUNT(*) FROM issuance i JOIN application a ON a.id=i.application_id WHERE a.no='${w.no}'`), '1');
});

test('two certificates in two UKeys: each with its own, the case is done with the second', async () => {
	const u = await unit('sm2', 2);
	const w = await renewal(u);
	const stranger = new Token('sm2');
	p = await Pages.open(browser, u.owner);
	await p.go('/apply/install.html', w.no);
	await p.served(stranger, async () => {
		await p.find();
		await p.page.waitForSelector('#token-other:visible');
		for (const o of u.old) assert.ok((await p.text('#token-other')).includes(o.sign_serial.slice(-6)));
		await p.look('r20-other-token');
	});
	for (const n of [1, 0]) {
		await p.served(u.tokens[n], async () => {
			await p.find();
			await p.page.waitForSelector('#token-form:visible');
			assert.equal(await p.page.locator('#token-list input').count(), 1, 'only what this one holds');
			assert.ok((await p.text('#token-list')).includes(u.old[n].sign_serial.slice(-6)));
			await p.enter(PIN);
			await (n ? p.page.waitForFunction(() => /请换上下一张/.test(document.querySelector('#work').textContent)) : over());
		});
		if (n) await p.look('r21-next-token');
	}
	assert.match(await p.text('#renew-over'), /2张新证书/);
	for (const o of u.old) assert.equal((await status(o.sign_serial)).status, 'superseded');
});

test('the authority says no: why, and once more', async () => {
	const u = await unit('rsa');
	const w = await renewal(u);
	p = await Pages.open(browser, u.owner);
	await p.go('/apply/install.html', w.no);
	await p.served(u.tokens[0], async () => {
		await p.find();
		await p.page.waitForSelector('#token-form:visible');
		for (const pid of pids('worker')) process.kill(pid, 'SIGSTOP');
		await p.enter(PIN);
		await p.page.waitForFunction(() => /正在签发/.test(document.querySelector('#work').textContent));
		sql(`UPDATE issuance i JOIN application a ON a.id=i.application_id SET i.state='failed', i.error='签发机构没有接受这次请求' WHERE a.no='${w.no}'`);
		await p.page.waitForSelector('#esum >> text=签发机构没有接受这次请求');
		for (const pid of pids('worker')) process.kill(pid, 'SIGCONT');
		assert.match(await p.text('#renew-lines'), /没有签发成功/);
		await p.look('r30-refused');
		await p.page.waitForTimeout(1100); /* an order of another second is another job */
		await p.enter(PIN);
		await over();
	});
	await w.look();
	assert.equal(w.case.state, 'completed');
});

test('a locked UKey leads to unlocking, which the open renewal does not forbid', async () => {
	const u = await unit('sm2');
	const w = await renewal(u);
	p = await Pages.open(browser, u.owner);
	p.x.allowed.push(/\b(401|423)\b/);
	await p.go('/apply/install.html', w.no);
	await p.served(u.tokens[0], async () => {
		await p.find();
		await p.page.waitForSelector('#token-form:visible');
		for (let i = 1; i <= 5; i++) u.tokens[0].run(['request'], '', '999999');
		await p.enter('999999');
		await p.page.waitForSelector('#token-locked:visible');
		assert.equal(await p.page.locator('#pin:visible').count(), 0);
		await p.look('r40-locked');
	});
	const unlock = await Walk.begin({ service: 'unlock', holder: 'org', channel: 'online', owner: u.owner, subject: u.subject, old: u.old });
	await unlock.fill();
	await unlock.submitted();
	assert.equal(unlock.case.state, 'installing');
	await unlock.finish();
	assert.equal(unlock.case.state, 'completed');
	await w.look();
	assert.equal(w.case.state, 'approved', 'the renewal is where it was');
	await p.page.click('#token-unlock');
	await p.at('/apply/start.html');
	assert.ok(await p.page.isChecked('[name=service][value=unlock]'));
});

test('too early, too late, and changed: the day, the way by post, and change first', async () => {
	const owner = await applicant();
	const whose = subject('org', owner.phone);
	const [early, late, open] = bring([200, -2, 40].map((days) => certificate(whose, { not_after: data.today(days) })));
	p = await Pages.open(browser, owner);
	await p.choose([['service', 'renew'], ['cert', early.sign_serial]]);
	const [y, m, d] = data.today(200 - 90).split('-').map(Number);
	assert.match(await p.text('#answer-why'), new RegExp(`从${y}年${m}月${d}日起可以续期`));
	assert.equal(await p.page.locator('#answer-go:visible').count(), 0);
	await p.look('r50-early');
	await p.choose([['service', 'renew'], ['cert', late.sign_serial], ['channel', 'online']]);
	assert.match(await p.text('#answer-why'), /已过有效期/);
	assert.match(await p.text('#answer-t'), /邮寄/);
	await p.look('r51-late');
	await p.choose([['service', 'renew'], ['cert', open.sign_serial], ['changed', 'yes'], ['channel', 'post']]);
	assert.match(await p.text('#answer-why'), /先办变更/);
	assert.match(await p.text('#answer-t'), /变更/);
	await p.look('r52-changed');
	const no = await p.begin();
	const w = walkOf({ owner, subject: whose, old: [open] }, no);
	await w.look();
	assert.equal(w.case.service, 'change');
});
