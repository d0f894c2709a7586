'use strict';
/* Debian's Chromium through playwright-core, with an eye on everything that must not happen: console errors, policy
 * violations, failed requests. */
const fs = require('node:fs');
const path = require('node:path');
const assert = require('node:assert/strict');
const env = require('./env');

const shots = path.join(env.root, 'tests/browser/shots');

async function launch() {
	const { chromium } = env.need('playwright-core');
	return chromium.launch({ executablePath: '/usr/bin/chromium', args: [...(process.getuid() === 0 ? ['--no-sandbox'] : []), '--disable-dev-shm-usage', '--lang=zh-CN'] });
}

/* A context whose faults are collected in .faults; call .clean() to assert there are none. */
async function context(browser, options = {}) {
	const c = await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai', viewport: { width: 1280, height: 900 }, acceptDownloads: true, ...options });
	c.setDefaultTimeout(20000);
	c.faults = [];
	await c.addInitScript(() => {
		window.addEventListener('securitypolicyviolation', (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
	});
	c.allowed = []; /* patterns of answers that a test provokes */
	c.on('page', (page) => {
		page.on('console', (m) => {
			if (m.type() === 'error' && !c.allowed.some((a) => a.test(m.text() + ' ' + (m.location().url || '')))) c.faults.push(`${page.url()}: console: ${m.text()} ${m.location().url || ''}`);
		});
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
		await page.screenshot({ path: path.join(shots, `${name}-${width}.png`), fullPage: true });
	}
	await page.setViewportSize(before);
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const AXE = fs.readFileSync(path.join(env.root, 'tests/browser/node_modules/axe-core/axe.min.js'), 'utf8');

/* axe over the page as it stands.  Evaluated, not added as a script, so the page keeps its policy. */
async function axe(page) {
	if (!(await page.evaluate('typeof window.axe === "object"'))) await page.evaluate(AXE + ';0');
	const result = await page.evaluate((tags) => window.axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }), RULES);
	return result.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(' | ')}`);
}

module.exports = { launch, context, shoot, axe, shots };
