'use strict';
/* What may be kept no longer is erased, and nothing sooner: each rule of lib/domain/retention.h at its edge, what becomes of every
 * column that may tell of a person, and that the books, the audit, backups and the pages of staff go on over what is left.  Cases are
 * made in the real way and then aged by their days. */
const test = require('node:test');
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawn, spawnSync } = require('node:child_process');
const env = require('../lib/env');
const data = require('../lib/data');
const files = require('../lib/files');
const { Client, key } = require('../lib/client');
const { Journey, applicant } = require('../lib/journey');
const { Walk, addYears, everybody } = require('../lib/walk');
const { subject, certificate, bring, portalctl } = require('../lib/certificates');
const { scratch } = require('../lib/mariadb');
const { staff } = require('../lib/staff');
const { stack, pids } = require('../lib/stack');
const { sql } = require('../lib/sql');
const { everywhere } = require('../lib/worker');
const inject = require('../lib/inject');

const DAY = 86400;
const now = () => Math.floor(Date.now() / 1000);
const noon = (day) => Date.parse(`${day}T12:00:00+08:00`) / 1000;
const shift = (day, n) => new Date(Date.parse(`${day}T00:00:00Z`) + n * 86400000).toISOString().slice(0, 10);
const wait = (ms) => new Promise((r) => setTimeout(r, ms));
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'retention-'));
const place = (id) => path.join(env.varDir, 'store', id.slice(0, 2), id.slice(2, 4), id);
const lines = (text) => sql(text).split('\n').filter(Boolean);
/* The day of which today is the last day kept; there may be none before a 29 February. */
const kept = (years) => [0, 1].map((n) => shift(addYears(data.today(), -years), n)).find((d) => addYears(d, years) >= data.today());

const WORDS = '“𠮷䶮𬭊”写错了，张三丰的电话13800138000';
const MARK = 'RETAIN' + data.digits(20); /* shorter than any sealed value, which others would try to open */
let whole, vain, about, s;

async function until(what, f, ms = 90000) {
	for (const end = Date.now() + ms; ; await wait(60)) {
		const r = await f();
		if (r) return r;
		assert.ok(Date.now() < end, what);
	}
}

/* --- making them --- */

/* With a correction, questions, notes, a rating; completed and sealed. */
async function completed() {
	const j = await Journey.to('reviewing', { who: { agent: data.onlyOne() } });
	await j.fail('m2');
	await j.sendBack();
	await j.put('m2', '张三丰的执照𠮷.png', 'image/png', files.png());
	await j.submit();
	await j.claim();
	await j.pass();
	await j.accept();
	await j.originals();
	await j.money();
	await j.approve();
	await j.produce();
	await j.send();
	await j.delivered();
	await (await staff('clerk1')).want(201, 'POST', `${j.desk}/notes`, { text: WORDS }, { key: key() });
	await j.owner.want(200, 'POST', `${j.url}/rating`, { score: 5, words: WORDS }, { key: key() });
	return sealed(j);
}

async function sealed(j) {
	await until(`${j.no} is not sealed`, () => sql(`SELECT f.manifest_sha256 FROM case_file f JOIN application a ON a.id=f.application_id WHERE a.no='${j.no}'`));
	j.archive = path.join(dir, `${j.no}.tar`);
	fs.writeFileSync(j.archive, (await (await staff('supervisor1')).want(200, 'GET', `/api/staff/casefiles/${j.no}/archive`)).body);
	return j;
}

async function refused() {
	const j = await Journey.to('reviewing', { seals: false });
	await j.act('clerk1', 'reject', { reason: WORDS });
	assert.equal(j.staffCase.state, 'rejected');
	return j;
}

async function revoking() {
	const owner = await applicant(), whose = subject('org', owner.phone);
	const w = await Walk.begin({ service: 'revoke', holder: 'org', channel: 'counter', owner, subject: whose, old: bring([certificate(whose)]) });
	await w.fill();
	await w.byPeople();
	assert.equal((await w.look()).state, 'completed');
	return sealed(w);
}

const blobs = (id) => lines(`SELECT blob_id FROM attachment WHERE application_id=${id} UNION SELECT p.blob_id FROM attachment_page p JOIN attachment t ON t.id=p.attachment_id WHERE t.application_id=${id} UNION SELECT p.thumb_id FROM attachment_page p JOIN attachment t ON t.id=p.attachment_id WHERE t.application_id=${id} UNION SELECT blob_id FROM case_file WHERE application_id=${id}`).filter((x) => /^[0-9a-f]{32}$/.test(x));

