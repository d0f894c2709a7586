/* The certificates a case names when it is not the first one: what the register says of them beside what was filled in, the
 * change, the cause, until when a new certificate lasts, the question before a revocation.  Pages of production and of the
 * register use this, too; the page of a case fetches it when the case names one. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const F = {};
	const asked = {};

	S.former = F;
	F.lines = (c) => (c.items || []).filter((item) => item.old_serial);

	/* ---- the register ---- */

	/* Row of a certificate by its serial, asked once per page; null when the register does not know it. */
	F.row = function (serial) {
		if (!asked[serial])
			asked[serial] = ZY.api('GET', S.url('/api/staff/certificates', { q: serial, limit: 5 }), {
				quiet: true
			}).then(
				(answer) =>
					(answer.data.items || []).filter(
						(row) => row.sign_serial === serial || row.enc_serial === serial
					)[0] || null,
				(problem) => {
					delete asked[serial];
					throw problem;
				}
			);
		return asked[serial];
	};
	/* Rows of all lines of the case, in their order, null where a line names none. */
	F.rows = (c) =>
		Promise.all((c.items || []).map((item) => (item.old_serial ? F.row(item.old_serial) : Promise.resolve(null))));
	F.tone = (status) => ({ valid: 'ok', suspended: 'warn', expired: 'off', revoked: 'off', superseded: 'off' })[status];
	F.tag = (row) => S.el('span', { class: 'tag tag-' + F.tone(row.status), text: row.status_name });

	/* ---- until when ---- */

	/* The same day years later; the 29th of February becomes the 28th. */
	F.later = function (day, years) {
		const parts = day.split('-').map(Number);
		const year = parts[0] + (years || 1);
		const last = new Date(Date.UTC(year, parts[1], 0)).getUTCDate();

		return new Date(Date.UTC(year, parts[1] - 1, Math.min(parts[2], last))).toISOString().slice(0, 10);
	};
	/* Last day of a certificate that begins on from: as the server reckons (lib/domain/register_rule.c). */
	F.lastDay = function (c, old, from) {
		const effect = c.effect;

		if (old && (effect === 'replace' || effect === 'reissue')) return old.not_after;
		if (old && effect === 'extend' && from <= old.not_after) return F.later(old.not_after, c.years);
		return F.later(from, c.years);
	};
	F.why = function (c, old) {
		const effect = c.effect;

		if (old && (effect === 'replace' || effect === 'reissue')) return S.t('former.day_same');
		if (old && effect === 'extend')
			return S.t(S.today() <= old.not_after ? 'former.day_extend' : 'former.day_expired', { n: c.years });
		return S.t('former.day_new', { n: c.years });
	};

	/* ---- what stands in the data panel ---- */

	const named = (list, code) => ((list || []).filter((one) => one.code === code)[0] || { name: code }).name;
	const value = (text) =>
		text ? S.el('span', { class: 'val', text: text }) : S.el('span', { class: 'quiet', text: S.t('case.empty') });
	/* Beside each other: what the case says, what the register says; a difference is marked. */
	const beside = function (label, mine, theirs, may) {
		const differs = mine && theirs && !/\*/.test(mine + theirs) && mine !== theirs;

		return S.el(
			'tr',
			{},
			S.el('th', { scope: 'row', text: label }),
			S.el('td', {}, value(mine)),
			S.el(
				'td',
				{},
				value(theirs),
				differs && [
					' ',
					S.el('span', { class: 'tag tag-' + (may ? 'warn' : 'err'), text: S.t('former.differs') })
				]
			)
		);
	};
	const compared = function (c, item, row, book) {
		const unit = c.unit || {};
		const person = c.person || {};
		const change = c.effect === 'replace';

		return S.table(
			S.t('former.line', { serial: item.old_serial }),
			S.heads('former.', ['what', 'case', 'register']),
			[
				c.holder !== 'ind' && [
					beside(S.t('f.unit.name'), unit.name, row.unit_name, change),
					beside(S.t('f.unit.uscc'), unit.uscc, row.uscc),
					beside(S.t('f.unit.address'), unit.address, row.unit_address, change)
				],
				c.holder !== 'org' && beside(S.t('f.person.name'), person.name, row.holder_name, change),
				beside(
					S.t('make.seal'),
					S.t('f.item_is', { kind: named(book.seal_kinds, item.seal_kind), name: item.seal_name || '' }),
					row.seal_name &&
						S.t('f.item_is', { kind: named(book.seal_kinds, row.seal_kind), name: row.seal_name }),
					change
				)
			],
			'tbl tbl-former'
		);
	};
	F.facts = (row) =>
		S.dl([
			[S.t('reg.status'), F.tag(row)],
			[S.t('make.term'), S.t('make.from_to', { from: row.not_before, to: row.not_after })],
			row.token_serial && [S.t('reg.token'), S.el('span', { class: 'fig', text: row.token_serial })]
		]);
	const line = function (c, item, n, book) {
		const host = S.el('div', {}, S.el('p', { class: 'quiet', text: S.t('loading') }));

		F.row(item.old_serial).then(
			(row) =>
				row
					? S.fill(host, F.facts(row), compared(c, item, row, book))
					: S.fill(host, S.el('p', { class: 'box box-warn', text: S.t('former.unknown') })),
			(problem) => S.fill(host, S.el('p', { class: 'quiet', text: S.why(problem) }))
		);
		return S.el(
			'div',
			{ class: 'former' },
			S.el(
				'p',
				{ class: 'former-h' },
				S.t('former.nth', { n: n }) + ' ',
				S.el('a', {
					class: 'fig brk',
					href: S.url('/staff/register.html', { q: item.old_serial }),
					text: item.old_serial
				})
			),
			host
		);
	};
	let kept = { key: '', node: null };
	/* Nodes for the data panel; made once for a version, for the case is drawn again every minute. */
	F.data = function (c, book) {
		const lines = F.lines(c);
		const change = c.change || {};
		const key = c.no + ' ' + c.version + ' ' + (c.person ? c.person.name : '');

		if (kept.key === key) return kept.node;
		kept = {
			key: key,
			node: S.el(
				'div',
				{},
				c.review === 'manual' &&
					S.el('p', {}, S.el('span', { class: 'tag tag-warn', text: S.t('former.manual') })),
				(c.reason || (change.items || []).length > 0) &&
					S.el(
						'div',
						{ class: 'data-part' },
						S.el('h3', { text: S.t(c.reason ? 'former.cause' : 'former.change') }),
						S.dl([
							c.reason && [S.t('former.cause'), value(named(book.causes, c.reason))],
							(change.items || []).length > 0 && [
								S.t('former.items'),
								value(change.items.map((code) => named(book.change_items, code)).join(S.t('comma')))
							],
							(change.before || change.after) && [S.t('former.before'), value(change.before)],
							(change.before || change.after) && [S.t('former.after'), value(change.after)]
						])
					),
				lines.length > 0 &&
					S.el(
						'div',
						{ class: 'data-part' },
						S.el('h3', { text: S.t('former.title') }),
						lines.map((item) => line(c, item, c.items.indexOf(item) + 1, book))
					)
			)
		};
		return kept.node;
	};

	/* ---- before a revocation ---- */

	/* For the second review of a revocation: a text and a field for the end of the serial; null for other services. */
	F.approval = function (c) {
		const ends = F.lines(c).map((item) => item.old_serial.slice(-6));
		const typed = (i) =>
			S.plain(S.id('tail-' + i).value)
				.replace(/\s/g, '')
				.toUpperCase();

		if (c.effect !== 'revoke') return null;
		return {
			body: [
				S.el('p', { class: 'box box-warn', text: S.t('former.ends', { n: ends.length }) }),
				F.lines(c).map((item, i) =>
					S.field({
						id: 'tail-' + i,
						label: S.t('former.tail', { n: i + 1 }),
						hint: S.t('former.tail_hint', { serial: item.old_serial.slice(0, -6) + '\u2026' }),
						attrs: { class: 'w-s', maxlength: '12', autocapitalize: 'characters' }
					})
				)
			],
			check: () =>
				ends
					.map((end, i) => (typed(i) === end ? null : { id: 'tail-' + i, text: S.t('former.tail_bad') }))
					.filter(Boolean)
		};
	};
})(window.ZY);
