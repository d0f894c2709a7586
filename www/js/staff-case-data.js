/* What the page of a case shows of it: the values to hold against a picture, each leading to the page that proves it, all
 * data, conditions and history; below, the panels of the other desks: one request brings both. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;

	const route = (book, c) =>
		[]
			.concat(
				...(book.services || []).filter((one) => one.code === c.service).map((service) => service.routes)
			)
			.filter((one) => one.holder === c.holder && one.channel === c.channel)[0];
	/* Does the route of this case ask for that part at all? */
	const asks = function (book, c, part) {
		const found = route(book, c);

		return (
			!found || !found.fields || found.fields.some((field) => field.pointer.replace(/^#/, '').split('/')[1] === part)
		);
	};
	/* Which papers prove a value, best first: the first row whose beginning fits. */
	const PROOF = [
		['unit.phone', ['m1']],
		['unit.', ['m2', 'm8', 'm1']],
		['agent.name', ['m3', 'm1']],
		['agent.id_', ['m3', 'm1']],
		['person.name', ['m5', 'm4', 'm1']],
		['person.id_', ['m5', 'm4', 'm1']],
		['person.address', ['m5', 'm1']],
		['remittance.', ['m6']],
		['agent.', ['m1']],
		['person.', ['m1']],
		['item.', ['m1']],
		['years', ['m1']]
	];
	const proof = (path) => (PROOF.filter((row) => path.indexOf(row[0]) === 0)[0] || ['', []])[1];

	/* What lies beside a case, opened when wanted or when there is something in it: name, is there something.  While the
	 * second reviewer has still to type the name, what tells it is not there. */
	const BESIDE = [
		['rounds', (c) => c.round > 0 && !c.blind],
		['notes', (c) => c.note_count > 0],
		['earlier', () => false]
	];
	S.BESIDE_FILES = ['staff-case-more', 'i18n/staff-desk-zh-CN'];
	S.openBeside = (c) => BESIDE.filter((row) => row[1](c)).map((row) => row[0]);
	const beside = (desk, review, at) =>
		BESIDE.forEach((row) => {
			const body = S.el('div', {});
			const node = (at[row[0]] = S.el(
				'details',
				{ class: 'panel beside', id: 'beside-' + row[0] },
				S.el('summary', {}, S.el('h2', {})),
				body
			));

			node.fill = function () {
				if (!node.open || node.drawn) return;
				node.drawn = true;
				S.fill(body, S.el('p', { class: 'quiet', text: S.t('loading') }));
				Promise.all(S.BESIDE_FILES.map(desk.bring)).then(
					() => S.caseMore[row[0]](body, desk, review),
					() => {
						node.drawn = node.open = false;
						desk.brought();
					}
				);
			};
			node.addEventListener('toggle', node.fill);
		});
	const besides = (at, c) =>
		BESIDE.forEach((row) => {
			const node = at[row[0]];
			const some = row[1](c);

			node.hidden = (row[0] === 'rounds' && !some) || (row[0] === 'earlier' && c.blind);
			node.querySelector('h2').textContent = S.t('beside.' + row[0], { n: c.note_count });
			if (some && !node.seen) {
				node.open = true;
				node.fill(); /* at once: it is there */
			}
			node.seen = node.seen || some;
		});
	/* Makes those sections; the answer draws their heads for a case. */
	S.caseBeside = function (desk, review, at) {
		beside(desk, review, at);
		return (c) => besides(at, c);
	};

	/* desk: the page (store, book, trouble, draw); review: its checklist; at: the places to write to. */
	S.caseData = function (desk, review, at) {
		const store = desk.store;

		const text = (value) =>
			value === null || value === undefined || value === ''
				? S.el('span', { class: 'quiet', text: S.t(desk.store.data.blind ? 'case.blind' : 'case.empty') })
				: S.el('span', { class: 'val', text: value });
		const idType = (code) => ((desk.book.id_types || []).filter((one) => one.code === code)[0] || { name: code }).name;
		const seal = (code) => ((desk.book.seal_kinds || []).filter((one) => one.code === code)[0] || { name: code }).name;
		const unitKind = (code) =>
			((desk.book.unit_kinds || []).filter((one) => one.code === code)[0] || { name: code }).name;
		const licence = (code) =>
			[].concat
				.apply(
					[],
					(desk.book.unit_kinds || []).map((kind) => kind.licences)
				)
				.filter((one) => one.code === code)
				.map((one) => one.name)[0] || code;
		const PARTS = {
			unit: (c) => [
				['unit.name'],
				['unit.uscc'],
				['unit.kind', unitKind(c.unit.kind)],
				['unit.licence_kind', licence(c.unit.licence_kind)],
				['unit.licence_until'],
				['unit.address'],
				['unit.legal_rep'],
				['unit.phone']
			],
			person: (c) => [
				['person.name'],
				['person.id_type', idType(c.person.id_type)],
				['person.id_number'],
				['person.phone'],
				['person.email'],
				['person.title'],
				['person.address']
			],
			agent: (c) => [
				['agent.name'],
				['agent.id_type', idType(c.agent.id_type)],
				['agent.id_number'],
				['agent.phone'],
				['agent.email']
			],
			remittance: (c) => [
				['remittance.payer_name'],
				['remittance.payer_account'],
				['remittance.bank'],
				['remittance.paid_on'],
				['remittance.amount_fen', c.remittance.amount_fen ? S.yuan(c.remittance.amount_fen) : '']
			],
			delivery: (c) =>
				[['delivery.mode', c.delivery.mode && S.t('delivery.' + c.delivery.mode)]].concat(
					c.delivery.mode === 'pickup'
						? [['delivery.branch', S.branch(c.delivery.branch)]]
						: [['delivery.name'], ['delivery.phone'], ['delivery.full', address(c.delivery)]]
				),
			invoice: (c) => [
				['invoice.kind', c.invoice.kind && S.t('invoice.' + c.invoice.kind)],
				['invoice.title'],
				['invoice.tax_number']
			]
		};
		const address = (d) => [d.province, d.city, d.district, d.address].filter(Boolean).join('');
		const dig = (c, path) => path.split('.').reduce((node, name) => (node ? node[name] : undefined), c);
		/* A value that a paper of this case proves is a button that opens it. */
		const proved = function (path, label, value) {
			const code = value && desk.locked() === null ? review.proof(proof(path)) : '';

			return code
				? S.el('button', {
						type: 'button',
						class: 'prove val',
						text: value,
						title: S.t('data.prove', { name: review.name(code) }),
						'aria-label': label + S.t('colon') + value + S.t('data.proves', { name: review.name(code) }),
						'data-path': path,
						on: { click: () => review.prove(code, path) }
					})
				: text(value);
		};
		const rows = (c, list) =>
			list.map((row) => [S.t('f.' + row[0]), proved(row[0], S.t('f.' + row[0]), row.length > 1 ? row[1] : dig(c, row[0]))]);
		const pick = (c, part, names) => PARTS[part](c).filter((row) => names.indexOf(row[0].split('.')[1]) >= 0);
		const items = (c) =>
			(c.items || []).map((item, i) => [
				S.t('f.item', { n: i + 1 }),
				proved('item.' + i, S.t('f.item', { n: i + 1 }), S.t('f.item_is', { kind: seal(item.seal_kind), name: item.seal_name }))
			]);
		const terms = (c) => [
			asks(desk.book, c, 'years') && [
				S.t('f.years'),
				proved('years', S.t('f.years'), c.years ? S.t('f.years_n', { n: c.years }) : '')
			],
			[S.t('f.amount'), text(c.amount_fen === 0 ? S.t('free') : c.amount_fen ? S.yuan(c.amount_fen) : '')]
		];

		/* The values to hold against the picture of one material. */
		desk.facts = function (code) {
			const c = store.data;
			const shown = {
				m1: () =>
					rows(
						c,
						c.holder === 'ind'
							? pick(c, 'person', ['name', 'id_number', 'phone', 'address'])
							: pick(c, 'unit', ['name', 'uscc', 'address']).concat(
									c.holder === 'rep' ? pick(c, 'person', ['name', 'id_number']) : [],
									pick(c, 'agent', ['name', 'id_number', 'phone'])
								)
					).concat(items(c), terms(c), [
						[
							S.t('f.form'),
							text(
								c.form && c.form.version
									? S.t('f.form_is', {
											n: c.form.version,
											pages: c.form.pages
										})
									: ''
							)
						]
					]),
				m2: () =>
					rows(
						c,
						pick(c, 'unit', ['name', 'uscc', 'kind', 'licence_kind', 'licence_until', 'address', 'legal_rep'])
					),
				m3: () => rows(c, pick(c, 'agent', ['name', 'id_type', 'id_number'])),
				m4: () => rows(c, pick(c, 'person', ['name', 'id_type', 'id_number'])),
				m5: () => rows(c, pick(c, 'person', ['name', 'id_type', 'id_number', 'address'])),
				m6: () =>
					rows(c, PARTS.remittance(c)).concat([
						[S.t('f.amount'), text(c.amount_fen ? S.yuan(c.amount_fen) : '')],
						[S.t('f.reference'), text(c.reference)]
					])
			};

			const list = S.dl(
				(
					shown[code] ||
					(() => rows(c, c.holder === 'ind' ? pick(c, 'person', ['name']) : pick(c, 'unit', ['name', 'uscc'])))
				)()
			);

			return S.el(
				'div',
				{ class: 'compare' },
				list,
				/\*/.test(list.textContent) &&
					S.can('reveal') &&
					S.el('p', { class: 'reveal' }, S.t('reveal.masked'), ' ', S.button('reveal.show', reveal))
			);
		};
		const masked = (c) =>
			['unit', 'person', 'agent', 'delivery', 'remittance'].some(
				(part) => c[part] && Object.keys(c[part]).some((name) => /\*/.test(String(c[part][name])))
			);
		let clear = null;
		const reveal = () =>
			S.askReason({ title: S.t('reveal.title'), text: S.t('reveal.text'), ok: 'reveal.show' }).then(
				(reason) =>
					reason &&
					ZY.api('POST', S.caseApi(store.no, '/reveal'), {
						quiet: true,
						body: { reason: reason }
					}).then((answer) => {
						clear = answer.data;
						desk.draw(store.data, true);
						S.say(S.t('reveal.done'));
					}, desk.trouble)
			);
		/* Numbers once shown stay shown on this page, also after the case is read again. */
		const unmask = (c) =>
			clear &&
			Object.keys(clear).forEach((part) => {
				if (c[part] && clear[part]) c[part] = Object.assign({}, c[part], clear[part]);
			});

		/* What the register says of the certificates that the case names. */
		const named = function (c) {
			const some = c.review === 'manual' || c.reason || ((c.change || {}).items || []).length || (c.items || []).some((item) => item.old_serial);

			if (!some || c.blind) return null; /* the register names the holder */
			if (S.former) return S.former.data(c, desk.book);
			desk.bring('staff-former').then(() => data(store.data), desk.brought);
			return null;
		};
		const data = function (c) {
			const section = (key, list) => S.el('div', { class: 'data-part' }, S.el('h3', { text: S.t(key) }), S.dl(list));
			const asked = (part, key, list) => asks(desk.book, c, part) && section(key, list());

			S.fill(
				at.data,
				S.el('h2', { id: 'data-h', text: S.t('case.data') }),
				masked(c) &&
					S.can('reveal') &&
					S.el('p', { class: 'reveal' }, S.t('reveal.masked'), ' ', S.button('reveal.show', reveal)),
				S.el(
					'div',
					{ class: 'data-grid' },
					c.holder !== 'ind' && section('case.unit', rows(c, PARTS.unit(c))),
					c.holder !== 'org' && section('case.person', rows(c, PARTS.person(c))),
					c.holder !== 'ind' && section('case.agent', rows(c, PARTS.agent(c))),
					section('case.terms', items(c).concat(terms(c), [[S.t('f.reference'), text(c.reference)]])),
					asked('remittance', 'case.remittance', () => rows(c, PARTS.remittance(c))),
					asked('delivery', 'case.delivery', () => rows(c, PARTS.delivery(c))),
					asked('invoice', 'case.invoice', () => rows(c, PARTS.invoice(c)))
				),
				named(c)
			);
		};
		/* What the machine asked before it decided, or left the case to people. */
		const machine = (c) =>
			c.machine && [
				S.el('h3', { text: S.t('case.machine') }),
				S.el('p', {
					class: 'quiet',
					text: S.t(c.machine.passed ? 'case.machine.passed' : 'case.machine.people', { at: S.stamp(c.machine.at) })
				}),
				S.el(
					'ul',
					{ class: 'gate-l', id: 'machine' },
					c.machine.checks.map((one) =>
						S.el(
							'li',
							{ class: one.passed ? 'on' : '' },
							S.el('span', { 'aria-hidden': 'true', text: one.passed ? '\u2713' : '\u2717' }),
							S.el(
								'span',
								{ class: 'gate-n' },
								S.vh(S.t(one.passed ? 'case.machine.yes' : 'case.machine.no')),
								one.label
							),
							S.el('span', {
								class: 'gate-w fig',
								text: ZY.hasText('machine.' + one.detail) ? S.t('machine.' + one.detail) : one.detail
							})
						)
					)
				)
			];
		const gates = function (c) {
			const list = (c.gates || []).filter((gate) => gate.required);

			S.fill(
				at.gates,
				S.el('h2', { id: 'gates-h', text: S.t('case.gates') }),
				S.el(
					'ul',
					{ class: 'gate-l' },
					list.map((gate) =>
						S.el(
							'li',
							{ class: gate.closed_at ? 'on' : '' },
							S.el('span', {
								'aria-hidden': 'true',
								text: gate.closed_at ? '\u2713' : '\u25cb'
							}),
							S.el('span', { class: 'gate-n', text: gate.label }),
							S.el('span', {
								class: 'gate-w fig',
								text: gate.closed_at ? S.stamp(gate.closed_at) : S.t('case.waits')
							})
						)
					)
				),
				c.promise && S.el('p', { class: 'quiet', text: c.promise }),
				machine(c)
			);
		};
		/* Everything dated that the case carries, newest first. */
		const log = function (c) {
			const list = [
				[c.created_at, S.t('log.created'), ''],
				[c.submitted_at, S.t('log.submitted'), '']
			]
				.concat(
					(c.verdicts || []).map((one) => [
						one.at,
						S.t('log.verdict', {
							name: materialName(c, one.material),
							verdict: S.t('verdict.is_' + one.verdict),
							why: one.reasons
								.map(review.reasonText)
								.concat(one.note || [])
								.map((why) => S.t('log.why', { why: why }))
								.join('')
						}),
						one.by
					]),
					(c.originals || []).map((one) => [
						one.at,
						S.t('log.original', { name: materialName(c, one.material), n: one.copies }),
						one.by
					]),
					(c.payments || []).map((one) => [
						one.recorded_at,
						S.t('log.payment', { name: one.payer_name, amount: S.yuan(one.amount_fen) }),
						one.recorded_by || ''
					]),
					(c.payments || []).map((one) => [
						one.undone_at,
						S.t('log.undone', { name: one.payer_name, amount: S.yuan(one.amount_fen), why: one.undone_text || '' }),
						''
					]),
					(c.certificates || []).map((one) => [
						one.produced_at,
						S.t('log.certificate', { n: one.item, serial: one.sign_serial }),
						one.produced_by
					]),
					(c.parcels || []).map((one) => [one.sent_at, S.t('log.parcel', { waybill: one.waybill }), '']),
					(c.gates || [])
						.filter((gate) => gate.required)
						.map((gate) => [gate.closed_at, S.t('log.gate', { name: gate.label }), ''])
				)
				.filter((row) => row[0])
				.sort((a, b) => (a[0] < b[0] ? 1 : -1));

			S.fill(
				at.log,
				S.el('h2', { id: 'log-h', text: S.t('case.log') }),
				S.el('p', {}, S.el('a', { href: S.url('/staff/messages.html', { no: store.no }), text: S.t('log.sms') })),
				S.el(
					'ol',
					{ class: 'log' },
					list.map((row) =>
						S.el(
							'li',
							{},
							S.el('time', { class: 'fig', datetime: row[0], text: S.stamp(row[0]) }),
							S.el('span', { text: row[1] }),
							S.el('span', { class: 'quiet', text: row[2] || '' })
						)
					)
				)
			);
		};
		const materialName = (c, code) => ((c.materials || []).filter((m) => m.code === code)[0] || { name: code }).name;

		return {
			text: text,
			rows: rows,
			items: items,
			terms: terms,
			address: address,
			revealed: () => !!clear,
			draw: function (c) {
				unmask(c);
				gates(c);
				data(c);
				log(c);
			}
		};
	};
})(window.ZY);

