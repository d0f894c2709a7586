'use strict';
/* Lighthouse over a few pages: 100 of 100 for accessibility, best practices and being found.  `make bench` measures all
 * public pages, and how fast they are. */
const test = require('node:test');
const assert = require('node:assert/strict');
const env = require('../lib/env');
const { start, audit } = require('../lib/lighthouse');

test('accessibility, best practices, SEO: 100', { timeout: 300000 }, async (t) => {
	const browser = await start();
	t.after(() => browser.close());
	const faults = [];
	for (const page of ['/', '/apply/start.html', '/staff/login.html']) {
		const r = await audit(browser, env.url + page, { desktop: page.startsWith('/staff/') });
		for (const [name, score] of Object.entries(r.scores)) if (score < 100) faults.push(`${page}: ${name} ${score}`);
		faults.push(...r.faults.map((f) => `${page}: ${f}`));
	}
	assert.equal(faults.join('\n'), '');
});
