/* The sealed file of a completed case: whether it is there, how large, and the way to have it. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const size = (n) => (n >= 1e6 ? (n / 1e6).toFixed(1) + ' MB' : Math.ceil(n / 1e3) + ' kB');

	S.panels.casefile = function (host, desk) {
		let asked = '';
		const api = () => '/api/staff/casefiles/' + encodeURIComponent(desk.store.data.no);
		const there = (f) => [
			S.el('p', { text: S.t('casefile.facts', { n: f.files, size: size(f.size_bytes), at: ZY.fmt.dateTime(f.sealed_at) }) }),
			S.el('p', { class: 'hash' }, S.t('casefile.sum') + ' ', S.el('code', { text: f.manifest_sha256 })),
			S.el('p', {}, S.el('a', { class: 'btn', href: api() + '/archive', download: true, text: S.t('casefile.get') }))
		];
		const show = (parts) =>
			S.fill(host, [S.el('h2', { text: S.t('casefile.h') }), S.el('p', { class: 'hint', text: S.t('casefile.about') })].concat(parts));
		const ask = () =>
			ZY.api('GET', api(), { quiet: true }).then(
				(answer) => show(there(answer.data)),
				(problem) =>
					problem.status === 404
						? show([S.el('p', { text: S.t('casefile.none') }), S.el('p', {}, S.button('casefile.again', ask))])
						: desk.trouble(problem)
			);

		return function (c) {
			if (asked === c.no) return;
			asked = c.no;
			ask();
		};
	};
})(window.ZY);
