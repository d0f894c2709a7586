'use strict';
/* Staff production with real keys, RSA and SM2, through the life of one certificate: made (the first UKey does not pass the
 * check), changed, made again after a loss, revoked.  After each step openssl says about every certificate so far what the
 * published list says. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { Token, PIN } = require('../lib/token');
const { addYears, everybody } = require('../lib/walk');
const data = require('../lib/data');
const { subject, certificate, bring, status } = require('../lib/certificates');
const { applicant } = require('../lib/journey');
const { launch } = require('../lib/browser');
const { Bench, enter, listed, waiting, approved } = require('../lib/bench');
const { published, listed: onList, judge, openssl, put } = require('../lib/openssl');

let browser, bench;
test.before(async () => {
	browser = await launch();
	bench = await Bench.open(browser);
	await everybody();
});
test.after(async () => {
	await browser.close();
	bench.clean();
});

/* From the list to the UKey, by producer1; printed, as at the bench.  Then what the UKey holds. */
async function made(w, token) {
	const p = await bench.desk('producer1');
	await listed(p, w).locator('button[aria-expanded]').click();
	await bench.served(token, async () => {
		await listed(p, w).locator('.make-go').click();
		await enter(p, PIN);
		await p.waitForSelector('#notice-bench >> text=已写入UKey');
	});
	const before = await p.evaluate(() => window.printed.length);
	await waiting(p, w).getByRole('button', { name: '打印工单' }).click();
	await p.waitForFunction((n) => window.printed.length === n + 1, before);
	await waiting(p, w).getByRole('button', { name: '打印密码信封' }).click();
	await p.waitForFunction((n) => window.printed.length === n + 2, before);
	const [[order], [letter]] = (await p.evaluate(() => window.printed)).slice(before);
	const held = token.show().certificates.at(-1);
	for (const part of [w.no, token.face.serial, held.serial, held.encryption_serial]) assert.ok(order.includes(part), `${part} is not on the work order`);
	assert.ok(letter.includes(PIN) && !order.includes(PIN));
	return held;
}

async function checked(w) {
	const q = await bench.desk('producer2');
	await waiting(q, w).getByRole('button', { name: '检查通过' }).click();
	await q.waitForSelector('#notice-bench >> text=检查通过');
	await w.look();
	assert.equal(w.case.state, 'produced');
}

/* Words of openssl by serial, '' for good; what a list newer than now says. */
async function agree(kind, certificates) {
	for (let n = 0; ; n++) {
		const list = await published(kind);
		const said = certificates.map(({ held }) => [onList(list, held.serial), onList(list, held.encryption_serial)]);
		const want = certificates.map(({ is }) => [is || undefined, is || undefined]);
		if (JSON.stringify(said) !== JSON.stringify(want) && n < 60) {
			await new Promise((r) => setTimeout(r, 250));
			continue;
		}
		assert.deepEqual(said, want);
		for (const { held, is } of certificates)
			for (const pem of [held.pem, held.encryption_pem]) is ? assert.match(judge(kind, pem, list), /revoked/) : assert.equal(judge(kind, pem, list), '');
		return;
	}
}

const until = (held) => new Date(/notAfter=(.+)/.exec(openssl('x509', '-noout', '-enddate', '-in', put('end.pem', held.pem)).said)[1]).toISOString();
const about = (w, held, token) => ({ owner: w.owner, subject: w.subject, old: [{ sign_serial: held.serial, token_serial: token.face.serial, not_after: until(held).slice(0, 10) }], count: 1 });

