'use strict';
/* Every page in every state it can be in, looked at in Chromium.
 *   list()                     the pages, with what they are opened with and the states they have
 *   look(x, page, state, o)    opens one; what is wrong comes back as sentences.  o.variants: the ways to look at it (looks.js);
 *                              o.seen: a Map that keeps { name, html }: what came out as another look before is not looked at again
 *   budget(page, weight)       what is too heavy in the weight that look() found
 * The API is played by answers.js; nginx, the pages and their scripts are the real ones. */
const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');
const env = require('./env');
const answers = require('./answers');
const { looks, watch, VARIANTS } = require('./looks');
const { NO } = require('./sample');

const www = path.join(env.root, 'www');
const CASE_STATES = ['draft', 'printed', 'submitted', 'reviewing', 'returned', 'accepted', 'second_review', 'approved', 'produced', 'sent', 'ready', 'installing', 'completed', 'withdrawn', 'rejected', 'expired'];

/* Which case a page is about, and how that looks when the page's work is done. */
const FACTS = {
	'/apply/phone.html': { stranger: true }, '/apply/ukey.html': { stranger: true }, '/staff/login.html': { stranger: true }, '/apply/one-seal.html': { one_seal: false },
	'/apply/change.html': { service: 'change' }, '/apply/reason.html': { service: 'reissue' }, '/apply/old-cert.html': { service: 'renew' }, '/apply/holder.html': { holder: 'rep' },
	'/apply/sign.html': { service: 'renew', channel: 'online', state: 'printed' }, '/apply/unlock.html': { service: 'unlock', channel: 'online', state: 'installing' }, '/apply/install.html': { service: 'renew', channel: 'online', state: 'installing' },
	'/apply/form.html': { state: 'printed' }, '/apply/upload.html': { state: 'printed' }, '/apply/pay.html': { state: 'printed' }, '/apply/submit.html': { state: 'printed' }, '/apply/fix.html': { state: 'returned' },
	'/apply/done.html': { state: 'submitted' }, '/apply/receipt.html': { state: 'submitted' }, '/apply/slip.html': { channel: 'counter' }, '/track/case.html': { state: 'accepted' }, '/track/rate.html': { state: 'completed' },
	'/staff/case.html': { state: 'reviewing' }, '/staff/seal.html': { state: 'reviewing' }, '/staff/slip.html': { state: 'accepted', channel: 'counter' },
};
const DONE = { '/track/case.html': { state: 'completed' }, '/apply/pay.html': { state: 'submitted', paid: true } };
/* What these ask for on loading is an extra: they are whole without it, and say nothing when it fails. */
const EXTRA = ['/apply/phone.html', '/apply/start.html missing', '/apply/ukey.html', '/guide/fees.html', '/guide/outlets.html', '/staff/login.html', '/track/index.html', '/track/invoice.html'];

