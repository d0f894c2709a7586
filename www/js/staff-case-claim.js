/* When a case changes hands: taking it over from a colleague, and what the one who held it is told.  What he had typed stays
 * on the page and in this browser tab, and can be copied or left as an internal note.  Fetched when it comes to that. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;

	/* desk: the page (store, me, draw, claimed, trouble); review: its checklist. */
	S.caseClaim = function (desk, review) {
		const self = {};

		const words = (m) => {
			const d = review.draft(m.code);
			const why = (d.reasons || []).map(review.reasonText).concat(d.note ? [d.note] : []);

			return m.name + S.t('colon') + [S.t('verdict.is_' + d.verdict)].concat(why).join(S.t('semicolon'));
		};
		const typed = () =>
			review
				.materials()
				.filter((m) => review.draft(m.code).dirty)
				.map(words)
				.join('\n');

		const copy = () => ZY.copy(typed()).then(() => S.say(S.t('case.copied')));
		const note = () =>
			ZY.api('POST', S.caseApi(desk.store.no, '/notes'), {
				quiet: true,
				body: { text: S.t('lost.note', { text: typed() }).slice(0, 1000) },
				key: ZY.key()
			}).then(() => {
				S.say(S.t('lost.noted'));
				desk.noted();
			}, desk.trouble);
		const forget = () => {
			review.forget();
			S.unnotice('lease');
			desk.draw(desk.store.data, true);
		};

		/* Says who has the case now, since when and why; again(): claims it, when nobody has. */
		self.lost = function (again) {
			const c = desk.store.data.claim;
			const dirty = !!typed();
			let text = S.t('lost.free');

			if (c && !c.mine)
				text = S.t(c.from && desk.me(c.from) ? 'lost.taken' : 'lost.other', {
					name: c.name,
					at: S.clock(c.since || c.until),
					until: S.clock(c.until),
					why: c.reason || ''
				});
			S.notice(
				'lease',
				'warn',
				text + S.t(dirty ? 'lost.typed' : 'lost.saved'),
				[].concat(
					c ? [] : [['act.claim', again]],
					dirty ? [['act.copy', copy]] : [],
					dirty && S.can('note') ? [['lost.to_note', note]] : [],
					dirty ? [['lost.forget', forget]] : []
				)
			);
		};
		self.take = function () {
			const c = desk.store.data.claim;

			S.askReason({
				title: S.t('take.title'),
				text: S.t('take.text', { name: c.name, at: S.clock(c.since || c.until) }),
				hint: S.t('take.hint', { name: c.name }),
				ok: 'act.take',
				send: (reason) => desk.store.write('/take-over', { reason: reason })
			}).then((reason) => (reason ? desk.claimed() : desk.store.load().catch(() => {})));
		};
		return self;
	};
})(window.ZY);
