'use strict';
/* Holds an answer against www/api/openapi.json: an unknown route, a status that is not described, a body or a header that
 * does not fit its schema are errors. */
const fs = require('node:fs');
const path = require('node:path');
const env = require('./env');

const doc = JSON.parse(fs.readFileSync(path.join(env.root, 'www/api/openapi.json'), 'utf8'));
const Ajv = env.need('ajv/dist/2020').default;
const ajv = new Ajv({ strict: false, allErrors: true });
const compiled = new Map();

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
function isDate(text) {
	const m = DATE.exec(text);
	if (!m) return false;
	const d = new Date(Date.UTC(+m[1], +m[2] - 1, +m[3]));
	return d.getUTCMonth() === +m[2] - 1 && d.getUTCDate() === +m[3];
}
function isDateTime(text) {
	const m = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.exec(text);
	return m !== null && isDate(m[1]);
}
ajv.addFormat('date', isDate);
ajv.addFormat('date-time', isDateTime);
ajv.addSchema(doc, 'openapi.json');

function pointer(parts) {
	return 'openapi.json#/' + parts.map((p) => encodeURIComponent(p.replace(/~/g, '~0').replace(/\//g, '~1'))).join('/');
}

function follow(node, at) {
	while (node && node.$ref) {
		at = node.$ref.slice(2).split('/');
		node = at.reduce((o, k) => o[k], doc);
	}
	return { node, at };
}

function validator(at) {
	const ref = pointer(at);
	if (!compiled.has(ref)) compiled.set(ref, ajv.compile({ $ref: ref }));
	return compiled.get(ref);
}

/* Described paths, most literal first, as matchers. */
const paths = Object.keys(doc.paths).map((p) => ({
	path: p,
	literal: p.replace(/\{[^}]*\}/g, '').length,
	regex: new RegExp('^' + p.replace(/[.]/g, '\\.').replace(/\{[^}]*\}/g, '[^/]+') + '$'),
})).sort((a, b) => b.literal - a.literal);

/* "/api/applications/X/form" → "/api/applications/{no}/form"; null when nothing fits. */
function route(pathname) {
	const hit = paths.find((p) => p.regex.test(pathname));
	return hit ? hit.path : null;
}

function problems(check, value) {
	return check(value) ? [] : check.errors.map((e) => `${e.instancePath || '/'} ${e.message} ${JSON.stringify(e.params)}`);
}

function checkProblem(answer) {
	const faults = [];
	if (!/^application\/problem\+json/.test(answer.type)) faults.push(`a refusal must be application/problem+json, not ${answer.type}`);
	else faults.push(...problems(validator(['components', 'schemas', 'Problem']), answer.json));
	if (answer.json && answer.json.status !== answer.status) faults.push(`body says status ${answer.json.status}`);
	return faults;
}

/* answer: { method, path, status, type, headers, json, body }.  Returns sentences; none = as described.
 * loose: the request is malformed on purpose (unknown path or method): only the form of the refusal is checked. */
function check(answer, loose) {
	const pathname = answer.path.split('?')[0];
	const name = route(pathname);
	const method = answer.method.toLowerCase();
	if (!name || !doc.paths[name][method]) {
		if (loose && answer.status >= 400) return checkProblem(answer);
		return [`${answer.method} ${pathname} is not described`];
	}
	const base = ['paths', name, method, 'responses', String(answer.status)];
	const { node, at } = follow(doc.paths[name][method].responses[answer.status], base);
	if (!node) {
		if (loose && answer.status >= 400) return checkProblem(answer);
		return [`status ${answer.status} is not described: ${answer.body.toString('utf8').slice(0, 300)}`];
	}
	const faults = [];
	for (const [key, header] of Object.entries(node.headers || {})) {
		const value = answer.headers[key.toLowerCase()];
		if (value === undefined) {
			if (header.required) faults.push(`header ${key} is missing`);
			continue;
		}
		const typed = header.schema && header.schema.type === 'integer' ? Number(value) : value;
		faults.push(...problems(validator([...at, 'headers', key, 'schema']), typed).map((f) => `header ${key}: ${f}`));
	}
	if (answer.method === 'HEAD' || answer.status === 204 || answer.status === 304) {
		if (answer.body.length) faults.push('a body where none may be');
		return faults;
	}
	if (answer.status >= 400 && node.content && node.content['application/problem+json']) return faults.concat(checkProblem(answer));
	const kinds = Object.keys(node.content || {});
	if (!kinds.length) return faults;
	const kind = answer.type.split(';')[0].trim();
	if (!kinds.includes(kind)) return faults.concat(`type ${answer.type}, described: ${kinds}`);
	if (kind === 'application/json') {
		if (answer.json === undefined) return faults.concat('the body is no JSON');
		faults.push(...problems(validator([...at, 'content', kind, 'schema']), answer.json));
	}
	return faults;
}

/* What is wrong with a value by the schema at a place of the description. */
const wrong = (at, value) => problems(validator(at), value);

module.exports = { doc, check, route, problems: wrong };
