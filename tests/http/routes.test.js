'use strict';
/* The table of the house, walked: the services, holders and channels that the catalogue offers, from draft to completed (each
 * two of them together; all three with ZY_WHOLE), and every combination that it does not.  The list comes from /api/catalog, the
 * ways and what they cost and do from here, where they are written a second time, on purpose. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const data = require('../lib/data');
const { Client, key } = require('../lib/client');
const { applicant, catalog } = require('../lib/journey');
const { Walk, addYears, everybody, sideBySide } = require('../lib/walk');
const { pairs } = require('../lib/share');
const { subject, certificate, bring, status } = require('../lib/certificates');

const SERVICES = ['new', 'add', 'renew', 'change', 'reissue', 'unlock', 'revoke'];
const HOLDERS = ['org', 'rep', 'ind'];
const CHANNELS = ['online', 'post', 'counter'];

/* Which ways there are. */
const WAYS = {
	new: { org: ['post', 'counter'], rep: ['post', 'counter'], ind: ['post', 'counter'] },
	add: { org: ['online'] },
	renew: { org: CHANNELS, rep: CHANNELS, ind: CHANNELS },
	change: { org: ['post', 'counter'], rep: ['post', 'counter'], ind: ['post', 'counter'] },
	reissue: { org: ['post', 'counter'], rep: ['post', 'counter'], ind: ['post', 'counter'] },
	unlock: { org: CHANNELS, rep: CHANNELS, ind: CHANNELS },
	revoke: { org: ['counter'], rep: ['counter'], ind: ['counter'] },
};
const offered = (s, h, c) => Boolean(WAYS[s][h] && WAYS[s][h].includes(c));

/* yuan: first year (or the once), each further year */
const PRICE = { new: { org: [600, 400], rep: [360, 160], ind: [360, 160] }, add: { org: [600, 400] }, renew: { org: [400, 400], rep: [160, 160], ind: [160, 160] } };
function yuan(service, holder, years, count) {
	if (service === 'reissue') return 200 * count;
	const p = PRICE[service];
	return p ? (p[holder][0] + p[holder][1] * (years - 1)) * count : 0;
}

const GATES = {
	new: () => ['scans', 'originals', 'money'],
	add: () => ['scans', 'money', 'signature'],
	renew: (channel) => (channel === 'online' ? ['money', 'signature'] : ['scans', 'originals', 'money', 'token']),
	change: () => ['scans', 'originals', 'token'],
	reissue: () => ['scans', 'originals', 'money'],
	unlock: (channel) => (channel === 'online' ? [] : ['scans', 'originals', 'token']),
	revoke: (channel, reason) => (reason === 'lost' ? ['scans', 'originals'] : ['scans', 'originals', 'token']),
};

const TITLES = {
	org: '机构数字证书及电子印章申请表（政府采购业务）', rep: '法人代表数字证书及电子印章申请表（政府采购业务）', ind: '自然人（个人）数字证书及电子印章申请表（政府采购业务）',
};

/* The last day of a new certificate, by what the service does; "" where none is made. */
const LAST = {
	new: (old, years) => addYears(data.today(), years), add: (old, years) => addYears(data.today(), years),
	renew: (old, years) => addYears(old.not_after < data.today() ? data.today() : old.not_after, years),
	change: (old) => old.not_after, reissue: (old) => old.not_after, unlock: () => '',
};
/* What becomes of the old one, with the reason code of RFC 5280. */
const AFTER = { renew: ['superseded', 4], change: ['revoked', 3], reissue: ['revoked', { lost: 1, damaged: 4 }], unlock: ['valid', null], revoke: ['revoked', { lost: 1, dissolved: 5, stopped: 5, other: 0, damaged: 4, leaked: 1 }] };

const squeeze = (text) => text.replace(/\s+/g, '');
const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'routes-'));
test.after(() => fs.rmSync(tmp, { recursive: true }));
function textOf(pdf) {
	const file = path.join(tmp, `${data.digits(12)}.pdf`);
	fs.writeFileSync(file, pdf);
	try {
		return squeeze(execFileSync('pdftotext', ['-q', '-layout', file, '-'], { encoding: 'utf8' }));
	} finally {
		fs.rmSync(file);
	}
}

test('the catalogue offers exactly these ways', async () => {
	const got = (await catalog()).services.flatMap((s) => s.routes.map((r) => `${s.code} ${r.holder} ${r.channel}`)).sort();
	const want = SERVICES.flatMap((s) => HOLDERS.flatMap((h) => CHANNELS.filter((c) => offered(s, h, c)).map((c) => `${s} ${h} ${c}`))).sort();
	assert.deepEqual(got, want);
	assert.equal(want.length, 40);
});

