'use strict';
/* The running stack, for tests that disturb it: tools/stack with the var folder and build under test. */
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const env = require('./env');

function stack(...args) {
	return execFileSync(env.stack, args, {
		encoding: 'utf8', timeout: 120000, stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, VAR: env.varDir, BUILD: process.env.BUILD || path.basename(env.buildDir()), NOBUILD: '1' },
	});
}

/* Settings of this test, put back at the end: with({ otp_tries: 3 }, ['session'], async () => …). */
async function configured(settings, services, body) {
	const file = path.join(env.varDir, 'portal.conf');
	const before = fs.readFileSync(file, 'utf8');
	fs.writeFileSync(file, before + '\n' + Object.entries(settings).map(([k, v]) => `${k} = ${v}\n`).join(''), { mode: 0o600 });
	try {
		for (const s of services) stack('restart', s);
		await answering();
		await body();
	} finally {
		fs.writeFileSync(file, before, { mode: 0o600 });
		for (const s of services) stack('restart', s);
		await answering();
	}
}

async function answering(ms = 30000) {
	const { send } = require('./client');
	const end = Date.now() + ms;
	for (;;) {
		const a = await send('GET', env.url + '/api/ready', {}).catch(() => ({ status: 0 }));
		if (a.status === 200) return;
		if (Date.now() > end) throw new Error(`the portal does not answer again: ${a.status}`);
		await new Promise((r) => setTimeout(r, 100));
	}
}

/* Processes of a program of this stack: known by their command and by the configuration in their environment. */
function pids(program) {
	const out = [];
	for (const p of fs.readdirSync('/proc').filter((x) => /^\d+$/.test(x))) {
		try {
			const argv = fs.readFileSync(`/proc/${p}/cmdline`, 'utf8').split('\0');
			if (!argv[0].endsWith(`/cgi-bin/${program}`)) continue;
			if (fs.readFileSync(`/proc/${p}/environ`, 'utf8').split('\0').includes(`ZHENGYIN_CONF=${path.join(env.varDir, 'portal.conf')}`)) out.push(Number(p));
		} catch (e) {
			continue; /* gone, or someone else's */
		}
	}
	return out;
}

module.exports = { stack, configured, answering, pids };
