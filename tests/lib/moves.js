'use strict';
/* What moves under its reader while a page fills itself, as on a slow line: first there is the page, then what scripts add, then
 * what the portal answers.  Moves are measured as browsers do (layout shift), 0 none, from 0.1 on people miss what they aim at.
 *   watch(page)       before it opens anything: scripts and answers come late, moves are written down
 *   faults(page, most)   what moved since it was opened, when that is more than most
 *   moves(x, spec, size)   opens a page of states.js, filled, in a window of that size; its faults
 * The API of states.js is played by answers.js, that of other pages is the real one. */
const env = require('./env');
const answers = require('./answers');

const LATE = 200;
const PHONE = { width: 412, height: 823 }, DESK = { width: 1280, height: 800 };
/* Applicants see nothing jump.  Notices of the desk come when it is known who has signed in, panels of a case when they are opened. */
const most = (spec) => (spec.staff ? 0.2 : 0.1);

const wait = (ms) => new Promise((next) => setTimeout(next, ms));

async function watch(page, played) {
	await page.addInitScript(() => {
		const name = (n) => n && (n.id ? '#' + n.id : n.className || n.nodeName);
		window.moved = [];
		new PerformanceObserver((list) => list.getEntries().forEach((e) => window.moved.push({ by: e.value, what: e.sources.map((s) => `${name(s.node)} ${Math.round(s.previousRect.y)}→${Math.round(s.currentRect.y)}`) })))
			.observe({ type: 'layout-shift', buffered: true });
	});
	await page.route(/\/api\/|\.js$/, async (route) => {
		const u = new URL(route.request().url());
		const a = played && u.pathname.startsWith('/api/') ? played(route.request().method(), u) : { through: true };
		await wait(LATE);
		const done = a.abort ? route.abort() : a.through ? route.continue() : route.fulfill({ status: a.status, headers: { ...a.headers, ...(a.type ? { 'Content-Type': a.type } : {}) }, body: a.body });
		await done.catch(() => {}); /* the page has gone on */
	});
}

async function faults(page, allowed) {
	const all = await page.evaluate('window.moved');
	const sum = all.reduce((n, m) => n + m.by, 0);
	return sum <= allowed ? [] : [`moves by ${sum.toFixed(3)}: ${all.map((m) => `${m.by.toFixed(3)} ${m.what.join(', ')}`).join('; ')}`];
}

async function moves(x, spec, size) {
	const page = await x.newPage();
	await page.setViewportSize(size);
	await watch(page, (method, u) => answers.reply('filled', method, u.pathname, spec.facts, u.search));
	await page.goto(env.url + spec.url, { waitUntil: 'networkidle' });
	const found = await faults(page, most(spec));
	await page.close();
	return found.map((f) => `${spec.page} at ${size.width} px: ${f}`);
}

module.exports = { watch, faults, moves, PHONE, DESK };
