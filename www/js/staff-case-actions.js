/* The decisions on a case: return, accept, approve, refuse.  Fetched for those who may take one. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;

	/* desk: the page (store, data, trouble, next, drop, draw, me); review: its checklist. */
	S.caseActions = function (desk, review) {
		const store = desk.store;
		const actions = {};

		const act = function (rest, body, done) {
			const key = ZY.key();

			S.unnotice('trouble');
			return store.write(rest, body, key).then((c) => {
				desk.drop();
				S.notice('done', 'ok', S.t(done, { state: c.state_name, due: c.due || '' }), [['act.next', desk.next]]);
				S.id('notice-done').querySelector('button').focus();
				desk.draw(c, true);
				S.recount();
			}, desk.trouble);
		};
		actions.sendBack = function () {
			const tally = review.tally();

			if (tally.left || !tally.fails) {
				S.say(S.t(tally.left ? 'bar.left' : 'bar.no_fail', { n: tally.left }));
				review.nextOpen();
				return;
			}
			review.flush().then(
				() => {
					const note = S.field({
						id: 'return-note',
						rows: 2,
						label: S.t('return.note'),
						hint: S.t('return.note_hint')
					});
					const days = S.field({
						id: 'return-days',
						label: S.t('return.days'),
						hint: S.t('return.days_hint'),
						attrs: { inputmode: 'numeric', class: 'w-s' }
					});
					const value = (field) => field.querySelector('input,textarea').value.trim();

					S.dialog({
						title: S.t('return.title'),
						wide: true,
						ok: 'return.send',
						body: [S.preview(review, store.data), note, days],
						check: () =>
							value(days) && !/^([1-9]|[1-8]\d|90)$/.test(S.plain(value(days)))
								? [{ id: 'return-days', text: S.t('return.days_bad') }]
								: []
					}).then((yes) => {
						const body = { note: value(note) || null };

						if (value(days)) body.days = Number(S.plain(value(days)));
						if (yes) act('/return', body, 'return.done');
					});
				},
				() => {}
			);
		};
		actions.accept = function () {
			const tally = review.tally();

			if (tally.left || tally.fails) {
				S.say(S.t(tally.left ? 'bar.left' : 'bar.has_fail', { n: tally.left || tally.fails }));
				review.nextOpen();
				return;
			}
			review.flush().then(
				() => act('/accept', undefined, 'accept.done'),
				() => {}
			);
		};
		actions.reject = () =>
			S.askReason({
				title: S.t('reject.title'),
				text: S.t('reject.text'),
				label: S.t('reject.label'),
				hint: S.t('reject.hint'),
				ok: 'reject.send',
				danger: true
			}).then((reason) => reason && act('/reject', { reason: reason }, 'reject.done'));
		actions.firstReviewer = () =>
			(store.data.verdicts || [])
				.map((one) => one.by)
				.filter(Boolean)
				.pop();
		actions.approve = function () {
			const ask = S.former.approval(store.data);

			if (desk.me(actions.firstReviewer())) {
				S.notice('trouble', 'warn', S.t('approve.two'));
				return;
			}
			S.dialog({
				title: S.t('approve.title'),
				ok: 'approve.send',
				body: [
					!ask && S.el('p', { text: S.t('approve.text', { name: actions.firstReviewer() || '' }) }),
					S.dl(
						[[S.t('f.subject'), desk.data.text(S.subject(store.data))]].concat(
							store.data.holder === 'ind' ? [] : desk.data.rows(store.data, [['unit.uscc'], ['unit.address']]),
							desk.data.items(store.data),
							desk.data.terms(store.data)
						)
					),
					ask && ask.body
				],
				danger: !!ask,
				check: ask && ask.check
			}).then((yes) => yes && act('/approve', {}, 'approve.done'));
		};
		return actions;
	};
})(window.ZY);
