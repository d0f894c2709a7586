'use strict';
/* Invoices: due when a case that cost money is completed, taken only when they are the case's own, handed to who has link and
 * code or owns the case, reversed once. */
const test = require('node:test');
const assert = require('node:assert/strict');
const data = require('../lib/data');
const files = require('../lib/files');
const spool = require('../lib/spool');
const { Client, key } = require('../lib/client');
const { everybody } = require('../lib/walk');
const { staff } = require('../lib/staff');
const { applicant } = require('../lib/journey');
const { begun } = require('../lib/money');
const { invoice, number } = require('../lib/invoices');
const { sql } = require('../lib/sql');

const PLACE = '/api/staff/invoices';
let finance;
test.before(async () => {
	await everybody();
	finance = await staff('finance1');
});

const bring = (xml, query = '', who = finance) => who.request('POST', PLACE + query, { raw: xml, headers: { 'Content-Type': 'application/xml' } });
const step = (v, name, body, match = v.version) => finance.post(`${PLACE}/${v.id}/${name}`, body, { key: key(), match });
const list = (state) => finance.all(`${PLACE}?state=${state}`);
async function due(no) {
	for (const end = Date.now() + 90000; ;) {
		const hit = (await list('due')).find((v) => v.no === no);
		if (hit) return hit;
		assert.ok(Date.now() < end, `no invoice is due for ${no}`);
		await new Promise((r) => setTimeout(r, 200));
	}
}
/* A completed case of a fresh owner, with what its invoice must say. */
async function completed(options) {
	const w = await begun(options);
	await w.all();
	const v = await due(w.no);
	return { w, v, says: { fen: v.amount_fen, title: v.title, tax: v.tax_number || '' } };
}
const faults = (a) => (a.json.errors || []).map((f) => f.pointer.slice(1));

