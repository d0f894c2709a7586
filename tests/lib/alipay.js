'use strict';
/* A stand-in for Alipay's gateway that speaks the real protocol: RSA2 both ways, the states of a trade, notices that are repeated
 * until they are answered by `success`.  What it must not take it refuses with the real codes.
 *   const g = await started(); g.paid(outTradeNo); g.signed(g.notice(outTradeNo)); g.mode = 'drop' … await g.ended()
 * Its requests and notices are held against the official SDK by alipay.test.js. */
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const env = require('./env');
const { configured } = require('./stack');

const yuan = (fen) => (fen / 100).toFixed(2);
const pair = () => crypto.generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
const text = (params, without) => Object.keys(params).filter((k) => k !== 'sign' && !without.includes(k)).sort().map((k) => `${k}=${params[k]}`).join('&');
const sign = (what, key) => crypto.sign('sha256', Buffer.from(what), key).toString('base64');
const form = (params) => Object.entries(params).map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(v)}`).join('&');
const stamp = () => new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 19).replace('T', ' ');

async function gateway() {
	const app = pair(), own = pair();
	const g = { appId: '2021000000000000', sellerId: '2088000000000001', app, own, mode: 'good', trades: new Map(), refunds: new Map(), calls: [], delay: 0 };
	let serial = 0;

	const answer = (method, inner, key = own.privateKey) => {
		const name = `${method.replace(/\./g, '_')}_response`;
		const object = JSON.stringify(inner).replace(/\//g, '\\/'); /* as the real one writes it: the signature covers these bytes */
		return `{"${name}":${object},"sign":"${sign(object, key)}"}`;
	};
	const bad = (sub, msg) => ({ code: '40004', msg: 'Business Failed', sub_code: `ACQ.${sub}`, sub_msg: msg });
	const ok = (more) => ({ code: '10000', msg: 'Success', ...more });
	const find = (biz) => [...g.trades.values()].find((t) => t.out_trade_no === biz.out_trade_no || (biz.trade_no && t.trade_no === biz.trade_no));

	const business = {
		'alipay.trade.precreate': (biz, params) => {
			let t = find(biz);
			if (t && t.status !== 'NEW') return bad('TRADE_HAS_SUCCESS', '交易已被支付');
			if (t && t.total_amount !== biz.total_amount) return bad('CONTEXT_INCONSISTENT', '交易信息被篡改');
			t = t || { out_trade_no: biz.out_trade_no, total_amount: biz.total_amount, status: 'NEW', notify_url: params.notify_url, refunded: 0 };
			g.trades.set(biz.out_trade_no, t);
			return ok({ out_trade_no: biz.out_trade_no, qr_code: `https://qr.alipay.example/bax${crypto.createHash('md5').update(biz.out_trade_no).digest('hex').slice(0, 24)}` });
		},
		'alipay.trade.query': (biz) => {
			const t = find(biz);
			if (!t || t.status === 'NEW') return bad('TRADE_NOT_EXIST', '交易不存在');
			return ok({ out_trade_no: t.out_trade_no, trade_no: t.trade_no, trade_status: t.status, total_amount: t.total_amount, buyer_logon_id: t.buyer, send_pay_date: t.paid_at, fund_bill_list: [{ amount: t.total_amount, fund_channel: 'ALIPAYACCOUNT' }] });
		},
		'alipay.trade.close': (biz) => {
			const t = find(biz);
			if (!t || t.status === 'NEW') {
				if (t) t.status = 'NEVER';
				return bad('TRADE_NOT_EXIST', '交易不存在');
			}
			if (t.status !== 'WAIT_BUYER_PAY') return bad('REASON_TRADE_STATUS_INVALID', '交易状态不合法');
			t.status = 'TRADE_CLOSED';
			return ok({ out_trade_no: t.out_trade_no, trade_no: t.trade_no });
		},
		'alipay.trade.refund': (biz) => {
			const t = find(biz), before = g.refunds.get(biz.out_request_no);
			if (!t || t.status !== 'TRADE_SUCCESS') return bad('TRADE_STATUS_ERROR', '交易状态不允许退款');
			if (before) return ok({ trade_no: t.trade_no, out_trade_no: t.out_trade_no, fund_change: 'N', refund_fee: yuan(t.refunded) });
			const fen = Math.round(Number(biz.refund_amount) * 100);
			if (t.refunded + fen > Math.round(Number(t.total_amount) * 100)) return bad('REFUND_AMT_NOT_EQUAL_TOTAL', '退款金额超限');
			t.refunded += fen;
			g.refunds.set(biz.out_request_no, { trade_no: t.trade_no, amount: biz.refund_amount });
			return ok({ trade_no: t.trade_no, out_trade_no: t.out_trade_no, fund_change: 'Y', refund_fee: yuan(t.refunded) });
		},
		'alipay.trade.fastpay.refund.query': (biz) => {
			const r = g.refunds.get(biz.out_request_no);
			return r && r.trade_no === biz.trade_no ? ok({ trade_no: r.trade_no, out_request_no: biz.out_request_no, refund_amount: r.amount, refund_status: 'REFUND_SUCCESS' }) : ok({});
		},
	};

	function handle(params) {
		g.calls.push(params.method);
		if (params.app_id !== g.appId) return answer(params.method, { code: '40002', msg: 'Invalid Arguments', sub_code: 'isv.invalid-app-id', sub_msg: '无效的AppID参数' });
		if (params.sign_type !== 'RSA2' || !crypto.verify('sha256', Buffer.from(text(params, [])), app.publicKey, Buffer.from(params.sign, 'base64'))) return answer(params.method, { code: '40002', msg: 'Invalid Arguments', sub_code: 'isv.invalid-signature', sub_msg: '无效签名' });
		const inner = business[params.method](JSON.parse(params.biz_content), params);
		if (g.mode === 'forged') return answer(params.method, inner, app.privateKey);
		if (g.mode === 'refuse') return answer(params.method, { code: '20000', msg: 'Service Currently Unavailable', sub_code: 'isp.unknow-error', sub_msg: '系统繁忙' });
		return answer(params.method, inner);
	}

	const server = http.createServer((q, r) => {
		const chunks = [];
		q.on('data', (c) => chunks.push(c));
		q.on('end', () => setTimeout(() => {
			const params = Object.fromEntries([...new URL(q.url, 'http://x').searchParams, ...new URLSearchParams(Buffer.concat(chunks).toString())]);
			const out = handle(params);
			if (g.mode === 'drop') return q.socket.destroy();
			r.setHeader('Content-Type', 'text/html;charset=utf-8');
			return r.end(out);
		}, g.delay));
	});
	await new Promise((f) => server.listen(0, '127.0.0.1', f));
	g.url = `http://127.0.0.1:${server.address().port}/gateway.do`;
	g.stop = () => new Promise((f) => { server.closeAllConnections(); server.close(f); });

	/* The buyer has scanned, and paid. */
	g.scan = (no) => {
		const t = g.trades.get(no);
		t.status = 'WAIT_BUYER_PAY';
		t.trade_no = t.trade_no || `2026${Date.now()}${String(++serial).padStart(6, '0')}`;
		return t;
	};
	g.paid = (no) => Object.assign(g.scan(no), { status: 'TRADE_SUCCESS', buyer: '138****0000', paid_at: stamp() });
	g.notice = (no, more = {}) => {
		const t = g.trades.get(no);
		return { notify_id: crypto.randomUUID().replace(/-/g, ''), notify_time: stamp(), notify_type: 'trade_status_sync', trade_status: t.status, trade_no: t.trade_no, out_trade_no: no, total_amount: t.total_amount, receipt_amount: t.total_amount, buyer_pay_amount: t.total_amount, buyer_id: '2088102177846880', buyer_logon_id: t.buyer || '', seller_id: g.sellerId, app_id: g.appId, auth_app_id: g.appId, gmt_create: stamp(), gmt_payment: t.paid_at || '', fund_bill_list: `[{"amount":"${t.total_amount}","fundChannel":"ALIPAYACCOUNT"}]`, subject: '数字证书', body: '', charset: 'utf-8', version: '1.0', ...more };
	};
	g.signed = (notice, options = {}) => {
		const params = { ...notice, sign_type: options.type === undefined ? 'RSA2' : options.type };
		return { ...params, sign: sign(text(params, options.keep ? [] : ['sign_type']), options.key || own.privateKey) };
	};
	return g;
}

/* A gateway, and the portal set up to ask it; g.ended() puts the settings back. */
async function started() {
	const secret = (name) => path.join(env.varDir, 'secret', name);
	const g = await gateway();
	let end, ready;
	fs.writeFileSync(secret('alipay-app.key'), g.app.privateKey, { mode: 0o644 });
	fs.writeFileSync(secret('alipay-gateway.pem'), g.own.publicKey, { mode: 0o644 });
	await new Promise((up, failed) => {
		ready = configured({ alipay_gateway: g.url, alipay_app_id: g.appId, alipay_seller_id: g.sellerId }, ['payment', 'worker'], () => new Promise((f) => { end = f; up(); }));
		ready.catch(failed);
	});
	g.ended = async () => {
		end();
		await ready;
		await g.stop();
		for (const f of ['alipay-app.key', 'alipay-gateway.pem']) fs.rmSync(secret(f));
	};
	return g;
}

module.exports = { started, gateway, form, text, sign, pair };
