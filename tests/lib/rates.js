'use strict';
/* forget(): what the portal under test counted for its limits is gone, for a test that asks more often than a person does. */
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const env = require('./env');

/* The last line of a name counts. */
const setting = (name) => fs.readFileSync(path.join(env.varDir, 'portal.conf'), 'utf8').split('\n')
	.map((line) => new RegExp(`^${name} *= *(.*)$`).exec(line)).filter(Boolean).pop()[1];

function forget() {
	execFileSync('mariadb', ['--no-defaults', '-S', setting('db_socket'), '-u', setting('db_admin'), setting('db_name'), '-e', 'DELETE FROM rate']);
}

module.exports = { forget };
