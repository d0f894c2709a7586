'use strict';
/* Cases that owe money, statements that bring it, and what became of a line: for the tests of finance. */
const assert = require('node:assert/strict');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const data = require('./data');
const env = require('./env');
const { key } = require('./client');
const { applicant } = require('./journey');
const { subject } = require('./certificates');
const { Walk } = require('./walk');
const { staff } = require('./staff');

const LINES = '/api/staff/bank-lines';

async function begun(options = {}) {
	const owner = options.owner || await applicant(), holder = options.holder || 'org';
	return Walk.begin({ service: 'new', holder, channel: 'post', owner, subject: subject(holder, owner.phone), ...options });
}
/* seals: for tests that go on to the review. */
async function handed({ seals = false, ...options } = {}) {
	const w = await begun(options);
	await w.fill();
	await w.handIn({ seals });
	return w;
}
const info = async (w) => (await w.owner.want(200, 'GET', `${w.url}/payment`)).json;
const yuan = (fen) => (fen / 100).toFixed(2);
const line = (more) => ({ serial: 'M' + data.digits(16), date: data.today(), name: '某某有限公司', account: data.account(), remark: '', ...more });

/* Lines of a statement in CSV; out: it left, returned: the bank marks it as sent back. */
async function bring(lines) {
	const finance = await staff('finance1');
	const rows = [['交易日期', '交易流水号', '贷方发生额', '借方发生额', '对方户名', '对方账号', '摘要', '退汇标志'], ...lines.map((l) => [l.date, l.serial, l.out ? '' : yuan(l.fen), l.out ? yuan(l.fen) : '', l.name, l.account, l.remark, l.returned ? '退汇' : ''])];
	const file = Buffer.from('\ufeff' + rows.map((r) => r.map((x) => `"${x}"`).join(',')).join('\r\n') + '\r\n');
	const a = await finance.request('POST', '/api/staff/statements?format=csv&account=7443900182600096874', { raw: file, key: key(), headers: { 'Content-Type': 'text/csv' } });
	assert.ok(a.status === 200 || a.status === 201, a.body.toString());
}

async function find(serial) {
	const finance = await staff('finance1');
	for (const state of ['open', 'part', 'allotted', 'set_aside', 'returned']) {
		const hit = (await finance.all(`${LINES}?state=${state}`)).find((l) => l.serial === serial);
		if (hit) return hit;
	}
	return assert.fail(`no line ${serial}`);
}
const look = async (l) => (await (await staff('finance1')).want(200, 'GET', `${LINES}/${l.id}`)).json;

/* The worker has been at it when it has given the line away, or said why not. */
async function settled(serial) {
	for (const end = Date.now() + 90000; ;) {
		const l = await find(serial);
		if (l.state !== 'open' || l.note) return l;
		assert.ok(Date.now() < end, `nobody looked at ${serial}`);
		await new Promise((r) => setTimeout(r, 50));
	}
}

function books() {
	const out = spawnSync(path.join(env.buildDir(), 'tools/portalctl'), ['ledger'], { encoding: 'utf8', env: { ...process.env, ZHENGYIN_CONF: path.join(env.varDir, 'portal.conf') } });
	assert.equal(out.status, 0, out.stdout + out.stderr);
}

module.exports = { LINES, begun, handed, info, yuan, line, bring, find, look, settled, books };
