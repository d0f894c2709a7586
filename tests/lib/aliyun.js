'use strict';
/* A stand-in for Aliyun's message service (2017-05-25) that speaks the real protocol: ACS3-HMAC-SHA256 checked as the service
 * does, SendSms, QuerySendDetails in pages, reports as it pushes them.  What it must not take it refuses with the real codes.
 *   const g = await started(); g.taken; g.reports([message], { success: true }); g.mode = 'drop' … await g.ended()
 * Its answers and the portal's requests are held against the official SDK by messages.test.js. */
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const env = require('./env');
const { configured } = require('./stack');

const stamp = (at = Date.now()) => new Date(at + 8 * 3600e3).toISOString().slice(0, 19).replace('T', ' ');
const sha256 = (text) => crypto.createHash('sha256').update(text).digest('hex');
const encode = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => '%' + c.charCodeAt(0).toString(16).toUpperCase());

/* word → text with ${name}, as an operator registers them. */
function templates() {
	const out = spawnSync(path.join(env.buildDir(), 'tools/portalctl'), ['messages'], { encoding: 'utf8' }).stdout;
	return Object.fromEntries(out.trim().split('\n').map((line) => line.split('\t')));
}

async function service() {
	const g = { keyId: 'LTAI5tTEST', secret: crypto.randomBytes(15).toString('base64url'), sign: '证印测试', mode: 'good', delay: 0, calls: [], requests: [], taken: [], nonces: new Set(), texts: {} };
	const words = Object.entries(templates());
	let serial = 0;

	g.codes = Object.fromEntries(words.map(([word], i) => [word, `SMS_${154950909 + i}`]));
	for (const [word, text] of words) g.texts[g.codes[word]] = text;

	/* Names the first thing that is wrong with the signature, as the service would. */
	function refused(q, url, body) {
		const h = q.headers, m = /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/.exec(h.authorization || '');
		if (!m) return 'IncompleteSignature';
		if (m[1] !== g.keyId) return 'InvalidAccessKeyId.NotFound';
		const signed = m[2].split(';'), wanted = Object.keys(h).filter((n) => n === 'host' || n === 'content-type' || n.startsWith('x-acs-')).sort();
		if (signed.join() !== wanted.join() || h['x-acs-content-sha256'] !== sha256(body)) return 'SignatureDoesNotMatch';
		const query = [...url.searchParams].map(([k, v]) => [encode(k), encode(v)]).sort().map((p) => p.join('=')).join('&');
		const canonical = `${q.method}\n${url.pathname}\n${query}\n${signed.map((n) => `${n}:${h[n].trim()}\n`).join('')}\n${signed.join(';')}\n${sha256(body)}`;
		if (crypto.createHmac('sha256', g.secret).update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`).digest('hex') !== m[3]) return 'SignatureDoesNotMatch';
		if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(h['x-acs-date']) || Math.abs(Date.parse(h['x-acs-date']) - Date.now()) > 900e3) return 'InvalidTimeStamp.Expired';
		if (g.nonces.has(h['x-acs-signature-nonce'])) return 'SignatureNonceUsed';
		g.nonces.add(h['x-acs-signature-nonce']);
		return h['x-acs-version'] === '2017-05-25' ? null : 'InvalidVersion';
	}

	const send = (p) => {
		if (g.mode.startsWith('refuse:')) return g.mode.slice(7);
		if (!/^1\d{10}$/.test(p.PhoneNumbers || '')) return 'isv.MOBILE_NUMBER_ILLEGAL';
		if (p.SignName !== g.sign) return 'isv.SMS_SIGNATURE_ILLEGAL';
		if (!g.texts[p.TemplateCode]) return 'isv.SMS_TEMPLATE_ILLEGAL';
		let params;
		try {
			params = JSON.parse(p.TemplateParam);
		} catch (e) {
			return 'isv.INVALID_JSON_PARAM';
		}
		const names = [...g.texts[p.TemplateCode].matchAll(/\$\{(\w+)\}/g)].map((m) => m[1]);
		if (names.sort().join() !== Object.keys(params).sort().join()) return 'isv.TEMPLATE_MISSING_PARAMETERS';
		if (Object.values(params).some((v) => typeof v !== 'string' || !v || /[【】\u0000-\u001f\u2028\u2029]/.test(v))) return 'isv.TEMPLATE_PARAMS_ILLEGAL';
		const text = g.texts[p.TemplateCode].replace(/\$\{(\w+)\}/g, (_, n) => params[n]);
		g.taken.push({ phone: p.PhoneNumbers, out: p.OutId, biz: `${Date.now()}${String(++serial).padStart(6, '0')}^0`, text, params, template: p.TemplateCode, at: Date.now(), status: 1, code: '' });
		return null;
	};

	const actions = {
		SendSms: (p) => {
			const code = send(p);
			return code ? { Code: code, Message: `${code}: 业务失败`, RequestId: crypto.randomUUID() } : { Code: 'OK', Message: 'OK', BizId: g.taken.at(-1).biz, RequestId: crypto.randomUUID() };
		},
		QuerySendDetails: (p) => {
			const all = g.taken.filter((m) => m.phone === p.PhoneNumber && stamp(m.at).slice(0, 10).replace(/-/g, '') === p.SendDate && (!p.BizId || m.biz === p.BizId)).reverse();
			const page = all.slice((p.CurrentPage - 1) * p.PageSize, p.CurrentPage * p.PageSize);
			return { Code: 'OK', Message: 'OK', RequestId: crypto.randomUUID(), TotalCount: String(all.length), SmsSendDetailDTOs: { SmsSendDetailDTO: page.map((m) => ({ PhoneNum: m.phone, TemplateCode: m.template, OutId: m.out, SendStatus: m.status, ErrCode: m.code, Content: `【${g.sign}】${m.text}`, SendDate: stamp(m.at), ReceiveDate: m.status === 1 ? '' : stamp(m.received) })) } };
		},
	};

	const server = http.createServer((q, r) => {
		const chunks = [];
		q.on('data', (c) => chunks.push(c));
		q.on('end', async () => {
			const url = new URL(q.url, 'http://x'), params = Object.fromEntries(url.searchParams), action = q.headers['x-acs-action'];
			const answer = (status, body, type = 'application/json;charset=utf-8') => { r.writeHead(status, { 'Content-Type': type }); r.end(body); };
			g.calls.push(action);
			g.requests.push({ method: q.method, url: q.url, headers: q.headers, params });
			if (g.mode === 'away') return q.socket.destroy();
			const wrong = refused(q, url, Buffer.concat(chunks));
			if (wrong) return answer(wrong.startsWith('Invalid') ? 404 : 400, JSON.stringify({ Code: wrong, Message: wrong, RequestId: crypto.randomUUID(), HostId: 'dysmsapi' }));
			const said = actions[action](params);
			if (g.delay) await new Promise((f) => setTimeout(f, g.delay));
			if (action === 'SendSms' && g.mode === 'drop') return q.socket.destroy();
			if (action === 'SendSms' && g.mode === 'proxy') return answer(502, '<html>Bad Gateway</html>', 'text/html');
			return answer(200, JSON.stringify(said));
		});
	});
	await new Promise((f) => server.listen(0, '127.0.0.1', f));
	g.url = `http://127.0.0.1:${server.address().port}/`;
	g.stop = () => new Promise((f) => { server.closeAllConnections(); server.close(f); });
	g.to = (phone) => g.taken.filter((m) => m.phone === phone);
	g.arrived = (m, code = 'DELIVERED') => Object.assign(m, { status: code === 'DELIVERED' ? 3 : 2, code, received: Date.now() });
	g.reports = (messages, more = {}) => messages.map((m) => ({ phone_number: m.phone, send_time: stamp(m.at), report_time: stamp(), success: true, err_code: 'DELIVERED', err_msg: '用户接收成功', sms_size: '1', biz_id: m.biz, out_id: m.out, ...more }));
	return g;
}

/* A service, and the portal set up to use it; g.ended() puts the settings back. */
async function started(more = {}) {
	const secret = (name) => path.join(env.varDir, 'secret', name);
	const g = await service();
	let end, ready;
	g.reportKey = crypto.randomBytes(18).toString('base64url');
	fs.writeFileSync(secret('sms.secret'), g.secret + '\n', { mode: 0o644 });
	fs.writeFileSync(secret('sms-report.secret'), g.reportKey + '\n', { mode: 0o644 });
	const settings = { sms_driver: 'aliyun', sms_gateway: g.url, sms_key_id: g.keyId, sms_sign_name: g.sign, sms_templates: Object.entries(g.codes).map((p) => p.join(':')).join(' '), sms_quiet: 'none', ...more };
	await new Promise((up, failed) => {
		ready = configured(settings, ['session', 'worker'], () => new Promise((f) => { end = f; up(); }));
		ready.catch(failed);
	});
	g.ended = async () => {
		end();
		await ready;
		await g.stop();
		for (const f of ['sms.secret', 'sms-report.secret']) fs.rmSync(secret(f));
	};
	return g;
}

module.exports = { started, service, templates };
