/* One verdict per material: pass, fail with coded reasons and marked areas, or waived with a reason.  A verdict is
 * sent as soon as it is complete; what is not yet sent stays in drafts and outlives every re-reading of the case. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const DELAY_MS = 700;
	const VERDICTS = ['pass', 'fail', 'waive'];

	/* host: where list and form go.  desk: store, book (catalogue), view, editable(), facts(material), changed(), trouble(problem). */
	S.verdicts = function (host, desk) {
		const self = { current: '' };
		const drafts = {};
		const list = S.el('ol', { class: 'mats', 'aria-label': S.t('verdict.list') });
		const form = S.el('section', { class: 'judge', 'aria-labelledby': 'judge-t' });

		S.fill(host, list, form);

		const materials = () =>
			desk.store.data.materials.filter((m) => m.required || m.files.length || VERDICTS.indexOf(m.state) >= 0);
		const material = (code) => materials().filter((m) => m.code === code)[0];
		const fromServer = (m) => ({
			verdict: VERDICTS.indexOf(m.state) >= 0 ? m.state : '',
			reasons: (m.reasons || []).map((reason) => reason.code),
			note: m.note || '',
			areas: (m.areas || []).slice(),
			dirty: false,
			at: ''
		});
		/* What is not saved yet outlives the page: in this tab, for this person and round. */
		const KEEP = ['draft', S.session.user, desk.store.no].join('.');
		const round = () => desk.store.data.round;
		const kept = function () {
			const all = JSON.parse(ZY.recall(KEEP) || '{}');

			return all.round === round() ? all.drafts : {};
		};
		const keep = function () {
			const rest = {};

			Object.keys(drafts)
				.filter((code) => drafts[code].dirty)
				.forEach((code) => {
					const d = drafts[code];

					rest[code] = { verdict: d.verdict, reasons: d.reasons, note: d.note, areas: d.areas };
				});
			if (Object.keys(rest).length) ZY.remember(KEEP, JSON.stringify({ round: round(), drafts: rest }));
			else ZY.forget(KEEP);
		};
		const draft = function (code) {
			const before = !drafts[code] && kept()[code];

			if (!drafts[code]) drafts[code] = fromServer(material(code));
			if (before) Object.assign(drafts[code], before, { dirty: true });
			return drafts[code];
		};
		/* What is missing before a verdict may be sent; '' when nothing. */
		const missing = function (d) {
			if (!d.verdict) return 'verdict.need';
			if (d.verdict === 'fail' && !d.reasons.length) return 'verdict.need_reason';
			if (d.verdict === 'fail' && d.reasons.indexOf('other') >= 0 && !d.note.trim()) return 'verdict.need_text';
			if (d.verdict === 'waive' && !d.note.trim()) return 'verdict.need_waive';
			return '';
		};
		const reasons = (code) =>
			(desk.book.reasons || []).filter(
				(reason) => !reason.materials || !reason.materials.length || reason.materials.indexOf(code) >= 0
			);
		const reasonText = (code) =>
			((desk.book.reasons || []).filter((reason) => reason.code === code)[0] || { text: code }).text;

		/* ---- list ---- */

		const tone = { pass: 'ok', fail: 'err', waive: 'off' };
		const drawList = function () {
			S.fill(
				list,
				materials().map((m, i) => {
					const d = draft(m.code);

					return S.el(
						'li',
						{},
						S.el(
							'button',
							{
								type: 'button',
								class: 'mat-b',
								'aria-current': m.code === self.current && 'true',
								'aria-keyshortcuts': i < 9 ? String(i + 1) : null,
								on: { click: () => self.select(m.code) }
							},
							S.el('span', {
								class: 'mat-k fig',
								'aria-hidden': 'true',
								text: i + 1
							}),
							S.el('span', { class: 'mat-n', text: m.name }),
							S.el('span', {
								class: 'mat-p fig',
								text: m.files.length
									? S.t('verdict.pages', {
											n: m.files.reduce((sum, file) => sum + file.page_count, 0)
										})
									: S.t('verdict.no_file')
							}),
							S.el('span', {
								class: 'tag tag-' + (d.verdict && !d.dirty ? tone[d.verdict] : 'warn'),
								text: S.t(d.dirty ? 'verdict.unsaved' : 'verdict.is_' + (d.verdict || 'none'))
							})
						)
					);
				})
			);
		};

		/* ---- form of the current material ---- */

		const radio = (d, value, key) => {
			const id = 'verdict-' + value;
			const input = S.el('input', {
				type: 'radio',
				name: 'verdict',
				id: id,
				value: value,
				disabled: !desk.editable() || (value === 'pass' && !material(self.current).files.length)
			});

			input.checked = d.verdict === value;
			input.addEventListener('change', () => set({ verdict: value }));
			return S.el(
				'span',
				{ class: 'pickone pick-' + value },
				input,
				S.el(
					'label',
					{ for: id },
					S.t('verdict.' + value),
					key && S.el('kbd', { 'aria-hidden': 'true', text: key })
				)
			);
		};
		const tick = function (d, reason) {
			const id = 'reason-' + reason.code;
			const input = S.el('input', {
				type: 'checkbox',
				id: id,
				value: reason.code,
				disabled: !desk.editable()
			});

			input.checked = d.reasons.indexOf(reason.code) >= 0;
			input.addEventListener('change', () =>
				set({
					reasons: input.checked
						? d.reasons.concat([reason.code])
						: d.reasons.filter((code) => code !== reason.code)
				})
			);
			return S.el('p', { class: 'stick' }, input, S.el('label', { for: id, text: reason.text }));
		};
		const areaRow = (d, area, i) =>
			S.el(
				'li',
				{},
				S.t('verdict.area', { page: area.page, n: i + 1 }),
				' ',
				desk.editable() &&
					S.el(
						'button',
						{
							type: 'button',
							class: 'link-b',
							on: {
								click: () =>
									set({
										areas: d.areas.filter((one) => one !== area)
									})
							}
						},
						S.t('act.remove'),
						S.vh(S.t('verdict.area', { page: area.page, n: i + 1 }))
					)
			);
		const noteField = function (d) {
			const field = S.field({
				id: 'verdict-note',
				rows: 2,
				value: d.note,
				label: S.t(d.verdict === 'waive' ? 'verdict.note_waive' : 'verdict.note'),
				attrs: { readonly: !desk.editable() }
			});

			field.querySelector('textarea').addEventListener('input', (event) => touch({ note: event.target.value }));
			return field;
		};
		const said = S.el('span', { class: 'said', role: 'status' });
		const drawSaid = function () {
			const d = draft(self.current);
			const lack = missing(d);

			said.textContent = d.saving
				? S.t('verdict.saving')
				: d.dirty
					? lack
						? S.t(lack)
						: S.t('verdict.unsaved_long')
					: d.at
						? S.t('verdict.saved', { at: d.at })
						: '';
		};
		const earlier = (code) => (desk.store.data.verdicts || []).filter((one) => one.material === code && one.round < round());
		const picks = (m, d) =>
			S.el(
				'fieldset',
				{ class: 'verdict' },
				S.el('legend', { class: 'vh', text: S.t('verdict.legend', { name: m.name }) }),
				S.el('div', { class: 'picks' }, radio(d, 'pass', 'a'), radio(d, 'fail', 'x'), radio(d, 'waive', ''))
			);
		const drawForm = function () {
			const m = material(self.current);
			const d = draft(self.current);
			const old = earlier(m.code);

			S.fill(
				form,
				said,
				S.el(
					'h2',
					{ id: 'judge-t' },
					m.name,
					S.el('span', {
						class: 'judge-c',
						text: S.t('verdict.copies', { n: m.copies })
					})
				),
				(m.advice || []).length > 0 &&
					S.el(
						'div',
						{ class: 'advice' },
						S.el('h3', { class: 'vh', text: S.t('seen.advice') }),
						S.el(
							'ul',
							{},
							m.advice.map((one) => S.el('li', { class: 'seen-' + one.level, text: one.text }))
						)
					),
				desk.judges()
					? picks(m, d)
					: S.el(
							'p',
							{},
							S.el('span', {
								class: 'tag tag-' + (tone[d.verdict] || 'warn'),
								text: S.t('verdict.is_' + (d.verdict || 'none'))
							})
						),
				d.verdict === 'fail' &&
					S.el(
						'fieldset',
						{ class: 'reasons' },
						S.el('legend', { text: S.t('verdict.reasons') }),
						groups(m.code).map((group) =>
							S.el(
								'div',
								{ class: 'reason-g' },
								S.el('p', { class: 'reason-t', text: group.name }),
								S.el(
									'div',
									{ class: 'reason-i' },
									group.items.map((reason) => tick(d, reason))
								)
							)
						)
					),
				d.verdict === 'fail' &&
					S.el(
						'div',
						{ class: 'areas' },
						S.el(
							'p',
							{ class: 'reason-t' },
							S.t('verdict.areas'),
							' ',
							desk.editable() && m.files.length > 0 && S.button('verdict.mark', () => desk.view.mark())
						),
						d.areas.length > 0 &&
							S.el(
								'ul',
								{},
								d.areas.map((area, i) => areaRow(d, area, i))
							)
					),
				(d.verdict === 'fail' || d.verdict === 'waive') && noteField(d),
				old.length > 0 &&
					S.el(
						'div',
						{ class: 'earlier' },
						S.el('h3', { text: S.t('verdict.earlier') }),
						S.el(
							'ul',
							{},
							old.map((one) =>
								S.el(
									'li',
									{},
									S.t('verdict.earlier_row', {
										round: one.round + 1,
										verdict: S.t('verdict.is_' + one.verdict),
										why: one.reasons
											.map(reasonText)
											.concat(one.note ? [one.note] : [])
											.join(S.t('semicolon'))
									})
								)
							)
						)
					),
				desk.facts(m.code)
			);
			drawSaid();
			desk.view.redraw();
		};
		const groups = function (code) {
			const found = [];

			reasons(code).forEach((reason) => {
				let group = found.filter((one) => one.name === reason.group)[0];

				if (!group) found.push((group = { name: reason.group, items: [] }));
				group.items.push(reason);
			});
			return found;
		};

		/* ---- changing and sending ---- */

		const touch = function (change) {
			const code = self.current;
			const d = Object.assign(draft(code), change, { dirty: true, at: '' });

			clearTimeout(d.timer);
			if (!missing(d)) d.timer = setTimeout(() => send(code).catch(() => {}), DELAY_MS);
			keep();
			drawSaid();
			drawList();
			desk.changed();
		};
		const set = function (change) {
			const focus = document.activeElement && document.activeElement.id;

			touch(change);
			drawForm();
			if (focus && S.id(focus)) S.id(focus).focus();
		};
		const send = function (code) {
			const d = draft(code);
			const sent = { verdict: d.verdict, reasons: d.reasons, note: d.note, areas: d.areas };

			clearTimeout(d.timer);
			if (!d.dirty || missing(d) || !desk.editable()) return Promise.resolve();
			d.saving = true;
			drawSaid();
			return desk.store
				.write('/verdicts', {
					items: [
						{
							material: code,
							verdict: d.verdict,
							reasons: d.verdict === 'fail' ? d.reasons : [],
							note: d.verdict === 'pass' || !d.note.trim() ? null : d.note.trim(),
							areas: d.verdict === 'fail' ? d.areas : []
						}
					]
				})
				.then(
					() => {
						d.saving = false;
						d.dirty = Object.keys(sent).some((name) => sent[name] !== d[name]);
						d.at = d.dirty ? '' : ZY.fmt.clock();
						keep();
						drawList();
						drawSaid();
						desk.changed();
					},
					(problem) => {
						d.saving = false;
						drawSaid();
						desk.trouble(problem);
						throw problem;
					}
				);
		};
		/* Sends everything complete; rejects when one was refused. */
		self.flush = () => Promise.all(materials().map((m) => send(m.code)));
		self.tally = function () {
			const all = materials().map((m) => draft(m.code));

			return {
				left: all.filter((d) => missing(d)).length,
				fails: all.filter((d) => d.verdict === 'fail').length,
				dirty: all.filter((d) => d.dirty).length,
				all: all.length
			};
		};
		self.draft = draft;
		self.materials = materials;
		self.reasonText = reasonText;

		const firstPage = (m) => (m && m.files[0] && m.files[0].page_count ? { file: m.files[0], page: 1, title: m.name } : null);

		self.select = function (code) {
			const m = material(code);

			if (!m) return;
			self.current = code;
			drawList();
			drawForm();
			desk.view.ahead = firstPage(materials()[materials().map((one) => one.code).indexOf(code) + 1]);
			desk.view.open(m.name, m.files, desk.locked());
		};
		self.nth = (n) => materials()[n] && self.select(materials()[n].code);
		/* ---- papers that prove a value ---- */

		self.name = (code) => material(code).name;
		/* The first of these papers that is there; '' when none is. */
		self.proof = (codes) => codes.filter((code) => material(code) && material(code).files.length)[0] || '';
		self.prove = function (code, path) {
			self.select(code);
			const same = form.querySelector('[data-path="' + path + '"]');

			if (same) same.focus({ preventScroll: true });
			S.say(S.t('data.shown', { name: self.name(code) }));
		};
		/* The new files of a material, those of before behind them, the same page side by side. */
		self.compare = function (one) {
			const old = one.earlier.filter((file) => file.state === 'accepted');
			const m = material(one.material);

			if (!m) return;
			self.select(one.material);
			desk.view.open(m.name, m.files.concat(old.map((file) => Object.assign({ old: true }, file))), desk.locked());
			if (old.length) desk.view.pair(true);
		};
		const place = () =>
			materials()
				.map((m) => m.code)
				.indexOf(self.current);
		self.move = (by) => self.nth(Math.max(0, Math.min(materials().length - 1, place() + by)));
		/* A page on or back; past the last one to the next material. */
		self.page = (by) => desk.view.step(by) || self.nth(place() + by);
		/* Key a: pass, save, on to the next without a verdict. */
		self.pass = function () {
			const code = self.current;

			if (!desk.editable() || !material(code).files.length) return;
			set({ verdict: 'pass', areas: [], reasons: [] });
			send(code).catch(() => {});
			self.nextOpen();
		};
		self.fail = function () {
			if (!desk.editable()) return;
			set({ verdict: 'fail' });
			if (form.querySelector('.reasons input')) form.querySelector('.reasons input').focus();
		};
		self.nextOpen = function () {
			const open = materials().filter((m) => missing(draft(m.code)))[0];

			if (open) self.select(open.code);
		};
		self.save = () => send(self.current).catch(() => {});
		/* The case was read anew: what is not being edited follows it. */
		self.refresh = function (whole) {
			Object.keys(drafts).forEach((code) => {
				const m = material(code);

				if (m && !drafts[code].dirty && !drafts[code].saving)
					Object.assign(drafts[code], fromServer(m), { at: drafts[code].at });
			});
			drawList();
			if (whole && material(self.current)) drawForm();
		};
		/* What was typed and is not wanted any more. */
		self.forget = function () {
			Object.keys(drafts).forEach((code) => delete drafts[code]);
			ZY.forget(KEEP);
		};
		self.start = function () {
			const first =
				materials().filter((m) => missing(draft(m.code)))[0] ||
				materials()[desk.store.data.blind && materials().length > 1 ? 1 : 0];

			if (first) self.select(first.code);
		};
		desk.view.areas = () => (self.current ? draft(self.current).areas : []);
		desk.view.marked = (area) => set({ verdict: 'fail', areas: draft(self.current).areas.concat([area]) });
		return self;
	};
})(window.ZY);
