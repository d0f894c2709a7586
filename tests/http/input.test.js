'use strict';
/* Bodies and requests that are wrong as such: refused before anything looks at their meaning. */
const test = require('node:test');
const assert = require('node:assert/strict');
const net = require('node:net');
const { Client } = require('../lib/client');
const { Journey, applicant } = require('../lib/journey');
const env = require('../lib/env');

const JSON_TYPE = { 'Content-Type': 'application/json' };
const bytes = (...parts) => Buffer.concat(parts.map((p) => (typeof p === 'string' ? Buffer.from(p, 'utf8') : Buffer.from(p))));

test('JSON that is none, or more than JSON should be', async () => {
	const c = await applicant();
	const good = '{"service":"new","holder":"org","channel":"post"}';
	const rows = [
		['unknown key', '{"service":"new","holder":"org","channel":"post","colour":"red"}', [400, 422]],
		['state from outside', '{"service":"new","holder":"org","channel":"post","state":"approved"}', [400, 422]],
		['repeated key', '{"service":"new","holder":"org","holder":"ind","channel":"post"}', [400]],
		['trailing text', good + ' x', [400]], ['two documents', good + good, [400]], ['trailing NUL', bytes(good, [0]), [400]],
		['NUL in a string', '{"service":"new\\u0000","holder":"org","channel":"post"}', [400, 422]],
		['raw NUL', bytes('{"service":"new', [0], '","holder":"org","channel":"post"}'), [400]],
		['raw line feed in a string', '{"service":"new\n","holder":"org","channel":"post"}', [400]],
		['bad UTF-8', bytes('{"service":"new', [0xff, 0xfe], '","holder":"org","channel":"post"}'), [400]],
		['overlong UTF-8', bytes('{"service":"', [0xc0, 0xae], '","holder":"org","channel":"post"}'), [400]],
		['surrogate in UTF-8', bytes('{"service":"', [0xed, 0xa0, 0x80], '","holder":"org","channel":"post"}'), [400]],
		['lone surrogate escape', '{"service":"\\ud800","holder":"org","channel":"post"}', [400, 422]],
				['single quotes', "{'service':'new'}", [400]], ['comment', '/* */' + good, [400]], ['empty', '', [400, 415, 422]], ['blank', '   ', [400]],
		['a list', '[]', [400, 422]], ['a string', '"new"', [400, 422]], ['null', 'null', [400, 422]], ['a number', '1e400', [400, 422]],
		['wrong type', '{"service":1,"holder":"org","channel":"post"}', [400, 422]], ['deep', '['.repeat(5000) + ']'.repeat(5000), [400]],
		['deep objects', '{"a":'.repeat(200) + '1' + '}'.repeat(200), [400, 422]], ['cut', good.slice(0, -1), [400]], ['NaN', '{"service":NaN}', [400]],
		['other case of the key', '{"Service":"new","holder":"org","channel":"post"}', [400, 422]],
	];
	for (const [name, raw, want] of rows) {
		const a = await c.request('POST', '/api/applications', { raw, headers: JSON_TYPE });
		assert.ok(want.includes(a.status), `${name}: ${a.status} ${a.body}`);
	}
	assert.equal((await c.want(200, 'GET', '/api/applications')).json.items.length, 0, 'one of them made a case');
});

test('numbers that are no whole numbers, or too large', async () => {
	const j = await Journey.draft();
	for (const years of ['6', '-1', '1.5', '2e400', '9223372036854775808', '9007199254740993', '"3"', 'true', '[3]', '{"x":3}']) {
		const a = await j.owner.request('PATCH', j.url, { raw: `{"years":${years}}`, match: j.case.version, headers: { 'Content-Type': 'application/merge-patch+json' } });
		assert.ok([400, 422].includes(a.status), `years ${years}: ${a.status}`);
	}
	const a = await j.owner.request('PATCH', j.url, { raw: '{"remittance":{"amount_fen":60000000000}}', match: j.case.version, headers: JSON_TYPE });
	if (a.status === 200) assert.equal(a.json.remittance.amount_fen, 60000000000);
	else assert.equal(a.status, 422);
});

