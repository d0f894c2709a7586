'use strict';
/* A UKey: the built `ukey`, with a soft token in a folder of its own.
 *   const k = new Token('sm2');  k.certify(authority, { serial, O });  k.sign(text);  const at = await k.serve(origin);  k.end()  */
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawn, spawnSync } = require('node:child_process');
const env = require('./env');

const PIN = '246810';
const all = [];
process.on('exit', () => all.forEach((k) => {
	k.served.forEach((p) => p.kill('SIGKILL'));
	fs.rmSync(k.dir, { recursive: true, force: true });
}));

class Token {
	constructor(algorithm, more = []) {
		this.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ukey-'));
		this.algorithm = algorithm;
		this.served = [];
		all.push(this);
		this.face = JSON.parse(this.want(['new', '--algorithm', algorithm, ...more]));
	}

	program() {
		return path.join(env.buildDir(), 'tools/ukey');
	}

	run([command, ...more], input = '', pin = PIN, newPin = '') {
		return spawnSync(this.program(), [command, this.dir, ...more], { encoding: 'utf8', input, env: { ...process.env, UKEY_PIN: pin, UKEY_NEW_PIN: newPin } });
	}

	want(words, input, pin, newPin) {
		const r = this.run(words, input, pin, newPin);
		assert.equal(r.status, 0, `${words[0]}: ${r.stderr}`);
		return r.stdout;
	}

	show() {
		return JSON.parse(this.want(['show']));
	}

	certify(authority, who) {
		const certificate = authority.certify(this.want(['request']), who);
		this.want(['install'], JSON.stringify({ certificate }));
	}

	sign(text, more = []) {
		return this.want(['sign', ...more], text).trim();
	}

	/* Its address, once it listens; what it shows at its terminal is in this.terminal. */
	async serve(origin, { port = 0, more = [] } = {}) {
		const p = spawn(this.program(), ['serve', this.dir, '--origin', origin, '--port', String(port), ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
		this.served.push(p);
		this.terminal = '';
		p.stderr.on('data', (d) => { this.terminal += d; });
		return new Promise((resolve, reject) => {
			p.stdout.once('data', (d) => resolve(String(d).split(' ')[0]));
			p.once('exit', (status) => reject(new Error(`ukey serve: ${status} ${this.terminal}`)));
		});
	}

	/* Served to pages of the origin while the work is done. */
	async serving(origin, spec, work) {
		await this.serve(origin, spec);
		try {
			await work();
		} finally {
			await this.end();
		}
	}

	async end() {
		await Promise.all(this.served.splice(0).map((p) => new Promise((done) => {
			p.removeAllListeners('exit');
			p.once('exit', done);
			p.kill('SIGTERM');
		})));
	}
}

module.exports = { Token, PIN };
