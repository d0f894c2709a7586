'use strict';
/* What anyone may ask: catalogue, fees, dates, checks of numbers, blank forms. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { Client } = require('../lib/client');
const openapi = require('../lib/openapi');
const data = require('../lib/data');

const c = new Client();

async function loop(rows, each) {
	for (const [i, row] of rows.entries()) {
		try {
			await each(...row);
		} catch (e) {
			e.message = `row ${i} ${JSON.stringify(row)}: ${e.message}`;
			throw e;
		}
	}
}

test('health', async () => {
	assert.deepEqual((await c.want(200, 'GET', '/api/health')).json, { status: 'ok' });
});

test('ready: database and disk', async () => {
	const a = await c.want(200, 'GET', '/api/ready');
	assert.equal(a.json.status, 'ok');
});

test('metrics are not for the public', async () => {
	assert.equal((await c.get('/api/metrics')).status, 404);
});

test('every documented example answers as written', async () => {
	let n = 0;
	for (const [path, operations] of Object.entries(openapi.doc.paths)) {
		for (const example of (operations.get || {})['x-cases'] || []) {
			const a = await c.want(example.status, 'GET', example.request);
			for (const [k, v] of Object.entries(example.answer)) assert.deepEqual(a.json[k], v, `${path} ${example.request} ${k}`);
			n++;
		}
	}
	assert.ok(n >= 10);
});

test('fees of the price list', async () => {
	const rows = [];
	const first = { org: [600, 400], rep: [360, 160], ind: [360, 160] };
	for (const [holder, [one, more]] of Object.entries(first)) {
		for (let years = 1; years <= 5; years++) rows.push([holder, years, 1, (one + more * (years - 1)) * 100], [holder, years, 20, (one + more * (years - 1)) * 2000]);
	}
	await loop(rows, async (holder, years, count, fen) => {
		const q = (await c.want(200, 'GET', `/api/quote?service=new&holder=${holder}&years=${years}&count=${count}`)).json;
		assert.equal(q.total_fen, fen);
		assert.equal(q.lines.reduce((s, l) => s + l.sum_fen, 0), fen);
		for (const l of q.lines) assert.equal(l.unit_fen * l.count, l.sum_fen);
	});
});

test('a quote refuses what cannot be ordered', () => loop([
	['service=new&holder=org&years=6&count=1', 'years'], ['service=new&holder=org&years=0&count=1', 'years'],
	['service=new&holder=org&years=1&count=0', 'count'], ['service=new&holder=org&years=1&count=21', 'count'],
	['service=new&holder=org&years=1.5&count=1', 'years'], ['service=new&holder=org&years=9999999999999999999999&count=1', 'years'],
	['service=old&holder=org&years=1&count=1', 'service'], ['service=new&holder=xyz&years=1&count=1', 'holder'],
	['holder=org&years=1&count=1', 'service'],
], async (query, name) => {
	const a = await c.want(422, 'GET', `/api/quote?${query}`);
	assert.ok(a.json.errors.some((e) => e.pointer === `#/${name}`), JSON.stringify(a.json.errors));
}));

test('a repeated or unknown query key is refused', async () => {
	for (const query of ['service=new&holder=org&years=1&years=2&count=1', 'service=new&holder=org&years=1&count=1&colour=red']) {
		const a = await c.get(`/api/quote?${query}`);
		assert.ok(a.status === 400 || a.status === 422, `${query}: ${a.status}`);
	}
});

test('due dates over week ends, holidays and make-up days', () => loop([
	['2025-01-24T10:00:00+08:00', '2025-02-05', '2025-01-24'], ['2025-09-26T10:00:00+08:00', '2025-09-30', '2025-09-26'],
	['2026-04-30T10:00:00+08:00', '2026-05-08', '2026-04-30'], ['2026-05-08T10:00:00+08:00', '2026-05-12', '2026-05-08'],
	['2026-09-30T10:00:00+08:00', '2026-10-10', '2026-09-30'], ['2026-11-20T10:00:00+08:00', '2026-11-25', '2026-11-20'],
	['2026-11-20T17:00:01+08:00', '2026-11-26', '2026-11-23'], ['2026-11-21T10:00:00+08:00', '2026-11-26', '2026-11-23'],
	['2026-11-20T17:00:00+08:00', '2026-11-25', '2026-11-20'], ['2026-11-20T09:00:00Z', '2026-11-25', '2026-11-20'],
	['2026-11-20T09:00:01Z', '2026-11-26', '2026-11-23'], ['2026-11-20T06:00:00+08:00', '2026-11-25', '2026-11-20'],
], async (from, due, start) => {
	const a = await c.want(200, 'GET', `/api/due?service=new&channel=post&from=${from}`);
	assert.deepEqual([a.json.due, a.json.start, a.json.working_days], [due, start, 3]);
}));

test('a plus sign in a query stays a plus sign, and its code is the same', async () => {
	const plain = await c.want(200, 'GET', '/api/due?service=new&channel=post&from=2026-05-08T10:00:00+08:00');
	const coded = await c.want(200, 'GET', '/api/due?service=new&channel=post&from=2026-05-08T10%3A00%3A00%2B08%3A00');
	assert.deepEqual(plain.json, coded.json);
});

test('a year without a calendar is said, not guessed', async () => {
	for (const from of ['2031-03-03T10:00:00+08:00', '2026-12-30T10:00:00+08:00']) {
		const a = await c.want(422, 'GET', `/api/due?service=new&channel=post&from=${from}`);
		assert.equal(a.json.code, 'calendar_missing');
	}
});

test('a moment that is none is refused', () => loop([['2026-02-30T10:00:00+08:00'], ['2026-05-08'], ['gestern'], ['2026-05-08T25:00:00+08:00'], ['']],
	async (from) => { await c.want(422, 'GET', `/api/due?service=new&channel=post&from=${encodeURIComponent(from)}`); }));

test('credit codes (GB 32100)', () => loop([
	['91350100M000100Y43', true, '91350100M000100Y43'], ['11320000MB151840XJ', true, '11320000MB151840XJ'],
	['91440101MA50000810', true, '91440101MA50000810'], ['91350100m000100y43', true, '91350100M000100Y43'],
	['９1350100M000100Y43', true, '91350100M000100Y43'], ['91350100 M000100Y43', true, '91350100M000100Y43'],
	['91350100M000100Y4Z', false, null], ['91350100M000100Y4', false, 'uscc_length'], ['91350100I000100Y43', false, 'uscc_char'],
	['91350100M000100Y44', false, 'uscc_check'], ['', false, null], ['𠮷'.repeat(18), false, null],
], async (value, valid, expect) => {
	const a = await c.get(`/api/checks/uscc?value=${encodeURIComponent(value)}`);
	if (value === '' && a.status === 422) return;
	assert.equal(a.status, 200);
	assert.equal(a.json.valid, valid);
	if (valid) assert.equal(a.json.normalised, expect);
	else if (expect) assert.equal(a.json.code, expect);
}));

test('ID numbers (GB 11643)', () => loop([
	['11010519491231002X', true, '11010519491231002X'], ['11010519491231002x', true, '11010519491231002X'],
	['440524188001010014', true, '440524188001010014'], ['810000188001010015', true, '810000188001010015'],
	['944840188001010012', true, '944840188001010012'], ['110105194912310021', false, 'id_check'],
	['110105188102290011', false, 'id_date'], ['440106189902290017', false, 'id_date'], ['110105491231002', false, 'id_old'],
	['1101051949123100', false, 'id_length'],
], async (value, valid, expect) => {
	const a = await c.want(200, 'GET', `/api/checks/id?value=${encodeURIComponent(value)}`);
	assert.equal(a.json.valid, valid);
	assert.equal(valid ? a.json.normalised : a.json.code, expect);
}));

test('phones', () => loop([
	['13800000000', true], ['+86 138-0000-0000', true], ['008613800000000', true], ['8613800000000', true], ['１３８００００００００', true],
	['12800000000', false], ['1380000000', false],
], async (value, valid) => {
	const a = await c.want(200, 'GET', `/api/checks/phone?value=${encodeURIComponent(value)}`);
	assert.equal(a.json.valid, valid);
	if (valid) assert.equal(a.json.normalised, '13800000000');
}));

test('bad UTF-8 in a query is 400', async () => {
	for (const bytes of ['%ff%fe', '%c0%af', '%ed%a0%80', '%f4%90%80%80', '%00']) {
		const a = await c.get(`/api/checks/uscc?value=${bytes}`);
		assert.equal(a.status, 400, bytes);
	}
});

test('the catalogue carries new/org completely, by post and at the counter', async () => {
	const cat = (await c.want(200, 'GET', '/api/catalog')).json;
	assert.deepEqual(cat.services.map((s) => s.code).sort(), ['add', 'change', 'new', 'reissue', 'renew', 'revoke', 'unlock']);
	const routes = cat.services.find((s) => s.code === 'new').routes.filter((r) => r.holder === 'org');
	assert.deepEqual(routes.map((r) => r.channel).sort(), ['counter', 'post']);
	for (const r of routes) {
		assert.deepEqual([...r.gates].sort(), ['money', 'originals', 'scans']);
		const copies = Object.fromEntries(r.materials.map((m) => [m.code, m.copies]));
		assert.equal(copies.m1, 2);
		assert.equal(copies.m2, 1);
		assert.equal(copies.m3, 1);
		assert.ok(r.fields.some((f) => /unit\/uscc$/.test(f.pointer) && f.required));
		assert.deepEqual([r.fee.first_fen, r.fee.next_fen], [60000, 40000]);
	}
	assert.equal(cat.payee.account, '7443900182600096874');
	assert.match(cat.payee.remark, /办理广东政府采购智慧云CA/);
	for (const r of cat.reasons) assert.ok(r.materials.length, `${r.code} belongs to no material`);
	const part = (await c.want(200, 'GET', '/api/catalog/new/org')).json;
	assert.deepEqual(part.routes, routes);
	await c.want(404, 'GET', '/api/catalog/new/nobody');
	await c.want(404, 'GET', '/api/catalog/fly/org');
});

test('the catalogue is cacheable: the same ETag answers 304', async () => {
	const a = await c.want(200, 'GET', '/api/catalog');
	assert.ok(a.etag, 'the catalogue has no ETag');
	const b = await c.get('/api/catalog', { headers: { 'If-None-Match': a.etag } });
	assert.equal(b.status, 304);
});

test('branches', async () => {
	const list = (await c.want(200, 'GET', '/api/branches')).json.items;
	assert.ok(list.some((b) => b.address.includes('青龙坊38号')));
	assert.ok(!list.some((b) => b.address.includes('海洲路')), 'the postal address is no counter');
	for (const b of list) {
		assert.equal(b.known_until === null, b.open_today === null);
		const today = b.special_days.find((d) => d.day === data.today());
		if (today) assert.equal(today.open, b.open_today);
	}
});

test('the blank form is a PDF', async () => {
	const a = await c.want(200, 'GET', '/api/forms/new/org.pdf');
	assert.equal(a.body.subarray(0, 5).toString(), '%PDF-');
	await c.want(404, 'GET', '/api/forms/new/nobody.pdf');
});

test('unknown paths and methods are refused as problems', async () => {
	for (const path of ['/api/', '/api/nothing', '/api/catalog/a/b/c', '/api/Catalog']) {
		const a = await c.get(path, { loose: true, check: false });
		assert.ok([400, 401, 404].includes(a.status), `${path}: ${a.status}`);
		assert.match(a.type, /problem\+json/, path);
	}
	for (const method of ['PUT', 'DELETE', 'PATCH', 'TRACE', 'BREW']) {
		const a = await c.request(method, '/api/quote?service=new&holder=org&years=1&count=1', { check: false });
		assert.ok([400, 403, 405, 501].includes(a.status), `${method}: ${a.status}`);
	}
	const a = await c.request('PUT', '/api/catalog', { loose: true });
	assert.equal(a.status, 405);
	assert.equal(a.json.code, 'method');
});

test('English is asked for by Accept-Language; codes stay', async () => {
	const zh = await c.want(422, 'GET', '/api/quote?service=new&holder=org&years=6&count=1');
	assert.match(zh.json.title, /\p{Script=Han}/u);
	assert.equal(zh.json.errors[0].pointer, '#/years');
});
