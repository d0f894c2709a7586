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
		const hand = function (c) {
			const id = 'collector-' + c.no;
			const seen = S.el('input', { type: 'checkbox', id: 'seen-' + c.no });
			const form = S.el(
				'form',
				{ novalidate: true, class: 'ship-f' },
				S.field({ id: id, label: S.t('ship.collector') }),
				S.el(
					'div',
					{ class: 'fld' },
					S.el(
						'fieldset',
						{},
						S.el('legend', { text: S.t('ship.id') }),
						S.el(
							'span',
							{ class: 'stick' },
							seen,
							S.el('label', { for: 'seen-' + c.no, text: S.t('ship.seen') })
						)
					)
				),
				S.el('button', { type: 'submit', class: 'btn', text: S.t('ship.handed') })
			);
			const key = ZY.key();

			form.addEventListener('submit', (event) => {
				const name = S.id(id).value.trim();
				const faults = [];

				event.preventDefault();
				if (!name) faults.push({ id: id, text: S.t('ship.no_collector') });
				if (!seen.checked) faults.push({ id: 'seen-' + c.no, text: S.t('ship.not_seen') });
				if (S.faults(form, faults))
					desk.store
						.write('/api/staff/pickups', { no: c.no, step: 'handed', collector: name, id_seen: true }, key)
						.then(after('ship.saved_handed'), refused(form, { '#/collector': id }));
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
								[S.t('f.delivery.branch'), d.branch || '']
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
				steps(c)
			);
		};
	};
})(window.ZY);
