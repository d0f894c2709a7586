'use strict';
/* Seals over HTTP: cut out of the scan, confirmed, refused, bound, carried over; the seal data are read by another reader and
 * their signature is judged by openssl and sm-crypto. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFileSync, spawnSync } = require('node:child_process');
const env = require('../lib/env');
const data = require('../lib/data');
const scans = require('../lib/scans');
const seals = require('../lib/seals');
const ses = require('../lib/ses');
const { key } = require('../lib/client');
const { Journey, applicant } = require('../lib/journey');
const { Walk } = require('../lib/walk');
const { Token } = require('../lib/token');
const { subject, certificate, bring } = require('../lib/certificates');
const { staff } = require('../lib/staff');
const { sql } = require('../lib/sql');

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'seal-'));
test.after(() => fs.rmSync(dir, { recursive: true }));

const problem = (a, status, code) => {
	assert.deepEqual([a.status, a.json.code], [status, code], JSON.stringify(a.json));
	return a.json;
};

/* Width and height from the head of a PNG, and whether it has alpha. */
const png = (bytes) => {
	assert.equal(bytes.subarray(0, 8).toString('hex'), '89504e470d0a1a0a');
	return { w: bytes.readUInt32BE(16), h: bytes.readUInt32BE(20), type: bytes[25] };
};
const bytes = async (who, j, item, what, want = 200) => (await who.want(want, 'GET', seals.url(j, item, what))).body;
const crop = (who, j, body, want = 200, item = 1) => who.want(want, 'POST', seals.url(j, item, 'crop'), body);
const confirm = (who, j, sha256, want = 200, item = 1) => who.want(want, 'POST', seals.url(j, item, 'confirm'), { sha256 }, { key: key() });

/* A case of n certificates whose imprint pages were stamped and scanned; seals: per box, for scans.stampImprints.  fine: as a PDF of
 * 300 dpi, as office scanners make it. */
async function submitted({ items, seal = () => ({}), fine = false } = {}) {
	const j = await Journey.draft();
	await j.fill(items ? { items } : {});
	await j.print();
	const n = items ? items.length : 1, form = await j.formPdf();
	const boxes = Array.from({ length: n }, (_, i) => ({ page: 3 + Math.floor(i / 4), x: scans.BOXES[i % 4][0], y: scans.BOXES[i % 4][1], mm: 40, ...seal(i) }));
	const pages = scans.stampImprints(form, boxes, { dpi: fine ? 300 : 150 });
	if (fine) await j.put('m1', '申请表（扫描）𠮷.pdf', 'application/pdf', scans.pdf(pages));
	else await j.put('m1', '申请表（扫描）𠮷.png', 'image/png', scans.png(pages[0]));
	for (const m of ['m2', 'm3', 'm6']) await j.put(m, `${m}.png`, 'image/png', require('../lib/files').png());
	await j.submit();
	return j;
}

