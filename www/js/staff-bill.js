/* The wallet's daily bill held against our books: chosen, read by the server, and what differs. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const host = S.id('bill-says');

	const row = (d) =>
		S.el(
			'tr',
			{},
			S.el('td', { text: S.t('bill.' + d.kind) }),
			S.el('td', { class: 'fig', text: d.number }),
			S.el('td', { class: 'num', text: d.bill_fen ? S.yuan(d.bill_fen) : '–' }),
			S.el('td', { class: 'num', text: d.our_fen ? S.yuan(d.our_fen) : '–' })
		);
	const draw = function (a) {
		const says = S.t(a.agree ? 'bill.agree' : 'bill.differ', {
			from: a.first_day || '–',
			to: a.last_day || '–',
			trades: a.trades,
			refunds: a.refunds,
			n: a.differences.length
		});

		S.fill(
			host,
			S.el('div', { class: 'box box-' + (a.agree ? 'ok' : 'warn'), role: 'status' }, S.el('p', { text: says })),
			a.differences.length > 0 &&
				S.table(
					S.t('bill.kind'),
					S.heads('bill.', ['kind', 'number', 'theirs num', 'ours num']),
					a.differences.map(row)
				)
		);
	};
	const look = function (file) {
		if (!file) return;
		S.unnotice('trouble');
		S.loading(host, ZY.api('POST', '/api/staff/alipay-bills', { quiet: true, body: file, type: 'application/octet-stream' })).then(
			(answer) => draw(answer.data),
			(problem) => {
				S.clear(host);
				S.trouble(problem, () => look(file));
			}
		);
	};

	ZY.ready(() => {
		const input = S.el('input', { type: 'file', id: 'bill-file', accept: '.csv,text/csv', 'aria-describedby': 'bill-file-h' });

		input.addEventListener('change', () => look(input.files[0]));
		S.fill(
			S.id('bill'),
			S.el('div', { class: 'fld' }, S.el('label', { for: 'bill-file', text: S.t('bill.file') }), S.el('p', { class: 'hint', id: 'bill-file-h', text: S.t('bill.file_h') }), input)
		);
	});
})(window.ZY);
