'use strict';
/* What the scripts of tests/torture share: reporting against a target, and writers that take nothing for granted.
 *   report('db_lost', 0, '= 0')  prints TORTURE db_lost 0 = 0; a figure that misses its target fails the script
 *   const w = await Writers.start(4); … kill things …; await w.stop(); w.verify('db')  every write, counted in the books */
const assert = require('node:assert/strict');
const path = require('node:path');
const { execFile } = require('node:child_process');
const env = require('../lib/env');
const { key } = require('../lib/client');
const { Journey, applicant } = require('../lib/journey');
const { staff } = require('../lib/staff');
const { rows } = require('../lib/sql');

const NEW = { service: 'new', holder: 'org', channel: 'post' };
const wait = (ms) => new Promise((r) => setTimeout(r, ms));

const holds = {
	'=': (a, b) => a === b,
	'<': (a, b) => a < b,
	'<=': (a, b) => a <= b,
	'>=': (a, b) => a >= b,
};
function report(name, value, target) {
	const [how, bound] = target.split(' ');
	const good = holds[how](value, Number(bound));
	console.log(`TORTURE ${name} ${Number.isInteger(value) ? value : value.toFixed(1)} ${target}${good ? '' : ' MISSED'}`);
	if (!good) process.exitCode = 1;
}

/* A command of tools/stack while the writers here go on: lib/stack would hold them up with itself. */
function meanwhile(...args) {
	const vars = { ...process.env, VAR: env.varDir, BUILD: path.basename(env.buildDir()), NOBUILD: '1' };
	return new Promise((done, fail) => execFile(env.stack, args, { env: vars, timeout: 120000 }, (e, out) => e ? fail(e) : done(out)));
}

/* The same request with the same key until it is answered for good.  Anything but the answers that invite another try,
 * a broken connection among them, ends it. */
async function insist(client, path, body, status, counts, options = {}) {
	const k = key();
	for (;;) {
		const a = await client.post(path, body, { key: k, check: false, timeout: 20000, ...options }).catch((e) => ({ status: 0, body: e }));
		if (a.status === status) return a;
		const again = [0, 502, 503, 504].includes(a.status) || (a.status === 409 && a.json && a.json.code === 'still_running');
		assert.ok(again, `${path}: ${a.status} ${a.body}`);
		counts.retries++;
		await wait(40);
	}
}

/* Applicants open a case and take it back, over and over; two clerks claim a case of theirs and release it. */
class Writers {
	static async start(n) {
		const w = new Writers();
		w.made = new Map(); /* number → taken back */
		w.claims = new Map(); /* number → claims acknowledged */
		w.counts = { retries: 0, acknowledged: 0 };
		w.twice = 0;
		w.running = true;
		w.owners = await Promise.all(Array.from({ length: n }, () => applicant()));
		const cases = [await Journey.to('submitted'), await Journey.to('submitted')];
		w.before = new Set(rows('SELECT no FROM application').map(([no]) => no));
		const clerks = [await staff('clerk1'), await staff('clerk2')];
		w.tasks = [...w.owners.map((c) => w.applicant(c)), ...cases.map((j, i) => w.clerk(clerks[i], j))];
		for (const t of w.tasks) t.catch((e) => { w.failed = e; w.running = false; });
		return w;
	}

	async applicant(c) {
		while (this.running) {
			const a = await insist(c, '/api/applications', NEW, 201, this.counts);
			const no = a.json.no;
			if (this.made.has(no)) this.twice++;
			this.made.set(no, false);
			this.counts.acknowledged++;
			await insist(c, `/api/applications/${no}/withdraw`, { reason: '不办了' }, 200, this.counts);
			this.made.set(no, true);
			this.counts.acknowledged++;
		}
	}

	async clerk(c, j) {
		this.claims.set(j.no, 0);
		while (this.running) {
			await insist(c, `${j.desk}/claim`, undefined, 200, this.counts);
			this.claims.set(j.no, this.claims.get(j.no) + 1);
			await insist(c, `${j.desk}/release`, { reason: '换人' }, 200, this.counts);
			this.counts.acknowledged += 2;
		}
	}

	async stop() {
		this.running = false;
		await Promise.all(this.tasks);
		if (this.failed) throw this.failed;
	}

	/* A case, its events and its audit rows stand or fall together. */
	verify(name, kills) {
		const all = rows('SELECT a.no, a.state, (SELECT COUNT(*) FROM event e WHERE e.application_id=a.id AND e.event=\'create\'), '
			+ '(SELECT COUNT(*) FROM event e WHERE e.application_id=a.id AND e.event=\'withdraw\'), '
			+ '(SELECT COUNT(*) FROM audit t WHERE t.object=a.no AND t.action=\'create\'), (SELECT COUNT(*) FROM audit t WHERE t.object=a.no AND t.action=\'withdraw\'), '
			+ '(SELECT COUNT(*) FROM event e WHERE e.application_id=a.id AND e.event=\'claim\') FROM application a');
		const seen = new Map(all.map((r) => [r[0], r.slice(1)]));
		let lost = 0, half = 0, twice = this.twice;
		for (const [no, back] of this.made) {
			const r = seen.get(no);
			if (!r || (back && r[0] !== 'withdrawn')) lost++;
			else if (Number(r[1]) !== 1 || Number(r[3]) !== 1 || r[2] !== r[4] || (r[0] === 'withdrawn') !== (Number(r[2]) === 1)) half++;
		}
		for (const [no, claims] of this.claims) {
			const got = Number(seen.get(no)[5]);
			if (got < claims) lost += claims - got;
			if (got > claims) twice += got - claims;
		}
		/* Every key was insisted on until it was answered: a case nobody was told of was made twice. */
		for (const no of seen.keys()) if (!this.made.has(no) && !this.claims.has(no) && !this.before.has(no)) twice++;
		report(`${name}_acknowledged`, this.counts.acknowledged, '>= 100');
		report(`${name}_retries`, this.counts.retries, `>= ${kills}`);
		report(`${name}_lost`, lost, '= 0');
		report(`${name}_half`, half, '= 0');
		report(`${name}_twice`, twice, '= 0');
	}
}

module.exports = { Writers, meanwhile, report, rows, insist, wait, NEW };
