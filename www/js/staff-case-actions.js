/* The decisions on a case: return, accept, approve, refuse.  Fetched with the first one that is taken. */
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
		/* Asks what the applicant would read, as the server will write it, and shows that in host. */
		const preview = function (host, body) {
			host.setAttribute('aria-busy', 'true');
			return ZY.api('POST', S.caseApi(store.no, '/notice'), { quiet: true, body: body, key: ZY.key() }).then(
				(answer) => {
					host.removeAttribute('aria-busy');
					S.fill(host, S.preview(answer.data, desk.book));
				},
				(problem) => {
					host.removeAttribute('aria-busy');
					S.fill(host, S.el('p', { role: 'alert', text: S.why(problem) }));
				}
			);
		};
		const asking = function () {
			const note = S.field({ id: 'return-note', rows: 2, label: S.t('return.note'), hint: S.t('return.note_hint') });
			const days = S.field({
				id: 'return-days',
				label: S.t('return.days'),
				hint: S.t('return.days_hint'),
				attrs: { inputmode: 'numeric', class: 'w-s' }
			});
			const host = S.el('div', { class: 'preview', id: 'preview', role: 'group', tabindex: '0', 'aria-label': S.t('preview.label') });
			const value = (field) => field.querySelector('input,textarea').value.trim();
			const bad = () => value(days) && !/^([1-9]|[1-8]\d|90)$/.test(S.plain(value(days)));
			const body = () => Object.assign({ note: value(note) || null }, value(days) ? { days: Number(S.plain(value(days))) } : {});
			const again = ZY.debounce(() => bad() || preview(host, body()), 400);

			[note, days].forEach((field) => field.addEventListener('input', again));
			preview(host, body());
			S.dialog({
				title: S.t('return.title'),
				wide: true,
				ok: 'return.send',
				body: [note, days, host],
				check: () => (bad() ? [{ id: 'return-days', text: S.t('return.days_bad') }] : [])
			}).then((yes) => yes && act('/return', body(), 'return.done'));
		};
		actions.sendBack = function () {
			const tally = review.tally();

			if (tally.left || !tally.fails) {
				S.say(S.t(tally.left ? 'bar.left' : 'bar.no_fail', { n: tally.left }));
				review.nextOpen();
				return;
			}
			Promise.all([review.flush(), desk.bring('notice'), desk.bring('i18n/staff-desk-zh-CN')]).then(asking, (problem) => problem.status || desk.brought());
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
		actions.approve = function () {
			if (!S.former) {
				desk.bring('staff-former').then(actions.approve, desk.brought);
				return;
			}
			const ask = S.former.approval(store.data);

			if (desk.me(desk.firstReviewer())) {
				S.notice('trouble', 'warn', S.t('approve.two'));
				return;
			}
			if (store.data.blind) {
				S.say(S.t('approve.blind'));
				S.id('rk-h').focus();
				return;
			}
			S.dialog({
				title: S.t('approve.title'),
				ok: 'approve.send',
				body: [
					!ask && S.el('p', { text: S.t('approve.text', { name: desk.firstReviewer() || '' }) }),
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

	/* The notice as the applicant reads it (notice.js draws both), and the text message. */
	S.preview = function (notice, book) {
		const c = notice.corrections;
		const item = function (one) {
			const part = S.el(
				'section',
				{ class: 'fix-item' },
				S.el('h2', {}),
				S.el('ul', { class: 'why' }),
				S.el('p', { class: 'note' }),
				S.el('div', { class: 'figs' })
			);

			ZY.notice.item(part, one, book.reasons, (file, page) => '/api/staff/attachments/' + encodeURIComponent(file) + '/pages/' + page);
			return part;
		};

		return [
			S.el('p', { class: 'preview-h', text: ZY.notice.title(c) }),
			S.el('p', {}, ZY.notice.until(c.until)),
			c.note && S.el('p', { class: 'box box-grey', text: ZY.notice.note(c.note) }),
			S.el('div', { class: 'preview-i' }, c.items.map(item)),
			notice.passed.length > 0 && S.el('p', { text: ZY.notice.passed(notice.passed) }),
			S.el('p', { class: 'quiet', text: S.t('preview.message', { text: notice.message }) })
		];
	};
})(window.ZY);
