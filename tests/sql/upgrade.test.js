'use strict';
/* From the oldest schema with data to the newest: cases as the first portal held them, every migration over them, and the portal of
 * today working with what comes out.  The rows are real: made by the portal under test, with the columns that were there then. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const env = require('../lib/env');
const { Journey } = require('../lib/journey');
const { staff } = require('../lib/staff');
const { program } = require('../lib/fcgi');
const { scratch } = require('../lib/mariadb');

const s = scratch(`u${process.pid}`);
const then = path.join(s.dir, 'sql');
let db, j, draft, tables;

const columnsOf = async (schema, table) => (await db.run(`SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA=${schema} AND TABLE_NAME='${table}' AND IS_GENERATED='NEVER' ORDER BY ORDINAL_POSITION`)).map(([c]) => c);

/* Whose rows come along: of the two cases and what belongs to nobody's case; not what lasts for minutes. */
const cases = () => `(SELECT id FROM zhengyin.application WHERE no IN ('${j.no}','${draft.no}'))`;
const files = () => `(SELECT blob_id FROM zhengyin.attachment WHERE application_id IN ${cases()} UNION SELECT blob_id FROM zhengyin.upload WHERE application_id IN ${cases()} UNION SELECT p.blob_id FROM zhengyin.attachment_page p JOIN zhengyin.attachment t ON t.id=p.attachment_id WHERE t.application_id IN ${cases()})`;
function which(table, columns) {
	if (['otp', 'rate', 'idempotency', 'job', 'store_use'].includes(table)) return 'FALSE';
	if (table === 'application') return `id IN ${cases()}`;
	if (table === 'staff') return 'totp_sealed IS NOT NULL'; /* every one had a secret then */
	if (['staff_role', 'session'].includes(table)) return `(staff_id IS NULL OR staff_id IN (SELECT id FROM zhengyin.staff WHERE ${which('staff', columns)}))`;
	if (table === 'stored_file') return `id IN ${files()}`;
	if (table === 'attachment_page') return `attachment_id IN (SELECT id FROM zhengyin.attachment WHERE application_id IN ${cases()})`;
	return columns.includes('application_id') ? `application_id IN ${cases()}` : 'TRUE';
}

test.before(async () => {
	j = await Journey.to('approved');
	draft = await Journey.to('filled', { owner: j.owner });
	fs.mkdirSync(then);
	fs.copyFileSync(path.join(env.root, 'sql/001_core.sql'), path.join(then, '001_core.sql'));
	fs.writeFileSync(path.join(then, 'grants.txt'), 'application application SELECT\n');
	const conf = fs.readFileSync(s.conf, 'utf8');
	fs.writeFileSync(s.conf, `${conf}sql_dir = ${then}\n`);
	fs.mkdirSync(path.join(s.dir, 'secret'), { mode: 0o700 });
	for (const f of fs.readdirSync(path.join(env.varDir, 'secret'))) if (f.endsWith('.key')) fs.copyFileSync(path.join(env.varDir, 'secret', f), path.join(s.dir, 'secret', f));
	for (const command of ['init', 'migrate']) assert.equal(s.portalctl(command).status, 0);
	fs.writeFileSync(s.conf, conf);
	db = s.connect();
	assert.deepEqual(await db.run('SELECT number FROM schema_version WHERE number>0'), [['1']]);
	await db.run('SET SESSION foreign_key_checks=0, max_statement_time=0, tx_isolation="READ-COMMITTED"');
	tables = (await db.run(`SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME<>'schema_version' ORDER BY 1`)).map(([t]) => t);
	for (const t of tables) {
		const now = await columnsOf(`'zhengyin'`, t), both = (await columnsOf('DATABASE()', t)).filter((c) => now.includes(c));
		const list = both.map((c) => `\`${c}\``).join();
		if (t === 'audit_head') await db.run('DELETE FROM audit_head');
		if (!['audit', 'audit_head'].includes(t)) await db.run(`INSERT INTO ${t} (${list}) SELECT ${list} FROM zhengyin.${t} WHERE ${which(t, both)}`);
	}
	/* The chain as of one moment. */
	await db.run('START TRANSACTION WITH CONSISTENT SNAPSHOT');
	for (const t of ['audit', 'audit_head']) {
		const list = (await columnsOf('DATABASE()', t)).map((c) => `\`${c}\``).join();
		await db.run(`INSERT INTO ${t} (${list}) SELECT ${list} FROM zhengyin.${t}`);
	}
	await db.run('COMMIT');
	await db.run('SET SESSION foreign_key_checks=1');
});
test.after(() => s.drop());

