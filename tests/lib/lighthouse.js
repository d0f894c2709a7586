'use strict';
/* Lighthouse over one page in a Chromium of ours: audit(browser, url, { performance }) → { scores, faults }: scores by category
 * (0 to 100), faults name what took points.  Without performance nothing is slowed down, which takes a few seconds less. */
const net = require('node:net');
const path = require('node:path');
const env = require('./env');

async function port() {
	return new Promise((done) => {
		const s = net.createServer().listen(0, '127.0.0.1', () => {
			const { port: free } = s.address();
			s.close(() => done(free));
		});
	});
}

async function start() {
	const { chromium } = env.need('playwright-core');
	const at = await port();
	const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: [...(process.getuid() === 0 ? ['--no-sandbox'] : []), '--disable-dev-shm-usage', '--lang=zh-CN', `--remote-debugging-port=${at}`] });
	return { port: at, close: () => browser.close() };
}

/* Pages of applications are not for search engines: they say so, and Lighthouse takes points for it. */
const PRIVATE = /\/(apply|track|staff|relay)[/.]/;

async function audit(browser, url, o = {}) {
	const { default: lighthouse } = await import(path.join(env.root, 'tests/browser/node_modules/lighthouse/core/index.js'));
	const categories = ['accessibility', 'best-practices', ...(url.includes('/staff/') ? [] : ['seo']), ...(o.performance ? ['performance'] : [])];
	const desk = o.desktop ? { formFactor: 'desktop', screenEmulation: { mobile: false, width: 1350, height: 940, deviceScaleFactor: 1, disabled: false }, throttling: { rttMs: 40, throughputKbps: 10240, cpuSlowdownMultiplier: 1 } } : {};
	const { lhr } = await lighthouse(url, { port: browser.port, logLevel: 'error', output: 'json', locale: 'zh', ...desk, throttlingMethod: o.performance ? 'simulate' : 'provided' },
		{ extends: 'lighthouse:default', settings: { onlyCategories: categories, skipAudits: [...(PRIVATE.test(url) ? ['is-crawlable'] : []), ...(o.performance ? [] : ['full-page-screenshot'])] } });
	const scores = {}, faults = [];
	for (const c of Object.values(lhr.categories)) {
		scores[c.id] = Math.round(c.score * 100);
		for (const ref of c.auditRefs) {
			const a = lhr.audits[ref.id];
			if (ref.weight > 0 && a.score !== null && a.score < (c.id === 'performance' ? 0.9 : 1)) faults.push(`${c.id}: ${a.id}: ${a.title} ${JSON.stringify(a.displayValue || (a.details && a.details.items || []).slice(0, 2)).slice(0, 300)}`);
		}
	}
	if (lhr.runtimeError) faults.push(`${lhr.runtimeError.code}: ${lhr.runtimeError.message}`);
	const ms = (id) => (lhr.audits[id] ? lhr.audits[id].numericValue : null);
	return { scores, faults, lcp: ms('largest-contentful-paint'), tbt: ms('total-blocking-time'), cls: ms('cumulative-layout-shift') };
}

module.exports = { start, audit };
