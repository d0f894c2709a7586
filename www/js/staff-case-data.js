/* What the page of a case shows of it: the values to hold against a picture, all data, conditions and history. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;

	/* desk: the page (store, book, trouble, draw); review: its checklist; at: the places to write to. */
	S.caseData = function (desk, review, at) {
		const store = desk.store;

		const text = (value) =>
			value === null || value === undefined || value === ''
				? S.el('span', { class: 'quiet', text: S.t('case.empty') })
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
						? [['delivery.branch']]
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
		const rows = (c, list) => list.map((row) => [S.t('f.' + row[0]), text(row.length > 1 ? row[1] : dig(c, row[0]))]);
		const pick = (c, part, names) => PARTS[part](c).filter((row) => names.indexOf(row[0].split('.')[1]) >= 0);
		const items = (c) =>
			(c.items || []).map((item, i) => [
				S.t('f.item', { n: i + 1 }),
				text(S.t('f.item_is', { kind: seal(item.seal_kind), name: item.seal_name }))
			]);
		const terms = (c) => [
			S.former.asks(desk.book, c, 'years') && [
				S.t('f.years'),
				text(c.years ? S.t('f.years_n', { n: c.years }) : '')
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

		const data = function (c) {
			const section = (key, list) => S.el('div', { class: 'data-part' }, S.el('h3', { text: S.t(key) }), S.dl(list));
			const asked = (part, key, list) => S.former.asks(desk.book, c, part) && section(key, list());

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
				S.former.data(c, desk.book)
			);
		};
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
				c.promise && S.el('p', { class: 'quiet', text: c.promise })
			);
		};
		/* Everything dated that the case carries, newest first. */
		const log = function (c) {
			const list = [
				[c.created_at, S.t('log.created'), ''],
				[c.submitted_at, S.t('log.submitted'), '']
			]
				.concat(
					(c.notes || []).map((one) => [one.at, one.text, one.by]),
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
						one.recorded_by
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
