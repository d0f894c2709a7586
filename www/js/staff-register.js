/* The register of certificates: what there is, until when, what came before and after, which case made it.  Persons'
 * names and tokens are masked by the server. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const LIMIT = 50;
	const q = S.query('q').trim();
	const after = S.query('after');
	const address = (more) => S.url('/staff/register.html', Object.assign({ q: q }, more));
	let book = null;

	const seal = (row) => {
		const kind = (book.seal_kinds || []).filter((one) => one.code === row.seal_kind)[0];

		return row.seal_name ? S.t('f.item_is', { kind: kind ? kind.name : '', name: row.seal_name }) : '';
	};
	const other = (key, serial) =>
		serial &&
		S.el(
			'span',
			{ class: 'blk' },
			S.t(key) + ' ',
			S.el('a', { class: 'fig brk', href: S.url('/staff/register.html', { q: serial }), text: serial })
		);
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
				S.el('span', { class: 'fig brk blk', text: row.sign_serial }),
				S.el('span', { class: 'quiet brk blk fig' }, S.t('reg.enc') + ' ' + row.enc_serial)
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
	const table = (items) =>
		S.el(
			'section',
			{ class: 'scroll', tabindex: '0', 'aria-labelledby': 'title' },
			S.el(
				'table',
				{ class: 'tbl tbl-reg' },
				S.el('caption', { class: 'vh', text: S.t('reg.table') }),
				S.el(
					'thead',
					{},
					S.el(
						'tr',
						{},
						COLUMNS.map((column) => S.el('th', { scope: 'col', text: S.t('reg.' + column[0]) }))
					)
				),
				S.el(
					'tbody',
					{},
					items.map((row) =>
						S.el(
							'tr',
							{},
							COLUMNS.map((column) => S.el('td', {}, column[1](row)))
						)
					)
				)
			)
		);
	const draw = (items, next) =>
		S.fill(
			S.id('list'),
			items.length ? table(items) : S.el('p', { class: 'empty', text: S.t(q ? 'reg.none' : 'reg.empty') }),
			S.el(
				'p',
				{ class: 'pager' },
				after && S.el('a', { class: 'btn btn-2', href: address({}), text: S.t('list.first') }),
				next &&
					S.el('a', { class: 'btn btn-2', rel: 'next', href: address({ after: next }), text: S.t('list.next') })
			)
		);
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
			(problem) => {
				S.clear(S.id('list'));
				if (problem.status === 403)
					S.fill(S.id('list'), S.el('p', { class: 'empty', text: S.t('staff.forbidden') }));
				else S.trouble(problem, load);
			}
		);

	S.id('q').value = q;
	S.id('look').addEventListener('submit', (event) => {
		event.preventDefault();
		S.go(S.url('/staff/register.html', { q: S.plain(S.id('q').value) }));
	});
	S.start().then(load);
})(window.ZY);
