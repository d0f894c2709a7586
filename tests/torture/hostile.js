'use strict';
/* More than two thousand files that mean no good, or that met with an accident; the same every time.
 *   for await (const f of hostile()) …    f.name, f.bytes, f.must, f.mark
 * must: 'refused' — whatever else happens, it may not be taken; 'clean' — it may be taken when its pages can be drawn, for what
 * people see then is a picture of ours.  mark: bytes of the file that must not be in that picture. */
const zlib = require('node:zlib');
const b = require('../lib/bytes');
const files = require('../lib/files');
const pdfs = require('./hostile_pdf');

const SEED = 20261122;
const { latin, chunk, ihdr, PNG } = b;
const MARK = 'ZHENGYIN-MARK-0123456789abcdef';

/* What somebody would like to see run or unpacked. */
const PAYLOADS = {
	php: `<?php /*${MARK}*/ system($_GET["c"]); ?>`,
	script: `<script>/*${MARK}*/alert(document.cookie)</script>`,
	html: `<html><body onload=alert(1)>${MARK}</body></html>`,
	doctype: `<!DOCTYPE html><img src=x onerror=alert("${MARK}")>`,
	zip: `PK\x03\x04${MARK}PK\x01\x02${'\0'.repeat(42)}PK\x05\x06${'\0'.repeat(18)}`,
	jar: `PK\x03\x04\x14\0\x08\0META-INF/MANIFEST.MF${MARK}PK\x05\x06${'\0'.repeat(18)}`,
	exe: `MZ\x90\0\x03\0\0\0\x04${MARK}This program cannot be run in DOS mode`,
	elf: `\x7fELF\x02\x01\x01${MARK}`,
	shell: `#!/bin/sh\n# ${MARK}\nrm -rf /\n`,
	rar: `Rar!\x1a\x07\x01\0${MARK}`,
	seven: `7z\xbc\xaf\x27\x1c${MARK}`,
	java: `\xca\xfe\xba\xbe\0\0\0\x34${MARK}`,
	pdf: `%PDF-1.4\n% ${MARK}\ntrailer <</Root 1 0 R>>\n%%EOF\n`,
};
/* In a comment or a text these are looked for; the others are thrown away with the rest of it. */
const SCRIPTS = ['php', 'script', 'html', 'doctype'];

