'use strict';
/* The printed form: everything that was typed stands on it, by its name; printed again it is the same to the byte whatever
 * has changed since; a character that no font has is named before anything is printed. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const data = require('../lib/data');
const { Client, key } = require('../lib/client');
const { Journey, applicant, catalog } = require('../lib/journey');
const { Walk, everybody, sideBySide } = require('../lib/walk');
const { staff } = require('../lib/staff');
const { dual } = require('../lib/dual');
const { subject, certificate, bring } = require('../lib/certificates');

const squeeze = (text) => text.replace(/\s+/g, '');
const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'form-'));
test.after(() => fs.rmSync(tmp, { recursive: true }));
function told(command, pdf, ...words) {
	const file = path.join(tmp, `${data.digits(12)}.pdf`);
	fs.writeFileSync(file, pdf);
	return execFileSync(command, [...words, file, ...(command === 'pdftotext' ? ['-'] : [])], { encoding: 'utf8' });
}
const textOf = (pdf) => squeeze(told('pdftotext', pdf, '-q', '-raw'));

/* What a value is called on paper. */
function shown(cat, branches, pointer, value) {
	const name = (list) => (list.find((x) => x.code === value) || { name: value }).name;
	if (pointer === '/unit/kind') return name(cat.unit_kinds);
	if (pointer === '/unit/licence_kind') return name(cat.unit_kinds.flatMap((k) => k.licences));
	if (pointer.endsWith('/id_type')) return name(cat.id_types);
	if (pointer === '/reason') return name(cat.causes);
	if (pointer === '/change/items') return value.map((v) => cat.change_items.find((c) => c.code === v).name).join('、');
	if (pointer === '/delivery/mode') return value === 'pickup' ? '到网点自取' : '顺丰快递';
	if (pointer === '/delivery/branch') return name(branches);
	if (pointer === '/invoice/kind') return value === 'special' ? '增值税专用发票' : '增值税普通发票';
	if (pointer === '/years') return `${value}年`;
	if (pointer === '/unit/licence_until') return value.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, '$1年$2月$3日');
	return value;
}

async function begun(plan) {
	const owner = await applicant();
	const whose = subject(plan.holder, owner.phone);
	const old = ['new', 'add'].includes(plan.service) ? undefined : bring([certificate(whose, { not_after: data.today(60) })]);
	const signer = plan.service === 'add' ? bring([certificate(whose)])[0] : undefined;
	const w = await Walk.begin({ ...plan, owner, subject: whose, old, signer });
	await w.fill();
	return w;
}

test('what was typed stands on the form: every service and holder', async () => {
	await everybody();
	const cat = await catalog();
	const branches = (await new Client().want(200, 'GET', '/api/branches')).json.items;
	const plans = cat.services.flatMap((s) => ['org', 'rep', 'ind'].map((h) => s.routes.filter((r) => r.holder === h && (r.channel !== 'online' || s.code === 'add')).pop()).filter(Boolean)
		.map((r) => ({ service: s.code, holder: r.holder, channel: r.channel, name: `${s.code} ${r.holder} ${r.channel}` })));
	assert.equal(plans.length, 19);
	let fields = 0;
	const faults = await sideBySide(plans, 4, async (plan) => {
		const w = await begun(plan);
		await w.print();
		const pdf = await w.formPdf();
		const text = textOf(pdf);
		for (const f of w.route.fields) {
			const value = f.pointer.slice(1).split('/').reduce((o, k) => (o || {})[k], w.typed);
			if (value === undefined || /^\/(items|remittance|consents)/.test(f.pointer)) continue;
			assert.ok(text.includes(squeeze(shown(cat, branches, f.pointer, value))), `${f.pointer}: ${value}`);
			fields++;
		}
		for (const line of w.typed.items) assert.ok(text.includes(squeeze(line.seal_name)), line.seal_name);
		if (w.case.amount_fen) assert.ok(/金额（大写）人民币[零壹贰叁肆伍陆柒捌玖拾佰仟万]+元整/.test(text), '大写');
		const { copies } = w.route.materials.find((m) => m.code === 'm1');
		assert.equal(text.includes('第二份'), copies === 2);
		assert.equal(text.includes('（盖章处）'), plan.holder !== 'ind');
		assert.match(told('pdfinfo', pdf), /^Title: .*申请表/m);
		for (const line of told('pdffonts', pdf).split('\n').slice(2).filter(Boolean)) assert.match(line, /yes yes yes/, line);
		assert.match(told('qpdf', pdf, '--check'), /No syntax or stream encoding errors found/);
	});
	assert.equal(faults.join('\n'), '');
	assert.ok(fields > 19 * 7, `${fields} fields`);
});

