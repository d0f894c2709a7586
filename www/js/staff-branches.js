/* The counters: a list, a form to add or change one, closing and opening again; each is proposed here and confirmed by somebody
 * else.  Below a counter, its record. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const LIST = '/api/staff/branches';
	const TEXTS = ['name', 'address', 'phone', 'hours'];

	const load = () =>
		S.loading(S.id('list'), ZY.api('GET', LIST, { quiet: true })).then(
			(answer) => draw(answer.data.items),
			(problem) => S.unread(S.id('list'), problem, load)
		);
	const shut = () => S.clear(S.id('edit'));
	/* A counter as the proposal wants it, with what shall be otherwise. */
	const wish = (row, change) =>
		Object.assign(
			row && { code: row.code, name: row.name, address: row.address, phone: row.phone, hours: row.hours, makeup_open: row.makeup_open, sort: row.sort, closed: !row.open },
			change
		);
	const propose = (body) => ZY.api('POST', '/api/staff/proposals/branch', { quiet: true, body: body, key: ZY.key() });
	/* Done: say it, and stand where the row is. */
	const done = function (answer, code) {
		shut();
		S.notice('branch', 'ok', S.t('prop.sent', { what: answer.data.summary }));
		load().then(() => {
			const button = S.id('br-edit-' + code);

			if (button) button.focus();
		});
	};

	/* ---- the form ---- */

	const value = (name) => S.id('br-' + name).value.trim();
	const check = function (row) {
		const faults = TEXTS.filter((name) => value(name).length < 2).map((name) => ({
			id: 'br-' + name,
			text: S.t('br.bad.' + name)
		}));

		if (!row && !/^[a-z0-9_]{2,40}$/.test(S.plain(value('code'))))
			faults.unshift({ id: 'br-code', text: S.t('br.bad.code') });
		if (!/^\d{1,4}$/.test(S.plain(value('sort')))) faults.push({ id: 'br-sort', text: S.t('br.bad.sort') });
		if (value('reason').length < 2) faults.push({ id: 'br-reason', text: S.t('reason.empty') });
		return faults;
	};
	const save = function (row, form) {
		const change = { makeup_open: S.id('br-weekend').checked, reason: value('reason') };

		if (!S.faults(form, check(row))) return;
		change.sort = Number(S.plain(value('sort')));
		TEXTS.forEach((name) => (change[name] = value(name)));
		const body = wish(row || {}, row ? change : Object.assign(change, { code: S.plain(value('code')), add: true, closed: false }));

		propose(body).then(
			(answer) => done(answer, body.code),
			(problem) => {
				const map = { '#/code': 'br-code', '#/sort': 'br-sort', '#/reason': 'br-reason' };

				TEXTS.forEach((name) => (map['#/' + name] = 'br-' + name));
				if (problem.status === 422) S.faults(form, S.serverFaults(problem, map));
				else S.trouble(problem);
			}
		);
	};
	const edit = function (row, back) {
		const form = S.el('form', { class: 'keep', novalidate: true, 'aria-labelledby': 'br-h' });
		const weekend = S.el('input', { type: 'checkbox', id: 'br-weekend' });

		weekend.checked = !!row && row.makeup_open;
		S.fill(
			form,
			S.el('h2', { id: 'br-h', text: row ? S.t('br.edit', { name: row.name }) : S.t('br.add') }),
			S.el(
				'div',
				{ class: 'fields' },
				!row && S.field({ id: 'br-code', label: S.t('br.code'), hint: S.t('br.code_h') }),
				TEXTS.map((name) =>
					S.field({
						id: 'br-' + name,
						label: S.t('br.col.' + name),
						value: row ? row[name] : '',
						wide: name === 'address' || name === 'hours'
					})
				),
				S.field({
					id: 'br-sort',
					label: S.t('br.sort'),
					hint: S.t('br.sort_h'),
					value: row ? String(row.sort) : '10',
					attrs: { inputmode: 'numeric' }
				})
			),
			S.el('p', { class: 'stick' }, weekend, S.el('label', { for: 'br-weekend', text: S.t('br.weekend') })),
			S.field({ id: 'br-reason', label: S.t('reason.label'), hint: S.t('br.two_h'), rows: 2, wide: true }),
			S.el(
				'p',
				{ class: 'row-act' },
				S.el('button', { type: 'submit', class: 'btn', text: S.t('prop.send') }),
				S.button('act.cancel', () => {
					shut();
					back.focus();
				})
			)
		);
		form.addEventListener('submit', (event) => {
			event.preventDefault();
			save(row, form);
		});
		S.unnotice('branch');
		S.fill(S.id('edit'), form);
		S.id(row ? 'br-name' : 'br-code').focus();
	};

	/* ---- closing and opening ---- */

	const turn = function (row, button) {
		let answer;

		S.askReason({
			title: S.t(row.open ? 'br.ask_close' : 'br.ask_open', { name: row.name }),
			text: S.t(row.open ? 'br.ask_close_h' : 'br.two_h'),
			ok: 'prop.send',
			danger: row.open,
			send: (reason) => propose(wish(row, { closed: row.open, reason: reason })).then((got) => (answer = got))
		}).then((reason) => (reason ? done(answer, row.code) : button.focus()));
	};

	/* ---- the record ---- */

	const change = (d) =>
		S.el('span', {
			class: 'blk',
			text: S.t('br.change', { label: d.label, before: d.before || S.t('br.nothing'), after: d.after || S.t('br.nothing') })
		});
	const past = (row, items) =>
		S.table(
			S.t('set.past', { label: row.name }),
			['set.col.at', 'set.col.by', 'br.changes', 'set.col.reason'].map((key) => S.el('th', { scope: 'col', text: S.t(key) })),
			items.map((one) =>
				S.el(
					'tr',
					{},
					S.el('td', { class: 'fig', text: S.stamp(one.at) }),
					S.el('td', { text: S.t('prop.two', { name: one.by, checker: one.checked_by }) }),
					S.el('td', {}, one.changes.map(change)),
					S.el('td', { text: one.reason })
				)
			),
			'tbl tbl-wide'
		);
	const place = (row) => 'br-past-' + row.code;
	const history = (row) => (button) =>
		S.history(button, LIST + '/' + encodeURIComponent(row.code) + '/history', (items) => past(row, items), 'set.none');

	/* ---- the list ---- */

	const act = (row, key, run, id) =>
		S.el(
			'button',
			{ type: 'button', class: 'btn btn-2', id: id, on: { click: (event) => run(row, event.currentTarget) } },
			S.t(key),
			S.vh(row.name)
		);
	const line = (row) =>
		S.line(
			[
				S.el(
					'p',
					{ class: 'card-unit' },
					row.name + ' ',
					S.el('span', {
						class: 'tag ' + (row.open ? 'tag-ok' : 'tag-off'),
						text: S.t(row.open ? 'br.open' : 'br.closed')
					})
				),
				S.el('p', { class: 'card-line', text: row.address }),
				S.el('p', { class: 'card-line', text: row.phone }),
				S.el('p', { class: 'card-line', text: row.hours }),
				row.makeup_open && S.el('p', { class: 'card-line', text: S.t('br.weekend') })
			],
			S.el(
				'p',
				{ class: 'row-act' },
				act(row, 'act.edit', edit, 'br-edit-' + row.code),
				act(row, row.open ? 'br.close' : 'br.reopen', turn),
				S.opener('set.history', row.name, place(row), history(row))
			),
			S.el('div', { class: 'line-body', id: place(row) })
		);
	const draw = function (items) {
		S.fill(
			S.id('list'),
			items.length
				? S.el('ul', { class: 'lines' }, items.map(line))
				: S.el('p', { class: 'empty', text: S.t('br.none') })
		);
	};

	S.start().then(() => {
		if (S.can('settings')) {
			const add = S.button('br.add', () => edit(null, add), { class: 'btn' });

			S.fill(S.id('page-act'), add);
		}
		load();
	});
})(window.ZY);
