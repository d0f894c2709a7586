'use strict';
/* Ten thousand lines of a bank statement as a file of each format: read and kept, and the same file once more. */
const assert = require('node:assert/strict');
const { staff } = require('../lib/staff');
const { makeCases, makeStatement, PAYEE } = require('../lib/bank');

const LINES = 10000;
/* A day of its own for each format: the same booking is not taken from two. */
const DAYS = { citic: '2003-03-03', camt: '2004-04-04', csv: '2005-05-05' };

(async () => {
	const finance = await staff('finance1');
	const cases = makeCases({ count: 9000, seed: 5 });
	for (const [format, day] of Object.entries(DAYS)) {
		const file = makeStatement({ cases, lines: LINES, seed: 5, from: day, to: day })[format];
		const send = async (query) => {
			const begun = Date.now();
			const a = await finance.request('POST', `/api/staff/statements?account=${PAYEE}${query}`, { raw: file, headers: { 'Content-Type': 'application/octet-stream' }, timeout: 60000 });
			assert.equal(a.status, 200, JSON.stringify(a.json));
			return { ms: Date.now() - begun, ...a.json };
		};
		const preview = await send('&preview=1');
		const done = await send('');
		const again = await send('');
		assert.deepEqual([preview.new, done.new, again.new, again.again], [LINES, LINES, 0, true], format);
		console.log(`BENCH statement_${format}_preview ${preview.ms} ms`);
		console.log(`BENCH statement_${format} ${done.ms} ms`);
		console.log(`BENCH statement_${format}_again ${again.ms} ms`);
	}
})();
