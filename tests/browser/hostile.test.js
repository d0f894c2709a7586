'use strict';
/* Whatever people write stays text.  Every string of lib/hostile.js goes through the fields of the API, found from its
 * description, and is refused in plain words or kept; then every page of the desk, of applicants and of the guide is opened over
 * what was kept, and what the API answers gets strings behind each sentence besides.  Nothing may run, nothing may become an
 * element, no policy may have to stop it. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const env = require('../lib/env');
const data = require('../lib/data');
const csv = require('../lib/csv');
const { Client, key } = require('../lib/client');
const { staff } = require('../lib/staff');
const { several, dual } = require('../lib/dual');
const { Journey, applicant } = require('../lib/journey');
const { everybody } = require('../lib/walk');
const { launch, context } = require('../lib/browser');
const { share, whole } = require('../lib/share');
const { STRINGS, CLEAN, PLAIN, fields, params, body, SURE, watch, look, planted, changed } = require('../lib/hostile');
const { world, undo, TYPED, UNITS } = require('../lib/hostile_world');

/* What takes any text and is not written by lib/hostile_world.js: a new field is written there, or named here, or holds its form. */
const lines = (text) => text.trim().split('\n').map((l) => l.trim());
/* Compared, looked up or verified, and shown nowhere. */
const LOOKED_UP = lines(`
	POST /api/applications/{no}/certificates /request
	POST /api/applications/{no}/permission /token_serial
	POST /api/applications/{no}/signature /nonce
	POST /api/applications/{no}/signature /signature
	POST /api/relay/session /token
	POST /api/session/certificate /nonce
	POST /api/session/certificate /signature
	POST /api/staff/applications/{no}/verdicts /items/0/areas/0/file
	POST /api/staff/calendar /csv
	POST /api/staff/me/password /old
	POST /api/staff/me/password /password
	POST /api/staff/me/totp /totp
	POST /api/staff/me/totp/confirm /code
	POST /api/staff/production/orders /request
	POST /api/staff/production/settlements /certificate
	POST /api/staff/proposals/price /name
	POST /api/staff/proposals/price /value
	POST /api/staff/proposals/roles /roles/0
	POST /api/staff/proposals/roles /user
	POST /api/staff/proposals/totp_reset /user
	POST /api/staff/queues/next /q
	POST /api/staff/queues/views /filters/q
	POST /api/staff/scanner /code
	POST /api/staff/seals/{no}/{item}/crop /file
	POST /api/staff/session /password
	POST /api/staff/session /totp
	POST /api/staff/session /user
	POST /api/staff/settings/{name} /value
	POST /api/feedback/find /no
	POST /api/track /code
	POST /api/track /no
	POST /api/track/rating /no
	POST /api/track/rating /ticket`);
/* Kept; their pages are looked at over spoilt answers alone. */
const SPOILT = lines(`
	PATCH /api/staff/queues/views/{id} /name
	POST /api/applications/{no}/remittance /bank
	POST /api/applications/{no}/remittance /payer_name
	POST /api/staff/applications/{no}/back /note
	POST /api/staff/applications/{no}/receipts /payer_name
	POST /api/staff/applications/{no}/rekey /person_name
	POST /api/staff/applications/{no}/rekey /unit_name
	POST /api/staff/applications/{no}/rekey /uscc
	POST /api/staff/applications/{no}/waiver /reason
	POST /api/staff/audit/alarms/{id}/seen /note
	POST /api/staff/bank-lines/{id}/allot /note
	POST /api/staff/certificates/{serial}/token /note
	POST /api/staff/invoices/{id}/reverse /reason
	POST /api/staff/jobs/{id}/again /reason
	POST /api/staff/jobs/{id}/drop /reason
	POST /api/staff/messages/{id}/again /reason
	POST /api/staff/payments/{id}/undo /reason
	POST /api/staff/production/refused /reason
	POST /api/staff/refunds/{id}/failed /reason
	POST /api/staff/refunds/{id}/paid /text
	POST /api/track/rating /rating/words
	POST /api/feedback /text
	POST /api/staff/feedback/{no}/answer /answer
	${['amount', 'balance', 'credit', 'currency', 'date', 'debit', 'direction', 'payer_account', 'payer_bank', 'payer_name', 'remark/0', 'returned', 'serial', 'time', 'value_date'].map((x) => `PUT /api/staff/statement-mappings/{account} /${x}`).join('\n')}`);

