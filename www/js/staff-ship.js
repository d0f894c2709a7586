/* Out: parcels that wait for a waybill, and certificates that wait at the counter. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;

	const open = function (row, host, button, list) {
		const store = S.store(row.no);

		if (host.firstChild) {
			S.clear(host);
			button.setAttribute('aria-expanded', 'false');
			return Promise.resolve();
		}
		button.setAttribute('aria-expanded', 'true');
		return S.loading(host, store.load()).then(
			(c) => {
				const panel = S.el('div', { class: 'panel' });

				S.fill(host, panel);
				S.panels.dispatch(panel, {
					store: store,
					trouble: S.trouble,
					saved: () => {
						S.recount();
						list.load('');
					}
				})(c);
				if (host.querySelector('input,button')) host.querySelector('input,button').focus();
			},
			(problem) => {
				S.clear(host);
				button.setAttribute('aria-expanded', 'false');
				S.trouble(problem, () => open(row, host, button, list));
			}
		);
	};
	const line = function (row, list) {
		const ordered = list.express && row.state === 'produced';
		const host = S.el('div', { id: 'ship-' + row.no, class: 'line-body' });
		const button = S.el('button', {
			type: 'button',
			class: 'btn btn-2',
			'aria-expanded': 'false',
			'aria-controls': 'ship-' + row.no,
			text: S.t('ship.' + (row.state === 'ready' ? 'do_hand' : list.queue === 'to_send' ? 'do_send' : 'do_ready'))
		});

		S.put(button, S.vh(row.no));
		button.addEventListener('click', () => open(row, host, button, list));
		return S.el(
			'li',
			{},
			S.el(
				'div',
				{ class: 'line-top' },
				ordered && list.express.line(row.no, row.unit_name || row.no),
				S.caseLine(
					row,
					S.url('/staff/case.html', { no: row.no, queue: list.queue }),
					[S.kind(row), ' ', S.el('span', { class: 'tag tag-' + S.tone(row.state), text: row.state_name })],
					ordered && list.express.state(row.no)
				),
				S.el('p', { class: 'line-n fig' }, row.due && row.due.slice(5) + ' ', S.slaTag(row)),
				button
			),
			host
		);
	};
	const List = function (queue, host, none) {
		const list = { queue: queue };

		list.load = (after) =>
			S.loading(
				host,
				ZY.api('GET', S.url('/api/staff/applications', { queue: queue, after: after, limit: 50 }), {
					quiet: true
				})
			).then(
				(answer) => {
					const items = answer.data.items || [];
					const next = answer.data.next || '';

					if (list.express) list.express.clear();
					S.fill(
						host,
						items.length
							? S.el(
									'ul',
									{ class: 'lines' },
									items.map((row) => line(row, list))
								)
							: S.el('p', { class: 'empty', text: S.t(none) }),
						S.pager(after, next, list.load)
					);
					if (list.express) list.express.refresh();
				},
				(problem) => S.unread(host, problem, () => list.load(after))
			);
		return list;
	};

	S.start().then(() => {
		const sending = List('to_send', S.id('to-send'), 'ship.none_send');

		if (S.can('dispatch'))
			sending.express = S.express(S.id('express'), {
				again: () => {
					S.recount();
					sending.load('');
				}
			});
		sending.load('');
		List('to_collect', S.id('to-collect'), 'ship.none_collect').load('');
	});
})(window.ZY);
