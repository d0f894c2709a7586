/* The production bench: a key made in the UKey, its certificate issued, written into it, looked at by another person.
 * S.bench(changed) works on #bench and #paper; changed() after each line.  PINs stay in this page's memory until the
 * letter is printed. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const BATCH_MAX = 50;
	const ASK_MS = 700;
	const ASK_TIMES = 90;

	S.bench = function (changed) {
		const key = ZY.token(S.id('bench').dataset.at);
		const rows = {};
		const pins = {};
		const bench = {};
		const name = (no, n) => no + '/' + n;
		const api = (method, rest, body) =>
			ZY.api(method, '/api/staff/production/' + rest, {
				quiet: true,
				body: body,
				key: method === 'POST' ? ZY.key() : undefined
			}).then((answer) => answer.data.items);
		const keep = function (no, items) {
			items.forEach((one) => {
				rows[name(no, one.item)] = one;
			});
			return rows;
		};
		const state = (row) => (row.checked_at ? 'checked' : row.written_at ? 'written' : row.state);
		/* What another PIN or token mends is asked for again; the rest ends the line. */
		const fault = (text, again) => ({ status: 409, detail: text, errors: [], again: again });

		bench.read = (no) => api('GET', encodeURIComponent(no)).then((items) => keep(no, items));

		const issued = function (no, n) {
			let times = 0;
			const ask = () =>
				bench.read(no).then(() => {
					const row = rows[name(no, n)];

					if (row.state === 'failed' || row.state === 'unknown') throw fault(row.error);
					if (row.state === 'done') return row;
					times += 1;
					if (times > ASK_TIMES) throw fault(S.t('bench.slow'));
					return new Promise((next) => setTimeout(next, ASK_MS)).then(ask);
				});

			return ask();
		};
		const client = (work) =>
			work.catch((problem) => {
				problem.again = true;
				throw problem;
			});
		const order = (no, n, pin, face) =>
			client(key.request(pin)).then((request) =>
				api('POST', 'orders', { no: no, item: n, request: request, token_serial: face.serial })
			);
		const make = (no, n, pin, used) =>
			client(key.show()).then((face) => {
				if (face.state !== 'ready') throw fault(S.t('bench.locked'), true);
				if (used.indexOf(face.serial) >= 0) throw fault(S.t('bench.same'), true);
				return bench
					.read(no)
					.then(() => {
						const row = rows[name(no, n)];

						if (!row || row.state === 'failed') return order(no, n, pin, face);
						if (row.token_serial !== face.serial)
							throw fault(S.t('bench.other', { token: row.token_serial }), true);
						return row;
					})
					.then(() => issued(no, n))
					.then((row) =>
						row.written_at
							? row
							: client(key.install(pin, row))
									.then(() => api('POST', 'written', { no: no, item: n }))
									.then((items) => {
										pins[name(no, n)] = pin;
										return keep(no, items)[name(no, n)];
									})
					);
			});
		/* Resolves with the row once it is written, with null when the person gives up; rejects when it cannot be made. */
		const ask = function (line, title, used, said) {
			const row = rows[name(line.no, line.n)];
			const field = S.field({
				id: 'bench-pin',
				label: S.t('bench.pin'),
				hint: S.t('bench.pin_hint'),
				type: 'password',
				attrs: { maxlength: '32' }
			});
			const pin = () => field.querySelector('input').value;
			const waits = row && row.state !== 'failed';

			return S.dialog({
				title: title,
				ok: waits ? 'bench.write' : 'bench.make',
				body: [
					said && S.el('p', { class: 'box box-err', role: 'alert', text: said }),
					S.el('p', {
						text: waits
							? S.t('bench.insert_one', { token: row.token_serial })
							: S.t(used.length ? 'bench.change' : 'bench.insert')
					}),
					field
				],
				check: () => (pin() ? [] : [{ id: 'bench-pin', text: S.t('bench.bad.pin') }])
			}).then((yes) =>
				yes
					? make(line.no, line.n, pin(), used).catch((problem) => {
							if (!problem.again) throw problem;
							return ask(line, title, used, S.why(problem.status ? problem : fault(problem.detail)));
						})
					: null
			);
		};
		const finished = () => draw().then(changed);
		const one = (line) =>
			ask(line, S.t('bench.dialog', line), []).then(
				(row) => {
					if (!row) return null;
					S.notice('bench', 'ok', S.t('bench.made', { n: line.n, token: row.token_serial }));
					return finished();
				},
				(problem) => {
					S.notice('bench', 'err', S.why(problem));
					return finished();
				}
			);

		/* lines: [{no, n, unit}]; one token after the other. */
		bench.batch = function (lines) {
			const used = [];
			const bad = [];
			const next = (i) => {
				if (i === lines.length) return Promise.resolve();
				const line = lines[i];
				const title = S.t('bench.dialog_of', Object.assign({ i: i + 1, all: lines.length }, line));

				return ask(line, title, used).then(
					(row) => {
						if (!row) return null;
						used.push(row.token_serial);
						return next(i + 1);
					},
					(problem) => {
						bad.push(S.t('bench.batch_bad', Object.assign({ why: S.why(problem) }, line)));
						return next(i + 1);
					}
				);
			};

			if (!lines.length || lines.length > BATCH_MAX) {
				S.notice(
					'bench',
					'warn',
					lines.length ? S.t('bench.pick_many', { n: lines.length }) : S.t('bench.pick_none')
				);
				return Promise.resolve();
			}
			return next(0).then(() => {
				S.notice(
					'bench',
					used.length === lines.length ? 'ok' : 'warn',
					[S.t('bench.batch_done', { ok: used.length, bad: lines.length - used.length })].concat(bad).join('')
				);
				return finished();
			});
		};

		/* In the form of a case: where its line stands, and the button.  rows were read before. */
		bench.line = function (c, n, mayNot) {
			const row = rows[name(c.no, n)];
			const text = !row ? 'bench.make' : row.state === 'failed' ? 'bench.again' : 'bench.go_on';

			return S.el(
				'p',
				{ class: 'row-act' },
				S.button(
					text,
					() =>
						mayNot
							? S.notice('production', 'warn', S.t('make.two'))
							: one({ no: c.no, n: n, unit: S.subject(c) }),
					{ class: 'btn make-go', 'aria-disabled': mayNot ? 'true' : null }
				),
				row &&
					S.el('span', {
						class: 'tag' + (row.state === 'failed' ? ' tag-err' : ''),
						text: S.t('bench.state.' + state(row))
					}),
				row && row.error && S.el('span', { text: row.error })
			);
		};

		/* ---- what is printed ---- */

		const sheet = (title, facts, more) =>
			S.el('section', { class: 'sheet' }, S.el('h1', { text: title }), S.dl(facts), more);
		const print = function (sheets) {
			const paper = S.id('paper');
			const after = () => {
				window.removeEventListener('afterprint', after);
				document.body.classList.remove('printing');
				S.clear(paper);
			};

			S.fill(paper, sheets);
			document.body.classList.add('printing');
			window.addEventListener('afterprint', after);
			window.print();
		};
		const line = (text) =>
			S.el('p', { class: 'slip-sign' }, S.t(text) + S.t('colon'), S.el('span', { class: 'slip-line' }));
		const workOrder = (row) =>
			S.store(row.no)
				.load()
				.then((c) => {
					const item = c.items[row.item - 1] || {};

					return sheet(
						S.t('paper.order'),
						[
							[S.t('paper.no'), row.no],
							[S.t('paper.kind'), S.kind(c)],
							[S.t('paper.subject'), S.subject(c)],
							[S.t('paper.item'), S.t('make.item', { n: row.item, all: c.items.length })],
							item.seal_name && [S.t('make.seal'), item.seal_name],
							[S.t('paper.token'), row.token_serial],
							[S.t('make.sign'), row.sign_serial],
							[S.t('make.enc'), row.enc_serial],
							[S.t('make.term'), S.t('make.from_to', { from: row.not_before, to: row.not_after })],
							[S.t('paper.maker'), row.made_by],
							row.written_by && [S.t('paper.writer'), row.written_by]
						],
						[
							S.el('p', { text: S.t('paper.look') }),
							S.el('div', { class: 'slip-signs' }, line('paper.sign_maker'), line('paper.sign_checker'))
						]
					);
				});
		/* One case after the other: fifty at once would be what the limits of the desk are for. */
		const orders = (list) =>
			list
				.reduce((before, row) => before.then((done) => workOrder(row).then((paper) => done.concat(paper))), Promise.resolve([]))
				.then(print, S.trouble);
		const letterOf = (row, pin) =>
			sheet(
				S.t('paper.letter'),
				[
					[S.t('paper.no'), row.no],
					[S.t('paper.subject'), row.unit_name || ''],
					[S.t('paper.token'), row.token_serial],
					[S.t('paper.pin'), S.el('strong', { class: 'pin', text: pin || pins[name(row.no, row.item)] })]
				],
				S.el('p', { text: S.t('paper.pin_say') })
			);
		bench.key = key;
		bench.letter = (row, pin) => print([letterOf(row, pin)]);
		/* Printed once: then this page forgets the PINs. */
		const letters = function (list) {
			const sheets = list.map((row) => letterOf(row));

			list.forEach((row) => {
				delete pins[name(row.no, row.item)];
			});
			print(sheets);
			return draw();
		};
		const issuedRow = (row) => !!row.sign_serial;
		const pinned = (row) => !!pins[name(row.no, row.item)];
		/* What waits, on paper in one go. */
		const allOf = function (items) {
			const sheets = items.filter(issuedRow).slice(0, BATCH_MAX);
			const letter = items.filter(pinned).slice(0, BATCH_MAX);

			return (
				(sheets.length > 1 || letter.length > 1) &&
				S.el(
					'p',
					{ class: 'row-act' },
					sheets.length > 1 &&
						S.button('bench.orders', () => orders(sheets), {
							id: 'orders',
							text: S.t('bench.orders', { n: sheets.length })
						}),
					letter.length > 1 &&
						S.button('bench.letters', () => letters(letter), {
							id: 'letters',
							text: S.t('bench.letters', { n: letter.length })
						})
				)
			);
		};

		/* ---- the list of what waits ---- */

		const mine = (row) =>
			[row.made_by, row.written_by].some((by) => by === S.session.name || by === S.session.user);
		const check = (row) =>
			mine(row)
				? S.notice('bench', 'warn', S.t('bench.two'))
				: api('POST', 'checked', { no: row.no, item: row.item }).then(() => {
						S.notice('bench', 'ok', S.t('bench.checked', { n: row.item }));
						return finished();
					}, S.trouble);
		/* The token is wrong: its certificates end, the line is made again. */
		const refuse = (row) =>
			mine(row)
				? S.notice('bench', 'warn', S.t('bench.two'))
				: S.askReason({
						title: S.t('bench.refuse_title', { n: row.item, token: row.token_serial }),
						text: S.t('bench.refuse_say'),
						label: S.t('bench.refuse_why'),
						ok: 'bench.refuse',
						danger: true
					}).then(
						(reason) =>
							reason &&
							api('POST', 'refused', { no: row.no, item: row.item, reason: reason }).then((items) => {
								keep(row.no, items);
								delete pins[name(row.no, row.item)];
								S.notice('bench', 'ok', S.t('bench.refused', { n: row.item, no: row.no }));
								return finished();
							}, S.trouble)
					);
		const act = function (row) {
			const at = state(row);
			const unit = row.unit_name || S.t('list.no_name');

			return [
				at !== 'written' &&
					S.button(at === 'done' ? 'bench.write' : 'bench.go_on', () =>
						one({ no: row.no, n: row.item, unit: unit })
					),
				at === 'written' &&
					S.button('bench.check', () => check(row), {
						class: 'btn',
						'aria-disabled': mine(row) ? 'true' : null
					}),
				row.sign_serial &&
					S.button('bench.refuse', () => refuse(row), {
						'aria-disabled': mine(row) ? 'true' : null
					}),
				row.sign_serial && S.button('bench.order', () => orders([row])),
				pinned(row) && S.button('bench.letter', () => letters([row]))
			];
		};
		const entry = (row) =>
			S.el(
				'li',
				{ class: 'line-top' },
				S.caseLine(row, S.caseUrl(row.no), S.t('bench.line', { n: row.item, token: row.token_serial })),
				S.el('p', { class: 'line-n', text: S.t('bench.state.' + state(row)) }),
				S.el('p', { class: 'row-act' }, act(row))
			);
		const draw = () =>
			api('GET', 'bench').then((items) => {
				items.forEach((row) => keep(row.no, [Object.assign({}, rows[name(row.no, row.item)], row)]));
				S.fill(
					S.id('bench-list'),
					allOf(items),
					items.length
						? S.el('ul', { class: 'lines' }, items.map(entry))
						: S.el('p', { class: 'empty', text: S.t('bench.none') })
				);
				ZY.show(S.id('bench'));
			}, S.trouble);

		bench.draw = draw;
		return bench;
	};

	/* ---- unlocking: a UKey that was sent or brought gets a new PIN by a permission of the portal ---- */

	const opened = {}; /* by case: [{ token_serial, pin }] */

	const open = (bench, no, pin) =>
		bench.key
			.challenge()
			.then((asked) =>
				ZY.api('POST', '/api/staff/production/permission', { quiet: true, body: Object.assign({ no: no }, asked) })
			)
			.then((answer) => bench.key.unlock(answer.data, pin))
			.then((face) => {
				opened[no] = (opened[no] || [])
					.filter((one) => one.token_serial !== face.serial)
					.concat({ token_serial: face.serial, pin: pin });
				return face;
			});
	/* Resolves with the face of the token, with null when the person gives up; a refusal is said and asked again. */
	const ask = function (bench, c, said) {
		const field = S.field({
			id: 'bench-pin',
			label: S.t('unlock.pin'),
			hint: S.t('unlock.pin_hint'),
			type: 'password',
			attrs: { maxlength: '32' }
		});
		const pin = () => field.querySelector('input').value;

		return S.dialog({
			title: S.t('unlock.title', { unit: S.subject(c) }),
			ok: 'unlock.go',
			body: [
				said && S.el('p', { class: 'box box-err', role: 'alert', text: said }),
				S.el('p', { text: S.t('unlock.insert') }),
				field
			],
			check: () => (pin() ? [] : [{ id: 'bench-pin', text: S.t('unlock.bad') }])
		}).then((yes) =>
			yes
				? open(bench, c.no, pin()).catch((problem) => ask(bench, c, problem.detail || S.why(problem)))
				: null
		);
	};
	const print = function (desk, c, one) {
		opened[c.no] = opened[c.no].filter((other) => other !== one);
		desk.bench.letter({ no: c.no, unit_name: S.subject(c), token_serial: one.token_serial }, one.pin);
	};

	/* In the panel of a case: the button while it is to be made, the letters of what was opened.  desk.store, desk.bench. */
	S.unlocking = function (desk, c, mayNot) {
		const host = S.el('div', {});
		const key = ZY.key();
		const record = () =>
			desk.store.write('/api/staff/production', { no: c.no, item: 1 }, key).then((after) => {
				if (desk.saved) desk.saved(after);
			}, desk.trouble);
		const go = () =>
			mayNot
				? S.notice('production', 'warn', S.t('make.two'))
				: ask(desk.bench, c).then((face) => {
						if (!face) return null;
						const last = (opened[c.no] || []).length >= c.items.length;

						S.notice(
							'production',
							'ok',
							S.t(last ? 'unlock.opened' : 'unlock.next', { token: face.serial, all: c.items.length })
						);
						draw();
						return last ? record() : null;
					});
		const draw = () =>
			S.fill(
				host,
				c.state === 'approved' &&
					S.el(
						'p',
						{ class: 'row-act' },
						S.button('unlock.go', go, { class: 'btn make-go', 'aria-disabled': mayNot ? 'true' : null })
					),
				(opened[c.no] || []).map((one) =>
					S.el(
						'p',
						{ class: 'row-act' },
						S.el('span', { text: S.t('unlock.opened', { token: one.token_serial }) }),
						S.button('bench.letter', () => {
							print(desk, c, one);
							draw();
						})
					)
				)
			);

		draw();
		return host;
	};
})(window.ZY);
