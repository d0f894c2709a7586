'use strict';
/* The database of the portal under test, as its administrator, one statement or more at a time.
 *   sql('SELECT …')     the answer as text: rows parted by line ends, columns by tabs
 *   rows('SELECT …')    the rows as lists of texts, null for NULL
 *   setting('db_name')  what portal.conf says, of which the last line of a name counts
 * For several connections at once, or a database of one's own: mariadb.js. */
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const env = require('./env');

const setting = (name) => fs.readFileSync(path.join(env.varDir, 'portal.conf'), 'utf8').split('\n')
	.map((line) => new RegExp(`^${name} *= *(.*)$`).exec(line)).filter(Boolean).pop()[1];

function sql(text) {
	const words = ['--no-defaults', '--protocol=socket', '-S', setting('db_socket'), '-u', setting('db_admin'), '-N', '-B', setting('db_name'), '-e', text];
	return execFileSync('mariadb', words, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

const rows = (text) => sql(text).split('\n').filter(Boolean).map((line) => line.split('\t').map((c) => (c === 'NULL' ? null : c)));

module.exports = { sql, rows, setting };
