'use strict';
/* tus 1.0.0, the raw protocol, one request a call; upload() does a whole file as the browser does: POST, PATCH of 1 MiB. */
const assert = require('node:assert/strict');
const crypto = require('node:crypto');

const VERSION = { 'Tus-Resumable': '1.0.0' };
const CHUNK = 1 << 20;

function metadata(pairs) {
	return Object.entries(pairs).map(([k, v]) => `${k} ${Buffer.from(v, 'utf8').toString('base64')}`.trimEnd()).join(',');
}

function checksum(bytes, algorithm = 'sha256') {
	return `${algorithm} ${crypto.createHash(algorithm).update(bytes).digest('base64')}`;
}

/* The path of an upload from its Location. */
function place(answer) {
	return new URL(answer.headers.location, 'http://x').pathname;
}

function create(client, length, pairs, options = {}) {
	return client.post(options.at || '/api/uploads/', undefined, { ...options, headers: { ...VERSION, 'Upload-Length': String(length), 'Upload-Metadata': metadata(pairs), ...options.headers } });
}

function patch(client, path, offset, bytes, options = {}) {
	return client.request('PATCH', path, { ...options, raw: bytes, headers: { ...VERSION, 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream', ...options.headers } });
}

function head(client, path, options = {}) {
	return client.head(path, { ...options, headers: { ...VERSION, ...options.headers } });
}

function remove(client, path, options = {}) {
	return client.delete(path, { ...options, headers: { ...VERSION, ...options.headers } });
}

async function upload(client, no, material, filename, filetype, bytes) {
	const a = await create(client, bytes.length, { application: no, material, filename, filetype });
	assert.equal(a.status, 201, `upload of ${filename}: ${a.status} ${a.body}`);
	const path = place(a);
	for (let at = 0; at < bytes.length; at += CHUNK) {
		const part = bytes.subarray(at, at + CHUNK);
		const p = await patch(client, path, at, part, { headers: { 'Upload-Checksum': checksum(part) } });
		assert.equal(p.status, 204, `chunk of ${filename} at ${at}: ${p.status} ${p.body}`);
		assert.equal(Number(p.headers['upload-offset']), at + part.length);
	}
	return path;
}

module.exports = { VERSION, CHUNK, metadata, checksum, place, create, patch, head, remove, upload };
