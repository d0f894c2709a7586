'use strict';
/* Papers of the portal as they come back from a scanner: printed by pdftoppm, stamped, signed, copied without colour, one
 * page left out.  Places are millimetres from the top left corner.
 *   const p = scans.print(await j.formPdf());            pages as {width, height, dpi, rgb}
 *   scans.stamp(p[0]); scans.pdf([p[0], p[1]]); scans.png(p[0]) */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const zlib = require('node:zlib');
const { execFileSync } = require('node:child_process');
const files = require('./files');
const qr = require('./qr');

function ppm(bytes, dpi) {
	const head = /^P6\s(\d+)\s(\d+)\s255\s/.exec(bytes.subarray(0, 40).toString('latin1'));
	return { width: Number(head[1]), height: Number(head[2]), dpi, rgb: Buffer.from(bytes.subarray(head[0].length)) };
}

/* page: only that one, from 1. */
function print(pdf, { dpi = 150, page } = {}) {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'zy-scan-'));
	try {
		fs.writeFileSync(path.join(dir, 'in.pdf'), pdf);
		execFileSync('pdftoppm', ['-r', String(dpi), ...(page ? ['-f', String(page), '-l', String(page)] : []), path.join(dir, 'in.pdf'), path.join(dir, 'p')], { stdio: ['ignore', 'ignore', 'ignore'] });
		return fs.readdirSync(dir).filter((f) => f.endsWith('.ppm')).sort().map((f) => ppm(fs.readFileSync(path.join(dir, f)), dpi));
	} finally {
		fs.rmSync(dir, { recursive: true });
	}
}

const px = (page, mm) => mm * page.dpi / 25.4;

/* ink(x, y in px from the middle) over a square: what is inside gets the colour, as ink does, darker never lighter. */
function dab(page, x, y, mm, colour, ink) {
	const cx = px(page, x), cy = px(page, y), r = px(page, mm / 2);
	for (let v = Math.max(0, Math.floor(cy - r)); v < Math.min(page.height, cy + r); v++)
		for (let u = Math.max(0, Math.floor(cx - r)); u < Math.min(page.width, cx + r); u++) {
			if (!ink((u - cx) / r, (v - cy) / r)) continue;
			for (let k = 0; k < 3; k++) {
				const at = (v * page.width + u) * 3 + k;
				page.rgb[at] = Math.min(page.rgb[at], colour[k]);
			}
		}
	return page;
}

/* A round seal of a unit: ring, star, characters around it.  The place is that of the printed circle. */
function stamp(page, { x = 163, y = 223, mm = 40, colour = [208, 32, 44] } = {}) {
	return dab(page, x, y, mm, colour, (u, v) => {
		const d = Math.hypot(u, v), turn = Math.atan2(v, u);
		if (d > 1) return false;
		if (d > 0.93) return true;
		if (d > 0.62 && d < 0.84) return (turn < 0.4 || turn > 2.7) && Math.cos(turn * 18) > 0.1 && Math.cos(d * 90) > -0.6;
		const star = 0.28 * Math.cos(Math.PI / 5) / Math.cos(((turn + Math.PI / 2 + 4 * Math.PI) % (2 * Math.PI / 5)) - Math.PI / 5);
		return d < star;
	});
}

/* A name written by hand, mm wide and two thirds as high. */
function hand(page, { x, y, mm = 36, colour = [24, 26, 40] }) {
	const strokes = [[-0.95, -0.5, 0.5, -0.62], [-0.5, -0.64, -0.8, 0.6], [-0.85, 0.02, -0.2, -0.1], [0, -0.6, 0.1, 0.6], [-0.15, -0.2, 0.5, -0.35], [0.95, -0.6, 0.3, 0.62], [0.35, -0.1, 0.95, 0.64]];
	return dab(page, x, y, mm, colour, (u, v) => strokes.some(([a, b, c, d]) => {
		const long = Math.hypot(c - a, d - b), t = ((u - a) * (c - a) + (v - b) * (d - b)) / long ** 2;
		const aside = ((u - a) * (d - b) - (v - b) * (c - a)) / long;
		return t >= 0 && t <= 1 && Math.abs(aside - 0.06 * Math.sin(t * 6)) < 0.03;
	}));
}

