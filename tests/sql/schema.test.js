'use strict';
/* The schema as portalctl makes it from sql/: repeatable, explained, and refusing by itself what must not be. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { scratch } = require('../lib/mariadb');

const s = scratch();
let db;
let cases = 0;

test.before(async () => {
	assert.equal(s.portalctl('init').status, 0);
	const made = s.portalctl('migrate');
	assert.equal(made.status, 0, made.out);
	db = s.connect();
	await db.run(`INSERT INTO catalog_version (version, sha256, xml, loaded_at) VALUES ('t', REPEAT('0',64), '', 1)`);
	await db.run(`INSERT INTO account (id, phone_hash, phone_sealed, created_at) VALUES (1, REPEAT('p',32), '', 1)`);
	for (const [id, user] of [[1, 'one'], [2, 'two']]) await db.run(`INSERT INTO staff (id, user, name, password, totp_sealed, created_at) VALUES (${id}, '${user}', '审核员', '', '', 1)`);
});

test.after(() => s.drop());

async function newCase(more = {}) {
	const no = `T${++cases}`;
	const row = { no: `'${no}'`, account_id: 1, service: `'new'`, holder: `'org'`, channel: `'post'`, catalog_version: `'t'`, state: `'second_review'`, version: 7, data_sealed: `''`, created_at: 1, updated_at: 1, state_at: 1, reviewer1: 1, ...more };
	await db.run(`INSERT INTO application (${Object.keys(row).join()}) VALUES (${Object.values(row).join()})`);
	return db.one(`SELECT id FROM application WHERE no='${no}'`);
}

const refuses = (promise, ...codes) => assert.rejects(promise, (e) => codes.includes(e.code) || assert.fail(`${e.code} ${e.message}`));
const CHECK = 4025, DUPLICATE = 1062, PARENT = 1452, CHILD = 1451, DENIED = 1142, COLUMN_DENIED = 1143, CHANGED = 1020, DEADLOCK = 1213;

/* Everything that a second run could change. */
async function picture() {
	const of = (sql) => db.run(sql);
	return JSON.stringify([
		await of(`SELECT TABLE_NAME, ENGINE, TABLE_COLLATION, TABLE_COMMENT, CREATE_TIME FROM information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE() ORDER BY 1`),
		await of(`SELECT TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, COLUMN_DEFAULT, IS_NULLABLE, COLUMN_TYPE, COLUMN_KEY, COLUMN_COMMENT FROM information_schema.COLUMNS WHERE TABLE_SCHEMA=DATABASE() ORDER BY 1,3`),
		await of(`SELECT TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, NON_UNIQUE FROM information_schema.STATISTICS WHERE TABLE_SCHEMA=DATABASE() ORDER BY 1,2,3`),
		await of(`SELECT * FROM schema_version ORDER BY number`),
		await of(`SELECT GRANTEE, TABLE_NAME, PRIVILEGE_TYPE FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_SCHEMA=DATABASE() ORDER BY 1,2,3`),
		await of(`SELECT GRANTEE, TABLE_NAME, COLUMN_NAME, PRIVILEGE_TYPE FROM information_schema.COLUMN_PRIVILEGES WHERE TABLE_SCHEMA=DATABASE() ORDER BY 1,2,3,4`),
		await of(`SELECT COUNT(*) FROM mysql.global_priv`),
	]);
}

test('every statement prepares against it', () => {
	const a = s.portalctl('check-sql');
	assert.equal(a.status, 0, a.out);
	assert.match(a.out, /^\d{3,} statements are right/m);
});

test('migrations run twice change nothing', async () => {
	const before = await picture();
	const again = s.portalctl('migrate');
	assert.equal(again.status, 0, again.out);
	assert.equal(again.out, '');
	assert.equal(await picture(), before);
});

test('every table and every column has a comment', async () => {
	assert.deepEqual(await db.run(`SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE() AND TABLE_COMMENT=''`), []);
	assert.deepEqual(await db.run(`SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA=DATABASE() AND COLUMN_COMMENT=''`), []);
	assert.ok(Number(await db.one(`SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE()`)) > 25);
});

