/* Where money and letters go and who answers: each with what holds, the change that waits for a second person, a form to
 * propose one, and the record of changes. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const LIST = '/api/staff/contacts';
	/* The rows of a form: name, least length, further specifications of S.field. */
	const FIELDS = {
		account: [
			['name', 2, { wide: true }],
			['bank', 4, { wide: true }],
			['account', 8, { hint: 'ct.account_fmt', wide: true, attrs: { inputmode: 'numeric' } }],
			['remark', 2, { hint: 'ct.remark_fmt', wide: true }]
		],
		post: [
			['company', 2, { wide: true }],
			['receiver', 1, {}],
			['phone', 5, { attrs: { inputmode: 'tel' } }],
			['address', 6, { wide: true }],
			['note', 0, { hint: 'ct.optional', wide: true }]
		]
	};
	const NAMES = ['account', 'post', 'hotlines'];
	const LINES_MAX = 8;
	/* What whoever confirms types once more from the paper before him. */
	const RETYPED = { account: (value) => value.account.slice(-6) };
	let data = null;

	const api = (row, rest) => LIST + '/' + row.name + (rest || '');
	const place = (row) => 'part-' + row.name;
	const host = (row) => S.id(place(row));
	const openers = (row) => S.openers(place(row));
	const rows = () => NAMES.map((name) => data[name]);
	const value = (id) => S.id(id).value.trim();
	const digits = (text) => S.plain(text).replace(/[\s-]/g, '');
	const isNumber = (text) => /^\d(-?\d){4,19}$/.test(S.plain(text));

	const shut = (row) => S.shut(place(row));
	const load = () =>
		S.loading(S.id('list'), ZY.api('GET', LIST, { quiet: true })).then(
			(answer) => {
				data = answer.data;
				draw();
			},
			(problem) => S.unread(S.id('list'), problem, load)
		);
	/* Something was changed, here or by somebody else: read all, and stand on a button of the row again. */
	const again = (row) =>
		load().then(() => {
			if (data && openers(row).length) openers(row)[0].focus();
		});
	const stale = function (row) {
		S.notice('contact', 'warn', S.t('keep.stale'));
		again(row);
	};

	/* ---- a value as it is read ---- */

	const shown = (name, text) => (!text ? S.t('ct.empty') : name === 'account' ? ZY.fmt.group4(text) : text);
	const lineText = (one) =>
		S.t('ct.line_text', { name: one.name, value: one.value, kind: S.t('ct.kind.' + one.kind) });
	const lines = (now, old) => [
		S.el(
			'ul',
			{ class: 'plain' },
			now.map((text) => S.el('li', {}, !old || old.indexOf(text) >= 0 ? text : S.el('strong', { text: text })))
		),
		old && S.el('p', { class: 'quiet', text: S.t('ct.was', { value: old.join(S.t('semicolon')) }) })
	];
	/* old: marks what differs from it and says what it was, and with changes leaves out the rest; null: nothing to
	 * compare with. */
	const facts = function (row, now, old, changes) {
		const differs = (name) => !!old && (old[name] || '') !== (now[name] || '');

		if (row.name === 'hotlines') return lines(now.items.map(lineText), old && old.items.map(lineText));
		return S.dl(
			FIELDS[row.name]
				.map((field) => field[0])
				.filter((name) => !changes || differs(name))
				.map((name) => [
					S.t('ct.f.' + name),
					differs(name)
						? [
								S.el('strong', { text: shown(name, now[name]) }),
								S.el('br'),
								S.el('span', { class: 'quiet', text: S.t('ct.was', { value: shown(name, old[name]) }) })
							]
						: shown(name, now[name])
				])
		);
	};

	/* ---- change: fields ---- */

	const check = (row) =>
		FIELDS[row.name]
			.filter((field) => {
				const text = value('ct-' + field[0]);

				if (field[0] === 'account') return !/^\d{8,32}$/.test(digits(text));
				if (field[0] === 'phone') return !isNumber(text);
				return text.length < field[1];
			})
			.map((field) => ({ id: 'ct-' + field[0], text: S.t('ct.bad.' + field[0]) }));
	const plainForm = {
		body: (row) =>
			S.el(
				'div',
				{ class: 'fields' },
				FIELDS[row.name].map((field) =>
					S.field({
						id: 'ct-' + field[0],
						label: S.t('ct.f.' + field[0]),
						value: row.value[field[0]] || '',
						hint: field[2].hint && S.t(field[2].hint),
						wide: field[2].wide,
						attrs: field[2].attrs
					})
				)
			),
		check: check,
		read: function (row) {
			const body = {};

			FIELDS[row.name].forEach((field) => (body[field[0]] = value('ct-' + field[0]) || null));
			return body;
		},
		map: function (row) {
			const map = {};

			FIELDS[row.name].forEach((field) => (map['#/' + field[0]] = 'ct-' + field[0]));
			return map;
		}
	};

	/* ---- change: the list of hotlines ---- */

	/* Lines keep their own numbers while others come and go. */
	const lineIds = () => ZY.$$('.ct-line').map((node) => node.id.slice('ct-line-'.length));
	const lineNode = function (one, id) {
		const node = S.el('fieldset', { class: 'ct-line', id: 'ct-line-' + id });
		const name = S.el('legend', {});

		S.fill(
			node,
			name,
			S.el(
				'div',
				{ class: 'fields' },
				S.field({
					id: 'ct-kind-' + id,
					label: S.t('ct.kind'),
					options: ['phone', 'qq'].map((kind) => [kind, S.t('ct.kind.' + kind)]),
					value: one.kind
				}),
				S.field({ id: 'ct-name-' + id, label: S.t('ct.line_name'), value: one.name }),
				S.field({
					id: 'ct-value-' + id,
					label: S.t('ct.line_value'),
					value: one.value,
					attrs: { inputmode: 'tel' }
				})
			),
			S.el(
				'p',
				{ class: 'row-act' },
				S.el(
					'button',
					{
						type: 'button',
						class: 'btn btn-2 ct-remove',
						on: {
							click: () => {
								const all = ZY.$$('.ct-line');
								const next = all[all.indexOf(node) + 1] || all[all.indexOf(node) - 1];

								node.parentNode.removeChild(node);
								numbered();
								next.querySelector('select').focus();
							}
						}
					},
					S.t('ct.remove')
				)
			)
		);
		return node;
	};
	const numbered = function () {
		const all = ZY.$$('.ct-line');

		all.forEach((node, i) => {
			node.querySelector('legend').textContent = S.t('ct.line', { n: i + 1 });
			node.querySelector('.ct-remove').hidden = all.length === 1;
		});
		S.id('ct-add').hidden = all.length >= LINES_MAX;
	};
	const linesForm = {
		body: function (row) {
			const box = S.el('div', {});
			let next = 0;

			row.value.items.forEach((one) => box.appendChild(lineNode(one, next++)));
			return [
				box,
				S.el(
					'p',
					{ class: 'row-act' },
					S.button(
						'ct.add',
						() => {
							const node = lineNode({ kind: 'phone', name: '', value: '' }, next++);

							box.appendChild(node);
							numbered();
							node.querySelector('select').focus();
						},
						{ id: 'ct-add' }
					)
				)
			];
		},
		ready: numbered,
		check: function () {
			const faults = [];

			lineIds().forEach((id) => {
				if (value('ct-name-' + id).length < 2)
					faults.push({ id: 'ct-name-' + id, text: S.t('ct.bad.line_name') });
				if (!isNumber(value('ct-value-' + id)))
					faults.push({ id: 'ct-value-' + id, text: S.t('ct.bad.line_value') });
			});
			if (!lineIds().some((id) => S.id('ct-kind-' + id).value === 'phone'))
				faults.push({ id: 'ct-kind-' + lineIds()[0], text: S.t('ct.bad.lines') });
			return faults;
		},
		read: () => ({
			items: lineIds().map((id) => ({
				kind: S.id('ct-kind-' + id).value,
				name: value('ct-name-' + id),
				value: value('ct-value-' + id)
			}))
		}),
		map: function () {
			const map = { '#/items': 'ct-kind-' + lineIds()[0] };

			lineIds().forEach((id, i) =>
				['kind', 'name', 'value'].forEach((name) => (map['#/items/' + i + '/' + name] = 'ct-' + name + '-' + id))
			);
			return map;
		}
	};

	/* ---- change ---- */

	const formOf = (row) => (row.name === 'hotlines' ? linesForm : plainForm);
	const save = function (row, form) {
		const kind = formOf(row);
		const faults = kind.check(row);

		if (value('ct-reason').length < 2) faults.push({ id: 'ct-reason', text: S.t('reason.empty') });
		if (!S.faults(form, faults)) return;
		ZY.api('POST', api(row), {
			quiet: true,
			body: Object.assign(kind.read(row), { reason: value('ct-reason') }),
			ifMatch: row.version,
			key: ZY.key()
		}).then(
			() => {
				S.notice('contact', 'ok', S.t('ct.proposed', { label: row.label }));
				again(row);
			},
			(problem) => {
				if (problem.status === 412) stale(row);
				else if (problem.status === 422)
					S.faults(
						form,
						S.serverFaults(problem, Object.assign(kind.map(row), { '#/reason': 'ct-reason' }))
					);
				else S.trouble(problem);
			}
		);
	};
	const edit = function (row) {
		const form = S.el('form', { class: 'keep', novalidate: true, 'aria-label': row.label });
		const kind = formOf(row);

		rows().forEach(shut);
		S.fill(
			form,
			kind.body(row),
			S.field({ id: 'ct-reason', label: S.t('ct.reason'), hint: S.t('ct.reason_h'), rows: 2 }),
			S.el(
				'p',
				{ class: 'row-act' },
				S.el('button', { type: 'submit', class: 'btn', text: S.t('ct.send') }),
				S.button('act.cancel', () => {
					shut(row);
					openers(row)[0].focus();
				})
			)
		);
		form.addEventListener('submit', (event) => {
			event.preventDefault();
			save(row, form);
		});
		S.unnotice('contact');
		S.fill(host(row), form);
		if (kind.ready) kind.ready();
		form.querySelector('input,select').focus();
	};

	/* ---- what waits ---- */

	const decide = (row, decision, note) =>
		ZY.api('POST', api(row, '/decision'), {
			quiet: true,
			body: note ? { decision: decision, note: note } : { decision: decision },
			ifMatch: row.version,
			key: ZY.key()
		}).then(
			() => {
				const said = { confirm: 'ct.confirmed', refuse: 'ct.refused', withdraw: 'ct.withdrawn' };

				S.unnotice('warning-contact_' + row.name);
				S.notice('contact', 'ok', S.t(said[decision], { label: row.label }));
				again(row);
			},
			(problem) => {
				if (problem.status === 412) stale(row);
				else S.trouble(problem);
			}
		);
	const retype = () =>
		S.field({
			id: 'ct-tail',
			label: S.t('ct.tail'),
			hint: S.t('ct.tail_h'),
			attrs: { class: 'w-s', maxlength: '12', inputmode: 'numeric' }
		});
	const confirm = function (row) {
		const typed = RETYPED[row.name];

		return S.dialog({
			title: S.t('ct.ask_confirm', row),
			ok: 'ct.confirm',
			danger: true,
			body: [
				S.el('p', { class: 'box box-warn', text: S.t('ct.ask_confirm.' + row.name) }),
				typed ? retype() : facts(row, row.waiting.value, row.value, true)
			],
			check: () =>
				!typed || digits(value('ct-tail')) === typed(row.waiting.value)
					? []
					: [{ id: 'ct-tail', text: S.t('ct.tail_bad') }]
		}).then((yes) => yes && decide(row, 'confirm'));
	};
	const refuse = (row) =>
		S.askReason({ title: S.t('ct.ask_refuse'), label: S.t('ct.refuse_why'), ok: 'ct.refuse', danger: true }).then(
			(note) => note && decide(row, 'refuse', note)
		);
	const withdraw = (row) =>
		S.dialog({
			title: S.t('ct.ask_withdraw'),
			body: S.el('p', { text: S.t('ct.ask_withdraw_h') }),
			ok: 'ct.withdraw'
		}).then((yes) => yes && decide(row, 'withdraw'));
	const waiting = (row) =>
		S.el(
			'div',
			{ class: 'keep ct-waiting' },
			S.el('h3', { text: S.t('ct.waiting') }),
			S.el('p', {
				text: S.t('ct.waiting_by', {
					name: row.waiting.by,
					at: S.stamp(row.waiting.at),
					reason: row.waiting.reason
				})
			}),
			facts(row, row.waiting.value, row.value),
			S.el('p', { class: 'quiet', text: S.t(row.waiting.mine ? 'ct.waiting_mine' : 'ct.waiting_other', row) }),
			S.el(
				'p',
				{ class: 'row-act' },
				row.waiting.mine
					? S.button('ct.withdraw', () => withdraw(row))
					: [
							S.button('ct.confirm', () => confirm(row), { class: 'btn' }),
							S.button('ct.refuse', () => refuse(row))
						]
			)
		);

	/* ---- the record ---- */

	const pastLine = (row, one) =>
		S.el(
			'tr',
			{},
			S.el('td', { class: 'fig', text: S.stamp(one.at) }),
			S.el(
				'td',
				{},
				S.el('span', {
					class: 'tag ' + (one.result === 'done' || one.result === 'alone' ? 'tag-ok' : 'tag-off'),
					text: S.t('ct.result.' + one.result)
				}),
				S.el('br'),
				S.t(one.result === 'alone' ? 'ct.alone' : 'ct.who', { name: one.by }),
				one.checked_by && S.el('br'),
				one.checked_by && S.t('ct.checked.' + one.result, { name: one.checked_by })
			),
			S.el('td', {}, facts(row, one.new, one.old, true)),
			S.el(
				'td',
				{},
				one.reason,
				one.note && S.el('p', { class: 'quiet', text: S.t('ct.note', { note: one.note }) })
			)
		);
	const past = (row, items) =>
		S.table(
			S.t('ct.past', { label: row.label }),
			S.heads('ct.col.', ['at', 'who', 'change', 'reason']),
			items.map((one) => pastLine(row, one)),
			'tbl tbl-wide'
		);
	const history = function (row, button) {
		rows().forEach(shut);
		S.history(button, api(row, '/history'), (items) => past(row, items), 'ct.none');
	};

	/* ---- the page ---- */

	const opener = (row, key, open) =>
		S.opener(key, row.label, place(row), (button) => open(row, button));
	const changed = (row) =>
		S.t(row.checked_by ? 'ct.changed_two' : 'ct.changed', {
			name: row.changed_by,
			checker: row.checked_by,
			at: S.stamp(row.changed_at)
		});
	const part = (row) =>
		S.el(
			'section',
			{ 'aria-labelledby': place(row) + '-h' },
			S.el('h2', { id: place(row) + '-h', text: S.t('ct.' + row.name) }),
			S.el('p', { class: 'quiet', text: S.t('ct.' + row.name + '_h') }),
			S.el(
				'div',
				{ class: 'panel' },
				facts(row, row.value, null),
				S.el('p', {
					class: 'quiet',
					text: row.changed_at ? changed(row) : S.t('ct.default')
				}),
				S.el(
					'p',
					{ class: 'row-act' },
					!row.waiting && opener(row, 'ct.propose', edit),
					opener(row, 'ct.history', history)
				),
				row.waiting && waiting(row),
				S.el('div', { class: 'line-body', id: place(row) })
			)
		);
	const counters = () =>
		S.el(
			'section',
			{ 'aria-labelledby': 'part-counters-h' },
			S.el('h2', { id: 'part-counters-h', text: S.t('ct.counters') }),
			S.el('p', { class: 'quiet', text: S.t('ct.counters_h') }),
			S.el(
				'div',
				{ class: 'panel' },
				S.dl(data.counters.map((one) => [one.name, one.address])),
				S.el('p', {}, S.el('a', { href: '/staff/branches.html', text: S.t('ct.to_branches') }))
			)
		);
	const draw = function () {
		S.fill(S.id('list'), rows().map(part), counters());
	};

	S.start().then(load);
})(window.ZY);
