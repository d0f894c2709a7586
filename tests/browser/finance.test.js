'use strict';
/* The finance desk: a statement comes in, the machine takes what is sure, people the rest; money that is too much goes back
 * by two persons; and the books of the day say all of it. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const env = require('../lib/env');
const data = require('../lib/data');
const { key } = require('../lib/client');
const { everybody } = require('../lib/walk');
const { decide } = require('../lib/dual');
const { staff } = require('../lib/staff');
const { LINES, handed, info, line, bring, find, look, settled, books, yuan } = require('../lib/money');
const { launch, context, shoot, axe, signed } = require('../lib/browser');

const found = [];
let browser, one, two, p, a, b, c, pa, pb, pc, sure, joint, stray;

const money = (fen) => (fen < 0 ? '-¥' : '¥') + yuan(Math.abs(fen)).replace(/\B(?=(\d{3})+\.)/g, ',');
const text = (selector) => p.locator(selector).innerText();
async function see(page, name) {
	await page.waitForLoadState('networkidle');
	await shoot(page, name);
	for (const v of await axe(page)) found.push(`${name}: ${v}`);
}
async function desk(user) {
	const c2 = await context(browser);
	c2.allowed.push(/40[129]|41[02]|422/);
	const client = await staff(user);
	await signed(c2, client);
	return c2;
}
const openLine = async (l) => {
	const got = await find(l.serial);
	await p.goto(`${env.url}/staff/money.html?line=${got.id}`);
	await p.waitForSelector('#one-h');
	return got;
};

test.before(async () => {
	await everybody();
	browser = await launch();
	[one, two] = [await desk('finance1'), await desk('finance2')];
	p = await one.newPage();
	[a, b, c] = [await handed(), await handed(), await handed()];
	[pa, pb, pc] = [await info(a), await info(b), await info(c)];
	sure = line({ fen: pc.due_fen, name: c.payer(), remark: pc.remark });
	joint = line({ fen: pa.due_fen + pb.due_fen + 5000, name: a.payer(), remark: '两件一起，多付了一点' });
	stray = line({ fen: 123, name: `中信银行（广州）𠮷䶮𬭊第${data.digits(6)}支行`, date: new Date(Date.parse(data.today()) - 9 * 864e5).toISOString().slice(0, 10), remark: '结息' });
	await bring([sure, joint, stray]);
	for (const l of [sure, joint, stray]) await settled(l.serial);
});
test.after(async () => {
	await browser.close();
	books();
});

test('the list: age in words, the reason in a line; what was sure is not in it', async () => {
	await p.goto(`${env.url}/staff/money.html`);
	await p.waitForSelector('.mn-b');
	const rows = [];
	for (const more = p.getByRole('button', { name: '再看后面的' }); ; ) { /* others' lines lie there, too */
		const page = await p.locator('.mn-b').allInnerTexts();
		rows.push(...page);
		if (rows.some((t) => t.includes(stray.name)) && rows.some((t) => t.includes('两件一起，多付了一点') && t.includes(a.payer())) || !await more.count()) break;
		await more.click();
		await p.waitForFunction((first) => document.querySelector('.mn-b') && document.querySelector('.mn-b').innerText !== first, page[0]);
	}
	const odd = rows.find((t) => t.includes(stray.name));
	assert.match(odd, /已9天，超过一周/);
	assert.match(odd, /没有能识别的参考号/);
	assert.match(rows.find((t) => t.includes('两件一起，多付了一点') && t.includes(a.payer())), /今天到账[\s\S]*多了/);
	assert.ok(!rows.some((t) => t.includes(pc.remark)), 'a matched line lies on the desk');
	await openLine(sure);
	assert.match(await text('#one'), new RegExp(`已全部入账[\\s\\S]*${c.no}[\\s\\S]*附言中有申请参考号`));
});

