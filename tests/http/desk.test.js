'use strict';
/* The case desk: who holds a case, taking it over, places marked on pages, the notice as it will be read, what changed
 * between rounds, earlier business of the same subject, and notes that stay inside.  One case walks through all of it. */
const test = require('node:test');
const assert = require('node:assert/strict');
const data = require('../lib/data');
const files = require('../lib/files');
const spool = require('../lib/spool');
const { key } = require('../lib/client');
const { Journey, applicant, catalog } = require('../lib/journey');
const { Walk } = require('../lib/walk');
const { subject, certificate, bring } = require('../lib/certificates');
const { staff } = require('../lib/staff');
const { sql } = require('../lib/sql');

let j;
const see = async (j, user = 'clerk1') => (await (await staff(user)).want(200, 'GET', j.desk)).json;
const post = async (j, user, what, body, version) => (await staff(user)).post(`${j.desk}/${what}`, body, { match: version || (await see(j, user)).version, key: key() });
const take = (j, user, reason = '同事请假，今天到期', version) => post(j, user, 'take-over', { reason }, version);

test.before(async () => {
	j = await Journey.to('submitted');
});

test('ten try to take it over or claim it at once: one wins each time', async () => {
	const two = [await staff('clerk1'), await staff('clerk2'), await staff('reviewer1')];
	const free = await see(j);
	const claims = await Promise.all(Array.from({ length: 9 }, (_, i) => two[i % 3].post(`${j.desk}/claim`, undefined, { match: free.version, key: key() })));
	assert.equal(claims.filter((a) => a.status === 200).length, 1, claims.map((a) => a.status).join());
	const now = await see(j), rest = ['clerk1', 'clerk2', 'reviewer1'].filter((u) => u !== now.claim.by);
	const takes = await Promise.all(Array.from({ length: 10 }, async (_, i) => (await staff(rest[i % 2])).post(`${j.desk}/take-over`, { reason: '两人同时接手' }, { match: now.version, key: key() })));
	assert.equal(takes.filter((a) => a.status === 200).length, 1, takes.map((a) => a.status).join());
	for (const a of takes.filter((x) => x.status !== 200)) assert.ok([409, 412].includes(a.status), a.status);
	await j.act((await see(j)).claim.by, 'release', { reason: '放回' });
});

test('held: others read who, since when, until when; nobody else writes', async () => {
	await j.claim();
	const c = await see(j, 'clerk2');
	assert.deepEqual([c.claim.by, c.claim.mine, c.claim.from, c.claim.reason], ['clerk1', false, null, null]);
	assert.ok(c.claim.since && c.claim.since <= c.claim.until);
	for (const [what, body] of [['verdicts', { items: [{ material: 'm1', verdict: 'pass' }] }], ['return', {}], ['notice', {}], ['accept', undefined], ['heartbeat', undefined], ['release', { reason: '换人办理' }]]) {
		const a = await post(j, 'clerk2', what, body);
		assert.deepEqual([a.status, a.json.code], [409, 'not_claimed'], what);
		assert.match(a.json.detail, new RegExp(c.claim.name), what);
	}
	const before = (await see(j)).claim.since;
	await j.act('clerk1', 'claim');
	assert.equal((await see(j)).claim.since, before, 'claiming again what one holds does not make it new');
});

test('taken over with a reason: who held it is told, what he had saved stays, his next write is refused', async () => {
	await j.verdicts([{ material: 'm3', verdict: 'pass' }]);
	const held = await see(j);
	assert.equal((await take(j, 'clerk2', '')).status, 422, 'without a reason');
	assert.equal((await take(j, 'clerk1')).status, 409, 'from oneself');
	const other = await staff('desk1');
	assert.equal((await other.post(`${j.desk}/take-over`, { reason: '我来办' }, { match: held.version, key: key() })).status, 403);
	assert.equal((await take(j, 'clerk2', '同事请假', held.version - 1)).status, 412, 'a case that has moved on');
	const a = await take(j, 'clerk2', '同事请假，今天到期𠮷');
	assert.equal(a.status, 200);
	assert.equal(a.json.claim.mine, true);
	assert.equal(a.json.state, 'reviewing');
	assert.equal(a.json.verdicts.find((v) => v.material === 'm3').verdict, 'pass', 'what was saved is lost');
	const beat = await post(j, 'clerk1', 'heartbeat');
	assert.equal(beat.status, 409);
	const told = (await see(j)).claim;
	assert.deepEqual([told.by, told.from, told.reason, told.mine], ['clerk2', 'clerk1', '同事请假，今天到期𠮷', false]);
	assert.equal((await post(j, 'clerk1', 'verdicts', { items: [{ material: 'm1', verdict: 'pass' }] })).json.code, 'not_claimed');
	const book = sql(`SELECT HEX(detail) FROM audit WHERE object='${j.no}' AND action='take_over' ORDER BY seq DESC LIMIT 1`);
	assert.equal(Buffer.from(book, 'hex').toString('utf8'), '同事请假，今天到期𠮷');
	assert.equal(sql(`SELECT GROUP_CONCAT(c.kind ORDER BY c.id) FROM claim c JOIN application a ON a.id=c.application_id WHERE a.no='${j.no}'`), 'claim,take,release,claim,take');
	await j.act('clerk2', 'release', { reason: '还给同事' });
	assert.equal((await see(j)).claim, null);
	assert.match((await take(j, 'clerk2')).json.detail, /没有人在办理/);
});

