'use strict';
/* Eight files of 8 MiB by tus, chunks of 1 MiB, all at once; then the same chunks one file at a time. */
const assert = require('node:assert/strict');
const files = require('../lib/files');
const tus = require('../lib/tus');
const { Journey } = require('../lib/journey');

const FILES = 8, MIB = 1 << 20;

function scan() {
	const bytes = files.png({ width: 1700, height: 1700, noise: 8 * MIB });
	assert.ok(bytes.length > 7 * MIB && bytes.length < 10 * MIB, `a scan of ${bytes.length} bytes`);
	return bytes;
}

async function timed(work) {
	const begun = process.hrtime.bigint();
	await work();
	return Number(process.hrtime.bigint() - begun) / 1e9;
}

(async () => {
	const j = await Journey.draft();
	const scans = Array.from({ length: FILES }, scan);
	const megabytes = scans.reduce((n, s) => n + s.length, 0) / 1e6;
	const put = (bytes, i) => tus.upload(j.owner, j.no, 'm2', `扫描件${i}.png`, 'image/png', bytes);
	const together = await timed(() => Promise.all(scans.map(put)));
	console.log(`BENCH upload_parallel ${(megabytes / together).toFixed(1)} MB/s`);
	const one = await timed(() => put(scans[0], FILES));
	console.log(`BENCH upload_single ${(scans[0].length / 1e6 / one).toFixed(1)} MB/s`);
})();
