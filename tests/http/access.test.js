'use strict';
/* Roles × routes × ownership, made from the route tables: each program prints its own with --routes as lines
 * METHOD PATH PERMISSION FLAGS.  What each role may is written here a second time, on purpose. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const env = require('../lib/env');
const openapi = require('../lib/openapi');
const { Client } = require('../lib/client');
const { Journey, applicant } = require('../lib/journey');
const { staff } = require('../lib/staff');
const { Phone } = require('../lib/phone');
const tus = require('../lib/tus');

const MAY = {
	clerk1: ['staff', 'account', 'case_read', 'case_review', 'case_reject', 'reveal', 'originals', 'walkin', 'follow', 'note', 'messages'],
	reviewer1: ['staff', 'account', 'case_read', 'case_review', 'case_approve', 'case_reject', 'reveal', 'note'],
	producer1: ['staff', 'account', 'case_read', 'produce', 'note'],
	finance1: ['staff', 'account', 'case_read', 'money', 'note'],
	desk1: ['staff', 'account', 'case_read', 'reveal', 'originals', 'dispatch', 'pickup', 'walkin', 'follow', 'note', 'messages'],
	supervisor1: ['staff', 'account', 'case_read', 'case_approve', 'case_reject', 'reveal', 'waive', 'report', 'settings', 'users_check', 'follow', 'note', 'messages', 'jobs', 'casefile'],
	admin1: ['staff', 'account', 'users', 'users_check', 'settings'],
	auditor1: ['staff', 'account', 'case_read', 'audit', 'report'],
};

function routes() {
	const dir = path.join(env.buildDir(), 'cgi-bin');
	const out = [];
	for (const program of fs.readdirSync(dir).sort()) {
		if (program.includes('.')) continue;
		const text = execFileSync(path.join(dir, program), ['--routes'], { encoding: 'utf8', timeout: 30000 });
		for (const line of text.split('\n').filter(Boolean)) {
			const [method, raw, permission, ...flags] = line.split(/\s+/);
			assert.match(permission || '', /^(PERM_)?[a-zA-Z_]+$/, `${program}: ${line}`);
			const where = (raw.startsWith('/api') ? raw : '/api' + raw).replace(/:(\w+)/g, '{$1}');
			out.push({ program, method, path: where, permission: permission.replace(/^PERM_/, '').toLowerCase(), flags });
		}
	}
	return out;
}

const shape = (p) => p.replace(/\{[^}]*\}(\.pdf)?/g, '{}'); /* forms/{service}/{holder}.pdf is one segment to a program */
const all = routes();
const described = Object.entries(openapi.doc.paths).flatMap(([p, ops]) => Object.keys(ops).map((m) => `${m.toUpperCase()} ${shape(p)}`));

test('every route is described, everything described is a route', () => {
	assert.ok(all.length > 30, `only ${all.length} routes`);
	const have = all.map((r) => `${r.method} ${shape(r.path)}`);
	const undocumented = [...new Set(have.filter((r) => !described.includes(r)))];
	const missing = described.filter((r) => !have.includes(r));
	assert.equal(undocumented.join('\n'), '', 'routes that www/api/openapi.json does not describe');
	assert.equal(missing.join('\n'), '', 'described, but no program has them');
	assert.equal(new Set(have).size, have.length, 'a route stands in two tables');
});

test('every route names a permission that is known', () => {
	const known = new Set(['public', 'internal', 'apply', 'relay', ...Object.values(MAY).flat()]);
	for (const r of all) assert.ok(known.has(r.permission), `${r.program} ${r.method} ${r.path}: ${r.permission}`);
});

/* What any program of this host may ask, nginx may keep from visitors: internal. */
test('the description says whom a route is for as its permission does', () => {
	const who = { public: ['public', 'gateway', 'internal'], internal: ['internal'], apply: ['applicant'], relay: ['relay'] };
	const of = new Map(Object.entries(openapi.doc.paths).flatMap(([p, ops]) => Object.entries(ops).map(([m, o]) => [`${m.toUpperCase()} ${shape(p)}`, o['x-who']])));
	const faults = all.filter((r) => !(who[r.permission] || ['staff']).includes(of.get(`${r.method} ${shape(r.path)}`))).map((r) => `${r.method} ${r.path}: ${r.permission}, described for ${of.get(`${r.method} ${shape(r.path)}`)}`);
	assert.equal(faults.join('\n'), '');
});

