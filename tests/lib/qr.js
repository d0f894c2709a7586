'use strict';
/* QR codes for papers that the portal never printed: version 3, correction M, letters and digits, at most 61 characters.
 *   modules(text)   rows of booleans, dark is true */
const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const SIZE = 29, DATA = 44, CORRECTION = 26;
const FORMAT = 0b101010000010010; /* M, mask 0 */

const EXP = [], LOG = [];
for (let i = 0, x = 1; i < 255; i++) {
	EXP[i] = x;
	LOG[x] = i;
	x <<= 1;
	if (x & 256) x ^= 0x11d;
}
const times = (a, b) => (a && b ? EXP[(LOG[a] + LOG[b]) % 255] : 0);

function correction(data) {
	let generator = [1];
	for (let i = 0; i < CORRECTION; i++) {
		const next = new Array(generator.length + 1).fill(0);
		generator.forEach((g, k) => { next[k] ^= g; next[k + 1] ^= times(g, EXP[i]); });
		generator = next;
	}
	const rest = [...data, ...new Array(CORRECTION).fill(0)];
	for (let i = 0; i < data.length; i++) {
		const lead = rest[i];
		generator.forEach((g, k) => { rest[i + k] ^= times(g, lead); });
	}
	return rest.slice(data.length);
}

function codewords(text) {
	let bits = '0010' + text.length.toString(2).padStart(9, '0');
	for (let i = 0; i < text.length; i += 2) {
		const a = LETTERS.indexOf(text[i]), b = LETTERS.indexOf(text[i + 1] || ' ');
		bits += i + 1 < text.length ? (a * 45 + b).toString(2).padStart(11, '0') : a.toString(2).padStart(6, '0');
	}
	bits += '0000';
	bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0');
	const data = bits.match(/.{8}/g).map((b) => parseInt(b, 2));
	for (let i = 0; data.length < DATA; i++) data.push(i % 2 ? 0x11 : 0xec);
	return [...data, ...correction(data)];
}

/* The fixed parts: finders, timing, alignment, the dark module, and both copies of the format. */
function frame() {
	const m = Array.from({ length: SIZE }, () => new Array(SIZE).fill(null));
	const square = (cx, cy, r) => {
		for (let y = -r; y <= r; y++) for (let x = -r; x <= r; x++) {
			const d = Math.max(Math.abs(x), Math.abs(y));
			if (m[cy + y] && m[cy + y][cx + x] !== undefined) m[cy + y][cx + x] = d !== 2 && d !== 4 ? d < 4 : false;
		}
	};
	square(3, 3, 4);
	square(SIZE - 4, 3, 4);
	square(3, SIZE - 4, 4);
	for (let y = -2; y <= 2; y++) for (let x = -2; x <= 2; x++) m[22 + y][22 + x] = Math.max(Math.abs(x), Math.abs(y)) !== 1;
	for (let i = 8; i < SIZE - 8; i++) m[6][i] = m[i][6] = i % 2 === 0;
	for (let i = 0; i < 15; i++) {
		const dark = Boolean(FORMAT >> i & 1);
		m[i < 6 ? i : i < 8 ? i + 1 : SIZE - 15 + i][8] = dark;
		m[8][i < 8 ? SIZE - 1 - i : i < 9 ? 7 : 14 - i] = dark;
	}
	m[SIZE - 8][8] = true;
	return m;
}

function modules(text) {
	const m = frame(), words = codewords(text);
	let at = 0;
	for (let right = SIZE - 1, up = true; right > 0; right -= 2, up = !up) {
		if (right === 6) right--;
		for (let i = 0; i < SIZE; i++) for (const x of [right, right - 1]) {
			const y = up ? SIZE - 1 - i : i;
			if (m[y][x] !== null) continue;
			const bit = at < words.length * 8 ? words[at >> 3] >> (7 - (at & 7)) & 1 : 0;
			at++;
			m[y][x] = Boolean(bit) !== ((x + y) % 2 === 0);
		}
	}
	return m;
}

module.exports = { modules };
