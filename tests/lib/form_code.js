'use strict';
/* What stands in the QR code of a printed page (lib/domain/form_code.h), written a second time; the key is that of the portal
 * under test.  made(no, { version, page, pages, copy }) */
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const env = require('./env');

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function made(no, { version = 1, page = 1, pages = 1, copy = 1, key = fs.readFileSync(path.join(env.varDir, 'secret', 'form.key')) } = {}) {
	const body = `Z1${no}${DIGITS[version >> 5]}${DIGITS[version & 31]}${DIGITS[page]}${DIGITS[pages]}${copy}`;
	const mac = BigInt('0x' + crypto.createHmac('sha256', key).update('form-code-1:' + body).digest('hex').slice(0, 10));
	let text = '';
	for (let i = 7n; i >= 0n; i--) text += DIGITS[Number((mac >> (5n * i)) & 31n)];
	return body + text;
}

module.exports = { made };
