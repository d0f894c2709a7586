'use strict';
/* Services on certificates that are there: what is refused, what is said about a better way, what is never said. */
const test = require('node:test');
const assert = require('node:assert/strict');
const tus = require('../lib/tus');
const data = require('../lib/data');
const files = require('../lib/files');
const { Client, key } = require('../lib/client');
const { applicant, catalog } = require('../lib/journey');
const { Walk, everybody } = require('../lib/walk');
const { subject, certificate, bring, status } = require('../lib/certificates');
const { several } = require('../lib/dual');
const { staff } = require('../lib/staff');

/* A case about one certificate of its own applicant.  more: of the certificate. */
async function about(service, holder, channel, more = {}, options = {}) {
	const owner = options.owner || await applicant();
	const whose = options.subject || subject(holder, owner.phone);
	const old = options.old || bring([certificate(whose, more)]);
	return Walk.begin({ service, holder, channel, owner, subject: whose, old, ...options });
}

const check = async (w) => (await w.owner.want(200, 'GET', `${w.url}/check`)).json;
const faultsOf = async (w) => Object.fromEntries((await check(w)).errors.filter((e) => /items|unit|person|id_type/.test(e.pointer)).map((e) => [e.pointer, e]));

test('renewal: too early names the day, expired online leads to paper', async () => {
	const early = await about('renew', 'org', 'online', { not_after: data.today(91) });
	await early.fill();
	let f = (await faultsOf(early))['#/items/0/old_serial'];
	assert.equal(f.code, 'too_early');
	const [y, m, d] = data.today(1).split('-').map(Number);
	assert.ok(f.detail.includes(`${y}年${m}月${d}日`), f.detail);
	const a = await early.owner.want(422, 'POST', `${early.url}/submit`, undefined, { key: key() });
	assert.ok(a.json.errors.some((e) => e.code === 'too_early'));
	const first = await about('renew', 'org', 'online', { not_after: data.today(90) });
	await first.fill();
	assert.deepEqual(await faultsOf(first), {});
	const last = await about('renew', 'ind', 'online', { not_after: data.today() });
	await last.fill();
	assert.deepEqual(await faultsOf(last), {}, 'the last day is still in time');
	const late = await about('renew', 'rep', 'online', { not_after: data.today(-1) });
	await late.fill();
	f = (await faultsOf(late))['#/items/0/old_serial'];
	assert.equal(f.code, 'expired_offline');
	assert.match(f.detail, /邮寄|前台/);
	late.keep(await late.owner.want(200, 'POST', `${late.url}/switch`, { service: 'renew', holder: 'rep', channel: 'post' }, { key: key(), match: late.case.version }));
	assert.equal(late.case.channel, 'post');
	assert.equal(late.case.unit.name, late.subject.unit.name);
	assert.equal((await faultsOf(late))['#/items/0/old_serial'], undefined);
	const gone = await about('unlock', 'org', 'post', { not_after: data.today(-1) });
	await gone.fill();
	assert.equal((await faultsOf(gone))['#/items/0/old_serial'].code, 'expired');
});

test('a certificate of another, none at all, one that has ended, the same one twice', async () => {
	const w = await about('change', 'org', 'post');
	await w.fill();
	const mine = w.typed.items[0];
	const [foreign, person] = bring([certificate(subject('org', data.phone())), certificate(subject('ind', data.phone()))]);
	const said = new Set();
	for (const serial of [foreign.sign_serial, person.sign_serial, data.serial()]) {
		await w.change({ items: [{ ...mine, old_serial: serial }] });
		const f = (await faultsOf(w))['#/items/0/old_serial'];
		said.add(JSON.stringify([f.code, f.detail]));
	}
	assert.deepEqual([...said].map((x) => JSON.parse(x)[0]), ['not_found'], 'one answer, whoever it belongs to');
	assert.ok(!JSON.stringify(w.case).includes(foreign.unit_name), 'another unit is shown');
	for (const ended of ['revoked', 'superseded', 'suspended']) {
		const [c] = bring([certificate(w.subject, { status: ended })]);
		await w.change({ items: [{ ...mine, old_serial: c.sign_serial }] });
		assert.equal((await faultsOf(w))['#/items/0/old_serial'].code, 'status', ended);
	}
	await w.change({ items: [mine, mine] });
	assert.equal((await faultsOf(w))['#/items/1/old_serial'].code, 'repeated');
	const held = await about('reissue', 'org', 'post', { status: 'suspended' });
	await held.fill();
	assert.deepEqual(await faultsOf(held), {}, 'a suspended one is reissued');
});

