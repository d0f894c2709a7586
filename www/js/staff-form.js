/* What the desk's pages ask and take: fields with their faults, dialogs, and the key map.  Loaded after staff.js. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;

	/* ---- forms ---- */

	/* A labelled field.  spec: id, label, hint, type, value, kind ('input' | 'select' | 'textarea'), options [[value, text]]. */
	S.field = function (spec) {
		const hint = spec.hint && S.el('p', { class: 'hint', id: spec.id + '-h', text: spec.hint });
		const attrs = Object.assign(
			{
				id: spec.id,
				name: spec.name || spec.id,
				'aria-describedby': hint ? spec.id + '-h' : null
			},
			spec.type === 'file' ? null : { autocomplete: 'off', spellcheck: 'false' },
			spec.attrs
		);
		let control;

		if (spec.options)
			control = S.el(
				'select',
				attrs,
				spec.options.map((one) =>
					S.el('option', { value: one[0], text: one[1], selected: one[0] === spec.value })
				)
			);
		else if (spec.rows)
			control = S.el('textarea', Object.assign(attrs, { rows: spec.rows, text: spec.value || null }));
		else control = S.el('input', Object.assign(attrs, { type: spec.type || 'text', value: spec.value }));
		return S.el(
			'div',
			{ class: 'fld' + (spec.wide ? ' fld-wide' : '') },
			S.el('label', { for: spec.id, text: spec.label }),
			hint,
			control
		);
	};
	/* A form that files are dropped on; they are never sent as a form. */
	S.drop = function (form, take) {
		form.addEventListener('submit', (event) => event.preventDefault());
		['dragover', 'dragleave', 'drop'].forEach((name) =>
			form.addEventListener(name, (event) => {
				event.preventDefault();
				form.classList.toggle('drop-on', name === 'dragover');
				if (name === 'drop') take(event.dataTransfer.files);
			})
		);
	};
	/* Marks the faults [{id, text}] in a form and puts the summary on top of it; an empty list clears them. */
	S.faults = function (form, faults) {
		const old = form.querySelector('.esum');
		const box = () =>
			S.el(
				'div',
				{ class: 'esum', tabindex: '-1' },
				S.el(
					'div',
					{ role: 'alert' },
					S.el('p', { class: 'esum-t', text: S.t('error.count', { n: faults.length }) }),
					S.el('ul', {}, faults.map(line))
				)
			);
		const line = (fault) =>
			S.el(
				'li',
				{},
				fault.id
					? S.el('a', {
							href: '#' + fault.id,
							text: fault.text,
							on: {
								click: (event) => {
									event.preventDefault();
									S.id(fault.id).focus();
								}
							}
						})
					: fault.text
			);

		if (old) form.removeChild(old);
		ZY.$$('.fld-err', form).forEach((fld) => ZY.errors.field(fld, null));
		if (!faults.length) return true;
		faults.forEach((fault) => {
			const control = fault.id && form.querySelector('#' + fault.id);

			if (control && control.closest('.fld')) ZY.errors.field(control.closest('.fld'), fault.text);
		});
		form.insertBefore(box(), form.firstChild);
		form.querySelector('.esum').focus();
		return false;
	};
	/* Server faults to [{id, text}], by a map pointer → id; of several at one field the first. */
	S.serverFaults = function (problem, map) {
		const faults = problem.errors.map((fault) => ({ id: map[fault.pointer], text: fault.detail || fault.code }));

		if (!faults.length) return [{ text: S.why(problem) }];
		return faults.filter((fault, i) => !fault.id || faults.findIndex((one) => one.id === fault.id) === i);
	};

	/* ---- dialogs ---- */

	/* A modal with a form.  spec: title, body (node or list), ok (text key), danger, wide, check(): faults, send(): a
	 * promise; while that is refused the modal stays, with the faults (pointers: pointer → id) and what was typed.
	 * Resolves true on ok, false otherwise. */
	S.dialog = function (spec) {
		return new Promise((resolve) => {
			const form = S.el('form', { method: 'dialog', novalidate: true });
			const title = S.id('dlg-t') ? 'dlg-t2' : 'dlg-t';
			const box = S.el(
				'dialog',
				{ class: 'dlg' + (spec.wide ? ' dlg-wide' : ''), 'aria-labelledby': title },
				form
			);
			const back = document.activeElement;
			let result = false;
			let busy = false;
			const shut = () => {
				if (box.close && box.open) box.close();
				else done();
			};
			const done = () => {
				if (!box.parentNode) return;
				const now = document.activeElement;
				const free = now === document.body || box.contains(now);

				box.parentNode.removeChild(box);
				/* The page may have been drawn anew meanwhile.  The browser tells of the end late: who has gone on by a key by then stays there. */
				if (free) (document.contains(back) && back !== document.body ? back : S.id('main')).focus({ preventScroll: true });
				resolve(result);
			};

			S.put(form, [
				S.el('h2', { id: title, text: spec.title }),
				S.el('div', { class: 'dlg-body' }, spec.body),
				S.el(
					'div',
					{ class: 'dlg-foot' },
					S.el('button', {
						type: 'submit',
						class: 'btn' + (spec.danger ? ' btn-red' : ''),
						text: S.t(spec.ok || 'act.close')
					}),
					spec.ok && S.button('act.cancel', shut)
				)
			]);
			form.addEventListener('submit', (event) => {
				event.preventDefault();
				if (busy || (spec.check && !S.faults(form, spec.check()))) return;
				busy = true;
				(spec.send ? spec.send() : Promise.resolve()).then(
					() => {
						result = true;
						shut();
					},
					(problem) => {
						busy = false;
						if (problem.status === 401) S.again();
						else S.faults(form, S.serverFaults(problem, spec.pointers || {}));
					}
				);
			});
			box.addEventListener('close', done);
			document.body.appendChild(box);
			if (box.showModal) box.showModal();
			else box.setAttribute('open', '');
			(
				form.querySelector('[data-first]') ||
				form.querySelector('textarea,input,select') ||
				form.querySelector('button')
			).focus();
		});
	};
	/* Who worked in a part that is drawn anew is not thrown back to the top of the window: the page itself has the focus then. */
	(() => {
		const main = S.id('main');
		let last = null;

		document.addEventListener('focusin', (event) => {
			last = event.target;
		});
		new MutationObserver(() => {
			if (last && !document.contains(last) && document.activeElement === document.body) main.focus({ preventScroll: true });
		}).observe(main, { childList: true, subtree: true });
	})();

	/* The session is over: the same person signs in on the page and nothing typed is lost; for another it begins anew. */
	S.again = function () {
		const was = (S.session || {}).user;
		const ask = (name, more) => S.field(Object.assign({ id: 'again-' + name, label: S.t('login.' + name) }, more));
		const value = (name) => S.id('again-' + name).value;
		const first = { autocomplete: 'current-password', 'data-first': 'yes' };
		const send = () =>
			ZY.api('POST', '/api/staff/session', {
				quiet: true,
				body: { user: value('user').trim(), password: value('password'), totp: S.plain(value('totp')).replace(/\s/g, '') }
			}).then(
				(answer) => {
					if (answer.data.setup || answer.data.user !== was) location.reload();
					ZY.signedIn(answer.data);
				},
				(problem) => {
					throw Object.assign(problem, { status: 422, detail: problem.code === 'credentials' ? S.t('staff.credentials') : S.why(problem) });
				}
			);

		return S.dialog({
			title: S.t('act.login'),
			ok: 'act.login',
			body: [
				ask('user', { value: was, attrs: { autocomplete: 'username' } }),
				ask('password', { type: 'password', attrs: first }),
				ask('totp', { attrs: { inputmode: 'numeric', autocomplete: 'one-time-code' } })
			],
			check: () =>
				['user', 'password'].filter((name) => !value(name)).map((name) => ({ id: 'again-' + name, text: S.t('login.no_' + name) })),
			send: send
		}).then((yes) => yes && S.notice('trouble', 'ok', S.t('login.done')));
	};
	/* Asks for one line of reason; resolves with it, or null.  send(reason): as of a dialog. */
	S.askReason = function (spec) {
		const field = S.field({
			id: 'dlg-reason',
			label: spec.label || S.t('reason.label'),
			hint: spec.hint,
			rows: 3
		});
		const typed = () => field.querySelector('textarea').value.trim();

		return S.dialog({
			title: spec.title,
			ok: spec.ok,
			danger: spec.danger,
			body: [spec.text && S.el('p', { text: spec.text }), field],
			pointers: { '#/reason': 'dlg-reason', '#/text': 'dlg-reason' },
			check: () => (typed().length > 1 ? [] : [{ id: 'dlg-reason', text: spec.empty || S.t('reason.empty') }]),
			send: spec.send && (() => spec.send(typed()))
		}).then((yes) => (yes ? typed() : null));
	};

	/* ---- keys ---- */

	const KEYS_OFF = 'zy-staff-keys-off';
	const keys = [];

	S.keysOn = () => localStorage.getItem(KEYS_OFF) !== '1';
	/* map: [[key, text key, handler]]; the handler may return false to let the key pass. */
	S.keys = function (map) {
		map.forEach((row) => keys.push(row));
	};
	S.keyHelp = function () {
		const toggle = S.el('input', { type: 'checkbox', id: 'keys-on', 'data-first': true });

		toggle.checked = S.keysOn();
		toggle.addEventListener('change', () => {
			if (toggle.checked) localStorage.removeItem(KEYS_OFF);
			else localStorage.setItem(KEYS_OFF, '1');
		});
		S.dialog({
			title: S.t('keys.title'),
			body: [
				S.el('p', { class: 'stick' }, toggle, S.el('label', { for: 'keys-on', text: S.t('keys.switch') })),
				S.grid(
					S.heads('keys.', ['key', 'does']),
					keys
						.filter((row) => row[1])
						.map((row) =>
							S.el(
								'tr',
								{},
								S.el('td', {}, S.el('kbd', { text: row[3] || row[0] })),
								S.el('td', { text: S.t(row[1]) })
							)
						),
					'tbl tbl-keys'
				)
			]
		});
	};
	document.addEventListener('keydown', (event) => {
		const where = event.target;

		if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.keyCode === 229) return;
		if (/^(INPUT|TEXTAREA|SELECT)$/.test(where.tagName) && !/^(radio|checkbox|button)$/.test(where.type)) return;
		if (document.querySelector('dialog[open]')) return;
		if (!S.keysOn() && event.key !== '?') return;
		const row = keys.filter((one) => one[0] === event.key)[0];

		if (row && row[2](event) !== false) event.preventDefault();
	});
	S.keys([
		['?', 'keys.help', S.keyHelp],
		['/', 'keys.find', () => S.id('find') && S.id('find').elements.q.focus()]
	]);
	document.addEventListener('DOMContentLoaded', () => {
		const help = S.id('keys-help');

		if (help) help.addEventListener('click', S.keyHelp);
	});
})(window.ZY);
