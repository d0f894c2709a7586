/* A frame over the picture of a box of 70 mm: moved and stretched by mouse, finger or keys, and by four numbers in
 * millimetres.  All values are tenths of a millimetre, as the server has them.
 *   const frame = ZY.staff.sealFrame({ src, crop, changed }); host.appendChild(frame.node); frame.value() */
(function (ZY) {
	'use strict';

	const S = ZY.staff;
	const BOX = 700;
	const LEAST = 20;
	const STEP = 5;
	const PARTS = ['x', 'y', 'w', 'h'];
	const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

	const clamp = (value, low, high) => Math.max(low, Math.min(high, Math.round(value)));
	/* Within the box, no side below the least. */
	const fit = function (c) {
		const w = clamp(c.w, LEAST, BOX);
		const h = clamp(c.h, LEAST, BOX);

		return { x: clamp(c.x, 0, BOX - w), y: clamp(c.y, 0, BOX - h), w: w, h: h };
	};
	/* Stretched at one corner, the opposite one stays. */
	const stretch = function (c, right, low, dx, dy) {
		const left = right ? c.x : clamp(c.x + dx, 0, c.x + c.w - LEAST);
		const top = low ? c.y : clamp(c.y + dy, 0, c.y + c.h - LEAST);
		const end = right ? clamp(c.x + c.w + dx, c.x + LEAST, BOX) : c.x + c.w;
		const foot = low ? clamp(c.y + c.h + dy, c.y + LEAST, BOX) : c.y + c.h;

		return { x: left, y: top, w: end - left, h: foot - top };
	};

	S.sealFrame = function (o) {
		let crop = fit(o.crop.w ? o.crop : { x: 125, y: 125, w: 450, h: 450 });
		const place = { class: 'crop', type: 'button', 'aria-label': S.t('seal.frame') };
		const frame = S.el('button', o.still ? { class: 'crop', type: 'button', disabled: true, 'aria-label': S.t('seal.frame') } : place);
		const stage = S.el('div', { class: 'stage70' }, S.el('img', { src: o.src, alt: S.t('seal.box') }), frame);
		const fields = {};

		const show = function () {
			const percent = (value) => (value * 100) / BOX + '%';

			frame.style.left = percent(crop.x);
			frame.style.top = percent(crop.y);
			frame.style.width = percent(crop.w);
			frame.style.height = percent(crop.h);
			PARTS.forEach((name) => {
				if (fields[name] !== document.activeElement) fields[name].value = (crop[name] / 10).toFixed(1);
			});
		};
		const take = function (next) {
			crop = fit(next);
			show();
			if (o.changed) o.changed(crop);
		};

		const move = function (ev) {
			const way = KEYS[ev.key];

			if (!way || o.still) return;
			ev.preventDefault();
			if (ev.shiftKey) take({ x: crop.x, y: crop.y, w: crop.w + way[0] * STEP, h: crop.h + way[1] * STEP });
			else take({ x: crop.x + way[0] * STEP, y: crop.y + way[1] * STEP, w: crop.w, h: crop.h });
		};
		const drag = function (ev) {
			const scale = BOX / stage.getBoundingClientRect().width;
			const corner = ev.target.dataset.corner;
			const from = { x: ev.clientX, y: ev.clientY, crop: crop };
			const go = function (at) {
				const dx = (at.clientX - from.x) * scale;
				const dy = (at.clientY - from.y) * scale;

				if (corner) take(stretch(from.crop, corner[1] === 'r', corner[0] === 'b', dx, dy));
				else take({ x: from.crop.x + dx, y: from.crop.y + dy, w: from.crop.w, h: from.crop.h });
			};
			const stop = function () {
				window.removeEventListener('pointermove', go);
				window.removeEventListener('pointerup', stop);
				window.removeEventListener('pointercancel', stop);
			};

			if (o.still || ev.button) return;
			ev.preventDefault();
			frame.focus();
			window.addEventListener('pointermove', go);
			window.addEventListener('pointerup', stop);
			window.addEventListener('pointercancel', stop);
		};

		['tl', 'tr', 'bl', 'br'].forEach((at) => frame.appendChild(S.el('span', { class: 'corner corner-' + at, 'data-corner': at })));
		frame.addEventListener('keydown', move);
		frame.addEventListener('pointerdown', drag);
		const numbers = S.el(
			'div',
			{ class: 'numbers' },
			PARTS.map((name) => {
				const id = 'crop-' + o.item + '-' + name;
				const input = S.el('input', { type: 'text', inputmode: 'decimal', id: id, autocomplete: 'off', readonly: o.still ? '' : null });

				fields[name] = input;
				input.addEventListener('change', () => {
					const value = Number(S.plain(input.value));

					if (input.value.trim() && !Number.isNaN(value)) take(Object.assign({}, crop, { [name]: value * 10 }));
					else S.say(S.t('seal.bad_number'));
					input.value = (crop[name] / 10).toFixed(1);
				});
				return S.el('span', { class: 'number' }, S.el('label', { for: id, text: S.t('seal.' + name) }), input);
			}),
			S.el('span', { text: S.t('seal.mm') })
		);

		show();
		return { node: S.el('div', {}, stage, numbers), value: () => crop, put: take };
	};
})(window.ZY);
