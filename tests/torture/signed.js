'use strict';
/* Mutants of signed data: how many, and how many are accepted that differ where somebody signs or looks.
 * TORTURE_MUTANTS (100000).  The program is that of make check, which tries a sample of them. */
const path = require('node:path');
const { execFileSync, spawnSync } = require('node:child_process');
const env = require('../lib/env');
const { report } = require('./torture');

const WANTED = Number(process.env.TORTURE_MUTANTS || 100000);
const program = path.join(env.buildDir(), 'tests/unit/test_cms_mutants');

execFileSync('make', [`BUILD=${path.basename(env.buildDir())}`, path.relative(process.cwd(), program)], { stdio: ['ignore', 'ignore', 'inherit'] });
const run = spawnSync(program, { encoding: 'utf8', env: { ...process.env, MUTANTS: String(WANTED) } });
const said = run.stdout + run.stderr;

/* "mutants 100000 wrong 0 accepted 5310 …" */
function numbers(line) {
	const words = (said.match(new RegExp(`^${line} .*`, 'm')) || [''])[0].split(' ');
	return Object.fromEntries(words.filter((_, i) => i % 2 === 0).map((word, i) => [word, Number(words[2 * i + 1])]));
}

for (const line of ['mutants', 'bytes']) {
	const n = numbers(line);
	report(`signed_${line}`, n[line] ?? 0, `>= ${line === 'mutants' ? WANTED : 1}`);
	report(`signed_${line}_wrongly_accepted`, n.wrong ?? -1, '= 0');
	report(`signed_${line}_same_where_signed`, n.accepted ?? -1, '>= 0');
}
report('signed_status', run.status ?? -1, '= 0');
