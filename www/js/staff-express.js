/* Orders at the courier for the list of what is to be sent: chosen lines are ordered, labelled and sent together. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const PLACE = '/api/staff/express';
	const OPEN = ['planned', 'placed', 'cancelling'];
	const POLL_MS = 3000;

	/* host: where the buttons stand; desk: { again } after something has moved. */
	S.express = function (host, desk) {
		const e = { on: false };
		const rows = {}; /* no → { box, tag, order } */
		let timer = 0;

		const nos = (fits) =>
			Object.keys(rows).filter((no) => rows[no].box.checked && fits((rows[no].order || { state: '' }).state));
		const orderable = () => nos((state) => OPEN.indexOf(state) < 0 && state !== 'sent');
		const placed = () => nos((state) => state === 'placed');
		const all = S.el('input', { type: 'checkbox', id: 'ex-all' });
		const orderB = S.button('ex.order', () => act('', orderable(), 'ex.none_order', 'ex.ordered'), { class: 'btn' });
		const sentB = S.button('ex.sent', () => act('/sent', placed(), 'ex.none_placed', 'ex.were_sent'));
		const labels = S.el('a', { class: 'btn btn-2' });
		const count = function () {
			const ready = placed();

			orderB.textContent = S.t('ex.order', { n: orderable().length });
			sentB.textContent = S.t('ex.sent', { n: ready.length });
			labels.textContent = S.t('ex.labels', { n: ready.length });
			ZY.show(labels, ready.length > 0);
			if (ready.length) Object.assign(labels, { href: S.url(PLACE + '/labels.pdf', { nos: ready.join(',') }), target: '_blank', rel: 'noopener' });
		};
		const told = function (items, key) {
			const bad = items.filter((one) => !one.done);
			const list = bad.map((one) => one.no + ' ' + one.detail).join('；');
			const n = items.length - bad.length;

			if (n) S.notice('ex', 'ok', S.t(key, { n: n }));
			else S.unnotice('ex');
			if (bad.length) S.notice('ex-bad', 'warn', S.t('ex.some', { n: bad.length, list: list }));
			else S.unnotice('ex-bad');
		};
		const act = function (what, list, none, key) {
			if (!list.length) {
				S.notice('ex', 'warn', S.t(none));
				return Promise.resolve();
			}
			return ZY.api('POST', PLACE + what, { quiet: true, body: { nos: list }, key: true }).then(
				(answer) => {
					told(answer.data.items, key);
					if (what) desk.again();
					else e.refresh();
				},
				(problem) => S.trouble(problem, () => act(what, list, none, key))
			);
		};
		const cancel = (no) =>
			ZY.api('POST', PLACE + '/' + encodeURIComponent(no) + '/cancel', { quiet: true, key: true }).then(
				() => {
					S.notice('ex', 'ok', S.t('ex.cancelled'));
					e.refresh();
				},
				(problem) => S.trouble(problem, () => e.refresh())
			);
		const draw = function (no) {
			const row = rows[no];
			const o = row.order;

			S.fill(
				row.tag,
				o && S.el('span', { class: 'tag', text: S.t('ex.state.' + o.state, { waybill: o.waybill || '' }) }),
				o && ' ',
				o && S.t('ex.freight.' + o.freight),
				o && o.error && S.el('span', { class: 'quiet blk', text: o.error }),
				o &&
					['planned', 'placed'].indexOf(o.state) >= 0 &&
					S.el('button', { type: 'button', class: 'btn btn-2', text: S.t('ex.cancel'), on: { click: () => cancel(no) } }, S.vh(no))
			);
		};
		/* The box of a line of the list, and what became of its order; nothing where waybills are typed. */
		e.line = function (no, name) {
			const box = S.el('input', { type: 'checkbox', id: 'ex-' + no });

			rows[no] = { box: box, tag: S.el('div', { class: 'ex-state' }), order: null };
			box.addEventListener('change', count);
			return S.el('span', { class: 'stick' }, box, S.el('label', { for: 'ex-' + no }, S.vh(S.t('ex.pick') + name)));
		};
		e.state = (no) => rows[no].tag;
		e.clear = () => Object.keys(rows).forEach((no) => delete rows[no]);
		e.refresh = function () {
			const list = Object.keys(rows);

			clearTimeout(timer);
			if (!list.length) {
				ZY.show(host, false);
				return Promise.resolve();
			}
			return ZY.api('GET', S.url(PLACE, { nos: list.join(',') }), { quiet: true }).then(
				(answer) => {
					const items = answer.data.items;

					e.on = answer.data.driver !== 'manual';
					ZY.show(host, e.on);
					list.forEach((no) => {
						const o = items.filter((one) => one.no === no)[0] || null;

						if (!rows[no]) return;
						ZY.show(rows[no].box.parentNode, e.on);
						if (JSON.stringify(o) === JSON.stringify(rows[no].order)) return;
						rows[no].order = o;
						draw(no);
					});
					count();
					if (items.some((o) => o.state === 'planned' || o.state === 'cancelling'))
						timer = setTimeout(() => (document.hidden ? (timer = setTimeout(e.refresh, POLL_MS)) : e.refresh()), POLL_MS);
				},
				() => {} /* the list itself says what is wrong */
			);
		};
		all.addEventListener('change', () => {
			Object.keys(rows).forEach((no) => {
				rows[no].box.checked = all.checked;
			});
			count();
		});
		S.fill(
			host,
			S.el(
				'p',
				{ class: 'row-act', role: 'group', 'aria-label': S.t('ex.bar') },
				S.el('span', { class: 'stick' }, all, S.el('label', { for: 'ex-all', text: S.t('ex.all') })),
				orderB,
				labels,
				sentB
			)
		);
		ZY.show(host, false);
		return e;
	};
})(window.ZY);
