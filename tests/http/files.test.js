'use strict';
/* A sample of what `make torture` does with all: hostile files and good ones as uploads; and odd names. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const env = require('../lib/env');
const files = require('../lib/files');
const bytes = require('../lib/bytes');
const tus = require('../lib/tus');
const { hostile, MARK } = require('../torture/hostile');
const { odd_names, try_name, other_names } = require('../lib/names');
const { Journey } = require('../lib/journey');

let j;
test.before(async () => {
	j = await Journey.draft();
	await j.fill();
	await j.print();
});

/* A form of this case that was put elsewhere goes to its own place by itself. */
async function slot(name) {
	for (const end = Date.now() + 90000; ;) {
		const t = (await j.owner.want(200, 'GET', `${j.url}/attachments`)).json.find((x) => x.filename === name.slice(0, 120) || x.state === 'checking');
		if (t && t.state !== 'checking') return t.material;
		assert.ok(Date.now() < end, `${name} is still being checked`);
		await new Promise((r) => setTimeout(r, 100));
	}
}

/* The attachment, or the refusal of the last piece. */
async function upload(name, body) {
	const a = await tus.create(j.owner, body.length, { application: j.no, material: 'm2', filename: name, filetype: 'application/octet-stream' }, { loose: true });
	if (a.status !== 201) return { state: 'refused', codes: a.json.errors.map((e) => e.code) };
	for (let at = 0; at < body.length; at += tus.CHUNK) {
		const p = await tus.patch(j.owner, tus.place(a), at, body.subarray(at, at + tus.CHUNK), { loose: true });
		if (p.status !== 204) return { state: 'refused', codes: p.json.errors.map((e) => e.code) };
	}
	const t = await j.settled(await slot(name));
	const pages = [];
	for (let p = 1; p <= t.page_count; p++) pages.push((await j.owner.want(200, 'GET', `/api/attachments/${t.id}/pages/${p}`)).body);
	await j.owner.want(204, 'DELETE', `/api/attachments/${t.id}`);
	return { state: t.state, codes: t.findings.map((f) => f.code), pages };
}

test('one in eighty hostile files: refused, or only a picture of ours is seen', async () => {
	let n = 0, seen = 0, refused = 0;
	for await (const f of hostile()) {
		if (n++ % 80) continue;
		const t = await upload(f.name, f.bytes);
		seen++;
		if (f.must === 'refused') assert.equal(t.state, 'refused', f.name);
		if (t.state === 'refused') {
			refused++;
			assert.ok(t.codes.length > 0, `${f.name}: no reason`);
			assert.ok(!t.codes.includes('failed'), `${f.name}: ${t.codes}`);
		} else for (const p of t.pages) assert.ok(!p.includes(MARK) && p.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])), f.name);
	}
	assert.ok(seen >= 28 && refused > seen / 2, `${refused} of ${seen} refused`);
});

test('each reason by its name', async () => {
	const packed = bytes.one_page('0 0 9 9 re f', { version: '1.5', objects: [bytes.stream('1 0 << /S /JavaScript /JS (app.alert) >>', '/Type /ObjStm /N 1 /First 4', true)] });
	for (const [code, name, body] of [
		['active', 'a.pdf', packed], ['active', 'b.pdf', bytes.one_page('', { catalog: '/AcroForm << /XFA [] >>' })], ['encrypted', 'c.pdf', bytes.one_page('', { trailer: '/Encrypt << /Filter /Standard >>' })],
		['too_many_pages', 'd.pdf', files.pdf({ pages: 21 })], ['too_large_picture', 'e.png', await bytes.png({ width: 7000, height: 6000, data: Buffer.alloc(9) })], ['broken', 'f.jpg', files.JPEG.subarray(0, 900)],
		['polyglot', 'g.jpg', Buffer.concat([files.JPEG, Buffer.from('PK\x05\x06' + '\0'.repeat(18))])], ['heic', 'h.heic', Buffer.from('\0\0\0\x18ftypheic' + '\0'.repeat(100), 'latin1')], ['type', 'i.gif', Buffer.from('GIF89a' + 'x'.repeat(99))],
		['too_complex', 'j.pdf', bytes.one_page(bytes.stream(Buffer.alloc(60 << 20, 'q '), '', true))],
	]) {
		const t = await upload(name, body);
		assert.deepEqual([t.state, t.codes], ['refused', [code]], name);
	}
});

test('good files of the tools at hand are taken', async () => {
	const folder = path.join(env.varDir, 'test-good');
	fs.mkdirSync(folder, { recursive: true });
	const at = (name) => path.join(folder, name);
	fs.writeFileSync(at('copies.pdf'), await j.formPdf());
	execFileSync('qpdf', [at('copies.pdf'), '--pages', '.', '1', '--', at('form.pdf')]);
	fs.rmSync(at('copies.pdf'));
	for (const [name, args] of Object.entries({ linear: ['--linearize'], objects: ['--object-streams=generate'], plain: ['--stream-data=uncompress', '--object-streams=disable'] })) execFileSync('qpdf', [at('form.pdf'), ...args, at(`${name}.pdf`)]);
	execFileSync('pdftocairo', ['-pdf', at('form.pdf'), at('cairo.pdf')]);
	for (const [name, args] of Object.entries({ rgb: ['-png'], steps: ['-jpeg', '-jpegopt', 'progressive=y'], grey: ['-jpeg', '-gray'] })) execFileSync('pdftocairo', ['-singlefile', '-r', '100', ...args, at('form.pdf'), at(name)]);
	const paint = (row, y) => row.forEach((_, i) => { row[i] = (i ^ y) & 255; });
	for (const [depth, colour, interlace] of [[1, 0, 1], [16, 0, 0], [16, 2, 1], [8, 4, 0], [16, 6, 1]]) fs.writeFileSync(at(`${depth}-${colour}-${interlace}.png`), await bytes.png({ width: 99, height: 77, depth, colour, interlace, paint }));
	for (let turn = 1; turn <= 8; turn += 3) fs.writeFileSync(at(`exif-${turn}.jpg`), bytes.with_segment(files.JPEG, 0xe1, Buffer.from(`Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0${String.fromCharCode(turn)}\0\0\0\0\0\0\0`, 'latin1')));
	try {
		for (const name of fs.readdirSync(folder)) {
			const t = await upload(name, fs.readFileSync(at(name)));
			assert.equal(t.state, 'accepted', `${name}: ${t.codes}`);
		}
	} finally {
		fs.rmSync(folder, { recursive: true });
	}
});

test('odd names, one in five: stored under random letters, given back in a header of one line', async () => {
	let taken = 0, refused = 0;
	for (const [i, name] of odd_names().entries()) {
		if (i % 5) continue;
		if (await try_name(j, name, i)) taken++;
		else refused++;
	}
	assert.ok(taken > 70 && refused > 3, `${taken} taken, ${refused} refused`);
	assert.deepEqual(other_names(), [], 'the store holds other names');
});
