'use strict';
/* The program that takes uploads is killed at every system call of the three requests of an upload, served by a process at
 * work and by one that has just begun; then every call of its connection to the database fails, and every one that writes.
 * Nothing acknowledged may be missing, what nobody names is collected.
 * TORTURE_UPLOAD_STEP (5): of the calls of a process that has just begun every so many; 1: all of them, ten minutes. */
const { may } = require('../lib/inject');
const { Uploads, KINDS, points, checked, collected } = require('../lib/upload_faults');
const { report } = require('./torture');

const STEP = Number(process.env.TORTURE_UPLOAD_STEP || 5);

/* Calls of the path that put the file on disk: none of them may fail and be followed by an acknowledgement. */
const DISK = /^(mkdir|openat|ftruncate|pwrite64|fsync)$/;

async function walk(u, kind, options, which, fault, seen, step = 1) {
	const all = (await points(u, kind, options)).filter((x) => which.test(x.name));
	for (const p of all.filter((x, i) => i % step === all.length % step)) {
		const r = await u.suffer(kind, [`${p.name}:${fault(p)}:when=${p.nth}`], options).catch((e) => {
			seen.lost++;
			console.log(`${kind} ${p.name} ${p.nth}: ${e.message}`);
			return {};
		});
		seen.tried++;
		if (r.hit) seen.hit++;
		if (r.hit && r.acknowledged) seen.acknowledged++;
		if (r.died && r.kept && !r.acknowledged) seen.kept++;
	}
}
const fresh = () => ({ tried: 0, hit: 0, acknowledged: 0, kept: 0, lost: 0 });

(async () => {
	const no = may('attachment');
	if (no) {
		console.log(`not tried: ${no}`);
		process.exitCode = 1;
		return;
	}
	const u = new Uploads();
	await u.begin();
	for (const cold of [false, true]) {
		const seen = fresh();
		for (const kind of KINDS) await walk(u, kind, { cold }, /./, () => 'signal=SIGKILL', seen, cold ? STEP : 1);
		const name = `upload_kills_${cold ? 'new' : 'busy'}_process`;
		report(name, seen.hit, cold ? `>= ${Math.floor(450 / STEP)}` : '>= 120');
		if (!cold) report(`${name}_after_the_answer`, seen.acknowledged, '>= 1');
		report(`${name}_done_but_not_said`, seen.kept, '>= 1');
		report(`${name}_lost`, seen.lost, '= 0');
	}
	const line = fresh();
	for (const kind of KINDS) {
		await walk(u, kind, {}, /^sendto$/, () => 'error=EPIPE', line);
		await walk(u, kind, {}, /^recvfrom$/, () => 'error=ECONNRESET', line);
	}
	report('upload_database_lines_cut', line.hit, '>= 40');
	report('upload_database_lines_cut_lost', line.lost, '= 0');
	const disk = fresh();
	for (const error of ['EIO', 'ENOSPC']) for (const kind of KINDS) await walk(u, kind, {}, DISK, () => `error=${error}`, disk);
	report('upload_disk_errors', disk.hit, '>= 25');
	report('upload_disk_errors_acknowledged', disk.acknowledged, '= 0');
	report('upload_disk_errors_lost', disk.lost, '= 0');
	const left = checked();
	report('upload_orphans', left.orphans, '>= 1');
	report('upload_orphans_collected', Number(await collected()), '= 1');
	report('upload_store_faults', checked().faults, '= 0');
})();
