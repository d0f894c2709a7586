'use strict';
/* Real files, made here: PNG through zlib, PDF by hand, one small JPEG. */
const crypto = require('node:crypto');
const zlib = require('node:zlib');

const JPEG = Buffer.from([
	'/9j/4AAQSkZJRgABAQAAAQABAAD/4gHYSUNDX1BST0ZJTEUAAQEAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABhY3NwAAAAAAAAAAAAAAAA',
	'AAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAA',
	'ACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0',
	'AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAA',
	'AAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAM',
	'ZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADb/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVt',
	'VkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8',
	'fHz/wAARCACqAPADASIAAhEBAxEB/8QAGwABAQADAQEBAAAAAAAAAAAAAAYDBQcEAgH/xABDEAEAAQICBgUFDQYHAAAAAAAAAQIDBBEFFjFlo+IGEiFBURMi',
	'YXGBFBUjJEJDkaGxwdHh8AclMkWDwjNSU2KCkvH/xAAYAQEAAwEAAAAAAAAAAAAAAAAAAQIEA//EACcRAQEAAQIFAwQDAAAAAAAAAAABAgMRBBITITEjQVFC',
	'YYGhMjNS/9oADAMBAAIRAxEAPwCzAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABpekOn/eP3P8AFvL+W63znVyyy9E+LTa/bt4/KftC/l/9T+1GAs9ft28flNft',
	'28flRgCz1+3bx+U1+3bx+VGALPX7dvH5TX7dvH5UYAs9ft28flNft28flRgCz1+3bx+U1+3bx+VGALPX7dvH5Vm4y7MAAAAAAAAAAAAAAAADS9IdAe/nuf4z',
	'5DyPW+b62eeXpjwabUHeXA5lmAjNQd5cDmNQd5cDmWYCM1B3lwOY1B3lwOZZgIzUHeXA5jUHeXA5lmAjNQd5cDmNQd5cDmWYCM1B3lwOY1B3lwOZZgIzUHeX',
	'A5lmAAAAAAAAAAAAAAAAAIz9oX8v/qf2ox2YBxkdmAcZHZgHGR2YBxkdmAcZHZgHGR2YBxkdmAcZHZgAAAAAAAAAAAAAAAAAAAAAAAAAAAHnxuNs4GxN2/Vl',
	'HdEbap8IEyW3aM8zERMzMREbZlrcTp7AYfOIuzdqjutxn9exob2K0jp29NuzTMWon+CmcqY9ctlg+jFmimKsZcm5V/lpnKmPvlXe3w19HT056t7/ABGKvpXH',
	'zeE9tVz8nxT0ruZ+dhKZj0V5fc3lvRmBtREUYSz2d80RM/TLJVgsLXGVWGs1R6aINqjqaH+P21OH6UYaucr9q5a9MedDbYbG4bFxnh71NzLbET2x7HkxGgdH',
	'3/mfJz425y+rY0eL0FjMBX5bB11XKae2Jo7K49n4HeJmGhqfxu1+6uGg0Pp+L1UWMdMU3NlNzZFXonwlv0y7s+pp5ad2yAEuYAAAAAAAAAAAAAAAAADFicRb',
	'wtiu9enKiiM5SVNOI6Q6SmZzptU7fCin8Xr6T4yq7iLeBtZz1cpqiO+qdkfrxbvRWBjAYKi1lHXntrnxlXzdm3D0NPn+q+GbC4Wzg7FNmxR1aY+mZ8ZZgWY7',
	'bbvQAQAA0OndC03qKsVhaMrsdtdEfL9PrOj2l/L0xg8RV8LTHmVT8qPD1t8ktPYSrR+kaMZh/Nprq60Zd1Ubf161b27tmll1cell+FaMGDxNOLwlq/R2RXTn',
	'l4T3wzrMlll2oAIAAAAAAAAAAAAAAAfF2qabVdUbYpmQSejP3j0im/PbTFVVz2Rs+5XpTonHx2/V3xby+uFWrj4a+L/s5fiACzIAAAANbp/D+6NE3uztt+fH',
	's2/Vm2TBjaetgsRTOybdUfUir6d5cpWp6KX5rwd2zPzVeceqf/Jb1MdEavhcTT3TTTP2qcx8OvEzbVoAlnAAAAAAAAAAAAAAH5MRMTE7JfoCS6M1eR0rctV9',
	'k1UVU5emJj8JVqQ0jE6M6QxfiJ6k1xcjLvif4vvVtFdNyimuic6aoziY74Vx+Gviu9mc94+gFmQAAAAeTSlyLWjMTXM5fB1RHrmMoetoOlWLijDUYWmfPuT1',
	'qo/2x+f2Ivh10cefUkY+iNE9XFXMuyZppifp/JRtboDDThtF2oqjKq5nXPt2fVk2RPCeIy5tS0AS4gAAAAAAAAAAAAAAANXp/R843Bda3TnetedTltmO+P14',
	'PB0b0pHVjA35yqj/AA5nv9CjTunNCVV1zi8FHn7a6Kdsz4x6VbPeNWlnjlj0s/wohOaK6QxERY0hMxMdkXcvt/FQ0V03KIroqiqme2Jic4lMu7jqaWWndsn0',
	'AlzAeLH6UwuApny1edfdbp7ap/ATjjcrtGfF4q1g8PVevVZU0/TM+EJTB2rmnNLzevU/BRPWr8Ijup/XpflVWN6Q4vKI6tqmdnyaI++VVgcHawOGps2Y7I2z',
	'31T4yr5bO3D47fVf09ACzEAAAAAAAAAAAAAAAAAAAA1mkdB4bHZ1xHkr0/Lpjb6472k979MaLmZw1VVVGefwU5xP/H8lcIsaMOIzxnLe8+6Sp6S4+15l21aq',
	'qjb1qZiftfVXSnE5ebYtR685VVVNNX8URPrh8xZt0znTboj1Uwja/K/W0vfBKRpHTOkuzDxVTTP+lT1Y/wC0/i9GC6NXK6/KaQube2aaZzmfXKmDl+UXibJt',
	'hNmOxh7WGtRbsURRRHdDICzNbv3oAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAf/2Q==',
].join(''), 'base64');

