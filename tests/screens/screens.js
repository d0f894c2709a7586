'use strict';
/* The pictures of README.md: screens.js FOLDER walks a fresh portal to states worth showing and writes a PNG of each.
 * What applicants typed is the same each time; days and case numbers are those of today. */
const fs = require('node:fs');
const path = require('node:path');
const crypto = require('node:crypto');
const { execFileSync } = require('node:child_process');

/* Names and numbers of tests/lib/data.js come from here. */
let seed = 20261122;
crypto.randomInt = (from, to) => {
	seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
	const [low, high] = to === undefined ? [0, from] : [from, to];
	return low + Math.floor(seed / 2 ** 32 * (high - low));
};

const env = require('../lib/env');
const data = require('../lib/data');
const scans = require('../lib/scans');
const lives = require('../lib/lives');
const money = require('../lib/money');
const { Journey, applicant, catalog } = require('../lib/journey');
const { everybody } = require('../lib/walk');
const { staff } = require('../lib/staff');
const { sql } = require('../lib/sql');
const { launch, context } = require('../lib/browser');

const folder = process.argv[2];
const UNITS = ['广州䶮腾信息科技有限公司', '佛山市南海区𬭊光五金制品厂（普通合伙）', '深圳市𠮷祥检测技术有限公司', '中国（广东）自由贸易试验区南沙片区鑫淼公共资源服务中心有限责任公司', '东莞堃泰精密仪器有限公司', '珠海横琴粤澳工程咨询有限公司'];
let browser;

async function visitor(client, size) {
	const x = await context(browser, size);
	if (client) await x.addCookies([...client.jar].map(([name, value]) => ({ name, value, url: env.url })));
	return x.newPage();
}

/* at: address; ready: what must be seen; full: the page to its end. */
async function take(page, name, at, ready, { full = false, before } = {}) {
	await page.goto(env.url + at, { waitUntil: 'networkidle' });
	if (ready) await page.waitForSelector(ready);
	if (before) await before(page);
	await page.waitForLoadState('networkidle');
	await page.waitForTimeout(400);
	await page.mouse.move(0, 0);
	await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: full });
	console.log(name);
}

/* What somebody of that unit types. */
async function typed(phone, unit) {
	const d = data.org(await catalog(), { phone });
	d.unit.name = d.items[0].seal_name = d.invoice.title = d.remittance.payer_name = unit;
	return d;
}

async function filled(unit, channel) {
	const j = await Journey.draft({ channel });
	await j.fill(await typed(j.owner.phone, unit));
	return j;
}

async function applicants() {
	const owner = await applicant();
	const wide = { viewport: { width: 1280, height: 860 } };
	await take(await visitor(null, wide), 'front', '/', 'main');
	await take(await visitor(null, { viewport: { width: 360, height: 740 } }), 'front-phone', '/', 'main');

	const begun = await Journey.draft({ owner });
	const { unit, agent, years, items, one_seal } = await typed(owner.phone, UNITS[0]);
	await begun.change({ unit, agent, years, items, one_seal });
	await take(await visitor(owner, wide), 'tasks', `/apply/tasks.html?no=${begun.no}`, '#groups li');

	const j = await filled(UNITS[1]);
	await j.print();
	const form = await j.formPdf();
	fs.writeFileSync(path.join(folder, 'form.png'), execFileSync('pdftoppm', ['-r', '82', '-f', '1', '-l', '1', '-png', '-'], { input: form }));
	const pages = scans.whole(form, { dpi: 200 });
	await j.put('m1', '申请表第一份.pdf', 'application/pdf', scans.pdf(pages.slice(0, pages.length / 2)));
	await j.put('m2', '营业执照副本𠮷.png', 'image/png', scans.png(scans.stamp(scans.paper())));
	await take(await visitor(j.owner, { viewport: { width: 1280, height: 1000 } }), 'upload', `/apply/upload.html?no=${j.no}`, 'section.mat .files li');
	await j.put('m1', '申请表第二份.pdf', 'application/pdf', scans.pdf(pages.slice(pages.length / 2)));
	await j.put('m3', '经办人身份证.png', 'image/png', scans.png(scans.paper()));
	await take(await visitor(j.owner, wide), 'pay', `/apply/pay.html?no=${j.no}`, 'main h1');
	await j.look();
	for (const m of j.case.materials.filter((x) => x.required && !x.files.length)) await j.put(m.code, `${m.name}.png`, 'image/png', scans.png(scans.paper()));
	await j.submit();
	return j;
}

