'use strict';
/* The applicant at his pages, and a UKey in his machine: what the journeys of the online services share.
 *   const p = await Pages.open(browser, owner);  await p.choose([['service', 'renew'], …]);  const no = await p.begin();
 *   await p.served(token, async () => { … });    the client runs only within */
const assert = require('node:assert/strict');
const env = require('./env');
const { Client } = require('./client');
const { context, inspect, signed } = require('./browser');

class Pages {
	static async open(browser, owner, options) {
		const p = new Pages();
		p.x = await context(browser, options);
		p.found = [];
		await signed(p.x, owner);
		p.page = await p.x.newPage();
		const policy = (await new Client().get('/apply/install.html')).headers['content-security-policy'];
		p.port = Number(/connect-src 'self' http:\/\/127\.0\.0\.1:(\d+);/.exec(policy)[1]);
		return p;
	}

	async close() {
		this.x.clean();
		await this.x.close();
		assert.equal(this.found.join('\n'), '');
	}

	served(token, work, { more = [] } = {}) {
		return token.serving(env.url, { port: this.port, more }, work);
	}

	async look(name) {
		await inspect(this.page, name, this.found);
	}

	text(selector) {
		return this.page.locator(selector).innerText();
	}

	async at(part) {
		await this.page.waitForURL((u) => u.pathname === part);
		await this.page.waitForLoadState('networkidle');
	}

	async go(path, no) {
		await this.page.goto(`${env.url}${path}?no=${no}`, { waitUntil: 'networkidle' });
	}

	/* The questions; answers in order, the page decides which are asked. */
	async choose(answers) {
		await this.page.goto(env.url + '/apply/start.html', { waitUntil: 'networkidle' });
		for (const [name, value] of answers) await this.page.check(`[name=${name}][value="${value}"]`);
	}

	async begin() {
		await this.page.waitForSelector('#answer-go:visible');
		await this.page.click('#answer-go');
		for (;;) {
			await this.page.waitForURL((u) => /^\/apply\/(tasks|one-seal)\.html$/.test(u.pathname) && (u.searchParams.get('no') || u.searchParams.get('start')));
			await this.page.waitForLoadState('networkidle');
			const u = new URL(this.page.url());
			if (u.pathname === '/apply/one-seal.html') {
				await this.page.click('#view button[type=submit]');
				await this.page.waitForURL((v) => v.pathname === '/apply/tasks.html');
			} else if (u.searchParams.get('no')) {
				await this.page.waitForSelector('#groups li');
				return u.searchParams.get('no');
			} else if (await this.page.locator('#new:visible').count()) {
				await this.page.click('#new');
				await this.page.waitForURL((v) => v.searchParams.get('no'));
			} else {
				await this.page.waitForTimeout(100);
			}
		}
	}

	/* The certificate that the case is about, from the list of one's own. */
	async pick(serial) {
		await this.page.click('#groups a[href*="old-cert.html"]');
		await this.at('/apply/old-cert.html');
		await this.page.waitForSelector('#view:visible');
		const row = this.page.locator('#own .opt', { hasText: serial.slice(-6) }).locator('input');
		if (!(await row.isChecked())) await row.check();
		await this.page.waitForSelector('#lines section');
		await this.page.click('form#section button[type=submit]');
		await this.page.waitForURL((u) => u.pathname !== '/apply/old-cert.html');
		await this.page.waitForLoadState('networkidle');
	}

	async submit(no) {
		await this.go('/apply/submit.html', no);
		await this.page.check('#declare');
		for (const c of await this.page.locator('#consents input').all()) await c.check();
		await this.page.click('#form button[type=submit]');
		await this.page.waitForURL((u) => u.pathname !== '/apply/submit.html');
		await this.page.waitForLoadState('networkidle');
	}

	async find() {
		await this.page.waitForTimeout(650);
		await this.page.click('#token-find');
	}

	async enter(pin) {
		await this.page.fill('#pin', pin);
		await this.page.waitForTimeout(650);
		await this.page.click('#token-go');
	}

	async sign(no, pin) {
		await this.go('/apply/sign.html', no);
		await this.page.waitForSelector('#token:visible');
		await this.find();
		await this.page.waitForSelector('#token-form:visible');
		await this.enter(pin);
		await this.page.waitForSelector('#signed:visible');
	}
}

module.exports = { Pages };
