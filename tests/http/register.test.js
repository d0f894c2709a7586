'use strict';
/* The register of certificates: imports that are all or nothing, what its owner sees, who can name one, what staff find. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const env = require('../lib/env');
const data = require('../lib/data');
const { applicant, catalog, Journey } = require('../lib/journey');
const { staff } = require('../lib/staff');
const { Walk } = require('../lib/walk');
const { subject, certificate, bring: bringRows } = require('../lib/certificates');

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'register-'));
test.after(() => fs.rmSync(dir, { recursive: true }));

const COLUMNS = ['holder', 'unit_name', 'uscc', 'unit_address', 'person_name', 'id_number', 'sign_serial', 'enc_serial', 'not_before', 'not_after', 'status',
	'token_serial', 'seal_kind', 'seal_name', 'agent_name', 'agent_id_number', 'agent_phone'];
const cell = (v) => (/[",\n]/.test(v || '') ? `"${v.replace(/"/g, '""')}"` : v || '');
const csv = (rows) => '\ufeff' + [COLUMNS.join(','), ...rows.map((r) => COLUMNS.map((c) => cell(r[c])).join(','))].join('\r\n') + '\r\n';

function portalctl(...args) {
	const r = spawnSync(path.join(env.buildDir(), 'tools/portalctl'), args, { encoding: 'utf8', env: { ...process.env, ZHENGYIN_CONF: path.join(env.varDir, 'portal.conf') } });
	return { status: r.status, out: r.stdout, err: r.stderr };
}
function bring(name, text) {
	const file = path.join(dir, name);
	fs.writeFileSync(file, text);
	return portalctl('certificate', 'import', file);
}

const phone = data.phone();
function org(more = {}) {
	const name = data.unitName();
	return {
		holder: 'org', unit_name: name, uscc: data.uscc(), unit_address: '广东省广州市越秀区青龙坊䶮楼2层', sign_serial: data.serial(), enc_serial: data.serial(),
		not_before: data.today(-300), not_after: data.today(65), token_serial: 'K' + data.digits(11), seal_kind: 'unit', seal_name: name,
		agent_name: '赵𪚥', agent_id_number: data.resident(), agent_phone: phone, ...more,
	};
}
function ind(more = {}) {
	return {
		holder: 'ind', person_name: '买买提·吐尔逊', id_number: data.resident(), sign_serial: data.serial(), enc_serial: data.serial(), not_before: data.today(-300), not_after: data.today(400),
		seal_kind: 'name', seal_name: '买买提·吐尔逊', ...more,
	};
}
const unit = org();
const rep = { ...org({ holder: 'rep', person_name: '王𬭊', id_number: data.resident(), not_after: data.today(91), seal_kind: 'handwritten', seal_name: '王𬭊' }) };
const old = org({ not_before: data.today(-400), not_after: data.today(-1) });
const gone = org({ status: 'revoked' });
const held = org({ status: 'suspended' });
const person = ind();
const rows = [unit, rep, old, gone, held, person];

test('nothing is entered while one line is wrong; every line is named', () => {
	const r = bring('bad.csv', csv([unit, org({ uscc: '91350100M000100Y44' }), person, ind({ id_number: '110105194912310021' }), org({ sign_serial: unit.sign_serial })]));
	assert.equal(r.status, 1);
	assert.match(r.err, /bad\.csv:3: .*信用代码/);
	assert.match(r.err, /bad\.csv:5\/id_number: .*校验/);
	const twice = bring('twice.csv', csv([unit, org({ sign_serial: unit.sign_serial }), person]));
	assert.equal(twice.status, 1);
	assert.match(twice.err, /twice\.csv:3: .*重复/);
	const again = bring('good.csv', csv(rows));
	assert.equal(again.status, 0, again.err);
	assert.match(again.out, new RegExp(`${rows.length} certificates added, 0 known`));
});

test('the same file again changes nothing; another story about a known serial is refused', () => {
	const r = bring('good.csv', csv(rows));
	assert.equal(r.status, 0, r.err);
	assert.match(r.out, new RegExp(`0 certificates added, ${rows.length} known`));
	for (const lie of [{ not_after: data.today(900) }, { uscc: data.uscc() }, { unit_name: '别的𠮷厂有限公司' }, { enc_serial: data.serial() }]) {
		const bad = bring('lie.csv', csv([org(), { ...unit, ...lie }]));
		assert.equal(bad.status, 1);
		assert.match(bad.err, /lie\.csv:3: /);
	}
	assert.equal(portalctl('certificate', 'import', path.join(dir, 'nothing.csv')).status, 1);
	assert.equal(bring('empty.csv', '').status, 1);
});

/* What the catalogue offers today, of what would make sense. */
async function offered(holder, codes) {
	const cat = await catalog();
	const open = cat.services.filter((s) => s.routes.some((r) => r.holder === holder && r.open !== false)).map((s) => s.code);
	return codes.filter((c) => open.includes(c)).sort();
}

