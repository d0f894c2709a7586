/* Settings: each with what holds, its default and why it is there; a form to change it and the record of changes open
 * below it. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const LIST = '/api/staff/settings';
	let rows = [];

	const api = (row, rest) => LIST + '/' + encodeURIComponent(row.name) + (rest || '');
	const place = (row) => 'set-' + row.name.replace(/\./g, '-');
	const host = (row) => S.id(place(row));
	const openers = (row) => ZY.$$('[aria-controls="' + place(row) + '"]');
	const shut = function (row) {
		S.clear(host(row));
		openers(row).forEach((button) => button.setAttribute('aria-expanded', 'false'));
	};
	const load = () =>
		S.loading(S.id('list'), ZY.api('GET', LIST, { quiet: true })).then(
			(answer) => {
				rows = answer.data.items;
				draw();
			},
			(problem) => {
				S.clear(S.id('list'));
				if (problem.status === 403)
					S.fill(S.id('list'), S.el('p', { class: 'empty', text: S.t('staff.forbidden') }));
				else S.trouble(problem, load);
			}
		);
	/* A row was changed, here or by somebody else: read all, and stand on its button again. */
	const again = (row) =>
		load().then(() => {
			if (openers(row).length) openers(row)[0].focus();
		});

	/* ---- change ---- */

	/* What the form holds as the API writes it; null when it is no such value. */
	const typed = function (row) {
		const text = S.plain(S.id('set-value').value);
		const n = /^\d{1,9}$/.test(text) ? Number(text) : null;

		if (row.kind === 'switch' || row.kind === 'choice') return text;
		return n === null || n < row.min || n > row.max ? null : String(n);
	};
	const bounds = (row) => ({ min: row.min, max: row.max, unit: row.unit || '' });
	const valueField = function (row) {
		const choices =
			row.kind === 'switch'
				? [
						['on', S.t('set.on')],
						['off', S.t('set.off')]
					]
				: row.choices.map((one) => [one.value, one.text]);

		if (choices.length)
			return S.field({ id: 'set-value', label: S.t('set.value'), options: choices, value: row.value });
		return S.field({
			id: 'set-value',
			label: S.t('set.value'),
			hint: S.t('set.range', bounds(row)),
			value: row.value,
			attrs: { inputmode: 'numeric' }
		});
	};
	const save = function (row, form, reset) {
		const reason = S.id('set-reason').value.trim();
		const value = reset ? null : typed(row);
		const faults = [];

		if (!reset && value === null) faults.push({ id: 'set-value', text: S.t('set.bad', bounds(row)) });
		if (reason.length < 2) faults.push({ id: 'set-reason', text: S.t('reason.empty') });
		if (!S.faults(form, faults)) return;
		ZY.api('POST', api(row), {
			quiet: true,
			body: reset ? { reset: true, reason: reason } : { value: value, reason: reason },
			ifMatch: row.version,
			key: ZY.key()
		}).then(
			(answer) => {
				S.notice('setting', 'ok', S.t('set.saved', { label: row.label, value: answer.data.value_words }));
				again(row);
			},
			(problem) => {
				if (problem.status === 412) {
					S.notice('setting', 'warn', S.t('keep.stale'));
					again(row);
				} else if (problem.status === 422)
					S.faults(form, S.serverFaults(problem, { '#/value': 'set-value', '#/reason': 'set-reason' }));
				else S.trouble(problem);
			}
		);
	};
	const edit = function (row) {
		const form = S.el('form', { class: 'keep', novalidate: true, 'aria-label': row.label });

		rows.forEach(shut);
		S.fill(
			form,
			valueField(row),
			S.field({ id: 'set-reason', label: S.t('set.reason'), rows: 2 }),
			S.el(
				'p',
				{ class: 'row-act' },
				S.el('button', { type: 'submit', class: 'btn', text: S.t('act.save') }),
				!row.is_default &&
					S.el('button', {
						type: 'button',
						class: 'btn btn-2',
						text: S.t('set.reset', { value: row.default_words }),
						on: { click: () => save(row, form, true) }
					}),
				S.button('act.cancel', () => {
					shut(row);
					openers(row)[0].focus();
				})
			)
		);
		form.addEventListener('submit', (event) => {
			event.preventDefault();
			save(row, form, false);
		});
		S.fill(host(row), form);
		S.id('set-value').focus();
	};

	/* ---- the record ---- */

	const past = (row, items) =>
		S.el(
			'section',
			{ class: 'scroll', tabindex: '0', 'aria-label': S.t('set.past', { label: row.label }) },
			S.el(
				'table',
				{ class: 'tbl tbl-wide' },
				S.el(
					'thead',
					{},
					S.el(
						'tr',
						{},
						['at', 'by', 'old', 'new', 'reason'].map((name) =>
							S.el('th', { scope: 'col', text: S.t('set.col.' + name) })
						)
					)
				),
				S.el(
					'tbody',
					{},
					items.map((one) =>
						S.el(
							'tr',
							{},
							S.el('td', { class: 'fig', text: S.stamp(one.at) }),
							S.el('td', { text: one.by }),
							S.el('td', { text: one.old_words || S.t('set.is_usual') }),
							S.el('td', { text: one.new_words || S.t('set.is_usual') }),
							S.el('td', { text: one.reason })
						)
					)
				)
			)
		);
	const history = function (row, button) {
		rows.forEach(shut);
		button.setAttribute('aria-expanded', 'true');
		S.loading(host(row), ZY.api('GET', api(row, '/history'), { quiet: true })).then(
			(answer) =>
				S.fill(
					host(row),
					answer.data.items.length
						? past(row, answer.data.items)
						: S.el('p', { class: 'empty', text: S.t('set.none') })
				),
			(problem) => {
				shut(row);
				S.trouble(problem, () => history(row, button));
			}
		);
	};

	/* ---- the list ---- */

	const opener = function (row, key, open) {
		const button = S.el(
			'button',
			{ type: 'button', class: 'btn btn-2', 'aria-expanded': 'false', 'aria-controls': place(row) },
			S.t(key),
			S.vh(row.label)
		);

		button.addEventListener('click', () => {
			if (button.getAttribute('aria-expanded') === 'true') {
				shut(row);
				return;
			}
			open(row, button);
			button.setAttribute('aria-expanded', 'true');
		});
		return button;
	};
	const line = (row) =>
		S.el(
			'li',
			{},
			S.el(
				'div',
				{ class: 'line-top' },
				S.el(
					'div',
					{ class: 'line-main' },
					S.el(
						'p',
						{ class: 'card-unit' },
						row.label + S.t('colon'),
						S.el('span', { class: 'set-now', text: row.value_words }),
						row.is_default
							? S.el('span', { class: 'tag tag-off', text: S.t('set.is_usual') })
							: S.el('span', { class: 'tag', text: S.t('set.usual', { value: row.default_words }) })
					),
					S.el('p', { class: 'card-line', text: row.help }),
					row.changed_at &&
						S.el('p', {
							class: 'card-line',
							text: S.t('set.changed', { name: row.changed_by, at: S.stamp(row.changed_at) })
						})
				),
				S.el('p', { class: 'row-act' }, opener(row, 'act.edit', edit), opener(row, 'set.history', history))
			),
			S.el('div', { class: 'line-body', id: place(row) })
		);
	const draw = function () {
		const groups = rows.map((row) => row.group).filter((group, i, all) => all.indexOf(group) === i);

		S.fill(
			S.id('list'),
			groups.map((group) =>
				S.el(
					'section',
					{},
					S.el('h2', { text: group }),
					S.el('ul', { class: 'lines' }, rows.filter((row) => row.group === group).map(line))
				)
			)
		);
	};

	S.start().then(load);
})(window.ZY);
