'use strict';
/* Cases on their way through production, whoever the authority is.
 *   const w = await approved('new');  const w = await approved('reissue', { old: [certificate] });
 *   await order(who, 201, w, 1, request);  const [one] = await made(who, url);  await checked(w, 1);
 *   await until('what is wrong otherwise', async () => …);  sql('SELECT …') */
const assert = require('node:assert/strict');
const data = require('./data');
const { key } = require('./client');
const { applicant } = require('./journey');
const { Walk } = require('./walk');
const { subject, certificate, bring } = require('./certificates');
const { staff } = require('./staff');
const { sql } = require('./sql');

const order = (who, want, w, item, pem, more = {}) => who.want(want, 'POST', '/api/staff/production/orders', { no: w.case.no, item, request: pem, token_serial: 'K' + data.digits(11), ...more }, { key: key() });

async function made(who, url) {
	for (let i = 0; i < 600; i++) {
		const { items } = (await who.want(200, 'GET', url)).json;
		if (items.length && items.every((x) => ['done', 'failed'].includes(x.state))) return items;
		await new Promise((r) => setTimeout(r, 50));
	}
	throw new Error('the worker does not make it');
}

/* Written and looked at by two persons. */
async function checked(w, item, writer = 'producer1') {
	await (await staff(writer)).want(200, 'POST', '/api/staff/production/written', { no: w.case.no, item }, { key: key() });
	return (await (await staff('producer2')).want(200, 'POST', '/api/staff/production/checked', { no: w.case.no, item }, { key: key() })).json;
}

async function until(what, f) {
	for (let i = 0; i < 600; i++) {
		if (await f()) return;
		await new Promise((r) => setTimeout(r, 50));
	}
	assert.fail(what);
}


async function approved(service, options = {}) {
	const owner = await applicant();
	const whose = subject('org', owner.phone);
	const old = options.old ? bring([certificate(whose, options.old)]) : undefined;
	const w = await Walk.begin({ service, holder: 'org', channel: 'post', owner, subject: whose, old, count: 1, ...options.walk });
	await w.fill();
	if (service === 'new') await w.jump();
	else await w.byPeople();
	assert.equal(w.case.state, 'approved');
	return w;
}

module.exports = { approved, order, made, checked, until, sql };