test('the agent sees his certificates, masked', async () => {
	const c = await applicant(phone);
	const list = (await c.want(200, 'GET', '/api/certificates')).json;
	const by = Object.fromEntries(list.items.map((i) => [i.id, i]));
	assert.equal(list.items.length, 5);
	assert.equal(list.next, null);
	assert.ok(!by[person.sign_serial], 'the other person\'s is not among them');
	const a = by[unit.sign_serial];
	assert.equal(a.holder_name, unit.unit_name);
	assert.equal(a.seal_name, unit.unit_name);
	assert.equal(a.days_left, 65);
	assert.deepEqual([a.status, a.renew.state, a.renew.opens_on], ['valid', 'open', data.today(65 - 90)]);
	assert.equal(a.token_serial, unit.token_serial.slice(0, -3).replace(/./g, '*') + unit.token_serial.slice(-3));
	assert.deepEqual([...a.services].sort(), await offered('org', ['add', 'renew', 'change', 'reissue', 'unlock', 'revoke']));
	const b = by[rep.sign_serial];
	assert.deepEqual([b.holder_name, b.seal_name, b.unit_name], ['王*', '王*', rep.unit_name]);
	assert.deepEqual([b.renew.state, b.renew.opens_on], ['early', data.today(1)]);
	assert.deepEqual([by[old.sign_serial].status, by[old.sign_serial].days_left, by[old.sign_serial].renew.state], ['expired', 0, 'expired']);
	assert.deepEqual(by[old.sign_serial].services, await offered('org', ['renew']));
	assert.deepEqual([by[gone.sign_serial].status, by[gone.sign_serial].renew.state, by[gone.sign_serial].services.length], ['revoked', 'no', 0]);
	assert.deepEqual([by[held.sign_serial].status, by[held.sign_serial].renew.state], ['suspended', 'no']);
	const text = JSON.stringify(list);
	for (const secret of [rep.person_name, rep.id_number, unit.agent_name, unit.agent_id_number, phone, unit.token_serial, unit.enc_serial]) assert.ok(!text.includes(secret), secret);
	/* page by page */
	const ids = [];
	for (let after = ''; after !== null;) {
		const page = (await c.want(200, 'GET', `/api/certificates?limit=2${after && `&after=${after}`}`)).json;
		ids.push(...page.items.map((i) => i.id));
		after = page.next;
	}
	assert.deepEqual(ids, list.items.map((i) => i.id));
	await c.want(422, 'GET', '/api/certificates?after=x');
	assert.deepEqual((await (await applicant()).want(200, 'GET', '/api/certificates')).json.items, []);
});

test('who holds number and code finds a certificate; every other pair looks the same', async () => {
	const c = await applicant();
	const find = (status, body) => c.want(status, 'POST', '/api/certificates/find', body);
	assert.equal((await find(200, { serial: unit.sign_serial, uscc: unit.uscc })).json.id, unit.sign_serial);
	assert.equal((await find(200, { serial: unit.enc_serial.toLowerCase().replace(/(..)(?=.)/g, '$1:'), uscc: unit.uscc.toLowerCase() })).json.id, unit.sign_serial);
	assert.equal((await find(200, { serial: rep.sign_serial, uscc: rep.uscc })).json.holder_name, '王*');
	assert.equal((await find(200, { serial: person.sign_serial, id_number: person.id_number })).json.holder_name, '买*****逊');
	const wrong = [{ serial: unit.sign_serial, uscc: rep.uscc }, { serial: data.serial(), uscc: unit.uscc }, { serial: unit.sign_serial, id_number: unit.agent_id_number },
		{ serial: person.sign_serial, id_number: data.resident() }, { serial: person.sign_serial, uscc: unit.uscc }, { serial: rep.sign_serial, id_number: rep.id_number }];
	const answers = new Set();
	for (const body of wrong) {
		const { title, detail, code } = (await find(404, body)).json;
		answers.add(JSON.stringify([title, detail, code]));
	}
	assert.equal(answers.size, 1);
	await find(422, { serial: unit.sign_serial });
	await find(422, { serial: 'XYZ', uscc: unit.uscc });
	await find(422, { uscc: unit.uscc });
	/* 10 so far; the account's thirty first attempts are free */
	for (let i = 0; i < 20; i++) await find(404, wrong[1]);
	const late = await find(429, { serial: unit.sign_serial, uscc: unit.uscc });
	assert.ok(!late.body.includes(unit.unit_name));
});