test('nothing is changed by GET or HEAD; staff doors stand under /api/staff', () => {
	for (const r of all) {
		if (r.path.startsWith('/api/staff/') && r.path !== '/api/staff/session') assert.notEqual(r.permission, 'public', r.path);
		if (!r.path.startsWith('/api/staff/')) assert.ok(['public', 'internal', r.path.startsWith('/api/relay/') ? 'relay' : 'apply'].includes(r.permission), `${r.path} ${r.permission}`);
	}
});

test('the server says of each role what stands here', async () => {
	for (const [user, may] of Object.entries(MAY)) {
		const c = await staff(user);
		assert.deepEqual([...c.me.permissions].sort(), [...may].sort(), user);
	}
});

/* A real address for a pattern: the case and files of the owner. */
function address(pattern, world) {
	return pattern.replace('{no}', world.no).replace('{n}', '1').replace('{item}', '1').replace('{kind}', 'uscc').replace('{service}', 'new').replace('{holder}', 'org')
		.replace('{file}', 'org.pdf').replace('{material}', 'm2').replace('{report}', 'volume').replace('{waybill}', 'SF0000000000001').replace('{serial}', '4D00000000000000').replace('{account}', '6222020000000000000').replace(/\{id\}/, pattern.includes('/uploads/') ? world.upload : world.file);
}

/* The least of a body that gets past parsing is not needed: permission is asked first, or the parse fails with 4xx that is
 * neither 401 nor 403 nor success.  Where the shape is asked before whose case it is, a body that is right. */
