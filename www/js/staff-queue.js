/* Work lists: one table per queue, filters and paging in the address, so that reloading, going back and a second tab show
 * the same; the most urgent case one key away. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const LIMIT = 50;
	const WORDS = { holder: ['org', 'rep', 'ind'], channel: ['post', 'counter', 'online'], due: ['late', 'today', 'soon'] };
	let filters = {};
	const place = {};
	let rows = [];
	let pages = {};
	let sort = { by: '', up: true };
	let at = -1;

	const address = (change) => S.url('/staff/queue.html', Object.assign({}, filters, change));
	const queue = () => S.queues.filter((one) => one.queue === filters.queue)[0];
	const name = () => (queue() ? queue().name : S.word('queue', filters.queue));
	const set = () => Object.keys(filters).filter((one) => one !== 'queue');

	/* ---- table ---- */

	const claimant = (row) => row.claimed_by || '';
	const openGates = (row) => (row.gates || []).filter((gate) => !gate.closed_at).length;
	const COLUMNS = [
		{ key: 'no', get: (row) => row.no },
		{ key: 'due', get: (row) => row.due || '9999' },
		{ key: 'unit', get: (row) => row.unit_name || '' },
		{ key: 'kind', get: (row) => S.serviceName(row) + row.holder },
		{ key: 'channel', get: (row) => row.channel },
		{ key: 'state', get: (row) => row.state },
		{ key: 'gates', get: (row) => openGates(row) },
		{ key: 'submitted', get: (row) => row.submitted_at || '' },
		{ key: 'claim', get: (row) => claimant(row) }
	];
	/* One light: a sign, its word, and the day it was closed; the whole of it said for those who do not see signs. */
	const light = function (gate) {
		const on = !!gate.closed_at;

		return S.el(
			'li',
			{
				class: on ? 'light light-on' : 'light',
				title: S.t(on ? 'light.on' : 'light.off', { label: gate.label, at: S.stamp(gate.closed_at) })
			},
			S.el('span', { 'aria-hidden': 'true', text: on ? '\u25cf' : '\u25cb' }),
			S.word('gate', gate.name),
			on ? [' ', S.el('span', { class: 'fig', text: gate.closed_at.slice(5, 10) })] : S.vh(S.t('light.none'))
		);
	};
	const due = function (row) {
		const day = row.state === 'returned' ? row.correct_until : row.due;

		return [day && S.el('span', { text: day.slice(5, 10) }), ' ', S.slaTag(row)];
	};
	const caseUrl = (no) => S.url('/staff/case.html', Object.assign({ no: no }, filters));
	/* Who reviews second types the name himself first. */
	const nameless = (row) =>
		S.t(row.state === 'second_review' && S.can('case_approve') ? 'list.blind' : 'list.no_name');
	const cells = (row) => [
		S.el('td', { class: 'fig' }, S.el('a', { href: caseUrl(row.no), text: row.no })),
		S.el('td', { class: 'fig' }, due(row)),
		S.el('td', { class: 'cut' }, S.el('span', { class: 'two', title: row.unit_name || null, text: row.unit_name || nameless(row) })),
		S.el('td', { text: S.t('case.kind', { service: S.serviceName(row), holder: S.word('holder', row.holder) }) }),
		S.el('td', { text: S.word('channel', row.channel) }),
		S.el(
			'td',
			{},
			S.el('span', { class: 'tag tag-' + S.tone(row.state), text: row.state_name || S.word('state', row.state) })
		),
		S.el('td', {}, (row.gates || []).length > 0 && S.el('ul', { class: 'lights' }, row.gates.map(light))),
		S.el('td', { class: 'fig', text: S.stamp(row.submitted_at).slice(5) }),
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
				'div',
				{ class: 'scroll', role: 'group', tabindex: '0', 'aria-labelledby': 'title' },
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
	const pageLink = (rel, key, change) => S.el('a', { class: 'btn btn-2', rel: rel, href: address(change), text: S.t(key) });
	const pager = function (list) {
		const part = pages.next || pages.prev;

		S.put(
			list,
			S.el(
				'nav',
				{ class: 'pager', 'aria-label': S.t('list.pages') },
				S.el('span', { class: 'quiet', text: S.t(part ? 'list.shown_part' : 'list.shown', { n: rows.length }) }),
				(place.after || place.before) && pageLink(null, 'list.first', {}),
				pages.prev && pageLink('prev', 'list.prev', { before: pages.prev }),
				pages.next && pageLink('next', 'list.next', { after: pages.next })
			)
		);
	};
	const turn = (rel) => () => {
		const link = S.id('list').querySelector('a[rel=' + rel + ']');

		if (link) S.go(link.href);
	};
	const elsewhere = () =>
		S.queues.filter((one) => one.count > 0 && one.queue !== filters.queue && one.queue !== 'all');
	const empty = function () {
		const filtered = set().length > 0;
		const busy = filtered ? [] : elsewhere();

		S.fill(
			S.id('list'),
			S.el(
				'div',
				{ class: 'empty' },
				S.el('p', {
					class: 'empty-t',
					text: S.t(pages.next ? 'list.none_more' : filtered ? 'list.none_filtered' : 'list.none')
				}),
				filtered &&
					S.el('p', {}, S.el('a', { href: S.url('/staff/queue.html', { queue: filters.queue }), text: S.t('list.unfilter') })),
				busy.length > 0 && [
					S.el('p', { text: S.t('list.elsewhere') }),
					S.el(
						'ul',
						{},
						busy.map((one) =>
							S.el(
								'li',
								{},
								S.el('a', {
									href: S.queueUrl(one),
									text: S.t('list.queue_n', { name: one.name, n: S.counted(one) })
								})
							)
						)
					)
				]
			)
		);
		if (pages.next || pages.prev || place.after || place.before) pager(S.id('list'));
	};

	/* ---- filters ---- */

	let services = [];
	let branches = [];
	const wordOf = function (kind, code) {
		const found = (kind === 'service' ? services : kind === 'branch' ? branches : []).filter((one) => one.code === code)[0];

		if (kind === 'q') return S.t('filter.q', { q: code });
		if (kind === 'mine') return S.t('filter.mine');
		if (S.has(kind + '.' + code)) return S.t(kind + '.' + code);
		return found ? found.name : code;
	};
	const choices = (kind) =>
		kind === 'service'
			? services.map((one) => one.code)
			: kind === 'branch'
				? branches.map((one) => one.code)
				: WORDS[kind];
	const pick = function (kind) {
		const all = choices(kind);
		const codes = filters[kind] && all.indexOf(filters[kind]) < 0 ? all.concat(filters[kind]) : all;

		return S.el(
			'span',
			{ class: 'filter' },
			S.el('label', { for: 'f-' + kind, text: S.t('filter.' + kind) }),
			S.el(
				'select',
				{ id: 'f-' + kind, name: kind },
				S.el('option', { value: '', text: S.t('list.any') }),
				codes.map((code) =>
					S.el('option', { value: code, selected: filters[kind] === code, text: wordOf(kind, code) })
				)
			)
		);
	};
	const control = {
		q: () =>
			S.el(
				'span',
				{ class: 'filter' },
				S.el('label', { for: 'f-q', text: S.t('list.find') }),
				S.el('input', {
					id: 'f-q',
					name: 'q',
					type: 'search',
					maxlength: 128,
					value: filters.q || '',
					autocomplete: 'off',
					spellcheck: 'false'
				})
			),
		mine: () => {
			const box = S.el('input', { id: 'f-mine', name: 'mine', type: 'checkbox', value: '1' });

			box.checked = !!filters.mine;
			return S.el('span', { class: 'stick' }, box, S.el('label', { for: 'f-mine', text: S.t('filter.mine') }));
		}
	};
	const chip = (kind) =>
		S.el(
			'a',
			{ class: 'chip', href: address({ [kind]: '' }) },
			wordOf(kind, filters[kind]),
			S.el('span', { 'aria-hidden': 'true', text: ' \u00d7' }),
			S.vh(S.t('list.remove'))
		);
	const drawFilters = function () {
		const form = S.id('filters');
		const offered = (queue() ? queue().filters : ['q']).slice().sort((a, b) => (b === 'q') - (a === 'q'));

		S.fill(
			form,
			offered.map((kind) => (control[kind] ? control[kind]() : pick(kind))),
			offered.length > 0 && S.el('button', { type: 'submit', class: 'btn btn-2', text: S.t('list.filter') }),
			S.el('span', { class: 'chips' }, set().map(chip))
		);
		form.hidden = !offered.length && !set().length;
		form.onsubmit = (event) => {
			const want = { queue: filters.queue };

			event.preventDefault();
			offered.forEach((kind) => {
				const input = form.elements[kind];

				want[kind] = input.type === 'checkbox' ? input.checked && '1' : S.plain(input.value);
			});
			S.go(S.url('/staff/queue.html', want));
		};
	};
	/* What the filters are called is asked only where they are offered. */
	const names = function () {
		const offered = queue() ? queue().filters : [];
		const none = () => {};

		return Promise.all([
			offered.indexOf('service') >= 0 && ZY.catalog().then((book) => (services = book.services || []), none),
			offered.indexOf('branch') >= 0 &&
				ZY.api('GET', '/api/branches', { quiet: true }).then((answer) => (branches = answer.data.items || []), none)
		]);
	};

	/* ---- going on ---- */

	let going = false;
	const open = function () {
		if (going) return;
		going = true;
		S.say(S.t('list.opening'));
		S.nextOf(filters, '').then(
			(no) => {
				going = false;
				if (no) S.go(caseUrl(no));
				else {
					S.say(S.t('list.none'));
					load();
				}
			},
			(problem) => {
				going = false;
				S.trouble(problem);
			}
		);
	};
	const move = function (by) {
		const links = S.id('list').querySelectorAll('tbody a');

		if (!links.length) return;
		at = Math.max(0, Math.min(links.length - 1, at + by));
		links[at].focus();
	};
	const load = function () {
		const path = S.url('/api/staff/applications', Object.assign({ limit: LIMIT }, filters, place));

		return S.loading(S.id('list'), ZY.api('GET', path, { quiet: true })).then(
			(answer) => {
				rows = answer.data.items || [];
				pages = answer.data;
				if (rows.length) table();
				else empty();
				S.fill(
					S.id('page-act'),
					rows.length > 0 && S.button('list.open_next', open, { class: 'btn', 'aria-keyshortcuts': 'n' })
				);
			},
			(problem) => {
				const first = S.url('/staff/queue.html', { queue: filters.queue });

				S.fill(
					S.id('list'),
					S.el(
						'div',
						{ class: 'empty' },
						S.el('p', { class: 'empty-t', text: S.why(problem) }),
						problem.status === 422 && S.el('p', {}, S.el('a', { href: first, text: S.t('list.unfilter') }))
					)
				);
				if (problem.status !== 403 && problem.status !== 422) S.trouble(problem, load);
			}
		);
	};
	const title = function () {
		S.id('title').textContent = name();
		document.title = S.t('title', { page: name() });
	};

	S.start().then(() => {
		filters = S.filters();
		['after', 'before'].forEach((one) => {
			if (S.query(one)) place[one] = S.query(one);
		});
		title();
		S.countQueues()
			.then(() => {
				title();
				drawFilters();
				if (!rows.length && S.id('list').querySelector('.empty') && !S.id('list').querySelector('.empty a')) empty();
				S.views(S.id('views'), filters, () => [name()].concat(set().map((kind) => wordOf(kind, filters[kind]))));
				return names();
			})
			.then(drawFilters, () => {});
		load();
		S.keys([
			['j', 'keys.down', () => move(1)],
			['k', 'keys.up', () => move(-1)],
			['n', 'keys.next_case', open],
			['Enter', 'keys.open', () => false],
			['[', 'keys.page_prev', turn('prev')],
			[']', 'keys.page_next', turn('next')]
		]);
	});
})(window.ZY);
