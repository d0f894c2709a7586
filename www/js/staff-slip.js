/* The slip that the agent takes home from the counter: what was handed in and seen, what was paid, when it will be done.
 * One page A4.  Numbers of persons stay masked, as the server sends them. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const no = S.caseNo(S.query('no'));

	const material = (c, code) => ((c.materials || []).filter((m) => m.code === code)[0] || { name: code }).name;
	const papers = (c) =>
		(c.originals || []).length
			? S.table(
					S.t('slip.papers'),
					S.heads('slip.', ['paper', 'copies', 'by', 'at']),
					c.originals.map((one) =>
						S.el(
							'tr',
							{},
							S.el('td', { text: material(c, one.material) }),
							S.el('td', { text: String(one.copies) }),
							S.el('td', { text: one.by || '' }),
							S.el('td', { class: 'fig', text: S.stamp(one.at) })
						)
					)
				)
			: S.el('p', { text: S.t('slip.no_papers') });
	const agent = function (c) {
		const who = c.holder === 'ind' ? c.person : c.agent;

		return who && who.name ? S.beside(who.name, who.phone) : '';
	};
	const money = function (c) {
		const list = c.payments || [];
		const sum = list.reduce((all, one) => all + one.amount_fen, 0);
		const counted = list.filter((one) => one.method === 'counter' && one.bank_serial);

		return [
			[
				S.t('slip.money'),
				c.amount_fen
					? S.t('slip.owed', { amount: S.yuan(c.amount_fen), received: S.yuan(sum) })
					: S.t('free')
			],
			counted.length > 0 && [S.t('slip.receipts'), counted.map((one) => one.bank_serial).join(S.t('comma'))]
		];
	};
	const line = (key) =>
		S.el('p', { class: 'slip-sign' }, S.t(key) + S.t('colon'), S.el('span', { class: 'slip-line' }));
	const draw = function (c, book) {
		const counter = book.counter || {};

		S.fill(
			S.id('slip'),
			S.el('h1', { text: S.t('slip.title') }),
			S.el('p', { class: 'slip-no fig', text: c.no }),
			S.dl(
				[
					[S.t('slip.kind'), S.kind(c)],
					[S.t('slip.subject'), S.subject(c)],
					[S.t('slip.agent'), agent(c)],
					[S.t('slip.items'), S.t('slip.items_n', { n: (c.items || []).length })],
					[S.t('slip.opened'), S.stamp(c.submitted_at || c.created_at)],
					[S.t('slip.state'), c.state_name]
				]
					.concat(money(c))
					.concat([
						c.promise && [
							S.t('slip.promise'),
							c.due ? S.t('slip.due', { text: c.promise, day: c.due }) : c.promise
						]
					])
			),
			S.el('h2', { text: S.t('slip.papers') }),
			papers(c),
			S.el('p', { text: S.t('slip.how', { url: location.origin + '/track/' }) }),
			S.el('p', { text: S.t('slip.ask', { phone: (book.hotlines || []).join(S.t('comma')) }) }),
			counter.address && S.el('p', { text: S.t('slip.where', { address: counter.address, hours: counter.hours }) }),
			S.el('div', { class: 'slip-signs' }, line('slip.sign_staff'), line('slip.sign_agent'))
		);
		S.fill(
			S.id('act'),
			S.button('slip.print', () => window.print(), { class: 'btn' }),
			' ',
			S.el('a', {
				class: 'btn btn-2',
				href: S.url('/staff/counter.html', { no: c.no }),
				text: S.t('slip.back')
			})
		);
		document.title = S.t('title', { page: S.beside(S.t('slip.title'), c.no) });
	};
	const load = () =>
		S.loading(S.id('slip'), Promise.all([S.store(no).load(), ZY.catalog()])).then(
			(both) => draw(both[0], both[1]),
			(problem) => {
				S.fill(S.id('slip'), S.el('h1', { text: S.t('slip.title') }));
				if (problem.status === 404) S.notice('trouble', 'err', S.t('counter.unknown'));
				else S.trouble(problem, load);
			}
		);

	S.start().then(() => (no ? load() : S.notice('trouble', 'err', S.t('counter.unknown'))));
})(window.ZY);
