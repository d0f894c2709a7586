'use strict';
/* Cases, papers, money, words of staff and of those who keep the portal, all of them strings of hostile.js, given in as the pages
 * give them in; for the pages that show them.  Everything that visitors see is put back by undo().
 *   await world(w);     w.cases by name, w.owner, w.desk (one person with five roles), w.met: the fields that were filled */
const assert = require('node:assert/strict');
const data = require('./data');
const files = require('./files');
const { key } = require('./client');
const { staff } = require('./staff');
const { several, propose, decide, dual, quiet } = require('./dual');
const { Journey, applicant } = require('./journey');
const { added, act, found } = require('./accounts');
const { settled: looked } = require('./money');
const { sql } = require('./sql');
const { everywhere } = require('./worker');
const { CLEAN, PLAIN, chunks } = require('./hostile');

const met = new Set();
const decks = new Map();
/* Names of units take brackets only in pairs. */
const paired = (s) => [...s].reduce((n, ch) => (n < 0 ? n : n + ('(（'.includes(ch) ? 1 : ')）'.includes(ch) ? -1 : 0)), 0) === 0;
const UNITS = PLAIN.filter(paired);

/* The next text for a field, at most so long. */
function say(field, max, list = CLEAN) {
	const of = `${max} ${list.length}`; /* lists differ in length */
	met.add(field);
	if (!decks.has(of)) decks.set(of, { at: 0, cards: chunks(max, 0, list) });
	const deck = decks.get(of);
	return deck.cards[deck.at++ % deck.cards.length];
}
/* Where only letters are taken. */
const letters = (field) => say(field, 50, ['zx·买买提·吐尔逊', 'zx𠮷䶮𬭊𰻝𪚥', 'zx葛\u{e0100}城']);
const PATCH = 'PATCH /api/applications/{no} ';
const CASE = 'POST /api/staff/applications/{no}/';

/* What an applicant may write as he likes: where, how much, by which rule. */
const TYPED = {
	'/unit/name': [128, UNITS], '/unit/address': [128], '/items/0/seal_name': [128, UNITS], '/change/before': [300], '/change/after': [300], '/delivery/province': [20], '/delivery/city': [30],
	'/delivery/district': [30], '/delivery/address': [128], '/invoice/title': [128, UNITS], '/remittance/payer_name': [128, UNITS], '/remittance/bank': [80], '/reason': [200], '/person/title': [50], '/person/address': [128],
	'/consents/agreement': [40], '/consents/privacy': [40], '/consents/id_scan': [40],
};
function typed(list) {
	const s = (at) => say(PATCH + at, TYPED[at][0], TYPED[at][1] || list);
	const name = s('/unit/name');
	return {
		unit: { name, address: s('/unit/address') }, items: [{ seal_kind: 'unit', seal_name: s('/items/0/seal_name') }],
		delivery: { mode: 'courier', name: data.person(), phone: data.phone(), province: s('/delivery/province'), city: s('/delivery/city'), district: s('/delivery/district'), address: s('/delivery/address') },
		invoice: { kind: 'normal', title: s('/invoice/title'), tax_number: data.uscc() },
		remittance: { payer_name: s('/remittance/payer_name'), bank: s('/remittance/bank') },
	};
}

async function begun(owner, options = {}) {
	const j = await Journey.draft({ owner, ...options });
	await j.fill();
	const { delivery, ...rest } = typed(PLAIN);
	await j.change(options.channel === 'counter' ? rest : { ...rest, delivery });
	return j;
}
async function submitted(owner) {
	const j = await begun(owner);
	await j.print();
	for (const m of (await j.look()).materials.filter((x) => x.required || x.code === 'm6')) await j.put(m.code, say('filename', 100) + '.jpg', 'image/jpeg', files.jpeg());
	await j.submit();
	return j;
}
async function acts(c, j, what, body, status = 200) {
	const now = await c.want(200, 'GET', j.desk);
	return c.want(status, 'POST', `${j.desk}/${what}`, body, { match: now.json.version, key: key() });
}