test('one certificate is in one open case: of two at the same moment one wins', async () => {
	const owner = await applicant();
	const whose = subject('org', owner.phone);
	const old = bring([certificate(whose, { not_after: data.today(30) })]);
	const two = [];
	for (let i = 0; i < 2; i++) {
		const w = await about('renew', 'org', 'online', {}, { owner, subject: whose, old });
		await w.fill();
		two.push(w);
	}
	const answers = await Promise.all(two.map((w) => w.owner.post(`${w.url}/submit`, undefined, { key: key() })));
	assert.deepEqual(answers.map((a) => (a.status === 422 ? 409 : a.status)).sort(), [200, 409], answers.map((a) => a.body.toString()).join('\n').slice(0, 800));
	const loser = two[answers.findIndex((a) => a.status !== 200)], winner = two[answers.findIndex((a) => a.status === 200)];
	await loser.become('draft');
	assert.equal((await faultsOf(loser))['#/items/0/old_serial'].code, 'open_case');
	await winner.look();
	await winner.owner.want(200, 'POST', `${winner.url}/withdraw`, {}, { key: key() });
	await loser.submitted();
	assert.equal(loser.case.state, 'submitted', 'withdrawn: the way is free');
});

test('frozen: name, address, person and seal stay unless they are what changes', async () => {
	const w = await about('renew', 'org', 'post', { not_after: data.today(30) });
	await w.fill();
	await w.change({ unit: { name: '别的䶮名有限公司', address: '别的地址123号' }, items: [{ ...w.typed.items[0], seal_name: '合同专用章' }] });
	const f = await faultsOf(w);
	assert.deepEqual(Object.keys(f).sort(), ['#/items/0/seal_name', '#/unit/address', '#/unit/name']);
	for (const x of Object.values(f)) assert.equal(x.code, 'frozen');
	const c = await about('change', 'org', 'post', {}, { changes: ['address'] });
	await c.fill();
	await c.change({ unit: { name: '别的䶮名有限公司', address: '新地址456号' } });
	assert.deepEqual(Object.keys(await faultsOf(c)), ['#/unit/name'], 'only what is to change may differ');
	await c.change({ change: { items: ['address', 'name'] } });
	assert.deepEqual(await faultsOf(c), {});
	const p = await about('change', 'ind', 'post');
	await p.fill();
	await p.change({ person: { name: '诸葛𪚥' } });
	assert.equal((await faultsOf(p))['#/person/name'].code, 'frozen');
	await p.change({ change: { items: ['person_name', 'seal'] } });
	assert.deepEqual(await faultsOf(p), {});
	await p.change({ change: { items: ['address'] } });
	const choice = (await check(p)).errors.find((e) => e.pointer === '#/change/items/0');
	assert.equal(choice.code, 'choice', 'a person has no address in the certificate');
	const r = await about('reissue', 'org', 'post');
	await r.fill({ reason: 'dissolved' });
	assert.equal((await check(r)).errors.find((e) => e.pointer === '#/reason').code, 'choice');
});

