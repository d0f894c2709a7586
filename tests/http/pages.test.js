'use strict';
/* Pages as pictures and as small pictures: what they hold, who may see them, what is written down of it, how they go. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const env = require('../lib/env');
const files = require('../lib/files');
const { stack } = require('../lib/stack');
const { staff } = require('../lib/staff');
const { Journey, applicant } = require('../lib/journey');
const { sql, rows } = require('../lib/sql');

/* Segments of a JPEG up to its data: [marker, bytes]. */
function segments(jpeg) {
	const out = [];
	assert.equal(jpeg.readUInt16BE(0), 0xffd8);
	for (let at = 2; ;) {
		const marker = jpeg.readUInt16BE(at), n = jpeg.readUInt16BE(at + 2);
		out.push([marker & 255, jpeg.subarray(at + 4, at + 2 + n)]);
		if (marker === 0xffda) return out;
		at += 2 + n;
	}
}
function size(jpeg) {
	const frame = segments(jpeg).find(([m]) => m >= 0xc0 && m <= 0xc2)[1];
	return [frame.readUInt16BE(3), frame.readUInt16BE(1)];
}
const looks = (id, detail) => Number(sql(`SELECT COUNT(*) FROM audit WHERE action='file_view' AND detail='${id} ${detail}'`));

let j, file;
test.before(async () => {
	j = await Journey.draft();
	await j.fill();
	await j.print();
	file = await j.put('m2', '执照𬭊.pdf', 'application/pdf', files.pdf({ pages: 2 }));
	assert.equal(file.page_count, 2);
});

test('a page and its small picture: sizes, and nothing but the picture', async () => {
	const wide = await j.put('m3', '身份证（正面）.png', 'image/png', files.png({ width: 2400, height: 1200, text: '<甲>' }));
	for (const [where, side, shape] of [['', 2000, [2000, 1000]], ['/thumb', 240, [240, 120]]]) {
		const a = await j.owner.want(200, 'GET', `/api/attachments/${wide.id}/pages/1${where}`);
		assert.equal(a.headers['content-type'], 'image/jpeg');
		assert.match(a.headers['content-security-policy'], /sandbox/);
		assert.match(a.headers['cache-control'], /no-store/);
		assert.deepEqual(size(a.body), shape, `long side ${side}`);
		for (const [marker, bytes] of segments(a.body)) {
			if (marker === 0xe0) assert.equal(bytes.subarray(0, 5).toString('latin1'), 'JFIF\0');
			else assert.ok(marker < 0xe0, `segment ${marker.toString(16)}`);
		}
	}
	const tall = await j.owner.want(200, 'GET', `/api/attachments/${file.id}/pages/2/thumb`);
	assert.deepEqual(size(tall.body), [170, 240]);
	await j.owner.want(204, 'DELETE', `/api/attachments/${wide.id}`);
});

test('a form that lies on its side stands upright as page and as small picture', async () => {
	const pdf = path.join(env.varDir, 'test-turned.pdf');
	fs.writeFileSync(pdf, await j.formPdf());
	for (const degrees of [90, 180, 270]) {
		execFileSync('qpdf', [pdf, `--rotate=+${degrees}`, pdf + '.out']);
		const t = await j.put('m1', `申请表（转${degrees}度）.pdf`, 'application/pdf', fs.readFileSync(pdf + '.out'));
		assert.equal(t.state, 'accepted');
		const seen = JSON.parse(sql(`SELECT seen FROM attachment_page WHERE attachment_id='${t.id}' AND page=1`));
		assert.equal(seen.turn, (4 - degrees / 90) % 4, 'quarters back');
		for (const where of ['', '/thumb']) {
			const [w, h] = size((await j.owner.want(200, 'GET', `/api/attachments/${t.id}/pages/1${where}`)).body);
			assert.ok(w < h, `${w}×${h}`);
		}
		await j.owner.want(204, 'DELETE', `/api/attachments/${t.id}`);
	}
	fs.rmSync(pdf);
	fs.rmSync(pdf + '.out');
});

