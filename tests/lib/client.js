'use strict';
/* One visitor: an HTTP client with its own cookies that holds every answer against the API description.
 *   const c = new Client(); await c.signIn('13800000000');
 *   const a = await c.post('/api/applications', { service: 'new', … });     a.status, a.json, a.headers, a.etag
 * It adds X-CSRF-Token to writes, Idempotency-Key to POST when asked, If-Match when given.  Options of each call:
 *   headers  further ones; a value of null takes one away     raw  the body as it is (Buffer or string)
 *   match    If-Match     key  Idempotency-Key     csrf: false  without the token     loose  for requests wrong on purpose */
const http = require('node:http');
const https = require('node:https');
const crypto = require('node:crypto');
const assert = require('node:assert/strict');
const env = require('./env');
const openapi = require('./openapi');
const { note } = require('./operations');
const spool = require('./spool');
const { totp } = require('./totp');

function send(method, url, headers, body, timeout = 60000) {
	return new Promise((resolve, reject) => {
		const lib = url.startsWith('https:') ? https : http;
		const req = lib.request(url, { method, headers, agent: false }, (res) => {
			const parts = [];
			res.on('data', (d) => parts.push(d));
			res.on('error', reject);
			res.on('end', () => resolve({ status: res.statusCode, headers: res.headers, body: Buffer.concat(parts) }));
		});
		req.setTimeout(timeout, () => req.destroy(new Error(`no answer within ${timeout} ms: ${method} ${url}`)));
		req.on('error', reject);
		if (body !== undefined) req.write(body);
		req.end();
	});
}

class Client {
	constructor(base = env.url) {
		assert.ok(base, 'ZY_URL is not set and var/demo.json is not there');
		this.base = base;
		this.jar = new Map();
		this.csrf = null;
	}

	cookies() {
		return [...this.jar].map(([k, v]) => `${k}=${v}`).join('; ');
	}

	keep(lines) {
		for (const line of lines || []) {
			const [pair, ...rest] = line.split(';');
			const eq = pair.indexOf('=');
			const gone = rest.some((r) => /^\s*max-age=0\s*$/i.test(r)) || eq === pair.length - 1;
			if (gone) this.jar.delete(pair.slice(0, eq));
			else this.jar.set(pair.slice(0, eq), pair.slice(eq + 1));
		}
	}

	async request(method, where, options = {}) {
		const headers = { 'Accept': 'application/json, application/problem+json, */*' };
		let body = options.raw;
		if (options.json !== undefined) {
			body = JSON.stringify(options.json);
			headers['Content-Type'] = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
		}
		if (body !== undefined && typeof body === 'string') body = Buffer.from(body, 'utf8');
		if (this.jar.size) headers.Cookie = this.cookies();
		if (method !== 'GET' && method !== 'HEAD' && this.csrf && options.csrf !== false) headers['X-CSRF-Token'] = this.csrf;
		if (options.match !== undefined) headers['If-Match'] = typeof options.match === 'number' ? `"${options.match}"` : options.match;
		if (options.key) headers['Idempotency-Key'] = `"${options.key}"`;
		for (const [k, v] of Object.entries(options.headers || {})) {
			if (v === null) delete headers[k];
			else headers[k] = v;
		}
		if (body !== undefined) headers['Content-Length'] = body.length;
		else if (method === 'POST' || method === 'PATCH') headers['Content-Length'] = 0;
		const answer = await send(method, this.base + where, headers, body, options.timeout);
		answer.method = method;
		answer.path = where;
		answer.type = answer.headers['content-type'] || '';
		answer.etag = answer.headers.etag;
		if (/[/+]json/.test(answer.type) && method !== 'HEAD') {
			try {
				answer.json = JSON.parse(answer.body.toString('utf8'));
			} catch (e) {
				answer.json = undefined;
			}
		}
		this.keep(answer.headers['set-cookie']);
		note(method, where, answer.status);
		if (where.startsWith('/api/') && options.check !== false) this.hold(answer, options);
		return answer;
	}

	hold(answer, options) {
		const faults = openapi.check(answer, options.loose);
		assert.equal(faults.join('; '), '', `${answer.method} ${answer.path} → ${answer.status} is not as described`);
	}

	get(path, options) { return this.request('GET', path, options); }
	head(path, options) { return this.request('HEAD', path, options); }
	post(path, json, options) { return this.request('POST', path, { ...(json === undefined ? {} : { json }), ...options }); }
	patch(path, json, options) { return this.request('PATCH', path, { json, ...options }); }
	delete(path, options) { return this.request('DELETE', path, options); }

	/* The same, and the status must be the one expected. */
	async want(status, method, path, json, options) {
		const a = await this.request(method, path, { ...(json === undefined ? {} : { json }), ...options });
		assert.equal(a.status, status, `${method} ${path}: ${a.status} ${a.body.toString('utf8').slice(0, 600)}`);
		return a;
	}

	/* All items of a list, page by page: what others made before may fill the first. */
	async all(where) {
		const items = [];
		for (let after = ''; after !== null;) {
			const page = (await this.want(200, 'GET', `${where}${where.includes('?') ? '&' : '?'}limit=100${after && `&after=${after}`}`)).json;
			items.push(...page.items);
			after = page.next;
		}
		return items;
	}

	async askCode(phone, purpose) {
		const since = spool.now();
		for (let tries = 0; ; tries++) {
			const a = await this.post('/api/session/otp', purpose ? { phone, purpose } : { phone });
			if (a.status === 204) return spool.code(phone, since);
			assert.ok(a.status === 429 && tries < 3, `a code for ${phone}: ${a.status} ${a.body}`);
			await new Promise((r) => setTimeout(r, 1100)); /* rate_otp_phone_s = 1 in tests/limits.conf */
		}
	}

	async signIn(phone) {
		const code = await this.askCode(phone);
		const a = await this.want(201, 'POST', '/api/session', { phone, code });
		this.csrf = a.json.csrf;
		this.phone = phone;
		return a;
	}

	/* A step later than the last one used: a code counts once. */
	async staffSignIn(account) {
		for (let tries = 0; ; tries++) {
			for (const shift of [0, 1]) {
				const a = await this.post('/api/staff/session', { user: account.user, password: account.password, totp: totp(account.totp_secret, shift) });
				if (a.status === 201) {
					this.csrf = a.json.csrf;
					this.user = account.user;
					this.me = a.json;
					return a;
				}
				assert.equal(a.status, 401, `sign-in of ${account.user}: ${a.status} ${a.body}`);
			}
			assert.ok(tries < 2, `${account.user} cannot sign in`);
			await new Promise((r) => setTimeout(r, 30000 - (Date.now() % 30000) + 500));
		}
	}
}

function key() {
	return crypto.randomUUID();
}

module.exports = { Client, send, key };