test('a place lies within a page of a file that counts; verdicts are whole', async () => {
	await j.claim();
	const of = (code) => j.case.materials.find((m) => m.code === code).files[0];
	const good = { file: of('m2').id, page: 1, x: 0, y: 0, w: 10000, h: 10000 };
	const judge = (verdict) => post(j, 'clerk1', 'verdicts', { items: [verdict] });
	const fail = (area) => judge({ material: 'm2', verdict: 'fail', reasons: ['licence_no_stamp'], areas: [area] });
	const bad = [
		['/items/0/areas/0/file', { file: of('m1').id }], ['/items/0/areas/0/file', { file: 'f'.repeat(32) }], ['/items/0/areas/0/page', { page: 2 }],
		['/items/0/areas/0/w', { x: 1 }], ['/items/0/areas/0/h', { y: 1 }], ['/items/0/areas/0/w', { w: 49 }], ['/items/0/areas/0/h', { h: 0 }], ['/items/0/areas/0/x', { x: -1 }], ['/items/0/areas/0/w', { w: 10001 }],
	];
	for (const [pointer, change] of bad) {
		const a = await fail({ ...good, ...change });
		assert.equal(a.status, 422, JSON.stringify(change));
		assert.ok(a.json.errors.some((e) => e.pointer.endsWith(pointer)), `${pointer}: ${JSON.stringify(a.json.errors)}`);
	}
	assert.equal((await fail(good)).status, 200, 'the whole page');
	for (const [what, verdict] of [['no reason', { verdict: 'fail', reasons: [] }], ['a reason of another paper', { verdict: 'fail', reasons: ['seal_broken'] }], ['other, unsaid', { verdict: 'fail', reasons: ['other'] }], ['waived, unsaid', { verdict: 'waive' }], ['passed with a place', { verdict: 'pass', areas: [good] }]])
		assert.equal((await judge({ material: 'm2', ...verdict })).status, 422, what);
	assert.equal((await judge({ material: 'm5', verdict: 'pass' })).status, 422, 'no such paper here');
});