test.before(async () => {
	await everybody();
	await staff('supervisor1');
	await staff('admin1');
	[whole, vain, about] = await Promise.all([completed(), refused(), revoking()]);
	for (const x of [whole, vain, about]) {
		x.id = sql(`SELECT id FROM application WHERE no='${x.no}'`);
		x.blobs = blobs(x.id);
		assert.ok(x.blobs.length >= (x === vain ? 4 : 7) && x.blobs.every((b) => fs.existsSync(place(b))));
	}
	await until('jobs of the cases wait', () => sql(`SELECT COUNT(*) FROM job WHERE state='waiting' AND ref IN (${whole.id},${about.id})`) === '0');
});
test.after(async () => {
	for (const t of ['issuance_stray', 'issuance_settlement']) loose(`DELETE FROM ${t} WHERE ${of(whole)[t]}`);
	for (const t of ['invoice', 'issuance', 'signature', 'token_event', 'express_order', 'alipay_order', 'arrival', 'pickup', 'licence_waiver', 'claim']) loose(`DELETE FROM ${t} WHERE application_id=${whole.id}`);
	if (s) await s.drop();
	fs.rmSync(dir, { recursive: true });
});

/* --- looking at them --- */

function age(x, { closed, end, status, revoked }) {
	sql(`UPDATE application SET state_at=${noon(closed)}, retain_at=NULL WHERE id=${x.id}`);
	const which = x === about ? `sign_serial='${about.old[0].sign_serial}'` : `application_id=${x.id}`;
	if (end) sql(`UPDATE certificate SET not_before='2010-01-01', not_after='${end}', status='${status || 'valid'}', revoked_at=${revoked ? noon(revoked) : 'NULL'} WHERE ${which}`);
}

let jobs = 0;
const order = (x) => sql(`INSERT INTO job (kind, ref, state, next_at, created_at) VALUES ('erase', '${x.id}:${++jobs}', 'waiting', 0, 0)`);
const ended = (x) => until(`the worker does not look at ${x.no}`, () => sql(`SELECT state FROM job WHERE kind='erase' AND ref='${x.id}:${jobs}'`) !== 'waiting');

/* "erased", "held" (due, but something is open) or the day on which it is looked at again. */
async function judged(x) {
	order(x);
	await ended(x);
	const [erased, at] = sql(`SELECT COALESCE(erased_at,0), COALESCE(retain_at,0) FROM application WHERE id=${x.id}`).split('\t').map(Number);
	if (erased) return 'erased';
	if (Math.abs(at - now() - 30 * DAY) < 300) return 'held';
	return new Date((at + 8 * 3600) * 1000).toISOString().slice(0, 10);
}

const tomorrow = () => shift(data.today(), 1);
/* Looked at once a year at least: years may be changed. */
const inAYear = () => shift(data.today(), 365);

test('a case with certificates: five years after the last of its end, its closing, and of what a revocation list names', async () => {
	const last = kept(5), past = shift(last, -1), old = addYears(data.today(), -9), today = data.today();
	assert.equal(sql(`SELECT state FROM invoice WHERE application_id=${whole.id}`), 'due', 'what holds it where it is due');
	for (const [what, days, says] of [
		['it ends today', { closed: old, end: today }, inAYear()],
		['the last day', { closed: old, end: last }, tomorrow()],
		['a day more', { closed: old, end: past }, 'held'],
		['closed later than it ended', { closed: last, end: old }, tomorrow()],
		['both past', { closed: past, end: old }, 'held'],
		['suspended is not ended', { closed: old, end: last, status: 'suspended', revoked: old }, tomorrow()],
		['replaced: it could be used until its end', { closed: old, end: last, status: 'superseded', revoked: old }, tomorrow()],
		['revoked: the last day', { closed: old, end: shift(today, -1), status: 'revoked', revoked: last }, tomorrow()],
		['revoked: a day more', { closed: old, end: shift(today, -1), status: 'revoked', revoked: past }, 'held'],
		['revoked, and still on the list', { closed: old, end: today, status: 'revoked', revoked: past }, tomorrow()],
	]) {
		age(whole, days);
		assert.equal(await judged(whole), says, what);
	}
});

test('a case about a certificate waits for that one', async () => {
	const last = kept(5), old = addYears(data.today(), -9);
	for (const [what, days] of [['its end', { closed: old, end: last }], ['its revocation', { closed: old, end: shift(data.today(), 50), status: 'revoked', revoked: last }], ['the closing', { closed: last, end: old }]]) {
		age(about, days);
		assert.equal(await judged(about), tomorrow(), what);
	}
});

test('a case that made none: two years after it was closed', async () => {
	age(vain, { closed: kept(2) });
	assert.equal(await judged(vain), tomorrow());
	assert.notEqual(sql(`SELECT LENGTH(data_sealed) FROM application WHERE id=${vain.id}`), '0');
});

test('taken up again: nothing', async () => {
	age(vain, { closed: addYears(data.today(), -9) });
	sql(`UPDATE application SET state='submitted' WHERE id=${vain.id}`);
	assert.equal(await judged(vain), inAYear());
	sql(`UPDATE application SET state='rejected' WHERE id=${vain.id}`);
});

