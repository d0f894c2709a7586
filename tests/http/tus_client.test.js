'use strict';
/* The official client, tus-js-client, against the portal while things break: programs are killed, nginx is restarted, two
 * send the same file.  What it was told has arrived is there, byte for byte. */
const test = require('node:test');
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const env = require('../lib/env');
const files = require('../lib/files');
const { CHUNK } = require('../lib/tus');
const { Journey } = require('../lib/journey');
const { stack, answering, pids } = require('../lib/stack');
const tus = env.need('tus-js-client');

const AGAIN = [409, 423, 429, 460, 500, 502, 503, 504];
let j;

test.before(async () => {
	j = await Journey.draft();
	await j.fill();
	await j.print();
});
test.after(() => answering(['attachment']));

/* A question where it was that gets no answer is asked again; the client by itself would begin anew (www/js/upload.js). */
class Steady extends tus.DefaultHttpStack {
	createRequest(method, url) {
		const request = super.createRequest(method, url);
		if (method !== 'HEAD') return request;
		const ask = request.send.bind(request);
		request.send = async (body) => {
			const a = await ask(body);
			if (AGAIN.includes(a.getStatus())) throw new Error(`HEAD ${a.getStatus()}`);
			return a;
		};
		return request;
	}
}

/* One upload as the page sends it; seen: offsets of its pieces and answers as they came. */
function send(bytes, material, more = {}) {
	const seen = { offsets: [], answers: [] };
	let upload;
	const done = new Promise((resolve, reject) => {
		upload = new tus.Upload(bytes, {
			endpoint: `${env.url}/api/uploads/`, chunkSize: CHUNK, retryDelays: [0, 100, 300, 500, 1000, 1000, 2000, 2000, 3000],
			headers: { Cookie: j.owner.cookies(), 'X-CSRF-Token': j.owner.csrf },
			metadata: { application: j.no, material, filename: `${material}䶮.jpg`, filetype: 'image/jpeg', sha256: crypto.createHash('sha256').update(bytes).digest('hex') },
			httpStack: new Steady(),
			onShouldRetry: (e) => !e.originalResponse || AGAIN.includes(e.originalResponse.getStatus()),
			onBeforeRequest: (r) => { if (r.getMethod() === 'PATCH') seen.offsets.push(Number(r.getHeader('Upload-Offset'))); },
			onAfterResponse: (r, a) => { seen.answers.push(`${r.getMethod()} ${a.getStatus()}`); },
			onError: reject, onSuccess: () => resolve(seen), ...more,
		});
	});
	done.catch(() => { /* looked at by whoever waits for it */ });
	return { upload, done, seen };
}

const kept = (material, ...wanted) => j.kept(material, ...wanted);

test('a whole file, piece by piece', async () => {
	const bytes = files.big();
	const s = send(bytes, 'm2');
	s.upload.start();
	await s.done;
	assert.deepEqual(s.seen.offsets, Array.from({ length: Math.ceil(bytes.length / CHUNK) }, (_, i) => i * CHUNK));
	assert.deepEqual([...new Set(s.seen.answers)], ['POST 201', 'PATCH 204']);
	await kept('m2', bytes);
});

test('programs are killed in the middle: it goes on from where it was', async (t) => {
	const bytes = files.big();
	let killed = 0;
	const s = send(bytes, 'm2', {
		onProgress(sent) {
			if (sent < (killed + 0.5) * CHUNK || killed > 3) return;
			killed++;
			for (const pid of pids('attachment')) process.kill(pid, 'SIGKILL');
		},
	});
	s.upload.start();
	await s.done;
	t.diagnostic(`killed ${killed} times: ${s.seen.answers.join(', ')}`);
	assert.ok(killed > 2);
	for (let i = 1; i < s.seen.offsets.length; i++) assert.ok(s.seen.offsets[i] >= s.seen.offsets[i - 1], 'what had arrived was sent again from before');
	await kept('m2', bytes);
});

test('nginx is restarted in the middle', async (t) => {
	const bytes = files.big();
	let again = 0;
	const s = send(bytes, 'm2', {
		onChunkComplete(size, at) {
			if (again < 2 && at >= (2 * again + 1) * CHUNK) {
				again++;
				stack('restart', 'nginx');
			}
		},
	});
	s.upload.start();
	await s.done;
	t.diagnostic(s.seen.answers.join(', '));
	assert.equal(again, 2);
	assert.equal(s.seen.answers.filter((a) => a === 'POST 201').length, 1);
	await kept('m2', bytes);
});

test('left in the middle and taken up by another process with the same list of uploads', async () => {
	const bytes = files.big();
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'zy-tus-'));
	try {
		const list = { urlStorage: new tus.FileUrlStorage(path.join(dir, 'uploads.json')), fingerprint: () => Promise.resolve(`tus::${j.no}::left`), removeFingerprintOnSuccess: true };
		let stopped;
		const left = new Promise((resolve) => { stopped = resolve; });
		const first = send(bytes, 'm3', { ...list, onChunkComplete: (size, at) => { if (at === 2 * CHUNK) first.upload.abort().then(stopped); } });
		first.upload.start();
		await left;
		const second = send(bytes, 'm3', list);
		const before = await second.upload.findPreviousUploads();
		assert.equal(before.length, 1);
		second.upload.resumeFromPreviousUpload(before[0]);
		second.upload.start();
		await second.done;
		assert.equal(second.seen.answers[0], 'HEAD 200');
		assert.ok(second.seen.offsets[0] >= 2 * CHUNK, `from ${second.seen.offsets[0]}`);
		for (let i = 0; i < 100 && (await second.upload.findPreviousUploads()).length; i++) await new Promise((r) => setTimeout(r, 20));
		assert.deepEqual(await second.upload.findPreviousUploads(), [], 'it stays on the list');
		await kept('m3', bytes);
	} finally {
		fs.rmSync(dir, { recursive: true });
	}
});

test('two send the same upload at once: both end well, and there is one file', async (t) => {
	const bytes = files.big();
	const url = (await new Promise((resolve, reject) => {
		const s = send(bytes, 'm3', { onUploadUrlAvailable: () => s.upload.abort().then(() => resolve(s.upload.url), reject) });
		s.upload.start();
	}));
	const both = [send(bytes, 'm3', { uploadUrl: url }), send(bytes, 'm3', { uploadUrl: url })];
	for (const s of both) s.upload.start();
	await Promise.all(both.map((s) => s.done));
	t.diagnostic(both.map((s) => s.seen.answers.join(', ')).join(' | '));
	await kept('m3', bytes);
});

test('two files for the same material at once: both are there', async () => {
	const [a, b] = [files.big(), files.big()];
	const both = [send(a, 'm3'), send(b, 'm3')];
	for (const s of both) s.upload.start();
	await Promise.all(both.map((s) => s.done));
	await kept('m3', a, b);
});

test('taken back: the upload is gone', async () => {
	const bytes = files.big();
	const s = send(bytes, 'm3', { onChunkComplete: () => s.upload.abort(true).then(s.over) });
	const over = new Promise((resolve) => { s.over = resolve; });
	s.upload.start();
	await over;
	const a = await j.owner.head(new URL(s.upload.url || `${env.url}/api/uploads/0`).pathname, { headers: { 'Tus-Resumable': '1.0.0' }, check: false });
	assert.equal(a.status, 404);
	assert.ok(s.seen.answers.includes('DELETE 204'), s.seen.answers.join());
});
