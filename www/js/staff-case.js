/* The desk of one case: head with claim and clock, page pictures beside the checklist, the decision bar, and below it
 * the panels of the other desks.  What it shows and what may be decided stand in files of their own, as do the panels,
 * each fetched only when it is needed by somebody who may use it. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const BEAT_MS = 60000;
	const CHECK_MS = 5000;
	const no = ZY.no().toUpperCase();
	const TAKE = 'take';

	const desk = { locked: () => null };
	const at = {};
	let review = null;
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
			stale = true;
			S.notice('stale', 'warn', S.t('case.stale'), [['act.reread', reread]]);
			bar();
		} else if (problem.code === 'not_claimed') {
			lost();
		} else {
			S.trouble(problem);
		}
	};
	const reread = function () {
		store.load().then(() => {
			stale = false;
			S.unnotice('stale');
			S.unnotice('trouble');
			draw(store.data, true);
			S.say(S.t('case.reread'));
		}, desk.trouble);
	};
	/* The lease is gone: say who has it, keep what was typed, let it be copied. */
	const lost = function () {
		taken = false;
		clearTimeout(beat);
		store.load().then((c) => {
			const by = held()
				? S.t('case.lost_to', { name: c.claim.name, at: S.clock(c.claim.until) })
				: S.t('case.lost');

			S.notice(
				'lease',
				'warn',
				by,
				[].concat(
					held() ? [] : [['act.claim', claim]],
					typed() ? [['act.copy', () => ZY.copy(typed()).then(() => S.say(S.t('case.copied')))]] : []
				)
			);
			draw(c, true);
		}, desk.trouble);
	};
	const typed = () =>
		review
			? review
					.materials()
					.map((m) => ({ name: m.name, d: review.draft(m.code) }))
					.filter((one) => one.d.dirty)
					.map(
						(one) =>
							one.name +
							S.t('colon') +
							one.d.reasons
								.map(review.reasonText)
								.concat(one.d.note || [])
								.join(S.t('semicolon'))
					)
					.join('\n')
			: '';

	/* ---- claim ---- */

	const claim = () =>
		store.write('/claim').then(
			() => {
				taken = true;
				looking = true;
				S.unnotice('lease');
				S.unnotice('trouble');
				pulse();
				draw(store.data, true);
				review.start();
				S.recount();
			},
			(problem) => {
				S.trouble(problem);
				store.load().catch(() => {});
			}
		);
	const release = () =>
		S.askReason({ title: S.t('release.title'), text: S.t('release.text'), ok: 'act.release' }).then(
			(reason) =>
				reason &&
				store.write('/release', { reason: reason }).then(() => {
					taken = false;
					clearTimeout(beat);
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
				S.el('h1', { text: S.subject(c) || S.t('list.no_name') }),
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
				mine() && S.button('act.release', release, { 'aria-keyshortcuts': 'c' }),
				S.button('act.next', next, { 'aria-keyshortcuts': 'n' })
			)
		);
		document.title = S.t('title', { page: c.no + ' ' + (S.subject(c) || '') });
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
						: S.t('approve.say', { name: desk.firstReviewer() || '' })
				}),
				S.button('act.approve', decide('approve'), {
					class: 'btn',
					'aria-disabled': off(me(desk.firstReviewer()))
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

	/* The most urgent case of the list this one was opened from. */
	const next = (desk.next = function () {
		const queue = S.query('queue') || S.homeQueue();

		if (review && review.tally().dirty && mine()) {
			S.say(S.t('case.unsaved'));
			review.flush().then(leave.bind(null, queue), () => {});
			return;
		}
		leave(queue);
	});
	const leave = (queue) =>
		ZY.api('GET', S.url('/api/staff/applications', { queue: queue, limit: 50 }), { quiet: true }).then((answer) => {
			const found = S.urgent(
				(answer.data.items || []).filter((row) => row.no !== no && (!row.claimed_by || me(row.claimed_by)))
			);

			if (!found) {
				S.notice('next', 'info', S.t('case.no_next'), [
					['act.to_list', () => S.go(S.url('/staff/queue.html', { queue: queue }))]
				]);
				return;
			}
			if (mine() || taken || ['submitted', 'second_review'].indexOf(queue) >= 0) ZY.remember(TAKE, found.no);
			S.go(S.url('/staff/case.html', { no: found.no, queue: queue }));
		}, desk.trouble);

	/* ---- panels of the other desks ---- */

	const PANELS = [
		{
			name: 'originals',
			file: 'staff-originals',
			can: ['originals'],
			when: (c) =>
				['submitted', 'reviewing', 'returned', 'accepted'].indexOf(c.state) >= 0 &&
				!!S.gate(c, 'originals') &&
				S.gate(c, 'originals').required
		},
		{
			name: 'gates',
			file: 'staff-gates',
			can: ['originals', 'case_review'],
			/* what may be ticked here the panel knows itself, once it is fetched */
			when: (c) =>
				['token', 'signature'].some((name) => S.gate(c, name) && S.gate(c, name).required) &&
				(!S.ticks || S.ticks(c).length > 0)
		},
		{
			name: 'payments',
			file: 'staff-payments',
			can: ['money'],
			when: (c) => c.state !== 'draft' && c.state !== 'printed' && c.amount_fen > 0
		},
		{
			name: 'production',
			file: 'staff-production',
			can: ['produce'],
			when: (c) => ['approved', 'produced', 'installing', 'sent', 'ready', 'completed'].indexOf(c.state) >= 0 &&
				!S.former.ends(c)
		},
		{
			name: 'dispatch',
			file: 'staff-dispatch',
			can: ['dispatch', 'pickup'],
			when: (c) => ['produced', 'sent', 'ready', 'completed'].indexOf(c.state) >= 0
		}
	];
	/* The other scripts lie beside this one, in the same version. */
	const base = document.currentScript.src;
	const bring = (file) =>
		new Promise((resolve, reject) => {
			const script = document.createElement('script');

			script.src = base.replace('staff-case', file);
			script.onload = resolve;
			script.onerror = reject;
			document.head.appendChild(script);
		});
	const brought = () => S.notice('panel', 'err', S.t('case.panel_failed'), [['act.reload', () => location.reload()]]);
	let more = [];
	const fetched = function (one) {
		one.asked =
			one.asked ||
			bring(one.panel.file).then(() => {
				one.draw = S.panels[one.panel.name](one.host, {
					store: store,
					book: desk.book,
					trouble: desk.trouble,
					address: desk.data.address
				});
			}, brought);
		return one.asked;
	};
	/* Those that the case wants now; one that was not wanted before is fetched. */
	const panels = (c) =>
		more.forEach((one) => {
			one.host.hidden = !one.panel.when(c);
			if (one.host.hidden) return;
			if (one.draw) one.draw(c);
			else fetched(one).then(() => one.draw && one.draw(store.data));
		});

	/* ---- the page ---- */

	desk.locked = function () {
		const say = held() ? 'view.locked_held' : mayClaim() ? 'view.locked' : 'view.locked_other';

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
		drawOrder();
		desk.view.canMark(desk.editable());
		const mode = c.state + desk.editable() + desk.data.revealed();
		const unprintable = (c.hints || []).filter((h) => h.code === 'glyph').map((h) => h.text);

		if (unprintable.length) S.notice('glyph', 'warn', unprintable.join('；'));
		else S.unnotice('glyph');
		review.refresh(whole || mode !== drawn);
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
				part('view', 'section', { class: 'pane-view', 'aria-label': S.t('case.scans') }),
				part('side', 'div', { class: 'pane-work' })
			)
		);
		S.fill(
			at.side,
			part('panels', 'div', { class: 'panels' }),
			part('work', 'div', { class: 'work' }),
			part('gates', 'section', { class: 'panel', 'aria-labelledby': 'gates-h' }),
			part('data', 'section', { class: 'panel', 'aria-labelledby': 'data-h' }),
			part('log', 'section', { class: 'panel', 'aria-labelledby': 'log-h' })
		);
		part('check', 'section', { class: 'check', 'aria-label': S.t('verdict.list') });
		part('bar', 'div', { class: 'bar', role: 'group', 'aria-label': S.t('bar.label') });
		S.fill(at.work, at.check, at.bar);
		more = PANELS.filter((panel) => panel.can.some(S.can)).map((panel) => ({
			panel: panel,
			host: S.put(at.panels, S.el('section', { class: 'panel', hidden: true })).lastChild
		}));
		desk.view = S.viewer(at.view);
		review = S.verdicts(at.check, desk);
		desk.data = S.caseData(desk, review, at);
	};
	const keys = () => {
		const row = (key, name, run) => [
			key,
			name,
			() => {
				run();
			}
		];
		const digits = [];
		let i;

		for (i = 1; i <= 9; i++)
			digits.push([
				String(i),
				i === 1 ? 'keys.material' : '',
				(
					(n) => () =>
						review.nth(n)
				)(i - 1),
				i === 1 ? '1–9' : ''
			]);
		S.keys(
			[
				row('j', 'keys.down', () => review.move(1)),
				row('k', 'keys.up', () => review.move(-1)),
				row('a', 'keys.pass', review.pass),
				row('x', 'keys.fail', review.fail),
				row('m', 'keys.mark', () => desk.editable() && desk.view.mark()),
				row('s', 'keys.save', review.save),
				row('c', 'keys.claim', () => (mine() ? release() : !held() && mayClaim() && claim())),
				row('n', 'keys.next_case', next),
				row('r', 'keys.left', () => desk.view.rotate(-90)),
				row('R', 'keys.right', () => desk.view.rotate(90)),
				row('+', 'keys.in', () => desk.view.zoom(1.25)),
				row('=', '', () => desk.view.zoom(1.25)),
				row('-', 'keys.out', () => desk.view.zoom(0.8)),
				row('0', 'keys.fit', () => desk.view.fit('page')),
				row('w', 'keys.width', () => desk.view.fit('width')),
				row('v', 'keys.pair', () => desk.view.pair()),
				row('o', 'keys.outline', () => desk.view.outline()),
				row('d', 'keys.decide', due),
				row('[', 'keys.prev', () => review.page(-1)),
				row(']', 'keys.next', () => review.page(1))
			].concat(digits)
		);
	};
	const begin = () =>
		Promise.all([
			store.load(),
			ZY.catalog(),
			bring('staff-case-data')
		]).then((all) => {
			const c = all[0];

			desk.book = all[1];
			build();
			taken = mine();
			looking = taken;
			keys();
			return Promise.all(more.filter((one) => one.panel.when(c)).map(fetched)).then(() => {
				draw(c, true);
				review.start();
				told();
				if (taken) pulse();
				if (ZY.recall(TAKE) === no && !held() && !mine() && mayClaim()) claim();
				ZY.forget(TAKE);
			});
		});

	window.addEventListener('beforeunload', (event) => {
		if (review && desk.editable() && review.tally().dirty) event.preventDefault();
	});
	S.start().then(() => {
		const first = S.loading(S.id('case'), begin());

		return first.catch((problem) => {
			if (problem instanceof Error) throw problem;
			S.fill(
				S.id('case'),
				S.el(
					'div',
					{ class: 'empty' },
					S.el('h1', {
						text: S.t(problem.status === 403 || problem.status === 404 ? 'case.missing' : 'case.failed')
					}),
					S.el('p', {
						text:
							problem.status === 403 || problem.status === 404
								? S.t('case.missing_text', { no: no })
								: S.why(problem)
					}),
					S.el(
						'p',
						{},
						problem.status !== 403 &&
							problem.status !== 404 &&
							S.button('act.retry', () => location.reload()),
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
