'use strict';
/* Every page as nginx serves it: well-formed, accessible, its links and anchors lead somewhere, light enough, no policy
 * violation, no console error.  Pages that need a session are looked at as a stranger sees them; the journey looks at
 * them filled. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');
const env = require('../lib/env');
const { Client } = require('../lib/client');
const { launch, context } = require('../lib/browser');
const { looks, watch } = require('../lib/looks');
const { validate, nu } = require('../lib/markup');
const moves = require('../lib/moves');
const { ofDocument } = require('../lib/punctuation');
const { whole, share, turn } = require('../lib/share');

const www = path.join(env.root, 'www');
const c = new Client();
function walk(dir) {
	return fs.readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? walk(path.join(dir, e.name)) : path.join(dir, e.name)));
}
const pages = walk(www).filter((f) => f.endsWith('.html')).map((f) => '/' + path.relative(www, f)).filter((f) => !/^\/_(inc|gen)\//.test(f)).sort();
/* Their English twins have the same bones (tests/http/english.test.js), so Chromium looks at some of them only. */
const english = pages.filter((p) => !p.startsWith('/staff/')).map((p) => '/en' + p);
const sample = ['/en/index.html', '/en/guide/new.html', '/en/guide/fees.html', '/en/guide/pay.html', '/en/guide/seal.html', '/en/apply/start.html', '/en/track/index.html'];
const served = new Map();

test.before(async () => {
	for (const p of [...pages, ...english]) {
		const a = await c.get(p);
		served.set(p, a.body.toString('utf8'));
	}
});

test('html-validate, Nu, punctuation', async () => {
	const faults = [...await validate(served), ...nu(served)];
	for (const [p, html] of served) if (!p.startsWith('/en/')) faults.push(...ofDocument(html).map((f) => `${p}: ${f}`));
	assert.equal(faults.join('\n'), '');
});

