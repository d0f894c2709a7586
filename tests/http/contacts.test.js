'use strict';
/* The account we are paid to, the postal address and the hotlines: who may change them, when they hold, and that every
 * place shows them.  Everything is put back. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const env = require('../lib/env');
const { Client, send, key } = require('../lib/client');
const { Journey } = require('../lib/journey');
const { staff } = require('../lib/staff');
const { dual } = require('../lib/dual');
const { portal } = require('../lib/mariadb');
const { everywhere } = require('../lib/worker');

const LIST = '/api/staff/contacts';
const faults = (a) => a.json.errors.map((e) => `${e.pointer} ${e.code}`);
const problem = (a, status, code) => assert.deepEqual([a.status, a.json.code], [status, code], JSON.stringify(a.json));
const gen = (name) => fs.readFileSync(path.join(env.varDir, 'gen', name), 'utf8');
const look = async (c, name) => (await c.want(200, 'GET', LIST)).json[name];
const past = async (c, name) => (await c.want(200, 'GET', `${LIST}/${name}/history`)).json.items;
const visitor = new Client();
const db = portal();
const shown = async () => (await visitor.want(200, 'GET', '/api/catalog')).json;
let maker, checker, usual;

/* Other programs notice after a while; the worker writes the fragments. */
async function until(what, fits, ms = 90000) {
	const end = Date.now() + ms;
	for (;;) {
		if (await fits()) return;
		assert.ok(Date.now() < end, what);
		await new Promise((r) => setTimeout(r, 60));
	}
}

async function change(c, name, value, more = {}) {
	return c.post(`${LIST}/${name}`, { ...value, reason: '合同改了', ...more.body }, { match: more.match || (await look(c, name)).version });
}

async function decide(c, name, decision, more = {}) {
	const { match, ...body } = more;
	return c.post(`${LIST}/${name}/decision`, { decision, ...body }, { match: match || (await look(c, name)).version });
}

/* Proposed by one, confirmed by the other. */
async function both(name, value) {
	const asked = await change(maker, name, value);
	assert.equal(asked.status, 200, asked.body.toString());
	const a = await decide(checker, name, 'confirm');
	assert.equal(a.status, 200, a.body.toString());
	return a.json;
}

async function put(name, value) {
	const now = await look(maker, name);
	if (now.waiting) assert.equal((await decide(now.waiting.mine ? maker : checker, name, now.waiting.mine ? 'withdraw' : 'refuse', { note: '测试之前清空' })).status, 200);
	if (JSON.stringify(now.value) === JSON.stringify(value)) return;
	await both(name, value);
}