test('the settings decide, up to the law', async () => {
	const c = await staff('admin1');
	const change = async (want, name, value) => {
		const { version } = (await c.want(200, 'GET', '/api/staff/settings')).json.items.find((x) => x.name === name);
		await c.want(want, 'POST', `/api/staff/settings/${name}`, { value, reason: '按档案规定保存' }, { match: version });
	};
	await change(422, 'retain.issued_years', '4');
	await change(422, 'retain.unissued_years', '0');
	age(whole, { closed: addYears(data.today(), -9), end: shift(kept(5), -1) });
	age(vain, { closed: shift(kept(2), -1) });
	try {
		await change(200, 'retain.issued_years', '6');
		await change(200, 'retain.unissued_years', '3');
		await everywhere();
		for (const x of [whole, vain]) assert.match(await judged(x), /^20/, 'longer');
	} finally {
		await change(200, 'retain.issued_years', '5');
		await change(200, 'retain.unissued_years', '2');
		await everywhere();
	}
	assert.equal(await judged(whole), 'held');
});

/* --- what holds it --- */

const put = (table, row) => [`INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${Object.values(row).map((v) => (typeof v === 'number' ? v : `'${v}'`)).join()})`, `DELETE FROM ${table} WHERE ${Object.entries(row).map(([k, v]) => `${k}=${typeof v === 'number' ? v : `'${v}'`}`).join(' AND ')}`];
const loose = (text) => sql(`SET SESSION sql_mode='', foreign_key_checks=0; ${text}`);

test('nothing goes while anything stands open', async () => {
	const id = Number(whole.id), FAR = 4e9, n = data.digits(12), cert = `(SELECT MIN(id) FROM certificate WHERE application_id=${id})`;
	const desk = await staff('desk1'), someone = new Client();
	sql(`UPDATE invoice SET state='imported', number='${data.digits(20)}', fen=100, issued_day=CURDATE(), xml_sealed='x' WHERE application_id=${id}`);
	const asked = (await someone.want(201, 'POST', '/api/feedback', { kind: 'complaint', phone: data.phone(), no: whole.no, text: WORDS }, { key: key() })).json.no;
	age(whole, { closed: addYears(data.today(), -9), end: shift(kept(5), -1) });
	assert.equal(await judged(whole), 'held', 'a question that was not answered');
	await desk.want(200, 'POST', `/api/staff/feedback/${asked}/answer`, { answer: WORDS }, { key: key() });
	whole.asked = asked;
	await until('the answer is on its way', () => Number(sql(`SELECT COUNT(*) FROM outbox WHERE state IN ('waiting','sending') AND (dedupe='feedback:${asked}' OR application_id=${id})`)) === 0);
	const payment = sql(`SELECT MIN(bank_line_id) FROM payment WHERE application_id=${id}`);
	assert.match(payment, /^\d+$/);
	const issuance = { application_id: id, item: 9, driver: 'builtin', state: 'unknown', token_serial: MARK, sign_serial: 'S' + n, enc_serial: 'E' + n };
	for (const [what, set, undo] of [
		['a sum that is owed', ...put('ledger', { at: 0, day: '2000-01-01', kind: 'owed', debit: 'case', credit: 'fee', fen: 100, application_id: id })],
		['a sum paid too much', ...put('ledger', { at: 0, day: '2000-01-01', kind: 'allotted', debit: 'loose', credit: 'case', fen: 100, application_id: id })],
		['a sum to be paid back', ...put('ledger', { at: 0, day: '2000-01-01', kind: 'refunded', debit: 'refund', credit: 'bank', fen: 100, application_id: id })],
		['a refund that was asked', ...put('refund', { application_id: id, place: 'bank', fen: 100, reason: '重复', state: 'asked', asked_by: 1, asked_at: 0 })],
		['a refund that failed', ...put('refund', { application_id: id, place: 'bank', fen: 100, reason: '重复', state: 'failed', asked_by: 1, asked_at: 0, decided_by: 2, decided_at: 0 })],
		['an order at the gateway', ...put('alipay_order', { application_id: id, out_trade_no: `${whole.no}-9`, fen: 100, subject: '费用', state: 'planned', made_at: FAR, ends_at: FAR, asked_at: FAR })],
		['an invoice', `UPDATE invoice SET state='due' WHERE application_id=${id}`, `UPDATE invoice SET state='imported' WHERE application_id=${id}`],
		['a line of the bank', `UPDATE bank_line SET awaits=${id} WHERE id=${payment}`, `UPDATE bank_line SET awaits=NULL WHERE id=${payment}`],
		['a certificate it holds', `UPDATE certificate SET busy_case=${id} WHERE sign_serial='${about.old[0].sign_serial}'`, `UPDATE certificate SET busy_case=NULL WHERE sign_serial='${about.old[0].sign_serial}'`],
		['its certificate held by another', `UPDATE certificate SET busy_case=${about.id} WHERE application_id=${id}`, `UPDATE certificate SET busy_case=NULL WHERE application_id=${id}`],
		['a certificate of which nobody knows', ...put('issuance', issuance)],
		['one to be revoked', `${put('issuance', { ...issuance, state: 'failed' })[0]}; INSERT INTO issuance_stray (issuance_id, cert, why, made_at, next_at) SELECT id, '', '', 0, ${FAR} FROM issuance WHERE application_id=${id} AND item=9`,
			`DELETE s FROM issuance_stray s JOIN issuance i ON i.id=s.issuance_id WHERE i.application_id=${id}; DELETE FROM issuance WHERE application_id=${id} AND item=9`],
		['a permission to unlock', ...put('unlock_permission', { application_id: id, certificate_id: 1, token_serial: MARK, nonce: data.digits(32), key_id: '0', state: 'issued', made_at: 0, ends_at: FAR })],
		['a courier', ...put('express_order', { application_id: id, order_no: `${whole.no}-9`, driver: 'sf', freight: 'prepaid', state: 'planned', staff_id: 1, made_at: 0, next_at: FAR })],
		['a message', ...put('outbox', { application_id: id, template: 'sent', dedupe: MARK, state: 'waiting', next_at: FAR, created_at: 0 })],
		['a bad rating', `UPDATE rating SET follow='open' WHERE application_id=${id}`, `UPDATE rating SET follow='none' WHERE application_id=${id}`],
	]) {
		assert.ok(cert);
		loose(set);
		try {
			assert.equal(await judged(whole), 'held', what);
		} finally {
			loose(undo);
		}
	}
});

