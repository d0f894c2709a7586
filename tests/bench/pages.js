'use strict';
/* Every page in every state, looked at in every way (tests/lib/states.js, looks.js); the documents held against html-validate, Nu and
 * the rules of Chinese punctuation; what moves while pages fill themselves; Lighthouse over all public pages, with how fast they are.
 * Each fault is printed; any ends it badly.
 * BENCH_PAGES: a pattern of pages to be looked at, all without it.  BENCH_PAGES_OF: states, markup, still, fast; all without it. */
process.env.ZY_WHOLE = '1';
const assert = require('node:assert/strict');
const env = require('../lib/env');
const answers = require('../lib/answers');
const { Client } = require('../lib/client');
const { launch, context } = require('../lib/browser');
const { list, look, budget, VARIANTS } = require('../lib/states');
const { validate, nu, OF_BROWSER } = require('../lib/markup');
const { ofDocument } = require('../lib/punctuation');
const { moves, PHONE, DESK } = require('../lib/moves');
const lighthouse = require('../lib/lighthouse');

/* English pages have the elements of their Chinese twins (tests/http/english.test.js), only longer words. */
const ways = (spec, state) => (spec.english && state !== 'filled' ? ['normal', 'narrow and large'] : VARIANTS);
const only = new RegExp(process.env.BENCH_PAGES || '.');
const say = (name, value, unit) => console.log(`BENCH ${name} ${value} ${unit}`);
const faults = [];
const fault = (...some) => some.forEach((f) => { faults.push(f); console.log(f); });
const pages = list().filter((p) => only.test(p.page));
const seen = new Map();

async function states() {
	const browser = await launch();
	const todo = pages.flatMap((spec) => spec.states.map((state) => [spec, state]));
	const weights = { public: 0, upload: 0, staff: 0 };
	let sent = 0, looked = 0;
	const n = todo.length, began = Date.now();
	await Promise.all([0, 1].map(async () => {
		const x = await context(browser);
		x.allowed.push(/Failed to load resource/);
		for (let one = todo.shift(); one; one = todo.shift()) {
			const [spec, state] = one;
			const before = x.faults.length;
			const r = await look(x, spec, state, { variants: ways(spec, state), seen });
			fault(...r.faults, ...x.faults.slice(before).map((f) => `[${state}] ${f}`));
			looked += r.looked;
			if (r.pressed) sent++;
			if (!r.weight) continue;
			fault(...budget(spec, r.weight));
			const kind = spec.staff ? 'staff' : r.weight.files.some((f) => /tus\.min/.test(f)) ? 'upload' : 'public';
			weights[kind] = Math.max(weights[kind], r.weight.bytes);
		}
	}));
	await browser.close();
	say('page_count', pages.length, 'pages');
	say('page_states', n, 'states');
	say('page_states_different', seen.size, 'states');
	say('page_looks', looked, 'looks');
	say('page_states_took', ((Date.now() - began) / 1000).toFixed(0), 's');
	say('page_forms_sent', sent, 'forms');
	for (const [kind, bytes] of Object.entries(weights)) say(`page_weight_${kind}`, (bytes / 1024).toFixed(1), 'KB');
}

async function markup() {
	const c = new Client();
	const began = Date.now();
	const documents = new Map([...seen.values()].map((d) => [d.name, d.html]));
	for (const p of pages) documents.set(p.page, (await c.get(p.page)).body.toString('utf8'));
	fault(...await validate(documents, OF_BROWSER), ...nu(documents));
	for (const [name, html] of documents) if (!name.startsWith('/en/')) fault(...ofDocument(html).map((f) => `${name}: ${f}`));
	say('page_documents', documents.size, 'documents');
	say('page_documents_took', ((Date.now() - began) / 1000).toFixed(0), 's');
}

async function still() {
	const browser = await launch();
	const todo = pages.filter((spec) => spec.states.length > 1).flatMap((spec) => (spec.staff ? [DESK] : [PHONE, DESK]).map((size) => [spec, size]));
	say('page_moves_looks', todo.length, 'looks');
	await Promise.all([0, 1].map(async () => {
		const x = await context(browser);
		for (let one = todo.shift(); one; one = todo.shift()) fault(...await moves(x, ...one));
	}));
	await browser.close();
}

/* At the address each names as its own (the front page is /).  One after the other: Lighthouse keeps its marks for the whole process.  Those short of the aim again, and the best of that: the
 * machine does other things, too. */
async function fast() {
	const began = Date.now();
	const least = {}, most = { lcp: 0, tbt: 0, cls: 0 };
	const todo = pages.filter((q) => /^\/(en\/)?(index\.html|guide\/|about\/|track\/index|apply\/(start|phone))/.test(q.page));
	const best = new Map();
	const browser = await lighthouse.start();
	const measure = async (p) => {
		const r = await lighthouse.audit(browser, env.url + p.page.replace(/^\/index\.html$/, '/'), { performance: true });
		if (!best.has(p) || r.scores.performance > best.get(p).scores.performance) best.set(p, r);
	};
	const short = () => todo.filter((p) => best.get(p).scores.performance < 98);
	for (const p of todo) await measure(p);
	say('lighthouse_again', short().length, 'pages');
	for (let i = 0; i < 2; i++) for (const p of short()) await measure(p);
	await browser.close();
	for (const p of todo) {
		const r = best.get(p);
		for (const [name, score] of Object.entries(r.scores)) {
			least[name] = Math.min(least[name] === undefined ? 100 : least[name], score);
			if (score < (name === 'performance' ? 98 : 100)) fault(`${p.page}: ${name} ${score}: ${r.faults.filter((f) => f.startsWith(name)).join('; ')}`);
		}
		for (const k of Object.keys(most)) most[k] = Math.max(most[k], r[k]);
	}
	say('lighthouse_pages', todo.length, 'pages');
	for (const [name, score] of Object.entries(least)) say(`lighthouse_${name.replace('-', '_')}`, score, 'of_100');
	say('lighthouse_lcp', most.lcp.toFixed(0), 'ms');
	say('lighthouse_tbt', most.tbt.toFixed(0), 'ms');
	say('lighthouse_cls', most.cls.toFixed(4), 'shift');
	say('lighthouse_took', ((Date.now() - began) / 1000).toFixed(0), 's');
}

(async () => {
	await answers.ready();
	const parts = { states, markup, still, fast };
	for (const name of (process.env.BENCH_PAGES_OF || 'states markup still fast').split(' ')) await parts[name]();
	say('page_faults', faults.length, 'faults');
	assert.equal(faults.length, 0);
})();
