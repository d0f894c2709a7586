'use strict';
/* Two services that the house has never heard of, 暂停（挂失）and 恢复, as rows in a copy of the catalogue: nothing else is
 * changed, nothing is built.  A portal of its own runs with it and the generic walk goes all their ways.  HACKING.md, "Add a
 * service by rows", says the same in words. */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const vm = require('node:vm');
const { execFileSync } = require('node:child_process');

const outer = require('../lib/env');
const build = outer.buildDir();
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'zy-eighth-'));
const varDir = path.join(dir, 'var');

/* After the row that begins so. */
const ROWS = [
	['<cause code="other" ', '<cause code="away" name="暂时不用" services="suspend" crl_reason="0"/><cause code="found" name="UKey找到了" services="resume" crl_reason="0"/>'],
	['<fee services="change revoke" ', '<fee services="suspend resume" holders="org rep ind" per="free"/>'],
	['<refusal services="revoke" ', '<refusal services="suspend" holders="org rep ind" channels="post" fault="counter_only" to_channel="counter">暂停使用要快，请到前台办理</refusal>'],
];
const route = (holder, channel, more) => `<route holder="${holder}" channel="${channel}" open="true" title="${holder}暂停（挂失）" days_from="gates" working_days="0"
	first_review_days="1" visits="1" licence_waiver="none" consents="agreement privacy" declaration="declaration.${holder}" process="process.revoke.counter"
	summary="UKey一时找不到，先停用" promise="材料齐全当天办结" ${more}/>`;
const fields = { org: 'unit agent old_org cause', rep: 'unit person_rep agent old_person cause', ind: 'person_ind old_person cause' };
const papers = { org: 'form2 licence agent_id', rep: 'form2 licence agent_id holder_id', ind: 'form2_ind own_id' };
const counter = (holder) => route(holder, 'counter', `copies="2" decide="one" field_sets="${fields[holder]}" material_sets="${papers[holder]}" gate_set="papers"`);
const SERVICES = `<service code="suspend" name="暂停（挂失）" effect="suspend" summary="UKey一时找不到，先停用，找到后恢复，免费">
	<purpose>UKey一时找不到，担心被别人使用的单位和个人。</purpose>
	${counter('org')}${counter('rep')}${counter('ind')}
	${route('org', 'online', 'copies="0" decide="machine" field_sets="unit agent old_org cause" material_sets="signature" gate_set="signed"')}
	<faq question="暂停要收费吗？">不收费。</faq>
</service>
<service code="resume" name="恢复使用" effect="resume" summary="UKey找到了，恢复使用，免费">
	<purpose>证书暂停以后，UKey又找到了的单位。</purpose>
	${route('org', 'counter', `copies="2" decide="two" field_sets="${fields.org}" material_sets="${papers.org}" gate_set="papers"`)}
</service>`;

function catalogue() {
	let text = fs.readFileSync(path.join(outer.root, 'conf/catalog.xml'), 'utf8').replace(/(<catalog version=")[^"]*/, '$1eighth');
	for (const [before, row] of ROWS) {
		const at = text.indexOf(before);
		if (at < 0) throw new Error(`the catalogue has no row ${before}`);
		text = text.slice(0, at) + row + '\n\t' + text.slice(at);
	}
	text = text.replace('<gate_set code="revoke">', '<gate_set code="papers"><gate code="scans"/><gate code="originals"/></gate_set>\n\t<gate_set code="signed"><gate code="signature"/></gate_set>\n\t$&');
	return text.replace('</catalog>', SERVICES + '\n</catalog>');
}

fs.writeFileSync(path.join(dir, 'catalog.xml'), catalogue());
fs.writeFileSync(path.join(dir, 'extra.conf'), fs.readFileSync(path.join(outer.root, 'tests/limits.conf'), 'utf8') + `\ncatalog_file = ${dir}/catalog.xml\n`);

const world = { ...process.env, VAR: varDir, BUILD: path.basename(build), NOBUILD: '1', CONF_EXTRA: path.join(dir, 'extra.conf'), RATE_API: '100000r/s', RATE_LOGIN: '100000r/s', RATE_UPLOAD: '100000r/s' };
delete world.PORT;
const stack = (...args) => execFileSync(outer.stack, args, { encoding: 'utf8', env: world, timeout: 120000, stdio: ['ignore', 'ignore', 'pipe'] });
function end() {
	try {
		stack('stop');
	} finally {
		fs.rmSync(dir, { recursive: true, force: true });
	}
}
try {
	stack('start');
} catch (e) {
	end();
	throw e;
}
process.env.ZY_VAR = varDir;
process.env.ZY_URL = JSON.parse(fs.readFileSync(path.join(varDir, 'demo.json'), 'utf8')).url;
for (const name of ['env', 'client', 'openapi', 'spool']) delete require.cache[require.resolve(`../lib/${name}`)];

const test = require('node:test');
const assert = require('node:assert/strict');
const { Client, key } = require('../lib/client');
const { applicant, catalog } = require('../lib/journey');
const { Walk, everybody, sideBySide } = require('../lib/walk');
const { subject, certificate, bring, status } = require('../lib/certificates');
process.on('exit', end); /* after those of the client */

