/* A list and, beside it, the one that is chosen of it: what is open by the day promised, and what is done.
 * S.picker works on #list, #one and #pick and on the address.  spec:
 *   page, param, done    the page, and the query word that asks it for those that are done
 *   pick, none, choose   its texts: name of a side, a side is empty (by its word), nothing is chosen
 *   api, of(no), number  addresses of the list and of one; how a number looks
 *   row(r)               what stands in the button of the list
 *   one(r)               what stands beside: its heading, then the rest
 * Gives begin(), show(r) and changed(r): show it, and read the list again. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;

	S.picker = function (spec) {
		const pick = S.query(spec.param) === spec.done ? spec.done : 'open';
		const list = S.id('list');
		const one = S.id('one');
		const url = (done, no) => S.url(spec.page, { [spec.param]: done && spec.done, no: no });
		let shown = null;

		const current = () =>
			ZY.$$('.mn-b', list).forEach((b) => {
				if (shown && b.dataset.no === shown.no) b.setAttribute('aria-current', 'true');
				else b.removeAttribute('aria-current');
			});
		const show = function (r) {
			const parts = spec.one(r);

			shown = r;
			S.fill(one, S.el('h2', { id: 'one-h', tabindex: '-1', text: parts[0] }), parts.slice(1));
			history.replaceState(null, '', url(pick !== 'open', r.no));
			current();
		};
		const open = (no, focus) =>
			S.loading(one, ZY.api('GET', spec.of(no), { quiet: true })).then(
				(answer) => {
					show(answer.data);
					if (focus) S.id('one-h').focus();
				},
				(problem) => S.trouble(problem, () => open(no, focus))
			);
		const row = (r) =>
			S.el('li', {}, S.el('button', { type: 'button', class: 'mn-b', 'data-no': r.no, on: { click: () => open(r.no, true) } }, spec.row(r, pick === 'open')));
		const load = (from) =>
			S.loading(list, ZY.api('GET', S.url(spec.api, { [spec.param]: pick, after: from }), { quiet: true })).then(
				(answer) => {
					S.fill(
						list,
						answer.data.items.length ? S.el('ul', { class: 'mn-list' }, answer.data.items.map(row)) : S.el('p', { class: 'empty', text: spec.none(pick) }),
						S.pager(from, answer.data.next, load)
					);
					current();
				},
				(problem) => S.trouble(problem, () => load(from))
			);

		return {
			show: show,
			changed: (r) => {
				show(r);
				return load('');
			},
			begin: () => {
				S.fill(
					S.id('pick'),
					['open', spec.done].map((name) =>
						S.el('a', { href: url(name !== 'open'), 'aria-current': name === pick && 'true', text: spec.pick(name) })
					)
				);
				S.fill(one, S.el('p', { class: 'empty', text: spec.choose }));
				load('');
				if (spec.number.test(S.query('no'))) open(S.query('no'), false);
			}
		};
	};
	/* How late it is, as a tag of the list. */
	S.picker.due = (r) => S.slaTag({ state: '', due: r.due, late_days: r.late_days });
})(window.ZY);
