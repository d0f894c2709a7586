'use strict';
/* Five hundred names that a file should not have, as bytes, the same every time; and what the portal makes of one. */
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const env = require('./env');
const files = require('./files');
const tus = require('./tus');
const { random } = require('./bytes');

const WHOLE = [
	'', '.', '..', '...', '/', '\\', '//', '\\\\', '~', '~root', '-rf', '--help', '*', '?', '|', '$HOME', '`id`', '$(id)', ';id', '&', '>x', '<x', '"', "'", '%', '%00', '%2e%2e%2f', '..%2f..%2fetc%2fpasswd', '%c0%ae%c0%ae%c0%af',
	'../../../../etc/passwd', '..\\..\\..\\windows\\win.ini', '/etc/passwd', 'C:\\boot.ini', 'C:con', '\\\\server\\share\\a.jpg', 'file:///etc/passwd', 'http://example.com/a.jpg', 'data:text/html,<script>alert(1)</script>',
	'CON', 'con.jpg', 'PRN', 'AUX', 'NUL', 'nul.pdf', 'COM1', 'LPT1.png', 'COM¹', 'CONIN$', 'CLOCK$', 'a.jpg.', 'a.jpg ', ' a.jpg', 'a.jpg::$DATA', 'a.jpg:b', '.htaccess', '.bashrc', 'web.config', 'desktop.ini', '.ssh/authorized_keys',
	'a.php', 'a.php.jpg', 'a.jpg.php', 'a.jsp\0.jpg', 'a.jpg\0.php', 'a\0', '\0', 'a\rb', 'a\nb', 'a\r\nSet-Cookie: x=y', 'a"; filename="b.html', 'a\'\'b', 'a%0d%0aX: y', 'a\tb', 'a\x1b[2Jb', 'a\x7fb', 'a\x85b', 'a\u2028b', 'a\u2029b',
	'\u202egpj.exe', 'photo\u202egpj.exe', 'a\u200bb.jpg', '\ufeffa.jpg', 'a\u00adb', 'a\u2066b\u2069', '\u061ca', 'e\u0301.jpg', '\u1100\u1161.jpg', 'İ.jpg', 'ﬁle.jpg', 'ＣＯＮ', '．．／ａ', '\u2025\u2215a', '\ufffe', '\uffff', '\u{e0001}a', '\u{10ffff}',
	'<img src=x onerror=alert(1)>.jpg', '"><script>alert(1)</script>.png', '{{7*7}}.pdf', '${7*7}.pdf', "' OR 1=1 --.jpg", "a'); DROP TABLE attachment; --.jpg", '=cmd|\' /C calc\'!A0.pdf', '@SUM(1).pdf', '+1.pdf', '-1.pdf',
	'营业执照（副本）𠮷䶮𬭊.jpg', '身份证\u3000正面.jpg', '申请表【盖章】.pdf', '👩‍👩‍👧.jpg', '🇨🇳.png', 'a'.repeat(255), 'a'.repeat(256) + '.jpg', '长'.repeat(1000) + '.pdf', '../'.repeat(1300), 'x'.repeat(4096), '𠮷'.repeat(300), '.'.repeat(500), 'a/'.repeat(500),
];
/* Not UTF-8: overlong, surrogates, cut off, out of range. */
const RAW = ['c0ae', 'c0afc0ae', 'e080ae', 'f08080ae', 'eda080', 'edbfbf', 'eda0bdedb880', 'f4908080', 'f8888080', 'fe', 'ff', '80', 'c3', 'e4bd', 'f0a0ae', '612f80', '61c02e', 'fffe6100', 'feff0061'];
const PARTS = ['../', '..\\', '%2e%2e/', '%5c', '\0', '\r\n', '\n', '\u202e', '\u200f', '/', 'CON', 'NUL.', '....//', '\u2028', '"', ';', '%00', '\x01', '\x9f', ':', '|', '证', '𠮷', '．．／', '\ufeff', 'a.jpg', '<b>'];

function odd_names(seed = 500) {
	const r = random(seed);
	const out = [...WHOLE.map((t) => Buffer.from(t, 'utf8')), ...RAW.flatMap((h) => [Buffer.from(h, 'hex'), Buffer.concat([Buffer.from('a'), Buffer.from(h, 'hex'), Buffer.from('.jpg')])])];
	while (out.length < 500) out.push(Buffer.from(Array.from({ length: 2 + r.below(6) }, () => r.pick(PARTS)).join(''), 'utf8'));
	return out;
}

/* One name as an upload of the journey's case and back.  false: it was refused, as malformed or with a reason. */
async function try_name(j, name, i) {
	const body = files.jpeg(`name ${i}`);
	const meta = [['application', j.no], ['material', 'm2'], ['filename', name], ['filetype', 'image/jpeg']].map(([k, v]) => `${k} ${Buffer.from(v).toString('base64')}`.trimEnd()).join(',');
	const headers = { ...tus.VERSION, 'Upload-Length': String(body.length), 'Upload-Metadata': meta, 'Content-Type': 'application/offset+octet-stream' };
	const a = await j.owner.post('/api/uploads/', undefined, { raw: body, headers, loose: true });
	const label = JSON.stringify(name.toString('latin1').slice(0, 60));
	if (a.status !== 201) {
		assert.ok([400, 422].includes(a.status), `${label}: ${a.status}`);
		return false;
	}
	assert.match(a.headers.location, /^\/api\/uploads\/[0-9a-f]{32}$/);
	const [t] = (await j.owner.want(200, 'GET', `${j.url}/attachments`)).json.filter((x) => x.material === 'm2');
	assert.match(t.id, /^[0-9a-f]{32}$/);
	assert.doesNotMatch(t.filename, /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff/\\]/u, label);
	assert.ok(t.filename.length > 0 && Array.from(t.filename).length <= 255 && !/^\.+$/.test(t.filename), label);
	const back = await j.owner.request('GET', `/api/attachments/${t.id}`, { loose: true });
	assert.equal(back.status, 200, label);
	assert.match(back.headers['content-disposition'], /^attachment; filename\*=UTF-8''[A-Za-z0-9%._~-]+$/, label);
	assert.equal(decodeURIComponent(back.headers['content-disposition'].slice(29)), t.filename, label);
	assert.ok(!back.headers['set-cookie'] && !back.headers.x, label);
	await j.owner.want(204, 'DELETE', `/api/attachments/${t.id}`);
	return true;
}

function walk(dir) {
	return fs.readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? [path.join(dir, e.name), ...walk(path.join(dir, e.name))] : [path.join(dir, e.name)]));
}

/* What lies in the store under a name that is not ours. */
function other_names() {
	return walk(path.join(env.varDir, 'store')).filter((f) => !/^[0-9a-f]{2}$|^[0-9a-f]{32}$/.test(path.basename(f)));
}

module.exports = { odd_names, try_name, other_names };
