'use strict';
/* One more certificate online, with real keys: signed with the one in the UKey, paid, made by staff; and where the certificate
 * that signs is another's or expired, the way to a new application, which keeps what was typed and uploaded. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { Token, PIN } = require('../lib/token');
const { staff } = require('../lib/staff');
const { Walk, everybody } = require('../lib/walk');
const { status } = require('../lib/certificates');
const { launch } = require('../lib/browser');
const { Pages } = require('../lib/pages');
const { sql, produced, unit, verify } = require('../lib/online');

let browser, p;
test.before(async () => {
	await everybody();
	browser = await launch();
});
test.after(() => browser.close());
test.afterEach(async () => {
	if (p) await p.close();
	p = null;
});

/* From the questions to submitted, by pages; what is typed and scanned is put in over HTTP. */
async function submitted(u) {
	await p.choose([['service', 'add'], ['holder', 'org'], ['have', 'yes']]);
	const no = await p.begin();
	const w = Object.assign(new Walk(u.owner), { no, service: 'add', holder: 'org', channel: 'online', subject: u.subject, count: 1, years: 2 });
	w.route = await Walk.routeOf(w);
	await w.fill();
	await w.print();
	await w.upload();
	await p.submit(no);
	await w.look();
	assert.equal(w.case.state, 'submitted');
	return w;
}

for (const [algorithm, more] of [['rsa', []], ['sm2', ['--gm']]]) {
	test(`${algorithm}: signed, paid, reviewed by two, made and verified`, async () => {
		const u = await unit(algorithm);
		p = await Pages.open(browser, u.owner);
		const w = await submitted(u);
		await p.served(u.tokens[0], () => p.sign(w.no, PIN), { more });
		if (algorithm === 'rsa') await p.look('a01-signed');
		await w.accepted();
		await w.money();
		await w.look();
		assert.equal(w.case.state, 'second_review');
		await w.decided();
		assert.equal(w.case.state, 'approved');
		assert.notEqual(w.case.next[0].action, 'install', 'staff make it');
		const token = new Token(algorithm);
		const one = await produced(w, 1, token);
		assert.equal(verify(algorithm, one.pem).status, 0, verify(algorithm, one.pem).stderr);
		await w.look();
		assert.equal(w.case.state, 'produced');
		await w.finish();
		assert.equal(w.case.state, 'completed');
		for (const serial of [u.old[0].sign_serial, one.sign_serial]) assert.equal((await status(serial)).status, 'valid');
		const seen = (await (await staff('auditor1')).want(200, 'GET', w.desk)).json;
		assert.equal(seen.machine, null, 'people decide');
	});
}

for (const [what, spoil, said] of [
	['another unit\'s', async (u, other) => other.tokens[0], /不是本单位/],
	['expired', async (u) => { sql(`UPDATE certificate SET not_before='2025-01-01', not_after='2026-01-01' WHERE sign_serial='${u.old[0].sign_serial}'`); return u.tokens[0]; }, /已过期/],
]) {
	test(`signed with a certificate that is ${what}: refused, and on to a new application with everything`, async () => {
		const u = await unit('sm2');
		const other = await unit('sm2');
		p = await Pages.open(browser, u.owner);
		p.x.allowed.push(/\b422\b/);
		const w = await submitted(u);
		const files = w.case.materials.flatMap((m) => m.files.map((f) => f.id)).sort();
		const token = await spoil(u, other);
		await p.go('/apply/sign.html', w.no);
		await p.served(token, async () => {
			await p.find();
			await p.page.waitForSelector('#token-form:visible');
			await p.enter(PIN);
			await p.page.waitForSelector('#switch:visible');
		});
		assert.match(await p.text('#esum'), said);
		assert.match(await p.text('#esum'), /新申请/);
		await p.look(`a02-${what[0]}`);
		const button = p.page.locator('#switch button', { hasText: /邮寄/ });
		await button.click();
		await p.page.waitForTimeout(700);
		await button.click();
		await p.at('/apply/tasks.html');
		await w.look();
		assert.deepEqual([w.case.service, w.case.channel, w.case.state], ['new', 'post', 'draft']);
		assert.equal(w.case.unit.name, u.subject.unit.name);
		assert.deepEqual(w.case.materials.flatMap((m) => m.files.map((f) => f.id)).sort(), files, 'every scan is still there');
		assert.equal(w.case.submitted_at, null);
	});
}
