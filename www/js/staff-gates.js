/* Two conditions that somebody ticks off: the token that came in (by the serial on its case), and the signature that a
 * reviewer has seen verified (by the serial of the certificate it was made with). */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const KINDS = {
		token: { may: 'originals', states: ['submitted', 'reviewing', 'returned', 'accepted'] },
		signature: { may: 'case_review', states: ['submitted', 'reviewing', 'returned', 'accepted', 'second_review'] }
	};

	/* Is there something to tick off here for whoever looks? */
	S.ticks = (c) =>
		Object.keys(KINDS).filter(
			(name) =>
				!!S.gate(c, name) &&
				S.gate(c, name).required &&
				S.can(KINDS[name].may) &&
				KINDS[name].states.indexOf(c.state) >= 0
		);
	S.panels.gates = function (host, desk) {
		let shown = '';

		/* desk.only: the names that this page is for. */
		const names = (c) => S.ticks(c).filter((name) => !desk.only || desk.only.indexOf(name) >= 0);
		const lines = (c) => (c.items || []).filter((item) => item.old_serial).length;
		const plain = (id) => S.plain(S.id(id).value).replace(/[\s:-]/g, '').toUpperCase();
		const good = (name, text) => (name === 'token' ? /^[0-9A-Z]{4,40}$/ : /^([0-9A-F]{2}){1,20}$/).test(text);
		const save = function (name, form, id, key) {
			const text = plain(id);

			if (!S.faults(form, good(name, text) ? [] : [{ id: id, text: S.t('tick.bad.' + name) }])) return;
			desk.store.write('/' + name, { serial: text }, key).then(
				(after) => {
					const left = S.open(after, name);

					S.notice('tick-' + name, left ? 'warn' : 'ok', S.t('tick.' + (left ? 'part.' : 'done.') + name));
					if (desk.saved) desk.saved(after, left ? 1 : 0);
				},
				(problem) => {
					if (problem.status === 422) S.faults(form, S.serverFaults(problem, { '#/serial': id }));
					else if (problem.code === 'conflict') S.faults(form, [{ id: id, text: S.t('tick.twice') }]);
					else desk.trouble(problem);
				}
			);
		};
		const one = function (c, name) {
			const gate = S.gate(c, name);
			const id = 'tick-' + name + '-i';
			const key = ZY.key();
			const form = S.el('form', { novalidate: true, class: 'ship-f' });

			if (gate.closed_at)
				return S.el('p', { class: 'good', text: S.t('tick.closed.' + name, { at: S.stamp(gate.closed_at) }) });
			S.fill(
				form,
				S.field({
					id: id,
					label: S.t('tick.label.' + name),
					hint:
						name === 'token' && lines(c) > 1
							? S.t('tick.each', { n: lines(c) })
							: S.t('tick.hint.' + name),
					attrs: { autocapitalize: 'characters', lang: 'en' }
				}),
				S.el('button', { type: 'submit', class: 'btn', text: S.t('tick.save.' + name) })
			);
			form.addEventListener('submit', (event) => {
				event.preventDefault();
				save(name, form, id, key);
			});
			return form;
		};

		return function (c) {
			if (shown === c.no + c.version) return;
			shown = c.no + c.version;
			S.fill(
				host,
				names(c).map((name) => [S.el('h2', { text: S.t('tick.title.' + name) }), one(c, name)])
			);
		};
	};
})(window.ZY);
