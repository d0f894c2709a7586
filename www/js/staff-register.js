/* The register of certificates: what there is, until when, what came before and after, which case made it.  Persons'
 * names and tokens are masked by the server. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const LIMIT = 50;
	const q = S.query('q').trim();
	const after = S.query('after');
	const serial = S.query('serial').trim();
	const address = (more) => S.url('/staff/register.html', Object.assign({ q: q }, more));
	let book = null;

	const seal = (row) => {
		const kind = (book.seal_kinds || []).filter((one) => one.code === row.seal_kind)[0];

		return row.seal_name ? S.t('f.item_is', { kind: kind ? kind.name : '', name: row.seal_name }) : '';
	};
	const link = (to) =>
		S.el('a', { class: 'fig brk', href: S.url('/staff/register.html', { serial: to }), text: to });
	const other = (key, to) => to && S.el('span', { class: 'blk' }, S.t(key) + ' ', link(to));
	const ended = (row) =>
		row.revoked_at &&
		S.el('span', {
			class: 'quiet blk',
			text: S.t('reg.ended', {
				at: S.stamp(row.revoked_at),
				why: S.word('reg.why', String(row.revoke_reason === null ? 0 : row.revoke_reason))
			})
		});
	const COLUMNS = [
		[
			'serial',
			(row) => [
				S.el('span', { class: 'blk' }, link(row.sign_serial)),
				S.el('span', { class: 'quiet brk blk fig' }, S.beside(S.t('reg.enc'), row.enc_serial))
			]
		],
		[
			'holder',
			(row) => [
				S.el('span', { class: 'blk', text: row.holder_name || '' }),
				row.unit_name &&
					row.unit_name !== row.holder_name &&
					S.el('span', { class: 'blk quiet', text: row.unit_name }),
				S.el('span', { class: 'blk quiet fig', text: row.uscc || '' })
			]
		],
		[
			'status',
			(row) => [
				S.former.tag(row),
				ended(row),
				row.status === 'valid' &&
					S.el('span', { class: 'quiet blk', text: S.t('reg.left', { n: row.days_left }) })
			]
		],
		['term', (row) => S.t('make.from_to', { from: row.not_before, to: row.not_after })],
		['seal', seal],
		['token', (row) => S.el('span', { class: 'fig', text: row.token_serial || '' })],
		['chain', (row) => [other('reg.before', row.predecessor), other('reg.after', row.successor)]],
		[
			'case',
			(row) =>
				row.case_no
					? S.el('a', { class: 'fig', href: S.caseUrl(row.case_no), text: row.case_no })
					: S.t('reg.imported')
		]
	];
	/* columns: [key of its heading, cell of a row]; mark: of the row that is looked at. */
	const table = (items, columns, caption, mark) =>
		S.el(
			'div',
			{ class: 'scroll', role: 'group', tabindex: '0', 'aria-label': S.t(caption) },
			S.el(
				'table',
				{ class: 'tbl' + (columns === COLUMNS ? ' tbl-reg' : ' tbl-line') },
				S.el('caption', { class: 'vh', text: S.t(caption) }),
				S.el(
					'thead',
					{},
					S.el(
						'tr',
						{},
						columns.map((column) => S.el('th', { scope: 'col', text: S.t('reg.' + column[0]) }))
					)
				),
				S.el(
					'tbody',
					{},
					items.map((row) =>
						S.el(
							'tr',
							mark && mark(row) ? { class: 'on', 'aria-current': 'true' } : {},
							columns.map((column) => S.el('td', {}, column[1](row)))
						)
					)
				)
			)
		);
	const draw = (items, next) =>
		S.fill(
			S.id('list'),
			items.length ? table(items, COLUMNS, 'reg.table') : S.el('p', { class: 'empty', text: S.t(q ? 'reg.none' : 'reg.empty') }),
			S.el(
				'p',
				{ class: 'pager' },
				after && S.el('a', { class: 'btn btn-2', href: address({}), text: S.t('list.first') }),
				next &&
					S.el('a', { class: 'btn btn-2', rel: 'next', href: address({ after: next }), text: S.t('list.next') })
			)
		);

	/* ---- one certificate ---- */

	const col = (key) => COLUMNS.filter((column) => column[0] === key)[0];
	const part = (id, heading, body) =>
		S.el('section', { 'aria-labelledby': id }, S.el('h2', { id: id, text: heading }), body);
	const facts = (c) =>
		S.el(
			'dl',
			{ class: 'facts' },
			[
				['serial', c.sign_serial],
				['enc_serial', c.enc_serial],
				['holder', col('holder')[1](c)],
				['address', c.unit_address],
				['status', col('status')[1](c)],
				['term', col('term')[1](c)],
				['seal', seal(c)],
				['case', col('case')[1](c)]
			].map((row) => row[1] && S.el('div', {}, S.el('dt', { text: S.t('reg.' + row[0]) }), S.el('dd', {}, row[1])))
		);
	const chain = (data) =>
		table(
			data.chain,
			[
				[
					'serial',
					(row) =>
						row.sign_serial === data.certificate.sign_serial
							? S.el('strong', { class: 'fig brk', text: row.sign_serial })
							: link(row.sign_serial)
				],
				col('status'),
				col('term'),
				col('seal'),
				col('case')
			],
			'reg.chain',
			(row) => row.sign_serial === data.certificate.sign_serial
		);
	const EVENTS = [
		['event_at', (row) => S.stamp(row.at)],
		['event', (row) => row.event_name],
		['event_state', (row) => row.state_name],
		['event_by', (row) => row.by || S.t('reg.nobody')],
		[
			'event_why',
			(row) => [
				row.case_no && S.el('a', { class: 'fig', href: S.caseUrl(row.case_no), text: row.case_no }),
				row.note && S.el('span', { class: 'blk', text: row.note })
			]
		]
	];
	const tell = (data, may) =>
		S.askReason({
			title: S.t('reg.tell_title', { what: may.name }),
			text: S.t('reg.tell', { token: data.certificate.token_serial, state: data.token.state_name }),
			ok: 'reg.tell_ok',
			danger: may.event === 'retire'
		}).then(
			(note) =>
				note &&
				ZY.api('POST', '/api/staff/certificates/' + data.certificate.sign_serial + '/token', {
					body: { event: may.event, note: note }
				}).then((answer) => {
					whole(answer.data);
					S.notice('token', 'ok', S.t('reg.told', { state: answer.data.token.state_name }));
				}, S.trouble)
		);
	const token = (data) =>
		!data.token
			? S.el('p', { text: S.t('reg.no_token') })
			: [
					S.el(
						'p',
						{},
						S.el('span', { class: 'fig', text: data.certificate.token_serial }),
						' ',
						S.el('span', {
							class: 'tag' + (data.token.state === 'in_use' ? ' tag-ok' : data.token.state === 'blank' ? '' : ' tag-err'),
							text: data.token.state_name
						})
					),
					S.can('produce') &&
						data.token.may.length > 0 &&
						S.el(
							'p',
							{ class: 'row-act' },
							data.token.may.map((may) => {
								const press = S.button('reg.tell_ok', () => tell(data, may));

								press.textContent = may.name;
								return press;
							})
						),
					data.token.events.length > 0 && table(data.token.events, EVENTS, 'reg.events')
				];
	const whole = function (data) {
		S.fill(
			S.id('list'),
			S.el('p', {}, S.el('a', { href: '/staff/register.html', text: S.t('reg.back') })),
			part('c-one', data.certificate.holder_name || '', facts(data.certificate)),
			part('c-chain', S.t('reg.chain_all'), chain(data)),
			part('c-token', S.t('reg.token'), token(data))
		);
	};
	const one = () =>
		S.loading(
			S.id('list'),
			Promise.all([
				ZY.api('GET', '/api/staff/certificates/' + encodeURIComponent(serial), { quiet: true }),
				ZY.catalog()
			])
		).then(
			(both) => {
				book = both[1];
				whole(both[0].data);
			},
			(problem) => missing(problem, one)
		);
	const missing = function (problem, again) {
		const say = { 403: 'staff.forbidden', 404: 'reg.none' }[problem.status];

		S.clear(S.id('list'));
		if (say) S.fill(S.id('list'), S.el('p', { class: 'empty', text: S.t(say) }));
		else S.trouble(problem, again);
	};
	const load = () =>
		S.loading(
			S.id('list'),
			Promise.all([
				ZY.api('GET', S.url('/api/staff/certificates', { q: q, after: after, limit: LIMIT }), { quiet: true }),
				ZY.catalog()
			])
		).then(
			(both) => {
				book = both[1];
				draw(both[0].data.items, both[0].data.next);
			},
			(problem) => missing(problem, load)
		);

	S.id('q').value = q;
	S.id('look').addEventListener('submit', (event) => {
		event.preventDefault();
		S.go(S.url('/staff/register.html', { q: S.plain(S.id('q').value) }));
	});
	S.start().then(serial ? one : load);
})(window.ZY);
