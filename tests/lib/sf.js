'use strict';
/* A stand-in for SF Express that speaks the real protocol (丰桥): a form with a digest over Java's URL encoding, an outer answer
 * with the inner one as JSON inside a string, orders that are known by our number.  It works the digest out by itself.
 *   const g = await started(); g.next('drop-after'); g.fetched(waybill); … await g.ended()
 * Troubles, for the next call of a service or until changed: see `spoilt`. */
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const env = require('./env');
const { configured } = require('./stack');

/* Java's URLEncoder. */
const encode = (text) => encodeURIComponent(text).replace(/%20/g, '+').replace(/[!'()~]/g, (c) => '%' + c.charCodeAt(0).toString(16).toUpperCase());
const digest = (data, timestamp, checkword) => crypto.createHash('md5').update(encode(data + timestamp + checkword)).digest('base64');
const stamp = (ms = Date.now()) => new Date(ms + 8 * 3600e3).toISOString().slice(0, 19).replace('T', ' ');

async function courier() {
	const g = { partner: 'ZYCA_T', checkword: crypto.randomBytes(16).toString('hex'), account: '7551234567', orders: new Map(), calls: [], faults: [], trouble: {}, always: '' };
	let serial = 0;

	const outer = (code, msg, data) => JSON.stringify({ apiErrorMsg: msg, apiResponseID: crypto.randomUUID().replace(/-/g, ''), apiResultCode: code, apiResultData: data === undefined ? null : JSON.stringify(data) });
	const ok = (msgData) => ({ success: true, errorCode: 'S0000', errorMsg: null, msgData });
	const no = (errorCode, errorMsg) => ({ success: false, errorCode, errorMsg, msgData: null });
	const told = (o) => ok({ orderId: o.orderId, originCode: '020', destCode: '020', filterResult: '2', remark: '', waybillNoInfoList: [{ waybillType: 1, waybillNo: o.waybill }] });
	const waybill = () => `SF${String(Date.now()).slice(-9)}${String(++serial).padStart(4, '0')}`;

	const services = {
		EXP_RECE_CREATE_ORDER: (m) => {
			const by = (type) => (m.contactInfoList || []).find((x) => x.contactType === type);
			if (g.orders.has(m.orderId)) return no('8016', '重复下单');
			for (const type of [1, 2]) if (!by(type) || !by(type).contact || !(by(type).mobile || by(type).tel) || !by(type).address) return no('1023', '寄件人或收件人信息不全');
			if (![1, 2].includes(m.payMethod) || !m.cargoDetails || !m.cargoDetails.length || m.language !== 'zh-CN') return no('1010', '参数不对');
			const o = { orderId: m.orderId, waybill: waybill(), said: m, routes: [], cancelled: false };
			g.orders.set(m.orderId, o);
			return told(o);
		},
		EXP_RECE_SEARCH_ORDER_RESP: (m) => {
			const o = g.orders.get(m.orderId);
			return o && !o.cancelled ? told(o) : no('8018', '未获取到订单信息');
		},
		EXP_RECE_UPDATE_ORDER: (m) => {
			const o = g.orders.get(m.orderId);
			if (!o) return no('8024', '未下单');
			if (m.dealType !== 2) return no('1010', '参数不对');
			if (o.cancelled) return no('8037', '已消单');
			if (o.routes.length) return no('8252', '快件已揽收，不能取消');
			o.cancelled = true;
			return ok({ orderId: m.orderId, waybillNoInfoList: [{ waybillType: 1, waybillNo: o.waybill }], resStatus: 2, extraInfoList: null });
		},
		EXP_RECE_SEARCH_ROUTES: (m) => ok({
			routeResps: m.trackingNumber.map((mailNo) => {
				const o = [...g.orders.values()].find((x) => x.waybill === mailNo);
				const phones = o ? o.said.contactInfoList.map((x) => String(x.mobile).slice(-4)) : [m.checkPhoneNo];
				return { mailNo, routes: phones.includes(m.checkPhoneNo) ? (o ? o.routes : g.strange.get(mailNo) || []) : [] };
			}),
		}),
	};
	g.strange = new Map(); /* waybill typed by hand → its routes */

	/* What may go wrong on the way back, or before anything is done; each gives [do it?, answer]. */
	const spoilt = {
		'drop-before': () => [false, null],
		'drop-after': () => [true, null],
		digest: () => [false, outer('A1006', '数字签名无效')],
		busy: () => [false, outer('A1099', '平台异常')],
		error: () => [false, outer('A1000', '', no('1030', '收件地址超出<script>alert(1)</script>服务范围䶮'))],
		far: () => [false, outer('A1000', '', ok({ orderId: g.asked.orderId, filterResult: '3', waybillNoInfoList: null }))],
		page: () => [true, '<html><a href="javascript:alert(1)">502 Bad Gateway</a></html>'],
		empty: () => [true, ''],
		long: () => [true, JSON.stringify({ apiResultCode: 'A1000', apiResultData: 'x'.repeat(3 << 20) })],
		deep: () => [true, JSON.stringify({ apiResultCode: 'A1000', apiResultData: '['.repeat(5000) })],
		half: () => [true, outer('A1000', '', told({ orderId: g.asked.orderId, waybill: 'SF1' })).slice(0, -40)],
		twice: () => [true, '{"apiResultCode":"A1000","apiResultCode":"A1000","apiResultData":"{}"}'],
		object: () => [true, JSON.stringify({ apiResultCode: 'A1000', apiResultData: told({ orderId: g.asked.orderId, waybill: 'SF9999999999999' }) })],
		other: () => [true, outer('A1000', '', told({ orderId: g.asked.orderId + '9', waybill: 'SF9999999999999' }))],
		link: () => [true, outer('A1000', '', told({ orderId: g.asked.orderId, waybill: 'javascript:alert(1)' }))],
		number: () => [true, outer('A1000', '', ok({ orderId: g.asked.orderId, waybillNoInfoList: [{ waybillType: 1, waybillNo: 1234567890123 }] }))],
		child: () => [true, outer('A1000', '', ok({ orderId: g.asked.orderId, waybillNoInfoList: [{ waybillType: 2, waybillNo: 'SF8888888888888' }] }))],
		nul: () => [true, '{"apiResultCode":"A1000","apiResultData":"{\\"success\\":true\\u0000}"}'],
		500: () => [true, 500],
	};
	g.troubles = Object.keys(spoilt);
	g.next = (what, service = '') => { g.trouble = { what, service }; };

	function check(p) {
		if (p.partnerID !== g.partner) return 'A1002';
		if (!services[p.serviceCode]) return 'A1004';
		if (!p.requestID || p.requestID.length > 40 || !/^\d{13}$/.test(p.timestamp)) return 'A1001';
		if (Math.abs(Number(p.timestamp) - Date.now()) > 600e3) return 'A1003';
		return p.msgDigest === digest(p.msgData, p.timestamp, g.checkword) ? '' : 'A1006';
	}
	function handle(body) {
		const p = Object.fromEntries(new URLSearchParams(body));
		const bad = check(p);
		if (bad) { g.faults.push(`${bad} ${p.serviceCode}`); return outer(bad, '数字签名无效'); }
		g.asked = JSON.parse(p.msgData);
		g.calls.push({ service: p.serviceCode, ...g.asked });
		const hit = g.trouble.what && (!g.trouble.service || g.trouble.service === p.serviceCode) ? g.trouble.what : g.always;
		if (hit && hit === g.trouble.what) g.trouble = {};
		if (!hit) return outer('A1000', '', services[p.serviceCode](g.asked));
		const [act, answer] = spoilt[hit]();
		if (act) services[p.serviceCode](g.asked);
		return answer;
	}

	const server = http.createServer((q, r) => {
		const chunks = [];
		q.on('data', (c) => chunks.push(c));
		q.on('end', () => {
			const out = handle(Buffer.concat(chunks).toString());
			if (out === null) return q.socket.destroy();
			if (out === 500) r.statusCode = 500;
			r.setHeader('Content-Type', 'application/json;charset=UTF-8');
			return r.end(out === 500 ? '{}' : out);
		});
	});
	await new Promise((f) => server.listen(0, '127.0.0.1', f));
	g.url = `http://127.0.0.1:${server.address().port}/std/service`;
	g.stop = () => new Promise((f) => { server.closeAllConnections(); server.close(f); });

	const of = (no) => [...g.orders.values()].filter((o) => o.orderId.startsWith(no));
	g.of = of;
	g.step = (w, opCode, remark, acceptAddress = '广州市', at = Date.now()) => {
		const o = [...g.orders.values()].find((x) => x.waybill === w);
		const route = { acceptTime: stamp(at), acceptAddress, remark, opCode };
		if (o) o.routes.push(route);
		else g.strange.set(w, [...(g.strange.get(w) || []), route]);
	};
	g.fetched = (w) => g.step(w, '50', '顺丰速运 已收取快件');
	g.signed = (w) => g.step(w, '80', '已签收,感谢使用顺丰,期待再次为您服务');
	return g;
}

/* A courier, and the portal set up to ask him; g.ended() puts the settings back. */
async function started(settings = {}) {
	const word = path.join(env.varDir, 'secret', 'sf.checkword');
	const g = await courier();
	let end, ready;
	fs.writeFileSync(word, g.checkword + '\n', { mode: 0o644 });
	await new Promise((up, failed) => {
		ready = configured({ sf_gateway: g.url, sf_partner: g.partner, sf_account: g.account, worker_poll_ms: 20, ...settings }, ['dispatch', 'worker'], () => new Promise((f) => { end = f; up(); }));
		ready.catch(failed);
	});
	g.word = (text) => fs.writeFileSync(word, text, { mode: 0o644 });
	g.ended = async () => {
		end();
		await ready;
		await g.stop();
		fs.rmSync(word);
	};
	return g;
}

module.exports = { started, courier, encode, digest };