test('skeleton: one main, skip link, language, title, renderer', () => {
	for (const [p, html] of served) {
		assert.equal((html.match(/<main\b/g) || []).length, 1, `${p}: main`);
		if (!p.startsWith('/staff/')) assert.ok((html.match(/<h1\b/g) || []).length >= 1, `${p}: no h1`); /* the desk's are made by script */
		assert.match(html, p.startsWith('/en/') ? /<html lang="en"/ : /<html lang="zh-CN"/, p);
		assert.match(html, p.startsWith('/en/') ? /<title>[^<]*Zhengyin[^<]*<\/title>/ : /<title>[^<]*证印[^<]*<\/title>/, p);
		assert.match(html, /<meta name="renderer" content="webkit">/, p);
		assert.doesNotMatch(html, /<!--#|an error occurred while processing/, `${p}: SSI`);
		if (!p.includes('/error/')) assert.match(html, /href="#main"/, `${p}: no skip link`);
		if (/^(\/en)?\/(apply|track|staff)\//.test(p)) assert.match(html, /<meta name="robots" content="noindex/, `${p}: may be indexed`);
	}
});

test('links and anchors', async () => {
	const known = new Map();
	const faults = [];
	for (const [p, html] of served) {
		const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map((m) => m[1]);
		for (const id of ids.filter((x, i) => ids.indexOf(x) !== i)) faults.push(`${p}: id ${id} twice`);
		for (const m of html.matchAll(/\s(?:href|src|action)="([^"]*)"/g)) {
			const to = m[1].replace(/&amp;/g, '&');
			if (/^(mailto:|tel:|data:|https?:\/\/)/.test(to) || /^ action="\/api\//.test(m[0])) continue; /* a form is sent, not opened */
			const u = new URL(to || '#', 'http://x' + p);
			if (u.pathname !== p && !known.has(u.pathname)) {
				const a = await c.get(u.pathname + (u.pathname.startsWith('/prefs/') ? u.search : ''), { check: false });
				known.set(u.pathname, { status: a.status, body: /html/.test(a.type) ? a.body.toString('utf8') : '' });
			}
			const target = u.pathname === p ? { status: 200, body: html } : known.get(u.pathname);
			if (![200, 303].includes(target.status)) faults.push(`${p} → ${to}: ${target.status}`);
			else if (u.hash && target.body && !target.body.includes(`id="${decodeURIComponent(u.hash.slice(1))}"`)) faults.push(`${p} → ${to}: no such anchor`);
		}
		for (const m of html.matchAll(/\s(?:for|aria-describedby|aria-labelledby|aria-controls)="([^"]+)"/g)) {
			for (const id of m[1].split(/\s+/)) if (!ids.includes(id)) faults.push(`${p}: ${m[0].trim()} names nothing`);
		}
	}
	assert.equal(faults.join('\n'), '');
});

test('budgets of weight and requests', async () => {
	const over = [];
	for (const [p, html] of served) {
		if (p.includes('/error/')) continue;
		const files = [...html.matchAll(/<(?:link[^>]*rel="stylesheet"[^>]*href|script[^>]*src|link[^>]*rel="icon"[^>]*href|img[^>]*src)="([^"]+)"/g)].map((m) => m[1].split('?')[0]).filter((f) => f.startsWith('/') && !f.startsWith('/api/'));
		let css = 0, js = 0, rest = zlib.gzipSync(html).length;
		for (const f of new Set(files)) {
			const size = zlib.gzipSync((await c.get(f, { check: false })).body).length;
			if (f.endsWith('.css')) css += size;
			else if (f.endsWith('.js')) js += size;
			else rest += size;
		}
		const staff = p.startsWith('/staff/'), upload = /tus\.min\.js/.test(html);
		const [code, total] = staff ? [69, 75] : upload ? [56, 62] : [34, 40];
		const requests = 1 + new Set(files).size;
		if (css + js > code * 1024) over.push(`${p}: CSS + JS ${((css + js) / 1024).toFixed(1)} KB, ${code} allowed`);
		if (css + js + rest > total * 1024) over.push(`${p}: ${((css + js + rest) / 1024).toFixed(1)} KB in all, ${total} allowed`);
		if (requests > (staff ? 12 : upload ? 9 : 8)) over.push(`${p}: ${requests} requests`);
	}
	assert.equal(over.join('\n'), '');
});

test('in Chromium: axe at 1280 px and at 320 px or in large type, policy, console, width, one h1', { timeout: 600000 }, async (t) => {
	const browser = await launch();
	t.after(() => browser.close());
	const faults = [];
	const looked = new Set();
	const x = await context(browser);
	x.allowed.push(/\b401\b/); /* a stranger asks for what is not his */
	const todo = [...share(pages, 2, 1), ...share(sample, 2)]; /* the other half: states.test.js */
	await Promise.all([0, 1].map(async () => {
		const page = await x.newPage();
		const net = watch(page);
		for (let p = todo.shift(); p; p = todo.shift()) {
			net.begin();
			await page.goto(env.url + p, { waitUntil: 'load' });
			await net.quiet();
			const at = new URL(page.url()).pathname;
			const say = (how, what) => faults.push(`${p}${at === p ? '' : ' → ' + at} ${how}: ${what}`);
			const heads = await page.locator('h1:visible').count();
			if (heads !== 1) say('', `${heads} visible h1`);
			if (looked.has(at)) continue;
			looked.add(at);
			const others = ['narrow', 'narrow and large', 'large'];
			await looks(page, ['normal', ...(whole ? others : [turn(others, looked.size)])], say);
		}
	}));
	t.diagnostic(`${looked.size} pages looked at, of ${pages.length + sample.length}`);
	assert.ok(looked.size > 15, `only ${looked.size} pages`);
	assert.equal([...faults, ...x.faults].join('\n'), '');
});

test('what a script shows later moves nothing that is there', async (t) => {
	const browser = await launch();
	t.after(() => browser.close());
	const x = await context(browser, { viewport: moves.PHONE });
	const page = await x.newPage();
	await moves.watch(page);
	const faults = [];
	const open = [...pages, ...english].filter((p) => /^\/(en\/)?(index\.html|guide\/|about\/|track\/index|apply\/(start|phone))/.test(p));
	for (const p of new Set(['/apply/start.html', '/guide/fees.html', ...share(open, 5)])) {
		await page.goto(env.url + p, { waitUntil: 'networkidle' });
		faults.push(...(await moves.faults(page, 0.02)).map((f) => `${p}: ${f}`));
		if (await page.locator('[data-js]').count()) faults.push(`${p}: what is there keeps its room when it is hidden again`);
	}
	assert.equal(faults.join('\n'), '');
	x.clean();
});

test('guides are complete without scripts', async (t) => {
	const browser = await launch();
	t.after(() => browser.close());
	const x = await context(browser, { javaScriptEnabled: false });
	const page = await x.newPage();
	for (const p of pages.filter((f) => /^\/(index\.html|guide\/|about\/)/.test(f))) {
		await page.goto(env.url + p);
		const text = await page.locator('main').innerText();
		assert.ok(text.length > 80, `${p}: ${text.length} characters`);
		assert.doesNotMatch(text, /正在读取|undefined|null/, p);
	}
	for (const p of ['/apply/tasks.html', '/staff/login.html']) {
		await page.goto(env.url + p);
		assert.ok((await page.locator('noscript').count()) > 0 || /脚本|JavaScript/i.test(await page.locator('body').innerText()), `${p}: nothing is said without scripts`);
	}
	x.clean();
});

test('old engines get a notice, printed pages are A4', async (t) => {
	const browser = await launch();
	t.after(() => browser.close());
	const x = await context(browser);
	const page = await x.newPage();
	await page.goto(env.url + (pages.includes('/guide/new.html') ? '/guide/new.html' : '/apply/start.html'), { waitUntil: 'networkidle' });
	const pdf = await page.pdf({ preferCSSPageSize: true });
	const text = pdf.toString('latin1');
	const box = /\/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]/.exec(text);
	assert.ok(box && Math.abs(box[1] - 595) < 1.5 && Math.abs(box[2] - 842) < 1.5, box && box[0]);
});
