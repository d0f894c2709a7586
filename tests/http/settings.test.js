'use strict';
/* Settings of MariaDB and nginx that promises rest on, read back from the live servers. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync, spawnSync } = require('node:child_process');
const env = require('../lib/env');

const conf = Object.fromEntries(fs.readFileSync(path.join(env.varDir, 'portal.conf'), 'utf8').split('\n')
	.filter((l) => l && !l.startsWith('#')).map((l) => l.split(/\s*=\s*(.*)/).slice(0, 2)));

function sql(text, user = 'root', args = []) {
	return execFileSync('mariadb', ['--no-defaults', '--protocol=socket', '-S', conf.db_socket, '-u', user, '-N', '-B', ...args, '-e', text], { encoding: 'utf8' });
}

test('MariaDB', () => {
	const have = Object.fromEntries(sql('SHOW GLOBAL VARIABLES').split('\n').filter(Boolean).map((l) => l.split('\t')));
	const want = {
		innodb_flush_log_at_trx_commit: '1', innodb_doublewrite: 'ON', innodb_snapshot_isolation: 'ON', innodb_rollback_on_timeout: 'ON', innodb_lock_wait_timeout: '5',
		local_infile: 'OFF', idle_transaction_timeout: '10', skip_networking: 'ON', tx_isolation: 'REPEATABLE-READ', character_set_server: 'utf8mb4', collation_server: 'utf8mb4_bin',
	};
	for (const [k, v] of Object.entries(want)) assert.equal(have[k], v, k);
	assert.equal(Number(have.max_statement_time), 5);
	assert.notEqual(have.have_symlink, 'YES');
	assert.deepEqual(have.sql_mode.split(',').sort(), ['ERROR_FOR_DIVISION_BY_ZERO', 'NO_ENGINE_SUBSTITUTION', 'STRICT_ALL_TABLES']);
	assert.ok(have.secure_file_priv, 'secure_file_priv is not set');
	assert.deepEqual(fs.readdirSync(have.secure_file_priv), []);
	assert.equal(have.general_log, 'OFF');
});

test('a server that would lose what it acknowledged is refused', () => {
	const migrate = () => spawnSync(path.join(env.buildDir(), 'tools/portalctl'), ['migrate'], { encoding: 'utf8', env: { ...process.env, ZHENGYIN_CONF: path.join(env.varDir, 'portal.conf') } });
	for (const [name, weak, right] of [['innodb_flush_log_at_trx_commit', '2', '1'], ['innodb_snapshot_isolation', 'OFF', 'ON']]) {
		sql(`SET GLOBAL ${name}=${weak}`);
		const a = migrate();
		sql(`SET GLOBAL ${name}=${right}`);
		assert.equal(a.status, 1);
		assert.match(a.stderr, new RegExp(`database server runs with ${name}=${weak.toLowerCase()}: restart it`));
	}
	assert.equal(migrate().status, 0);
});

test('names are told apart: 𠮷 is not 𡈽, and every table says so', () => {
	const wrong = sql(`SELECT table_name, column_name, collation_name FROM information_schema.columns WHERE table_schema='${conf.db_name}' AND collation_name IS NOT NULL AND collation_name NOT IN ('utf8mb4_bin','utf8mb4_nopad_bin','ascii_bin') AND collation_name NOT LIKE '%uca1400%'`);
	assert.equal(wrong, '');
	assert.equal(sql(`SELECT default_collation_name FROM information_schema.schemata WHERE schema_name='${conf.db_name}'`).trim(), 'utf8mb4_bin');
	const silent = sql(`SELECT table_name, column_name FROM information_schema.columns WHERE table_schema='${conf.db_name}' AND column_comment=''`);
	assert.equal(silent, '', 'columns without a comment');
	assert.equal(sql(`SELECT table_name FROM information_schema.tables WHERE table_schema='${conf.db_name}' AND table_comment='' AND table_type='BASE TABLE'`), '');
});

test('each program has a user of its own with only its grants', () => {
	const users = sql(`SELECT user FROM mysql.global_priv WHERE user LIKE '${conf.db_user_prefix.replace(/_/g, '\\_')}%'`).split('\n').filter(Boolean);
	assert.ok(users.length >= 10, users.join());
	for (const u of users) {
		const grants = sql(`SHOW GRANTS FOR '${u}'@localhost`);
		assert.doesNotMatch(grants, /ALL PRIVILEGES|SUPER|FILE\b|GRANT OPTION|WITH GRANT/, u);
		for (const line of grants.split('\n')) {
			if (/^GRANT USAGE/.test(line) || !line) continue;
			assert.match(line, /ON `?[a-z_]+`?\.`[a-z_]+`/, `${u}: a grant on more than a table: ${line}`);
			if (/worker$/.test(u) && /^GRANT SELECT, INSERT, UPDATE \(`text`\) ON `\w+`\.`event` TO/.test(line)) continue; /* the words of an event end with its case */
			if (/\.`(audit|event)`/.test(line)) assert.doesNotMatch(line, /UPDATE|DELETE|DROP|ALTER/, `${u}: ${line}`);
			if (/\bDELETE\b/.test(line)) assert.match(u, /worker|purge/, `${u} may delete: ${line}`);
		}
	}
});

