'use strict';
/* Makes what applicants type: Chinese, with rare characters, full-width brackets and long names; numbers are random and
 * right by their own check characters. */
const crypto = require('node:crypto');

const pick = (list) => list[crypto.randomInt(list.length)];
const digits = (n) => Array.from({ length: n }, () => crypto.randomInt(10)).join('');

const USCC = '0123456789ABCDEFGHJKLMNPQRTUWXY';
function uscc() {
	let body = '91440101MA' + Array.from({ length: 6 }, () => pick([...USCC])).join('');
	body += gb11714(body.slice(8));
	let sum = 0, weight = 1;
	for (const ch of body) {
		sum += USCC.indexOf(ch) * weight;
		weight = (weight * 3) % 31;
	}
	return body + USCC[(31 - (sum % 31)) % 31];
}
function gb11714(eight) {
	const w = [3, 7, 9, 10, 5, 8, 4, 2];
	let sum = 0;
	[...eight].forEach((ch, i) => { sum += parseInt(ch, 36) * w[i]; });
	const c = 11 - (sum % 11);
	return c === 10 ? 'X' : c === 11 ? '0' : String(c);
}

function resident() {
	const year = 1960 + crypto.randomInt(45);
	const body = '440106' + year + String(1 + crypto.randomInt(12)).padStart(2, '0') + String(1 + crypto.randomInt(28)).padStart(2, '0') + digits(3);
	const w = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
	const sum = [...body].reduce((s, d, i) => s + d * w[i], 0);
	return body + '10X98765432'[sum % 11];
}

const phone = () => '1' + pick(['38', '39', '50', '58', '86', '99']) + digits(8);
const account = () => '6' + digits(17);

const persons = ['买买提·吐尔逊', '𠮷田䶮', '王𬭊', '欧阳㛃', '李小明', '阿卜杜外力·阿卜杜热西提', '张䶮', '赵𪚥'];
const person = () => pick(persons);
/* Nobody else is called so: two characters of twenty thousand behind a name that many begin with. */
const onlyOne = () => '欧阳' + String.fromCodePoint(...[0, 0].map(() => 0x4e00 + crypto.randomInt(20902)));
const unitName = () => pick([
	`广州${pick(['𠮷祥', '䶮腾', '𬭊光', '鑫淼'])}（测试${digits(4)}）科技有限公司`,
	`中国（广东）自由贸易试验区南沙新区片区${digits(6)}数字政府公共资源交易与采购服务技术创新发展研究中心有限责任公司广州越秀分公司`,
	`佛山市南海区${pick(['𬭊', '䶮', '堃', '𠮷'])}兴五金制品厂（普通合伙）${digits(4)}`,
]);

/* Everything that new/org wants.  catalog: the answer of /api/catalog; more.phone and more.agent: of the agent. */
function org(catalog, more = {}) {
	const kind = catalog.unit_kinds[0];
	const name = unitName();
	const agent = more.agent || person();
	const agentPhone = more.phone || phone();
	return {
		unit: { name, kind: kind.code, uscc: uscc(), licence_kind: kind.licences[0].code, licence_until: '2040-12-31', address: `广东省广州市越秀区青龙坊${digits(3)}号${digits(4)}室（东侧）`, legal_rep: person(), phone: '020-' + digits(8).replace(/^0/, '8') },
		agent: { name: agent, id_type: 'resident', id_number: resident(), phone: agentPhone, email: `agent${digits(6)}@example.cn` },
		years: 3,
		items: [{ seal_kind: 'unit', seal_name: name }],
		delivery: { mode: 'courier', name: agent, phone: agentPhone, province: '广东省', city: '广州市', district: '越秀区', address: '青龙坊38号䶮楼2层' },
		invoice: { kind: 'normal', title: name, tax_number: uscc() },
		remittance: { payer_name: name, payer_account: account(), bank: '中信银行广州花园支行', paid_on: today(), amount_fen: 140000 },
		consents: Object.fromEntries(Object.entries(catalog.consents).map(([k, v]) => [k, v.version])),
		one_seal: true,
		...more.patch,
	};
}

/* A day in Shanghai. */
function today(shift = 0) {
	return new Date(Date.now() + 8 * 3600e3 + shift * 86400e3).toISOString().slice(0, 10);
}

const serial = () => crypto.randomBytes(10).toString('hex').toUpperCase().replace(/^0/, '1');
const waybill = () => 'SF' + digits(13);

module.exports = { uscc, resident, phone, account, person, onlyOne, unitName, org, today, serial, waybill, digits, pick };
