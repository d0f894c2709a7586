'use strict';
/* Debian's Chromium through playwright-core, with an eye on everything that must not happen: console errors, policy
 * violations, questions to other hosts.  The same engine without a window to draw: that saves a quarter of its processor time.
 * What needs the whole browser (a profile on disk, Lighthouse) starts /usr/bin/chromium itself. */
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const assert = require('node:assert/strict');
const env = require('./env');
const { note } = require('./operations');
const { whole, round } = require('./share');

const shots = path.join(env.root, 'tests/browser/shots');

async function launch() {
	const { chromium } = env.need('playwright-core');
	return chromium.launch({ executablePath: '/usr/bin/chromium-headless-shell', args: [...(process.getuid() === 0 ? ['--no-sandbox'] : []), '--disable-dev-shm-usage', '--disable-gpu', '--lang=zh-CN'] });
}

/* Pages ask this machine (the portal, a UKey's client) and nobody else. */
const HERE = /^(?:(?:https?|wss?):\/\/(?:127\.0\.0\.1|localhost|\[::1\])[:/]|blob:|data:|about:)/;

/* A context whose faults are collected in .faults; call .clean() to assert there are none. */
async function context(browser, options = {}) {
	const c = await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai', viewport: { width: 1280, height: 900 }, acceptDownloads: true, ...options });
	c.setDefaultTimeout(60000);
	c.faults = [];
	await c.addInitScript(() => {
		window.addEventListener('securitypolicyviolation', (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
	});
	c.allowed = []; /* patterns of answers that a test provokes */
	c.on('response', (r) => note(r.request().method(), new URL(r.url()).pathname, r.status()));
	c.on('page', (page) => {
		page.on('console', (m) => {
			if (m.type() === 'error' && !c.allowed.some((a) => a.test(m.text() + ' ' + (m.location().url || '')))) c.faults.push(`${page.url()}: console: ${m.text()} ${m.location().url || ''}`);
		});
		page.on('request', (r) => { if (!HERE.test(r.url())) c.faults.push(`${page.url()}: asks another host: ${r.url()}`); });
		page.on('pageerror', (e) => c.faults.push(`${page.url()}: ${e.stack || e}`));
		page.on('dialog', (d) => { c.faults.push(`${page.url()}: dialog: ${d.message()}`); d.dismiss(); });
	});
	c.clean = () => assert.equal(c.faults.join('\n'), '');
	return c;
}

/* Full-page pictures at 360 and 1280 px. */
async function shoot(page, name) {
	fs.mkdirSync(shots, { recursive: true });
	const before = page.viewportSize();
	for (const width of [360, 1280]) {
		await page.setViewportSize({ width, height: width === 360 ? 740 : 900 });
		await page.waitForTimeout(160);
		const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
		assert.ok(over <= 0, `${name} at ${width} px: ${over} px too wide`);
		if (process.env.SHOTS) await page.screenshot({ path: path.join(shots, `${name}-${width}.png`), fullPage: true });
	}
	await page.setViewportSize(before);
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const AXE = fs.readFileSync(path.join(env.root, 'tests/browser/node_modules/axe-core/axe.min.js'), 'utf8');

/* What axe goes by, in one line: where it is, how large, each kind of element that is there with its attributes (of classes, types and
 * roles also the values), whether it is seen and has text.  Ten rows of a list are as one. */
const SHAPE = () => {
	const valued = ['class', 'type', 'role', 'scope', 'lang', 'tabindex', 'autocomplete'];
	const one = (n) => [n.tagName, n.parentElement.className, ...Array.from(n.attributes, (a) => (valued.includes(a.name) || a.name.startsWith('aria-') && a.value.length < 6 ? `${a.name}=${a.value}` : a.name)),
		n.checkVisibility({ visibilityProperty: true }), Array.from(n.childNodes).some((c) => c.nodeType === 3 && c.data.trim())].join(' ');
	return JSON.stringify([location.pathname, innerWidth, document.documentElement.className, ...new Set(Array.from(document.querySelectorAll('body *'), one))]);
};
/* Is it the first to be called so, here or (tests/check gives a folder for it) in another file? */
const names = new Set();
const hash = (text) => crypto.createHash('sha256').update(text).digest('hex');
function first(name) {
	if (names.has(name)) return false;
	names.add(name);
	if (!process.env.ZY_SEEN) return true;
	try {
		fs.closeSync(fs.openSync(path.join(process.env.ZY_SEEN, hash(name)), 'wx'));
		return true;
	} catch (e) {
		if (e.code === 'EEXIST') return false;
		throw e;
	}
}
/* In `make check` every page as it is met first, and half of its other shapes; by hand every shape once; with ZY_WHOLE each time. */
function due(url, shape) {
	if (whole) return true;
	if (!first(shape)) return false;
	return !process.env.ZY_SEEN || first(new URL(url).pathname) || (parseInt(hash(shape).slice(0, 4), 16) + round) % 2 === 0;
}

/* axe over the page as it stands, when it is its turn; bars at the screen's edge in their place: what they cover can be scrolled to.  o: { only: rules }
 * or { but: rules }.  Evaluated, not added as a script, so the page keeps its policy. */
async function axe(page, o = {}) {
	if (!due(page.url(), JSON.stringify(o) + await page.evaluate(SHAPE))) return [];
	if (!(await page.evaluate('typeof window.axe === "object"'))) await page.evaluate(AXE + ';0');
	const runOnly = o.only ? { type: 'rule', values: o.only } : { type: 'tag', values: RULES };
	const rules = Object.fromEntries((o.but || []).map((r) => [r, { enabled: false }]));
	const result = await page.evaluate(async (options) => {
		const stuck = [...document.querySelectorAll('body *')].filter((one) => getComputedStyle(one).position === 'sticky');
		for (const one of stuck) one.style.position = 'static';
		try {
			return await window.axe.run(document, options);
		} finally {
			for (const one of stuck) one.style.position = '';
		}
	}, { runOnly, rules, resultTypes: ['violations'] });
	return result.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(' | ')}`);
}

/* A page when it has come to rest: its pictures, and what axe says of it added to found. */
async function inspect(page, name, found) {
	await page.waitForLoadState('networkidle');
	await shoot(page, name);
	for (const v of await axe(page)) found.push(`${name}: ${v}`);
}

/* The browser carries on with the session of a client of the API. */
const signed = (c, client) => c.addCookies([...client.jar].map(([name, value]) => ({ name, value, url: env.url })));

module.exports = { launch, context, shoot, axe, inspect, signed, shots };
