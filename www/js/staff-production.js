/* Production: one form per certificate of the case.  A retry carries the same key, so nothing is issued twice. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;

	S.panels.production = function (host, desk) {
		let shown = '';

		const done = (c, n) => (c.certificates || []).filter((one) => one.item === n)[0];
		const seal = (code) =>
			((desk.book.seal_kinds || []).filter((one) => one.code === code)[0] || { name: code }).name;
		const firstReviewer = (c) => (c.verdicts || []).map((one) => one.by).filter(Boolean);
		const mayNot = (c) => firstReviewer(c).some((by) => by === S.session.user || by === S.session.name);
		const value = (name, n) =>
			S.plain(S.id('p-' + name + '-' + n).value)
				.replace(/[\s:]/g, '')
				.toUpperCase();
		const check = function (n) {
			const faults = [];
			const need = (name, bad, key) =>
				bad && faults.push({ id: 'p-' + name + '-' + n, text: S.t('make.bad.' + key) });

			need('sign', !/^([0-9A-F]{2}){1,20}$/.test(value('sign', n)), 'sign');
			need('enc', !/^([0-9A-F]{2}){1,20}$/.test(value('enc', n)), 'enc');
			need('enc', value('enc', n) && value('enc', n) === value('sign', n), 'same');
			need('token', S.id('p-token-' + n) && value('token', n) && !/^[0-9A-Z]{4,40}$/.test(value('token', n)), 'token');
			need('from', !value('from', n), 'from');
			need('to', !value('to', n) || value('to', n) <= value('from', n), 'to');
			return faults;
		};
		const save = function (c, n, form, key) {
			const POINTERS = {
				'#/sign_serial': 'p-sign-' + n,
				'#/enc_serial': 'p-enc-' + n,
				'#/not_before': 'p-from-' + n,
				'#/not_after': 'p-to-' + n,
				'#/token_serial': 'p-token-' + n
			};

			if (!S.faults(form, check(n))) return;
			desk.store
				.write(
					'/api/staff/production',
					{
						no: c.no,
						item: n,
						sign_serial: value('sign', n),
						enc_serial: value('enc', n),
						not_before: value('from', n),
						not_after: value('to', n),
						token_serial: (S.id('p-token-' + n) && value('token', n)) || null
					},
					key
				)
				.then(
					(after) => {
						S.notice(
							'production',
							'ok',
							S.t(after.state === 'produced' ? 'make.all_done' : 'make.done', { n: n })
						);
						if (desk.saved) desk.saved(after);
						else if (S.id('p-sign-' + (n + 1))) S.id('p-sign-' + (n + 1)).focus();
					},
					(problem) => {
						if (problem.status === 422) S.faults(form, S.serverFaults(problem, POINTERS));
						else if (problem.code === 'conflict')
							S.faults(form, [{ id: 'p-sign-' + n, text: S.t('make.twice') }]);
						else desk.trouble(problem);
					}
				);
		};
		/* The one thing recorded of an unlock: it is done. */
		const unlocked = function (c) {
			const key = ZY.key();

			return S.el(
				'p',
				{ class: 'row-act' },
				S.button(
					'make.unlocked',
					() =>
						mayNot(c)
							? S.notice('production', 'warn', S.t('make.two'))
							: desk.store.write('/api/staff/production', { no: c.no, item: 1 }, key).then((after) => {
									S.notice('production', 'ok', S.t('make.unlocked_done'));
									if (desk.saved) desk.saved(after);
								}, desk.trouble),
					{ class: 'btn', id: 'p-unlocked', 'aria-disabled': mayNot(c) ? 'true' : null }
				)
			);
		};
		/* What the old certificate was, where the line names one. */
		const former = (one, old) =>
			one.old_serial
				? [
						[S.t('make.former'), S.el('span', { class: 'fig brk', text: one.old_serial })],
						old && [
							S.t('make.term'),
							S.el(
								'span',
								{},
								S.t('make.from_to', { from: old.not_before, to: old.not_after }) + ' ',
								S.former.tag(old)
							)
						]
					]
				: [];
		const item = function (c, one, i, old) {
			const n = i + 1;
			const made = done(c, n);
			const unlock = c.effect === 'unlock';
			const asks = !made && !unlock && c.state === 'approved';
			const form = asks
				? S.el('form', { class: 'make', novalidate: true, 'aria-labelledby': 'p-t-' + n })
				: S.el('div', { class: 'make' });
			const bench = asks && desk.bench;
			const box = bench ? S.el('div', { class: 'make' }) : form;
			const key = ZY.key();

			S.fill(
				box,
				S.el(
					'h3',
					{ id: 'p-t-' + n },
					S.t('make.item', { n: n, all: c.items.length }),
					' ',
					!unlock &&
						S.el('span', {
							class: 'tag' + (made ? ' tag-ok' : ''),
							text: S.t(made ? 'make.made' : 'make.open')
						})
				),
				S.dl(
					[
						[S.t('f.subject'), S.subject(c)],
						[
							S.t('make.seal'),
							S.t('f.item_is', {
								kind: seal(one.seal_kind),
								name: one.seal_name
							})
						]
					].concat(
						former(one, old),
						made
							? [
									[S.t('make.sign'), made.sign_serial],
									[S.t('make.enc'), made.enc_serial],
									[
										S.t('make.term'),
										S.t('make.from_to', {
											from: made.not_before.slice(0, 10),
											to: made.not_after.slice(0, 10)
										})
									]
								]
							: []
					),
					'facts-row'
				),
				bench && bench.line(c, n, mayNot(c)),
				bench && S.el('details', {}, S.el('summary', { text: S.t('bench.by_hand') }), form)
			);
			if (asks)
				S.put(form, [
					S.el(
						'div',
						{ class: 'fields' },
						S.field({
							id: 'p-sign-' + n,
							label: S.t('make.sign'),
							attrs: { autocapitalize: 'characters' }
						}),
						S.field({
							id: 'p-enc-' + n,
							label: S.t('make.enc'),
							attrs: { autocapitalize: 'characters' }
						}),
						S.field({
							id: 'p-from-' + n,
							label: S.t('make.from'),
							type: 'date',
							value: S.today()
						}),
						S.field({
							id: 'p-to-' + n,
							label: S.t('make.to'),
							type: 'date',
							value: S.former.lastDay(c, old, S.today()),
							hint: S.former.why(c, old)
						}),
						c.effect !== 'issue' &&
							S.field({
								id: 'p-token-' + n,
								label: S.t('make.token'),
								hint: S.t('make.token_hint'),
								attrs: { autocapitalize: 'characters' }
							})
					),
					S.el(
						'p',
						{ class: 'row-act' },
						S.el('button', {
							type: 'submit',
							class: 'btn',
							'aria-disabled': mayNot(c) ? 'true' : null,
							text: S.t('make.save', { n: n })
						})
					)
				]);
			form.addEventListener('change', (event) => {
				if (event.target.id === 'p-from-' + n && event.target.value)
					S.id('p-to-' + n).value = S.former.lastDay(c, old, event.target.value);
			});
			form.addEventListener('submit', (event) => {
				event.preventDefault();
				if (mayNot(c)) S.notice('production', 'warn', S.t('make.two'));
				else save(c, n, form, key);
			});
			return box;
		};

		const show = function (c, rows, problem) {
			const unlock = c.effect === 'unlock';

			S.fill(
				host,
				S.el('h2', { text: S.t(unlock ? 'make.unlock' : 'make.title') }),
				mayNot(c) && c.state === 'approved' && S.el('p', { class: 'box box-warn', text: S.t('make.two') }),
				problem &&
					c.state === 'approved' &&
					S.el('p', { class: 'box box-warn', text: S.t('make.no_register') }),
				c.state === 'installing' &&
					S.el('p', { class: 'good', text: S.t(unlock ? 'make.installing_unlock' : 'make.installing') }),
				unlock && c.state === 'approved' && S.el('p', { text: S.t('make.unlock_say') }),
				(c.items || []).map((one, i) => item(c, one, i, rows[i])),
				unlock && desk.bench && S.unlocking(desk, c, mayNot(c)),
				unlock &&
					c.state === 'approved' &&
					(desk.bench
						? S.el('details', {}, S.el('summary', { text: S.t('bench.by_hand') }), unlocked(c))
						: unlocked(c))
			);
		};

		return function (c) {
			const key = c.no + c.version;

			if (shown === key) return;
			shown = key;
			if (!S.former.lines(c).length && !desk.bench) {
				show(c, []);
				return;
			}
			S.loading(host, Promise.all([S.former.rows(c), desk.bench && desk.bench.read(c.no)]))
				.then((both) => both[0])
				.then(
					(rows) => shown === key && show(c, rows),
					() => shown === key && show(c, [], true)
				)
				.then(() => desk.ready && desk.ready());
		};
	};
})(window.ZY);
