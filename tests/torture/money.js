'use strict';
/* Money while programs, the worker and the database are killed: statements come in and are matched, two clerks give lines away and
 * take them back, refunds are asked for and decided, all by the portal's own ways.  Then nothing acknowledged is missing, nothing
 * stands twice, no line went to the wrong case, and the books agree.
 * TORTURE_MONEY_KILLS (30): of finance and the worker; TORTURE_MONEY_DB_KILLS (8). */
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const data = require('../lib/data');
const { key } = require('../lib/client');
const { answering, pids } = require('../lib/stack');
const { staff } = require('../lib/staff');
const { makeStatement, addDays } = require('../lib/bank');
const { LINES, bring, find, line, settled, books } = require('../lib/money');
const { bulk, judge, quiet } = require('../lib/matching');
const { insist, meanwhile, report, rows, wait } = require('./torture');

const KILLS = Number(process.env.TORTURE_MONEY_KILLS || 30), DB_KILLS = Number(process.env.TORTURE_MONEY_DB_KILLS || 8);
const CASES = 600, LINES_EACH = 60;
const today = data.today();
const pick = (list) => list[crypto.randomInt(list.length)];

class Desk {
	static async begin() {
		const d = new Desk();
		Object.assign(d, { statements: [], gives: [], refunds: [], counts: { retries: 0 }, running: true, failed: null });
		[d.one, d.two] = [await staff('finance1'), await staff('finance2')];
		d.cases = await bulk({ count: CASES, seed: crypto.randomInt(1e6), mark: String.fromCodePoint(0x4e00 + crypto.randomInt(20000)) });
		d.paid = d.cases.splice(0, 8); /* nobody but the clerks gives them anything */
		d.loose = [];
		for (let i = 0; i < 3; i++) {
			const l = line({ fen: 100000, name: `路过${data.digits(8)}有限公司`, remark: '货款𠮷' });
			await bring([l]);
			await settled(l.serial);
			d.loose.push((await find(l.serial)).id);
		}
		await quiet();
		d.tasks = [d.importer(), d.giver(d.one, d.loose[0]), d.giver(d.two, d.loose[1]), d.refunder(d.loose[2])];
		for (const t of d.tasks) t.catch((e) => { d.failed = d.failed || e; d.running = false; });
		return d;
	}

	/* The same file until it is taken: the second time it may be known. */
	async importer() {
		while (this.running && this.cases.length >= LINES_EACH) {
			const s = makeStatement({ cases: this.cases.splice(0, LINES_EACH), lines: LINES_EACH, seed: crypto.randomInt(1e6), from: addDays(today, -21), to: today, series: crypto.randomInt(1e9), mark: pick(['粤', '港', '澳']) });
			for (;;) {
				const a = await this.one.request('POST', `/api/staff/statements?account=${s.account}`, { raw: s.citic, key: key(), headers: { 'Content-Type': 'application/octet-stream' }, check: false, timeout: 20000 }).catch(() => ({ status: 0 }));
				if (a.status === 200) break;
				assert.ok([0, 502, 503, 504].includes(a.status), `import: ${a.status} ${a.body}`);
				this.counts.retries++;
				await wait(40);
			}
			this.statements.push(s);
			await wait(300);
		}
	}

	/* Until it is answered; the version of the line stands in it, so that it needs no If-Match of its own. */
	async seen(who, id) {
		for (;;) {
			const a = await who.get(`${LINES}/${id}`, { check: false, timeout: 20000 }).catch(() => ({ status: 0 }));
			if (a.status === 200) return a.json;
			assert.ok([0, 502, 503, 504].includes(a.status), `look: ${a.status} ${a.body}`);
			await wait(40);
		}
	}

	async giver(who, id) {
		for (let n = 0; this.running; n++) {
			const now = await this.seen(who, id), w = this.paid[n % this.paid.length], fen = 1 + n % 997;
			const act = { line: id, no: w.no, fen, given: false, undone: false };
			this.gives.push(act);
			const a = await insist(who, `${LINES}/${id}/allot`, { items: [{ no: w.no, amount_fen: fen }] }, 200, this.counts, { match: now.version });
			act.given = true;
			const p = a.json.payments.filter((x) => !x.undone_at);
			assert.equal(p.length, 1, 'the line was given more than once');
			act.payment = p[0].id;
			await insist(who, `/api/staff/payments/${p[0].id}/undo`, { reason: '记错了𠮷' }, 200, this.counts);
			act.undone = true;
		}
	}

