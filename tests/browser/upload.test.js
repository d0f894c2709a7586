'use strict';
/* The upload page and the official client in it while things break: pieces refused for the moment, a browser killed in the
 * middle and opened again, programs killed, nginx restarted, two tabs, a full store.  Each file is read back and compared. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const env = require('../lib/env');
const files = require('../lib/files');
const { CHUNK } = require('../lib/tus');
const { Journey } = require('../lib/journey');
const { stack, configured, answering, pids } = require('../lib/stack');
const { launch, context, shoot, axe } = require('../lib/browser');
const { sql } = require('../lib/sql');

const PIECES = /\/api\/uploads\/[0-9a-f]{32}$/;
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'zy-upload-'));
let browser, x, j;

test.before(async () => {
	j = await Journey.draft();
	await j.fill();
	await j.print();
	browser = await launch();
	x = await context(browser);
	await x.addCookies(cookies());
	x.allowed.push(/\/api\/uploads\//); /* refusals that the tests make */
});
test.after(async () => {
	await browser.close();
	fs.rmSync(dir, { recursive: true, force: true });
	await answering(['attachment']);
});

const cookies = () => [...j.owner.jar].map(([name, value]) => ({ name, value, url: env.url }));
function onDisk(name, bytes) {
	const file = path.join(dir, name);
	fs.writeFileSync(file, bytes);
	return file;
}

