'use strict';
/* SES_Seal version 4 (GB/T 38540) read by hand: a small reader of DER that knows nothing of the portal's.
 *   const s = ses.read(der);   { version, vid, esID, type, name, certs, created, from, to, picture: { type, data, width, height }, maker, algorithm, signed, signature }
 *   ses.verify(s)              by openssl for RSA, by sm-crypto for SM2; s.signed are the bytes as they stand in the file */
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFileSync, spawnSync } = require('node:child_process');
const env = require('./env');

const TAG = { integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, utf8: 0x0c, printable: 0x13, ia5: 0x16, time: 0x18, sequence: 0x30 };

/* One element of definite length: { tag, whole, body, next }. */
function element(at, from = 0) {
	assert.ok(from + 2 <= at.length, 'the data ends before an element does');
	let length = at[from + 1], body = from + 2;
	if (length & 0x80) {
		const bytes = length & 0x7f;
		assert.ok(bytes > 0 && bytes <= 4, 'a length of DER');
		length = at.readUIntBE(body, bytes);
		assert.ok(length >= 0x80, 'the shortest form of a length');
		body += bytes;
	}
	assert.ok(body + length <= at.length, 'the data ends within an element');
	return { tag: at[from], whole: at.subarray(from, body + length), body: at.subarray(body, body + length), next: body + length };
}

function children(e, ...tags) {
	const list = [];
	assert.equal(e.tag, TAG.sequence);
	for (let from = 0; from < e.body.length;) {
		const one = element(e.body, from);
		list.push(one);
		from = one.next;
	}
	if (tags.length) assert.deepEqual(list.map((x) => x.tag), tags);
	return list;
}

const number = (e) => Number(BigInt.asIntN(64, BigInt('0x' + (e.body.toString('hex') || '0'))));
const text = (e) => new TextDecoder('utf-8', { fatal: true }).decode(e.body);
function time(e) {
	const m = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(e.body.toString('latin1'));
	assert.ok(m, `a time of DER: ${e.body.toString('latin1')}`);
	return Date.UTC(m[1], m[2] - 1, m[3], m[4], m[5], m[6]);
}
function oid(e) {
	const parts = [Math.floor(e.body[0] / 40), e.body[0] % 40];
	let value = 0;
	for (const b of e.body.subarray(1)) {
		value = value * 128 + (b & 0x7f);
		if (!(b & 0x80)) {
			parts.push(value);
			value = 0;
		}
	}
	return parts.join('.');
}

function read(der) {
	const all = element(der);
	assert.equal(all.next, der.length, 'nothing behind the seal');
	const [info, maker, algorithm, bits] = children(all, TAG.sequence, TAG.octets, TAG.oid, TAG.bits);
	const [header, esID, property, picture] = children(info, TAG.sequence, TAG.ia5, TAG.sequence, TAG.sequence);
	const [id, version, vid] = children(header, TAG.ia5, TAG.integer, TAG.ia5);
	assert.equal(text(id), 'ES');
	const [type, name, listType, list, created, from, to] = children(property, TAG.integer, TAG.utf8, TAG.integer, TAG.sequence, TAG.time, TAG.time, TAG.time);
	assert.equal(number(listType), 1, 'certificates, not digests');
	const [kind, data, width, height] = children(picture, TAG.ia5, TAG.octets, TAG.integer, TAG.integer);
	assert.equal(bits.body[0], 0, 'whole bytes');
	return {
		version: number(version), vid: text(vid), esID: text(esID), type: number(type), name: text(name),
		certs: children(list).map((c) => (assert.equal(c.tag, TAG.octets), c.body)), created: time(created), from: time(from), to: time(to),
		picture: { type: text(kind), data: data.body, width: number(width), height: number(height) },
		maker: maker.body, algorithm: oid(algorithm), signed: info.whole, signature: bits.body.subarray(1),
	};
}

const PEM = (der) => `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64').match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----\n`;

function verify(s) {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ses-'));
	const put = (name, bytes) => {
		fs.writeFileSync(path.join(dir, name), bytes);
		return path.join(dir, name);
	};
	try {
		const key = execFileSync('openssl', ['x509', '-pubkey', '-noout', '-in', put('maker.pem', PEM(s.maker))]);
		if (s.algorithm === '1.2.156.10197.1.501') {
			const { sm2 } = env.need('sm-crypto');
			const spki = Buffer.from(key.toString().replace(/-----[^-]+-----|\s/g, ''), 'base64');
			return sm2.doVerifySignature([...s.signed], s.signature.toString('hex'), spki.subarray(-65).toString('hex'), { der: true, hash: true, userId: '1234567812345678' });
		}
		assert.equal(s.algorithm, '1.2.840.113549.1.1.11');
		return spawnSync('openssl', ['dgst', '-sha256', '-verify', put('key.pem', key), '-signature', put('signature', s.signature), put('signed', s.signed)]).status === 0;
	} finally {
		fs.rmSync(dir, { recursive: true });
	}
}

const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');

module.exports = { read, verify, element, children, sha256, PEM };
