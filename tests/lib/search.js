'use strict';
/* Looking for texts in files: walk(dir) → all ordinary files below it; holds(file, texts) → those that stand in it. */
const fs = require('node:fs');
const path = require('node:path');

function walk(dir) {
	let entries;
	try {
		entries = fs.readdirSync(dir, { withFileTypes: true });
	} catch (e) {
		return []; /* gone meanwhile, or someone else's */
	}
	return entries.flatMap((e) => {
		const p = path.join(dir, e.name);
		return e.isDirectory() ? walk(p) : e.isFile() ? [p] : [];
	});
}

const part = Buffer.alloc(4 << 20);

function holds(file, needles) {
	const fd = fs.openSync(file, 'r');
	const hits = new Set();
	try {
		for (let at = 0, keep = 0; ;) {
			const n = fs.readSync(fd, part, keep, part.length - keep, at);
			if (n === 0) break;
			const seen = part.subarray(0, keep + n);
			for (const s of needles) if (seen.includes(s)) hits.add(s);
			at += n;
			keep = Math.min(64, seen.length);
			seen.copy(part, 0, seen.length - keep);
		}
	} finally {
		fs.closeSync(fd);
	}
	return [...hits];
}

module.exports = { walk, holds };
