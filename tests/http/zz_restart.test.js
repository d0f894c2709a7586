'use strict';
/* The database goes and comes back; programs are asked to leave: nothing acknowledged is lost, nothing happens twice. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { key } = require('../lib/client');
const { Journey, applicant } = require('../lib/journey');
const { stack, answering, pids } = require('../lib/stack');

const wait = (ms) => new Promise((r) => setTimeout(r, ms));
const NEW = { service: 'new', holder: 'org', channel: 'post' };

test('while the database is away: a readable 503, pages stand, then all goes on', async () => {
	const j = await Journey.draft();
	const k = key();
	stack('stop-db');
	try {
		for (const send of [() => j.owner.get(j.url), () => j.owner.get('/api/applications'), () => j.owner.post('/api/applications', NEW, { key: k }), () => j.owner.patch(j.url, { years: 2 }, { match: j.case.version })]) {
			const a = await send();
			assert.equal(a.status, 503);
			assert.equal(a.json.code, 'database_away');
			assert.match(a.json.title, /稍后/);
			assert.ok(a.headers['retry-after'], 'no Retry-After');
			assert.doesNotMatch(a.body.toString(), /mysql|mariadb|socket|errno/i);
		}
		assert.equal((await j.owner.get('/api/health')).status, 200);
		assert.equal((await j.owner.get('/api/ready')).status, 503);
		assert.equal((await j.owner.get('/')).status, 200);
		assert.equal((await j.owner.get('/api/quote?service=new&holder=org&years=1&count=1')).status, 200, 'a quote needs no database');
	} finally {
		stack('start-db');
	}
	await answering();
	const a = await j.owner.want(201, 'POST', '/api/applications', NEW, { key: k });
	const b = await j.owner.want(201, 'POST', '/api/applications', NEW, { key: k });
	assert.equal(a.json.no, b.json.no);
	await j.change({ years: 2 });
	assert.equal((await j.owner.want(200, 'GET', '/api/applications')).json.items.length, 2);
});

test('the database is killed and restarted under load: each key one case, none acknowledged is lost', async (t) => {
	const owners = await Promise.all(Array.from({ length: 4 }, () => applicant()));
	const made = new Map();
	let stop = false, retried = 0, done = 0;
	const writer = async (c) => {
		while (!stop) {
			const k = key();
			for (;;) {
				const a = await c.post('/api/applications', NEW, { key: k }).catch((e) => ({ status: 0, error: e }));
				if (a.status === 201) {
					assert.ok(!made.has(a.json.no), `${a.json.no} was given twice`);
					made.set(a.json.no, c);
					done++;
					break;
				}
				assert.ok([0, 409, 503].includes(a.status), `${a.status} ${a.body || a.error}`);
				retried++;
				await wait(60);
			}
		}
	};
	const writers = owners.map(writer);
	for (let i = 0; i < 3; i++) {
		await wait(700);
		stack('kill', 'db');
		await wait(150); /* while it starts, this program stands still, and its writers */
		stack('start-db');
		await answering();
	}
	await wait(500);
	stop = true;
	await Promise.all(writers);
	t.diagnostic(`${done} cases, ${retried} retries`);
	assert.ok(done > 5 && retried > 0, 'the database was not missed');
	for (const c of owners) {
		const mine = new Set();
		let after = '';
		for (;;) {
			const page = (await c.want(200, 'GET', `/api/applications?limit=100${after}`)).json;
			for (const x of page.items) mine.add(x.no);
			if (!page.next) break;
			after = '&after=' + encodeURIComponent(page.next);
		}
		const acknowledged = [...made].filter(([, owner]) => owner === c).map(([no]) => no);
		assert.deepEqual([...mine].sort(), acknowledged.sort());
	}
});

test('SIGTERM: the running request is answered, the next process takes over', async (t) => {
	const c = await applicant();
	const j = await Journey.draft({ owner: c });
	let stop = false, n = 0;
	const reader = async () => {
		while (!stop) {
			const a = await c.get(j.url);
			assert.equal(a.status, 200, `${a.status} ${a.body}`);
			n++;
		}
	};
	const readers = [reader(), reader(), reader()];
	let asked = 0;
	for (let round = 0; round < 4; round++) {
		await wait(400);
		const first = pids('application');
		assert.ok(first.length, 'no process of application was found');
		process.kill(first[round % first.length], 'SIGTERM');
		asked++;
		for (let i = 0; i < 100 && pids('application').includes(first[round % first.length]); i++) await wait(50);
		assert.ok(!pids('application').includes(first[round % first.length]), 'it does not leave on SIGTERM');
	}
	await wait(300);
	stop = true;
	await Promise.all(readers);
	t.diagnostic(`${asked} processes left during ${n} requests`);
	assert.ok(n > 20);
});

test('an idle program leaves on SIGTERM at once', async () => {
	for (const program of ['catalog', 'issue', 'form', 'health']) {
		const [pid] = pids(program);
		assert.ok(pid, program);
		process.kill(pid, 'SIGTERM');
		let i = 0;
		for (; i < 60 && pids(program).includes(pid); i++) await wait(50);
		assert.ok(i < 60, `${program} stays`);
	}
	await answering();
});
