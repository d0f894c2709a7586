/* Charts out of SVG, drawn with attributes alone (the policy knows no inline style).  Series are told apart by patterns and
 * words, not by colour; the figures stand in the table beside the chart.
 *   S.chart({ title, kind, series: [{ label, unit }], rows: [{ label, cells }], format(unit, value), width })
 * kind: 'bars' upright, 'lines', or 'lying' bars for rows that are names; stacked: the bars of a row make up one. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const NS = 'http://www.w3.org/2000/svg';
	const WIDE = 760;
	const NARROW = 500;
	const SMALLEST = 300;
	const LEFT = 68;
	const LINE = 24;
	const HIGH = 190;
	const BOTTOM = 30;
	const LABELS = 9;
	const TICKS = 4;
	const INK = ['#0b57a4', '#7a4b00', '#0b6b3a', '#5b2a86', '#4b5563'];
	let ids = 0;

	const node = function (tag, attrs, kids) {
		const n = document.createElementNS(NS, tag);

		Object.keys(attrs).forEach((name) => attrs[name] !== null && n.setAttribute(name, attrs[name]));
		(kids || []).forEach((kid) => n.appendChild(typeof kid === 'string' ? document.createTextNode(kid) : kid));
		return n;
	};
	const text = (x, y, words, attrs) => node('text', Object.assign({ x: x, y: y, 'font-size': 13, fill: '#1a1a1a' }, attrs), [words]);
	const rect = (x, y, w, h, attrs) => node('rect', Object.assign({ x: x, y: y, width: Math.max(0, w), height: Math.max(0, h) }, attrs));
	const line = (x1, y1, x2, y2, attrs) => node('line', Object.assign({ x1: x1, y1: y1, x2: x2, y2: y2, stroke: '#d3d9e0' }, attrs));

	/* Fills: full, stripes, dots, hollow, checks. */
	const fills = function (id) {
		const pattern = (i, kids) =>
			node('pattern', { id: id + '-' + i, width: 6, height: 6, patternUnits: 'userSpaceOnUse' }, [rect(0, 0, 6, 6, { fill: '#fff' })].concat(kids));

		return node('defs', {}, [
			pattern(0, [rect(0, 0, 6, 6, { fill: INK[0] })]),
			pattern(1, [node('path', { d: 'M-1 1l2-2M0 6l6-6M5 7l2-2', stroke: INK[1], 'stroke-width': 2 })]),
			pattern(2, [node('circle', { cx: 3, cy: 3, r: 1.8, fill: INK[2] })]),
			pattern(3, [node('path', { d: 'M0 3h6M3 0v6', stroke: INK[3], 'stroke-width': 1.5 })]),
			pattern(4, [rect(0, 0, 6, 6, { fill: '#e8ecf0' })])
		]);
	};
	const ink = (i) => INK[i % INK.length];
	const fill = (id, i) => ({ fill: 'url(#' + id + '-' + (i % INK.length) + ')', stroke: ink(i), 'stroke-width': 1 });

	/* A round number that is not smaller. */
	const round = function (max, unit) {
		if (unit === 'rate') return 1000;
		const base = unit === 'fen' ? 100 * TICKS : unit === 'minutes' ? 15 * TICKS : TICKS;
		let step = base;

		[2, 5, 10].some(() => step >= max);
		while (step < max) {
			const left = [2, 5, 10].map((f) => step * f).filter((v) => v >= max)[0];

			step = left || step * 10;
		}
		return step;
	};
	/* Squares with words, in as many lines as they need. */
	const legend = function (series, id, from, width) {
		const kids = [];
		let x = from;
		let y = 6;

		series.forEach((s, i) => {
			const wide = 40 + s.label.length * 13;

			if (x > from && x + wide > width) {
				x = from;
				y += LINE;
			}
			kids.push(rect(x, y, 14, 14, fill(id, i)), text(x + 20, y + 12, s.label, {}));
			x += wide;
		});
		return { kids: kids, height: y + LINE + 4 };
	};

	const axis = function (spec, max) {
		const W = spec.width;
		const TOP = spec.top;
		const kids = [];
		let i;

		for (i = 0; i <= TICKS; i++) {
			const y = TOP + HIGH - (HIGH * i) / TICKS;

			kids.push(line(LEFT, y, W, y, {}), text(LEFT - 6, y + 4, spec.format(spec.series[0].unit, (max * i) / TICKS), { 'text-anchor': 'end', 'font-size': 12 }));
		}
		const every = Math.ceil((spec.rows.length / LABELS) * (WIDE / W));
		const wide = (W - LEFT) / spec.rows.length;

		spec.rows.forEach((row, n) => {
			if (n % every) return;
			kids.push(text(LEFT + wide * (n + 0.5), TOP + HIGH + BOTTOM - 10, S.shortDay(row.label), { 'text-anchor': 'middle', 'font-size': 12 }));
		});
		return kids;
	};
	const value = (row, i) => Math.max(0, row.cells[i] || 0);
	const bars = function (spec, id, max) {
		const W = spec.width;
		const TOP = spec.top;
		const wide = (W - LEFT) / spec.rows.length;
		const gap = wide > 6 ? wide * 0.2 : 0;
		const each = (wide - gap) / (spec.stacked ? 1 : spec.series.length);
		const kids = [];

		spec.rows.forEach((row, n) => {
			let under = 0;

			spec.series.forEach((s, i) => {
				const high = (value(row, i) / max) * HIGH;
				const x = LEFT + wide * n + gap / 2 + (spec.stacked ? 0 : each * i);

				if (high <= 0) return;
				kids.push(rect(x, TOP + HIGH - under - high, each, high, fill(id, i)));
				if (spec.stacked) under += high;
			});
		});
		return kids;
	};
	/* Points are marked: a line between two that have nothing between them is not drawn. */
	const lines = function (spec, id, max) {
		const W = spec.width;
		const TOP = spec.top;
		const wide = (W - LEFT) / spec.rows.length;
		const kids = [];

		spec.series.forEach((s, i) => {
			let last = null;

			spec.rows.forEach((row, n) => {
				const at = row.cells[i] === null ? null : [LEFT + wide * (n + 0.5), TOP + HIGH - (value(row, i) / max) * HIGH];

				if (at && last) kids.push(line(last[0], last[1], at[0], at[1], { stroke: ink(i), 'stroke-width': 2, 'stroke-dasharray': i ? '6 3' : null }));
				if (at) kids.push(i ? rect(at[0] - 3, at[1] - 3, 6, 6, { fill: '#fff', stroke: ink(i), 'stroke-width': 2 }) : node('circle', { cx: at[0], cy: at[1], r: 3.5, fill: ink(i) }));
				last = at;
			});
		});
		return kids;
	};
	const total = (row, spec) => spec.series.reduce((sum, s, i) => sum + value(row, i), 0);
	const ROW = 20;
	const names = (width) => (width < NARROW ? 110 : 250);
	const lying = function (spec, id, max) {
		const kids = [];
		const TOP = spec.top;
		const NAMES = names(spec.width);
		const high = ROW * (spec.stacked ? 1 : spec.series.length) + 10;
		const room = spec.width - NAMES - (spec.tell ? 130 : 95);
		const said = (row, i) => (spec.tell ? spec.tell(row) : spec.format(spec.series[i].unit, row.cells[i]));

		spec.rows.forEach((row, n) => {
			const y = TOP + high * n;
			let from = 0;

			kids.push(text(NAMES - 8, y + high / 2, S.cut(row.label, Math.floor(NAMES / 13.5)), { 'text-anchor': 'end' }));
			spec.series.forEach((s, i) => {
				const wide = (value(row, i) / max) * room;
				const at = y + (spec.stacked ? 0 : ROW * i);

				kids.push(rect(NAMES + from, at + 2, wide, ROW - 4, fill(id, i)));
				if (spec.stacked) from += wide;
				else kids.push(text(NAMES + wide + 6, at + 15, said(row, i), {}));
			});
			if (spec.stacked) kids.push(text(NAMES + from + 6, y + 15, spec.format(spec.series[0].unit, total(row, spec)), {}));
		});
		return kids.concat(line(NAMES, TOP, NAMES, TOP + high * spec.rows.length, { stroke: '#6b7280' }));
	};

	S.cut = (words, most) => (words.length > most ? words.slice(0, most - 1) + '…' : words);
	/* Of a day or a span of days what fits under a bar. */
	S.shortDay = (label) => (/^\d{4}-\d\d-\d\d/.test(label) ? label.slice(5, 10) : label);
	S.chart = function (spec) {
		const id = 'chart' + ++ids;
		const sums = spec.rows.map((row) => (spec.stacked ? total(row, spec) : Math.max.apply(null, spec.series.map((s, i) => value(row, i)))));
		const max = round(Math.max.apply(null, sums.concat(1)), spec.series[0].unit);
		const width = Math.max(SMALLEST, Math.min(WIDE, spec.width || WIDE));
		const flat = spec.kind === 'lying';
		const said = legend(spec.series, id, flat ? names(width) : LEFT, width);
		const at = Object.assign({}, spec, { width: width, top: said.height });
		const high = flat ? (ROW * (spec.stacked ? 1 : spec.series.length) + 10) * spec.rows.length + 6 : HIGH + BOTTOM;
		const drawn = flat ? lying(at, id, max) : axis(at, max).concat(spec.kind === 'lines' ? lines(at, id, max) : bars(at, id, max));

		return node(
			'svg',
			{ class: 'chart', viewBox: '0 0 ' + width + ' ' + (said.height + high), role: 'img', 'aria-labelledby': id + '-t' },
			[node('title', { id: id + '-t' }, [spec.title]), fills(id)].concat(said.kids, drawn)
		);
	};
})(window.ZY);
