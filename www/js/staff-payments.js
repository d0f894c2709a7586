/* Payments: what is due, what has come, and the form for one more receipt.  The bank line is the proof; what the
 * applicant stated stands beside it only to compare. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;

	S.panels.payments = function (host, desk) {
		const POINTERS = {
			'#/payer_name': 'pay-name',
			'#/payer_account': 'pay-account',
			'#/amount_fen': 'pay-amount',
			'#/value_date': 'pay-date',
			'#/bank_serial': 'pay-serial',
			'#/method': 'pay-method'
		};
		let shown = '';
		let key = ZY.key();

		/* What was taken back stays in the list, not in the sum. */
		const received = (c) =>
			(c.payments || []).reduce((sum, one) => sum + (one.undone_at ? 0 : one.amount_fen), 0);
		/* Who must be the payer: the unit, or the person himself. */
		const payer = (c) => (c.holder === 'ind' ? c.person && c.person.name : c.unit && c.unit.name) || '';
		const value = (id) => S.id(id).value;
		const squeeze = (name) =>
			S.plain(name)
				.replace(/\s/g, '')
				.replace(/\uff08/g, '(')
				.replace(/\uff09/g, ')');
		/* A transfer has the bank's number, money at the counter that of the receipt. */
		const serialName = () => S.t('pay.serial.' + value('pay-method'));
		const check = function () {
			const faults = [];
			const need = (id, bad) => bad && faults.push({ id: id, text: S.t('pay.bad.' + id, { name: serialName() }) });

			need('pay-name', !value('pay-name').trim());
			need('pay-amount', !S.fen(value('pay-amount')));
			need('pay-date', !/^\d{4}-\d{2}-\d{2}$/.test(value('pay-date')) || value('pay-date') > S.today());
			need('pay-serial', !value('pay-serial').trim());
			need(
				'pay-account',
				value('pay-account').trim() && !/^[0-9]{6,32}$/.test(S.plain(value('pay-account')).replace(/\s/g, ''))
			);
			return faults;
		};
		const warn = S.el('p', { class: 'pay-warn', role: 'status' });
		const tell = function (c) {
			const name = value('pay-name').trim();
			const fen = S.fen(value('pay-amount'));
			const left = c.amount_fen - received(c);
			const says = [];

			S.id('pay-serial').closest('.fld').querySelector('label').textContent = serialName();
			if (
				name &&
				/\*/.test(payer(c)) === false &&
				value('pay-method') === 'transfer' &&
				squeeze(name) !== squeeze(payer(c))
			)
				says.push(S.t('pay.other_payer', { name: payer(c) }));
			if (fen && fen !== left && left > 0)
				says.push(
					S.t(fen < left ? 'pay.less' : 'pay.more', {
						amount: S.yuan(Math.abs(left - fen))
					})
				);
			warn.textContent = says.join(' ');
		};
		/* How much of a payment the case does not need. */
		const spare = (c, one) =>
			one.right_payer === false || c.state === 'withdrawn' || c.state === 'rejected'
				? one.amount_fen
				: Math.max(0, Math.min(one.amount_fen, received(c) - c.amount_fen));
		const acted = function (what, answer, c) {
			if (what !== 'undo') return;
			S.notice('payment', 'ok', S.t('undo.done'));
			shown = '';
			c = desk.store.take(answer);
			if (desk.saved) desk.saved(c);
		};
		const table = (c) =>
			(c.payments || []).length > 0 &&
			S.table(
				S.t('pay.list'),
				S.heads('pay.col.', ['date', 'payer', 'amount num', 'method', 'serial', 'act']),
				c.payments.map((one) =>
					S.el(
						'tr',
						{},
						S.el('td', { class: 'fig', text: one.value_date }),
						S.el(
							'td',
							{},
							one.payer_name,
							one.right_payer === false && [
								' ',
								S.el('span', {
									class: 'tag tag-err',
									text: S.t('pay.wrong')
								})
							]
						),
						S.el('td', {
							class: 'num',
							text: S.yuan(one.amount_fen)
						}),
						S.el('td', {
							class: 'fig',
							text: S.t('pay.' + one.method)
						}),
						S.el('td', {
							class: 'fig brk',
							text: one.bank_serial || ''
						}),
						S.el('td', {}, S.paymentActions(one, spare(c, one), (what, answer) => acted(what, answer, c)))
					)
				)
			);
		/* Why an expired case stays closed although money came; '' while nothing stands against it. */
		const shut = (c) => ((c.hints || []).filter((one) => one.code === 'stays_closed')[0] || { text: '' }).text;
		const save = function (c, form) {
			const method = value('pay-method');

			if (!S.faults(form, check())) return;
			desk.store
				.write(
					'/payments',
					{
						payer_name: value('pay-name').trim(),
						payer_account: S.plain(value('pay-account')).replace(/\s/g, '') || null,
						amount_fen: S.fen(value('pay-amount')),
						value_date: value('pay-date'),
						bank_serial: S.plain(value('pay-serial')) || null,
						method: method
					},
					key
				)
				.then(
					(after) => {
						const left = after.amount_fen - received(after);

						key = ZY.key();
						S.notice(
							'payment',
							S.open(after, 'money') ? 'warn' : 'ok',
							shut(after)
								? S.t('pay.saved_closed', { why: shut(after) })
								: S.t(
										!S.open(after, 'money')
											? 'pay.saved'
											: left > 0
												? 'pay.saved_part'
												: 'pay.saved_open',
										{ amount: S.yuan(left) }
									)
						);
						if (desk.saved) desk.saved(after);
					},
					(problem) => {
						if (problem.status === 422) S.faults(form, S.serverFaults(problem, POINTERS));
						else if (problem.code === 'conflict')
							S.faults(form, [{ id: 'pay-serial', text: S.t('pay.twice', { name: serialName() }) }]);
						else desk.trouble(problem);
					}
				);
		};

		return function (c) {
			const form = S.el('form', { novalidate: true, class: 'grid-form' });
			const left = c.amount_fen - received(c);

			if (shown === c.no + c.version) return;
			shown = c.no + c.version;
			S.fill(
				host,
				S.el('h2', { text: S.t('pay.title') }),
				S.dl(
					[
						[S.t('pay.due'), S.yuan(c.amount_fen)],
						[S.t('pay.came'), S.yuan(received(c))],
						[S.t('pay.left'), S.yuan(Math.max(0, left))],
						[S.t('f.reference'), c.reference],
						[S.t('pay.must'), payer(c)]
					],
					'facts-row'
				),
				table(c),
				shut(c) && S.el('p', { class: 'box box-warn', text: shut(c) })
			);
			if ((S.closed(c.state) && c.state !== 'expired') || !S.open(c, 'money')) {
				S.put(host, S.el('p', { class: 'good', text: S.t('pay.closed') }));
				return;
			}
			host.appendChild(form);
			S.fill(
				form,
				S.el('h3', { text: S.t('pay.new') }),
				S.el(
					'div',
					{ class: 'fields' },
					S.field({
						id: 'pay-method',
						label: S.t('pay.col.method'),
						options: [['transfer', S.t('pay.transfer')]].concat(
							c.channel === 'counter' ? [['counter', S.t('pay.counter')]] : []
						),
						value: c.channel === 'counter' ? 'counter' : 'transfer'
					}),
					S.field({
						id: 'pay-date',
						label: S.t('pay.col.date'),
						type: 'date',
						value: S.today(),
						attrs: { max: S.today() }
					}),
					S.field({ id: 'pay-name', label: S.t('pay.col.payer'), wide: true }),
					S.field({
						id: 'pay-account',
						label: S.t('pay.account'),
						attrs: { inputmode: 'numeric' }
					}),
					S.field({
						id: 'pay-amount',
						label: S.t('pay.col.amount'),
						attrs: { inputmode: 'decimal' }
					}),
					S.field({
						id: 'pay-serial',
						label: S.t('pay.serial.' + (c.channel === 'counter' ? 'counter' : 'transfer')),
						wide: true
					})
				),
				warn,
				S.el(
					'p',
					{ class: 'row-act' },
					S.el('button', { type: 'submit', class: 'btn', text: S.t('pay.save') }),
					c.remittance &&
						c.remittance.payer_name &&
						S.el('span', {
							class: 'quiet',
							text: S.t('pay.stated', {
								name: c.remittance.payer_name,
								amount: c.remittance.amount_fen ? S.yuan(c.remittance.amount_fen) : '',
								day: c.remittance.paid_on || ''
							})
						})
				)
			);
			form.addEventListener('input', () => tell(c));
			form.addEventListener('submit', (event) => {
				event.preventDefault();
				save(c, form);
			});
		};
	};
})(window.ZY);