/* One goes back, one is refused at once, one is looked at by two. */
async function reviews(w) {
	const { desk } = w;
	const back = await submitted(w.owner), no = await submitted(w.owner), held = await submitted(w.owner);
	for (let i = 0; i < chunks(1000).length; i++) await desk.want(201, 'POST', `${held.desk}/notes`, { text: say(CASE + 'notes /text', 1000) }, { key: key() });
	await desk.want(200, 'POST', `${held.desk}/reveal`, { reason: say(CASE + 'reveal /reason', 390) }, { key: key() });
	await held.claim('clerk1');
	await acts(desk, held, 'take-over', { reason: say(CASE + 'take-over /reason', 390) });
	const judged = (j, verdict) => ({ items: j.case.materials.filter((m) => m.files.length).map((m) => ({ material: m.code, ...(verdict(m) || { verdict: 'pass' }) })) });
	await held.look();
	const bad = (m) => m.code === 'm2' && { verdict: 'fail', reasons: ['other'], note: say(CASE + 'verdicts /items/0/note', 490), areas: [{ file: m.files[0].id, page: 1, x: 100, y: 100, w: 2000, h: 2000 }] };
	await acts(desk, held, 'verdicts', judged(held, bad));
	await acts(desk, back, 'claim');
	await back.look();
	await acts(desk, back, 'verdicts', judged(back, bad));
	await desk.want(200, 'POST', `${back.desk}/notice`, { note: say(CASE + 'notice /note', 390) }, { key: key() });
	await acts(desk, back, 'return', { note: say(CASE + 'return /note', 390) });
	await acts(desk, no, 'claim');
	await acts(desk, no, 'release', { reason: say(CASE + 'release /reason', 390) });
	await acts(desk, no, 'claim');
	await acts(desk, no, 'reject', { reason: say(CASE + 'reject /reason', 390) });
	Object.assign(w.cases, { back, no, held });
}

/* One to its end at the counter, rated badly and answered; one taken back. */
async function ends(w) {
	const { desk } = w;
	const done = await begun(w.owner, { channel: 'counter' });
	await done.jump('approved');
	await done.produce();
	await done.ready();
	const now = await desk.want(200, 'GET', done.desk);
	await desk.want(200, 'POST', '/api/staff/pickups', { no: done.no, step: 'handed', collector: letters('POST /api/staff/pickups /collector'), id_kind: done.typed.agent.id_type, id_tail: done.typed.agent.id_number.slice(-4), id_seen: true, note: say('POST /api/staff/pickups /note', 190) }, { match: now.json.version, key: key() });
	await done.become('completed');
	await done.owner.want(200, 'POST', `${done.url}/rating`, { score: 1, words: say('POST /api/applications/{no}/rating /words', 300) }, { key: key() });
	const step = (body) => desk.want(200, 'POST', `${done.desk}/rating/steps`, { ...body, note: say(CASE + 'rating/steps /note', 300) }, { key: key() });
	await step({ step: 'take' });
	await step({ step: 'note' });
	await step({ step: 'call', result: 'reached' });
	const gone = await submitted(w.owner);
	await gone.owner.want(200, 'POST', `${gone.url}/withdraw`, { reason: say('POST /api/applications/{no}/withdraw /reason', 390) }, { key: key(), match: (await gone.look()).version });
	Object.assign(w.cases, { done, gone });
}