test('what the machine finds: one for each box, in true size, transparent; who may look, and each look is recorded', async () => {
	const names = ['广州市龙洞幼儿园（筹）公章𠮷', '财务专用章䶮', '合同专用章'];
	const j = await submitted({ items: names.map((seal_name) => ({ seal_kind: 'unit', seal_name })), seal: (i) => ({ mm: 38 + 2 * i, dx: i, dy: -i }), fine: true });
	const now = await seals.settled(j);
	assert.deepEqual([now.makes, now.open, now.mine], [true, 3, false]);
	assert.deepEqual(now.items.map((s) => [s.state, s.name, s.kind_name]), names.map((n) => ['proposed', n, '单位公章']));
	const clerk = await staff('clerk1');
	for (const s of now.items) {
		const mm = 380 + 20 * (s.item - 1);
		for (const side of [s.crop.w, s.crop.h]) assert.ok(Math.abs(side - 20 - mm) <= 6, `seal ${s.item}: ${s.crop.w} × ${s.crop.h} for ${mm}`);
		const middle = [s.crop.x + s.crop.w / 2, s.crop.y + s.crop.h / 2], at = 10 * (s.item - 1);
		assert.ok(Math.abs(middle[0] - 350 - at) <= 6 && Math.abs(middle[1] - 350 + at) <= 6, `seal ${s.item}: ${middle}`);
		assert.equal(s.source.marks, 4);
		const picture = await bytes(clerk, j, s.item, 'picture');
		assert.equal(ses.sha256(picture), s.sha256);
		const { w, h, type } = png(picture);
		assert.ok(Math.abs(w - s.crop.w / 254 * 600) <= 2 && Math.abs(h - s.crop.h / 254 * 600) <= 2, `${w} × ${h}`);
		assert.ok(type === 6 || type === 4 || picture.includes('tRNS'), 'it has alpha');
		assert.equal((await bytes(clerk, j, s.item, 'sight')).subarray(0, 3).toString('hex'), 'ffd8ff');
	}
	problem(await clerk.want(404, 'GET', seals.url(j, 4, 'picture')), 404, 'not_found');
	problem(await clerk.want(404, 'GET', seals.url(j, 1, 'data')), 404, 'not_found');
	problem(await clerk.want(404, 'GET', '/api/staff/seals/GD20200101000001I'), 404, 'not_found');
	assert.equal(sql(`SELECT GROUP_CONCAT(action, ' ', detail ORDER BY seq SEPARATOR '; ') FROM audit WHERE object='${j.no}' AND action IN ('seal_view','seal_data') AND detail IN ('1','4 none','1 none')`), 'seal_view 1; seal_view 4 none; seal_data 1 none');
	await (await staff('admin1')).want(403, 'GET', seals.url(j));
	await j.owner.want(401, 'GET', seals.url(j), undefined, { check: false });
	/* nothing of it lies in the database as it is */
	const kept = sql(`SELECT HEX(SUBSTRING(picture_sealed,1,5)), HEX(SUBSTRING(sight_sealed,1,5)) FROM seal s JOIN application a ON a.id=s.application_id WHERE a.no='${j.no}' AND s.item=1`);
	assert.match(kept, /^31[0-9A-F]{8}\t31[0-9A-F]{8}$/);
});

test('cut anew and confirmed: only by who holds the claim of a case in first review, within the box, and the picture that was seen', async () => {
	const j = await submitted();
	const found = (await seals.settled(j)).items[0];
	const [one, two, desk] = [await staff('clerk1'), await staff('clerk2'), await staff('desk1')];
	problem(await crop(one, j, { x: 100, y: 100, w: 500, h: 500 }, 409), 409, 'state');
	problem(await confirm(one, j, found.sha256, 409), 409, 'state');
	await j.claim('clerk1');
	problem(await crop(two, j, { x: 100, y: 100, w: 500, h: 500 }, 409), 409, 'not_claimed');
	problem(await confirm(two, j, found.sha256, 409), 409, 'not_claimed');
	problem(await crop(desk, j, {}, 403), 403, 'forbidden');
	for (const [body, pointer] of [[{ x: 300, y: 0, w: 401, h: 100 }, '/w'], [{ x: 0, y: 601, w: 100, h: 100 }, '/h'], [{ x: 0, y: 0, w: 19, h: 100 }, '/w'], [{ x: 0, y: 0, w: 100, h: 0 }, '/h'], [{ x: 701, y: 0, w: 1, h: 1 }, '/x'], [{ file: '0'.repeat(32) }, '/page'], [{ file: '0'.repeat(32), page: 1, at_x: 620, at_y: 1280 }, '/page'], [{ file: found.source.file, page: 9, at_x: 620, at_y: 1280 }, '/page'], [{ file: found.source.file, page: 1, at_x: 349, at_y: 1280 }, '/at_x'], [{ file: found.source.file, page: 1, at_x: 620, at_y: 2621 }, '/at_y']]) {
		const a = problem(await crop(one, j, body, 422), 422, 'invalid');
		assert.ok(a.errors.some((f) => f.pointer === '#' + pointer), `${JSON.stringify(body)}: ${JSON.stringify(a.errors)}`);
	}
	/* a file of another case, and one of this case that is no form */
	const other = await submitted();
	const theirs = (await seals.settled(other)).items[0].source.file;
	await j.look();
	const licence = j.case.materials.find((m) => m.code === 'm2').files[0].id;
	for (const file of [theirs, licence]) problem(await crop(one, j, { file, page: 1, at_x: 620, at_y: 1280 }, 422), 422, 'invalid');
	problem(await crop(one, j, {}, 404, 2), 404, 'not_found');
	assert.deepEqual((await seals.list(j)).items[0], found, 'nothing of that changed it');
	const cut = (await crop(one, j, { x: 120, y: 110, w: 460, h: 450 })).json.items[0];
	assert.deepEqual([cut.state, cut.crop, cut.cut_by], ['proposed', { x: 120, y: 110, w: 460, h: 450 }, '受理一号']);
	const { w, h } = png(await bytes(one, j, 1, 'picture'));
	assert.ok(Math.abs(w - 1087) <= 2 && Math.abs(h - 1063) <= 2, `${w} × ${h}`);
	problem(await confirm(one, j, found.sha256, 412), 412, 'stale');
	const refused = problem(await j.act('clerk1', 'accept', undefined, { status: 409 }).then((a) => a), 409, 'state');
	assert.ok(refused);
	const empty = (await crop(one, j, { x: 0, y: 0, w: 60, h: 60 })).json.items[0];
	assert.equal(empty.state, 'missing');
	assert.match(empty.reason, /没有看到印章或签名/);
	problem(await confirm(one, j, cut.sha256, 409), 409, 'state');
	const again = (await crop(one, j, {})).json.items[0];
	assert.deepEqual([again.state, again.crop, again.cut_by, again.sha256], ['proposed', found.crop, null, found.sha256]);
	const done = (await confirm(one, j, again.sha256)).json;
	assert.deepEqual([done.open, done.items[0].state, done.items[0].confirmed_by], [0, 'confirmed', '受理一号']);
	/* who cuts it out again has to confirm again */
	const third = (await crop(one, j, { x: 120, y: 110, w: 460, h: 450 })).json;
	assert.deepEqual([third.open, third.items[0].state, third.items[0].confirmed_by], [1, 'proposed', null]);
});

