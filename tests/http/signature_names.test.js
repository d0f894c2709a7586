'use strict';
/* Whose certificate it is (step 11): the name and the numbers in a certificate that signed well, against the row of the
 * register that its serial leads to. */
const test = require('node:test');
const assert = require('node:assert/strict');
const data = require('../lib/data');
const { Client, key } = require('../lib/client');
const { Authority } = require('../lib/authority');
const { applicant } = require('../lib/journey');
const { Walk } = require('../lib/walk');
const { forget } = require('../lib/rates');
const { subject, certificate, bring } = require('../lib/certificates');

let authority, owner;
test.before(async () => {
	authority = new Authority('p256', 'names');
	authority.trust();
	owner = await applicant();
});

/* A row of the register, and a certificate of its serial that says what `in_certificate` makes of the row's subject. */
function known(holder, inCertificate) {
	const whose = subject(holder, owner.phone);
	const serial = '4D' + data.serial().slice(2);
	bring([certificate(whose, { sign_serial: serial })]);
	return authority.person({ serial, ...inCertificate(whose) });
}

async function signIn(who) {
	forget();
	const guest = new Client();
	forget();
	const c = (await guest.want(201, 'POST', '/api/session/challenge')).json;
	const a = await guest.post('/api/session/certificate', { nonce: c.nonce, signature: authority.sign(who, c.text) });
	return a.status === 201 ? 'good' : a.json.errors[0].code;
}

const halfWidth = (text) => text.replace(/（/g, '(').replace(/）/g, ')');
const uscc = (value) => `1.2.156.10260.4.1.4=ASN1:UTF8String:${value}\n`;
const idNumber = (value) => `1.2.156.10260.4.1.1.1=ASN1:UTF8String:${value}\n`;

const units = {
	'the same': [(u) => ({ O: u.name }), 'good'],
	'brackets of half width': [(u) => ({ O: halfWidth(u.name) }), 'good'],
	'with blanks': [(u) => ({ O: u.name.replace('（', ' （') }), 'good'],
	'a unit and its person': [(u) => ({ O: u.name, CN: '张𠮷' }), 'good'],
	'the name twice': [(u) => ({ O: [u.name, u.name] }), 'other_name'],
	'another name first': [(u) => ({ O: ['广州另一家有限公司', u.name] }), 'other_name'],
	'another name last': [(u) => ({ O: [u.name, '广州另一家有限公司'], CN: u.name }), 'other_name'],
	'no name of a unit': [(u) => ({ CN: u.name }), 'other_name'],
	'another unit': [() => ({ O: '广州另一家有限公司' }), 'other_name'],
	'a character that looks alike': [(u) => ({ O: u.name.replace('𠮷', '吉') }), 'other_name'],
	'its compatible form': [(u) => ({ O: u.name.replace('公司', '公司\u2F00') }), 'other_name'],
	'a letter that looks alike': [(u) => ({ O: u.name.replace('数据', '数据А') }), 'other_name'],
	'without brackets': [(u) => ({ O: u.name.replace(/[（）]/g, '') }), 'other_name'],
	'有限责任公司': [(u) => ({ O: u.name.replace('有限公司', '有限责任公司') }), 'other_name'],
	'its own credit code': [(u) => ({ O: u.name, extra: uscc(u.uscc) }), 'good'],
	'another credit code': [(u) => ({ O: u.name, extra: uscc(data.uscc()) }), 'other_name'],
	'another credit code where 2023 wants it': [(u) => ({ O: u.name, extra: uscc(data.uscc()).replace('4.1.4', '4.4') }), 'other_name'],
	'another number that is none': [(u) => ({ O: u.name, extra: uscc('440101000012345') }), 'good'],
};

for (const [what, [make, want]] of Object.entries(units)) {
	test(`a unit, ${what}: ${want}`, async () => assert.equal(await signIn(known('org', (s) => make(s.unit))), want));
}

test('a name written as BMPString is the same name', async () => {
	const whose = subject('org', owner.phone);
	whose.unit.name = whose.unit.name.replace('𠮷', '吉'); /* what BMPString can say */
	const serial = '4D' + data.serial().slice(2);
	bring([certificate(whose, { sign_serial: serial, seal_name: whose.unit.name })]);
	const who = authority.person({ serial, O: whose.unit.name, strings: 'MASK:0x800' });
	assert.match(String(authority.openssl('asn1parse', '-in', `${who.name}.pem`)), /BMPSTRING/);
	assert.equal(await signIn(who), 'good');
	const other = '4D' + data.serial().slice(2);
	bring([certificate(subject('org', owner.phone), { sign_serial: other })]);
	assert.equal(await signIn(authority.person({ serial: other, O: whose.unit.name, strings: 'MASK:0x800' })), 'other_name');
});

