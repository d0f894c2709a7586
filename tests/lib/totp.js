'use strict';
/* RFC 6238: SHA-1, 30 s, six digits. */
const crypto = require('node:crypto');

function base32(text) {
	let bits = 0, value = 0;
	const out = [];
	for (const ch of text.replace(/[\s=]/g, '').toUpperCase()) {
		const v = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(ch);
		if (v < 0) throw new Error(`not base32: ${ch}`);
		value = (value << 5) | v;
		bits += 5;
		if (bits >= 8) {
			out.push((value >> (bits - 8)) & 255);
			bits -= 8;
			value &= (1 << bits) - 1;
		}
	}
	return Buffer.from(out);
}

function totp(secret, shift = 0, at = Date.now()) {
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(Math.floor(at / 30000) + shift));
	const mac = crypto.createHmac('sha1', base32(secret)).update(counter).digest();
	const o = mac[19] & 15;
	return String((mac.readUInt32BE(o) & 0x7fffffff) % 1000000).padStart(6, '0');
}

module.exports = { totp };
