'use strict';
/* Hostile files and good ones.
 * All of hostile.js through files.c: none is taken as it is, no child takes more than its memory and its seconds, and what was
 * taken is a picture of ours.  Every twelfth also as an upload to the portal, while others ask it for something.
 * All of good.js: none is refused.  Five hundred odd names lead to nothing but a name.  A bomb without the limits shows that the figures would tell.
 * TORTURE_FILES=n takes every n-th hostile file only. */
const fs = require('node:fs');
const path = require('node:path');
const { spawn, execFileSync } = require('node:child_process');
const env = require('../lib/env');
const { png } = require('../lib/bytes');
const { Client } = require('../lib/client');
const { Journey } = require('../lib/journey');
const tus = require('../lib/tus');
const { odd_names, try_name, other_names } = require('../lib/names');
const { good } = require('./good');
const { hostile, MARK } = require('./hostile');
const { report, wait } = require('./torture');

const STEP = Number(process.env.TORTURE_FILES || 1);
const UPLOADED = 12;
const folder = path.join(env.varDir, 'torture-files');
const program = path.join(env.buildDir(), 'tests/torture/files');

/* Lines of files.c as { verdict, pages, cpu, peak, wall }. */
function read(line) {
	const [verdict, pages, cpu, peak, wall, ...name] = line.split(' ');
	return { verdict, pages: Number(pages), cpu: Number(cpu), peak: Number(peak) / 1024, wall: Number(wall), file: name.join(' ') };
}

/* One run of files.c over some files; what they became lies in out. */
function decode(list, out) {
	fs.mkdirSync(out, { recursive: true });
	return new Promise((done, fail) => {
		const p = spawn(program, [out], { stdio: ['pipe', 'pipe', 'inherit'] });
		let said = '';
		p.stdout.on('data', (d) => { said += d; });
		p.on('error', fail);
		p.on('close', (code) => {
			const lines = said.split('\n').filter(Boolean).map(read);
			if (code !== 0 || lines.length !== list.length) fail(new Error(`files: status ${code}, ${lines.length} of ${list.length} files`));
			else done(lines);
		});
		p.stdin.end(list.map((f) => f + '\n').join(''));
	});
}

/* The worst of two children at once, as on this machine with two workers. */
async function all(list, name) {
	const halves = [list.filter((_, i) => i % 2 === 0), list.filter((_, i) => i % 2 === 1)];
	const said = await Promise.all(halves.map((h, i) => decode(h, path.join(folder, `${name}-${i}`))));
	return said.flatMap((lines, i) => lines.map((l, n) => ({ ...l, out: path.join(folder, `${name}-${i}`), n })));
}

/* Segments that a picture of ours does not have, or bytes of the file it came from. */
function unclean(line, mark) {
	let bad = 0;
	for (let p = 1; p <= line.pages; p++) {
		for (const kind of ['', '.thumb']) {
			const jpeg = fs.readFileSync(path.join(line.out, `${line.n}-${p}${kind}.jpg`));
			if (mark && jpeg.includes(mark)) bad++;
			for (let at = 2; jpeg[at + 1] !== 0xda; at += 2 + jpeg.readUInt16BE(at + 2)) {
				const app = jpeg[at + 1] >= 0xe0 && jpeg[at + 1] <= 0xef;
				if (jpeg[at] !== 0xff || jpeg[at + 1] === 0xfe || (app && jpeg.subarray(at + 4, at + 9).toString('latin1') !== 'JFIF\0')) bad++;
			}
		}
	}
	return bad;
}

/* Somebody who only wants to know something, all the while.  What he waits is held against what he waited just before, for
 * the machine may have other work. */
function bystander() {
	const c = new Client();
	const times = [];
	let failed = 0, on = true;
	const done = (async () => {
		while (on) {
			const begun = process.hrtime.bigint();
			const a = await c.get('/api/catalog', { loose: true }).catch(() => ({ status: 0 }));
			times.push(Number(process.hrtime.bigint() - begun) / 1e6);
			if (a.status !== 200) failed++;
			await wait(20);
		}
	})();
	return async () => {
		on = false;
		await done;
		times.sort((a, b) => a - b);
		return { failed, asked: times.length, p99: times[Math.floor(times.length * 0.99)] };
	};
}

/* As an upload: true when people could see it. */
async function upload(j, f) {
	const a = await tus.create(j.owner, f.bytes.length, { application: j.no, material: 'm2', filename: f.name, filetype: 'application/octet-stream' }, { loose: true });
	if (a.status !== 201) return false;
	const where = tus.place(a);
	for (let at = 0; at < f.bytes.length; at += tus.CHUNK) {
		const p = await tus.patch(j.owner, where, at, f.bytes.subarray(at, at + tus.CHUNK), { loose: true });
		if (p.status !== 204) return false;
	}
	const t = await j.settled('m2');
	await j.owner.want(204, 'DELETE', `/api/attachments/${t.id}`);
	return t.state === 'accepted';
}

