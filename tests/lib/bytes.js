'use strict';
/* Files byte by byte, the same every time: what tests build to be wrong in one chosen way.
 * Every random choice comes from random(seed); nothing here looks at the clock or at Math.random. */
const zlib = require('node:zlib');

/* mulberry32: numbers in [0, 1), and what is made of them. */
function random(seed) {
	let a = seed >>> 0;
	const next = () => {
		a = (a + 0x6d2b79f5) >>> 0;
		let t = a;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
	const below = (n) => Math.floor(next() * n);
	const bytes = (n) => Buffer.from({ length: n }, () => below(256));
	return { next, below, bytes, pick: (list) => list[below(list.length)] };
}

const latin = (text) => Buffer.from(text, 'latin1');
function be32(n) {
	const b = Buffer.alloc(4);
	b.writeUInt32BE(n >>> 0);
	return b;
}
function be16(n) {
	return Buffer.from([(n >> 8) & 255, n & 255]);
}

/* --- PNG --- */

const TABLE = Array.from({ length: 256 }, (_, n) => {
	for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
	return n >>> 0;
});
function crc32(buf) {
	let c = 0xffffffff;
	for (const b of buf) c = TABLE[(c ^ b) & 255] ^ (c >>> 8);
	return (c ^ 0xffffffff) >>> 0;
}
function chunk(type, data, crc) {
	const body = Buffer.concat([latin(type), data]);
	return Buffer.concat([be32(data.length), body, crc || be32(crc32(body))]);
}
const PNG = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
function ihdr(width, height, depth = 8, colour = 2, interlace = 0, compression = 0, filter = 0) {
	return chunk('IHDR', Buffer.concat([be32(width), be32(height), Buffer.from([depth, colour, compression, filter, interlace])]));
}
const CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const ADAM7 = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]];

/* The rows of a picture, packed as a stream so that a large one takes no memory.  paint(row, y) fills one row. */
async function pack(width, height, depth, colour, interlace, paint) {
	const z = zlib.createDeflate({ level: 3 });
	const parts = [];
	z.on('data', (d) => parts.push(d));
	const done = new Promise((ok, fail) => z.on('end', ok).on('error', fail));
	for (const [x, y, across, down] of interlace ? ADAM7 : [[0, 0, 1, 1]]) {
		if (x >= width) continue;
		const row = Buffer.alloc(1 + Math.ceil((Math.ceil((width - x) / across) * CHANNELS[colour] * depth) / 8));
		for (let at = y; at < height; at += down) {
			if (paint) paint(row.subarray(1), at);
			if (!z.write(paint ? Buffer.from(row) : row)) await new Promise((r) => z.once('drain', r));
		}
	}
	z.end();
	await done;
	return Buffer.concat(parts);
}
async function png({ width = 64, height = 64, depth = 8, colour = 2, interlace = 0, paint, before = [], data, behind = Buffer.alloc(0) } = {}) {
	const idat = data || await pack(width, height, depth, colour, interlace, paint);
	return Buffer.concat([PNG, ihdr(width, height, depth, colour, interlace), ...before, chunk('IDAT', idat), chunk('IEND', Buffer.alloc(0)), behind]);
}

/* --- JPEG --- */

function segment(marker, body) {
	return Buffer.concat([Buffer.from([0xff, marker]), be16(body.length + 2), body]);
}
/* Behind SOI. */
function with_segment(jpeg, marker, body) {
	return Buffer.concat([jpeg.subarray(0, 2), segment(marker, body), jpeg.subarray(2)]);
}

/* --- PDF --- */

/* objects: texts or Buffers, the first is number 1.  Their cross reference and trailer follow. */
function pdf(objects, { trailer = '', version = '1.4', root = 1, head = '', xref = true } = {}) {
	const parts = [latin(`%PDF-${version}\n${head}`)];
	let n = parts[0].length;
	const at = objects.map((o, i) => {
		const begun = n;
		const b = Buffer.concat([latin(`${i + 1} 0 obj\n`), Buffer.isBuffer(o) ? o : latin(o), latin('\nendobj\n')]);
		parts.push(b);
		n += b.length;
		return begun;
	});
	if (xref) parts.push(latin(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n` + at.map((a) => String(a).padStart(10, '0') + ' 00000 n \n').join('')));
	parts.push(latin(`trailer\n<< /Size ${objects.length + 1} /Root ${root} 0 R ${trailer} >>\nstartxref\n${n}\n%%EOF\n`));
	return Buffer.concat(parts);
}
function stream(bytes, dictionary = '', packed = false) {
	let body = Buffer.isBuffer(bytes) ? bytes : latin(bytes);
	if (packed) body = zlib.deflateSync(body, { level: 9 });
	return Buffer.concat([latin(`<< /Length ${body.length} ${packed ? '/Filter /FlateDecode' : ''} ${dictionary} >>\nstream\n`), body, latin('\nendstream')]);
}
/* One page; content: its drawing; more: further entries of the page; resources: of its resources; objects: from number 6 on. */
function one_page(content, { more = '', resources = '', catalog = '', objects = [], box = '0 0 595 842', ...rest } = {}) {
	return pdf([
		`<< /Type /Catalog /Pages 2 0 R ${catalog} >>`, '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
		`<< /Type /Page /Parent 2 0 R /MediaBox [${box}] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> ${resources} >> ${more} >>`,
		Buffer.isBuffer(content) ? content : stream(content), '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>', ...objects,
	], rest);
}

module.exports = { random, latin, be16, be32, crc32, chunk, ihdr, PNG, CHANNELS, pack, png, segment, with_segment, pdf, stream, one_page };