test('a new name where the certificate carries no credit code: found by the name before', async () => {
	const owner = await applicant();
	const whose = subject('org', owner.phone);
	const old = bring([certificate(whose, { uscc: '' })]);
	const w = await about('change', 'org', 'post', {}, { owner, subject: whose, old, changes: ['name'] });
	await w.fill();
	const name = '广州𬭊光（新名）科技有限公司';
	await w.change({ unit: { name }, change: { before: `单位名称：${whose.unit.name.replace('（', '(').replace('）', ')')}；`, after: `单位名称：${name}` } });
	assert.deepEqual(await faultsOf(w), {});
	await w.change({ change: { before: '单位名称：广州别的䶮名有限公司' } });
	const f = (await faultsOf(w))['#/items/0/old_serial'];
	assert.equal(f.code, 'not_found');
	assert.match(f.detail, /变更前的单位名称.*前台/);
	await w.change({ change: { items: ['address'], before: whose.unit.name } });
	assert.equal((await faultsOf(w))['#/items/0/old_serial'].code, 'not_found', 'the name is not what changes');
	await w.change({ change: { items: ['name'], before: `单位名称：${whose.unit.name}` } });
	await w.handIn();
	await w.accepted();
	await w.closeGates();
	await w.decided();
	await w.finish(() => old[0].not_after);
	assert.deepEqual([w.case.state, (await status(old[0].sign_serial)).status], ['completed', 'revoked']);
});

test('the seal and the unit come from the register, where they were left empty', async () => {
	const w = await about('unlock', 'org', 'online');
	await w.change({ items: [{ old_serial: w.old[0].sign_serial.toLowerCase() }] });
	assert.deepEqual([w.case.items[0].seal_kind, w.case.items[0].seal_name, w.case.unit.name, w.case.unit.uscc], ['unit', w.subject.seal_name, w.subject.unit.name, w.subject.unit.uscc]);
	const stranger = await about('unlock', 'org', 'online', {}, { old: w.old });
	await stranger.change({ items: [{ old_serial: w.old[0].sign_serial }] });
	assert.ok(!stranger.case.unit.name && !stranger.case.items[0].seal_name, 'a serial number alone tells a stranger something');
});

test('add without a valid certificate: told of new, which keeps what was typed and uploaded', async () => {
	const owner = await applicant();
	const w = await Walk.begin({ service: 'add', holder: 'org', channel: 'online', owner, subject: subject('org', owner.phone) });
	await w.fill();
	assert.deepEqual(w.case.hints.map((h) => h.code), ['use_new']);
	await w.print();
	await w.put('m2', '营业执照.jpg', 'image/jpeg', files.jpeg());
	await w.look();
	const a = w.keep(await owner.want(200, 'POST', `${w.url}/switch`, { service: 'new', holder: 'org', channel: 'post' }, { key: key(), match: w.case.version }));
	assert.deepEqual([a.service, a.channel, a.state, a.form.current], ['new', 'post', 'draft', false]);
	for (const part of ['unit', 'agent']) for (const [k, v] of Object.entries(w.typed[part])) assert.equal(a[part][k], v, `${part}.${k} was lost`);
	assert.equal(a.materials.find((m) => m.code === 'm2').files.length, 1);
	assert.ok(!a.hints.some((h) => /use_/.test(h.code)));
	const no = await owner.want(422, 'POST', `${w.url}/switch`, { service: 'revoke', holder: 'org', channel: 'post' }, { key: key() });
	assert.equal(no.json.errors[0].code, 'counter_only');
	await w.look();
	assert.equal(w.case.service, 'new');
	/* submitted: no longer */
	Object.assign(w, { service: 'new', channel: 'post', route: await Walk.routeOf({ service: 'new', holder: 'org', channel: 'post' }) });
	await w.fill();
	await w.handIn();
	await owner.want(409, 'POST', `${w.url}/switch`, { service: 'new', holder: 'org', channel: 'counter' }, { key: key() });
});