async function hostileFiles() {
	const files = [], kept = [];
	let n = 0;
	for await (const f of hostile()) {
		if (n++ % STEP) continue;
		const file = path.join(folder, 'hostile', `${n}-${f.name.replace(/[^\w.-]/g, '_').slice(-80)}`);
		fs.writeFileSync(file, f.bytes);
		files.push({ file, must: f.must, mark: f.mark && Buffer.from(MARK) });
		if (files.length % UPLOADED === 0) kept.push({ name: path.basename(file), bytes: f.bytes, must: f.must });
	}
	const j = await Journey.draft();
	await j.fill();
	await j.print();
	const quiet = bystander();
	await wait(8000);
	const before = await quiet();
	const stop = bystander();
	const uploads = (async () => {
		let taken = 0;
		for (const f of kept) if ((await upload(j, f)) && f.must === 'refused') taken++;
		return taken;
	})();
	const lines = await all(files.map((f) => f.file), 'made');
	const taken = await uploads;
	const probe = await stop();
	const of = new Map(files.map((f) => [f.file, f]));
	const wrong = lines.filter((l) => l.verdict === 'good' && of.get(l.file).must === 'refused');
	for (const l of wrong) console.log(`taken: ${l.file}`);
	report('hostile_files', lines.length, STEP === 1 ? '>= 2000' : '>= 1');
	report('hostile_taken', wrong.length, '= 0');
	report('hostile_unclean', lines.reduce((s, l) => s + unclean(l, of.get(l.file).mark), 0), '= 0');
	report('hostile_child_MB', Math.max(...lines.map((l) => l.peak)), '<= 256');
	report('hostile_child_s', Math.max(...lines.map((l) => l.cpu)) / 1000, '<= 2.1');
	report('hostile_uploaded', kept.length, `>= ${Math.floor(files.length / UPLOADED)}`);
	report('hostile_uploads_taken', taken, '= 0');
	report('hostile_others_asked', probe.asked, '>= 100');
	report('hostile_others_failed', probe.failed, '= 0');
	report('hostile_others_p99_ms', probe.p99, `<= ${Math.max(100, Math.round(3 * before.p99))}`);
	const why = {};
	for (const l of lines) why[l.verdict] = (why[l.verdict] || 0) + 1;
	console.log('# ' + Object.entries(why).map(([k, v]) => `${k} ${v}`).join(', '));
}

/* What the figures would say of a file that is too much, were it not for the limits. */
async function control() {
	const file = path.join(folder, 'control.pdf');
	const { one_page, stream } = require('../lib/bytes');
	fs.writeFileSync(file, one_page(stream('q '.repeat(8000000), '', true)));
	const big = path.join(folder, 'control.png');
	fs.writeFileSync(big, await png({ width: 6324, height: 6324 }));
	const said = read(execFileSync(program, ['loose', file], { encoding: 'utf8' }).trim());
	report('hostile_control_MB', said.peak, '>= 257');
	const [kept] = await decode([file], path.join(folder, 'control'));
	report('hostile_control_refused', kept.verdict === 'too_complex' ? 1 : 0, '= 1');
	const [large] = await decode([big], path.join(folder, 'control'));
	report('largest_png_MB', large.peak, '<= 256');
	report('largest_png_ms', large.cpu, '<= 2000');
}

async function goodFiles() {
	const c = new Client();
	const forms = [];
	for (const s of ['new', 'renew', 'revoke']) for (const h of ['org', 'individual']) {
		const a = await c.get(`/api/forms/${s}/${h}.pdf`, { loose: true });
		if (a.status === 200) forms.push(a.body);
	}
	const made = await good(path.join(folder, 'good'), forms);
	const lines = await all(made.map((m) => m.file), 'seen');
	for (const l of lines) if (l.verdict !== 'good') console.log(`refused: ${l.verdict} ${l.file}`);
	report('good_files', lines.length, '>= 200');
	report('good_producers', new Set(made.map((m) => m.producer)).size, '>= 8');
	report('good_refused', lines.filter((l) => l.verdict !== 'good').length, '= 0');
	report('good_child_s', Math.max(...lines.map((l) => l.cpu)) / 1000, '<= 2.1');
	const times = lines.filter((l) => l.pages).map((l) => l.cpu).sort((a, b) => a - b);
	report('good_child_median_ms', times[times.length >> 1], '<= 1000');
}

async function oddNames() {
	const j = await Journey.draft();
	await j.fill();
	await j.print();
	let taken = 0, refused = 0;
	for (const [i, name] of odd_names().entries()) {
		if (await try_name(j, name, i)) taken++;
		else refused++;
	}
	report('odd_names', taken + refused, '>= 500');
	report('odd_names_taken', taken, '>= 400');
	report('odd_names_in_store', other_names().length, '= 0');
}

(async () => {
	fs.rmSync(folder, { recursive: true, force: true });
	fs.mkdirSync(path.join(folder, 'hostile'), { recursive: true });
	try {
		await oddNames();
		await goodFiles();
		await control();
		await hostileFiles();
	} finally {
		fs.rmSync(folder, { recursive: true, force: true });
	}
})();