test('due at completion, with a clock; the XML is compared field by field, taken once, and delivered', async () => {
	const { w, v, says } = await completed();
	assert.equal(v.state, 'due');
	assert.equal(v.title, w.case.invoice.title);
	assert.equal(v.tax_number, w.case.invoice.tax_number);
	assert.ok(v.due_day && v.days_left >= 1 && v.days_left <= 3, JSON.stringify(v));
	assert.equal((await w.owner.want(200, 'GET', `${w.url}/invoice`)).json.state, 'due');
	assert.equal((await w.owner.get(`${w.url}/invoice/xml`)).status, 404);
	assert.equal((await step(v, 'deliver')).status, 409, 'sent before there was one');

	const wrong = async (more, ...want) => {
		const a = await bring(invoice({ ...says, ...more }).xml, `?no=${w.no}`);
		assert.equal(a.status, 422, a.body.toString());
		assert.deepEqual(faults(a), want, a.body.toString());
		assert.ok(a.json.errors.every((f) => /[\u4e00-\u9fff]/.test(f.detail)));
	};
	await wrong({ title: '深圳市𠮷䶮别家有限公司' }, '/buyer_name');
	await wrong({ tax: data.uscc() }, '/buyer_number');
	await wrong({ fen: says.fen + 10000 }, '/total');
	await wrong({ seller: '91440000OTHER00016' }, '/seller_number');
	await wrong({ words: '壹元整' }, '/words');
	await wrong({ line: 100 }, '/lines');
	await wrong({ no: '123' }, '/number');
	await wrong({ title: '别家', tax: data.uscc(), seller: '91440000OTHER00016' }, '/seller_number', '/buyer_name', '/buyer_number');
	assert.equal((await bring(Buffer.alloc(600 * 1024, ' '), `?no=${w.no}`)).status, 413);
	assert.equal((await bring(Buffer.alloc(1200 * 1024, ' '), `?no=${w.no}`)).status, 413);
	assert.equal((await due(w.no)).version, v.version, 'a refused file changed something');

	/* Found by the number in the remark, however it is typed. */
	const good = invoice({ ...says, remark: `单号 ${w.no.toLowerCase()}` });
	const got = (await bring(good.xml)).json;
	assert.equal(got.no, w.no);
	assert.equal(got.state, 'imported');
	assert.equal(got.number, good.no);
	assert.equal(got.total_fen, says.fen);
	assert.equal(got.issued_day, '2026-11-23');
	assert.equal((await finance.want(200, 'GET', `${PLACE}/${got.id}`)).json.number, good.no);
	const same = await bring(good.xml, `?no=${w.no}`);
	assert.equal(same.json.version, got.version, 'the same file counted twice');
	const second = await bring(invoice(says).xml, `?no=${w.no}`);
	assert.equal(second.status, 409);
	assert.match(second.json.detail, new RegExp(good.no));

	const said = (no, fen) => files.pdf({ size: 10, note: `No ${no} ${(fen / 100).toFixed(2)}` });
	const pdf = said(good.no, says.fen);
	const picture = (name, raw = pdf) => finance.request('POST', `${PLACE}/${got.id}/pdf?number=${name}`, { raw, headers: { 'Content-Type': 'application/pdf' } });
	assert.deepEqual(faults(await picture(number())), ['/number']);
	assert.equal((await picture(good.no, Buffer.from('<html>'))).status, 415);
	assert.equal((await picture(good.no, Buffer.from(pdf.toString('latin1').replace('/Type /Catalog', '/Type /Catalog /OpenAction << /S /JavaScript /JS (x) >>'), 'latin1'))).status, 415);
	assert.deepEqual(faults(await picture(good.no, said(number(), says.fen))), ['/number'], 'the number stands in its name only');
	assert.deepEqual(faults(await picture(good.no, said(good.no, says.fen + 1))), ['/total']);
	assert.deepEqual(faults(await picture(good.no, files.pdf())), ['/number', '/total']);
	const whole = (await picture(good.no)).json;
	assert.equal(whole.pdf, true);

	const since = spool.now();
	const sent = (await step(whole, 'deliver')).json;
	assert.equal(sent.state, 'delivered');
	assert.equal((await step(whole, 'deliver')).status, 412);
	const sms = await spool.wait(w.case.agent.phone, since, (m) => m.template === 'invoice');
	const [, link, code] = /\/f#([\w-]{22}) 提取码(\d{6})/.exec(sms.text);
	assert.ok(!sms.text.includes(says.title));
	const stored = sql(`SELECT HEX(CONCAT(link_hash, code_hash, xml_sealed, pdf_sealed)) FROM invoice WHERE id=${v.id}`);
	for (const clear of [link, code, good.no]) assert.ok(!stored.includes(Buffer.from(clear).toString('hex').toUpperCase()), clear);

	/* By the link: no session; each file is what came in. */
	const guest = new Client();
	const open = (body) => guest.post('/api/invoices/open', body);
	const seen = (await open({ link, code })).json;
	assert.equal(seen.number, good.no);
	assert.equal(seen.no, w.no);
	const xml = await open({ link, code, file: 'xml' });
	assert.deepEqual(xml.body, good.xml);
	assert.match(xml.headers['content-disposition'], /attachment; .*filename\*=UTF-8''%E7%94%B5%E5%AD%90%E5%8F%91%E7%A5%A8/);
	assert.match(xml.headers['content-security-policy'], /sandbox/);
	assert.deepEqual((await open({ link, code, file: 'pdf' })).body, pdf);
	assert.equal(sql(`SELECT COUNT(*) FROM audit WHERE object='${w.no}' AND action='invoice_file'`), '2');
	assert.equal(sql(`SELECT COUNT(*) FROM audit WHERE object='${w.no}' AND action='invoice_look'`), '3');

	/* By the owner, and nobody else. */
	assert.deepEqual((await w.owner.want(200, 'GET', `${w.url}/invoice/xml`)).body, good.xml);
	assert.deepEqual((await w.owner.want(200, 'GET', `${w.url}/invoice/pdf`)).body, pdf);
	assert.equal((await w.owner.request('GET', `${w.url}/invoice/exe`, { loose: true })).status, 404);
	const other = await applicant();
	for (const part of ['', '/xml', '/pdf']) assert.equal((await other.get(`${w.url}/invoice${part}`)).status, 404);
	assert.equal((await other.post(`${w.url}/invoice`, undefined, { key: key() })).status, 404);

	/* The owner asks again: the link before is dead, also with its right code. */
	const mark = spool.now();
	await w.owner.want(200, 'POST', `${w.url}/invoice`, undefined, { key: key() });
	const fresh = await spool.wait(w.case.agent.phone, mark, (m) => m.template === 'invoice');
	const [, link2, code2] = /\/f#([\w-]{22}) 提取码(\d{6})/.exec(fresh.text);
	assert.equal((await open({ link, code })).status, 404);

	/* Wrong codes: nine are forgiven by a right one, ten are not. */
	const bad = code2 === '000000' ? '000001' : '000000';
	for (let i = 0; i < 9; i++) assert.equal((await open({ link: link2, code: bad })).status, 404);
	assert.equal((await open({ link: link2, code: code2 })).status, 200);
	for (let i = 0; i < 10; i++) assert.equal((await open({ link: link2, code: bad })).status, 404);
	const locked = await open({ link: link2, code: code2 }), unknown = await open({ link: 'A'.repeat(22), code: code2 });
	assert.equal(locked.status, 404, 'tries are not limited');
	assert.equal(locked.json.detail, unknown.json.detail);

	/* Past its time. */
	const late = spool.now();
	await w.owner.want(200, 'POST', `${w.url}/invoice`, undefined, { key: key() });
	const [, link3, code3] = /\/f#([\w-]{22}) 提取码(\d{6})/.exec((await spool.wait(w.case.agent.phone, late, (m) => m.template === 'invoice')).text);
	assert.equal((await open({ link: link3, code: code3 })).status, 200);
	sql(`UPDATE invoice SET link_ends_at=UNIX_TIMESTAMP()-1 WHERE id=${v.id}`);
	assert.equal((await open({ link: link3, code: code3 })).status, 404);
	for (let i = 0; i < 3; i++) await w.owner.want(200, 'POST', `${w.url}/invoice`, undefined, { key: key() });
	assert.equal((await w.owner.post(`${w.url}/invoice`, undefined, { key: key() })).status, 429, 'messages are not limited');
});