test('utf8mb4_bin everywhere, so that 𠮷 is not 吉 and A is not a', async () => {
	assert.equal(await db.one(`SELECT DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME=DATABASE()`), 'utf8mb4_bin');
	assert.deepEqual(await db.run(`SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE() AND (TABLE_COLLATION<>'utf8mb4_bin' OR ENGINE<>'InnoDB')`), []);
	assert.deepEqual(await db.run(`SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA=DATABASE() AND COLLATION_NAME IS NOT NULL AND COLLATION_NAME<>'utf8mb4_bin'`), []);
});

test('one person is not both reviewers, nor does who opened a case approve it', async () => {
	const id = await newCase();
	await refuses(db.run(`UPDATE application SET reviewer2=1 WHERE id=${id}`), CHECK);
	await db.run(`UPDATE application SET reviewer2=2 WHERE id=${id}`);
	await refuses(db.run(`UPDATE application SET reviewer1=2 WHERE id=${id}`), CHECK);
	const opened = await newCase({ opened_by: 2 });
	await refuses(db.run(`UPDATE application SET reviewer2=2 WHERE id=${opened}`), CHECK);
});

test('where a case lies follows from its state, whether it was made so or has come there', async () => {
	const NEVER = '2199-12-31', FIRST = '2026-11-24', DUE = '2026-12-01';
	const LIES = [
		[{ state: 'submitted' }, 'submitted', FIRST], [{ state: 'submitted', round: 2 }, 'corrected', FIRST], [{ state: 'submitted', by_machine: 1 }, 'accepted', NEVER],
		[{ state: 'submitted', review_due: null }, 'submitted', NEVER], [{ state: 'reviewing' }, 'reviewing', FIRST], [{ state: 'returned' }, 'returned', NEVER], [{ state: 'accepted' }, 'accepted', NEVER],
		[{ state: 'second_review' }, 'second_review', DUE], [{ state: 'approved' }, 'approved', DUE], [{ state: 'approved', due: null }, 'approved', NEVER],
		[{ state: 'produced', delivery_mode: 'courier' }, 'to_send', DUE], [{ state: 'produced', delivery_mode: 'pickup' }, 'to_collect', DUE], [{ state: 'produced' }, 'NULL', NEVER],
		[{ state: 'ready', delivery_mode: 'pickup' }, 'to_collect', NEVER], ...['draft', 'printed', 'completed', 'withdrawn', 'rejected', 'expired'].map((state) => [{ state }, 'NULL', NEVER]),
	];
	const told = (v) => (v === null ? 'NULL' : typeof v === 'string' ? `'${v}'` : v);
	for (const [more, queue, day] of LIES) {
		const of = { round: 0, by_machine: 0, delivery_mode: null, review_due: FIRST, due: DUE, service: 'renew', ...more };
		const row = Object.fromEntries(Object.entries(of).map(([k, v]) => [k, told(v)]));
		const made = await newCase(row), moved = await newCase({ state: `'draft'` });
		await db.run(`UPDATE application SET ${Object.entries(row).map(([k, v]) => `${k}=${v}`).join()} WHERE id=${moved}`);
		for (const id of [made, moved]) {
			assert.equal(await db.one(`SELECT CONCAT_WS(' ', COALESCE(queue, 'NULL'), lane, keep_day) FROM application WHERE id=${id}`), `${queue} renew.org.post ${day}`, JSON.stringify(more));
		}
	}
});

let lines = 0;
async function bankLine(fen) {
	const serial = `L${++lines}`;
	await db.run(`INSERT INTO bank_line (account, serial, direction, booked_day, value_date, amount_fen, payer_name, payer_key, state, staff_id, at) VALUES ('7443', '${serial}', 'in', '2026-10-01', '2026-10-01', ${fen}, '某单位', '某单位', 'open', 1, 1)`);
	return Number(await db.one(`SELECT id FROM bank_line WHERE serial='${serial}'`));
}