const persons = {
	'the same': [(p) => ({ CN: p.name }), 'good'],
	'another name': [() => ({ CN: '李四' }), 'other_name'],
	'another name behind it': [(p) => ({ CN: `${p.name}/CN=李四` }), 'other_name'],
	'own identity number': [(p) => ({ CN: p.name, extra: idNumber(p.id_number) }), 'good'],
	'another identity number': [(p) => ({ CN: p.name, extra: idNumber(data.resident()) }), 'other_name'],
};

for (const [what, [make, want]] of Object.entries(persons)) {
	test(`a person, ${what}: ${want}`, async () => assert.equal(await signIn(known('ind', (s) => make(s.person))), want));
}

/* A person inside a unit: the unit must be right and the person too. */
const reps = {
	'the same': [(s) => ({ O: s.unit.name, CN: s.person.name }), 'good'],
	'with both numbers': [(s) => ({ O: s.unit.name, CN: s.person.name, extra: uscc(s.unit.uscc) + idNumber(s.person.id_number) }), 'good'],
	'another person of the unit': [(s) => ({ O: s.unit.name, CN: '李䶮' }), 'other_person'],
	'a character that looks alike': [(s) => ({ O: s.unit.name, CN: s.person.name + '𠮷' }), 'other_person'],
	'another name behind it': [(s) => ({ O: s.unit.name, CN: `${s.person.name}/CN=李四` }), 'other_person'],
	'the unit itself': [(s) => ({ O: s.unit.name, CN: s.unit.name }), 'other_person'],
	'another identity number': [(s) => ({ O: s.unit.name, CN: s.person.name, extra: idNumber(data.resident()) }), 'other_person'],
	'the person in another unit': [(s) => ({ O: '广州另一家有限公司', CN: s.person.name }), 'other_name'],
	'the person without a unit': [(s) => ({ CN: s.person.name }), 'other_name'],
};

for (const [what, [make, want]] of Object.entries(reps)) {
	test(`a person of a unit, ${what}: ${want}`, async () => assert.equal(await signIn(known('rep', make)), want));
}

test('a case of a person of a unit is signed by that person', async () => {
	const mine = await applicant();
	const whose = subject('rep', mine.phone);
	const serial = '4D' + data.serial().slice(2);
	const old = bring([certificate(whose, { sign_serial: serial, not_after: data.today(60) })]);
	const w = await Walk.begin({ service: 'renew', holder: 'rep', channel: 'online', owner: mine, subject: whose, old, years: 1 });
	await w.fill();
	await w.handIn();
	const challenge = async () => (await mine.want(201, 'POST', `${w.url}/challenge`, undefined, { key: key() })).json;
	const send = (status, c, who) => mine.want(status, 'POST', `${w.url}/signature`, { nonce: c.nonce, signature: authority.sign(who, c.text) });
	const c = await challenge();
	const a = await send(422, c, authority.person({ serial, O: whose.unit.name, CN: '李䶮' }));
	assert.deepEqual(a.json.errors.map((e) => [e.pointer, e.code]), [['#/signature', 'other_person']]);
	assert.match(a.json.errors[0].detail, /本人/);
	await w.look();
	assert.equal(w.gate('signature').closed_at, null);
	w.keep(await send(200, c, authority.person({ serial, O: whose.unit.name, CN: whose.person.name })));
	assert.ok(w.gate('signature').closed_at);
});

test('the serial of another authority is not enough', async () => {
	const other = new Authority('p256', 'others');
	other.trust();
	const whose = subject('org', owner.phone);
	const serial = '4D' + data.serial().slice(2);
	bring([certificate(whose, { sign_serial: serial })]);
	const stranger = other.person({ serial, O: '广州另一家有限公司' });
	forget();
	const guest = new Client();
	const c = (await guest.want(201, 'POST', '/api/session/challenge')).json;
	const a = await guest.want(422, 'POST', '/api/session/certificate', { nonce: c.nonce, signature: other.sign(stranger, c.text) });
	assert.equal(a.json.errors[0].code, 'other_name');
});