test('prices: every service, holder, year and count', async () => {
	const c = new Client();
	let n = 0;
	for (const s of SERVICES) for (const h of HOLDERS) {
		if (!WAYS[s][h]) {
			await c.want(422, 'GET', `/api/quote?service=${s}&holder=${h}&years=1&count=1`);
			continue;
		}
		for (let years = 1; years <= 5; years++) for (const count of [1, 2, 20]) {
			const q = (await c.want(200, 'GET', `/api/quote?service=${s}&holder=${h}&years=${years}&count=${count}`)).json;
			assert.equal(q.total_fen, yuan(s, h, years, count) * 100, `${s} ${h} ${years} years ${count}`);
			assert.equal(q.lines.reduce((sum, l) => sum + l.sum_fen, 0), q.total_fen, `${s} ${h}: the lines add up`);
			n++;
		}
		for (const bad of ['years=6&count=1', 'years=1&count=21', 'years=-1&count=1']) await c.want(422, 'GET', `/api/quote?service=${s}&holder=${h}&${bad}`);
	}
	assert.equal(n, 19 * 15);
});

test('due days and parts of the catalogue: for every way; none for the others', async () => {
	const c = new Client();
	const from = '2026-05-08T10:00:00%2B08:00'; /* Friday; the Saturday after it is a working day */
	for (const s of SERVICES) {
		for (const channel of CHANNELS) {
			const any = HOLDERS.some((h) => offered(s, h, channel));
			const a = await c.get(`/api/due?service=${s}&channel=${channel}&from=${from}`);
			assert.equal(a.status, any ? 200 : 422, `${s} ${channel}`);
			if (!any) continue;
			const days = s === 'add' || channel === 'post' ? 3 : 0;
			assert.deepEqual([a.json.working_days, a.json.due], [days, days ? '2026-05-12' : '2026-05-08'], `${s} ${channel}`);
		}
		for (const h of HOLDERS) {
			const a = await c.get(`/api/catalog/${s}/${h}`);
			assert.equal(a.status, WAYS[s][h] ? 200 : 404, `${s} ${h}`);
			if (WAYS[s][h]) assert.deepEqual(a.json.routes.map((r) => r.channel).sort(), [...WAYS[s][h]].sort());
		}
	}
});

test('blank forms: the right title for every service and holder', async () => {
	const c = new Client();
	let n = 0;
	for (const s of SERVICES) for (const h of HOLDERS) {
		const a = await c.get(`/api/forms/${s}/${h}.pdf`);
		assert.equal(a.status, WAYS[s][h] ? 200 : 404, `${s} ${h}: ${a.status}`);
		if (!WAYS[s][h]) continue;
		const text = textOf(a.body);
		assert.ok(text.includes(squeeze(TITLES[h])), `${s} ${h}: no title`);
		assert.ok(text.includes('广东省政府采购智慧云平台专用'), `${s} ${h}`);
		n++;
	}
	assert.equal(n, 19);
});

test('what is not offered is refused with the reason and the way that is', async () => {
	const c = await applicant();
	const cat = await catalog();
	const FAULTS = { new: 'paper_needed', change: 'paper_needed', reissue: 'paper_needed', revoke: 'counter_only' };
	let n = 0;
	for (const s of SERVICES) for (const h of HOLDERS) for (const ch of CHANNELS) {
		if (offered(s, h, ch)) continue;
		const a = await c.post('/api/applications', { service: s, holder: h, channel: ch }, { key: key() });
		assert.equal(a.status, 422, `${s} ${h} ${ch}`);
		const [fault] = a.json.errors;
		assert.equal(fault.code, s === 'add' ? (h === 'org' ? 'online_only' : 'org_only') : FAULTS[s], `${s} ${h} ${ch}`);
		assert.ok(['#/service', '#/channel'].includes(fault.pointer));
		assert.match(fault.detail, s === 'add' && h !== 'org' ? /新申请/ : s === 'add' ? /网上/ : /前台/, `${s} ${h} ${ch}: no way is named`);
		n++;
	}
	assert.equal(n, 63 - 40);
	for (const odd of [{ service: 'none' }, { holder: 'cat' }, { channel: 'fax' }]) {
		const a = await c.want(422, 'POST', '/api/applications', { service: 'new', holder: 'org', channel: 'post', ...odd }, { key: key() });
		assert.deepEqual(a.json.errors.map((e) => [e.pointer, e.code]), [[`#/${Object.keys(odd)[0]}`, 'choice']]);
	}
	assert.deepEqual((await c.want(200, 'GET', '/api/applications')).json.items, [], 'a refused case is there');
	assert.ok(cat.causes.length && cat.change_items.length);
});

/* --- the walks --- */

async function due(w) {
	const money = w.gate('money');
	const closed = w.case.gates.map((g) => g.closed_at).sort().pop();
	const from = w.service === 'add' ? [w.case.submitted_at, money.closed_at].sort().pop() : closed;
	if (!from) return assert.ok(w.case.due, 'no due day');
	const d = await new Client().get(`/api/due?service=${w.service}&channel=${w.channel}&from=${encodeURIComponent(from)}`);
	assert.equal(w.case.due, d.status === 200 ? d.json.due : null, 'the due day');
}