/* The imprint pages of a printed form, stamped in their boxes and scanned: those that seals name, in order, one for each
 * different page.  seals: {page, x, y, mm, dx, dy, colour, by}; page of the PDF from 1, x, y the middle of the box, mm the
 * diameter (42), dx, dy how far off the middle it is stamped (0), by 'hand' for a signature.
 *   const [p] = scans.stampImprints(form, [{ page: 5, x: 60, y: 110 }, { page: 5, x: 150, y: 110, by: 'hand' }]);
 *   upload(scans.pdf([...others, p])) or upload(scans.png(p)) */
function stampImprints(formPdf, seals, { dpi = 300 } = {}) {
	const pages = new Map();
	for (const { page, x, y, mm = 42, dx = 0, dy = 0, colour, by } of seals) {
		if (!pages.has(page)) pages.set(page, print(formPdf, { dpi, page })[0]);
		(by === 'hand' ? hand : stamp)(pages.get(page), { x: x + dx, y: y + dy, mm, ...(colour && { colour }) });
	}
	return [...pages.keys()].sort((a, b) => a - b).map((n) => pages.get(n));
}

/* A line written with a blue pen: what makes a scan one in colour. */
function sign(page, { x = 75, y = 236 } = {}) {
	return dab(page, x, y, 24, [30, 50, 160], (u, v) => Math.abs(v - 0.25 * Math.sin(u * 9)) < 0.04);
}

function grey(page) {
	for (let i = 0; i < page.rgb.length; i += 3) {
		const y = Math.round(0.3 * page.rgb[i] + 0.59 * page.rgb[i + 1] + 0.11 * page.rgb[i + 2]);
		page.rgb.fill(y, i, i + 3);
	}
	return page;
}

/* Another code in the place of the printed one, 26 mm wide. */
function recode(page, text, { x = 166, y = 12, mm = 26 } = {}) {
	const m = qr.modules(text), quiet = 3;
	const x0 = px(page, x), y0 = px(page, y), side = px(page, mm), step = side / m.length;
	for (let v = Math.floor(y0 - quiet * step); v < y0 + side + quiet * step; v++)
		for (let u = Math.floor(x0 - quiet * step); u < x0 + side + quiet * step; u++) {
			if (u < 0 || v < 0 || u >= page.width || v >= page.height) continue;
			const row = m[Math.floor((v - y0) / step)], dark = row && row[Math.floor((u - x0) / step)];
			page.rgb.fill(dark ? 20 : 255, (v * page.width + u) * 3, (v * page.width + u) * 3 + 3);
		}
	return page;
}

function blank({ dpi = 150 } = {}) {
	const width = Math.round(210 / 25.4 * dpi), height = Math.round(297 / 25.4 * dpi);
	return { width, height, dpi, rgb: Buffer.alloc(width * height * 3, 252) };
}

/* Some other paper: dark lines, no code. */
function paper(options) {
	const page = blank(options);
	for (let y = 40; y < 250; y += 9) {
		const at = Math.round(px(page, y)) * page.width;
		for (let row = 0; row < 4; row++) page.rgb.fill(40, (at + row * page.width + Math.round(px(page, 25))) * 3, (at + row * page.width + Math.round(px(page, 185))) * 3);
	}
	return page;
}

const copy = (page) => ({ ...page, rgb: Buffer.from(page.rgb) });

