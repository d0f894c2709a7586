'use strict';
/* The portal's answers as a page may get them, without a portal: made up by sample.js, so that a page can be brought into
 * any of its states.  reply(state, request, facts) → { hang } | { abort } | { through } | { status, json or body, type,
 * headers }.  What everybody may ask (catalogue, prices, days, branches) comes from the portal itself unless the state
 * says otherwise. */
const assert = require('node:assert/strict');
const env = require('./env');
const fs = require('node:fs');
const path = require('node:path');
const openapi = require('./openapi');
const files = require('./files');
const { sample, caseNo, NO, day } = require('./sample');
const { Client } = require('./client');

const PUBLIC = /^\/api\/(catalog|branches|quote|due|checks)(\/|$)/;
const SESSION = /^\/api\/(staff\/|relay\/)?session$/;
const PERMISSIONS = [...fs.readFileSync(path.join(env.root, 'lib/domain/permission.c'), 'utf8').matchAll(/\[PERM_(?!NONE|PUBLIC|INTERNAL|APPLY|RELAY)\w+\] = "(\w+)"/g)].map((m) => m[1]);
/* What the portal says when it refuses: status → code and sentence (lib/base/err.def). */
const REFUSALS = {
	401: ['sign_in', '请先验证手机号再继续'], 403: ['forbidden', '您的岗位没有这项权限'], 404: ['not_found', '没有找到您要的内容'], 409: ['state', '当前状态不能进行这一步'],
	422: ['invalid', '有内容需要修改'], 503: ['busy', '系统繁忙，请稍后再试'],
};

let catalog;
async function ready() {
	if (!catalog) catalog = (await new Client().want(200, 'GET', '/api/catalog')).json;
}

function refusal(status, pointers = []) {
	const [code, title] = REFUSALS[status];
	return {
		status,
		type: 'application/problem+json',
		headers: { 'X-Request-Id': '0123456789abcdef0123456789abcdef', ...(status === 503 ? { 'Retry-After': '5' } : {}) },
		json: { type: `/problems/${code}`, title, status, detail: title, instance: '0123456789abcdef0123456789abcdef', code, errors: pointers.map((pointer) => ({ pointer, code: 'invalid', detail: '填写的内容不正确，请对照证照修改' })) },
	};
}

/* The case that the pages are about, as the facts want it: service, holder, channel, state. */
function theCase(c, how, f) {
	const service = catalog.services.find((s) => s.code === (f.service || 'new'));
	const open = service.routes.filter((r) => r.open !== false && (!f.holder || r.holder === f.holder) && (!f.channel || r.channel === f.channel));
	const route = open[0];
	assert.ok(route, `no open route of ${service.code} for ${JSON.stringify(f)}`);
	const state = f.state || 'draft';
	const kind = catalog.unit_kinds[0];
	const cause = catalog.causes.find((x) => x.services.includes(service.code));
	const closed = ['completed', 'withdrawn', 'rejected', 'expired'].includes(state);
	Object.assign(c, {
		no: NO, service: service.code, service_name: service.name, effect: service.effect, holder: route.holder, channel: route.channel, state, version: 3,
		turn: closed || state === 'sent' ? 'nobody' : ['draft', 'printed', 'returned', 'accepted', 'ready', 'installing'].includes(state) ? 'applicant' : 'ca',
		gates: route.gates.map((name, i) => ({ name, label: { scans: '材料合格', originals: '原件已收', money: '款已到账', token: '介质已收', signature: '签名已验' }[name], required: true, closed_at: i % 2 ? null : `${day(-1)}T10:15:00+08:00` })),
		materials: route.materials.slice(0, 8).map((m, i) => ({ ...c.materials[i % (c.materials.length || 1)] || { reasons: [], note: null, areas: [], files: [], advice: [] }, code: m.code, name: m.name, copies: m.copies, required: m.required,
			state: how === 'empty' ? 'missing' : ['uploaded', 'pass', 'fail', 'missing', 'waive'][i % 5] })),
		form: { version: 2, current: true, pages: 2, seal_pages: 1, frozen_at: `${day(-1)}T10:15:00+08:00` },
		amount_fen: route.fee.first_fen, one_seal: f.one_seal !== false, years: 1,
		corrections: state === 'returned' ? { ...sample({ $ref: '#/components/schemas/Corrections' }, how), items: sample({ $ref: '#/components/schemas/Corrections' }, 'full').items.map((x, i) => ({ ...x, material: route.materials[i % route.materials.length].code, name: route.materials[i % route.materials.length].name })) } : null,
	});
	if (how === 'full') {
		Object.assign(c.unit, { kind: kind.code, licence_kind: kind.licences[0].code });
		c.delivery.mode = 'courier';
		c.reason = cause ? cause.code : null;
		c.change = { items: catalog.change_items.slice(0, 2).map((x) => x.code), before: '𠮷祥公司', after: '𠮷祥（集团）公司' };
		c.items = c.items.map((x, i) => ({ seal_kind: catalog.holders.find((h) => h.code === route.holder).seal_kinds[0], seal_name: ['𠮷祥公章', '合同专用章（2）'][i % 2], old_serial: x.old_serial === undefined ? null : x.old_serial }));
		if (!('claim' in c)) { /* its owner sees it unmasked, and may send it again as it is */
			for (const who of [c.person, c.agent]) Object.assign(who, { id_type: 'resident', id_number: '11010519491231002X', phone: '13800000000', email: 'agent@example.cn' });
			Object.assign(c.unit, { uscc: '91350100M000100Y43', phone: '020-12345678', licence_until: '2040-12-31' });
			Object.assign(c.delivery, { phone: '13800000000' });
			Object.assign(c.remittance, { payer_account: '6222021234567890123', paid_on: day(0) });
			c.invoice = { kind: 'normal', title: c.unit.name, tax_number: c.unit.uscc };
			c.consents = Object.fromEntries(Object.entries(catalog.consents).map(([k, v]) => [k, v.version]));
		}
		if (c.claim) Object.assign(c.claim, { mine: true, by: 'reviewer1' });
		if ('blind' in c) c.blind = false;
	}
	return c;
}

