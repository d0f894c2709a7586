'use strict';
/* Fifty requests at once on the same line, payment and refund, each with a key of its own, by two clerks: one effect.
 * TORTURE_MONEY_ROUNDS (20) of each. */
const crypto = require('node:crypto');
const data = require('../lib/data');
const { key } = require('../lib/client');
const { staff } = require('../lib/staff');
const { LINES, bring, find, look, line, books } = require('../lib/money');
const { bulk, quiet } = require('../lib/matching');
const { report, rows } = require('./torture');

const ROUNDS = Number(process.env.TORTURE_MONEY_ROUNDS || 20), AT_ONCE = 50;
const REFUNDS = '/api/staff/refunds';
const bad = {};
let answers = 0;

/* Who says yes more than once, or what is neither yes nor a refusal, is counted; what happened is looked up by `effects`. */
async function storm(name, ask, yes, effects) {
	const got = await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => ask(i)));
	answers += got.length;
	bad[name] = bad[name] || 0;
	const good = got.filter((a) => a.status === yes);
	const odd = got.filter((a) => a.status !== yes && ![409, 412, 503].includes(a.status));
	for (const a of odd) console.log(`${name}: ${a.status} ${a.body}`);
	if (good.length !== 1 || odd.length || effects() !== 1) bad[name]++;
	return good[0] && good[0].json;
}
const count = (sql) => Number(rows(`SELECT COUNT(*) FROM ${sql}`)[0][0]);

(async () => {
	const one = await staff('finance1'), two = await staff('finance2');
	const cases = await bulk({ count: 10, seed: crypto.randomInt(1e6), mark: String.fromCodePoint(0x4e00 + crypto.randomInt(20000)) });
	const who = (i) => (i % 2 ? one : two);
	const lines = Array.from({ length: ROUNDS }, () => line({ fen: 100, name: `抢着${data.digits(9)}𠮷有限公司`, remark: '' }));
	await bring(lines);
	await quiet();
	for (const l of lines) {
		const now = await look(await find(l.serial)), id = now.id;
		const of = (state) => count(`payment WHERE bank_line_id=${id} AND ${state}`);
		const given = await storm('allot', (i) => who(i).post(`${LINES}/${id}/allot`, { items: [{ no: cases[i % cases.length].no, amount_fen: 100 }] }, { key: key(), match: now.version, check: false }), 200, () => of('undone_at=0'));
		const payment = given.payments[0].id;
		await storm('undo', (i) => who(i).post(`/api/staff/payments/${payment}/undo`, { reason: '记错了' }, { key: key(), check: false }), 200, () => of('undone_at>0') - of('undone_at=0'));
		const refund = await storm('ask', () => one.post(REFUNDS, { bank_line_id: id, amount_fen: 100, reason: '不是我们的款' }, { key: key(), check: false }), 201, () => count(`refund WHERE bank_line_id=${id}`));
		await storm('decide', (i) => two.post(`${REFUNDS}/${refund.id}/${i % 2 ? 'approve' : 'refuse'}`, i % 2 ? undefined : { reason: '再核对' }, { key: key(), match: refund.version, check: false }), 200, () => count(`refund WHERE id=${refund.id} AND state IN ('approved','refused')`));
	}
	report('money_race_answers', answers, `>= ${ROUNDS * 4 * AT_ONCE}`);
	for (const [name, n] of Object.entries(bad)) report(`money_race_${name}_not_once`, n, '= 0');
	books();
})();
