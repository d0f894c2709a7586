'use strict';
/* Review by machine of a renewal online: every question recorded with its answer, seen by staff; one no, and people decide. */
const test = require('node:test');
const assert = require('node:assert/strict');
const data = require('../lib/data');
const { key } = require('../lib/client');
const { Authority } = require('../lib/authority');
const { Token } = require('../lib/token');
const { applicant } = require('../lib/journey');
const { Walk } = require('../lib/walk');
const { staff } = require('../lib/staff');
const { subject, certificate, bring } = require('../lib/certificates');
const { sql } = require('../lib/sql');

const CODES = ['known', 'status', 'window', 'same', 'free', 'signature', 'signer', 'money'];

async function submitted() {
	const owner = await applicant();
	const whose = subject('org', owner.phone);
	const old = bring([certificate(whose, { not_after: data.today(30) })]);
	const w = await Walk.begin({ service: 'renew', holder: 'org', channel: 'online', owner, subject: whose, old });
	await w.fill();
	await w.submitted();
	return w;
}
const machine = async (w) => (await (await staff('auditor1')).want(200, 'GET', w.desk)).json.machine;
const no = (m) => m.checks.filter((c) => !c.passed).map((c) => c.code);
const set = (w, what) => sql(`UPDATE certificate SET ${what} WHERE sign_serial='${w.old[0].sign_serial}'`);

test('all yes: decided at once, every answer kept in the chain and shown to staff', async () => {
	const w = await submitted();
	assert.equal(await machine(w), null);
	await w.signature();
	assert.equal(await machine(w), null, 'not before all gates are closed');
	await w.money();
	await w.look();
	assert.equal(w.case.state, 'approved');
	const m = await machine(w);
	assert.equal(m.passed, true);
	assert.deepEqual(m.checks.map((c) => c.code), CODES);
	assert.deepEqual(no(m), []);
	assert.ok(m.checks.every((c) => c.label));
	assert.equal(m.checks.find((c) => c.code === 'signature').detail, 'confirmed', 'by a reviewer, no signature is kept');
	assert.equal(m.checks.find((c) => c.code === 'money').detail, data.today());
	assert.equal(sql(`SELECT COUNT(*) FROM audit WHERE object='${w.no}' AND action='machine_review' AND actor_id>0`), '1');
	assert.equal(w.case.next[0].action, 'install');
	assert.match(w.case.next[0].url, /^\/apply\/install\.html/);
	const [newest] = (await w.owner.want(200, 'GET', `${w.url}/events`)).json.items;
	assert.deepEqual([newest.text, newest.by], ['系统自动审核通过', 'machine'], 'whoever found the money');
	assert.equal(w.case.turn, 'applicant');
	assert.equal((await w.owner.want(200, 'GET', `${w.url}/status`)).json.turn, 'applicant');
	assert.ok(!('machine' in w.case), 'not for applicants');
	const told = (await w.owner.want(200, 'GET', `${w.url}/messages`)).json.items.map((x) => x.template);
	assert.ok(told.includes('install_here') && !told.includes('approved'), told.join());
});

for (const [what, change, codes] of [
	['revoked after the signature', "status='revoked', revoked_at=UNIX_TIMESTAMP(), revoke_reason=1", ['status']],
	['expired before the money came', `not_after='${data.today(-1)}'`, ['status', 'window']],
	['another unit by now', "unit_name='广州䶮腾有限公司', unit_key='广州䶮腾有限公司'", ['same']],
]) {
	test(`${what}: people decide, and see why`, async () => {
		const w = await submitted();
		await w.signature();
		set(w, change);
		await w.money();
		await w.look();
		assert.equal(w.case.state, 'submitted');
		assert.equal(w.case.turn, 'ca');
		const m = await machine(w);
		assert.equal(m.passed, false);
		assert.deepEqual(m.checks.map((c) => c.code), CODES, 'the others are asked, too');
		assert.deepEqual(no(m), codes);
		assert.ok(m.checks.filter((c) => !c.passed).every((c) => c.detail), 'with the fault');
		const events = (await w.owner.want(200, 'GET', `${w.url}/events`)).json.items.map((x) => x.text);
		assert.ok(events.includes('转由工作人员审核'));
		await w.claim();
		await w.act(w.reviewer, 'reject', { reason: '原证书的情况有变化，请到前台办理' });
		await w.look();
		assert.equal(w.case.state, 'rejected');
	});
}

test('signed with a key, the serial is kept; what happened to that certificate since is seen', async () => {
	const owner = await applicant();
	const whose = subject('org', owner.phone);
	const authority = new Authority('rsa', 'machine-rsa');
	authority.trust();
	const tokens = [new Token('rsa'), new Token('rsa')];
	const old = bring(tokens.map((k) => certificate(whose, { sign_serial: '4D' + data.serial().slice(2), token_serial: k.face.serial, not_after: data.today(20) })));
	tokens.forEach((k, i) => k.certify(authority, { serial: old[i].sign_serial, O: whose.unit.name }));
	const cases = [];
	for (const i of [0, 1]) {
		const w = await Walk.begin({ service: 'renew', holder: 'org', channel: 'online', owner, subject: whose, old: [old[i]] });
		await w.fill();
		await w.submitted();
		const c = (await owner.want(201, 'POST', `${w.url}/challenge`, undefined, { key: key() })).json;
		await owner.want(200, 'POST', `${w.url}/signature`, { nonce: c.nonce, signature: tokens[i].sign(c.text) });
		cases.push(w);
	}
	set(cases[1], "status='suspended'");
	for (const w of cases) await w.money();
	const [good, bad] = [await machine(cases[0]), await machine(cases[1])];
	assert.equal(good.checks.find((c) => c.code === 'signature').detail, old[0].sign_serial);
	assert.deepEqual(no(good), []);
	assert.deepEqual(no(bad), ['status', 'signer']);
});

test('what the machine left to people, people may approve; the applicant installs it', async () => {
	const w = await submitted();
	await w.signature();
	set(w, "seal_name='䶮印（旧）'");
	await w.money();
	await w.claim();
	await w.act(w.reviewer, 'accept');
	await w.look();
	assert.equal(w.case.state, 'approved');
	assert.deepEqual(no(await machine(w)), ['same']);
	assert.equal(w.case.next[0].action, 'install');
});
