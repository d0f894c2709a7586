'use strict';
/* Any service, holder and channel, from draft to completed, by the catalogue alone: what is typed comes from route.fields,
 * what is uploaded from the case's materials, what staff do from its gates.  Nothing here knows a service by its code.
 *   const w = await Walk.begin({ service, holder, channel, owner, subject, old: [rows of certificates.js] });
 *   await w.fill(); await w.handIn(); await w.accepted(); await w.closeGates(); await w.decided(); await w.finish();
 *   await w.all()                               all of it */
const assert = require('node:assert/strict');
const data = require('./data');
const files = require('./files');
const { key } = require('./client');
const { staff } = require('./staff');
const { Journey, catalog } = require('./journey');

/* 29 February of a year that has none is the 28th. */
function addYears(day, years) {
	const [y, m, d] = day.split('-').map(Number);
	const last = new Date(Date.UTC(y + years, m, 0)).getUTCDate();
	return `${y + years}-${String(m).padStart(2, '0')}-${String(Math.min(d, last)).padStart(2, '0')}`;
}

function put(object, pointer, value) {
	const parts = pointer.slice(1).split('/');
	const last = parts.pop();
	let at = object;
	for (const p of parts) at = at[p] ||= {};
	at[last] = value;
}

class Walk extends Journey {
	/* old: certificates it is about; signer: the one that signs when there is none; years, count, reason, changes as wanted. */
	static async begin(options) {
		const w = new Walk(options.owner);
		Object.assign(w, { years: 2, count: options.old ? options.old.length : 1 }, options);
		w.route = await Walk.routeOf(options);
		w.keep(await w.owner.want(201, 'POST', '/api/applications', { service: w.service, holder: w.holder, channel: w.channel }, { key: key() }));
		assert.equal(w.case.state, 'draft');
		return w;
	}

	static async routeOf({ service, holder, channel }) {
		const s = (await catalog()).services.find((x) => x.code === service);
		return s && s.routes.find((r) => r.holder === holder && r.channel === channel);
	}

	has(pointer) {
		return this.route.fields.some((f) => f.pointer === pointer);
	}

	payer() {
		return this.holder === 'ind' ? this.subject.person.name : this.subject.unit.name;
	}

	async value(pointer) {
		const cat = await catalog(), s = this.subject;
		const [, part, member] = pointer.split('/');
		const kind = cat.unit_kinds[0];
		const cause = this.reason || (cat.causes.find((c) => c.services.includes(this.service)) || {}).code;
		const to = { name: s.agent.name, phone: s.agent.phone, province: '广东省', city: '广州市', district: '越秀区', address: '青龙坊38号䶮楼2层' };
		const values = {
			unit: { kind: kind.code, licence_kind: kind.licences[0].code, ...s.unit }, person: s.person, agent: s.agent, years: this.years, reason: cause,
			change: { items: this.changes || [cat.change_items.find((c) => c.holders.includes(this.holder) && /seal/.test(c.code)).code], before: '旧章䶮', after: '新章𠮷' },
			invoice: { kind: 'normal', title: this.payer(), tax_number: s.unit ? s.unit.uscc : undefined },
			delivery: this.channel === 'counter' ? { mode: 'pickup', branch: await this.branch() } : { mode: 'courier', ...to },
			remittance: this.channel === 'post' ? { payer_name: this.payer(), payer_account: data.account(), bank: '中信银行广州花园支行', paid_on: data.today(), amount_fen: 100 } : {},
		};
		assert.ok(part in values, `no value for ${pointer}`);
		return member ? values[part][member] : values[part];
	}

	async branch() {
		if (!Walk.counter) Walk.counter = (await this.owner.want(200, 'GET', '/api/branches')).json.items[0].code;
		return Walk.counter;
	}

	async typedOf() {
		const patch = { items: [], one_seal: true, consents: Object.fromEntries(Object.entries((await catalog()).consents).map(([k, v]) => [k, v.version])) };
		for (const f of this.route.fields) {
			if (f.pointer.startsWith('/items')) continue;
			const v = await this.value(f.pointer);
			if (v !== undefined) put(patch, f.pointer, v);
		}
		for (let i = 0; i < this.count; i++) {
			const line = { seal_kind: this.subject.seal_kind, seal_name: this.subject.seal_name };
			if (this.has('/items/*/old_serial')) line.old_serial = this.old[i].sign_serial;
			patch.items.push(line);
		}
		return patch;
	}

	async fill(more = {}) {
		this.typed = { ...await this.typedOf(), ...more };
		await this.change(this.typed);
	}

	wants(code) {
		return this.case.materials.some((m) => m.code === code && m.required);
	}

	/* Form and scans, as far as the route wants any; then submitted.  seals: false, a photograph of nothing for the form, which
	 * is looked at sooner; nobody accepts it. */
	async handIn({ seals = true } = {}) {
		await this.look();
		if (this.wants('m1')) {
			await this.print();
			if (seals) await this.putForm();
			else await this.put('m1', '申请表（盖章）.jpg', 'image/jpeg', files.jpeg());
		}
		for (const m of this.case.materials.filter((x) => x.required && x.code !== 'm1')) await this.put(m.code, `${m.name}𠮷.jpg`, 'image/jpeg', files.jpeg());
		await this.submitted();
	}