/* As the catalogue has it: what the house begins with. */
test.before(async () => {
	maker = await staff('supervisor1');
	checker = await staff('admin1');
	const xml = fs.readFileSync(path.join(env.root, 'conf/catalog.xml'), 'utf8');
	const tag = (name) => [...xml.matchAll(new RegExp(`<${name}\\s([^>]*)/>`, 'g'))].map((m) => Object.fromEntries([...m[1].matchAll(/(\w+)="([^"]*)"/g)].map((x) => [x[1], x[2]])));
	usual = { account: tag('payee')[0], post: tag('post')[0], hotlines: { items: tag('hotline') } };
	for (const name of Object.keys(usual)) await put(name, usual[name]);
});
test.after(async () => {
	for (const name of Object.keys(usual)) await put(name, usual[name]);
	await everywhere();
	db.close();
});

const ACCOUNT = { name: '广州𠮷祥䶮（测试）电子商务认证有限公司', bank: '测试银行广州𬭊支行', account: '6222 0000 1111 2222 333', remark: '办理𠮷CA<b>&"' };
const DIGITS = '6222000011112222333';

test('what holds at first is the catalogue', async () => {
	const a = (await maker.want(200, 'GET', LIST)).json;
	for (const name of Object.keys(usual)) {
		assert.deepEqual(a[name].value, usual[name]);
		assert.equal(a[name].waiting, null);
	}
	assert.ok(a.counters.some((k) => k.address.includes('青龙坊')));
	assert.ok(!a.counters.some((k) => k.address === a.post.value.address));
});

test('account: one proposes, another confirms, then it holds everywhere', async () => {
	const j = await Journey.to('draft');
	const before = await look(maker, 'account');
	const why = `换了开户行，${key().slice(0, 8)}`;
	const a = await change(maker, 'account', ACCOUNT, { body: { reason: why } });
	assert.equal(a.status, 200, a.body.toString());
	assert.deepEqual([a.json.value, a.json.version, a.etag], [usual.account, before.version + 1, `"${before.version + 1}"`]);
	assert.deepEqual(a.json.waiting.value, { ...ACCOUNT, account: DIGITS });
	assert.deepEqual([a.json.waiting.by, a.json.waiting.mine, a.json.waiting.reason], [maker.me.name, true, why]);
	assert.equal((await look(checker, 'account')).waiting.mine, false);
	for (const c of [maker, checker]) assert.ok((await c.want(200, 'GET', '/api/staff/session')).json.warnings.some((w) => w.code === 'contact_account'));
	assert.equal((await (await staff('finance1')).want(200, 'GET', '/api/staff/session')).json.warnings.filter((w) => /contact/.test(w.code)).length, 0);

	problem(await decide(maker, 'account', 'confirm'), 403, 'two_persons');
	problem(await decide(maker, 'account', 'refuse', { note: '自己退回' }), 403, 'two_persons');
	problem(await decide(checker, 'account', 'withdraw'), 403, 'forbidden');
	problem(await change(checker, 'account', { ...ACCOUNT, account: '12345678' }), 409, 'state');
	problem(await decide(checker, 'account', 'confirm', { match: before.version }), 412, 'stale');
	await everywhere(); /* nothing of it holds, however long one waits */
	assert.deepEqual((await shown()).payee, usual.account);
	assert.equal((await j.owner.want(200, 'GET', `${j.url}/payment`)).json.payee.account, usual.account.account);
	assert.match(gen('account.html'), new RegExp(usual.account.account));

	const b = await decide(checker, 'account', 'confirm', { note: '已电话核对' });
	assert.equal(b.status, 200, b.body.toString());
	assert.deepEqual([b.json.value.account, b.json.changed_by, b.json.checked_by, b.json.waiting, b.json.is_default], [DIGITS, maker.me.name, checker.me.name, null, false]);
	const [h] = await past(checker, 'account');
	assert.deepEqual([h.result, h.by, h.checked_by, h.reason, h.note, h.old, h.new], ['done', maker.me.name, checker.me.name, why, '已电话核对', usual.account, { ...ACCOUNT, account: DIGITS }]);

	for (let i = 0; i < 6; i++) { /* a case that began before, in every process, from now on */
		const pay = (await j.owner.want(200, 'GET', `${j.url}/payment`)).json;
		assert.deepEqual(pay.payee, { ...ACCOUNT, account: DIGITS });
		assert.ok(pay.remark.startsWith(ACCOUNT.remark + ' '));
	}
	await until('the catalogue shows the new account', async () => (await shown()).payee.account === DIGITS);
	await until('the guide shows the new account', () => gen('account.html').includes(`data-value="${DIGITS}"`) && gen('guide-new.html').includes(`data-value="${DIGITS}"`));
	assert.match(gen('account.html'), /6222 0000 1111 2222 333/);
	assert.ok(gen('account.html').includes('办理𠮷CA&lt;b&gt;&amp;&quot;'), gen('account.html'));
	const page = await send('GET', env.url + '/guide/pay.html', {});
	assert.ok(page.body.toString('utf8').includes(DIGITS), 'the page itself');
	assert.ok((await decide(checker, 'account', 'confirm')).status === 409, 'nothing waits any more');
	await put('account', usual.account);
});

test('account: refused with the reason, or withdrawn; both stand in the record', async () => {
	assert.equal((await change(checker, 'account', ACCOUNT)).status, 200);
	const a = await decide(maker, 'account', 'refuse');
	problem(a, 422, 'invalid');
	assert.deepEqual(faults(a), ['#/note missing']);
	const b = await decide(maker, 'account', 'refuse', { note: '没有收到银行的函' });
	assert.deepEqual([b.status, b.json.waiting, b.json.value.account], [200, null, usual.account.account]);
	assert.equal((await change(checker, 'account', ACCOUNT)).status, 200);
	assert.equal((await decide(checker, 'account', 'withdraw')).json.waiting, null);
	const [w, r] = await past(maker, 'account');
	assert.deepEqual([w.result, w.by, w.checked_by], ['withdrawn', checker.me.name, null]);
	assert.deepEqual([r.result, r.by, r.checked_by, r.note], ['refused', checker.me.name, maker.me.name, '没有收到银行的函']);
	assert.equal((await shown()).payee.account, usual.account.account);
});

test('account: what is no account is refused, and nothing waits', async () => {
	const before = await look(maker, 'account');
	for (const [more, want] of [
		[{ account: '622200001111222x' }, '#/account account'], [{ account: '1234567' }, '#/account too_short'], [{ account: '1'.repeat(33) }, '#/account account'],
		[{ account: '' }, '#/account missing'], [{ name: null }, '#/name missing'], [{ name: '有' }, '#/name too_short'], [{ name: '有'.repeat(129) }, '#/name too_long'],
		[{ bank: '测试银行\n广州支行' }, '#/bank control'], [{ bank: '行'.repeat(101) }, '#/bank too_long'], [{ remark: '备'.repeat(61) }, '#/remark too_long'], [{ remark: '' }, '#/remark missing'],
		[{ reason: '' }, '#/reason missing'], [{ reason: '由'.repeat(401) }, '#/reason too_long'], [{ line: 3 }, '#/line unknown_key'], [{ account: 12345678 }, '#/account type'],
	]) {
		const a = await change(maker, 'account', { ...ACCOUNT, ...more }, { body: more });
		problem(a, 422, 'invalid');
		assert.ok(faults(a).includes(want), `${want}: ${JSON.stringify(a.json.errors)}`);
	}
	const same = await change(maker, 'account', usual.account);
	problem(same, 422, 'invalid');
	assert.deepEqual(faults(same), ['# same']);
	problem(await maker.post(`${LIST}/account`, { ...ACCOUNT, reason: '没有版本' }), 428, 'if_match_required');
	problem(await change(maker, 'account', ACCOUNT, { match: before.version + 1 }), 412, 'stale');
	problem(await decide(maker, 'account', 'confirm'), 409, 'state');
	problem(await maker.post(`${LIST}/fax/decision`, { decision: 'confirm' }, { match: 1 }), 404, 'not_found');
	problem(await maker.get(`${LIST}/fax/history`), 404, 'not_found');
	for (const body of [{ decision: 'yes' }, {}]) problem(await maker.post(`${LIST}/account/decision`, body, { match: before.version }), 422, 'invalid');
	assert.deepEqual(await look(maker, 'account'), before);
});

/* What it does is undone, also when the tables refuse it. */
async function undone(...statements) {
	let rows;
	await db.run('START TRANSACTION');
	try {
		for (const one of statements) rows = await db.run(one);
	} finally {
		await db.run('ROLLBACK');
	}
	return rows;
}

test('every contact: the tables themselves take no second person who is the first', async () => {
	const [[one], [two]] = await db.run('SELECT id FROM staff ORDER BY id LIMIT 2');
	for (const name of Object.keys(usual)) {
		const insert = (by, result) => undone(`INSERT INTO contact_history (name, old_value, new_value, result, staff_id, asked_at, reason, checked_by, at) VALUES ('${name}','{}','{}','${result}',${one},1,'x',${by},1)`);
		const update = (by) => undone(`REPLACE INTO contact (name, version, value, changed_by, checked_by) VALUES ('${name}',1,'{}',${one},${by})`);
		for (const run of [(by) => insert(by, 'done'), (by) => insert(by, 'refused'), update]) {
			for (const by of [one, 'NULL']) await assert.rejects(run(by), /CONSTRAINT `contact(_history)?_two` failed/, name);
			await run(two);
		}
	}
	/* What stands from the time of one person: never an account. */
	await assert.rejects(undone("REPLACE INTO contact (name, version, value, alone) VALUES ('account',1,'{}',1)"), /CONSTRAINT `contact_two` failed/);
	const may = await db.run("SELECT TABLE_NAME, GROUP_CONCAT(PRIVILEGE_TYPE ORDER BY 1) FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME LIKE 'contact%' AND GRANTEE LIKE '%\\_staff''@%' GROUP BY 1 ORDER BY 1");
	assert.deepEqual(may, [['contact', 'INSERT,SELECT,UPDATE'], ['contact_history', 'INSERT,SELECT']]);
});

/* The statement as the program has it, not only the words before it. */
test('every contact: the statement that confirms does nothing for who proposed it', async () => {
	const source = fs.readFileSync(path.join(env.root, 'lib/domain/contact_edit.c'), 'utf8');
	const literals = (c) => [...c.matchAll(/"([^"]*)"/g)].map((m) => m[1]);
	const nothing = literals(/#define NOTHING_WAITS (.*)/.exec(source)[1])[0];
	const confirm = literals(/\[CONFIRM\] =\s*\{([^}]*)\}/.exec(source)[1].replace('NOTHING_WAITS', `"${nothing}"`)).slice(0, -2).join('');
	const [[one], [two]] = await db.run('SELECT id FROM staff ORDER BY id LIMIT 2');
	for (const name of Object.keys(usual)) {
		const by = (who) => {
			const value = [who, '1', `'${name}'`, '7', who];
			return undone(`REPLACE INTO contact (name, version, proposed, proposed_by) VALUES ('${name}',7,'{}',${one})`, confirm.replace(/\?/g, () => value.shift()), `SELECT version, proposed FROM contact WHERE name='${name}'`);
		};
		assert.deepEqual([await by(one), await by(two)], [[['7', '{}']], [['8', 'NULL']]], name);
	}
});

const POST = { company: '广州𠮷祥（测试）科技有限公司', receiver: '收发室䶮', address: '广州市天河区𬭊路1号𠮷楼5层<i>', phone: '020-12345678', note: null };
const text = (pdf) => {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'zy-contacts-'));
	try {
		fs.writeFileSync(path.join(dir, 'form.pdf'), pdf);
		return execFileSync('pdftotext', ['-q', '-layout', path.join(dir, 'form.pdf'), '-'], { encoding: 'utf8' });
	} finally {
		fs.rmSync(dir, { recursive: true });
	}
};
const blank = async () => text((await visitor.want(200, 'GET', '/api/forms/new/org.pdf')).body);

