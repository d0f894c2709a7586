/* The counters: a list, a form to add or change one, closing and opening again. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const LIST = '/api/staff/branches';
	const TEXTS = ['name', 'address', 'phone', 'hours'];

	const api = (row) => LIST + '/' + encodeURIComponent(row.code);
	const load = () =>
		S.loading(S.id('list'), ZY.api('GET', LIST, { quiet: true })).then(
			(answer) => draw(answer.data.items),
			(problem) => {
				S.clear(S.id('list'));
				if (problem.status === 403)
					S.fill(S.id('list'), S.el('p', { class: 'empty', text: S.t('staff.forbidden') }));
				else S.trouble(problem, load);
			}
		);
	const shut = () => S.clear(S.id('edit'));
	/* Done: say it, and stand where the row is. */
	const done = function (key, row) {
		shut();
		S.notice('branch', 'ok', S.t(key, { name: row.name }));
		load().then(() => {
			const button = S.id('br-edit-' + row.code);

			if (button) button.focus();
		});
	};
	const stale = function () {
		shut();
		S.notice('branch', 'warn', S.t('keep.stale'));
		load();
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
		return faults;
	};
	const save = function (row, form) {
		const body = { makeup_open: S.id('br-weekend').checked, sort: Number(S.plain(value('sort'))) };

		if (!S.faults(form, check(row))) return;
		TEXTS.forEach((name) => (body[name] = value(name)));
		if (!row) body.code = S.plain(value('code'));
		ZY.api(row ? 'PATCH' : 'POST', row ? api(row) : LIST, {
			quiet: true,
			body: body,
			ifMatch: row && row.version,
			key: ZY.key()
		}).then(
			(answer) => done('br.saved', answer.data),
			(problem) => {
				const map = { '#/code': 'br-code', '#/sort': 'br-sort' };

				TEXTS.forEach((name) => (map['#/' + name] = 'br-' + name));
				if (problem.status === 412) stale();
				else if (problem.code === 'conflict') S.faults(form, [{ id: 'br-code', text: problem.detail }]);
				else if (problem.status === 422) S.faults(form, S.serverFaults(problem, map));
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
			S.el(
				'p',
				{ class: 'row-act' },
				S.el('button', { type: 'submit', class: 'btn', text: S.t('act.save') }),
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

	const refused = function (problem) {
		if (problem.status === 412) stale();
		else S.trouble(problem);
	};
	const close = (row) =>
		S.dialog({
			title: S.t('br.ask_close', { name: row.name }),
			body: S.el('p', { text: S.t('br.ask_close_h') }),
			ok: 'br.close',
			danger: true
		}).then((yes) => {
			if (yes)
				ZY.api('DELETE', api(row), { quiet: true, ifMatch: row.version }).then(
					() => done('br.was_closed', row),
					refused
				);
		});
	const reopen = (row) =>
		ZY.api('PATCH', api(row), { quiet: true, body: { open: true }, ifMatch: row.version, key: ZY.key() }).then(
			(answer) => done('br.was_opened', answer.data),
			refused
		);

	/* ---- the list ---- */

	const act = (row, key, run, id) =>
		S.el(
			'button',
			{ type: 'button', class: 'btn btn-2', id: id, on: { click: (event) => run(row, event.currentTarget) } },
			S.t(key),
			S.vh(row.name)
		);
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
				),
				S.el(
					'p',
					{ class: 'row-act' },
					act(row, 'act.edit', edit, 'br-edit-' + row.code),
					act(row, row.open ? 'br.close' : 'br.reopen', row.open ? close : reopen)
				)
			)
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
