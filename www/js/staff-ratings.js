/* Low ratings: the list by due day, and beside it the one that is chosen, with what was done about it. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const LIST = '/api/staff/ratings';
	const RESULTS = { call: ['reached', 'missed'], close: ['resolved', 'explained', 'unfounded', 'unreached'] };
	const NOTE_MIN = 2;
	let shown = null;

	const api = (no, rest) => S.caseApi(no, '/rating' + (rest || ''));
	const post = (step, body) =>
		ZY.api('POST', api(shown.no, '/steps'), { quiet: true, key: true, body: Object.assign({ step: step }, body) }).then((answer) => {
			S.notice('done', 'ok', S.t('rt.done.' + step));
			picker.changed(answer.data);
		});
	/* What a step asks: a result where there are some, and words. */
	const ask = function (step) {
		const results = RESULTS[step];
		const body = [
			step === 'call' && S.el('p', { class: 'hint', text: S.t('rt.phone') }),
			results &&
				S.field({
					id: 'rt-result',
					label: S.t('rt.result'),
					value: '',
					options: [['', S.t('rt.pick_result')]].concat(results.map((r) => [r, S.t('rt.r.' + r)]))
				}),
			S.field({ id: 'rt-note', label: S.t('rt.l.' + step), rows: 4, attrs: { maxlength: 300 } })
		];
		const value = (id) => (S.id(id) ? S.id(id).value.trim() : '');

		S.dialog({
			title: S.t('rt.t.' + step),
			ok: 'rt.do.' + step,
			body: body,
			pointers: { '#/result': 'rt-result', '#/note': 'rt-note' },
			check: () =>
				[
					results && !value('rt-result') && { id: 'rt-result', text: S.t('rt.bad_result') },
					value('rt-note').length < NOTE_MIN && { id: 'rt-note', text: S.t('rt.bad_note') }
				].filter(Boolean),
			send: () => post(step, { result: results ? value('rt-result') : null, note: value('rt-note') })
		});
	};
	const take = () => (shown.taken ? ask('take') : post('take', {}).catch(S.trouble));
	const acts = (r) =>
		r.follow === 'open'
			? [
					!r.mine && S.button('rt.do.take', take, { class: r.taken ? 'btn btn-2' : 'btn' }),
					r.mine && S.button('rt.do.call', () => ask('call'), { class: 'btn' }),
					r.mine && S.button('rt.do.close', () => ask('close')),
					S.button('rt.do.note', () => ask('note'))
				]
			: [S.button('rt.do.note', () => ask('note'))];
	const step = (s) =>
		S.el(
			'li',
			{},
			S.el('strong', { text: S.t('rt.step.' + s.step) }),
			s.result && [' ', S.el('span', { class: 'tag', text: S.t('rt.r.' + s.result) })],
			s.note && S.el('span', { class: 'blk', text: s.note }),
			S.el('span', { class: 'blk quiet fig', text: S.beside(S.stamp(s.at), s.by) })
		);
	const beside = function (r) {
		shown = r;
		return [
			r.level,
			S.el('p', {}, S.el('a', { class: 'fig', href: S.caseUrl(r.no), text: r.no })),
			S.dl([
				[S.t('rt.f.reasons'), r.reasons.map((x) => x.text).join(S.t('comma')) || S.t('rt.reasons_none')],
				[S.t('rt.f.words'), r.words || S.t('rt.f.words_none')],
				[S.t('rt.f.at'), S.stamp(r.changed_at)],
				[S.t('rt.f.source'), S.t('rt.source.' + r.source)],
				r.due && [S.t('rt.f.due'), r.due],
				r.result && [S.t('rt.f.result'), S.t('rt.r.' + r.result)]
			]),
			S.el('p', { class: 'row-act' }, acts(r)),
			S.el('h3', { text: S.t('rt.history') }),
			S.el('ol', { class: 'tl' }, r.steps.slice().reverse().map(step))
		];
	};
	const picker = S.picker({
		page: '/staff/ratings.html',
		param: 'follow',
		done: 'closed',
		pick: (side) => S.t('rt.pick.' + side),
		none: (side) => S.t('rt.none.' + side),
		choose: S.t('rt.choose'),
		api: LIST,
		of: api,
		number: /^[0-9A-Z]{10,24}$/,
		row: (r, open) => [
			S.el('span', { class: 'mn-top' }, S.el('strong', { text: r.level }), open ? S.picker.due(r) : S.t('rt.r.' + r.result)),
			S.el('span', { class: 'blk', text: r.unit_name || S.kind(r) }),
			S.el('span', { class: 'blk quiet fig', text: r.no }),
			S.el('span', { class: 'blk quiet', text: r.owner ? r.owner + (r.called_at ? S.t('comma') + S.t('rt.called') : '') : S.t('rt.nobody') })
		],
		one: beside
	});

	S.start().then(picker.begin);
})(window.ZY);