test('new of a unit with a valid certificate: told of add; a second open case is told, too', async () => {
	const owner = await applicant();
	const whose = subject('org', owner.phone);
	bring([certificate(whose)]);
	const w = await Walk.begin({ service: 'new', holder: 'org', channel: 'post', owner, subject: whose });
	await w.fill();
	assert.deepEqual(w.case.hints.map((h) => h.code), ['use_add']);
	const again = await Walk.begin({ service: 'new', holder: 'org', channel: 'counter', owner, subject: whose });
	await again.fill();
	assert.deepEqual(again.case.hints.map((h) => h.code), ['use_add', 'open_case']);
	assert.ok(again.case.hints[1].text.includes(w.no));
	const other = await applicant();
	const foreign = await Walk.begin({ service: 'change', holder: 'org', channel: 'post', owner: other, subject: { ...whose, agent: { ...whose.agent, phone: other.phone } }, old: [certificate(whose)] });
	await foreign.fill();
	assert.ok(!JSON.stringify(foreign.case.hints).includes(w.no), 'the number of another\'s case is told');
});

test('unlock: whatever differs, the answer is the same, and people look at it', async () => {
	const plain = (w) => {
		const { no, reference, created_at, updated_at, agent, items, unit, closes_on, ...rest } = w.case;
		return JSON.stringify([no && reference && created_at && updated_at && agent && items && unit && closes_on && 1, rest]).replaceAll(no, 'NO');
	};
	const said = new Set();
	let last;
	for (const differs of [{ name: '欧阳䶮' }, { id_number: data.resident() }, { phone: data.phone() }]) {
		const w = last = await about('unlock', 'org', 'online');
		await w.fill();
		await w.change({ agent: differs });
		await w.submitted();
		assert.deepEqual([w.case.state, w.case.review], ['draft', 'manual']);
		said.add(plain(w).replaceAll(w.owner.phone, ''));
		assert.ok(w.case.hints.some((h) => h.code === 'manual'));
	}
	assert.equal(said.size, 1, [...said].join('\n'));
	/* typed right afterwards: people still look */
	await last.change({ agent: last.typed.agent });
	await last.handIn();
	assert.equal(last.case.state, 'submitted');
	await last.accepted();
	await last.look();
	assert.equal(last.case.state, 'installing');
	await last.finish();
	assert.equal(last.case.state, 'completed');
	assert.equal((await status(last.old[0].sign_serial)).status, 'valid');
});

test('unlock: three by machine in thirty days, the fourth by people; switching away lets the certificate go', async () => {
	const owner = await applicant();
	const whose = subject('ind', owner.phone);
	const old = bring([certificate(whose)]);
	let w;
	for (let i = 1; i <= 4; i++) {
		w = await about('unlock', 'ind', 'online', {}, { owner, subject: whose, old });
		await w.fill();
		await w.submitted();
		if (i < 4) {
			assert.equal(w.case.state, 'installing', `unlock ${i}`);
			await w.finish();
		}
	}
	assert.deepEqual([w.case.state, w.case.review], ['draft', 'manual']);
	w.keep(await owner.want(200, 'POST', `${w.url}/switch`, { service: 'new', holder: 'ind', channel: 'post' }, { key: key() }));
	assert.equal(w.case.review, null);
	const c = await about('change', 'ind', 'post', {}, { owner, subject: whose, old });
	await c.fill();
	assert.deepEqual(await faultsOf(c), {}, 'the certificate is still held');
});

test('the right token and nothing else; a signature with a valid certificate of the same unit', async () => {
	await everybody();
	const w = await about('change', 'org', 'post');
	await w.fill();
	await w.handIn();
	const wrong = await w.act('desk1', 'token', { serial: 'K00000000001' }, { status: 422 });
	assert.equal(wrong.json.errors[0].code, 'not_this_case');
	await w.look();
	assert.equal(w.gate('token').closed_at, null);
	await w.token();
	await w.look();
	assert.ok(w.gate('token').closed_at);
	await w.act('desk1', 'token', { serial: w.old[0].token_serial }, { status: 409 });
	await w.act('clerk1', 'signature', { serial: w.old[0].sign_serial }, { status: 409 });

	const owner = await applicant();
	const whose = subject('org', owner.phone);
	const [good, late, dead, foreign, namesake] = bring([certificate(whose), certificate(whose, { not_after: data.today(-1) }), certificate(whose, { status: 'revoked' }),
		certificate(subject('org', data.phone())), certificate({ ...whose, unit: { ...whose.unit, uscc: data.uscc() } })]);
	const add = await Walk.begin({ service: 'add', holder: 'org', channel: 'online', owner, subject: whose, signer: good });
	await add.fill();
	await add.handIn();
	for (const [c, code] of [[late, 'status'], [dead, 'status'], [foreign, 'other_name'], [namesake, 'other_name'], [{ sign_serial: data.serial() }, 'not_found']]) {
		const a = await add.act('clerk1', 'signature', { serial: c.sign_serial }, { status: 422 });
		assert.equal(a.json.errors[0].code, code);
	}
	await add.look();
	assert.equal(add.gate('signature').closed_at, null);
	await add.signature();
	await add.look();
	assert.ok(add.gate('signature').closed_at);
	await add.act('desk1', 'token', { serial: 'K00000000001' }, { status: 409 });
});