/* The panels of the other desks on the page of a case: which there are, who may open them and when a case wants them.  Their
 * scripts are fetched when they are needed. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const PANELS = [
		{
			name: 'rekey',
			file: ['i18n/staff-rekey-zh-CN', 'staff-rekey'],
			can: ['case_approve'],
			when: (c) => c.state === 'second_review'
		},
		{
			name: 'originals',
			file: 'staff-originals',
			can: ['originals'],
			when: (c) =>
				['submitted', 'reviewing', 'returned', 'accepted'].indexOf(c.state) >= 0 &&
				!!S.gate(c, 'originals') &&
				S.gate(c, 'originals').required
		},
		{
			name: 'gates',
			file: 'staff-gates',
			can: ['originals', 'case_review'],
			/* what may be ticked here the panel knows itself, once it is fetched */
			when: (c) =>
				['token', 'signature'].some((name) => S.gate(c, name) && S.gate(c, name).required) &&
				(!S.ticks || S.ticks(c).length > 0)
		},
		{
			name: 'payments',
			file: ['staff-refund', 'staff-payments'],
			can: ['money'],
			when: (c) => c.state !== 'draft' && c.state !== 'printed' && c.amount_fen > 0
		},
		{
			name: 'production',
			file: ['staff-former', 'staff-production'],
			can: ['produce'],
			when: (c) =>
				['approved', 'produced', 'installing', 'sent', 'ready', 'completed'].indexOf(c.state) >= 0 &&
				['revoke', 'suspend', 'resume'].indexOf(c.effect) < 0 /* there, nothing is made */
		},
		{
			name: 'dispatch',
			file: 'staff-dispatch',
			can: ['dispatch', 'pickup'],
			when: (c) => ['produced', 'sent', 'ready', 'completed'].indexOf(c.state) >= 0
		},
		{
			name: 'casefile',
			file: ['i18n/staff-casefile-zh-CN', 'staff-casefile'],
			can: ['casefile'],
			when: (c) => c.state === 'completed'
		}
	];
	const mine = () => PANELS.filter((panel) => panel.can.some(S.can));

	/* Those that the case wants as it stands. */
	S.panelFiles = (c) => [].concat(...mine().filter((panel) => panel.when(c)).map((panel) => panel.file));

	/* Makes their sections in the host; the answer draws them for a case. */
	S.casePanels = function (desk, review, host) {
		const more = mine().map((panel) => ({
			panel: panel,
			host: S.put(host, S.el('div', { class: 'panel', hidden: true })).lastChild
		}));
		const fetched = function (one) {
			one.asked =
				one.asked ||
				Promise.all([].concat(one.panel.file).map(desk.bring)).then(() => {
					one.draw = S.panels[one.panel.name](one.host, {
						store: desk.store,
						book: desk.book,
						trouble: desk.trouble,
						address: desk.data.address,
						look: (code) => review.select(code),
						redraw: () => desk.draw(desk.store.data, true)
					});
				}, desk.brought);
			return one.asked;
		};
		/* Those that the case wants now; one that was not wanted before is fetched. */
		return (c) =>
			more.forEach((one) => {
				one.host.hidden = !one.panel.when(c);
				if (one.host.hidden) return;
				if (one.draw) one.draw(c);
				else fetched(one).then(() => one.draw && one.draw(desk.store.data));
			});
	};
})(window.ZY);
