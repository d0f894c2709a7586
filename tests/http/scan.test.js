'use strict';
/* Real forms of the portal, printed, stamped and scanned, sent back: the portal says which page is what and what is wrong, to
 * the applicant and to staff alike, and refuses nothing because of it.  How fast is measured by `make bench`. */
const test = require('node:test');
const assert = require('node:assert/strict');
const files = require('../lib/files');
const scans = require('../lib/scans');
const tus = require('../lib/tus');
const { inject, may, halted } = require('../lib/inject');
const { Journey, applicant } = require('../lib/journey');
const { sql } = require('../lib/sql');
const { pids } = require('../lib/stack');
const { staff } = require('../lib/staff');

async function printed(more) {
	const j = await Journey.draft();
	await j.fill(more);
	await j.print();
	return j;
}

const many = (n) => Array.from({ length: n }, (_, i) => ({ seal_kind: 'unit', seal_name: `广州市龙洞幼儿园（筹）${i + 1}号章䶮` }));

async function put(j, material, name, pages) {
	return j.put(material, name, 'application/pdf', scans.pdf(pages));
}

const list = async (j) => (await j.owner.want(200, 'GET', `${j.url}/attachments`)).json;
const codes = (found) => found.map((f) => (f.page ? `${f.code}@${f.page}` : f.code)).join(' ');
const warned = (found) => codes(found.filter((f) => f.level === 'warn'));
async function advice(j, material = 'm1') {
	await j.look();
	return j.case.materials.find((m) => m.code === material).advice;
}

let one, formOfOne, other; /* a case and its paper, and somebody else's */

test.before(async () => {
	one = await printed();
	formOfOne = await one.formPdf();
	other = await printed();
});

test('a good scan: each page is known, nothing is wrong', async (t) => {
	const pages = scans.whole(formOfOne);
	const began = Date.now();
	const file = await put(one, 'm1', '申请表（盖章）𠮷.pdf', pages);
	const took = Date.now() - began;
	assert.equal(file.state, 'accepted');
	assert.equal(codes(file.findings), 'form_page@1 form_page@2 form_page@3');
	assert.match(file.findings[1].text, /第二份第1页，第1版/);
	assert.match(file.findings[2].text, /申请表印模页，第1版/);
	assert.deepEqual(file.pages.map((p) => p.form), [1, 2, 9].map((copy) => ({ version: 1, page: 1, pages: 1, copy, state: 'current' })));
	await one.look();
	assert.deepEqual([one.case.form.pages, one.case.form.seal_pages], [3, 1]);
	for (const p of file.pages) {
		assert.equal(p.seals.length, 1, `page ${p.page}: one seal`);
		assert.ok(Math.abs(p.seals[0].diameter - 400) <= 15, `page ${p.page}: ${p.seals[0].diameter / 10} mm`);
		assert.equal(p.grey, false);
	}
	const at = file.pages[0].seals[0];
	assert.ok(Math.abs(at.x + at.w / 2 - 163 / 210 * 1e4) < 150 && Math.abs(at.y + at.h / 2 - 223 / 297 * 1e4) < 150, `the seal is at ${JSON.stringify(at)}`);
	assert.deepEqual(await advice(one), []);
	t.diagnostic(`${took} ms from the first byte to the findings`);
});

test('staff are told the same', async () => {
	const c = await staff('clerk1');
	const seen = (await c.want(200, 'GET', `${one.desk}/attachments`)).json;
	assert.deepEqual(seen, await list(one));
	const kase = (await c.want(200, 'GET', one.desk)).json;
	assert.deepEqual(kase.materials.map((m) => [m.code, m.advice]), one.case.materials.map((m) => [m.code, m.advice]));
	await (await applicant()).want(404, 'GET', `${one.url}/attachments`);
});

test('after a change of the data the same pages are outdated, also once the new form is printed', async () => {
	await one.change({ years: one.typed.years === 1 ? 2 : 1 });
	let [file] = await list(one);
	assert.equal(warned(file.findings), 'outdated@1 outdated@2 outdated@3');
	assert.match(file.findings[0].text, /资料又改过，请重新生成/);
	assert.equal(codes(await advice(one)), 'outdated');
	await one.print();
	[file] = await list(one);
	assert.deepEqual(file.pages.map((p) => p.form.state), ['outdated', 'outdated', 'outdated']);
	assert.match(file.findings[0].text, /这是第1版申请表，您的资料已是第2版/);
	const again = await put(one, 'm1', '申请表第二版.pdf', scans.whole(await one.formPdf()));
	assert.deepEqual(again.pages.map((p) => [p.form.version, p.form.state]), Array(3).fill([2, 'current']));
	assert.deepEqual(await advice(one), []);
});

