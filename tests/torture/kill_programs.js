'use strict';
/* Programs are killed while they write: one process at random, every fifth time all of a program at once.
 * TORTURE_PROGRAM_KILLS (60). */
const crypto = require('node:crypto');
const env = require('../lib/env');
const { pids } = require('../lib/stack');
const { send } = require('../lib/client');
const { Writers, meanwhile, report, wait } = require('./torture');

const KILLS = Number(process.env.TORTURE_PROGRAM_KILLS || 60);
const PROGRAMS = ['application', 'review'];
const pick = (list) => list[crypto.randomInt(list.length)];

/* Until the program answers again; what it says to a stranger does not matter. */
async function back(program) {
	const begun = Date.now();
	const path = program === 'review' ? '/api/staff/queues' : '/api/applications';
	for (;;) {
		const a = await send('GET', env.url + path, {}).catch(() => ({ status: 0 }));
		if (a.status === 401) return Date.now() - begun;
		if (Date.now() - begun > 20000) return Infinity;
		await wait(10);
	}
}

(async () => {
	const writers = await Writers.start(4);
	let killed = 0, slowest = 0;
	for (let i = 0; killed < KILLS && writers.running; i++) {
		const program = pick(PROGRAMS);
		await wait(50 + crypto.randomInt(150));
		const there = pids(program);
		if (!there.length) continue;
		if (i % 5 === 4) {
			await meanwhile('kill', program);
			killed += there.length;
			slowest = Math.max(slowest, await back(program));
		} else {
			process.kill(pick(there), 'SIGKILL');
			killed++;
		}
	}
	await writers.stop();
	report('program_kills', killed, `>= ${KILLS}`);
	report('program_back_ms', slowest, '< 1000');
	writers.verify('program', 1);
})();