test('no acceptance without confirmed seals, no second review by who confirmed them, no change afterwards', async () => {
	const j = await submitted();
	await seals.settled(j);
	await j.claim('reviewer1');
	await j.pass('reviewer1');
	const a = problem(await j.act('reviewer1', 'accept', undefined, { status: 409 }), 409, 'state');
	assert.match(a.detail, /还有1枚印章没有确认/);
	await seals.confirm(j, 'reviewer1');
	await (await staff('reviewer1')).want(200, 'POST', `${j.desk}/release`, { reason: '请同事接着办理' }, { key: key() });
	await j.claim('clerk1');
	await j.accept('clerk1');
	await j.originals();
	await j.money();
	const b = problem(await j.act('reviewer1', 'approve', undefined, { status: 403 }), 403, 'two_persons');
	assert.match(b.detail, /印章是您确认的/);
	const sha = (await seals.list(j)).items[0].sha256;
	problem(await crop(await staff('reviewer1'), j, {}, 409), 409, 'state');
	problem(await confirm(await staff('clerk1'), j, sha, 409), 409, 'state');
	await j.approve('reviewer2');
	await j.produce();
	const bound = (await seals.list(j)).items[0];
	assert.deepEqual([bound.state, bound.sha256, bound.sight, bound.data], ['bound', sha, false, false], 'serials were typed: the picture is bound, there are no seal data');
	assert.equal(bound.sign_serial, sql(`SELECT sign_serial FROM certificate t JOIN application a ON a.id=t.application_id WHERE a.no='${j.no}'`));
});

test('a newer scan is looked at anew; a new version of the form makes the old one worthless; a removed one leaves nothing', async () => {
	const j = await Journey.draft();
	await j.fill();
	await j.print();
	const file = await j.putForm('申请表一', { copies: 1 });
	const first = (await seals.settled(j)).items[0];
	assert.equal(first.state, 'proposed');
	await j.change({ years: j.typed.years === 1 ? 2 : 1 });
	await j.print();
	const stale = (await seals.list(j)).items[0];
	assert.deepEqual([stale.state, stale.reason], ['missing', '申请表或扫描件已经换过，请重新框出印章']);
	await j.owner.want(204, 'DELETE', `/api/attachments/${file.id}`);
	await j.putForm('申请表二', { copies: 1 });
	for (let i = 0; i < 100 && (await seals.list(j)).items[0].state !== 'proposed'; i++) await new Promise((r) => setTimeout(r, 200));
	const second = (await seals.list(j)).items[0];
	assert.equal(second.state, 'proposed');
	assert.notEqual(second.source.file, first.source.file);
});

