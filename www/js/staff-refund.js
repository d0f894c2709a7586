/* Asking for money to go back, and taking back what was booked: from a line of the bank and from a case. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;

	/* what: {payment_id} or {bank_line_id}; name: to whom; fen: offered, 0: none.  Resolves with the refund, or null. */
	S.askRefund = function (what, name, fen) {
		const key = ZY.key();
		const amount = S.field({
			id: 'rf-amount',
			label: S.t('refund.amount'),
			hint: S.t('refund.amount_h'),
			value: fen ? (fen / 100).toFixed(2) : '',
			attrs: { inputmode: 'decimal' }
		});
		const reason = S.field({ id: 'rf-reason', label: S.t('refund.reason'), rows: 2 });
		const value = (field) => field.querySelector('input,textarea').value.trim();
		let asked = null;

		return S.dialog({
			title: S.t('refund.ask_t'),
			ok: 'refund.ask',
			body: [S.el('p', { text: S.t('refund.to', { name: name }) }), amount, reason],
			pointers: { '#/amount_fen': 'rf-amount', '#/reason': 'rf-reason' },
			check: () =>
				[
					!S.fen(value(amount)) && { id: 'rf-amount', text: S.t('pay.bad.pay-amount') },
					value(reason).length < 2 && { id: 'rf-reason', text: S.t('reason.empty') }
				].filter(Boolean),
			send: () =>
				ZY.api('POST', '/api/staff/refunds', {
					quiet: true,
					key: key,
					body: Object.assign({ amount_fen: S.fen(value(amount)), reason: value(reason) }, what)
				}).then((answer) => {
					asked = answer.data;
				})
		}).then((yes) => {
			if (!yes) return null;
			S.notice('refund', 'ok', S.t('refund.asked', { amount: S.yuan(asked.amount_fen) }));
			return asked;
		});
	};
	/* Resolves with the answer (the case), or null. */
	S.undoPayment = function (one) {
		const key = ZY.key();
		let answer = null;

		return S.askReason({
			title: S.t('undo.title'),
			text: S.t('undo.text', { amount: S.yuan(one.amount_fen), no: one.no }),
			ok: 'undo.do',
			danger: true,
			send: (reason) =>
				ZY.api('POST', '/api/staff/payments/' + one.id + '/undo', {
					quiet: true,
					key: key,
					body: { reason: reason }
				}).then((got) => {
					answer = got;
				})
		}).then((reason) => (reason === null ? null : answer));
	};
	/* What may be done with a payment, beside it; done(kind, answer) after it. */
	S.paymentActions = function (one, offered, done) {
		if (one.undone_at)
			return S.el('span', { class: 'tag tag-off', text: S.t('undo.was', { why: one.undone_text || '' }) });
		return S.el(
			'span',
			{ class: 'row-act' },
			one.method === 'transfer' &&
				S.button('undo.do', () => S.undoPayment(one).then((answer) => answer && done('undo', answer)), {
					'aria-label': S.t('undo.n', { no: one.no, amount: S.yuan(one.amount_fen) })
				}),
			S.button(
				'refund.ask',
				() =>
					S.askRefund({ payment_id: Number(one.id) }, one.payer_name, offered).then(
						(r) => r && done('refund', r)
					),
				{ 'aria-label': S.t('refund.n', { no: one.no, amount: S.yuan(one.amount_fen) }) }
			)
		);
	};
})(window.ZY);
