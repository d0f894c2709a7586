'use strict';
/* A portal of its own whose wall clock the test moves, with the test's own clock (Date, and every program it starts).  To be
 * begun before any other library is loaded, for those read at loading where the portal is.
 *   const clock = require('../lib/clock');  clock.begin({ setting: value });  …  test.after(clock.end)
 *   clock.step(3600)                 the wall clock jumps; the portal sees that it stepped
 *   clock.accept()                   as the keeper does then
 *   clock.to('2027-01-01T00:00:00+08:00')          to that moment, accepted
 *   clock.freeze('2027-01-01T00:00:00+08:00')      the same, and stands still (not for as long as a minute)
 * Programs run under libfaketime, as a debug build: it and the sanitizers do not go together, and it is made faster than a release. */
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFileSync, spawnSync } = require('node:child_process');

const root = path.resolve(__dirname, '../..');
const Real = Date;
let dir, offset = 0, frozen = 0;

const now = () => frozen || Real.now() + offset;

class Moved extends Real {
	constructor(...args) {
		if (args.length) super(...args);
		else super(now());
	}

	static now() {
		return now();
	}
}

/* Replaced in one piece: programs read it whenever they ask for the time. */
function tell() {
	const file = path.join(dir, 'clock');
	const at = frozen ? new Real(frozen).toISOString().slice(0, 19).replace('T', ' ') : `${offset < 0 ? '-' : '+'}${Math.abs(offset) / 1000}`;
	fs.writeFileSync(`${file}.new`, at + '\n');
	fs.renameSync(`${file}.new`, file);
}

const stack = (...args) => execFileSync(path.join(root, 'tools/stack'), args, { encoding: 'utf8', timeout: 1800000, stdio: ['ignore', 'pipe', 'pipe'] });

function begin(settings = {}) {
	dir = fs.mkdtempSync(path.join(os.tmpdir(), 'zy-clock-'));
	tell();
	const build = path.join(root, 'build/debug');
	fs.writeFileSync(path.join(dir, 'more.conf'), fs.readFileSync(path.join(root, 'tests/limits.conf'), 'utf8') + Object.entries(settings).map(([k, v]) => `${k} = ${v}\n`).join(''));
	delete process.env.PORT;
	Object.assign(process.env, {
		VAR: path.join(dir, 'var'), BUILD: 'debug', CONF_EXTRA: path.join(dir, 'more.conf'), CLOCK: path.join(dir, 'clock'), TZ: 'UTC',
		RATE_API: '100000r/s', RATE_LOGIN: '100000r/s', RATE_UPLOAD: '100000r/s', DB_POOL: '32M', TOKEN_PORT: '1',
	});
	stack('build', 'debug', 'all');
	process.env.NOBUILD = '1';
	stack('start');
	const port = fs.readFileSync(path.join(process.env.VAR, 'run/port'), 'utf8').trim();
	const faked = fs.readdirSync('/usr/lib').map((d) => `/usr/lib/${d}/faketime/libfaketime.so.1`).find((f) => fs.existsSync(f));
	Object.assign(process.env, {
		ZY_URL: `http://127.0.0.1:${port}`, ZY_VAR: process.env.VAR, ZY_STACK: path.join(root, 'tools/stack'), ZY_BUILD: build, ZHENGYIN_CONF: path.join(process.env.VAR, 'portal.conf'),
		LD_PRELOAD: faked, FAKETIME_TIMESTAMP_FILE: process.env.CLOCK, FAKETIME_NO_CACHE: '1', NO_FAKE_STAT: '1', DONT_FAKE_MONOTONIC: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1',
	});
	globalThis.Date = Moved;
}

function end() {
	for (const name of ['LD_PRELOAD', 'FAKETIME_TIMESTAMP_FILE']) delete process.env[name];
	globalThis.Date = Real;
	stack('stop');
	/* libfaketime leaves its memory behind when a process is killed: in the way of a later one of that number. */
	for (const name of fs.readdirSync('/dev/shm')) {
		const of = /faketime_(?:sem|shm)_(\d+)$/.exec(name);
		if (of && !fs.existsSync(`/proc/${of[1]}`)) fs.rmSync(`/dev/shm/${name}`, { force: true });
	}
	process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));
}

function keeper(...args) {
	return spawnSync(path.join(process.env.ZY_BUILD, 'tools/portalctl'), ['clock', ...args], { encoding: 'utf8' });
}

function accept() {
	const r = keeper('accept');
	assert.equal(r.status, 0, r.stdout + r.stderr);
	return r.stdout;
}

function step(seconds) {
	assert.ok(!frozen, 'a clock that stands still does not step');
	offset += seconds * 1000;
	tell();
}

function to(text) {
	frozen = 0;
	offset = Math.ceil((Real.parse(text) - Real.now()) / 1000) * 1000;
	tell();
	accept();
}

function freeze(text) {
	frozen = Real.parse(text);
	tell();
	accept();
}

module.exports = { begin, end, step, accept, keeper, to, freeze, now, stack };
