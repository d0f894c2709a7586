/* Lines of the bank whose money is not settled: the list with its age on the left, on the right the chosen line, the cases
 * that could be meant side by side with what speaks for and against each, and how much goes to which. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const LINES = '/api/staff/bank-lines';
	/* What stands in a list: states of the API, asked one by one. */
	const PICKS = { todo: ['part', 'open'], set_aside: ['set_aside'], returned: ['returned'] };
	const MARKS = {
		good: ['reference', 'payer', 'amount', 'part', 'account', 'allowed'],
		warn: ['mended', 'near'],
		bad: ['early', 'waits', 'private', 'unit']
	};
	const pick = PICKS[S.query('state')] ? S.query('state') : 'todo';
	const list = S.id('list');
	const one = S.id('one');
	let shown = [];
	let line = null;
	let etag = '';
	let added = [];
	let key = ZY.key();

	/* ---- the list ---- */

	const age = (l) =>
		l.age_days === 0
			? { kind: 'ok', text: S.t('mn.age.today') }
			: l.age_days < 3
				? { kind: 'ok', text: S.t('mn.age.days', { n: l.age_days }) }
				: l.age_days < 7
					? { kind: 'soon', text: S.t('mn.age.soon', { n: l.age_days }) }
					: { kind: 'late', text: S.t('mn.age.late', { n: l.age_days }) };
	const ageTag = (l) => S.el('span', { class: 'sla sla-' + age(l).kind, text: age(l).text });
	const row = (l) =>
		S.el(
			'li',
			{},
			S.el(
				'button',
				{
					type: 'button',
					class: 'mn-b',
					'data-line': l.id,
					'aria-current': line && line.id === l.id && 'true',
					on: { click: () => open(l.id, true) }
				},
				S.el('span', { class: 'mn-top' }, S.el('strong', { class: 'fig', text: S.yuan(l.amount_fen) }), ageTag(l)),
				l.left_fen !== l.amount_fen && S.el('span', { class: 'tag', text: S.t('mn.left', { amount: S.yuan(l.left_fen) }) }),
				S.el('span', { class: 'blk', text: l.payer_name || S.t('mn.no_name') }),
				S.el('span', { class: 'blk quiet', text: l.remark || S.t('mn.remark_none') }),
				l.note && S.el('span', { class: 'blk mn-why', text: l.note })
			)
		);
	const current = () =>
		ZY.$$('.mn-b', list).forEach((button) => {
			if (line && Number(button.dataset.line) === line.id) button.setAttribute('aria-current', 'true');
			else button.removeAttribute('aria-current');
		});
	/* from: where each state goes on; null: from the beginning. */
	const load = function (from) {
		const states = PICKS[pick].filter((state) => !from || from[state]);
		const next = {};

		return S.loading(
			list,
			Promise.all(
				states.map((state) =>
					ZY.api('GET', S.url(LINES, { state: state, limit: 50, after: from && from[state] }), { quiet: true }).then(
						(answer) => {
							if (answer.data.next) next[state] = answer.data.next;
							return answer.data.items;
						}
					)
				)
			)
		).then(
			(got) => {
				shown = [].concat.apply([], got).sort((a, b) => b.age_days - a.age_days || a.id - b.id);
				S.fill(
					list,
					shown.length
						? [
								S.el('p', { class: 'quiet', text: S.t('mn.shown', { n: shown.length }) }),
								S.el('ul', { class: 'mn-list' }, shown.map(row))
							]
						: S.el(
								'p',
								{ class: 'empty' },
								S.t('mn.none.' + pick),
								pick === 'todo' && [' ', S.el('a', { href: '/staff/statements.html', text: S.t('mn.none.import') })]
							),
					S.el(
						'p',
						{ class: 'pager' },
						from && S.button('list.first', () => load(null)),
						Object.keys(next).length > 0 && S.button('mn.more', () => load(next))
					)
				);
			},
			(problem) => {
				S.clear(list);
				S.trouble(problem, () => load(from));
			}
		);
	};
	const step = (by) => {
		const at = shown.findIndex((l) => line && l.id === line.id);
		const to = shown[at < 0 ? 0 : at + by];

		if (to) open(to.id, true);
	};

	/* ---- what speaks for a case ---- */

	const evidence = function (k) {
		const rows = [];
		const say = (kind, name, params) => rows.push([kind, S.t('mn.mark.' + name, params)]);
		const has = (name) => k.marks.indexOf(name) >= 0;
		const off = line.left_fen - k.owing_fen;

		Object.keys(MARKS).forEach((kind) => MARKS[kind].filter(has).forEach((name) => say(kind, name)));
		if (!k.added && !has('allowed') && !has('private') && !has('unit')) say('bad', 'not_allowed');
		if (off && k.owing_fen && !has('part'))
			say(off < 0 ? 'bad' : 'warn', off < 0 ? 'less' : 'more', { amount: S.yuan(Math.abs(off)) });
		return rows;
	};
	const card = function (k, typed) {
		const id = 'give-' + k.no;
		const old = typed && typed.rows[k.no];
		const owing = k.owing_fen ? (k.owing_fen / 100).toFixed(2) : '';
		const tick = S.el('input', { type: 'checkbox', id: id, value: k.no, 'data-pay': k.no });
		const amount = S.field({
			id: id + '-fen',
			label: S.t('mn.amount'),
			value: old ? old.amount : owing,
			attrs: { inputmode: 'decimal', class: 'w-m' }
		});

		tick.checked = old ? old.on : !!k.chosen || !!k.added;
		return S.el(
			'li',
			{ class: 'panel mn-card' },
			S.el('p', { class: 'card-unit', text: k.payer || '' }),
			S.el(
				'p',
				{ class: 'card-line' },
				S.el('a', { class: 'fig', href: S.caseUrl(k.no), text: k.no }),
				' ',
				S.t('mn.kind', { service: S.word('service', k.service), holder: S.word('holder', k.holder) })
			),
			S.el(
				'p',
				{},
				S.el('strong', { text: k.owing_fen ? S.t('mn.owing', { amount: S.yuan(k.owing_fen) }) : S.t('mn.owing_none') }),
				' ',
				S.el('span', { class: 'tag', text: k.added ? S.t('mn.added') : S.t('mn.score', { n: k.score }) })
			),
			S.el(
				'ul',
				{ class: 'mn-marks' },
				evidence(k).map((mark) =>
					S.el('li', { class: 'mn-' + mark[0] }, S.el('b', { text: S.t('mn.sign.' + mark[0]) }), ' ', mark[1])
				)
			),
			S.el('p', { class: 'stick' }, tick, S.el('label', { for: id, text: S.t('mn.pay') }, S.vh(k.no))),
			amount
		);
	};

	/* ---- giving ---- */

	const value = (id) => (S.id(id) ? S.id(id).value : '');
	const typedNow = function () {
		const rows = {};

		ZY.$$('[data-pay]', one).forEach((tick) => {
			rows[tick.value] = { on: tick.checked, amount: value(tick.id + '-fen') };
		});
		return { rows: rows, note: value('mn-note') };
	};
	const shares = () =>
		ZY.$$('[data-pay]', one)
			.filter((tick) => tick.checked)
			.map((tick) => ({ no: tick.value, amount_fen: S.fen(value(tick.id + '-fen')), id: tick.id + '-fen' }));
	const total = (items) => items.reduce((sum, item) => sum + (item.amount_fen || 0), 0);
	const tell = function () {
		const items = shares();
		const sum = total(items);
		const node = S.id('mn-sum');
		const text = !items.length ? 'mn.sum_none' : sum > line.left_fen ? 'mn.sum_over' : 'mn.sum';

		node.className = 'mn-sum' + (sum > line.left_fen ? ' mn-over' : '');
		node.textContent = S.t(text, {
			n: items.length,
			sum: S.yuan(sum),
			left: S.yuan(line.left_fen),
			rest: S.yuan(line.left_fen - sum)
		});
	};
	const check = function (items) {
		const faults = items
			.filter((item) => !item.amount_fen)
			.map((item) => ({ id: item.id, text: S.t('mn.bad.amount', { no: item.no }) }));

		if (!items.length) return [{ text: S.t('mn.bad.none') }];
		if (!faults.length && total(items) > line.left_fen)
			return [{ id: items[0].id, text: S.t('mn.bad.over', { sum: S.yuan(total(items)), left: S.yuan(line.left_fen) }) }];
		return faults;
	};
	/* Somebody was faster: the line as it is now, with what was typed here. */
	const stale = function (problem) {
		const typed = typedNow();

		if (problem.status !== 412) return false;
		key = ZY.key();
		open(line.id, true, typed).then(() => S.notice('line', 'warn', S.t('mn.stale')));
		load(null);
		return true;
	};
	const give = function (form) {
		const items = shares();
		const sum = total(items);

		if (!S.faults(form, check(items))) return;
		ZY.api('POST', LINES + '/' + line.id + '/allot', {
			quiet: true,
			ifMatch: etag,
			key: key,
			body: {
				items: items.map((item) => ({ no: item.no, amount_fen: item.amount_fen })),
				note: value('mn-note').trim() || null
			}
		}).then(
			(answer) => {
				const rest = answer.data.left_fen;

				changed(S.t(rest ? 'mn.done_part' : 'mn.done', { sum: S.yuan(sum), rest: S.yuan(rest) }));
			},
			(problem) => {
				key = ZY.key();
				if (stale(problem)) return;
				if (problem.status === 409 || problem.status === 422)
					S.faults(form, S.serverFaults(problem, {}));
				else S.trouble(problem, () => give(form));
			}
		);
	};

	/* ---- another case ---- */

	const join = function (no, host) {
		ZY.api('GET', S.caseApi(no), { quiet: true }).then(
			(answer) => {
				const c = answer.data;
				const came = (c.payments || [])
					.filter((p) => p.right_payer !== false && !p.undone_at)
					.reduce((sum, p) => sum + p.amount_fen, 0);
				const waits = c.state === 'draft' || c.state === 'printed';

				S.clear(host);
				if (!S.id('give-' + no)) {
					added.push({
						no: no,
						service: c.service,
						holder: c.holder,
						payer: S.subject(c),
						owing_fen: waits ? 0 : Math.max(0, c.amount_fen - came),
						marks: waits ? ['waits'] : [],
						added: true
					});
					draw(typedNow());
				}
				S.id('give-' + no).checked = true;
				tell();
				S.id('give-' + no).focus();
			},
			(problem) => S.trouble(problem)
		);
	};
	const find = function (typed, host) {
		const none = () => S.fill(host, S.el('p', { role: 'status', text: S.t('mn.find_none', { q: typed }) }));

		if (!typed) return;
		S.loading(
			host,
			ZY.api('GET', S.url('/api/staff/applications', { queue: 'all', q: typed, limit: 20 }), { quiet: true })
		).then(
			(answer) => {
				const items = answer.data.items;

				if (items.length === 1) join(items[0].no, host);
				else if (!items.length) none();
				else
					S.fill(
						host,
						S.el('p', { role: 'status', text: S.t('mn.find_some', { n: items.length }) }),
						S.el(
							'ul',
							{ class: 'choose' },
							items.map((c) =>
								S.el(
									'li',
									{},
									S.el('button', {
										type: 'button',
										class: 'btn btn-2',
										text: S.beside(c.no, c.unit_name),
										on: { click: () => join(c.no, host) }
									}),
									' ',
									S.el('span', { class: 'tag', text: c.state_name })
								)
							)
						)
					);
			},
			(problem) => {
				S.clear(host);
				S.trouble(problem, () => find(typed, host));
			}
		);
	};
	const finder = function () {
		const found = S.el('div');
		const form = S.el(
			'form',
			{ class: 'scan', novalidate: true },
			S.el('label', { for: 'mn-q', text: S.t('mn.find') }),
			S.el('p', { class: 'hint', id: 'mn-q-h', text: S.t('mn.find_h') }),
			S.el(
				'div',
				{ class: 'scan-row' },
				S.el('input', { id: 'mn-q', type: 'text', autocomplete: 'off', spellcheck: 'false', 'aria-describedby': 'mn-q-h' }),
				S.el('button', { type: 'submit', class: 'btn btn-2', text: S.t('mn.find_go') })
			),
			found
		);

		form.addEventListener('submit', (event) => {
			event.preventDefault();
			find(S.caseNo(value('mn-q')) || S.plain(value('mn-q')), found);
		});
		return form;
	};

	/* ---- one line ---- */

	const changed = function (text) {
		key = ZY.key();
		added = [];
		S.notice('line', 'ok', text);
		load(null);
		return open(line.id, true);
	};
	const post = (rest, body) => ZY.api('POST', LINES + '/' + line.id + rest, { quiet: true, ifMatch: etag, key: true, body: body });
	/* In a dialog that stays open: the next try goes out with the line as it is by then. */
	const again = (promise) =>
		promise.catch((problem) => {
			if (problem.status !== 412) throw problem;
			return open(line.id, false, typedNow()).then(() => {
				throw problem;
			});
		});
	const aside = () =>
		S.askReason({
			title: S.t('mn.aside_t'),
			hint: S.t('mn.aside_h'),
			ok: 'mn.aside',
			send: (reason) => again(post('/aside', { reason: reason }))
		}).then((reason) => reason && changed(S.t('mn.aside_done')));
	const resume = () =>
		post('/resume').then(
			() => changed(S.t('mn.resume_done')),
			(problem) => stale(problem) || S.trouble(problem, resume)
		);
	const payments = () =>
		line.payments.length > 0 &&
		S.el(
			'section',
			{ 'aria-labelledby': 'mn-pays' },
			S.el('h3', { id: 'mn-pays', text: S.t('mn.payments') }),
			S.el(
				'ul',
				{ class: 'mn-pays' },
				line.payments.map((p) =>
					S.el(
						'li',
						{},
						S.el('a', { class: 'fig', href: S.caseUrl(p.no), text: p.no }),
						' ',
						S.el('strong', { class: 'fig', text: S.yuan(p.amount_fen) }),
						' ',
						S.el('span', { class: 'quiet', text: S.beside(S.stamp(p.recorded_at).slice(5), p.recorded_by) }),
						p.right_payer === false && [' ', S.el('span', { class: 'tag tag-err', text: S.t('pay.wrong') })],
						S.el('span', { class: 'blk quiet', text: p.evidence }),
						S.paymentActions(p, p.right_payer === false ? p.amount_fen : 0, (what) =>
							what === 'undo' ? changed(S.t('mn.undone_done', { amount: S.yuan(p.amount_fen) })) : open(line.id, true)
						)
					)
				)
			)
		);
	const giving = function (typed) {
		const form = S.el('form', { novalidate: true });
		const all = line.candidates.concat(added.filter((k) => !line.candidates.some((other) => other.no === k.no)));

		S.fill(
			form,
			S.el('h3', { text: S.t('mn.candidates') }),
			all.length
				? S.el('ul', { class: 'mn-cards' }, all.map((k) => card(k, typed)))
				: S.el('p', { class: 'quiet', text: S.t('mn.candidates_none') }),
			all.length > 0 && [
				S.field({ id: 'mn-note', label: S.t('mn.note_f'), hint: S.t('mn.note_h'), value: typed ? typed.note : '', attrs: { maxlength: 200 } }),
				S.el('p', { class: 'mn-sum', id: 'mn-sum', role: 'status' }),
				S.el('p', { class: 'row-act' }, S.el('button', { type: 'submit', class: 'btn', text: S.t('mn.give') }))
			]
		);
		form.addEventListener('input', tell);
		form.addEventListener('change', tell);
		form.addEventListener('submit', (event) => {
			event.preventDefault();
			give(form);
		});
		return form;
	};
	const draw = function (typed) {
		const l = line;
		const usable = l.currency === 'CNY' && !l.returned && (l.state === 'open' || l.state === 'part');
		const why = l.state === 'set_aside' ? S.t('mn.note', { why: l.note }) : (l.left_fen && l.say) || l.note ? S.t('mn.say', { why: (usable && l.say) || l.note }) : '';

		S.fill(
			one,
			S.el('h2', { id: 'one-h', tabindex: '-1' }, S.yuan(l.amount_fen), ' ', l.payer_name || S.t('mn.no_name')),
			S.el(
				'p',
				{},
				S.el('span', { class: 'tag' + (l.state === 'allotted' ? ' tag-ok' : ''), text: S.t('mn.state.' + l.state) }),
				l.returned && [' ', S.el('span', { class: 'tag tag-warn', text: S.t('mn.returned') })]
			),
			S.dl([
				[S.t('mn.f.left'), S.yuan(l.left_fen)],
				[S.t('mn.f.day'), S.t('mn.day', { day: l.value_date, age: age(l).text })],
				[S.t('mn.f.remark'), l.remark || S.t('mn.remark_none')],
				l.payer_account && [S.t('mn.f.account'), l.payer_account],
				l.payer_bank && [S.t('mn.f.bank'), l.payer_bank],
				[S.t('mn.f.serial'), l.serial]
			]),
			why && S.el('p', { class: 'box box-info', text: why }),
			S.el(
				'p',
				{ class: 'row-act' },
				l.state === 'open' && S.button('mn.aside', aside),
				l.state === 'set_aside' && S.button('mn.resume', resume),
				usable &&
					l.left_fen > 0 &&
					S.button('refund.ask', () =>
						S.askRefund({ bank_line_id: l.id }, l.payer_name, l.left_fen).then((r) => r && open(l.id, true))
					)
			),
			payments(),
			usable && l.left_fen > 0 && [giving(typed), finder()]
		);
		if (S.id('mn-sum')) tell();
	};
	const open = function (id, focus, typed) {
		if (!line || line.id !== id) {
			added = [];
			S.unnotice('line');
		}
		S.unnotice('trouble');
		return S.loading(one, ZY.api('GET', LINES + '/' + id, { quiet: true })).then(
			(answer) => {
				line = answer.data;
				etag = answer.etag;
				history.replaceState(null, '', S.url('/staff/money.html', { state: pick === 'todo' ? '' : pick, line: id }));
				draw(typed);
				current();
				if (focus) S.id('one-h').focus();
			},
			(problem) => {
				if (problem.status === 404) S.fill(one, S.el('p', { class: 'empty', text: S.t('mn.choose') }));
				else S.trouble(problem, () => open(id, focus, typed));
			}
		);
	};

	S.keys([
		['j', 'mn.keys.next', () => step(1)],
		['k', 'mn.keys.prev', () => step(-1)]
	]);
	S.start().then(() => {
		S.fill(
			S.id('pick'),
			Object.keys(PICKS).map((name) =>
				S.el('a', {
					href: S.url('/staff/money.html', { state: name === 'todo' ? '' : name }),
					'aria-current': name === pick && 'true',
					text: S.t('mn.pick.' + name)
				})
			)
		);
		S.fill(one, S.el('p', { class: 'empty', text: S.t('mn.choose') }));
		load(null);
		if (/^\d+$/.test(S.query('line'))) open(Number(S.query('line')), false);
	});
})(window.ZY);