test('the first schema holds a case with scans, money and decisions', async () => {
	for (const [t, n] of [['application', 2], ['attachment', 4], ['attachment_page', 4], ['form_version', 1], ['payment', 1], ['verdict', 4], ['original', 1], ['event', 6], ['stored_file', 8], ['audit', 20]]) {
		const have = Number(await db.one(`SELECT COUNT(*) FROM ${t}`));
		assert.ok(have >= n, `${t}: ${have}`);
	}
	assert.equal(Number(await db.one('SELECT bytes FROM store_use')), Number(await db.one('SELECT SUM(size_bytes) FROM stored_file')));
});

test('every migration runs over it, once', async () => {
	assert.equal(s.portalctl('init').status, 0); /* passwords of the programs that came since */
	const of = path.join(env.root, 'sql'), all = fs.readdirSync(of).filter((f) => /^\d{3}_.*\.sql$/.test(f)), early = all.filter((f) => f < '036');
	const migrate = (n, more = '') => {
		const done = s.portalctl('migrate');
		assert.equal(done.status, 0, done.out);
		assert.match(done.out, new RegExp(`, ${n} applied${more}`));
	};
	for (const f of early) fs.copyFileSync(path.join(of, f), path.join(then, f));
	const conf = fs.readFileSync(s.conf, 'utf8');
	fs.writeFileSync(s.conf, `${conf}sql_dir = ${then}\n`);
	migrate(early.length - 1);
	const [[one], [two]] = await db.run('SELECT id FROM staff ORDER BY id LIMIT 2');
	await db.run(`INSERT INTO contact (name, value, version, changed_by, checked_by, changed_at) VALUES ('account','{"a":1}',3,${one},${two},1), ('hotlines','{"h":1}',2,${one},NULL,1), ('post',NULL,1,NULL,NULL,NULL)`);
	await db.run(`INSERT INTO contact_history (name, old_value, new_value, result, staff_id, asked_at, reason, checked_by, at) VALUES ('account','{}','{"a":1}','done',${one},1,'x',${two},1), ('account','{}','{}','withdrawn',${one},1,'x',NULL,1), ('hotlines','{}','{"h":1}','done',${one},1,'x',NULL,1)`);
	fs.writeFileSync(s.conf, conf);
	migrate(all.length - early.length, ', grants renewed');
	assert.equal(s.portalctl('migrate').out, '');
});

test('a contact that one person had changed stands, and says so; an account takes two', async () => {
	assert.deepEqual(await db.run('SELECT name, value, alone, checked_by IS NULL FROM contact ORDER BY name'), [['account', '{"a":1}', '0', '0'], ['hotlines', '{"h":1}', '1', '1'], ['post', 'NULL', '0', '1']]);
	assert.deepEqual(await db.run('SELECT name, result FROM contact_history ORDER BY id'), [['account', 'done'], ['account', 'withdrawn'], ['hotlines', 'alone']]);
	await db.run('DELETE FROM contact'); /* what stands there is no contact that reads */
});

test('the schema is that of a portal made today', async () => {
	const of = (schema) => [
		`SELECT TABLE_NAME, ENGINE, TABLE_COLLATION, TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA=${schema} ORDER BY 1`,
		`SELECT TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, COLUMN_DEFAULT, IS_NULLABLE, COLUMN_TYPE, COLLATION_NAME, COLUMN_KEY, EXTRA, COLUMN_COMMENT, REPLACE(GENERATION_EXPRESSION, ${schema}, '') FROM information_schema.COLUMNS WHERE TABLE_SCHEMA=${schema} ORDER BY 1,3`,
		`SELECT TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, NON_UNIQUE, INDEX_TYPE FROM information_schema.STATISTICS WHERE TABLE_SCHEMA=${schema} ORDER BY 1,2,3`,
		`SELECT TABLE_NAME, CONSTRAINT_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA=${schema} ORDER BY 1,2`,
		`SELECT TABLE_NAME, CONSTRAINT_NAME, REFERENCED_TABLE_NAME, DELETE_RULE FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA=${schema} ORDER BY 1,2`,
		`SELECT TRIGGER_NAME, EVENT_MANIPULATION, EVENT_OBJECT_TABLE, ACTION_TIMING, ACTION_STATEMENT FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA=${schema} ORDER BY 1`,
		`SELECT SUBSTRING_INDEX(TRIM(BOTH '\\'' FROM SUBSTRING_INDEX(GRANTEE,'@',1)),'_',-1), TABLE_NAME, PRIVILEGE_TYPE FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_SCHEMA=${schema} ORDER BY 1,2,3`,
		`SELECT number, name, sha256 FROM ${schema === 'DATABASE()' ? s.database : 'zhengyin'}.schema_version WHERE number>0 ORDER BY 1`,
	];
	const fresh = of(`'zhengyin'`);
	for (const [i, sql] of of('DATABASE()').entries()) {
		const [mine, theirs] = [await db.run(sql), await db.run(fresh[i])];
		assert.ok(mine.length > 0, sql);
		assert.deepEqual(mine, theirs, sql);
	}
	assert.equal(s.portalctl('check-sql').status, 0);
});

