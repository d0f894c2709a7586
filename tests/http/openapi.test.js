'use strict';
/* The description itself: every reference leads somewhere, every path parameter is declared, every write that carries a
 * session says so, answers are closed objects. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { doc, route, check, problems } = require('../lib/openapi');

function each(node, at, visit) {
	if (!node || typeof node !== 'object') return;
	visit(node, at);
	for (const [k, v] of Object.entries(node)) each(v, `${at}/${k}`, visit);
}

test('references', () => {
	each(doc, '#', (node, at) => {
		if (!node.$ref) return;
		const target = node.$ref.slice(2).split('/').reduce((o, k) => o && o[k], doc);
		assert.ok(target, `${at}: ${node.$ref}`);
	});
	const used = new Set();
	each(doc, '#', (node) => node.$ref && used.add(node.$ref));
	for (const kind of ['schemas', 'parameters', 'responses']) {
		for (const name of Object.keys(doc.components[kind])) assert.ok(used.has(`#/components/${kind}/${name}`), `${kind}/${name} is used nowhere`);
	}
});

test('parameters', () => {
	for (const [where, operations] of Object.entries(doc.paths)) {
		const inPath = [...where.matchAll(/\{(\w+)\}/g)].map((m) => m[1]);
		for (const [method, operation] of Object.entries(operations)) {
			const list = (operation.parameters || []).map((p) => (p.$ref ? doc.components.parameters[p.$ref.split('/').pop()] : p));
			const declared = list.filter((p) => p.in === 'path').map((p) => p.name);
			assert.deepEqual(declared.sort(), [...inPath].sort(), `${method} ${where}`);
			const names = list.map((p) => p.name.toLowerCase());
			if (operation.security && !['get', 'head', 'options'].includes(method)) assert.ok(names.includes('x-csrf-token'), `${method} ${where}: no X-CSRF-Token`);
			assert.ok(operation.summary && /\p{Script=Han}/u.test(operation.summary), `${method} ${where}: no summary`);
			assert.ok(Object.keys(operation.responses).some((s) => s < '300'), `${method} ${where}: never succeeds`);
			if (operation.security) assert.ok(operation.responses[401], `${method} ${where}: no 401`);
		}
	}
});

/* Who may ask stands beside the security that is asked for; the role × route matrix holds both against the programs. */
test('each operation says who it is for', () => {
	const WHO = { public: undefined, internal: undefined, gateway: undefined, applicant: 'applicant', staff: 'staff', relay: 'relay' };
	for (const [where, operations] of Object.entries(doc.paths)) {
		for (const [method, operation] of Object.entries(operations)) {
			const who = operation['x-who'];
			assert.ok(who in WHO, `${method} ${where}: x-who is ${who}`);
			assert.deepEqual(operation.security, WHO[who] && [{ [WHO[who]]: [] }], `${method} ${where}: security of ${who}`);
			for (const p of operation.parameters || []) if (!p.$ref) assert.ok(p.schema && p.in && p.name, `${method} ${where}: ${JSON.stringify(p)}`);
			if (operation.requestBody) assert.ok(Object.keys(operation.requestBody.content).length, `${method} ${where}: a body of no kind`);
		}
	}
	assert.deepEqual(Object.keys(doc.components.securitySchemes).sort(), ['applicant', 'relay', 'staff']);
});

test('examples are what they are examples of', () => {
	let n = 0;
	for (const [where, operations] of Object.entries(doc.paths)) {
		for (const [method, operation] of Object.entries(operations)) {
			for (const [kind, content] of Object.entries((operation.requestBody || {}).content || {})) {
				if (content.example === undefined) continue;
				n++;
				assert.deepEqual(problems(['paths', where, method, 'requestBody', 'content', kind, 'schema'], content.example), [], `${method} ${where}`);
			}
		}
	}
	assert.ok(n >= 20, `${n} examples`);
	assert.notEqual(problems(['components', 'schemas', 'CaseCreate'], { service: 'new', holder: 'org', channel: 'nowhere' }).length, 0, 'a wrong one is seen');
});

test('answers are closed: a member that is not described is a fault', () => {
	for (const [name, schema] of Object.entries(doc.components.schemas)) {
		each(schema, name, (node, at) => {
			if (node.type !== 'object' || at.endsWith('/properties')) return;
			if (name === 'CaseBase' || at.startsWith('StaffCase/allOf')) return; /* closed where they are put together */
			assert.notEqual(node.additionalProperties, undefined, `${at} is open`);
		});
	}
});

test('no two paths fit one address', () => {
	for (const where of Object.keys(doc.paths)) {
		const sample = where.replace('{no}', 'GD20261122000001I').replace('{id}', '0'.repeat(32)).replace('{n}', '1').replace(/\{\w+\}/g, 'x');
		assert.equal(route(sample), where);
	}
});

/* The control: each kind of drift is seen. */
test('a drift is seen', () => {
	const answer = (more) => ({ method: 'GET', path: '/api/quote?x=1', status: 200, type: 'application/json', headers: {}, body: Buffer.from('{}'), json: { total_fen: 1, lines: [] }, ...more });
	assert.deepEqual(check(answer()), []);
	for (const more of [{ json: { total_fen: 1, lines: [], extra: 1 } }, { json: { lines: [] } }, { json: { total_fen: 1.5, lines: [] } }, { json: undefined }, { type: 'text/html' }, { status: 418 }, { path: '/api/nothing' }, { method: 'PUT' },
		{ status: 422, json: { code: 'invalid' }, type: 'application/problem+json' }, { status: 422, type: 'application/json', json: {} }]) {
		assert.notEqual(check(answer(more)).length, 0, JSON.stringify(more));
	}
	const due = answer({ path: '/api/due', json: { due: '2026-02-30', start: '2026-05-08', working_days: 3 } });
	assert.notEqual(check(due).length, 0, 'a day that does not exist');
	const session = answer({ path: '/api/session', json: { signed_in: false, phone: '13800000000' } });
	assert.notEqual(check(session).length, 0, 'a whole phone number');
	assert.notEqual(check(answer({ path: '/api/applications/GD20261122000001I', json: {} })).length, 0);
});
