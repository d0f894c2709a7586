'use strict';
/* A sample of tests/torture/upload_syscalls.js: the program that takes uploads is killed at system calls of its path, its
 * disk and its line to the database fail.  What was acknowledged is there, whatever happens. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const env = require('../lib/env');
const { stack, answering } = require('../lib/stack');
const { may } = require('../lib/inject');
const { Uploads, KINDS, points, checked, collected } = require('../lib/upload_faults');

const u = new Uploads();
const all = {};
const file = path.join(env.varDir, 'portal.conf');
let skip, conf;

test.after(() => {
	if (!conf) return;
	fs.writeFileSync(file, conf, { mode: 0o600 });
	stack('restart', 'attachment');
});
test.before(async () => {
	skip = may('attachment');
	if (skip) return;
	/* What is read anew now and then would come between the calls that are counted. */
	conf = fs.readFileSync(file, 'utf8');
	fs.writeFileSync(file, conf + '\nfresh_s = 60\n', { mode: 0o600 });
	stack('restart', 'attachment');
	await answering(['attachment']);
	await u.begin();
	for (const kind of KINDS) all[kind] = await points(u, kind);
});

/* n of them: those that matter most, and others spread over the rest. */
function sample(list, n, first) {
	const chosen = list.filter((p) => first.test(p.name)).slice(0, n);
	const rest = list.filter((p) => !chosen.includes(p));
	while (chosen.length < n && rest.length) chosen.push(rest.splice(Math.floor(rest.length * (chosen.length + 1) / (n + 1)) % rest.length, 1)[0]);
	return chosen;
}

test('killed in the middle: what was acknowledged is there, the rest goes on', async (t) => {
	if (skip) return t.skip(skip);
	let died = 0, kept = 0;
	for (const kind of KINDS) {
		for (const p of sample(all[kind], 8, /^(pwrite64|fsync|ftruncate|write|shutdown)$/)) {
			const r = await u.suffer(kind, [`${p.name}:signal=SIGKILL:when=${p.nth}`]);
			died += r.died;
			kept += r.died && r.kept && !r.acknowledged;
		}
	}
	t.diagnostic(`${died} died, ${kept} of them after the commit`);
	assert.ok(died >= 18, `only ${died} died`);
	assert.ok(kept >= 1, 'none died between commit and answer');
});

test('an error of the disk is never followed by an acknowledgement', async (t) => {
	if (skip) return t.skip(skip);
	const seen = [];
	/* A POST makes folders that are not there yet: it syncs twice at least. */
	for (const [kind, name, error, status, which] of [
		['create', 'mkdir', 'ENOSPC', 507, 1], ['create', 'fsync', 'EIO', 500, 1], ['create', 'fsync', 'EIO', 500, 2], ['create', 'openat', 'ENOSPC', 507, 1],
		['piece', 'pwrite64', 'ENOSPC', 507], ['piece', 'pwrite64', 'EIO', 500], ['piece', 'ftruncate', 'EIO', 500], ['piece', 'fsync', 'EIO', 500], ['piece', 'fsync', 'ENOSPC', 507],
		['last', 'pwrite64', 'ENOSPC', 507], ['last', 'fsync', 'EIO', 500], ['last', 'pread64', 'EIO', 500],
	]) {
		const calls = all[kind].filter((p) => p.name === name);
		assert.ok(calls.length, `${kind} makes no ${name}`);
		const nth = which || calls[calls.length - 1].nth;
		const r = await u.suffer(kind, [`${name}:error=${error}:when=${nth}`]);
		assert.ok(r.hit, `${kind} ${name} ${error} was not put in`);
		assert.equal(r.acknowledged, false, `${kind}: ${name} ${error} was acknowledged with ${r.answer.status}`);
		assert.equal(r.answer.status, status, `${kind} ${name} ${error}`);
		if (kind !== 'create') assert.equal(r.kept, false, `${kind}: ${name} ${error} was taken for done`);
		seen.push(r.answer.status);
	}
	/* An interrupted call is no error. */
	const again = await u.suffer('piece', ['pwrite64:error=EINTR:when=1']);
	assert.ok(again.hit && again.acknowledged);
});

/* Now and then a request asks the database less than when its calls were counted: when its session was noted a moment ago. */
async function cut(kind, fault, nth) {
	for (let n = nth; n > nth - 4; n--) {
		const r = await u.suffer(kind, [fault(n)]);
		if (r.hit) return r;
	}
	return assert.fail(`${kind} ${fault(nth)} was not put in`);
}

test('the line to the database is cut: not acknowledged unless it was kept', async (t) => {
	if (skip) return t.skip(skip);
	let acknowledged = 0;
	for (const kind of KINDS) {
		const sends = all[kind].filter((p) => p.name === 'sendto').length; /* the last one is the COMMIT */
		for (const [fault, nth] of [[(n) => `sendto:error=EPIPE:when=${n}`, sends], [(n) => `recvfrom:error=ECONNRESET:when=${n}+`, sends >> 1], [(n) => `recvfrom:error=ECONNRESET:when=${n}+`, sends]])
			acknowledged += (await cut(kind, fault, nth)).acknowledged;
	}
	assert.equal(acknowledged, 0);
});

test('nothing is missing in the end, and what no row names is collected', async (t) => {
	if (skip) return t.skip(skip);
	assert.equal(checked().faults, 0, checked().text);
	assert.ok(await collected(), 'files without a row stay');
	assert.equal(checked().faults, 0, checked().text);
});
