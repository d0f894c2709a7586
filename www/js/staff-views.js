/* A member of staff's own views: lists with their filters under a name. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const API = '/api/staff/queues/views';
	const NAME_MAX = 20;

	/* host: where they stand.  filters: of the list that is shown.  said(): its words, for the question. */
	S.views = function (host, filters, said) {
		let items = [];

		const urlOf = function (view) {
			const all = Object.assign({}, view.filters, { queue: view.queue, mine: view.filters.mine ? '1' : '' });

			return S.url('/staff/queue.html', all);
		};
		const here = (view) => urlOf(view) === S.url('/staff/queue.html', Object.assign({}, filters));
		const take = function (answer) {
			items = answer.data.items;
			draw();
		};
		const field = (value) =>
			S.field({ id: 'view-name', label: S.t('view.name'), hint: S.t('view.name_hint'), value: value || '', attrs: { maxlength: NAME_MAX } });
		const ask = function (spec) {
			const input = field(spec.value);
			const typed = () => input.querySelector('input').value.trim();

			return S.dialog({
				title: spec.title,
				ok: spec.ok,
				body: [spec.text && S.el('p', { text: spec.text }), input],
				pointers: { '#/name': 'view-name' },
				check: () => (typed() && Array.from(typed()).length <= NAME_MAX ? [] : [{ id: 'view-name', text: S.t('view.name_bad') }]),
				send: () => spec.send(typed()).then(take)
			}).then((yes) => (yes ? typed() : null));
		};
		const keep = function () {
			const body = Object.assign({}, filters, filters.mine ? { mine: true } : {});

			ask({
				title: S.t('view.keep'),
				ok: 'view.keep',
				text: S.t('view.keep_text', { what: said().join(S.t('comma')) }),
				send: (name) => ZY.api('POST', API, { quiet: true, body: { name: name, filters: body }, key: ZY.key() })
			}).then((name) => name && S.say(S.t('view.kept', { name: name })));
		};
		const rename = (view) => () =>
			ask({
				title: S.t('view.rename_title', { name: view.name }),
				ok: 'view.rename',
				value: view.name,
				send: (name) => ZY.api('PATCH', API + '/' + view.id, { quiet: true, body: { name: name } })
			});
		const drop = (view) => () =>
			S.dialog({
				title: S.t('view.drop_title', { name: view.name }),
				ok: 'view.drop',
				danger: true,
				body: S.el('p', { text: S.t('view.drop_text') }),
				send: () => ZY.api('DELETE', API + '/' + view.id, { quiet: true }).then(take)
			}).then((yes) => yes && S.say(S.t('view.dropped', { name: view.name })));
		const row = (view) =>
			S.el(
				'li',
				{},
				S.el('a', { href: urlOf(view), text: view.name, 'aria-current': here(view) && 'page' }),
				S.el(
					'span',
					{ class: 'view-act' },
					S.el('button', { type: 'button', class: 'link-b', on: { click: rename(view) } }, S.t('view.rename'), S.vh(view.name)),
					S.el('button', { type: 'button', class: 'link-b', on: { click: drop(view) } }, S.t('view.drop'), S.vh(view.name))
				)
			);
		const draw = () =>
			S.fill(
				host,
				S.el('summary', {}, S.t('view.mine'), items.length > 0 && S.el('span', { class: 'nav-n', text: ' ' + items.length })),
				items.length ? S.el('ul', {}, items.map(row)) : S.el('p', { class: 'quiet', text: S.t('view.none') }),
				S.button('view.keep', keep)
			);

		host.hidden = false;
		ZY.api('GET', API, { quiet: true }).then(take, () => (host.hidden = true));
	};
})(window.ZY);
