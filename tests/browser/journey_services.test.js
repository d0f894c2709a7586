'use strict';
/* One journey per service in Chromium, from the questions to completed: the applicant's side by his pages, and what they say
 * while he waits and at the end; steps of staff over HTTP.  Certificates come from an import, as those of today's holders do. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const env = require('../lib/env');
const data = require('../lib/data');
const files = require('../lib/files');
const { Client, key } = require('../lib/client');
const { Journey } = require('../lib/journey');
const { Walk, addYears, everybody } = require('../lib/walk');
const { launch, context, shoot, inspect, signed } = require('../lib/browser');
const { whole } = require('../lib/share');

const base = env.url;
const found = [];
const COLUMNS = ['holder', 'unit_name', 'uscc', 'unit_address', 'person_name', 'id_number', 'sign_serial', 'enc_serial', 'not_before', 'not_after',
	'token_serial', 'seal_kind', 'seal_name', 'agent_name', 'agent_id_number', 'agent_phone'];
const phone = data.phone();
let browser, x, page, owner, catalog, tmp;

/* A certificate in the register: of a unit, days left. */
function unitCert(days, more = {}) {
	const name = data.unitName();
	return { holder: 'org', unit_name: name, uscc: data.uscc(), unit_address: '广东省广州市越秀区青龙坊䶮楼2层', sign_serial: data.serial(), enc_serial: data.serial(),
		not_before: data.today(days - 365), not_after: data.today(days), token_serial: 'K' + data.digits(11), seal_kind: 'unit', seal_name: name,
		agent_name: '赵𪚥', agent_id_number: data.resident(), agent_phone: phone, ...more };
}
const certs = {
	add: unitCert(300), renew: unitCert(40), expired: unitCert(-3), change: unitCert(200), reissue: unitCert(210), unlock: unitCert(220), revoke: unitCert(230),
	ind: { holder: 'ind', person_name: '买买提·吐尔逊', id_number: data.resident(), sign_serial: data.serial(), enc_serial: data.serial(), not_before: data.today(-100),
		not_after: data.today(265), seal_kind: 'handwritten', seal_name: '买买提·吐尔逊', agent_name: '买买提·吐尔逊', agent_phone: data.phone() },
};
certs.ind.agent_id_number = certs.ind.id_number;

