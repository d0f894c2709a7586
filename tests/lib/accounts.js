'use strict';
/* Staff accounts made for a test, by the way an administrator makes them.
 *   const w = await newcomer('龚𠮷安')      { user, password, secret, client }: added, first sign-in done, no role yet
 *   await act(w.user, 'lock', { reason })    a step of an administrator with the version he has just read
 *   await signIn(w)                          with the code after the one used last; w.code: with that one */
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const { Client } = require('./client');
const { staff } = require('./staff');
const { totp } = require('./totp');

const USERS = '/api/staff/users';
const account = () => 't' + crypto.randomBytes(5).toString('hex');

async function found(user, by = 'admin1') {
	const c = await staff(by);
	for (let after = ''; after !== null;) {
		const page = (await c.want(200, 'GET', USERS + (after && `?after=${after}`))).json;
		const hit = page.items.find((one) => one.user === user);
		if (hit) return hit;
		after = page.next;
	}
	assert.fail(`no account ${user}`);
}

/* A step of an administrator with what he has just read. */
async function act(user, step, json = { reason: '岗位调整' }, by = 'admin1') {
	const c = await staff(by);
	return c.post(`${USERS}/${user}/${step}`, json, { match: (await found(user, by)).version });
}

const added = async (name, by = 'admin1') => (await (await staff(by)).want(201, 'POST', USERS, { user: account(), name })).json;

/* With the code of the step after the last one used. */
function signIn(w, client = new Client()) {
	return client.post('/api/staff/session', { user: w.user, password: w.password, totp: w.code || (w.secret ? totp(w.secret, w.shift) : '') }).then((a) => {
		if (a.status === 201) Object.assign(client, { csrf: a.json.csrf, user: w.user, me: a.json });
		return a;
	});
}

/* Password and one-time code in a session that may do nothing else; w.client goes on in the session that it becomes. */
async function setUp(w, password = `Zheng-yin-${crypto.randomBytes(4).toString('hex')}`) {
	const c = w.client;
	const own = (await c.want(200, 'GET', '/api/staff/me')).json;
	if (own.password_due) {
		const a = await c.want(201, 'POST', '/api/staff/me/password', { old: w.password, password });
		c.csrf = a.json.csrf;
		w.password = password;
	}
	if (own.totp_due) {
		w.secret = (await c.want(201, 'POST', '/api/staff/me/totp', {})).json.secret;
		const a = await c.want(201, 'POST', '/api/staff/me/totp/confirm', { code: totp(w.secret) });
		c.csrf = a.json.csrf;
		c.me = a.json;
		w.shift = 1;
		w.code = undefined;
	}
	return w;
}

async function newcomer(name, by) {
	const made = await added(name, by);
	const w = { user: made.user, name, password: made.password, client: new Client() };
	assert.equal((await signIn(w, w.client)).status, 201);
	return setUp(w);
}

module.exports = { USERS, account, found, act, added, signIn, setUp, newcomer };
