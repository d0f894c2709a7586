'use strict';
/* The phone that sends photos for the desktop: one phone, one material of one case, for a short time. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { Client } = require('../lib/client');
const { Journey, applicant } = require('../lib/journey');
const { Phone, open } = require('../lib/phone');
const { configured } = require('../lib/stack');
const tus = require('../lib/tus');
const files = require('../lib/files');
const env = require('../lib/env');
const { sql } = require('../lib/sql');

let j;
const look = async (material = 'm2') => (await j.owner.want(200, 'GET', `${j.url}/relay/${material}`)).json;

test.before(async () => {
	j = await Journey.draft();
	await j.fill();
	await j.print();
});

test('the code is our own drawing, and holds the address with the token behind its #', async (t) => {
	const made = await open(j.owner, j.no, 'm2');
	assert.equal(made.url, `${env.url}/r#${made.code}`);
	assert.ok(made.code.length * 5 >= 128);
	const lasts = (new Date(made.expires) - Date.now()) / 1000;
	assert.ok(lasts > 880 && lasts <= 900, `${lasts} s`);
	assert.match(made.qr, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 \d+ \d+"[^<>]*><path [^<>]*\/><path d="[Mhvz0-9 -]+"\/><\/svg>$/);
	t.diagnostic(`${made.qr.length} bytes`);
	const page = await new Client().get('/r', { check: false });
	assert.equal(page.status, 200);
	assert.match(page.body.toString('utf8'), /relay\.js/);
});

test('opened on an English page, the address leads to the English one', async () => {
	const en = { headers: { 'accept-language': 'en' } };
	const made = (await j.owner.want(201, 'POST', `${j.url}/relay`, { material: 'm2' }, en)).json;
	assert.equal(made.url, `${env.url}/en/r#${made.code}`);
	const page = (await new Client().get('/en/r', { check: false })).body.toString('utf8');
	assert.match(page, /<html lang="en"[^]*relay\.js/);
	assert.ok((await new Phone().take(made.code)).about.pair === made.pair, 'the same token');
});

test('the phone sends two photos, the desktop sees them', async () => {
	const made = await open(j.owner, j.no, 'm2');
	assert.deepEqual([(await look()).state, made.state], ['waiting', 'waiting']);
	const phone = await new Phone().take(made.code);
	assert.equal(phone.about.pair, made.pair);
	assert.equal(phone.about.material_name, j.case.materials.find((m) => m.code === 'm2').name);
	assert.equal((await look()).state, 'connected');
	const half = await phone.begin(5);
	assert.deepEqual([(await look()).received, (await look()).sending], [0, 1]);
	await phone.want(204, 'DELETE', half, undefined, { headers: tus.VERSION });
	await phone.photo('执照𠮷（第一页）.jpg', files.jpeg());
	await phone.photo('执照䶮（第二页）.jpg', files.jpeg());
	const now = await look();
	assert.deepEqual([now.received, now.sending], [2, 0]);
	const want = ['执照䶮（第二页）.jpg', '执照𠮷（第一页）.jpg'];
	const names = (list) => list.filter((a) => a.material === 'm2').map((a) => a.filename).sort();
	assert.deepEqual(names((await j.owner.want(200, 'GET', `${j.url}/attachments`)).json), want);
	assert.deepEqual(names(await phone.files()), want);
	await phone.want(204, 'DELETE', '/api/relay/session');
	const end = await look();
	assert.deepEqual([end.state, end.why, end.received], ['ended', 'phone', 2]);
	const events = (await j.owner.want(200, 'GET', `${j.url}/events`)).json;
	assert.ok(JSON.stringify(events).includes('用手机拍照上传材料'));
});

test('the phone learns nothing of persons or the case', async () => {
	const phone = await Phone.take(j.owner, j.no, 'm2');
	const told = JSON.stringify([phone.about, (await phone.want(200, 'GET', '/api/relay/session')).json]);
	for (const secret of [j.no, j.no.slice(-6), j.typed.agent.name, j.typed.agent.phone, j.typed.unit.name]) assert.ok(!told.includes(secret), secret);
	/* It lists what it sent itself, not what the desktop sent. */
	await j.put('m2', '电脑上传.jpg', 'image/jpeg', files.jpeg());
	assert.deepEqual(await phone.files(), []);
	assert.equal((await new Client().want(200, 'GET', '/api/relay/session')).json.open, false);
});

test('the first phone takes it; a second is refused and told what to do; the first may look again', async () => {
	const made = await open(j.owner, j.no, 'm2');
	const first = await new Phone().take(made.code);
	const second = await new Client().post('/api/relay/session', { token: made.code });
	assert.deepEqual([second.status, second.json.code], [409, 'conflict']);
	assert.match(second.json.detail, /重新生成二维码/);
	assert.equal(second.headers['set-cookie'], undefined);
	const held = first.jar.get('relay');
	await first.take(made.code);
	assert.equal(first.jar.get('relay'), held);
	await first.files();
	/* Both at the same moment: one gets it. */
	for (let i = 0; i < 5; i++) {
		const again = await open(j.owner, j.no, 'm2');
		const all = await Promise.all([1, 2, 3, 4].map(() => new Client().post('/api/relay/session', { token: again.code })));
		assert.deepEqual(all.map((a) => a.status).sort(), [201, 409, 409, 409]);
	}
});

