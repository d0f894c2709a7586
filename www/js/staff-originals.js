/* Originals: every paper that must arrive, a tick per copy.  All ticked closes the gate and the due date begins. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;

	S.panels.originals = function (host, desk) {
		let shown = '';

		/* What the route asks for, where its condition holds: the case lists only materials that apply. */
		const wanted = (c) =>
			S.routeMaterials(desk.book, c).filter((m) => m.original && c.materials.some((one) => one.code === m.code));
		const got = (c, code) =>
			(c.originals || []).filter((one) => one.material === code).reduce((sum, one) => sum + one.copies, 0);
		/* Ticked now, on top of what came before. */
		const ticked = (code) => ZY.$$('input[data-m="' + code + '"]:checked:enabled', host).length;
		const counts = (c) =>
			wanted(c)
				.map((m) => ({ material: m.code, copies: ticked(m.code) }))
				.filter((one) => one.copies > 0);
		const lacking = (c) =>
			wanted(c).reduce((sum, m) => sum + Math.max(0, m.copies - got(c, m.code) - ticked(m.code)), 0);
		const button = S.el('button', { type: 'submit', class: 'btn' });
		const tell = function (c) {
			const lack = lacking(c);

			button.textContent = lack ? S.t('originals.some', { n: lack }) : S.t('originals.all');
		};
		const row = (c, m) => {
			const boxes = [];
			let i;

			for (i = 1; i <= m.copies; i++) boxes.push(box(c, m, i));
			return S.el(
				'tr',
				{},
				S.el('th', { scope: 'row' }, m.name, m.note && S.el('span', { class: 'quiet blk', text: m.note })),
				S.el('td', { text: S.t('originals.copies', { n: m.copies }) }),
				S.el('td', {}, boxes)
			);
		};
		const box = function (c, m, i) {
			const id = 'orig-' + m.code + '-' + i;
			const input = S.el('input', { type: 'checkbox', id: id, 'data-m': m.code });

			input.checked = i <= got(c, m.code);
			input.disabled = input.checked;
			input.addEventListener('change', () => tell(c));
			return S.el(
				'span',
				{ class: 'stick' },
				input,
				S.el('label', { for: id }, S.vh(m.name), S.t('originals.nth', { n: i }))
			);
		};
		const every = () => {
			ZY.$$('input[type=checkbox]', host).forEach((input) => {
				input.checked = true;
			});
			tell(desk.store.data);
			button.focus();
		};

		return function (c) {
			const form = S.el('form', { novalidate: true });
			const gate = S.gate(c, 'originals');

			if (shown === c.no + c.version) return;
			shown = c.no + c.version;
			form.addEventListener('submit', (event) => {
				const lack = lacking(c);

				event.preventDefault();
				if (!counts(c).length) {
					S.notice('originals', 'warn', S.t('originals.nothing'));
					return;
				}
				desk.store.write('/originals', { items: counts(c) }).then((after) => {
					const due = after.due ? S.t('originals.due', { day: after.due }) : '';

					if (lack) S.notice('originals', 'warn', S.t('originals.saved_part', { n: lack }));
					else S.notice('originals', 'ok', S.t('originals.saved') + due);
					if (desk.saved) desk.saved(after, lack);
				}, desk.trouble);
			});
			S.fill(
				host,
				S.el('h2', { text: S.t('originals.title') }),
				gate &&
					gate.closed_at &&
					S.el('p', {
						class: 'good',
						text: S.t('originals.closed', { at: S.stamp(gate.closed_at) })
					}),
				form
			);
			S.fill(
				form,
				S.grid(
					S.heads('originals.', ['paper', 'want', 'have']),
					wanted(c).map((m) => row(c, m))
				),
				!(gate && gate.closed_at) && S.el('p', { class: 'row-act' }, S.button('originals.every', every, { id: 'originals-every' }), button)
			);
			tell(c);
		};
	};
})(window.ZY);