/* Others that wait, since some hours each. */
async function waiting() {
	const made = [];
	for (let i = 0; i < 7; i++) {
		const j = await filled(UNITS[i % UNITS.length], i % 3 === 2 ? 'counter' : 'post');
		await j.print();
		await j.upload({ seals: false });
		await j.submit();
		made.push(j);
	}
	made.forEach((j, i) => sql(`UPDATE application SET state_at=state_at-${5400 * (i + 1)}, submitted_at=submitted_at-${5400 * (i + 1)} WHERE no='${j.no}'`));
	return made;
}

async function desks(j) {
	const size = { viewport: { width: 1280, height: 860 } };
	const clerk = await visitor(await staff('clerk1'), size);
	await take(clerk, 'queue', '/staff/queue.html?queue=submitted', '#list a');
	await j.claim();
	await take(clerk, 'desk', `/staff/case.html?no=${j.no}`, '.head-mine', {
		before: (page) => page.waitForFunction(() => {
			const img = document.querySelector('.leaf > img');
			return img && img.complete && img.naturalWidth && !document.querySelector('#stage').hasAttribute('aria-busy');
		}),
	});
}

async function books(made) {
	const [a, b] = [made[0], made[6]], [pa, pb] = [await money.info(a), await money.info(b)];
	const line = money.line({ fen: pa.due_fen + pb.due_fen + 5000, name: a.typed.unit.name, remark: '两件一起，多付了一点' });
	await money.bring([line]);
	const { id } = await money.settled(line.serial);
	await take(await visitor(await staff('finance1'), { viewport: { width: 1280, height: 900 } }), 'match', `/staff/money.html?line=${id}`, '#one-h');
}

/* A month of made-up lives. */
async function reports() {
	const owner = await applicant();
	const made = [];
	for (let i = 0; i < 90; i++) {
		const [service, holder, channel] = lives.WAYS[i % lives.WAYS.length];
		made.push((await owner.want(201, 'POST', '/api/applications', { service, holder, channel })).json.no);
	}
	const ids = sql(`SELECT id FROM application WHERE no IN ('${made.join("','")}') ORDER BY id`).split('\n');
	const reasons = (await catalog()).reasons.filter((r) => r.materials.length);
	const begin = Date.parse(`${data.today(-36)}T09:00:00+08:00`) / 1000;
	sql(ids.flatMap((id, i) => lives.live(id, lives.LIVES[i % lives.LIVES.length], begin + Math.floor(i / 2.5) * 86400 + (i % 5) * 5400, reasons)).join(';\n'));
	for (const table of ['event', 'verdict', 'rating']) sql(`DELETE FROM ${table} WHERE at>UNIX_TIMESTAMP()`);
	sql('INSERT INTO report_todo (application_id) SELECT id FROM application; INSERT INTO report_todo (day) SELECT day FROM ledger');
	await lives.counted(sql);
	await take(await visitor(await staff('supervisor1'), { viewport: { width: 1280, height: 1000 } }), 'reports', '/staff/reports.html', '#reports svg');
}

(async () => {
	fs.mkdirSync(folder, { recursive: true });
	browser = await launch();
	try {
		await everybody();
		const j = await applicants();
		const made = await waiting();
		await desks(j);
		await books(made);
		await reports();
	} finally {
		await browser.close();
	}
})().catch((e) => {
	console.error(e);
	process.exitCode = 1;
});