test('a line of the bank is known once and not given away twice, money is more than nothing', async () => {
	const id = await newCase(), other = await newCase(), line = await bankLine(100);
	const pay = (to, serial, fen, method, of = 'NULL') => db.run(`INSERT INTO payment (application_id, method, bank_serial, payer_name, payer_right, amount_fen, value_date, staff_id, at, bank_line_id) VALUES (${to}, '${method}', '${serial}', '某单位', 1, ${fen}, '2026-10-01', 1, 1, ${of})`);
	const give = (fen) => db.run(`UPDATE bank_line SET allotted_fen=allotted_fen+${fen} WHERE id=${line}`);
	await refuses(pay(id, 'B1', 100, 'transfer'), CHECK, 'a transfer without its line');
	await pay(id, 'B1', 60, 'transfer', line);
	await refuses(pay(id, 'B1', 40, 'transfer', line), DUPLICATE);
	await pay(other, 'B1', 40, 'transfer', line);
	await give(100);
	await refuses(give(1), CHECK);
	await refuses(give(-101), CHECK);
	await refuses(db.run(`INSERT INTO bank_line (account, serial, direction, booked_day, value_date, amount_fen, payer_name, payer_key, state, staff_id, at) SELECT account, serial, direction, booked_day, value_date, 5, payer_name, payer_key, 'open', 1, 1 FROM bank_line WHERE id=${line}`), DUPLICATE);
	for (const method of ['counter', 'alipay']) {
		await pay(id, 'B1', 100, method);
		await refuses(pay(id, 'B1', 100, method), DUPLICATE);
		await refuses(pay(other, 'B1', 100, method), DUPLICATE);
	}
	await refuses(pay(id, 'B2', 0, 'counter'), CHECK);
	await refuses(pay(id, 'B3', -5, 'counter'), CHECK);
});

test('a refund is decided by another person than who asked', async () => {
	const id = await newCase();
	const ask = (state, by) => db.run(`INSERT INTO refund (application_id, place, fen, reason, state, asked_by, asked_at, decided_by) VALUES (${id}, 'counter', 100, '多付', '${state}', 1, 1, ${by})`);
	await ask('asked', 'NULL');
	await ask('approved', 2);
	await refuses(ask('approved', 1), CHECK);
	await refuses(ask('approved', 'NULL'), CHECK);
	await refuses(ask('paid', 'NULL'), CHECK);
});

test('certificates: serials are used once, the pair differs, days run forward', async () => {
	const id = await newCase();
	const add = (item, sign, enc, from = '2026-10-01', to = '2027-10-01') => db.run(`INSERT INTO certificate (application_id, item, sign_serial, enc_serial, not_before, not_after, status, seal_kind, seal_name, producer, at) VALUES (${id}, ${item}, '${sign}', '${enc}', '${from}', '${to}', 'valid', 'unit', '某单位', 1, 1)`);
	await add(1, 'A1', 'A2');
	await refuses(add(1, 'B1', 'B2'), DUPLICATE);
	await refuses(add(2, 'A1', 'C2'), DUPLICATE);
	await refuses(add(2, 'C1', 'A2'), DUPLICATE);
	await refuses(add(2, 'D1', 'D1'), CHECK);
	await refuses(add(2, 'D1', 'D2', '2027-10-01', '2027-10-01'), CHECK);
});