const staffSession = () => ({ signed_in: true, user: 'reviewer1', name: '𠮷田·阿不都热合曼', roles: ['supervisor'], permissions: PERMISSIONS, csrf: 'c'.repeat(32), warnings: [{ code: 'calendar', text: '还没有2027年的节假日，年底之前请导入。', url: '/staff/calendar.html' }] });

/* Where what the schema alone says would be nonsense.  By its name: (value, how, facts) → value. */
const MENDED = {
	StaffSessionState: staffSession,
	Case: theCase,
	StaffCase: theCase,
	Status: (v, how, f) => { /* the same words as the case, so that nothing changes while one looks */
		const c = good('GET', '/api/applications/{no}', how, f).json;
		return Object.fromEntries(Object.keys(v).map((k) => [k, c[k]]));
	},
	PaymentInfo: (v, how, f) => ({ ...v, state: f.paid ? 'paid' : 'waiting', free: false, due_fen: f.paid ? 0 : 140000, received_fen: f.paid ? 140000 : 0, wallet: false }),
	Rating: (v, how) => ({ ...v, may: true, score: how === 'empty' ? null : 2, levels: ['非常不满意', '不满意', '基本满意', '满意', '非常满意'].map((name, i) => ({ score: i + 1, name })).reverse(), choices: v.choices.map((x, i) => ({ ...x, from: 1, to: 2 + i })) }),
	Completeness: (v, how) => ({ complete: how === 'full', errors: how === 'full' ? [] : [{ pointer: '#/unit/uscc', code: 'missing', detail: '请填写统一社会信用代码' }] }),
	AlipayOrder: (v) => ({ ...v, state: 'none' }),
	Seals: (v) => ({ ...v, pages: v.pages.map((p, i) => ({ ...p, page: i + 1 })) }),
	StaffCalendar: (v, how) => ({ ...v, year: new Date().getFullYear(), known: how === 'full', months: Array.from({ length: 12 }, (_, i) => ({ month: i + 1, working_days: 20 })) }),
	Proposals: (v) => ({ ...v, items: v.items.map((x) => (x.state === 'open' ? { ...x, decided_by: null, decided_at: null, note: null } : x)) }),
	Reports: (v, how) => ({ ...v, from: day(-30), to: day(0), tables: v.tables.map((t, n) => ({ ...t, title: `报表之${n + 1}`, rows: t.rows.map((r, i) => ({ label: `11月${i + 1}日`, cells: t.columns.map((_, k) => 10 * (i + k + 1)) })), total: how === 'full' ? { label: '合计', cells: t.columns.map((_, k) => 100 + k) } : null })) }),
};

