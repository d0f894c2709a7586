/* The desk of one case: head with claim and clock, page pictures beside the checklist, the decision bar, and below it
 * the panels of the other desks.  What it shows and what may be decided stand in files of their own, as do the panels,
 * each fetched only when it is needed by somebody who may use it. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const BEAT_MS = 60000;
	const CHECK_MS = 5000;
	const no = ZY.no().toUpperCase();

	const desk = { locked: () => null };
	const at = {};
	let review = null;
	let panels = null;
	let taken = false;
	let looking = false;
	let stale = false;
	let beat = 0;

	const me = (desk.me = (by) => !!by && (by === S.session.user || by === S.session.name));
	const store = (desk.store = S.store(no, (c) => draw(c)));
	const mine = () => !!(store.data.claim && store.data.claim.mine);
	const held = () => store.data.claim && store.data.claim.by && !store.data.claim.mine;
	const inReview = () => ['submitted', 'reviewing'].indexOf(store.data.state) >= 0;
	const judges = () => S.can('case_review') && inReview();
	const mayClaim = () => S.can('case_review') && (inReview() || store.data.state === 'second_review');
	const approves = () => S.can('case_approve') && store.data.state === 'second_review';
	desk.judges = judges;
	desk.editable = () => judges() && mine() && store.data.state === 'reviewing' && !stale;

	/* ---- trouble ---- */

	desk.trouble = function (problem) {
		if (problem.code === 'stale' || problem.status === 412) {
			if (taken) stillHeld().then((yes) => (yes ? outdated() : lost()), outdated);
			else outdated();
		} else if (problem.code === 'not_claimed') {
			lost();
		} else {
			S.trouble(problem);
		}
	};
	const stillHeld = () =>
		ZY.api('GET', S.caseApi(no), { quiet: true }).then((answer) => !!answer.data.claim && answer.data.claim.mine);
	const outdated = function () {
		stale = true;
		S.notice('stale', 'warn', S.t('case.stale'), [['act.reread', reread]]);
		bar();
	};
	const reread = function () {
		store.load().then(() => {
			stale = false;
			S.unnotice('stale');
			S.unnotice('trouble');
			draw(store.data, true);
			S.say(S.t('case.reread'));
			if (taken && !mine()) lost();
		}, desk.trouble);
	};
	/* What comes with a change of hands, fetched then. */
	let hands = null;
	const changing = () => {
		hands =
			hands ||
			Promise.all([bring('staff-case-claim'), bring('i18n/staff-desk-zh-CN')]).then(() => S.caseClaim(desk, review));
		hands.catch(() => {
			hands = null;
			brought();
		});
		return hands;
	};
	/* The lease is gone: say who has it and why; what was typed is kept. */
	const lost = function () {
		desk.drop();
		Promise.all([changing(), store.load()]).then((all) => {
			draw(store.data, true);
			all[0].lost(claim);
		}, desk.trouble);
	};

	/* ---- claim ---- */

	/* It is ours now. */
	desk.claimed = function () {
		taken = true;
		looking = true;
		S.unnotice('lease');
		S.unnotice('trouble');
		pulse();
		draw(store.data, true);
		review.start();
		S.recount();
	};
	const claim = () =>
		store.write('/claim').then(desk.claimed, (problem) => {
			S.trouble(problem);
			store.load().catch(() => {});
		});
	const takeOver = () => changing().then((all) => all.take());
	const release = () =>
		S.askReason({ title: S.t('release.title'), text: S.t('release.text'), ok: 'act.release' }).then(
			(reason) =>
				reason &&
				store.write('/release', { reason: reason }).then(() => {
					desk.drop();
					draw(store.data, true);
					S.recount();
				}, desk.trouble)
		);
	const pulse = function () {
		clearTimeout(beat);
		beat = setTimeout(() => {
			if (!taken) return;
			if (document.hidden) {
				pulse();
				return;
			}
			ZY.api('POST', S.caseApi(no, '/heartbeat'), { quiet: true }).then(
				(answer) => {
					if (!answer.data.claim || !answer.data.claim.mine) {
						lost();
						return;
					}
					store.take(answer);
					pulse();
				},
				(problem) => {
					if (problem.status === 409 || problem.status === 404) lost();
					else if (problem.status === 401) S.trouble(problem);
					else pulse();
				}
			);
		}, BEAT_MS);
	};
	document.addEventListener('visibilitychange', () => {
		if (!document.hidden && taken)
			ZY.api('POST', S.caseApi(no, '/heartbeat'), { quiet: true }).then(
				store.take,
				(problem) => problem.status === 409 && lost()
			);
	});

	/* ---- head ---- */

	const head = function (c) {
		const sla = S.sla(c);
		const holder = held();

		S.fill(
			at.head,
			S.el(
				'div',
				{ class: 'head-main' },
				S.el('h1', { text: S.subject(c) || S.t(c.blind ? 'list.blind' : 'list.no_name') }),
				S.el(
					'p',
					{ class: 'head-line' },
					S.el('span', { class: 'fig', id: 'case-no', text: c.no }),
					S.el('span', { text: S.kind(c) }),
					S.el('span', { text: S.word('channel', c.channel) }),
					S.el('span', { class: 'tag tag-' + S.tone(c.state), text: c.state_name }),
					!S.closed(c.state) &&
						c.due &&
						S.el('span', { class: 'fig', text: S.t('case.due', { day: c.due }) }),
					sla.text && S.el('span', { class: 'sla sla-' + sla.kind, text: sla.text })
				)
			),
			S.el(
				'div',
				{ class: 'head-act' },
				holder &&
					S.el('p', {
						class: 'head-held',
						text: S.t('case.held', {
							name: c.claim.name,
							since: S.clock(c.claim.since || c.claim.until),
							at: S.clock(c.claim.until)
						})
					}),
				mine() &&
					S.el('p', {
						class: 'head-mine',
						text: S.t('case.mine', { at: S.clock(c.claim.until) })
					}),
				!holder &&
					!mine() &&
					mayClaim() &&
					S.button('act.claim', claim, { class: 'btn', 'aria-keyshortcuts': 'c' }),
				holder && mayClaim() && S.button('act.take', takeOver),
				mine() && S.button('act.release', release, { 'aria-keyshortcuts': 'c' }),
				S.button('act.next', next, { 'aria-keyshortcuts': 'n' })
			)
		);
		document.title = S.t('title', { page: S.beside(c.no, S.subject(c)) });
	};

	/* ---- decisions ---- */

	desk.firstReviewer = () =>
		(store.data.verdicts || [])
			.map((one) => one.by)
			.filter(Boolean)
			.pop();
	let actions = null;
	const decide = (name) => () => {
		actions = actions || bring('staff-case-actions').then(() => S.caseActions(desk, review));
		return actions.then(
			(all) => all[name](),
			() => {
				actions = null;
				brought();
			}
		);
	};
	/* The decision that is due: what the key does. */
	const due = function () {
		const tally = review.tally();

		if (approves()) decide('approve')();
		else if (desk.editable()) decide(tally.fails && !tally.left ? 'sendBack' : 'accept')();
	};
	/* A decision ends the claim. */
	desk.drop = function () {
		taken = false;
		clearTimeout(beat);
	};
	/* Forms with pages for seal impressions: they are looked at on a page of their own. */
	const seals = () =>
		store.data.form.seal_pages > 0 &&
		S.el('a', { class: 'btn btn-2', href: S.url('/staff/seal.html', { no: no }), text: S.t('act.seals') });
	/* The bar below the checklist: what is left, then the ways out. */
	const bar = function () {
		const tally = review ? review.tally() : { left: 0, fails: 0, dirty: 0, all: 0 };
		const off = (yes) => (yes ? 'true' : null);
		let kids = [];

		if (desk.editable())
			kids = [
				S.el('p', {
					class: 'bar-say',
					text: tally.left
						? S.t('bar.left', { n: tally.left })
						: tally.fails
							? S.t('bar.fails', { n: tally.fails })
							: S.t('bar.all_pass', { n: tally.all })
				}),
				seals(),
				S.button('act.accept', decide('accept'), {
					class: 'btn',
					'aria-disabled': off(tally.left || tally.fails)
				}),
				S.button('act.return', decide('sendBack'), {
					class: 'btn',
					'aria-disabled': off(tally.left || !tally.fails)
				}),
				S.can('case_reject') && S.button('act.reject', decide('reject'), { class: 'btn btn-red' })
			];
		else if (approves())
			kids = [
				S.el('p', {
					class: 'bar-say',
					text: me(desk.firstReviewer())
						? S.t('approve.two')
						: S.t(store.data.blind ? 'approve.blind' : 'approve.say', { name: desk.firstReviewer() || '' })
				}),
				seals(),
				S.button('act.approve', decide('approve'), {
					class: 'btn',
					'aria-disabled': off(me(desk.firstReviewer()) || store.data.blind)
				}),
				S.can('case_reject') && S.button('act.reject', decide('reject'), { class: 'btn btn-red' })
			];
		else if (stale)
			kids = [
				S.el('p', { class: 'bar-say', text: S.t('case.stale_bar') }),
				S.button('act.reread', reread, { class: 'btn' })
			];
		else if (judges() && !held() && !mine())
			kids = [
				S.el('p', { class: 'bar-say', text: S.t('bar.claim') }),
				S.button('act.claim', claim, { class: 'btn' })
			];
		at.bar.hidden = !kids.length;
		S.fill(at.bar, kids);
	};
	desk.changed = bar;

	/* The next case of the list this one was opened from. */
	const next = (desk.next = function () {
		if (review && review.tally().dirty && mine()) {
			S.say(S.t('case.unsaved'));
			review.flush().then(leave, () => {});
			return;
		}
		leave();
	});
	const leave = function () {
		const filters = S.filters();

		S.nextOf(filters, no).then((found) => {
			if (found) S.go(S.url('/staff/case.html', Object.assign({ no: found }, filters)));
			else
				S.notice('next', 'info', S.t('case.no_next'), [
					['act.to_list', () => S.go(S.url('/staff/queue.html', filters))]
				]);
		}, desk.trouble);
	};

	/* ---- what is fetched ---- */

	/* The other scripts lie beside this one, in the same version. */
	const base = document.currentScript.src;
	const asked = {};
	const bring = (desk.bring = function (file) {
		asked[file] =
			asked[file] ||
			new Promise((resolve, reject) => {
				const script = document.createElement('script');

				script.src = base.replace('staff-case', file);
				script.onload = resolve;
				script.onerror = () => {
					delete asked[file];
					reject(new TypeError(file));
				};
				document.head.appendChild(script);
			});
		return asked[file];
	});
	const brought = (desk.brought = () => S.notice('panel', 'err', S.t('case.panel_failed'), [['act.reload', () => location.reload()]]));

	/* ---- the page ---- */

	desk.noted = () => store.load().catch(() => {});
	desk.locked = function () {
		const say = held() ? 'view.locked_held' : mayClaim() ? 'view.locked' : 'view.locked_other';

		if (looking && store.data.blind && review.current === 'm1') return S.el('p', { text: S.t('view.blind') });
		if (looking) return null;
		return [
			S.el('p', { text: S.t(say, held() ? { name: store.data.claim.name } : {}) }),
			S.button(mayClaim() ? 'view.look' : 'view.look_other', () => {
				looking = true;
				review.select(review.current);
			})
		];
	};
	const drawOrder = function () {
		if (judges() || approves()) at.side.insertBefore(at.panels, at.log);
		else at.side.insertBefore(at.panels, at.side.firstChild);
		at.work.hidden = !(S.can('case_read') && review.materials().length);
		at.view.hidden = at.work.hidden;
		at.view.parentNode.classList.toggle('split-one', at.work.hidden);
	};
	/* What was seen on the pages; asked again while files are still being looked at. */
	const told = () =>
		ZY.api('GET', S.caseApi(no, '/attachments'), { quiet: true }).then(
			(answer) => {
				desk.view.told(answer.data);
				if (answer.data.some((file) => file.state === 'checking'))
					setTimeout(() => store.load().then(() => review.select(review.current)).then(told, () => {}), CHECK_MS);
			},
			() => {} /* advice: the pages are there without it */
		);
	let drawn = '';
	const draw = (desk.draw = function (c, whole) {
		if (!at.head || !review) return;
		desk.data.draw(c);
		head(c);
		panels(c);
		desk.beside(c);
		drawOrder();
		desk.view.canMark(desk.editable());
		const mode = c.state + desk.editable() + desk.data.revealed() + !!held();
		const unprintable = (c.hints || []).filter((h) => h.code === 'glyph').map((h) => h.text);

		if (unprintable.length) S.notice('glyph', 'warn', unprintable.join('；'));
		else S.unnotice('glyph');
		review.refresh(whole || mode !== drawn);
		if (drawn && mode !== drawn && desk.locked()) review.select(review.current);
		drawn = mode;
		bar();
	});
	const build = function () {
		const part = (name, tag, attrs) => {
			at[name] = S.el(tag, attrs);
			return at[name];
		};

		S.fill(
			S.id('case'),
			part('head', 'div', { class: 'head' }),
			S.el(
				'div',
				{ class: 'split' },
				part('side', 'div', { class: 'pane-work' }),
				part('view', 'section', { class: 'pane-view', 'aria-label': S.t('case.scans') })
			)
		);
		part('check', 'section', { class: 'check', 'aria-label': S.t('verdict.list') });
		desk.view = S.viewer(at.view);
		review = S.verdicts(at.check, desk);
		desk.data = S.caseData(desk, review, at);
		desk.beside = S.caseBeside(desk, review, at);
		S.fill(
			at.side,
			part('panels', 'div', { class: 'panels' }),
			at.rounds,
			part('work', 'div', { class: 'work' }),
			at.notes,
			part('gates', 'section', { class: 'panel', 'aria-labelledby': 'gates-h' }),
			part('data', 'section', { class: 'panel', 'aria-labelledby': 'data-h' }),
			at.earlier,
			part('log', 'section', { class: 'panel', 'aria-labelledby': 'log-h' })
		);
		part('bar', 'div', { class: 'bar', role: 'group', 'aria-label': S.t('bar.label') });
		S.fill(at.work, at.check, at.bar);
		panels = S.casePanels(desk, review, at.panels);
	};
	/* The keys of this page, all of them: key, what it does (none: another key for the row before), how; shown as. */
	const act = () => (mine() ? release() : !held() && mayClaim() && claim());
	const KEYS = [
		['j', 'keys.down', () => review.move(1)],
		['k', 'keys.up', () => review.move(-1)],
		['a', 'keys.pass', () => review.pass()],
		['x', 'keys.fail', () => review.fail()],
		['m', 'keys.mark', () => desk.editable() && desk.view.mark()],
		['s', 'keys.save', () => review.save()],
		['c', 'keys.claim', act],
		['n', 'keys.next_case', () => next()],
		['i', 'keys.note', () => write()],
		['r', 'keys.left', () => desk.view.rotate(-90)],
		['R', 'keys.right', () => desk.view.rotate(90)],
		['+', 'keys.in', () => desk.view.zoom(1.25)],
		['=', '', () => desk.view.zoom(1.25)],
		['-', 'keys.out', () => desk.view.zoom(0.8)],
		['0', 'keys.fit', () => desk.view.fit('page')],
		['w', 'keys.width', () => desk.view.fit('width')],
		['v', 'keys.pair', () => desk.view.pair()],
		['o', 'keys.outline', () => desk.view.outline()],
		['d', 'keys.decide', () => due()],
		['[', 'keys.prev', () => review.page(-1)],
		[']', 'keys.next', () => review.page(1)],
		['1', 'keys.material', () => review.nth(0), '1\u20139']
	].concat([2, 3, 4, 5, 6, 7, 8, 9].map((n) => [String(n), '', () => review.nth(n - 1)]));
	/* The handler's value is its own business: the key is used up. */
	const keys = () =>
		S.keys(
			KEYS.map((row) => [
				row[0],
				row[1],
				() => {
					row[2]();
				},
				row[3]
			])
		);
	/* To the field of the notes, as soon as it is there. */
	const write = function () {
		const go = () => (S.id('note-text') ? S.id('note-text').focus() : at.notes.open && setTimeout(go, 60));

		if (!S.can('note')) return;
		at.notes.open = true;
		go();
	};
	/* What stands open beside a case is asked for before it is drawn, and taken once. */
	const early = {};
	desk.ask = function (url) {
		const answer = early[url] || ZY.api('GET', url, { quiet: true });

		delete early[url];
		return answer;
	};
	const beforehand = function (names) {
		const all = names.map((name) => S.caseApi(no, '/' + name)).map((url) => (early[url] = desk.ask(url)));

		return Promise.all(all.map((one) => one.catch(() => {}))); /* said in its place */
	};
	/* Everything is fetched before anything is drawn: what says that we read takes the place of the whole page. */
	const begin = () =>
		Promise.all([store.load(), ZY.catalog(), bring('staff-case-data')])
			.then((all) => {
				const beside = S.openBeside(all[0]);
				const files = S.panelFiles(all[0]).concat(beside.length ? S.BESIDE_FILES : []);

				desk.book = all[1];
				return Promise.all(files.map(bring).concat(beforehand(beside))).catch(brought);
			})
			.then(() => {
				build();
				taken = mine();
				looking = taken;
				keys();
				draw(store.data, true);
				review.start();
				told();
				if (taken) pulse();
				else if (held() && me(store.data.claim.from)) lost();
			});

	window.addEventListener('beforeunload', (event) => {
		if (review && desk.editable() && review.tally().dirty) event.preventDefault();
	});
	S.start().then(() => {
		const first = S.loading(S.id('case'), begin());

		return first.catch((problem) => {
			if (problem instanceof Error) throw problem;
			const erased = problem.code === 'erased';
			const missing = problem.status === 403 || problem.status === 404;

			S.fill(
				S.id('case'),
				S.el(
					'div',
					{ class: 'empty' },
					S.el('h1', { text: S.t(erased ? 'case.erased' : missing ? 'case.missing' : 'case.failed', { no: no }) }),
					S.el('p', {
						text: erased ? problem.detail : missing ? S.t('case.missing_text', { no: no }) : S.why(problem)
					}),
					S.el(
						'p',
						{},
						!missing && S.button('act.retry', () => location.reload()),
						S.el('a', {
							class: 'btn btn-2',
							href: '/staff/queue.html',
							text: S.t('act.to_list')
						})
					)
				)
			);
		});
	});
})(window.ZY);
