'use strict';
/* Faults in the system calls of a program of the stack: strace is attached to one of its processes, the others are stopped
 * meanwhile, so that it is this one that serves.
 *   const r = await inject('attachment', ['fsync:signal=SIGKILL:when=1'], { before, body })
 *   before()  is served by the same process, before strace is there     body(pid)  the request, pid serves it
 *   r.answer  what body returned, or { status: 0 } when the connection broke
 *   r.died    the process did     r.hit  a fault was put in     r.lines  its system calls, each as strace wrote it
 * may() says why it cannot be done here (no strace, or no attaching), or nothing. */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawn, spawnSync } = require('node:child_process');
const { pids } = require('./stack');

const wait = (ms) => new Promise((r) => setTimeout(r, ms));

function may(program) {
	const [pid] = pids(program);
	const a = spawnSync('timeout', ['1', 'strace', '-qq', '-o', '/dev/null', '-p', String(pid)], { encoding: 'utf8' });
	if (a.error || a.status === 127) return 'strace is not there';
	return /not permitted|not implemented/i.test(a.stderr) ? 'strace may not attach here' : undefined;
}

/* Its processes, once they are as many as they should be and rest: a dead one is replaced at once. */
async function settled(program, count) {
	for (let i = 0; i < 800; i++) {
		const now = pids(program);
		if (now.length === count && now.every(rests)) return now;
		await wait(10);
	}
	throw new Error(`${program} has ${pids(program).length} processes instead of ${count}`);
}

/* Waiting for a request: in accept(2), which is all that it sleeps in when it has begun and has nothing to do. */
function rests(pid) {
	try {
		return /^(43|288|202) 0x0 /.test(fs.readFileSync(`/proc/${pid}/syscall`, 'utf8'));
	} catch (e) {
		return false;
	}
}

/* Until strace holds it. */
function attached(tracer) {
	return new Promise((done, fail) => {
		let text = '';
		tracer.stderr.setEncoding('utf8');
		tracer.stderr.on('data', (d) => {
			text += d;
			if (text.includes(' attached')) done();
		});
		tracer.on('exit', () => fail(new Error(`strace: ${text}`)));
	});
}

function signal(pid, name) {
	try {
		process.kill(pid, name);
	} catch (e) {
		if (e.code !== 'ESRCH') throw e;
	}
}

/* Only when it has stopped for good: until then it may still take a request with it. */
async function stop(pids) {
	for (const p of pids) signal(p, 'SIGSTOP');
	for (const p of pids) while (state(p) && state(p) !== 'T') await wait(2);
}

/* One that stopped itself by a fault signal=SIGSTOP: strace, too, holds it for moments, so this must last. */
async function halted(pid) {
	for (let still = 0; still < 20; await wait(5)) still = 'tT'.includes(state(pid) || 'x') ? still + 1 : 0;
}

function state(pid) {
	try {
		return fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '')[0];
	} catch (e) {
		return '';
	}
}

/* cold: a process that has served nobody yet, so that the request connects and prepares as well. */
async function inject(program, faults, { before = async () => {}, body, count = 4, cold = false }) {
	let all = await settled(program, count);
	let [victim] = all;
	if (cold) {
		const old = new Set(all);
		signal(victim, 'SIGKILL');
		while (pids(program).includes(victim)) await wait(5);
		all = await settled(program, count);
		victim = all.find((p) => !old.has(p));
	}
	const others = all.filter((p) => p !== victim);
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'zy-inject-'));
	const log = path.join(dir, 'log');
	let tracer, gone;
	try {
		await stop(others);
		await before();
		while (pids(program).includes(victim) && !rests(victim)) await wait(5);
		tracer = spawn('strace', ['-f', '-o', log, ...faults.flatMap((f) => ['-e', `inject=${f}`]), '-p', String(victim)], { stdio: ['ignore', 'ignore', 'pipe'] });
		gone = new Promise((r) => tracer.on('exit', r));
		await attached(tracer);
		const answer = await Promise.resolve(body(victim)).catch((e) => ({ status: 0, error: e }));
		for (let i = 0; i < 100 && pids(program).includes(victim) && !rests(victim); i++) await wait(5); /* what it does after the answer */
		const died = !pids(program).includes(victim);
		const lines = fs.readFileSync(log, 'utf8').split('\n').map((l) => l.replace(/^\d+ +/, '')).filter(Boolean);
		return { answer, died, hit: died || lines.some((l) => l.includes('(INJECTED)')), lines };
	} finally {
		for (const p of others) signal(p, 'SIGCONT');
		if (tracer) {
			tracer.kill('SIGTERM');
			await gone;
		}
		fs.rmSync(dir, { recursive: true });
	}
}

module.exports = { inject, may, halted };