test('nginx', () => {
	const text = execFileSync('nginx', ['-T', '-q', '-c', path.join(env.varDir, 'run/nginx.conf'), '-p', path.join(env.varDir, 'run')], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
	const live = text.split('\n').filter((l) => !/^\s*#/.test(l)).join('\n');
	for (const want of [/worker_connections 8000;/, /backlog=4096/, /fastcgi_request_buffering on;/, /client_header_timeout 10s;/, /client_body_timeout 10s;/, /reset_timedout_connection on;/,
		/underscores_in_headers off;/, /fastcgi_param HTTP_PROXY "";/, /server_tokens off;/, /limit_req /, /worker_rlimit_nofile \d{4,}/]) assert.match(live, want);
	assert.doesNotMatch(live, /fastcgi_keep_conn\s+on|^\s*keepalive \d/m);
	for (const format of live.match(/log_format[^;]*;/g)) assert.doesNotMatch(format, /\$request\b|\$request_uri|\$args|\$query_string|\$http_cookie|\$http_referer/, 'query strings or cookies in a log');
	for (const name of ['client_body_temp_path', 'fastcgi_temp_path']) {
		const dir = new RegExp(name + ' (\\S+?)[ ;]').exec(live)[1];
		assert.equal(execFileSync('stat', ['-f', '-c', '%T', dir], { encoding: 'utf8' }).trim(), 'tmpfs', `${name} ${dir}`);
		assert.equal(fs.statSync(path.dirname(dir)).mode & 0o077, 0, `${path.dirname(dir)} is open to others`);
	}
});

test('sockets and secrets are private', () => {
	const run = path.dirname(conf.db_socket);
	assert.equal(fs.statSync(run).mode & 0o007, 0, run);
	for (const f of fs.readdirSync(run).filter((x) => x.endsWith('.sock') && x !== 'db.sock')) assert.equal(fs.statSync(path.join(run, f)).mode & 0o007, f === 'internal.sock' ? fs.statSync(path.join(run, f)).mode & 0o007 : 0, f);
	for (const f of fs.readdirSync(conf.secret_dir)) assert.equal(fs.statSync(path.join(conf.secret_dir, f)).mode & 0o077, 0, f);
	assert.equal(fs.statSync(path.join(env.varDir, 'demo.json')).mode & 0o077, 0, 'demo.json');
	assert.equal(fs.statSync(env.varDir).mode & 0o077, 0, 'var');
});

test('a FastCGI request without the secret is 403', (t) => {
	const run = path.dirname(conf.db_socket);
	const socks = fs.readdirSync(run).filter((x) => x.endsWith('.sock') && !['db.sock', 'internal.sock'].includes(x));
	assert.ok(socks.length >= 10);
	for (const f of socks) {
		const answer = fastcgi(path.join(run, f), { REQUEST_METHOD: 'GET', DOCUMENT_URI: '/api/health', QUERY_STRING: '', REMOTE_ADDR: '127.0.0.1', REMOTE_USER: 'admin1', SSL_CLIENT_VERIFY: 'SUCCESS' });
		assert.match(answer, /^Status: 403/m, `${f}: ${answer.slice(0, 80)}`);
	}
	t.diagnostic(`${socks.length} sockets`);
});

/* One FastCGI request, spoken by a child so that this stays short: record header, params, empty stdin. */
function fastcgi(socket, params) {
	const record = (type, body) => Buffer.concat([Buffer.from([1, type, 0, 1, body.length >> 8, body.length & 255, 0, 0]), body]);
	const pair = ([k, v]) => Buffer.concat([Buffer.from([k.length, v.length]), Buffer.from(k + v)]);
	const bytes = Buffer.concat([record(1, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])), record(4, Buffer.concat(Object.entries(params).map(pair))), record(4, Buffer.alloc(0)), record(5, Buffer.alloc(0))]);
	const code = `const s=require('net').connect(process.argv[1]);const p=[];s.on('data',d=>p.push(d));s.on('close',()=>{const b=Buffer.concat(p);let o='';for(let i=0;i+8<=b.length;){const n=b.readUInt16BE(i+4);if(b[i+1]===6)o+=b.toString('latin1',i+8,i+8+n);i+=8+n+b[i+6];}process.stdout.write(o);});s.on('error',()=>0);s.setTimeout(10000,()=>s.destroy());s.write(Buffer.from(process.argv[2],'hex'));`;
	return execFileSync(process.execPath, ['-e', code, socket, bytes.toString('hex')], { encoding: 'latin1' });
}

test('only nginx listens on a port', () => {
	const out = execFileSync('ss', ['-ltnp'], { encoding: 'utf8' }).split('\n').filter((l) => /mariadbd|spawn-fcgi|multiwatch|cgi-bin/.test(l));
	assert.deepEqual(out, []);
});
