/* Dispatch: the waybill of an outgoing parcel, or readiness at the counter and handing over against the
 * collector's document. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;

	S.panels.dispatch = function (host, desk) {
		let shown = '';

		const full = (d) => [d.province, d.city, d.district, d.address].filter(Boolean).join('');
		const after = function (text) {
			return (c) => {
				S.notice('dispatch', 'ok', S.t(text));
				if (desk.saved) desk.saved(c);
			};
		};
		const refused = (form, map) => (problem) => {
			if (problem.status === 422) S.faults(form, S.serverFaults(problem, map));
			else if (problem.code === 'conflict') S.faults(form, [{ id: map['#/waybill'], text: S.t('ship.twice') }]);
			else desk.trouble(problem);
		};
		const send = function (c) {
			const id = 'waybill-' + c.no;
			const form = S.el(
				'form',
				{ novalidate: true, class: 'ship-f' },
				S.field({
					id: id,
					label: S.t('ship.waybill'),
					attrs: { autocapitalize: 'characters' }
				}),
				S.el('button', { type: 'submit', class: 'btn', text: S.t('ship.sent') })
			);
			const key = ZY.key();

			form.addEventListener('submit', (event) => {
				const typed = S.plain(S.id(id).value).replace(/[\s-]/g, '').toUpperCase();

				event.preventDefault();
				if (S.faults(form, /^[0-9A-Z]{8,20}$/.test(typed) ? [] : [{ id: id, text: S.t('ship.bad_waybill') }]))
					desk.store
						.write('/api/staff/parcels', { no: c.no, waybill: typed }, key)
						.then(after('ship.saved'), refused(form, { '#/waybill': id }));
			});
			return form;
		};
		const ready = (c) =>
			S.el(
				'p',
				{ class: 'row-act' },
				S.button(
					'ship.ready',
					() =>
						desk.store
							.write('/api/staff/pickups', { no: c.no, step: 'ready' })
							.then(after('ship.saved_ready'), desk.trouble),
					{ class: 'btn' }
				)
			);
		/* Which document was seen: the kinds of the catalogue. */
		const kinds = function (id) {
			const field = S.field({ id: id, label: S.t('ship.id_kind'), options: [['', S.t('ship.choose')]] });

			ZY.catalog().then((book) =>
				S.put(
					field.querySelector('select'),
					book.id_types.map((one) => S.el('option', { value: one.code, text: one.name }))
				)
			, desk.trouble);
			return field;
		};
		const hand = function (c) {
			const id = (name) => name + '-' + c.no;
			const seen = S.el('input', { type: 'checkbox', id: id('seen') });
			const form = S.el(
				'form',
				{ novalidate: true, class: 'ship-f' },
				S.field({ id: id('collector'), label: S.t('ship.collector') }),
				kinds(id('id-kind')),
				S.field({ id: id('id-tail'), label: S.t('ship.id_tail'), attrs: { maxlength: 4, autocapitalize: 'characters' } }),
				S.field({ id: id('note'), label: S.t('ship.note'), hint: S.t('ship.note_h') }),
				S.el(
					'div',
					{ class: 'fld' },
					S.el(
						'fieldset',
						{},
						S.el('legend', { text: S.t('ship.id') }),
						S.el('span', { class: 'stick' }, seen, S.el('label', { for: id('seen'), text: S.t('ship.seen') }))
					)
				),
				S.el('button', { type: 'submit', class: 'btn', text: S.t('ship.handed') })
			);
			const key = ZY.key();
			const said = (name) => S.plain(S.id(id(name)).value);

			form.addEventListener('submit', (event) => {
				const faults = [
					[!said('collector'), 'collector', 'ship.no_collector'],
					[!said('id-kind'), 'id-kind', 'ship.no_kind'],
					[!/^[0-9A-Za-z]{4}$/.test(said('id-tail')), 'id-tail', 'ship.bad_tail'],
					[!seen.checked, 'seen', 'ship.not_seen']
				]
					.filter((one) => one[0])
					.map((one) => ({ id: id(one[1]), text: S.t(one[2]) }));
				const body = {
					no: c.no,
					step: 'handed',
					collector: said('collector'),
					id_kind: said('id-kind'),
					id_tail: said('id-tail').toUpperCase(),
					id_seen: true
				};

				event.preventDefault();
				if (said('note')) body.note = said('note');
				if (S.faults(form, faults))
					desk.store.write('/api/staff/pickups', body, key).then(
						after('ship.saved_handed'),
						refused(form, {
							'#/collector': id('collector'),
							'#/id_kind': id('id-kind'),
							'#/id_tail': id('id-tail'),
							'#/note': id('note')
						})
					);
			});
			return form;
		};
		const delivered = (c, parcel) =>
			S.el(
				'p',
				{ class: 'row-act' },
				S.button('ship.delivered', () =>
					desk.store
						.write('/api/staff/parcels/' + encodeURIComponent(parcel.waybill) + '/delivered', {})
						.then(after('ship.saved_delivered'), desk.trouble)
				)
			);
		const way = (parcel) =>
			parcel &&
			(parcel.steps || []).length > 0 &&
			S.el(
				'ol',
				{ class: 'quiet', 'aria-label': S.t('ship.way') },
				parcel.steps.map((one) => S.el('li', { text: S.beside(S.stamp(one.at), one.place, one.text) }))
			);
		const handed = (seen) =>
			seen &&
			seen.handed_at &&
			S.dl([
				[S.t('ship.collector'), seen.collector || ''],
				[S.t('ship.id'), S.beside(seen.id_kind, seen.id_tail)],
				[S.t('ship.handed_at'), S.stamp(seen.handed_at)],
				seen.note && [S.t('ship.note'), seen.note]
			]);
		const steps = function (c) {
			const parcel = (c.parcels || [])[0];
			const courier = c.delivery.mode !== 'pickup';

			if (c.state === 'produced') return courier ? S.can('dispatch') && send(c) : S.can('pickup') && ready(c);
			if (c.state === 'ready') return S.can('pickup') && hand(c);
			if (c.state === 'sent' && parcel && !parcel.delivered_at) return S.can('dispatch') && delivered(c, parcel);
			return null;
		};

		return function (c) {
			const d = c.delivery || {};

			if (shown === c.no + c.version) return;
			shown = c.no + c.version;
			S.fill(
				host,
				S.el('h2', { text: S.t('ship.title') }),
				S.dl(
					d.mode === 'pickup'
						? [
								[S.t('f.delivery.mode'), S.t('delivery.pickup')],
								[S.t('f.delivery.branch'), S.branch(d.branch)]
							]
						: [
								[S.t('f.delivery.mode'), S.t('delivery.courier')],
								[S.t('f.delivery.name'), d.name || ''],
								[S.t('f.delivery.phone'), d.phone || ''],
								[S.t('f.delivery.full'), full(d)]
							],
					'facts-row'
				),
				(c.parcels || []).length > 0 &&
					S.dl(
						c.parcels.map((one) => [
							S.t('ship.waybill'),
							S.t(one.delivered_at ? 'ship.was_delivered' : 'ship.was_sent', {
								waybill: one.waybill,
								at: S.stamp(one.delivered_at || one.sent_at)
							})
						])
					),
				handed(c.pickup),
				way((c.parcels || [])[0]),
				steps(c)
			);
		};
	};
})(window.ZY);
