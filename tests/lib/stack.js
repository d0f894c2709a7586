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
		await answering(services);
		await body();
	} finally {
		fs.writeFileSync(file, before, { mode: 0o600 });
		for (const s of services) stack('restart', s);
		await answering(services);
	}
}

/* What each program answers to a stranger, if only with a refusal: a program that is not up yet is nginx's 502 or 503. */
const asks = {
	application: '/api/applications', attachment: '/api/attachments/0', catalog: '/api/branches', certificate: '/api/certificates',
	dispatch: '/api/staff/parcels', finance: '/api/staff/payments', form: '/api/forms/no/org.pdf', issue: '/api/staff/production', message: '/api/staff/jobs',
	payment: '/api/applications/0/payment', public: '/api/verify?no=0', report: '/api/staff/ratings', review: '/api/staff/queues', session: '/api/session', staff: '/api/staff/session',
};

async function until(where, fits, ms) {
	const { send } = require('./client');
	const end = Date.now() + ms;
	for (;;) {
		const a = await send('GET', env.url + where, {}).catch(() => ({ status: 0 }));
		if (fits(a.status)) return;
		if (Date.now() > end) throw new Error(`${where} does not answer again: ${a.status}`);
		await new Promise((r) => setTimeout(r, 100));
	}
}

async function answering(services = [], ms = 90000) {
	await until('/api/ready', (status) => status === 200, ms);
	for (const s of services) if (asks[s]) await until(asks[s], (status) => status > 0 && status < 500, ms);
}

/* Processes of a program of this stack: known by their command and by the configuration in their environment. */
function pids(program) {
	const out = [];
	for (const p of fs.readdirSync('/proc').filter((x) => /^\d+$/.test(x))) {
		try {
			const argv = fs.readFileSync(`/proc/${p}/cmdline`, 'utf8').split('\0');
			if (!argv[0].endsWith(`/cgi-bin/${program}`) && !argv[0].endsWith(`/tools/${program}`)) continue;
			if (fs.readFileSync(`/proc/${p}/environ`, 'utf8').split('\0').includes(`ZHENGYIN_CONF=${path.join(env.varDir, 'portal.conf')}`)) out.push(Number(p));
		} catch (e) {
			continue; /* gone, or someone else's */
		}
	}
	return out;
}

module.exports = { stack, configured, answering, pids };