function walk(dir) {
	return fs.readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? walk(path.join(dir, e.name)) : path.join(dir, e.name)));
}
/* The Chinese page of an English one: both are about the same case. */
const plain = (p) => p.replace(/^\/en\//, '/');

function list() {
	const own = walk(www).filter((f) => f.endsWith('.html')).map((f) => '/' + path.relative(www, f)).filter((f) => !/^\/_(inc|gen)\//.test(f)).sort();
	return [...own, ...own.filter((p) => !p.startsWith('/staff/')).map((p) => '/en' + p)].map((p) => {
		const kind = plain(p);
		const asks = /^\/(apply|track|staff|relay\.html)/.test(kind) || /^\/guide\/(fees|outlets)\.html/.test(kind);
		const about = /^\/apply\/(?!start|phone|ukey)|^\/track\/(case|rate)|^\/staff\/(case|seal|slip)\.html/.test(kind);
		const hash = kind === '/relay.html' ? '#' + 'A'.repeat(26) : kind === '/track/invoice.html' ? '#' + 'a'.repeat(22) : '';
		const states = asks ? answers.STATES.slice() : ['filled'];
		if (p === '/track/case.html') states.push(...CASE_STATES.map((s) => `filled:${s}`));
		return { page: p, url: p + (about ? `?no=${NO}` : '') + hash, facts: FACTS[kind] || {}, english: kind !== p, done: DONE[kind] || { ...FACTS[kind], state: 'submitted' }, staff: kind.startsWith('/staff/'), states };
	});
}

const sizes = new Map();
/* Pages say after 300 ms that they load, and ask again after 0.8 s and 2.4 s: that need not take so long. */
const HURRY = () => {
	const later = window.setTimeout;
	window.setTimeout = (f, ms, ...more) => later(f, ms <= 2500 ? ms / 60 : ms, ...more);
};
/* Nobody is asked whether he wants to leave. */
const LEAVE = () => window.addEventListener('beforeunload', (e) => e.stopImmediatePropagation(), true);

/* The tab of a context in which one look after the other is taken (a new one costs more than the look), and one for those in a
 * hurry.  .now: the state that is played.  Requests to the API are played, the others counted until they are done. */
const tabs = new WeakMap(); /* context → { true, false } */
async function tab(x, hurried) {
	const of = tabs.get(x) || tabs.set(x, {}).get(x);
	if (of[hurried]) return of[hurried];
	const page = await x.newPage();
	const t = { page, net: watch(page), now: null, drop: () => { of[hurried] = null; return page.close(); } };
	of[hurried] = t;
	await page.addInitScript(LEAVE);
	if (hurried) await page.addInitScript(HURRY);
	page.on('response', async (r) => {
		const u = new URL(r.url());
		const s = t.now;
		if (!u.protocol.startsWith('http') || u.pathname.startsWith('/api/') || r.status() !== 200 || s.loaded) return;
		s.files.set(u.href, 0);
		if (!sizes.has(u.href)) sizes.set(u.href, await r.body().then((b) => zlib.gzipSync(b).length, () => 0));
		s.files.set(u.href, sizes.get(u.href));
	});
	await page.route(/\/api\//, async (route) => {
		const u = new URL(route.request().url());
		const s = t.now;
		try {
			const a = answers.reply(s.how, route.request().method(), u.pathname, s.facts, u.search);
			s.asked.push(`${route.request().method()} ${u.pathname}`);
			const beside = u.pathname === '/api/staff/queues'; /* the numbers beside the navigation */
			if (a.hang) {
				if (!beside) s.hung++;
				t.net.hung(route.request());
				return;
			}
			if ((a.abort || a.status >= 400) && !beside) s.failed++;
			if (a.abort) await route.abort('connectionfailed');
			else if (a.through) await route.continue();
			else await route.fulfill({ status: a.status, headers: { ...a.headers, ...(a.type ? { 'Content-Type': a.type } : {}) }, body: a.body });
		} catch (e) {
			if (page.isClosed() || s !== t.now) return;
			s.faults.push(String(e.message).split('\n').join(' ').slice(0, 300));
			await route.abort().catch(() => {});
		}
	});
	return t;
}

/* Puts the state on the tab; what was kept in it is gone. */
async function stage(t, spec, state) {
	const [how, caseState] = state.split(':');
	await t.page.evaluate('sessionStorage.clear()').catch(() => {}); /* a new tab has none */
	t.now = { how, facts: { ...(how === 'done' ? spec.done : spec.facts), ...(caseState ? { state: caseState } : {}) }, hung: 0, failed: 0, asked: [], faults: [], files: new Map() };
	t.net.begin();
	return t.now;
}

const TYPED = () => Array.from(document.querySelectorAll('input,select,textarea'), (n) => `${n.type} ${n.value} ${n.checked}`).join();

/* What is on the page, as its reader has it. */
const SEEN = () => {
	const shown = (n) => n.getClientRects().length > 0;
	const main = document.querySelector('main');
	const says = Array.from(document.querySelectorAll('[role=alert],[role=status],.esum,.box-err,.box-warn,.err')).filter((n) => shown(n) && n.textContent.trim());
	return {
		path: location.pathname + location.search,
		text: main ? main.innerText : '',
		heads: Array.from(document.querySelectorAll('h1')).filter(shown).length,
		over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
		says: says.map((n) => n.textContent.trim()).join(' | '),
		ways: Array.from(main ? main.querySelectorAll('a[href],button') : []).filter(shown).length,
	};
};
const ODD = /\bundefined\b|\bNaN\b|\bnull\b|\[object |\{[a-z]+\}|Invalid Date/;
const KEY = /(?<![\w./@-])[a-z]{2,12}\.[a-z_]{2,20}(\.[a-z_]+)*(?![\w./@-])/;
const REMEDY = /请|重试|再试|稍后|刷新|返回|联系|查看|检查|重新|again|check|contact|try|sign in|please/i;

/* Sentences about what the state should show. */
function expects(state, s, v, spec) {
	const out = [];
	const extra = EXTRA.some((e) => [plain(spec.page), `${plain(spec.page)} ${state}`].includes(e));
	if (state === 'loading' && s.hung && !extra && !/正在|Loading/i.test(v.says + v.text)) out.push('nothing says that it is loading');
	if (['network', 'away', 'missing'].includes(state) && s.failed && !extra || state === 'refused' && s.failed) {
		if (!v.says) out.push(`${s.failed} answers failed and nothing says so`);
		else if (!REMEDY.test(v.says) && !v.ways) out.push(`names no remedy: ${v.says.slice(0, 80)}`);
	}
	if (state === 'over' && s.failed && !/relay\.html/.test(spec.page) && !/\/(apply\/phone|staff\/login)\.html\?back=/.test(v.path) && !/登录|验证手机号|sign in/i.test(v.text)) out.push('does not lead to signing in');
	if (v.text.trim().length < 8) out.push('main is empty');
	const odd = ODD.exec(v.text) || KEY.exec(v.text.replace(/[\w.-]+\.(html|pdf|jpe?g|png|csv|xml|cn|com|gov|cer)\b/g, ''));
	if (odd) out.push(`says ${JSON.stringify(v.text.slice(Math.max(0, odd.index - 15), odd.index + 25))}`);
	if (v.heads !== 1 && state !== 'loading' && spec.page === v.path.split('?')[0]) out.push(`${v.heads} visible h1`);
	return out;
}

/* The button that sends the page's form. */
async function press(page) {
	const button = page.locator('main form:not([role=search]):not(.filters) button[type=submit]:enabled:visible, main .acts button.btn:not([data-print]):not([data-copy]):enabled:visible').first();
	if (!(await button.count())) return false;
	await button.click({ timeout: 20000 });
	return true;
}

async function look(x, spec, state, o) {
	const faults = [];
	const how = state.split(':')[0];
	const say = (variant, what) => faults.push(`${spec.page} [${state}${variant === 'normal' ? '' : ', ' + variant}]: ${what}`);
	const done = { faults, pressed: false, weight: null, looked: 0 };
	const t = await tab(x, ['loading', 'network', 'away'].includes(how));
	const { page, net } = t;
	try {
		const s = await stage(t, spec, state);
		if (spec.url.includes('#')) await page.goto('about:blank'); /* the same address again would be no load at all */
		await page.goto(env.url + spec.url, { waitUntil: 'load' });
		s.loaded = true; /* the first view; what a panel fetches later is its own */
		await net.quiet();
		if (how === 'filled' && new URL(page.url()).pathname === spec.page) done.weight = { files: [...s.files.keys()], bytes: [...s.files.values()].reduce((a, b) => a + b, 0) };
		if (['faults', 'refused', 'done'].includes(how)) {
			done.pressed = await press(page);
			if (done.pressed) await net.quiet();
		}
		const v = await page.evaluate(SEEN).catch(() => net.quiet().then(() => page.evaluate(SEEN))); /* it may just be leaving */
		for (const f of [...s.faults, ...expects(how, s, v, spec)]) say('normal', f);
		if (how === 'faults' && /\/(apply|track|staff\/login)/.test(spec.page) && done.pressed && !s.failed && !v.says && v.path.split('?')[0] === spec.page) say('normal', 'the form was sent empty and nothing is said');
		if (o.seen) {
			const html = await page.content();
			const key = v.path.split('?')[0] + (await page.evaluate(TYPED)) + html;
			if (o.seen.has(key)) return done;
			o.seen.set(key, { name: `${spec.page} [${state}]`, html });
		}
		done.looked = o.variants.length;
		await looks(page, o.variants, say);
	} catch (e) {
		say('normal', String(e.message).split('\n').slice(0, 3).join(' '));
		await t.drop();
	}
	return done;
}

/* The first view against the budgets of WEB 6: kB as sent, without what the API answers. */
function budget(spec, weight) {
	const [kb, files] = spec.staff ? [75, 12] : weight.files.some((f) => /tus\.min\.js/.test(f)) ? [62, 9] : [40, 8];
	const out = [];
	if (weight.bytes > kb * 1024) out.push(`${spec.page}: ${(weight.bytes / 1024).toFixed(1)} KB, ${kb} allowed`);
	if (weight.files.length > files) out.push(`${spec.page}: ${weight.files.length} files, ${files} allowed`);
	return out;
}

module.exports = { list, look, budget, VARIANTS };
