/* Messages by state or of one case, sent again with a reason; and the work behind the pages that was given up, tried again or set
 * aside.  Phones come masked, texts without what is secret. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const STATES = ['failed', 'dead', 'waiting', 'sending', 'sent', 'delivered', 'all'];
	const JOBS = ['dead', 'waiting', 'dropped'];
	const no = S.query('no');
	const chosen = (name, all) => (all.indexOf(S.query(name)) >= 0 ? S.query(name) : all[0]);
	const state = chosen('state', STATES);
	const work = chosen('jobs', JOBS);

	const line = (text, name) => text && S.el('span', { class: 'blk ' + (name || ''), text: text });
	const moment = (key, at) => at && line(S.t(key, { at: S.stamp(at) }), 'quiet');
	const read = (host, url, draw, load) =>
		S.loading(host, ZY.api('GET', url, { quiet: true })).then(
			(answer) => draw(answer.data),
			(problem) => {
				S.clear(host);
				S.trouble(problem, load);
			}
		);
	/* A reason, a step, and the list anew; who was too late reads why in the dialog. */
	const ask = (spec, url, done, load) =>
		S.askReason(
			Object.assign({ send: (reason) => ZY.api('POST', url, { quiet: true, key: true, body: { reason: reason } }) }, spec)
		).then((reason) => {
			if (!reason) return;
			S.notice('done', 'ok', S.t(done));
			load('');
		});

	/* ---- messages ---- */

	const again = (m) =>
		ask(
			{
				title: S.t('ms.again_t'),
				text: S.beside(m.phone, m.text),
				label: S.t('ms.again_l'),
				hint: S.t('ms.again_h'),
				empty: S.t('ms.again_bad'),
				ok: 'ms.again'
			},
			'/api/staff/messages/' + m.id + '/again',
			'ms.done',
			messages
		);
	const BAD = ['failed', 'dead'];
	const status = (m) => [
		S.el('span', {
			class: BAD.indexOf(m.state) >= 0 ? 'sla sla-late' : m.error ? 'sla sla-soon' : '',
			text: S.t('ms.pick.' + m.state)
		}),
		line(m.error_text, ''),
		m.error && line(m.error, 'quiet fig'),
		m.tries > 1 && line(S.t('ms.tries', { n: m.tries }), 'quiet'),
		moment('ms.sent_at', m.sent_at),
		moment(m.state === 'delivered' ? 'ms.read_at' : 'ms.back_at', m.reported_at),
		m.error && moment('ms.next_at', m.next_at)
	];
	const message = (m) =>
		S.el(
			'tr',
			{},
			S.el(
				'td',
				{},
				S.el('span', { class: 'fig', text: m.phone }),
				line(S.stamp(m.at), 'quiet fig'),
				m.no ? S.el('a', { class: 'blk fig', href: S.caseUrl(m.no), text: m.no }) : line(S.t('ms.no_case'), 'quiet')
			),
			S.el('td', { class: 'ms-text' }, m.text, m.again && [' ', S.el('span', { class: 'tag', text: S.t('ms.again_tag') })]),
			S.el('td', { class: 'ms-state' }, status(m)),
			S.el(
				'td',
				{},
				m.may_resend &&
					S.can('messages') &&
					S.button('ms.again', () => again(m), { 'aria-label': S.t('ms.again_b', { phone: m.phone }) })
			)
		);
	const messages = (from) =>
		read(
			S.id('sms-list'),
			S.url('/api/staff/messages', { no: no, state: no || state === 'all' ? '' : state, after: from, limit: 50 }),
			(data) =>
				S.fill(
					S.id('sms-list'),
					data.items.length
						? S.table(S.t('ms.table'), S.heads('ms.c.', ['to', 'text', 'state', 'do']), data.items.map(message), 'tbl ms-tbl')
						: S.el('p', { class: 'empty', text: S.t(no ? 'ms.none_of' : 'ms.none') }),
					S.pager(from, data.next, messages)
				),
			() => messages(from)
		);

	/* ---- work behind the pages ---- */

	const step = (j, what) =>
		ask(
			{
				title: S.t('jb.' + what + '_t'),
				text: S.beside(j.name, j.ref),
				label: S.t('jb.' + what + '_l'),
				hint: S.t('jb.' + what + '_h'),
				empty: S.t('jb.bad'),
				ok: 'jb.' + what,
				danger: what === 'drop'
			},
			'/api/staff/jobs/' + j.id + '/' + what,
			'jb.done.' + what,
			jobs
		);
	const button = (j, what) =>
		S.button('jb.' + what, () => step(j, what), {
			'aria-label': S.t('jb.b', { act: S.t('jb.' + what), name: j.name, ref: j.ref })
		});
	const job = (j) =>
		S.el(
			'tr',
			{},
			S.el('td', { text: j.name }),
			S.el('td', { class: 'fig ms-ref', text: j.ref }),
			S.el('td', { class: 'fig', text: S.stamp(j.since) }),
			S.el(
				'td',
				{},
				S.el('span', { class: 'fig', text: S.stamp(j.died_at || j.next_at) || '' }),
				j.tries > 0 && line(S.t('jb.tries', { n: j.tries }), 'quiet')
			),
			S.el(
				'td',
				{ class: 'ms-text' },
				j.error_text || '',
				j.error && j.error !== j.error_text && line(j.error, 'quiet fig'),
				j.state === 'dead' && line(j.over, '')
			),
			S.el(
				'td',
				{},
				j.state === 'dead' && S.el('span', { class: 'row-act' }, !j.over && button(j, 'again'), button(j, 'drop'))
			)
		);
	const long = (s) => (s < 120 ? S.t('jb.s', { n: s }) : s < 7200 ? S.t('jb.m', { n: Math.floor(s / 60) }) : S.t('jb.h', { n: Math.floor(s / 3600) }));
	const jobs = (from) =>
		read(
			S.id('jobs-list'),
			S.url('/api/staff/jobs', { state: work, after: from, limit: 50 }),
			function (data) {
				S.id('jobs-n').textContent = S.t(data.waiting ? 'jb.n' : 'jb.n0', {
					waiting: data.waiting,
					dead: data.dead,
					oldest: long(data.oldest_s)
				});
				S.fill(
					S.id('jobs-list'),
					data.items.length
						? S.table(
								S.t('jb.table'),
								S.heads('jb.c.', ['name', 'ref', 'since', work === 'waiting' ? 'next' : 'last', 'why', 'do']),
								data.items.map(job),
								'tbl ms-tbl'
							)
						: S.el('p', { class: 'empty', text: S.t(work === 'dead' ? 'jb.none.dead' : 'jb.none') }),
					S.pager(from, data.next, jobs)
				);
			},
			() => jobs(from)
		);

	const picks = (host, all, group, query, now) =>
		S.fill(
			S.id(host),
			all.map((name) =>
				S.el('a', {
					href: S.url('/staff/messages.html', query(name)) + '#' + host.split('-')[0],
					'aria-current': name === now && 'true',
					text: S.t(group + name)
				})
			)
		);

	S.start().then(() => {
		S.id('sms').hidden = !S.can('case_read');
		S.id('jobs').hidden = !S.can('jobs');
		if (S.can('case_read')) {
			if (no)
				S.fill(S.id('sms-pick').parentNode, S.t('ms.of', { no: no }), S.el('a', { href: '/staff/messages.html', text: S.t('ms.of_all') }));
			else picks('sms-pick', STATES, 'ms.pick.', (name) => ({ state: name === STATES[0] ? '' : name, jobs: S.query('jobs') }), state);
			messages('');
		}
		if (S.can('jobs')) {
			picks('jobs-pick', JOBS, 'jb.pick.', (name) => ({ jobs: name === JOBS[0] ? '' : name, state: S.query('state'), no: no }), work);
			jobs('');
		}
	});
})(window.ZY);