test('a version printed again is the same to the byte: counter renamed, channel and text changed', async () => {
	const code = `t_${data.digits(8)}`;
	const counter = { code, name: '龙洞办事处𠮷', address: '广州市天河区龙洞街道迎龙路168号', phone: '020-12345678', hours: '周一至周五' };
	await dual('branch', { ...counter, add: true, reason: '新设' });
	try {
		const j = await Journey.draft({ channel: 'counter' });
		await j.fill({ delivery: { mode: 'pickup', branch: code } });
		await j.print();
		const first = await j.formPdf();
		assert.ok(textOf(first).includes('领取网点龙洞办事处𠮷（广州市天河区龙洞街道迎龙路168号）'));
		assert.deepEqual(await j.formPdf(), first, 'the same at once');
		await dual('branch', { ...counter, name: '龙洞新办事处', address: '广州市天河区龙洞街道迎龙路170号', reason: '搬迁' });
		assert.deepEqual(await j.formPdf(), first, 'after the counter was renamed');
		await j.change({ agent: { name: '王𬭊䶮' } });
		await j.print();
		const second = await j.formPdf();
		assert.notDeepEqual(second, first);
		assert.ok(textOf(second).includes('龙洞新办事处'));
		const old = (v) => j.owner.want(200, 'GET', `${j.url}/form.pdf?version=${v}`);
		assert.deepEqual((await old(1)).body, first, 'version 1 beside version 2');
		await j.look();
		await j.owner.want(200, 'POST', `${j.url}/switch`, { service: 'new', holder: 'org', channel: 'post' }, { key: key(), match: j.case.version });
		assert.deepEqual((await old(1)).body, first, 'after the case went another way');
		assert.ok(textOf((await old(1)).body).includes('前台办理'));
	} finally {
		await dual('branch', { ...counter, closed: true, reason: '停用' });
	}
});

test('a character that no font has: named to the applicant before printing, seen by staff', async () => {
	const j = await Journey.draft();
	await j.fill();
	await j.change({ unit: { name: '广州市𰻝𰻝面馆' }, agent: { name: '王𱍐' }, remittance: { payer_name: '𰻝面馆' } });
	const check = (await j.owner.want(200, 'GET', `${j.url}/check`)).json.errors.filter((e) => e.code === 'glyph');
	assert.deepEqual(check.map((e) => e.pointer), ['#/unit/name', '#/agent/name'], 'what stands on no form is not asked');
	assert.match(check[0].detail, /单位名称.*𰻝.*U\+30EDD/);
	assert.match(check[1].detail, /经办人姓名.*𱍐.*U\+31350/);
	await j.look();
	const a = await j.owner.want(422, 'POST', `${j.url}/form`, undefined, { key: key(), match: j.case.version });
	assert.deepEqual(a.json.errors.map((e) => [e.pointer, e.code]), [['#/unit/name', 'glyph'], ['#/agent/name', 'glyph']]);
	const hints = (kase) => kase.hints.filter((h) => h.code === 'glyph').map((h) => h.text);
	assert.equal(hints(j.case).length, 2);
	const clerk = await staff('clerk1');
	const seen = (await clerk.want(200, 'GET', j.desk)).json;
	assert.match(hints(seen)[0], /𰻝.*U\+30EDD/);
	/* rare ones that a font has go through */
	await j.change({ unit: { name: '广州市𠮷䶮𬭊㛃𪚥面馆' }, agent: { name: '王𠮷' } });
	assert.deepEqual(hints(j.case), []);
	await j.print();
	assert.ok(textOf(await j.formPdf()).includes('广州市𠮷䶮𬭊㛃𪚥面馆'));
});