/* --- what becomes of each column --- */

const of = (x) => {
	const mine = `application_id=${x.id}`, in_ = (column, table, which = mine) => `${column} IN (SELECT id FROM ${table} WHERE ${which})`;
	return {
		application: `id=${x.id}`, feedback: `case_no='${x.no}'`, stored_file: `id IN (${x.blobs.map((b) => `'${b}'`)})`, attachment_page: in_('attachment_id', 'attachment'),
		certificate_body: in_('certificate_id', 'certificate'), issuance_stray: in_('issuance_id', 'issuance'), issuance_settlement: in_('issuance_id', 'issuance'),
		parcel_step: in_('parcel_id', 'parcel'), rating_step: in_('rating_id', 'rating'), outbox: `(${mine} OR dedupe LIKE 'feedback:${x.asked}%')`,
	};
};
/* Emptied, or gone with the row. */
const EMPTY = `
application account_id data_sealed unit_name unit_key uscc agent_phone_hash close_text payer_hash
seal attachment_id picture_sealed picture_sha256 sight_sealed name ses_sealed
form_version data_sealed
verdict note areas
claim reason
licence_waiver reason
signature signed_sealed cms
issuance request sign_cert enc_cert enc_key_sealed error
issuance_stray cert why error
issuance_settlement cert
certificate account_id unit_name unit_key uscc unit_address seal_name person_sealed person_key_hash id_number_sealed id_number_hash agent_sealed agent_phone_hash
arrival sender_sealed photo_sealed note
pickup collector collector_sealed id_kind id_tail_sealed note
rating words_sealed
rating_step note_sealed
alipay_order qr buyer
express_order error
invoice link_hash code_hash
token_event note
event text`;
const GONE = 'upload relay attachment_page attachment case_file case_round case_note rekey certificate_body parcel_step outbox feedback stored_file'.split(' ');
/* What is kept, and why.  A star is all of a table, but never what is sealed or hashed: that is named. */
const KEPT = {
	'books: what was paid, by whom, and the invoice as it was issued': 'payment.* payment.payer_account_sealed bank_line.* bank_line.payer_account_sealed bank_line.payer_account_hash refund.* statement.* statement.file_hash statement_mapping.* alipay_notice.* alipay_notice.body_hash alipay_order.* invoice.number invoice.xml_sealed invoice.pdf_sealed invoice.red_number invoice.red_reason',
	'the audit': 'audit.* audit.prev_hash audit.hash audit_head.hash',
	'the tombstone: numbers, words of the workflow, checksums': 'application.no application.service application.catalog_version application.state application.branch application.lane application.erased_hash event.* form_version.sha256 form_version.foot_post form_version.foot_hotline verdict.reasons gate.* rating.reasons signature.* signature_check.* seal.* report_case.* report_fact.* report_day.* case_step.* job.*',
	'serials and numbers that are given once': 'certificate.sign_serial certificate.enc_serial certificate.token_serial issuance.* token.* token_event.* token_in.* unlock_permission.* parcel.* express_order.* arrival.waybill',
	'accounts and sessions, which no case ends': 'account.phone_hash account.phone_sealed',
	'ends by itself within days': 'session.* session.token_hash otp.* otp.phone_hash otp.code_hash challenge.* idempotency.* idempotency.key_hash idempotency.body_hash idempotency.body_sealed rate.*',
	'of staff, and what they maintain': 'staff.* staff.totp_sealed staff.totp_new_sealed staff.code_hash staff_role.* proposal.* proposal.payload_sealed proposal.lines_sealed look.* look_alarm.* queue_view.* setting.* setting_history.* contact.* contact_history.* branch.* branch_history.* announcement.* calendar_day.* catalog_version.* schema_version.*',
};
const empty = EMPTY.trim().split('\n').flatMap((l) => l.split(' ').slice(1).map((c) => `${l.split(' ')[0]}.${c}`));
/* Those of the tables or columns in which the case has something. */
function filled(x, names) {
	const where = of(x);
	return lines(names.map((n) => {
		const [table, column] = n.split('.');
		return `SELECT '${n}' FROM DUAL WHERE EXISTS (SELECT 1 FROM ${table} WHERE ${where[table] || `application_id=${x.id}`}${column ? ` AND LENGTH(${column})>0` : ''})`;
	}).join(' UNION ALL '));
}

