'use strict';
/* What the openssl command line says of certificates and of the lists that the portal publishes.
 *   const list = await published('rsa');       fetched, its signature checked
 *   judge('rsa', pem, list)                    '' when good, else what is wrong, such as 'revoked'
 *   listed(list, serial)                       its reason on the list ('' when none is given); undefined: not there */
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const env = require('./env');

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'openssl-'));
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));
const ID = 'distid:1234567812345678';

function openssl(...args) {
	const r = spawnSync('openssl', args, { encoding: 'utf8' });
	return { status: r.status, said: r.stdout + r.stderr };
}

function put(name, bytes) {
	const file = path.join(dir, name);
	fs.writeFileSync(file, bytes);
	return file;
}

const trusted = (folder, name) => path.join(env.varDir, 'trust', folder, `${name}.pem`);

/* openssl cannot be told the user id of SM2 for a list: there the signature is checked over the signed part itself. */
function checked(kind, der) {
	const list = put(`${kind}.crl`, der);
	const issuer = trusted('intermediates', `builtin-${kind}`);
	if (kind === 'rsa') return openssl('crl', '-inform', 'DER', '-in', list, '-noout', '-CAfile', issuer);
	/* SEQUENCE { signed part, algorithm, BIT STRING } */
	const body = slice(der, headOf(der, 0));
	const algorithm = slice(der, headOf(der, 0) + body.length);
	const bits = slice(der, headOf(der, 0) + body.length + algorithm.length);
	const signature = bits.subarray(headOf(bits, 0) + 1);
	const key = put('issuer.pub', openssl('x509', '-in', issuer, '-pubkey', '-noout').said);
	return openssl('dgst', '-sm3', '-sigopt', ID, '-verify', key, '-signature', put('list.sig', signature), put('list.tbs', body));
}

/* How long type and length of the DER value there are, and the whole value. */
const headOf = (der, at) => (der[at + 1] < 0x80 ? 2 : 2 + (der[at + 1] & 0x7f));
const slice = (der, at) => der.subarray(at, at + headOf(der, at) + (der[at + 1] < 0x80 ? der[at + 1] : der.readUIntBE(at + 2, der[at + 1] & 0x7f)));

async function published(kind) {
	const a = await fetch(`${env.url}/crl/${kind}.crl`);
	assert.equal(a.status, 200);
	const der = Buffer.from(await a.arrayBuffer());
	const r = checked(kind, der);
	assert.ok(r.status === 0 && /verify OK|Verified OK/.test(r.said), `the list of ${kind}: ${r.said}`);
	const text = openssl('crl', '-inform', 'DER', '-in', put('list.der', der), '-noout', '-text').said;
	const pem = openssl('crl', '-inform', 'DER', '-in', put('list.der', der)).said;
	return { kind, pem, text };
}

function listed(list, serial) {
	const entry = list.text.split('Serial Number: ').slice(1).find((e) => e.startsWith(serial + '\n'));
	if (!entry) return undefined;
	const reason = /CRL Reason Code: *\n *(.+)/.exec(entry);
	return reason ? reason[1].trim() : '';
}

/* SM2 takes the user id for the last certificate only and no list, so the steps of its chain are asked for one by one. */
function judge(kind, pem, list) {
	const [root, between, leaf] = [trusted('anchors', `builtin-${kind}`), trusted('intermediates', `builtin-${kind}`), put('leaf.pem', pem)];
	if (kind === 'rsa') {
		const r = openssl('verify', '-CAfile', root, '-untrusted', between, '-crl_check', '-CRLfile', put('list.pem', list.pem), leaf);
		return r.status ? r.said : '';
	}
	for (const words of [['-CAfile', root, between], ['-partial_chain', '-trusted', between, leaf]]) {
		const r = openssl('verify', '-vfyopt', ID, ...words);
		if (r.status) return r.said;
	}
	const serial = /serial=(\w+)/.exec(openssl('x509', '-in', leaf, '-noout', '-serial').said)[1];
	const reason = listed(list, serial);
	return reason === undefined ? '' : `revoked: ${reason}`;
}

module.exports = { openssl, put, published, listed, judge };
