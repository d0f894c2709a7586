/* Work lists: one table per queue, filters and paging in the address, the most urgent case one key away. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const LIMIT = 50;
	const state = { queue: '', q: S.query('q'), waiting: S.query('waiting'), after: S.query('after') };
	let rows = [];
	let sort = { by: '', up: true };
	let at = -1;

	const address = (change) =>
		S.url('/staff/queue.html', Object.assign({ queue: state.queue, q: state.q, waiting: state.waiting }, change));
	const name = function () {
		const found = S.queues.filter((queue) => queue.queue === state.queue)[0];

		return found && found.name ? found.name : S.word('queue', state.queue);
	};
	const COLUMNS = [
		{ key: 'no', get: (row) => row.no },
		{ key: 'unit', get: (row) => row.unit_name || '' },
		{ key: 'kind', get: (row) => S.serviceName(row) + row.holder },
		{ key: 'channel', get: (row) => row.channel },
		{ key: 'state', get: (row) => row.state },
		{ key: 'submitted', get: (row) => row.submitted_at || '' },
		{ key: 'due', get: (row) => row.due || '9999' },
		{ key: 'claim', get: (row) => claimant(row) }
	];
	const claimant = (row) => row.claimed_by || '';
	const waits = (row) => (row.waiting || []).map((gate) => S.word('gate', gate));

	const cells = (row) => [
		S.el(
			'td',
			{ class: 'fig' },
			S.el('a', { href: S.url('/staff/case.html', { no: row.no, queue: state.queue }), text: row.no })
		),
		S.el('td', { class: 'cut', text: row.unit_name || S.t('list.no_name') }),
		S.el(
			'td',
			{},
			S.t('case.kind', {
				service: S.serviceName(row),
				holder: S.word('holder', row.holder)
			})
		),
		S.el('td', { text: S.word('channel', row.channel) }),
		S.el(
			'td',
			{},
			S.el('span', {
				class: 'tag tag-' + S.tone(row.state),
				text: row.state_name || S.word('state', row.state)
			}),
			waits(row).map((gate) => [
				' ',
				S.el('span', { class: 'tag tag-warn', text: S.t('list.waits', { gate: gate }) })
			])
		),
		S.el('td', { class: 'fig', text: S.stamp(row.submitted_at) }),
		S.el('td', { class: 'fig' }, row.due && [S.el('span', { text: row.due.slice(5, 10) }), ' '], S.slaTag(row)),
		S.el('td', { text: claimant(row) })
	];

	const sorted = function () {
		const column = COLUMNS.filter((one) => one.key === sort.by)[0];

		if (!column) return rows;
		return rows.slice().sort((a, b) => {
			const left = column.get(a);
			const right = column.get(b);

			return (left < right ? -1 : left > right ? 1 : 0) * (sort.up ? 1 : -1);
		});
	};
	const head = (column) =>
		S.el(
			'th',
			{
				scope: 'col',
				'aria-sort': sort.by === column.key ? (sort.up ? 'ascending' : 'descending') : null
			},
			S.el('button', {
				type: 'button',
				class: 'th-btn',
				text: S.t('col.' + column.key),
				on: {
					click: () => {
						sort = { by: column.key, up: sort.by === column.key ? !sort.up : true };
						table();
						S.id('list').querySelectorAll('.th-btn')[COLUMNS.indexOf(column)].focus();
					}
				}
			})
		);
	const table = function () {
		const list = S.id('list');

		S.fill(
			list,
			S.el(
				'section',
				{ class: 'scroll', tabindex: '0', 'aria-labelledby': 'title' },
				S.el(
					'table',
					{ class: 'tbl tbl-list' },
					S.el('caption', { class: 'vh', text: name() }),
					S.el('thead', {}, S.el('tr', {}, COLUMNS.map(head))),
					S.el(
						'tbody',
						{},
						sorted().map((row) => S.el('tr', {}, cells(row)))
					)
				)
			)
		);
		pager(list);
		at = -1;
	};
	let next = '';
	const pager = (list) =>
		S.put(
			list,
			S.el(
				'p',
				{ class: 'pager' },
				S.el('span', {
					class: 'quiet',
					text: S.t(next || state.after ? 'list.shown_part' : 'list.shown', {
						n: rows.length
					})
				}),
				state.after && S.el('a', { class: 'btn btn-2', href: address({}), text: S.t('list.first') }),
				next &&
					S.el('a', {
						class: 'btn btn-2',
						rel: 'next',
						href: address({ after: next }),
						text: S.t('list.next')
					})
			)
		);

	const empty = function () {
		const filtered = state.q || state.waiting;
		const busy = S.queues.filter(
			(queue) => queue.count > 0 && queue.queue !== state.queue && queue.queue !== 'all'
		);

		S.fill(
			S.id('list'),
			S.el(
				'div',
				{ class: 'empty' },
				S.el('p', {
					class: 'empty-t',
					text: S.t(filtered ? 'list.none_filtered' : 'list.none')
				}),
				filtered &&
					S.el(
						'p',
						{},
						S.el('a', {
							href: S.url('/staff/queue.html', { queue: state.queue }),
							text: S.t('list.unfilter')
						})
					),
				!filtered &&
					busy.length > 0 && [
						S.el('p', { text: S.t('list.elsewhere') }),
						S.el(
							'ul',
							{},
							busy.map((queue) =>
								S.el(
									'li',
									{},
									S.el('a', {
										href: S.url('/staff/queue.html', {
											queue: queue.queue
										}),
										text: S.t('list.queue_n', {
											name: queue.name || S.word('queue', queue.queue),
											n: queue.count
										})
									})
								)
							)
						)
					],
				state.after && S.el('p', {}, S.el('a', { href: address({}), text: S.t('list.first') }))
			)
		);
	};
	const chip = (text, change) =>
		S.el(
			'a',
			{ class: 'chip', href: address(change) },
			text,
			S.el('span', { 'aria-hidden': 'true', text: ' \u00d7' }),
			S.vh(S.t('list.remove'))
		);
	const filters = function () {
		const form = S.id('filters');
		const find = S.el('input', {
			id: 'f-q',
			name: 'q',
			type: 'search',
			value: state.q,
			autocomplete: 'off',
			spellcheck: 'false'
		});

		S.fill(
			form,
			S.el('label', { for: 'f-q', text: S.t('list.find') }),
			find,
			S.el('button', { type: 'submit', class: 'btn btn-2', text: S.t('list.filter') }),
			state.queue === 'accepted' &&
				S.el(
					'span',
					{ class: 'pick', role: 'group', 'aria-label': S.t('list.waiting') },
					['', 'originals', 'money', 'token'].map((gate) =>
						S.el('a', {
							href: address({ waiting: gate }),
							'aria-current': state.waiting === gate && 'true',
							text: S.t('list.waiting_' + (gate || 'any'))
						})
					)
				),
			state.q && chip(S.t('list.chip_q', { q: state.q }), { q: '' }),
			state.waiting && chip(S.t('list.waits', { gate: S.word('gate', state.waiting) }), { waiting: '' })
		);
		form.onsubmit = (event) => {
			event.preventDefault();
			S.go(address({ q: S.plain(find.value) }));
		};
	};
	const open = function () {
		const row = S.urgent(rows);

		if (row) {
			if (['submitted', 'second_review'].indexOf(state.queue) >= 0) ZY.remember('take', row.no);
			S.go(S.url('/staff/case.html', { no: row.no, queue: state.queue }));
		} else {
			S.say(S.t('list.none'));
		}
	};
	const move = function (by) {
		const links = S.id('list').querySelectorAll('tbody a');

		if (!links.length) return;
		at = Math.max(0, Math.min(links.length - 1, at + by));
		links[at].focus();
	};
	const load = function () {
		const path = S.url('/api/staff/applications', {
			queue: state.queue,
			q: state.q,
			waiting: state.waiting,
			after: state.after,
			limit: LIMIT
		});

		S.loading(S.id('list'), ZY.api('GET', path, { quiet: true })).then(
			(answer) => {
				rows = answer.data.items || [];
				next = answer.data.next || '';
				if (rows.length) table();
				else empty();
				S.fill(
					S.id('page-act'),
					rows.length > 0 &&
						S.button('list.open_next', open, {
							class: 'btn',
							'aria-keyshortcuts': 'n'
						})
				);
			},
			(problem) => {
				S.fill(
					S.id('list'),
					problem.status === 403 && S.el('p', { class: 'empty', text: S.t('staff.forbidden') })
				);
				if (problem.status !== 403) S.trouble(problem, load);
			}
		);
	};

	S.start().then(() => {
		state.queue = S.query('queue') || S.homeQueue();
		S.id('title').textContent = name();
		document.title = S.t('title', { page: name() });
		filters();
		S.countQueues().then(
			() => {
				S.id('title').textContent = name();
				document.title = S.t('title', { page: name() });
				if (!rows.length) filters();
			},
			() => {}
		);
		load();
		S.keys([
			['j', 'keys.down', () => move(1)],
			['k', 'keys.up', () => move(-1)],
			['n', 'keys.next_case', open],
			['Enter', 'keys.open', () => false]
		]);
	});
})(window.ZY);
