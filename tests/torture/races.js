'use strict';
/* The same request fifty times at once, round after round, with one key: one effect, fifty equal answers.
 * TORTURE_RACE_ROUNDS (8) of each operation. */
const assert = require('node:assert/strict');
const { key } = require('../lib/client');
const { Journey, applicant } = require('../lib/journey');
const { staff } = require('../lib/staff');
const { report, rows, wait, NEW } = require('./torture');

const ROUNDS = Number(process.env.TORTURE_RACE_ROUNDS || 8), AT_ONCE = 50;

async function storm(client, path, body) {
	const options = { key: key(), check: false };
	const got = [];
	while (got.length < AT_ONCE) {
		const answers = await Promise.all(Array.from({ length: AT_ONCE - got.length }, () => client.post(path, body, options)));
		for (const a of answers) {
			if (a.status === 503 || (a.status === 409 && a.json.code === 'still_running')) continue;
			got.push(a);
		}
		if (got.length < AT_ONCE) await wait(50);
	}
	return got;
}

const unequal = (answers) => answers.filter((a) => a.status >= 300 || a.body.compare(answers[0].body) !== 0 || a.etag !== answers[0].etag).length;
const events = (no, event) => Number(rows(`SELECT COUNT(*) FROM event e JOIN application a ON a.id=e.application_id WHERE a.no='${no}' AND e.event='${event}'`)[0][0]);

(async () => {
	const owner = await applicant();
	const clerk = await staff('clerk1');
	const seen = { create: 0, withdraw: 0, submit: 0, claim: 0, release: 0 };
	let answers = 0, different = 0;
	const one = async (name, client, path, body, effects) => {
		const got = await storm(client, path, body);
		answers += got.length;
		different += unequal(got);
		const n = effects(got[0].json);
		if (n !== 1) seen[name]++;
		return got[0].json;
	};
	const submitted = await Journey.to('uploaded');
	await one('submit', submitted.owner, `${submitted.url}/submit`, undefined, () => events(submitted.no, 'submit'));
	for (let round = 1; round <= ROUNDS; round++) {
		let before = rows('SELECT COUNT(*) FROM application')[0][0];
		const made = await one('create', owner, '/api/applications', NEW, () => Number(rows('SELECT COUNT(*) FROM application')[0][0]) - before);
		await one('withdraw', owner, `/api/applications/${made.no}/withdraw`, { reason: '不办了' }, () => events(made.no, 'withdraw'));
		await one('claim', clerk, `${submitted.desk}/claim`, undefined, () => events(submitted.no, 'claim') - round + 1);
		await one('release', clerk, `${submitted.desk}/release`, { reason: '换人' }, () => events(submitted.no, 'release') - round + 1);
	}
	assert.ok(answers >= ROUNDS * 4 * AT_ONCE);
	report('race_answers', answers, `>= ${ROUNDS * 4 * AT_ONCE}`);
	report('race_unequal_answers', different, '= 0');
	for (const [name, n] of Object.entries(seen)) report(`race_${name}_not_once`, n, '= 0');
})();
