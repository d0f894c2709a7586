'use strict';
/* The sources of the pages: JavaScript of ES2017 without sinks, plain CSS, texts in their one place, links that lead
 * somewhere, vendored files untouched.  Needs no running portal. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '../..');
const www = path.join(root, 'www');

function walk(dir) {
	return fs.readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? walk(path.join(dir, e.name)) : path.join(dir, e.name)));
}
const own = walk(www).filter((f) => !f.includes('/vendor/')).sort();
const pages = own.filter((f) => f.endsWith('.html'));
const scripts = own.filter((f) => f.endsWith('.js'));
const SITE = path.join(www, 'css/site.css'); /* names its parts, no sheet itself */
const short = (f) => path.relative(www, f);

/* The oldest browsers we serve: Chromium 69, Firefox 69, Safari 13.1. */
const LATE = ['replaceAll', 'fromEntries', 'allSettled', 'matchAll', 'structuredClone', 'requestSubmit', 'replaceChildren', 'toSorted', 'findLast', 'hasOwn'];
const SINKS = ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'setHTMLUnsafe', 'srcdoc'];

test('scripts: ES2017, no sinks, no late APIs, nothing undefined', async () => {
	const { ESLint } = require('eslint');
	const js = require('@eslint/js');
	const globals = Object.fromEntries(('window document location history navigator console fetch URL URLSearchParams Blob File FileReader Image ' +
		'setTimeout clearTimeout setInterval clearInterval requestAnimationFrame addEventListener crypto TextEncoder sessionStorage AbortController ' +
		'FormData Event CustomEvent IntersectionObserver MutationObserver matchMedia getComputedStyle HTMLElement Element Node performance Intl tus ZY localStorage XMLHttpRequest Uint8Array btoa atob Response Promise').split(' ').map((n) => [n, 'readonly']));
	const eslint = new ESLint({
		overrideConfigFile: true,
		cwd: root,
		overrideConfig: [js.configs.recommended, {
			languageOptions: { ecmaVersion: 2017, sourceType: 'script', globals },
			linterOptions: { reportUnusedDisableDirectives: 'error' },
			rules: {
				'no-useless-assignment': 'off', 'eqeqeq': ['error', 'smart'], 'no-var': 'error', 'prefer-const': 'error', 'no-eval': 'error', 'no-implied-eval': 'error',
				'no-new-func': 'error', 'no-script-url': 'error', 'no-console': 'error', 'no-alert': 'error', 'no-implicit-globals': 'off', 'no-shadow': 'error',
				'no-unused-vars': ['error', { args: 'after-used', caughtErrors: 'none' }],
				'no-restricted-properties': ['error', ...[...SINKS, ...LATE].map((property) => ({ property })), { object: 'document', property: 'write' }, { object: 'document', property: 'writeln' }, { object: 'Blob', property: 'arrayBuffer' }],
				'no-restricted-globals': ['error', 'globalThis', 'event', 'name'],
			},
		}],
	});
	const results = await eslint.lintFiles(scripts);
	const faults = results.flatMap((r) => r.messages.map((m) => `${short(r.filePath)}:${m.line} ${m.message} (${m.ruleId})`));
	assert.equal(faults.join('\n'), '');
});

test('the tests: nothing undefined, nothing left over', async () => {
	const { ESLint } = require('eslint');
	const js = require('@eslint/js');
	const here = 'require module exports __dirname process console Buffer URL URLSearchParams TextEncoder TextDecoder fetch AbortSignal structuredClone performance ' +
		'setTimeout clearTimeout setInterval clearInterval setImmediate globalThis crypto';
	/* inside evaluate() */
	const there = 'document window location history navigator localStorage sessionStorage getComputedStyle innerWidth innerHeight scrollTo scrollBy scrollY matchMedia trustedTypes open ' +
		'MutationObserver PerformanceObserver KeyboardEvent ClipboardEvent InputEvent Event File FileReader Blob DataTransfer DOMParser NodeFilter Node Element HTMLElement requestAnimationFrame XMLHttpRequest CSS ZY';
	const eslint = new ESLint({
		overrideConfigFile: true,
		cwd: root,
		overrideConfig: [js.configs.recommended, {
			languageOptions: { ecmaVersion: 2023, sourceType: 'commonjs', globals: Object.fromEntries(`${here} ${there}`.split(' ').map((n) => [n, 'readonly'])) },
			linterOptions: { reportUnusedDisableDirectives: 'error' },
			rules: { 'no-control-regex': 'off', 'no-irregular-whitespace': ['error', { skipTemplates: true }], 'no-unused-vars': ['error', { args: 'none', caughtErrors: 'none' }] },
		}],
	});
	const results = await eslint.lintFiles(walk(path.join(root, 'tests')).filter((f) => f.endsWith('.js') && !f.includes('/node_modules/')));
	assert.equal(results.flatMap((r) => r.messages.map((m) => `${path.relative(root, r.filePath)}:${m.line} ${m.message} (${m.ruleId})`)).join('\n'), '');
});

