'use strict';
/* The way of a case, step by step; each step is what the pages do, and ends in the state of its name.
 *   const j = await Journey.draft({ channel: 'post' }); await j.fill(); await j.print(); await j.upload(); await j.submit();
 *   await j.claim(); await j.pass(); await j.accept(); …                    or: await Journey.to('accepted')
 * j.owner is the applicant's client, j.no the number, j.case the case as last seen by him. */
const assert = require('node:assert/strict');
const data = require('./data');
const files = require('./files');
const seals = require('./seals');
const tus = require('./tus');
const { Client, key } = require('./client');
const { staff } = require('./staff');
const { sql } = require('./sql');

let catalogue;
async function catalog() {
	if (!catalogue) catalogue = (await new Client().want(200, 'GET', '/api/catalog')).json;
	return catalogue;
}

async function applicant(phone = data.phone()) {
	const c = new Client();
	await c.signIn(phone);
	return c;
}

class Journey {
	constructor(owner) {
		this.owner = owner;
		this.reviewer = 'clerk1';
		this.approver = 'reviewer1';
	}

	static async draft({ owner, service = 'new', holder = 'org', channel = 'post' } = {}) {
		const j = new Journey(owner || await applicant());
		const a = await j.owner.want(201, 'POST', '/api/applications', { service, holder, channel }, { key: key() });
		j.keep(a);
		j.channel = channel;
		assert.equal(j.case.state, 'draft');
		return j;
	}

	/* Everything up to a state, the short way.  quick: by a jump to accepted or approved; seals: as in walk.js; who: as in data.org. */
	static async to(state, options = {}) {
		const j = await Journey.draft(options);
		const steps = [
			['draft', () => j.fill({}, options.who)], ['filled', () => j.print()], ['printed', () => j.upload(options)], ['uploaded', () => j.submit()],
			['submitted', () => j.claim()], ['reviewing', async () => { await j.pass(); await j.accept(); }],
			['accepted', async () => { await j.originals(); await j.money(); }], ['second_review', () => j.approve()],
			['approved', () => j.produce()], ['produced', () => j.channel === 'counter' ? j.ready() : j.send()],
			['sent', () => j.delivered()],
		];
		if (j.channel === 'counter') steps.splice(-1, 1, ['ready', () => j.handed()]);
		if (options.quick) {
			const at = ['accepted', 'second_review'].includes(state) ? 'accepted' : 'approved';
			await j.fill();
			await j.jump(at);
			steps.splice(0, steps.findIndex(([name]) => name === at));
		}
		for (const [name, step] of steps) {
			if (name === state) return j;
			await step();
		}
		assert.equal(state, 'completed', `no such state: ${state}`);
		return j;
	}

	get url() { return `/api/applications/${this.no}`; }
	get desk() { return `/api/staff/applications/${this.no}`; }

	keep(answer) {
		this.case = answer.json;
		this.no = answer.json.no;
		assert.equal(answer.etag, `"${answer.json.version}"`, 'ETag is the version');
		return this.case;
	}

	async look() {
		return this.keep(await this.owner.want(200, 'GET', this.url));
	}

	async become(state) {
		await this.look();
		assert.equal(this.case.state, state, `${this.no} is ${this.case.state}`);
	}

	async change(patch) {
		await this.look();
		return this.keep(await this.owner.want(200, 'PATCH', this.url, patch, { match: this.case.version }));
	}

	async fill(more = {}, who = {}) {
		const cat = await catalog();
		this.typed = data.org(cat, { phone: this.owner.phone, ...who });
		if (this.channel === 'counter') {
			const branches = (await this.owner.want(200, 'GET', '/api/branches')).json.items;
			this.typed.delivery = { mode: 'pickup', branch: branches[0].code };
		}
		Object.assign(this.typed, more);
		await this.change(this.typed);
	}

	async print() {
		await this.look();
		const a = await this.owner.want(201, 'POST', `${this.url}/form`, undefined, { key: key(), match: this.case.version });
		this.form = a.json;
		await this.become('printed');
		return a.json;
	}

	async formPdf() {
		const a = await this.owner.want(200, 'GET', `${this.url}/form.pdf`);
		assert.equal(a.body.subarray(0, 5).toString('latin1'), '%PDF-');
		return a.body;
	}

	/* The form as it comes back, with its seals: so many copies of it, or (0) only what the seals are taken from, which is much less work. */
	async putForm(name = '申请表（盖章）', { copies = 0 } = {}) {
		const { end, type, bytes } = copies ? seals.stamped(await this.formPdf(), copies) : seals.scanned(await this.formPdf());
		return this.put('m1', `${name}.${end}`, type, bytes);
	}