/* A comment segment makes each copy another file. */
function jpeg(note = crypto.randomBytes(8).toString('hex')) {
	const text = Buffer.from(note, 'utf8');
	const segment = Buffer.concat([Buffer.from([0xff, 0xfe, (text.length + 2) >> 8, (text.length + 2) & 255]), text]);
	return Buffer.concat([JPEG.subarray(0, 2), segment, JPEG.subarray(2)]);
}

/* A JPEG of at least so many bytes that is quick to look at: a small picture behind comments of noise. */
function big(size = 5500000) {
	const segments = [];
	for (let at = 0; at < size; at += 65535 + 2) {
		segments.push(Buffer.from([0xff, 0xfe, 0xff, 0xff]), Buffer.from('x' + crypto.randomBytes(32766).toString('hex'), 'latin1'));
	}
	return Buffer.concat([JPEG.subarray(0, 2), ...segments, JPEG.subarray(2)]);
}

function chunk(type, data) {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const out = Buffer.alloc(body.length + 8);
	out.writeUInt32BE(data.length, 0);
	body.copy(out, 4);
	out.writeUInt32BE(zlib.crc32 ? zlib.crc32(body) : crc32(body), body.length + 4);
	return out;
}
const CRC = Array.from({ length: 256 }, (_, n) => {
	for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
	return n >>> 0;
});
function crc32(buf) {
	let c = 0xffffffff;
	for (const b of buf) c = CRC[(c ^ b) & 255] ^ (c >>> 8);
	return (c ^ 0xffffffff) >>> 0;
}

/* A page with black lines and a red ring; noise: bytes that do not compress, to make a file of about that size. */
function png({ width = 800, height = 1100, noise = 0, text } = {}) {
	const row = width * 3 + 1;
	const raw = Buffer.alloc(row * height, 255);
	const ring = Math.floor(width / 6), cx = Math.floor(width * 0.7), cy = Math.floor(height * 0.75);
	const mark = crypto.randomInt(1 << 24);
	for (let y = 0; y < height; y++) {
		raw[y * row] = 0;
		const line = y > 60 && y < height * 0.6 && y % 40 < 6;
		for (let x = 0; x < width; x++) {
			const d = Math.hypot(x - cx, y - cy);
			const at = y * row + 1 + x * 3;
			if (Math.abs(d - ring) < 5) raw.writeUIntBE(0xc8102e, at, 3);
			else if (line && x > 60 && x < width - 60 && (x * 7 + y) % 23 > 5) raw.writeUIntBE(0x202020, at, 3);
			else if (y < 4 && x < 24) raw.writeUIntBE((mark >> x) & 1 ? 0 : 0xffffff, at, 3);
		}
	}
	if (noise) crypto.randomFillSync(raw, row * 40, Math.min(noise, raw.length - row * 40));
	for (let y = 0; y < height; y++) raw[y * row] = 0;
	const head = Buffer.alloc(13);
	head.writeUInt32BE(width, 0);
	head.writeUInt32BE(height, 4);
	head.set([8, 2, 0, 0, 0], 8);
	const parts = [Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', head)];
	if (text) parts.push(chunk('tEXt', Buffer.from('Comment\0' + text, 'latin1')));
	parts.push(chunk('IDAT', zlib.deflateSync(raw, { level: 3 })), chunk('IEND', Buffer.alloc(0)));
	return Buffer.concat(parts);
}

/* pages: how many; each says which it is. */
function pdf({ pages = 1, size = 24, note = crypto.randomBytes(6).toString('hex') } = {}) {
	const objects = [];
	const kids = Array.from({ length: pages }, (_, i) => `${4 + i * 2} 0 R`).join(' ');
	objects.push('<< /Type /Catalog /Pages 2 0 R >>', `<< /Type /Pages /Kids [${kids}] /Count ${pages} >>`, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>');
	for (let i = 0; i < pages; i++) {
		const stream = `BT /F1 ${size} Tf 72 720 Td (page ${i + 1} of ${pages} ${note}) Tj ET 1 0 0 RG 4 w 300 200 120 120 re S`;
		objects.push(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + i * 2} 0 R >>`);
		objects.push(`<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`);
	}
	let out = '%PDF-1.4\n';
	const at = objects.map((o, i) => {
		const offset = out.length;
		out += `${i + 1} 0 obj\n${o}\nendobj\n`;
		return offset;
	});
	const xref = out.length;
	out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n` + at.map((a) => String(a).padStart(10, '0') + ' 00000 n \n').join('');
	out += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`;
	return Buffer.from(out, 'latin1');
}

module.exports = { jpeg, big, png, pdf, chunk, JPEG };