/* The portal's good answer to an operation. */
function good(method, at, how, facts) {
	const operation = openapi.doc.paths[at][method.toLowerCase()];
	const status = Object.keys(operation.responses).find((s) => s.startsWith('2'));
	let response = operation.responses[status];
	while (response.$ref) response = response.$ref.slice(2).split('/').reduce((o, k) => o[k], openapi.doc);
	const type = Object.keys(response.content || {})[0];
	const headers = { 'X-Request-Id': '0123456789abcdef0123456789abcdef' };
	for (const [name, h] of Object.entries(response.headers || {})) if (h.required) headers[name] = /etag/i.test(name) ? '"3"' : String(sample(h.schema, 'full', name));
	if (!type) return { status: Number(status), headers };
	if (/^image\//.test(type)) return { status: 200, type, body: type === 'image/png' ? files.png({ width: 200, height: 200 }) : files.jpeg('page'), headers };
	if (type !== 'application/json') return { status: 200, type, body: Buffer.from('样例'), headers };
	const { schema } = response.content[type];
	const mend = MENDED[(schema.$ref || '').split('/').pop()];
	const made = sample(schema, how);
	const value = mend ? mend(made, how, facts) : made;
	return { status: Number(status), type, json: value, headers };
}

/* What a state makes of a question. */
const STATES = {
	filled: () => 'full',
	empty: () => 'empty',
	loading: (q) => (q.session ? 'full' : 'hang'),
	network: (q) => (q.session ? 'full' : 'abort'),
	missing: (q) => (q.session || q.open ? 'full' : q.staff ? [403, 404] : [404, 403]),
	away: () => [503],
	over: (q) => (q.open ? 'full' : q.session ? 'stranger' : [401]),
	faults: (q) => (q.write ? [422, 409, 403, 503] : 'empty'),
	refused: (q) => (q.write ? [422, 409, 403, 503] : 'full'),
	done: () => 'full',
};

function answer(state, method, pathname, facts, query) {
	const at = openapi.route(pathname);
	assert.ok(at && openapi.doc.paths[at][method.toLowerCase()], `${method} ${pathname} is not described`);
	const q = { write: method !== 'GET' && method !== 'HEAD', open: PUBLIC.test(pathname), session: SESSION.test(pathname) && method === 'GET', staff: pathname.startsWith('/api/staff/') };
	const what = STATES[state](q);
	if (what === 'hang') return { hang: true };
	if (what === 'abort') return { abort: true };
	if (what === 'stranger' || (q.session && facts.stranger && typeof what === 'string')) return { status: 200, type: 'application/json', json: pathname.includes('/relay/') ? { open: false } : { signed_in: false }, headers: {} };
	if (Array.isArray(what)) {
		const status = what.find((s) => openapi.doc.paths[at][method.toLowerCase()].responses[s]);
		if (status) return refusal(status, q.write && status === 422 ? ['#/unknown'] : []);
	}
	if (q.open) return { through: true };
	const a = good(method, at, Array.isArray(what) ? 'full' : what, facts);
	if (/queue=to_collect/.test(query)) a.json.items.forEach((x, i) => { x.no = caseNo(50 + i); }); /* a case is in one queue */
	return a;
}

/* As answer, and held against the description. */
function reply(state, method, pathname, facts, query = '') {
	const a = answer(state, method, pathname, facts, query);
	if (!a.status) return a;
	if (a.json !== undefined) a.body = Buffer.from(JSON.stringify(a.json));
	const lower = Object.fromEntries(Object.entries(a.headers).map(([k, v]) => [k.toLowerCase(), v]));
	const faults = openapi.check({ method, path: pathname, status: a.status, type: a.type || '', headers: lower, json: a.json, body: a.body || Buffer.alloc(0) });
	assert.deepEqual(faults, [], `the stand-in's ${method} ${pathname} ${a.status} in the state ${state}`);
	return a;
}

module.exports = { ready, reply, STATES: Object.keys(STATES) };
