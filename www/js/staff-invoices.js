/* Invoices: which cases are owed one and until when; XML files are dropped, compared by the server, sent; and reversed. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const PLACE = '/api/staff/invoices';
	const STATES = ['due', 'imported', 'delivered', 'to_reverse', 'reversed'];
	const form = S.id('take');
	let state = STATES.indexOf(S.query('state')) >= 0 ? S.query('state') : 'due';

	const step = (one, name, body) =>
		ZY.api('POST', PLACE + '/' + one.id + '/' + name, { quiet: true, body: body, ifMatch: one.version, key: true });

	/* ---- taking ---- */

	const why = (problem) => (problem.errors.length ? problem.errors.map((one) => one.detail).join('；') : problem.detail);
	const takeXml = (file, done) =>
		ZY.api('POST', S.url(PLACE, { no: S.id('iv-no').value.trim() }), { quiet: true, body: file, type: 'application/xml' }).then((answer) => {
			const one = answer.data;

			done[one.number] = one;
			if (!S.id('iv-send').checked || one.state !== 'imported') return S.t('iv.ok', { file: file.name, no: one.no });
			return step(one, 'deliver').then((sent) => {
				done[one.number] = sent.data;
				return S.t('iv.ok_sent', { file: file.name, no: one.no });
			});
		});
	const known = function (number) {
		return ['imported', 'delivered'].reduce(
			(before, word) =>
				before.then(
					(hit) =>
						hit ||
						ZY.api('GET', S.url(PLACE, { state: word, limit: 100 }), { quiet: true }).then(
							(answer) => answer.data.items.filter((one) => one.number === number)[0]
						)
				),
			Promise.resolve(null)
		);
	};
	const takePdf = function (file, done) {
		const number = (file.name.match(/\d{20}/) || [''])[0];

		return (done[number] ? Promise.resolve(done[number]) : known(number)).then((one) => {
			if (!one) throw ZY.problem(422, { detail: S.t('iv.pdf_none') });
			return ZY.api('POST', S.url(PLACE + '/' + one.id + '/pdf', { number: number }), { quiet: true, body: file, type: 'application/pdf' }).then(() =>
				S.t('iv.ok_pdf', { file: file.name, number: number })
			);
		});
	};
	const take = function (files) {
		const isPdf = (file) => /\.pdf$/i.test(file.name);
		const all = Array.from(files).sort((a, b) => isPdf(a) - isPdf(b));
		const out = S.el('ul', { class: 'plain' });
		const done = {};

		if (!all.length) return;
		S.fill(S.id('result'), S.el('h3', { id: 'result-h', tabindex: '-1', text: S.t('iv.result') }), out);
		all.reduce(
			(before, file) =>
				before
					.then(() => (isPdf(file) ? takePdf : takeXml)(file, done))
					.then(
						(text) => out.appendChild(S.el('li', { class: 'box box-ok', text: text })),
						(problem) =>
							out.appendChild(S.el('li', { class: 'box box-err', text: S.t('iv.bad', { file: file.name, why: why(problem) }) }))
					),
			Promise.resolve()
		).then(() => {
			S.id('iv-file').value = '';
			S.id('result-h').focus();
			list('');
		});
	};

	/* ---- what there is ---- */

	const clock = function (one) {
		if (one.state !== 'due') return one.red_number ? S.t('iv.red', { number: one.red_number, reason: one.red_reason }) : S.stamp(one.delivered_at || one.imported_at).slice(5);
		if (one.days_left === null) return S.t('iv.noclock');
		const text = one.days_left < 0 ? S.t('iv.late', { n: -one.days_left }) : one.days_left ? S.t('iv.left', { n: one.days_left }) : S.t('iv.today');

		return S.el('span', { class: one.days_left < 0 ? 'tag tag-err' : one.days_left ? 'tag' : 'tag tag-warn', text: text });
	};
	const act = (one, work) =>
		work.then(
			() => list(''),
			(problem) => S.trouble(problem, () => list(''))
		);
	const reverse = function (one) {
		const place = S.id('red');
		const ask = S.el(
			'form',
			{ class: 'box', novalidate: true },
			S.el('h3', { id: 'red-h', tabindex: '-1', text: S.t('iv.reverse_h', { number: one.number }) }),
			S.el(
				'div',
				{ class: 'fields' },
				S.field({ id: 'red-number', label: S.t('iv.red_number'), hint: S.t('iv.red_number_h'), attrs: { inputmode: 'numeric' } }),
				S.field({ id: 'red-reason', label: S.t('iv.red_reason') })
			),
			S.el('p', {}, S.el('button', { type: 'submit', class: 'btn', text: S.t('iv.keep') }), ' ', S.button('iv.cancel', () => S.clear(place)))
		);

		ask.addEventListener('submit', (event) => {
			event.preventDefault();
			const number = S.id('red-number').value.replace(/\s/g, '');

			act(
				one,
				step(one, 'reverse', { number: number, reason: S.id('red-reason').value.trim() }).then(() => S.notice('done', 'ok', S.t('iv.reversed', { number: one.number })))
			);
		});
		S.fill(place, ask);
		S.id('red-h').focus();
	};
	const send = (one) => act(one, step(one, 'deliver').then(() => S.notice('done', 'ok', S.t('iv.sent', { no: one.no }))));
	const row = (one) =>
		S.el(
			'tr',
			{},
			S.el('td', { class: 'fig' }, S.el('a', { href: S.caseUrl(one.no), text: one.no })),
			S.el('td', { class: 'st-remark' }, one.title, S.el('span', { class: 'quiet blk fig', text: S.beside(one.kind && S.t('iv.kind.' + one.kind), one.tax_number) })),
			S.el('td', { class: 'num', text: S.yuan(one.total_fen === null ? one.amount_fen : one.total_fen) }),
			S.el('td', {}, clock(one)),
			S.el('td', { class: 'fig brk' }, one.number || '', one.number && !one.pdf && S.el('span', { class: 'quiet blk', text: S.t('iv.nopdf') })),
			S.el(
				'td',
				{},
				(one.state === 'imported' || one.state === 'delivered') && [
					S.button(one.state === 'imported' ? 'iv.deliver' : 'iv.again', () => send(one)),
					' ',
					S.button('iv.reverse', () => reverse(one))
				]
			)
		);
	const table = (items) =>
		S.table(
			S.t('iv.table'),
			S.heads('iv.c.', ['no', 'title', 'amount num', 'clock', 'number', 'do']),
			items.map(row)
		);
	const list = function (from) {
		const host = S.id('list');

		S.loading(host, ZY.api('GET', S.url(PLACE, { state: state, after: from, limit: 50 }), { quiet: true })).then(
			(answer) => {
				const items = answer.data.items;
				const next = answer.data.next;

				S.fill(
					host,
					S.el('div', { id: 'red' }),
					items.length ? table(items) : S.el('p', { class: 'empty', text: S.t(state === 'due' ? 'iv.none.due' : 'iv.none') }),
					S.pager(from, next, list)
				);
			},
			(problem) => {
				S.clear(host);
				S.trouble(problem, () => list(from));
			}
		);
	};

	S.drop(form, take);
	S.start().then(() => {
		S.fill(
			S.id('take-f'),
			S.field({ id: 'iv-file', label: S.t('iv.file'), hint: S.t('iv.file_h'), type: 'file', attrs: { accept: '.xml,.pdf', multiple: true } }),
			S.field({ id: 'iv-no', label: S.t('iv.no'), hint: S.t('iv.no_h') }),
			S.el('label', { class: 'st-tick' }, S.el('input', { type: 'checkbox', id: 'iv-send', checked: true }), ' ' + S.t('iv.send'))
		);
		S.fill(S.id('tabs'), S.field({ id: 'iv-state', label: S.t('iv.state'), options: STATES.map((name) => [name, S.t('iv.s.' + name)]), value: state }));
		S.id('iv-file').addEventListener('change', (event) => take(event.target.files));
		S.id('iv-state').addEventListener('change', (event) => {
			state = event.target.value;
			list('');
		});
		list('');
	}, S.trouble);
})(window.ZY);
