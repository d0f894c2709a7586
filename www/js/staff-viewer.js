/* Page pictures of one material: our buttons drive the viewer, and an overlay of the same size carries the marked
 * areas in ten-thousandths of the unrotated page.  Pages are asked for only when shown: each look is recorded. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const SVG = 'http://www.w3.org/2000/svg';
	const FULL = 10000;
	const STEP = 100;
	const SMALLEST = 200;

	const svg = function (tag, attrs) {
		const node = document.createElementNS(SVG, tag);

		Object.keys(attrs).forEach((name) => node.setAttribute(name, attrs[name]));
		return node;
	};
	const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
	const pageUrl = (page) => '/api/staff/attachments/' + encodeURIComponent(page.file.id) + '/pages/' + page.page;

	/* host: the pane.  Fields the caller may set: areas() → areas to draw, marked(area). */
	S.viewer = function (host) {
		const view = { areas: () => [], marked: () => {}, page: null };
		const stage = S.el('div', { class: 'stage', id: 'stage' });
		const strip = S.el('div', { class: 'strip' });
		const count = S.el('span', { class: 'fig strip-n' });
		const turns = {};
		let pages = [];
		let at = 0;
		let viewer = null;
		let over = null;
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
		const markButton = tool('mark', 'm', () => view.mark(), { 'aria-pressed': 'false' });

		S.fill(
			host,
			S.el(
				'div',
				{ class: 'tools', role: 'toolbar', 'aria-label': S.t('view.tools') },
				tool('left', 'r', () => view.rotate(-90)),
				tool('right', 'R', () => view.rotate(90)),
				tool('in', '+', () => view.zoom(0.2)),
				tool('out', '-', () => view.zoom(-0.2)),
				tool('fit', '0', () => view.fit()),
				tool('prev', '[', () => view.step(-1)),
				count,
				tool('next', ']', () => view.step(1)),
				markButton,
				original
			),
			strip,
			stage
		);

		const drop = function () {
			if (viewer) viewer.destroy();
			viewer = null;
			over = null;
			stopMark();
			stage.textContent = '';
		};
		/* The overlay follows the picture: same box, same turn. */
		const follow = function () {
			if (!viewer || !viewer.image || !over) return;
			['width', 'height', 'marginLeft', 'marginTop', 'transform'].forEach((name) => {
				over.style[name] = viewer.image.style[name];
			});
		};
		const rects = function () {
			const list = view
				.areas()
				.filter((area) => view.page && area.file === view.page.file.id && area.page === view.page.page);

			if (!over) return;
			over.textContent = '';
			list.concat(marking && marking.area ? [marking.area] : []).forEach((area) =>
				over.appendChild(
					svg('rect', {
						x: area.x,
						y: area.y,
						width: area.w,
						height: area.h,
						class: marking && area === marking.area ? 'area area-new' : 'area'
					})
				)
			);
		};
		view.redraw = rects;

		const attach = function () {
			over = svg('svg', {
				class: 'over',
				viewBox: '0 0 ' + FULL + ' ' + FULL,
				preserveAspectRatio: 'none',
				role: 'img',
				'aria-label': S.t('view.areas')
			});
			viewer.image.parentNode.appendChild(over);
			over.addEventListener('pointerdown', dragStart);
			over.addEventListener('pointermove', dragMove);
			over.addEventListener('pointerup', dragEnd);
			over.addEventListener('keydown', markKey);
			follow();
			rects();
		};
		const failed = (page) => {
			drop();
			S.fill(
				stage,
				S.el(
					'div',
					{ class: 'stage-say', role: 'alert' },
					S.el('p', { text: S.t('view.failed') }),
					S.el(
						'p',
						{},
						S.button('act.retry', () => load()),
						S.el('a', {
							href: '/api/staff/attachments/' + page.file.id,
							text: S.t('view.original')
						})
					)
				)
			);
		};
		const load = function () {
			const page = pages[at];
			const holder = S.el('div', { class: 'stage-in' });
			const image = S.el('img', { alt: S.t('view.alt', { name: page.title, n: page.page }) });

			drop();
			view.page = page;
			stage.appendChild(holder);
			stage.setAttribute('aria-busy', 'true');
			image.addEventListener('error', () => view.page === page && failed(page));
			image.addEventListener('load', () => {
				stage.removeAttribute('aria-busy');
				if (view.page !== page) return;
				holder.appendChild(image);
				show(holder, page);
				if (pages[at + 1]) new Image().src = pageUrl(pages[at + 1]);
			});
			image.src = pageUrl(page);
			marks();
		};
		const show = function (holder, page) {
			viewer = new window.Viewer(holder, {
				inline: true,
				toolbar: false,
				navbar: false,
				title: false,
				button: false,
				keyboard: false,
				tooltip: false,
				transition: false,
				loading: false,
				loop: false,
				preload: false,
				focus: false,
				backdrop: false,
				slideOnTouch: false,
				initialCoverage: 0.98,
				minWidth: 100,
				minHeight: 100,
				zoomRatio: 0.15,
				viewed: () => {
					if (turns[pageUrl(page)]) viewer.rotateTo(turns[pageUrl(page)]);
					attach();
				},
				zoomed: follow,
				rotated: follow,
				moved: follow,
				scaled: follow
			});
			['move', 'zoom', 'rotate'].forEach((name) => holder.addEventListener(name, () => setTimeout(follow, 0)));
		};
		/* Which page is open, in words and in the strip. */
		const marks = function () {
			count.textContent = pages.length ? S.t('view.count', { n: at + 1, all: pages.length }) : '';
			Array.prototype.forEach.call(strip.querySelectorAll('button'), (node, i) => {
				if (i === at) node.setAttribute('aria-current', 'true');
				else node.removeAttribute('aria-current');
			});
			original.hidden = !pages.length;
			if (pages.length) original.href = '/api/staff/attachments/' + encodeURIComponent(pages[at].file.id);
		};

		/* ---- what the desk calls ---- */

		/* files: of one material; title: its name.  ready: false shows the sentence and button of locked instead. */
		view.open = function (title, files, locked) {
			const name = (page, i) =>
				S.t(page.old ? 'view.page_old' : 'view.page', {
					n: page.page,
					file: files.length > 1 ? S.t('view.file', { n: files.indexOf(page.file) + 1 }) : '',
					i: i + 1
				});

			drop();
			pages = [];
			at = 0;
			view.page = null;
			files.forEach((file) => {
				let n;

				for (n = 1; n <= file.page_count; n++) pages.push({ file: file, page: n, title: title, old: file.old });
			});
			S.fill(
				strip,
				pages.length > 1 &&
					pages.map((page, i) =>
						S.el('button', {
							type: 'button',
							class: 'strip-b',
							title: page.file.filename,
							text: name(page, i),
							on: { click: () => view.go(i) }
						})
					)
			);
			marks();
			if (locked) S.fill(stage, S.el('div', { class: 'stage-say' }, locked));
			else if (!pages.length)
				S.fill(
					stage,
					S.el(
						'div',
						{ class: 'stage-say' },
						S.el('p', {
							text: files.length ? S.t('view.rendering') : S.t('view.none', { name: title })
						})
					)
				);
			else load();
		};
		view.go = function (i) {
			if (i < 0 || i >= pages.length || (i === at && viewer)) return;
			at = i;
			load();
		};
		view.step = (by) => view.go(at + by);
		view.rotate = function (by) {
			if (!viewer || !over) return;
			viewer.rotate(by);
			turns[pageUrl(view.page)] = viewer.imageData.rotate || 0;
			viewer.reset();
			viewer.rotateTo(turns[pageUrl(view.page)]);
			fitTurned();
			follow();
		};
		/* A page on its side is fitted by its turned size. */
		const fitTurned = function () {
			const data = viewer.imageData;
			const side = Math.abs(data.rotate || 0) % 180 === 90;
			const box = stage.getBoundingClientRect();

			if (side) {
				viewer.zoomTo(0.98 * Math.min(box.width / data.naturalHeight, box.height / data.naturalWidth));
				viewer.moveTo((box.width - viewer.imageData.width) / 2, (box.height - viewer.imageData.height) / 2);
			}
		};
		view.zoom = (by) => viewer && viewer.zoom(by);
		view.fit = function () {
			if (!viewer || !over) return;
			viewer.reset();
			viewer.rotateTo(turns[pageUrl(view.page)] || 0);
			fitTurned();
			follow();
		};

		/* ---- marking ---- */

		const turn = () => (((viewer.imageData.rotate || 0) % 360) + 360) % 360;
		const point = function (event) {
			const box = over.getBoundingClientRect();
			const angle = (-turn() * Math.PI) / 180;
			const dx = event.clientX - (box.left + box.width / 2);
			const dy = event.clientY - (box.top + box.height / 2);
			const x = (dx * Math.cos(angle) - dy * Math.sin(angle)) / viewer.imageData.width + 0.5;
			const y = (dx * Math.sin(angle) + dy * Math.cos(angle)) / viewer.imageData.height + 0.5;

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
			over.setPointerCapture(event.pointerId);
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
		const arrow = function (key) {
			const order = ['ArrowUp', 'ArrowRight', 'ArrowDown', 'ArrowLeft'];
			const to = order.indexOf(key);

			return to < 0
				? null
				: [
						[0, -1],
						[1, 0],
						[0, 1],
						[-1, 0]
					][(to - turn() / 90 + 4) % 4];
		};
		const markKey = function (event) {
			const way = arrow(event.key);
			const now = marking && marking.area;

			if (!marking) return;
			if (event.key === 'Enter' && now) {
				done();
			} else if (event.key === 'Escape') {
				stopMark();
				rects();
			} else if (/^[1-9]$/.test(event.key)) {
				marking.area = area(
					(((event.key - 1) % 3) * FULL) / 3,
					(Math.floor((event.key - 1) / 3) * FULL) / 3,
					FULL / 3,
					FULL / 3
				);
				rects();
			} else if (way && event.shiftKey) {
				marking.area = area(
					now.x,
					now.y,
					clamp(now.w + way[0] * STEP, SMALLEST, FULL - now.x),
					clamp(now.h + way[1] * STEP, SMALLEST, FULL - now.y)
				);
				rects();
			} else if (way) {
				marking.area = area(
					clamp(now.x + way[0] * STEP, 0, FULL - now.w),
					clamp(now.y + way[1] * STEP, 0, FULL - now.h),
					now.w,
					now.h
				);
				rects();
			} else {
				return;
			}
			event.preventDefault();
			event.stopPropagation();
		};
		view.mark = function () {
			if (!over) return;
			if (marking) {
				stopMark();
				rects();
				return;
			}
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
		const hint = S.el('p', { class: 'stage-hint', hidden: true });
		host.appendChild(hint);
		const stopMark = function () {
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
		window.addEventListener('resize', () => viewer && setTimeout(() => viewer && view.fit(), 100));
		return view;
	};
})(window.ZY);