test('grey, unsigned and hand-written: what is said, and that a hand is taken', async () => {
	const j = await submitted({ seal: () => ({ colour: [90, 90, 90] }) });
	const grey = (await seals.settled(j)).items[0];
	assert.equal(grey.state, 'missing');
	assert.match(grey.reason, /没有看到印章|黑白扫描/);
	const who = await applicant();
	const k = await Walk.begin({ service: 'new', holder: 'ind', channel: 'post', owner: who, subject: subject('ind', who.phone), count: 2 });
	await k.fill();
	await k.change({ items: [{ seal_kind: 'handwritten', seal_name: '欧阳𬭊' }, { seal_kind: 'name', seal_name: '欧阳𬭊之印' }] });
	await k.print();
	const form = await k.formPdf();
	await k.put('m1', '申请表.pdf', 'application/pdf', scans.pdf(scans.stampImprints(form, [{ page: 3, x: 62, y: 128, mm: 36, by: 'hand' }, { page: 3, x: 148, y: 128, mm: 36, by: 'hand', dx: 2 }])));
	const now = await seals.settled(Object.assign(k, { no: k.case.no }));
	assert.deepEqual(now.items.map((s) => s.state), ['proposed', 'proposed']);
});

test('a change of something else has no page for seals', async () => {
	for (const [changes, pages] of [[['address'], 0], [['seal'], 1], [['address', 'seal'], 1]]) {
		const who = await applicant();
		const whose = subject('org', who.phone);
		const w = await Walk.begin({ service: 'change', holder: 'org', channel: 'post', owner: who, subject: whose, old: bring([certificate(whose)]), changes });
		await w.fill();
		await w.print();
		await w.look();
		assert.equal(w.case.form.seal_pages, pages, changes.join());
	}
});

/* --- seal data --- */

function asn1(pem) {
	const file = path.join(dir, 'c.pem');
	fs.writeFileSync(file, pem);
	const read = (...what) => execFileSync('openssl', ['x509', '-noout', '-in', file, ...what], { encoding: 'utf8' });
	return { der: execFileSync('openssl', ['x509', '-in', file, '-outform', 'DER']), from: Date.parse(/notBefore=(.*)/.exec(read('-startdate'))[1]), to: Date.parse(/notAfter=(.*)/.exec(read('-enddate'))[1]) };
}

async function produced(w, token, item = 1) {
	const producer = await staff('producer1');
	const request = token.want(['request']).replace(/-----[^-]+-----|\s/g, '');
	await producer.want(201, 'POST', '/api/staff/production/orders', { no: w.case.no, item, request, token_serial: token.face.serial }, { key: key() });
	for (let i = 0; i < 150; i++) {
		const one = (await producer.want(200, 'GET', `/api/staff/production/${w.case.no}`)).json.items[item - 1];
		if (one && one.state === 'done') return one;
		assert.notEqual(one && one.state, 'failed', one && one.error);
		await new Promise((r) => setTimeout(r, 100));
	}
	throw new Error('the worker does not make it');
}

async function decided(w) {
	await w.fill();
	await w.handIn();
	await w.accepted();
	await w.closeGates();
	await w.decided();
	assert.equal(w.case.state, 'approved');
}

const maker = (kind) => path.join(env.varDir, 'trust/seals', `builtin-${kind}.pem`);