test('what an applicant may not set', async () => {
	const j = await Journey.draft();
	for (const patch of [{ state: 'approved' }, { version: 99 }, { no: 'X' }, { amount_fen: 1 }, { due: '2026-01-01' }, { gates: [] }, { materials: [] }, { form: { version: 9 } }, { submitted_at: '2026-01-01T00:00:00+08:00' }, { owner: 'x' }, { service: 'add' }, { unit: { verified: true } }]) {
		const a = await j.owner.patch(j.url, patch, { match: j.case.version });
		assert.ok([400, 422].includes(a.status), `${JSON.stringify(patch)}: ${a.status}`);
	}
	await j.look();
	assert.deepEqual([j.case.state, j.case.version], ['draft', 1]);
});

test('text of every kind survives, or is refused', async () => {
	const j = await Journey.draft();
	const names = ['𠮷', '㛃', '䶮', '𬭊', '𰻝', '𪚥', '〇'].map((ch) => `王${ch}明`).concat('买买提·吐尔逊');
	for (const name of names) {
		await j.change({ agent: { name }, unit: { legal_rep: name, name: `广州（${name}）有限公司`, address: `${name}路1号` } });
		await j.look();
		assert.deepEqual([j.case.agent.name, j.case.unit.legal_rep, j.case.unit.name], [name, name, `广州（${name}）有限公司`]);
	}
	for (const name of ['\uf9d1', '\u{2f81a}']) {
		await j.change({ unit: { name: `广州${name}有限公司` } });
		assert.equal(j.case.unit.name, `广州${name}有限公司`, 'a compatibility ideograph was normalised');
	}
	for (const [pointer, patch] of [['#/unit/name', { unit: { name: '甲'.repeat(129) } }], ['#/agent/name', { agent: { name: '乙'.repeat(51) } }], ['#/agent/name', { agent: { name: '王1' } }],
		['#/unit/name', { unit: { name: '广州\n有限公司' } }], ['#/agent/email', { agent: { email: 'a@b.cn\r\nBcc: x@y.cn' } }]]) {
		const a = await j.owner.want(422, 'PATCH', j.url, patch, { match: j.case.version });
		assert.deepEqual(a.json.errors.map((e) => e.pointer), [pointer]);
	}
	await j.change({ unit: { name: '𠮷'.repeat(128) } });
	assert.equal([...j.case.unit.name].length, 128);
});

test('null clears, what is not named stays, lists are replaced', async () => {
	const j = await Journey.draft();
	await j.change({ unit: { name: '广州甲有限公司', phone: '020-12345678' }, items: [{ seal_kind: 'unit', seal_name: '甲' }, { seal_kind: 'unit', seal_name: '乙' }] });
	await j.change({ unit: { phone: null }, items: [{ seal_kind: 'unit', seal_name: '丙' }] });
	assert.equal(j.case.unit.name, '广州甲有限公司');
	assert.ok(!j.case.unit.phone);
	assert.deepEqual(j.case.items.map((i) => i.seal_name), ['丙']);
	const many = Array.from({ length: 21 }, () => ({ seal_kind: 'unit', seal_name: '甲' }));
	await j.owner.want(422, 'PATCH', j.url, { items: many }, { match: j.case.version });
	await j.owner.want(422, 'PATCH', j.url, { items: [{ seal_kind: 'rubber' }] }, { match: j.case.version });
});

test('wrong content type is 415, too large 413', async () => {
	const c = await applicant();
	for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml']) {
		const a = await c.request('POST', '/api/applications', { raw: '{"service":"new","holder":"org","channel":"post"}', headers: { 'Content-Type': type }, loose: true });
		assert.ok([415, 403].includes(a.status), `${type}: ${a.status}`);
	}
	const a = await c.request('POST', '/api/applications', { raw: JSON.stringify({ service: 'x'.repeat(200000) }), headers: JSON_TYPE });
	assert.equal(a.status, 413);
	assert.equal(a.json.code, 'too_large');
	await c.want(201, 'POST', '/api/applications', { service: 'new', holder: 'org', channel: 'post' }, { headers: { 'Content-Type': 'application/json; charset=utf-8' } });
});

