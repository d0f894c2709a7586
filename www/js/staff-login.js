/* Sign-in to the staff desk: user, password and the one-time code. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const form = S.id('login');
	let busy = false;

	/* Only a path of this desk is a place to return to. */
	const back = function () {
		const to = S.query('back');

		return /^\/staff\/[a-z]+\.html(\?[^#]*)?$/.test(to) ? to : '/staff/queue.html';
	};
	const value = (name) => form.elements[name].value;
	const check = function () {
		const faults = [];

		if (!value('user').trim()) faults.push({ id: 'user', text: S.t('login.no_user') });
		if (!value('password')) faults.push({ id: 'password', text: S.t('login.no_password') });
		/* Nothing at the first sign-in, a code of letters after the old one was taken away. */
		if (!/^(\d{6}|[A-Za-z2-7]{16}|)$/.test(S.plain(value('totp')).replace(/\s/g, '')))
			faults.push({ id: 'totp', text: S.t('login.bad_totp') });
		return faults;
	};
	const refused = function (problem) {
		busy = false;
		form.elements.totp.value = '';
		if (problem.code === 'credentials') {
			S.faults(form, [{ id: 'user', text: S.t('staff.credentials') }]);
			return;
		}
		S.notice(
			'login',
			'err',
			problem.status === 429 || problem.status === 423 || problem.code === 'locked_out'
				? S.t('login.locked')
				: S.why(problem)
		);
	};

	form.addEventListener('submit', (event) => {
		event.preventDefault();
		S.unnotice('login');
		if (busy || !S.faults(form, check())) return;
		busy = true;
		ZY.api('POST', '/api/staff/session', {
			quiet: true,
			body: {
				user: value('user').trim(),
				password: value('password'),
				totp: S.plain(value('totp')).replace(/\s/g, '')
			}
		}).then((answer) => S.go(answer.data.setup ? '/staff/account.html' : back()), refused);
	});
	form.elements.user.focus();
})(window.ZY);