for (const kind of ['rsa', 'sm2'])
	test(`seal data with ${kind} keys: another reader, its signature, the maker's chain; carried over by reissue`, async () => {
		const owner = await applicant();
		const whose = subject('org', owner.phone);
		const w = await Walk.begin({ service: 'new', holder: 'org', channel: 'post', owner, subject: whose, count: 1 });
		await decided(w);
		const token = new Token(kind);
		const one = await produced(w, token);
		const j = { no: w.case.no };
		const row = (await seals.list(j)).items[0];
		assert.deepEqual([row.state, row.data, row.carried], ['bound', true, false]);
		const der = Buffer.from(one.seal, 'base64');
		assert.ok((await bytes(await staff('clerk1'), j, 1, 'data')).equals(der), 'the download is the same');
		const s = ses.read(der), cert = asn1(one.sign_cert);
		assert.deepEqual([s.version, s.vid, s.esID, s.type, s.name], [4, 'ZHENGYIN', row.id, 1, row.name]);
		assert.equal(s.certs.length, 1);
		assert.ok(s.certs[0].equals(cert.der), "bound to the holder's signing certificate");
		assert.ok(s.from >= cert.from && s.to <= cert.to && s.from < s.to && s.created >= s.from && s.created <= Date.now() + 5000);
		assert.equal(ses.sha256(s.picture.data), row.sha256);
		assert.deepEqual([s.picture.type, s.picture.width, s.picture.height], ['PNG', Math.round(row.crop.w / 10), Math.round(row.crop.h / 10)]);
		assert.ok(ses.verify(s), 'the signature holds');
		for (const at of [20, Math.floor(s.signed.length / 2), s.signed.length - 1]) {
			const signed = Buffer.from(s.signed);
			signed[at] ^= 1;
			assert.ok(!ses.verify({ ...s, signed }), `byte ${at} changed, and the signature still holds`);
		}
		assert.equal(ses.PEM(s.maker).replace(/\s/g, ''), fs.readFileSync(maker(kind), 'utf8').replace(/\s/g, ''));
		const chain = spawnSync('openssl', ['verify', ...(kind === 'sm2' ? ['-vfyopt', 'distid:1234567812345678'] : []), '-partial_chain', '-trusted', path.join(env.varDir, 'trust/intermediates', `builtin-${kind}.pem`), maker(kind)], { encoding: 'utf8' });
		assert.equal(chain.status, 0, chain.stderr);

		/* the token keeps it */
		const face = JSON.parse(token.want(['install'], JSON.stringify({ certificate: one.sign_cert, encryption_certificate: one.enc_cert, encryption_key: one.enc_key, seal: one.seal })));
		assert.deepEqual(face.certificates.map((c) => [c.seal_id, c.seal_name, c.seal_width_mm, c.seal_height_mm]), [[s.esID, s.name, s.picture.width, s.picture.height]]);
		assert.deepEqual(token.show(), face);
		const lies = path.join(token.dir, `seal-${one.sign_serial}`), whole = fs.readFileSync(lies);
		assert.ok(whole.equals(der));
		fs.writeFileSync(lies, Buffer.concat([whole.subarray(0, 300), Buffer.from([whole[300] ^ 1]), whole.subarray(301)]));
		assert.notEqual(token.run(['show']).status, 0, 'an altered seal is shown');
		fs.writeFileSync(lies, whole);

		/* reissue: the former picture and name, another seal */
		await (await staff('producer1')).want(200, 'POST', '/api/staff/production/written', { no: w.case.no, item: 1 }, { key: key() });
		await (await staff('producer2')).want(200, 'POST', '/api/staff/production/checked', { no: w.case.no, item: 1 }, { key: key() });
		const desk = await staff('desk1'), waybill = data.waybill();
		await desk.want(201, 'POST', '/api/staff/parcels', { no: w.case.no, waybill }, { key: key() });
		await desk.want(200, 'POST', `/api/staff/parcels/${waybill}/delivered`, undefined, { key: key() });
		const old = { ...one, sign_serial: one.sign_serial };
		const again = await Walk.begin({ service: 'reissue', holder: 'org', channel: 'post', owner, subject: whose, old: [old], count: 1 });
		await decided(again);
		const two = await produced(again, new Token(kind));
		const carried = (await seals.list({ no: again.case.no })).items[0];
		assert.deepEqual([carried.state, carried.carried, carried.sha256, carried.name, carried.data], ['bound', true, row.sha256, row.name, true]);
		const t = ses.read(Buffer.from(two.seal, 'base64'));
		assert.notEqual(t.esID, s.esID);
		assert.ok(t.picture.data.equals(s.picture.data) && t.name === s.name && ses.verify(t));
		assert.ok(t.certs[0].equals(asn1(two.sign_cert).der));
	});
