'use strict';
/* What would come by itself after a while comes now, for tests that are not about the while.
 *   hurry()                    jobs, tellings, questions and messages that wait for their time have it
 *   again(no)                  what was ordered for a case may be ordered again: an order of another second is another job
 *   await everywhere()         every program has read what staff changed */
const { sql, setting } = require('./sql');

const WAITING = ["UPDATE job SET next_at=0 WHERE state='waiting'", "UPDATE outbox SET next_at=0 WHERE state='waiting'", 'UPDATE certificate_body SET tell_next_at=0', 'UPDATE issuance_stray SET next_at=0'];

/* The worker may hold a row this moment. */
function patient(text) {
	for (let i = 0; ; i++) {
		try {
			return sql(text);
		} catch (e) {
			if (i === 5 || !/1213|1205/.test(e.message)) throw e;
		}
	}
}

function hurry() {
	WAITING.forEach(patient);
}

function again(no) {
	patient(`UPDATE job SET ref=CONCAT(ref,'-',id) WHERE kind='issue' AND state<>'waiting' AND SUBSTRING_INDEX(ref,':',1) IN (SELECT i.id FROM issuance i JOIN application a ON a.id=i.application_id WHERE a.no='${no}')`);
}

async function everywhere() {
	await new Promise((r) => setTimeout(r, Number(setting('fresh_s')) * 1000 + 200));
}

module.exports = { hurry, again, everywhere };
