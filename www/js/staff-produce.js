/* Production: cases with both reviews and all gates closed, one form per certificate. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const list = S.id('list');
	let next = '';

	const open = function (row, host, button) {
		const store = S.store(row.no);
		const focus = () => {
			const first = host.querySelector('input,#p-unlocked');

			if (first) first.focus();
		};

		if (host.firstChild) {
			S.clear(host);
			button.setAttribute('aria-expanded', 'false');
			return Promise.resolve();
		}
		button.setAttribute('aria-expanded', 'true');
		return S.loading(host, Promise.all([store.load(), ZY.catalog()])).then(
			(both) => {
				const panel = S.el('div', { class: 'panel' });
				const draw = S.panels.production(panel, {
					store: store,
					book: both[1],
					trouble: S.trouble,
					ready: focus,
					saved: (c) => {
						draw(c);
						if (c.state !== 'approved') {
							S.recount();
							host.closest('li').querySelector('.done-n').textContent = S.t('make.all_made');
						} else {
							focus();
						}
					}
				});

				S.fill(host, panel);
				draw(both[0]);
				focus();
			},
			(problem) => {
				S.clear(host);
				button.setAttribute('aria-expanded', 'false');
				S.trouble(problem, () => open(row, host, button));
			}
		);
	};
	const line = function (row) {
		const host = S.el('div', { id: 'make-' + row.no, class: 'line-body' });
		const made = row.items.filter((item) => item.produced).length;
		const button = S.el('button', {
			type: 'button',
			class: 'btn btn-2',
			'aria-expanded': 'false',
			'aria-controls': 'make-' + row.no,
			text: S.t('make.fill')
		});

		S.put(button, S.vh(row.no));
		button.addEventListener('click', () => open(row, host, button));
		return S.el(
			'li',
			{},
			S.el(
				'div',
				{ class: 'line-top' },
				S.el(
					'div',
					{ class: 'line-main' },
					S.el('p', { class: 'card-unit', text: row.unit_name || S.t('list.no_name') }),
					S.el(
						'p',
						{ class: 'card-line' },
						S.el('a', {
							class: 'fig',
							href: S.url('/staff/case.html', {
								no: row.no,
								queue: 'approved'
							}),
							text: row.no
						}),
						' ',
						S.kind(row)
					)
				),
				S.el('p', {
					class: 'line-n done-n',
					text: S.t('make.count', { n: made, all: row.items.length })
				}),
				S.el('p', { class: 'line-n fig' }, row.due && row.due.slice(5) + ' ', S.slaTag(row)),
				button
			),
			host
		);
	};
	const load = function (after) {
		S.loading(
			list,
			ZY.api('GET', S.url('/api/staff/production', { after: after, limit: 50 }), { quiet: true })
		).then(
			(answer) => {
				const items = answer.data.items || [];

				next = answer.data.next || '';
				S.fill(
					list,
					items.length
						? S.el('ul', { class: 'lines' }, items.map(line))
						: S.el('p', { class: 'empty', text: S.t('make.none') }),
					S.el(
						'p',
						{ class: 'pager' },
						after && S.button('list.first', () => load('')),
						next && S.button('list.next', () => load(next))
					)
				);
			},
			(problem) => {
				S.clear(list);
				if (problem.status === 403) S.fill(list, S.el('p', { class: 'empty', text: S.t('staff.forbidden') }));
				else S.trouble(problem, () => load(after));
			}
		);
	};

	S.start().then(() => load(''));
})(window.ZY);
