'use strict';
/* Chinese as it is set: full-width punctuation, pairs that close, no typed space beside Latin.  faults(text) → sentences. */
const HAN = '[\\p{Script=Han}]';
const RULES = [
	[`${HAN}[,;:?!]|[,;?!]${HAN}`, 'half-width punctuation'],
	[`\\(\\s*${HAN}|${HAN}\\s*\\)|${HAN}\\(|\\)${HAN}`, 'half-width brackets'],
	[`${HAN}\\.(?![\\w.])`, 'half-width full stop'],
	[`["']${HAN}|${HAN}["']`, 'half-width quotes'],
	[`${HAN} [0-9A-Za-z]|[0-9A-Za-z] ${HAN}`, 'a typed space between Han and Latin'],
	['[，。；：？！、（）「」《》【】] +[\\p{Script=Han}，。；：？！、（）「」《》【】]|[\\p{Script=Han}] +[，。；：？！、）」》】]', 'a space beside full-width punctuation'],
	['[，、；：]{2,}|。{2,}|[，、；：]。|。[，、；]', 'punctuation twice'],
	['！', 'an exclamation mark'],
	[`${HAN}\\.{2,}`, 'dots other than …'],
	[`${HAN}[•・‧∙]${HAN}`, 'a middle dot other than ·'],
	['[０-９Ａ-Ｚａ-ｚ]', 'full-width digits or letters'],
].map(([source, what]) => [new RegExp(source, 'u'), what]);
const PAIRS = { '（': '）', '「': '」', '『': '』', '《': '》', '【': '】', '“': '”', '‘': '’' };

function pairs(text) {
	const open = [];
	for (const c of text) {
		if (PAIRS[c]) open.push(PAIRS[c]);
		else if (Object.values(PAIRS).includes(c) && open.pop() !== c) return `${c} closes nothing`;
	}
	return open.length ? `${open.pop()} is missing` : null;
}

/* A time of day after a day is parted by a space (「2026年11月22日 14:05」), a mail address is no text. */
function faults(text) {
	const t = text.replace(/\S+@\S+/g, '@').replace(/日 (?=\d\d:\d\d)/g, '日');
	const out = [];
	for (const [rule, what] of RULES) {
		const m = rule.exec(t);
		if (m) out.push(`${what}: ${t.slice(Math.max(0, m.index - 12), m.index + 14)}`);
	}
	const broken = pairs(t);
	if (broken) out.push(`${broken}: ${t.slice(0, 60)}`);
	return out.map((f) => f.replace(/\s+/g, ' '));
}

const INLINE = 'a|b|strong|span|em|code|abbr|small|time|sup|sub|kbd|bdi|mark|i|u|var|data|label';
/* Of an HTML document: its blocks, its text nodes (spaces), and the attributes that people read or hear. */
function ofDocument(html) {
	const plain = html.replace(/<!--[^]*?-->/g, '').replace(/<(script|style)\b[^]*?<\/\1>/g, '').replace(/&amp;/g, '&').replace(/&(lt|gt|quot);/g, '"').replace(/&nbsp;|&#160;/g, '\u00a0').replace(/[ \t\r\n\f]+/g, ' '); /* an ideographic space parts what stands side by side */
	const out = new Set();
	const han = /\p{Script=Han}/u;
	for (const m of plain.matchAll(/\s(?:title|alt|aria-label|placeholder|content|label|aria-description)="([^"]*)"/g)) if (han.test(m[1])) for (const f of faults(m[1])) out.add(f);
	const blocks = plain.replace(new RegExp(`</?(?:${INLINE})\\b[^>]*>`, 'g'), '').split(/<[^>]*>/);
	for (const block of blocks) if (han.test(block)) for (const f of faults(block.trim()).filter((x) => !/^a (typed )?space/.test(x))) out.add(f);
	for (const node of plain.split(/<[^>]*>/)) if (han.test(node)) for (const f of faults(node.trim()).filter((x) => /^a (typed )?space/.test(x))) out.add(f);
	return [...out];
}

module.exports = { faults, ofDocument };