test('another material, another case: refused', async () => {
	const phone = await Phone.take(j.owner, j.no, 'm2');
	const other = await Journey.draft({ owner: j.owner });
	const pairs = (more) => ({ filename: 'a.jpg', filetype: 'image/jpeg', ...more });
	assert.equal((await phone.create(9, pairs({ material: 'm3' }))).status, 422);
	assert.equal((await phone.create(9, pairs({ application: other.no }))).status, 404);
	assert.equal((await phone.create(9, pairs({ application: other.no, material: 'm2' }))).status, 404);
	assert.equal((await phone.create(9, pairs({ application: j.no, material: 'm2' }))).status, 201);
	/* An upload of the desktop or of another phone is not the phone's to go on with. */
	const desktop = tus.place(await tus.create(j.owner, 9, { application: j.no, ...pairs({ material: 'm2' }) })).replace('/api/', '/api/relay/');
	const mate = await Phone.take(j.owner, j.no, 'm3');
	for (const place of [desktop, await mate.begin(9)]) {
		assert.equal((await tus.head(phone, place)).status, 404);
		assert.equal((await tus.patch(phone, place, 0, Buffer.from('123456789'))).status, 404);
		assert.equal((await tus.remove(phone, place)).status, 404);
	}
	assert.equal((await tus.head(mate, await mate.begin(9))).status, 200);
	await phone.files(); /* a relay of another material does not end this one */
});

test('what may not be asked for', async () => {
	await j.owner.want(422, 'POST', `${j.url}/relay`, { material: 'm99' });
	await j.owner.want(422, 'POST', `${j.url}/relay`, {});
	await (await applicant()).want(404, 'POST', `${j.url}/relay`, { material: 'm2' });
	await (await applicant()).want(404, 'GET', `${j.url}/relay/m2`);
	await (await applicant()).want(404, 'DELETE', `${j.url}/relay/m2`);
	await new Client().want(401, 'POST', `${j.url}/relay`, { material: 'm2' });
	assert.equal((await look('m3')).state, 'connected');
});

test('tokens: a wrong one, a cut one, one of another shape', async () => {
	const made = await open(j.owner, j.no, 'm2');
	const flip = (made.code[0] === 'A' ? 'B' : 'A') + made.code.slice(1);
	for (const token of [flip, made.code.slice(0, 25), made.code + 'A', 'A'.repeat(26), '%27 OR 1=1', '二维码', '0'.repeat(64)]) {
		const a = await new Client().post('/api/relay/session', { token });
		assert.equal(a.status, 404, token);
		assert.match(a.json.detail, /二维码/);
	}
	await new Client().want(422, 'POST', '/api/relay/session', {});
	await new Phone().take(made.code);
	for (const cookie of ['relay=' + 'a'.repeat(64), 'relay=' + made.code, 'relay=']) {
		await new Client().want(401, 'GET', '/api/relay/files', undefined, { headers: { Cookie: cookie } });
	}
	/* As an applicant's cookie a phone's session is nothing, nor the other way round. */
	const phone = await Phone.take(j.owner, j.no, 'm2');
	await new Client().want(401, 'GET', '/api/applications', undefined, { headers: { Cookie: `sid=${phone.jar.get('relay')}` } });
	await new Client().want(401, 'GET', '/api/relay/files', undefined, { headers: { Cookie: `relay=${j.owner.jar.get('sid')}` } });
});

test('a request of another site, or without the page\'s token', async () => {
	const made = await open(j.owner, j.no, 'm2');
	const foreign = await new Client().post('/api/relay/session', { token: made.code }, { headers: { Origin: 'https://evil.example.test' } });
	assert.deepEqual([foreign.status, foreign.json.code], [403, 'cross_site']);
	const phone = await new Phone().take(made.code);
	assert.equal((await phone.create(9, { filename: 'a.jpg', filetype: 'image/jpeg' }, { csrf: false })).json.code, 'csrf');
	assert.equal((await phone.delete('/api/relay/session', { csrf: false })).json.code, 'csrf');
	await phone.files();
});

