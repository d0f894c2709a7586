'use strict';
/* What a process holds after so many more requests: reading, listing, checking, and the printed form.
 * TORTURE_MEMORY_REQUESTS (10000 a process). */
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const env = require('../lib/env');
const { pids } = require('../lib/stack');
const { Journey } = require('../lib/journey');
const { report } = require('./torture');

const WANTED = Number(process.env.TORTURE_MEMORY_REQUESTS || 10000);
const { port } = new URL(env.url);

/* Requests answered within the time; none may be refused. */
function load(where, cookie, seconds) {
	const out = execFileSync(path.join(env.buildDir(), 'tests/bench/bench_load'), [port, where, cookie, '4', String(seconds)], { encoding: 'utf8' }).split(' ');
	if (Number(out[4]) > 0) throw new Error(`${where}: ${out[4]} answers other than 200`);
	return Number(out[0]) * seconds;
}

function resident(program) {
	return pids(program).map((p) => [p, Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${p}/status`, 'utf8'))[1])]);
}

function drift(program, paths, cookie, wanted) {
	for (const p of paths) load(p, cookie, 1.5);
	const before = new Map(resident(program));
	const target = wanted * before.size;
	let done = 0;
	for (const end = Date.now() + 60000; done < target && Date.now() < end;) for (const p of paths) done += load(p, cookie, 2);
	const after = resident(program).filter(([p]) => before.has(p));
	report(`memory_${program}_requests`, Math.floor(done / before.size), `>= ${wanted}`);
	report(`memory_${program}_same_processes`, after.length, `= ${before.size}`);
	report(`memory_${program}_drift_kB`, Math.max(...after.map(([p, kb]) => kb - before.get(p))), '< 1024');
}

(async () => {
	const j = await Journey.to('submitted');
	const cookie = j.owner.cookies();
	drift('application', [j.url, '/api/applications', `${j.url}/check`, `${j.url}/events`, `${j.url}/messages`], cookie, WANTED);
	drift('form', [`${j.url}/form.pdf`], cookie, Math.min(200, WANTED));
})();