test('a page and a copy are missing, a page is there twice', async () => {
	let j;
	do j = await printed({ items: many(5) });
	while (j.typed.unit.name.length > 40); /* with five lines and a long name, a copy takes two sheets */
	const pages = scans.whole(await j.formPdf(), { seals: 5 });
	assert.equal(pages.length, 4);
	await put(j, 'm1', '第一份.pdf', [pages[0]]);
	assert.equal(codes(await advice(j)), 'copy_missing copy_missing');
	assert.deepEqual((await advice(j)).map((f) => /第二份|印模页/.exec(f.text)[0]), ['第二份', '印模页']);
	await put(j, 'm1', '其余.pdf', [pages[1], pages[2], pages[2]]);
	const said = await advice(j);
	assert.equal(codes(said), 'page_twice page_missing');
	assert.match(said[1].text, /还缺申请表印模页第2页/);
	await j.put('m1', '最后一页.png', 'image/png', scans.png(pages[3]));
	assert.equal(codes(await advice(j)), 'page_twice');
});

test('the page for seal impressions is asked for, once, and wants a seal', async () => {
	const j = await printed();
	const pages = scans.whole(await j.formPdf());
	await put(j, 'm1', '两份.pdf', pages.slice(0, 2));
	assert.deepEqual((await advice(j)).map((f) => [f.code, f.level, f.text]), [['page_missing', 'warn', '还缺申请表印模页，请补传']]);
	const bare = await put(j, 'm1', '没盖章.pdf', [scans.sign(scans.print(await j.formPdf())[2])]);
	assert.equal(codes(bare.findings), 'form_page@1 no_impression@1');
	assert.deepEqual(await advice(j), []);
});

test('without seal, without colour, a seal of another size, a seal at the edge', async () => {
	const j = await printed();
	const form = await j.formPdf();
	const bare = scans.sign(scans.print(form)[0]), copy = scans.grey(scans.stamp(scans.copy(bare)));
	const small = scans.stamp(scans.copy(bare), { mm: 32 }), cut = scans.stamp(scans.copy(bare), { x: 200 });
	const file = await put(j, 'm1', '申请表四种.pdf', [bare, copy, small, cut]);
	const at = (n) => codes(file.findings.filter((f) => f.page === n && f.code !== 'form_page').map(({ code }) => ({ code })));
	assert.equal(at(1), 'no_seal');
	assert.equal(at(2), 'grey_copy');
	assert.equal(at(3), 'seal_size');
	assert.match(file.findings.find((f) => f.code === 'seal_size').text, /约3[123]毫米/);
	assert.match(at(4), /^(seal_cut|seal_cut .*)$/);
	assert.equal(file.state, 'accepted');
});

test('another case, a forged code, a strange code, no code at all', async () => {
	const j = await printed();
	const form = await j.formPdf(), [code] = scans.codesOf(form);
	const [theirs] = scans.whole(await other.formPdf());
	const [mine] = scans.whole(form);
	const forged = scans.recode(scans.copy(mine), code.slice(0, -1) + (code.endsWith('A') ? 'B' : 'A'));
	const older = scans.recode(scans.copy(mine), code.replace(/^(Z1\w{17})01/, '$109'));
	const strange = scans.recode(scans.copy(mine), 'HTTPS://EXAMPLE.CN/FP/20261122');
	const none = scans.copy(mine);
	scans.recode(none, 'X');
	none.rgb.fill(255, 0, none.width * 3 * Math.round(44 / 297 * none.height));
	const a = await put(j, 'm1', '别人的和改过的.pdf', [theirs, forged, older]);
	assert.deepEqual(a.pages.map((p) => p.form && p.form.state), ['other_case', 'forged', 'forged']);
	assert.equal(warned(a.findings), 'other_case@1 forged@2 forged@3');
	assert.ok(a.findings[0].text.includes(other.no));
	const b = await put(j, 'm1', '不认识的.pdf', [strange, none]);
	assert.deepEqual(b.pages.map((p) => p.form), [null, null]);
	assert.equal(warned(b.findings), 'foreign@1 no_code@2');
	assert.equal(codes(await advice(j)), 'no_form');
	/* under a licence a strange code is nobody's business */
	const c = await put(j, 'm2', '营业执照.pdf', [strange]);
	assert.equal(c.material, 'm2');
	assert.equal(warned(c.findings), '');
});

