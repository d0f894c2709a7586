'use strict';
/* The headers of every page and answer, and what the web root gives away. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const crypto = require('node:crypto');
const env = require('../lib/env');
const { Client } = require('../lib/client');

const c = new Client();
const www = path.join(env.root, 'www');

function walk(dir) {
	return fs.readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? walk(path.join(dir, e.name)) : path.join(dir, e.name)));
}
const served = walk(www).map((f) => '/' + path.relative(www, f)).filter((f) => !/^\/_(inc|gen)\//.test(f) && !/\/LICENSE/.test(f));

/* Who speaks to the UKey's client on the visitor's machine. */
const TOKEN = ['/apply/install.html', '/apply/sign.html', '/apply/ukey.html', '/apply/unlock.html', '/staff/produce.html'];
const VIEWER = ['/staff/case.html'];

function common(a, where) {
	const h = a.headers;
	assert.match(h['content-security-policy'] || '', /default-src 'none'/, `${where}: no policy`);
	for (const part of ["script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"]) assert.ok(h['content-security-policy'].includes(part), `${where}: ${part}`);
	assert.doesNotMatch(h['content-security-policy'], /unsafe-inline|unsafe-eval|\*/, where);
	assert.equal(h['x-content-type-options'], 'nosniff', where);
	assert.equal(h['referrer-policy'], 'same-origin', where);
	assert.equal(h['cross-origin-opener-policy'], 'same-origin', where);
	assert.ok(!/\d/.test(h.server || ''), `${where}: ${h.server}`);
	assert.equal(h['x-powered-by'], undefined);
}

test('every file under www/', async () => {
	assert.ok(served.some((f) => f.endsWith('.html')), 'no pages');
	for (const f of served) {
		const a = await c.get(f, { check: false });
		if (f.startsWith('/error/') && a.status === 404) continue;
		assert.equal(a.status, 200, f);
		common(a, f);
		if (f.endsWith('.html')) {
			assert.match(a.type, /^text\/html; ?charset=utf-8$/i, f);
			assert.doesNotMatch(a.body.toString(), /<!--#|an error occurred while processing the directive/, `${f}: SSI`);
			const trusted = a.headers['content-security-policy'].includes("require-trusted-types-for 'script'");
			const reach = /connect-src ([^;]*);/.exec(a.headers['content-security-policy'])[1];
			assert.match(reach, TOKEN.includes(f) ? /^'self' http:\/\/127\.0\.0\.1:\d+$/ : /^'self'$/, `${f}: connect-src`);
			assert.equal(/local-network-access=\(self\)/.test(a.headers['permissions-policy']), TOKEN.includes(f), `${f}: Permissions-Policy`);
			assert.equal(trusted, !VIEWER.includes(f), `${f}: Trusted Types`);
			if (!f.startsWith('/error/')) assert.equal(a.headers['cache-control'], 'no-cache', f);
			assert.equal((await c.get(f, { check: false, headers: { 'If-Modified-Since': new Date().toUTCString() } })).status, 200, `${f}: 304 by the date of the file`);
		}
		if (/\.(css|js)$/.test(f)) assert.match(a.type, /charset=utf-8/i, f);
	}
});

test('what is not for visitors is not there', async () => {
	for (const p of ['/_inc/header.html', '/_gen/', '/.git/config', '/.gitignore', '/../conf/portal.conf', '/%2e%2e/conf/portal.conf', '/var/portal.conf', '/api/../../etc/passwd', '/js/../../Makefile', '/no-such-page', '/error/../_inc/head.html', '/staff/', '/apply/%00']) {
		const a = await c.get(p, { check: false });
		assert.ok([400, 403, 404, 301, 302].includes(a.status), `${p}: ${a.status}`);
		assert.doesNotMatch(a.body.toString(), /db_socket|\[core\]|root:x:/, p);
	}
	const a = await c.get('/no-such-page');
	common(a, '404');
	assert.match(a.type, /text\/html/);
});

test('answers of the programs', async () => {
	for (const p of ['/api/health', '/api/catalog', '/api/session', '/api/quote?service=new&holder=org&years=1&count=1', '/api/applications', '/api/staff/session', '/api/nothing-here']) {
		const a = await c.get(p, { check: false });
		common(a, p);
		assert.equal(a.headers['x-content-type-options'], 'nosniff');
		assert.ok(a.headers['x-request-id'], `${p} has no request id`);
		if (/session|applications/.test(p)) assert.match(a.headers['cache-control'] || '', /no-store/, p);
	}
});

test('methods that are not for pages', async () => {
	for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'TRACE']) {
		const a = await c.request(method, '/', { check: false });
		assert.ok([403, 404, 405, 501].includes(a.status), `${method} /: ${a.status}`);
	}
});

test('the vendored files are the packages\' own bytes', () => {
	const sums = {
		'vendor/tus-js-client-4.3.1/tus.min.js': ['8cbb1b63fccc3bba0ae73ad1deb160ce046c3750851d0c3e94921ae3ef070eb8', 'tus-js-client/dist/tus.min.js'],
	};
	for (const [file, [sum, origin]] of Object.entries(sums)) {
		const bytes = fs.readFileSync(path.join(www, file));
		assert.equal(crypto.createHash('sha256').update(bytes).digest('hex'), sum, file);
		assert.ok(fs.readFileSync(path.join(env.root, 'tests/browser/node_modules', origin)).equals(bytes), origin);
		assert.ok(fs.existsSync(path.join(www, path.dirname(file), 'LICENSE')), `${file} has no licence beside it`);
	}
});

test('large type: a cookie by nginx, and back only to our own pages', async () => {
	const big = await c.get('/prefs/type?big=1&back=/guide/new.html');
	assert.equal(big.status, 303);
	assert.equal(big.headers.location, '/guide/new.html');
	assert.match(big.headers['set-cookie'][0], /^big=1/);
	for (const back of ['//evil.example', 'https://evil.example', '/\\evil.example', '/a?b=c', '/a%0d%0aX:1']) {
		const a = await c.get('/prefs/type?big=1&back=' + back);
		assert.equal(a.headers.location, '/', back);
	}
	const page = await new Client().get('/', { headers: { Cookie: 'big=1' } });
	assert.match(page.body.toString(), /<html[^>]*class="[^"]*big/);
});

test('problems that nginx reports are problem+json, whatever the address ends in', async () => {
	for (const at of ['/api/nothing', '/api/nothing.pdf', '/api/nothing/x.json', '/api/nothing/y.html']) {
		const a = await c.get(at, { check: false });
		assert.equal(a.status, 404, at);
		assert.match(a.type, /^application\/problem\+json/, at);
		assert.equal(a.json.code, 'not_found', at);
	}
});
