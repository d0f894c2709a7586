'use strict';
/* SM2 signed data by an implementation that shares nothing with the portal: the signature and the digest by sm-crypto, the DER
 * written here.  (openssl makes none: its CMS knows no SM2.)
 *   smSign(authority, who, text, { gm, userId, order, alter })   detached, in Base64
 * gm: under the OIDs of GM/T 0010; userId: of the signature; alter(parts): changes what is about to be joined. */
const fs = require('node:fs');
const path = require('node:path');
const { X509Certificate } = require('node:crypto');
const { sm2, sm3 } = require(path.join(__dirname, '../browser/node_modules/sm-crypto'));

const tlv = (tag, ...parts) => {
	const body = Buffer.concat(parts);
	const size = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
	return Buffer.concat([Buffer.from([tag, ...size]), body]);
};
const oid = (text) => {
	const [first, second, ...rest] = text.split('.').map(Number);
	const out = [];
	for (const n of [first * 40 + second, ...rest]) {
		const seven = [];
		for (let left = n; seven.length === 0 || left > 0; left = Math.floor(left / 128)) seven.unshift((left % 128) | (seven.length ? 0x80 : 0));
		out.push(...seven);
	}
	return tlv(6, Buffer.from(out));
};
const seq = (...parts) => tlv(0x30, ...parts);
const set = (...parts) => tlv(0x31, ...parts);
const number = (n) => tlv(2, Buffer.from([n]));
const attribute = (id, value) => seq(oid(id), set(value));

/* The values at the front of a piece of DER. */
function values(der) {
	const out = [];
	for (let at = 0; at < der.length;) {
		let head = 2;
		let n = der[at + 1];
		if (n & 0x80) {
			head += n & 0x7f;
			n = der.readUIntBE(at + 2, n & 0x7f);
		}
		out.push({ tag: der[at], body: der.subarray(at + head, at + head + n), whole: der.subarray(at, at + head + n) });
		at += head + n;
	}
	return out;
}

function issuerAndSerial(cert) {
	const tbs = values(values(values(cert)[0].body)[0].body);
	return seq(tbs[3].whole, tbs[1].whole);
}

/* The private number, from the PKCS#8 key that openssl wrote; in its octets stands SEQUENCE { 1, OCTET STRING d … }. */
function privateHex(file) {
	const der = Buffer.from(fs.readFileSync(file, 'utf8').replace(/-----[^-]+-----|\s/g, ''), 'base64');
	const octets = values(values(der)[0].body)[2].body;
	return values(values(octets)[0].body)[1].body.toString('hex').padStart(64, '0');
}

function smSign(authority, who, text, { gm = false, userId = '1234567812345678', alter = (parts) => parts } = {}) {
	const cert = new X509Certificate(fs.readFileSync(authority.file(`${who.name}.pem`))).raw;
	const data = gm ? '1.2.156.10197.6.1.4.2.1' : '1.2.840.113549.1.7.1';
	const digest = Buffer.from(sm3([...Buffer.from(text)]), 'hex');
	const now = new Date().toISOString().replace(/[-:T]|\.\d+/g, '').slice(2);
	const parts = alter({
		version: number(1), digest: seq(oid('1.2.156.10197.1.401')), signing: seq(oid('1.2.156.10197.1.301.1')), certs: [cert], userId,
		attributes: [attribute('1.2.840.113549.1.9.3', oid(data)), attribute('1.2.840.113549.1.9.4', tlv(4, digest)),
			attribute('1.2.840.113549.1.9.5', tlv(0x17, Buffer.from(now)))].sort(Buffer.compare),
		signature: null,
	});
	const signature = parts.signature ?? Buffer.from(sm2.doSignature([...set(...parts.attributes)], privateHex(authority.file(`${who.name}.key`)),
		{ der: true, hash: true, userId: parts.userId }), 'hex');
	const signer = seq(parts.version, issuerAndSerial(cert), parts.digest, tlv(0xa0, ...parts.attributes), parts.signing, tlv(4, signature));
	const signed = seq(number(1), set(parts.digest), seq(oid(data)), tlv(0xa0, ...parts.certs), set(signer));
	return seq(oid(gm ? '1.2.156.10197.6.1.4.2.2' : '1.2.840.113549.1.7.2'), tlv(0xa0, signed)).toString('base64');
}

module.exports = { smSign, tlv, oid, seq, set, number, values };