const MAGIC = {
	gif: 'GIF89a', gifold: 'GIF87a', bmp: 'BM', tiff: 'II*\0', tiffbe: 'MM\0*', webp: 'RIFF\x24\0\0\0WEBPVP8 ', ico: '\0\0\x01\0', psd: '8BPS', jp2: '\0\0\0\x0cjP  \r\n\x87\n',
	jxl: '\xff\x0a', heic: '\0\0\0\x18ftypheic', avif: '\0\0\0\x1cftypavif', mp4: '\0\0\0\x18ftypmp42', mov: '\0\0\0\x14ftypqt  ', mp3: 'ID3\x03', ogg: 'OggS', wav: 'RIFF\x24\0\0\0WAVEfmt ',
	zip: 'PK\x03\x04', docx: 'PK\x03\x04\x14\0\x06\0word/document.xml', ofd: 'PK\x03\x04\x14\0\0\0OFD.xml', rar: 'Rar!\x1a\x07\0', seven: '7z\xbc\xaf\x27\x1c', gz: '\x1f\x8b\x08', bz2: 'BZh9', xz: '\xfd7zXZ\0', tar: 'ustar',
	exe: 'MZ\x90\0', elf: '\x7fELF\x02\x01\x01', macho: '\xcf\xfa\xed\xfe', java: '\xca\xfe\xba\xbe', wasm: '\0asm\x01', doc: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', rtf: '{\\rtf1', ps: '%!PS-Adobe-3.0\n', html: '<!DOCTYPE html><html>',
	svg: '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', xml: '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', php: '<?php phpinfo();', shell: '#!/bin/bash\n', py: '#!/usr/bin/env python3\n',
	js: 'alert(1);//', csv: '=cmd|\'/C calc\'!A0', eml: 'From: a@example.com\r\n', lnk: 'L\0\0\0\x01\x14\x02\0', sqlite: 'SQLite format 3\0', pem: '-----BEGIN CERTIFICATE-----\n', text: 'hello, 你好', zero: '\0\0\0\0', bom: '\xef\xbb\xbfhello', utf16: '\xff\xfeh\0i\0',
};

function* types(r) {
	for (const [name, magic] of Object.entries(MAGIC)) {
		for (const ext of ['jpg', 'png', 'pdf']) yield { name: `type-${name}.${ext}`, must: 'refused', bytes: Buffer.concat([latin(magic), r.bytes(200 + r.below(2000))]) };
	}
	yield { name: 'type-empty.jpg', must: 'refused', bytes: Buffer.alloc(0) };
	for (const head of ['\xff\xd8\xff\xe0', '\x89PNG\r\n\x1a\n', '%PDF-1.7\n']) {
		for (let n = 0; n < 12; n++) {
			const what = r.pick(Object.values(PAYLOADS));
			yield { name: `type-headed-${n}-${head.charCodeAt(1)}`, must: 'refused', bytes: Buffer.concat([latin(head), latin(what), r.bytes(r.below(600))]) };
		}
	}
}

/* Whole files that are fine: what the cutters begin with. */
async function bases() {
	const grain = b.random(7);
	const paint = (row, y) => row.forEach((_, i) => { row[i] = ((i >> 3) ^ (y >> 2)) & 4 ? 235 : 20 + grain.below(16); });
	const objstm = zlib.deflateSync(latin('1 0 2 34 <</Type/Catalog/Pages 2 0 R     >><</Type/Pages/Kids[3 0 R]/Count 1>>'));
	return {
		'rgb.png': await b.png({ width: 320, height: 240, paint }),
		'grey16.png': await b.png({ width: 200, height: 150, depth: 16, colour: 0, interlace: 1, paint }),
		'palette.png': await b.png({ width: 300, height: 100, depth: 4, colour: 3, before: [chunk('PLTE', b.random(3).bytes(48)), chunk('tRNS', Buffer.alloc(16, 128))], paint }),
		'photo.jpg': files.jpeg('base'),
		'exif.jpg': b.with_segment(files.JPEG, 0xe1, latin('Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0')),
		'plain.pdf': files.pdf({ pages: 2, note: 'base' }),
		'packed.pdf': b.pdf(['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>', '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R >>',
			b.stream('1 0 0 1 10 10 cm 0 0 100 100 re f', '', true), Buffer.concat([latin(`<< /Type /ObjStm /N 2 /First 9 /Filter /FlateDecode /Length ${objstm.length} >>\nstream\n`), objstm, latin('\nendstream')])]),
	};
}

function* cut(r, all) {
	for (const [name, bytes] of Object.entries(all)) {
		const end = name.endsWith('.pdf') ? bytes.lastIndexOf('startxref') + 5 : bytes.length - 1;
		for (let i = 0; i < 60; i++) yield { name: `cut-${i}-${name}`, must: 'refused', bytes: bytes.subarray(0, Math.floor((end * (i + 1)) / 60)) };
		for (let i = 0; i < 12; i++) { /* cut, and an end put on */
			const tail = name.endsWith('.jpg') ? Buffer.from([0xff, 0xd9]) : name.endsWith('.png') ? chunk('IEND', Buffer.alloc(0)) : latin('\nstartxref\n0\n%%EOF\n');
			yield { name: `ended-${i}-${name}`, must: 'clean', bytes: Buffer.concat([bytes.subarray(0, 100 + r.below(bytes.length - 100)), tail]) };
		}
	}
}

function* damaged(r, all) {
	for (const [name, bytes] of Object.entries(all)) {
		for (let i = 0; i < 80; i++) {
			const x = Buffer.from(bytes);
			for (let k = 1 + r.below(i < 40 ? 2 : 30); k > 0; k--) x[r.below(x.length)] ^= 1 << r.below(8);
			yield { name: `flip-${i}-${name}`, must: 'clean', bytes: x };
		}
		for (let i = 0; i < 24; i++) {
			const from = r.below(bytes.length), n = 1 + r.below(bytes.length >> 2), to = r.below(bytes.length);
			const part = i % 3 === 0 ? r.bytes(n) : i % 3 === 1 ? bytes.subarray(from, from + n) : Buffer.alloc(0);
			yield { name: `splice-${i}-${name}`, must: 'clean', bytes: Buffer.concat([bytes.subarray(0, to), part, bytes.subarray(to + (i % 2 ? n : 0))]) };
		}
	}
}

async function* polyglots() {
	const jpeg = files.JPEG;
	const image = await b.png({ width: 120, height: 90 });
	const paper = files.pdf({ pages: 1, note: 'x' });
	for (const [name, text] of Object.entries(PAYLOADS)) {
		const p = latin(text);
		const listed = SCRIPTS.includes(name) ? 'refused' : 'clean';
		const put = (where, must, bytes) => ({ name: `two-${name}-${where}`, must, bytes, mark: MARK });
		for (const [marker, where] of [[0xfe, 'comment.jpg'], [0xe1, 'app1.jpg'], [0xed, 'app13.jpg'], [0xe0, 'app0.jpg'], [0xef, 'app15.jpg']]) yield put(where, listed, b.with_segment(jpeg, marker, p));
		yield put('exif.jpg', listed, b.with_segment(jpeg, 0xe1, Buffer.concat([latin('Exif\0\0MM\0*\0\0\0\x08\0\0'), p])));
		yield put('quantization.jpg', 'clean', b.with_segment(jpeg, 0xdb, Buffer.concat([Buffer.from([7]), Buffer.alloc(64, 1), p])));
		yield put('tail.jpg', 'refused', Buffer.concat([jpeg, p]));
		yield put('tail-blank.jpg', 'refused', Buffer.concat([jpeg, latin('\r\n \0'), p]));
		for (const [type, body] of [['tEXt', p], ['iTXt', Buffer.concat([latin('Comment\0\0\0\0\0'), p])], ['zzZz', p], ['eXIf', p]]) {
			const must = type.endsWith('Xt') ? listed : 'clean';
			yield put(`${type}.png`, must, await b.png({ width: 40, height: 40, before: [chunk(type, body)] }));
		}
		yield put('ztxt.png', 'clean', await b.png({ width: 40, height: 40, before: [chunk('zTXt', Buffer.concat([latin('Comment\0\0'), zlib.deflateSync(p)]))] }));
		yield put('profile.png', 'clean', await b.png({ width: 40, height: 40, before: [chunk('iCCP', Buffer.concat([latin('icc\0\0'), zlib.deflateSync(p)]))] }));
		yield put('pixels.png', 'clean', await b.png({ width: 256, height: 4, data: zlib.deflateSync(Buffer.alloc(4 * 769).fill(p, 1, 1 + p.length), { level: 0 }) }));
		yield put('tail.png', 'refused', Buffer.concat([image, p]));
		yield put('before.jpg', 'refused', Buffer.concat([p, jpeg]));
		yield put('before.png', 'refused', Buffer.concat([p, image]));
		if (name !== 'pdf') yield put('before.pdf', 'refused', Buffer.concat([p, paper]));
		yield put('tail.pdf', ['zip', 'jar'].includes(name) ? 'refused' : 'clean', Buffer.concat([paper, p, latin('\n%%EOF\n')]));
		yield put('head.pdf', ['zip', 'jar'].includes(name) ? 'refused' : 'clean', b.one_page('0 0 9 9 re f', { head: `%${text.replace(/[\r\n]/g, ' ')}\n` }));
	}
	yield { name: 'two-gifar.gif', must: 'refused', bytes: Buffer.concat([latin('GIF89a\x01\0\x01\0\0\0\0;'), latin(PAYLOADS.jar)]) };
}

/* --- pictures that are too much, or not right --- */

async function* large_pngs() {
	const small = zlib.deflateSync(Buffer.alloc(4096));
	for (const [w, h] of [[30000, 30000], [65535, 65535], [2147483647, 2147483647], [4294967295, 1], [1, 40000001], [30001, 1], [1, 30001], [6326, 6326], [20000, 2001], [40000, 1000], [0, 10], [10, 0], [2147483648, 1], [16385, 16385], [8000, 5001]]) {
		for (const [depth, colour] of [[8, 2], [1, 0], [16, 6]]) yield { name: `large-${w}x${h}-${depth}-${colour}.png`, must: 'refused', bytes: Buffer.concat([PNG, ihdr(w, h, depth, colour), chunk('IDAT', small), chunk('IEND', Buffer.alloc(0))]) };
	}
	/* The full size and nothing in it, or all of it in a hundred kilobytes. */
	for (const interlace of [0, 1]) {
		yield { name: `empty-${interlace}.png`, must: 'refused', bytes: Buffer.concat([PNG, ihdr(6324, 6324, 16, 6, interlace), chunk('IDAT', small), chunk('IEND', Buffer.alloc(0))]) };
		for (const [w, h, depth, colour] of [[6324, 6324, 16, 6], [6324, 6324, 8, 2], [1333, 30000, 16, 6], [30000, 1333, 8, 4], [3999, 3999, 16, 6], [30000, 1, 1, 0], [1, 30000, 16, 2], [1, 1, 16, 6]]) {
			yield { name: `full-${w}x${h}-${depth}-${colour}-${interlace}.png`, must: 'clean', bytes: await b.png({ width: w, height: h, depth, colour, interlace }) };
		}
	}
	const bomb = zlib.deflateSync(Buffer.alloc(100 << 20), { level: 9 });
	for (const [type, head] of [['zTXt', 'x\0\0'], ['iTXt', 'x\0\x01\0\0\0'], ['iCCP', 'x\0\0'], ['zzZz', '']]) {
		for (const times of [1, 20]) yield { name: `bomb-${type}-${times}.png`, must: 'clean', bytes: await b.png({ before: Array(times).fill(chunk(type, Buffer.concat([latin(head), bomb]))) }) };
	}
	yield { name: 'bomb-idat.png', must: 'clean', bytes: await b.png({ width: 8, height: 8, data: bomb }) };
	for (const n of [1000, 100000]) {
		yield { name: `many-texts-${n}.png`, must: 'clean', bytes: await b.png({ before: Array(n).fill(chunk('tEXt', latin('a\0b'))) }) };
		yield { name: `many-empty-idats-${n}.png`, must: 'clean', bytes: await b.png({ before: Array(n).fill(chunk('IDAT', Buffer.alloc(0))) }) };
		yield { name: `animated-${n}.png`, must: 'clean', bytes: await b.png({ before: [chunk('acTL', Buffer.concat([b.be32(n), b.be32(0)])), ...Array(n).fill(chunk('fdAT', Buffer.concat([b.be32(1), small.subarray(0, 40)])))] }) };
	}
}

async function* wrong_pngs(r) {
	const good = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] };
	const idat = chunk('IDAT', zlib.deflateSync(Buffer.alloc(64 * 600)));
	const end = chunk('IEND', Buffer.alloc(0));
	for (let colour = 0; colour <= 7; colour++) {
		for (const depth of [0, 1, 2, 3, 4, 8, 9, 16, 32, 255]) {
			const right = (good[colour] || []).includes(depth);
			if (!right || colour === 3) yield { name: `kind-${colour}-${depth}.png`, must: 'refused', bytes: Buffer.concat([PNG, ihdr(64, 64, depth, colour), idat, end]) };
		}
	}
	const p = await b.png();
	for (const [name, head] of [['interlace', ihdr(64, 64, 8, 2, 2)], ['compression', ihdr(64, 64, 8, 2, 0, 1)], ['filter', ihdr(64, 64, 8, 2, 0, 0, 1)]]) yield { name: `head-${name}.png`, must: 'refused', bytes: Buffer.concat([PNG, head, idat, end]) };
	yield { name: 'two-heads.png', must: 'refused', bytes: Buffer.concat([PNG, ihdr(64, 64), ihdr(6000, 6000), idat, end]) };
	yield { name: 'no-head.png', must: 'refused', bytes: Buffer.concat([PNG, idat, end]) };
	yield { name: 'no-data.png', must: 'refused', bytes: Buffer.concat([PNG, ihdr(64, 64), end]) };
	yield { name: 'sum-of-head.png', must: 'refused', bytes: Buffer.concat([PNG, chunk('IHDR', p.subarray(16, 29), b.be32(1)), p.subarray(33)]) };
	for (let i = 5; i < 256; i += 10) yield { name: `row-filter-${i}.png`, must: 'refused', bytes: await b.png({ data: zlib.deflateSync(Buffer.alloc(64 * 193, i)) }) };
	for (let i = 0; i < 20; i++) {
		const n = [0, 1, 3, 7, 769, 900][i % 6];
		yield { name: `palette-${i}.png`, must: n % 3 || !n || n > 768 ? 'refused' : 'clean', bytes: await b.png({ depth: 8, colour: 3, before: [chunk('PLTE', r.bytes(n)), chunk('tRNS', r.bytes(r.below(400)))] }) };
	}
}

