'use strict';
/* Answers that fit www/api/openapi.json, made up from it: sample(schema, how) walks a schema and takes what stands under a
 * member's name in WORDS, else what its type, pattern and bounds allow.
 *   'full'   every member is there; lists of rows go through their enumerations, the second row of each is a sparse one
 *   'empty'  lists are empty, what may be null is null, what may be missing is missing
 * Whoever sends one holds it against the description (openapi.check), as the client does with real answers. */
const { doc } = require('./openapi');

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/* A case number with its check character (ISO 7064 MOD 37,36). */
function caseNo(n) {
	const text = 'GD20261122' + String(n).padStart(6, '0');
	let p = 36;
	for (const c of text) p = (((p + DIGITS.indexOf(c)) % 36 || 36) * 2) % 37;
	return text + DIGITS[(37 - p) % 36];
}
const NO = caseNo(1);

/* By name of the member: row by row, again from the start.  Long, rare, and with brackets of full width, as life is. */
const NAMES = ['王小明', '𠮷田·阿不都热合曼·买买提', '䶮𬭊', '欧阳娜娜'];
const UNITS = ['广州市越秀区𠮷祥（集团）电子商务有限责任公司', '深圳市龙华区民治街道梅龙社区股份合作公司第二工业区管理服务中心（普通合伙）', '䶮𬭊科技（广东）有限公司'];
const WORDS = {
	no: (i) => caseNo(i + 1),
	nos: (i) => caseNo(i + 1),
	case_no: (i) => caseNo(i + 1),
	reference: '6112200001I',
	service: ['new', 'renew', 'change', 'reissue', 'unlock', 'revoke', 'add'],
	service_name: ['新申请', '续期', '变更', '补办', '解锁', '注销', '增加机构数字证书个数'],
	state_name: ['待初审', '初审中', '待补正', '待齐备', '待复审', '已办结'],
	unit_name: UNITS, holder_name: NAMES, payer_name: UNITS, subject: UNITS, agent: NAMES, sender: UNITS, seal_name: ['𠮷祥公章', '合同专用章（2）'],
	by: NAMES, checked_by: NAMES, changed_by: NAMES, recorded_by: NAMES, made_by: NAMES, written_by: NAMES, claimed_by: NAMES, owner: NAMES, asked_by: NAMES, decided_by: NAMES,
	imported_by: NAMES, name: UNITS, legal_rep: NAMES, collector: NAMES, returned_by: NAMES,
	uscc: '91440101MA59ABCD3X', id_number: '4401**********1234', id_type: 'id_card', phone: ['138****0000', '139****1111'], email: 'w***@example.cn', id_tail: '1234',
	address: '广东省广州市越秀区东风中路300号之一金安大厦21楼A、B、C、D单元', province: '广东省', city: '广州市', district: '越秀区', branch: 'gz',
	kind: undefined, csrf: 'c'.repeat(32), ticket: 't'.repeat(43), user: ['reviewer1', 'clerk2', 'zhangsan_03'], warnings: [],
	filename: ['营业执照副本（盖章）𠮷.pdf', '申请表.pdf', 'IMG_20261122_101500.jpg'],
	waybill: 'SF1234567890123', text: ['申请已收到，一般在1个工作日内初审', '公章压住了文字，看不清单位名称', '请上传清晰的扫描件'], say: '户名与单位名称不一致，请核对。',
	detail: '统一社会信用代码应为18位，现在是17位', title: ['国庆节办公安排', '系统维护通知'], body: '10月1日至7日休息，10月8日起照常办理。急件请提前寄出。', note: ['印章偏淡，已电话说明。', '原件随信寄到。'], reason: '单位搬迁，需要更新地址。',
	remark: '办理广东政府采购智慧云CA 6112200001I', reasons: undefined, label: ['单位名称', '统一社会信用代码', '法定代表人'], summary: '续期每年从200元改为220元', help: '多少天没有动作就关闭申请。', head: '业务', finding: '本月新申请最多，占四成。',
	unit: ['天', '元'], group: ['期限', '开关', '价格'], url: '/apply/tasks.html', promise: '收齐后3个工作日内办结', turn_text: '现在轮到您：补齐还缺的', template: ['accepted', 'returned'],
	sign_serial: ['6A10B2C3D4E5F60718293A4B', '6A10B2C3D4E5F60718293A4C'], enc_serial: ['6A10B2C3D4E5F60718293AFF'], serial: ['6A10B2C3D4E5F60718293A4B', '202611220001'], token_serial: ['K20261122001', 'K20261122002'],
	account: '623058000001234567', bank: '平安银行广州越秀支行', payer_account: '6222 **** 1234', payer_bank: '中国工商银行广州越秀支行', amount_words: '壹仟肆佰元整', total_words: '壹仟肆佰元整', currency: 'CNY',
	error: '签发机构没有答复，证书可能已经签发', error_text: '号码停机', why: null, actor: undefined, addr: '192.0.2.10', action: ['reveal', 'approve'], action_name: ['查看号码', '复审通过'], object: `application ${NO}`, hash: 'a'.repeat(64),
	page: 1, pages: 3, width: 2480, height: 3508, dpi: 300, x: 6000, y: 7000, w: 3000, h: 2500, score: undefined, count: [7, 0, 999], copies: 2, years: 3, version: 3, item: (i) => i + 1, item_count: 2, size_bytes: 812345, page_count: 3, step: undefined,
	fen: 140000, amount_fen: [140000, 60000, 1], due_fen: 140000, received_fen: 60000, left_fen: 60000, total_fen: 140000, unit_fen: 60000, sum_fen: 140000, late_days: [2, 0, -3], days_left: [95, 7, -30], min: 1, max: 90, value: '30', value_words: '30天', default: '30', default_words: '30天',
	year: 2026, working_days: 22, month: (i) => i % 12 + 1, unknown: '', labels: [], hours: '周一至周五8:30–17:30', columns: undefined, pointer: ['#/unit/uscc', '#/unit/name'], before: '𠮷祥公司', after: '𠮷祥（集团）公司', stored: '91440101MA59ABCD3X', typed: '91440101MA59ABCD30',
	words: '工作人员耐心，就是等得有点久。', result: '已电话致歉并说明原因', level: undefined, state_text: '材料合格，还有事项没有收齐。', meaning: '工作人员核对了全部材料。', by_text: '请在本日前寄出', svg: undefined, qr: undefined,
	source: undefined, driver: undefined, format: undefined, media: 'application/pdf', page_url: null, ref: '12', lines: undefined, next: null, prev: null, file: '0'.repeat(31) + '1', areas: undefined, batch: 'R20261122-1', evidence: '回单号20261122001', time: '10:15:00', code: undefined,
	guide: 'new', change: undefined, before_after: null, items: undefined, catalog_version: '1', password: 'Aa1'.repeat(6),
};
const PATTERNS = [
	['^[0-9a-f]{32}$', (i) => (i + 1).toString(16).padStart(32, '0')], ['^[0-9a-f]{64}$', (i) => (i + 1).toString(16).padStart(64, '0')], ['^m([1-9]|10)$', (i) => 'm' + (i % 10 + 1)],
	['^[0-9A-Z]{10,24}$', (i) => caseNo(i + 1)], ['^1[0-9]{2}\\*{4}[0-9]{4}$', () => '138****0000'], ['^#(/.*)?$', () => '#/unit/uscc'], ['^#?/', () => '#/unit/uscc'], ['^[0-9]{2}$', () => '42'], ['^([0-9A-F]{2})+$', () => '6A10B2C3D4E5F607'],
	['^\\*+[0-9A-Z]*$', () => '********2001'], ['^[0-9]{6,32}$', () => '623058000001234567'], ['^[0-9]+$', () => '623058000001234567'], ['^/api/', () => '/api/catalog'], ['^/problems/[a-z_]+$', () => '/problems/invalid'], ['^https?://[^#]+/r#[A-Z2-7]{26}$', () => 'https://portal.example.cn/r#' + 'A'.repeat(26)],
	['^[A-Z2-7]{26}$', () => 'A'.repeat(26)], ['^[A-Z2-7]{32}$', () => 'A'.repeat(32)], ['^<svg ', () => '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 21 21"><path d="M0 0h7v7H0z"/></svg>'], ['^[a-z][a-z0-9_]{2,31}$', () => 'reviewer1'], ['^[a-z][a-z0-9_]{0,19}$', (i) => WORDS.service[i % 7]],
	['^(https?://[^/]+)?/api/uploads/', () => '/api/uploads/' + '1'.repeat(32)], ['^(https?://[^/]+)?/api/relay/uploads/', () => '/api/relay/uploads/' + '1'.repeat(32)],
	['^[a-z][a-z0-9_]*(\\.[a-z0-9_]+)*$', (i) => ['unlock.fee', 'draft.days', 'quiet', 'review.second'][i % 4] + (i > 3 ? i : '')],
	['^[a-z0-9_]+$', (i) => ['submit', 'accept', 'return_'][i % 3]], ['^[a-z_]+$', () => 'small'],
];

