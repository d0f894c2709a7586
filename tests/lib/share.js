'use strict';
/* How much of a long list `make check` goes through, so that it ends while somebody waits; with ZY_WHOLE=1 (`make bench`) all of
 * it.  ZY_ROUND=n takes another share, the same for the same n.
 *   share(list, 3)                                   every third; with 1 behind it the ones after those
 *   turn(list, i)                                    the one of a few ways whose turn it is at place i
 *   pairs(rows, ['service', 'holder'], first)        as few rows as show each pair of values that there is; first is in any case */
const whole = Boolean(process.env.ZY_WHOLE);
const round = Number(process.env.ZY_ROUND || 0);

const share = (list, n, which = 0) => (whole ? list.slice() : list.filter((_, i) => (i + round) % n === which % n));
const turn = (list, i) => list[(i + round) % list.length];

function pairs(rows, members, first = []) {
	if (whole) return [...first, ...rows];
	const of = (row) => members.flatMap((a, i) => members.slice(i + 1).map((b) => JSON.stringify([a, row[a], b, row[b]])));
	const seen = new Set(first.flatMap(of));
	const taken = first.slice();
	const rest = rows.slice(round % rows.length).concat(rows.slice(0, round % rows.length));
	for (;;) {
		const news = rest.map((row) => of(row).filter((p) => !seen.has(p)).length);
		const most = Math.max(0, ...news);
		if (!most) return taken;
		const [row] = rest.splice(news.indexOf(most), 1);
		of(row).forEach((p) => seen.add(p));
		taken.push(row);
	}
}

module.exports = { whole, round, share, turn, pairs };
