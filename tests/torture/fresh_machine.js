'use strict';
/* The package on a machine that has nothing: unpacked, users and folders made, the keys brought back, a backup of this portal restored
 * into it; then each program runs as the user of its own and answers, and opens what is sealed.  Users need root; else all run as one. */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFileSync, spawn, spawnSync } = require('node:child_process');
const env = require('../lib/env');
const { Journey } = require('../lib/journey');
const { program } = require('../lib/fcgi');
const { scratch } = require('../lib/mariadb');
const { staff } = require('../lib/staff');
const { report, wait } = require('./torture');

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'zy-fresh-'));
const at = (...p) => path.join(root, ...p);
const lib = at('usr/lib/zhengyin'), conf = at('etc/zhengyin/portal.conf'), secrets = at('etc/zhengyin/secret'), store = at('var/lib/zhengyin/store');
const privileged = process.getuid() === 0;
const s = scratch(`f${process.pid}`);
const sockets = path.dirname(/^db_socket *= *(.*)$/m.exec(fs.readFileSync(s.conf, 'utf8').split('\n').reverse().join('\n'))[1]);

function run(command, ...args) {
	const a = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, ZHENGYIN_CONF: conf } });
	if (a.status !== 0) console.log(`${command} ${args.join(' ')}: ${a.stdout}${a.stderr}`);
	return a.status === 0;
}
const portalctl = (...args) => run(path.join(lib, 'tools/portalctl'), ...args);
const owners = () => !privileged || run('systemd-tmpfiles', `--root=${root}`, '--create', 'zhengyin.conf');

