'use strict';
/* new/org by post, from the first word to the completed case, through every state. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { Client } = require('../lib/client');
const { Journey } = require('../lib/journey');
const { staff } = require('../lib/staff');
const files = require('../lib/files');
const spool = require('../lib/spool');
const data = require('../lib/data');

test('new/org by post', async (t) => {
	let j;
	const before = spool.now();

	await t.test('draft: everything missing is named at once', async () => {
		j = await Journey.draft({ channel: 'post' });
		assert.equal(j.case.turn, 'applicant');
		assert.equal(j.case.due, null);
		const check = (await j.owner.want(200, 'GET', `${j.url}/check`)).json;
		assert.equal(check.complete, false);
		const at = check.errors.map((e) => e.pointer);
		for (const p of ['#/unit/name', '#/unit/uscc', '#/agent/name', '#/agent/id_number', '#/years', '#/delivery/mode']) assert.ok(at.includes(p), `${p} is not asked for: ${at}`);
		const a = await j.owner.want(422, 'POST', `${j.url}/submit`);
		assert.equal(a.json.code, 'invalid');
		assert.deepEqual(a.json.errors.map((e) => e.pointer).sort(), at.sort());
	});

	await t.test('values are folded, and come back as typed otherwise', async () => {
		await j.change({ unit: { name: '广州 (测试)𠮷祥有限公司', uscc: '９1350100m000100y43' }, agent: { name: '买买提•吐尔逊', phone: '+86 138-0000-0000' } });
		assert.equal(j.case.unit.uscc, '91350100M000100Y43');
		assert.match(j.case.unit.name, /（测试）𠮷祥有限公司$/);
		assert.equal(j.case.agent.name, '买买提·吐尔逊');
		assert.equal(j.case.agent.phone, '13800000000');
	});

	await t.test('all faults of a patch are collected and nothing of it is kept', async () => {
		await j.look();
		const version = j.case.version;
		const a = await j.owner.want(422, 'PATCH', j.url, { unit: { uscc: '91350100M000100Y44', phone: 'abc' }, agent: { id_number: '110105194912310021', id_type: 'resident' }, years: 6 }, { match: version });
		const at = a.json.errors.map((e) => e.pointer);
		for (const p of ['#/unit/uscc', '#/unit/phone', '#/years']) assert.ok(at.includes(p), `${p} missing in ${at}`);
		await j.look();
		assert.equal(j.case.version, version);
		assert.equal(j.case.unit.uscc, '91350100M000100Y43');
	});

	await t.test('fill in', async () => {
		await j.fill();
		for (const part of ['unit', 'agent', 'delivery', 'invoice', 'remittance']) {
			for (const [k, v] of Object.entries(j.typed[part])) assert.equal(j.case[part][k], v, `${part}.${k}`);
		}
		assert.equal(j.case.years, 3);
		assert.equal(j.case.amount_fen, 140000);
		assert.equal(j.case.one_seal, true);
		j.keep(await j.owner.want(200, 'POST', `${j.url}/remittance`, { ...j.typed.remittance, bank: '中国工商银行广州分行' }));
		assert.equal(j.case.remittance.bank, '中国工商银行广州分行');
		const pay = (await j.owner.want(200, 'GET', `${j.url}/payment`)).json;
		assert.equal(pay.amount_fen, 140000);
		assert.match(pay.amount_words, /壹仟肆佰元整$/);
		assert.ok(pay.remark.includes(pay.reference) && pay.remark.includes('办理广东政府采购智慧云CA'));
		assert.equal(pay.state, 'waiting', 'paid, the applicant says');
	});

	await t.test('the form: version 1, then changed, then version 2', async () => {
		const one = await j.print();
		assert.equal(one.version, 1);
		assert.ok(one.pages >= 2);
		const first = await j.formPdf();
		await j.change({ unit: { legal_rep: '司马𪚥明' } });
		assert.equal(j.case.state, 'draft', 'a changed case must be printed again');
		assert.equal(j.case.form.current, false);
		const two = await j.print();
		assert.equal(two.version, 2);
		assert.equal(j.case.form.current, true);
		assert.deepEqual((await j.owner.want(200, 'GET', `${j.url}/form.pdf?version=1`)).body, first, 'version 1 has changed');
	});

	await t.test('upload', () => j.upload({ copies: 1 }));

	await t.test('submit', async () => {
		await j.submit();
		assert.equal(j.case.turn, 'ca');
		assert.ok(j.case.submitted_at);
		await spool.wait(j.owner.phone, before, (m) => m.template !== 'otp' && m.text.includes(j.no.slice(-4)));
		const a = await j.owner.want(409, 'PATCH', j.url, { years: 2 }, { match: j.case.version });
		assert.equal(a.json.code, 'state');
	});

	await t.test('claim, one verdict fails: 一次性告知', async () => {
		await j.claim();
		const reason = await j.fail('m2');
		const early = await (await staff('clerk1')).post(`${j.desk}/accept`, undefined, { match: j.staffCase.version });
		assert.equal(early.status, 409, 'accepted with a failed material');
		await j.sendBack();
		assert.equal(j.case.turn, 'applicant');
		assert.deepEqual(j.case.corrections.items.map((i) => i.material), ['m2']);
		assert.equal(j.case.corrections.items[0].reasons[0].code, reason.code);
		assert.equal(j.case.corrections.items[0].areas[0].x, 6000);
		assert.ok(j.case.corrections.until);
	});

	await t.test('only what failed is open', async () => {
		const a = await require('../lib/tus').create(j.owner, 100, { application: j.no, material: 'm3', filename: 'x.png', filetype: 'image/png' });
		assert.equal(a.status, 409, 'a material that passed takes a new file');
		const b = await j.owner.want(422, 'POST', `${j.url}/submit`);
		assert.ok(b.json.errors.some((e) => e.pointer.includes('m2')), JSON.stringify(b.json.errors));
	});

	await t.test('corrected and submitted again', async () => {
		await j.put('m2', '营业执照（重新盖章）.png', 'image/png', files.png());
		await j.submit();
	});

	await t.test('second round: pass and accept', async () => {
		await j.claim();
		await j.pass();
		await j.accept();
		assert.equal(j.case.turn, 'applicant');
		assert.equal(j.case.due, null, 'no date before the last gate');
		const open = Object.fromEntries(j.case.gates.map((g) => [g.name, g.closed_at !== null]));
		assert.deepEqual(open, { scans: true, originals: false, money: false });
	});

	await t.test('approval must wait for the gates', async () => {
		const c = await staff('reviewer1');
		const now = await c.want(200, 'GET', j.desk);
		assert.equal((await c.post(`${j.desk}/approve`, undefined, { match: now.json.version })).status, 409);
	});

	await t.test('originals, short by one, then all', async () => {
		await j.act('desk1', 'originals', { items: [{ material: 'm1', copies: 1 }] });
		await j.look();
		assert.equal(j.case.gates.find((g) => g.name === 'originals').closed_at, null);
		await j.originals();
		await j.look();
		assert.ok(j.case.gates.find((g) => g.name === 'originals').closed_at);
		assert.equal(j.case.state, 'accepted');
	});

	await t.test('money: part, then the rest closes the last gate', async () => {
		await j.money('finance1', { amount_fen: 40000 });
		let pay = (await j.owner.want(200, 'GET', `${j.url}/payment`)).json;
		assert.deepEqual([pay.state, pay.received_fen, pay.due_fen], ['partial', 40000, 100000]);
		await j.money('finance1');
		pay = (await j.owner.want(200, 'GET', `${j.url}/payment`)).json;
		assert.deepEqual([pay.state, pay.received_fen, pay.due_fen], ['paid', 140000, 0]);
		await j.become('second_review');
		const last = j.case.gates.map((g) => g.closed_at).sort().pop();
		const due = (await j.owner.want(200, 'GET', `/api/due?service=new&channel=post&from=${last}`)).json;
		assert.equal(j.case.due, due.due);
	});

	await t.test('second approval by another person', () => j.approve());

	await t.test('production', async () => {
		const list = (await (await staff('producer1')).want(200, 'GET', '/api/staff/production?limit=100')).json.items;
		assert.ok(list.length, 'nothing to produce');
		await j.produce();
		assert.equal(j.staffCase.certificates.length, 1);
	});

	await t.test('sent, delivered, completed', async () => {
		await j.send();
		const sms = await spool.wait(j.owner.phone, before, (m) => m.text.includes(j.waybill));
		assert.ok([...sms.text].length <= 70, sms.text);
		await j.delivered();
		assert.equal(j.case.turn, 'nobody');
	});

	await t.test('the story can be told', async () => {
		const status = (await j.owner.want(200, 'GET', `${j.url}/status`)).json;
		for (const k of ['no', 'state', 'version', 'turn', 'turn_text', 'due', 'gates']) assert.deepEqual(status[k], j.case[k], k);
		const events = (await j.owner.want(200, 'GET', `${j.url}/events`)).json.items.reverse(); /* the newest comes first */
		const states = events.map((e) => e.state).filter((s, i, all) => s !== all[i - 1]);
		const want = ['draft', 'printed', 'draft', 'printed', 'submitted', 'reviewing', 'returned', 'submitted', 'reviewing', 'accepted', 'second_review', 'approved', 'produced', 'sent', 'completed'];
		assert.deepEqual(states, want);
		for (let i = 1; i < events.length; i++) assert.ok(events[i].at >= events[i - 1].at, 'out of order');
		assert.doesNotMatch(JSON.stringify(events), /clerk1|reviewer1|finance1/, 'accounts of staff are shown');
		const messages = (await j.owner.want(200, 'GET', `${j.url}/messages`)).json.items;
		assert.ok(messages.length >= 5, `${messages.length} messages`);
		for (const m of messages) assert.ok([...m.text].length <= 70, m.text);
	});

	await t.test('the tracker: number, phone, code', async () => {
		const v = new Client();
		for (const phone of [j.owner.phone]) {
			const code = await v.askCode(phone, 'track');
			const a = await v.want(200, 'POST', '/api/track', { no: j.no.toLowerCase(), phone, code });
			assert.equal(a.json.state, 'completed');
			assert.equal(a.json.waybill, j.waybill);
			const text = JSON.stringify(a.json);
			for (const secret of [j.typed.unit.name, j.typed.agent.name, j.typed.agent.id_number, phone, j.typed.remittance.payer_account]) assert.ok(!text.includes(secret), `the tracker shows ${secret}`);
		}
		const other = data.phone();
		const code = await v.askCode(other, 'track');
		const b = await v.post('/api/track', { no: j.no, phone: other, code });
		const code2 = await v.askCode(data.phone(), 'track').catch(() => '123456');
		const d = await v.post('/api/track', { no: 'ZY20260101999999A', phone: other, code: code2 });
		assert.ok([401, 404].includes(b.status) && [401, 404, 422].includes(d.status), `${b.status} ${d.status}`);
	});

	await t.test('the list shows it', async () => {
		const list = (await j.owner.want(200, 'GET', '/api/applications')).json;
		assert.equal(list.items[0].no, j.no);
		assert.equal(list.items[0].unit_name, j.typed.unit.name);
	});
});
