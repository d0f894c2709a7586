/* What lies beside a case and is opened when wanted: what the applicant changed since the last round, internal notes, and
 * earlier business of the same subject.  Each draws into the section it is given, when that is opened. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const M = {};

	S.caseMore = M;

	const ask = (desk, rest, params) => desk.ask(S.url(S.caseApi(desk.store.no, rest), params || {}));
	const failed = (host, again) => (problem) =>
		S.fill(host, S.el('p', { role: 'alert', text: S.why(problem) }), S.button('act.retry', again));
	const quiet = (key, params) => S.el('p', { class: 'quiet', text: S.t(key, params) });

	/* ---- rounds ---- */

	/* Codes of the catalogue as words, money as money. */
	const spoken = function (desk, pointer, text) {
		const name = (list, code) => ((list || []).filter((one) => one.code === code)[0] || { name: code }).name;
		const last = pointer.split('/').pop();

		if (text === null) return S.el('span', { class: 'quiet', text: S.t('case.empty') });
		if (last === 'id_type') return name(desk.book.id_types, text);
		if (last === 'seal_kind') return name(desk.book.seal_kinds, text);
		if (pointer === '/unit/kind') return name(desk.book.unit_kinds, text);
		if (pointer === '/unit/licence_kind')
			return name([].concat(...(desk.book.unit_kinds || []).map((kind) => kind.licences)), text);
		if (pointer === '/delivery/mode') return S.t('delivery.' + text);
		if (pointer === '/invoice/kind') return S.t('invoice.' + text);
		if (last === 'amount_fen') return S.yuan(Number(text));
		return text;
	};
	const label = (field) => {
		const nth = /^\/items\/(\d+)\//.exec(field.pointer);

		return (nth ? S.t('rounds.item', { n: Number(nth[1]) + 1 }) : '') + field.label;
	};
	const fields = (desk, round) =>
		S.el(
			'div',
			{ class: 'scroll', tabindex: '0', role: 'group', 'aria-label': S.t('rounds.fields_of', { n: round.round }) },
			S.el(
				'table',
				{ class: 'tbl tbl-rounds' },
				S.el('caption', { class: 'vh', text: S.t('rounds.fields') }),
				S.el(
					'thead',
					{},
					S.el('tr', {}, ['rounds.what', 'rounds.before', 'rounds.after'].map((key) => S.el('th', { scope: 'col', text: S.t(key) })))
				),
				S.el(
					'tbody',
					{},
					round.fields.map((field) =>
						S.el(
							'tr',
							{},
							S.el('th', { scope: 'row', text: label(field) }),
							S.el('td', {}, S.el('del', {}, spoken(desk, field.pointer, field.before))),
							S.el('td', {}, S.el('ins', {}, spoken(desk, field.pointer, field.after)))
						)
					)
				)
			)
		);
	const files = (review, round) =>
		S.el(
			'ul',
			{ class: 'round-f' },
			round.files.map((one) =>
				S.el(
					'li',
					{},
					S.t('rounds.file', { name: one.name, n: one.added.length }),
					' ',
					S.el('button', {
						type: 'button',
						class: 'link-b',
						text: S.t(one.earlier.length ? 'rounds.look' : 'rounds.look_new'),
						'aria-label': S.t(one.earlier.length ? 'rounds.look' : 'rounds.look_new') + S.t('colon') + one.name,
						on: { click: () => review.compare(one) }
					})
				)
			)
		);
	M.rounds = function (host, desk, review) {
		const draw = () =>
			ask(desk, '/rounds').then(
				(answer) =>
					S.fill(
						host,
						!answer.data.items.length && quiet('rounds.none'),
						answer.data.items.map((round) =>
							S.el(
								'div',
								{ class: 'round' },
								S.el('h3', { text: S.t('rounds.nth', { n: round.round, at: S.stamp(round.returned_at), name: round.returned_by }) }),
								round.fields.length ? fields(desk, round) : quiet('rounds.no_field'),
								round.files.length ? files(review, round) : quiet('rounds.no_file')
							)
						)
					),
				failed(host, () => draw())
			);

		return draw();
	};

	/* ---- notes ---- */

	M.notes = function (host, desk) {
		const list = S.el('ol', { class: 'notes-l' });
		const more = S.el('div', {});
		const row = (note) =>
			S.el(
				'li',
				{},
				S.el('p', { class: 'note-h' }, S.el('strong', { text: note.by }), ' ', S.el('time', { class: 'fig quiet', datetime: note.at, text: S.stamp(note.at) })),
				S.el('p', { class: 'note-t', text: note.text })
			);
		const read = (after) =>
			ask(desk, '/notes', { after: after }).then(
				(answer) => {
					if (!after) S.clear(list);
					S.put(list, answer.data.items.map(row));
					S.fill(more, answer.data.next && S.button('more.next', () => read(answer.data.next)));
					if (!after && !answer.data.items.length) S.fill(more, quiet('notes.none'));
				},
				failed(more, () => read(after))
			);
		const field = S.field({ id: 'note-text', rows: 2, label: S.t('notes.label'), hint: S.t('notes.hint'), attrs: { maxlength: '1000' } });
		const box = field.querySelector('textarea');
		const keep = ['note', S.session.user, desk.store.no].join('.');
		const form = S.el('form', { novalidate: true }, field, S.el('p', {}, S.el('button', { type: 'submit', class: 'btn btn-2', text: S.t('notes.save') })));

		let once = ZY.key();

		box.value = ZY.recall(keep);
		box.addEventListener('input', () => {
			once = ZY.key();
			if (box.value) ZY.remember(keep, box.value);
			else ZY.forget(keep);
		});
		form.addEventListener('submit', (event) => {
			event.preventDefault();
			if (!S.faults(form, box.value.trim() ? [] : [{ id: 'note-text', text: S.t('notes.empty') }])) return;
			ZY.api('POST', S.caseApi(desk.store.no, '/notes'), { quiet: true, body: { text: box.value.trim() }, key: once }).then(
				() => {
					box.value = '';
					once = ZY.key();
					ZY.forget(keep);
					S.say(S.t('notes.saved'));
					desk.noted();
					read();
				},
				(problem) => S.faults(form, S.serverFaults(problem, { '#/text': 'note-text' }))
			);
		});
		S.fill(host, S.can('note') && form, list, more);
		return read();
	};

	/* ---- earlier business ---- */

	const paged = function (desk, rest, head, row) {
		const body = S.el('tbody', {});
		const more = S.el('p', {});
		const table = S.el(
			'div',
			{ class: 'scroll', tabindex: '0', role: 'group', 'aria-label': S.t(head) },
			S.el('table', { class: 'tbl tbl-earlier' }, S.el('caption', { class: 'vh', text: S.t(head) }), body)
		);
		const read = (after) =>
			ask(desk, rest, { after: after }).then(
				(answer) => {
					S.put(body, answer.data.items.map(row));
					table.hidden = !body.firstChild;
					S.fill(more, answer.data.next ? S.button('more.next', () => read(answer.data.next)) : !body.firstChild && quiet('earlier.none'));
				},
				failed(more, () => read(after))
			);

		table.hidden = true;
		return { node: S.el('div', {}, S.el('h3', { text: S.t(head) }), table, more), read: read };
	};
	M.earlier = function (host, desk) {
		const cases = paged(desk, '/earlier', 'earlier.cases', (one) =>
			S.el(
				'tr',
				{},
				S.el('td', {}, S.el('a', { class: 'fig', href: S.caseUrl(one.no), text: one.no })),
				S.el('td', { text: S.t('case.kind', { service: S.serviceName(one), holder: S.word('holder', one.holder) }) }),
				S.el('td', { text: S.t('earlier.agent', { name: one.agent || '' }) }),
				S.el('td', { class: 'fig', text: one.submitted_at ? S.stamp(one.submitted_at).slice(0, 10) : '' }),
				S.el(
					'td',
					{},
					S.el('span', { class: 'tag tag-' + S.tone(one.state), text: one.state_name }),
					one.round > 0 && S.el('span', { class: 'quiet', text: S.t('earlier.rounds', { n: one.round }) }),
					one.close_text && S.el('span', { class: 'quiet', text: ' ' + one.close_text })
				)
			)
		);
		const certificates = paged(desk, '/certificates', 'earlier.certificates', (one) =>
			S.el(
				'tr',
				{},
				S.el('td', {}, S.el('a', { class: 'fig brk', href: S.url('/staff/register.html', { q: one.sign_serial }), text: one.sign_serial })),
				S.el('td', { text: S.word('holder', one.holder) }),
				S.el('td', { text: one.seal_name || one.holder_name || '' }),
				S.el('td', { class: 'fig', text: S.t('earlier.until', { day: one.not_after }) }),
				S.el('td', {}, S.el('span', { class: 'tag', text: one.status_name }))
			)
		);

		S.fill(host, cases.node, certificates.node);
		return Promise.all([cases.read(), certificates.read()]);
	};
})(window.ZY);
