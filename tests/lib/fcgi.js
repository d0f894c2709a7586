'use strict';
/* One program of the portal by itself, with the settings of a file, asked without nginx.
 *   const p = await program('application', conf);  await p.get('/api/applications/…', client)  { status, json, body }     await p.end()
 *   program(name, conf, { bin, as })   bin: a folder with cgi-bin; as: { uid, gid, groups } it runs as (by root only) */
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { spawn } = require('node:child_process');
const env = require('./env');

const BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6;

function record(type, content) {
	const head = Buffer.from([1, type, 0, 1, content.length >> 8, content.length & 255, 0, 0]);
	return Buffer.concat([head, content]);
}

function pair(name, value) {
	const [n, v] = [Buffer.from(name), Buffer.from(value)];
	const length = (b) => {
		const four = Buffer.alloc(4);
		four.writeUInt32BE((b.length | 0x80000000) >>> 0);
		return b.length < 128 ? Buffer.from([b.length]) : four;
	};
	return Buffer.concat([length(n), length(v), n, v]);
}

function ask(socket, params) {
	return new Promise((done, fail) => {
		const c = net.connect(socket), parts = [];
		c.on('error', fail);
		c.on('data', (d) => parts.push(d));
		c.on('close', () => {
			const all = Buffer.concat(parts), out = [];
			for (let at = 0, type; at + 8 <= all.length && type !== END; at += 8 + all.readUInt16BE(at + 4) + all[at + 6]) {
				type = all[at + 1];
				if (type === STDOUT) out.push(all.subarray(at + 8, at + 8 + all.readUInt16BE(at + 4)));
			}
			const answer = Buffer.concat(out), end = answer.indexOf('\r\n\r\n');
			const head = answer.subarray(0, end).toString(), body = answer.subarray(end + 4);
			const status = /^Status: (\d+)/m.exec(head);
			if (status) done({ status: Number(status[1]), body, json: /^Content-Type: application\/(\w+\+)?json/im.test(head) ? JSON.parse(body) : null });
			else fail(new Error('no answer'));
		});
		const text = Buffer.concat(Object.entries(params).map(([k, v]) => pair(k, v)));
		c.write(Buffer.concat([record(BEGIN, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])), record(PARAMS, text), record(PARAMS, Buffer.alloc(0)), record(STDIN, Buffer.alloc(0))]));
	});
}

let started = 0;
async function program(name, conf, { bin = env.buildDir(), as } = {}) {
	const socket = path.join(path.dirname(conf), `${name}-${++started}.sock`);
	const text = fs.readFileSync(conf, 'utf8');
	const secret = fs.readFileSync([...text.matchAll(/^fastcgi_secret_file *= *(.*)$/gm)].pop()[1], 'utf8').trim();
	const who = as ? ['/usr/bin/setpriv', `--reuid=${as.uid}`, `--regid=${as.gid}`, `--groups=${as.groups}`, '--no-new-privs', '--'] : [];
	const child = spawn('sh', ['-c', 'umask 007; exec spawn-fcgi "$@"', 'sh', '-n', '-s', socket, '-M', '0600', '--', ...who, path.join(bin, 'cgi-bin', name)], { env: { ...process.env, ZHENGYIN_CONF: conf }, stdio: ['ignore', 'ignore', 'inherit'] });
	const ended = new Promise((r) => child.on('exit', r));
	while (!fs.existsSync(socket) && child.exitCode === null) await new Promise((r) => setTimeout(r, 20));
	return {
		get: (url, client) => ask(socket, {
			REQUEST_METHOD: 'GET', DOCUMENT_URI: url.split('?')[0], QUERY_STRING: url.split('?')[1] || '', REMOTE_ADDR: '127.0.0.1', ZY_SECRET: secret, ZY_REQUEST_ID: 'r1',
			HTTP_HOST: new URL(env.url).host, ...(client ? { HTTP_COOKIE: client.cookies() } : {}),
		}),
		end: () => {
			child.kill('SIGTERM');
			return ended.then(() => fs.rmSync(socket, { force: true }));
		},
	};
}

module.exports = { program };