function deref(s) {
	while (s.$ref) s = s.$ref.slice(2).split('/').reduce((o, k) => o[k], doc);
	return s;
}
const nullable = (s) => {
	const d = deref(s);
	return d.type === 'null' || (Array.isArray(d.type) && d.type.includes('null')) || (d.enum || []).includes(null) || (d.oneOf || d.anyOf || []).some(nullable);
};
function typeOf(s) {
	if (Array.isArray(s.type)) return s.type.find((t) => t !== 'null');
	return s.type || (s.properties ? 'object' : s.items ? 'array' : undefined);
}
function fits(value, s) {
	const type = typeOf(s);
	if (typeof value === 'string') {
		const n = [...value].length;
		return type === 'string' && !s.format && n >= (s.minLength || 0) && n <= (s.maxLength || Infinity) && (!s.pattern || new RegExp(s.pattern, 'u').test(value));
	}
	if (typeof value === 'number') return type === 'integer' && value >= (s.minimum === undefined ? -Infinity : s.minimum) && value <= (s.maximum === undefined ? Infinity : s.maximum);
	return value === null ? nullable(s) : Array.isArray(value) && type === 'array';
}
function word(name, i, s) {
	if (!Object.hasOwn(WORDS, name) || WORDS[name] === undefined) return undefined;
	const w = WORDS[name];
	const value = typeof w === 'function' ? w(i) : Array.isArray(w) && w.length ? w[i % w.length] : w;
	return fits(value, s) ? value : undefined;
}
const TODAY = Math.floor(Date.now() / 86400000);
const day = (n) => new Date((TODAY + n) * 86400000).toISOString().slice(0, 10);

