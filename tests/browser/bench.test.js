'use strict';
/* The production bench with real UKeys (ukey serve): issued, written, printed, looked at by another person; several in a row;
 * what goes wrong on the way. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const env = require('../lib/env');
const data = require('../lib/data');
const { Token, PIN } = require('../lib/token');
const { everybody } = require('../lib/walk');
const { status } = require('../lib/certificates');
const { staff } = require('../lib/staff');
const { launch } = require('../lib/browser');
const { Bench, enter, listed, waiting, approved } = require('../lib/bench');
const { sql } = require('../lib/sql');

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

const desk = (user) => bench.desk(user);
const look = (p, name) => bench.look(p, name);
const served = (token, work) => bench.served(token, work);

/* What the token holds is what the portal issued, and openssl says it is good. */
function verify(kind, pem) {
	const trusted = (folder) => path.join(env.varDir, 'trust', folder, `builtin-${kind}.pem`);
	const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'bench-')), 'leaf.pem');
	fs.writeFileSync(file, pem);
	const distid = kind === 'sm2' ? ['-vfyopt', 'distid:1234567812345678'] : [];
	const r = spawnSync('openssl', ['verify', ...distid, '-partial_chain', '-trusted', trusted('intermediates'), file], { encoding: 'utf8' });
	fs.rmSync(path.dirname(file), { recursive: true });
	assert.equal(r.status, 0, r.stderr);
}

for (const kind of ['rsa', 'sm2']) {
	test(`${kind}: issued, written, work order and letter printed, looked at by another, sent`, async () => {
		const w = await approved();
		const token = new Token(kind);
		const p = await desk('producer1');
		await listed(p, w).locator('button[aria-expanded]').click();
		await listed(p, w).locator('.make-go').waitFor();
		if (kind === 'rsa') await look(p, 'b01-line');
		await listed(p, w).locator('.make-go').click();
		await enter(p, '');
		await p.waitForSelector('dialog[open] .esum');
		await enter(p, PIN);
		await p.waitForSelector('dialog[open] >> text=没有检测到UKey客户端');
		await served(token, async () => {
			await enter(p, '999999');
			await p.waitForSelector('dialog[open] >> text=还可以试5次');
			if (kind === 'rsa') await look(p, 'b02-wrong-pin');
			await enter(p, PIN);
			await p.waitForSelector('#notice-bench >> text=已写入UKey');
		});
		assert.equal(await listed(p, w).count(), 0, 'nothing left to make');
		assert.match(await waiting(p, w).innerText(), new RegExp(`${w.subject.unit.name}[^]*第1张 · UKey ${token.face.serial}[^]*已写入，待检查`));
		if (kind === 'rsa') await look(p, 'b03-bench');
		const face = token.show();
		const [held] = face.certificates;
		assert.equal(face.waiting, false);
		assert.equal((await status(held.serial)).status, 'valid');
		assert.ok(held.encryption_serial, 'with its encryption certificate and key');
		verify(kind, held.pem);
		verify(kind, held.encryption_pem);

		await waiting(p, w).getByRole('button', { name: '打印工单' }).click();
		await p.waitForFunction(() => window.printed.length === 1);
		await waiting(p, w).getByRole('button', { name: '打印密码信封' }).click();
		await p.waitForFunction(() => window.printed.length === 2);
		const [[order, as], [letter]] = await p.evaluate(() => window.printed);
		assert.match(as, /printing/);
		for (const part of ['制证工单', w.no, w.subject.unit.name, token.face.serial, held.serial, held.encryption_serial, '检查人签名']) assert.ok(order.includes(part), `${part} is not on the work order`);
		assert.ok(letter.includes(PIN) && letter.includes(token.face.serial) && !order.includes(PIN));
		await waiting(p, w).getByRole('button', { name: '打印密码信封' }).waitFor({ state: 'detached' });
		assert.ok(!(await p.content()).includes(PIN), 'the PIN is gone');

		await waiting(p, w).getByRole('button', { name: '检查通过' }).click({ force: true });
		await p.waitForSelector('#notice-bench >> text=另一位同事检查');
		const q = await desk('producer2');
		await waiting(q, w).getByRole('button', { name: '检查通过' }).click();
		await q.waitForSelector('#notice-bench >> text=检查通过');
		await waiting(q, w).waitFor({ state: 'detached' });
		await w.look();
		assert.equal(w.case.state, 'produced');
		await w.send();
	});
}

