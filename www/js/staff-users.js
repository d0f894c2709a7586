/* Staff accounts: who there is, with what roles, locked or not; what one administrator does at once, and what he proposes
 * for another to confirm.  An initial password or a code is shown once, in a dialog. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const LIST = '/api/staff/users';
	const ROLES = ['clerk', 'reviewer', 'producer', 'finance', 'desk', 'supervisor', 'admin', 'auditor'];
	let items = [];
	let next = null;

	const place = (row) => 'user-' + row.user;
	const host = (row) => S.id(place(row));
	const opener = (row) => S.openers(place(row))[0];
	const who = (row) => ({ name: row.name, user: row.user });
	const load = (after) =>
		S.loading(S.id('list'), ZY.api('GET', S.url(LIST, { after: after }), { quiet: true })).then(
			(answer) => {
				items = after ? items.concat(answer.data.items) : answer.data.items;
				next = answer.data.next;
				draw();
			},
			(problem) => {
				if (problem.status === 403) S.fill(S.id('list'), S.el('p', { class: 'empty', text: S.t('staff.forbidden') }));
				else S.trouble(problem, () => load(after));
			}
		);
	const done = function (row, key, more) {
		S.notice('users', 'ok', S.t(key, Object.assign(who(row), more)));
		return load().then(() => opener(row) && opener(row).focus());
	};

	/* ---- shown once ---- */

	const once = (title, text, label, secret) =>
		S.dialog({
			title: title,
			ok: null,
			body: [
				S.el('p', { text: text }),
				S.el('p', { class: 'quiet', text: label }),
				S.el('p', {}, S.el('code', { class: 'once fig', id: 'once', 'data-value': secret, text: secret })),
				S.el('p', {}, S.el('button', { type: 'button', class: 'btn btn-2', 'data-copy': 'once', text: S.t('us.copy') }))
			]
		});

	/* ---- one person is enough ---- */

	const step = (row, name) => (reason) =>
		ZY.api('POST', LIST + '/' + row.user + '/' + name, {
			quiet: true,
			ifMatch: row.version,
			body: reason === null ? undefined : { reason: reason }
		});
	const ask = function (row, name, danger) {
		let answer = null;

		return S.askReason({
			title: S.t('us.ask.' + name, who(row)),
			text: S.t('us.ask_h.' + name),
			ok: 'us.do.' + name,
			danger: danger,
			send: (reason) =>
				step(row, name)(reason).then((got) => {
					answer = got.data;
				})
		}).then((reason) => (reason ? answer : null));
	};
	const acts = {
		lock: (row) => ask(row, 'lock', true).then((ok) => ok && done(row, 'us.done.lock')),
		unlock: (row) => ask(row, 'unlock').then((ok) => ok && done(row, 'us.done.unlock')),
		'sign-out': (row) => ask(row, 'sign-out').then((ok) => ok && done(row, 'us.done.sign-out')),
		password: (row) =>
			ask(row, 'password').then(
				(made) =>
					made &&
					once(S.t('us.password_t', who(row)), S.t('us.password_h'), S.t('us.password_l'), made.password).then(() =>
						done(row, 'us.done.password')
					)
			),
		code: (row) =>
			step(row, 'code')(null).then(
				(answer) =>
					once(S.t('us.code_t', who(row)), S.t('us.code_h'), S.t('us.code_l'), answer.data.code).then(() =>
						done(row, 'us.done.code')
					),
				S.trouble
			)
	};

	/* ---- two persons ---- */

	const proposed = (row) => done(row, 'us.proposed');
	const send = (kind, body) => ZY.api('POST', '/api/staff/proposals/' + kind, { quiet: true, key: ZY.key(), body: body });
	const picked = () => ROLES.filter((role) => S.id('role-' + role).checked);
	acts.roles = (row) =>
		S.dialog({
			title: S.t('us.roles_t', who(row)),
			ok: 'us.propose',
			body: [
				S.el(
					'fieldset',
					{ class: 'fld', id: 'us-roles', tabindex: '-1' },
					S.el('legend', { text: S.t('us.roles') }),
					S.el('p', { class: 'hint', text: S.t('us.roles_h') }),
					S.el(
						'div',
						{ class: 'us-roles' },
						ROLES.map((role) =>
							S.el(
								'label',
								{ class: 'stick' },
								S.el('input', { type: 'checkbox', id: 'role-' + role, checked: row.roles.indexOf(role) >= 0 }),
								S.word('role', role)
							)
						)
					)
				),
				S.field({ id: 'us-reason', label: S.t('reason.label'), rows: 2 })
			],
			pointers: { '#/roles': 'us-roles', '#/reason': 'us-reason' },
			check: () => (S.id('us-reason').value.trim().length > 1 ? [] : [{ id: 'us-reason', text: S.t('reason.empty') }]),
			send: () => send('roles', { user: row.user, roles: picked(), reason: S.id('us-reason').value.trim() })
		}).then((yes) => yes && proposed(row));
	acts.totp = (row) =>
		S.askReason({
			title: S.t('us.totp_t', who(row)),
			text: S.t('us.totp_h'),
			ok: 'us.propose',
			danger: true,
			send: (reason) => send('totp_reset', { user: row.user, reason: reason })
		}).then((reason) => reason && proposed(row));

	/* ---- a new one ---- */

	const add = function () {
		let made = null;
		const typed = (id) => S.id(id).value.trim();

		S.dialog({
			title: S.t('us.add'),
			ok: 'us.add_ok',
			body: [
				S.el('p', { class: 'quiet', text: S.t('us.add_h') }),
				S.field({ id: 'us-name', label: S.t('us.name') }),
				S.field({ id: 'us-user', label: S.t('us.user'), hint: S.t('us.user_h'), attrs: { autocapitalize: 'none' } })
			],
			pointers: { '#/name': 'us-name', '#/user': 'us-user' },
			check: () =>
				[
					typed('us-name').length < 2 && { id: 'us-name', text: S.t('us.bad_name') },
					!/^[a-z][a-z0-9_]{2,31}$/.test(typed('us-user')) && { id: 'us-user', text: S.t('us.bad_user') }
				].filter(Boolean),
			send: () =>
				ZY.api('POST', LIST, { quiet: true, body: { user: typed('us-user'), name: typed('us-name') } }).then((answer) => {
					made = answer.data;
				})
		}).then(
			(yes) =>
				yes &&
				once(S.t('us.password_t', who(made)), S.t('us.password_h'), S.t('us.password_l'), made.password).then(() =>
					done(made, 'us.done.add')
				)
		);
	};

	/* ---- the list ---- */

	const state = (row) =>
		row.locked
			? ['tag tag-err', S.t('us.is.locked')]
			: row.locked_until
				? ['tag tag-warn', S.t('us.is.failures', { at: S.stamp(row.locked_until) })]
				: row.password_initial
					? ['tag tag-warn', S.t('us.is.initial')]
					: !row.totp
						? ['tag tag-warn', S.t('us.is.no_totp')]
						: ['tag tag-ok', S.t('us.is.active')];
	const facts = (row) =>
		S.dl([
			[S.t('us.c.totp'), row.totp ? S.t('us.totp_since', { at: S.stamp(row.totp_at) }) : S.t(row.code_due ? 'us.totp_due' : 'us.totp_no')],
			[S.t('us.c.password'), row.password_initial ? S.t('us.initial_until', { at: S.stamp(row.password_ends) }) : S.t('us.password_own')],
			[S.t('us.c.signed_in'), row.signed_in_at ? S.stamp(row.signed_in_at) : S.t('us.never')],
			[S.t('us.c.sessions'), S.t('us.sessions', { n: row.sessions })],
			[S.t('us.c.created'), S.stamp(row.created_at)]
		]);
	const steps = (row) =>
		[
			S.can('users') && !row.own && 'roles',
			S.can('users') && !row.own && !row.locked && 'password',
			S.can('users') && !row.own && row.totp && 'totp',
			row.code_mine && 'code',
			S.can('users') && !row.own && row.sessions > 0 && 'sign-out',
			S.can('users') && !row.own && (row.locked || row.locked_until) && 'unlock',
			S.can('users') && !row.own && !row.locked && 'lock'
		].filter(Boolean);
	const open = (row) =>
		S.fill(
			host(row),
			facts(row),
			row.own && S.el('p', {}, S.t('us.own'), S.el('a', { href: '/staff/account.html', text: S.t('nav.account') })),
			S.el('p', { class: 'row-act' }, steps(row).map((name) => S.button('us.b.' + name, () => acts[name](row))))
		);
	const line = function (row) {
		const tag = state(row);

		return S.line(
			[
				S.el('p', { class: 'card-unit' }, row.name, ' ', S.el('span', { class: tag[0], text: tag[1] })),
				S.el('p', {
					class: 'card-line',
					text: S.t('us.line', {
						user: row.user,
						roles: row.roles.map((role) => S.word('role', role)).join(S.t('comma')) || S.t('us.no_role')
					})
				})
			],
			S.el('p', { class: 'row-act' }, S.opener('us.look', row.name, place(row), () => open(row))),
			S.el('div', { class: 'line-body', id: place(row) })
		);
	};
	const draw = function () {
		S.fill(
			S.id('list'),
			S.el('ul', { class: 'lines' }, items.map(line)),
			next && S.el('p', {}, S.button('us.more', () => load(next)))
		);
	};

	S.start().then(() => {
		if (S.can('users')) S.fill(S.id('acts'), S.button('us.add', add, { class: 'btn' }));
		return load();
	});
})(window.ZY);
