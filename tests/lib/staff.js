'use strict';
/* Staff accounts of the demo, signed in.  A one-time code counts once, so a session is kept for the other test files in
 * a private file beside the spool and used again while it lives. */
const fs = require('node:fs');
const path = require('node:path');
const env = require('./env');
const { Client } = require('./client');

const file = path.join(env.varDir, 'test-staff-sessions.json');
const mine = new Map();

function load() {
	try {
		return JSON.parse(fs.readFileSync(file, 'utf8'));
	} catch (e) {
		return {};
	}
}

function account(user) {
	const hit = env.demo().staff.find((s) => s.user === user);
	if (!hit) throw new Error(`demo.json knows no ${user}`);
	return hit;
}

async function staff(user) {
	if (mine.has(user)) return mine.get(user);
	const client = new Client();
	const kept = load()[env.url + ' ' + user];
	if (kept) {
		client.jar = new Map(kept);
		const a = await client.get('/api/staff/session');
		if (a.status === 200 && a.json.signed_in && a.json.user === user) {
			client.csrf = a.json.csrf;
			client.user = user;
			client.me = a.json;
		}
	}
	if (!client.csrf) {
		client.jar = new Map();
		await client.staffSignIn(account(user));
		const sessions = load();
		sessions[env.url + ' ' + user] = [...client.jar];
		fs.writeFileSync(file + '.' + process.pid, JSON.stringify(sessions), { mode: 0o600 });
		fs.renameSync(file + '.' + process.pid, file);
	}
	mine.set(user, client);
	return client;
}

/* Their sessions may have ended: the next call looks, and signs in where one has. */
const forget = () => mine.clear();

module.exports = { staff, account, forget };