/* Money by hand, by statement, back again. */
async function money(w) {
	const { desk } = w;
	const paid = await begun(w.owner);
	await paid.jump('accepted');
	const due = (await paid.owner.want(200, 'GET', `${paid.url}/payment`)).json.due_fen;
	const at = CASE + 'payments ';
	await acts(desk, paid, 'payments', { payer_name: say(at + '/payer_name', 128, UNITS), payer_account: data.account(), amount_fen: due + 900, value_date: data.today(), bank_serial: 'zx' + data.digits(6) + '=<zx>', method: 'transfer' }, 201);
	met.add(at + '/bank_serial');
	const [payment] = (await desk.want(200, 'GET', paid.desk)).json.payments;
	const ask = async () => (await desk.want(201, 'POST', '/api/staff/refunds', { payment_id: payment.id, amount_fen: 900, reason: say('POST /api/staff/refunds /reason', 190) }, { key: key() })).json;
	const r = await ask();
	await (await staff('finance1')).want(200, 'POST', `/api/staff/refunds/${r.id}/refuse`, { reason: say('POST /api/staff/refunds/{id}/refuse /reason', 190) }, { match: r.version, key: key() });
	await ask();
	const cell = (x) => `"${x.replace(/"/g, '""')}"`;
	const rows = Array.from({ length: 10 }, () => [data.today(), 'Z' + data.digits(16), '1.00', '', say('statement name', 100), data.account(), say('statement remark', 180)]);
	const file = Buffer.from('\ufeff' + [['交易日期', '交易流水号', '贷方发生额', '借方发生额', '对方户名', '对方账号', '摘要'], ...rows].map((r) => r.map(cell).join(',')).join('\r\n') + '\r\n');
	const a = await desk.request('POST', '/api/staff/statements?format=csv&account=7443900182600096874', { raw: file, key: key(), headers: { 'Content-Type': 'text/csv' } });
	assert.ok([200, 201].includes(a.status), a.body.toString());
	const one = await looked(rows[0][1]);
	await desk.want(200, 'POST', `/api/staff/bank-lines/${one.id}/aside`, { reason: say('POST /api/staff/bank-lines/{id}/aside /reason', 190) }, { match: one.version, key: key() });
	w.cases.paid = paid;
}

/* One proposes a contact, another decides. */
const version = async (c, name) => (await c.want(200, 'GET', '/api/staff/contacts')).json[name].version;
const contact = async (c, name, body) => c.want(200, 'POST', `/api/staff/contacts/${name}`, body, { match: await version(c, name) });
async function settled(name, body) {
	const admin = await staff('admin1');
	await admin.want(200, 'POST', `/api/staff/contacts/${name}/decision`, body, { match: await version(admin, name) });
}

