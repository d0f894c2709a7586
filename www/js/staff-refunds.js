/* Refunds by state: who asked is not who decides; what is approved goes into a file for the bank, and what became of it is
 * registered here unless the bank's own statement says it. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const PLACE = '/api/staff/refunds';
	const STATES = ['asked', 'approved', 'sent', 'failed', 'paid', 'refused'];
	const state = STATES.indexOf(S.query('state')) >= 0 ? S.query('state') : 'asked';
	const host = S.id('list');

	const file = (batch) => PLACE + '/batches/' + encodeURIComponent(batch);
	const post = (r, step, body) =>
		ZY.api('POST', PLACE + '/' + r.id + '/' + step, { quiet: true, ifMatch: r.version, key: true, body: body });
	const done = function (step) {
		S.notice('done', 'ok', S.t('rf.done.' + step));
		load('');
	};
	/* In a dialog: somebody was faster, the list is read anew behind it. */
	const seen = (promise) =>
		promise.catch((problem) => {
			if (problem.status === 412) {
				S.notice('done', 'warn', S.t('rf.stale'));
				load('');
			}
			throw problem;
		});
	const facts = (r) =>
		S.dl([
			[S.t('rf.c.amount'), S.yuan(r.amount_fen)],
			[S.t('rf.c.to'), S.beside(r.payer_name, r.payer_account, r.payer_bank)],
			[S.t('rf.c.from'), S.beside(r.no || S.t('rf.nobody'), S.t('rf.place.' + r.place), r.serial)],
			[S.t('rf.c.reason'), r.reason],
			[S.t('rf.c.asked'), S.beside(r.asked_by, S.stamp(r.asked_at))]
		]);
	const confirm = (r, step) =>
		S.dialog({
			title: S.t('rf.' + step + '_t'),
			ok: 'rf.' + step,
			body: [facts(r), S.el('p', { text: S.t('rf.' + step + '_text') })],
			send: () => seen(post(r, step))
		}).then((yes) => yes && done(step));
	const why = (r, step, name, label, empty) =>
		S.askReason({
			title: S.t('rf.' + step + '_t'),
			text: S.beside(S.yuan(r.amount_fen), r.payer_name),
			label: label && S.t(label),
			empty: empty && S.t(empty),
			ok: 'rf.' + step,
			danger: step === 'refuse',
			send: (text) => seen(post(r, step, { [name]: text }))
		}).then((text) => text && done(step));
	const STEPS = {
		approve: (r) => confirm(r, 'approve'),
		refuse: (r) => why(r, 'refuse', 'reason'),
		paid: (r) => why(r, 'paid', 'text', 'rf.paid_l', 'rf.paid_bad'),
		failed: (r) => why(r, 'failed', 'reason', 'rf.failed_l'),
		again: (r) => confirm(r, 'again')
	};
	/* What may be done with one, by its state and place; at the counter it is handed over without a file. */
	const steps = (r) =>
		({
			asked: r.mine ? [] : ['approve', 'refuse'],
			approved: r.place === 'counter' ? ['paid'] : [],
			sent: r.place === 'alipay' ? [] : ['paid', 'failed'],
			failed: ['again']
		})[r.state] || [];
	const line = (text, name) => text && S.el('span', { class: 'blk ' + (name || ''), text: text });
	const by = (name, at) => [name || '', at && line(S.stamp(at), 'quiet fig')];
	const row = (r) =>
		S.el(
			'tr',
			{},
			S.el('td', { class: 'num', text: S.yuan(r.amount_fen) }),
			S.el('td', { class: 'rf-who' }, r.payer_name, line(r.payer_account, 'quiet fig'), line(r.payer_bank, 'quiet')),
			S.el(
				'td',
				{},
				r.no ? S.el('a', { class: 'fig', href: S.caseUrl(r.no), text: r.no }) : S.t('rf.nobody'),
				line(S.t('rf.place.' + r.place), 'quiet')
			),
			S.el('td', { class: 'rf-why', text: r.reason }),
			S.el('td', {}, by(r.asked_by, r.asked_at)),
			S.el('td', {}, by(r.decided_by, r.decided_at)),
			S.el(
				'td',
				{ class: 'rf-state' },
				S.t('rf.pick.' + r.state),
				r.batch && S.el('a', { class: 'blk', href: file(r.batch), download: true, text: S.t('rf.file', { batch: r.batch }) }),
				line(r.done_text, 'quiet')
			),
			S.el(
				'td',
				{},
				r.state === 'asked' && r.mine && S.el('span', { class: 'tag tag-warn rf-mine', text: S.t('rf.mine') }),
				r.state === 'approved' && r.place === 'alipay' && S.el('span', { class: 'quiet', text: S.t('rf.alipay') }),
				S.el(
					'span',
					{ class: 'row-act' },
					steps(r).map((step) =>
						S.button('rf.' + step, () => STEPS[step](r), {
							'aria-label': S.t('rf.b', { act: S.t('rf.' + step), name: r.payer_name, amount: S.yuan(r.amount_fen) })
						})
					)
				)
			)
		);
	const exporting = function () {
		const key = ZY.key();

		ZY.api('POST', PLACE + '/export', { quiet: true, key: key }).then((answer) => {
			const a = answer.data;

			if (!a.count) S.notice('done', 'info', S.t('rf.exported_none'));
			else
				S.put(
					S.notice('done', 'ok', S.t('rf.exported', { batch: a.batch, n: a.count, amount: S.yuan(a.amount_fen) })).firstChild,
					[' ', S.el('a', { id: 'rf-file', href: file(a.batch), download: true, text: S.t('rf.download') })]
				);
			load('');
		}, S.trouble);
	};
	const table = (items) =>
		S.table(
			S.t('rf.table'),
			S.heads('rf.c.', ['amount num', 'to', 'from', 'reason', 'asked', 'decided', 'state', 'act']),
			items.map(row),
			'tbl rf-tbl'
		);
	const load = function (from) {
		return S.loading(host, ZY.api('GET', S.url(PLACE, { state: state, after: from, limit: 50 }), { quiet: true })).then(
			(answer) => {
				const items = answer.data.items;
				const next = answer.data.next;

				S.fill(
					host,
					state === 'approved' &&
						items.some((r) => r.place === 'bank') &&
						S.el(
							'div',
							{},
							S.el('p', { class: 'hint', text: S.t('rf.export_h') }),
							S.el('p', {}, S.button('rf.export', exporting, { class: 'btn' }))
						),
					items.length ? table(items) : S.el('p', { class: 'empty', text: S.t('rf.none') }),
					S.pager(from, next, load)
				);
			},
			(problem) => {
				S.clear(host);
				S.trouble(problem, () => load(from));
			}
		);
	};

	S.start().then(() => {
		S.fill(
			S.id('pick'),
			STATES.map((name) =>
				S.el('a', {
					href: S.url('/staff/refunds.html', { state: name === 'asked' ? '' : name }),
					'aria-current': name === state && 'true',
					text: S.t('rf.pick.' + name)
				})
			)
		);
		load('');
	});
})(window.ZY);