test('it is said of every column that may hold a person what becomes of it', () => {
	const kept = new Set(Object.values(KEPT).join(' ').split(' '));
	const all = lines(`SELECT CONCAT(TABLE_NAME,'.',COLUMN_NAME) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA=DATABASE() AND (CHARACTER_MAXIMUM_LENGTH>=18 OR COLUMN_NAME='account_id' OR COLUMN_NAME LIKE '%\\_sealed')`);
	const told = (c) => empty.includes(c) || GONE.includes(c.split('.')[0]) || kept.has(c) || (!/_(sealed|hash)$/.test(c) && kept.has(`${c.split('.')[0]}.*`));
	assert.ok(all.length > 200);
	assert.deepEqual(all.filter((c) => !told(c)), []);
	for (const c of [...empty, ...kept]) assert.ok(c.endsWith('.*') ? all.some((x) => x.startsWith(c.slice(0, -1))) : all.includes(c) || sql(`SELECT COUNT(*) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA=DATABASE() AND CONCAT(TABLE_NAME,'.',COLUMN_NAME)='${c}'`) === '1', `${c} is not there`);
});

/* What this way through the house did not leave behind is put there. */
function plant(x) {
	const id = Number(x.id), FAR = 4e9, hex = () => crypto.randomBytes(16).toString('hex'), rows = {
		upload: { id: hex(), application_id: id, account_id: 1, material: 'm2', filename: MARK, metadata: MARK, blob_id: hex(), ends_at: FAR },
		relay: { application_id: id, material: 'm2', pair: '12', token_hash: hex(), created_at: 0, ends_at: FAR },
		licence_waiver: { application_id: id, reason: MARK, staff_id: 1, at: 0 }, signature: { application_id: id, nonce: hex(), certificate_id: 1, signed_sealed: MARK, cms: MARK },
		issuance: { application_id: id, item: 9, driver: 'builtin', state: 'done', token_serial: 'T', request: MARK }, arrival: { waybill: 'SF' + data.digits(12), application_id: id, staff_id: 1 },
		pickup: { application_id: id, ready_at: 0 }, alipay_order: { application_id: id, out_trade_no: `${x.no}-8`, fen: 1, state: 'closed', made_at: 0, ends_at: 0, done_at: 1 },
		express_order: { application_id: id, order_no: `${x.no}-8`, driver: 'sf', freight: 'prepaid', state: 'cancelled', staff_id: 1, done_at: 1 },
		token_event: { token_serial: 'T', application_id: id, event: 'write' }, claim: { application_id: id, kind: 'take', staff_id: 1, from_staff_id: 2, reason: MARK, at: 0 },
		rekey: { application_id: id, staff_id: 1, data_hash: hex(), attempt: 1, matched: 0, wrong: 'uscc', typed_sealed: MARK },
	};
	for (const [table, row] of Object.entries(rows)) loose(put(table, row)[0]);
	loose(`INSERT INTO stored_file (id, key_sealed, size_bytes, created_at) VALUES ('${rows.upload.blob_id}', '${MARK}', 0, ${now()})`);
	x.blobs.push(rows.upload.blob_id);
	const first = (table) => `(SELECT MIN(id) FROM ${table} WHERE application_id=${id})`;
	loose(`INSERT IGNORE INTO certificate_body (certificate_id, issuer, sign_cert, told) VALUES (${first('certificate')}, 'none', '${MARK}', 'valid');
		INSERT INTO issuance_stray (issuance_id, told_at, next_at) VALUES (${first('issuance')}, 1, ${FAR}); INSERT INTO issuance_settlement (issuance_id, staff_id) VALUES (${first('issuance')}, 1);
		INSERT INTO parcel_step (parcel_id, at, code, text_hash, text_sealed) VALUES (${first('parcel')}, 0, '80', '${hex()}', '${MARK}'); INSERT INTO rating_step (rating_id, at, step) VALUES (${first('rating')}, 0, 'note');
		UPDATE seal SET state='bound', certificate_id=${first('certificate')}, confirmed_by=COALESCE(confirmed_by,1) WHERE application_id=${id} AND certificate_id IS NULL;
		UPDATE outbox SET resend_of=(SELECT m FROM (SELECT MIN(id) AS m FROM outbox WHERE application_id=${id}) o) WHERE id=(SELECT m FROM (SELECT MAX(id) AS m FROM outbox WHERE application_id=${id}) o)`);
	const there = filled(x, empty), where = of(x);
	const room = new Map(lines(`SELECT CONCAT(TABLE_NAME,'.',COLUMN_NAME), COALESCE(CHARACTER_MAXIMUM_LENGTH,0) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA=DATABASE()`).map((l) => l.split('\t')));
	for (const c of empty.filter((e) => !there.includes(e))) {
		const [table, column] = c.split('.');
		loose(`UPDATE ${table} SET ${column}=${Number(room.get(c)) ? `'${MARK.slice(0, Number(room.get(c)))}'` : 1} WHERE ${where[table] || `application_id=${id}`}`);
	}
}

