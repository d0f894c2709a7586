/* What the authority did is not known, or it does not know what we did: one person asks it and says what came of that,
 * another confirms.  S.unsettled(changed) works on #unsettled.  (It stands here because the page has no request to spare.) */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const FILE_MAX = 8192;

	S.unsettled = function (changed) {
		const host = S.id('unsettled-list');
		const send = (row, verdict, certificate, where) =>
			ZY.api('POST', '/api/staff/production/settlements' + where, {
				quiet: true,
				key: ZY.key(),
				body: Object.assign(
					{ no: row.no, item: row.item, verdict: verdict },
					certificate ? { certificate: certificate } : {}
				)
			}).then((answer) => answer.data);
		const letters = (buffer) =>
			Array.prototype.map.call(new Uint8Array(buffer), (b) => String.fromCharCode(b)).join('');
		/* DER, its Base64, or PEM. */
		const read = (file) =>
			new Promise((resolve, reject) => {
				const reader = new FileReader();

				reader.onerror = reject;
				reader.onload = () => {
					const text = letters(reader.result);

					resolve(text[0] === '0' ? btoa(text) : text.trim());
				};
				reader.readAsArrayBuffer(file);
			});
		const sent = (promise, said) =>
			promise.then(
				(data) => {
					S.notice('unsettled', 'ok', said);
					fill(data);
					return changed();
				},
				(problem) =>
					S.notice(
						'unsettled',
						'err',
						problem.errors && problem.errors.length ? problem.errors[0].detail : S.why(problem)
					)
			);
		const made = function (row) {
			const field = S.field({
				id: 'settle-file',
				label: S.t('settle.file'),
				hint: S.t('settle.file_hint'),
				type: 'file',
				attrs: { accept: '.cer,.crt,.pem,.der' }
			});
			const chosen = () => field.querySelector('input').files[0];

			return S.dialog({
				title: S.t('settle.made'),
				ok: 'settle.send',
				body: [S.el('p', { text: S.t('settle.made_say', { half: S.t('settle.half.' + row.half) }) }), field],
				check: () =>
					!chosen()
						? [{ id: 'settle-file', text: S.t('settle.bad.file') }]
						: chosen().size > FILE_MAX
							? [{ id: 'settle-file', text: S.t('settle.bad.large') }]
							: []
			}).then(
				(yes) =>
					yes &&
					read(chosen()).then((certificate) =>
						sent(send(row, 'made', certificate, ''), S.t('settle.said'))
					)
			);
		};
		const none = (row) =>
			S.dialog({
				title: S.t('settle.none'),
				ok: 'settle.send',
				body: S.el('p', { text: S.t('settle.none_say') })
			}).then((yes) => yes && sent(send(row, 'none', '', ''), S.t('settle.said')));
		const confirm = (row) =>
			S.dialog({
				title: S.t('settle.confirm'),
				ok: 'settle.confirm',
				body: S.el('p', { text: S.t('settle.confirm_say', { verdict: S.t('settle.verdict.' + row.verdict) }) })
			}).then((yes) => yes && sent(send(row, row.verdict, '', '/confirm'), S.t('settle.settled')));
		const own = (row) => row.verdict_by === S.session.name;
		const acts = (row) => [
			row.verdict &&
				S.button(
					'settle.confirm',
					() => (own(row) ? S.notice('unsettled', 'warn', S.t('settle.two')) : confirm(row)),
					{ class: 'btn', 'aria-disabled': own(row) ? 'true' : null }
				),
			S.button('settle.made', () => made(row)),
			S.button('settle.none', () => none(row))
		];
		const line = (title, text, more, buttons) =>
			S.el(
				'li',
				{ class: 'line-top' },
				S.el(
					'div',
					{ class: 'line-main' },
					S.el('p', { class: 'card-unit', text: title }),
					S.el('p', { class: 'card-line' }, text),
					more && S.el('p', { class: 'card-line', text: more })
				),
				buttons && S.el('p', { class: 'row-act' }, buttons)
			);
		const link = (row) => S.el('a', { class: 'fig', href: S.caseUrl(row.no), text: row.no });
		const open = (row) =>
			line(
				row.unit_name || S.t('list.no_name'),
				[link(row), ' ', S.t('settle.line', { n: row.item, half: S.t('settle.half.' + row.half) })],
				row.verdict
					? S.t('settle.says', {
							by: row.verdict_by,
							verdict: S.t('settle.verdict.' + row.verdict),
							serial: row.serial || ''
						})
					: row.error,
				acts(row)
			);
		const untold = (row) =>
			line(
				row.unit_name || S.t('list.no_name'),
				[S.el('span', { class: 'fig', text: row.serial }), ' ', S.t('settle.status.' + row.status)],
				S.t('settle.tries', { why: row.error, n: row.tries })
			);
		const stray = (row) =>
			line(
				S.t('settle.stray', { serial: row.serial || '' }),
				[link(row), ' ', row.why],
				row.error || S.t('settle.stray_wait')
			);
		const list = (key, rows, draw) =>
			rows.length ? [S.el('h3', { text: S.t(key) }), S.el('ul', { class: 'lines' }, rows.map(draw))] : null;
		const fill = function (data) {
			const any = data.items.length || data.untold.length || data.strays.length;

			S.fill(host, [
				list('settle.items', data.items, open),
				list('settle.untold', data.untold, untold),
				list('settle.strays', data.strays, stray)
			]);
			ZY.show(S.id('unsettled'), Boolean(any));
		};

		return ZY.api('GET', '/api/staff/production/unsettled', { quiet: true }).then(
			(answer) => fill(answer.data),
			S.trouble
		);
	};
})(window.ZY);

