/* Announcements: those shown, ahead and over, each with who wanted it and who confirmed it; a new one, another in the place
 * of one, or its end is proposed here and confirmed by somebody else. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const LIST = '/api/staff/announcements';
	const TAGS = { shown: 'tag tag-ok', ahead: 'tag', over: 'tag tag-off', ended: 'tag tag-off' };
	let items = [];

	const value = (id) => S.id(id).value.trim();
	const load = (after) =>
		S.loading(S.id('list'), ZY.api('GET', S.url(LIST, { after: after }), { quiet: true })).then(
			(answer) => {
				items = after ? items.concat(answer.data.items) : answer.data.items;
				draw(answer.data.next);
			},
			(problem) => {
				if (problem.status === 403) S.fill(S.id('list'), S.el('p', { class: 'empty', text: S.t('staff.forbidden') }));
				else S.trouble(problem, () => load(after));
			}
		);
	const propose = (body) => ZY.api('POST', '/api/staff/proposals/announcement', { quiet: true, key: ZY.key(), body: body });
	const proposed = function () {
		S.notice('an', 'ok', S.t('an.proposed'));
		S.clear(S.id('form'));
		return load();
	};

	/* ---- the text ---- */

	const check = () =>
		[
			value('an-title').length < 2 && { id: 'an-title', text: S.t('an.bad_title') },
			value('an-body').length < 2 && { id: 'an-body', text: S.t('an.bad_body') },
			!value('an-from') && { id: 'an-from', text: S.t('an.bad_from') },
			!value('an-until') && { id: 'an-until', text: S.t('an.bad_until') },
			value('an-reason').length < 2 && { id: 'an-reason', text: S.t('reason.empty') }
		].filter(Boolean);
	const MAP = { '#/title': 'an-title', '#/body': 'an-body', '#/from': 'an-from', '#/until': 'an-until', '#/reason': 'an-reason' };
	const write = function (old) {
		const form = S.el('form', { class: 'keep', novalidate: true, 'aria-label': S.t(old ? 'an.change' : 'an.new') });
		let busy = false;

		S.fill(
			form,
			S.el('h2', { text: S.t(old ? 'an.change_t' : 'an.new', old) }),
			S.field({ id: 'an-title', label: S.t('an.title'), value: old && old.title, wide: true, attrs: { maxlength: '60' } }),
			S.field({ id: 'an-body', label: S.t('an.body'), hint: S.t('an.body_h'), rows: 5, value: old && old.body, wide: true, attrs: { maxlength: '600' } }),
			S.el(
				'div',
				{ class: 'fields' },
				S.field({ id: 'an-from', label: S.t('an.from'), type: 'date', value: old ? old.from : S.today() }),
				S.field({ id: 'an-until', label: S.t('an.until'), type: 'date', value: old ? old.until : '' })
			),
			S.field({ id: 'an-reason', label: S.t('reason.label'), rows: 2, wide: true }),
			S.el(
				'p',
				{ class: 'row-act' },
				S.el('button', { type: 'submit', class: 'btn', text: S.t('us.propose') }),
				S.button('act.cancel', () => S.clear(S.id('form')))
			)
		);
		form.addEventListener('submit', (event) => {
			event.preventDefault();
			if (busy || !S.faults(form, check())) return;
			busy = true;
			propose(
				Object.assign(old ? { replaces: old.id } : {}, {
					title: value('an-title'),
					body: value('an-body'),
					from: value('an-from'),
					until: value('an-until'),
					reason: value('an-reason')
				})
			).then(proposed, (problem) => {
				busy = false;
				if (problem.status === 422) S.faults(form, S.serverFaults(problem, MAP));
				else S.trouble(problem);
			});
		});
		S.fill(S.id('form'), form);
		S.id('an-title').focus();
	};
	const end = (row) =>
		S.askReason({
			title: S.t('an.end_t', row),
			ok: 'us.propose',
			danger: true,
			send: (reason) => propose({ replaces: row.id, end: true, reason: reason })
		}).then((reason) => reason && proposed());

	/* ---- the list ---- */

	const line = (row) =>
		S.line(
			[
				S.el('p', { class: 'card-unit' }, row.title, ' ', S.el('span', { class: TAGS[row.state], text: S.t('an.is.' + row.state) })),
				S.el('p', { class: 'an-body', text: row.body }),
				S.el('p', { class: 'card-line', text: S.t('an.days', row) }),
				S.el('p', {
					class: 'card-line',
					text: S.t('an.by', { by: row.by, checker: row.checked_by, at: S.stamp(row.at), reason: row.reason })
				}),
				row.ended_at &&
					S.el('p', {
						class: 'card-line',
						text: S.t('an.ended', { by: row.ended_by, checker: row.end_checked_by, at: S.stamp(row.ended_at), reason: row.ended_reason })
					})
			],
			!row.ended_at &&
				row.state !== 'over' &&
				S.el('p', { class: 'row-act' }, S.button('an.change', () => write(row)), S.button('an.end', () => end(row)))
		);
	const draw = (next) =>
		S.fill(
			S.id('list'),
			items.length ? S.el('ul', { class: 'lines' }, items.map(line)) : S.el('p', { class: 'empty', text: S.t('an.none') }),
			next && S.el('p', {}, S.button('us.more', () => load(next)))
		);

	S.start().then(() => {
		if (S.can('settings')) S.fill(S.id('acts'), S.button('an.new', () => write(null), { class: 'btn' }));
		return load();
	});
})(window.ZY);
