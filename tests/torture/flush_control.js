'use strict';
/* The control of kill_database: with the log flushed once a second only, kills lose what was acknowledged, and are seen to. */
const { key } = require('../lib/client');
const { answering } = require('../lib/stack');
const { applicant } = require('../lib/journey');
const { meanwhile, report, rows, wait, NEW } = require('./torture');

(async () => {
	const owners = await Promise.all([applicant(), applicant()]);
	const made = new Set();
	let running = true;
	const open = async (c) => {
		while (running) {
			const a = await c.post('/api/applications', NEW, { key: key(), check: false }).catch(() => ({ status: 0 }));
			if (a.status === 201) made.add(a.json.no);
			else await wait(40);
		}
	};
	const tasks = owners.map(open);
	let lost = 0;
	for (let i = 0; i < 3; i++) {
		rows('SET GLOBAL innodb_flush_log_at_trx_commit=0');
		await wait(1500);
		await meanwhile('kill', 'db');
		await meanwhile('start-db');
		await answering();
		const there = new Set(rows('SELECT no FROM application').map(([no]) => no));
		for (const no of made) if (!there.has(no)) lost++;
		made.clear();
	}
	running = false;
	await Promise.all(tasks);
	await meanwhile('restart-db');
	await answering();
	report('db_control_lost', lost, '>= 1');
})();