test('a form under another material files itself, a mixture stays and says which page is what', async () => {
	const j = await printed();
	const pages = scans.whole(await j.formPdf());
	const licence = scans.stamp(scans.paper(), { x: 100, y: 100 });
	await tus.upload(j.owner, j.no, 'm2', '扫描件.pdf', 'application/pdf', scans.pdf([...pages.slice(0, 2), scans.blank()]));
	const moved = await j.settled('m1');
	assert.equal(moved.material, 'm1');
	assert.equal(moved.filed_from, 'm2');
	assert.equal(codes(moved.findings), 'filed form_page@1 form_page@2 blank_page@3');
	await j.look();
	assert.deepEqual(j.case.materials.filter((m) => m.files.length).map((m) => m.code), ['m1']);
	const mixed = await put(j, 'm2', '执照和表.pdf', [licence, pages[2]]);
	assert.equal(mixed.material, 'm2');
	assert.equal(mixed.filed_from, null);
	assert.equal(codes(mixed.findings), 'other_page@1 form_page@2');
	const plain = await put(j, 'm2', '执照𬭊.pdf', [licence]);
	assert.equal(plain.material, 'm2');
	assert.equal(codes(plain.findings), '');
	/* and the other way round: what has no code stays where it was put */
	const stays = await put(j, 'm1', '执照放错.pdf', [scans.stamp(licence, { x: 60, y: 60 })]);
	assert.equal(stays.material, 'm1');
	assert.equal(codes(stays.findings), 'no_code@1');
});

const workers = (signal) => pids('worker').forEach((pid) => process.kill(pid, signal));

/* What the files of a case are when one of them is accepted while the answer is halted after its nth statement. */
async function acceptedWithin(j, name, n) {
	const checking = () => sql(`SELECT 1 FROM attachment t JOIN application a ON a.id=t.application_id WHERE a.no='${j.no}' AND t.state='checking'`);
	workers('SIGSTOP');
	try {
		await tus.upload(j.owner, j.no, 'm3', name, 'image/png', scans.png(scans.blank({ dpi: 30 + n })));
		const r = await inject('attachment', n ? [`sendto:signal=SIGSTOP:when=${n}`] : [], { before: () => list(j), body: async (pid) => {
			const answer = list(j);
			if (n) await halted(pid);
			workers('SIGCONT');
			while (n && checking()) await new Promise((next) => setTimeout(next, 50));
			if (n) process.kill(pid, 'SIGCONT');
			return answer;
		} });
		return { file: r.answer.find((f) => f.filename === name), statements: r.lines.filter((l) => l.startsWith('sendto(')).length };
	} finally {
		workers('SIGCONT');
		await j.settled('m3');
	}
}

test('who asks at the very moment a file is accepted is told what was seen on it', async (t) => {
	const why = may('attachment');
	if (why) return t.skip(why);
	const j = await printed(), states = new Set();
	const { statements } = await acceptedWithin(j, '空白.png', 0);
	for (let n = 1; n < statements; n++) {
		const { file } = await acceptedWithin(j, `空白${n}.png`, n);
		states.add(file.state);
		if (file.state === 'accepted') assert.match(codes(file.findings), /blank_page@1$/, `accepted after statement ${n} of ${statements}`);
	}
	assert.deepEqual([...states], ['accepted', 'checking']);
});

test('a form does not file itself where nothing may be added', async () => {
	const j = await Journey.to('submitted');
	await j.claim();
	await j.fail('m2');
	await j.sendBack();
	const pages = scans.whole(await j.formPdf());
	const file = await put(j, 'm2', '申请表.pdf', pages.slice(0, 1));
	assert.equal(file.material, 'm2');
	assert.equal(file.filed_from, null);
	assert.equal(codes(file.findings), 'form_page@1');
});

test('a copy that must be stamped', async () => {
	const j = await printed();
	const bare = scans.sign(scans.paper());
	await put(j, 'm3', '身份证.pdf', [bare]);
	assert.equal(codes(await advice(j, 'm3')), 'no_seal');
	await put(j, 'm3', '身份证（盖章）.pdf', [scans.stamp(scans.copy(bare), { x: 100, y: 150, mm: 42 })]);
	assert.equal(codes(await advice(j, 'm3')), '');
	await put(j, 'm2', '执照.pdf', [scans.grey(scans.stamp(scans.paper()))]);
	assert.equal(codes(await advice(j, 'm2')), 'grey_copy');
	await j.put('m6', '回单.png', 'image/png', files.png());
	assert.equal(codes(await advice(j, 'm6')), '');
});

test('advice stops nobody: a case whose scans are all wrong is submitted', async () => {
	const j = await printed();
	const page = scans.grey(scans.print(await other.formPdf())[0]);
	for (const m of ['m1', 'm2', 'm3', 'm6']) await put(j, m, `${m}.pdf`, [page]);
	assert.ok((await advice(j)).length > 0);
	await j.submit();
});