test('staff find by serial, token, credit code and the beginning of a name', async () => {
	const c = await staff('clerk1');
	const find = async (q) => (await c.want(200, 'GET', `/api/staff/certificates?q=${encodeURIComponent(q)}`)).json.items.map((i) => i.id);
	for (const q of [unit.sign_serial, unit.enc_serial, unit.uscc, unit.unit_name, unit.token_serial]) assert.ok((await find(q)).includes(unit.sign_serial), q);
	assert.ok((await find(unit.unit_name.slice(0, 8).replace('（', '('))).includes(unit.sign_serial));
	assert.deepEqual(await find('%'), []);
	assert.deepEqual(await find(data.serial()), []);
	const a = (await c.want(200, 'GET', `/api/staff/certificates?q=${held.sign_serial}`)).json.items[0];
	assert.deepEqual([a.source, a.enc_serial, a.unit_address], ['csv', held.enc_serial, held.unit_address]);
	const all = (await c.want(200, 'GET', '/api/staff/certificates?limit=2')).json;
	assert.equal(all.items.length, 2);
	assert.ok(!JSON.stringify((await c.want(200, 'GET', `/api/staff/certificates?q=${rep.sign_serial}`)).json).includes(rep.person_name));
});

test('what a case issues stands in the register of its owner', async () => {
	const j = await Journey.to('produced', { quick: true });
	const list = (await j.owner.want(200, 'GET', '/api/certificates')).json.items;
	assert.equal(list.length, j.case.items.length);
	assert.deepEqual([list[0].holder, list[0].holder_name, list[0].uscc, list[0].status], ['org', j.typed.unit.name, j.typed.unit.uscc, 'valid']);
	assert.equal(list[0].seal_name, j.typed.items[0].seal_name);
	const found = (await (await applicant()).want(200, 'POST', '/api/certificates/find', { serial: list[0].sign_serial, uscc: j.typed.unit.uscc })).json;
	assert.equal(found.id, list[0].id);
});

test('staff find a person by whole name or number, masked all the same', async () => {
	const c = await staff('clerk1');
	const named = ind({ person_name: data.onlyOne(), id_number: data.resident() });
	named.seal_name = named.person_name;
	const inside = org({ holder: 'rep', person_name: named.person_name, id_number: data.resident(), seal_kind: 'name', seal_name: named.person_name });
	assert.equal(bring('persons.csv', csv([named, inside])).status, 0);
	const find = async (q) => (await c.want(200, 'GET', `/api/staff/certificates?q=${encodeURIComponent(q)}`)).json.items;
	assert.deepEqual((await find(named.person_name)).map((i) => i.id), [inside.sign_serial, named.sign_serial]);
	assert.deepEqual((await find(named.id_number.toLowerCase())).map((i) => i.id), [named.sign_serial]);
	assert.deepEqual(await find(named.person_name.slice(0, 2)), [], 'not by the beginning');
	assert.deepEqual(await find(data.resident()), []);
	const [one] = await find(named.id_number);
	for (const secret of [named.person_name, named.id_number, inside.id_number]) assert.ok(!JSON.stringify(await find(named.person_name)).includes(secret) && !JSON.stringify(one).includes(secret));
	const page = (await c.want(200, 'GET', `/api/staff/certificates?limit=1&q=${encodeURIComponent(named.person_name)}`)).json;
	const next = (await c.want(200, 'GET', `/api/staff/certificates?limit=1&after=${page.next}&q=${encodeURIComponent(named.person_name)}`)).json;
	assert.deepEqual([page, next].map((p) => p.items[0].id), [inside.sign_serial, named.sign_serial]);
});

test('the chain of a certificate is the same from wherever one looks', async () => {
	const c = await staff('clerk1');
	const owner = await applicant();
	const whose = subject('org', owner.phone);
	let old = bringRows([certificate(whose)]);
	const serials = [old[0].sign_serial];
	for (let i = 0; i < 2; i++) {
		const w = await Walk.begin({ service: 'change', holder: 'org', channel: 'post', owner, subject: whose, old });
		await w.all(() => old[0].not_after);
		old = w.made.map((m) => ({ ...certificate(whose), ...m }));
		serials.push(w.made[0].sign_serial);
	}
	for (const serial of serials) {
		const a = (await c.want(200, 'GET', `/api/staff/certificates/${serial}`)).json;
		assert.equal(a.certificate.sign_serial, serial);
		assert.deepEqual(a.chain.map((x) => x.sign_serial), serials);
		assert.deepEqual(a.chain.map((x) => x.status), ['revoked', 'revoked', 'valid']);
		assert.deepEqual(a.chain.map((x) => [x.predecessor, x.successor]), [[null, serials[1]], [serials[0], serials[2]], [serials[1], null]]);
	}
	assert.equal((await c.want(200, 'GET', `/api/staff/certificates/${unit.enc_serial.toLowerCase()}`)).json.chain.length, 1);
	await c.want(404, 'GET', `/api/staff/certificates/${data.serial()}`);
	await owner.want(401, 'GET', `/api/staff/certificates/${serials[0]}`);
});
