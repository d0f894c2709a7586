'use strict';
/* Notices of the gateway: fifty copies at once, round after round; then each until it is answered by success while the program that
 * takes them, and the database, are killed.  One credit for each, and none is missing that was answered.
 * TORTURE_NOTICE_ROUNDS (200), TORTURE_NOTICE_KILLS (20), TORTURE_NOTICE_DB_KILLS (5). */
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const env = require('../lib/env');
const { Client } = require('../lib/client');
const { answering, configured, pids } = require('../lib/stack');
const { gateway, form } = require('../lib/alipay');
const { bulk, quiet } = require('../lib/matching');
const { books } = require('../lib/money');
const { meanwhile, report, rows, wait } = require('./torture');

const ROUNDS = Number(process.env.TORTURE_NOTICE_ROUNDS || 200), AT_ONCE = 50;
const KILLS = Number(process.env.TORTURE_NOTICE_KILLS || 20), DB_KILLS = Number(process.env.TORTURE_NOTICE_DB_KILLS || 5);
const BESIDE = 400; /* orders that are paid while something is killed */
let g;

/* Orders that wait to be paid, as the worker leaves them. */
async function orders(count) {
	const cases = await bulk({ count, seed: crypto.randomInt(1e6), mark: String.fromCodePoint(0x4e00 + crypto.randomInt(20000)) });
	rows(`INSERT INTO alipay_order (application_id, out_trade_no, fen, subject, state, qr, made_at, ends_at, asked_at)
		SELECT id, CONCAT(no, 'T'), owed_fen, '数字证书', 'waiting', 'https://qr.alipay.example/t', UNIX_TIMESTAMP(), UNIX_TIMESTAMP()+7200, UNIX_TIMESTAMP()+3600
		FROM application WHERE no IN (${cases.map((c) => `'${c.no}'`).join(',')})`);
	return cases.map((c) => {
		const no = `${c.no}T`;
		g.trades.set(no, { out_trade_no: no, total_amount: (c.amount_fen / 100).toFixed(2), status: 'NEW', refunded: 0 });
		return { no, body: form(g.signed(g.notice(g.paid(no).out_trade_no))) };
	});
}

const send = (o) => new Client().request('POST', '/api/hooks/alipay', { raw: o.body, headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' }, check: false, timeout: 20000 }).catch(() => ({ status: 0, body: '' }));
const success = (a) => a.status === 200 && String(a.body) === 'success';

/* How many payments each order has come to: { none, one, more }. */
function credits(list) {
	const got = new Map(rows("SELECT o.out_trade_no, COUNT(p.id) FROM alipay_order o LEFT JOIN payment p ON p.application_id=o.application_id AND p.method='alipay' GROUP BY o.id").map(([no, n]) => [no, Number(n)]));
	const of = (fits) => list.filter((o) => fits(got.get(o.no) || 0)).length;
	return { none: of((n) => n === 0), more: of((n) => n > 1) };
}

async function copies() {
	const list = await orders(ROUNDS);
	let answered = 0, refused = 0;
	for (const o of list) {
		const got = await Promise.all(Array.from({ length: AT_ONCE }, () => send(o)));
		answered += got.filter(success).length;
		refused += got.filter((a) => !success(a) && ![0, 502, 503].includes(a.status)).length;
		while (!got.some(success)) got.push(await send(o));
	}
	const n = credits(list);
	report('notice_copies', answered, `>= ${ROUNDS * AT_ONCE / 2}`);
	report('notice_copies_refused', refused, '= 0');
	report('notice_copies_twice', n.more, '= 0');
	report('notice_copies_lost', n.none, '= 0');
}

/* Three senders repeat each notice until it is answered, as the gateway does, and once more. */
async function killed(name, wanted, kill) {
	const list = await orders(BESIDE), taken = [];
	let running = true, retries = 0, refused = 0, kills = 0;
	const senders = Array.from({ length: 3 }, async () => {
		for (let o; running && (o = list.pop());) {
			let a = await send(o);
			for (; !success(a); a = await send(o)) {
				if (![0, 502, 503, 504].includes(a.status)) refused++;
				retries++;
				await wait(40);
			}
			taken.push(o);
			await send(o);
			await wait(20);
		}
	});
	for (; kills < wanted && list.length; kills += await kill());
	running = false;
	await Promise.all(senders);
	const n = credits(taken);
	report(`${name}_kills`, kills, `>= ${wanted}`);
	report(`${name}_answered`, taken.length, '>= 20');
	report(`${name}_retries`, retries, '>= 1');
	report(`${name}_refused`, refused, '= 0');
	report(`${name}_lost`, n.none, '= 0');
	report(`${name}_twice`, n.more, '= 0');
}

async function killProgram() {
	await wait(30 + crypto.randomInt(150));
	const there = pids('payment');
	if (!there.length) return 0;
	process.kill(there[crypto.randomInt(there.length)], 'SIGKILL');
	return 1;
}

async function killDatabase() {
	await wait(100 + crypto.randomInt(400));
	await meanwhile('kill', 'db');
	await meanwhile('start-db');
	await answering();
	return 1;
}

(async () => {
	const secret = (name) => path.join(env.varDir, 'secret', name);
	g = await gateway();
	fs.writeFileSync(secret('alipay-app.key'), g.app.privateKey, { mode: 0o644 });
	fs.writeFileSync(secret('alipay-gateway.pem'), g.own.publicKey, { mode: 0o644 });
	try {
		await configured({ alipay_gateway: g.url, alipay_app_id: g.appId, alipay_seller_id: g.sellerId }, ['payment', 'worker'], async () => {
			await copies();
			await killed('notice_program', KILLS, killProgram);
			await killed('notice_db', DB_KILLS, killDatabase);
			await quiet();
		});
	} finally {
		await g.stop();
		for (const f of ['alipay-app.key', 'alipay-gateway.pem']) fs.rmSync(secret(f));
	}
	books();
})();
