'use strict';
/* CSV as RFC 4180 has it, read strictly: rows of cells; anything else throws. */
function parse(text) {
	const rows = [];
	let row = [], i = 0;
	while (i < text.length) {
		let cell = '';
		if (text[i] === '"') {
			for (i++; ; i++) {
				if (i >= text.length) throw new Error('a quote is not closed');
				if (text[i] !== '"') cell += text[i];
				else if (text[i + 1] === '"') { cell += '"'; i++; } else break;
			}
			i++;
		} else {
			while (i < text.length && text[i] !== ',' && text[i] !== '\r' && text[i] !== '\n') {
				if (text[i] === '"') throw new Error('a quote within a bare cell');
				cell += text[i++];
			}
		}
		row.push(cell);
		if (text[i] === ',') { i++; continue; }
		if (text.slice(i, i + 2) !== '\r\n') throw new Error(`row ${rows.length + 1} does not end with CR LF`);
		i += 2;
		rows.push(row);
		row = [];
	}
	if (row.length) throw new Error('the last row is open');
	return rows;
}

module.exports = { parse };