test('every script is strict', () => {
	for (const f of scripts) assert.match(fs.readFileSync(f, 'utf8'), /^(\/\*[^]*?\*\/\s*)?('use strict';|\(function \(\w*\) \{\s*'use strict';|\(\(\) => \{\s*'use strict';)/, short(f));
});

test('one file calls fetch', () => {
	const callers = scripts.filter((f) => /\bfetch\s*\(|XMLHttpRequest/.test(fs.readFileSync(f, 'utf8'))).map(short);
	assert.deepEqual(callers, ['js/core.js']);
});

test('no personal data in storage, URL or console', () => {
	/* localStorage: a switch of the desk, and the removal of tus's own entries; nothing else is ever put there. */
	for (const f of scripts) {
		const text = fs.readFileSync(f, 'utf8');
		assert.doesNotMatch(text, /console\.\w+\(|document\.cookie/, short(f));
		for (const m of text.matchAll(/localStorage\.setItem\(([^)]*)\)/g)) assert.match(m[1], /^'zy-(keys|shortcuts)'|^\w*(KEYS|keys|SHORTCUTS)\w*,/, `${short(f)}: ${m[0]}`);
	}
});

test('vendored files parse where they must', () => {
	const acorn = require('acorn');
	for (const [file, version] of [['vendor/tus-js-client-4.3.1/tus.min.js', 5]]) {
		acorn.parse(fs.readFileSync(path.join(www, file), 'utf8'), { ecmaVersion: version });
	}
	for (const f of scripts) acorn.parse(fs.readFileSync(f, 'utf8'), { ecmaVersion: 2017, sourceType: 'script' });
});

test('es-check: ES2017, no later feature', () => {
	const { spawnSync } = require('node:child_process');
	const r = spawnSync(process.execPath, [path.join(__dirname, 'node_modules/es-check/lib/cli/index.js'), 'es2017', ...scripts, '--checkFeatures', '--noCache'], { encoding: 'utf8', cwd: root });
	assert.equal(r.status, 0, r.stdout + r.stderr);
});

test('the sheet of all pages is its parts, each once', () => {
	const named = [...fs.readFileSync(SITE, 'utf8').matchAll(/^<!--# include virtual="(site\/[a-z]+\.css)" -->$/gm)].map((m) => m[1]);
	assert.equal(named.length, fs.readFileSync(SITE, 'utf8').trim().split('\n').length);
	assert.deepEqual(named.map((f) => `css/${f}`).sort(), own.map(short).filter((f) => f.startsWith('css/site/')));
});

test('style sheets', async () => {
	const { default: stylelint } = await import('stylelint');
	const result = await stylelint.lint({
		files: own.filter((f) => f.endsWith('.css') && f !== SITE),
		config: {
			extends: [require.resolve('stylelint-config-standard')],
			rules: {
				'declaration-no-important': null, 'selector-class-pattern': null, 'no-descending-specificity': null, 'comment-empty-line-before': null, 'rule-empty-line-before': null,
				'declaration-empty-line-before': null, 'custom-property-empty-line-before': null, 'at-rule-empty-line-before': null, 'declaration-block-single-line-max-declarations': null,
				'selector-id-pattern': null, 'selector-attribute-quotes': null, 'color-function-alias-notation': null, 'color-function-notation': null, 'alpha-value-notation': null, 'media-feature-range-notation': null, 'selector-not-notation': null,
				'property-no-vendor-prefix': null, 'value-no-vendor-prefix': null, 'declaration-property-value-keyword-no-deprecated': null, 'property-no-deprecated': null, 'shorthand-property-no-redundant-values': null,
				'declaration-block-no-redundant-longhand-properties': null, 'font-family-name-quotes': null, 'value-keyword-case': null, 'custom-property-pattern': null,
				'selector-pseudo-class-disallowed-list': ['is', 'has', 'where'], 'at-rule-disallowed-list': ['import', 'layer', 'container'],
				'function-disallowed-list': ['clamp', 'min', 'max'], 'property-disallowed-list': ['inset', 'aspect-ratio'],
				'declaration-property-value-disallowed-list': { 'font-style': ['italic'] },
				'declaration-block-no-duplicate-properties': [true, { ignore: ['consecutive-duplicates-with-different-values'] }],
			},
		},
	});
	const faults = result.results.flatMap((r) => r.warnings.map((w) => `${short(r.source)}:${w.line} ${w.text}`));
	assert.equal(faults.join('\n'), '');
});

test('pages: no inline script, style or handler', () => {
	for (const f of pages.filter((x) => !/\/_(inc|gen)\//.test(x))) {
		const text = fs.readFileSync(f, 'utf8');
		assert.doesNotMatch(text, /\sstyle=|\son\w+=|<style|javascript:/i, short(f));
		assert.doesNotMatch(text, /<script(?![^>]*\bsrc=)/i, `${short(f)}: inline script`);
		assert.match(text, /<html lang="/, short(f));
	}
});

test('accounts, phones and addresses are not typed into pages', () => {
	for (const f of own.filter((x) => /\.(html|js)$/.test(x))) {
		assert.doesNotMatch(fs.readFileSync(f, 'utf8').replace(/020-12345678|138[ ]?0000[ ]?0000/g, ''), /74439001826|7443 9001|89524338|4008301330|青龙坊|海洲路/, short(f));
	}
});

test('texts of scripts stand in js/i18n alone', () => {
	for (const f of scripts.filter((x) => !x.includes('/i18n/'))) {
		fs.readFileSync(f, 'utf8').split('\n').forEach((line, i) => {
			const code = line.replace(/\/\/.*$|^\s*\*.*$|\/\*.*?(\*\/|$)/g, '');
			assert.doesNotMatch(code, /\p{Script=Han}/u, `${short(f)}:${i + 1}`);
		});
	}
});

function chinese() {
	const vm = require('node:vm');
	const texts = {};
	for (const f of scripts.filter((x) => x.includes('/i18n/') && /zh-CN/.test(x))) {
		const context = { window: { ZY: { addTexts: (more) => Object.assign(texts, more), texts } } };
		context.ZY = context.window.ZY;
		vm.runInNewContext(fs.readFileSync(f, 'utf8'), context);
		Object.assign(texts, context.window.ZY.texts);
	}
	return texts;
}

test('every text that is asked for is there, and is set as Chinese is', () => {
	const texts = chinese();
	assert.ok(Object.keys(texts).length > 50, `${Object.keys(texts).length} texts`);
	const code = scripts.filter((x) => !x.includes('/i18n/')).map((f) => [short(f), fs.readFileSync(f, 'utf8')]);
	const missing = [];
	for (const [f, text] of code) {
		for (const m of text.matchAll(/\bZY\.t\(\s*'([^']+)'\s*[,)]/g)) if (texts[m[1]] === undefined) missing.push(`${f}: ${m[1]}`);
	}
	assert.equal(missing.join('\n'), '');
	for (const [k, v] of Object.entries(texts)) {
		assert.doesNotMatch(v.replace(/\S+@\S+/g, '@'), /\p{Script=Han} [0-9A-Za-z]|[0-9A-Za-z] \p{Script=Han}/u, `${k}: a typed space between Han and Latin: ${v}`);
		assert.doesNotMatch(v, /\p{Script=Han}[,;!?]|！/u, `${k}: half-width or exclamation mark`);
	}
});

/* A text is asked for by its key, or by the beginning of its key with the rest put behind it. */
test('no text is kept that nothing shows', () => {
	const code = scripts.filter((x) => !x.includes('/i18n/')).map((f) => fs.readFileSync(f, 'utf8')).join('\n') + pages.map((f) => fs.readFileSync(f, 'utf8')).join('\n');
	const whole = new Set([...code.matchAll(/['"]([\w.]+)['"]/g)].map((m) => m[1]));
	const begun = [...code.matchAll(/'(\w[\w.]+)' \+|\bword\('(\w+)'|\bheads\('([\w.]+)'/g)].map((m) => m[1] || m[3] || `${m[2]}.`);
	const filters = ['due.']; /* by the name of the filter */
	const idle = [];
	for (const f of scripts.filter((x) => x.includes('/i18n/') && /zh-CN/.test(x))) {
		for (const [, key] of fs.readFileSync(f, 'utf8').matchAll(/^\s*'?([A-Za-z][\w.]*)'?: '/gm)) {
			if (!whole.has(key) && ![...begun, ...filters].some((start) => key.startsWith(start))) idle.push(`${short(f)}: ${key}`);
		}
	}
	assert.equal(idle.join('\n'), '');
});

test('Chinese is punctuated as Chinese is: pages, texts, catalogue, what programs say', () => {
	const { faults, ofDocument } = require('../lib/punctuation');
	const out = [];
	const say = (where, text) => out.push(...faults(text).map((f) => `${where}: ${f}`));
	for (const f of pages.filter((x) => !short(x).startsWith('en/'))) out.push(...ofDocument(fs.readFileSync(f, 'utf8')).map((x) => `${short(f)}: ${x}`));
	for (const [k, v] of Object.entries(chinese())) say(k, v);
	const catalog = fs.readFileSync(path.join(root, 'conf/catalog.xml'), 'utf8').replace(/<!--[^]*?-->/g, '');
	for (const m of catalog.matchAll(/="([^"]*\p{Script=Han}[^"]*)"|>([^<]*\p{Script=Han}[^<]*)</gu)) say('catalog.xml', (m[1] || m[2]).trim());
	/* Paper sets its own spaces, banks have their own titles. */
	for (const f of ['lib', 'cgi-bin', 'tools'].flatMap((d) => walk(path.join(root, d))).filter((x) => /\.(c|h|def)$/.test(x) && !x.endsWith('statement_csv.c'))) {
		const code = fs.readFileSync(f, 'utf8').replace(/\/\*[^]*?\*\//g, '').replace(/"\s*(PRI\w+)?\s*"/g, '');
		for (const m of code.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)) {
			if (!/\p{Script=Han}/u.test(m[1]) || /\b(SELECT|UPDATE|INSERT)\b/.test(m[1])) continue;
			out.push(...faults(m[1].replace(/\\n/g, '\n').replace(/\\"/g, ' ')).filter((x) => !x.startsWith('a typed space')).map((x) => `${path.relative(root, f)}: ${x}`));
		}
	}
	assert.equal(out.join('\n'), '');
});

/* Pages load one of these beside core.js: money and days are written by it, wherever. */
test('each first file of texts has what money and days are written with', () => {
	const asked = [...fs.readFileSync(path.join(www, 'js/core.js'), 'utf8').matchAll(/ZY\.t\('(fmt\.[^']+)'/g)].map((m) => m[1].replace(/\.w$/, '.w0'));
	assert.ok(asked.length > 3, asked.join());
	for (const f of ['zh-CN', 'staff-zh-CN', 'en']) {
		const text = fs.readFileSync(path.join(www, `js/i18n/${f}.js`), 'utf8');
		assert.deepEqual(asked.filter((k) => !text.includes(`'${k}':`)), [], f);
	}
});

test('links of the pages lead to files that are there', () => {
	const missing = [];
	for (const f of pages) {
		const text = fs.readFileSync(f, 'utf8');
		for (const m of text.matchAll(/\b(?:href|src|action)="([^"#?]*)([^"]*)"/g)) {
			const to = m[1];
			if (!to || /^(https?:|mailto:|tel:|data:)/.test(to) || to.includes('<!--') || /^\/(api|prefs|v)\//.test(to)) continue;
			const at = to.startsWith('/') ? path.join(www, to) : path.join(path.dirname(f), to);
			const file = at.endsWith('/') ? path.join(at, 'index.html') : at;
			if (!fs.existsSync(file) && !(fs.existsSync(at) && fs.existsSync(path.join(at, 'index.html')))) missing.push(`${short(f)} → ${to}`);
		}
	}
	assert.equal(missing.join('\n'), '');
});
