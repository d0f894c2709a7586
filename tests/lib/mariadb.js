'use strict';
/* A database of its own beside that of the portal under test, made by portalctl from sql/, and connections to it.
 *   const s = scratch();  s.conf  its settings    s.portalctl('migrate')    s.connect()  as administrator
 *   s.connect('application')  as a program's user     s.drop()  database, users and folder
 *   portal()  the database of the portal under test, as administrator
 *   const c = s.connect();  const rows = await c.run('SELECT …')   rows of texts; a refusal throws { code, message } */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawn, spawnSync } = require('node:child_process');
const env = require('./env');
const { setting } = require('./sql');

class Refused extends Error {
	constructor(code, text) {
		super(text);
		this.code = code;
	}
}

class Connection {
	constructor(socket, user, password, database) {
		this.buffer = '';
		this.waiting = [];
		this.count = 0;
		/* Errors and answers in one stream, so that they keep their order. */
		this.child = spawn('sh', ['-c', 'exec mariadb --no-defaults --protocol=socket "$@" 2>&1', 'mariadb', '-S', socket, '-u', user, '-N', '-B', '-n', '-q', '--force', database], { env: { ...process.env, MYSQL_PWD: password || '' }, stdio: ['pipe', 'pipe', 'inherit'] });
		this.child.stdout.setEncoding('utf8');
		this.child.stdout.on('data', (d) => { this.buffer += d; this.look(); });
		this.child.on('exit', () => { for (const w of this.waiting.splice(0)) w.fail(new Error('the connection ended: ' + this.buffer)); });
	}

	look() {
		while (this.waiting.length) {
			const w = this.waiting[0];
			const at = this.buffer.indexOf(w.mark + '\n');
			if (at < 0) return;
			const lines = this.buffer.slice(0, at).split('\n').filter(Boolean);
			this.buffer = this.buffer.slice(at + w.mark.length + 1);
			this.waiting.shift();
			const bad = lines.map((l) => /^ERROR (\d+) \(/.exec(l)).find(Boolean);
			if (bad) w.fail(new Refused(Number(bad[1]), lines.join('\n')));
			else w.done(lines.map((l) => l.split('\t')));
		}
	}

	run(sql) {
		const mark = `end of ${++this.count}`;
		const answer = new Promise((done, fail) => this.waiting.push({ mark, done, fail }));
		this.child.stdin.write(`${sql.replace(/\s*\n\s*/g, ' ')};\nSELECT '${mark}';\n`);
		return answer;
	}

	async one(sql) {
		return (await this.run(sql))[0][0];
	}

	close() {
		this.child.stdin.end();
	}
}


/* The portal under test itself, as administrator. */
function portal() {
	return new Connection(setting('db_socket'), setting('db_admin'), '', setting('db_name'));
}

function scratch(name = `t${process.pid}`) {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'zy-sql-'));
	const conf = path.join(dir, 'portal.conf');
	const before = fs.readFileSync(path.join(env.varDir, 'portal.conf'), 'utf8');
	fs.writeFileSync(conf, `${before}\nvar_dir = ${dir}\nsecret_dir = ${dir}/secret\nfastcgi_secret_file = ${dir}/secret/fastcgi.secret\ndb_name = zy_${name}\ndb_user_prefix = zy_${name}_\n`, { mode: 0o600 });
	const socket = setting('db_socket'), admin = setting('db_admin');
	const open = [];
	const s = {
		conf, dir, database: `zy_${name}`,
		portalctl(...args) {
			const a = spawnSync(path.join(env.buildDir(), 'tools/portalctl'), args, { encoding: 'utf8', env: { ...process.env, ZHENGYIN_CONF: conf } });
			return { status: a.status, out: a.stdout + a.stderr };
		},
		connect(program) {
			const password = program && fs.readFileSync(path.join(dir, 'secret', `db-zy_${name}_${program}.pass`), 'utf8').trim();
			const c = new Connection(socket, program ? `zy_${name}_${program}` : admin, password, `zy_${name}`);
			open.push(c);
			return c;
		},
		async drop() {
			const c = new Connection(socket, admin, '', 'mysql');
			const users = await c.run(`SELECT User FROM mysql.user WHERE User LIKE 'zy\\_${name}\\_%'`);
			for (const o of open) o.close();
			for (const [u] of users) await c.run(`DROP USER ${u}@localhost`);
			await c.run(`DROP DATABASE IF EXISTS zy_${name}`);
			c.close();
			fs.rmSync(dir, { recursive: true });
		},
	};
	return s;
}

module.exports = { scratch, portal };