	async put(material, filename, filetype, bytes) {
		await tus.upload(this.owner, this.no, material, filename, filetype, bytes);
		return this.settled(material, filename);
	}

	/* All that the case has for the material, byte for byte; then taken away. */
	async kept(material, ...wanted) {
		await this.settled(material);
		const list = (await this.owner.want(200, 'GET', `${this.url}/attachments`)).json.filter((a) => a.material === material);
		const got = [];
		for (const a of list) {
			got.push((await this.owner.want(200, 'GET', `/api/attachments/${a.id}`)).body);
			await this.owner.want(204, 'DELETE', `/api/attachments/${a.id}`);
		}
		assert.equal(got.length, wanted.length, `${got.length} files`);
		for (const bytes of wanted) assert.ok(got.some((b) => b.equals(bytes)), 'other bytes came back');
	}

	/* Wait until no file of the material is being checked; the last one, of that name if there is such: those of one second stand in any order. */
	async settled(material, filename) {
		const end = Date.now() + 120000;
		for (;;) {
			const a = await this.owner.want(200, 'GET', `${this.url}/attachments`);
			const list = a.json.filter((x) => x.material === material);
			if (list.length && list.every((x) => x.state !== 'checking')) return list.filter((x) => x.filename === filename).pop() || list[list.length - 1];
			assert.ok(Date.now() < end, `${material} of ${this.no} is still being checked`);
			await new Promise((r) => setTimeout(r, 50));
		}
	}

	/* seals: as in walk.js; copies: as in putForm. */
	async upload({ seals: stamped = true, copies } = {}) {
		if (stamped) await this.putForm(undefined, { copies });
		else await this.put('m1', '申请表（盖章）.jpg', 'image/jpeg', files.jpeg());
		await this.put('m2', '营业执照副本𠮷.png', 'image/png', files.png({ width: 460, height: 640 }));
		await this.put('m3', '经办人身份证.jpg', 'image/jpeg', files.jpeg());
		await this.look();
		if (this.case.materials.some((m) => m.code === 'm6' && m.required)) await this.put('m6', '付款回单.jpg', 'image/jpeg', files.jpeg());
		await this.look();
		for (const m of this.case.materials) {
			if (m.required) assert.equal(m.state, 'uploaded', `${m.code} is ${m.state}`);
		}
	}

	async submit() {
		await this.look();
		this.keep(await this.owner.want(200, 'POST', `${this.url}/submit`, undefined, { key: key(), match: this.case.version }));
		assert.equal(this.case.state, 'submitted');
	}

	/* From what is typed to accepted or approved, for tests of what comes after: without paper, scans, seals and
	 * messages.  What is paid before approval comes as always, so that the books are right. */
	async jump(to = 'approved') {
		await this.look();
		assert.deepEqual([this.case.state, this.case.service], ['draft', 'new'], 'what other services hold at acceptance is not done here');
		const of = `WHERE no='${this.no}'`, id = (user) => `(SELECT id FROM staff WHERE user='${user}')`;
		const now = (state, more) => sql(`UPDATE application SET state='${state}', state_at=UNIX_TIMESTAMP(), version=version+1, ${more} ${of}`);
		const close = (names) => sql(names.map((name) => `INSERT INTO gate (application_id, name, closed_at, closed_by) SELECT id, '${name}', UNIX_TIMESTAMP(), reviewer1 FROM application ${of}`).join(';'));
		now('accepted', `submitted_at=UNIX_TIMESTAMP(), amount_fen=${this.case.amount_fen}, reviewer1=${id(this.reviewer)}`);
		close(['scans']);
		if (to === 'accepted') return this.become('accepted');
		assert.equal(to, 'approved');
		await this.look();
		close(this.case.gates.map((g) => g.name).filter((name) => !['scans', 'money'].includes(name)));
		await this.money();
		await this.become('second_review');
		now('approved', `reviewer2=${id(this.approver)}`);
		return this.become('approved');
	}

	/* One act of staff: version as now, answer is the case. */
	async act(user, what, body, { status = 200, url = `${this.desk}/${what}` } = {}) {
		const c = await staff(user);
		if (what === 'accept' && status === 200) await seals.confirm(this, user);
		if (what === 'approve' && status === 200) await this.rekey(user);
		const now = await c.want(200, 'GET', this.desk);
		const a = await c.want(status, 'POST', url, body, { match: now.json.version, key: key() });
		if (a.status < 300) this.staffCase = a.json;
		return a;
	}