const zeros = (n) => Buffer.alloc(n);
const DQT = b.segment(0xdb, Buffer.concat([Buffer.from([0]), Buffer.alloc(64, 1)]));
/* One code of one bit each: no difference in DC, end of block in AC; in progressive files the end of 16,384 blocks. */
const table = (ac) => Buffer.concat([[0x00, 0], [0x10, ac]].map(([id, symbol]) => b.segment(0xc4, Buffer.concat([Buffer.from([id, 1]), zeros(15), Buffer.from([symbol])]))));
const DHT = table(0), DHT_RUNS = table(0xe0);
const SOI = Buffer.from([0xff, 0xd8]), EOI = Buffer.from([0xff, 0xd9]);
function frame(marker, width, height, parts, precision = 8) {
	return b.segment(marker, Buffer.concat([Buffer.from([precision]), b.be16(height), b.be16(width), Buffer.from([parts.length]), ...parts.map(([h, v], i) => Buffer.from([i + 1, h << 4 | v, 0]))]));
}
function scan(ids, from, to, approx, data = zeros(40)) {
	return Buffer.concat([b.segment(0xda, Buffer.concat([Buffer.from([ids.length]), ...ids.map((i) => Buffer.from([i, 0])), Buffer.from([from, to, approx])])), data]);
}
const ONE = [[1, 1]], THREE = [[2, 2], [1, 1], [1, 1]];
const whole = (...parts) => Buffer.concat([SOI, DQT, DHT, ...parts, EOI]);
const progressive = (...parts) => Buffer.concat([SOI, DQT, DHT_RUNS, ...parts, EOI]);
/* Bits that say nothing, enough for all blocks of a picture of so many pixels. */
const bits = (w, h, each) => zeros(Math.ceil((Math.ceil(w / 8) + 4) * (Math.ceil(h / 8) + 4) * each / 8) + 16);

