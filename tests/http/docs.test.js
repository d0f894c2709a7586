'use strict';
/* What README, HACKING, SECURITY and THIRD_PARTY say is true of the tree: files, targets, commands and names that they mention
 * exist, each threat names tests that are there, each sealed column and each secret stands in its inventory, what is linked or shipped
 * has its licence.  Needs no running portal. */
const test = require('node:test');
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const env = require('../lib/env');

const read = (file) => fs.readFileSync(path.join(env.root, file), 'utf8');
const DOCS = ['README.md', 'HACKING.md', 'SECURITY.md', 'THIRD_PARTY.md'];
const docs = new Map(DOCS.map((d) => [d, read(d)]));

const APART = /^(node_modules|build|var|\.git|shots)$/;
function walk(dir) {
	return fs.readdirSync(path.join(env.root, dir), { withFileTypes: true }).filter((e) => !APART.test(e.name))
		.flatMap((e) => (e.isDirectory() ? walk(path.join(dir, e.name)) : path.join(dir, e.name)));
}
const files = walk('.');
const names = new Set(files.map((f) => path.basename(f)));
const folders = new Set(files.flatMap((f) => f.split('/').slice(0, -1).map((_, i, all) => all.slice(0, i + 1).join('/'))));

/* Words between backticks, and the lines of blocks of code. */
function quoted(text) {
	const blocks = [...text.matchAll(/^```\w*\n([^]*?)^```/gm)].flatMap((m) => m[1].split('\n'));
	return [...blocks, ...[...text.replace(/^```[^]*?^```/gm, '').matchAll(/`([^`]+)`/g)].map((m) => m[1].replace(/\s+/g, ' '))];
}

/* "tests/unit/test_*.c", "sql/NNN_name.sql": any file of that form. */
function there(what) {
	const name = what.replace(/\/$/, '');
	if (folders.has(name) || files.includes(name)) return true;
	const like = new RegExp('^' + name.replace(/[.+()[\]]/g, '\\$&').replace(/\*|NNN_name|CODE|\b[A-Z]{2,}\b/g, '[^/]+') + '(\\.[a-z]+)?$');
	return name !== name.toLowerCase() || name.includes('*') ? files.some((f) => like.test(f)) : false;
}

const PLACES = /^(lib|cgi-bin|tools|tests|www|conf|sql|docs|\.ci)(\/[\w.*/-]*)?$/;
const ENDING = /^[\w.-]+\.(c|h|def|js|css|html|sql|xml|rng|md|example|json|conf|cnf|txt|csv)$/;
const MADE = /^(demo\.json|clock\.json|manifest\.json|package-lock\.json|audit-\w+\.log)$/; /* by the portal, when it runs */

function fileFaults(text) {
	const faults = [];
	for (const q of quoted(text).flatMap((x) => x.split(/[ ,;:()]+/))) {
		if (PLACES.test(q) && /[/]/.test(q)) {
			if (!there(q)) faults.push(q);
		} else if (/^\/[\w/.-]+\.(html|js|css)$/.test(q)) {
			if (!there('www' + q)) faults.push(q);
		} else if (ENDING.test(q) && !MADE.test(q) && !names.has(q) && !(q !== q.toLowerCase() && there('*' + q))) {
			faults.push(q);
		}
	}
	for (const m of text.matchAll(/\]\(([^)#]+)\)/g)) if (!/^https?:/.test(m[1]) && !files.includes(m[1])) faults.push(m[1]);
	return faults;
}

test('files', () => {
	for (const [d, text] of docs) assert.deepEqual(fileFaults(text), [], d);
	assert.deepEqual(fileFaults('`lib/base/nothing.c` `nothing.c` `/apply/nothing.html` ![x](docs/nothing.png) `tests/*/no_*.c`').length, 5, 'a fault is seen');
});

test('targets and commands', () => {
	const targets = new Set([...read('Makefile').matchAll(/^([a-z][a-z_.-]*):/gm)].map((m) => m[1]));
	const usage = execFileSync(path.join(env.buildDir(), 'tools/portalctl'), ['help'], { encoding: 'utf8' });
	const stack = read('tools/stack').slice(0, 6000), lint = read('tools/lint').slice(0, 800);
	const known = {
		make: (w) => targets.has(w) || /^[A-Z]+=/.test(w),
		portalctl: (w) => new RegExp(`^  ${w}( |$)`, 'm').test(usage),
		'tools/stack': (w) => new RegExp(`\\b${w}\\b`).test(stack),
		'tools/lint': (w) => new RegExp(`\\b${w}\\b`).test(lint),
	};
	const faults = (text) => quoted(text).flatMap((q) => [...q.matchAll(/(?:^|\s)(make|portalctl|tools\/stack|tools\/lint) ([\w=-]+)/g)].filter((m) => !known[m[1]](m[2])).map((m) => m[0].trim()));
	for (const [d, text] of docs) assert.deepEqual(faults(text), [], d);
	assert.equal(faults('`make nothing` `portalctl nothing` `tools/lint nothing`').length, 3, 'a fault is seen');
});

/* A name of the code: two words with an underscore, or a call. */
test('names of functions, tables and settings', () => {
	const code = files.filter((f) => /\.(c|h|js|sql|xml|rng|conf|example|def|html)$|\/(stack|lint|check|run)$|^Makefile$/.test(f) && !/vendor|openapi|^docs/.test(f) && f !== 'tests/http/docs.test.js').map(read).join('\n');
	const words = new Set(code.match(/\w+/g));
	const faults = (text) => quoted(text).filter((q) => /^[a-z]\w*_\w+(\(\))?$/.test(q)).map((q) => q.replace('()', '')).filter((q) => !words.has(q));
	for (const [d, text] of docs) assert.deepEqual(faults(text), [], d);
	assert.equal(faults('`application_fly` `application_submit`').length, 1, 'a fault is seen');
});

test('HACKING can be read in one go', () => {
	assert.ok(docs.get('HACKING.md').split('\n').length <= 351, `${docs.get('HACKING.md').split('\n').length} lines`);
});

/* "| T01 | abuse | defence | `file`: "name"; "name"; `file` … |" */
function threatFaults(text) {
	const faults = [];
	let rows = 0;
	for (const row of text.split('\n').filter((l) => /^\| (T\d\d)? ?\|/.test(l) && !/\| abuse \|/.test(l))) {
		const cells = row.split(' | ');
		const last = cells[cells.length - 1], name = cells[0].slice(2) || cells[1];
		let file, source = '', tests = 0;
		rows++;
		for (const m of last.matchAll(/`([^`]+)`|"([^"]+)"/g)) {
			if (m[1]) {
				file = m[1];
				source = files.includes(file) ? read(file).replace(/\\'/g, "'") : '';
				tests += /^tests\//.test(file) && source !== '';
			} else if (!new RegExp(`(test\\(\\s*['"\`]|cmocka_unit_test\\w*\\()${m[2].replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}['"\`,)]`).test(source)) {
				faults.push(`${name}: ${file} has no test "${m[2]}"`);
			}
		}
		if (!tests && !/open: /i.test(last)) faults.push(`${name}: no test, and not said to be open`);
	}
	return { faults, rows };
}

test('each threat names tests that are there, or is said to be open', () => {
	const { faults, rows } = threatFaults(docs.get('SECURITY.md'));
	assert.deepEqual(faults, []);
	const ids = [...docs.get('SECURITY.md').matchAll(/^\| (T\d\d) \|/gm)].map((m) => m[1]);
	assert.deepEqual(ids, Array.from({ length: 42 }, (_, i) => `T${String(i + 1).padStart(2, '0')}`));
	assert.ok(rows > ids.length);
	assert.equal(threatFaults('| T01 | a | b | `tests/http/docs.test.js`: "nothing of the kind" |\n| T02 | a | b | words |').faults.length, 2, 'a fault is seen');
});

test('every sealed column stands in the inventory of personal data', () => {
	const keys = read('lib/domain/keys.c');
	const columns = new Set([
		...[...keys.matchAll(/BY_\w+\("(\w+)", "(\w+)"/g)].map((m) => `${m[2]}.${m[1]}`),
		...[...keys.matchAll(/USES\("(\w+)", "(\w+)"\)/g)].map((m) => `${m[2]}.${m[1]}`),
	]);
	assert.ok(columns.size > 30, `${columns.size} columns`);
	const said = new Set([...docs.get('SECURITY.md').matchAll(/`(\w+\.\w+_sealed)`/g)].map((m) => m[1]));
	assert.deepEqual([...columns].filter((c) => !said.has(c)), [], 'not in SECURITY.md');
	assert.deepEqual([...said].filter((c) => !columns.has(c)), [], 'sealed by nobody');
});

/* "%s/db-%s%s.pass" in the code is `db-USER.pass` in the inventory. */
test('every secret of the code stands in the inventory of keys', () => {
	const code = files.filter((f) => /^(lib|tools|cgi-bin)\/.*\.c$/.test(f)).map(read).join('\n');
	const used = new Set([...code.matchAll(/"(?:%s\/)?([a-z][\w%-]*\.(?:key|secret|pass|checkword))"/g)].map((m) => m[1].replace(/(%s)+/g, '*')));
	assert.ok(used.size > 10, [...used].join());
	const keys = docs.get('SECURITY.md').split('## Algorithms')[0];
	const said = new Set([...keys.matchAll(/`([\w*-]+\.\w+)`/g)].map((m) => m[1].replace(/\b(ID|USER)\b/, '*')));
	assert.deepEqual([...used].filter((u) => !said.has(u)), []);
});

test('third parties: every file with its sum, every library with its licence', () => {
	const text = docs.get('THIRD_PARTY.md');
	const shipped = files.filter((f) => f.startsWith('www/vendor/'));
	for (const f of shipped.filter((x) => !/\/LICENSE/.test(x))) {
		const sum = crypto.createHash('sha256').update(fs.readFileSync(path.join(env.root, f))).digest('hex');
		const row = text.split('\n').find((l) => l.includes(`\`${path.basename(path.dirname(f))}/\``) && l.includes(path.basename(f)));
		assert.ok(row, `${f} is not named`);
		assert.ok(row.includes(sum), `${f} has another sum`);
		assert.ok(shipped.includes(path.join(path.dirname(f), 'LICENSE')), `${f} has no licence beside it`);
	}
	const libraries = read('conf/packages.txt').match(/^run (\S+-dev)$/gm).map((l) => l.slice(4));
	assert.ok(libraries.length > 10);
	for (const l of libraries) assert.match(text, new RegExp(`\\| ${l} \\|`), `${l} has no row`);
});

test('no program has what is known to be broken', () => {
	const build = env.buildDir();
	const programs = ['cgi-bin', 'tools'].flatMap((d) => fs.readdirSync(path.join(build, d)).map((f) => path.join(build, d, f))).filter((f) => fs.statSync(f).isFile() && !/\.\w+$/.test(f));
	assert.ok(programs.length > 15, programs.join());
	for (const p of programs) assert.doesNotMatch(execFileSync('nm', ['-D', '--undefined-only', p], { encoding: 'utf8' }), /cJSONUtils_|cJSON_Compare/, p);
});

/* Guard, includes, then what it is for: in words, before anything is declared. */
test('every header opens with what it is for', () => {
	const thin = files.filter((f) => /^lib\/.*\.h$/.test(f)).filter((f) => {
		const body = read(f).replace(/^#(ifndef|define|include|ifdef|if|endif).*\n/gm, '').trimStart();
		const comment = /^\/\*([^]*?)\*\//.exec(body);
		return !comment || comment[1].trim().length < 40;
	});
	assert.deepEqual(thin, []);
});

/* A function, table or file that a comment sends the reader to. */
test('what comments of the library name is there', () => {
	const sources = files.filter((f) => /^(lib|cgi-bin|tools|tests|sql|conf)\//.test(f) && /\.(c|h|js|sql|xml|rng|def|conf)$/.test(f) && f !== 'tests/http/docs.test.js').map((f) => [f, read(f)]);
	const words = new Set(sources.flatMap(([f, text]) => (/^lib\//.test(f) ? text.replace(/\/\*[^]*?\*\//g, '') : text).match(/\w+/g) || []));
	const faults = (text) => [...text.matchAll(/\/\*[^]*?\*\//g)].flatMap(([c]) => [
		...[...c.matchAll(/\b([a-z]+_[a-z_]*[a-z])\b(?![.*])/g)].map((m) => m[1]).filter((w) => !/^ret_/.test(w) && !words.has(w)),
		...[...c.matchAll(/\b([a-z][a-z0-9_]*\.[ch])\b/g)].map((m) => m[1]).filter((w) => !names.has(w)),
	]);
	assert.deepEqual(sources.filter(([f]) => /^lib\//.test(f)).flatMap(([f, text]) => faults(text).map((w) => `${f}: ${w}`)), []);
	assert.deepEqual(faults('/* see catalog_fly in nothing.h, application_submit in fee.h */'), ['catalog_fly', 'nothing.h'], 'a fault is seen');
});