test('two in a row: the token is changed between, and not before', async () => {
	const w = await approved({ count: 2 });
	const [one, two] = [new Token('sm2'), new Token('rsa')];
	const p = await desk('producer1');
	await p.click('#batch');
	await p.waitForSelector('#notice-bench >> text=先选中');
	await listed(p, w).locator('.pick').check();
	await look(p, 'b04-pick');
	await p.click('#batch');
	await served(one, async () => {
		await p.waitForSelector('dialog[open] >> text=批量制证1/2');
		await enter(p, PIN);
		await p.waitForSelector('dialog[open] >> text=批量制证2/2');
		await enter(p, PIN);
		await p.waitForSelector('dialog[open] >> text=请换一个');
		await look(p, 'b05-change');
	});
	await served(two, async () => {
		await enter(p, PIN);
		await p.waitForSelector('#notice-bench >> text=写入2张，没有完成0张');
	});
	assert.equal(await waiting(p, w).count(), 2);
	assert.deepEqual([one, two].map((k) => k.show().certificates.length), [1, 1]);
	await w.look();
	assert.equal(w.case.state, 'produced');
});

test('issued but not written: another token is refused, the right one goes on', async () => {
	const w = await approved({ count: 2 });
	const [one, other] = [new Token('rsa'), new Token('rsa')];
	const client = await staff('producer1');
	const request = one.want(['request']).replace(/-----[^-]+-----|\s/g, '');
	await client.want(201, 'POST', '/api/staff/production/orders', { no: w.no, item: 1, request, token_serial: one.face.serial }, { key: data.digits(20) });
	await client.want(201, 'POST', '/api/staff/production/orders', { no: w.no, item: 2, request: other.want(['request']).replace(/-----[^-]+-----|\s/g, ''), token_serial: other.face.serial }, { key: data.digits(20) });
	const done = `SELECT COUNT(*) FROM issuance i JOIN application a ON a.id=i.application_id WHERE a.no='${w.no}' AND i.state='done'`;
	for (let i = 0; i < 100 && sql(done) !== '2'; i++) await new Promise((r) => setTimeout(r, 200));
	const p = await desk('producer1');
	const first = waiting(p, w).filter({ hasText: '第1张' });
	await served(other, async () => {
		await first.getByRole('button', { name: '写入UKey' }).click();
		await enter(p, PIN);
		await p.waitForSelector(`dialog[open] >> text=为UKey ${one.face.serial}签发`);
		await look(p, 'b06-other');
	});
	await served(one, async () => {
		await enter(p, PIN);
		await p.waitForSelector('#notice-bench >> text=第1张已写入');
	});
	assert.deepEqual([one.show().certificates.length, other.show().certificates.length], [1, 0]);
});

test('a line of unknown outcome is listed, what the authority says of it is filled in by one and confirmed by another', async () => {
	const w = await approved();
	const id = sql(`SELECT id FROM application WHERE no='${w.no}'`);
	sql(`INSERT INTO issuance (application_id, item, driver, state, asked, algorithm, request, token_serial, sign_serial, enc_serial, not_before, not_after, error, staff_id, made_at)
		SELECT ${id}, 1, 'cmp', 'unknown', 'sign', 'rsa', '', 'K20261122001', '', '', UNIX_TIMESTAMP(), UNIX_TIMESTAMP()+31536000, '签发机构没有答复，证书可能已经签发', id, UNIX_TIMESTAMP() FROM staff WHERE user='producer1'`);
	const line = (p) => p.locator('#unsettled-list li').filter({ hasText: w.no });
	const p = await desk('producer1');
	await p.waitForSelector('#unsettled:visible');
	await look(p, 'b07-unsettled');
	await line(p).getByRole('button', { name: '机构已经签发' }).click();
	await p.getByRole('button', { name: '交给同事确认' }).click();
	await p.waitForSelector('dialog[open] >> text=选择证书文件');
	await p.setInputFiles('#settle-file', { name: '证书.cer', mimeType: 'application/octet-stream', buffer: Buffer.from('no certificate') });
	await p.getByRole('button', { name: '交给同事确认' }).click();
	await p.waitForSelector('#notice-unsettled >> text=不是PEM或DER格式的证书');
	await line(p).getByRole('button', { name: '机构没有签发' }).click();
	await look(p, 'b08-none');
	await p.getByRole('button', { name: '交给同事确认' }).click();
	await p.waitForSelector('#notice-unsettled >> text=请另一位同事确认');
	await line(p).getByRole('button', { name: '确认结论' }).click({ force: true });
	await p.waitForSelector('#notice-unsettled >> text=须由另一位同事确认');
	const q = await desk('producer2');
	await line(q).getByRole('button', { name: '确认结论' }).click();
	await q.locator('dialog[open]').getByRole('button', { name: '确认结论' }).click();
	await q.waitForSelector('#notice-unsettled >> text=已确认');
	assert.equal(await line(q).count(), 0);
	assert.equal(sql(`SELECT state FROM issuance WHERE application_id=${id}`), 'failed');
});