function* jpegs(r) {
	for (const [w, h] of [[65500, 65500], [65535, 65535], [65535, 1], [1, 65535], [30001, 2], [6326, 6326], [20000, 2001], [8000, 5001], [0, 100]]) {
		for (const marker of [0xc0, 0xc2]) yield { name: `large-${w}x${h}-${marker}.jpg`, must: 'refused', bytes: whole(frame(marker, w, h, THREE), scan([1, 2, 3], 0, marker === 0xc0 ? 63 : 0, 0)) };
	}
	for (const [w, h] of [[6324, 6324], [30000, 1333], [1333, 30000], [30000, 1], [1, 30000], [1, 1], [3999, 3999]]) {
		for (const parts of [ONE, THREE, [[4, 4], [1, 1], [1, 1]], [[1, 1], [1, 1], [1, 1], [1, 1]]]) {
			const ids = parts.map((_, i) => i + 1);
			yield { name: `full-${w}x${h}-${parts.length}-${parts[0][0]}.jpg`, must: 'clean', bytes: whole(frame(0xc0, w, h, parts), scan(ids, 0, 63, 0, bits(w, h, 2 * ids.length))) };
			yield { name: `progressive-${w}x${h}-${parts.length}-${parts[0][0]}.jpg`, must: 'clean', bytes: progressive(frame(0xc2, w, h, parts), scan(ids, 0, 0, 0, bits(w, h, ids.length)), ...ids.map((i) => scan([i], 1, 63, 0, bits(w, h, 15 / 16384)))) };
		}
	}
	/* Each further scan walks through all blocks again. */
	for (const n of [10, 100, 1000, 10000]) {
		for (const side of [500, 6300]) yield { name: `scans-${n}-${side}.jpg`, must: 'clean', bytes: progressive(frame(0xc2, side, side, THREE), scan([1, 2, 3], 0, 0, 0, bits(side, side, 3)), ...Array(n).fill(scan([1], 1, 63, 0, bits(side, side, 15 / 16384)))) };
	}
	for (const marker of [0xc1, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]) yield { name: `process-${marker}.jpg`, must: 'clean', bytes: whole(frame(marker, 64, 64, THREE), scan([1, 2, 3], 0, 63, 0)) };
	for (const precision of [0, 1, 2, 7, 9, 12, 16, 255]) yield { name: `precision-${precision}.jpg`, must: 'clean', bytes: whole(frame(0xc0, 64, 64, THREE, precision), scan([1, 2, 3], 0, 63, 0)) };
	for (const parts of [[], [[0, 0]], [[15, 15]], [[3, 1], [1, 3], [2, 2]], Array(5).fill([1, 1]), Array(255).fill([1, 1]), [[1, 2]], [[4, 1], [3, 1], [2, 1]]]) {
		yield { name: `parts-${parts.length}-${parts[0] || 'none'}.jpg`, must: 'clean', bytes: whole(frame(0xc0, 64, 64, parts), scan(parts.map((_, i) => (i + 1) & 255).slice(0, 4), 0, 63, 0)) };
	}
	yield { name: 'no-tables.jpg', must: 'clean', bytes: Buffer.concat([SOI, frame(0xc0, 64, 64, ONE), scan([1], 0, 63, 0), EOI]) };
	yield { name: 'no-frame.jpg', must: 'refused', bytes: whole(scan([1], 0, 63, 0)) };
	yield { name: 'two-frames.jpg', must: 'refused', bytes: whole(frame(0xc0, 64, 64, ONE), frame(0xc0, 6000, 6000, ONE), scan([1], 0, 63, 0)) };
	yield { name: 'no-scan.jpg', must: 'refused', bytes: whole(frame(0xc0, 64, 64, ONE)) };
	yield { name: 'no-height.jpg', must: 'refused', bytes: whole(frame(0xc0, 64, 0, ONE), scan([1], 0, 63, 0), b.segment(0xdc, b.be16(64))) };
	yield { name: 'comments.jpg', must: 'clean', bytes: Buffer.concat([SOI, ...Array(40000).fill(b.segment(0xfe, latin('x'))), files.JPEG.subarray(2)]) };
	for (let i = 0; i < 30; i++) yield { name: `tables-${i}.jpg`, must: 'clean', bytes: Buffer.concat([SOI, DQT, b.segment(0xc4, r.bytes(17 + r.below(60))), b.segment(0xdd, b.be16(r.below(65536))), frame(0xc0, 200, 200, ONE), scan([1], 0, 63, 0, r.bytes(400).map((x) => x & 0x7f)), EOI]) };
}

async function* hostile(seed = SEED) {
	const all = await bases();
	yield* types(b.random(seed));
	yield* cut(b.random(seed + 1), all);
	yield* damaged(b.random(seed + 2), all);
	yield* polyglots();
	yield* large_pngs();
	yield* wrong_pngs(b.random(seed + 3));
	yield* jpegs(b.random(seed + 4));
	yield* pdfs.hostile(b.random(seed + 5));
}

module.exports = { hostile, MARK };
