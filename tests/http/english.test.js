'use strict';
/* The English edition: every page has its twin of the same structure, every text its English and every English its text;
 * answers follow what is asked for, and what people typed is nobody's to translate. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const env = require('../lib/env');
const data = require('../lib/data');
const { Client, key } = require('../lib/client');
const { staff } = require('../lib/staff');

const HAN = /[\p{Script=Han}\u3000-\u303f\uff00-\uffef]/u;
const www = path.join(env.root, 'www');
const c = new Client();
const en = { headers: { 'accept-language': 'en' } };

function walk(dir, ending) {
	return fs.readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? walk(path.join(dir, e.name), ending) : path.join(dir, e.name))).filter((f) => f.endsWith(ending));
}
const read = (f) => fs.readFileSync(path.join(env.root, f), 'utf8');
const templates = walk(www, '.html').filter((f) => !/\/staff[/-]/.test(f)).map((f) => path.relative(www, f)).sort();
const pages = templates.filter((f) => !f.startsWith('_'));
const address = (f) => '/' + f.replace(/(^|\/)index\.html$/, '$1');

/* Chinese texts of markup as the twin is made of them: text by text, and what is read out of attributes. */
function textsOf(html) {
	const bare = html.replace(/<!--[^]*?-->/g, '\u0001').replace(/<[^>]*>/g, (tag) => '\u0001' + [...tag.matchAll(/ (?:aria-label|alt|title|placeholder|content|label)="([^"]*)"/g)].map((m) => m[1] + '\u0001').join(''));
	return bare.replace(/\u0001( [a-z-]+="[^"]*")*>/g, '\u0001').split('\u0001').map((s) => s.trim()).filter((s) => HAN.test(s));
}

function dictionary(name) {
	const pairs = new Map();
	let chinese = null;
	for (const line of read('conf/english/' + name).split('\n')) {
		if (line.startsWith('\t')) pairs.set(chinese, line.slice(1));
		else if (line && line[0] !== '#') chinese = line;
	}
	return pairs;
}
const words = { pages: dictionary('pages.txt'), catalog: dictionary('catalog.txt'), server: dictionary('server.txt') };

test('nothing on a page is left in Chinese', () => {
	const said = execFileSync(path.join(env.buildDir(), 'tools/portalctl'), ['gen'], { env: { ...process.env, ZHENGYIN_CONF: path.join(env.varDir, 'portal.conf') }, encoding: 'utf8' });
	const ours = read('conf/catalog.xml') + read('lib/domain/guide.c') + read('lib/domain/guide_service.c');
	/* Announcements and contacts that other tests have typed stay as they are. */
	assert.deepEqual(said.split('\n').filter((l) => l && (!l.startsWith('_gen/') || ours.includes(l.split(': ')[1]))), []);
});

test('the dictionary: no entry without its text, no Chinese in the English but names of buttons, the same figures', () => {
	const faults = [];
	const said = new Set(templates.flatMap((f) => textsOf(fs.readFileSync(path.join(www, f), 'utf8'))));
	for (const [zh] of words.pages) if (!said.has(zh.split('@')[0])) faults.push(`pages.txt: not on any page: ${zh}`);
	for (const [zh] of words.pages) if (zh.includes('@') && !textsOf(fs.readFileSync(path.join(www, zh.split('@')[1]), 'utf8')).includes(zh.split('@')[0])) faults.push(`pages.txt: not on that page: ${zh}`);
	const rules = read('conf/catalog.xml').replace(/\s+/g, ' ').replace(/([^ -~]) ([^ -~])/g, '$1$2');
	for (const [zh] of words.catalog) if (!rules.includes(zh)) faults.push(`catalog.txt: not in the catalogue: ${zh}`);
	const run = ['lib', 'cgi-bin'].flatMap((d) => [...walk(path.join(env.root, d), '.c'), ...walk(path.join(env.root, d), '.h'), ...walk(path.join(env.root, d), '.def')]).map((f) => plain(fs.readFileSync(f, 'utf8')).replace(/%(?:zu|04X|[sdyi])|\{[a-z]+\}/g, '{}')).join('\n');
	for (const [zh] of words.server) {
		const core = zh.replace(/^\{\}/, '');
		if (!run.includes(core)) faults.push(`server.txt: no program says: ${zh}`);
	}
	for (const [name, pairs] of Object.entries(words)) {
		for (const [zh, text] of pairs) {
			if (HAN.test(text.replace(/ \([\p{Script=Han}]+\)/gu, ''))) faults.push(`${name}.txt: Chinese in the English: ${text}`);
			const holes = zh.split('{}').length - 1, put = [...text.matchAll(/\{(\d)/g)].map((m) => +m[1]);
			if (put.some((n) => n < 1 || n > holes)) faults.push(`${name}.txt: ${text}`);
			for (const n of zh.match(/\d{2,}/g) || []) if (!['=', '~'].includes(text) && !text.replace(/,/g, '').includes(n) && !(n === '4000' && /40 million/.test(text))) faults.push(`${name}.txt: where is ${n}? ${text}`);
		}
	}
	assert.equal(faults.join('\n'), '');
});

/* What the programs for applicants say, {} where something is put in. */
const SPEAKERS = ['lib/base/err.def', ...['field', 'rule', 'rule_contact', 'rule_id', 'rule_name'].map((f) => `lib/base/${f}.c`),
	...['account', 'application', 'application_data', 'application_edit', 'application_former', 'application_gate', 'application_submit', 'application_track', 'application_view', 'attachment', 'glyph', 'hint', 'invoice_link', 'material', 'rate', 'rating', 'register_view', 'relay', 'scan_rule', 'signature', 'signature_check', 'signature_session', 'unlock', 'upload', 'workflow', 'guide', 'guide_service', 'fee', 'alipay', 'certificate', 'issuer'].map((f) => `lib/domain/${f}.c`),
	'lib/io/json.c', 'lib/io/cms.h', 'lib/web/guard.c', ...['application', 'attachment', 'catalog', 'certificate', 'session'].map((f) => `cgi-bin/${f}.c`)];
/* Said to staff, to a gateway, on a picture, or to the programmer of a client. */
const NOT_TO_APPLICANTS = [/^SELECT /, /<\/|<div|: <strong/ /* pages for browsers without script, in Chinese alone */, /^还没有$/, /^我们会打电话回访/, /^支付宝/, /^用户$/, /^仅供数字证书业务审核/, /^数字证书办理费用/, /登记过$/, /^请填写(签名|加密)证书序列号$/, /^请填写(生效|失效)日期$/, /^签名证书与加密证书/, /^(生效|失效)日期应/, /交给另一位同事/, /^Upload-/, /^[、（）：。，]+$/, /^、\{\}$/];

function plain(code) {
	return code.replace(/\/\*[^]*?\*\//g, '').replace(/"\s*PRI[du]64\s*"/g, 'd').replace(/"\s*PRI[du]64/g, 'd"').replace(/([^\\])"\s*\n\s*"/g, '$1').replace(/([^\\])"\s*\n\s*"/g, '$1');
}
function sources() {
	return SPEAKERS.flatMap((f) => {
		const code = plain(read(f));
		return [...code.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((m) => m[1].replace(/\\"/g, "'")).filter((s) => HAN.test(s))
			.flatMap((s) => (/guide/.test(f) ? s.split(/<(?:[^>]* aria-label='([^']*)')?[^>]*>|\\n/).filter(Boolean) : [s])).filter((s) => HAN.test(s))
			.map((s) => ({ file: f, text: s.replace(/%(?:zu|04X|[sdyi])|\{[a-z]+\}/g, '{}').trim() }));
	});
}

test('whatever a program may say to an applicant has its English', () => {
	const known = new Set(Object.values(words).flatMap((w) => [...w.keys()]));
	const faults = sources().filter(({ text }) => !known.has(text) && !known.has('{}' + text) && !NOT_TO_APPLICANTS.some((r) => r.test(text)) && ![...known].some((k) => k.includes('{}') && k.replace(/^\{\}/, '').includes(text)));
	assert.deepEqual(faults, []);
});

test('texts of scripts: equal keys, equal holes, no Chinese', () => {
	const load = (f) => {
		const window = { ZY: { addTexts(more) { this.texts = more; } } };
		new Function('window', fs.readFileSync(f, 'utf8'))(window);
		return window.ZY.texts;
	};
	const holes = (s) => [...new Set([...s.matchAll(/\{(\w+)/g)].map((m) => m[1]))].sort().join();
	const files = walk(path.join(www, 'js/i18n'), '.js').filter((f) => /\/zh-CN/.test(f));
	assert.ok(files.length >= 7);
	assert.equal(walk(path.join(www, 'js/i18n'), '.js').filter((f) => /\/en[.-]/.test(f)).length, files.length);
	for (const f of files) {
		const zh = load(f), english = load(f.replace('zh-CN', 'en')), name = path.basename(f);
		assert.deepEqual(Object.keys(english), Object.keys(zh), name);
		for (const k of Object.keys(zh)) {
			assert.doesNotMatch(english[k], HAN, `${name}: ${k}`);
			assert.equal(holes(english[k]), holes(zh[k]), `${name}: ${k}`);
			assert.ok(k === 'turn.due.after' || !zh[k] === !english[k], `${name}: ${k} is empty`);
		}
	}
});

/* The bones of a page: its elements and their ids, classes and addresses, without what belongs to one edition. */
function bones(html) {
	return html.replace(/<span lang="zh-CN">([^<]*)<\/span>/g, '$1').replace(/<p class="box box-info only-en">[^<]*<\/p>/g, '').replace(/<a class="hd-type" id="other-edition"[^>]*>/, '').replace(/<link rel="canonical"[^>]*>/, '')
		.replace(/\/js\/i18n\/en/g, '/js/i18n/zh-CN').match(/<[a-z][^>]*>/g).map((tag) => tag.replace(/ (lang|aria-label|alt|title|placeholder|label|content)="[^"]*"/g, '').replace(/(href|action)="\/en\//, '$1="/').replace('back=/en/', 'back=/'));
}

test('every page has a twin: in English, with the same bones, linked both ways', async () => {
	for (const f of pages) {
		const zh = (await c.get(address(f))).body.toString('utf8');
		const answer = await c.get('/en' + address(f));
		assert.equal(answer.status, 200, f);
		const english = answer.body.toString('utf8');
		assert.deepEqual(bones(english), bones(zh), f);
		assert.match(english, /<html lang="en"/, f);
		const rest = english.replace(/<!--[^]*?-->/g, '').replace(/<([a-z]+)[^>]* lang="zh-CN"[^>]*>[^<]*<\/\1>/g, '').replace(/ data-[a-z]+="[^"]*"/g, '');
		assert.equal((rest.match(new RegExp(`[^\n]{0,40}${HAN.source}[^\n]{0,20}`, 'gu')) || []).join('\n'), '', f);
		assert.doesNotMatch(english, /<!--#|~<|\{\d/, f);
		if (f.startsWith('error/')) continue;
		assert.ok(zh.includes(`id="other-edition" href="/en${address(f)}" hreflang="en" lang="en"`), `${f}: no way to English`);
		assert.ok(english.includes(`id="other-edition" href="${address(f)}" hreflang="zh-CN" lang="zh-CN"`), `${f}: no way back`);
		if (/name="robots"/.test(zh)) continue;
		assert.ok(zh.includes(`<link rel="canonical" href="${env.url}${address(f)}">`), f);
		assert.ok(english.includes(`<link rel="canonical" href="${env.url}/en${address(f)}">`), f);
		for (const page of [zh, english]) assert.ok(page.includes(`hreflang="zh-CN" href="${env.url}${address(f)}"`) && page.includes(`hreflang="en" href="${env.url}/en${address(f)}"`), `${f}: alternates`);
	}
	const none = await c.get('/en/guide/nothing.html', { check: false });
	assert.equal(none.status, 404);
	assert.match(none.body.toString('utf8'), /Page not found/);
	for (const inner of ['/en/_inc/head.html', '/en/_gen/fees.html', '/en/staff/login.html', '/en/_inc/staff-head.html']) assert.equal((await c.get(inner, { check: false })).status, 404, inner);
});

test('money, days and lists in the fragments', async () => {
	const fees = (await c.get('/en/guide/fees.html')).body.toString('utf8');
	assert.match(fees, /CNY 1,400\.00/);
	assert.doesNotMatch(fees, /¥/);
	const guide = (await c.get('/en/guide/new.html')).body.toString('utf8');
	assert.match(guide, /By post, At the counter \(if paid by transfer ahead\)/);
	assert.match(guide, /<span lang="zh-CN">中信银行广州花园支行<\/span>/);
	assert.match((await c.get('/en/about/privacy.html')).body.toString('utf8'), /in force from \d+ [A-Z][a-z]+ 20\d\d/);
});

test('the catalogue in both languages; only whoever asks for English gets it', async () => {
	const zh = await c.want(200, 'GET', '/api/catalog');
	const answer = await c.want(200, 'GET', '/api/catalog', undefined, en);
	assert.equal(answer.headers['content-language'], 'en');
	assert.match(answer.headers.vary, /Accept-Language/);
	assert.equal(zh.headers['content-language'], undefined);
	const left = [];
	(function look(value, at) {
		if (typeof value === 'string') { if (HAN.test(value.replace(/ \([\p{Script=Han}]+\)/gu, ''))) left.push(`${at}: ${value}`); } else if (value && typeof value === 'object') for (const k of Object.keys(value)) look(value[k], `${at}/${k}`);
	}({ ...answer.json, change_items: null }, ''));
	assert.deepEqual(left.filter((x) => !/\/(payee|post|counters)\b|address|receiver|company|remark|bank/.test(x)), []);
	assert.deepEqual(answer.json.change_items, zh.json.change_items, 'these names go into the form');
	assert.deepEqual(answer.json.services.map((s) => s.code), zh.json.services.map((s) => s.code));
	for (const language of ['en-US,en;q=0.9', 'zh-CN', 'de,en']) {
		const a = await c.want(200, 'GET', '/api/catalog', undefined, { headers: { 'accept-language': language } });
		assert.equal(a.headers['content-language'], undefined, language);
		assert.equal(a.json.services[0].name, zh.json.services[0].name, language);
	}
	const s = await staff('reviewer1');
	assert.equal((await s.want(200, 'GET', '/api/staff/me', undefined, en)).headers['content-language'], undefined, 'the desk is Chinese');
});

test('a case: our words in English, the applicant\'s as they are, also when they are words of ours', async () => {
	const phone = data.phone();
	const o = new Client();
	await o.signIn(phone);
	const made = await o.want(201, 'POST', '/api/applications', { service: 'new', holder: 'org', channel: 'post' }, { key: key(), ...en });
	const no = made.json.no;
	assert.equal(made.json.state_name, 'Filling in');
	assert.match(made.json.turn_text, /^Your turn/);
	assert.equal(made.headers['content-language'], 'en');
	assert.ok(made.json.next.every((n) => !HAN.test(n.text) && (!n.url || n.url.startsWith('/en/apply/'))), JSON.stringify(made.json.next));
	const typed = { name: '机构（还有1天）', legal_rep: '经办人', address: '广州市\n「网点」\\路䶮号' };
	const kept = await o.want(200, 'PATCH', `/api/applications/${no}`, { unit: { name: typed.name, legal_rep: typed.legal_rep } }, { match: made.etag, ...en });
	const mine = (await o.want(200, 'GET', `/api/applications/${no}`, undefined, en)).json;
	assert.equal(mine.unit.name, typed.name);
	assert.equal(mine.unit.legal_rep, typed.legal_rep);
	assert.equal(mine.state_name, 'Filling in');
	const bad = await o.want(422, 'PATCH', `/api/applications/${no}`, { unit: { name: typed.address, uscc: '9144010' }, agent: { phone: '123', id_type: 'resident', id_number: '123' }, invoice: { tax_number: '1' }, remittance: { payer_account: '1' } }, { match: kept.etag, ...en });
	assert.equal(bad.json.title, 'Something has to be changed');
	assert.ok(bad.json.errors.length >= 4);
	for (const e of bad.json.errors) assert.doesNotMatch(e.detail, HAN, e.pointer);
	assert.ok(bad.json.errors.some((e) => e.detail === 'Unified social credit code should have 18 characters, now 7'), JSON.stringify(bad.json.errors));
	const check = await o.want(200, 'GET', `/api/applications/${no}/check`, undefined, en);
	assert.ok(check.json.errors.length > 5);
	for (const e of check.json.errors) assert.doesNotMatch(e.detail, HAN, e.pointer);
	const stranger = await new Client().want(401, 'GET', `/api/applications/${no}`, undefined, en);
	assert.equal(stranger.json.detail, 'Please confirm your mobile number first');
});
