'use strict';
/* A page looked at in several ways: as usual, in large type, at the widths of telephones and tablets, zoomed, printed, in the
 * reader's own colours.
 *   const net = watch(page); net.begin(); await page.goto(…); await net.quiet()    nothing is asked any more, the page has answered
 *   await looks(page, names, say)                                       names: of VARIANTS; say(name, sentence) for each fault
 * All of axe is run on what is seen first, and again where a variant shows or hides an element.  Where it does not, only the rules
 * that go by place, size and colour can come to another end. */
const { axe } = require('./browser');

const DESK = { width: 1280, height: 900 };
const at = (width, height) => ({ on: (page) => page.setViewportSize({ width, height }), off: (page) => page.setViewportSize(DESK) });
const media = (name, value) => ({ on: (page) => page.emulateMedia({ [name]: value }), off: (page) => page.emulateMedia({ [name]: null }) });
const big = { on: (page) => page.evaluate(() => document.documentElement.classList.add('big')), off: (page) => page.evaluate(() => document.documentElement.classList.remove('big')) };
const VARIANTS = {
	normal: { on: async () => {}, off: async () => {} },
	large: big,
	narrow: at(320, 256), /* 1280 × 1024 at 400 % */
	'narrow and large': { on: (page) => at(320, 256).on(page).then(() => big.on(page)), off: (page) => big.off(page).then(() => at(320, 256).off(page)) },
	phone: at(360, 740),
	tablet: at(768, 1024),
	print: media('media', 'print'),
	forced: media('forcedColors', 'active'),
};
const BY_LAYOUT = ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable', 'target-size'];
/* On paper nobody presses anything; forced colours are the reader's own, and axe reads those of the page; no target is another size. */
const RULES = { print: { only: ['color-contrast'] }, forced: { but: ['color-contrast', 'link-in-text-block', 'target-size'] } };

const SHOWN = () => [document.documentElement.scrollWidth - document.documentElement.clientWidth,
	Array.from(document.querySelectorAll('body *'), (n) => Number(n.checkVisibility({ visibilityProperty: true }))).join('')];

/* The innermost things that stick out to the right. */
const WIDE = () => {
	const edge = document.documentElement.clientWidth;
	const wide = [...document.querySelectorAll('body *')].filter((n) => n.getBoundingClientRect().right > edge + 1);
	return wide.filter((n) => !wide.some((m) => m !== n && n.contains(m))).slice(0, 3).map((n) => `${n.tagName.toLowerCase()}${n.id && '#' + n.id}.${n.className} “${n.textContent.trim().slice(0, 20)}”`).join(', ');
};

function rules(name, same) {
	const r = RULES[name] || {};
	return same && !r.only ? { only: BY_LAYOUT.filter((rule) => !(r.but || []).includes(rule)) } : r;
}

async function looks(page, names, say) {
	let first;
	for (const name of names) {
		await VARIANTS[name].on(page);
		const [over, shown] = await page.evaluate(SHOWN);
		if (over > 0 && name !== 'print') say(name, `${over} px too wide: ${await page.evaluate(WIDE)}`);
		for (const f of await axe(page, rules(name, shown === first))) say(name, f);
		if (!RULES[name]) first = first || shown;
		await VARIANTS[name].off(page);
	}
}

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
/* How many questions of a page are open, from one begin() to the next; those of the page before do not count. */
function watch(page) {
	const net = { round: 0, open: 0, at: Date.now() };
	const rounds = new WeakMap(); /* request → the round it was asked in */
	const change = (r, n) => {
		if (rounds.get(r) !== net.round) return;
		net.open += n;
		net.at = Date.now();
	};
	const over = (r) => {
		change(r, -1);
		rounds.delete(r);
	};
	page.on('request', (r) => { rounds.set(r, net.round); change(r, 1); });
	page.on('requestfinished', over);
	page.on('requestfailed', over);
	net.begin = () => Object.assign(net, { round: net.round + 1, open: 0, at: Date.now() });
	net.hung = over; /* it is never answered */
	/* How long nothing must have happened goes by how quickly the page itself comes to answer. */
	net.quiet = async () => {
		const end = Date.now() + 20000;
		for (let slow = 0; Date.now() < end;) {
			while (Date.now() < end && (net.open > 0 || Date.now() - net.at < 90 + 2 * slow)) await wait(20);
			const began = Date.now();
			await page.evaluate('0').catch(() => { net.at = Date.now(); });
			slow = Date.now() - began;
			if (net.open <= 0 && Date.now() - net.at >= 90 + 2 * slow) return;
		}
	};
	return net;
}

module.exports = { looks, watch, VARIANTS: Object.keys(VARIANTS) };
