/* One's own account: the password, and the one-time code with the picture an authenticator reads.  Who signs in for the
 * first time, or after his code was taken away, does this before anything else. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const ME = '/api/staff/me';
	let me = null;

	const value = (id) => S.id(id).value;
	const code = (id) => S.plain(value(id)).replace(/\s/g, '');
	const post = (rest, body) => ZY.api('POST', ME + rest, { quiet: true, body: body });
	/* The session is a new one, with its own token against forgery. */
	const renewed = function (answer, text) {
		ZY.signedIn(Object.assign({ signed_in: true }, answer.data));
		S.session = Object.assign({}, S.session, answer.data);
		if (!answer.data.setup && me.first) {
			S.go('/staff/queue.html');
			return null;
		}
		S.notice('account', 'ok', S.t(text));
		return load();
	};
	const refused = (form, map) => (problem) => {
		if (problem.status === 422) S.faults(form, S.serverFaults(problem, map));
		else S.trouble(problem);
	};
	/* A form of one press at a time. */
	const form = function (label, fields, button, send) {
		const node = S.el('form', { class: 'keep', novalidate: true, 'aria-label': label });
		let busy = false;
		const end = () => {
			busy = false;
		};

		S.fill(node, fields, S.el('p', { class: 'row-act' }, S.el('button', { type: 'submit', class: 'btn', text: button })));
		node.addEventListener('submit', (event) => {
			event.preventDefault();
			if (busy) return;
			busy = true;
			Promise.resolve(send(node)).then(end, end);
		});
		return node;
	};
	const secret = (id, label, hint, name) =>
		S.field({ id: id, label: S.t(label), hint: hint, type: 'password', attrs: { autocomplete: name } });

	/* ---- password ---- */

	const savePassword = function (node) {
		const faults = [];

		if (!value('pw-old')) faults.push({ id: 'pw-old', text: S.t('ac.no_old') });
		if (value('pw-new').length < me.password_min)
			faults.push({ id: 'pw-new', text: S.t('ac.short', { n: me.password_min }) });
		else if (value('pw-new') !== value('pw-again')) faults.push({ id: 'pw-again', text: S.t('ac.differ') });
		if (!S.faults(node, faults)) return null;
		return post('/password', { old: value('pw-old'), password: value('pw-new') }).then(
			(answer) => renewed(answer, 'ac.password_done'),
			refused(node, { '#/old': 'pw-old', '#/password': 'pw-new' })
		);
	};
	const password = () =>
		S.el(
			'section',
			{ 'aria-labelledby': 'pw-h' },
			S.el('h2', { id: 'pw-h', text: S.t(me.password_due ? 'ac.password_first' : 'ac.password') }),
			form(
				S.t('ac.password'),
				[
					secret('pw-old', me.password_due ? 'ac.initial' : 'ac.old', null, 'current-password'),
					secret('pw-new', 'ac.new', S.t('ac.new_h', { n: me.password_min }), 'new-password'),
					secret('pw-again', 'ac.again', null, 'new-password')
				],
				S.t('ac.password_save'),
				savePassword
			)
		);

	/* ---- one-time code ---- */

	const groups = (text) => text.replace(/(.{4})(?=.)/g, '$1 ');
	const confirm = function (node) {
		if (!S.faults(node, /^\d{6}$/.test(code('totp-code')) ? [] : [{ id: 'totp-code', text: S.t('login.bad_totp') }]))
			return null;
		return post('/totp/confirm', { code: code('totp-code') }).then(
			(answer) => renewed(answer, 'ac.totp_done'),
			refused(node, { '#/code': 'totp-code' })
		);
	};
	const digits = (id, label) =>
		S.field({
			id: id,
			label: S.t(label),
			hint: S.t('ac.totp_code_h'),
			attrs: { class: 'w-s', inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: '8' }
		});
	const shown = function (made) {
		S.fill(
			S.id('totp-box'),
			S.el(
				'div',
				{ class: 'panel totp' },
				S.el('ol', { class: 'steps' }, ['1', '2', '3'].map((n) => S.el('li', { text: S.t('ac.step' + n) }))),
				S.el('img', {
					class: 'totp-qr',
					alt: S.t('ac.qr_alt'),
					width: '220',
					height: '220',
					src: 'data:image/svg+xml,' + encodeURIComponent(made.svg)
				}),
				S.el('p', {}, S.t('ac.secret'), S.el('code', { class: 'fig brk', id: 'totp-secret', 'data-value': made.secret, text: groups(made.secret) }))
			),
			form(S.t('ac.totp'), digits('totp-code', 'ac.totp_code'), S.t('ac.totp_confirm'), confirm)
		);
		S.id('totp-code').focus();
	};
	const begin = (node) =>
		post('/totp', me.totp_due ? {} : { totp: code('totp-old') }).then(
			(answer) => shown(answer.data),
			refused(node, { '#/totp': 'totp-old' })
		);
	const totp = () =>
		S.el(
			'section',
			{ 'aria-labelledby': 'totp-h' },
			S.el('h2', { id: 'totp-h', text: S.t(me.totp_due ? 'ac.totp_first' : 'ac.totp') }),
			S.el('p', {
				class: 'quiet',
				text: me.totp_due ? S.t('ac.totp_none') : S.t('ac.totp_since', { at: S.stamp(me.totp_at) })
			}),
			S.el(
				'div',
				{ id: 'totp-box' },
				form(
					S.t('ac.totp'),
					me.totp_due ? [] : digits('totp-old', 'ac.totp_old'),
					S.t(me.totp_due ? 'ac.totp_begin' : 'ac.totp_again'),
					begin
				)
			)
		);

	/* In order: what comes first is the password, then the code. */
	const draw = function () {
		const due = [me.password_due && 'password', me.totp_due && 'totp'].filter(Boolean);

		S.fill(
			S.id('first'),
			me.first && S.el('p', { class: 'box box-info', text: S.t('ac.first_' + (due.length === 2 ? 'both' : due[0] || 'totp')) })
		);
		S.fill(S.id('list'), (!me.first || me.password_due) && password(), (!me.first || !me.password_due) && totp());
		if (me.first && S.id('pw-old')) S.id('pw-old').focus();
	};
	const load = () =>
		S.loading(S.id('list'), ZY.api('GET', ME, { quiet: true })).then(
			(answer) => {
				me = Object.assign({ first: S.session.setup || (me && me.first) }, answer.data);
				draw();
			},
			(problem) => S.trouble(problem, load)
		);

	S.start().then(load);
})(window.ZY);