function unpack() {
	const deb = execFileSync(path.join(env.root, 'tools/deb'), [env.buildDir()], { encoding: 'utf8' }).trim();
	execFileSync('dpkg-deb', ['-x', path.join(env.root, deb), root]);
	fs.chmodSync(root, 0o755);
	fs.writeFileSync(at('etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33::/:/usr/sbin/nologin\n');
	fs.writeFileSync(at('etc/group'), 'root:x:0:\nwww-data:x:33:\nadm:x:4:\n');
	if (privileged) run('systemd-sysusers', `--root=${root}`, 'zhengyin.conf');
	/* Beside the portal that runs here: database users of another name, all paths below this folder. */
	const folders = at('usr/lib/tmpfiles.d/zhengyin.conf');
	fs.writeFileSync(folders, fs.readFileSync(folders, 'utf8').replaceAll('/db-zy_', `/db-${s.database}_`));
	const inside = fs.readFileSync(conf, 'utf8').replace(/= \/(var\/lib|etc|usr\/share)\/zhengyin/g, `= ${root}/$1/zhengyin`);
	const outside = fs.readFileSync(s.conf, 'utf8').match(/^(db_socket|db_admin|db_name|db_user_prefix|url|cookie_secure|rate_\w+) *=.*$/gm).join('\n');
	fs.writeFileSync(conf, `${inside}\n${outside}\n`, { mode: 0o644 });
	for (const d of ['etc/zhengyin/secret', 'etc/zhengyin/trust', 'var/lib/zhengyin/gen', 'var/lib/zhengyin/spool', 'var/lib/zhengyin/store']) fs.mkdirSync(at(d), { recursive: true });
}

function identity(name) {
	if (!privileged) return undefined;
	const [, uid, gid] = new RegExp(`^zy-${name}:x:(\\d+):(\\d+):`, 'm').exec(fs.readFileSync(at('etc/passwd'), 'utf8'));
	const groups = /^zhengyin:x:(\d+):/m.exec(fs.readFileSync(at('etc/group'), 'utf8'))[1];
	return { uid, gid, groups };
}

/* What a program answers there; its own log goes to our standard error. */
async function asked(name, url, client) {
	const p = await program(name, conf, { bin: lib, as: identity(name) });
	try {
		return await p.get(url, client).catch((e) => ({ status: 0, e }));
	} finally {
		await p.end();
	}
}

/* The worker, as its user, has what was uploaded there made into pages again. */
async function worker() {
	const w = identity('worker');
	const db = s.connect();
	const one = `attachment_id=(SELECT MAX(id) FROM attachment WHERE state='accepted')`;
	const ref = await db.one(`SELECT MAX(id) FROM attachment WHERE state='accepted'`);
	await db.run(`DELETE FROM attachment_page WHERE ${one}`);
	await db.run(`UPDATE attachment SET state='checking', page_count=0 WHERE id='${ref}'`);
	await db.run(`INSERT INTO job (kind, ref, state, next_at, created_at) VALUES ('render','${ref}','waiting',0,1) ON DUPLICATE KEY UPDATE state='waiting', next_at=0, tries=0`);
	const who = w ? ['setpriv', `--reuid=${w.uid}`, `--regid=${w.gid}`, `--groups=${w.groups}`, '--no-new-privs', '--'] : [];
	const child = spawn('sh', ['-c', 'umask 007; exec "$@"', 'sh', ...who, path.join(lib, 'tools/worker')], { env: { ...process.env, ZHENGYIN_CONF: conf }, stdio: ['ignore', 'ignore', 'inherit'] });
	let state = '';
	for (let i = 0; i < 300 && state !== 'accepted'; i++) {
		await wait(100);
		state = await db.one(`SELECT state FROM attachment WHERE id='${ref}'`);
	}
	child.kill('SIGTERM');
	await new Promise((r) => child.on('exit', r));
	return state === 'accepted' && Number(await db.one(`SELECT COUNT(*) FROM attachment_page WHERE ${one}`)) > 0;
}

/* The programs, the case through their eyes, a page of a scan. */
async function look(j, was) {
	const answers = await Promise.all([
		['application', '/api/applications/0'], ['attachment', '/api/attachments/0'], ['catalog', '/api/branches'], ['certificate', '/api/certificates'], ['dispatch', '/api/staff/parcels'],
		['finance', '/api/staff/payments'], ['form', '/api/forms/new/org.pdf'], ['health', '/api/health'], ['issue', '/api/staff/production'], ['message', '/api/staff/jobs'], ['payment', '/api/applications/0/payment'],
		['public', '/api/verify?no=0'], ['report', '/api/staff/ratings'], ['review', '/api/staff/queues'], ['session', '/api/session'], ['staff', '/api/staff/session'],
	].map(async ([name, url]) => [name, (await asked(name, url)).status]));
	for (const [name, status] of answers) if (!(status > 0 && status < 500)) console.log(`${name} answers ${status}`);
	report('fresh_programs_silent', answers.filter(([, status]) => !(status > 0 && status < 500)).length, '= 0');
	const answer = await asked('application', j.url, j.owner), is = answer.json || {};
	if (answer.status !== 200) console.log(`the case: ${answer.status} ${answer.body}`);
	report('fresh_case_differs', ['no', 'state', 'unit', 'person', 'agent', 'items', 'materials', 'gates'].filter((k) => JSON.stringify(is[k]) !== JSON.stringify(was[k])).length, '= 0');
	const files = (await asked('attachment', `${j.url}/attachments`, j.owner)).json;
	const page = await asked('attachment', `/api/attachments/${files[0].id}/pages/1`, j.owner);
	report('fresh_page_bytes', page.status === 200 ? page.body.length : 0, '>= 1000');
}

(async () => {
	const j = await Journey.to('approved');
	await staff('auditor1');
	const was = (await j.owner.want(200, 'GET', j.url)).json, copy = at('backup');
	unpack();
	owners();
	let bad = 0;
	const live = spawnSync(path.join(env.buildDir(), 'tools/portalctl'), ['backup', copy], { encoding: 'utf8', env: { ...process.env, ZHENGYIN_CONF: path.join(env.varDir, 'portal.conf') } });
	console.log(live.stdout.trim(), live.stderr.trim());
	for (const f of fs.readdirSync(path.join(env.varDir, 'secret'))) if (!f.startsWith('db-') && f !== 'fastcgi.secret') fs.copyFileSync(path.join(env.varDir, 'secret', f), path.join(secrets, f));
	const begun = Date.now();
	for (const step of [['init'], ['restore', copy], ['verify-audit'], ['ledger'], ['store', 'check'], ['check-sql'], ['gen']]) if (!portalctl(...step)) bad++;
	owners();
	report('fresh_steps_failed', bad, '= 0');
	console.log(`restored and checked in ${((Date.now() - begun) / 1000).toFixed(1)} s`);
	/* The folder of the private database's socket is closed to other users: open for this look. */
	fs.chmodSync(sockets, 0o711);
	try {
		await look(j, was);
		report('fresh_worker_idle', await worker() ? 0 : 1, '= 0');
	} finally {
		fs.chmodSync(sockets, 0o700);
	}
	const wrong = privileged ? execFileSync('find', [store, '-type', 'f', '!', '-group', identity('worker').groups], { encoding: 'utf8' }).trim().split('\n').filter(Boolean) : [];
	report('fresh_files_of_strangers', wrong.length, '= 0');
	await s.drop();
	fs.rmSync(root, { recursive: true });
})();
