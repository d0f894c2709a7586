/* The staff desk's common ground: session, navigation, texts, small DOM builders, dates, notices and the case as last
 * read.  Pages call ZY.staff.start(), which resolves with the session or leads to the sign-in page. */
(function (ZY) {
	'use strict';

	const S = {};
	const POLL_MS = 60000;
	const LOADING_MS = 300;

	ZY.staff = S;
	S.session = null;

	S.t = ZY.t;
	S.has = ZY.hasText;
	S.say = ZY.say;
	/* Words side by side, parted by a wide space; what is empty is left out. */
	S.beside = (...parts) => parts.filter(Boolean).join('\u3000');

	/* One element, as ZY.el, with handlers in attrs.on {event: handler} and children as further arguments, lists among them. */
	S.el = function (tag, attrs) {
		const on = (attrs && attrs.on) || {};
		const node = ZY.el(tag, Object.assign({}, attrs, { on: null }));
		let i;

		Object.keys(on).forEach((event) => node.addEventListener(event, on[event]));
		for (i = 2; i < arguments.length; i++) S.put(node, arguments[i]);
		return node;
	};
	S.put = function (node, kid) {
		if (Array.isArray(kid)) kid.forEach((one) => S.put(node, one));
		else if (kid !== null && kid !== undefined && kid !== false)
			node.appendChild(typeof kid === 'object' ? kid : document.createTextNode(String(kid)));
		return node;
	};
	S.fill = function (node) {
		let i;

		ZY.clear(node);
		for (i = 1; i < arguments.length; i++) S.put(node, arguments[i]);
		return node;
	};
	S.id = (id) => document.getElementById(id);
	S.button = (key, run, attrs) =>
		S.el(
			'button',
			Object.assign({ type: 'button', class: 'btn btn-2', text: S.t(key), on: { click: run } }, attrs)
		);
	S.vh = ZY.vh;
	S.clear = ZY.clear;

	/* ---- address ---- */

	S.query = ZY.param;
	S.url = function (path, params) {
		const query = new URLSearchParams();

		Object.keys(params).forEach((name) => {
			if (params[name]) query.set(name, params[name]);
		});
		return query.toString() ? path + '?' + query : path;
	};
	S.caseUrl = (no) => '/staff/case.html?no=' + encodeURIComponent(no);
	S.caseApi = (no, rest) => '/api/staff/applications/' + encodeURIComponent(no) + (rest || '');
	S.go = (url) => location.assign(url);

	/* ---- dates and money; always Beijing time ---- */

	S.stamp = ZY.fmt.iso;
	S.clock = ZY.fmt.time;
	S.yuan = ZY.fmt.money;
	S.today = ZY.today;
	S.daysTo = (day) => Math.round((Date.parse(day.slice(0, 10)) - Date.parse(S.today())) / 86400000);
	/* Yuan as typed (commas, full-width digits, yuan sign) to fen; null when it is no amount. */
	S.fen = function (typed) {
		const plain = S.plain(typed).replace(/[\u00a5\uffe5,\uff0c\s]/g, '');
		const parts = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(plain);

		return parts ? Number(parts[1]) * 100 + Number((parts[2] || '').padEnd(2, '0')) : null;
	};
	/* Full-width letters and digits as a Chinese input method leaves them, brought to ASCII. */
	S.plain = (typed) =>
		String(typed)
			.replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
			.replace(/\u3000/g, ' ')
			.trim();

	/* What the due-date column says: words and a kind (ok, soon, late, rest).  Lists know the working days, a case its day. */
	S.sla = function (row) {
		if (S.closed(row.state)) return { kind: 'rest', text: '' };
		if (row.state === 'returned') return { kind: 'rest', text: S.t('sla.paused') };
		if (row.late_days > 0) return { kind: 'late', text: S.t('sla.late', { n: row.late_days }) };
		if (!row.due) return { kind: 'rest', text: S.t('sla.none') };
		const days = S.daysTo(row.due);

		const left = -row.late_days || days;

		if (days < 0) return { kind: 'late', text: S.t('sla.late', { n: -days }) };
		if (days === 0) return { kind: 'soon', text: S.t('sla.today') };
		return { kind: left === 1 ? 'soon' : 'ok', text: S.t('sla.left', { n: left }) };
	};
	S.closed = (state) => ['completed', 'withdrawn', 'rejected', 'expired'].indexOf(state) >= 0;
	S.slaTag = function (row) {
		const sla = S.sla(row);

		return S.el('span', { class: 'sla sla-' + sla.kind, text: sla.text });
	};

	/* ---- session and permissions ---- */

	S.can = function (name) {
		return !!S.session && S.session.permissions.indexOf(name) >= 0;
	};
	S.login = ZY.signIn;
	S.start = function () {
		return ZY.session()
			.then((data) => {
				if (data.signed_in === false) {
					S.login();
					return new Promise(() => {});
				}
				S.session = Object.assign({ permissions: [], roles: [] }, data);
				if (data.setup && location.pathname !== '/staff/account.html') {
					S.go('/staff/account.html');
					return new Promise(() => {});
				}
				if (location.pathname === '/staff/queue.html' && !S.can('case_read')) {
					S.go(S.myPages()[0].url);
					return new Promise(() => {});
				}
				S.top();
				S.nav();
				S.warn();
				return S.session;
			})
			.catch((problem) => {
				if (problem.status === 401) {
					S.login();
					return new Promise(() => {});
				}
				S.trouble(problem, () => location.reload());
				return new Promise(() => {});
			});
	};
	S.signOut = function () {
		const leave = function () {
			sessionStorage.clear(); /* what was typed and not saved is for nobody who comes after */
			S.go('/staff/login.html');
		};

		ZY.api('DELETE', '/api/staff/session', { quiet: true }).then(leave, leave);
	};

	/* ---- frame: top bar and left navigation ---- */

	S.top = function () {
		const who = S.id('who');
		const find = S.id('find');

		if (who)
			S.fill(
				who,
				S.el('span', { class: 'who-name', text: S.session.name || S.session.user }),
				S.el('span', {
					class: 'who-role',
					text: S.session.roles.map((role) => S.word('role', role)).join(S.t('comma'))
				}),
				S.button('top.out', S.signOut, { class: 'top-btn' })
			);
		if (find)
			find.addEventListener('submit', (event) => {
				const typed = S.plain(find.elements.q.value);

				event.preventDefault();
				if (typed)
					S.go(
						S.caseNo(typed)
							? S.caseUrl(S.caseNo(typed))
							: S.url('/staff/queue.html', { queue: 'all', q: typed })
					);
			});
	};
	/* ISO 7064 MOD 37,36, the check of case numbers. */
	const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
	S.checked = function (text) {
		let p = 36;
		let i;

		for (i = 0; i < text.length - 1; i++) {
			p = (p + DIGITS.indexOf(text[i])) % 36 || 36;
			p = (2 * p) % 37;
		}
		return (p + DIGITS.indexOf(text[text.length - 1])) % 36 === 1;
	};
	/* The case number in what was typed or scanned (a code on paper carries version, page and copy after it); a
	 * payment reference is the number without its beginning.  '' when none has the right check character. */
	S.caseNo = function (typed) {
		const words = S.plain(typed)
			.toUpperCase()
			.split(/[^0-9A-Z]+/);
		const ends = words.map((word) => /(\d{6})(\d{4,6})([0-9A-Z])$/.exec(word)).filter(Boolean);
		const short = ends.map((end) => 'GD20' + end[1] + end[2].padStart(6, '0') + end[3]);

		return (
			words
				.filter((word) => /^[0-9A-Z]{10,24}$/.test(word))
				.concat(short)
				.filter(S.checked)[0] || ''
		);
	};
	S.word = (group, code) => (S.has(group + '.' + code) ? S.t(group + '.' + code) : code);

	const PAGES = [
		{ key: 'nav.counter', url: '/staff/counter.html', need: 'walkin' },
		{ key: 'nav.mail', url: '/staff/mail.html', need: 'originals' },
		{ key: 'nav.money', url: '/staff/money.html', need: 'money' },
		{ key: 'nav.finance', url: '/staff/finance.html', need: 'money' },
		{ key: 'nav.statements', url: '/staff/statements.html', need: 'money' },
		{ key: 'nav.refunds', url: '/staff/refunds.html', need: 'money' },
		{ key: 'nav.days', url: '/staff/days.html', need: 'money' },
		{ key: 'nav.invoices', url: '/staff/invoices.html', need: 'money' },
		{ key: 'nav.produce', url: '/staff/produce.html', need: 'produce' },
		{ key: 'nav.ship', url: '/staff/ship.html', need: ['dispatch', 'pickup'] },
		{ key: 'nav.ratings', url: '/staff/ratings.html', need: 'follow' },
		{ key: 'nav.feedback', url: '/staff/feedback.html', need: 'follow' },
		{ key: 'nav.reports', url: '/staff/reports.html', need: 'report' },
		{ key: 'nav.register', url: '/staff/register.html', need: 'case_read' },
		{ key: 'nav.messages', url: '/staff/messages.html', need: ['case_read', 'jobs'] },
		{ key: 'nav.settings', url: '/staff/settings.html', need: 'settings', group: 'nav.keep' },
		{ key: 'nav.contacts', url: '/staff/contacts.html', need: 'settings', group: 'nav.keep' },
		{ key: 'nav.branches', url: '/staff/branches.html', need: 'settings', group: 'nav.keep' },
		{ key: 'nav.calendar', url: '/staff/calendar.html', need: 'staff', group: 'nav.keep' },
		{ key: 'nav.proposals', url: '/staff/proposals.html', need: ['settings', 'money', 'users', 'audit'], group: 'nav.keep' },
		{ key: 'nav.announcements', url: '/staff/announcements.html', need: 'settings', group: 'nav.keep' },
		{ key: 'nav.users', url: '/staff/users.html', need: ['users', 'users_check'], group: 'nav.keep' },
		{ key: 'nav.audit', url: '/staff/audit.html', need: ['audit', 'report'], group: 'nav.keep' },
		{ key: 'nav.account', url: '/staff/account.html', need: 'account', group: 'nav.keep' }
	];
	S.myPages = () => PAGES.filter((page) => [].concat(page.need).some(S.can));
	/* What stands on every page until somebody mends it. */
	S.warn = function () {
		(S.session.warnings || []).forEach((one) => {
			const box = S.notice('warning-' + one.code, 'warn', one.text);

			const page = { proposals: 'nav.proposals', looks: 'nav.audit' }[one.code];

			if ((page || S.can('settings')) && one.url && one.url.split('?')[0] !== location.pathname)
				S.put(box.firstChild, S.el('a', { href: one.url, text: S.t(page || 'act.configure') }));
		});
	};
	S.queues = [];
	/* The server stops counting at 999, and nobody needs the number of all cases. */
	S.counted = (queue) => (queue.queue === 'all' ? '' : queue.count >= 999 ? '999+' : queue.count);
	S.nav = function () {
		const nav = S.id('nav');
		let timer = 0;

		const draw = () => {
			const here = location.pathname;
			const now = here === '/staff/queue.html' ? S.query('queue') || S.homeQueue() : '';
			const section = (group) => {
				const pages = S.myPages().filter((page) => (page.group || 'nav.desks') === group);
				const id = group.replace('.', '-');

				return (
					pages.length > 0 && [
						S.el('h2', { class: 'nav-h', id: id, text: S.t(group) }),
						S.el(
							'ul',
							{ 'aria-labelledby': id },
							pages.map((page) =>
								S.el(
									'li',
									{},
									S.el('a', {
										href: page.url,
										text: S.t(page.key),
										'aria-current': page.url === here && 'page'
									})
								)
							)
						)
					]
				);
			};

			S.fill(
				nav,
				S.queues.length > 0 && S.el('h2', { class: 'nav-h', id: 'nav-q', text: S.t('nav.lists') }),
				S.queues.length > 0 &&
					S.el(
						'ul',
						{ 'aria-labelledby': 'nav-q' },
						S.queues.map((queue) =>
							S.el(
								'li',
								{},
								S.el(
									'a',
									{
										href: S.queueUrl(queue),
										'aria-current': queue.queue === now && 'page'
									},
									S.el('span', {
										text: queue.name || S.word('queue', queue.queue)
									}),
									' ',
									S.el('span', {
										class: 'nav-n',
										text: S.counted(queue)
									})
								)
							)
						)
					),
				['nav.desks', 'nav.keep'].map((group) => section(group))
			);
		};
		const poll = () => {
			clearTimeout(timer);
			timer = setTimeout(poll, POLL_MS);
			if (!document.hidden) S.countQueues().then(draw, () => {});
		};

		if (!nav) return;
		draw();
		if (!S.can('case_read')) return;
		S.countQueues().then(draw, () => {});
		S.recount = () => S.countQueues().then(draw, () => {});
		timer = setTimeout(poll, POLL_MS);
		document.addEventListener('visibilitychange', () => !document.hidden && poll());
	};
	S.recount = () => {};
	S.queueUrl = (queue) => queue.page || S.url('/staff/queue.html', { queue: queue.queue });
	S.countQueues = () =>
		ZY.api('GET', '/api/staff/queues', { quiet: true }).then((answer) => {
			S.queues = answer.data.items || [];
			return S.queues;
		});
	/* The list a person begins with, by what he may do. */
	S.homeQueue = function () {
		const order = [
			['case_review', 'submitted'],
			['case_approve', 'second_review'],
			['produce', 'approved'],
			['dispatch', 'to_send'],
			['pickup', 'to_collect'],
			['money', 'wait_money'],
			['originals', 'wait_originals']
		];
		const mine = order.filter((one) => S.can(one[0]))[0];

		return mine ? mine[1] : 'all';
	};

	/* ---- saying things ---- */

	/* A notice at the top of <main>.  kind: info, ok, warn, err.  actions: [[text key, handler]].  slot: one notice per slot. */
	S.notice = function (slot, kind, text, actions) {
		const box = S.id('notices');
		const old = S.id('notice-' + slot);
		const node = S.el(
			'div',
			{
				id: 'notice-' + slot,
				class: 'box box-' + kind + ' says',
				role: kind === 'err' ? 'alert' : 'status'
			},
			S.el('p', {}, S.el('strong', { text: S.t('notice.' + kind) }), text),
			(actions || []).map((action, i) =>
				S.button(action[0], action[1], i === 0 && kind !== 'err' ? { class: 'btn' } : {})
			)
		);

		if (old) box.replaceChild(node, old);
		else box.appendChild(node);
		return node;
	};
	S.unnotice = function (slot) {
		const old = S.id('notice-' + slot);

		if (old) old.parentNode.removeChild(old);
	};
	/* The sentence for a refusal. */
	S.why = function (problem) {
		let text;

		if (!problem || !problem.status) return S.t('problem.network');
		text = problem.detail;
		if (problem.errors && problem.errors.length)
			text += S.t('colon') + problem.errors.map((fault) => fault.detail || fault.code).join(S.t('semicolon'));
		if (problem.status >= 500 && problem.request) text += S.t('fail.request', { id: problem.request });
		return text;
	};
	/* Default answer to a refused call: sign in again, or a notice with a way on. */
	S.trouble = function (problem, retry) {
		if (problem && problem.status === 401 && problem.code !== 'credentials') {
			S.notice('trouble', 'err', S.t('staff.sign_in'), [['act.login', S.again]]);
			return;
		}
		S.notice(
			'trouble',
			'err',
			S.why(problem),
			retry
				? [
						[
							'act.retry',
							() => {
								S.unnotice('trouble');
								retry();
							}
						]
					]
				: []
		);
	};
	/* The same of a list that could not be read; one that is not for this person says so in its place. */
	S.unread = function (host, problem, retry) {
		S.clear(host);
		if (problem.status === 403) S.fill(host, S.el('p', { class: 'empty', text: S.t('staff.forbidden') }));
		else S.trouble(problem, retry);
	};
	/* Shows "reading…" in node, below its h1, when the promise takes longer than a moment, until that has come to an end. */
	S.loading = function (node, promise) {
		const word = S.el('p', { class: 'quiet', role: 'status', text: S.t('loading') });
		const timer = setTimeout(() => S.fill(node, node.querySelector('h1'), word), LOADING_MS);
		const stop = () => {
			clearTimeout(timer);
			word.remove();
			node.removeAttribute('aria-busy');
		};

		node.setAttribute('aria-busy', 'true');
		promise.then(stop, stop);
		return promise;
	};

	/* ---- one case ---- */

	/* The catalogue's row for a material of a case: copies, whether the paper must arrive. */
	S.routeMaterials = function (book, c) {
		const service = (book.services || []).filter((one) => one.code === c.service)[0];
		const route =
			service && service.routes.filter((one) => one.holder === c.holder && one.channel === c.channel)[0];

		return route ? route.materials : [];
	};
	/* A case as last read, and its writes: one after the other, each with the newest version, so that quick hands never
	 * trip over themselves.  changed(c) is called after each answer. */
	S.store = function (no, changed) {
		const store = { no: no, data: null, etag: null };
		let tail = Promise.resolve();

		const take = (answer) => {
			store.data = answer.data;
			store.etag = answer.etag || '"' + answer.data.version + '"';
			if (changed) changed(store.data);
			return store.data;
		};
		store.take = take;
		store.load = () => ZY.api('GET', S.caseApi(no), { quiet: true }).then(take);
		/* rest: below the case, or a whole path when it begins with /api.  key: to repeat an attempt of before. */
		store.write = function (rest, body, key) {
			const path = rest.indexOf('/api') === 0 ? rest : S.caseApi(no, rest);
			const once = key || ZY.key();
			const run = () =>
				ZY.api('POST', path, { quiet: true, body: body, ifMatch: store.etag, key: once }).then(take);
			const result = tail.then(run);

			tail = result.catch(() => {});
			return result;
		};
		return store;
	};
	/* Name of the certificate holder's side as shown in lists. */
	S.subject = (c) => (c.unit && c.unit.name) || (c.person && c.person.name) || '';
	/* The short word of the desk where there is one, else the catalogue's name. */
	S.serviceName = (c) => (S.has('service.' + c.service) ? S.t('service.' + c.service) : c.service_name);
	S.kind = (c) => S.t('case.kind', { service: S.serviceName(c), holder: S.word('holder', c.holder) });
	S.gate = (c, name) => (c.gates || []).filter((gate) => gate.name === name)[0];
	S.open = (c, name) => !!S.gate(c, name) && S.gate(c, name).required && !S.gate(c, name).closed_at;
	S.dl = (rows, name) =>
		S.el(
			'dl',
			{ class: 'facts ' + (name || '') },
			rows.filter(Boolean).map((row) => S.el('div', {}, S.el('dt', { text: row[0] }), S.el('dd', {}, row[1])))
		);

	/* The name of an outlet, as soon as it is known. */
	S.branch = function (code) {
		const node = S.el('span', { text: code || '' });

		if (code)
			ZY.api('GET', '/api/branches', { quiet: true }).then(
				(answer) => answer.data.items.filter((one) => one.code === code).forEach((one) => (node.textContent = one.name)),
				() => {}
			);
		return node;
	};

	/* ---- tables and lists ---- */

	/* Headings; a name may have the class of its column behind it: 'amount num'. */
	S.heads = (prefix, names) =>
		names.map((name) => {
			const part = name.split(' ');

			return S.el('th', { scope: 'col', class: part[1], text: S.t(prefix + part[0]) });
		});
	S.grid = (heads, rows, name) =>
		S.el('table', { class: name || 'tbl' }, S.el('thead', {}, S.el('tr', {}, heads)), S.el('tbody', {}, rows));
	/* The same in a frame that scrolls. */
	S.table = (label, heads, rows, name) =>
		S.el('div', { class: 'scroll', role: 'group', tabindex: '0', 'aria-label': label }, S.grid(heads, rows, name));
	/* To the first page and the next one of a list; load takes where it goes on. */
	S.pager = (from, next, load) =>
		S.el(
			'p',
			{ class: 'pager' },
			from && S.button('list.first', () => load('')),
			next && S.button('list.next', () => load(next))
		);
	/* One entry of a list: what it is, what can be done, and what opens below. */
	S.line = (main, acts, below) =>
		S.el('li', {}, S.el('div', { class: 'line-top' }, S.el('div', { class: 'line-main' }, main), acts), below);
	/* A case as the entry of a list: whose it is, its number, and what is said behind it; below comes under that. */
	S.caseLine = (row, href, said, below) =>
		S.el(
			'div',
			{ class: 'line-main' },
			S.el('p', { class: 'card-unit', text: row.unit_name || S.t('list.no_name') }),
			S.el('p', { class: 'card-line' }, S.el('a', { class: 'fig', href: href, text: row.no }), ' ', said),
			below
		);
	/* The heading of a case where it stands in a list or beside a form. */
	S.caseCard = (c) =>
		S.el(
			'div',
			{ class: 'card-top' },
			S.el('p', { class: 'card-unit', text: S.subject(c) }),
			S.el(
				'p',
				{ class: 'card-line' },
				S.el('a', { class: 'fig', href: S.caseUrl(c.no), text: c.no }),
				' ',
				S.kind(c),
				' ',
				S.el('span', { class: 'tag', text: c.state_name || S.word('state', c.state) })
			)
		);
	S.tone = (code) =>
		({
			returned: 'warn',
			rejected: 'err',
			expired: 'off',
			withdrawn: 'off',
			completed: 'ok',
			sent: 'ok',
			produced: 'ok',
			ready: 'ok'
		})[code] || 'plain';
	/* The list of the address with its filters, as the desk's pages hand them on to each other. */
	const FILTERS = ['queue', 'q', 'service', 'holder', 'channel', 'branch', 'due', 'mine'];
	S.filters = function () {
		const found = {};

		FILTERS.forEach((name) => {
			if (S.query(name)) found[name] = S.query(name);
		});
		found.queue = found.queue || S.homeQueue();
		return found;
	};
	/* Number of the next case of a list, or null.  Where cases are claimed to be worked on it is claimed already, and
	 * nobody else gets it; elsewhere it is the first that is free.  skip: the case one comes from. */
	S.nextOf = function (filters, skip) {
		const first = (answer) => (answer.data.items || []).filter((row) => row.no !== skip && !row.claimed_by)[0];
		const body = Object.assign({}, filters, filters.mine ? { mine: true } : {});

		if (S.can('case_review') && !filters.mine && ['submitted', 'corrected', 'second_review'].indexOf(filters.queue) >= 0)
			return ZY.api('POST', '/api/staff/queues/next', { quiet: true, body: body }).then((answer) => answer.data.no);
		return ZY.api('GET', S.url('/api/staff/applications', Object.assign({ limit: 50 }, filters)), { quiet: true })
			.then(first)
			.then((row) => (row ? row.no : null));
	};
	S.panels = {};
})(window.ZY);
