/* The second review's own part of a case: what goes into the certificate is typed from the pictures, blind; what differs
 * goes back by field.  Fetched when a case waits for it. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	/* The reason that says it, by field; when the applicant is to make a new form, the one of the form. */
	const USUAL = { unit_name: 'licence_name', uscc: 'licence_code', person_name: 'id_mismatch' };
	const FORM = 'form_differs';

	S.panels.rekey = function (host, desk) {
		let status = null;
		let asked = '';
		let version = 0;
		let known = false; /* what the next change of the case is about */

		const api = () => S.caseApi(desk.store.data.no, '/rekey');
		const id = (field) => 'rk-' + field.name;
		const kept = (field) => (S.id(id(field)) ? S.id(id(field)).value : '');
		const over = () => !status.matched && status.tries_left === 0;

		/* ---- typing ---- */

		const send = function (form) {
			const body = {};

			status.fields.forEach((field) => (body[field.name] = kept(field).trim()));
			if (
				!S.faults(
					form,
					status.fields
						.filter((field) => !body[field.name])
						.map((field) => ({ id: id(field), text: S.t('rk.empty', { label: field.label }) }))
				)
			)
				return;
			ZY.api('POST', api(), { quiet: true, body: body, ifMatch: desk.store.data.version, key: ZY.key() }).then(
				(answer) => {
					status = answer.data;
					draw();
					known = status.matched || over();
					if (known) desk.store.load().then(desk.redraw, () => {});
					S.say(S.t(status.matched ? 'rk.matched' : 'rk.differs_say'));
					S.id('rk-h').focus();
				},
				(problem) => {
					const map = {};

					status.fields.forEach((field) => (map['#/' + field.name] = id(field)));
					if (problem.status === 422) S.faults(form, S.serverFaults(problem, map));
					else desk.trouble(problem);
				}
			);
		};
		const typing = function () {
			const form = S.el('form', { novalidate: true, 'aria-labelledby': 'rk-h' });
			const differs = status.fields.filter((field) => field.differs);

			S.fill(
				form,
				differs.length > 0 &&
					S.el('p', {
						class: 'box box-warn',
						text: S.t('rk.again', { labels: differs.map((field) => field.label).join(S.t('comma')) })
					}),
				status.fields.map((field) =>
					S.field({
						id: id(field),
						label: field.label,
						hint: S.t('rk.from.' + field.name),
						value: kept(field),
						wide: true,
						attrs: { autocomplete: 'off', spellcheck: 'false', maxlength: field.name === 'uscc' ? '40' : '128' }
					})
				),
				S.el(
					'p',
					{ class: 'row-act' },
					S.el('button', { type: 'submit', class: 'btn', text: S.t('rk.check') }),
					S.button('rk.back', () => back(form))
				)
			);
			form.addEventListener('submit', (event) => {
				event.preventDefault();
				send(form);
			});
			return [S.el('p', { class: 'quiet', text: S.t('rk.help') }), form, S.el('div', { id: 'rk-back' })];
		};

		/* ---- what differs ---- */

		const difference = () =>
			S.table(
				S.t('rk.table'),
				S.heads('rk.c.', ['label', 'typed', 'stored']),
				status.fields
					.filter((field) => field.differs)
					.map((field) =>
						S.el(
							'tr',
							{},
							S.el('td', { text: field.label }),
							S.el('td', {}, S.el('strong', { text: field.typed || '' })),
							S.el('td', { text: field.stored || '' })
						)
					)
			);

		/* ---- back ---- */

		const paper = (c) => !S.gate(c, 'signature') && (c.materials || []).some((m) => m.code === 'm1');
		const reasons = (to) =>
			(desk.book.reasons || [])
				.filter((one) => !one.materials.length || (to === 'applicant' ? one.materials.indexOf('m1') >= 0 : true))
				.map((one) => [one.code, S.t('rk.reason_of', { group: one.group, text: one.text })]);
		const tick = function (field) {
			const box = S.el('input', { type: 'checkbox', id: 'rk-f-' + field.name, value: field.name });

			box.checked = field.differs;
			return S.el('label', { class: 'blk' }, box, ' ' + field.label);
		};
		const ticked = () => status.fields.map((field) => field.name).filter((name) => S.id('rk-f-' + name).checked);
		const sendBack = function (form) {
			const body = {
				to: S.id('rk-to').value,
				fields: ticked(),
				reason: S.id('rk-reason').value,
				note: S.id('rk-note').value.trim() || null
			};
			const bad = body.to === 'applicant' && !body.fields.length;

			if (!S.faults(form, bad ? [{ id: 'rk-f-' + status.fields[0].name, text: S.t('rk.no_field') }] : [])) return;
			desk.store.write('/back', body, ZY.key()).then(
				() => {
					S.notice('done', 'ok', S.t('rk.sent.' + body.to));
					S.recount();
				},
				(problem) => {
					if (problem.status === 422)
						S.faults(form, S.serverFaults(problem, { '#/to': 'rk-to', '#/reason': 'rk-reason', '#/note': 'rk-note' }));
					else desk.trouble(problem);
				}
			);
		};
		const back = function () {
			const c = desk.store.data;
			const form = S.el('form', { class: 'keep', novalidate: true, 'aria-labelledby': 'rk-back-h' });
			const first = status.fields.filter((field) => field.differs)[0] || status.fields[0];
			const ways = (paper(c) ? ['applicant'] : []).concat('first').map((to) => [to, S.t('rk.to.' + to)]);
			const why = S.el('div', {});
			const choose = function (to) {
				S.fill(
					why,
					S.field({
						id: 'rk-reason',
						label: S.t('rk.reason'),
						options: reasons(to),
						value: to === 'applicant' ? FORM : USUAL[first.name]
					})
				);
			};

			S.fill(
				form,
				S.el('h3', { id: 'rk-back-h', text: S.t('rk.back_h') }),
				S.field({ id: 'rk-to', label: S.t('rk.to'), options: ways, value: ways[0][0] }),
				S.el('fieldset', {}, S.el('legend', { text: S.t('rk.fields') }), status.fields.map(tick)),
				why,
				S.field({ id: 'rk-note', label: S.t('rk.note'), hint: S.t('rk.note_h'), rows: 2 }),
				S.el(
					'p',
					{ class: 'row-act' },
					S.el('button', { type: 'submit', class: 'btn', text: S.t('rk.back_send') }),
					S.button('act.cancel', () => S.clear(S.id('rk-back')))
				)
			);
			choose(ways[0][0]);
			form.querySelector('#rk-to').addEventListener('change', (event) => choose(event.target.value));
			form.addEventListener('submit', (event) => {
				event.preventDefault();
				sendBack(form);
			});
			S.fill(S.id('rk-back'), form);
			S.id('rk-to').focus();
		};

		/* ---- the panel ---- */

		const body = function () {
			if (status.matched)
				return [
					S.el('p', { class: 'good', text: S.t('rk.matched') }),
					S.el('p', { class: 'row-act' }, S.button('rk.back', back)),
					S.el('div', { id: 'rk-back' })
				];
			if (!over()) return typing();
			return [
				S.el('p', { class: 'box box-warn', text: S.t('rk.over') }),
				difference(),
				S.el('p', { class: 'row-act' }, S.button('rk.back', back, { class: 'btn' })),
				S.el('div', { id: 'rk-back' })
			];
		};
		/* Above the papers that it is read on, and the first of them that may be seen. */
		let placed = false;
		const place = function () {
			const side = host.parentNode.parentNode;
			const open = (desk.store.data.materials || []).filter((m) => m.code !== 'm1' && m.files.length)[0];

			if (placed) return;
			placed = true;
			side.insertBefore(host, side.firstChild);
			if (desk.store.data.blind && open) desk.look(open.code);
		};
		const draw = function () {
			if (status.asked) place();
			host.hidden = !status.asked;
			if (host.hidden) S.clear(host);
			else
				S.fill(
					host,
					S.el(
						'section',
						{ 'aria-labelledby': 'rk-h' },
						S.el('h2', { id: 'rk-h', tabindex: '-1', text: S.t('rk.h') }),
						body()
					)
				);
		};
		/* Claims and heartbeats change nothing of it: what is being typed stays. */
		return function (c) {
			const now = c.no + ' ' + c.state + ' ' + c.blind;

			host.hidden = !!status && !status.asked;
			if (now === asked && (version === c.version || c.blind)) return;
			asked = now;
			version = c.version;
			if (known) {
				known = false;
				return;
			}
			ZY.api('GET', api(), { quiet: true }).then((answer) => {
				status = answer.data;
				draw();
			}, desk.trouble);
		};
	};
})(window.ZY);
