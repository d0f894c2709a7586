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
const { launch, context, axe } = require('../lib/browser');

const www = path.join(env.root, 'www');
const c = new Client();
function walk(dir) {
	return fs.readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? walk(path.join(dir, e.name)) : path.join(dir, e.name)));
}
const pages = walk(www).filter((f) => f.endsWith('.html')).map((f) => '/' + path.relative(www, f)).filter((f) => !/^\/_(inc|gen)\//.test(f)).sort();
const served = new Map();

test.before(async () => {
	for (const p of pages) {
		const a = await c.get(p);
		served.set(p, a.body.toString('utf8'));
	}
});

test('html-validate', async () => {
	const { HtmlValidate } = require('html-validate');
	const v = new HtmlValidate({
		extends: ['html-validate:recommended'],
		rules: {
			'aria-label-misuse': ['error', { allowAnyNamable: true }], 'doctype-style': 'off', 'void-style': 'off', 'no-trailing-whitespace': 'off', 'attr-quotes': 'off',
			'long-title': 'off', 'require-sri': 'off', 'no-inline-style': 'error', 'prefer-native-element': 'error', 'autocomplete-password': 'off', /* the PIN of a UKey is for nobody to keep */ 'wcag/h32': 'off', /* filters of the desk get their button by script */ 'input-missing-label': 'error',
		},
	});
	const faults = [];
	for (const [p, html] of served) {
		const report = await v.validateString(html.replace(/<template\b[^>]*>[^]*?<\/template>/g, ''), p); /* their clones are looked at by axe */
		for (const r of report.results) for (const m of r.messages) faults.push(`${p}:${m.line}:${m.column} ${m.message} (${m.ruleId})`);
	}
	assert.equal(faults.join('\n'), '');
});

test('skeleton: one main, skip link, language, title, renderer', () => {
	for (const [p, html] of served) {
		assert.equal((html.match(/<main\b/g) || []).length, 1, `${p}: main`);
		if (!p.startsWith('/staff/')) assert.ok((html.match(/<h1\b/g) || []).length >= 1, `${p}: no h1`); /* the desk's are made by script */
		assert.match(html, /<html lang="zh-CN"/, p);
		assert.match(html, /<title>[^<]*证印[^<]*<\/title>/, p);
		assert.match(html, /<meta name="renderer" content="webkit">/, p);
		assert.doesNotMatch(html, /<!--#|an error occurred while processing/, `${p}: SSI`);
		if (!p.startsWith('/error/')) assert.match(html, /href="#main"/, `${p}: no skip link`);
		if (/^\/(apply|track|staff)\//.test(p)) assert.match(html, /<meta name="robots" content="noindex/, `${p}: may be indexed`);
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
			if (/^(mailto:|tel:|data:|https?:\/\/)/.test(to)) continue;
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

test('budgets of WEB 6', async () => {
	const over = [];
	for (const [p, html] of served) {
		if (p.startsWith('/error/')) continue;
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

test('in Chromium: axe at 1280 and 320 px and in large type, policy, console, width, one h1', { timeout: 600000 }, async (t) => {
	const browser = await launch();
	t.after(() => browser.close());
	const faults = [];
	const looked = new Set();
	const x = await context(browser);
	x.allowed.push(/\b401\b/); /* a stranger asks for what is not his */
	for (const p of pages) {
		const page = await x.newPage();
		await page.goto(env.url + p, { waitUntil: 'networkidle' });
		const at = new URL(page.url()).pathname;
		const say = (how, what) => faults.push(`${p}${at === p ? '' : ' → ' + at} ${how}: ${what}`);
		const narrow = async (how) => {
			const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
			if (over > 0) say(how, `${over} px too wide`);
		};
		const heads = await page.locator('h1:visible').count();
		if (heads !== 1) say('', `${heads} visible h1`);
		if (!looked.has(at)) {
			await narrow('at 1280 px');
			for (const v of await axe(page)) say('at 1280 px', v);
			await page.setViewportSize({ width: 320, height: 640 });
			await narrow('at 320 px');
			for (const v of await axe(page)) say('at 320 px', v);
			await page.evaluate(() => document.documentElement.classList.add('big'));
			await narrow('at 320 px in large type');
			await page.setViewportSize({ width: 1280, height: 900 });
			await narrow('in large type');
		}
		looked.add(at);
		await page.close();
	}
	t.diagnostic(`${looked.size} pages looked at, of ${pages.length}`);
	assert.equal([...faults, ...x.faults].join('\n'), '');
});

test('guides are complete without scripts', async (t) => {
	const browser = await launch();
	t.after(() => browser.close());
	const x = await context(browser, { javaScriptEnabled: false });
	for (const p of pages.filter((f) => /^\/(index\.html|guide\/|about\/)/.test(f))) {
		const page = await x.newPage();
		await page.goto(env.url + p);
		const text = await page.locator('main').innerText();
		assert.ok(text.length > 80, `${p}: ${text.length} characters`);
		assert.doesNotMatch(text, /正在读取|undefined|null/, p);
		await page.close();
	}
	for (const p of ['/apply/tasks.html', '/staff/login.html']) {
		const page = await x.newPage();
		await page.goto(env.url + p);
		assert.ok((await page.locator('noscript').count()) > 0 || /脚本|JavaScript/i.test(await page.locator('body').innerText()), `${p}: nothing is said without scripts`);
		await page.close();
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
