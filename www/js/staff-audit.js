/* Who looked at what: the audit, searched by person, case, kind and days, newest first.  The question stands in the address.
 * Above it, who has looked at unusually much, for those who oversee: they look into it and write down what it was. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const KINDS = ['reveal', 'view', 'export', 'sign', 'refused', 'admin', 'alarm', 'audit'];
	const FIELDS = ['staff', 'object', 'kind', 'from', 'until'];
	const ask = S.id('ask');
	const list = S.id('list');
	const want = {};
	let items = [];

	FIELDS.forEach((name) => {
		want[name] = S.query(name) || '';
	});
	const load = (after) =>
		S.loading(list, ZY.api('GET', S.url('/api/staff/audit', Object.assign({}, want, { after: after })), { quiet: true })).then(
			(answer) => {
				items = after ? items.concat(answer.data.items) : answer.data.items;
				draw(answer.data.next);
				S.say(S.t('au.found', { n: items.length }));
			},
			(problem) => {
				const map = {};

				FIELDS.forEach((name) => {
					map['#/' + name] = 'au-' + name;
				});
				if (problem.status === 422) S.faults(ask, S.serverFaults(problem, map));
				else if (problem.status === 403) S.fill(list, S.el('p', { class: 'empty', text: S.t('staff.forbidden') }));
				else S.trouble(problem, () => load(after));
			}
		);
	const person = (r) =>
		r.name
			? [r.name, S.el('span', { class: 'blk quiet', text: r.user }), r.addr && S.el('span', { class: 'blk quiet fig', text: r.addr })]
			: S.t('au.actor.' + r.actor);
	const object = (r) =>
		S.caseNo(r.object) === r.object ? S.el('a', { class: 'fig', href: S.caseUrl(r.object), text: r.object }) : S.el('span', { class: 'brk', text: r.object });
	const row = (r) =>
		S.el(
			'tr',
			{},
			S.el('td', { class: 'fig' }, S.stamp(r.at), S.el('span', { class: 'blk quiet', text: S.t('au.seq', { n: r.seq }) })),
			S.el('td', {}, person(r)),
			S.el('td', {}, r.action_name || r.action, r.kind && S.el('span', { class: 'blk quiet', text: S.t('au.kind.' + r.kind) })),
			S.el('td', {}, object(r)),
			S.el('td', { class: 'au-detail', text: r.detail })
		);
	const table = () =>
		S.table(S.t('au.table'), S.heads('au.c.', ['at', 'who', 'what', 'object', 'detail']), items.map(row));
	const draw = (next) =>
		S.fill(
			list,
			items.length ? table() : S.el('p', { class: 'empty', text: S.t(next ? 'au.none_yet' : 'au.none') }),
			next && S.el('p', { class: 'pager' }, S.button('au.more', () => load(next)))
		);
	const form = () =>
		S.fill(
			ask,
			S.field({ id: 'au-staff', label: S.t('au.staff'), hint: S.t('au.staff_h'), value: want.staff, attrs: { autocapitalize: 'none' } }),
			S.field({ id: 'au-object', label: S.t('au.object'), hint: S.t('au.object_h'), value: want.object }),
			S.field({
				id: 'au-kind',
				label: S.t('au.kind'),
				value: want.kind,
				options: [['', S.t('au.all')]].concat(KINDS.map((kind) => [kind, S.t('au.kind.' + kind)]))
			}),
			S.field({ id: 'au-from', label: S.t('au.from'), type: 'date', value: want.from }),
			S.field({ id: 'au-until', label: S.t('au.until'), type: 'date', value: want.until }),
			S.el('p', { class: 'row-act' }, S.el('button', { type: 'submit', class: 'btn', text: S.t('au.go') }))
		);
	ask.addEventListener('submit', (event) => {
		event.preventDefault();
		FIELDS.forEach((name) => {
			want[name] = S.plain(S.id('au-' + name).value);
		});
		S.faults(ask, []);
		history.replaceState(null, '', S.url('/staff/audit.html', want));
		load();
	});

	/* ---- alarms ---- */

	const alarms = S.id('alarms');
	const settle = (a) =>
		S.askReason({
			title: S.t('al.settle_t', a),
			text: S.t('al.settle_h'),
			label: S.t('al.note'),
			empty: S.t('al.bad_note'),
			ok: 'al.settle',
			send: (note) => ZY.api('POST', '/api/staff/audit/alarms/' + a.id + '/seen', { quiet: true, key: ZY.key(), body: { note: note } })
		}).then((note) => {
			if (!note) return;
			S.unnotice('warning-looks');
			S.notice('alarm', 'ok', S.t('al.settled', a));
			warned();
		});
	const warning = (a) =>
		S.line(
			[
				S.el('p', { class: 'card-unit' }, S.t('al.who', a), ' ', S.el('span', { class: a.seen_at ? 'tag tag-off' : 'tag tag-warn', text: S.t(a.seen_at ? 'al.is.seen' : 'al.is.open') })),
				S.el('p', { class: 'card-line', text: S.t('al.what', { kind_name: a.kind_name, looks: a.looks, at: S.stamp(a.at) }) }),
				a.seen_at && S.el('p', { class: 'card-line', text: S.t('al.seen', { by: a.seen_by, at: S.stamp(a.seen_at), note: a.note }) }),
				a.own && !a.seen_at && S.el('p', { class: 'card-line', text: S.t('al.own') })
			],
			!a.seen_at && !a.own && S.el('p', { class: 'row-act' }, S.el('button', { type: 'button', class: 'btn btn-2', on: { click: () => settle(a) } }, S.t('al.settle'), S.vh(a.name)))
		);
	let told = [];
	const warned = (after) =>
		S.loading(alarms, ZY.api('GET', S.url('/api/staff/audit/alarms', { after: after }), { quiet: true })).then((answer) => {
			told = after ? told.concat(answer.data.items) : answer.data.items;
			S.fill(
				alarms,
				S.el('h2', { text: S.t('al.title') }),
				S.el('p', { class: 'quiet', text: S.t('al.hint') }),
				told.length ? S.el('ul', { class: 'lines' }, told.map(warning)) : S.el('p', { class: 'empty', text: S.t('al.none') }),
				answer.data.next && S.el('p', { class: 'pager' }, S.button('au.more', () => warned(answer.data.next)))
			);
		}, S.trouble);

	S.start().then(() => {
		if (S.can('report')) warned();
		if (!S.can('audit')) return S.can('report') ? S.clear(ask) : S.fill(list, S.el('p', { class: 'empty', text: S.t('staff.forbidden') }));
		form();
		return FIELDS.some((name) => want[name]) ? load() : S.fill(list, S.el('p', { class: 'empty', text: S.t('au.begin') }));
	});
})(window.ZY);
