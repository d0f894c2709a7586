/* Mail-room: one field that always has the focus.  A number or the code on a page brings up the case, a big word says
 * whether the paper is right, and the checklist of originals stands below. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const BASE32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
	const form = S.id('scan');
	const field = S.id('code');
	const result = S.id('result');
	let book = null;

	const refocus = () => {
		field.value = '';
		field.focus();
	};
	/* What a page's code says: Z1, number, then 13 characters (version 2, page, pages, copy, and 8 of proof). */
	const parse = function (typed) {
		const text = S.plain(typed).toUpperCase().replace(/\s/g, '');
		const code = /^Z1([0-9A-Z]{8,17})([0-9A-Z]{2})([0-9A-Z])([0-9A-Z])([1-9])[0-9A-Z]{8}$/.exec(text);
		const digit = (c) => BASE32.indexOf(c);

		if (code && S.checked(code[1]))
			return {
				no: code[1],
				version: digit(code[2][0]) * 32 + digit(code[2][1]),
				page: digit(code[3]),
				pages: digit(code[4]),
				copy: Number(code[5])
			};
		return { no: S.caseNo(typed) };
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
					? S.t('mail.right_say', {
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
		const next = S.id('originals-every') || S.id('tick-token-i');

		if (next) next.focus();
		else refocus();
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
			[S.caseCard(c), lack && key.indexOf('originals') === 0 ? null : paper(c, store), token(c, store)]
		);
		S.unnotice('originals');
		S.unnotice('tick-token');
		S.recount();
		focusOn();
	};
	const show = function (c, store, code) {
		const said = verdict(c, code);
		const open = said[1] === 'right' || said[1] === 'old';

		word(said[0], said[1], said[2], [
			S.caseCard(c),
			open && paper(c, store),
			open && token(c, store)
		]);
		if (open) focusOn();
	};
	const find = function (typed) {
		const code = parse(typed);
		const store = S.store(code.no);

		S.unnotice('trouble');
		S.unnotice('ime');
		if (!code.no) {
			word('err', 'foreign', S.t('mail.foreign_say'));
			refocus();
			return;
		}
		S.loading(result, Promise.all([store.load(), ZY.catalog()])).then(
			(both) => {
				book = both[1];
				refocus();
				show(both[0], store, code);
			},
			(problem) => {
				refocus();
				if (problem.status === 404) word('err', 'foreign', S.t('mail.unknown_say', { no: code.no }));
				else S.trouble(problem, () => find(typed));
			}
		);
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
		if (S.query('no')) find(S.query('no'));
	});
})(window.ZY);
