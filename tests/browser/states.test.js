'use strict';
/* Pages in their states (tests/lib/states.js), sampled: every second page filled, in one of the ways to look at it (as usual, large
 * type, narrow, printed, forced colours …), every third of these in one of its other states, too; what they came to is held against
 * html-validate and Nu, as pages.test.js does with what is sent.  ZY_ROUND=n takes others; `make bench` looks at all in all states. */
const test = require('node:test');
const assert = require('node:assert/strict');
const answers = require('../lib/answers');
const { launch, context } = require('../lib/browser');
const { list, look, budget, VARIANTS } = require('../lib/states');
const { validate, nu, OF_BROWSER } = require('../lib/markup');
const { moves, PHONE, DESK } = require('../lib/moves');
const { round, share, turn } = require('../lib/share');

const pages = share(list().filter((spec) => !spec.english), 2); /* of the English ones pages.test.js takes a sample */
const seen = new Map();

test('pages filled and in another state', { timeout: 600000 }, async (t) => {
	await answers.ready();
	const faults = [];
	const pressed = [];
	const todo = pages.flatMap((spec, i) => {
		const others = spec.states.filter((s) => s !== 'filled');
		return [[spec, 'filled', [turn(VARIANTS, i)]], ...(others.length && i % 3 === 0 ? [[spec, turn(others, i), ['normal']]] : [])];
	});
	const browser = await launch();
	t.after(() => browser.close());
	await Promise.all([0, 1].map(async () => {
		const x = await context(browser);
		x.allowed.push(/Failed to load resource/);
		for (let one = todo.shift(); one; one = todo.shift()) {
			const [spec, state, variants] = one;
			const before = x.faults.length;
			const r = await look(x, spec, state, { variants, seen });
			faults.push(...r.faults, ...x.faults.slice(before).map((f) => `[${state}] ${f}`));
			if (r.weight) faults.push(...budget(spec, r.weight));
			if (r.pressed) pressed.push(spec.page);
		}
	}));
	t.diagnostic(`round ${round}: ${pages.length} pages, forms sent: ${pressed.length}`);
	assert.equal(faults.join('\n'), '');
});

test('while they fill themselves nothing moves under the reader', { timeout: 600000 }, async (t) => {
	const faults = [];
	const todo = share(list().filter((spec) => !spec.english && spec.states.length > 1), 4).map((spec, i) => [spec, spec.staff ? DESK : turn([PHONE, DESK], i)]);
	const browser = await launch();
	t.after(() => browser.close());
	await Promise.all([0, 1].map(async () => {
		const x = await context(browser);
		for (let one = todo.shift(); one; one = todo.shift()) faults.push(...await moves(x, ...one));
		x.clean();
	}));
	assert.equal(faults.join('\n'), '');
});

test('their documents: html-validate, Nu', async (t) => {
	const documents = new Map([...seen.values()].map((d) => [d.name, d.html]));
	t.diagnostic(`${documents.size} documents`);
	assert.ok(documents.size >= pages.length);
	assert.equal([...await validate(documents, OF_BROWSER), ...nu(documents)].join('\n'), '');
});