test('one certificate, one seal: a second is refused, of the line and of the certificate', async () => {
	const id = await newCase();
	await db.run(`INSERT INTO certificate (application_id, item, sign_serial, enc_serial, not_before, not_after, status, seal_kind, seal_name, producer, at) VALUES (${id}, 1, 'E1', 'E2', '2026-10-01', '2027-10-01', 'valid', 'unit', '某单位䶮', 1, 1)`);
	const certificate = await db.one(`SELECT id FROM certificate WHERE sign_serial='E1'`);
	const add = (seal, more = {}) => {
		const row = { id: `'${seal}'`, application_id: id, item: 1, state: `'proposed'`, picture_sealed: `'p'`, width: 420, height: 420, made_at: 1, ...more };
		return db.run(`INSERT INTO seal (${Object.keys(row).join()}) VALUES (${Object.values(row).join()})`);
	};
	const bound = { state: `'bound'`, certificate_id: certificate, confirmed_by: 1, bound_at: 1 };
	await add('s1');
	await refuses(add('s2'), DUPLICATE);
	await db.run(`UPDATE seal SET state='bound', certificate_id=${certificate}, confirmed_by=1, bound_at=1 WHERE id='s1'`);
	await refuses(add('s2', { ...bound, item: 2 }), DUPLICATE);
	await refuses(add('s3', { state: `'bound'`, item: 3, confirmed_by: 1 }), CHECK); /* bound to nothing */
	await refuses(add('s3', { item: 3, certificate_id: certificate }), CHECK); /* with a certificate, not bound */
	await refuses(add('s3', { ...bound, item: 3, confirmed_by: 'NULL' }), CHECK); /* nobody looked at it */
	await refuses(add('s3', { state: `'confirmed'`, item: 3 }), CHECK);
	await refuses(add('s3', { item: 3, picture_sealed: 'NULL' }), CHECK);
	await refuses(add('s3', { item: 3, ses_sealed: `'x'` }), CHECK);
	await refuses(add('s3', { item: 3, state: `'drawn'` }), CHECK);
	await refuses(add('s3', { item: 3, application_id: 999999 }), PARENT);
	await refuses(db.run(`DELETE FROM certificate WHERE id=${certificate}`), CHILD);
});

test('what belongs to a case needs the case, and the case stays while it is there', async () => {
	const id = await newCase();
	await db.run(`INSERT INTO event (application_id, at, event, from_state, to_state, actor) VALUES (${id}, 1, 'create', 'draft', 'draft', 'applicant')`);
	await refuses(db.run(`INSERT INTO event (application_id, at, event, from_state, to_state, actor) VALUES (999999, 1, 'create', 'draft', 'draft', 'applicant')`), PARENT);
	await refuses(db.run(`DELETE FROM application WHERE id=${id}`), CHILD);
});

/* The statement of review.c, guarded by state and version. */
const approve = (id, who) => `UPDATE application SET reviewer2=${who}, state='approved', version=version+1 WHERE id=${id} AND state='second_review' AND version=7 AND reviewer1<>${who} AND COALESCE(opened_by,0)<>${who}`;

test('two reviewers approve at once: one does, the other finds nothing or is told to look again', async () => {
	for (let round = 0; round < 20; round++) {
		const id = await newCase({ reviewer1: 3 });
		const reviewers = [[s.connect('review'), 1], [s.connect('review'), 2]];
		let done = 0;
		for (const [c] of reviewers) {
			await c.run('START TRANSACTION');
			await c.run(`SELECT version FROM application WHERE id=${id}`);
		}
		await Promise.all(reviewers.map(async ([c, who]) => {
			try {
				done += Number(await c.one(`${approve(id, who)}; SELECT ROW_COUNT()`));
				await c.run('COMMIT');
			} catch (e) {
				assert.ok([CHANGED, DEADLOCK].includes(e.code), e.message);
				await c.run('ROLLBACK');
			}
		}));
		for (const [c] of reviewers) c.close();
		assert.equal(done, 1);
		assert.equal(await db.one(`SELECT CONCAT(state, ' ', version) FROM application WHERE id=${id}`), 'approved 8');
	}
});

test('the same line of the bank from two desks at once: one is booked', async () => {
	const id = await newCase();
	for (let round = 0; round < 20; round++) {
		const line = await bankLine(100);
		const desks = [s.connect('finance'), s.connect('finance')];
		const got = await Promise.all(desks.map(async (c) => {
			await c.run('START TRANSACTION');
			try {
				await c.run(`INSERT INTO payment (application_id, method, bank_serial, payer_name, payer_right, amount_fen, value_date, staff_id, at, bank_line_id) VALUES (${id}, 'transfer', 'R${round}', '某单位', 1, 100, '2026-10-01', 1, 1, ${line})`);
				await c.run('COMMIT');
				return 'booked';
			} catch (e) {
				await c.run('ROLLBACK');
				return e.code;
			}
		}));
		for (const c of desks) c.close();
		assert.deepEqual(got.sort(), [DUPLICATE, 'booked']);
	}
	assert.equal(await db.one(`SELECT COUNT(*) FROM payment WHERE application_id=${id}`), '20');
});