test.before(async () => {
	tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'zy-services-'));
	const cell = (v) => (/[",\n]/.test(v || '') ? `"${v.replace(/"/g, '""')}"` : v || '');
	const file = path.join(tmp, 'certificates.csv');
	fs.writeFileSync(file, '\ufeff' + [COLUMNS.join(','), ...Object.values(certs).map((r) => COLUMNS.map((c) => cell(r[c])).join(','))].join('\r\n') + '\r\n');
	const r = spawnSync(path.join(env.buildDir(), 'tools/portalctl'), ['certificate', 'import', file], { encoding: 'utf8', env: { ...process.env, ZHENGYIN_CONF: path.join(env.varDir, 'portal.conf') } });
	assert.equal(r.status, 0, r.stderr);
	catalog = (await new Client().want(200, 'GET', '/api/catalog')).json;
	await everybody();
	owner = new Client();
	await owner.signIn(phone);
	browser = await launch();
	x = await context(browser);
	await signed(x, owner);
	page = await x.newPage();
});
test.after(async () => {
	await browser.close();
	fs.rmSync(tmp, { recursive: true, force: true });
});

const look = (name) => inspect(page, name, found);
async function at(part) {
	await page.waitForURL((u) => u.pathname === part);
	await page.waitForLoadState('networkidle');
}
async function open(name, no) {
	await page.goto(`${base}${name}?no=${no}`, { waitUntil: 'networkidle' });
}
const save = () => page.click('form#section button[type=submit]');
const text = (selector) => page.locator(selector).innerText();

/* The questions; answers in order, the page decides which are asked. */
async function choose(answers) {
	await page.goto(base + '/apply/start.html', { waitUntil: 'networkidle' });
	for (const [name, value] of answers) await page.check(`[name=${name}][value="${value}"]`);
}
async function begin() {
	await page.waitForSelector('#answer-go:visible');
	await page.click('#answer-go');
	for (;;) {
		await page.waitForURL((u) => /^\/apply\/(tasks|one-seal)\.html$/.test(u.pathname) && (u.searchParams.get('no') || u.searchParams.get('start')));
		await page.waitForLoadState('networkidle');
		const u = new URL(page.url());
		if (u.pathname === '/apply/one-seal.html') {
			await page.click('#view button[type=submit]');
			await page.waitForURL((v) => v.pathname === '/apply/tasks.html');
		} else if (u.searchParams.get('no')) {
			await page.waitForSelector('#groups li');
			return u.searchParams.get('no');
		} else if (await page.locator('#new:visible').count()) {
			await page.click('#new');
			await page.waitForURL((v) => v.searchParams.get('no'));
		} else {
			await page.waitForTimeout(100);
		}
	}
}
const rows = async () => (await page.locator('#groups li > :first-child').allInnerTexts()).map((t) => t.split('\n')[0]);

/* The case over HTTP, as staff and this applicant's other device would. */
function journey(no, channel) {
	const j = new Journey(owner);
	j.no = no;
	j.channel = channel;
	return j;
}
async function patch(j, body) {
	await j.change(body);
}
const agent = (c, more = {}) => ({ name: c.agent_name, id_type: 'resident', id_number: c.agent_id_number, phone: c.agent_phone, ...more });
const unitOf = (c) => ({ name: c.unit_name, kind: 'enterprise', uscc: c.uscc, licence_kind: 'business', address: c.unit_address, legal_rep: '王𬭊', phone: '020-81234567' });
const consents = () => Object.fromEntries(Object.entries(catalog.consents).map(([k, v]) => [k, v.version]));
const courier = { mode: 'courier', name: '赵𪚥', phone, province: '广东省', city: '广州市', district: '越秀区', address: '青龙坊38号䶮楼2层' };
const remittance = (name, fen) => ({ payer_name: name, payer_account: data.account(), bank: '中信银行广州花园支行', paid_on: data.today(), amount_fen: fen });

/* Form made and every scan of the case sent. */
async function papers(j) {
	await j.print();
	for (const m of j.case.materials.filter((k) => k.required)) {
		if (m.code === 'm1') await j.putForm();
		else await j.put(m.code, `${m.code}.png`, 'image/png', files.png());
	}
}
async function submit(no) {
	await open('/apply/submit.html', no);
	await page.check('#declare');
	for (const c of await page.locator('#consents input').all()) await c.check();
	await page.click('#form button[type=submit]');
	await page.waitForURL((u) => u.pathname !== '/apply/submit.html');
	await page.waitForLoadState('networkidle');
}
/* First review passed, by staff. */
async function accepted(j) {
	await j.claim();
	await j.pass();
	await j.accept();
}
/* The rest of the way by the gates of the case; the applicant's page at the state where he waits for papers, money or
 * signature, and at the end.  last: day of what is made. */
async function complete(no, cert, name, last) {
	const w = new Walk(owner);
	w.no = no;
	await w.look();
	const { service, holder, channel, unit, agent: who, person, items, years } = w.case;
	Object.assign(w, { service, holder, channel, years, count: items.length, old: [cert], subject: { unit, person, agent: holder === 'ind' ? person : who } });
	w.route = await Walk.routeOf(w);
	await w.accepted();
	await open('/track/case.html', no);
	assert.ok((await text('#status .turn h2')).length > 3);
	await look(`${name}-waits`);
	await w.closeGates();
	await w.decided();
	await w.finish(last);
	assert.equal(w.case.state, 'completed');
	await open('/track/case.html', no);
	assert.match(await text('#status'), /已办结/);
	assert.ok(await page.isHidden('#withdraw'));
	await look(`${name}-completed`);
	const made = (w.made || []).map((m) => m.sign_serial.slice(-6));
	if (!made.length) return;
	await page.goto(base + '/track/certs.html', { waitUntil: 'networkidle' });
	await page.waitForSelector('#certs li');
	for (const end of made) assert.ok((await text('#certs')).includes(end), `${end} is not among my certificates`);
}
async function pick(cert, name) {
	await page.click('#groups a[href*="old-cert.html"]');
	await at('/apply/old-cert.html');
	await page.waitForSelector('#view:visible');
	const row = page.locator('#own .opt', { hasText: cert.sign_serial.slice(-6) }).locator('input');
	if (!(await row.isChecked())) await row.check();
	await page.waitForSelector('#lines section');
	if (name) await look(name);
	await save();
	await page.waitForURL((u) => u.pathname !== '/apply/old-cert.html');
	await page.waitForLoadState('networkidle');
}

test('my certificates: days left and what may be done', async () => {
	await page.goto(base + '/track/certs.html', { waitUntil: 'networkidle' });
	await page.waitForSelector('#certs li');
	const all = await text('#certs');
	assert.match(all, /还有40天/);
	assert.ok(all.includes(certs.add.unit_name));
	assert.ok(!all.includes(certs.renew.token_serial), 'the token is masked');
	await look('s01-certs');
});

test('ways that are not open: the reason, the way that is, answers kept', async () => {
	await choose([['service', 'revoke'], ['cert', 'other'], ['holder', 'org']]);
	assert.match(await text('#answer'), /前台/);
	await look('s02-start-revoke');
	await choose([['service', 'add'], ['holder', 'rep'], ['channel', 'post-no']]);
	assert.match(await text('#answer'), /前台/);
	await look('s03-start-add-rep');
	await choose([['service', 'change'], ['cert', 'other'], ['holder', 'ind'], ['channel', 'online']]);
	assert.match(await text('#answer-why'), /纸质原件/);
	await page.reload({ waitUntil: 'networkidle' });
	assert.ok(await page.isChecked('[name=service][value=change]'), 'answers are kept');
	await choose([['service', 'renew'], ['cert', certs.expired.sign_serial], ['channel', 'online']]);
	assert.match(await text('#answer-why'), /已过有效期/);
	await look('s04-start-expired');
	await choose([['service', 'renew'], ['cert', 'other'], ['holder', 'org'], ['when', 'early']]);
	assert.match(await text('#answer-why'), /90天/);
	x.allowed.push(/422/);
	await page.goto(base + '/apply/tasks.html?start=revoke.org.post', { waitUntil: 'networkidle' });
	assert.match(await text('#refused'), /注销须经办人本人到前台办理/);
	await look('s05-refused');
});

test('new for a person: no unit, no agent, no stamp', async () => {
	await choose([['service', 'new'], ['holder', 'ind'], ['channel', 'post']]);
	const no = await begin();
	const names = await rows();
	assert.ok(!names.includes('单位信息') && !names.includes('经办人') && names.includes('申请人'), names.join());
	await open('/apply/holder.html', no);
	await look('s10-holder-ind');
	await open('/apply/cert.html', no);
	assert.equal(await page.locator('[name="items.0.seal_kind"]').count(), 2);
	await look('s11-cert-ind');
	const j = journey(no, 'post');
	await patch(j, { person: { name: '买买提·吐尔逊', id_type: 'resident', id_number: data.resident(), phone, address: '广东省广州市越秀区青龙坊38号' }, years: 1,
		items: [{ seal_kind: 'handwritten', seal_name: '买买提·吐尔逊' }], delivery: courier, invoice: { kind: 'normal', title: '买买提·吐尔逊' },
		remittance: remittance('买买提·吐尔逊', 36000), consents: consents() });
	await j.print();
	await open('/apply/form.html', no);
	assert.ok(!/公章/.test(await page.locator('ol.steps').innerText()), 'a stamp is asked for');
	await look('s12-form-ind');
	await papers(j);
	await submit(no);
	await at('/apply/done.html');
	await look('s13-done-ind');
	await open('/apply/receipt.html', no);
	await look('s14-receipt');
	await complete(no, null, 's15-new', () => addYears(data.today(), 1));
});

test('new of a unit with a valid certificate is told of add; it becomes add and signs', async () => {
	const c = certs.add;
	await choose([['service', 'new'], ['holder', 'org'], ['have', 'no'], ['channel', 'post']]);
	const no = await begin();
	const j = journey(no, 'online');
	await patch(j, { unit: unitOf(c), agent: agent(c) });
	await open('/apply/tasks.html', no);
	assert.match(await text('#hints'), /增加/);
	await look('s20-hint-add');
	await page.click('#hints button');
	await page.waitForTimeout(700);
	await page.click('#hints button');
	await page.waitForFunction(() => /增加/.test(document.querySelector('#one-t').textContent));
	await patch(j, { years: 1, items: [{ seal_kind: 'unit', seal_name: c.unit_name + '合同专用章' }], delivery: courier, one_seal: true,
		invoice: { kind: 'normal', title: c.unit_name, tax_number: c.uscc }, consents: consents() });
	await papers(j);
	await open('/apply/tasks.html', no);
	await look('s21-add-tasks');
	await submit(no);
	await at('/apply/done.html');
	await look('s22-add-done');
	await open('/apply/sign.html', no);
	assert.match(await text('#gate'), /等待签名/);
	await look('s23-add-sign');
	await complete(no, c, 's24-add', () => addYears(data.today(), 1));
});

/* Gone through step by step in renew_online.test.js and unlock.test.js, too. */
const again = whole ? test : test.skip;

again('renew online: no form, no post; pay, sign, install', async () => {
	const c = certs.renew;
	await choose([['service', 'renew'], ['cert', c.sign_serial], ['changed', 'no'], ['channel', 'online']]);
	await look('s30-start-renew');
	const no = await begin();
	const names = await rows();
	assert.ok(!names.some((n) => /申请表|上传|付款/.test(n)), names.join());
	await pick(c, 's31-old-cert');
	const j = journey(no, 'online');
	await open('/apply/unit.html', no);
	assert.equal(await page.inputValue('#unit-name'), c.unit_name);
	assert.ok(await page.locator('#unit-name').evaluate((n) => n.readOnly), 'the name is fixed');
	await look('s32-unit-frozen');
	await patch(j, { unit: unitOf(c), agent: agent(c), years: 2, invoice: { kind: 'normal', title: c.unit_name, tax_number: c.uscc } });
	await open('/apply/cert.html', no);
	await page.waitForFunction(() => /800/.test(document.querySelector('#fee-sum').textContent));
	await look('s33-years');
	await open('/apply/check.html', no);
	await look('s34-check-renew');
	await submit(no);
	await at('/apply/done.html');
	await look('s35-renew-done');
	await open('/apply/pay.html', no);
	await page.waitForFunction(() => /800/.test(document.querySelector('#amount').textContent));
	await look('s36-renew-pay');
	await open('/track/case.html', no);
	assert.match(await text('#status .act'), /签名/);
	await look('s37-renew-track');
	await complete(no, c, 's37-renew', () => addYears(c.not_after, 2));
});

test('renew of an expired certificate goes by post', async () => {
	const c = certs.expired;
	const a = await owner.want(201, 'POST', '/api/applications', { service: 'renew', holder: 'org', channel: 'online' }, { key: key() });
	const no = a.json.no;
	await open('/apply/tasks.html', no);
	await page.click('#groups a[href*="old-cert.html"]');
	await at('/apply/old-cert.html');
	await page.waitForSelector('#view:visible');
	const del = page.locator('#lines .del');
	while (await del.count()) await del.first().click();
	const own = page.locator('#own .opt', { hasText: c.sign_serial.slice(-6) }).locator('input');
	if (await own.isEnabled()) await own.check();
	else {
		await page.fill('#find-serial', c.sign_serial);
		await page.fill('#find-code', c.uscc);
		await page.click('#find button');
	}
	await page.waitForSelector('#lines section');
	await save();
	await page.waitForSelector('#esum');
	assert.match(await text('#esum'), /已过有效期/);
	await look('s38-expired-offline');
	await page.locator('#switch button').first().click();
	await page.waitForTimeout(700);
	await page.locator('#switch button').first().click();
	await at('/apply/tasks.html');
	await page.waitForFunction(() => /邮寄/.test(document.querySelector('#one-t').textContent));
	assert.ok((await rows()).includes('上传材料'));
	await look('s39-renew-post');
});

test('change by post: before and after, free, the new name is kept', async () => {
	const c = certs.change;
	await choose([['service', 'change'], ['cert', c.sign_serial], ['channel', 'post']]);
	const no = await begin();
	assert.ok(!(await rows()).some((n) => /付款|发票/.test(n)));
	await pick(c);
	await at('/apply/change.html');
	await save();
	await page.waitForSelector('#esum');
	await page.check('[name="change.items"][value=name]');
	assert.equal(await page.inputValue('#change-before-name'), c.unit_name);
	await page.fill('#change-after-name', '广州䶮腾（新名）科技有限公司');
	await look('s40-change');
	await save();
	await at('/apply/unit.html');
	assert.equal(await page.inputValue('#unit-name'), '广州䶮腾（新名）科技有限公司');
	const j = journey(no, 'post');
	await patch(j, { unit: { ...unitOf(c), name: '广州䶮腾（新名）科技有限公司' }, agent: agent(c), delivery: courier, consents: consents() });
	await open('/apply/check.html', no);
	assert.match(await text('#parts'), /新名/);
	await look('s41-change-check');
	await papers(j);
	await open('/apply/upload.html', no);
	assert.match(await text('#mats'), /变更证明/);
	await look('s42-change-upload');
	await submit(no);
	await at('/apply/done.html');
	await look('s43-change-done');
	await accepted(j);
	await open('/track/case.html', no);
	await look('s44-change-accepted');
	await complete(no, c, 's45-change', () => c.not_after);
});

test('reissue at the counter: the reason, and what to bring', async () => {
	const c = certs.reissue;
	await choose([['service', 'reissue'], ['cert', c.sign_serial], ['channel', 'counter']]);
	const no = await begin();
	await pick(c);
	await at('/apply/reason.html');
	await page.check('[name=reason][value=lost]');
	await look('s50-reason');
	await save();
	await at('/apply/unit.html');
	const j = journey(no, 'counter');
	const branch = (await owner.want(200, 'GET', '/api/branches')).json.items[0].code;
	await patch(j, { unit: unitOf(c), agent: agent(c), delivery: { mode: 'pickup', branch }, invoice: { kind: 'normal', title: c.unit_name, tax_number: c.uscc }, consents: consents() });
	await papers(j);
	await submit(no);
	await at('/apply/done.html');
	await open('/apply/slip.html', no);
	await page.waitForSelector('#where .box');
	const slip = await text('.paper');
	assert.match(slip, /出示原件/);
	assert.match(slip, /到\d+年\d+月\d+日，(周一至周五照常|与平常不同的日子：)/, 'no holidays on the slip');
	assert.doesNotMatch(slip, /UKey（电子密钥）/, 'a lost token is not to be brought');
	await look('s51-slip');
	for (const sheet of ['slip', 'receipt']) {
		await open(`/apply/${sheet}.html`, no);
		const pdf = (await page.pdf({ preferCSSPageSize: true, path: path.join(env.root, `tests/browser/shots/s52-${sheet}.pdf`) })).toString('latin1');
		assert.equal((pdf.match(/\/Type\s*\/Page\b/g) || []).length, 1, `${sheet} is longer than a sheet`);
	}
	await complete(no, c, 's53-reissue', () => c.not_after);
});

test('unlock online: the same agent goes through at once', async () => {
	const c = certs.unlock;
	await choose([['service', 'unlock'], ['cert', c.sign_serial], ['channel', 'online']]);
	const no = await begin();
	await pick(c);
	const j = journey(no, 'online');
	await patch(j, { agent: agent(c), consents: consents() });
	await submit(no);
	await at('/apply/unlock.html');
	await look('s60-unlock');
	await open('/track/case.html', no);
	await look('s61-unlock-track');
	await page.click('#status .act a');
	await at('/apply/unlock.html');
	await page.click('#done');
	await page.waitForSelector('#over:visible');
	await page.click('#go-track');
	await at('/track/case.html');
	assert.match(await text('#status'), /已办结/);
});

again('unlock online: another agent is asked for scans', async () => {
	const c = certs.unlock;
	await choose([['service', 'unlock'], ['cert', c.sign_serial], ['channel', 'online']]);
	const no = await begin();
	await pick(c);
	const j = journey(no, 'online');
	await patch(j, { agent: agent(c, { name: '欧阳㛃', id_number: data.resident() }), consents: consents() });
	await submit(no);
	await at('/apply/tasks.html');
	assert.match(await text('#hints'), /工作人员审核/);
	assert.ok((await rows()).includes('上传材料'));
	await look('s62-unlock-manual');
	await papers(j);
	await submit(no);
	await at('/apply/done.html');
	await look('s63-unlock-done');
	await complete(no, c, 's64-unlock');
});

test('revoke: counter only, dissolved unit brings its proof', async () => {
	const c = certs.revoke;
	await choose([['service', 'revoke'], ['cert', c.sign_serial]]);
	const no = await begin();
	await pick(c);
	await at('/apply/reason.html');
	await page.check('[name=reason][value=dissolved]');
	await look('s70-revoke-reason');
	await save();
	await at('/apply/unit.html');
	const j = journey(no, 'counter');
	await patch(j, { unit: unitOf(c), agent: agent(c), consents: consents() });
	await j.look();
	assert.ok(j.case.materials.some((m) => m.code === 'm9') && !j.case.materials.some((m) => m.code === 'm2'));
	await papers(j);
	await submit(no);
	await at('/apply/done.html');
	assert.doesNotMatch(await text('#next'), /寄回/);
	await look('s71-revoke-done');
	await open('/apply/slip.html', no);
	assert.match(await text('#mats'), /单位注销证明/);
	await look('s72-revoke-slip');
	await complete(no, c, 's73-revoke');
});

test('a certificate of somebody else\'s is found by serial and number, masked; its seal comes along', async () => {
	const c = certs.ind;
	await choose([['service', 'change'], ['cert', 'other'], ['holder', 'ind'], ['channel', 'post']]);
	await begin();
	await page.click('#groups a[href*="old-cert.html"]');
	await at('/apply/old-cert.html');
	await page.waitForSelector('#view:visible');
	x.allowed.push(/certificates\/find/);
	await page.fill('#find-serial', c.sign_serial);
	await page.fill('#find-code', data.resident());
	await page.click('#find button');
	await page.waitForSelector('#esum');
	await look('s80-find-wrong');
	await page.fill('#find-code', c.id_number);
	await page.waitForTimeout(700);
	await page.click('#find button');
	await page.waitForSelector('#lines section');
	assert.doesNotMatch(await text('#lines'), /吐尔逊/);
	await look('s81-find');
	await save();
	await page.waitForURL((u) => /^\/apply\/(holder|change)\.html$/.test(u.pathname));
	await page.waitForLoadState('networkidle');
});

test('guides print, and lead on', async () => {
	for (const g of ['new', 'renew', 'change', 'reissue', 'unlock', 'revoke']) {
		await page.goto(`${base}/guide/${g}.html`, { waitUntil: 'networkidle' });
		await shoot(page, `s90-guide-${g}`);
		await page.pdf({ preferCSSPageSize: true, path: path.join(env.root, `tests/browser/shots/s91-guide-${g}.pdf`) });
	}
});

test('axe found nothing, no policy violation, no console error', () => {
	assert.equal(found.join('\n'), '');
	x.clean();
});