const CAUSES = [['rsa', ['lost', 'Key Compromise'], ['dissolved', 'Cessation Of Operation']], ['sm2', ['damaged', 'Superseded'], ['leaked', 'Key Compromise']]];
for (const [kind, [loss, lossSays], [cause, says]] of CAUSES) {
	test(`${kind}: new, change, reissue, revoke`, async (t) => {
		let w, token, held;
		const all = [];

		await t.test('new: the first UKey is refused by the checker, the second is sent', async () => {
			w = await approved({ years: 1, count: 1 });
			const scratched = new Token(kind);
			const bad = await made(w, scratched);
			const own = await bench.desk('producer1');
			await waiting(own, w).getByRole('button', { name: '检查不通过' }).click({ force: true });
			await own.waitForSelector('#notice-bench >> text=另一位同事检查');
			const q = await bench.desk('producer2');
			await waiting(q, w).getByRole('button', { name: '检查不通过' }).click();
			await q.locator('dialog[open] button[type=submit]').click();
			await q.waitForSelector('dialog[open] .esum');
			await q.fill('dialog[open] #dlg-reason', '外壳上刻的序列号“䶮”看不清');
			if (kind === 'rsa') await bench.look(q, 'p01-refuse');
			await q.locator('dialog[open] button[type=submit]').click();
			await q.waitForSelector('#notice-bench >> text=等待重新制作');
			await waiting(q, w).waitFor({ state: 'detached' });
			all.push({ held: bad, is: 'Superseded' });
			await agree(kind, all);
			await listed(q, w).locator('button[aria-expanded]').click();
			await listed(q, w).locator('text=看不清').waitFor();
			if (kind === 'rsa') await bench.look(q, 'p02-again');
			token = new Token(kind);
			held = await made(w, token);
			await checked(w);
			await w.finish();
			assert.equal(w.case.state, 'completed');
			assert.equal(until(held).slice(0, 10), addYears(data.today(), 1), 'through the last day, 16:00 in London');
			all.push({ held, is: '' });
			await agree(kind, all);
		});

		await t.test('change: the old last day, the old certificate on the list', async () => {
			const old = held, last = until(held);
			w = await approved({ service: 'change', ...about(w, held, token) });
			assert.equal((await status(old.serial)).status, 'valid', 'until the new one is made');
			held = await made(w, token);
			await checked(w);
			await w.finish();
			assert.equal(until(held), last);
			all.at(-1).is = 'Affiliation Changed';
			all.push({ held, is: '' });
			await agree(kind, all);
		});

		await t.test('reissue: held from acceptance, revoked when the new one is made', async () => {
			const last = until(held);
			const lost = all.at(-1);
			w = await approved({ service: 'reissue', reason: loss, ...about(w, held, token), onAccepted: async () => {
				lost.is = 'Certificate Hold';
				await agree(kind, all);
			} });
			token = new Token(kind);
			held = await made(w, token);
			await checked(w);
			await w.finish();
			assert.equal(until(held), last);
			lost.is = lossSays;
			all.push({ held, is: '' });
			await agree(kind, all);
		});

		await t.test('revoke: nothing is made, the list says why', async () => {
			w = await approved({ service: 'revoke', channel: 'counter', reason: cause, ...about(w, held, token) });
			assert.equal(w.case.state, 'completed');
			all.at(-1).is = says;
			await agree(kind, all);
		});
	});
}

test('a batch: three lines of two cases into three UKeys, paper for all in one go, more than fifty refused', async () => {
	const [one, two] = [await approved({ count: 2 }), await approved({ count: 1 })];
	const tokens = [new Token('rsa'), new Token('sm2'), new Token('rsa')];
	const p = await bench.desk('producer1');
	for (const w of [one, two]) await listed(p, w).locator('.pick').check();
	await p.click('#batch');
	for (const [i, token] of tokens.entries()) {
		await bench.served(token, async () => {
			await p.waitForSelector(`dialog[open] >> text=批量制证${i + 1}/3`);
			await enter(p, PIN);
			await p.waitForSelector(i < 2 ? `dialog[open] >> text=批量制证${i + 2}/3` : '#notice-bench >> text=写入3张，没有完成0张');
		});
	}
	const before = await p.evaluate(() => window.printed.length);
	if (await p.locator('#orders').count() === 0) assert.fail('no button for all work orders');
	await bench.look(p, 'p03-batch');
	const orders = await p.locator('#orders').innerText();
	await p.click('#orders');
	await p.waitForFunction((n) => window.printed.length === n + 1, before);
	await p.click('#letters');
	await p.waitForFunction((n) => window.printed.length === n + 2, before);
	const [[, , sheets], [, , letters]] = (await p.evaluate(() => window.printed)).slice(before);
	assert.equal(orders, `打印${sheets.length}张工单`);
	assert.equal(letters.length, 3);
	for (const token of tokens) {
		assert.equal(sheets.filter((s) => s.includes(token.face.serial)).length, 1);
		assert.equal(letters.filter((s) => s.includes(token.face.serial) && s.includes(PIN)).length, 1);
	}
	assert.ok(sheets.every((s) => s.includes('制证工单') && !s.includes(PIN)));
	await p.locator('#letters').waitFor({ state: 'detached' });
	assert.ok(!(await p.content()).includes(PIN), 'the PINs are gone');
	const q = await bench.desk('producer2');
	for (const w of [one, one, two]) {
		await waiting(q, w).first().getByRole('button', { name: '检查通过' }).click();
		await q.waitForSelector('#notice-bench >> text=检查通过');
		await q.waitForLoadState('networkidle');
	}
	for (const w of [one, two]) {
		await w.look();
		await w.finish();
		assert.equal(w.case.state, 'completed');
	}

	/* Of certificates there are already: their seals are carried over, so that no worker has to cut out fifty. */
	const many = await Promise.all([20, 20, 11].map(async (count) => {
		const owner = await applicant(), whose = subject('org', owner.phone);
		return approved({ service: 'reissue', owner, subject: whose, old: bring(Array.from({ length: count }, () => certificate(whose))) });
	}));
	await p.goto(p.url());
	for (const w of many) await listed(p, w).locator('.pick').check();
	await p.click('#batch');
	await p.waitForSelector('#notice-bench >> text=一次最多制50张，现在选了51张');
	assert.equal(await p.locator('dialog[open]').count(), 0);
});
