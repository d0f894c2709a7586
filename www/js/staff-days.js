/* The books by day: today and what lies on the desk, whether the books agree with the rest, a span of days, and its file. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const MONEY = '/api/staff/money';
	const SUMS = ['received_count', 'received_fen', 'returned_fen', 'allotted_fen', 'loose_fen', 'refunded_fen'];
	const HEADS = ['count', 'received', 'returned', 'allotted', 'loose', 'refunded'];
	const form = S.id('span');

	const cells = (sums) =>
		SUMS.map((name) => S.el('td', { class: 'num', text: name === 'received_count' ? sums[name] : S.yuan(sums[name]) }));
	const total = (items) =>
		SUMS.reduce((out, name) => {
			out[name] = items.reduce((sum, one) => sum + one[name], 0);
			return out;
		}, {});
	const foot = function (items) {
		const places = ['bank', 'counter', 'alipay'].filter((place) => items.some((one) => one.place === place));
		const line = (text, some) => S.el('tr', {}, S.el('th', { scope: 'row', colspan: '2', text: text }), cells(total(some)));

		return S.el(
			'tfoot',
			{},
			places.length > 1 &&
				places.map((place) =>
					line(S.t('dy.sum', { place: S.t('dy.place.' + place) }), items.filter((one) => one.place === place))
				),
			line(S.t('dy.total'), items)
		);
	};
	const table = (items, label) =>
		S.el(
			'div',
			{ class: 'scroll', role: 'group', tabindex: '0', 'aria-label': S.t(label) },
			S.el(
				'table',
				{ class: 'tbl dy-tbl' },
				S.el(
					'thead',
					{},
					S.el(
						'tr',
						{},
						['day', 'place'].map((name) => S.el('th', { scope: 'col', text: S.t('dy.c.' + name) })),
						HEADS.map((name) => S.el('th', { scope: 'col', class: 'num', text: S.t('dy.c.' + name) }))
					)
				),
				S.el(
					'tbody',
					{},
					items.map((one) =>
						S.el(
							'tr',
							{},
							S.el('td', { class: 'fig', text: one.day }),
							S.el('td', { text: S.t('dy.place.' + one.place) }),
							cells(one)
						)
					)
				),
				foot(items)
			)
		);
	const heap = (one) => S.t('dy.n', { n: one.count, amount: S.yuan(one.fen) });
	const today = function () {
		const host = S.id('today');

		S.loading(host, ZY.api('GET', MONEY + '/today', { quiet: true })).then(
			(answer) => {
				const a = answer.data;

				S.fill(
					host,
					S.dl(
						[
							[S.t('dy.booked'), heap(a.booked)],
							[
								S.t('dy.open'),
								[
									S.el('a', { href: '/staff/money.html', text: heap(a.open) }),
									a.open.oldest && S.el('span', { class: 'quiet blk', text: S.t('dy.oldest', { day: a.open.oldest }) })
								]
							]
						].concat(
							a.refunds.map((one) => [
								S.t('dy.refund.' + one.state),
								S.el('a', { href: S.url('/staff/refunds.html', { state: one.state }), text: heap(one) })
							])
						),
						'facts-row'
					),
					a.items.length ? table(a.items, 'dy.today_t') : S.el('p', { class: 'quiet', text: S.t('dy.today_none') })
				);
			},
			(problem) => {
				S.clear(host);
				S.trouble(problem, today);
			}
		);
	};
	const books = function () {
		const host = S.id('check');

		S.loading(host, ZY.api('GET', MONEY + '/check', { quiet: true })).then(
			(answer) => {
				const a = answer.data;

				S.fill(
					host,
					S.el('p', {
						class: 'box box-' + (a.agree ? 'ok' : 'err'),
						role: a.agree ? 'status' : 'alert',
						text: S.t(a.agree ? 'dy.agree' : 'dy.differ', { n: a.faults.length })
					}),
					a.faults.length > 0 &&
						S.el(
							'ul',
							{},
							a.faults.map((one) =>
								S.el('li', {
									text: S.t('dy.fault', {
										what: S.t('dy.what.' + one.what),
										id: one.id,
										books: S.yuan(one.books_fen),
										real: S.yuan(one.real_fen)
									})
								})
							)
						),
					S.el('p', {}, S.button('dy.again', books))
				);
			},
			(problem) => {
				S.clear(host);
				S.trouble(problem, books);
			}
		);
	};
	/* The file: open for a day to who asked for it, once another person has allowed it. */
	const PROPOSALS = '/api/staff/proposals';
	const KIND = 'export_payments';
	const ask = function (host, days) {
		S.askReason({ title: S.t('prop.export_title', days), label: S.t('prop.export_why'), ok: 'prop.export_ask' }).then(
			(reason) =>
				reason &&
				ZY.api('POST', PROPOSALS + '/' + KIND, {
					quiet: true,
					body: { from: days.from, to: days.to, reason: reason },
					key: ZY.key()
				}).then(
					() => file(host, days),
					(problem) => S.trouble(problem)
				)
		);
	};
	const file = function (host, days) {
		const look = (state) => ZY.api('GET', S.url(PROPOSALS, { state: state, kind: KIND }), { quiet: true });
		const mine = (one) => one.mine && one.subject === days.from + ' ' + days.to;
		const open = (one) => mine(one) && one.state === 'done' && Date.now() - Date.parse(one.decided_at) < 864e5;

		Promise.all([look('open'), look('closed')]).then(
			(both) =>
				S.fill(
					host,
					both[1].data.items.some(open)
						? S.el('a', {
								id: 'dy-csv',
								href: S.url(MONEY + '/payments', days),
								download: true,
								text: S.t('dy.csv')
							})
						: both[0].data.items.some(mine)
							? S.el('a', { href: '/staff/proposals.html', text: S.t('prop.export_wait') })
							: S.button('prop.export_ask', () => ask(host, days), { id: 'dy-ask' }),
					' ',
					S.el('span', { class: 'quiet', text: S.t('prop.export_h') })
				),
			(problem) => S.trouble(problem, () => file(host, days))
		);
	};
	const span = function () {
		const host = S.id('days');
		const from = S.id('dy-from').value;
		const to = S.id('dy-to').value;
		const faults = [
			!from && { id: 'dy-from', text: S.t('dy.bad.from') },
			(!to || to < from) && { id: 'dy-to', text: S.t('dy.bad.to') }
		].filter(Boolean);

		if (!S.faults(form, faults)) return;
		history.replaceState(null, '', S.url('/staff/days.html', { from: from, to: to }));
		S.loading(host, ZY.api('GET', S.url(MONEY + '/days', { from: from, to: to }), { quiet: true })).then(
			(answer) => {
				const items = answer.data.items;

				const place = S.el('p', {});

				S.fill(
					host,
					items.length ? table(items, 'dy.table') : S.el('p', { class: 'empty', text: S.t('dy.none') }),
					S.el('p', { class: 'hint', text: S.t('dy.note') }),
					items.length > 0 && place
				);
				if (items.length) file(place, { from: from, to: to });
			},
			(problem) => {
				S.clear(host);
				if (problem.status === 422) S.faults(form, S.serverFaults(problem, { '#/from': 'dy-from', '#/to': 'dy-to' }));
				else S.trouble(problem, span);
			}
		);
	};

	S.start().then(() => {
		const day = (name, value) =>
			S.field({ id: 'dy-' + name, label: S.t('dy.' + name), type: 'date', value: S.query(name) || value });

		S.fill(
			form,
			S.el('div', { class: 'filters dy-span' }, day('from', S.today().slice(0, 8) + '01'), day('to', S.today()), S.el('button', { type: 'submit', class: 'btn', text: S.t('dy.look') }))
		);
		form.addEventListener('submit', (event) => {
			event.preventDefault();
			span();
		});
		today();
		books();
		span();
	});
})(window.ZY);