test('a correction: not before all is judged; the notice is what will be read; the difference is shown', async (t) => {
	const reason = (await catalog()).reasons.find((r) => r.code === 'licence_address');
	const file = j.case.materials.find((m) => m.code === 'm2').files[0].id;
	const area = { file, page: 1, x: 1200, y: 3400, w: 2500, h: 600 };
	let notice;

	await t.test('refused while one is open, and while none has failed', async () => {
		await j.act('clerk1', 'release', { reason: '重新开始' });
		sql(`DELETE v FROM verdict v JOIN application a ON a.id=v.application_id WHERE a.no='${j.no}'`);
		await j.claim();
		const bad = [{ material: 'm2', verdict: 'fail', reasons: [reason.code], note: '住所与执照“䶮”字不同', areas: [area] }, { material: 'm1', verdict: 'fail', reasons: ['form_version'] }];
		await j.verdicts(bad);
		for (const what of ['return', 'notice', 'accept']) {
			const a = await post(j, 'clerk1', what, what === 'accept' ? undefined : {});
			assert.deepEqual([a.status, a.json.code], [409, 'state'], what);
			assert.match(a.json.detail, /还有\d项未判/, what);
		}
		await j.pass();
		assert.match((await post(j, 'clerk1', 'return', {})).json.detail, /没有不合格/);
		await j.verdicts(bad);
	});
	await t.test('the preview changes nothing and is, word for word, what the applicant then reads', async () => {
		const before = await see(j);
		const a = await post(j, 'clerk1', 'notice', { note: '请一次改好𠮷', days: 7 });
		assert.equal(a.status, 200);
		notice = a.json;
		const after = await see(j);
		assert.deepEqual([after.version, after.state, after.round], [before.version, 'reviewing', 0]);
		await j.look();
		assert.equal(j.case.corrections, null, 'the applicant reads it before it was sent');
		assert.ok(!JSON.stringify(j.case.materials).includes(reason.code));
		const at = spool.now();
		await j.act('clerk1', 'return', { note: '请一次改好𠮷', days: 7 });
		await j.become('returned');
		assert.deepEqual(j.case.corrections, notice.corrections);
		assert.deepEqual(notice.corrections.items.map((i) => i.material), ['m1', 'm2']);
		assert.deepEqual(notice.corrections.items[1].areas, [area]);
		assert.equal(notice.corrections.note, '请一次改好𠮷');
		assert.ok(notice.passed.length >= 1);
		await spool.wait(j.owner.phone, at, (m) => m.text === notice.message || m.text.endsWith(notice.message));
	});
	await t.test('the picture of the marked page is the applicant\'s to see; the old file stays', async () => {
		assert.equal((await j.owner.get(`/api/attachments/${file}/pages/1`)).status, 200);
		const a = await j.owner.request('DELETE', `/api/attachments/${file}`, { key: key() });
		assert.equal(a.status, 409, 'a file that was judged is taken away');
	});
	await t.test('fields and files that changed, masked; nothing else', async () => {
		await j.change({ unit: { address: '广州市越秀区䶮山路9号' }, agent: { phone: '13900001234' }, delivery: { ...j.typed.delivery, address: '新收件地址𠮷座8号' } });
		await j.owner.want(201, 'POST', `${j.url}/form`, undefined, { key: key(), match: j.case.version });
		await j.putForm('申请表第二版');
		await j.put('m2', '营业执照（新）.png', 'image/png', files.png());
		await j.submit();
		const d = (await (await staff('clerk1')).want(200, 'GET', `${j.desk}/rounds`)).json.items;
		assert.equal(d.length, 1);
		assert.equal(d[0].round, 1);
		const changed = Object.fromEntries(d[0].fields.map((f) => [f.pointer, f]));
		assert.deepEqual(Object.keys(changed).sort(), ['/agent/phone', '/delivery/address', '/unit/address']);
		assert.deepEqual([changed['/unit/address'].before, changed['/unit/address'].after, changed['/unit/address'].label], [j.typed.unit.address, '广州市越秀区䶮山路9号', '单位法定地址']);
		assert.equal(changed['/agent/phone'].after, '139****1234');
		assert.doesNotMatch(JSON.stringify(d), /13900001234|新收件地址/);
		assert.deepEqual(d[0].files.map((f) => [f.material, f.added.length, f.earlier.length]), [['m1', 1, 1], ['m2', 1, 1]]);
		assert.equal(d[0].files[1].earlier[0].id, file);
		assert.ok(Buffer.from(sql(`SELECT HEX(r.data_sealed) FROM case_round r JOIN application a ON a.id=r.application_id WHERE a.no='${j.no}'`), 'hex').indexOf('䶮') < 0, 'kept in the clear');
	});
	await t.test('who holds it in the next round sees the old file too', async () => {
		await j.claim();
		assert.equal((await (await staff('clerk1')).get(`/api/staff/attachments/${file}/pages/1`)).status, 200);
		assert.equal((await (await staff('clerk1')).get(`${j.desk}/rounds`)).json.items.length, 1);
		const old = await post(j, 'clerk1', 'verdicts', { items: [{ material: 'm2', verdict: 'fail', reasons: [reason.code], areas: [area] }] });
		assert.equal(old.status, 422, 'a place on a file of before');
	});
});