const BODIES = {
	'/api/applications/{no}/certificates': { item: 1, request: 'AAAA', token_serial: 'K1234567' },
	'/api/applications/{no}/certificates/written': { item: 1 },
	'/api/applications/{no}/signature': { nonce: '0'.repeat(32), signature: 'AAAA' },
	'/api/applications/{no}/permission': { token_serial: 'K1234567', challenge: '0'.repeat(32), key: '0'.repeat(16) },
	'/api/applications/{no}/rating': { score: 5 },
	'/api/staff/applications/{no}/rating/steps': { step: 'take' },
	'/api/applications/{no}/relay': { material: 'm2' },
	'/api/staff/applications/{no}/back': { to: 'first', reason: 'other' },
	'/api/staff/seals/{no}/{item}/confirm': { sha256: '0'.repeat(64) },
	'/api/applications/{no}/switch': { service: 'new', holder: 'org', channel: 'counter' },
};
function knock(client, row, where, more = {}) {
	const headers = row.path.includes('/uploads/') ? { ...tus.VERSION } : {};
	if (row.method === 'PATCH' && row.path.includes('/uploads/')) Object.assign(headers, { 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' });
	const write = !['GET', 'HEAD', 'OPTIONS'].includes(row.method);
	const json = write && !row.path.includes('/uploads/') && row.method !== 'DELETE' ? BODIES[row.path] || {} : undefined;
	return client.request(row.method, where, { ...(json ? { json } : {}), headers, match: row.method === 'DELETE' || row.method === 'PATCH' || row.flags.length ? '"999999999"' : undefined, loose: true, ...more });
}

test('the matrix', async (t) => {
	const j = await Journey.to('submitted', { seals: false });
	await j.look();
	const owner = j.owner, other = await applicant(), nobody = new Client();
	const draft = await Journey.draft({ owner });
	const up = await tus.create(owner, 9, { application: draft.no, material: 'm2', filename: 'a.png', filetype: 'image/png' });
	const world = { no: j.no, file: j.case.materials.find((m) => m.code === 'm2').files[0].id, upload: up.status === 201 ? tus.place(up).split('/').pop() : 'f'.repeat(32) };
	/* A phone that took a relay of the owner's draft: it opens no door but its own. */
	const phone = await Phone.take(owner, draft.no, 'm2');
	world.sent = (await phone.begin(9)).split('/').pop();
	const accounts = {};
	for (const user of Object.keys(MAY)) accounts[user] = await staff(user);
	let cells = 0;
	const bad = [];
	const cell = (row, who, answer, fits, want) => {
		cells++;
		if (!fits(answer.status)) bad.push(`${row.method} ${row.path} (${row.permission}) as ${who}: ${answer.status}, wanted ${want}`);
	};
	/* Session routes sign the knocker out; they have tests of their own. */
	const rows = all.filter((r) => !(r.method === 'DELETE' && /session$/.test(r.path)));
	for (const row of rows) {
		const where = address(row.path, world);
		const owned = /\{(no|id)\}/.test(row.path);
		if (row.permission === 'internal') {
			cell(row, 'anonymous', await knock(nobody, row, where, { check: false }), (s) => [200, 403, 404].includes(s), 'hidden, or readiness on loopback');
		} else if (row.path.startsWith('/api/hooks/')) { /* open, but who knocks proves himself by his signature */
			cell(row, 'anonymous', await knock(nobody, row, where), (s) => s === 403, 'refused without a signature');
		} else if (row.permission === 'public') {
			cell(row, 'anonymous', await knock(nobody, row, where), (s) => ![403, 500].includes(s) && (s !== 401 || row.method === 'POST'), 'open to all');
		} else if (row.permission === 'relay') {
			const at = where.replace(world.upload, world.sent);
			cell(row, 'anonymous', await knock(nobody, row, at), (s) => s === 401, 401);
			cell(row, 'the owner', await knock(owner, row, at, { csrf: false }), (s) => s === 401, 401);
			cell(row, 'clerk1', await knock(accounts.clerk1, row, at, { csrf: false }), (s) => s === 401, 401);
			if (owned) cell(row, 'the phone, with an upload of the owner', await knock(phone, row, where), (s) => s === 404, 404);
			if (['GET', 'HEAD'].includes(row.method)) cell(row, 'the phone', await knock(phone, row, at), (s) => s === 200, 200);
			else cell(row, 'the phone without token', await knock(phone, row, at, { csrf: false }), (s) => s === 403, 403);
		} else if (row.permission === 'apply') {
			cell(row, 'a phone', await knock(phone, row, where, { csrf: false }), (s) => s === 401, 401);
			cell(row, 'anonymous', await knock(nobody, row, where), (s) => s === 401, 401);
			cell(row, 'clerk1', await knock(accounts.clerk1, row, where, { csrf: false }), (s) => s === 401 || s === 403, '401 (403 without an applicant\'s token)');
			if (owned) cell(row, 'another applicant', await knock(other, row, where), (s) => s === 404 || (s === 410 && row.path.includes('/uploads/')), 404);
			else cell(row, 'another applicant', await knock(other, row, where), (s) => ![401, 403, 500].includes(s), 'his own');
			/* A case on its way has no invoice yet: invoice.test.js downloads one. */
			const there = row.path.endsWith('/invoice/{file}') ? 404 : 200;
			if (['GET', 'HEAD'].includes(row.method)) cell(row, 'the owner', await knock(owner, row, where), (s) => s === there, there);
			else cell(row, 'the owner', await knock(owner, row, address(row.path, { ...world, file: 'e'.repeat(32) })), (s) => ![401, 403, 500].includes(s), 'not 401 or 403');
			if (!['GET', 'HEAD', 'OPTIONS'].includes(row.method)) cell(row, 'the owner without token', await knock(owner, row, where, { csrf: false }), (s) => s === 403, 403);
		} else {
			cell(row, 'anonymous', await knock(nobody, row, where), (s) => s === 401, 401);
			cell(row, 'an applicant', await knock(owner, row, where, { csrf: false }), (s) => s === 401 || s === 403, '401');
			cell(row, 'a phone', await knock(phone, row, where, { csrf: false }), (s) => s === 401 || s === 403, '401');
			for (const [user, may] of Object.entries(MAY)) {
				const allowed = may.includes(row.permission);
				const a = await knock(accounts[user], row, where);
				if (allowed) cell(row, user, a, (s) => s !== 401 && s !== 500 && (s !== 403 || ['two_persons', 'forbidden'].includes(a.json && a.json.code) && /attachments/.test(row.path)), 'allowed');
				else cell(row, user, a, (s) => s === 403 && a.json.code === 'forbidden', 403);
				if (!['GET', 'HEAD'].includes(row.method)) cell(row, user + ' without token', await knock(accounts[user], row, where, { csrf: false }), (s) => s === 403, 403);
			}
		}
	}
	t.diagnostic(`${cells} cells, ${rows.length} routes`);
	assert.equal(bad.join('\n'), '');
	await j.look();
	assert.equal(j.case.state, 'submitted');
});

test('after signing out a session opens nothing', async () => {
	const c = await applicant();
	const held = new Map(c.jar);
	await c.want(204, 'DELETE', '/api/session');
	const late = new Client();
	late.jar = held;
	late.csrf = c.csrf;
	for (const r of all.filter((x) => x.permission === 'apply' && !/\{/.test(x.path) && x.method !== 'OPTIONS')) {
		assert.equal((await knock(late, r, r.path)).status, 401, `${r.method} ${r.path}`);
	}
});
