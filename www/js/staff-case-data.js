/* What a case is about.  First the certificates it names when it is not the first one: what the register says of them beside
 * what was filled in, the change, the cause, until when a new certificate lasts, the question before a revocation (production
 * and the register's page use this, too).  Then what the page of a case shows: the values to hold against a picture, all
 * data, conditions and history. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const F = {};
	const asked = {};

	S.former = F;
	/* Nothing is made: the decision ends it. */
	F.ends = (c) => ['revoke', 'suspend', 'resume'].indexOf(c.effect) >= 0;
	F.lines = (c) => (c.items || []).filter((item) => item.old_serial);

	/* ---- the register ---- */

	/* Row of a certificate by its serial, asked once per page; null when the register does not know it. */
	F.row = function (serial) {
		if (!asked[serial])
			asked[serial] = ZY.api('GET', S.url('/api/staff/certificates', { q: serial, limit: 5 }), {
				quiet: true
			}).then(
				(answer) =>
					(answer.data.items || []).filter(
						(row) => row.sign_serial === serial || row.enc_serial === serial
					)[0] || null,
				(problem) => {
					delete asked[serial];
					throw problem;
				}
			);
		return asked[serial];
	};
	/* Rows of all lines of the case, in their order, null where a line names none. */
	F.rows = (c) =>
		Promise.all((c.items || []).map((item) => (item.old_serial ? F.row(item.old_serial) : Promise.resolve(null))));
	F.tone = (status) => ({ valid: 'ok', suspended: 'warn', expired: 'off', revoked: 'off', superseded: 'off' })[status];
	F.tag = (row) => S.el('span', { class: 'tag tag-' + F.tone(row.status), text: row.status_name });

	/* ---- until when ---- */

	/* The same day years later; the 29th of February becomes the 28th. */
	F.later = function (day, years) {
		const parts = day.split('-').map(Number);
		const year = parts[0] + (years || 1);
		const last = new Date(Date.UTC(year, parts[1], 0)).getUTCDate();

		return new Date(Date.UTC(year, parts[1] - 1, Math.min(parts[2], last))).toISOString().slice(0, 10);
	};
	/* Last day of a certificate that begins on from: as the server reckons (lib/domain/register_rule.c). */
	F.lastDay = function (c, old, from) {
		const effect = c.effect;

		if (old && (effect === 'replace' || effect === 'reissue')) return old.not_after;
		if (old && effect === 'extend' && from <= old.not_after) return F.later(old.not_after, c.years);
		return F.later(from, c.years);
	};
	F.why = function (c, old) {
		const effect = c.effect;

		if (old && (effect === 'replace' || effect === 'reissue')) return S.t('former.day_same');
		if (old && effect === 'extend')
			return S.t(S.today() <= old.not_after ? 'former.day_extend' : 'former.day_expired', { n: c.years });
		return S.t('former.day_new', { n: c.years });
	};

	/* ---- what stands in the data panel ---- */

	const route = (book, c) =>
		[]
			.concat(
				...(book.services || []).filter((one) => one.code === c.service).map((service) => service.routes)
			)
			.filter((one) => one.holder === c.holder && one.channel === c.channel)[0];
	/* Does the route of this case ask for that part at all? */
	F.asks = function (book, c, part) {
		const found = route(book, c);

		return (
			!found || !found.fields || found.fields.some((field) => field.pointer.replace(/^#/, '').split('/')[1] === part)
		);
	};
	const named = (list, code) => ((list || []).filter((one) => one.code === code)[0] || { name: code }).name;
	const value = (text) =>
		text ? S.el('span', { class: 'val', text: text }) : S.el('span', { class: 'quiet', text: S.t('case.empty') });
	/* Beside each other: what the case says, what the register says; a difference is marked. */
	const beside = function (label, mine, theirs, may) {
		const differs = mine && theirs && !/\*/.test(mine + theirs) && mine !== theirs;

		return S.el(
			'tr',
			{},
			S.el('th', { scope: 'row', text: label }),
			S.el('td', {}, value(mine)),
			S.el(
				'td',
				{},
				value(theirs),
				differs && [
					' ',
					S.el('span', { class: 'tag tag-' + (may ? 'warn' : 'err'), text: S.t('former.differs') })
				]
			)
		);
	};
	const compared = function (c, item, row, book) {
		const unit = c.unit || {};
		const person = c.person || {};
		const change = c.effect === 'replace';

		return S.el(
			'section',
			{ class: 'scroll', tabindex: '0', 'aria-label': S.t('former.line', { serial: item.old_serial }) },
			S.el(
				'table',
				{ class: 'tbl tbl-former' },
				S.el(
					'thead',
					{},
					S.el(
						'tr',
						{},
						['former.what', 'former.case', 'former.register'].map((key) =>
							S.el('th', { scope: 'col', text: S.t(key) })
						)
					)
				),
				S.el(
					'tbody',
					{},
					c.holder !== 'ind' && [
						beside(S.t('f.unit.name'), unit.name, row.unit_name, change),
						beside(S.t('f.unit.uscc'), unit.uscc, row.uscc),
						beside(S.t('f.unit.address'), unit.address, row.unit_address, change)
					],
					c.holder !== 'org' && beside(S.t('f.person.name'), person.name, row.holder_name, change),
					beside(
						S.t('make.seal'),
						S.t('f.item_is', { kind: named(book.seal_kinds, item.seal_kind), name: item.seal_name || '' }),
						row.seal_name &&
							S.t('f.item_is', { kind: named(book.seal_kinds, row.seal_kind), name: row.seal_name }),
						change
					)
				)
			)
		);
	};
	F.facts = (row) =>
		S.dl([
			[S.t('reg.status'), F.tag(row)],
			[S.t('make.term'), S.t('make.from_to', { from: row.not_before, to: row.not_after })],
			row.token_serial && [S.t('reg.token'), S.el('span', { class: 'fig', text: row.token_serial })]
		]);
	const line = function (c, item, n, book) {
		const host = S.el('div', {}, S.el('p', { class: 'quiet', text: S.t('loading') }));

		F.row(item.old_serial).then(
			(row) =>
				row
					? S.fill(host, F.facts(row), compared(c, item, row, book))
					: S.fill(host, S.el('p', { class: 'box box-warn', text: S.t('former.unknown') })),
			(problem) => S.fill(host, S.el('p', { class: 'quiet', text: S.why(problem) }))
		);
		return S.el(
			'div',
			{ class: 'former' },
			S.el(
				'p',
				{ class: 'former-h' },
				S.t('former.nth', { n: n }) + ' ',
				S.el('a', {
					class: 'fig brk',
					href: S.url('/staff/register.html', { q: item.old_serial }),
					text: item.old_serial
				})
			),
			host
		);
	};
	let kept = { key: '', node: null };
	/* Nodes for the data panel; made once for a version, for the case is drawn again every minute. */
	F.data = function (c, book) {
		const lines = F.lines(c);
		const change = c.change || {};
		const key = c.no + ' ' + c.version + ' ' + (c.person ? c.person.name : '');

		if (kept.key === key) return kept.node;
		kept = {
			key: key,
			node: S.el(
				'div',
				{},
				c.review === 'manual' &&
					S.el('p', {}, S.el('span', { class: 'tag tag-warn', text: S.t('former.manual') })),
				(c.reason || (change.items || []).length > 0) &&
					S.el(
						'div',
						{ class: 'data-part' },
						S.el('h3', { text: S.t(c.reason ? 'former.cause' : 'former.change') }),
						S.dl([
							c.reason && [S.t('former.cause'), value(named(book.causes, c.reason))],
							(change.items || []).length > 0 && [
								S.t('former.items'),
								value(change.items.map((code) => named(book.change_items, code)).join(S.t('comma')))
							],
							(change.before || change.after) && [S.t('former.before'), value(change.before)],
							(change.before || change.after) && [S.t('former.after'), value(change.after)]
						])
					),
				lines.length > 0 &&
					S.el(
						'div',
						{ class: 'data-part' },
						S.el('h3', { text: S.t('former.title') }),
						lines.map((item) => line(c, item, c.items.indexOf(item) + 1, book))
					)
			)
		};
		return kept.node;
	};

	/* ---- before a revocation ---- */

	/* For the second review of a revocation: a text and a field for the end of the serial; null for other services. */
	F.approval = function (c) {
		const ends = F.lines(c).map((item) => item.old_serial.slice(-6));
		const typed = (i) =>
			S.plain(S.id('tail-' + i).value)
				.replace(/\s/g, '')
				.toUpperCase();

		if (c.effect !== 'revoke') return null;
		return {
			body: [
				S.el('p', { class: 'box box-warn', text: S.t('former.ends', { n: ends.length }) }),
				F.lines(c).map((item, i) =>
					S.field({
						id: 'tail-' + i,
						label: S.t('former.tail', { n: i + 1 }),
						hint: S.t('former.tail_hint', { serial: item.old_serial.slice(0, -6) + '\u2026' }),
						attrs: { class: 'w-s', maxlength: '12', autocapitalize: 'characters' }
					})
				)
			],
			check: () =>
				ends
					.map((end, i) => (typed(i) === end ? null : { id: 'tail-' + i, text: S.t('former.tail_bad') }))
					.filter(Boolean)
		};
	};
})(window.ZY);

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
