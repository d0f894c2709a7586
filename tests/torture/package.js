'use strict';
/* Part of tests/torture/package: pages and a case in an installation from the package, through its own nginx. */
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const env = require('../lib/env');

const told = fs.readFileSync(process.env.PACKAGE_STAFF, 'utf8');
const staff = [...told.matchAll(/^user (\S+)\npassword (\S+)\ntotp_secret (\S+)$/gm)]
	.map(([, user, password, totp_secret]) => ({ user, password, totp_secret, roles: [user.slice(0, -1)] }));
fs.writeFileSync(path.join(env.varDir, 'demo.json'), JSON.stringify({ url: env.url, staff }), { mode: 0o600 });

const { Client } = require('../lib/client');
const { Journey } = require('../lib/journey');

(async () => {
	const c = new Client();
	for (const [page, says] of [['/', '数字证书'], ['/guide/new.html', '营业执照'], ['/en/guide/new.html', 'business licence'], ['/about/agreement.html', '起生效'], ['/en/', 'certificate']]) {
		const a = await c.get(page);
		assert.equal(a.status, 200, page);
		assert.ok(a.body.toString().toLowerCase().includes(says), `${page} does not speak of ${says}`);
	}
	const j = await Journey.to('approved');
	assert.equal(j.case.state, 'approved');
	console.log(`${j.no}: ${j.case.state}`);
})().catch((e) => {
	console.error(e);
	process.exitCode = 1;
});