function text(s, name, i) {
	if (s.format === 'date') return day(3 - (i % 3) * 2);
	if (s.format === 'date-time') return `${day(-1 - i % 3)}T10:15:0${i % 10}+08:00`;
	const p = s.pattern && PATTERNS.find(([pattern]) => pattern === s.pattern);
	if (p) return p[1](i);
	if (s.pattern) throw new Error(`no sample for the pattern ${s.pattern} of ${name}`);
	const plain = /_at$|_on$|day$/.test(name) ? day(0) : `样例${i + 1}`;
	return plain.padEnd(s.minLength || 0, '例').slice(0, s.maxLength || 200);
}
/* As many rows as the longest enumeration of a row has words, so that each is seen. */
function rows(s, depth) {
	if (depth > 1) return 2;
	const item = deref(s.items || {});
	const longest = Math.max(3, ...Object.values(item.properties || {}).map((p) => (deref(p).enum || []).length));
	return Math.min(longest, 16);
}

function sample(schema, how, name = '', i = 0, depth = 0) {
	const s = deref(schema);
	const sparse = how === 'empty';
	if (s.const !== undefined) return s.const;
	if (sparse && nullable(s)) return null;
	if (s.enum) {
		const words = s.enum.filter((w) => w !== null);
		return words[i % words.length];
	}
	const one = s.oneOf || s.anyOf;
	if (one) {
		const some = one.filter((o) => deref(o).type !== 'null');
		return sample(some.reduce((a, b) => (Object.keys(deref(b).properties || {}).length > Object.keys(deref(a).properties || {}).length ? b : a)), how, name, i, depth);
	}
	if (s.allOf) return Object.assign({}, ...s.allOf.map((o) => sample(o, how, name, i, depth)), s.properties ? sample({ ...s, allOf: undefined }, how, name, i, depth) : {});
	const type = typeOf(s);
	const known = word(name, i, s);
	if (known !== undefined) return known;
	if (type === 'object') {
		const out = {};
		for (const [key, member] of Object.entries(s.properties || {})) {
			if (sparse && !(s.required || []).includes(key)) continue;
			out[key] = sample(member, how, key, i, depth);
		}
		return out;
	}
	if (type === 'array') {
		const n = Math.min(Math.max(sparse ? 0 : rows(s, depth), s.minItems || 0), s.maxItems || 99);
		return Array.from({ length: n }, (_, k) => sample(s.items || { type: 'string' }, !sparse && k === 1 && depth === 0 && n > 2 ? 'empty' : how, name, k, depth + 1));
	}
	if (type === 'integer' || type === 'number') return Math.min(Math.max(i + 1, s.minimum === undefined ? 0 : s.minimum), s.maximum === undefined ? 1e9 : s.maximum);
	if (type === 'boolean') return i % 2 === 0;
	if (type === 'string') return text(s, name, i);
	return null;
}

module.exports = { sample, caseNo, NO, day };