async function walk(plan) {
	const { service, holder, channel, reason } = plan;
	const owner = await applicant();
	const whose = subject(holder, owner.phone);
	const day = plan.day || data.today(service === 'renew' ? 60 : 300);
	const old = service === 'new' || service === 'add' ? undefined
		: bring(Array.from({ length: plan.count || 1 }, () => certificate(whose, { not_after: day })));
	const signer = service === 'add' ? bring([certificate(whose)])[0] : undefined;
	const w = await Walk.begin({ service, holder, channel, owner, subject: whose, old, signer, reason, years: plan.years || 2, ...(plan.count ? { count: plan.count } : {}) });

	await w.fill();
	assert.equal(w.case.amount_fen, yuan(service, holder, w.years, w.count) * 100, 'the price');
	if (old) assert.deepEqual(w.case.items.map((i) => i.old_serial), old.map((c) => c.sign_serial));
	await w.handIn();
	if (w.form) {
		const text = textOf(await w.formPdf());
		assert.ok(text.includes(squeeze(TITLES[holder])), 'the title of the filled form');
		assert.ok(text.includes(w.no) && text.includes(squeeze(w.payer())), 'the form names the case and whose it is');
	}
	assert.deepEqual(w.case.gates.map((g) => g.name), GATES[service](channel, w.typed.reason), 'the gates');
	if (old) {
		await w.look();
		const twice = await w.owner.post('/api/applications', { service, holder, channel }, { key: key() });
		assert.equal(twice.status, 201, 'a second draft may be begun');
	}
	await w.accepted();
	if (service === 'reissue') assert.equal((await status(old[0].sign_serial)).status, 'suspended', 'lost: suspended at acceptance');
	await w.closeGates();
	await due(w);
	await w.decided();
	const states = { unlock: channel === 'online' ? 'installing' : 'approved', revoke: 'completed' };
	assert.equal(w.case.state, states[service] || 'approved');
	await w.finish(LAST[service] && ((c) => LAST[service](c, w.years)));
	assert.equal(w.case.state, 'completed');
	if (w.waybill) assert.equal(w.staffCase.parcels[0].freight, ['new', 'add'].includes(service) ? 'prepaid' : 'collect', 'the freight');

	/* what it left in the register */
	const own = Object.fromEntries((await owner.want(200, 'GET', '/api/certificates')).json.items.map((c) => [c.sign_serial, c]));
	const made = w.made || [];
	assert.equal(made.length, ['unlock', 'revoke'].includes(service) ? 0 : w.count);
	for (const m of made) {
		const c = own[m.sign_serial];
		assert.ok(c, 'the new certificate is among his');
		assert.deepEqual([c.status, c.not_after, c.holder], ['valid', m.not_after, holder]);
	}
	for (const c of old || []) {
		const now = await status(c.sign_serial);
		const [want, why] = AFTER[service];
		assert.equal(now.status, want, 'the old certificate');
		assert.equal(now.revoke_reason ?? null, why && typeof why === 'object' ? why[w.typed.reason] : why, 'the reason');
		assert.equal(now.not_after, c.not_after);
		assert.ok(own[c.sign_serial] && own[c.sign_serial].status === want, 'the old one is among his, too');
	}
}

test('the ways, from draft to completed', async (t) => {
	await everybody();
	const ways = (await catalog()).services.flatMap((s) => s.routes.map((r) => ({ service: s.code, holder: r.holder, channel: r.channel })));
	/* in any case: expired certificates, several lines, the other causes */
	const odd = [];
	for (const holder of HOLDERS) odd.push({ service: 'renew', holder, channel: holder === 'rep' ? 'counter' : 'post', day: data.today(-20), years: 5 });
	odd.push({ service: 'renew', holder: 'org', channel: 'post', count: 3, years: 1 }, { service: 'new', holder: 'rep', channel: 'post', count: 2, years: 5 });
	odd.push({ service: 'reissue', holder: 'org', channel: 'counter', reason: 'damaged' }, { service: 'revoke', holder: 'org', channel: 'counter', reason: 'stopped' });
	odd.push({ service: 'revoke', holder: 'rep', channel: 'counter', reason: 'dissolved' });
	const plans = pairs(ways, ['service', 'holder', 'channel'], odd);
	for (const p of plans) p.name = Object.values(p).join(' ');
	const faults = await sideBySide(plans, 4, walk);
	t.diagnostic(`${plans.length} walks, of ${ways.length + odd.length}`);
	assert.ok(plans.length > 20, `only ${plans.length} walks`);
	assert.equal(faults.join('\n'), '');
});