	async refunder(id) {
		for (let n = 0; this.running; n++) {
			const yes = n % 2 === 0, act = { asked: false, decided: null };
			this.refunds.push(act);
			const a = await insist(this.one, '/api/staff/refunds', { bank_line_id: id, amount_fen: 1 + n % 7, reason: '不是我们的款' }, 201, this.counts);
			Object.assign(act, { asked: true, id: a.json.id });
			const d = await insist(this.two, `/api/staff/refunds/${a.json.id}/${yes ? 'approve' : 'refuse'}`, yes ? undefined : { reason: '再核对' }, 200, this.counts, { match: a.json.version });
			act.decided = d.json.state;
		}
	}

	async stop() {
		this.running = false;
		await Promise.all(this.tasks);
		if (this.failed) throw this.failed;
		soon();
		await quiet();
	}

	verify(name, kills) {
		let lost = 0, twice = 0, wrong = 0, found = 0, sure = 0;
		for (const s of this.statements) {
			const there = rows(`SELECT serial, COUNT(*) FROM bank_line WHERE account='${s.account}' AND serial LIKE '%-${s.truth[0].serial.citic.split('-')[2]}' GROUP BY serial`);
			const n = new Map(there.map(([serial, count]) => [serial, Number(count)]));
			for (const t of s.truth) if (!n.has(t.serial.citic)) lost++;
			twice += there.filter(([, count]) => count !== '1').length + Math.max(0, there.length - s.truth.length);
			const f = judge(s);
			wrong += f.wrong.length;
			found += f.found;
			sure += f.sure;
		}
		for (const id of this.loose.slice(0, 2)) {
			const made = rows(`SELECT p.id, a.no, p.amount_fen, p.undone_at>0 FROM payment p JOIN application a ON a.id=p.application_id WHERE p.bank_line_id=${id}`);
			const acts = this.gives.filter((g) => g.line === id);
			lost += acts.filter((g) => g.given && !made.some((m) => Number(m[0]) === g.payment && m[1] === g.no && Number(m[2]) === g.fen && (m[3] === '1') === g.undone)).length;
			twice += Math.max(0, made.length - acts.length);
		}
		const refunds = new Map(rows(`SELECT id, state FROM refund WHERE bank_line_id=${this.loose[2]}`).map(([id, state]) => [Number(id), state]));
		lost += this.refunds.filter((r) => r.asked && refunds.get(r.id) !== r.decided).length;
		twice += Math.max(0, refunds.size - this.refunds.length);
		report(`${name}_statements`, this.statements.length, '>= 1');
		report(`${name}_given_and_taken_back`, this.gives.filter((g) => g.undone).length, '>= 20');
		report(`${name}_refunds_decided`, this.refunds.filter((r) => r.decided).length, '>= 10');
		report(`${name}_retries`, this.counts.retries, `>= ${kills}`);
		report(`${name}_lost`, lost, '= 0');
		report(`${name}_twice`, twice, '= 0');
		report(`${name}_wrong`, wrong, '= 0');
		report(`${name}_found_percent`, sure ? 100 * found / sure : 0, '>= 90');
		report(`${name}_jobs_given_up`, Number(rows("SELECT COUNT(*) FROM job WHERE kind='match' AND state='dead'")[0][0]), '= 0');
		books();
	}
}

/* What a killed worker had in hand is taken up when its lease is over: now. */
function soon() {
	rows("UPDATE job SET next_at=0 WHERE kind='match' AND state='waiting'");
}

async function killPrograms(d) {
	let killed = 0;
	while (killed < KILLS && d.running) {
		await wait(50 + crypto.randomInt(250));
		const there = pids(pick(['finance', 'finance', 'worker']));
		if (!there.length) continue;
		process.kill(pick(there), 'SIGKILL');
		killed++;
		if (killed % 4 === 0) soon();
	}
	return killed;
}

async function killDatabase(d) {
	let killed = 0;
	for (; killed < DB_KILLS && d.running; killed++) {
		await wait(200 + crypto.randomInt(600));
		await meanwhile('kill', 'db');
		await meanwhile('start-db');
		await answering();
		soon();
	}
	return killed;
}

(async () => {
	for (const [name, kill, wanted] of [['money_program', killPrograms, KILLS], ['money_db', killDatabase, DB_KILLS]]) {
		const d = await Desk.begin();
		const killed = await kill(d);
		await wait(500);
		await d.stop();
		report(`${name}_kills`, killed, `>= ${wanted}`);
		d.verify(name, 1);
	}
})();
