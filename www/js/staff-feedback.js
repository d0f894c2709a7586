/* Questions and complaints: the list by the day promised, and beside it the one that is chosen, with the field for its answer. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const LIST = '/api/staff/feedback';
	const MIN = 5;
	const MAX = 1000;
	let shown = null;

	const answer = () =>
		S.dialog({
			title: S.t('fb.answer'),
			ok: 'fb.send',
			body: [S.el('p', { class: 'an-body', text: shown.text }), S.field({ id: 'fb-answer', label: S.t('fb.answer'), hint: S.t('fb.hint'), rows: 6, attrs: { maxlength: MAX * 2 } })],
			pointers: { '#/answer': 'fb-answer' },
			check: () => {
				const n = Array.from(S.id('fb-answer').value.trim()).length;

				return n < MIN || n > MAX ? [{ id: 'fb-answer', text: S.t('fb.short') }] : [];
			},
			send: () =>
				ZY.api('POST', LIST + '/' + shown.no + '/answer', { quiet: true, key: true, body: { answer: S.id('fb-answer').value.trim() } }).then((a) => {
					S.notice('done', 'ok', S.t('fb.done'));
					picker.changed(a.data);
				})
		});
	const beside = function (r) {
		shown = r;
		return [
			S.beside(S.t('fb.k.' + r.kind), r.no),
			S.el('p', { class: 'an-body', text: r.text }),
			S.dl([
				r.case_no && [S.t('fb.f.case'), S.el('a', { class: 'fig', href: S.caseUrl(r.case_no), text: r.case_no })],
				[S.t('fb.f.phone'), r.phone],
				[S.t('fb.f.at'), S.stamp(r.at)],
				[S.t('fb.f.due'), r.due],
				r.answer && [S.t('fb.f.by'), r.by],
				r.answer && [S.t('fb.f.answered'), S.stamp(r.answered_at)]
			]),
			r.answer ? [S.el('h3', { text: S.t('fb.f.answer') }), S.el('p', { class: 'an-body', text: r.answer })] : S.el('p', { class: 'row-act' }, S.button('fb.answer', answer, { class: 'btn' }))
		];
	};
	const picker = S.picker({
		page: '/staff/feedback.html',
		param: 'state',
		done: 'answered',
		pick: (side) => S.t('fb.pick.' + side),
		none: (side) => S.t('fb.none.' + side),
		choose: S.t('fb.choose'),
		api: LIST,
		of: (no) => LIST + '/' + no,
		number: /^YJ\d{14}$/,
		row: (r, open) => [
			S.el('span', { class: 'mn-top' }, S.el('strong', { text: S.t('fb.k.' + r.kind) }), open ? S.picker.due(r) : r.by),
			S.el('span', { class: 'blk quiet fig', text: r.no }),
			S.el('span', { class: 'blk quiet fig', text: S.stamp(r.at) })
		],
		one: beside
	});

	S.start().then(picker.begin);
})(window.ZY);