/* Production: cases with both reviews and all gates closed, one form per certificate; with an authority of our own, the
 * bench beside it. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const list = S.id('list');
	let next = '';
	let book = null;
	let bench = null;
	let opened = '';

	const open = function (row, host, button) {
		const store = S.store(row.no);
		const focus = () => {
			const first = host.querySelector('.make-go,#p-unlocked,input');

			if (first) first.focus();
		};

		if (host.firstChild) {
			S.clear(host);
			opened = '';
			button.setAttribute('aria-expanded', 'false');
			return Promise.resolve();
		}
		button.setAttribute('aria-expanded', 'true');
		opened = row.no;
		return S.loading(host, store.load()).then(
			(c) => {
				const panel = S.el('div', { class: 'panel' });
				const draw = S.panels.production(panel, {
					store: store,
					book: book,
					bench: bench,
					trouble: S.trouble,
					ready: focus,
					saved: (after) => {
						draw(after);
						if (after.state !== 'approved') {
							S.recount();
							host.closest('li').querySelector('.done-n').textContent = S.t('make.all_made');
						} else {
							focus();
						}
					}
				});

				S.fill(host, panel);
				draw(c);
				focus();
			},
			(problem) => {
				S.clear(host);
				button.setAttribute('aria-expanded', 'false');
				S.trouble(problem, () => open(row, host, button));
			}
		);
	};
	const makes = (row) => (ZY.serviceIn(book, row.service) || {}).effect !== 'unlock';
	const pick = (row) =>
		bench &&
		makes(row) &&
		S.el(
			'label',
			{ class: 'stick' },
			S.el('input', { type: 'checkbox', class: 'pick', value: row.no }),
			S.vh(S.t('bench.pick', { no: row.no }))
		);
	const batch = function (rows) {
		const picked = ZY.$$('.pick:checked', list).map((box) => box.value);
		const lines = [];

		rows.filter((row) => picked.indexOf(row.no) >= 0).forEach((row) =>
			row.items
				.filter((item) => !item.produced)
				.forEach((item) => lines.push({ no: row.no, n: item.item, unit: row.unit_name || S.t('list.no_name') }))
		);
		return bench.batch(lines);
	};
	const line = function (row) {
		const host = S.el('div', { id: 'make-' + row.no, class: 'line-body' });
		const made = row.items.filter((item) => item.produced).length;
		const button = S.el('button', {
			type: 'button',
			class: 'btn btn-2',
			'aria-expanded': 'false',
			'aria-controls': 'make-' + row.no,
			text: S.t('make.fill')
		});

		S.put(button, S.vh(row.no));
		button.addEventListener('click', () => open(row, host, button));
		return S.el(
			'li',
			{},
			S.el(
				'div',
				{ class: 'line-top' },
				pick(row),
				S.caseLine(row, S.url('/staff/case.html', { no: row.no, queue: 'approved' }), S.kind(row)),
				S.el('p', {
					class: 'line-n done-n',
					text: S.t('make.count', { n: made, all: row.items.length })
				}),
				S.el('p', { class: 'line-n fig' }, row.due && row.due.slice(5) + ' ', S.slaTag(row)),
				button
			),
			host
		);
	};
	const load = function (after) {
		return S.loading(
			list,
			ZY.api('GET', S.url('/api/staff/production', { after: after, limit: 50 }), { quiet: true })
		).then(
			(answer) => {
				const items = answer.data.items || [];

				if (answer.data.issuer !== 'manual' && !bench) {
					bench = S.bench(() => {
						S.recount();
						return load(after);
					});
					bench.draw();
				}

				if (bench) {
					S.unsettled(() => {
						S.recount();
						return load(after);
					});
				}
				next = answer.data.next || '';
				S.fill(
					list,
					bench &&
						items.some(makes) &&
						S.el('p', { class: 'row-act' }, S.button('bench.batch', () => batch(items), { id: 'batch' })),
					items.length
						? S.el('ul', { class: 'lines' }, items.map(line))
						: S.el('p', { class: 'empty', text: S.t('make.none') }),
					S.pager(after, next, load)
				);
				const again = items.filter((row) => row.no === opened)[0];

				if (again) {
					const host = S.id('make-' + again.no);

					open(again, host, host.parentNode.querySelector('[aria-expanded]'));
				}
			},
			(problem) => S.unread(list, problem, () => load(after))
		);
	};

	S.start()
		.then(() => S.loading(list, ZY.catalog()))
		.then((data) => {
			book = data;
			load('');
		}, S.trouble);
})(window.ZY);
