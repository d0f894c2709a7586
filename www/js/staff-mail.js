/* Mail-room: one field that always has the focus.  What is scanned is known by its shape: the code on a page, a case number, a
 * token, a waybill.  A big word says whether the paper is right; below stand the originals, the token, and what came in. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const BASE32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
	const form = S.id('scan');
	const field = S.id('code');
	const result = S.id('result');
	const shelf = S.arrivals.list(S.id('parked'), {
		trouble: (problem) => S.trouble(problem, () => shelf.load()),
		joined: (one) => {
			shelf.load();
			find(one.no);
			S.notice('in', 'ok', S.t('in.joined', { no: one.no }));
		}
	});
	let book = null;
	let turn = 0; /* scans overtake each other: only the last one is shown */
	let open = null; /* the case on the table */

	/* Whatever is being typed by now is the next scan: it keeps the focus and what it has. */
	const focus = (next) => {
		if (!field.value) (next || field).focus();
	};
	/* What a page's code says: Z1, number, then 13 characters (version 2, page, pages, copy or 9 for seals, and 8 of proof). */
	S.formCode = function (typed) {
		const text = S.plain(typed).toUpperCase().replace(/\s/g, '');
		const code = /^Z1([0-9A-Z]{8,17})([0-9A-Z]{2})([0-9A-Z])([0-9A-Z])([1-9])[0-9A-Z]{8}$/.exec(text);
		const digit = (c) => BASE32.indexOf(c);

		return code && S.checked(code[1])
			? {
					no: code[1],
					version: digit(code[2][0]) * 32 + digit(code[2][1]),
					page: digit(code[3]),
					pages: digit(code[4]),
					copy: Number(code[5])
				}
			: null;
	};
	const word = function (kind, key, say, more) {
		S.fill(
			result,
			S.el(
				'div',
				{ class: 'word word-' + kind, role: 'alert' },
				S.el('p', { class: 'word-big', text: S.t('mail.' + key) }),
				S.el('p', { text: say })
			),
			more
		);
	};
	const verdict = function (c, code) {
		if (S.closed(c.state)) return ['warn', 'closed', S.t('mail.closed_say', { state: c.state_name })];
		if (code.version && code.version !== c.form.version)
			return ['err', 'old', S.t('mail.old_say', { n: code.version, now: c.form.version })];
		if (S.gate(c, 'originals') && S.gate(c, 'originals').closed_at && !S.open(c, 'token'))
			return ['info', 'again', S.t('mail.again_say', { at: S.stamp(S.gate(c, 'originals').closed_at) })];
		if ((!S.open(c, 'originals') && !S.open(c, 'token')) || ['draft', 'printed'].indexOf(c.state) >= 0)
			return ['warn', 'none', S.t('mail.none_say', { state: c.state_name })];
		return [
			'ok',
			'right',
			!S.open(c, 'originals')
				? S.t('mail.right_token')
				: code.version
					? S.t(code.copy === 9 ? 'mail.right_seals' : 'mail.right_say', {
							n: code.version,
							page: code.page,
							pages: code.pages,
							copy: code.copy
						})
					: S.t('mail.right_typed', { n: c.form.version })
		];
	};
	/* The token beside the paper, where the case waits for one. */
	const token = function (c, store) {
		const host = S.el('section', { class: 'panel' });

		if (!S.open(c, 'token') || S.ticks(c).indexOf('token') < 0) return null;
		S.panels.gates(host, {
			store: store,
			trouble: S.trouble,
			only: ['token'],
			saved: (after, lack) => done(after, store, lack, 'tick.' + (lack ? 'part' : 'done') + '.token')
		})(c);
		return host;
	};
	const focusOn = () => {
		focus(S.id('originals-every') || S.id('tick-token-i'));
	};
	const paper = function (c, store) {
		const host = S.el('section', { class: 'panel' });

		if (!S.open(c, 'originals')) return null;
		S.panels.originals(host, {
			store: store,
			book: book,
			trouble: S.trouble,
			saved: (after, lack) => done(after, store, lack, lack ? 'originals.saved_part' : 'originals.saved')
		})(c);
		return host;
	};
	/* One thing is in: say so, and go on with what this case still waits for. */
	const done = function (c, store, lack, key) {
		word(
			lack ? 'warn' : 'ok',
			lack ? 'part' : 'done',
			S.t(key, { n: lack }) + (!lack && c.due ? S.t('originals.due', { day: c.due }) : ''),
			[
				S.caseCard(c),
				lack && key.indexOf('originals') === 0 ? null : paper(c, store),
				token(c, store),
				arrivals(c, store)
			]
		);
		S.unnotice('originals');
		S.unnotice('tick-token');
		S.recount();
		focusOn();
	};
	const arrivals = function (c, store) {
		const host = S.el('section', { class: 'panel' });

		S.panels.arrivals(host, {
			trouble: S.trouble,
			saved: (one) => {
				S.notice('in', 'ok', S.t('in.saved', { code: one.waybill }));
				store.load().then((after) => {
					S.panels.arrivals(host, { trouble: S.trouble, saved: () => find(c.no) })(after);
					focus();
				}, S.trouble);
			}
		})(c);
		return host;
	};
	const SAYS = { arrival: ['info', 'arrival', 'mail.arrival_say'], parcel: ['info', 'parcel', 'mail.parcel_say'] };
	const show = function (c, store, said) {
		const verdictOf = verdict(c, said.form || {});
		const told = SAYS[said.kind] || verdictOf;
		const takes = ['right', 'old'].indexOf(verdictOf[1]) >= 0;
		const text = SAYS[said.kind] ? S.t(told[2], { code: said.code }) : told[2];

		open = c;
		word(told[0], told[1], said.kind === 'token' ? S.t('mail.token_say', { code: said.code }) : text, [
			S.caseCard(c),
			takes && paper(c, store),
			takes && token(c, store),
			arrivals(c, store)
		]);
		if (said.kind === 'token' && S.id('tick-token-i')) S.id('tick-token-i').value = said.code;
		if (said.kind === 'token' && S.id('tick-token-i')) focus(S.id('tick-token-i'));
		else if (takes) focusOn();
		else focus();
	};
	const openCase = function (said, mine) {
		const store = S.store(said.no);

		return Promise.all([store.load(), ZY.catalog()]).then((both) => {
			if (mine !== turn) return;
			book = both[1];
			show(both[0], store, said);
		});
	};
	/* Nobody knows this waybill: for the case on the table, or to the shelf. */
	const unknown = function (said) {
		const c = open;
		const kept = (text) => {
			S.notice('in', 'ok', text);
			shelf.load();
		};

		word('warn', 'new', S.t('mail.new_say', { code: said.code }), [
			c &&
				S.el(
					'p',
					{ class: 'row-act' },
					S.el('button', {
						type: 'button',
						class: 'btn',
						id: 'in-to-case',
						text: S.t('in.to_case', { no: c.no }),
						on: {
							click: () =>
								S.arrivals.take({ waybill: said.code, no: c.no }).then((one) => {
									find(c.no);
									kept(S.t('in.saved', { code: one.waybill }));
								}, S.trouble)
						}
					})
				),
			S.arrivals.park(said.code, {
				trouble: S.trouble,
				parked: () => {
					kept(S.t('in.parked'));
					S.fill(result);
					focus();
				}
			})
		]);
		focus();
	};
	const parked = function (said) {
		word('info', 'parked', S.t('mail.parked_say', { code: said.code }));
		shelf.load().then(() => focus(S.id('join-' + said.arrival_id)));
	};
	/* Text of a stranger's paper: shown as it is, and nothing else happens with it. */
	const foreign = function (say, typed) {
		word('err', 'foreign', say || S.t('mail.foreign_say'), S.el('p', { class: 'quiet scanned', text: S.t('mail.foreign_more', { code: typed.slice(0, 200) }) }));
		focus();
	};
	const sort = function (said, typed, mine) {
		if (said.kind !== 'waybill' && !said.no) open = null;
		if (said.no) return openCase(said, mine);
		if (said.kind === 'token') {
			word('warn', 'token_lost', said.detail);
			focus();
		} else if (said.kind === 'arrival') parked(said);
		else if (said.kind === 'waybill') unknown(said);
		else foreign(said.detail, typed);
		return null;
	};
	/* The same again while its boxes are half ticked: they stay. */
	const again = (no) => open && open.no === no && ZY.$$('input[data-m]:checked:enabled', result).length > 0;
	const find = function (typed) {
		const mine = ++turn;

		S.unnotice('trouble');
		S.unnotice('ime');
		S.unnotice('in');
		field.value = '';
		field.focus();
		if (again((S.formCode(typed) || { no: S.caseNo(typed) }).no)) {
			S.notice('in', 'info', S.t('mail.same'));
			return;
		}
		S.loading(result, ZY.api('POST', '/api/staff/scanner', { quiet: true, body: { code: typed } }))
			.then((answer) => mine === turn && sort(answer.data, typed, mine))
			.catch((problem) => {
				if (mine !== turn) return;
				if (problem.status === 422 || problem.status === 400) foreign('', typed);
				else S.trouble(problem, () => find(typed));
			});
	};

	form.addEventListener('submit', (event) => {
		event.preventDefault();
		if (field.value.trim()) find(field.value);
	});
	/* A scanner that types through an input method loses characters: say so at once. */
	field.addEventListener('compositionstart', () => S.notice('ime', 'warn', S.t('mail.ime')));
	document.addEventListener('click', (event) => {
		if (!event.target.closest('a,button,input,label,select,textarea,dialog') && !String(window.getSelection()))
			field.focus();
	});
	/* Digits and capitals typed anywhere else than in a field belong here. */
	document.addEventListener('keydown', (event) => {
		if (
			!event.ctrlKey &&
			!event.altKey &&
			!event.metaKey &&
			/^[0-9A-Za-z]$/.test(event.key) &&
			!event.target.closest('input[type=text],input[type=search],textarea,select,dialog')
		)
			field.focus();
	});
	S.start().then(() => {
		field.focus();
		shelf.load();
		if (S.query('no')) find(S.query('no'));
	});
})(window.ZY);
