'use strict';
/* The production bench in Chromium: desks of staff who are signed in, UKeys served to them, cases that wait to be made.
 *   const b = await Bench.open(browser);  const p = await b.desk('producer1');  await b.served(token, async () => …);  b.clean() */
const assert = require('node:assert/strict');
const env = require('./env');
const { Client } = require('./client');
const { applicant } = require('./journey');
const { Walk } = require('./walk');
const { subject } = require('./certificates');
const { staff } = require('./staff');
const { context, inspect, signed } = require('./browser');

class Bench {
	static async open(browser) {
		const b = new Bench();
		const policy = (await new Client().get('/staff/produce.html')).headers['content-security-policy'];
		b.port = Number(/connect-src 'self' http:\/\/127\.0\.0\.1:(\d+);/.exec(policy)[1]);
		b.browser = browser;
		b.desks = {};
		b.found = [];
		return b;
	}

	/* The page, as it is when somebody comes to it.  What it prints is kept in window.printed: text and class of the body. */
	async desk(user) {
		if (!this.desks[user]) {
			const c = await context(this.browser);
			c.allowed.push(/\b(401|403|422|423)\b/, /ERR_CONNECTION_REFUSED/);
			await c.addInitScript(() => {
				window.printed = [];
				window.print = () => {
					const paper = document.querySelector('#paper');

					window.printed.push([paper.innerText, document.body.className, [...paper.children].map((sheet) => sheet.innerText)]);
					window.dispatchEvent(new Event('afterprint'));
				};
			});
			const client = await staff(user);
			await signed(c, client);
			this.desks[user] = { c, p: await c.newPage() };
		}
		const { p } = this.desks[user];
		await p.goto(env.url + '/staff/produce.html');
		await p.waitForSelector('#bench:visible');
		return p;
	}

	async look(p, name) {
		await inspect(p, name, this.found);
	}

	served(token, work) {
		return token.serving(env.url, { port: this.port }, work);
	}

	clean() {
		assert.equal(this.found.join('\n'), '');
		for (const { c } of Object.values(this.desks)) c.clean();
	}
}

async function enter(p, pin) {
	await p.fill('dialog[open] #bench-pin', pin);
	await p.locator('dialog[open] button[type=submit]').click();
}

const listed = (p, w) => p.locator('#list > ul > li', { hasText: w.no });
const waiting = (p, w) => p.locator('#bench-list > ul > li', { hasText: w.no });

/* Everything before production, over HTTP.  more: for Walk.begin. */
async function approved(more = {}) {
	const owner = more.owner || await applicant();
	const w = await Walk.begin({ service: 'new', holder: 'org', channel: 'post', owner, subject: subject('org', owner.phone), ...more });
	await w.fill();
	if (w.service === 'new') {
		await w.jump();
		return w;
	}
	await w.handIn();
	await w.accepted();
	if (more.onAccepted) await more.onAccepted(w);
	await w.closeGates();
	await w.decided();
	return w;
}

module.exports = { Bench, enter, listed, waiting, approved };
