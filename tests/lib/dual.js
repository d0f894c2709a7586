'use strict';
/* What needs two persons: proposed by one, confirmed by another.
 *   await dual('price', { name: 'unlock.fee', value: '30', reason: '…' });              as admin1 and supervisor1
 *   const p = await propose('calendar', { csv, reason }, 'supervisor1'); await decide(p, 'decline', 'admin1', '不对'); */
const assert = require('node:assert/strict');
const { staff } = require('./staff');
const { Client, key } = require('./client');
const { portalctl } = require('./certificates');
const data = require('./data');

async function propose(kind, body, by = 'admin1') {
	return (await (await staff(by)).want(201, 'POST', `/api/staff/proposals/${kind}`, body, { key: key() })).json;
}

async function decide(p, decision, by, note) {
	return (await (await staff(by)).want(200, 'POST', `/api/staff/proposals/${p.id}/decision`, { decision, ...(note ? { note } : {}) }, { key: key() })).json;
}

async function dual(kind, body, by = 'admin1', other = 'supervisor1') {
	return decide(await propose(kind, body, by), 'confirm', other);
}

/* What was left open by a test that did not come to its end is withdrawn. */
async function quiet() {
	for (const user of ['admin1', 'supervisor1', 'finance1', 'finance2']) {
		const c = await staff(user);
		for (const p of (await c.want(200, 'GET', '/api/staff/proposals')).json.items) if (p.mine) await decide(p, 'withdraw', user);
	}
}

/* One person with several roles, as a small office has; made by portalctl. */
async function several(...roles) {
	const user = 'both' + data.digits(6);
	const made = portalctl('staff', 'add', user, '周䶮', ...roles);
	assert.equal(made.status, 0, made.stderr);
	const [, password] = /^password (.*)$/m.exec(made.stdout), [, totp_secret] = /^totp_secret (.*)$/m.exec(made.stdout);
	const c = new Client();
	await c.staffSignIn({ user, password, totp_secret });
	return c;
}

module.exports = { propose, decide, dual, quiet, several };