test('keys walk the list, the choice is told to the keyboard', async () => {
	await p.goto(`${env.url}/staff/money.html`);
	await p.waitForSelector('.mn-b');
	await p.keyboard.press('j');
	await p.waitForSelector('.mn-b[aria-current]');
	assert.equal(await p.evaluate(() => document.activeElement.id), 'one-h');
	assert.equal(await p.locator('.mn-b').first().getAttribute('aria-current'), 'true');
});

test('one line for two cases: the evidence in words, another case found, the sum held against what is left', async () => {
	await openLine(joint);
	const card = p.locator('.mn-card', { hasText: a.no });
	assert.match(await card.innerText(), /✓ 相符 付款户名一致[\s\S]*✓ 相符 可以由这个户名付款[\s\S]*! 注意 比应付多/);
	assert.equal(await p.inputValue(`#give-${a.no}-fen`), yuan(pa.due_fen));
	await p.fill('#mn-q', pb.reference);
	await p.press('#mn-q', 'Enter');
	await p.waitForSelector(`#give-${b.no}:checked`);
	assert.equal(await p.inputValue(`#give-${b.no}-fen`), yuan(pb.due_fen));
	await p.check(`#give-${a.no}`);
	await p.fill(`#give-${a.no}-fen`, yuan(pa.due_fen + 10000));
	assert.match(await text('#mn-sum'), /勾选2件[\s\S]*超过还没入账的/);
	await p.click('text="入账"');
	assert.match(await text('.esum'), /超过还没入账/);
	await p.fill(`#give-${a.no}-fen`, yuan(pa.due_fen + 5000));
	await p.fill('#mn-note', '电话核对，王𬭊确认');
	assert.ok((await text('#mn-sum')).includes(`勾选2件，合计${money(joint.fen)}`));
	await see(p, '71-money-line');
});

test('somebody was faster: told, read anew, and what was typed is still there', async () => {
	const now = await find(joint.serial), other = await staff('finance2');
	await other.want(200, 'POST', `${LINES}/${now.id}/allot`, { items: [{ no: c.no, amount_fen: 100 }] }, { key: key(), match: now.version });
	const given = (await look(now)).payments.find((x) => x.no === c.no);
	await p.click('text="入账"');
	await p.waitForSelector('#notice-line');
	assert.match(await text('#notice-line'), /别人刚处理过[\s\S]*您填的还在/);
	assert.equal(await p.inputValue('#mn-note'), '电话核对，王𬭊确认');
	assert.ok(await p.isChecked(`#give-${b.no}`));
	assert.match(await text('#mn-sum'), /超过还没入账/);
	await other.want(200, 'POST', `/api/staff/payments/${given.id}/undo`, { reason: '记错了' }, { key: key() });
	await p.click('text="入账"');
	await p.waitForSelector('.esum'); /* the page knows only 100 fen less */
	await p.fill(`#give-${a.no}-fen`, yuan(pa.due_fen));
	await p.evaluate(() => { document.getElementById('notice-line').textContent = ''; }); /* the one from before */
	await p.click('text="入账"');
	await p.waitForFunction(() => /别人刚处理过/.test((document.getElementById('notice-line') || {}).textContent || '') && !document.querySelector('.esum'));
	await p.fill(`#give-${a.no}-fen`, yuan(pa.due_fen + 5000));
	await p.click('text="入账"');
	await p.waitForSelector('text=这笔流水已全部入账');
	for (const w of [a, b]) {
		const got = (await look(await find(joint.serial))).payments.find((x) => x.no === w.no && !x.undone_at);
		assert.match(got.evidence, /电话核对，王𬭊确认/);
	}
	await a.look();
	assert.ok(a.gate('money').closed_at);
	await see(p, '72-money-given');
});