test('other papers than the identity card: at the counter only', async () => {
	const cat = await catalog();
	for (const type of cat.id_types.filter((t) => t.counter_only)) {
		const w = await about('change', 'org', 'post');
		await w.fill();
		await w.change({ agent: { id_type: type.code, ...(/residence$/.test(type.code) && type.code.startsWith('hmt') ? {} : { id_number: 'H1234567' }) } });
		const f = (await faultsOf(w))['#/agent/id_type'];
		assert.equal(f.code, 'counter_only', type.code);
		assert.match(f.detail, /前台/);
		w.keep(await w.owner.want(200, 'POST', `${w.url}/switch`, { service: 'change', holder: 'org', channel: 'counter' }, { key: key() }));
		assert.equal((await faultsOf(w))['#/agent/id_type'], undefined, type.code);
		if (type.code === 'passport') break; /* one of each check is enough */
	}
});

/* --- at the counter --- */

async function walkin(c, service, holder) {
	const phone = data.phone();
	const before = new Map(c.jar);
	const a = await c.want(201, 'POST', '/api/staff/walkins', { service, holder, phone }, { key: key() });
	const visitor = new Client();
	visitor.jar = new Map([...c.jar].filter(([k]) => !before.has(k) || before.get(k) !== c.jar.get(k)));
	c.jar = before;
	assert.equal(visitor.jar.size, 1, 'one cookie for the visitor');
	visitor.csrf = (await visitor.want(200, 'GET', '/api/session')).json.csrf;
	visitor.phone = phone;
	return { visitor, phone, ...a.json };
}