/* Everything the database holds: the tables in which each text stands. */
function found(texts) {
	const file = path.join(dir, 'dump'), edge = `-- ${MARK.slice(6)} `, tables = lines('SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE()');
	const done = spawnSync('sh', ['-c', 'exec "$0" sql -N -B zhengyin >"$1"', env.stack, file], { input: `SET NAMES utf8mb4;\n${tables.map((t) => `SELECT '${edge}${t}'; SELECT * FROM ${t};`).join('\n')}`, env: { ...process.env, VAR: env.varDir } });
	assert.equal(done.status, 0, String(done.stderr));
	const all = fs.readFileSync(file), begins = tables.map((t) => all.indexOf(edge + t + '\n'));
	assert.ok(begins.every((at) => at >= 0));
	return new Map(texts.map((text) => [text, tables.filter((t, i) => {
		const at = all.indexOf(text, begins[i] + edge.length);
		return at >= 0 && at < (i + 1 < tables.length ? begins[i + 1] : all.length);
	})]));
}

const store = () => {
	const a = portalctl('store', 'check'), m = /(\d+) faults, (\d+) files without a row/.exec(a.stdout);
	return { faults: Number(m[1]), orphans: Number(m[2]) };
};
const sha = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');
const tomb = (x) => sql(`SELECT erased_hash FROM application WHERE id=${x.id}`);
const facts = (x) => sql(`SELECT measure, word, day, n FROM report_fact WHERE application_id=${x.id} ORDER BY 1,2,3`);

test('the worker finds what is due by itself and erases it: of nobody anything is left but in the books', async () => {
	plant(whole);
	assert.deepEqual(filled(whole, [...empty, ...GONE]), [...empty, ...GONE], 'something has nothing to erase');
	whole.facts = facts(whole);
	const t = whole.typed, private_ = [MARK, WORDS, '张三丰的执照', t.unit.uscc, t.unit.address, t.agent.name, t.agent.id_number, t.agent.phone, t.agent.email].filter(Boolean);
	const before = found([...private_, t.unit.name]);
	assert.ok(before.get(MARK).length > 12 && before.get(t.unit.uscc).length >= 2 && before.get(WORDS).includes('event') && before.get(t.unit.name).includes('application'), 'the search finds nothing');
	const sums = lines(`SELECT sha256 FROM attachment WHERE application_id=${vain.id} UNION ALL SELECT sha256 FROM form_version WHERE application_id=${vain.id} ORDER BY 1`);
	const before_store = store();
	age(whole, { closed: addYears(data.today(), -9), end: shift(data.today(), -1), status: 'revoked', revoked: shift(kept(5), -1) });
	age(vain, { closed: shift(kept(2), -1) });
	age(about, { closed: addYears(data.today(), -9), end: kept(5) });
	stack('restart', 'worker'); /* it begins with all its tasks */
	await until('what is due is not erased', () => sql(`SELECT COUNT(*) FROM application WHERE id IN (${whole.id},${vain.id}) AND erased_at IS NOT NULL`) === '2');
	await until('files stay', () => [...whole.blobs, ...vain.blobs].every((b) => !fs.existsSync(place(b))));
	assert.equal(sql(`SELECT erased_at IS NULL AND retain_at IS NOT NULL FROM application WHERE id=${about.id}`), '1', 'one too many');
	for (const x of [whole, vain]) assert.deepEqual(filled(x, [...empty, ...GONE]), []);
	assert.equal(tomb(vain), `files:${sha(sums.map((x) => x + '\n').join(''))}`);
	const after = found([...private_, t.unit.name]);
	for (const p of private_) assert.deepEqual(after.get(p), [], p);
	assert.deepEqual(after.get(t.unit.name).filter((x) => !['payment', 'bank_line'].includes(x)), []);
	assert.ok(after.get(t.unit.name).includes('payment'), 'who paid stands in the books');
	const now_ = store();
	assert.deepEqual([now_.faults, now_.orphans <= before_store.orphans], [0, true]);
});