test('without the token, or from another site, nothing is written', async () => {
	const c = await applicant();
	const other = await applicant();
	const body = { service: 'new', holder: 'org', channel: 'post' };
	const refusal = async (code, options) => {
		const a = await c.want(403, 'POST', '/api/applications', body, options);
		assert.ok([].concat(code).includes(a.json.code), a.json.code);
	};
	await refusal('csrf', { csrf: false });
	await refusal('csrf', { headers: { 'X-CSRF-Token': 'x'.repeat(43) } });
	await refusal('csrf', { headers: { 'X-CSRF-Token': other.csrf } });
	await refusal('csrf', { headers: { 'X-CSRF-Token': '' } });
	for (const headers of [{ 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' }, { Origin: 'https://evil.example' }, { Origin: 'null' }, { Origin: env.url + '.evil.example' },
		{ Origin: env.url.replace('127.0.0.1', 'localhost') }, { 'Sec-Fetch-Site': 'cross-site', Origin: env.url }]) await refusal(['cross_site', 'csrf'], { headers });
	assert.equal((await c.want(200, 'GET', '/api/applications')).json.items.length, 0);
	for (const headers of [{}, { Origin: env.url }, { 'Sec-Fetch-Site': 'same-origin', Origin: env.url }]) await c.want(201, 'POST', '/api/applications', body, { headers });
	const out = await new Client().request('POST', '/api/session/otp', { raw: '{"phone":"13800000000"}', headers: { ...JSON_TYPE, Origin: 'https://evil.example' } });
	assert.equal(out.status, 403);
});

test('headers cannot make anyone of anybody', async () => {
	const c = new Client();
	for (const headers of [{ 'X-Remote-User': 'admin1' }, { 'Remote-User': 'admin1' }, { 'X-Forwarded-For': '127.0.0.1', 'X-Forwarded-User': 'admin1' }, { Proxy: 'http://evil' }, { 'Script-Filename': '/etc/passwd' },
		{ 'ZY-Secret': 'x' }, { 'X-HTTP-Method-Override': 'DELETE' }, { Authorization: 'Basic YWRtaW4xOmFkbWluMQ==' }, { Cookie: 'sid=' + 'a'.repeat(43) + '; staff=' + 'a'.repeat(43) }]) {
		for (const path of ['/api/staff/queues', '/api/applications']) {
			const a = await c.get(path, { headers, loose: true });
			assert.ok(a.status === 401 || (a.status === 405 && headers['X-HTTP-Method-Override']), `${JSON.stringify(headers)}: ${a.status}`);
		}
	}
});

/* Requests that no client library would send. */
function raw(text) {
	const { hostname, port } = new URL(env.url);
	return new Promise((resolve, reject) => {
		const s = net.connect(Number(port), hostname, () => s.write(text));
		let got = '';
		s.setTimeout(15000, () => s.destroy(new Error('no answer')));
		s.on('data', (d) => { got += d.toString('latin1'); });
		s.on('end', () => resolve(got));
		s.on('close', () => resolve(got));
		s.on('error', reject);
	});
}

test('requests with two lengths or two hosts are refused', async () => {
	const host = new URL(env.url).host;
	for (const lines of [['Content-Length: 2', 'Content-Length: 3'], ['Content-Length: 2', 'Transfer-Encoding: chunked'], ['Host: evil.example'], ['Content-Length: -1'], ['Content-Length: 99999999999999999999']]) {
		const got = await raw(`POST /api/session/otp HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nConnection: close\r\n${lines.join('\r\n')}\r\n\r\n{}`);
		assert.match(got, /^HTTP\/1\.1 (400|413|411|501)/, `${lines}: ${got.slice(0, 60)}`);
	}
	const twice = await raw(`GET /api/session HTTP/1.1\r\nHost: ${host}\r\nCookie: sid=a\r\nCookie: sid=b\r\nIf-Match: "1"\r\nIf-Match: "2"\r\nConnection: close\r\n\r\n`);
	assert.match(twice, /^HTTP\/1\.1 (200|400)/);
	assert.doesNotMatch(twice, /"signed_in":true/);
});
