'use strict';
/* The database is killed while cases are opened, taken back, claimed and released, and started again.
 * TORTURE_DB_KILLS (20; 100 once in a while). */
const crypto = require('node:crypto');
const { answering } = require('../lib/stack');
const { Writers, meanwhile, report, wait } = require('./torture');

const KILLS = Number(process.env.TORTURE_DB_KILLS || 20);

(async () => {
	const writers = await Writers.start(4);
	let killed = 0;
	for (; killed < KILLS && writers.running; killed++) {
		await wait(150 + crypto.randomInt(400));
		await meanwhile('kill', 'db');
		await meanwhile('start-db');
		await answering();
	}
	await wait(300);
	await writers.stop();
	report('db_kills', killed, `>= ${KILLS}`);
	writers.verify('db', KILLS);
})();
