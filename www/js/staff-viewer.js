/* Page pictures of one material: a strip of small ones, the open page (or two side by side) to zoom, turn and move, and over
 * it the marked areas and what was seen, all in ten-thousandths of the unrotated page.  A new page takes the place of the old
 * one when it is there, so nothing flickers; the next one is read ahead.  How large one looks is kept from page to page and
 * from case to case.  Pages are asked for only when shown or next: each look is recorded. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const SVG = 'http://www.w3.org/2000/svg';
	const FULL = 10000;
	const STEP = 100;
	const SMALLEST = 200;
	const HELD = 8;
	const EDGE = 8;
	const SEALS = 9; /* in the place of the copy: a page for seal impressions, of which there is one set */

	const svg = function (tag, attrs) {
		const node = document.createElementNS(SVG, tag);

		Object.keys(attrs).forEach((name) => node.setAttribute(name, attrs[name]));
		return node;
	};
	const mm = (seal) => ({ mm: (seal.diameter / 10).toFixed(1) });
	const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
	const fileUrl = (id) => '/api/staff/attachments/' + encodeURIComponent(id);
	const pageUrl = (page) => fileUrl(page.file.id) + '/pages/' + page.page;

	/* Pictures that were read, the newest few of them. */
	const held = [];
	const picture = function (page) {
		const url = pageUrl(page);
		let one = held.filter((x) => x.url === url)[0];

		if (one) held.splice(held.indexOf(one), 1);
		else {
			one = { url: url, img: new Image() };
			one.img.src = url;
			one.done = one.img.decode();
			one.done.then(
				() => {
					one.ready = true;
				},
				() => held.indexOf(one) >= 0 && held.splice(held.indexOf(one), 1)
			);
		}
		held.push(one);
		if (held.length > HELD) held.shift();
		return one;
	};

	/* host: the pane.  Fields the caller may set: areas() → areas to draw, marked(area). */
	S.viewer = function (host) {
		const view = { areas: () => [], marked: () => {}, page: null };
		const stage = S.el('div', { class: 'stage', id: 'stage', tabindex: '0', role: 'group', 'aria-label': S.t('view.stage') });
		const strip = S.el('div', { class: 'strip', role: 'group', 'aria-label': S.t('view.strip') });
		const count = S.el('span', { class: 'fig strip-n' });
		const seen = S.el('div', { class: 'seen', hidden: true, tabindex: '0', role: 'group', 'aria-label': S.t('seen.title') });
		const hint = S.el('p', { class: 'stage-hint', hidden: true });
		const turns = {};
		const remembered = /^(page|width|free):([\d.]+)$/.exec(ZY.recall('zoom')) || ['', 'page', '1'];
		const zoom = { mode: remembered[1], by: Number(remembered[2]) };
		let told = {};
		let pages = [];
		let sheets = [];
		let at = 0;
		let pair = false;
		let outline = true;
		let marking = null;

		const tool = (key, short, run, extra) =>
			S.el(
				'button',
				Object.assign(
					{
						type: 'button',
						class: 'tool',
						title: S.t('view.' + key) + (short ? S.t('view.key', { key: short }) : ''),
						'aria-keyshortcuts': short || null,
						on: { click: run }
					},
					extra
				),
				S.t('view.' + key)
			);
		const original = S.el('a', { class: 'tool', text: S.t('view.original'), hidden: true });
		const markButton = tool('mark', 'm', () => view.mark(), { 'aria-pressed': 'false', class: 'tool tool-mark' });
		const pairButton = tool('pair', 'v', () => view.pair(), { 'aria-pressed': 'false' });
		const outlineButton = tool('outline', 'o', () => view.outline(), { 'aria-pressed': 'true' });

		S.fill(
			host,
			S.el(
				'div',
				{ class: 'tools', role: 'toolbar', 'aria-label': S.t('view.tools') },
				tool('prev', '[', () => view.step(-1)),
				count,
				tool('next', ']', () => view.step(1)),
				tool('left', 'r', () => view.rotate(-90)),
				tool('right', 'R', () => view.rotate(90)),
				tool('in', '+', () => view.zoom(1.25)),
				tool('out', '-', () => view.zoom(0.8)),
				tool('fit', '0', () => view.fit('page')),
				tool('width', 'w', () => view.fit('width')),
				pairButton,
				outlineButton,
				markButton,
				original
			),
			S.el('div', { class: 'view-row' }, strip, S.el('div', { class: 'view-in' }, stage, hint)),
			seen
		);

		const turnOf = (page) => turns[pageUrl(page)] || 0;
		const infoOf = function (page) {
			const file = told[page.file.id];

			return (file && file.pages.filter((one) => one.page === page.page)[0]) || null;
		};
		const say = (kids) => {
			sheets = [];
			S.fill(stage, S.el('div', { class: 'stage-say' }, kids));
		};

		/* ---- size and place ---- */

		const room = () => {
			const wide = stage.clientWidth - 2 * EDGE;

			return { w: sheets.length > 1 ? (wide - EDGE) / 2 : wide, h: stage.clientHeight - 2 * EDGE };
		};
		/* Width and height as turned, in points of the picture. */
		const sizeOf = function (sheet) {
			const side = turnOf(sheet.page) % 180 !== 0;
			const w = sheet.img.naturalWidth;
			const h = sheet.img.naturalHeight;

			return side ? { w: h, h: w } : { w: w, h: h };
		};
		const scaleOf = function (sheet) {
			const size = sizeOf(sheet);
			const space = room();
			const wide = space.w / size.w;

			if (zoom.mode === 'page') return Math.min(wide, space.h / size.h);
			return wide * (zoom.mode === 'free' ? zoom.by : 1);
		};
		const lay = function () {
			sheets.forEach((sheet) => {
				const scale = Math.max(scaleOf(sheet), 0.02);
				const size = sizeOf(sheet);

				sheet.node.style.width = size.w * scale + 'px';
				sheet.node.style.height = size.h * scale + 'px';
				sheet.leaf.style.width = sheet.img.naturalWidth * scale + 'px';
				sheet.leaf.style.height = sheet.img.naturalHeight * scale + 'px';
				sheet.leaf.style.transform = 'translate(-50%,-50%) rotate(' + turnOf(sheet.page) + 'deg)';
			});
		};
		/* What is in the middle stays there. */
		const around = function (change) {
			const x = (stage.scrollLeft + stage.clientWidth / 2) / stage.scrollWidth;
			const y = (stage.scrollTop + stage.clientHeight / 2) / stage.scrollHeight;

			change();
			lay();
			stage.scrollLeft = x * stage.scrollWidth - stage.clientWidth / 2;
			stage.scrollTop = y * stage.scrollHeight - stage.clientHeight / 2;
			ZY.remember('zoom', zoom.mode + ':' + zoom.by.toFixed(3));
		};

		/* ---- what lies over a page ---- */

		const box = (area, name) => svg('rect', { x: area.x, y: area.y, width: area.w, height: area.h, class: name });
		const label = function (seal) {
			const node = S.el('span', {
				class: 'seal-t',
				text: S.t(seal.diameter ? 'seen.mm' : 'seen.seal', mm(seal)) + (seal.cut ? S.t('seen.cut') : '')
			});

			node.style.left = seal.x / 100 + '%';
			node.style.top = (seal.y + seal.h) / 100 + '%';
			return node;
		};
		const draw = function (sheet) {
			const info = outline && infoOf(sheet.page);
			const mine = (area) => area.file === sheet.page.file.id && area.page === sheet.page.page;

			sheet.over.textContent = '';
			S.clear(sheet.notes);
			((info && info.seals) || []).forEach((seal) => {
				sheet.over.appendChild(box(seal, 'seal'));
				sheet.notes.appendChild(label(seal));
			});
			view.areas()
				.filter(mine)
				.forEach((area) => sheet.over.appendChild(box(area, 'area')));
			if (marking && marking.area && mine(marking.area)) sheet.over.appendChild(box(marking.area, 'area area-new'));
		};
		const rects = () => sheets.forEach(draw);
		view.redraw = rects;

		const sheetOf = function (page, img) {
			const sheet = { page: page, img: img };

			sheet.over = svg('svg', {
				class: 'over',
				viewBox: '0 0 ' + FULL + ' ' + FULL,
				preserveAspectRatio: 'none',
				role: 'img',
				'aria-label': S.t('view.areas')
			});
			sheet.notes = S.el('div', { class: 'notes' });
			img.alt = S.t('view.alt', { name: page.title, n: page.page });
			sheet.leaf = S.el('div', { class: 'leaf' }, img, sheet.over, sheet.notes);
			sheet.node = S.el('div', { class: 'sheet' }, sheet.leaf);
			sheet.over.addEventListener('pointerdown', dragStart);
			sheet.over.addEventListener('pointermove', dragMove);
			sheet.over.addEventListener('pointerup', dragEnd);
			sheet.over.addEventListener('keydown', markKey);
			return sheet;
		};

		/* ---- what is known of a page, in words ---- */

		const meaning = function (form) {
			const what = form.version ? S.t(form.copy === SEALS ? 'seen.seals' : 'seen.form', form) : S.t('seen.form_some');

			return [S.el('span', { text: what }), ' ', S.el('span', { class: 'tag tag-' + (form.state === 'current' ? 'ok' : 'warn'), text: S.t('seen.' + form.state) })];
		};
		const about = function (page) {
			const info = infoOf(page);
			const file = told[page.file.id];
			const found = ((file && file.findings) || []).filter((one) => !one.page || one.page === page.page);
			const line = [];

			if (info && info.form) line.push(meaning(info.form));
			if (info)
				info.seals.forEach((seal) =>
					line.push(S.t(seal.diameter ? 'seen.seal_mm' : 'seen.seal', mm(seal)) + (seal.cut ? S.t('seen.cut') : ''))
				);
			if (info && info.grey) line.push(S.t('seen.grey'));
			if (info && info.dpi) line.push(S.t('seen.dpi', { n: info.dpi }));
			if (!line.length && !found.length) return null;
			return S.el(
				'div',
				{ class: 'seen-p' },
				sheets.length > 1 && S.el('p', { class: 'seen-h', text: S.t(page.old ? 'view.page_old' : 'view.page', { file: '', n: page.page }) }),
				line.length > 0 && S.el('p', { class: 'seen-l' }, line.map((one) => S.el('span', {}, one))),
				found.length > 0 && S.el('ul', {}, found.map((one) => S.el('li', { class: 'seen-' + one.level, text: one.text })))
			);
		};
		const tell = function () {
			const kids = sheets.map((sheet) => about(sheet.page)).filter(Boolean);

			seen.hidden = !kids.length;
			S.fill(seen, kids);
			lay(); /* its height may have changed that of the stage */
		};

		/* ---- showing ---- */

		/* The same page as it was before, else of the other copy, else the page behind. */
		const partner = function (page) {
			const form = (infoOf(page) || {}).form;
			const past = pages.filter((one) => !page.old && one.old && one.page === page.page)[0];
			const twin = pages.filter((one) => {
				const other = (infoOf(one) || {}).form;

				return form && other && one !== page && other.page === form.page && other.copy !== form.copy && form.page > 0 && other.copy !== SEALS && form.copy !== SEALS;
			})[0];

			return past || twin || pages[pages.indexOf(page) + 1] || pages[pages.indexOf(page) - 1] || null;
		};
		const shown = () => [pages[at]].concat((pair && partner(pages[at])) || []);
		const failed = function (page) {
			say([
				S.el('p', { role: 'alert', text: S.t('view.failed') }),
				S.el('p', {}, S.button('act.retry', () => load()), S.el('a', { href: fileUrl(page.file.id), text: S.t('view.original') }))
			]);
		};
		const swap = function (list) {
			const stay = zoom.mode === 'free' && sheets.length === list.length;

			stopMark();
			sheets = list.map((page) => sheetOf(page, picture(page).img));
			S.fill(stage, S.el('div', { class: 'sheets' }, sheets.map((sheet) => sheet.node)));
			lay();
			if (!stay) stage.scrollTop = stage.scrollLeft = 0;
			tell();
			rects();
			stage.removeAttribute('aria-busy');
			[pages[at + 1] || view.ahead, pages[at - 1]].forEach((page) => page && picture(page));
		};
		const load = function () {
			const list = shown();
			const wanted = list.map(picture);
			const now = () => pages[at] === list[0] && view.page === list[0];

			view.page = list[0];
			marks();
			if (wanted.every((one) => one.ready)) {
				swap(list);
				return;
			}
			stage.setAttribute('aria-busy', 'true');
			if (!sheets.length) say(S.el('p', { text: S.t('loading') }));
			Promise.all(wanted.map((one) => one.done)).then(
				() => now() && swap(list),
				() => now() && failed(list[0])
			);
		};
		/* Which page is open, in words and in the strip. */
		const marks = function () {
			count.textContent = pages.length ? S.t('view.count', { n: at + 1, all: pages.length }) : '';
			Array.prototype.forEach.call(strip.querySelectorAll('button'), (node, i) => {
				if (i !== at) node.removeAttribute('aria-current');
				else {
					node.setAttribute('aria-current', 'true');
					if (node.scrollIntoView) node.scrollIntoView({ block: 'nearest', inline: 'nearest' });
				}
			});
			original.hidden = !pages.length;
			pairButton.hidden = pages.length < 2;
			if (pages.length) original.href = fileUrl(pages[at].file.id);
		};
		const name = function (page) {
			const form = (infoOf(page) || {}).form;

			if (form && form.page) return S.t(form.copy === SEALS ? 'view.of_seals' : 'view.of_form', form);
			return S.t(page.old ? 'view.page_old' : 'view.page', {
				n: page.page,
				file: page.of > 1 ? S.t('view.file', { n: page.nth }) : ''
			});
		};
		const drawStrip = function () {
			strip.hidden = pages.length < 2;
			S.fill(
				strip,
				pages.length > 1 &&
					pages.map((page, i) => {
						const bad = ((told[page.file.id] || {}).findings || []).some((one) => one.page === page.page && one.level === 'warn');

						return S.el(
							'button',
							{
								type: 'button',
								class: 'strip-b' + (bad ? ' strip-w' : ''),
								title: page.file.filename + (bad ? S.t('seen.has') : ''),
								on: { click: () => view.go(i) }
							},
							S.el('img', { src: pageUrl(page) + '/thumb', alt: '', loading: 'lazy', width: 60, height: 84 }),
							S.el('span', { text: name(page) })
						);
					})
			);
		};

		/* ---- what the desk calls ---- */

		/* files: of one material; title: its name.  locked: shown in place of the pages. */
		view.open = function (title, files, locked) {
			pages = [];
			at = 0;
			view.page = null;
			if (!locked)
				files.forEach((file, f) => {
					let n;

					for (n = 1; n <= file.page_count; n++)
						pages.push({ file: file, page: n, title: title, old: file.old, nth: f + 1, of: files.length });
				});
			drawStrip();
			marks();
			if (pages.length) {
				load();
				return;
			}
			stopMark();
			stage.removeAttribute('aria-busy');
			say(locked || S.el('p', { text: files.length ? S.t('view.rendering') : S.t('view.none', { name: title }) }));
			tell();
		};
		/* What was seen on the pages: the answer of …/attachments. */
		view.told = function (list) {
			told = {};
			list.forEach((file) => {
				told[file.id] = file;
			});
			drawStrip();
			marks();
			rects();
			tell();
		};
		/* The page that is opened after the last one of this material, or null. */
		view.ahead = null;
		view.go = function (i) {
			if (i < 0 || i >= pages.length || i === at) return false;
			at = i;
			load();
			return true;
		};
		view.step = (by) => view.go(at + by);
		view.rotate = function (by) {
			if (!sheets.length) return;
			turns[pageUrl(sheets[0].page)] = (turnOf(sheets[0].page) + by + 360) % 360;
			lay();
		};
		view.zoom = (by) =>
			sheets.length &&
			around(() => {
				zoom.by = clamp((scaleOf(sheets[0]) * sizeOf(sheets[0]).w * by) / room().w, 0.1, 8);
				zoom.mode = 'free';
			});
		view.fit = (mode) =>
			around(() => {
				zoom.mode = mode;
				zoom.by = 1;
			});
		view.pair = function (on) {
			if (pages.length < 2) return;
			pair = on || !pair;
			pairButton.setAttribute('aria-pressed', String(pair));
			load();
		};
		view.outline = function () {
			outline = !outline;
			outlineButton.setAttribute('aria-pressed', String(outline));
			rects();
		};

		/* ---- moving the page by hand, zooming with the wheel ---- */

		let grip = null;
		stage.addEventListener('pointerdown', (event) => {
			if (marking || event.button > 0 || event.pointerType === 'touch') return;
			grip = { x: event.clientX + stage.scrollLeft, y: event.clientY + stage.scrollTop };
		});
		stage.addEventListener('pointermove', (event) => {
			if (!grip || !(event.buttons & 1)) return;
			stage.scrollLeft = grip.x - event.clientX;
			stage.scrollTop = grip.y - event.clientY;
		});
		window.addEventListener('pointerup', () => {
			grip = null;
		});
		stage.addEventListener(
			'wheel',
			(event) => {
				if (!event.ctrlKey) return;
				event.preventDefault();
				view.zoom(event.deltaY < 0 ? 1.1 : 1 / 1.1);
			},
			{ passive: false }
		);
		window.addEventListener('resize', ZY.debounce(lay, 100));

		/* ---- marking ---- */

		const turn = () => turnOf(sheets[0].page);
		const point = function (event) {
			const where = sheets[0].over.getBoundingClientRect();
			const angle = (-turn() * Math.PI) / 180;
			const dx = event.clientX - (where.left + where.width / 2);
			const dy = event.clientY - (where.top + where.height / 2);
			const x = (dx * Math.cos(angle) - dy * Math.sin(angle)) / sheets[0].leaf.offsetWidth + 0.5;
			const y = (dx * Math.sin(angle) + dy * Math.cos(angle)) / sheets[0].leaf.offsetHeight + 0.5;

			return { x: clamp(Math.round(x * FULL), 0, FULL), y: clamp(Math.round(y * FULL), 0, FULL) };
		};
		const area = (x, y, w, h) => ({
			file: view.page.file.id,
			page: view.page.page,
			x: Math.round(x),
			y: Math.round(y),
			w: Math.round(w),
			h: Math.round(h)
		});
		const dragStart = function (event) {
			if (!marking || event.button > 0) return;
			event.preventDefault();
			event.stopPropagation();
			sheets[0].over.setPointerCapture(event.pointerId);
			marking.from = point(event);
		};
		const dragMove = function (event) {
			const to = marking && marking.from && point(event);

			if (!to) return;
			event.stopPropagation();
			marking.area = area(
				Math.min(to.x, marking.from.x),
				Math.min(to.y, marking.from.y),
				Math.abs(to.x - marking.from.x),
				Math.abs(to.y - marking.from.y)
			);
			rects();
		};
		const dragEnd = function (event) {
			if (!marking || !marking.from) return;
			event.stopPropagation();
			marking.from = null;
			if (marking.area && marking.area.w >= SMALLEST && marking.area.h >= SMALLEST) done();
		};
		const done = function () {
			const made = marking.area;

			stopMark();
			rects();
			view.marked(made);
		};
		/* Screen direction to page direction when the picture is turned. */
		const WAYS = { ArrowUp: 0, ArrowRight: 1, ArrowDown: 2, ArrowLeft: 3 };
		const way = (key) =>
			key in WAYS &&
			[
				[0, -1],
				[1, 0],
				[0, 1],
				[-1, 0]
			][(WAYS[key] - turn() / 90 + 4) % 4];
		const markKey = function (event) {
			const to = way(event.key);
			const now = marking && marking.area;
			const put = (x, y, w, h) => {
				marking.area = area(x, y, w, h);
				rects();
			};

			if (!marking) return;
			if (event.key === 'Enter' && now) {
				done();
				stage.focus({ preventScroll: true });
			} else if (event.key === 'Escape') {
				stopMark();
				rects();
				stage.focus({ preventScroll: true });
			} else if (/^[1-9]$/.test(event.key)) {
				const third = FULL / 3;

				put(((event.key - 1) % 3) * third, Math.floor((event.key - 1) / 3) * third, third, third);
			} else if (to && event.shiftKey) {
				put(
					now.x,
					now.y,
					clamp(now.w + to[0] * STEP, SMALLEST, FULL - now.x),
					clamp(now.h + to[1] * STEP, SMALLEST, FULL - now.y)
				);
			} else if (to) {
				put(clamp(now.x + to[0] * STEP, 0, FULL - now.w), clamp(now.y + to[1] * STEP, 0, FULL - now.h), now.w, now.h);
			} else {
				return;
			}
			event.preventDefault();
			event.stopPropagation();
		};
		view.mark = function () {
			if (!sheets.length) return;
			if (marking) {
				stopMark();
				rects();
				return;
			}
			const over = sheets[0].over;

			marking = { from: null, area: area(3500, 4000, 3000, 2000) };
			over.setAttribute('class', 'over over-on');
			over.setAttribute('tabindex', '0');
			over.setAttribute('role', 'application');
			over.setAttribute('aria-label', S.t('view.mark_how'));
			over.focus({ preventScroll: true });
			markButton.setAttribute('aria-pressed', 'true');
			S.say(S.t('view.mark_how'));
			S.fill(hint, S.t('view.mark_how'));
			hint.hidden = false;
			rects();
		};
		const stopMark = function () {
			const over = marking && sheets.length && sheets[0].over;

			marking = null;
			hint.hidden = true;
			markButton.setAttribute('aria-pressed', 'false');
			if (!over) return;
			over.setAttribute('class', 'over');
			over.setAttribute('role', 'img');
			over.removeAttribute('tabindex');
			over.setAttribute('aria-label', S.t('view.areas'));
		};
		view.canMark = (yes) => {
			markButton.hidden = !yes;
		};
		return view;
	};
})(window.ZY);
