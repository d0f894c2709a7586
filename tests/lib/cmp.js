'use strict';
/* An authority that speaks CMP (tests/cmp/authority.c), with certificates of two others (tests/lib/authority.js) to sign by.
 *   const ca = await CmpAuthority.start();  ca.mode({ mode: 'drop', half: 'enc', once: 1 });  ca.log();  ca.forget();
 *   ca.settings(timeout)                    for portal.conf
 *   ca.cli('ir', […])                       openssl's own client against it */
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const net = require('node:net');
const path = require('node:path');
const { once } = require('node:events');
const { spawn, spawnSync } = require('node:child_process');
const env = require('./env');
const { Authority } = require('./authority');

const SECRET = '门户与机构共知的口令';

class CmpAuthority {
	static async start() {
		const ca = new CmpAuthority();
		ca.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'cmp-'));
		ca.by = { rsa: new Authority('rsa', 'cmp-rsa'), sm2: new Authority('sm2', 'cmp-sm2') };
		for (const [name, by] of Object.entries(ca.by)) {
			fs.copyFileSync(by.file('ca.pem'), ca.file(`${name}.pem`));
			fs.copyFileSync(by.file('ca.key'), ca.file(`${name}.key`));
			by.trust();
		}
		fs.writeFileSync(ca.file('secret'), SECRET);
		fs.writeFileSync(ca.file('log'), '');
		ca.mode({});
		ca.process = spawn(path.join(env.buildDir(), 'tests/cmp/authority'), [ca.dir], { stdio: ['ignore', 'pipe', 'inherit'] });
		process.on('exit', () => ca.end());
		ca.port = await new Promise((resolve, reject) => {
			ca.process.stdout.once('data', (d) => resolve(Number(String(d))));
			ca.process.once('exit', (status) => reject(new Error(`the authority ended: ${status}`)));
		});
		return ca;
	}

	file(name) {
		return path.join(this.dir, name);
	}

	settings(timeout = 3) {
		fs.writeFileSync(path.join(env.varDir, 'secret/cmp.secret'), SECRET + '\n', { mode: 0o600 });
		return { issuer: 'cmp', cmp_host: '127.0.0.1', cmp_port: this.port, cmp_path: 'pkix/', cmp_reference: 'portal', cmp_timeout_s: timeout };
	}

	mode(how) {
		fs.writeFileSync(this.file('mode.new'), Object.entries(how).map(([k, v]) => `${k}=${v}\n`).join(''));
		fs.renameSync(this.file('mode.new'), this.file('mode'));
	}

	/* What it did, oldest first; since: how many lines to pass over. */
	log(since = 0) {
		return fs.readFileSync(this.file('log'), 'utf8').split('\n').filter(Boolean).slice(since).map((line) => JSON.parse(line));
	}

	/* Certificates that it made, and rr's that came. */
	made(since = 0) {
		return this.log(since).filter((x) => ['ir', 'cr', 'kur', 'p10cr'].includes(x.type));
	}

	told(serial) {
		return this.log().filter((x) => x.type === 'rr' && x.serial === serial).map((x) => x.reason);
	}

	/* The line is answered by nobody from now on; the port stays ours. */
	pause() {
		this.process.kill('SIGSTOP');
	}

	goOn() {
		this.process.kill('SIGCONT');
	}

	/* All that was asked before is done: it serves one after the other. */
	async idle() {
		const s = net.connect(this.port, '127.0.0.1');
		s.resume().end();
		await once(s, 'close');
	}

	cli(command, words) {
		return spawnSync('openssl', ['cmp', '-cmd', command, '-server', `127.0.0.1:${this.port}`, '-path', 'pkix/', '-ref', 'portal', '-secret', `pass:${SECRET}`,
			'-mac', 'hmacWithSHA256', '-no_proxy', '127.0.0.1', ...words], { cwd: this.dir, encoding: 'utf8', timeout: 60000 });
	}

	certificate(serial) {
		const all = fs.readdirSync(this.dir).filter((x) => x === `${serial}.der`);
		assert.equal(all.length, 1, `no certificate ${serial}`);
		return fs.readFileSync(this.file(all[0]));
	}

	end() {
		if (this.process) this.process.kill('SIGKILL');
		for (const by of Object.values(this.by)) {
			for (const [folder, name] of [['anchors', by.name], ['intermediates', by.name], ['crls', `${by.name}-root`], ['crls', `${by.name}-ca`]]) by.distrust(folder, name);
		}
		fs.rmSync(this.dir, { recursive: true, force: true });
		fs.rmSync(path.join(env.varDir, 'secret/cmp.secret'), { force: true });
	}
}

module.exports = { CmpAuthority };
