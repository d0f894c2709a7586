'use strict';
/* A UKey that does not pass the check: its certificates are revoked and on the list, the line goes back and is made again,
 * what was to be replaced is replaced once. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { key } = require('../lib/client');
const { applicant } = require('../lib/journey');
const { Walk } = require('../lib/walk');
const { subject, certificate, bring, status } = require('../lib/certificates');
const { staff } = require('../lib/staff');
const { Token } = require('../lib/token');
const { sql } = require('../lib/sql');
const { again } = require('../lib/worker');
const { published, listed, judge } = require('../lib/openssl');

const WHY = '外壳上刻的序列号“䶮”看不清';
const ask = (user) => async (want, what, body) => (await staff(user)).want(want, 'POST', `/api/staff/production/${what}`, body, { key: key() });

async function approved(service = 'new', count = 1) {
	const owner = await applicant();
	const whose = subject('org', owner.phone);
	const old = service === 'new' ? undefined : bring(Array.from({ length: count }, () => certificate(whose)));
	const w = await Walk.begin({ service, holder: 'org', channel: 'post', owner, subject: whose, old, count });
	await w.fill();
	if (service === 'new') await w.jump();
	else await w.byPeople();
	assert.equal(w.case.state, 'approved');
	return w;
}

async function until(what, f) {
	for (let i = 0; i < 600; i++) {
		const r = await f();
		if (r) return r;
		await new Promise((done) => setTimeout(done, 50));
	}
	return assert.fail(what);
}

/* Ordered for the token, made, written into it. */
async function make(w, item, token, write = true) {
	const one = ask('producer1');
	await one(201, 'orders', { no: w.no, item, request: token.want(['request']).replace(/-----[^-]+-----|\s/g, ''), token_serial: token.face.serial });
	const line = await until('the worker does not make it', async () => (await (await staff('producer1')).want(200, 'GET', `/api/staff/production/${w.no}`)).json.items.find((x) => x.item === item && x.state === 'done'));
	if (!write) return line;
	token.want(['install'], JSON.stringify({ certificate: line.sign_cert, encryption_certificate: line.enc_cert, encryption_key: line.enc_key }));
	await one(200, 'written', { no: w.no, item });
	return line;
}

for (const kind of ['rsa', 'sm2']) {
	test(`${kind}: refused by another with a reason, revoked, made again into another UKey, sent`, async () => {
		const w = await approved();
		const [bad, good] = [new Token(kind), new Token(kind)];
		const first = await make(w, 1, bad);
		const [one, two] = [ask('producer1'), ask('producer2')];
		const about = { no: w.no, item: 1, reason: WHY };
		assert.equal((await one(403, 'refused', about)).json.code, 'two_persons');
		assert.deepEqual((await two(422, 'refused', { no: w.no, item: 1, reason: '坏' })).json.errors.map((e) => e.pointer), ['#/reason']);
		await two(409, 'refused', { ...about, item: 2 });
		await w.look();
		assert.deepEqual([w.case.state, (await status(first.sign_serial)).status], ['produced', 'valid'], 'nothing of that changed anything');
		const [line] = (await two(200, 'refused', about)).json.items;
		assert.deepEqual([line.state, line.error, line.sign_serial, line.written_at], ['failed', `检查不通过：${WHY}`, null, null]);
		await two(409, 'refused', about);
		await w.look();
		assert.equal(w.case.state, 'approved');
		assert.deepEqual(w.case.certificates || [], [], 'the applicant is not shown what never left the house');
		assert.deepEqual((await w.owner.want(200, 'GET', '/api/certificates')).json.items, []);
		assert.equal((await status(first.sign_serial)).status, 'revoked');
		const list = await until('the list does not change', async () => { const l = await published(kind); return listed(l, first.sign_serial) !== undefined && l; });
		assert.equal(listed(list, first.sign_serial), 'Superseded');
		assert.equal(listed(list, first.enc_serial), 'Superseded');
		assert.match(judge(kind, first.sign_cert, list), /revoked/);
		assert.ok(sql(`SELECT detail FROM audit WHERE action='issue_refused' AND object='${w.no}'`).includes(first.sign_serial));
		const said = (await w.owner.want(200, 'GET', `${w.url}/events`)).json.items.map((e) => e.text).join('\n');
		assert.ok(said.includes('没有通过') && !said.includes(WHY), 'the applicant reads that, not why');

		again(w.no);
		const second = await make(w, 1, good);
		assert.notEqual(second.sign_serial, first.sign_serial);
		assert.equal(judge(kind, second.sign_cert, await published(kind)), '');
		await two(200, 'checked', { no: w.no, item: 1 });
		assert.match((await two(409, 'refused', about)).json.detail, /已经检查通过/);
		await w.look();
		assert.equal(w.case.state, 'produced');
		await w.finish();
		assert.equal(w.case.state, 'completed');
		await two(409, 'refused', about);
	});
}

test('issued and never written, of a case that is not all made: back to be made, the other line stays', async () => {
	const w = await approved('new', 2);
	const [bad, fine] = [new Token('rsa'), new Token('rsa')];
	const dead = await make(w, 1, bad, false);
	await ask('producer2')(200, 'refused', { no: w.no, item: 1, reason: WHY });
	await w.look();
	assert.equal(w.case.state, 'approved');
	assert.equal((await status(dead.sign_serial)).status, 'revoked');
	const other = await make(w, 2, fine);
	await w.look();
	assert.equal(w.case.state, 'approved', 'one of two');
	again(w.no);
	await make(w, 1, new Token('sm2'));
	await w.look();
	assert.deepEqual([w.case.state, (await status(other.sign_serial)).status], ['produced', 'valid']);
});

for (const [service, reason] of [['change', 3], ['reissue', 1]]) { /* the cause given for the second is a lost token */
	test(`${service}: the old certificate ends once, for its own reason, and the last one made takes its place`, async () => {
		const w = await approved(service, 2);
		const ends = async () => (await Promise.all(w.old.map((c) => status(c.sign_serial)))).map((c) => [c.status, c.revoke_reason]);
		await make(w, 1, new Token('rsa'));
		const bad = await make(w, 2, new Token('rsa'));
		await w.look();
		assert.equal(w.case.state, 'produced');
		const before = await ends();
		assert.deepEqual(before, [['revoked', reason], ['revoked', reason]]);
		await ask('producer2')(200, 'refused', { no: w.no, item: 2, reason: WHY });
		again(w.no);
		const good = await make(w, 2, new Token('rsa'));
		await w.look();
		assert.equal(w.case.state, 'produced');
		assert.deepEqual(await ends(), before);
		const row = await status(good.sign_serial);
		assert.equal(row.not_after, w.old[1].not_after, 'until the old last day');
		assert.deepEqual([(await status(bad.sign_serial)).status, row.status], ['revoked', 'valid']);
		assert.equal(row.predecessor, w.old[1].sign_serial);
	});
}
