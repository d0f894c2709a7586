/* What needs two persons: what waits, each with before and after, to confirm, decline or withdraw; and what was decided. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const LIST = '/api/staff/proposals';
	const closed = S.query('state') === 'closed';
	let items = [];
	let next = null;

	const place = (row) => 'prop-' + row.id;
	const host = (row) => S.id(place(row));
	const read = (after) =>
		S.loading(
			S.id('list'),
			ZY.api('GET', S.url(LIST, { state: closed ? 'closed' : 'open', after: after }), { quiet: true })
		).then(
			(answer) => {
				items = after ? items.concat(answer.data.items) : answer.data.items;
				next = answer.data.next;
				draw();
			},
			(problem) => S.trouble(problem, () => read(after))
		);

	/* ---- decide ---- */

	const SAID = { confirm: 'prop.confirmed', decline: 'prop.declined', withdraw: 'prop.withdrawn' };
	const decide = (row, decision, note) =>
		ZY.api('POST', LIST + '/' + row.id + '/decision', {
			quiet: true,
			body: note ? { decision: decision, note: note } : { decision: decision },
			key: ZY.key()
		}).then(
			() => {
				S.unnotice('warning-proposals');
				S.notice('proposal', 'ok', S.t(SAID[decision], { what: row.summary }));
				return read().then(() => S.id('main').focus());
			},
			(problem) => {
				S.trouble(problem);
				return read();
			}
		);
	const confirm = (row) =>
		S.dialog({
			title: S.t('prop.ask_confirm'),
			ok: 'prop.confirm',
			body: [S.el('p', { text: row.summary }), S.el('p', { class: 'box box-warn', text: S.t('prop.ask_confirm_h') })]
		}).then((yes) => yes && decide(row, 'confirm'));
	const decline = (row) =>
		S.askReason({ title: S.t('prop.ask_decline'), label: S.t('prop.decline_why'), ok: 'prop.decline' }).then(
			(note) => note && decide(row, 'decline', note)
		);
	const withdraw = (row) =>
		S.dialog({
			title: S.t('prop.ask_withdraw'),
			ok: 'prop.withdraw',
			body: S.el('p', { text: row.summary })
		}).then((yes) => yes && decide(row, 'withdraw'));

	/* ---- one of them ---- */

	const lines = (whole) =>
		S.table(
			S.t('prop.lines'),
			S.heads('prop.col.', ['label', 'before', 'after']),
			whole.lines.map((one) =>
				S.el(
					'tr',
					{},
					S.el('td', { text: one.label }),
					S.el('td', { text: one.before || S.t('prop.nothing') }),
					S.el('td', {}, S.el('strong', { text: one.after || S.t('prop.nothing') }))
				)
			)
		);
	const acts = (whole) =>
		S.el(
			'p',
			{ class: 'row-act' },
			whole.may_confirm && !whole.stale && S.button('prop.confirm', () => confirm(whole), { class: 'btn' }),
			whole.may_confirm && S.button('prop.decline', () => decline(whole)),
			whole.mine && S.button('prop.withdraw', () => withdraw(whole))
		);
	const show = (row, whole) =>
		S.fill(
			host(row),
			whole.stale && S.el('p', { class: 'box box-warn', text: S.t('prop.stale') }),
			lines(whole),
			whole.state === 'open' && whole.mine && S.el('p', { class: 'quiet', text: S.t('prop.mine_h') }),
			whole.state === 'open' && acts(whole)
		);
	const open = function (row) {
		S.openers(place(row))[0].setAttribute('aria-expanded', 'true');
		return S.loading(host(row), ZY.api('GET', LIST + '/' + row.id, { quiet: true })).then(
			(answer) => show(row, answer.data),
			(problem) => {
				S.shut(place(row));
				S.trouble(problem, () => open(row));
			}
		);
	};
	const STATE = { open: 'tag', done: 'tag tag-ok', declined: 'tag tag-off', withdrawn: 'tag tag-off' };
	const line = (row) =>
		S.line(
			[
				S.el(
					'p',
					{ class: 'card-unit' },
					row.summary,
					' ',
					S.el('span', { class: STATE[row.state], text: S.t('prop.state.' + row.state) })
				),
				S.el('p', {
					class: 'card-line',
					text: S.t('prop.by', { kind: row.kind_name, name: row.by, at: S.stamp(row.at) })
				}),
				S.el('p', { class: 'card-line', text: S.t('prop.reason', { reason: row.reason }) }),
				row.decided_by &&
					S.el('p', {
						class: 'card-line',
						text: S.t('prop.by_' + row.state, { name: row.decided_by, at: S.stamp(row.decided_at) })
					}),
				row.note && S.el('p', { class: 'card-line', text: S.t('prop.note', { note: row.note }) })
			],
			S.el('p', { class: 'row-act' }, S.opener('prop.look', row.summary, place(row), () => open(row))),
			S.el('div', { class: 'line-body', id: place(row) })
		);
	const draw = function () {
		S.fill(
			S.id('list'),
			items.length
				? S.el('ul', { class: 'lines' }, items.map(line))
				: S.el('p', { class: 'empty', text: S.t(closed ? 'prop.none_closed' : 'prop.none') }),
			next && S.el('p', {}, S.button('prop.more', () => read(next)))
		);
	};
	const sides = () =>
		S.fill(
			S.id('sides'),
			['open', 'closed'].map((side) =>
				S.el('a', {
					href: S.url('/staff/proposals.html', side === 'closed' ? { state: side } : {}),
					'aria-current': (side === 'closed') === closed && 'page',
					text: S.t('prop.side.' + side)
				})
			)
		);

	S.start().then(() => {
		sides();
		return read();
	});
})(window.ZY);
