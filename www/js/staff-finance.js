/* Finance: one receipt for one case, found by number, reference or name; and what was entered last. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const form = S.id('scan');
	const field = S.id('code');
	const result = S.id('result');
	let after = '';

	const row = (one) =>
		S.el(
			'tr',
			{},
			S.el('td', { class: 'fig', text: one.value_date }),
			S.el('td', { class: 'fig' }, one.no && S.el('a', { href: S.caseUrl(one.no), text: one.no })),
			S.el(
				'td',
				{},
				one.payer_name,
				one.right_payer === false && [' ', S.el('span', { class: 'tag tag-err', text: S.t('pay.wrong') })]
			),
			S.el('td', { class: 'num', text: S.yuan(one.amount_fen) }),
			S.el('td', { class: 'fig', text: S.t('pay.' + one.method) }),
			S.el('td', { class: 'fig brk', text: one.bank_serial || '' }),
			S.el(
				'td',
				{},
				S.el('span', { class: 'fig', text: S.stamp(one.recorded_at).slice(5) }),
				' ',
				one.recorded_by || ''
			)
		);
	const recent = function (from) {
		const host = S.id('recent');

		S.loading(host, ZY.api('GET', S.url('/api/staff/payments', { after: from, limit: 30 }), { quiet: true })).then(
			(answer) => {
				const items = answer.data.items || [];

				after = answer.data.next || '';
				if (!items.length) {
					S.fill(host, S.el('p', { class: 'empty', text: S.t('finance.none') }));
					return;
				}
				S.fill(
					host,
					S.table(
						S.t('finance.table'),
						S.heads('pay.col.', ['date', 'no', 'payer', 'amount num', 'method', 'serial', 'recorded']),
						items.map(row)
					),
					S.pager(from, after, recent)
				);
			},
			(problem) => {
				S.clear(host);
				S.trouble(problem, () => recent(from));
			}
		);
	};
	const open = function (no) {
		const store = S.store(no);

		return S.loading(result, Promise.all([store.load(), ZY.catalog()])).then(
			(both) => {
				const host = S.el('div', { class: 'panel' });
				const draw = S.panels.payments(host, {
					store: store,
					book: both[1],
					trouble: S.trouble,
					saved: (c) => {
						draw(c);
						result.replaceChild(S.caseCard(c), result.firstChild);
						recent('');
						S.recount();
						field.value = '';
						field.focus();
					}
				});

				S.fill(result, S.caseCard(both[0]), host);
				draw(both[0]);
				if (S.id('pay-name')) S.id('pay-name').focus();
			},
			(problem) => {
				S.clear(result);
				if (problem.status === 404) none(no);
				else S.trouble(problem, () => open(no));
			}
		);
	};
	const none = (typed) =>
		S.fill(result, S.el('p', { class: 'empty', role: 'status', text: S.t('finance.not_found', { q: typed }) }));
	const search = (typed) =>
		S.loading(
			result,
			ZY.api('GET', S.url('/api/staff/applications', { queue: 'all', q: typed, limit: 20 }), {
				quiet: true
			})
		).then(
			(answer) => {
				const items = answer.data.items || [];

				if (items.length === 1) open(items[0].no);
				else if (!items.length) none(typed);
				else
					S.fill(
						result,
						S.el('p', { text: S.t('finance.choose', { n: items.length }) }),
						S.el(
							'ul',
							{ class: 'choose' },
							items.map((one) =>
								S.el(
									'li',
									{},
									S.el(
										'button',
										{
											type: 'button',
											class: 'btn btn-2',
											on: {
												click: () => open(one.no)
											}
										},
										S.beside(one.no, one.unit_name)
									),
									' ',
									S.el('span', {
										class: 'tag',
										text: one.state_name
									})
								)
							)
						)
					);
			},
			(problem) => {
				S.clear(result);
				S.trouble(problem, () => search(typed));
			}
		);

	form.addEventListener('submit', (event) => {
		const typed = S.plain(field.value);

		event.preventDefault();
		S.unnotice('trouble');
		S.unnotice('payment');
		if (S.caseNo(typed)) open(S.caseNo(typed));
		else if (typed) search(typed);
	});
	S.start().then(() => {
		recent('');
		field.focus();
		if (S.query('no')) open(S.query('no'));
	});
})(window.ZY);