test('notes stay inside, sealed, recorded; paged by id', async () => {
	const clerk = await staff('clerk1'), url = `${j.desk}/notes`;
	const words = ['电话核实过：𠮷先生本人接听', '第二条', '第三条\n两行'];
	const version = (await see(j)).version;
	for (const text of words) {
		const a = await clerk.want(201, 'POST', url, { text }, { key: key() });
		assert.equal(a.json.text, text);
	}
	const again = key();
	for (let i = 0; i < 2; i++) await clerk.want(201, 'POST', url, { text: '只写一次' }, { key: again });
	for (const text of ['', ' ', '字'.repeat(1001)]) assert.equal((await clerk.post(url, { text }, { key: key() })).status, 422);
	assert.equal((await clerk.post(url, { text: '字'.repeat(1000) }, { key: key() })).status, 201);
	const c = await see(j, 'finance1');
	assert.deepEqual([c.note_count, c.version], [5, version]);
	const other = await staff('finance1');
	const one = (await other.want(200, 'GET', `${url}?limit=3`)).json;
	assert.deepEqual(one.items.map((n) => [n.text.length, n.mine]), [[1000, false], [4, false], [words[2].length, false]]);
	const two = (await other.want(200, 'GET', `${url}?limit=3&after=${one.next}`)).json;
	assert.deepEqual([two.items.map((n) => n.text), two.next], [[words[1], words[0]], null]);
	assert.equal((await (await staff('auditor1')).post(url, { text: '审计只读' }, { key: key() })).status, 403);
	assert.match(sql(`SELECT GROUP_CONCAT(DISTINCT action) FROM audit WHERE object='${j.no}' AND action LIKE 'note%'`), /note_add.*note_view/);
	const kept = Buffer.from(sql(`SELECT GROUP_CONCAT(HEX(text_sealed) SEPARATOR '') FROM case_note n JOIN application a ON a.id=n.application_id WHERE a.no='${j.no}'`), 'hex');
	assert.ok(kept.length > 100 && kept.indexOf('先生') < 0);
	for (const where of ['', '/events', '/attachments', '/payment', '/status']) {
		const a = await j.owner.get(j.url + where);
		assert.ok(!/电话核实|note_count|第二条/.test(a.body.toString('utf8')), `the applicant reads it at ${where}`);
	}
	assert.equal((await j.owner.request('GET', url, { loose: true })).status, 401);
});

test('earlier business of the same unit or person, and of nobody else; paged', async () => {
	const clerk = await staff('clerk1');
	const list = async (no, q = '') => (await clerk.want(200, 'GET', `/api/staff/applications/${no}/earlier${q}`)).json;
	const submitted = (...cases) => sql(`UPDATE application SET submitted_at=1 WHERE no IN (${cases.map((k) => `'${k.no}'`).join()})`);
	const person = async (whose) => {
		const w = await Walk.begin({ service: 'new', holder: 'ind', channel: 'counter', owner: await applicant(), subject: whose });
		await w.fill();
		return w;
	};
	const whose = subject('ind', data.phone()), other = subject('ind', data.phone());
	const cases = [await person(whose), await person(whose), await person({ ...other, seal_name: whose.seal_name, person: { ...other.person, name: whose.person.name } })];
	submitted(...cases);
	const items = (await list(cases[1].no)).items;
	assert.deepEqual(items.map((r) => r.no), [cases[0].no], 'his other case, and not the namesake\'s');
	assert.match(items[0].subject, /\*/);
	assert.ok(!JSON.stringify(items).includes(whose.person.id_number));

	const more = [];
	for (let i = 0; i < 3; i++) {
		const k = await Journey.draft({ owner: j.owner });
		await k.fill({ unit: j.typed.unit });
		more.unshift(k);
	}
	assert.deepEqual((await list(j.no)).items, [], 'drafts are nobody\'s business yet');
	submitted(...more);
	const one = await list(j.no, '?limit=2');
	assert.equal(one.items.length, 2);
	const two = await list(j.no, `?limit=2&after=${one.next}`);
	assert.deepEqual([...one.items, ...two.items].map((r) => r.no), more.map((k) => k.no));
	const plan = sql(`EXPLAIN SELECT a.id FROM application a WHERE a.uscc='${j.typed.unit.uscc}' AND a.id<99999999 AND a.id<>1 AND a.submitted_at IS NOT NULL ORDER BY a.id DESC LIMIT 10`);
	assert.match(plan, /application_uscc/);
	const mine = certificate({ ...subject('org', data.phone()), unit: j.typed.unit });
	bring([mine]);
	const certificates = (await clerk.want(200, 'GET', `${j.desk}/certificates`)).json;
	assert.deepEqual(certificates.items.map((r) => r.sign_serial), [mine.sign_serial]);
});
