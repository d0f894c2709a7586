'use strict';
/* What `make install` lays out: units that systemd takes and a user for each program, settings and manual in their places; and the
 * manual against what the tools say of themselves. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFileSync, spawnSync } = require('node:child_process');
const env = require('../lib/env');

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'zy-install-'));
const units = path.join(root, 'usr/lib/systemd/system');
const here = (...p) => path.join(env.root, ...p);
const text = (...p) => fs.readFileSync(path.join(root, ...p), 'utf8');
const ran = (command, ...args) => {
	const a = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, SYSTEMD_UNIT_PATH: units + ':' } });
	return { status: a.status, out: (a.stdout || '') + (a.stderr || '') };
};
const sources = fs.readdirSync(here('cgi-bin')).filter((f) => f.endsWith('.c')).map((f) => f.slice(0, -2));

test.before(() => execFileSync(here('tools/install'), [env.buildDir(), '/usr', root]));
test.after(() => fs.rmSync(root, { recursive: true }));

test('every program has a socket, units, a user and its own password; nothing is left to fill in', () => {
	const target = text('usr/lib/systemd/system/zhengyin.target'), users = text('usr/lib/sysusers.d/zhengyin.conf'), folders = text('usr/lib/tmpfiles.d/zhengyin.conf');
	for (const name of sources) {
		const unit = text(`usr/lib/systemd/system/zhengyin-${name}@.service`);
		assert.match(unit, new RegExp(`^ExecStart=/usr/lib/zhengyin/cgi-bin/${name}$`, 'm'));
		assert.match(unit, new RegExp(`^User=zy-${name}$`, 'm'));
		assert.match(text(`usr/lib/systemd/system/zhengyin-${name}.socket`), new RegExp(`^ListenStream=/run/zhengyin/${name}.sock$`, 'm'));
		assert.match(text('usr/share/zhengyin/nginx.conf.example'), new RegExp(`unix:@RUN@/${name}.sock`));
		assert.ok(target.includes(`zhengyin-${name}.socket zhengyin-${name}@1.service`), name);
		assert.ok(users.includes(`u zy-${name} -`) && users.includes(`m zy-${name} zhengyin`), name);
		assert.ok(folders.includes(`/db-zy_${name}.pass 0640 root zy-${name} `), name);
		assert.ok(fs.statSync(path.join(root, 'usr/lib/zhengyin/cgi-bin', name)).mode & 0o111, name);
	}
	const kept = ['usr/share/zhengyin/nginx.conf.example', 'usr/share/zhengyin/conf/mariadb.cnf', 'usr/lib/zhengyin/setup'];
	for (const f of execFileSync('grep', ['-rlIE', '@[A-Z_]+@', root], { encoding: 'utf8' }).trim().split('\n')) assert.ok(kept.includes(path.relative(root, f)), f);
});

test('what the settings name is there', () => {
	for (const [, place] of text('etc/zhengyin/portal.conf').matchAll(/^\w+ = (\/usr\/share\/zhengyin\/\S+)$/gm)) assert.ok(fs.existsSync(path.join(root, place)), place);
});

test('systemd takes the units, and finds them closed', () => {
	const names = fs.readdirSync(units).map((f) => f.replace('@.', '@1.'));
	const said = ran('systemd-analyze', 'verify', '--man=no', ...names.filter((n) => !n.endsWith('.target'))).out.split('\n').filter(Boolean)
		/* Programs lie below another folder here. */
		.filter((l) => !/Command \/usr\/lib\/zhengyin\/(\S+) is not executable: No such file/.test(l) || !fs.existsSync(path.join(root, /Command (\S+)/.exec(l)[1])));
	assert.deepEqual(said.filter((l) => /zhengyin/.test(l)), []);
	/* 0 is closed, 10 open. */
	const most = { worker: 2.5, setup: 2.5, nginx: 3, check: 2.5, backup: 2.5 };
	for (const name of names.filter((n) => n.endsWith('.service'))) {
		const a = ran('systemd-analyze', 'security', '--offline=yes', `--root=${root}`, name);
		const figure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(a.out)[1]);
		assert.ok(figure <= (most[name.slice(9, -8)] || 1.2), `${name}: ${figure}`);
	}
});

