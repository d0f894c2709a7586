/* The seals of a case: what was cut out of the scanned imprint page, in true size, beside earlier ones of the same unit; the
 * first reviewer moves the frame and confirms, everybody else sees it.  Pictures are asked for only when shown: each look is
 * recorded. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const no = S.caseNo(S.query('no'));
	const UNIT_MAX = 450;
	const DPI_MIN = 300;
	const BEAT_MS = 60000;
	const store = no && S.store(no);
	let seals = null;
	let beat = null;

	const api = (item, what, of) =>
		'/api/staff/seals/' + encodeURIComponent(of || no) + (item ? '/' + item : '') + (what ? '/' + what : '');
	/* A new picture has a new address: one that was read is not shown for another. */
	const picture = (s, what) => api(s.item, what) + '?v=' + (s.sha256 || 'none').slice(0, 16);
	const mm = (tenths) => (tenths / 10).toFixed(1);
	const tone = { proposed: 'warn', confirmed: 'ok', bound: 'ok', missing: 'err', none: 'plain' };

	/* ---- one picture in true size on chequered ground, with a ruler below and beside it ---- */

	const trueSize = function (src, w, h, alt) {
		const img = S.el('img', { src: src, alt: alt });

		img.style.width = w / 10 + 'mm';
		img.style.height = h / 10 + 'mm';
		return S.el('div', { class: 'true' }, S.el('div', { class: 'chequer' }, img));
	};
	const earlier = function () {
		const host = S.el('div', { class: 'seals-before' });
		const show = () =>
			S.fill(
				host,
				seals.earlier.map((e) =>
					S.el(
						'figure',
						{},
						trueSize(api(e.item, 'picture', e.no), e.width, e.height, S.t('seal.earlier_alt', { name: e.name || '' })),
						S.el(
							'figcaption',
							{},
							S.el('span', { class: 'blk', text: e.name || '' }),
							S.el('span', { class: 'blk quiet', text: S.t('seal.size_of', { w: mm(e.width), h: mm(e.height) }) }),
							S.el('span', { class: 'blk quiet fig', text: S.beside(e.no, S.stamp(e.bound_at)) })
						)
					)
				)
			);

		if (!seals.earlier.length) return S.el('p', { class: 'quiet', text: S.t('seal.earlier_none') });
		S.fill(host, S.button('seal.look', show));
		return host;
	};

	/* ---- what a reviewer does ---- */

	const post = (s, what, body) => ZY.api('POST', api(s.item, what), { quiet: true, body: body, key: what === 'confirm' ? ZY.key() : null });
	const busy = function (host, promise) {
		ZY.$$('button', host).forEach((b) => b.setAttribute('aria-disabled', 'true'));
		return promise;
	};
	const cut = (s, host, body) =>
		busy(host, post(s, 'crop', body)).then(
			(answer) => {
				const now = answer.data.items[s.item - 1];

				S.unnotice('trouble');
				draw(answer.data, s.item);
				S.say(
					now.state === 'missing'
						? S.t('seal.no_ink_done')
						: S.t('seal.cut_done', { w: mm(now.crop.w), h: mm(now.crop.h) })
				);
			},
			(problem) => {
				S.trouble(problem);
				draw(seals, s.item);
			}
		);
	const confirm = (s, host) =>
		busy(host, post(s, 'confirm', { sha256: s.sha256 })).then(
			(answer) => {
				S.unnotice('trouble');
				draw(answer.data, s.item);
				S.say(S.t('seal.done', { n: s.item }));
			},
			(problem) => {
				S.trouble(problem);
				load();
			}
		);

	/* ---- pieces of a seal ---- */

	const warnings = function (s) {
		const found = s.source && s.state !== 'missing' ? s.source : null;
		const list = [
			s.reason,
			found && found.cut && S.t('seal.cut'),
			found && found.marks < 4 && S.t('seal.few_marks', { n: found.marks }),
			found && found.dpi > 0 && found.dpi < DPI_MIN && S.t('seal.coarse'),
			s.kind === 'unit' && s.sha256 && Math.max(s.crop.w, s.crop.h) > UNIT_MAX && S.t('seal.large')
		].filter(Boolean);

		return list.length > 0 && S.el('ul', { class: 'box box-warn' }, list.map((text) => S.el('li', { text: text })));
	};
	const facts = (s) =>
		S.dl(
			[
				s.sha256 && [S.t('seal.size'), S.t('seal.size_of', { w: mm(s.crop.w), h: mm(s.crop.h) })],
				s.source && [
					S.t('seal.scan'),
					(s.source.dpi ? S.t('seal.dpi', { n: s.source.dpi }) + S.t('comma') : '') +
						S.t('seal.marks', { n: s.source.marks }) +
						(s.cut_by ? S.t('comma') + S.t('seal.by', { name: s.cut_by }) : '')
				],
				s.carried && [S.t('seal.title'), S.t('seal.carried')],
				s.confirmed_by && [S.t('seal.state.confirmed'), S.t('seal.confirmed_by', { name: s.confirmed_by, at: S.stamp(s.confirmed_at) })],
				s.sign_serial && [S.t('seal.state.bound'), S.t('seal.bound', { serial: s.sign_serial })]
			].filter(Boolean)
		);
	const downloads = (s) =>
		s.state === 'bound' &&
		S.el(
			'p',
			{ class: 'row-act' },
			S.el('a', { class: 'btn btn-2', href: picture(s, 'picture'), download: no + '-' + s.item + '.png', text: S.t('seal.png') }),
			s.data && S.el('a', { class: 'btn btn-2', href: api(s.item, 'data'), text: S.t('seal.data') })
		);
	const fileNumber = (file) =>
		seals.pages.map((p) => p.file).filter((one, i, all) => all.indexOf(one) === i).indexOf(file) + 1;
	/* For a form without marks, or a page that could not be told: where the seal stands, said by the reviewer. */
	const elsewhere = function (s, host) {
		const id = (name) => 'src-' + s.item + '-' + name;
		const at = s.source || { at_x: 620, at_y: 1280 };
		const page = S.el(
			'select',
			{ id: id('page') },
			seals.pages.map((p, i) =>
				S.el('option', {
					value: String(i),
					selected: s.source && p.file === s.source.file && p.page === s.source.page ? '' : null,
					text: S.t(p.seals ? 'seal.page_seals' : 'seal.page_n', { file: fileNumber(p.file), page: p.page })
				})
			)
		);
		const number = (name, value) =>
			S.el('input', { type: 'text', inputmode: 'decimal', id: id(name), value: mm(value), autocomplete: 'off' });
		const x = number('at_x', at.at_x);
		const y = number('at_y', at.at_y);
		const field = (name, input) => S.el('p', { class: 'fld' }, S.el('label', { for: id(name), text: S.t('seal.' + name) }), input);
		const go = function () {
			const p = seals.pages[Number(page.value)];
			const tenths = (input) => Math.round(Number(S.plain(input.value)) * 10);

			if (!p || Number.isNaN(tenths(x)) || Number.isNaN(tenths(y))) {
				S.say(S.t('seal.bad_number'));
				return;
			}
			cut(s, host, { file: p.file, page: p.page, at_x: tenths(x), at_y: tenths(y) });
		};

		return (
			seals.pages.length > 0 &&
			S.el(
				'details',
				{ class: 'elsewhere' },
				S.el('summary', { text: S.t('seal.other') }),
				field('page', page),
				field('at_x', x),
				field('at_y', y),
				S.button('seal.take', go)
			)
		);
	};
	const tools = function (s, host, frame) {
		if (!seals.mine || s.state === 'bound') return null;
		return [
			S.el(
				'p',
				{ class: 'row-act' },
				s.state === 'proposed' && S.button('seal.confirm', () => confirm(s, host), { class: 'btn' }),
				frame && S.button('seal.redo', () => cut(s, host, frame.value())),
				s.source && S.button('seal.find', () => cut(s, host, {}))
			),
			elsewhere(s, host)
		];
	};
	const block = function (s) {
		const host = S.el('section', { class: 'seal panel', 'aria-labelledby': 'seal-' + s.item });
		const frame =
			s.sight &&
			S.sealFrame({
				src: picture(s, 'sight'),
				crop: s.crop,
				item: s.item,
				still: !seals.mine
			});

		return S.put(host, [
			S.el(
				'h2',
				{ id: 'seal-' + s.item, tabindex: '-1' },
				S.t('seal.nth', { n: s.item, kind: s.kind_name || '' }),
				' ',
				S.el('span', { class: 'tag tag-' + tone[s.state], text: S.t('seal.state.' + s.state) })
			),
			S.el('p', { text: s.name || '' }),
			warnings(s),
			S.el(
				'div',
				{ class: 'seal-two' },
				frame && S.el('figure', {}, S.el('figcaption', { text: S.t('seal.box') }), frame.node),
				s.sha256 &&
					S.el(
						'figure',
						{},
						S.el('figcaption', { text: S.t('seal.result') }),
						trueSize(picture(s, 'picture'), s.crop.w, s.crop.h, S.t('seal.result_alt', { w: mm(s.crop.w), h: mm(s.crop.h) })),
						facts(s),
						downloads(s)
					)
			),
			tools(s, host, frame)
		]);
	};

	/* ---- the page ---- */

	const draw = function (data, focus) {
		seals = data;
		S.fill(
			S.id('seals'),
			S.el('p', {
				class: 'quiet',
				text: !data.makes ? S.t('seal.keeps') : data.open ? S.t('seal.open', { n: data.open }) : S.t('seal.all')
			}),
			data.makes && !data.mine && S.el('p', { class: 'quiet', text: S.t('seal.not_mine') }),
			data.items.map(block),
			S.el('section', { class: 'panel' }, S.el('h2', { text: S.t('seal.earlier') }), earlier())
		);
		if (focus) S.id('seal-' + focus).focus();
		clearInterval(beat);
		if (data.mine) beat = setInterval(() => ZY.api('POST', S.caseApi(no, '/heartbeat'), { quiet: true }).catch(load), BEAT_MS);
	};
	const load = () =>
		S.loading(S.id('seals'), Promise.all([ZY.api('GET', api(), { quiet: true }), store.load()])).then(
			(both) => {
				S.fill(S.id('about'), S.caseCard(both[1]));
				draw(both[0].data);
			},
			(problem) => {
				if (problem.status === 404) S.notice('trouble', 'err', S.t('seal.unknown'));
				else S.trouble(problem, load);
			}
		);

	if (no) S.fill(S.id('page-act'), S.el('a', { class: 'btn btn-2', href: S.caseUrl(no), text: S.t('seal.back') }));
	S.start().then(() => (no ? load() : S.notice('trouble', 'err', S.t('seal.unknown'))));
})(window.ZY);