function png(page) {
	const row = page.width * 3, raw = Buffer.alloc((row + 1) * page.height);
	for (let y = 0; y < page.height; y++) page.rgb.copy(raw, y * (row + 1) + 1, y * row, (y + 1) * row);
	const head = Buffer.alloc(13);
	head.writeUInt32BE(page.width, 0);
	head.writeUInt32BE(page.height, 4);
	head.set([8, 2, 0, 0, 0], 8);
	return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), files.chunk('IHDR', head), files.chunk('IDAT', zlib.deflateSync(raw, { level: 1 })), files.chunk('IEND', Buffer.alloc(0))]);
}

/* As office scanners make it: a PDF of one picture a page. */
function pdf(pages) {
	const parts = [], at = [];
	let length = 0;
	const put = (bytes) => { parts.push(bytes); length += bytes.length; };
	const object = (n, text, stream) => {
		at[n] = length;
		put(Buffer.from(`${n} 0 obj\n${text}\n`, 'latin1'));
		if (stream) put(Buffer.concat([Buffer.from('stream\n'), stream, Buffer.from('\nendstream\n')]));
		put(Buffer.from('endobj\n'));
	};
	put(Buffer.from('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n', 'latin1'));
	object(1, '<< /Type /Catalog /Pages 2 0 R >>');
	object(2, `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, i) => `${3 + i * 3} 0 R`).join(' ')}] >>`);
	pages.forEach((p, i) => {
		const n = 3 + i * 3, w = (p.width * 72 / p.dpi).toFixed(2), h = (p.height * 72 / p.dpi).toFixed(2);
		const draw = Buffer.from(`q ${w} 0 0 ${h} 0 0 cm /I Do Q`), data = zlib.deflateSync(p.rgb, { level: 1 });
		object(n, `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${w} ${h}] /Contents ${n + 1} 0 R /Resources << /XObject << /I ${n + 2} 0 R >> >> >>`);
		object(n + 1, `<< /Length ${draw.length} >>`, draw);
		object(n + 2, `<< /Type /XObject /Subtype /Image /Width ${p.width} /Height ${p.height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode /Length ${data.length} >>`, data);
	});
	const xref = length, count = at.length;
	put(Buffer.from(`xref\n0 ${count}\n0000000000 65535 f \n` + at.slice(1).map((o) => String(o).padStart(10, '0') + ' 00000 n \n').join('') + `trailer\n<< /Size ${count} /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`, 'latin1'));
	return Buffer.concat(parts);
}

/* Middles of the boxes of a page for seal impressions. */
const BOXES = [[62, 128], [148, 128], [62, 230], [148, 230]];

/* A form as it should come back: every page of every copy, stamped on the first page of a copy and in each box of the pages
 * for impressions, of which there are so many as certificates. */
function whole(formPdf, { seals = 1, ...options } = {}) {
	const pages = print(formPdf, options), of = pagesOf(formPdf);
	pages.forEach((p, i) => {
		const { page, copy } = of[i];
		if (copy !== 9 && page === 1) sign(stamp(p));
		if (copy === 9) BOXES.slice(0, seals - 4 * (page - 1)).forEach(([x, y]) => stamp(p, { x, y }));
	});
	return pages;
}

/* Page by page: which page of which copy it is; copy 9: for seal impressions. */
const pagesOf = (formPdf) => codesOf(formPdf).map((code) => ({ page: Number(code.at(-11)), pages: Number(code.at(-10)), copy: Number(code.at(-9)) }));

/* Page by page: what its code says, as printed beneath it in two halves of 16 characters; nothing else is as long. */
function codesOf(formPdf) {
	const text = execFileSync('pdftotext', ['-layout', '-', '-'], { input: formPdf, stdio: ['pipe', 'pipe', 'ignore'] }).toString('utf8');
	return text.split('\f').slice(0, -1).map((page) => page.match(/\b[0-9A-Z]{16}\b/g).slice(0, 2).join(''));
}

module.exports = { print, stamp, hand, stampImprints, sign, grey, recode, blank, paper, copy, png, pdf, whole, codesOf, pagesOf, BOXES };
