'use strict';
/* A phone that takes a relay, and what it sends.
 *   const made = await open(owner, no, 'm2');            the desktop draws a code
 *   const phone = await new Phone().take(made.code);      or Phone.take(owner, no, 'm2'): both
 *   await phone.photo('执照.jpg', bytes);  phone.begin(length)  an upload under way */
const assert = require('node:assert/strict');
const tus = require('./tus');
const { Client } = require('./client');

const UPLOADS = '/api/relay/uploads/';

async function open(owner, no, material) {
	return (await owner.want(201, 'POST', `/api/applications/${no}/relay`, { material })).json;
}

class Phone extends Client {
	static async take(owner, no, material) {
		return new Phone().take((await open(owner, no, material)).code);
	}

	async take(token) {
		const a = await this.want(201, 'POST', '/api/relay/session', { token });
		this.csrf = a.json.csrf;
		this.about = a.json;
		return this;
	}

	create(length, pairs, options) {
		return tus.create(this, length, pairs, { ...options, at: UPLOADS });
	}

	async begin(length) {
		const a = await this.create(length, { filename: '照片.jpg', filetype: 'image/jpeg' });
		assert.equal(a.status, 201, `${a.status} ${a.body}`);
		assert.ok(a.headers.location.includes(UPLOADS), a.headers.location);
		return tus.place(a);
	}

	async photo(filename, bytes) {
		const a = await this.create(bytes.length, { filename, filetype: 'image/jpeg' });
		assert.equal(a.status, 201, `${a.status} ${a.body}`);
		for (let at = 0; at < bytes.length; at += tus.CHUNK) {
			assert.equal((await tus.patch(this, tus.place(a), at, bytes.subarray(at, at + tus.CHUNK))).status, 204);
		}
		return tus.place(a);
	}

	async files() {
		return (await this.want(200, 'GET', '/api/relay/files')).json;
	}
}

module.exports = { Phone, open };
