'use strict';
/* Money that comes after a case was closed for want of it: taken up again with its certificate, or kept closed with the
 * reason.  The worker closes it as it does after ninety days; only the days are brought nearer by hand. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { key } = require('../lib/client');
const { applicant } = require('../lib/journey');
const { Walk, everybody } = require('../lib/walk');
const { subject, certificate, bring, status } = require('../lib/certificates');
const { stack } = require('../lib/stack');
const { staff } = require('../lib/staff');
const { sql } = require('../lib/sql');

async function reissue(options = {}) {
	const owner = options.owner || await applicant();
	const whose = options.subject || subject('org', owner.phone);
	const old = options.old || bring([certificate(whose)]);
	const w = await Walk.begin({ service: 'reissue', holder: 'org', channel: 'post', owner, subject: whose, old, ...options });
	await w.fill();
	return w;
}

async function expired(w) {
	const long = Math.floor(Date.now() / 1000) - 200 * 86400;
	sql(`UPDATE application SET updated_at=${long}, notice_at=${long + 86400} WHERE no='${w.no}'`);
	stack('restart', 'worker'); /* it begins with all its tasks */
	for (const end = Date.now() + 90000; ;) {
		await w.look();
		if (w.case.state === 'expired') return;
		assert.ok(Date.now() < end, `${w.no} is still ${w.case.state}`);
		await new Promise((r) => setTimeout(r, 200));
	}
}

const now = async (w) => (await status(w.old[0].sign_serial)).status;
const faults = async (w) => (await w.owner.want(200, 'GET', `${w.url}/check`)).json.errors.filter((e) => e.pointer === '#/items/0/old_serial').map((e) => e.code);

test.before(everybody);

test('reissue: closed, its certificate is valid and free; paid, it is suspended and held again', async () => {
	const w = await reissue();
	await w.handIn();
	await w.accepted();
	assert.equal(await now(w), 'suspended');
	await expired(w);
	assert.equal(await now(w), 'valid');
	const other = await reissue({ owner: w.owner, subject: w.subject, old: w.old });
	assert.deepEqual(await faults(other), []);
	await w.money();
	await w.look();
	assert.equal(w.case.state, 'accepted');
	assert.ok(w.gate('money').closed_at);
	assert.equal(await now(w), 'suspended');
	assert.deepEqual(await faults(other), ['open_case'], 'another case takes the certificate');
	await w.originals();
	await w.look();
	await w.decided();
	await w.finish(() => w.old[0].not_after);
	assert.equal(w.case.state, 'completed');
	assert.equal(await now(w), 'revoked');
});

test('the certificate is in another case by now: the money is kept, the case stays closed and says why', async () => {
	const w = await reissue();
	await w.handIn();
	await w.accepted();
	await expired(w);
	const other = await reissue({ owner: w.owner, subject: w.subject, old: w.old });
	await other.handIn();
	const a = await w.money();
	assert.equal(a.json.state, 'expired');
	assert.equal(a.json.payments.length, 1, 'the money is lost');
	assert.match(a.json.hints.find((h) => h.code === 'stays_closed').text, /款项已到账.*不能恢复.*正在办理/);
	await w.look();
	assert.equal(w.gate('money').closed_at, null);
	assert.match(w.case.hints.find((h) => h.code === 'stays_closed').text, /正在办理/);
	const events = (await w.owner.want(200, 'GET', `${w.url}/events`)).json.items;
	assert.match(events.find((e) => e.event === 'stay_closed').text, /正在办理/);
	assert.match(JSON.stringify((await w.owner.want(200, 'GET', `${w.url}/messages`)).json), /恢复|退款/);
	assert.equal(await now(w), 'valid');
	await other.look();
	assert.equal(other.case.state, 'submitted');
	await other.accepted();
	assert.equal(await now(w), 'suspended', 'the other case has lost its certificate');
	/* free again: what comes now opens it */
	await other.owner.want(200, 'POST', `${other.url}/withdraw`, {}, { key: key() });
	assert.equal(await now(w), 'valid');
	await w.money('finance1', { amount_fen: 1 });
	await w.look();
	assert.equal(w.case.state, 'accepted');
	assert.deepEqual(w.case.hints.filter((h) => h.code === 'stays_closed'), []);
	assert.equal(await now(w), 'suspended');
});

test('never accepted, or its certificate has ended: money does not open it', async () => {
	const w = await reissue();
	await w.handIn();
	await w.claim();
	await w.fail('m3');
	await w.sendBack();
	await expired(w);
	const a = await w.money();
	assert.equal(a.json.state, 'expired');
	assert.match(a.json.hints[0].text, /没有通过初审/);
	const r = await reissue();
	await r.handIn();
	await r.accepted();
	await expired(r);
	sql(`UPDATE certificate SET status='revoked', revoke_reason=1 WHERE sign_serial='${r.old[0].sign_serial}'`);
	const b = await r.money();
	assert.equal(b.json.state, 'expired');
	assert.match(b.json.hints[0].text, /不是有效状态/);
	assert.equal((await (await staff('finance1')).want(200, 'GET', '/api/staff/payments?limit=5')).json.items.filter((p) => p.no === r.no).length, 1);
});