/* Of the strings each field gets one in so many, the next field others. */
const EVERY = whole ? 12 : 24;

const w = {};
let browser;
test.before(async () => {
	await everybody();
	browser = await launch();
	await world(w);
});
test.after(async () => {
	await undo(w);
	await browser.close();
});

async function together(list, n, work) {
	const rest = list.map((x, i) => [x, i]);
	await Promise.all(Array.from({ length: n }, async (_, worker) => {
		for (let x; (x = rest.shift());) await work(...x, worker);
	}));
}

/* ---- through the API ---- */

test('there are enough of them, and each differs', () => {
	assert.ok(STRINGS.length >= 200 && CLEAN.length >= 200 && PLAIN.length >= 200, `${STRINGS.length} ${CLEAN.length} ${PLAIN.length}`);
	assert.equal(new Set(STRINGS).size, STRINGS.length);
	assert.deepEqual(STRINGS.filter((s) => !/zx/i.test(s)), [], 'a string nobody would recognise');
});

const say = (a) => `${a.method} ${a.path}: ${a.status} ${a.body.toString('utf8').slice(0, 300)}`;
/* What a refusal must be: in words, as JSON that no browser takes for a page. */
function plain(a) {
	assert.ok(a.status < 500, say(a));
	assert.equal(a.headers['x-content-type-options'], 'nosniff', say(a));
	if (a.status === 204 || !a.body.length) return;
	assert.doesNotMatch(a.type, /html|svg|xml$/, say(a));
	if (a.status < 400) return;
	assert.match(a.type, /^application\/problem\+json/, say(a));
	for (const text of [a.json.title, ...(a.json.errors || []).map((e) => e.detail)]) assert.match(text, /[\u4e00-\u9fff]/, say(a));
}
/* So many at once are more than the door lets in: again, a little later. */
async function patient(ask, again) {
	let a = await ask();
	for (let i = 0; again && a.status === 429 && i < 100; i++) {
		await new Promise((r) => setTimeout(r, 50));
		a = await ask();
	}
	return a;
}
/* By its form a word of a list, or the name of somebody. */
const WORD = /^[\p{L}\p{M}\p{N}\p{Cf}\p{Co}\p{Z}_.·'-]+$/u;
const address = (where) => where.replace('{no}', 'GD20200101000001X').replace('{serial}', '4D00000000000000').replace('{account}', '6222020000000000000').replace('{user}', 'nobody_here')
	.replace('{name}', where.includes('contacts') ? 'account' : 'correct.days').replace('{code}', 'no_such').replace('{item}', '1').replace('{report}', 'volume').replace(/\{\w+\}/g, '999999999');
const named = (a, pointer) => [400, 422].includes(a.status) && (a.status === 400 || a.json.errors.some((e) => e.pointer === '#' + pointer || e.pointer === '#' + pointer.replace(/\/\d+$/, '')));

test('every field of every body: refused in plain words, or one that is looked at below', { timeout: 240000 }, async (t) => {
	const own = await applicant();
	const people = [await several('clerk', 'reviewer', 'finance', 'desk', 'supervisor'), await staff('admin1'), await staff('producer1')];
	const wrong = await several('clerk');
	const all = fields().filter((f) => !(f.method === 'PATCH' && f.path === '/api/applications/{no}'));
	assert.ok(all.length > 100, `only ${all.length} fields`);
	const taken = new Map();
	let knocks = 0;
	const knock = async (f, value) => {
		/* Wrong passwords and codes end in a lock: that one has nothing else to do. */
		const who = f.path.startsWith('/api/staff/me') ? [wrong] : f.who === 'staff' ? people : f.who === 'applicant' ? [own] : [new Client()];
		const options = { json: body(f.pointer, value), key: key(), match: '"999999999"', loose: true, headers: { 'Content-Type': f.type } };
		for (const c of who) {
			const a = await patient(() => c.request(f.method, address(f.path), options), f.who !== 'public' && c !== wrong);
			knocks++;
			assert.ok(a.status !== 401 || c === wrong || f.who !== 'staff', `signed out: ${say(a)}`);
			if (a.status !== 403 || a.json.code !== 'forbidden') return a;
		}
		return assert.fail(`nobody may ${f.method} ${f.path}`);
	};
	await together(all, 6, async (f, nth) => {
		for (let i = nth % EVERY; i < STRINGS.length; i += EVERY) {
			const a = await knock(f, STRINGS[i]);
			plain(a);
			if (!named(a, f.pointer) && CLEAN.includes(STRINGS[i]) && !WORD.test(STRINGS[i].trim())) taken.set(`${f.method} ${f.path} ${f.pointer}`, `${a.status} ${STRINGS[i]}`);
		}
	});
	t.diagnostic(`${all.length} fields, ${knocks} requests`);
	const known = new Set([...w.met, ...LOOKED_UP, ...SPOILT]);
	assert.deepEqual([...taken.keys()].filter((k) => !known.has(k)).sort(), [], 'new fields that take any text: write strings there in lib/hostile_world.js, or name them here');
	const there = fields().map((f) => `${f.method} ${f.path} ${f.pointer}`);
	assert.deepEqual([...LOOKED_UP, ...SPOILT].filter((k) => !there.includes(k) || w.met.has(k)), [], 'named here without need');
});

test('every string through every field of a case: each is refused by name or comes back as it was', { timeout: 120000 }, async () => {
	const j = await Journey.draft();
	const shaped = fields().filter((f) => f.method === 'PATCH' && f.path === '/api/applications/{no}' && !TYPED[f.pointer]).map((f) => f.pointer);
	const put = (at, list, s) => list.reduce((o, pointer) => merge(o, body(pointer, s)), at);
	const patch = (json) => j.owner.patch(j.url, json, { match: j.case.version, loose: true });
	const kept = new Map(Object.keys(TYPED).map((k) => [k, 0]));
	for (const s of STRINGS) {
		const no = await patch(put({}, shaped, s));
		plain(no);
		assert.ok([400, 413, 422].includes(no.status), `${JSON.stringify(s)}: ${say(no)}`);
		if (no.status === 422 && !WORD.test(s.trim())) for (const pointer of shaped) assert.ok(named(no, pointer), `${pointer} takes ${JSON.stringify(s)}`);
		let list = Object.keys(TYPED), a = await patch(put({}, list, s));
		plain(a);
		if (a.status === 422) {
			list = list.filter((pointer) => !named(a, pointer));
			a = list.length ? await patch(put({}, list, s)) : a;
		} else if (a.status !== 200) list = [];
		if (!list.length) continue;
		assert.equal(a.status, 200, `${JSON.stringify(s)}: ${say(a)}`);
		j.case = a.json;
		for (const pointer of list) {
			kept.set(pointer, kept.get(pointer) + 1);
			const back = pointer.slice(1).split('/').reduce((o, k) => o[k], a.json);
			if (PLAIN.includes(s) && TYPED[pointer][1] !== UNITS) assert.equal(back, s, pointer);
		}
	}
	for (const [pointer, n] of kept) assert.ok(n >= (TYPED[pointer][0] >= 80 ? 190 : 40), `${pointer} took only ${n}`);
});
function merge(a, b) {
	for (const [k, v] of Object.entries(b)) a[k] = v && typeof v === 'object' && a[k] ? Array.isArray(v) ? [merge(a[k][0], v[0])] : merge(a[k], v) : v;
	return a;
}

test('every text of every query is answered in plain words', { timeout: 60000 }, async () => {
	const who = { staff: [w.desk, await staff('auditor1'), await staff('admin1'), await staff('producer1')], applicant: [w.owner], public: [new Client()] };
	const all = params().filter((p) => p.method === 'GET');
	await together(all, 6, async (p, nth) => {
		for (let i = nth % EVERY; i < STRINGS.length; i += EVERY) {
			const where = `${address(p.path)}?${p.name}=${encodeURIComponent(STRINGS[i].slice(0, 600).toWellFormed())}`;
			let a;
			for (const c of who[p.o['x-who']] || who.staff) {
				a = await patient(() => c.get(where, { loose: true, check: false }), c !== who.public[0]);
				if (a.status !== 403) break;
			}
			plain(a);
		}
	});
});

/* ---- what becomes of them in a browser ---- */

const PUBLIC = /^\/(index|relay)\.html$|^\/(guide|about|error)\//;
const pages = fs.readdirSync(path.join(env.root, 'www'), { recursive: true }).filter((f) => f.endsWith('.html') && !/^_(inc|gen)\//.test(f)).map((f) => '/' + f).sort();
/* Who opens a page of the desk when five roles are not enough. */
const OPENED_BY = { '/staff/users.html': 'admin1', '/staff/audit.html': 'auditor1', '/staff/produce.html': 'producer1', '/staff/seal.html': 'auditor1' };

/* The same page for a case, a list, a person; what is asked of it stands in the address. */
function visits() {
	const { cases } = w, list = [];
	const add = (p, who, query = '') => list.push({ p, who, query });
	for (const p of pages) {
		if (/^\/(about|error)\//.test(p)) continue;
		if (PUBLIC.test(p)) add(p, 'visitor');
		else if (p.startsWith('/staff/')) add(p, OPENED_BY[p] || 'desk', /case|seal|slip|messages/.test(p) ? `?no=${cases.held.no}` : '');
		else add(p, 'owner', `?no=${(p.includes('/track/') ? cases.done : p.includes('fix') ? cases.back : w.draft).no}`);
	}
	for (const j of Object.values(cases)) {
		add('/staff/case.html', 'desk', `?no=${j.no}`);
		add('/track/case.html', 'owner', `?no=${j.no}`);
	}
	for (const state of ['closed']) add('/staff/proposals.html', 'desk', `?state=${state}`);
	for (const q of ['all', 'submitted', 'corrected', 'overdue']) add('/staff/queue.html', 'desk', `?queue=${q}`);
	add('/staff/queue.html', 'desk', `?queue=all&q=${encodeURIComponent(cases.held.case.unit.name.slice(0, 20))}`);
	for (const kind of ['reveal', 'refused', 'admin']) add('/staff/audit.html', 'auditor1', `?kind=${kind}`);
	add('/staff/audit.html', 'auditor1', `?object=${cases.held.no}`);
	add('/staff/money.html', 'desk', '?state=set_aside');
	add('/staff/refunds.html', 'desk', '?state=refused');
	add('/apply/tasks.html', 'owner', `?no=${cases.back.no}`);
	add('/apply/pay.html', 'owner', `?no=${cases.paid.no}`);
	return list;
}

/* A page that was about to lead elsewhere may get in between. */
const go = async (page, where) => {
	page.asking.clear(); /* of the page before nothing is heard any more */
	await page.goto(where, { waitUntil: 'load' }).catch((e) => (/ERR_ABORTED|interrupted/.test(e.message) ? page.goto(where, { waitUntil: 'load' }) : assert.fail(e)));
};
/* Nothing asked of the server for a moment. */
async function rest(page) {
	const busy = () => page.evaluate(() => !!document.querySelector('[aria-busy=true]')).catch(() => true);
	for (let quiet = 0, end = Date.now() + 20000; quiet < 2 && Date.now() < end;) {
		await page.waitForTimeout(30);
		quiet = page.asking.size || (await busy()) ? 0 : quiet + 1;
	}
}
/* Whatever opens at a click: lists, panels, tabs. */
const OPENERS = 'main summary, main button[aria-expanded="false"], main [role=tab]';
const open = (page) => page.evaluate((openers) => [...document.querySelectorAll(openers)].slice(0, 30).map((b) => b.click()).length, OPENERS);

async function enter(client) {
	const x = await context(browser);
	x.allowed.push(/Failed to load resource.*\b4\d\d\b/);
	await x.addInitScript(watch);
	if (client) await x.addCookies([...client.jar].map(([name, value]) => ({ name, value, url: env.url })));
	return x;
}
/* One page a person and worker, used again. */
async function sheet(x, nth, spoilt) {
	if (x.sheets && x.sheets[nth]) return x.sheets[nth];
	const page = await x.newPage();
	x.sheets = Object.assign(x.sheets || [], { [nth]: page });
	page.asking = new Set();
	page.on('request', (r) => page.asking.add(r));
	for (const end of ['requestfinished', 'requestfailed']) page.on(end, (r) => page.asking.delete(r));
	if (spoilt) await page.route(/\/api\//, changed(spoilt));
	return page;
}
async function people() {
	const clients = { visitor: null, owner: w.owner, desk: w.desk };
	for (const user of Object.values(OPENED_BY)) clients[user] = await staff(user);
	const x = {};
	for (const [who, client] of Object.entries(clients)) x[who] = await enter(client);
	return x;
}

/* What is wrong on a page as it stands, and which strings it shows. */
async function judge(page, where, faults, seen) {
	const { found, text } = await look(page);
	for (const f of found) faults.push(`${where}: ${f}`);
	for (const s of PLAIN) if (text.includes(s)) seen.add(s);
	return PLAIN.some((s) => text.includes(s));
}

test('every page over what was written and over spoilt answers: all of it is text', { timeout: 600000 }, async (t) => {
	const x = await people(), faults = [], seen = new Set(), bare = new Set(), list = visits();
	let at = 0;
	const next = () => ` ${PLAIN[at++ % PLAIN.length]}`;
	await together(list, 3, async ({ p, who, query }, nth, worker) => {
		const page = await sheet(x[who], worker, next);
		await go(page, env.url + p + query);
		await rest(page);
		const first = await judge(page, p + query, faults, seen);
		let shows = first;
		if (await open(page)) {
			await rest(page);
			shows = await judge(page, p + query + ' opened', faults, seen) || first;
		}
		if (!shows) bare.add(p + query);
	});
	t.diagnostic(`${list.length} pages, ${seen.size} of ${PLAIN.length} strings read, none on ${[...bare].join(' ')}`);
	for (const c of Object.values(x)) {
		faults.push(...c.faults);
		await c.close();
	}
	assert.equal(faults.join('\n'), '');
	assert.deepEqual(PLAIN.filter((s) => !seen.has(s)), [], 'strings that no page showed');
	assert.deepEqual([...bare].filter((p) => p.startsWith('/staff/')), ['/staff/login.html'], 'pages that showed none of them');
});

test('every second page with strings in its address (each with ZY_WHOLE)', { timeout: 600000 }, async () => {
	const x = await people(), faults = [];
	const names = [...new Set(fs.readdirSync(path.join(env.root, 'www/js')).filter((f) => f.endsWith('.js')).flatMap((f) => [...fs.readFileSync(path.join(env.root, 'www/js', f), 'utf8').matchAll(/(?:query|param)\('(\w+)'/g)].map((m) => m[1])))];
	assert.ok(names.includes('no') && names.includes('queue') && names.length >= 8, names.join());
	await together(share(pages.filter((p) => !/^\/(guide|about|error)\//.test(p)), 2), 3, async (p, nth, worker) => {
		const who = PUBLIC.test(p) ? 'visitor' : p.startsWith('/staff/') ? OPENED_BY[p] || 'desk' : 'owner';
		const page = await sheet(x[who], worker);
		const s = (i) => encodeURIComponent(PLAIN[(nth * 7 + i * 31) % PLAIN.length]);
		await go(page, `${env.url}${p}?${names.map((n, i) => `${n}=${s(i)}`).join('&')}#${s(99)}`);
		await rest(page);
		await judge(page, `${p} (address)`, faults, new Set());
		assert.equal(new URL(page.url()).host, new URL(env.url).host, `${p} led elsewhere`);
	});
	for (const c of Object.values(x)) {
		faults.push(...c.faults);
		await c.close();
	}
	assert.equal(faults.join('\n'), '');
});

test('guide and front page show what staff wrote, as text, when scripts are off too', async () => {
	const v = new Client();
	const raw = /<zx|<img zx|<svg zx|<script>zx|<!--#/i;
	for (const end = Date.now() + 60000; !(await v.get('/')).body.toString('utf8').includes('board');) {
		assert.ok(Date.now() < end, 'the announcements do not come');
		await new Promise((r) => setTimeout(r, 150));
	}
	let told = 0;
	for (const p of pages.filter((q) => PUBLIC.test(q))) {
		const html = (await v.get(p)).body.toString('utf8');
		assert.doesNotMatch(html, raw, p);
		assert.doesNotMatch(html, /an error occurred while processing the directive/, p);
		told += /&lt;\S*zx|zx\(1\)/.test(html);
	}
	assert.ok(told >= 3, `only ${told} pages tell what was written`);
});

test('files for a spreadsheet: every cell is text, none a formula; the log has one event a line', async () => {
	const day = data.today();
	await dual('export_payments', { from: day, to: day, reason: '核对' }, 'finance1', 'finance2');
	const files = [await (await staff('finance1')).want(200, 'GET', `/api/staff/money/payments?from=${day}&to=${day}`)];
	for (const report of ['volume', 'ratings', 'money']) files.push(await w.desk.want(200, 'GET', `/api/staff/reports/${report}/csv?from=${day}&to=${day}`));
	let hostile = 0;
	for (const a of files) {
		assert.ok(a.body.subarray(0, 3).equals(Buffer.from('\ufeff')), 'no byte order mark');
		for (const row of csv.parse(a.body.toString('utf8').slice(1))) for (const cell of row) {
			assert.ok(!/^[=+@\t\r]/.test(cell) && (!/^-/.test(cell) || /^-[\d.,]+$/.test(cell)), `a formula: ${cell}`);
			hostile += /zx/.test(cell);
		}
	}
	assert.ok(hostile > 0, 'no string came into any file');
	const log = path.join(env.varDir, 'log');
	for (const f of fs.readdirSync(log).filter((n) => n.endsWith('.log') && !/^(mariadb|db|db-install|nginx)\.log$/.test(n)))
		for (const line of fs.readFileSync(path.join(log, f), 'utf8').split('\n')) if (line.startsWith('{') || /zx/.test(line)) assert.ok(JSON.parse(line).ts, `${f}: ${line.slice(0, 200)}`);
});

/* ---- the eyes themselves ---- */

test('control: put in as markup the same strings are seen, run, and are stopped by the policy', async () => {
	const free = await enter(null), page = await free.newPage();
	const y = await browser.newContext({ bypassCSP: true });
	await y.addInitScript(watch);
	const bad = await y.newPage();
	bad.on('dialog', (d) => d.dismiss());
	await bad.route(/zx/, (r) => r.abort());
	await bad.goto(env.url + '/error/404.html');
	const markup = STRINGS.filter((s) => /<[a-z!/?]/i.test(s) && s.length < 200);
	const seen = await planted(bad, markup);
	assert.ok(seen.length >= markup.length * 0.9, `not seen: ${markup.filter((s) => !seen.includes(s)).join('\n')}`);
	const one = await y.newPage(), told = one.waitForEvent('console', (m) => m.text().startsWith('HOSTILE: a string ran'));
	await one.goto(env.url + '/error/404.html');
	await planted(one, [SURE]);
	await told;
	await page.goto(env.url + '/error/404.html');
	await page.evaluate(() => {
		try {
			document.querySelector('main').setAttribute('onclick', 'zx(1)');
		} catch (e) {
			return; /* not even that */
		}
		document.querySelector('main').click();
	});
	assert.ok(free.faults.some((f) => /CSP|TrustedScript/.test(f)), `the policy stopped nothing: ${free.faults.join('\n')}`);
	await Promise.all([free.close(), y.close()]);
});
