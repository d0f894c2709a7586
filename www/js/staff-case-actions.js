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
		actions.approve = function () {
			const ask = S.former.approval(store.data);

			if (desk.me(desk.firstReviewer())) {
				S.notice('trouble', 'warn', S.t('approve.two'));
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

	/* What the applicant will read when the case is returned, drawn from the drafts. */
	S.preview = function (review, c) {
		const SVG = 'http://www.w3.org/2000/svg';
		const figure = function (m, area) {
			const picture = document.createElementNS(SVG, 'svg');
			const image = document.createElementNS(SVG, 'image');
			const rect = document.createElementNS(SVG, 'rect');
			const size = { x: 0, y: 0, width: 1000, height: 1414 };
			const box = {
				x: area.x / 10,
				y: area.y * 0.1414,
				width: area.w / 10,
				height: area.h * 0.1414,
				class: 'area'
			};

			picture.setAttribute('viewBox', '0 0 1000 1414');
			picture.setAttribute('role', 'img');
			picture.setAttribute('aria-label', S.t('preview.area', { name: m.name, page: area.page }));
			image.setAttribute(
				'href',
				'/api/staff/attachments/' + encodeURIComponent(area.file) + '/pages/' + area.page
			);
			image.setAttribute('preserveAspectRatio', 'none');
			Object.keys(size).forEach((name) => image.setAttribute(name, size[name]));
			Object.keys(box).forEach((name) => rect.setAttribute(name, box[name]));
			picture.appendChild(image);
			picture.appendChild(rect);
			return S.el('figure', {}, picture, S.el('figcaption', { text: S.t('preview.page', { page: area.page }) }));
		};
		const bad = review.materials().filter((m) => review.draft(m.code).verdict === 'fail');

		return S.el(
			'div',
			{ class: 'preview' },
			S.el('p', { class: 'preview-h', text: S.t('preview.title', { n: bad.length, no: c.no }) }),
			bad.map((m) => {
				const d = review.draft(m.code);

				return S.el(
					'div',
					{ class: 'preview-m' },
					S.el('h3', { text: m.name }),
					S.el(
						'ul',
						{},
						d.reasons.map((code) => S.el('li', { text: review.reasonText(code) }))
					),
					d.note.trim() && S.el('p', { text: d.note.trim() }),
					d.areas.length > 0 &&
						S.el(
							'div',
							{ class: 'preview-f' },
							d.areas.map((area) => figure(m, area))
						)
				);
			}),
			S.el('p', {
				class: 'quiet',
				text: S.t('preview.rest', { n: review.materials().length - bad.length })
			})
		);
	};
})(window.ZY);