test('ended by the desktop, and by a newer code', async () => {
	const made = await open(j.owner, j.no, 'm2');
	const phone = await new Phone().take(made.code);
	const under = await phone.begin(9);
	await j.owner.want(204, 'DELETE', `${j.url}/relay/m2`);
	const late = await tus.patch(phone, under, 0, Buffer.from('123456789'));
	assert.equal(late.status, 401);
	assert.match(late.json.detail, /电脑上重新生成二维码/);
	assert.deepEqual([(await look()).state, (await look()).why], ['ended', 'desktop']);
	assert.equal((await new Client().post('/api/relay/session', { token: made.code })).status, 409);
	await j.owner.want(204, 'DELETE', `${j.url}/relay/m2`);
	const old = await Phone.take(j.owner, j.no, 'm2');
	const unused = await open(j.owner, j.no, 'm2');
	await open(j.owner, j.no, 'm2');
	await old.want(401, 'GET', '/api/relay/files');
	assert.equal((await new Client().post('/api/relay/session', { token: unused.code })).status, 409);
});

test('a phone that takes another relay leaves the first', async () => {
	const phone = await Phone.take(j.owner, j.no, 'm2');
	const before = new Client();
	before.jar = new Map(phone.jar);
	await phone.take((await open(j.owner, j.no, 'm3')).code);
	await before.want(401, 'GET', '/api/relay/files');
	assert.equal((await look('m2')).why, 'phone');
	assert.equal((await look('m3')).state, 'connected');
});

test('over with the case: handed in, and not revived by a correction', async () => {
	const k = await Journey.to('uploaded', { seals: false });
	const phone = await Phone.take(k.owner, k.no, 'm2');
	const under = await phone.begin(9);
	await k.submit();
	await phone.want(401, 'GET', '/api/relay/files');
	assert.equal((await tus.patch(phone, under, 0, Buffer.from('123456789'))).status, 401);
	assert.equal((await k.owner.want(200, 'GET', `${k.url}/relay/m2`)).json.why, 'submitted');
	await k.owner.want(409, 'POST', `${k.url}/relay`, { material: 'm2' });
	await k.claim();
	await k.fail('m2');
	await k.sendBack();
	await phone.want(401, 'GET', '/api/relay/files');
	await k.owner.want(409, 'POST', `${k.url}/relay`, { material: 'm3' }); /* that one has passed */
	const again = await Phone.take(k.owner, k.no, 'm2');
	await again.photo('补正.jpg', files.jpeg());
	assert.equal((await again.files()).length, 1);
});

test('what is kept: hashes, and who did what', async () => {
	const made = await open(j.owner, j.no, 'm2');
	const phone = await new Phone().take(made.code);
	await new Client().post('/api/relay/session', { token: made.code });
	await phone.photo('留痕.jpg', files.jpeg());
	await phone.want(204, 'DELETE', '/api/relay/session');
	const kept = sql('SELECT HEX(token_hash), HEX(session_hash), pair FROM relay') + sql('SELECT HEX(token_hash) FROM session');
	for (const secret of [made.code, phone.jar.get('relay') || 'x'.repeat(64)]) assert.ok(!kept.toLowerCase().includes(secret.toLowerCase()));
	const book = sql(`SELECT action, detail, actor FROM audit WHERE object='${j.no}' ORDER BY seq DESC LIMIT 5`).split('\n').reverse().map((l) => l.split('\t'));
	assert.deepEqual(book.map((r) => r[0]), ['relay_open', 'relay_take', 'relay_refused', 'file_add', 'relay_done']);
	assert.deepEqual(book.map((r) => r[2]), ['applicant', 'applicant', 'nobody', 'applicant', 'applicant']);
	assert.match(book[3][1], /^m2 [0-9a-f]{32} relay$/);
	for (const f of fs.readdirSync(path.join(env.varDir, 'log'))) assert.ok(!fs.readFileSync(path.join(env.varDir, 'log', f)).includes(made.code), f);
});

test('it ends in time', () => configured({ relay_ttl_s: 3 }, ['attachment'], async () => {
	const unused = await open(j.owner, j.no, 'm3');
	const phone = await Phone.take(j.owner, j.no, 'm2');
	const under = await phone.begin(9);
	await phone.files();
	await new Promise((r) => setTimeout(r, 3200));
	await phone.want(401, 'GET', '/api/relay/files');
	assert.equal((await tus.patch(phone, under, 0, Buffer.from('123456789'))).status, 401);
	assert.equal((await phone.create(9, { filename: 'a.jpg', filetype: 'image/jpeg' })).status, 401);
	assert.equal((await look()).why, 'expired');
	assert.equal((await new Client().post('/api/relay/session', { token: unused.code })).status, 409);
}));

test('guesses a minute per address, codes an hour per applicant', () => configured({ rate_login_ip_minute: 3 }, ['attachment'], async () => {
	const guess = () => new Client().post('/api/relay/session', { token: 'A'.repeat(26) });
	for (let i = 0; i < 4; i++) await guess();
	const a = await guess();
	assert.equal(a.status, 429);
	assert.ok(Number(a.headers['retry-after']) > 0);
	const k = await Journey.draft();
	for (let i = 0; i < 60; i++) await open(k.owner, k.no, 'm2');
	const more = await k.owner.post(`${k.url}/relay`, { material: 'm2' });
	assert.equal(more.status, 429);
	assert.ok(Number(more.headers['retry-after']) > 0);
}));
