'use strict';
/* What was asked and answered, for the last test of all: one line an operation and status, in a file all portals share. */
const fs = require('node:fs');
const env = require('./env');
const openapi = require('./openapi');

const seen = new Set();
process.on('exit', () => {
	if (seen.size) fs.appendFileSync(env.operations, [...seen].join('\n') + '\n', { mode: 0o600 });
});

/* where: path with or without a query; what is not of the API is let be. */
function note(method, where, status) {
	const pathname = where.split('?')[0];
	if (pathname.startsWith('/api/')) seen.add(`${method} ${openapi.route(pathname)} ${status}`);
}

module.exports = { note };
