/* Reports of a range: each with one sentence, a chart, the same figures as a table, and as a file. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const PLACE = '/api/staff/reports';
	const FIELDS = ['from', 'to', 'by', 'service', 'holder', 'branch', 'step'];
	const BY = ['day', 'week', 'month', 'service', 'holder', 'branch'];
	const MOST = 12;
	const KINDS = { bars: 'bars', stack: 'bars', money: 'bars', rates: 'lines', pace: 'lines' };
	const STACKED = ['stack', 'money'];
	const host = S.id('reports');
	const ask = S.id('ask');

	const day = (shift, of) => new Date(Date.parse((of || S.today()) + 'T00:00:00Z') + shift * 86400000).toISOString().slice(0, 10);
	const monthBegin = (of) => of.slice(0, 8) + '01';
	const QUICK = {
		week: () => [day(-6), day(0)],
		month: () => [monthBegin(day(0)), day(0)],
		last: () => [monthBegin(day(-1, monthBegin(day(0)))), day(-1, monthBegin(day(0)))],
		year: () => [day(0).slice(0, 5) + '01-01', day(0)]
	};
	const want = {};

	FIELDS.forEach((name) => {
		want[name] = S.query(name);
	});
	if (!want.from && !want.to) [want.from, want.to] = [day(-29), day(0)];
	if (BY.indexOf(want.by) < 0) want.by = 'day';

	/* ---- figures in words ---- */

	const minutes = (m) => (m < 60 ? S.t('rp.minutes', { m: m }) : S.t('rp.hours', { h: Math.floor(m / 60), m: String(m % 60).padStart(2, '0') }));
	const FORMAT = {
		count: (v) => String(Math.round(v)),
		fen: (v) => S.yuan(Math.round(v)),
		rate: (v) => S.t('rp.ratio', { n: (v / 10).toFixed(1) }),
		minutes: (v) => minutes(Math.round(v)),
		score: (v) => (v / 100).toFixed(2)
	};
	const format = (unit, v) => (v === null ? S.t('rp.nothing') : FORMAT[unit](v));

	/* ---- one report ---- */

	const chart = function (t) {
		const at = t.columns.map((c, i) => i).filter((i) => t.columns[i].chart);
		const pareto = t.chart === 'pareto';
		/* Of a rate or a time nothing is a figure too. */
		const there = (row) => at.some((i) => row.cells[i] || (row.cells[i] === 0 && /^(rate|minutes)$/.test(t.columns[i].unit)));
		const some = t.rows.some(there);
		const lying = ['spans', 'pareto'].indexOf(t.chart) >= 0 || BY.indexOf(want.by) > 2;
		const drawn = pareto ? [0] : at;
		const rows = (lying ? t.rows.filter(there) : t.rows).slice(0, pareto ? MOST : t.rows.length);

		if (!some) return S.el('p', { class: 'quiet', text: S.t('rp.none') });
		return S.el(
			'figure',
			{ class: 'rp-fig' },
			S.chart({
				title: S.t('rp.chart_of', { title: t.title, finding: t.finding || '' }),
				kind: lying ? 'lying' : KINDS[t.chart],
				stacked: STACKED.indexOf(t.chart) >= 0,
				series: drawn.map((i) => t.columns[i]),
				rows: rows.map((row) => ({ label: row.label, cells: drawn.map((i) => row.cells[i]), all: row.cells })),
				format: format,
				width: host.clientWidth,
				tell: pareto && ((row) => S.t('rp.cumulated', { n: row.all[0], sum: format('rate', row.all[2]) }))
			}),
			pareto && rows.length < t.rows.length && S.el('figcaption', { class: 'quiet', text: S.t('rp.more', { n: MOST }) })
		);
	};
	const cells = (t, row) => row.cells.map((v, i) => S.el('td', { class: 'num', text: format(t.columns[i].unit, v) }));
	const table = (t) =>
		S.el(
			'div',
			{ class: 'scroll rp-scroll', role: 'group', tabindex: '0', 'aria-label': S.t('rp.table_of', { title: t.title }) },
			S.el(
				'table',
				{ class: 'tbl' },
				S.el(
					'thead',
					{},
					S.el('tr', {}, S.el('th', { scope: 'col', text: t.head }), t.columns.map((c) => S.el('th', { scope: 'col', class: 'num', text: c.label })))
				),
				S.el('tbody', {}, t.rows.map((row) => S.el('tr', {}, S.el('th', { scope: 'row', text: row.label }), cells(t, row)))),
				t.total && S.el('tfoot', {}, S.el('tr', {}, S.el('th', { scope: 'row', text: t.total.label }), cells(t, t.total)))
			)
		);
	const report = (t) =>
		S.el(
			'section',
			{ class: 'rp', 'aria-labelledby': 'rp-' + t.report },
			S.el(
				'div',
				{ class: 'page-head' },
				S.el('h2', { id: 'rp-' + t.report, text: t.title }),
				S.el('a', { class: 'rp-csv', href: S.url(PLACE + '/' + t.report + '/csv', want), download: true, 'aria-label': S.t('rp.csv_of', { title: t.title }), text: S.t('rp.csv') })
			),
			t.finding && S.el('p', { class: 'rp-find', text: t.finding }),
			chart(t),
			t.rows.length > 0 && table(t),
			t.note && S.el('p', { class: 'hint', text: t.note })
		);

	/* ---- all of them ---- */

	let last = null;
	const draw = (r) => {
		last = r;
		S.fill(
			host,
			S.el(
				'p',
				{ class: 'rp-range' },
				S.el('strong', { text: S.t('rp.range', { from: r.from, to: r.to, by: S.t('rp.by.' + r.by) }) }),
				' ',
				['service', 'holder', 'branch'].filter((name) => want[name]).map((name) => S.el('span', { class: 'tag', text: S.id(name).selectedOptions[0].textContent })),
				' ',
				r.counted_at && S.el('span', { class: 'quiet', text: S.t('rp.counted', { at: S.stamp(r.counted_at) }) }),
				r.pending > 0 && S.el('span', { class: 'quiet', text: r.pending < 999 ? S.t('rp.pending', { n: r.pending }) : S.t('rp.pending_many') })
			),
			S.el(
				'nav',
				{ class: 'rp-toc', 'aria-label': S.t('rp.toc') },
				S.el('ul', {}, r.tables.map((t) => S.el('li', {}, S.el('a', { href: '#rp-' + t.report, text: t.title }))))
			),
			r.tables.map(report)
		);
	};
	/* Charts are drawn for the width there is. */
	let drawnAt = window.innerWidth;
	window.addEventListener('resize', ZY.debounce(() => {
		if (last && window.innerWidth !== drawnAt) draw(last);
		drawnAt = window.innerWidth;
	}, 150));
	const load = () =>
		S.loading(host, ZY.api('GET', S.url(PLACE, want), { quiet: true })).then(
			(answer) => {
				S.faults(ask, []);
				if (S.id('step').options.length < 2) steps(answer.data.steps);
				draw(answer.data);
				host.dataset.ready = '1';
			},
			(problem) => {
				S.clear(host);
				if (problem.status === 422) S.faults(ask, S.serverFaults(problem, { '#/from': 'from', '#/to': 'to', '#/by': 'by' }));
				else S.trouble(problem, load);
			}
		);
	const steps = (list) =>
		S.fill(
			S.id('step'),
			list.map((s) => S.el('option', { value: s.step, text: s.name, selected: s.step === (want.step || 'promise') }))
		);

	/* ---- the question ---- */

	const choose = (name, rows) => S.field({ id: name, label: S.t('rp.' + name), value: want[name], options: rows });
	const date = (name) => S.field({ id: name, label: S.t('rp.' + name), type: 'date', value: want[name] });
	const listed = (list) => [['', S.t('rp.all')]].concat(list.map((one) => [one.code, one.name]));
	const form = (cat, branches) =>
		S.fill(
			ask,
			date('from'),
			date('to'),
			choose('by', BY.map((name) => [name, S.t('rp.by.' + name)])),
			choose('service', listed(cat.services)),
			choose('holder', listed(cat.holders)),
			choose('branch', listed(branches).concat([['none', S.t('rp.no_branch')]])),
			S.field({ id: 'step', label: S.t('rp.step'), value: want.step, options: [[want.step, S.t('loading')]] }),
			S.el('p', { class: 'row-act' }, S.el('button', { type: 'submit', class: 'btn', text: S.t('rp.go') })),
			S.el(
				'p',
				{ class: 'rp-quick' },
				S.el('span', { class: 'quiet', text: S.t('rp.quick') }),
				Object.keys(QUICK).map((name) => {
					const range = QUICK[name]();

					return S.el('a', { class: 'chip', href: S.url('/staff/reports.html', Object.assign({}, want, { from: range[0], to: range[1] })), text: S.t('rp.quick.' + name) });
				})
			)
		);
	ask.addEventListener('submit', (event) => {
		event.preventDefault();
		FIELDS.forEach((name) => {
			want[name] = S.id(name).value;
		});
		const missing = ['from', 'to'].filter((name) => !want[name]);

		if (missing.length) {
			S.faults(ask, [{ id: missing[0], text: S.t('rp.bad_range') }]);
			return;
		}
		history.replaceState(null, '', S.url('/staff/reports.html', want));
		load();
	});
	S.start().then(() =>
		S.loading(host, Promise.all([ZY.catalog(), ZY.api('GET', '/api/branches', { quiet: true })])).then((both) => {
			form(both[0], both[1].data.items);
			return load();
		}, (problem) => S.trouble(problem, () => location.reload()))
	);
})(window.ZY);