	async submitted() {
		await this.look();
		this.keep(await this.owner.want(200, 'POST', `${this.url}/submit`, undefined, { key: key(), match: this.case.version }));
	}

	gate(name) {
		return this.case.gates.find((g) => g.name === name);
	}

	/* First review, where people review. */
	async accepted() {
		await this.look();
		if (this.case.state !== 'submitted' || !this.gate('scans')) return;
		await this.claim();
		await this.pass();
		await this.act(this.reviewer, 'accept');
		await this.look();
	}

	async originals(user = 'desk1') {
		const paper = this.route.materials.filter((m) => m.original && this.case.materials.some((x) => x.code === m.code));
		await this.act(user, 'originals', { items: paper.map((m) => ({ material: m.code, copies: m.copies })) });
	}

	async money(user = 'finance1', more = {}) {
		const pay = (await this.owner.want(200, 'GET', `${this.url}/payment`)).json;
		const how = this.channel === 'counter' ? { method: 'counter', bank_serial: 'R' + data.digits(14) } : { method: 'transfer', bank_serial: 'B' + data.digits(16), payer_account: data.account() };
		return this.act(user, 'payments', { payer_name: this.payer(), amount_fen: pay.due_fen, value_date: data.today(), ...how, ...more }, { status: 201 });
	}

	async token() {
		for (const c of this.old) await this.act('desk1', 'token', { serial: c.token_serial });
	}

	async signature() {
		await this.act('clerk2', 'signature', { serial: (this.signer || this.old[0]).sign_serial });
	}

	async closeGates() {
		await this.look();
		const open = this.case.gates.filter((g) => !g.closed_at).map((g) => g.name);
		assert.ok(!open.includes('scans'), 'the scans were not accepted');
		for (const name of open) {
			if (!['accepted', 'submitted'].includes(this.case.state)) assert.fail(`${name} is open in ${this.case.state}`);
			await this[name]();
		}
		await this.look();
		for (const g of this.case.gates) assert.ok(g.closed_at, `${g.name} is still open`);
	}

	async decided() {
		await this.look();
		if (this.case.state === 'second_review') await this.act(this.approver, 'approve');
		await this.look();
	}

	/* From what is typed to approved. */
	async byPeople() {
		await this.handIn();
		await this.accepted();
		await this.closeGates();
		await this.decided();
	}

	/* The last day of what is made for the line, by the service's effect as production must know it. */
	async produce(user = 'producer1', last = () => addYears(data.today(), this.years)) {
		this.made = [];
		for (let item = 1; item <= this.count; item++) {
			const day = last(this.old && this.old[item - 1]);
			const body = day ? { sign_serial: data.serial(), enc_serial: data.serial(), not_before: data.today(), not_after: day, token_serial: 'N' + data.digits(11) } : {};
			await this.act(user, '', { no: this.no, item, ...body }, { url: '/api/staff/production' });
			if (!day) break;
			this.made.push({ ...body });
		}
		await this.look();
	}

	async finish(last) {
		if (this.case.state === 'approved') await this.produce('producer1', last);
		if (this.case.state === 'produced' && this.case.delivery.mode === 'pickup') {
			await this.ready();
			await this.handed();
		} else if (this.case.state === 'produced') {
			await this.send();
			await this.delivered();
		}
		if (this.case.state === 'installing') this.keep(await this.owner.want(200, 'POST', `${this.url}/installed`, undefined, { key: key(), match: this.case.version }));
	}

	async handed(user = 'desk1') {
		const { name, id_type, id_number } = this.holder === 'ind' ? this.subject.person : this.subject.agent;
		await this.act(user, '', { no: this.no, step: 'handed', collector: name, id_kind: id_type, id_tail: id_number.slice(-4), id_seen: true }, { url: '/api/staff/pickups' });
		await this.look();
	}

	async all(last) {
		await this.fill();
		await this.handIn();
		await this.accepted();
		await this.closeGates();
		await this.decided();
		await this.finish(last);
		assert.equal(this.case.state, 'completed');
	}
}

/* Staff sign in one after the other, before walks that go side by side. */
async function everybody() {
	for (const u of ['clerk1', 'clerk2', 'reviewer1', 'producer1', 'finance1', 'desk1', 'auditor1']) await staff(u);
}

/* n of them at a time. */
async function sideBySide(list, n, work) {
	const faults = [];
	const rest = list.map((x) => x);
	await Promise.all(Array.from({ length: n }, async () => {
		for (let x; (x = rest.shift()) !== undefined;) await work(x).catch((e) => faults.push(`${x.name || JSON.stringify(x)}: ${e.message}`));
	}));
	return faults;
}

module.exports = { Walk, addYears, everybody, sideBySide };
