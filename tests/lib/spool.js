'use strict';
/* What the spool driver wrote instead of sending: var/spool/sms/*.json, one message a file. */
const fs = require('node:fs');
const path = require('node:path');
const env = require('./env');

const dir = path.join(env.varDir, 'spool/sms');
const read = new Map(); /* file name → message: files never change */

function all() {
	if (!fs.existsSync(dir)) return [];
	const out = [];
	for (const name of fs.readdirSync(dir)) {
		if (!name.endsWith('.json')) continue;
		if (!read.has(name)) {
			let message;
			try {
				message = JSON.parse(fs.readFileSync(path.join(dir, name), 'utf8'));
			} catch (e) {
				continue; /* still being written */
			}
			message.mtime = fs.statSync(path.join(dir, name)).mtimeMs;
			message.file = name;
			read.set(name, message);
		}
		out.push(read.get(name));
	}
	return out.sort((a, b) => a.mtime - b.mtime || (a.file < b.file ? -1 : 1));
}

/* A mark: messages that are there now are not new. */
function now() {
	return new Set(all().map((m) => m.file));
}

function list(phone, since) {
	return all().filter((m) => m.phone === phone && !(since && since.has(m.file)));
}

async function wait(phone, since, fits = () => true, ms = 90000) {
	const end = Date.now() + ms;
	for (;;) {
		const hit = list(phone, since).filter(fits).pop();
		if (hit) return hit;
		if (Date.now() > end) {
			const got = list(phone).map((m) => `${m.template}: ${m.text}`);
			throw new Error(`no such SMS to ${phone} within ${ms} ms; there are ${JSON.stringify(got)}`);
		}
		await new Promise((r) => setTimeout(r, 60));
	}
}

async function code(phone, since) {
	const m = await wait(phone, since, (x) => x.params && x.params.code);
	return m.params.code;
}

module.exports = { all, list, wait, code, now, dir };
