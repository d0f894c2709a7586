'use strict';
/* Paying by scanning, as the applicant sees it: the code comes, it is paid on the phone, the page says so by itself. */
const test = require('node:test');
const assert = require('node:assert/strict');
const data = require('../lib/data');
const { Client } = require('../lib/client');
const { applicant } = require('../lib/journey');
const { Walk, everybody } = require('../lib/walk');
const { subject, certificate, bring } = require('../lib/certificates');
const { launch } = require('../lib/browser');
const { Pages } = require('../lib/pages');
const { started, form } = require('../lib/alipay');
const { sql } = require('../lib/sql');

let browser, g, p;
test.before(async () => {
	await everybody();
	g = await started();
	browser = await launch();
});
test.after(async () => {
	await browser.close();
	await g.ended();
});
test.afterEach(async () => {
	if (p) await p.close();
	p = null;
});

async function renewal(hand = true) {
	const owner = await applicant(), who = subject('org', owner.phone);
	const old = bring([certificate(who, { not_after: data.today(30) })]);
	const w = await Walk.begin({ service: 'renew', holder: 'org', channel: 'online', owner, subject: who, old });
	await w.fill();
	if (hand) await w.handIn();
	return w;
}
const number = (w) => [...g.trades.keys()].filter((n) => n.startsWith(w.no)).pop();

test('a code, paid on the phone, said by itself; reloaded in between', async () => {
	const w = await renewal();
	p = await Pages.open(browser, w.owner);
	await p.go('/apply/pay.html', w.no);
	await p.page.click('#wallet-go');
	await p.page.waitForSelector('#wallet-code img');
	assert.match(await p.page.textContent('#wallet-now'), /请用支付宝扫码付款¥800\.00/);
	await p.look('wallet-code');
	await p.page.reload();
	await p.page.waitForSelector('#wallet-code img');
	assert.equal(await p.page.isVisible('#wallet-go'), false, 'a second code is offered beside the first');
	g.paid(number(w));
	await new Client().request('POST', '/api/hooks/alipay', { raw: form(g.signed(g.notice(number(w)))), headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
	await p.page.waitForFunction(() => /已到账/.test(document.querySelector('#wallet-now').textContent));
	assert.equal(await p.page.isVisible('#wallet-code img'), false);
	await p.look('wallet-paid');
});

test('not submitted: says when; refused by the gateway, run out: says so and offers another', async () => {
	let w = await renewal(false);
	p = await Pages.open(browser, w.owner);
	await p.go('/apply/pay.html', w.no);
	await p.page.waitForFunction(() => /提交以后/.test(document.querySelector('#wallet-now').textContent));
	assert.equal(await p.page.isVisible('#wallet-go'), false);
	await p.close();
	w = await renewal();
	p = await Pages.open(browser, w.owner);
	await p.go('/apply/pay.html', w.no);
	g.mode = 'refuse';
	await p.page.click('#wallet-go');
	await p.page.waitForFunction(() => /没有取得二维码：系统繁忙/.test(document.querySelector('#wallet-now').textContent));
	await p.look('wallet-failed');
	g.mode = 'good';
	await p.page.waitForTimeout(700);
	await p.page.click('#wallet-go');
	await p.page.waitForSelector('#wallet-code img');
	sql(`UPDATE alipay_order SET ends_at=UNIX_TIMESTAMP()-1, asked_at=0 WHERE out_trade_no='${number(w)}'`);
	await p.page.waitForFunction(() => /已过期/.test(document.querySelector('#wallet-now').textContent), null, { timeout: 60000 });
	assert.equal(await p.page.textContent('#wallet-go'), '重新获取付款二维码');
});
