'use strict';
/* After everything else: personal data stand in clear nowhere under var/ (the SMS spool excepted), every log line is one
 * JSON object, and the audit chain holds. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const env = require('../lib/env');
const data = require('../lib/data');
const files = require('../lib/files');
const { walk, holds } = require('../lib/search');
const { Journey } = require('../lib/journey');

test('planted numbers are in clear nowhere', async (t) => {
	const canary = 'CANARY-' + data.digits(20);
	const j = await Journey.draft();
	await j.fill();
	await j.print();
	await j.put('m3', '身份证.png', 'image/png', files.png({ width: 300, height: 400, text: canary }));
	await j.upload();
	await j.submit();
	await j.claim();
	await j.pass();
	await j.accept();
	await j.money();
	const needles = [j.typed.agent.id_number, j.typed.agent.phone, j.typed.agent.email, j.typed.remittance.payer_account, canary + '\0'].map((x) => x.replace('\0', ''));
	const skip = ['spool', 'test-staff-sessions.json', 'test-operations.txt'].map((x) => path.join(env.varDir, x));
	const all = walk(env.varDir).filter((f) => !skip.some((s) => f.startsWith(s)));
	const hits = [];
	for (const f of all) {
		let found = [];
		try {
			found = holds(f, needles);
		} catch (e) {
			if (e.code !== 'ENOENT') throw e;
		}
		for (const s of found) hits.push(`${path.relative(env.varDir, f)}: ${s.slice(0, 4)}… (${['id', 'phone', 'e-mail', 'account', 'scan'][needles.indexOf(s)]})`);
	}
	t.diagnostic(`${all.length} files`);
	/* The control: what is sent by SMS must be found. */
	assert.ok(walk(path.join(env.varDir, 'spool')).some((f) => holds(f, [j.owner.phone]).length), 'the search finds nothing at all');
	assert.equal(hits.join('\n'), '');
});

test('every log line is one JSON object, and names no one', () => {
	const dir = path.join(env.varDir, 'log');
	const secrets = /\b1[3-9]\d{9}\b|\b\d{17}[\dX]\b|"(?:code|password|totp|csrf|token|cookie)"\s*:/;
	let n = 0;
	for (const f of fs.readdirSync(dir)) {
		if (/^(mariadb|db|db-install|nginx)\.log$/.test(f) || !f.endsWith('.log')) continue;
		for (const line of fs.readFileSync(path.join(dir, f), 'utf8').split('\n')) {
			if (!line || !line.startsWith('{') && /multiwatch|spawn-fcgi|child|respawn/i.test(line)) continue;
			let o;
			try {
				o = JSON.parse(line);
			} catch (e) {
				assert.fail(`${f}: ${line.slice(0, 200)}`);
			}
			assert.ok(o.ts, `${f}: no time in ${line.slice(0, 200)}`);
			assert.doesNotMatch(line, secrets, `${f}`);
			n++;
		}
	}
	assert.ok(n > 100, `only ${n} lines`);
});

test('no sanitizer spoke, no process died of a signal', () => {
	const dir = path.join(env.varDir, 'log');
	for (const f of fs.readdirSync(dir)) {
		const text = fs.readFileSync(path.join(dir, f), 'utf8');
		assert.doesNotMatch(text, /AddressSanitizer|LeakSanitizer|UndefinedBehaviorSanitizer|runtime error:|SIGSEGV|SIGABRT|Assertion .* failed/, f);
	}
});

test('every operation of the description has answered as it should at least once', (t) => {
	const openapi = require('../lib/openapi');
	const seen = new Set(fs.existsSync(env.operations) ? fs.readFileSync(env.operations, 'utf8').split('\n') : []);
	if (seen.size < 100) return t.skip('only with all files of this folder');
	const never = [];
	for (const [where, operations] of Object.entries(openapi.doc.paths)) {
		for (const [method, operation] of Object.entries(operations)) {
			if (operation['x-who'] === 'internal') continue;
			const good = Object.keys(operation.responses).filter((s) => s < '300');
			if (!good.some((s) => seen.has(`${method.toUpperCase()} ${where} ${s}`))) never.push(`${method.toUpperCase()} ${where}`);
		}
	}
	assert.equal(never.join('\n'), '');
});

test('the audit chain is whole', () => {
	const out = execFileSync(path.join(env.buildDir(), 'tools/portalctl'), ['verify-audit'], { encoding: 'utf8', env: { ...process.env, ZHENGYIN_CONF: path.join(env.varDir, 'portal.conf') } });
	assert.match(out, /\d/);
});