test('the portal offers it, with its price, its form, its guide and its refusal', async () => {
	const cat = await catalog();
	assert.equal(cat.version, 'eighth');
	assert.equal(cat.services.length, 9);
	assert.deepEqual(cat.services.find((s) => s.code === 'suspend').routes.map((r) => `${r.holder} ${r.channel}`).sort(), ['ind counter', 'org counter', 'org online', 'rep counter']);
	const c = new Client();
	for (const holder of ['org', 'rep', 'ind']) {
		assert.equal((await c.want(200, 'GET', `/api/quote?service=suspend&holder=${holder}&years=1&count=1`)).json.total_fen, 0);
		assert.equal((await c.want(200, 'GET', `/api/forms/suspend/${holder}.pdf`)).body.subarray(0, 5).toString(), '%PDF-');
	}
	await c.want(200, 'GET', '/api/due?service=suspend&channel=counter&from=2026-05-08T10:00:00%2B08:00');
	assert.match(fs.readFileSync(path.join(varDir, 'gen/guide-suspend.html'), 'utf8'), /担心被别人使用/);
	const a = await (await applicant()).want(422, 'POST', '/api/applications', { service: 'suspend', holder: 'org', channel: 'post' }, { key: key() });
	assert.equal(a.json.errors[0].code, 'counter_only');
});

/* A script of the pages with next to no page around it. */
function script(...names) {
	const nothing = () => null;
	const document = { documentElement: { dataset: {} }, readyState: 'loading', addEventListener: nothing, getElementById: nothing, querySelector: nothing, querySelectorAll: () => [] };
	const window = { addEventListener: nothing, document };
	const world = vm.createContext({ window, document, setTimeout, clearTimeout, URLSearchParams, location: { search: '', pathname: '/' }, sessionStorage: {} });
	for (const name of names) vm.runInContext(fs.readFileSync(path.join(outer.root, 'www/js', name), 'utf8'), world, { filename: name });
	return window.ZY;
}

test('the pages take what they need of it from the catalogue', async () => {
	const cat = await catalog();
	const row = cat.services.find((s) => s.code === 'suspend');
	assert.deepEqual([row.effect, row.guide, cat.services.find((s) => s.code === 'add').guide], ['suspend', null, 'new']);
	const ZY = script('core.js');
	assert.equal(ZY.guideOf(cat, 'suspend'), '/guide/index.html');
	for (const s of cat.services.filter((x) => x.guide)) {
		assert.equal(ZY.guideOf(cat, s.code), `/guide/${s.guide}.html`);
		assert.ok(fs.existsSync(path.join(outer.root, 'www/guide', `${s.guide}.html`)), s.guide);
	}
	assert.deepEqual([ZY.serviceFor(cat, 'issue'), ZY.serviceFor(cat, 'issue', true), ZY.serviceFor(cat, 'extend'), ZY.serviceFor(cat, 'resume')], ['new', 'add', 'renew', 'resume']);
	const owner = await applicant();
	const kase = (await owner.want(201, 'POST', '/api/applications', { service: 'suspend', holder: 'org', channel: 'counter' }, { key: key() })).json;
	assert.deepEqual([kase.effect, kase.service_name], ['suspend', '暂停（挂失）']);
	assert.equal((await owner.want(200, 'GET', '/api/applications')).json.items[0].service_name, '暂停（挂失）');
	const nothingMade = /name: 'production',[^}]*(\[[^\]]*\])\.indexOf\(c\.effect\) < 0/.exec(fs.readFileSync(path.join(outer.root, 'www/js/staff-case-data.js'), 'utf8'))[1];
	assert.ok(JSON.parse(nothingMade.replaceAll("'", '"')).includes(kase.effect), 'the desk would ask for a certificate to be made');
	for (const [file, text] of fs.readdirSync(path.join(outer.root, 'www/js')).filter((f) => f.endsWith('.js')).map((f) => [f, fs.readFileSync(path.join(outer.root, 'www/js', f), 'utf8')])) {
		assert.doesNotMatch(text, /\bservice(\.code)? *[!=]== *'|case '(new|add|renew)'|\['(renew|add)'|'s-[a-z]+'/, `${file} knows a service by its code`);
	}
});

test('every way of it, from draft to completed; the certificate is suspended, then valid again', async () => {
	await everybody();
	const plans = (await catalog()).services.find((s) => s.code === 'suspend').routes.map((r) => ({ holder: r.holder, channel: r.channel }));
	const faults = await sideBySide(plans, 2, async ({ holder, channel }) => {
		const owner = await applicant();
		const whose = subject(holder, owner.phone);
		const old = bring([certificate(whose)]);
		const w = await Walk.begin({ service: 'suspend', holder, channel, owner, subject: whose, old });
		await w.all();
		const now = await status(old[0].sign_serial);
		assert.deepEqual([now.status, now.revoke_reason, now.not_after], ['suspended', 6, old[0].not_after]);
		const mine = (await owner.want(200, 'GET', '/api/certificates')).json.items[0];
		assert.equal(mine.services.includes('resume'), holder === 'org');
		assert.ok(!mine.services.includes('suspend') && mine.services.includes('reissue'));
		assert.match(JSON.stringify((await owner.want(200, 'GET', `${w.url}/events`)).json), /证书已暂停使用/);
		if (holder !== 'org') return;
		const back = await Walk.begin({ service: 'resume', holder, channel: 'counter', owner, subject: whose, old });
		await back.all();
		assert.equal((await status(old[0].sign_serial)).status, 'valid');
		const again = await Walk.begin({ service: 'resume', holder, channel: 'counter', owner, subject: whose, old });
		await again.fill();
		const errors = (await owner.want(200, 'GET', `${again.url}/check`)).json.errors;
		assert.equal(errors.find((e) => e.pointer === '#/items/0/old_serial').code, 'status', 'a valid one is not resumed');
	});
	assert.equal(faults.join('\n'), '');
});