test('what is left: the tombstone proves the saved file, serials and days, the books and the audit', async () => {
	const manifest = spawnSync('tar', ['-xOf', whole.archive, 'manifest.json']).stdout;
	assert.equal(tomb(whole), `casefile:${sha(manifest)}`);
	const good = spawnSync(path.join(env.buildDir(), 'tools/casecheck'), ['--trust', path.join(env.varDir, 'trust'), whole.archive], { encoding: 'utf8' });
	assert.equal(good.status, 0, good.stdout + good.stderr);
	assert.equal(sql(`SELECT GROUP_CONCAT(detail) FROM audit WHERE action='case_erased' AND object='${whole.no}'`), tomb(whole));
	assert.equal(sql(`SELECT state, LENGTH(no)>0, service FROM application WHERE id=${whole.id}`), 'completed\t1\tnew');
	assert.equal(sql(`SELECT COUNT(*) FROM certificate WHERE application_id=${whole.id} AND status='revoked' AND LENGTH(sign_serial)>0`), '1');
	for (const command of [['verify-audit'], ['ledger'], ['keys', 'list']]) {
		const a = portalctl(...command);
		assert.equal(a.status, 0, a.stdout + a.stderr);
	}
	await until('counted again', () => sql(`SELECT COUNT(*) FROM report_todo WHERE application_id=${whole.id}`) === '0');
	assert.equal(facts(whole), whole.facts, 'the figures of the reports stay');
});

test('erased twice is erased once', async () => {
	const rows = () => sql(`SELECT a.version, a.erased_at, (SELECT COUNT(*) FROM audit WHERE object=a.no) FROM application a WHERE a.id=${whole.id}`), before = rows();
	assert.equal(await judged(whole), 'erased');
	assert.equal(rows(), before);
	assert.equal(sql(`SELECT state FROM job WHERE kind='erase' AND ref='${whole.id}:${jobs}'`), 'done');
});

/* --- who looks for it --- */

const USERS = ['supervisor1', 'clerk1', 'finance1', 'desk1', 'producer1', 'auditor1', 'admin1'];
async function asked(where) {
	for (const u of USERS) {
		const a = await (await staff(u)).get(where, { loose: true });
		if (a.status !== 403) return a;
	}
	return { status: 403 };
}

test('staff find it by its number and are told; no list, search, export or report falls over it', async () => {
	const say = /^本申请已于20\d\d年\d+月\d+日按保存期限清除，仅保留编号和校验值。$/;
	const c = await staff('clerk1');
	const one = await c.want(404, 'GET', `/api/staff/applications/${whole.no}`);
	assert.deepEqual([one.json.code, say.test(one.json.detail)], ['erased', true], one.json.detail);
	const hits = (await c.want(200, 'GET', `/api/staff/applications?queue=all&q=${whole.no}`)).json.items;
	assert.deepEqual(hits.map((x) => [x.no, x.unit_name]), [[whole.no, null]]);
	const q = encodeURIComponent(whole.typed.unit.name);
	assert.deepEqual((await c.want(200, 'GET', `/api/staff/applications?queue=all&q=${q}`)).json.items, []);
	const [row] = (await (await staff('auditor1')).want(200, 'GET', `/api/staff/certificates?q=${sql(`SELECT sign_serial FROM certificate WHERE application_id=${whole.id}`)}`)).json.items;
	assert.deepEqual([row.holder_name, row.unit_name, row.uscc, row.status, row.case_no], [null, null, null, 'revoked', whole.no]);
	assert.ok((await (await staff('auditor1')).want(200, 'GET', `/api/staff/audit?object=${whole.no}`)).json.items.some((x) => x.action === 'case_erased'));
	const api = JSON.parse(fs.readFileSync(path.join(env.root, 'www/api/openapi.json'), 'utf8')), seen = { 200: 0, 404: 0 };
	for (const [p, item] of Object.entries(api.paths)) {
		if (!item.get || !p.startsWith('/api/staff/') || /\{(?!no\}|serial\})/.test(p)) continue;
		const query = (item.get.parameters || []).filter((x) => x.in === 'query' && ['no', 'q', 'object', 'case'].includes(x.name)).map((x) => `${x.name}=${whole.no}`).join('&');
		for (const tail of query ? ['', `?${query}`] : ['']) {
			const a = await asked(p.replace('{no}', whole.no).replace('{serial}', row.sign_serial) + tail);
			assert.ok([200, 400, 403, 404, 409, 422].includes(a.status), `${p}${tail}: ${a.status} ${a.body}`);
			seen[a.status] = (seen[a.status] || 0) + 1;
			if (!p.includes('{')) assert.notEqual(a.status, 404, p + tail);
		}
	}
	assert.ok(seen[200] > 25 && seen[404] > 5, JSON.stringify(seen));
});

