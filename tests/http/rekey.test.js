'use strict';
/* The second review: the certificate's fields are typed from the pictures by another person, who sees nothing of what was
 * filled in before it is right; what differs goes back by field. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { key } = require('../lib/client');
const { staff } = require('../lib/staff');
const { applicant, Journey } = require('../lib/journey');
const { Walk, everybody } = require('../lib/walk');
const { subject, certificate, bring } = require('../lib/certificates');
const { portal } = require('../lib/mariadb');
const { sql } = require('../lib/sql');

const problem = (a, status, code) => assert.deepEqual([a.status, a.json.code], [status, code], JSON.stringify(a.json));
const faults = (a) => a.json.errors.map((e) => `${e.pointer} ${e.code}`);
const db = portal();
test.before(everybody);
test.after(() => db.close());

const wide = (text) => text.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
const rekey = async (j, user, body) => (await staff(user)).post(`${j.desk}/rekey`, body, { match: j.case.version, key: key() });
const right = (j) => ({ unit_name: j.case.unit.name, uscc: j.case.unit.uscc });
async function waiting(options) {
	const j = await Journey.to('second_review', options);
	await j.look();
	return j;
}

test('blind: nothing that names the holder reaches who may approve, before the re-keying is right', async () => {
	const j = await waiting();
	const c = await staff('reviewer1'), boss = await staff('supervisor1');
	await c.want(200, 'POST', `${j.desk}/claim`, undefined, { key: key() });
	await j.look();
	const secrets = [j.case.unit.name, j.case.unit.uscc, j.case.unit.legal_rep, j.case.agent.name, ...j.case.items.map((i) => i.seal_name)].filter(Boolean);
	const form = j.case.materials.find((m) => m.code === 'm1').files[0].id, licence = j.case.materials.find((m) => m.code === 'm2').files[0].id;
	const open = ['', '/rekey', '/attachments', '/notes'].map((x) => j.desk + x);
	const shut = ['/rounds', '/earlier', '/certificates'].map((x) => j.desk + x).concat(`/api/staff/seals/${j.no}`, `/api/staff/attachments/${form}`, `/api/staff/attachments/${form}/pages/1`, `/api/staff/attachments/${form}/pages/1/thumb`);
	for (const who of [c, boss]) {
		for (const where of open) {
			const text = (await who.want(200, 'GET', where)).body.toString();
			for (const s of secrets) assert.ok(!text.includes(s), `${where} says ${s} to ${who.user}`);
		}
		for (const where of shut) problem(await who.get(where), 409, 'state');
		problem(await who.post(`${j.desk}/reveal`, { reason: '看一下号码' }, { key: key() }), 409, 'state');
		for (const list of [`queue=second_review&limit=100`, `queue=all&q=${j.no}`]) {
			const row = (await who.want(200, 'GET', `/api/staff/applications?${list}`)).json.items.find((x) => x.no === j.no);
			if (row) assert.equal(row.unit_name, null, `${list} names the unit`);
		}
	}
	const beat = await c.want(200, 'POST', `${j.desk}/heartbeat`, undefined, { key: key() });
	for (const s of secrets) assert.ok(!beat.body.toString().includes(s), `the heartbeat says ${s}`);
	assert.equal((await c.get(`/api/staff/attachments/${licence}/pages/1`)).status, 200, 'the pictures to read it on');
	assert.equal((await (await staff('clerk1')).want(200, 'GET', j.desk)).json.unit.name, j.case.unit.name, 'who may not approve sees it as ever');
	problem(await c.post(`${j.desk}/approve`, undefined, { match: j.case.version, key: key() }), 409, 'state');
	assert.equal((await rekey(j, 'reviewer1', right(j))).json.matched, true);
	const seen = await c.want(200, 'GET', j.desk);
	assert.deepEqual([seen.json.blind, seen.json.unit.name, seen.json.payments.length], [false, j.case.unit.name, 1]);
	assert.equal((await c.get(`/api/staff/attachments/${form}/pages/1`)).status, 200);
	assert.equal((await boss.want(200, 'GET', j.desk)).json.blind, true, 'each for himself');
	problem(await boss.post(`${j.desk}/approve`, undefined, { match: j.case.version, key: key() }), 409, 'not_claimed');
	await c.want(200, 'POST', `${j.desk}/approve`, undefined, { match: j.case.version, key: key() });
	await j.become('approved');
});

test('width, blanks and brackets make no difference, a character does', async () => {
	const j = await waiting();
	const name = j.case.unit.name;
	const loose = ` ${name.replace('（', ' ( ').replace('）', ' ) ')}　`;
	const a = await rekey(j, 'reviewer1', { unit_name: loose, uscc: ` ${wide(j.case.unit.uscc.toLowerCase())}` });
	assert.deepEqual([a.json.matched, a.json.fields.map((f) => f.differs)], [true, [false, false]], a.body.toString());
	problem(await rekey(j, 'reviewer1', right(j)), 409, 'state');
	const b = await rekey(j, 'reviewer2', { unit_name: '𠮷' + [...name].slice(1).join(''), uscc: j.case.unit.uscc });
	assert.deepEqual([b.json.matched, b.json.tries_left, b.json.fields.map((f) => f.differs)], [false, 1, [true, false]]);
});

test('two tries: the first tells only which field, the second shows both, then it goes back', async () => {
	const j = await waiting();
	const c = await staff('reviewer1');
	const odd = { unit_name: j.case.unit.name, uscc: '91440101MA5TEST' + '000' };
	const empty = await rekey(j, 'reviewer1', { unit_name: '　', uscc: j.case.unit.uscc });
	problem(empty, 422, 'invalid');
	assert.deepEqual(faults(empty), ['#/unit_name missing']);
	assert.deepEqual(faults(await rekey(j, 'reviewer1', { ...right(j), person_name: '李䶮' })), ['#/person_name choice']);
	const first = (await rekey(j, 'reviewer1', odd)).json;
	assert.deepEqual([first.tries_left, first.fields[1]], [1, { name: 'uscc', label: '统一社会信用代码', differs: true, typed: null, stored: null }]);
	assert.equal((await c.want(200, 'GET', j.desk)).json.blind, true);
	problem(await c.post(`${j.desk}/approve`, undefined, { match: j.case.version, key: key() }), 409, 'state');
	const second = (await rekey(j, 'reviewer1', odd)).json;
	assert.deepEqual([second.tries_left, second.fields[1].typed, second.fields[1].stored, second.fields[0].stored], [0, odd.uscc, j.case.unit.uscc, null]);
	problem(await rekey(j, 'reviewer1', right(j)), 409, 'state');
	problem(await c.post(`${j.desk}/approve`, undefined, { match: j.case.version, key: key() }), 409, 'state');
	assert.equal(await db.one(`SELECT COUNT(*) FROM rekey WHERE typed_sealed LIKE '%${odd.uscc}%'`), '0', 'kept sealed');
	assert.equal(await db.one(`SELECT GROUP_CONCAT(CONCAT(attempt,wrong,matched) ORDER BY attempt) FROM rekey r JOIN application a ON a.id=r.application_id WHERE a.no='${j.no}'`), '1uscc0,2uscc0');
	await j.approve('reviewer2');
});

test('ten tries at once: two count', async () => {
	const j = await waiting();
	const wrong = { ...right(j), unit_name: '另一家公司' };
	const got = await Promise.all(Array.from({ length: 10 }, () => rekey(j, 'reviewer1', wrong)));
	assert.deepEqual(got.map((a) => a.status).sort(), [200, 200, ...Array(8).fill(409)]);
});

test('not by who reviewed first', async () => {
	const j = await Journey.draft();
	j.reviewer = 'reviewer1';
	await j.fill(); await j.print(); await j.upload(); await j.submit(); await j.claim(); await j.pass(); await j.accept(); await j.originals(); await j.money();
	await j.become('second_review');
	problem(await rekey(j, 'reviewer1', right(j)), 403, 'two_persons');
	assert.equal((await (await staff('reviewer1')).want(200, 'GET', `${j.desk}/rekey`)).json.asked, false);
	assert.equal((await (await staff('reviewer1')).want(200, 'GET', j.desk)).json.unit.name, j.case.unit.name);
	problem(await (await staff('clerk1')).get(`${j.desk}/rekey`), 403, 'forbidden');
	await j.approve('reviewer2');
});

test('back to the applicant by field: the form is made anew, everything is looked at again, and it is typed again', async () => {
	const j = await waiting();
	const c = await staff('reviewer1');
	await rekey(j, 'reviewer1', { ...right(j), unit_name: '证照上的另一名称有限公司' });
	const bad = await c.post(`${j.desk}/back`, { to: 'applicant', fields: ['person_name'], reason: 'licence_name' }, { match: j.case.version, key: key() });
	problem(bad, 422, 'invalid');
	assert.deepEqual(faults(bad).sort(), ['#/fields/0 choice', '#/reason choice']);
	const a = await c.want(200, 'POST', `${j.desk}/back`, { to: 'applicant', fields: ['unit_name'], reason: 'form_differs', note: '证照上是“𠮷”，不是“吉”' }, { match: j.case.version, key: key() });
	assert.equal(a.json.state, 'returned');
	await j.become('returned');
	const item = j.case.corrections.items[0];
	assert.deepEqual([j.case.corrections.items.length, item.material, item.reasons[0].code], [1, 'm1', 'form_differs']);
	assert.match(item.note, /单位名称.*𠮷/);
	assert.equal(j.case.gates.find((g) => g.name === 'originals').closed_at, null, 'the paper is asked for again');
	assert.ok(j.case.gates.find((g) => g.name === 'money').closed_at);
	assert.equal(j.case.due, null);
	await j.change({ unit: { name: '广州𠮷䶮改正（集团）有限公司' } });
	await j.owner.want(201, 'POST', `${j.url}/form`, undefined, { key: key(), match: j.case.version });
	await j.putForm('新申请表');
	await j.submit();
	await j.claim(); await j.pass(); await j.accept();
	await j.become('accepted');
	await j.act('desk1', 'originals', { items: [{ material: 'm1', copies: 2 }] });
	await j.become('second_review');
	assert.ok(j.case.due);
	assert.equal((await c.want(200, 'GET', `${j.desk}/rekey`)).json.tries_left, 2, 'other data, other tries');
	await j.approve('reviewer1');
});

test('back to the first review, with a note; what was typed rightly counts while the data stay', async () => {
	const owner = await applicant();
	const whose = subject('org', owner.phone);
	const w = await Walk.begin({ service: 'reissue', holder: 'org', channel: 'post', owner, subject: whose, old: bring([certificate(whose)]) });
	await w.fill(); await w.handIn(); await w.accepted(); await w.closeGates();
	await w.become('second_review');
	assert.equal((await w.rekey('reviewer1')).matched, true);
	const c = await staff('reviewer1');
	const a = await c.want(200, 'POST', `${w.desk}/back`, { to: 'first', reason: 'licence_address', note: '住所请再看一遍' }, { match: w.case.version, key: key() });
	assert.deepEqual([a.json.state, a.json.claim], ['submitted', null]);
	const notes = (await (await staff('clerk1')).want(200, 'GET', `${w.desk}/notes`)).json.items;
	assert.match(notes[0].text, /地址与填报不一致。住所请再看一遍/);
	assert.equal(w.case.unit.name, whose.unit.name);
	await w.accepted();
	await w.become('second_review');
	await w.look();
	await c.want(200, 'POST', `${w.desk}/approve`, undefined, { match: w.case.version, key: key() });
	await w.become('approved');
});

test('the table refuses a third try, and the statement an approval without a match', async () => {
	const j = await waiting();
	await j.rekey('reviewer1');
	const [app, who] = (await db.run(`SELECT application_id, staff_id FROM rekey ORDER BY id DESC LIMIT 1`))[0];
	const row = (attempt, matched, wrong, typed) => db.run(`INSERT INTO rekey (application_id, staff_id, data_hash, attempt, matched, wrong, typed_sealed, at) VALUES (${app}, ${who}, REPEAT('x',32), ${attempt}, ${matched}, '${wrong}', ${typed}, 1)`);
	await assert.rejects(row(3, 1, '', 'NULL'), /rekey_tries/);
	await assert.rejects(row(1, 1, 'uscc', 'NULL'), /rekey_result/);
	await assert.rejects(row(1, 0, '', `'x'`), /rekey_result/);
	/* the same person, other data: what he typed no longer holds */
	sql(`UPDATE rekey SET data_hash=REPEAT('y',32) WHERE application_id=${app}`);
	await j.look();
	problem(await (await staff('reviewer1')).post(`${j.desk}/approve`, undefined, { match: j.case.version, key: key() }), 409, 'state');
	await j.approve('reviewer2');
});
