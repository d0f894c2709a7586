/* Parcels that came in: taken in for a case, parked when nobody knows theirs, joined later. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const PLACE = '/api/staff/arrivals';
	const waybill = (typed) => S.plain(typed).replace(/[\s-]/g, '').toUpperCase();
	const good = (text) => /^[0-9A-Z]{8,20}$/.test(text);
	const post = (where, body) => ZY.api('POST', where, { quiet: true, body: body, key: true }).then((answer) => answer.data);
	const refused = (form, map, trouble) => (problem) => {
		if (problem.status === 422) S.faults(form, S.serverFaults(problem, map));
		else if (problem.code === 'conflict') S.faults(form, [{ id: map['#/waybill'], text: S.t('in.twice') }]);
		else if (problem.status === 404) S.faults(form, [{ id: map['#/no'] || map['#/waybill'], text: S.t('in.bad_no') }]);
		else trouble(problem);
	};

	S.arrivals = { take: (body) => post(PLACE, body) };
	S.arrivals.photo = (id, file) =>
		ZY.api('POST', PLACE + '/' + id + '/photo', { quiet: true, body: file, type: file.type || 'application/octet-stream' });

	/* What came for the case on the table, and one more. */
	S.panels.arrivals = function (host, desk) {
		return function (c) {
			const id = 'in-waybill';
			const form = S.el(
				'form',
				{ novalidate: true, class: 'ship-f' },
				S.field({
					id: id,
					label: S.t('in.waybill'),
					hint: S.t('in.waybill_h'),
					attrs: { autocapitalize: 'characters', lang: 'en' }
				}),
				S.el('button', { type: 'submit', class: 'btn btn-2', text: S.t('in.save') })
			);

			form.addEventListener('submit', (event) => {
				const text = waybill(S.id(id).value);

				event.preventDefault();
				if (S.faults(form, good(text) ? [] : [{ id: id, text: S.t('in.bad') }]))
					S.arrivals
						.take({ waybill: text, no: c.no })
						.then(desk.saved, refused(form, { '#/waybill': id }, desk.trouble));
			});
			S.fill(
				host,
				S.el('h2', { text: S.t('in.title') }),
				(c.arrivals || []).map((one) =>
					S.el('p', { text: S.t('in.one', { code: one.waybill, at: S.stamp(one.at) }) })
				),
				form
			);
		};
	};

	/* A waybill that nobody knows: what stands on the parcel, and to the shelf. */
	S.arrivals.park = function (code, desk) {
		const form = S.el(
			'form',
			{ novalidate: true, class: 'panel' },
			S.el('h2', { text: S.t('in.park_title') }),
			S.field({ id: 'park-waybill', label: S.t('in.waybill'), value: code }),
			S.field({ id: 'park-sender', label: S.t('in.sender') }),
			S.field({ id: 'park-note', label: S.t('in.note') }),
			S.field({ id: 'park-photo', label: S.t('in.photo'), type: 'file', attrs: { accept: 'image/jpeg,image/png' } }),
			S.el('p', { class: 'row-act' }, S.el('button', { type: 'submit', class: 'btn', text: S.t('in.park') }))
		);

		form.addEventListener('submit', (event) => {
			const body = { waybill: waybill(S.id('park-waybill').value) };
			const file = S.id('park-photo').files[0];

			event.preventDefault();
			['sender', 'note'].forEach((name) => {
				if (S.id('park-' + name).value.trim()) body[name] = S.id('park-' + name).value.trim();
			});
			if (!S.faults(form, good(body.waybill) ? [] : [{ id: 'park-waybill', text: S.t('in.bad') }])) return;
			S.arrivals.take(body).then(
				(made) =>
					(file ? S.arrivals.photo(made.id, file) : Promise.resolve()).then(
						() => desk.parked(made),
						(problem) => {
							desk.parked(made);
							S.notice('photo', 'warn', S.t('in.photo_bad', { say: problem.detail || problem.title }));
						}
					),
				refused(
					form,
					{ '#/waybill': 'park-waybill', '#/sender': 'park-sender', '#/note': 'park-note' },
					desk.trouble
				)
			);
		});
		return form;
	};

	/* One parked parcel, with the way to its case. */
	S.arrivals.row = function (one, desk) {
		const id = 'join-' + one.id;
		const shown = S.el('p', {});
		/* A look is recorded: the picture comes when it is asked for. */
		const picture = S.el(
			'button',
			{
				type: 'button',
				class: 'btn btn-2',
				text: S.t('in.look'),
				on: {
					click: () =>
						S.fill(
							shown,
							shown.firstChild
								? null
								: S.el('img', {
										src: PLACE + '/' + one.id + '/photo',
										alt: S.t('in.picture', { code: one.waybill }),
										class: 'arrived'
									})
						)
				}
			},
			S.vh(one.waybill)
		);
		const pick = S.el('input', { type: 'file', id: id + '-p', class: 'vh-input', accept: 'image/jpeg,image/png' });
		const form = S.el(
			'form',
			{ novalidate: true, class: 'ship-f' },
			S.field({ id: id, label: S.t('in.join_no'), attrs: { autocapitalize: 'characters', lang: 'en' } }),
			S.el('button', { type: 'submit', class: 'btn btn-2', text: S.t('in.join') }, S.vh(one.waybill))
		);

		form.addEventListener('submit', (event) => {
			const no = (S.formCode(S.id(id).value) || { no: S.caseNo(S.id(id).value) }).no;

			event.preventDefault();
			if (S.faults(form, no ? [] : [{ id: id, text: S.t('in.bad_no') }]))
				post(PLACE + '/' + one.id + '/case', { no: no }).then(desk.joined, refused(form, { '#/no': id, '#/waybill': id }, desk.trouble));
		});
		pick.addEventListener('change', () => {
			if (pick.files[0]) S.arrivals.photo(one.id, pick.files[0]).then(desk.again, desk.trouble);
		});
		return S.el(
			'li',
			{ class: 'panel' },
			S.el('p', {}, S.el('strong', { class: 'fig', text: one.waybill }), ' ', S.stamp(one.at)),
			(one.sender || one.note) && S.el('p', { text: [one.sender, one.note].filter(Boolean).join('：') }),
			S.el(
				'p',
				{ class: 'row-act' },
				one.photo && picture,
				S.el('label', { class: 'btn btn-2', for: id + '-p', text: S.t('in.add_photo') }, S.vh(one.waybill)),
				pick
			),
			shown,
			form
		);
	};
	S.arrivals.list = function (host, desk) {
		const load = (after) =>
			S.loading(host, ZY.api('GET', S.url(PLACE, { after: after }), { quiet: true })).then((answer) => {
				const again = () => load('');
				const items = answer.data.items;

				S.fill(
					host,
					items.length
						? S.el(
								'ul',
								{ class: 'lines' },
								items.map((one) => S.arrivals.row(one, Object.assign({ again: again }, desk)))
							)
						: S.el('p', { class: 'empty', text: S.t('in.none') }),
					S.pager(after, answer.data.next, load)
				);
			}, desk.trouble);

		return { load: () => load('') };
	};
})(window.ZY);
