/* Production: cases with both reviews and all gates closed, one form per certificate; with an authority of our own, the
 * bench beside it. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const list = S.id('list');
	let next = '';
	let book = null;
	let bench = null;
	let opened = '';

	const open = function (row, host, button) {
		const store = S.store(row.no);
		const focus = () => {
			const first = host.querySelector('.make-go,#p-unlocked,input');

			if (first) first.focus();
		};

		if (host.firstChild) {
			S.clear(host);
			opened = '';
			button.setAttribute('aria-expanded', 'false');
			return Promise.resolve();
		}
		button.setAttribute('aria-expanded', 'true');
		opened = row.no;
		return S.loading(host, store.load()).then(
			(c) => {
				const panel = S.el('div', { class: 'panel' });
				const draw = S.panels.production(panel, {
					store: store,
					book: book,
					bench: bench,
					trouble: S.trouble,
					ready: focus,
					saved: (after) => {
						draw(after);
						if (after.state !== 'approved') {
							S.recount();
							host.closest('li').querySelector('.done-n').textContent = S.t('make.all_made');
						} else {
							focus();
						}
					}
				});

				S.fill(host, panel);
				draw(c);
				focus();
			},
			(problem) => {
				S.clear(host);
				button.setAttribute('aria-expanded', 'false');
				S.trouble(problem, () => open(row, host, button));
			}
		);
	};
	const makes = (row) => (ZY.serviceIn(book, row.service) || {}).effect !== 'unlock';
	const pick = (row) =>
		bench &&
		makes(row) &&
		S.el(
			'label',
			{ class: 'stick' },
			S.el('input', { type: 'checkbox', class: 'pick', value: row.no }),
			S.vh(S.t('bench.pick', { no: row.no }))
		);
	const batch = function (rows) {
		const picked = ZY.$$('.pick:checked', list).map((box) => box.value);
		const lines = [];

		rows.filter((row) => picked.indexOf(row.no) >= 0).forEach((row) =>
			row.items
				.filter((item) => !item.produced)
				.forEach((item) => lines.push({ no: row.no, n: item.item, unit: row.unit_name || S.t('list.no_name') }))
		);
		return bench.batch(lines);
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
				pick(row),
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
		return S.loading(
			list,
			ZY.api('GET', S.url('/api/staff/production', { after: after, limit: 50 }), { quiet: true })
		).then(
			(answer) => {
				const items = answer.data.items || [];

				if (answer.data.issuer !== 'manual' && !bench) {
					bench = S.bench(() => {
						S.recount();
						return load(after);
					});
					bench.draw();
				}

				next = answer.data.next || '';
				S.fill(
					list,
					bench &&
						items.some(makes) &&
						S.el('p', { class: 'row-act' }, S.button('bench.batch', () => batch(items), { id: 'batch' })),
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
				const again = items.filter((row) => row.no === opened)[0];

				if (again) {
					const host = S.id('make-' + again.no);

					open(again, host, host.parentNode.querySelector('[aria-expanded]'));
				}
			},
			(problem) => {
				S.clear(list);
				if (problem.status === 403) S.fill(list, S.el('p', { class: 'empty', text: S.t('staff.forbidden') }));
				else S.trouble(problem, () => load(after));
			}
		);
	};

	S.start()
		.then(() => ZY.catalog())
		.then((data) => {
			book = data;
			load('');
		}, S.trouble);
})(window.ZY);
