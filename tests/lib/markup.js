'use strict';
/* Whether documents are well-formed, by two checkers.  Both take a Map of name → HTML and return sentences.
 *   validate(documents, more)  html-validate; more: OF_BROWSER for what a browser made of them      nu(documents)  the Nu Html Checker: errors and warnings, all in one run of Java */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const assert = require('node:assert/strict');
const env = require('./env');

const RULES = {
	'aria-label-misuse': ['error', { allowAnyNamable: true }], 'doctype-style': 'off', 'void-style': 'off', 'no-trailing-whitespace': 'off', 'attr-quotes': 'off',
	'long-title': 'off', 'require-sri': 'off', 'no-inline-style': 'error', 'prefer-native-element': 'error', 'autocomplete-password': 'off', /* the PIN of a UKey is for nobody to keep */ 'wcag/h32': 'off', /* filters of the desk get their button by script */ 'input-missing-label': 'error',
};

/* What a browser writes of a page has its own way with attributes that are there or not, no defaults of names, and the sizes that scripts
 * give pictures and seals (the policy forbids all other styles in place). */
const OF_BROWSER = { 'no-inline-style': 'off', 'attribute-boolean-style': 'off', 'attribute-empty-style': 'off', 'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'submit', 'button'] }] };

async function validate(documents, more = {}) {
	const { HtmlValidate } = env.need('html-validate');
	const v = new HtmlValidate({ extends: ['html-validate:recommended'], rules: { ...RULES, ...more } });
	const faults = [];
	for (const [name, html] of documents) {
		const report = await v.validateString(html.replace(/<template\b[^>]*>[^]*?<\/template>/g, ''), 'page'); /* their clones are looked at by axe */
		for (const r of report.results) for (const m of r.messages) faults.push(`${name}:${m.line}:${m.column} ${m.message} (${m.ruleId})`);
	}
	return faults;
}

function nu(documents) {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'nu-'));
	const names = [...documents.keys()];
	try {
		names.forEach((name, i) => fs.writeFileSync(path.join(dir, `${i}.html`), documents.get(name)));
		const jar = path.join(env.root, 'tests/browser/node_modules/vnu-jar/build/dist/vnu.jar');
		const r = spawnSync('java', ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xmx512m', '-Xss4m', '-jar', jar, '--stdout', '--format', 'json', '--exit-zero-always', dir], { encoding: 'utf8', maxBuffer: 1 << 28 });
		assert.equal(r.status, 0, `java: ${r.error || r.stderr}`);
		return JSON.parse(r.stdout).messages.filter((m) => m.type === 'error' || m.type === 'non-document-error' || m.subType === 'warning').map((m) => {
			const n = /(\d+)\.html$/.exec(m.url || '');
			return `${n ? names[n[1]] : m.url}:${m.lastLine} ${m.message} ${JSON.stringify((m.extract || '').trim().slice(0, 120))}`;
		});
	} finally {
		fs.rmSync(dir, { recursive: true });
	}
}

module.exports = { validate, nu, OF_BROWSER };
