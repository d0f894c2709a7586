'use strict';
/* A case that was handed in and only waits for a signature may go another way; one that somebody has worked on may not. */
const test = require('node:test');
const assert = require('node:assert/strict');
const data = require('../lib/data');
const { key } = require('../lib/client');
const { Journey, applicant } = require('../lib/journey');
const { Walk } = require('../lib/walk');
const { subject, certificate, bring } = require('../lib/certificates');

const to = (w, want, service, channel) => w.owner.want(want, 'POST', `${w.url}/switch`, { service, holder: 'org', channel }, { key: key() });

async function renewal() {
	const owner = await applicant();
	const whose = subject('org', owner.phone);
	const w = await Walk.begin({ service: 'renew', holder: 'org', channel: 'online', owner, subject: whose, old: bring([certificate(whose, { not_after: data.today(30) })]) });
	await w.fill();
	await w.submitted();
	return w;
}

test('a renewal online goes by post; its certificate is free until it is handed in again', async () => {
	const w = await renewal();
	const other = await Walk.begin({ service: 'renew', holder: 'org', channel: 'online', owner: w.owner, subject: w.subject, old: w.old });
	await other.fill();
	await w.owner.want(422, 'POST', `${other.url}/submit`, undefined, { key: key() });
	w.keep(await to(w, 200, 'renew', 'post'));
	assert.deepEqual([w.case.state, w.case.channel, w.case.submitted_at], ['draft', 'post', null]);
	await other.submitted();
	assert.equal(other.case.state, 'submitted');
});

test('with the money in, or signed, it stays; so does what waits for no signature', async () => {
	const paid = await renewal();
	await paid.money();
	assert.match((await to(paid, 409, 'renew', 'post')).json.detail, /款项已到账/);
	const signed = await renewal();
	await signed.signature();
	assert.match((await to(signed, 409, 'renew', 'post')).json.detail, /已经签名/);
	for (const w of [paid, signed]) {
		await w.look();
		assert.deepEqual([w.case.state, w.case.channel], ['submitted', 'online']);
	}
	const posted = await Journey.to('submitted');
	await to(posted, 409, 'new', 'counter');
});