test('a walk-in: its session sees its case and no other, and who opened it does not approve it', async () => {
	await everybody();
	const own = await applicant();
	const theirs = await Walk.begin({ service: 'new', holder: 'org', channel: 'post', owner: own, subject: subject('org', own.phone) });
	const both = await several('clerk', 'reviewer');
	const clerk = await walkin(both, 'new', 'org');
	const v = clerk.visitor;
	assert.equal((await v.want(200, 'GET', `/api/applications/${clerk.no}`)).json.channel, 'counter');
	for (const [method, where, body] of [['GET', '/api/applications'], ['POST', '/api/applications', { service: 'new', holder: 'org', channel: 'post' }], ['GET', '/api/certificates'],
		['POST', '/api/certificates/find', { serial: data.serial(), uscc: data.uscc() }]]) {
		assert.equal((await v.request(method, where, { json: body, key: method === 'POST' ? key() : undefined, loose: true })).status, 403, `${method} ${where}`);
	}
	await v.want(404, 'GET', theirs.url);
	const same = await applicant(clerk.phone); /* the account itself has another case */
	const other = (await same.want(201, 'POST', '/api/applications', { service: 'new', holder: 'ind', channel: 'post' }, { key: key() })).json;
	await v.want(404, 'GET', `/api/applications/${other.no}`);
	await tus.upload(same, other.no, 'm5', '身份证.png', 'image/png', files.png());
	const [file] = (await same.want(200, 'GET', `/api/applications/${other.no}/attachments`)).json;
	await same.want(200, 'GET', `/api/attachments/${file.id}`);
	const bytes = files.png();
	const started = tus.place(await tus.create(same, bytes.length, { application: other.no, material: 'm5', filename: '身份证𠮷.png', filetype: 'image/png' }));
	for (const a of [await tus.head(v, started), await tus.patch(v, started, 0, bytes), await tus.remove(v, started)]) assert.equal(a.status, 404, `${a.method} of an upload of another case`);
	assert.equal((await tus.create(v, bytes.length, { application: other.no, material: 'm5', filename: 'a.png', filetype: 'image/png' })).status, 404);
	assert.equal((await tus.patch(same, started, 0, bytes)).status, 204, 'the owner goes on');
	await v.want(404, 'GET', `/api/attachments/${file.id}`);
	assert.equal((await v.request('DELETE', `/api/attachments/${file.id}`, {})).status, 404);
	assert.equal((await same.want(200, 'GET', '/api/applications')).json.items.length, 2, 'the owner sees both');

	const w = new Walk(v);
	const whose = subject('org', clerk.phone);
	Object.assign(w, { service: 'new', holder: 'org', channel: 'counter', subject: whose, years: 1, count: 1, no: clerk.no, route: await Walk.routeOf({ service: 'new', holder: 'org', channel: 'counter' }) });
	Walk.counter = (await v.want(200, 'GET', '/api/branches')).json.items[0].code;
	await w.fill();
	await w.handIn();
	await w.accepted();
	await w.closeGates();
	assert.equal(w.case.state, 'second_review');
	/* somebody of both roles: may approve what others opened, not what he opened */
	assert.equal((await both.post(`${w.desk}/approve`, undefined, { match: w.case.version, key: key() })).json.code, 'two_persons');
	await w.decided();
	assert.equal(w.case.state, 'approved');

	for (const user of ['reviewer1', 'producer1', 'finance1', 'auditor1']) {
		await (await staff(user)).want(403, 'POST', '/api/staff/walkins', { service: 'new', holder: 'org', phone: data.phone() }, { key: key() });
	}
	const bad = await (await staff('desk1')).want(422, 'POST', '/api/staff/walkins', { service: 'add', holder: 'org', phone: data.phone() }, { key: key() });
	assert.equal(bad.json.errors[0].code, 'online_only');
});

test('revocation: at the counter, the token or a statement, and the reason goes into the register', async () => {
	const cat = await catalog();
	for (const reason of cat.causes.filter((c) => c.services.includes('revoke')).map((c) => c.code)) {
		const w = await about('revoke', 'org', 'counter', {}, { reason });
		await w.fill();
		const codes = w.case.materials.map((m) => m.code);
		assert.equal(codes.includes('m7'), reason !== 'lost', reason);
		assert.equal(codes.includes('m8'), reason === 'lost', reason);
		assert.equal(codes.includes('m9'), reason === 'dissolved', reason);
		assert.equal(codes.includes('m2'), reason !== 'dissolved', reason);
	}
});

test('only the case that suspended a certificate wakes it again', async () => {
	const withdraw = async (w) => w.owner.want(200, 'POST', `${w.url}/withdraw`, { reason: '不办了' }, { key: key(), match: w.case.version });
	const held = await about('reissue', 'org', 'post', { status: 'suspended' });
	await held.fill();
	const stranger = await about('reissue', 'org', 'post', {}, { old: held.old });
	await stranger.fill();
	await withdraw(stranger);
	assert.equal((await status(held.old[0].sign_serial)).status, 'suspended', 'a stranger\'s draft');
	await held.handIn();
	await held.accepted();
	await held.look();
	await withdraw(held);
	assert.equal((await status(held.old[0].sign_serial)).status, 'suspended', 'it was so before the case');
	const own = await about('reissue', 'org', 'post');
	await own.fill();
	await own.handIn();
	await own.accepted();
	assert.equal((await status(own.old[0].sign_serial)).status, 'suspended');
	await own.look();
	await withdraw(own);
	assert.equal((await status(own.old[0].sign_serial)).status, 'valid');
});