test('its owner has it no more, the tracker says why nothing is found, serial and form can still be checked', async () => {
	const list = (await whole.owner.want(200, 'GET', '/api/applications')).json;
	assert.ok(!JSON.stringify(list).includes(whole.no));
	await whole.owner.want(404, 'GET', whole.url);
	assert.ok(!JSON.stringify((await whole.owner.want(200, 'GET', '/api/certificates')).json).includes(whole.no));
	const v = new Client();
	const a = await v.post('/api/track', { no: whole.no, phone: whole.owner.phone, code: await v.askCode(whole.owner.phone, 'track') });
	assert.equal(a.status, 404);
	assert.match(a.json.detail, /超过保存期限的已清除/);
	const serial = sql(`SELECT sign_serial FROM certificate WHERE application_id=${whole.id}`);
	assert.equal((await v.want(200, 'GET', `/api/verify/number?number=${serial}`)).json.result, 'ended');
});

/* --- how --- */

test('no statement of it reads a whole table', () => {
	const c = fs.readFileSync(path.join(env.root, 'lib/domain/retention.c'), 'utf8');
	const holds_ = [...c.slice(c.indexOf('#define HOLDS'), c.indexOf('enum {')).matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((m) => m[1]).join('') + ' FROM application a WHERE a.id=?';
	const table = c.slice(c.indexOf('static const struct sql sql[]'), c.indexOf('SQL_TABLE('));
	const all = [holds_, ...table.split(/\n\t\[/).slice(1).map((part) => /\{((?:\s*"(?:[^"\\]|\\.)*")+)/.exec(part)).filter(Boolean).map((m) => [...m[1].matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((x) => x[1]).join(''))];
	assert.ok(all.length > 35, `${all.length} statements`);
	for (const text of all) {
		const plan = lines(`EXPLAIN ${text.replace(/\?/g, `'1'`)}`).map((l) => l.split('\t'));
		for (const [, , t, type, possible, , , , , extra] of plan) assert.ok(possible !== 'NULL' || ['system', 'const'].includes(type) || /^(NULL|<|const)/.test(t) || /Impossible WHERE|no matching row|No tables|tables optimized/.test(extra), `${text}\n${plan.map((x) => x.join(' ')).join('\n')}`);
	}
	const find = all.find((x) => x.includes('ORDER BY retain_look')), [plan] = lines(`EXPLAIN ${find.replace('?', `'1'`)}`).map((l) => l.split('\t'));
	assert.deepEqual([plan[3], plan[5], /filesort|temporary/.test(plan.at(-1))], ['range', 'application_retain', false], plan.join(' '));
});

const cannot = inject.may('worker');
test('killed between the commit and its files: nothing is half, the orphans go', { skip: cannot }, async () => {
	age(about, { closed: addYears(data.today(), -9), end: shift(kept(5), -1) });
	const [pid] = pids('worker');
	const tracer = spawn('strace', ['-p', String(pid), '-o', path.join(dir, 'trace'), '-e', 'trace=unlink,unlinkat', '-e', 'inject=unlink,unlinkat:error=EIO:signal=SIGKILL:when=1'], { stdio: ['ignore', 'ignore', 'pipe'] });
	await new Promise((done) => tracer.stderr.on('data', (d) => /attached/.test(d) && done()));
	order(about);
	await until('the worker lives', () => !pids('worker').includes(pid));
	assert.equal(sql(`SELECT erased_at IS NOT NULL FROM application WHERE id=${about.id}`), '1');
	await ended(about);
	const left = about.blobs.filter((b) => fs.existsSync(place(b)));
	assert.deepEqual(left.sort(), about.blobs.sort(), 'a file went before the worker died');
	assert.deepEqual(filled(about, ['stored_file']), [], 'their keys are there');
	for (const b of left) fs.utimesSync(place(b), now() - 7200, now() - 7200);
	stack('restart', 'worker');
	await until('orphans stay', () => left.every((b) => !fs.existsSync(place(b))));
	assert.equal(store().faults, 0);
});

test('a backup of what is left is whole', async () => {
	const to = path.join(dir, 'backup');
	const made = portalctl('backup', to);
	assert.equal(made.status, 0, made.stdout + made.stderr);
	s = scratch(`e${process.pid}`);
	fs.appendFileSync(s.conf, `store_dir = ${path.join(s.dir, 'store')}\ntrust_dir = ${path.join(s.dir, 'trust')}\n`);
	assert.equal(s.portalctl('init').status, 0);
	for (const f of fs.readdirSync(path.join(env.varDir, 'secret')).filter((x) => !x.startsWith('db-'))) fs.copyFileSync(path.join(env.varDir, 'secret', f), path.join(s.dir, 'secret', f));
	const back = s.portalctl('restore', to);
	assert.equal(back.status, 0, back.out);
	for (const command of [['verify-audit'], ['ledger'], ['store', 'check']]) {
		const a = s.portalctl(...command);
		assert.equal(a.status, 0, `${command}: ${a.out}`);
	}
	assert.equal(await s.connect().one(`SELECT erased_hash FROM application WHERE no='${whole.no}'`), tomb(whole));
});
