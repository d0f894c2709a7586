/* Bank statements: a file is chosen or dropped, looked at, mended (columns, rows left out) and taken over whole; and what
 * was imported before.  The file is read by the server each time; nothing of it is kept here but the file itself. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const PLACE = '/api/staff/statements';
	const COLUMNS =
		'date time value_date serial credit debit amount direction balance currency payer_name payer_account payer_bank returned'.split(
			' '
		);
	const form = S.id('take');
	const host = S.id('preview');
	let file = null;
	let options = {};

	const facts = (a) =>
		S.dl(
			[
				[S.t('st.f.format'), S.t('st.format.' + a.format)],
				a.account && [S.t('st.f.account'), a.account],
				a.first_day && [S.t('st.f.days'), S.t('st.days', { from: a.first_day, to: a.last_day })],
				[
					S.t('st.f.lines'),
					S.t('st.lines', { n: a.lines, new: a.new, known: a.known }) +
						(a.left_out ? S.t('st.left_out', { n: a.left_out }) : '')
				],
				[S.t('st.f.in'), S.yuan(a.in_fen)],
				[S.t('st.f.out'), S.yuan(a.out_fen)],
				[
					S.t('st.f.balance'),
					a.opening_fen === null
						? S.t('st.balance_none')
						: S.t('st.balance', { opening: S.yuan(a.opening_fen), closing: S.yuan(a.closing_fen) })
				]
			],
			'st-facts'
		);
	const money = (l) =>
		S.el('td', { class: 'num' }, l.direction === 'out' && [S.el('span', { class: 'tag', text: S.t('st.out') }), ' '], S.yuan(l.amount_fen));
	const tags = (l) => [
		l.state
			? S.el('span', { class: 'tag' + (l.state === 'allotted' ? ' tag-ok' : ''), text: S.t('st.state.' + l.state) })
			: S.el('span', { class: l.known ? 'tag tag-off' : 'tag tag-ok', text: S.t(l.known ? 'st.known' : 'st.new') }),
		l.returned && l.state !== 'returned' && [' ', S.el('span', { class: 'tag tag-warn', text: S.t('st.returned') })]
	];
	const lines = (items, label) =>
		S.table(
			label,
			S.heads('st.c.', ['row num', 'day', 'payer', 'amount num', 'remark', 'state', 'serial']),
			items.map((l) =>
				S.el(
					'tr',
					{},
					S.el('td', { class: 'num', text: l.row || '' }),
					S.el('td', { class: 'fig' }, l.day, l.time && S.el('span', { class: 'quiet blk', text: l.time })),
					S.el('td', { class: 'st-remark' }, l.id && l.direction === 'in' ? S.el('a', { href: '/staff/money.html?line=' + l.id, text: l.payer_name || l.serial }) : l.payer_name, l.payer_account && S.el('span', { class: 'quiet blk fig', text: l.payer_account })),
					money(l),
					S.el('td', { class: 'st-remark', text: l.remark }),
					S.el('td', {}, tags(l)),
					S.el('td', { class: 'fig brk st-serial', text: l.serial })
				)
			)
		);

	/* ---- what stands against it ---- */

	const faults = function (a) {
		const rows = a.faults.filter((one) => one.row);
		const ticks = {};

		return (
			a.faults.length > 0 &&
			S.el(
				'section',
				{ 'aria-labelledby': 'st-faults' },
				S.el('h3', { id: 'st-faults', text: S.t('st.faults') }),
				S.table(
					S.t('st.faults_t'),
					S.heads('st.fault.', ['row num', 'what', 'out']),
					a.faults.map((one) =>
						S.el(
							'tr',
							{},
							S.el('td', { class: 'num', text: one.row || '' }),
							S.el('td', { text: one.detail }),
							S.el(
								'td',
								{},
								one.row &&
									(ticks[one.row] = S.el('input', {
										type: 'checkbox',
										value: one.row,
										'aria-label': S.t('st.fault.out_n', { n: one.row })
									}))
							)
						)
					)
				),
				rows.length > 0 && [
					S.el('p', { class: 'hint', text: S.t('st.leave_h') }),
					S.button('st.leave', () => {
						const chosen = Object.keys(ticks).filter((row) => ticks[row].checked);

						options.without = (options.without ? [options.without] : []).concat(chosen).join(',');
						look();
					})
				],
				a.faults.some((one) => one.code === 'balance' && one.row) && [
					' ',
					S.button('st.gaps', () => {
						options.gaps = '1';
						look();
					})
				]
			)
		);
	};

	/* ---- columns ---- */

	const columns = function (a) {
		const choices = [['', S.t('st.col.none')]].concat(a.columns.filter(Boolean).map((title) => [title, title]));
		const mapping = a.mapping || {};
		const chosen = mapping.remark || [];
		const missing = a.faults.some((one) => one.code === 'column_missing');
		const take = () => {
			const out = {};

			COLUMNS.forEach((name) => (out[name] = S.id('col-' + name).value || null));
			out.remark = ZY.$$('#st-remarks input:checked').map((box) => box.value);
			options.mapping = JSON.stringify(out);
			return out;
		};
		const keep = () =>
			ZY.api('PUT', '/api/staff/statement-mappings/' + encodeURIComponent(S.id('st-account').value), {
				quiet: true,
				body: take()
			}).then(
				() => {
					delete options.mapping;
					S.notice('kept', 'ok', S.t('st.kept'));
					look();
				},
				(problem) => S.trouble(problem, keep)
			);

		return (
			a.mapping &&
			S.el(
				'details',
				{ class: 'st-columns', open: missing },
				S.el('summary', { text: S.t('st.columns') }),
				S.el(
					'div',
					{ class: 'st-inner' },
				S.el('p', { class: 'hint', text: S.t('st.columns_h') }),
				S.el(
					'div',
					{ class: 'fields' },
					COLUMNS.map((name) =>
						S.field({ id: 'col-' + name, label: S.t('st.col.' + name), options: choices, value: mapping[name] || '' })
					)
				),
				S.el(
					'fieldset',
					{ id: 'st-remarks' },
					S.el('legend', { text: S.t('st.col.remark') }),
					a.columns.filter(Boolean).map((title) =>
						S.el(
							'label',
							{ class: 'st-tick' },
							S.el('input', { type: 'checkbox', value: title, checked: chosen.indexOf(title) >= 0 }),
							' ' + title
						)
					)
				),
				S.el(
					'p',
					{},
					S.button('st.columns_use', () => {
						take();
						look();
					}),
					' ',
					S.button('st.columns_keep', keep)
				)
				)
			)
		);
	};

	/* ---- looking and taking ---- */

	const verdict = function (a) {
		if (a.again) return ['info', S.t('st.again', { id: a.again })];
		if (a.faults.length) return ['err', S.t('st.bad', { n: a.faults.length })];
		if (!a.new) return ['info', S.t('st.nothing')];
		return ['ok', S.t('st.ready', { n: a.new })];
	};
	const draw = function (a) {
		const says = verdict(a);

		S.fill(
			host,
			S.el('div', { class: 'box box-' + says[0], role: says[0] === 'err' ? 'alert' : 'status', tabindex: '-1', id: 'st-says' }, S.el('p', { text: says[1] })),
			facts(a),
			says[0] === 'ok' && S.el('p', {}, S.button('st.import', bring, { class: 'btn', id: 'st-import', text: S.t('st.import', { n: a.new }) })),
			columns(a),
			faults(a),
			a.rows.length > 0 && [S.el('h3', { text: S.t('st.rows', { n: a.rows.length }) }), lines(a.rows, S.t('st.rows', { n: a.rows.length }))]
		);
		S.id('st-says').focus();
	};
	const query = (preview) =>
		S.url(PLACE, {
			format: S.id('st-format').value,
			account: S.id('st-account').value.replace(/\s/g, ''),
			preview: preview ? '1' : '',
			mapping: options.mapping,
			without: options.without,
			gaps: options.gaps
		}).replace(/\+/g, '%20');
	const send = (preview) => ZY.api('POST', query(preview), { quiet: true, body: file, type: 'application/octet-stream' });
	const look = function () {
		if (!file) return;
		['trouble', 'done'].forEach(S.unnotice);
		S.loading(host, send(true)).then(
			(answer) => draw(answer.data),
			(problem) => {
				S.clear(host);
				S.trouble(problem, look);
			}
		);
	};
	const bring = function () {
		const button = S.id('st-import');

		button.disabled = true;
		S.unnotice('trouble');
		S.loading(host, send(false)).then(
			(answer) => {
				const a = answer.data;

				S.clear(host);
				S.id('st-file').value = '';
				file = null;
				S.notice(
					'done',
					a.new ? 'ok' : 'info',
					a.again
						? S.t('st.done_again', { id: a.id })
						: a.new
							? S.t('st.done', { n: a.new, amount: S.yuan(a.in_fen), known: a.known })
							: S.t('st.done_none')
				);
				list('');
			},
			(problem) => {
				button.disabled = false;
				S.trouble(problem, bring);
			}
		);
	};
	const choose = function (chosen) {
		if (!chosen) return;
		file = chosen;
		options = {};
		S.unnotice('kept');
		look();
	};

	/* ---- what came before ---- */

	const open = function (id, from) {
		const place = S.id('lines');

		S.loading(place, ZY.api('GET', S.url(PLACE + '/' + id, { after: from, limit: 50 }), { quiet: true })).then(
			(answer) => {
				const next = answer.data.next;

				S.fill(
					place,
					S.el('h3', { id: 'lines-h', tabindex: '-1', text: S.t('st.lines_h', { n: id }) }),
					lines(answer.data.items, S.t('st.lines_h', { n: id })),
					S.pager(from, next, (after) => open(id, after))
				);
				S.id('lines-h').focus();
			},
			(problem) => S.trouble(problem, () => open(id, from))
		);
	};
	const row = (one) =>
		S.el(
			'tr',
			{},
			S.el('td', { class: 'num', text: one.id }),
			S.el('td', { class: 'fig', text: one.first_day === one.last_day ? one.first_day : S.t('st.days', { from: one.first_day, to: one.last_day }) }),
			S.el('td', { text: S.t('st.format.' + one.format) }),
			S.el('td', { class: 'num', text: one.new === one.lines ? one.new : one.new + ' / ' + one.lines }),
			S.el('td', { class: 'num', text: S.yuan(one.in_fen) }),
			S.el('td', {}, S.el('span', { class: 'fig', text: S.stamp(one.at).slice(5) }), ' ', one.by),
			S.el('td', {}, S.button('st.open', () => open(one.id, ''), { 'aria-label': S.t('st.open_n', { n: one.id }) }))
		);
	const list = function (from) {
		const place = S.id('list');

		S.loading(place, ZY.api('GET', S.url(PLACE, { after: from, limit: 20 }), { quiet: true })).then(
			(answer) => {
				const items = answer.data.items;
				const next = answer.data.next;

				S.fill(
					place,
					items.length
						? S.table(
								S.t('st.list_t'),
								S.heads('st.', ['l.id num', 'l.days', 'l.format', 'l.lines num', 'l.in num', 'l.by', 'open vh-head']),
								items.map(row)
							)
						: S.el('p', { class: 'empty', text: S.t('st.list.none') }),
					S.pager(from, next, list),
					S.el('div', { id: 'lines' })
				);
			},
			(problem) => {
				S.clear(place);
				S.trouble(problem, () => list(from));
			}
		);
	};

	S.drop(form, (files) => choose(files[0]));
	S.start()
		.then(() => S.loading(S.id('list'), ZY.catalog()))
		.then((book) => {
			S.fill(
				S.id('take-f'),
				S.field({ id: 'st-file', label: S.t('st.file'), hint: S.t('st.file_h'), type: 'file', attrs: { accept: '.xml,.csv,.txt,text/xml,text/csv' } }),
				S.field({ id: 'st-account', label: S.t('st.account'), hint: S.t('st.account_h'), value: book.payee.account, attrs: { inputmode: 'numeric' } }),
				S.field({
					id: 'st-format',
					label: S.t('st.format'),
					options: ['auto', 'citic', 'camt', 'csv'].map((name) => [name, S.t('st.format.' + name)]),
					value: 'auto'
				})
			);
			S.id('st-file').addEventListener('change', (event) => choose(event.target.files[0]));
			S.id('st-format').addEventListener('change', look);
			S.id('st-account').addEventListener('change', look);
			list('');
		}, S.trouble);
})(window.ZY);