test('taken back with the reason, given again', async () => {
	await p.locator('.mn-pays li', { hasText: b.no }).locator('text=撤销入账').click();
	await p.click('dialog button[type=submit]');
	assert.match(await text('dialog .esum'), /至少2个字/);
	await p.fill('#dlg-reason', '记错了一件');
	await p.click('dialog button[type=submit]');
	await p.waitForSelector('text=已撤销入账，');
	await p.waitForFunction(() => /已撤销：记错了一件/.test(document.querySelector('.mn-pays').textContent));
	assert.equal((await find(joint.serial)).left_fen, pb.due_fen);
});

test('set aside with the reason, taken up again', async () => {
	await openLine(stray);
	await p.click('text="搁置"');
	await p.fill('#dlg-reason', '银行结息');
	await p.click('dialog button[type=submit]');
	await p.waitForSelector('text=搁置原因：银行结息。');
	assert.equal((await find(stray.serial)).state, 'set_aside');
	await p.goto(`${env.url}/staff/money.html?state=set_aside`);
	await p.locator('.mn-b', { hasText: stray.name }).first().click();
	await p.click('text="恢复"');
	await p.waitForSelector('text=已恢复到待匹配');
	assert.equal((await find(stray.serial)).state, 'open');
});

test('a refund: asked on the case, decided by another, exported, paid', async () => {
	await p.goto(`${env.url}/staff/case.html?no=${a.no}`);
	await p.locator('[aria-label^="申请退款"]').first().click();
	assert.equal(await p.inputValue('#rf-amount'), '50.00', 'what the case does not need is offered');
	await p.fill('#rf-amount', '51');
	await p.fill('#rf-reason', '多付50元');
	await p.click('dialog button[type=submit]');
	await p.waitForSelector('dialog .esum');
	assert.match(await text('dialog .esum'), /最多可退¥50\.00/);
	await p.fill('#rf-amount', '50');
	await p.click('dialog button[type=submit]');
	await p.waitForSelector('#notice-refund');

	await p.goto(`${env.url}/staff/refunds.html`);
	const mine = p.locator('tr', { hasText: a.no });
	assert.match(await mine.innerText(), /您申请的，请另一位同事审核/);
	assert.equal(await mine.locator('button').count(), 0);
	await see(p, '73-refunds-asked');

	const q = await two.newPage();
	await q.goto(`${env.url}/staff/refunds.html`);
	await q.locator('tr', { hasText: a.no }).locator('text=审核通过').click();
	await q.click('dialog button[type=submit]');
	await q.waitForSelector('text=已审核通过。');
	await q.goto(`${env.url}/staff/refunds.html?state=approved`);
	await q.click('text="导出网银付款文件"');
	const [file] = await Promise.all([q.waitForEvent('download'), q.click('#rf-file')]);
	const csv = fs.readFileSync(await file.path(), 'utf8');
	assert.ok(csv.startsWith('\ufeff') && csv.includes(`"${joint.account}","${a.payer()}"`) && csv.includes('"50.00"'), csv);
	await q.goto(`${env.url}/staff/refunds.html?state=sent`);
	const sent = q.locator('tr', { hasText: a.no });
	const [same] = await Promise.all([q.waitForEvent('download'), sent.locator('text=的网银文件').click()]);
	assert.equal(fs.readFileSync(await same.path(), 'utf8'), csv);
	await sent.locator('text=登记没有退成').click();
	await q.fill('#dlg-reason', '户名不符，银行退回');
	await q.click('dialog button[type=submit]');
	await q.waitForSelector('text=已登记没有退成');
	await q.goto(`${env.url}/staff/refunds.html?state=failed`);
	await q.locator('tr', { hasText: a.no }).locator('text=再退一次').click();
	await q.click('dialog button[type=submit]');
	await q.waitForSelector('text=已放回待付');
	await q.goto(`${env.url}/staff/refunds.html?state=approved`);
	await q.click('text="导出网银付款文件"');
	await q.waitForSelector('#rf-file');
	await q.goto(`${env.url}/staff/refunds.html?state=sent`);
	await q.locator('tr', { hasText: a.no }).locator('text=登记已退').click();
	await q.fill('#dlg-reason', '回单2026𠮷0001');
	await q.click('dialog button[type=submit]');
	await q.waitForSelector('text=已登记退款完成');
	await q.goto(`${env.url}/staff/refunds.html?state=paid`);
	await q.waitForSelector(`tr:has-text("${a.no}")`);
	assert.match(await q.locator('tr', { hasText: a.no }).innerText(), /回单2026𠮷0001/);
	await see(q, '74-refunds-paid');
	await q.close();
});