test('post: forms printed before it was confirmed stay byte for byte, later ones carry it', async () => {
	const j = await Journey.to('printed');
	const paper = await j.formPdf();
	assert.match(text(paper), /海洲路38号/);
	assert.match(await blank(), /海洲路38号/);
	const a = await both('post', POST);
	assert.deepEqual([a.value, a.changed_by, a.checked_by, a.waiting], [POST, maker.me.name, checker.me.name, null]);
	await until('the catalogue has it', async () => (await shown()).post.address === POST.address);
	await until('the blank form has it', async () => /天河区.{1,8}1号.*收发室.*020-12345678/.test((await blank()).replace(/\s/g, '')));
	await until('the guide has it', () => gen('post.html').includes('5层&lt;i&gt;') && !gen('post.html').includes('<p>'));
	assert.doesNotMatch(gen('counter.html'), /天河区/);
	await everywhere();
	for (let i = 0; i < 6; i++) assert.ok((await j.formPdf()).equals(paper), 'the version that was printed');
	await j.change({ unit: { phone: '020-87654321' } });
	await j.print();
	assert.match(text(await j.formPdf()), /天河区/);
	const again = await j.owner.want(200, 'GET', `${j.url}/form.pdf?version=1`);
	assert.ok(again.body.equals(paper), 'version 1 after version 2');
	await put('post', usual.post);
	const [h] = await past(maker, 'post');
	assert.deepEqual([h.result, h.old, h.new, h.checked_by], ['done', POST, usual.post, checker.me.name]);
});