/* The page of a context, with what its uploads asked: [{method, offset, size}]. */
async function open(ctx = x) {
	const page = await ctx.newPage();
	page.asked = [];
	page.on('request', (r) => {
		if (!/\/api\/uploads\//.test(r.url())) return;
		const h = r.headers();
		page.asked.push({ method: r.method(), offset: Number(h['upload-offset']), sum: h['upload-checksum'], request: r });
	});
	await page.goto(`${env.url}/apply/upload.html?no=${j.no}`);
	await page.waitForSelector('body[data-ready]');
	await page.waitForSelector('#m2-f', { state: 'attached' });
	return page;
}
const pieces = (page) => page.asked.filter((a) => a.method === 'PATCH').map((a) => a.offset);
const choose = (page, material, file) => page.setInputFiles(`#${material}-f`, file);
/* The row of a file says that it is there and looked at. */
const accepted = (page, name) => page.waitForFunction((n) => [...document.querySelectorAll('.files li')].some((li) => li.textContent.includes(n) && li.querySelector('.pages img')), name, { timeout: 60000 });

const kept = (material, ...wanted) => j.kept(material, ...wanted);

test('pieces of 1 MiB at most, each with its sum; refused for the moment, each is sent again', async () => {
	const bytes = files.big();
	const page = await open();
	const refusals = [429, 503, 460, 423, 409];
	const refused = new Set(), sizes = [];
	let heads = 0;
	page.on('requestfinished', (r) => { if (r.method() === 'PATCH') sizes.push(r.sizes()); });
	await page.route(PIECES, async (route) => {
		const method = route.request().method();
		const at = Number(route.request().headers()['upload-offset']);
		if (method === 'PATCH' && refusals.length && !refused.has(at) && refused.add(at)) await route.fulfill({ status: refusals.shift(), headers: { 'Tus-Resumable': '1.0.0' }, contentType: 'application/problem+json', body: '{}' });
		else if (method === 'HEAD' && ++heads === 2) await route.fulfill({ status: 503, body: '' }); /* where it was is not known for the moment */
		else await route.continue();
	});
	await choose(page, 'm2', onDisk('执照𠮷.jpg', bytes));
	await accepted(page, '执照𠮷.jpg');
	assert.deepEqual(refusals, []);
	assert.equal(page.asked.filter((a) => a.method === 'POST').length, 1, 'it began anew');
	const sent = page.asked.filter((a) => a.method === 'PATCH');
	assert.ok(sent.every((a) => /^sha256 .{44}$/.test(a.sum)), 'a piece without its sum');
	assert.equal(Math.max(...(await Promise.all(sizes)).map((s) => s.requestBodySize)), CHUNK, 'the largest piece on the wire');
	await page.close();
	await kept('m2', bytes);
});

test('the browser is killed in the middle; opened again, the same file goes on from where it was', { timeout: 300000 }, async (t) => {
	const bytes = files.big();
	const file = onDisk('身份证䶮.jpg', bytes);
	const profile = path.join(dir, 'profile');
	const { chromium } = env.need('playwright-core');
	const options = { executablePath: '/usr/bin/chromium', args: [...(process.getuid() === 0 ? ['--no-sandbox'] : []), '--disable-dev-shm-usage', '--lang=zh-CN'] };
	const first = await chromium.launchPersistentContext(profile, options);
	t.after(() => first.close());
	await first.addCookies(cookies());
	const page = await open(first);
	let stopped;
	const middle = new Promise((resolve) => { stopped = resolve; });
	await page.route(PIECES, (route) => (Number(route.request().headers()['upload-offset']) >= 2 * CHUNK ? stopped() : route.continue()));
	await choose(page, 'm3', file);
	await middle;
	/* its list of uploads has reached the disk; then its processes end as in a power cut */
	const saved = path.join(profile, 'Default/Local Storage/leveldb');
	for (const end = Date.now() + 60000; !fs.readdirSync(saved).some((f) => [j.no, Buffer.from(j.no, 'utf16le')].some((no) => fs.readFileSync(path.join(saved, f)).includes(no)));) {
		assert.ok(Date.now() < end, 'the browser keeps no list');
		await new Promise((r) => setTimeout(r, 200));
	}
	const mine = fs.readdirSync('/proc').filter((p) => /^\d+$/.test(p)).filter((p) => {
		try {
			const argv = fs.readFileSync(`/proc/${p}/cmdline`, 'utf8').split('\0');
			return argv.includes(`--user-data-dir=${profile}`) && !argv.some((a) => a.startsWith('--type='));
		} catch (e) {
			return false; /* gone */
		}
	}).map(Number);
	assert.equal(mine.length, 1, `processes ${mine.join()}`);
	const over = new Promise((resolve) => first.once('close', resolve));
	process.kill(mine[0], 'SIGKILL');
	await over;
	const second = await chromium.launchPersistentContext(profile, options);
	try {
		await second.clearCookies();
		await second.addCookies(cookies());
		const again = await open(second);
		await choose(again, 'm3', file);
		await accepted(again, '身份证䶮.jpg');
		assert.deepEqual(again.asked.map((a) => a.method).slice(0, 2), ['HEAD', 'PATCH'], 'it began anew');
		assert.deepEqual(pieces(again), [2, 3, 4, 5].map((n) => n * CHUNK), 'what had arrived was sent again');
	} finally {
		await second.close();
	}
	await kept('m3', bytes);
});

test('signed out in the middle: he signs in, chooses the file again, and it goes on', async () => {
	const bytes = files.big(3500000);
	const file = onDisk('重新登录𬭊.jpg', bytes);
	const page = await open();
	await page.route(PIECES, async (route) => {
		const r = route.request(), at = Number(r.headers()['upload-offset']);
		if (r.method() === 'PATCH' && at < 2 * CHUNK) await route.continue();
		else await route.fulfill({ status: r.method() === 'HEAD' ? 401 : 503, headers: { 'Tus-Resumable': '1.0.0' }, contentType: 'application/problem+json', body: '{"code":"sign_in"}' });
	});
	await choose(page, 'm2', file);
	await page.waitForURL((u) => u.pathname === '/apply/phone.html' && u.searchParams.get('back') === `/apply/upload.html?no=${j.no}`);
	await page.close();
	const again = await open();
	await choose(again, 'm2', file);
	await accepted(again, '重新登录𬭊.jpg');
	assert.deepEqual(again.asked.map((a) => a.method).slice(0, 2), ['HEAD', 'PATCH'], 'it began anew');
	assert.equal(pieces(again)[0], 2 * CHUNK);
	await again.close();
	await kept('m2', bytes);
});

test('programs are killed and nginx is restarted in the middle', async (t) => {
	const bytes = files.big();
	const page = await open();
	let broken = 0;
	await page.route(PIECES, async (route) => {
		const at = Number(route.request().headers()['upload-offset']);
		if (route.request().method() === 'PATCH' && at >= (broken + 1) * CHUNK && broken < 2) {
			broken++;
			if (broken === 1) for (const pid of pids('attachment')) process.kill(pid, 'SIGKILL');
			else stack('restart', 'nginx');
		}
		await route.continue();
	});
	await choose(page, 'm2', onDisk('断网𬭊.jpg', bytes));
	await accepted(page, '断网𬭊.jpg');
	assert.equal(broken, 2);
	t.diagnostic(pieces(page).map((n) => n / CHUNK).join(' '));
	assert.equal(page.asked.filter((a) => a.method === 'POST').length, 1, 'it began anew');
	await page.close();
	await kept('m2', bytes);
});

test('two tabs: two files for the same material, then the same file in both', async () => {
	const [a, b, same] = [files.big(2500000), files.big(2500000), files.big()];
	const tabs = [await open(), await open()];
	await Promise.all([choose(tabs[0], 'm3', onDisk('正面䶮.jpg', a)), choose(tabs[1], 'm3', onDisk('反面䶮.jpg', b))]);
	await Promise.all([accepted(tabs[0], '正面䶮.jpg'), accepted(tabs[1], '反面䶮.jpg')]);
	await kept('m3', a, b);
	/* the first waits in its second piece until the other has asked where it is */
	let asked;
	const other = new Promise((resolve) => { asked = resolve; });
	const third = await open();
	third.on('request', (r) => { if (r.method() === 'HEAD') asked(); });
	let begun;
	const under = new Promise((resolve) => { begun = resolve; });
	await tabs[0].route(PIECES, async (route) => {
		if (Number(route.request().headers()['upload-offset']) === CHUNK) {
			begun();
			await other;
		}
		await route.continue();
	});
	const file = onDisk('同一个𪚥.jpg', same);
	await choose(tabs[0], 'm3', file);
	await under;
	await choose(third, 'm3', file);
	await Promise.all([accepted(tabs[0], '同一个𪚥.jpg'), accepted(third, '同一个𪚥.jpg')]);
	assert.equal(third.asked.filter((q) => q.method === 'POST').length, 0, 'the second tab began anew');
	for (const p of [...tabs, third]) await p.close();
	await kept('m3', same);
});

test('a full store: the page says so, stays alive, and goes on when there is room', async () => {
	const bytes = files.big(9000000); /* whatever else is erased meanwhile, it does not fit */
	const page = await open();
	const used = Number(sql('SELECT bytes FROM store_use WHERE id=1'));
	await configured({ store_quota_bytes: used + 1000000 }, ['attachment'], async () => {
		await choose(page, 'm3', onDisk('放不下𠮷.jpg', bytes));
		await page.waitForFunction(() => [...document.querySelectorAll('.files .how-err')].some((n) => /存储空间不足/.test(n.textContent)));
		assert.ok(await page.locator('.files .go').first().isVisible(), 'no way on');
		await shoot(page, 'u1-full');
		assert.deepEqual(await axe(page), []);
		const status = await x.newPage();
		await status.goto(`${env.url}/track/case.html?no=${j.no}`);
		await status.waitForSelector('#status .turn h2');
		await status.close();
	});
	await page.locator('.files .go').first().click();
	await accepted(page, '放不下𠮷.jpg');
	await page.close();
	await kept('m3', bytes);
	x.clean();
});