test('taken back on the case page: what is missing is counted anew, the line lies on the desk again', async () => {
	await p.goto(`${env.url}/staff/case.html?no=${c.no}`);
	await p.locator(`[aria-label^="撤销入账：${c.no}，${money(sure.fen)}"]`).click();
	await p.fill('#dlg-reason', '先核对𠮷');
	await p.click('dialog button[type=submit]');
	await p.waitForSelector('text=已撤销：先核对𠮷');
	assert.match(await p.locator('.panel', { hasText: '已登记的收款' }).or(p.locator('.facts-row', { hasText: '还差' })).first().innerText(), new RegExp(`还差\\s*${money(pc.due_fen).replace(/[.]/g, '\\.')}`));
	assert.equal((await find(sure.serial)).left_fen, sure.fen);
	await c.look();
	assert.ok(!c.gate('money').closed_at);
});

test('the day: totals, the books agree, the file', async () => {
	await p.goto(`${env.url}/staff/days.html`);
	await p.waitForSelector('#dy-ask');
	await p.waitForSelector('text=账面一致');
	const api = (await (await staff('finance1')).want(200, 'GET', `/api/staff/money/days?from=${data.today()}&to=${data.today()}`)).json.items.find((x) => x.place === 'bank');
	const row = await p.locator('#today tbody tr', { hasText: '银行' }).innerText();
	for (const fen of [api.received_fen, api.allotted_fen, api.refunded_fen]) assert.ok(row.includes(money(fen)), `${row} lacks ${money(fen)}`);
	assert.ok(api.refunded_fen >= 5000 && api.received_fen >= sure.fen + joint.fen && api.allotted_fen >= pa.due_fen);
	await see(p, '75-days');
	await p.click('#dy-ask');
	await p.fill('#dlg-reason', '月末对账𠮷');
	await p.click('dialog button[type=submit]');
	await p.waitForSelector('text=等另一位财务同意');
	const wish = (await (await staff('finance2')).want(200, 'GET', '/api/staff/proposals?kind=export_payments')).json.items.find((x) => x.reason === '月末对账𠮷');
	await decide(wish, 'confirm', 'finance2');
	await p.reload();
	await p.waitForSelector('#dy-csv');
	const [file] = await Promise.all([p.waitForEvent('download'), p.click('#dy-csv')]);
	const csv = fs.readFileSync(await file.path(), 'utf8');
	assert.ok(csv.includes(a.no) && csv.includes('已撤销') && !csv.includes(joint.account));
	await p.fill('#dy-from', data.today());
	await p.fill('#dy-to', '2026-01-01');
	await p.click('text="查看"');
	assert.match(await text('#span .esum'), /不能早于开始日期/);
});

test('the session is over: said, with the way back', async () => {
	await openLine(joint);
	await p.fill('#mn-q', b.no);
	await p.route('**/api/staff/bank-lines/**', (route) => route.fulfill({ status: 401, contentType: 'application/problem+json', body: JSON.stringify({ status: 401, code: 'session', title: '登录已失效' }) }));
	await p.locator(`[data-pay]`).first().check();
	await p.click('text="入账"');
	await p.waitForSelector('#notice-trouble');
	assert.match(await text('#notice-trouble'), /重新登录/);
	assert.equal(await p.inputValue('#mn-q'), b.no);
	await p.unroute('**/api/staff/bank-lines/**');
});

test('nothing was wrong on the way', () => {
	assert.deepEqual(found, []);
	one.clean();
	two.clean();
});
