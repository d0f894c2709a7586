'use strict';
/* One submitted case with files; prints its number and the cookies of its owner and of a supervisor, who sees every list, tab-separated. */
const { Journey } = require('../lib/journey');
const { staff } = require('../lib/staff');

(async () => {
	const j = await Journey.to('submitted');
	const clerk = await staff('supervisor1');
	process.stdout.write(`${j.no}\t${j.owner.cookies()}\t${clerk.cookies()}\n`);
})();