/* What staff keep and what needs two of them. */
async function kept(w) {
	const { desk } = w;
	const why = (field) => say(`${field} /reason`, 390);
	await quiet();
	const past = w.past = (await desk.want(200, 'GET', '/api/staff/contacts')).json;
	const text = (name, members) => Object.fromEntries(Object.entries(members).map(([k, [max, list]]) => [k, say(`POST /api/staff/contacts/${name} /${k}`, max, list || PLAIN)]));
	const wish = {
		post: { ...past.post.value, ...text('post', { company: [128, UNITS], receiver: [50], address: [120], note: [200] }) },
		hotlines: { items: [{ ...past.hotlines.value.items[0], name: say('POST /api/staff/contacts/hotlines /items/0/name', 20, PLAIN) }] },
		account: { ...past.account.value, ...text('account', { name: [128, UNITS], bank: [100], remark: [60] }) },
	};
	for (const name of Object.keys(wish)) {
		if (past[name].waiting) await settled(name, { decision: 'refuse', note: '测试之前清空' });
		await contact(desk, name, { ...wish[name], reason: why(`POST /api/staff/contacts/${name}`) });
		await settled(name, { decision: 'refuse', note: say('POST /api/staff/contacts/{name}/decision /note', 390) });
		await contact(desk, name, { ...wish[name], reason: why(`POST /api/staff/contacts/${name}`) });
		await settled(name, { decision: 'confirm' });
	}
	const setting = async (body) => desk.want(200, 'POST', '/api/staff/settings/correct.days', { ...body, reason: why('POST /api/staff/settings/{name}') }, { match: (await desk.want(200, 'GET', '/api/staff/settings')).json.items.find((s) => s.name === 'correct.days').version });
	await setting({ value: '17' });
	await setting({ reset: true });
	const on = (name) => `POST /api/staff/proposals/${name}`;
	const no = (p, by = 'admin1') => decide(p, 'decline', by, say('POST /api/staff/proposals/{id}/decision /note', 390));
	await no(await propose('price', { name: 'unlock.fee', value: '93', reason: why(on('price')) }, 'supervisor1'));
	await no(await propose('roles', { user: 'desk2', roles: ['desk', 'clerk'], reason: why(on('roles')) }, 'admin1'), 'supervisor1');
	await no(await propose('totp_reset', { user: 'desk2', reason: why(on('totp_reset')) }, 'admin1'), 'supervisor1');
	await no(await propose('export_payments', { from: '2086-01-01', to: '2086-01-02', reason: why(on('export_payments')) }, 'finance1'), 'finance2');
	const cell = (x) => `"${x.replace(/"/g, '""')}"`;
	met.add(on('calendar') + ' /csv');
	await no(await propose('calendar', { csv: `day,kind,note,source\n2086-01-01,off,${cell(PLAIN[22])},${cell(PLAIN[24])}\n`, reason: why(on('calendar')) }, 'supervisor1'));
	w.notices = [];
	for (let i = 0; i < 2; i++) {
		const notice = { title: say(on('announcement') + ' /title', 60, PLAIN), body: say(on('announcement') + ' /body', 600, PLAIN), from: data.today(), until: data.today(1), reason: why(on('announcement')) };
		await dual('announcement', notice, 'supervisor1', 'admin1');
		w.notices.push(notice);
	}
	const shop = w.shop = { code: 'h' + data.digits(9), sort: 9000 };
	for (const [k, max] of [['name', 100], ['address', 200], ['phone', 60], ['hours', 200]]) shop[k] = say(`${on('branch')} /${k}`, max, PLAIN);
	await dual('branch', { ...shop, add: true, reason: why(on('branch')) }, 'supervisor1', 'admin1');
	const gone = await added(letters('POST /api/staff/users /name'));
	for (const step of ['lock', 'unlock', 'sign-out', 'password']) assert.equal((await act(gone.user, step, { reason: say(`POST /api/staff/users/{user}/${step} /reason`, 190) })).status, 200, step);
	assert.ok(await found(gone.user));
}

/* The mail room, and what one keeps for himself. */
async function rooms(w) {
	const { desk } = w;
	for (let i = 0; i < 12; i++) await desk.want(201, 'POST', '/api/staff/arrivals', { waybill: data.waybill(), sender: say('POST /api/staff/arrivals /sender', 100), note: say('POST /api/staff/arrivals /note', 200) }, { key: key() });
	for (let i = 0; i < 8; i++) await desk.want(200, 'POST', '/api/staff/queues/views', { name: say('POST /api/staff/queues/views /name', 20), filters: { queue: 'all' } }, { key: key() });
}

async function world(w) {
	Object.assign(w, { cases: {}, met, owner: await applicant(), desk: await several('clerk', 'reviewer', 'finance', 'desk', 'supervisor') });
	w.draft = await begun(w.owner);
	await kept(w);
	await Promise.all([reviews(w), ends(w), money(w), rooms(w)]);
}

/* As it was for those who come after. */
async function undo(w) {
	if (!w.past) return;
	const c = w.desk, now = (await c.want(200, 'GET', '/api/staff/contacts')).json;
	await quiet();
	for (const name of ['post', 'hotlines', 'account']) {
		if (now[name].waiting) await settled(name, { decision: 'refuse', note: '测试完毕' });
		if (JSON.stringify(now[name].value) === JSON.stringify(w.past[name].value)) continue;
		await contact(c, name, { ...w.past[name].value, reason: '恢复原样' });
		await settled(name, { decision: 'confirm' });
	}
	sql("UPDATE announcement SET ended_at=1, ended_by=1, end_checked_by=2 WHERE ended_at IS NULL");
	if ((await c.want(200, 'GET', '/api/staff/branches')).json.items.some((b) => w.shop && b.code === w.shop.code)) await dual('branch', { ...w.shop, closed: true, reason: '测试完毕' }, 'supervisor1', 'admin1');
	await everywhere();
}

module.exports = { world, undo, TYPED, UNITS };
