'use strict';
/* Some hundred lines whose truth is known: the machine gives none to the wrong case, and finds nine of ten of those that are
 * certain.  `make bench` tries ten thousand. */
const test = require('node:test');
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const { trial } = require('../lib/matching');
const { books } = require('../lib/money');

test('of 600 lines none goes to the wrong case, nine of ten of the sure ones are found', async (t) => {
	const seed = crypto.randomInt(1e6);
	const f = await trial({ lines: 600, seed, mark: String.fromCodePoint(0x4e00 + crypto.randomInt(20000)) });
	t.diagnostic(`seed ${seed}: ${f.sure} sure, ${f.found} found, ${f.matched} matched, missed ${JSON.stringify(f.missed)}`);
	assert.deepEqual(f.wrong, []);
	assert.ok(f.sure >= 300, `only ${f.sure} sure lines`);
	assert.ok(f.found >= 0.9 * f.sure, `${f.found} of ${f.sure}: missed ${JSON.stringify(f.missed)}`);
	books();
});