test('what was there stands: every row, every value that no migration set', async () => {
	for (const t of tables.filter((x) => !['store_use', 'audit_head', 'session'].includes(x))) {
		const old = await columnsOf('DATABASE()', t), then_ = fs.readFileSync(path.join(then, '001_core.sql'), 'utf8');
		const begin = then_.indexOf(`CREATE TABLE ${t} (`), text = then_.slice(begin, then_.indexOf('ENGINE=', begin));
		const kept = old.filter((c) => new RegExp(`^  ${c} `, 'm').test(text) && !/^(updated_at|version|claim_|seen_at|last_at|tries|locked_until|totp_step|state|next_at|last)/.test(c));
		const key = (await db.run(`SELECT COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA=DATABASE() AND TABLE_NAME='${t}' AND INDEX_NAME='PRIMARY'`)).map(([c]) => c);
		const [[rows, same]] = await db.run(`SELECT COUNT(*), COALESCE(SUM(${kept.map((c) => `HEX(a.\`${c}\`)<=>HEX(b.\`${c}\`)`).join(' AND ')}),0) FROM ${t} a LEFT JOIN zhengyin.${t} b USING (${key.join()})`);
		assert.equal(same, rows, `${t}: ${kept}`);
	}
});

test('audit chain, books and store hold; everything sealed opens', async () => {
	for (const check of [['verify-audit'], ['ledger'], ['store', 'check']]) {
		const a = s.portalctl(...check);
		assert.equal(a.status, 0, `${check}: ${a.out}`);
	}
	assert.equal(await db.one(`SELECT owed_fen=amount_fen FROM application WHERE no='${j.no}'`), '1');
	assert.ok(Number(await db.one(`SELECT COUNT(*) FROM ledger l JOIN application a ON a.id=l.application_id WHERE a.no='${j.no}'`)) >= 2, 'the books begin with what was paid before there were any');
	const keys = s.portalctl('keys', 'rotate');
	assert.equal(keys.status, 0, keys.out);
	assert.ok(Number(/(\d+) values sealed anew/.exec(keys.out)[1]) > 10, keys.out);
});

test('the portal works with it: applicant and reviewer see their case as before', async () => {
	const [application, review] = await Promise.all(['application', 'review'].map((p) => program(p, s.conf)));
	try {
		const [was, is] = [await j.owner.want(200, 'GET', j.url), await application.get(j.url, j.owner)];
		assert.equal(is.status, 200, JSON.stringify(is.json));
		for (const part of ['no', 'service', 'holder', 'state', 'unit', 'person', 'agent', 'years', 'items', 'delivery', 'invoice', 'remittance', 'consents', 'gates', 'due', 'turn']) assert.deepEqual(is.json[part], was.json[part], part);
		assert.equal(is.json.form.version, was.json.form.version); /* where its seals stand was not known then */
		const list = await application.get('/api/applications', j.owner);
		assert.deepEqual(list.json.items.map((x) => x.no).sort(), [j.no, draft.no].sort());
		const desk = await review.get(j.desk, await staff(j.approver));
		assert.equal(desk.status, 200, JSON.stringify(desk.json));
		assert.equal(desk.json.unit.name, was.json.unit.name);
	} finally {
		await Promise.all([application.end(), review.end()]);
	}
});