test('found by buyer and sum when only one fits; a number is taken once; reversed, the next is due', async () => {
	const owner = await applicant();
	const a = await completed({ owner });
	const plain = invoice({ ...a.says, title: a.says.title.replace(/（/g, '(').replace(/）/g, ')') });
	const taken = (await bring(plain.xml)).json;
	assert.equal(taken.no, a.w.no);
	const b = await completed();
	const again = await bring(invoice({ ...b.says, no: plain.no }).xml, `?no=${b.w.no}`);
	assert.equal(again.status, 409, 'a number of another case was taken');
	assert.match(again.json.detail, new RegExp(a.w.no));
	assert.deepEqual(faults(await bring(invoice({ ...b.says, remark: `${a.w.no} ${b.w.no}` }).xml)), ['/no']);
	assert.deepEqual(faults(await bring(invoice({ ...b.says, fen: b.says.fen + 10000 }).xml)), ['/no'], 'no case of that sum');

	const red = number();
	assert.equal((await step(b.v, 'reverse', { number: red, reason: '抬头有误' })).status, 409, 'nothing to reverse yet');
	assert.deepEqual(faults(await step(taken, 'reverse', { number: '123', reason: '抬头有误' })), ['/number']);
	assert.deepEqual(faults(await step(taken, 'reverse', { number: plain.no, reason: '抬头有误' })), ['/number']);
	assert.deepEqual(faults(await step(taken, 'reverse', { number: red })), ['/reason']);
	const gone = (await step(taken, 'reverse', { number: red, reason: '抬头有误𠮷' })).json;
	assert.equal(gone.state, 'reversed');
	assert.equal(gone.red_number, red);
	assert.ok(gone.red_by && gone.red_at);
	assert.equal((await step(gone, 'reverse', { number: number(), reason: '再来一次' })).status, 409);
	const next = await due(a.w.no);
	assert.notEqual(next.id, taken.id);
	assert.equal((await bring(plain.xml, `?no=${a.w.no}`)).status, 409, 'a reversed invoice came back');
	assert.equal((await bring(invoice({ ...a.says, no: red }).xml, `?no=${a.w.no}`)).status, 409, 'a red number was taken as an invoice');
	const proper = (await bring(invoice(a.says).xml, `?no=${a.w.no}`)).json;
	assert.equal(proper.id, next.id);
	assert.equal((await owner.want(200, 'GET', `${a.w.url}/invoice`)).json.number, proper.number);

	/* All of the money went back: a red letter is asked for. */
	sql(`UPDATE application SET paid_fen=0 WHERE no='${a.w.no}'`);
	assert.ok((await list('to_reverse')).some((v) => v.id === proper.id && v.to_reverse));
	await step(proper, 'reverse', { number: number(), reason: '已全额退款' });
	assert.equal(sql(`SELECT COUNT(*) FROM invoice v JOIN application a ON a.id=v.application_id WHERE a.no='${a.w.no}' AND v.state='due'`), '0', 'due for no money');
	sql(`UPDATE application SET paid_fen=owed_fen WHERE no='${a.w.no}'`);
});