const counterWish = (b, more) => ({ code: b.code, name: b.name, address: b.address, phone: b.phone, hours: b.hours, makeup_open: b.makeup_open, sort: b.sort, closed: !b.open, reason: '搬迁', ...more });

test('post and counters: one address never stands for the other', async () => {
	const counter = (await visitor.want(200, 'GET', '/api/branches')).json.items[0];
	for (const address of [counter.address, ` ${counter.address.replace('38', ' ３８ ')}`]) {
		const a = await change(maker, 'post', { ...usual.post, address });
		problem(a, 422, 'invalid');
		assert.deepEqual(faults(a), ['#/address counter']);
	}
	const row = (await checker.want(200, 'GET', '/api/staff/branches')).json.items.find((b) => b.code === counter.code);
	const b = await checker.post('/api/staff/proposals/branch', counterWish(row, { address: usual.post.address }), { key: key() });
	problem(b, 422, 'invalid');
	assert.deepEqual(faults(b), ['#/address post']);
	const c = await checker.post('/api/staff/proposals/branch', { code: 't_post', name: '混用', address: usual.post.address, phone: '020-12345678', hours: '周一', add: true, reason: '新设' }, { key: key() });
	assert.deepEqual(faults(c), ['#/address post']);
	for (const [more, want] of [[{ address: '' }, '#/address missing'], [{ address: '路'.repeat(121) }, '#/address too_long'], [{ phone: '打总机' }, '#/phone phone'], [{ receiver: undefined }, '#/receiver missing'],
		[{ note: '说'.repeat(201) }, '#/note too_long'], [{ address: '广州市天河区\u{10FFFD}路1号' }, '# font']]) {
		const a = await change(maker, 'post', { ...usual.post, ...more });
		problem(a, 422, 'invalid');
		assert.ok(faults(a).includes(want), `${want}: ${JSON.stringify(a.json.errors)}`);
	}
	assert.deepEqual((await look(maker, 'post')).value, usual.post);
});

