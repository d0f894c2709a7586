/* The counter: open a case for somebody who walked in, see what was brought, take money against a receipt, hand over;
 * and what happened here today.  The applicant fills in on this machine through a session of that one case. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const OPENED = 'counter';
	const FILLS = ['draft', 'printed', 'returned'];
	let book = null;

	/* ---- a new case ---- */

	const atCounter = (route) => route.channel === 'counter' && route.open !== false;
	const services = () => book.services.filter((service) => service.routes.some(atCounter));
	const holders = (code) =>
		book.holders.filter((holder) =>
			services().some(
				(service) =>
					service.code === code &&
					service.routes.some((route) => atCounter(route) && route.holder === holder.code)
			)
		);
	const options = (list) => [['', S.t('counter.choose')]].concat(list.map((one) => [one.code, one.name]));
	const value = (id) => S.plain(S.id(id).value);
	const phone = () => value('new-phone').replace(/[\s-]/g, '');
	const check = function () {
		const faults = [];

		if (!value('new-service')) faults.push({ id: 'new-service', text: S.t('counter.bad.service') });
		if (!value('new-holder')) faults.push({ id: 'new-holder', text: S.t('counter.bad.holder') });
		if (!/^1\d{10}$/.test(phone())) faults.push({ id: 'new-phone', text: S.t('counter.bad.phone') });
		return faults;
	};
	const start = function (form, key) {
		if (!S.faults(form, check())) return;
		ZY.api('POST', '/api/staff/walkins', {
			quiet: true,
			key: key,
			body: { service: value('new-service'), holder: value('new-holder'), phone: phone() }
		}).then(
			(answer) => {
				ZY.remember(OPENED, answer.data.no + ' ' + answer.data.until);
				S.go(S.url('/staff/counter.html', { no: answer.data.no }));
			},
			(problem) => {
				const map = { '#/service': 'new-service', '#/holder': 'new-holder', '#/phone': 'new-phone' };

				if (problem.status === 422) S.faults(form, S.serverFaults(problem, map));
				else S.trouble(problem);
			}
		);
	};
	const opening = function () {
		const form = S.el('form', { class: 'keep', novalidate: true, 'aria-labelledby': 'new-h' });
		const key = ZY.key();
		const holder = S.field({ id: 'new-holder', label: S.t('counter.holder'), options: options(book.holders) });

		S.fill(
			form,
			S.el('h2', { id: 'new-h', text: S.t('counter.open') }),
			S.el(
				'div',
				{ class: 'fields' },
				S.field({ id: 'new-service', label: S.t('counter.service'), options: options(services()) }),
				holder,
				S.field({
					id: 'new-phone',
					label: S.t('counter.phone'),
					hint: S.t('counter.phone_hint'),
					attrs: { inputmode: 'numeric', maxlength: '15' }
				})
			),
			S.el('p', { class: 'row-act' }, S.el('button', { type: 'submit', class: 'btn', text: S.t('counter.start') }))
		);
		form.addEventListener('change', (event) => {
			const box = holder.querySelector('select');
			const before = box.value;

			if (event.target.id !== 'new-service') return;
			S.fill(
				box,
				options(event.target.value ? holders(event.target.value) : book.holders).map((one) =>
					S.el('option', { value: one[0], text: one[1], selected: one[0] === before })
				)
			);
		});
		form.addEventListener('submit', (event) => {
			event.preventDefault();
			start(form, key);
		});
		S.fill(S.id('start'), form);
	};

	/* ---- money ---- */

	const received = (c) => (c.payments || []).reduce((sum, one) => sum + one.amount_fen, 0);
	const payer = (c) => (c.holder === 'ind' ? c.person && c.person.name : c.unit && c.unit.name) || '';
	const receipts = (c) =>
		(c.payments || []).length > 0 &&
		S.el(
			'ul',
			{},
			c.payments.map((one) =>
				S.el('li', {
					text: S.t('receipt.row', {
						day: one.value_date,
						name: one.payer_name,
						amount: S.yuan(one.amount_fen),
						serial: one.bank_serial || ''
					})
				})
			)
		);
	const take = function (c, desk, form, key) {
		const left = c.amount_fen - received(c);
		const fen = S.fen(value('rc-amount'));
		const faults = [];

		if (!value('rc-payer')) faults.push({ id: 'rc-payer', text: S.t('receipt.bad.payer') });
		if (!fen) faults.push({ id: 'rc-amount', text: S.t('receipt.bad.amount') });
		else if (fen > left) faults.push({ id: 'rc-amount', text: S.t('receipt.bad.more') });
		if (!value('rc-no')) faults.push({ id: 'rc-no', text: S.t('receipt.bad.no') });
		if (!S.faults(form, faults)) return;
		desk.store
			.write('/receipts', { payer_name: S.id('rc-payer').value.trim(), amount_fen: fen, receipt: value('rc-no') }, key)
			.then(
				(after) => {
					const more = after.amount_fen - received(after);

					desk.saved();
					S.notice(
						'receipt',
						more > 0 ? 'warn' : 'ok',
						more > 0 ? S.t('pay.saved_part', { amount: S.yuan(more) }) : S.t('pay.saved')
					);
				},
				(problem) => {
					const map = { '#/payer_name': 'rc-payer', '#/amount_fen': 'rc-amount', '#/receipt': 'rc-no' };

					map['#/bank_serial'] = 'rc-no';
					if (problem.status === 422) S.faults(form, S.serverFaults(problem, map));
					else if (problem.code === 'conflict') S.faults(form, [{ id: 'rc-no', text: S.t('pay.twice') }]);
					else S.trouble(problem);
				}
			);
	};
	S.panels.receipt = function (host, desk) {
		let shown = '';

		const form = function (c) {
			const node = S.el('form', { novalidate: true });
			const key = ZY.key();

			S.fill(
				node,
				S.el(
					'div',
					{ class: 'fields' },
					S.field({ id: 'rc-payer', label: S.t('receipt.payer'), value: payer(c) }),
					S.field({
						id: 'rc-amount',
						label: S.t('receipt.amount'),
						value: ((c.amount_fen - received(c)) / 100).toFixed(2),
						attrs: { inputmode: 'decimal' }
					}),
					S.field({ id: 'rc-no', label: S.t('receipt.no') })
				),
				S.el('p', { class: 'row-act' }, S.el('button', { type: 'submit', class: 'btn', text: S.t('receipt.save') }))
			);
			node.addEventListener('submit', (event) => {
				event.preventDefault();
				take(c, desk, node, key);
			});
			return node;
		};

		return function (c) {
			const paid = received(c) >= c.amount_fen;

			if (shown === c.no + c.version) return;
			shown = c.no + c.version;
			S.fill(
				host,
				S.el('h2', { text: S.t('receipt.title') }),
				c.amount_fen > 0 &&
					S.dl(
						[
							[S.t('pay.due'), S.yuan(c.amount_fen)],
							[S.t('pay.came'), S.yuan(received(c))],
							[S.t('pay.left'), S.yuan(Math.max(0, c.amount_fen - received(c)))]
						],
						'facts-row'
					),
				receipts(c),
				!c.submitted_at
					? S.el('p', { class: 'quiet', text: S.t('receipt.later') })
					: paid
						? S.el('p', { class: 'good', text: S.t('receipt.done') })
						: form(c)
			);
		};
	};

	/* ---- the case at hand ---- */

	const material = (c, code) => ((c.materials || []).filter((m) => m.code === code)[0] || { name: code }).name;
	const seen = (c) =>
		(c.originals || []).length > 0 &&
		S.el(
			'div',
			{},
			S.el('h3', { text: S.t('counter.seen') }),
			S.el(
				'ul',
				{},
				c.originals.map((one) =>
					S.el('li', {
						text: S.t('counter.seen_row', {
							name: material(c, one.material),
							n: one.copies,
							by: one.by || '',
							at: S.stamp(one.at)
						})
					})
				)
			)
		);
	/* The session of this machine for this case, while it lasts. */
	const until = function (c) {
		const kept = ZY.recall(OPENED).split(' ');

		return kept[0] === c.no && Date.parse(kept[1]) > Date.now() ? kept[1] : '';
	};
	const filling = (c, store) =>
		FILLS.indexOf(c.state) >= 0 && [
			S.el('p', { text: S.t(until(c) ? 'counter.fill_say' : 'counter.gone') }),
			S.el(
				'p',
				{ class: 'row-act' },
				until(c) &&
					S.el('a', {
						class: 'btn',
						id: 'fill',
						href: S.url(c.state === 'returned' ? '/apply/fix.html' : '/apply/tasks.html', { no: c.no }),
						target: '_blank',
						rel: 'noopener',
						text: S.t('counter.fill')
					}),
				S.button('counter.reload', () => store.load().then(() => today(''), S.trouble), { id: 'reread' })
			)
		];
	const PANELS = [
		{
			name: 'originals',
			can: ['originals'],
			when: (c) =>
				['submitted', 'reviewing', 'returned', 'accepted'].indexOf(c.state) >= 0 && !!S.gate(c, 'originals')
		},
		{ name: 'gates', can: ['originals', 'case_review'], when: (c) => S.ticks(c).length > 0 },
		{ name: 'receipt', can: ['walkin'], when: (c) => !!S.gate(c, 'money') && !S.closed(c.state) },
		{
			name: 'dispatch',
			can: ['dispatch', 'pickup'],
			when: (c) => ['produced', 'sent', 'ready', 'completed'].indexOf(c.state) >= 0
		}
	];
	/* The control that comes next has the focus, where an action took away the one that had it. */
	const onward = function () {
		const next =
			ZY.$('#fill,.panel:not([hidden]) input:enabled,.panel:not([hidden]) button', S.id('case')) || S.id('slip');

		if (next && document.activeElement === document.body) next.focus();
	};
	const show = function (no) {
		const head = S.el('section', { class: 'panel', 'aria-labelledby': 'at-hand' });
		const store = S.store(no, (c) => draw(c));
		const desk = { store: store, trouble: S.trouble, saved: () => today('') };
		const panels = PANELS.filter((panel) => panel.can.some(S.can)).map((panel) => ({
			panel: panel,
			host: S.el('div', { class: 'panel', hidden: true })
		}));
		const draw = function (c) {
			S.fill(
				head,
				S.el('h2', { id: 'at-hand', class: 'vh', text: S.t('counter.case') }),
				S.caseCard(c),
				S.has('counter.wait.' + c.state) && S.el('p', { text: S.t('counter.wait.' + c.state) }),
				filling(c, store),
				seen(c),
				S.el(
					'p',
					{ class: 'row-act' },
					c.submitted_at &&
						S.el('a', {
							class: 'btn btn-2',
							id: 'slip',
							href: S.url('/staff/slip.html', { no: c.no }),
							text: S.t('counter.slip')
						}),
					S.el('a', { class: 'btn btn-2', href: S.caseUrl(c.no), text: S.t('counter.whole') })
				)
			);
			desk.book = book;
			panels.forEach((one) => {
				one.draw = one.draw || S.panels[one.panel.name](one.host, desk);
				one.host.hidden = !one.panel.when(c);
				if (!one.host.hidden) one.draw(c);
			});
			if (FILLS.indexOf(c.state) < 0) S.unnotice('opened');
			onward();
		};

		return S.loading(S.id('case'), store.load()).then(
			(c) => {
				S.fill(
					S.id('case'),
					S.el(
						'div',
						{ class: 'panels' },
						head,
						panels.map((one) => one.host)
					)
				);
				if (until(c) && FILLS.indexOf(c.state) >= 0) {
					S.notice(
						'opened',
						'info',
						S.t('counter.opened', { no: c.no, at: S.clock(until(c)) })
					);
				}
				onward();
			},
			(problem) => {
				S.clear(S.id('case'));
				if (problem.status === 404) S.notice('trouble', 'err', S.t('counter.unknown'));
				else S.trouble(problem, () => show(no));
			}
		);
	};

	/* ---- today ---- */

	const row = (one) =>
		S.el(
			'tr',
			{},
			S.el(
				'td',
				{ class: 'fig' },
				S.el('a', { href: S.url('/staff/counter.html', { no: one.no }), text: one.no })
			),
			S.el('td', { class: 'cut', text: one.unit_name || S.t('list.no_name') }),
			S.el('td', { class: 'one-line', text: S.kind(one) }),
			S.el('td', {}, S.el('span', { class: 'tag tag-' + S.tone(one.state), text: one.state_name })),
			S.el('td', { class: 'fig', text: one.submitted_at ? S.stamp(one.submitted_at) : '' })
		);
	const today = (after) =>
		S.loading(
			S.id('today'),
			ZY.api('GET', S.url('/api/staff/applications', { queue: 'counter', after: after, limit: 50 }), { quiet: true })
		).then(
			(answer) => {
				const items = answer.data.items;
				const next = answer.data.next;

				S.fill(
					S.id('today'),
					S.el('h2', { id: 'today-h', text: S.t('counter.today') }),
					!items.length && S.el('p', { class: 'empty', text: S.t('counter.today_none') }),
					items.length > 0 &&
						S.el(
							'div',
							{ class: 'scroll', tabindex: '0', role: 'group', 'aria-labelledby': 'today-h' },
							S.grid(S.heads('col.', ['no', 'unit', 'kind', 'state', 'submitted']), items.map(row), 'tbl tbl-wide')
						),
					S.pager(after, next, today)
				);
			},
			(problem) => {
				S.clear(S.id('today'));
				S.trouble(problem, () => today(after));
			}
		);

	/* ---- the page ---- */

	S.id('scan').addEventListener('submit', (event) => {
		const no = S.caseNo(S.id('code').value);

		event.preventDefault();
		if (no) S.go(S.url('/staff/counter.html', { no: no }));
		else S.notice('trouble', 'err', S.t('mail.foreign_say'));
	});
	S.start().then(() => {
		if (!S.can('walkin')) {
			S.fill(S.id('case'), S.el('p', { class: 'empty', text: S.t('staff.forbidden') }));
			return;
		}
		ZY.catalog().then(
			(found) => {
				const no = S.caseNo(S.query('no'));

				book = found;
				opening();
				if (no) show(no);
				else S.id('code').focus();
			},
			(problem) => S.trouble(problem, () => location.reload())
		);
		today('');
	});
})(window.ZY);