test('what is not an invoice, and what tries to be more, is refused; others have no business here', async () => {
	const w = await begun();
	const a = await bring(invoice({ fen: 60000, title: '某某', remark: w.no }).xml);
	assert.equal(a.status, 409, 'a draft got an invoice');
	const says = { fen: 60000, title: '某某' };
	const laughs = '<!DOCTYPE x [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">' + 'bcdefghij'.split('').map((c, i) => `<!ENTITY ${c} "${`&${'abcdefghi'[i]};`.repeat(10)}">`).join('') + ']>';
	for (const raw of [
		invoice({ ...says, head: '<!DOCTYPE EInvoice>' }).xml, invoice({ ...says, head: laughs, title: '某某' }).xml,
		invoice({ ...says, head: '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>' }).xml,
		Buffer.from('<EInvoice>'), Buffer.from('不是XML'), Buffer.from('<Invoice/>'), Buffer.from('<EInvoice></EInvoice>'), Buffer.concat([invoice(says).xml, invoice(says).xml])
	]) {
		const began = Date.now(), no = await bring(raw);
		assert.equal(no.status, 422, no.body.toString());
		assert.ok(Date.now() - began < 2000);
		assert.ok(no.json.errors.length > 0);
	}
	assert.deepEqual(faults(await bring(invoice(says).xml, '?no=GD00000000')), ['/no']);
	assert.equal((await finance.get(`${PLACE}/999999999`)).status, 404);
	assert.equal((await finance.get(`${PLACE}?state=all`, { loose: true })).status, 422);
	const clerk = await staff('clerk1');
	assert.equal((await bring(invoice(says).xml, '', clerk)).status, 403);
	assert.equal((await bring(invoice(says).xml, '', new Client())).status, 401);
});

test('what is free comes with none', async () => {
	const w = await begun();
	assert.equal((await w.owner.want(200, 'GET', `${w.url}/invoice`)).json.state, 'none');
	assert.equal((await w.owner.post(`${w.url}/invoice`, undefined, { key: key() })).status, 404);
	assert.equal(sql('SELECT COUNT(*) FROM invoice v JOIN application a ON a.id=v.application_id WHERE a.amount_fen=0'), '0');
});