test('counters: a changed address reaches catalogue and guide', async () => {
	const before = (await checker.want(200, 'GET', '/api/staff/branches')).json.items[0];
	const address = '广州市越秀区青龙坊38号䶮楼<2>层';
	await dual('branch', counterWish(before, { address }));
	try {
		await until('catalogue', async () => (await shown()).counter.address === address);
		await until('guide', () => gen('counter.html').includes('38号䶮楼&lt;2&gt;层') && !gen('post.html').includes('青龙坊'));
	} finally {
		await dual('branch', counterWish(before));
	}
});

const LINES = { items: [{ kind: 'qq', name: 'QQ<!--#include virtual="/x"-->'.slice(0, 20), value: '10001' }, { kind: 'phone', name: '<b>䶮&热线', value: '020-１２３４５６７８' }] };

test('hotlines: shown as they were typed, as text; the form names the first telephone', async () => {
	const a = await both('hotlines', LINES);
	assert.equal(a.value.items[1].value, '020-12345678');
	await until('catalogue', async () => (await shown()).hotlines.join() === '020-12345678');
	await until('guide', () => gen('hotlines.html').includes('&lt;b&gt;䶮&amp;热线：'));
	assert.doesNotMatch(gen('hotlines.html'), /<b>|<!--/);
	const page = (await send('GET', env.url + '/guide/outlets.html', {})).body.toString('utf8');
	assert.ok(page.includes('QQ&lt;!--#include') && page.includes('&lt;b&gt;䶮&amp;热线'), 'nothing of it is carried out');
	await until('blank form', async () => /客服热线：020-12345678/.test((await blank()).replace(/[ \t]/g, '')));
	await put('hotlines', usual.hotlines);
});

test('hotlines: refusals', async () => {
	const line = (more) => ({ kind: 'phone', name: '热线', value: '020-12345678', ...more });
	for (const [items, want] of [
		[[line({ kind: 'qq', value: '10001' })], '#/items phone'], [[], '#/items count'], [Array(9).fill(line()), '#/items count'], [[line({ kind: 'fax' })], '#/items/0/kind choice'],
		[[line({ value: '电话' })], '#/items/0/value phone'], [[line({ value: '020--1234567' })], '#/items/0/value phone'], [[line({ value: '-0201234' })], '#/items/0/value phone'], [[line(), line({ value: '' })], '#/items/1/value missing'],
		[[line({ name: '热' })], '#/items/0/name too_short'], [[line({ name: '线'.repeat(21) })], '#/items/0/name too_long'], [[line({ value: '1'.repeat(21) })], '#/items/0/value too_long'], [[line({ name: '热\n线' })], '#/items/0/name control'],
	]) {
		const a = await change(maker, 'hotlines', { items });
		problem(a, 422, 'invalid');
		assert.ok(faults(a).includes(want), `${want}: ${JSON.stringify(a.json.errors)}`);
	}
	problem(await decide(checker, 'hotlines', 'confirm'), 409, 'state');
	assert.deepEqual((await look(maker, 'hotlines')).value, usual.hotlines);
});

