'use strict';
/* Where the portal under test is: ZY_URL (its address), ZY_VAR (its var folder: spool, demo.json, portal.conf), ZY_STACK
 * (the stack script), ZY_BUILD (build folder with cgi-bin).  Without them: the var folder of this checkout. */
const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '../..');
const varDir = process.env.ZY_VAR || path.join(root, 'var');

function demo() {
	return JSON.parse(fs.readFileSync(path.join(varDir, 'demo.json'), 'utf8'));
}

function buildDir() {
	if (process.env.ZY_BUILD) return path.resolve(root, process.env.ZY_BUILD);
	for (const name of ['asan', 'debug', 'release']) {
		const dir = path.join(root, 'build', name);
		if (fs.existsSync(path.join(dir, 'cgi-bin'))) return dir;
	}
	throw new Error('nothing is built: no build/*/cgi-bin');
}

const url = (process.env.ZY_URL || (fs.existsSync(path.join(varDir, 'demo.json')) ? demo().url : '')).replace(/\/$/, '');
/* Where files note which operations have answered; one for all portals of a check. */
const operations = process.env.ZY_OPERATIONS || path.join(varDir, 'test-operations.txt');
const stack = process.env.ZY_STACK || path.join(root, 'tools/stack');

/* A package of tests/browser: the only place where any is installed. */
function need(name) {
	return require(path.join(root, 'tests/browser/node_modules', name));
}

module.exports = { root, varDir, url, operations, stack, demo, buildDir, need };
