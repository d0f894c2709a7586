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
	const openers = (row) => S.openers(place(row));
	const shut = (row) => S.shut(place(row));
	const load = () =>
		S.loading(S.id('list'), ZY.api('GET', LIST, { quiet: true })).then(
			(answer) => {
				rows = answer.data.items;
				draw();
			},
			(problem) => S.unread(S.id('list'), problem, load)
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
		const body = reset ? { reset: true, reason: reason } : { value: value, reason: reason };

		ZY.api('POST', row.two_persons ? '/api/staff/proposals/price' : api(row), {
			quiet: true,
			body: row.two_persons ? Object.assign(body, { name: row.name }) : body,
			ifMatch: row.version,
			key: ZY.key()
		}).then(
			(answer) => {
				S.notice(
					'setting',
					'ok',
					row.two_persons
						? S.t('prop.sent', { what: answer.data.summary })
						: S.t('set.saved', { label: row.label, value: answer.data.value_words })
				);
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
			S.field({
				id: 'set-reason',
				label: S.t('set.reason'),
				hint: row.two_persons && S.t('prop.price_h'),
				rows: 2
			}),
			S.el(
				'p',
				{ class: 'row-act' },
				S.el('button', { type: 'submit', class: 'btn', text: S.t(row.two_persons ? 'prop.send' : 'act.save') }),
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
		S.table(
			S.t('set.past', { label: row.label }),
			S.heads('set.col.', ['at', 'by', 'old', 'new', 'reason']),
			items.map((one) =>
				S.el(
					'tr',
					{},
					S.el('td', { class: 'fig', text: S.stamp(one.at) }),
					S.el('td', {
						text: one.checked_by
							? S.t('prop.two', { name: one.by, checker: one.checked_by })
							: one.by
					}),
					S.el('td', { text: one.old_words || S.t('set.is_usual') }),
					S.el('td', { text: one.new_words || S.t('set.is_usual') }),
					S.el('td', { text: one.reason })
				)
			),
			'tbl tbl-wide'
		);
	const history = function (row, button) {
		rows.forEach(shut);
		S.history(button, api(row, '/history'), (items) => past(row, items), 'set.none');
	};

	/* ---- the list ---- */

	const opener = (row, key, open) =>
		S.opener(key, row.label, place(row), (button) => open(row, button));
	const line = (row) =>
		S.line(
			[
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
			],
			S.el('p', { class: 'row-act' }, opener(row, 'act.edit', edit), opener(row, 'set.history', history)),
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
