/* The desk of one case: head with claim and clock, page pictures beside the checklist, the decision bar, and below it
 * the panels of the other desks, each in its own file and fetched only for those who may use it. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const BEAT_MS = 60000;
	const no = ZY.no().toUpperCase();
	const TAKE = 'take';

	const desk = { locked: () => null };
	const at = {};
	let review = null;
	let taken = false;
	let looking = false;
	let stale = false;
	let beat = 0;
	const more = [];

	const me = (by) => !!by && (by === S.session.user || by === S.session.name);
	const store = (desk.store = S.store(no, (c) => draw(c)));
	const mine = () => !!(store.data.claim && store.data.claim.mine);
	const held = () => store.data.claim && store.data.claim.by && !store.data.claim.mine;
	const inReview = () => ['submitted', 'reviewing'].indexOf(store.data.state) >= 0;
	const judges = () => S.can('case_review') && inReview();
	const mayClaim = () => S.can('case_review') && (inReview() || store.data.state === 'second_review');
	const approves = () => S.can('case_approve') && store.data.state === 'second_review';
	desk.judges = judges;
	desk.editable = () => judges() && mine() && store.data.state === 'reviewing' && !stale;

	/* ---- trouble ---- */

	desk.trouble = function (problem) {
		if (problem.code === 'stale' || problem.status === 412) {
			stale = true;
			S.notice('stale', 'warn', S.t('case.stale'), [['act.reread', reread]]);
			bar();
		} else if (problem.code === 'not_claimed') {
			lost();
		} else {
			S.trouble(problem);
		}
	};
	const reread = function () {
		store.load().then(() => {
			stale = false;
			S.unnotice('stale');
			S.unnotice('trouble');
			draw(store.data, true);
			S.say(S.t('case.reread'));
		}, desk.trouble);
	};
	/* The lease is gone: say who has it, keep what was typed, let it be copied. */
	const lost = function () {
		taken = false;
		clearTimeout(beat);
		store.load().then((c) => {
			const by = held()
				? S.t('case.lost_to', { name: c.claim.name, at: S.clock(c.claim.until) })
				: S.t('case.lost');

			S.notice(
				'lease',
				'warn',
				by,
				[].concat(
					held() ? [] : [['act.claim', claim]],
					typed() ? [['act.copy', () => ZY.copy(typed()).then(() => S.say(S.t('case.copied')))]] : []
				)
			);
			draw(c, true);
		}, desk.trouble);
	};
	const typed = () =>
		review
			? review
					.materials()
					.map((m) => ({ name: m.name, d: review.draft(m.code) }))
					.filter((one) => one.d.dirty)
					.map(
						(one) =>
							one.name +
							S.t('colon') +
							one.d.reasons
								.map(review.reasonText)
								.concat(one.d.note || [])
								.join(S.t('semicolon'))
					)
					.join('\n')
			: '';

	/* ---- claim ---- */

	const claim = () =>
		store.write('/claim').then(
			() => {
				taken = true;
				looking = true;
				S.unnotice('lease');
				S.unnotice('trouble');
				pulse();
				draw(store.data, true);
				review.start();
				S.recount();
			},
			(problem) => {
				S.trouble(problem);
				store.load().catch(() => {});
			}
		);
	const release = () =>
		S.askReason({ title: S.t('release.title'), text: S.t('release.text'), ok: 'act.release' }).then(
			(reason) =>
				reason &&
				store.write('/release', { reason: reason }).then(() => {
					taken = false;
					clearTimeout(beat);
					draw(store.data, true);
					S.recount();
				}, desk.trouble)
		);
	const pulse = function () {
		clearTimeout(beat);
		beat = setTimeout(() => {
			if (!taken) return;
			if (document.hidden) {
				pulse();
				return;
			}
			ZY.api('POST', S.caseApi(no, '/heartbeat'), { quiet: true }).then(
				(answer) => {
					if (!answer.data.claim || !answer.data.claim.mine) {
						lost();
						return;
					}
					store.take(answer);
					pulse();
				},
				(problem) => {
					if (problem.status === 409 || problem.status === 404) lost();
					else if (problem.status === 401) S.trouble(problem);
					else pulse();
				}
			);
		}, BEAT_MS);
	};
	document.addEventListener('visibilitychange', () => {
		if (!document.hidden && taken)
			ZY.api('POST', S.caseApi(no, '/heartbeat'), { quiet: true }).then(
				store.take,
				(problem) => problem.status === 409 && lost()
			);
	});

	/* ---- head ---- */

	const head = function (c) {
		const sla = S.sla(c);
		const holder = held();

		S.fill(
			at.head,
			S.el(
				'div',
				{ class: 'head-main' },
				S.el('h1', { text: S.subject(c) || S.t('list.no_name') }),
				S.el(
					'p',
					{ class: 'head-line' },
					S.el('span', { class: 'fig', id: 'case-no', text: c.no }),
					S.el('span', { text: S.kind(c) }),
					S.el('span', { text: S.word('channel', c.channel) }),
					S.el('span', { class: 'tag tag-' + S.tone(c.state), text: c.state_name }),
					!S.closed(c.state) &&
						c.due &&
						S.el('span', { class: 'fig', text: S.t('case.due', { day: c.due }) }),
					sla.text && S.el('span', { class: 'sla sla-' + sla.kind, text: sla.text })
				)
			),
			S.el(
				'div',
				{ class: 'head-act' },
				holder &&
					S.el('p', {
						class: 'head-held',
						text: S.t('case.held', {
							name: c.claim.name,
							at: S.clock(c.claim.until)
						})
					}),
				mine() &&
					S.el('p', {
						class: 'head-mine',
						text: S.t('case.mine', { at: S.clock(c.claim.until) })
					}),
				!holder &&
					!mine() &&
					mayClaim() &&
					S.button('act.claim', claim, { class: 'btn', 'aria-keyshortcuts': 'c' }),
				mine() && S.button('act.release', release, { 'aria-keyshortcuts': 'c' }),
				S.button('act.next', next, { 'aria-keyshortcuts': 'n' })
			)
		);
		document.title = S.t('title', { page: c.no + ' ' + (S.subject(c) || '') });
	};

	/* ---- facts ---- */

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
				ZY.api('POST', S.caseApi(no, '/reveal'), {
					quiet: true,
					body: { reason: reason }
				}).then((answer) => {
					clear = answer.data;
					draw(store.data, true);
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

	/* ---- decisions ---- */

	const act = function (rest, body, done) {
		const key = ZY.key();

		S.unnotice('trouble');
		return store.write(rest, body, key).then((c) => {
			taken = false;
			clearTimeout(beat);
			S.notice('done', 'ok', S.t(done, { state: c.state_name, due: c.due || '' }), [['act.next', next]]);
			S.id('notice-done').querySelector('button').focus();
			draw(c, true);
			S.recount();
		}, desk.trouble);
	};
	const sendBack = function () {
		const tally = review.tally();

		if (tally.left || !tally.fails) {
			S.say(S.t(tally.left ? 'bar.left' : 'bar.no_fail', { n: tally.left }));
			review.nextOpen();
			return;
		}
		review.flush().then(
			() => {
				const note = S.field({
					id: 'return-note',
					rows: 2,
					label: S.t('return.note'),
					hint: S.t('return.note_hint')
				});
				const days = S.field({
					id: 'return-days',
					label: S.t('return.days'),
					hint: S.t('return.days_hint'),
					attrs: { inputmode: 'numeric', class: 'w-s' }
				});
				const value = (field) => field.querySelector('input,textarea').value.trim();

				S.dialog({
					title: S.t('return.title'),
					wide: true,
					ok: 'return.send',
					body: [S.preview(review, store.data), note, days],
					check: () =>
						value(days) && !/^([1-9]|[1-8]\d|90)$/.test(S.plain(value(days)))
							? [{ id: 'return-days', text: S.t('return.days_bad') }]
							: []
				}).then((yes) => {
					const body = { note: value(note) || null };

					if (value(days)) body.days = Number(S.plain(value(days)));
					if (yes) act('/return', body, 'return.done');
				});
			},
			() => {}
		);
	};
	const accept = function () {
		const tally = review.tally();

		if (tally.left || tally.fails) {
			S.say(S.t(tally.left ? 'bar.left' : 'bar.has_fail', { n: tally.left || tally.fails }));
			review.nextOpen();
			return;
		}
		review.flush().then(
			() => act('/accept', undefined, 'accept.done'),
			() => {}
		);
	};
	const reject = () =>
		S.askReason({
			title: S.t('reject.title'),
			text: S.t('reject.text'),
			label: S.t('reject.label'),
			hint: S.t('reject.hint'),
			ok: 'reject.send',
			danger: true
		}).then((reason) => reason && act('/reject', { reason: reason }, 'reject.done'));
	const firstReviewer = () =>
		(store.data.verdicts || [])
			.map((one) => one.by)
			.filter(Boolean)
			.pop();
	const approve = function () {
		const ask = S.former.approval(store.data);

		if (me(firstReviewer())) {
			S.notice('trouble', 'warn', S.t('approve.two'));
			return;
		}
		S.dialog({
			title: S.t('approve.title'),
			ok: 'approve.send',
			body: [
				!ask && S.el('p', { text: S.t('approve.text', { name: firstReviewer() || '' }) }),
				S.dl(
					[[S.t('f.subject'), text(S.subject(store.data))]].concat(
						store.data.holder === 'ind' ? [] : rows(store.data, [['unit.uscc'], ['unit.address']]),
						items(store.data),
						terms(store.data)
					)
				),
				ask && ask.body
			],
			danger: !!ask,
			check: ask && ask.check
		}).then((yes) => yes && act('/approve', {}, 'approve.done'));
	};
	/* The bar below the checklist: what is left, then the ways out. */
	const bar = function () {
		const tally = review ? review.tally() : { left: 0, fails: 0, dirty: 0, all: 0 };
		const off = (yes) => (yes ? 'true' : null);
		let kids = [];

		if (desk.editable())
			kids = [
				S.el('p', {
					class: 'bar-say',
					text: tally.left
						? S.t('bar.left', { n: tally.left })
						: tally.fails
							? S.t('bar.fails', { n: tally.fails })
							: S.t('bar.all_pass', { n: tally.all })
				}),
				S.button('act.accept', accept, {
					class: 'btn',
					'aria-disabled': off(tally.left || tally.fails)
				}),
				S.button('act.return', sendBack, {
					class: 'btn',
					'aria-disabled': off(tally.left || !tally.fails)
				}),
				S.can('case_reject') && S.button('act.reject', reject, { class: 'btn btn-red' })
			];
		else if (approves())
			kids = [
				S.el('p', {
					class: 'bar-say',
					text: me(firstReviewer()) ? S.t('approve.two') : S.t('approve.say', { name: firstReviewer() || '' })
				}),
				S.button('act.approve', approve, {
					class: 'btn',
					'aria-disabled': off(me(firstReviewer()))
				}),
				S.can('case_reject') && S.button('act.reject', reject, { class: 'btn btn-red' })
			];
		else if (stale)
			kids = [
				S.el('p', { class: 'bar-say', text: S.t('case.stale_bar') }),
				S.button('act.reread', reread, { class: 'btn' })
			];
		else if (judges() && !held() && !mine())
			kids = [
				S.el('p', { class: 'bar-say', text: S.t('bar.claim') }),
				S.button('act.claim', claim, { class: 'btn' })
			];
		at.bar.hidden = !kids.length;
		S.fill(at.bar, kids);
	};
	desk.changed = bar;

	/* The most urgent case of the list this one was opened from. */
	const next = function () {
		const queue = S.query('queue') || S.homeQueue();

		if (review && review.tally().dirty && mine()) {
			S.say(S.t('case.unsaved'));
			review.flush().then(leave.bind(null, queue), () => {});
			return;
		}
		leave(queue);
	};
	const leave = (queue) =>
		ZY.api('GET', S.url('/api/staff/applications', { queue: queue, limit: 50 }), { quiet: true }).then((answer) => {
			const found = S.urgent(
				(answer.data.items || []).filter((row) => row.no !== no && (!row.claimed_by || me(row.claimed_by)))
			);

			if (!found) {
				S.notice('next', 'info', S.t('case.no_next'), [
					['act.to_list', () => S.go(S.url('/staff/queue.html', { queue: queue }))]
				]);
				return;
			}
			if (mine() || taken || ['submitted', 'second_review'].indexOf(queue) >= 0) ZY.remember(TAKE, found.no);
			S.go(S.url('/staff/case.html', { no: found.no, queue: queue }));
		}, desk.trouble);

	/* ---- panels of the other desks ---- */

	const PANELS = [
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
			when: (c) => S.ticks(c).length > 0
		},
		{
			name: 'payments',
			file: 'staff-payments',
			can: ['money'],
			when: (c) => c.state !== 'draft' && c.state !== 'printed' && c.amount_fen > 0
		},
		{
			name: 'production',
			file: 'staff-production',
			can: ['produce'],
			when: (c) => ['approved', 'produced', 'installing', 'sent', 'ready', 'completed'].indexOf(c.state) >= 0 &&
				c.service !== 'revoke'
		},
		{
			name: 'dispatch',
			file: 'staff-dispatch',
			can: ['dispatch', 'pickup'],
			when: (c) => ['produced', 'sent', 'ready', 'completed'].indexOf(c.state) >= 0
		}
	];
	/* The panel's script lies beside this one, in the same version. */
	const base = document.currentScript.src;
	const fetchPanel = (panel) =>
		new Promise((resolve, reject) => {
			const script = document.createElement('script');

			if (S.panels[panel.name]) {
				resolve();
				return;
			}
			script.src = base.replace('staff-case', panel.file);
			script.onload = resolve;
			script.onerror = reject;
			document.head.appendChild(script);
		});
	const loadPanels = () =>
		Promise.all(
			PANELS.filter((panel) => panel.can.some(S.can)).map((panel) =>
				fetchPanel(panel).then(
					() => {
						const host = S.el('section', { class: 'panel', hidden: true });

						more.push({
							panel: panel,
							host: host,
							draw: S.panels[panel.name](host, {
								store: store,
								book: desk.book,
								trouble: desk.trouble,
								address: address
							})
						});
					},
					() => S.notice('panel', 'err', S.t('case.panel_failed'), [['act.reload', () => location.reload()]])
				)
			)
		).then(() => {
			more.sort((a, b) => PANELS.indexOf(a.panel) - PANELS.indexOf(b.panel));
			more.forEach((one) => at.panels.appendChild(one.host));
		});
	const panels = (c) =>
		more.forEach((one) => {
			one.host.hidden = !one.panel.when(c);
			if (!one.host.hidden) one.draw(c);
		});

	/* ---- the page ---- */

	desk.locked = function () {
		const say = held() ? 'view.locked_held' : mayClaim() ? 'view.locked' : 'view.locked_other';

		if (looking) return null;
		return [
			S.el('p', { text: S.t(say, held() ? { name: store.data.claim.name } : {}) }),
			S.button(mayClaim() ? 'view.look' : 'view.look_other', () => {
				looking = true;
				review.select(review.current);
			})
		];
	};
	const drawOrder = function () {
		if (judges() || approves()) at.side.insertBefore(at.panels, at.log);
		else at.side.insertBefore(at.panels, at.side.firstChild);
		at.work.hidden = !(S.can('case_read') && store.data.materials.length);
		at.view.hidden = at.work.hidden;
		at.view.parentNode.classList.toggle('split-one', at.work.hidden);
	};
	let drawn = '';
	const draw = function (c, whole) {
		const mode = c.state + desk.editable() + !!clear;

		if (!at.head || !review) return;
		unmask(c);
		head(c);
		gates(c);
		data(c);
		log(c);
		panels(c);
		drawOrder();
		desk.view.canMark(desk.editable());
		review.refresh(whole || mode !== drawn);
		drawn = mode;
		bar();
	};
	const build = function () {
		const part = (name, tag, attrs) => {
			at[name] = S.el(tag, attrs);
			return at[name];
		};

		S.fill(
			S.id('case'),
			part('head', 'div', { class: 'head' }),
			S.el(
				'div',
				{ class: 'split' },
				part('view', 'section', { class: 'pane-view', 'aria-label': S.t('case.scans') }),
				part('side', 'div', { class: 'pane-work' })
			)
		);
		S.fill(
			at.side,
			part('panels', 'div', { class: 'panels' }),
			part('work', 'div', { class: 'work' }),
			part('gates', 'section', { class: 'panel', 'aria-labelledby': 'gates-h' }),
			part('data', 'section', { class: 'panel', 'aria-labelledby': 'data-h' }),
			part('log', 'section', { class: 'panel', 'aria-labelledby': 'log-h' })
		);
		part('check', 'section', { class: 'check', 'aria-label': S.t('verdict.list') });
		part('bar', 'div', { class: 'bar', role: 'group', 'aria-label': S.t('bar.label') });
		S.fill(at.work, at.check, at.bar);
		desk.view = S.viewer(at.view);
		review = S.verdicts(at.check, desk);
	};
	const keys = () => {
		const row = (key, name, run) => [
			key,
			name,
			() => {
				run();
			}
		];
		const digits = [];
		let i;

		for (i = 1; i <= 9; i++)
			digits.push([
				String(i),
				i === 1 ? 'keys.material' : '',
				(
					(n) => () =>
						review.nth(n)
				)(i - 1),
				i === 1 ? '1–9' : ''
			]);
		S.keys(
			[
				row('j', 'keys.down', () => review.move(1)),
				row('k', 'keys.up', () => review.move(-1)),
				row('a', 'keys.pass', review.pass),
				row('x', 'keys.fail', review.fail),
				row('m', 'keys.mark', () => desk.editable() && desk.view.mark()),
				row('s', 'keys.save', review.save),
				row('c', 'keys.claim', () => (mine() ? release() : !held() && mayClaim() && claim())),
				row('n', 'keys.next_case', next),
				row('r', 'keys.left', () => desk.view.rotate(-90)),
				row('R', 'keys.right', () => desk.view.rotate(90)),
				row('+', 'keys.in', () => desk.view.zoom(0.2)),
				row('=', '', () => desk.view.zoom(0.2)),
				row('-', 'keys.out', () => desk.view.zoom(-0.2)),
				row('0', 'keys.fit', () => desk.view.fit()),
				row('[', 'keys.prev', () => desk.view.step(-1)),
				row(']', 'keys.next', () => desk.view.step(1))
			].concat(digits)
		);
	};
	const begin = () =>
		Promise.all([store.load(), ZY.catalog()]).then((both) => {
			const c = both[0];

			desk.book = both[1];
			build();
			taken = mine();
			looking = taken;
			keys();
			return loadPanels().then(() => {
				draw(c, true);
				review.start();
				if (taken) pulse();
				if (ZY.recall(TAKE) === no && !held() && !mine() && mayClaim()) claim();
				ZY.forget(TAKE);
			});
		});

	window.addEventListener('beforeunload', (event) => {
		if (review && desk.editable() && review.tally().dirty) event.preventDefault();
	});
	S.start().then(() => {
		const first = S.loading(S.id('case'), begin());

		return first.catch((problem) => {
			if (problem instanceof Error) throw problem;
			S.fill(
				S.id('case'),
				S.el(
					'div',
					{ class: 'empty' },
					S.el('h1', {
						text: S.t(problem.status === 403 || problem.status === 404 ? 'case.missing' : 'case.failed')
					}),
					S.el('p', {
						text:
							problem.status === 403 || problem.status === 404
								? S.t('case.missing_text', { no: no })
								: S.why(problem)
					}),
					S.el(
						'p',
						{},
						problem.status !== 403 &&
							problem.status !== 404 &&
							S.button('act.retry', () => location.reload()),
						S.el('a', {
							class: 'btn btn-2',
							href: '/staff/queue.html',
							text: S.t('act.to_list')
						})
					)
				)
			);
		});
	});
})(window.ZY);