	async claim(user = this.reviewer) {
		await this.act(user, 'claim');
		assert.equal(this.staffCase.claim.mine, true);
		await this.become('reviewing');
	}

	async verdicts(items, user = this.reviewer) {
		await this.act(user, 'verdicts', { items });
	}

	async pass(user = this.reviewer) {
		await this.look();
		const open = this.case.materials.filter((m) => m.files.length || m.required).map((m) => ({ material: m.code, verdict: 'pass' }));
		await this.verdicts(open, user);
	}

	/* One material fails, the others pass. */
	async fail(material, user = this.reviewer) {
		const reason = (await catalog()).reasons.find((r) => r.materials.includes(material));
		assert.ok(reason, `no reason for ${material} in the catalogue`);
		const file = this.case.materials.find((m) => m.code === material).files[0];
		await this.look();
		await this.verdicts(this.case.materials.filter((m) => m.files.length || m.required).map((m) => m.code === material
			? { material, verdict: 'fail', reasons: [reason.code], note: '公章压住了名称里的“䶮”字，请重新盖章后扫描', areas: [{ file: file.id, page: 1, x: 6000, y: 7000, w: 2000, h: 1500 }] }
			: { material: m.code, verdict: 'pass' }), user);
		return reason;
	}

	async sendBack(user = this.reviewer) {
		await this.act(user, 'return', { note: '请在期限内一次改好' });
		await this.become('returned');
	}

	async accept(user = this.reviewer) {
		await this.act(user, 'accept');
		await this.become('accepted');
	}

	async originals(user = 'desk1') {
		const now = await (await staff(user)).want(200, 'GET', this.desk);
		const items = now.json.materials.filter((m) => m.required && m.copies > 0 && m.code !== 'm6').map((m) => ({ material: m.code, copies: m.copies }));
		await this.act(user, 'originals', { items });
	}

	async money(user = 'finance1', more = {}) {
		const pay = (await this.owner.want(200, 'GET', `${this.url}/payment`)).json;
		const body = this.channel === 'counter'
			? { payer_name: this.typed.unit.name, amount_fen: pay.due_fen, value_date: data.today(), bank_serial: 'R' + data.digits(12), method: 'counter' }
			: { payer_name: this.typed.unit.name, payer_account: this.typed.remittance.payer_account, amount_fen: pay.due_fen, value_date: data.today(), bank_serial: 'B' + data.digits(16), method: 'transfer' };
		return this.act(user, 'payments', { ...body, ...more }, { status: 201 });
	}

	/* What the second reviewer would read on the pictures: what the applicant typed, unless told otherwise. */
	async rekey(user = this.approver, more = {}) {
		const c = await staff(user);
		const url = `${this.desk}/rekey`;
		const now = (await c.want(200, 'GET', url)).json;
		if (!now.asked || now.matched) return now;
		await this.look();
		const { unit, person } = this.case;
		const read = { unit_name: unit && unit.name, uscc: unit && unit.uscc, person_name: person && person.name };
		const typed = Object.fromEntries(now.fields.map((f) => [f.name, read[f.name]]));
		return (await c.want(200, 'POST', url, { ...typed, ...more }, { match: this.case.version, key: key() })).json;
	}

	async approve(user = this.approver) {
		await this.become('second_review');
		await this.act(user, 'approve');
		await this.become('approved');
	}

	async produce(user = 'producer1') {
		for (let item = 1; item <= this.case.items.length; item++) {
			await this.act(user, '', { no: this.no, item, sign_serial: data.serial(), enc_serial: data.serial(), not_before: data.today(), not_after: data.today(365 * 3) }, { url: '/api/staff/production' });
		}
		await this.become('produced');
	}

	async send(user = 'desk1') {
		this.waybill = data.waybill();
		await this.act(user, '', { no: this.no, waybill: this.waybill }, { url: '/api/staff/parcels', status: 201 });
		await this.become('sent');
	}

	async delivered(user = 'desk1') {
		await this.act(user, '', undefined, { url: `/api/staff/parcels/${this.waybill}/delivered` });
		await this.become('completed');
	}

	async ready(user = 'desk1') {
		await this.act(user, '', { no: this.no, step: 'ready' }, { url: '/api/staff/pickups' });
		await this.become('ready');
	}

	async handed(user = 'desk1') {
		await this.act(user, '', { no: this.no, step: 'handed', collector: this.typed.agent.name, id_kind: this.typed.agent.id_type, id_tail: this.typed.agent.id_number.slice(-4), id_seen: true }, { url: '/api/staff/pickups' });
		await this.become('completed');
	}
}

module.exports = { Journey, applicant, catalog };
