/* The working calendar: one year as twelve months, each day off and each make-up day marked by a word; a file replaces a
 * year after a look at what it would be, and when a second person has confirmed it. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const API = '/api/staff/calendar';
	const FIRST = 2020;
	const LAST = 2099;
	let shown = null;

	const two = (n) => (n < 10 ? '0' : '') + n;
	const iso = (y, m, d) => y + '-' + two(m) + '-' + two(d);
	/* Monday 0 … Sunday 6. */
	const weekday = (day) => (new Date(day + 'T00:00:00Z').getUTCDay() + 6) % 7;
	const word = (n) => S.t('fmt.w' + ((n + 1) % 7));
	const lastDay = (y, m) => new Date(Date.UTC(y, m, 0)).getUTCDate();

	/* ---- a year ---- */

	const cell = function (day, mark) {
		const rest = weekday(day) > 4;
		const name = mark ? mark.kind : rest ? 'rest' : '';

		return S.el(
			'td',
			{ class: (name + (day === S.today() ? ' now' : '')).trim() || null },
			String(Number(day.slice(8))),
			mark && [
				S.el('span', { class: 'cal-k', text: S.t('cal.' + mark.kind) }),
				mark.note && S.vh(mark.note)
			]
		);
	};
	const month = function (year, one, marks) {
		const days = lastDay(year, one.month);
		const cells = [];
		const weeks = [];
		let i;

		for (i = weekday(iso(year, one.month, 1)); i > 0; i--) cells.push(S.el('td', {}));
		for (i = 1; i <= days; i++) cells.push(cell(iso(year, one.month, i), marks[iso(year, one.month, i)]));
		while (cells.length % 7) cells.push(S.el('td', {}));
		for (i = 0; i < cells.length; i += 7) weeks.push(S.el('tr', {}, cells.slice(i, i + 7)));
		return S.el(
			'table',
			{},
			S.el('caption', { text: S.t('cal.month', { month: one.month, n: one.working_days }) }),
			S.el(
				'thead',
				{},
				S.el(
					'tr',
					{},
					[0, 1, 2, 3, 4, 5, 6].map((n) => S.el('th', { scope: 'col', text: word(n) }))
				)
			),
			S.el('tbody', {}, weeks)
		);
	};
	const grid = function (data) {
		const marks = {};

		data.days.forEach((day) => (marks[day.day] = day));
		return [
			S.el('p', {
				text: S.t('cal.total', {
					n: data.working_days,
					work: data.days.filter((day) => day.kind === 'work').length,
					off: data.days.filter((day) => day.kind === 'off').length
				})
			}),
			S.el('p', { class: 'quiet', text: S.t('cal.key') }),
			S.el(
				'div',
				{ class: 'cal' },
				data.months.map((one) => month(data.year, one, marks))
			)
		];
	};
	const list = (data) =>
		S.table(
			S.t('cal.days'),
			S.heads('cal.col.', ['day', 'kind', 'note', 'source']),
			data.days.map((day) =>
				S.el(
					'tr',
					{},
					S.el('td', { class: 'fig', text: day.day + S.t('fmt.weekday', { w: word(weekday(day.day)) }) }),
					S.el('td', { class: 'fig', text: S.t('cal.' + day.kind + '_long') }),
					S.el('td', { text: day.note || '' }),
					S.el('td', { text: day.source })
				)
			),
			'tbl tbl-wide'
		);
	const pick = function (year) {
		const link = (y, now) =>
			y >= FIRST &&
			y <= LAST &&
			S.el('a', {
				href: S.url('/staff/calendar.html', { year: y }),
				'aria-current': now && 'page',
				text: S.t('cal.next', { year: y })
			});

		return S.el(
			'nav',
			{ class: 'pick', 'aria-label': S.t('cal.pick') },
			link(year - 1),
			link(year, true),
			link(year + 1)
		);
	};
	const draw = function (data) {
		const add = S.can('settings') && S.button('cal.import', () => open(data.year), { id: 'cal-open' });
		const title = S.t('cal.title', { year: data.year });

		shown = data;
		S.id('title').textContent = title;
		document.title = S.t('title', { page: title });
		S.fill(S.id('page-act'), pick(data.year), ' ', add);
		S.fill(
			S.id('year'),
			data.known
				? [grid(data), S.el('h2', { text: S.t('cal.days') }), list(data)]
				: S.el('p', { class: 'empty', text: S.t('cal.unknown', { year: data.year }) })
		);
	};
	const load = (year) =>
		S.loading(S.id('year'), ZY.api('GET', S.url(API, { year: year }), { quiet: true })).then(
			(answer) => draw(answer.data),
			(problem) => {
				S.clear(S.id('year'));
				if (problem.status === 422 && year) load('');
				else S.trouble(problem, () => load(year));
			}
		);

	/* ---- import ---- */

	const MAP = { '#/csv': 'cal-csv', '#/reason': 'cal-reason' };
	const csvOf = (data) =>
		'day,kind,note,source\n' +
		data.days.map((day) => [day.day, day.kind, day.note || '', day.source].join(',') + '\n').join('');
	/* A spreadsheet of a Chinese Windows writes GB 18030. */
	const readFile = function (file, encoding) {
		return new Promise((resolve, reject) => {
			const reader = new FileReader();

			reader.addEventListener('load', () => {
				if (encoding === 'utf-8' && /\ufffd/.test(reader.result))
					readFile(file, 'gb18030').then(resolve, reject);
				else resolve(reader.result);
			});
			reader.addEventListener('error', reject);
			reader.readAsText(file, encoding);
		});
	};
	const shut = function () {
		S.clear(S.id('import'));
		S.id('year').hidden = false;
		if (S.id('cal-open')) S.id('cal-open').focus();
	};
	const refused = function (form, problem) {
		if (problem.status === 422) S.faults(form, S.serverFaults(problem, MAP));
		else S.trouble(problem);
	};
	const send = (url, body) => ZY.api('POST', url, { quiet: true, body: body, key: ZY.key() });
	const keep = function (form, csv) {
		const reason = S.id('cal-reason').value.trim();

		if (!S.faults(form, reason.length < 2 ? [{ id: 'cal-reason', text: S.t('cal.no_reason') }] : [])) return;
		send('/api/staff/proposals/calendar', { csv: csv, reason: reason }).then(
			(answer) => {
				S.notice('calendar', 'ok', S.t('prop.sent', { what: answer.data.summary }));
				shut();
			},
			(problem) => refused(form, problem)
		);
	};
	const show = function (csv, data) {
		const form = S.el('form', { class: 'keep', novalidate: true, 'aria-labelledby': 'cal-p' });

		S.fill(
			form,
			S.el('h2', { id: 'cal-p', tabindex: '-1', text: S.t('cal.preview_t', { year: data.year }) }),
			S.el('p', { text: S.t('cal.difference', data) }),
			S.field({ id: 'cal-reason', label: S.t('cal.reason'), hint: S.t('cal.reason_h'), rows: 2 }),
			S.el(
				'p',
				{ class: 'row-act' },
				S.el('button', { type: 'submit', class: 'btn', text: S.t('prop.cal_send', { year: data.year }) }),
				S.button('act.cancel', shut)
			)
		);
		form.addEventListener('submit', (event) => {
			event.preventDefault();
			keep(form, csv);
		});
		S.fill(S.id('cal-preview'), form, grid(data));
		S.id('cal-p').focus();
	};
	const preview = function (form) {
		const csv = S.id('cal-csv').value;

		S.clear(S.id('cal-preview'));
		if (!S.faults(form, csv.trim() ? [] : [{ id: 'cal-csv', text: S.t('cal.no_csv') }])) return;
		send(API, { csv: csv }).then(
			(answer) => show(csv, answer.data),
			(problem) => refused(form, problem)
		);
	};
	const open = function (year) {
		const form = S.el('form', { class: 'keep', novalidate: true, 'aria-labelledby': 'cal-h' });
		const file = S.field({ id: 'cal-file', label: S.t('cal.file'), type: 'file', attrs: { accept: '.csv,text/csv,text/plain' } });

		S.unnotice('calendar');
		S.fill(
			form,
			S.el('h2', { id: 'cal-h', text: S.t('cal.import') }),
			S.el('p', { class: 'hint', text: S.t('cal.import_h') }),
			file,
			S.field({ id: 'cal-csv', label: S.t('cal.csv'), rows: 10, attrs: { class: 'csv', lang: 'en' } }),
			S.el(
				'p',
				{ class: 'row-act' },
				S.el('button', { type: 'submit', class: 'btn', text: S.t('cal.preview') }),
				shown.known &&
					S.el('button', {
						type: 'button',
						class: 'btn btn-2',
						text: S.t('cal.sample', { year: year }),
						on: { click: () => (S.id('cal-csv').value = csvOf(shown)) }
					}),
				S.button('act.cancel', shut)
			)
		);
		file.querySelector('input').addEventListener('change', (event) => {
			const one = event.target.files[0];

			if (one)
				readFile(one, 'utf-8').then(
					(text) => {
						S.id('cal-csv').value = text;
						preview(form);
					},
					() => S.faults(form, [{ id: 'cal-file', text: S.t('cal.no_read') }])
				);
		});
		form.addEventListener('submit', (event) => {
			event.preventDefault();
			preview(form);
		});
		S.fill(S.id('import'), form, S.el('div', { id: 'cal-preview' }));
		S.id('year').hidden = true;
		S.id('cal-file').focus();
	};

	S.start().then(() => load(S.query('year')));
})(window.ZY);