test('who read a row that has changed since does not write it (1020)', async () => {
	const id = await newCase();
	const late = s.connect('application');
	await late.run('START TRANSACTION WITH CONSISTENT SNAPSHOT');
	await late.run(`SELECT version FROM application WHERE id=${id}`);
	await db.run(`UPDATE application SET version=8 WHERE id=${id}`);
	await refuses(late.run(`UPDATE application SET years=3 WHERE id=${id}`), CHANGED);
});

test('no program changes or removes what stands in the books', async () => {
	const programs = (await db.run(`SELECT DISTINCT User FROM mysql.user WHERE User LIKE '${s.database}\\_%'`)).map(([u]) => u.slice(s.database.length + 1));
	assert.ok(programs.length > 10, programs.join());
	for (const p of programs) {
		const c = s.connect(p);
		for (const table of ['audit', 'event']) {
			await refuses(c.run(`UPDATE ${table} SET at=0`), DENIED, COLUMN_DENIED);
			if (table === 'event' && p !== 'worker') await refuses(c.run(`UPDATE event SET text=''`), DENIED);
			await refuses(c.run(`DELETE FROM ${table}`), DENIED);
		}
		await refuses(c.run('DROP TABLE audit'), DENIED);
		await refuses(c.run('CREATE TABLE more (id INT)'), DENIED);
		c.close();
	}
});

test('passwords of staff are read by the sign-in alone', async () => {
	for (const p of ['application', 'form', 'attachment', 'review', 'public', 'catalog', 'worker']) {
		const c = s.connect(p);
		await refuses(c.run('SELECT password FROM staff'), DENIED, COLUMN_DENIED);
		await refuses(c.run('SELECT totp_sealed FROM staff'), DENIED, COLUMN_DENIED);
		await refuses(c.run(`UPDATE staff SET name='x'`), DENIED, COLUMN_DENIED);
		c.close();
	}
	const c = s.connect('application');
	await refuses(c.run('SELECT * FROM staff'), DENIED, COLUMN_DENIED);
	await refuses(c.run('SELECT account_id FROM payment WHERE 1=2 UNION SELECT User FROM mysql.user'), DENIED, 1054);
});

test('the worker removes what has expired and nothing else; nobody else removes anything', async () => {
	const rows = await db.run(`SELECT GRANTEE, TABLE_NAME FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_SCHEMA=DATABASE() AND PRIVILEGE_TYPE='DELETE' ORDER BY 2`);
	assert.deepEqual([...new Set(rows.map(([g]) => g))], [`'${s.database}_worker'@'localhost'`]);
	for (const [, table] of rows) assert.ok(['session', 'otp', 'challenge', 'relay', 'look', 'rate', 'idempotency', 'upload', 'stored_file', 'attachment_page', 'attachment', 'report_todo', 'report_fact', 'case_step', 'report_day', 'case_round', 'case_note', 'rekey', 'outbox', 'parcel_step', 'case_file', 'certificate_body', 'feedback'].includes(table), `the worker may remove ${table}`);
	const c = s.connect('worker');
	for (const table of ['application', 'payment', 'ledger', 'bank_line', 'refund', 'certificate', 'parcel', 'form_version', 'verdict', 'original', 'account', 'staff', 'catalog_version']) await refuses(c.run(`DELETE FROM ${table}`), DENIED);
	const global = await db.run(`SELECT PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES WHERE GRANTEE LIKE '\\'${s.database}\\_%' AND PRIVILEGE_TYPE<>'USAGE'`);
	assert.deepEqual(global, []);
});