test('small pictures of others, of no page, of no number: not there', async () => {
	const other = await applicant();
	const clerk = await staff('clerk1');
	const where = `/api/attachments/${file.id}/pages/1/thumb`;
	const bodies = new Set();
	for (const [c, url] of [[other, where], [clerk, where.replace('/api/', '/api/staff/')], [j.owner, where.replace('/1/', '/3/')], [j.owner, where.replace('/1/', '/0/')], [j.owner, where.replace('/1/', '/x/')],
		[j.owner, where.replace(file.id, 'f'.repeat(32))]]) {
		const a = await c.request('GET', url, { loose: true });
		assert.equal(a.status, 404, url);
		bodies.add(a.json.title + a.json.detail);
	}
	assert.equal(bodies.size, 1);
	assert.equal(sql(`SELECT COUNT(*) FROM audit WHERE action='file_refused' AND object='${file.id}' AND detail='thumbs'`), '4');
});

test('looks: a page each time, small pictures once a file and person', async () => {
	const at = (n, small) => `/api/attachments/${file.id}/pages/${n}${small}`;
	const before = [looks(file.id, 'page 1'), looks(file.id, 'thumbs')];
	for (const n of [1, 2, 1]) await j.owner.want(200, 'GET', at(n, '/thumb'));
	for (const n of [1, 1]) await j.owner.want(200, 'GET', at(n, ''));
	assert.equal(looks(file.id, 'page 1'), before[0] + 2);
	assert.equal(looks(file.id, 'thumbs'), 1);
	await j.upload();
	await j.submit();
	await j.claim();
	const clerk = await staff('clerk1');
	for (const n of [1, 2]) await clerk.want(200, 'GET', at(n, '/thumb').replace('/api/', '/api/staff/'));
	assert.equal(looks(file.id, 'thumbs'), 2, 'another person is another row');
});

test('identity papers bear who looks when staff look, other papers do not', async () => {
	const clerk = await staff('clerk1');
	const list = (await j.owner.want(200, 'GET', `${j.url}/attachments`)).json;
	for (const [material, marked] of [['m2', false], ['m3', true]]) {
		const t = list.find((x) => x.material === material);
		const own = (await j.owner.want(200, 'GET', `/api/attachments/${t.id}/pages/1`)).body;
		const seen = (await clerk.want(200, 'GET', `/api/staff/attachments/${t.id}/pages/1`)).body;
		assert.equal(own.equals(seen), !marked, material);
		assert.deepEqual(size(seen), size(own));
		assert.ok(segments(seen).every(([m]) => m === 0xe0 || m < 0xe0), 'only a picture');
	}
});

test('a file that was taken back is erased with its pages and small pictures', async () => {
	const k = await Journey.draft();
	await k.fill();
	await k.print();
	const gone = await k.put('m2', '执照.pdf', 'application/pdf', files.pdf({ pages: 2 }));
	const ids = rows(`SELECT blob_id FROM attachment WHERE id='${gone.id}' UNION ALL SELECT blob_id FROM attachment_page WHERE attachment_id='${gone.id}' `
		+ `UNION ALL SELECT thumb_id FROM attachment_page WHERE attachment_id='${gone.id}'`).map(([id]) => id);
	const stored = () => walk(path.join(env.varDir, 'store')).filter((f) => ids.includes(path.basename(f))).length;
	assert.deepEqual([ids.length, stored()], [5, 5]);
	await k.owner.want(204, 'DELETE', `/api/attachments/${gone.id}`);
	sql(`UPDATE attachment SET removed_at=removed_at-7200 WHERE id='${gone.id}'`);
	stack('restart', 'worker');
	for (const end = Date.now() + 90000; stored() > 0 && Date.now() < end;) await new Promise((r) => setTimeout(r, 200));
	assert.equal(stored(), 0);
	assert.equal(sql(`SELECT COUNT(*) FROM stored_file WHERE id IN ('${ids.join("','")}')`), '0');
	assert.equal(sql(`SELECT COUNT(*) FROM attachment_page WHERE attachment_id='${gone.id}'`), '0');
});

function walk(dir) {
	return fs.readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? walk(path.join(dir, e.name)) : [path.join(dir, e.name)]));
}
