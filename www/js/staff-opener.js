/* What opens below an entry of a list when it is wanted: a form, or the record of changes. */
(function (ZY) {
	'use strict';

	const S = ZY.staff;

	/* A button that opens what stands in the element of that id, and shuts it again.  name: of what, for who hears it only. */
	S.opener = function (key, name, place, open) {
		const button = S.el(
			'button',
			{ type: 'button', class: 'btn btn-2', 'aria-expanded': 'false', 'aria-controls': place },
			S.t(key),
			S.vh(name)
		);

		button.addEventListener('click', () => {
			if (button.getAttribute('aria-expanded') === 'true') {
				S.shut(place);
				return;
			}
			open(button);
			button.setAttribute('aria-expanded', 'true');
		});
		return button;
	};
	S.openers = (place) => ZY.$$('[aria-controls="' + place + '"]');
	S.shut = function (place) {
		S.clear(S.id(place));
		S.openers(place).forEach((button) => button.setAttribute('aria-expanded', 'false'));
	};
	/* The record of changes, read into what the button opens.  none: text when there were no changes. */
	S.history = function (button, url, draw, none) {
		const place = button.getAttribute('aria-controls');
		const host = S.id(place);

		button.setAttribute('aria-expanded', 'true');
		S.loading(host, ZY.api('GET', url, { quiet: true })).then(
			(answer) =>
				S.fill(
					host,
					answer.data.items.length ? draw(answer.data.items) : S.el('p', { class: 'empty', text: S.t(none) })
				),
			(problem) => {
				S.shut(place);
				S.trouble(problem, () => S.history(button, url, draw, none));
			}
		);
	};
})(window.ZY);