test('users and folders are made, secrets are read by whom they are for', { skip: process.getuid() !== 0 && 'owners are given by root alone' }, () => {
	for (const f of ['etc/zhengyin/secret/master.key', 'etc/zhengyin/secret/db-zy_review.pass', 'etc/zhengyin/secret/authority-sm2-root.key', 'etc/zhengyin/secret/unknown.key']) {
		fs.mkdirSync(path.join(root, path.dirname(f)), { recursive: true });
		fs.writeFileSync(path.join(root, f), 'x', { mode: 0o600 });
	}
	fs.writeFileSync(path.join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33::/:/usr/sbin/nologin\n');
	fs.writeFileSync(path.join(root, 'etc/group'), 'root:x:0:\nwww-data:x:33:\nadm:x:4:\n');
	const made = ran('systemd-sysusers', `--root=${root}`, 'zhengyin.conf');
	assert.equal(made.status, 0, made.out);
	const folders = ran('systemd-tmpfiles', `--root=${root}`, '--create', 'zhengyin.conf');
	assert.equal(folders.status, 0, folders.out);
	const ids = (file) => Object.fromEntries(text('etc', file).trim().split('\n').map((l) => [l.split(':')[0], Number(l.split(':')[2])]));
	const [users, groups] = [ids('passwd'), ids('group')];
	assert.ok(text('etc/group').split('\n').find((l) => l.startsWith('zhengyin:')).split(':')[3].split(',').includes('zy-review'));
	for (const [file, mode, user, group] of [
		['etc/zhengyin/secret', 0o750, 'root', 'zhengyin'], ['etc/zhengyin/secret/master.key', 0o640, 'root', 'zhengyin'],
		['etc/zhengyin/secret/db-zy_review.pass', 0o640, 'root', 'zy-review'], ['etc/zhengyin/secret/authority-sm2-root.key', 0o640, 'root', 'zy-worker'],
		['etc/zhengyin/secret/unknown.key', 0o600, 'root', 'root'], ['run/zhengyin', 0o750, 'root', 'www-data'], ['var/lib/zhengyin/store', 0o2770, 'root', 'zhengyin'],
		['var/lib/zhengyin/spool', 0o2770, 'zy-worker', 'zhengyin'],
	]) {
		const st = fs.statSync(path.join(root, file));
		assert.deepEqual([file, (st.mode & 0o7777).toString(8), st.uid, st.gid], [file, mode.toString(8), users[user], groups[group]]);
	}
});

test('an installation keeps its settings, and finds what is new beside them', () => {
	const conf = path.join(root, 'etc/zhengyin/portal.conf');
	assert.equal(text('etc/zhengyin/portal.conf'), fs.readFileSync(here('conf/portal.conf'), 'utf8'));
	fs.writeFileSync(conf, 'url = https://portal.example.cn\n');
	execFileSync(here('tools/install'), [env.buildDir(), '/usr', root]);
	assert.equal(fs.readFileSync(conf, 'utf8'), 'url = https://portal.example.cn\n');
	assert.equal(text('etc/zhengyin/portal.conf.new'), fs.readFileSync(here('conf/portal.conf'), 'utf8'));
	const database = text('etc/mysql/mariadb.conf.d/60-zhengyin.cnf');
	assert.match(database, /^innodb_flush_log_at_trx_commit = 1$/m);
	const taken = ran('my_print_defaults', `--defaults-file=${path.join(root, 'etc/mysql/mariadb.conf.d/60-zhengyin.cnf')}`, 'mariadbd').out.trim().split('\n');
	assert.deepEqual(taken.map((l) => l.slice(2).replace('=', ' ')), [...database.matchAll(/^(\w+) += (.*)$/gm)].map((m) => `${m[1]} ${m[2]}`));
	assert.ok(taken.includes('--innodb_snapshot_isolation=ON'));
});

test('what setup makes of the example is a configuration that nginx takes', () => {
	const script = text('usr/lib/zhengyin/setup'), conf = path.join(root, 'etc/zhengyin');
	const fill = script.slice(script.indexOf('\tsecret=$(cat'), script.lastIndexOf('\nfi'));
	fs.writeFileSync(path.join(conf, 'secret/fastcgi.secret'), 'f'.repeat(64));
	execFileSync('sh', ['-euc', fill.replaceAll('$conf', conf)], { env: { ...process.env, share: path.join(root, 'usr/share/zhengyin'), var: path.join(root, 'var/lib/zhengyin'), conf } });
	assert.equal(fs.statSync(path.join(conf, 'nginx.conf')).mode & 0o777, 0o600);
	const made = fs.readFileSync(path.join(conf, 'nginx.conf'), 'utf8');
	assert.deepEqual(made.split('\n').filter((l) => !/^\s*#/.test(l) && /@[A-Z_]+@/.test(l)), []);
	assert.ok(made.includes(`set $zy_secret "${'f'.repeat(64)}"`));
	const logs = path.join(root, 'var/log/zhengyin');
	fs.mkdirSync(logs, { recursive: true });
	fs.writeFileSync(path.join(conf, 'here.conf'), made.replaceAll('/var/log/zhengyin', logs).replaceAll('/run/zhengyin', path.join(root, 'run')).replace(/^user .*/m, ''));
	fs.mkdirSync(path.join(root, 'run'), { recursive: true });
	const a = ran('nginx', '-t', '-q', '-e', 'stderr', '-c', path.join(conf, 'here.conf'));
	assert.doesNotMatch(a.out, /\[emerg\](?!.*(bind|mkdir))/, a.out);
});

test('pages that are made are for all to read, and for the worker to write again, though setup lets nobody near what it makes', () => {
	const gen = path.join(root, 'gen'), conf = path.join(root, 'gen.conf');
	fs.writeFileSync(conf, fs.readFileSync(path.join(env.varDir, 'portal.conf'), 'utf8') + `\ngen_dir = ${gen}\n`, { mode: 0o600 });
	const portalctl = path.join(env.buildDir(), 'tools/portalctl');
	execFileSync('sh', ['-euc', `${text('usr/lib/zhengyin/setup').match(/^umask \d+$/m)[0]}; ${portalctl} gen`], { env: { ...process.env, ZHENGYIN_CONF: conf } });
	const made = fs.readdirSync(gen, { recursive: true, withFileTypes: true });
	assert.ok(made.some((f) => f.name === 'guide-new.html') && made.some((f) => f.isDirectory() && f.name === 'en'));
	for (const f of made) {
		const mode = fs.statSync(path.join(f.parentPath || f.path, f.name)).mode & 0o777;
		assert.equal(mode.toString(8), f.isDirectory() ? '775' : '644', f.name);
	}
});

/* --- the manual --- */

const page = (file) => fs.readFileSync(here('man', file), 'utf8');
const help = (tool) => {
	const a = ran(path.join(env.buildDir(), 'tools', tool), '--help');
	assert.equal(a.status, 0, a.out);
	return a.out;
};
/* Items of a page, as they are typed: `.It Cm keys retire Ar id` → keys retire. */
const commands = (man) => [...man.matchAll(/^\.It Cm ([a-z][a-z -]*[a-z]|[a-z]+)( (Ar|Op) .*)?$/gm)].map((m) => m[1]);
const options = (man) => [...man.matchAll(/^\.It Fl -([a-z0-9-]+)/gm)].map((m) => '--' + m[1]);

test('the manual of portalctl explains every command that it has, and no other', () => {
	const shown = [...help('portalctl').matchAll(/^ {2}([a-z].*)$/gm)].map((m) => m[1]);
	assert.ok(shown.length > 25);
	assert.deepEqual(commands(page('portalctl.8')).sort(), shown.map((l) => l.replace(/ [A-Z[].*$/, '')).sort());
	for (const l of shown.filter((x) => / [A-Z[]/.test(x))) {
		const word = l.replace(/ [A-Z[].*$/, '');
		assert.match(page('portalctl.8'), new RegExp(`^\\.It Cm ${word} (Ar|Op)`, 'm'), `${word} takes something`);
	}
	for (const l of shown) assert.equal(ran(path.join(env.buildDir(), 'tools/portalctl'), ...l.replace(/ [A-Z[].*$/, '').split(' '), ...Array(1001).fill('x')).status, 2, l);
});

test('so does that of ukey, casecheck and the worker', () => {
	const said = help('ukey');
	assert.deepEqual(commands(page('ukey.1')).sort(), [...said.matchAll(/^ {2}([a-z]+) {2}/gm)].map((m) => m[1]).sort());
	assert.deepEqual(options(page('ukey.1')).sort(), [...new Set(said.match(/--[a-z0-9-]+/g))].sort());
	for (const [tool, file] of [['casecheck', 'casecheck.1'], ['worker', 'zhengyin-worker.8']]) assert.deepEqual(options(page(file)).sort(), [...new Set(help(tool).match(/--[a-z0-9-]+/g))].sort(), tool);
});

test('pages are well-formed, and those they point to are there', { skip: !fs.existsSync('/usr/bin/groff') && 'no groff' }, () => {
	const files = fs.readdirSync(here('man'));
	for (const file of files) {
		const a = ran('groff', '-mandoc', '-Tutf8', '-Kutf8', '-ww', '-z', here('man', file));
		assert.equal(a.out, '', file);
		for (const [, name, section] of page(file).matchAll(/^\.Xr (\S+) (\d)/gm)) assert.ok(files.includes(`${name}.${section}`), `${file}: ${name}(${section})`);
		assert.ok(fs.existsSync(path.join(root, `usr/share/man/man${file.slice(-1)}`, file)), file);
	}
});