/* Another value of each at every call. */
let turn = 0;
const WISH = {
	account: () => ({ ...ACCOUNT, account: `62220000111122${1000 + turn++}` }),
	post: () => ({ ...POST, receiver: `收发室𬭊${turn++}` }),
	hotlines: () => ({ items: [{ kind: 'phone', name: `热线䶮${turn++}`, value: '020-12345678' }] }),
};
for (const name of Object.keys(WISH)) {
	test(`${name}: waits for another person, who alone may confirm or refuse it`, async () => {
		const before = await look(maker, name), wish = WISH[name]();
		const a = (await change(maker, name, wish, { body: { reason: '合同改了𠮷' } })).json;
		assert.deepEqual([a.value, a.waiting.value, a.waiting.by, a.waiting.mine, a.waiting.reason], [before.value, wish, maker.me.name, true, '合同改了𠮷']);
		assert.deepEqual((await look(checker, name)).waiting, { ...a.waiting, mine: false });
		assert.ok((await checker.want(200, 'GET', '/api/staff/session')).json.warnings.some((w) => w.code === `contact_${name}`));
		const own = await decide(maker, name, 'confirm');
		problem(own, 403, 'two_persons');
		assert.match(own.json.detail, /您自己提出的，请另一个人确认或退回/);
		problem(await decide(maker, name, 'refuse', { note: '自己退回' }), 403, 'two_persons');
		problem(await decide(checker, name, 'withdraw'), 403, 'forbidden');
		problem(await decide(await staff('finance1'), name, 'confirm', { match: a.version }), 403, 'forbidden');
		problem(await change(checker, name, WISH[name]()), 409, 'state');
		const b = await decide(checker, name, 'refuse');
		problem(b, 422, 'invalid');
		assert.deepEqual(faults(b), ['#/note missing']);
		assert.deepEqual((await look(maker, name)).value, before.value);
		assert.equal((await decide(checker, name, 'refuse', { note: '没有附函' })).json.waiting, null);
		assert.equal((await change(checker, name, wish)).status, 200);
		assert.equal((await decide(checker, name, 'withdraw')).json.waiting, null);
		const [w, r] = await past(maker, name);
		assert.deepEqual([w.result, w.by, w.checked_by, w.old, w.new], ['withdrawn', checker.me.name, null, before.value, wish]);
		assert.deepEqual([r.result, r.by, r.checked_by, r.note, r.reason], ['refused', maker.me.name, checker.me.name, '没有附函', '合同改了𠮷']);
		assert.deepEqual((await look(maker, name)).value, before.value);
	});

	test(`${name}: ten at once, one counts`, async () => {
		const before = await look(maker, name), wishes = Array.from({ length: 10 }, WISH[name]);
		const asked = await Promise.all(wishes.map((wish) => change(maker, name, wish, { match: before.version })));
		assert.deepEqual(asked.map((a) => a.status).sort(), [200, ...Array(9).fill(412)]);
		const p = asked.find((a) => a.status === 200).json, match = p.version;
		for (const a of await Promise.all(Array.from({ length: 10 }, () => decide(maker, name, 'confirm', { match })))) problem(a, 403, 'two_persons');
		assert.deepEqual((await look(maker, name)).value, before.value);
		const got = await Promise.all(Array.from({ length: 10 }, (_, i) => (i % 3 === 2 ? decide(maker, name, 'withdraw', { match }) : decide(checker, name, i % 3 ? 'refuse' : 'confirm', { match, note: '再想想' }))));
		assert.deepEqual(got.map((a) => a.status).sort(), [200, ...Array(9).fill(412)]);
		const now = await look(maker, name), [h, older] = await past(maker, name);
		assert.deepEqual([now.waiting, now.version, now.value], [null, match + 1, h.result === 'done' ? p.waiting.value : before.value]);
		assert.deepEqual(h.new, p.waiting.value);
		assert.notDeepEqual(older && older.new, p.waiting.value, 'decided once');
		await put(name, usual[name]);
	});
}

test('post: a counter that has moved there since it was proposed keeps it from being confirmed', async () => {
	const row = (await checker.want(200, 'GET', '/api/staff/branches')).json.items[0];
	assert.equal((await change(maker, 'post', POST)).status, 200);
	await dual('branch', counterWish(row, { address: POST.address }));
	try {
		const a = await decide(checker, 'post', 'confirm');
		problem(a, 409, 'state');
		assert.match(a.json.detail, /提出以后情况变了：收件地址不能是网点.*请退回/);
		assert.deepEqual((await look(maker, 'post')).value, usual.post);
	} finally {
		await dual('branch', counterWish(row));
		assert.equal((await decide(maker, 'post', 'withdraw')).status, 200);
	}
});
