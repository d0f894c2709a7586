'use strict';
/* Hundreds of visitors who send their headers or their body a byte at a time; everybody else is served as ever.
 * TORTURE_SLOW (500 of each kind), TORTURE_SLOW_S (12). */
const net = require('node:net');
const env = require('../lib/env');
const { Journey } = require('../lib/journey');
const { report, wait } = require('./torture');

const EACH = Number(process.env.TORTURE_SLOW || 500), SECONDS = Number(process.env.TORTURE_SLOW_S || 12);
const { port } = new URL(env.url);
const open = new Set();
let stop = false;

/* Opens again when the server has had enough. */
function slow(begin) {
	if (stop) return;
	const s = net.connect(Number(port), '127.0.0.1');
	let drip;
	open.add(s);
	s.on('connect', () => {
		s.write(begin);
		drip = setInterval(() => s.write('x'), 1000);
	});
	s.on('error', () => {});
	s.on('close', () => {
		clearInterval(drip);
		open.delete(s);
		if (!stop) setTimeout(slow, 50, begin);
	});
	s.resume();
}

(async () => {
	const j = await Journey.draft();
	const header = 'GET /api/applications HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ';
	const body = 'POST /api/applications HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{';
	for (let i = 0; i < EACH; i++) {
		slow(header);
		slow(body);
		if (i % 50 === 49) await wait(20);
	}
	await wait(500);
	const crowd = open.size;
	const ms = [];
	let failed = 0;
	for (const end = Date.now() + SECONDS * 1000; Date.now() < end;) {
		const begun = process.hrtime.bigint();
		const a = await j.owner.get(j.url, { check: false, timeout: 5000 }).catch(() => ({ status: 0 }));
		ms.push(Number(process.hrtime.bigint() - begun) / 1e6);
		if (a.status !== 200) failed++;
		await wait(20);
	}
	stop = true;
	for (const s of open) s.destroy();
	ms.sort((a, b) => a - b);
	report('slow_visitors', crowd, `>= ${Math.floor(EACH * 1.9)}`);
	report('slow_probes', ms.length, '>= 100');
	report('slow_probes_failed', failed, '= 0');
	report('slow_probe_p99_ms', ms[Math.floor(ms.length * 0.99)], '<= 50');
})();
