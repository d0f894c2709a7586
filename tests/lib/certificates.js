'use strict';
/* Certificates that are there before a case begins: imported as the keeper of the portal does it, portalctl and a CSV.
 *   const s = subject('org', phone)            whose: unit, person, agent as the forms want them
 *   const [c] = bring([certificate(s, { not_after })])          rows as in the file
 *   await status(c.sign_serial)                as staff see it now */
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const env = require('./env');
const data = require('./data');
const { staff } = require('./staff');

const COLUMNS = ['holder', 'unit_name', 'uscc', 'unit_address', 'person_name', 'id_number', 'sign_serial', 'enc_serial', 'not_before', 'not_after', 'status',
	'token_serial', 'seal_kind', 'seal_name', 'agent_name', 'agent_id_number', 'agent_phone'];
const cell = (v) => (/[",\n]/.test(v || '') ? `"${v.replace(/"/g, '""')}"` : v || '');

/* All that a case may say about whose certificate it is; names that are nobody else's. */
function subject(holder, phone) {
	const agent = data.person();
	const s = {
		holder,
		agent: { name: agent, id_type: 'resident', id_number: data.resident(), phone, email: `agent${data.digits(6)}@example.cn` },
	};
	if (holder !== 'ind') {
		s.unit = { name: `广州𠮷祥（${data.digits(9)}）数据有限公司`, uscc: data.uscc(), address: `广东省广州市越秀区青龙坊${data.digits(4)}号䶮楼2层`, legal_rep: data.person(), phone: '020-8' + data.digits(7), licence_until: '2040-12-31' };
	}
	if (holder !== 'org') {
		s.person = { name: data.person(), id_type: 'resident', id_number: data.resident(), phone: holder === 'ind' ? phone : data.phone(), email: 'p@example.cn', title: '采购主管', address: '广东省广州市海珠区海洲路38号' };
	}
	s.seal_kind = holder === 'org' ? 'unit' : 'name';
	s.seal_name = holder === 'org' ? s.unit.name : s.person.name;
	return s;
}

function certificate(s, more = {}) {
	const who = s.holder === 'ind' ? s.person : s.agent;
	return {
		holder: s.holder,
		...(s.unit ? { unit_name: s.unit.name, uscc: s.unit.uscc, unit_address: s.unit.address } : {}),
		...(s.person ? { person_name: s.person.name, id_number: s.person.id_number } : {}),
		sign_serial: data.serial(), enc_serial: data.serial(), not_before: data.today(-400), not_after: data.today(300), token_serial: 'K' + data.digits(11),
		seal_kind: s.seal_kind, seal_name: s.seal_name, agent_name: who.name, agent_id_number: who.id_number, agent_phone: who.phone, ...more,
	};
}

function portalctl(...args) {
	return spawnSync(path.join(env.buildDir(), 'tools/portalctl'), args, { encoding: 'utf8', env: { ...process.env, ZHENGYIN_CONF: path.join(env.varDir, 'portal.conf') } });
}

function bring(rows) {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'certificates-'));
	try {
		const file = path.join(dir, 'old.csv');
		fs.writeFileSync(file, [COLUMNS.join(','), ...rows.map((r) => COLUMNS.map((c) => cell(r[c])).join(','))].join('\n') + '\n');
		const r = portalctl('certificate', 'import', file);
		assert.equal(r.status, 0, r.stdout + r.stderr);
	} finally {
		fs.rmSync(dir, { recursive: true });
	}
	return rows;
}

async function status(serial) {
	const items = (await (await staff('auditor1')).want(200, 'GET', `/api/staff/certificates?q=${serial}`)).json.items;
	assert.equal(items.length, 1, `${serial} is not in the register`);
	return items[0];
}

module.exports = { subject, certificate, bring, status, portalctl };
