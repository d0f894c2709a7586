'use strict';
/* Certificates from an authority that is asked by CMP: made, refused, wrong, not known, settled by two people, told of what
 * became of them; and openssl's own client against the same authority. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync, spawnSync } = require('node:child_process');
const env = require('../lib/env');
const data = require('../lib/data');
const { key } = require('../lib/client');
const { catalog } = require('../lib/journey');
const { Walk, addYears } = require('../lib/walk');
const { status, portalctl } = require('../lib/certificates');
const { CmpAuthority } = require('../lib/cmp');
const { Token } = require('../lib/token');
const { approved, order, checked, until } = require('../lib/issuing');
const { sql } = require('../lib/sql');
const { hurry, again } = require('../lib/worker');
const { staff } = require('../lib/staff');
const { configured, pids } = require('../lib/stack');

let ca;
const openssl = (input, ...args) => spawnSync('openssl', args, { encoding: 'utf8', input });
const pause = (ms) => new Promise((r) => setTimeout(r, ms));
const said = (r) => r.stdout + r.stderr;
const plain = (pem) => pem.replace(/-----[^-]+-----|\s/g, '');
const look = async (w) => (await (await staff('producer1')).want(200, 'GET', `/api/staff/production/${w.case.no}`)).json.items;
const unsettled = async () => (await (await staff('producer2')).want(200, 'GET', '/api/staff/production/unsettled')).json;
const mine = async (w) => (await unsettled()).items.filter((x) => x.no === w.case.no);
const settle = (who, want, w, more, where = '') => who.want(want, 'POST', `/api/staff/production/settlements${where}`, { no: w.case.no, item: 1, ...more }, { key: key() });
const rows = (w) => sql(`SELECT COUNT(*) FROM certificate t JOIN application a ON a.id=t.application_id WHERE a.no='${w.case.no}'`);

/* A key made by openssl, its request with the subject of the case or with another. */
function request(w, own = false) {
	const u = w.case.unit;
	const name = own ? `/C=CN/ST=广东省/L=${u.address}/O=${u.name}/CN=${u.name}` : '/CN=token';
	fs.writeFileSync(ca.file('req.cnf'), '[req]\ndistinguished_name=dn\nstring_mask=utf8only\n[dn]\n');
	execFileSync('openssl', ['req', '-config', 'req.cnf', '-new', '-newkey', 'rsa:2048', '-sha256', '-nodes', '-utf8', '-subj', name, '-keyout', 'token.key', '-out', 'token.csr'], { cwd: ca.dir, stdio: 'pipe' });
	return plain(fs.readFileSync(ca.file('token.csr'), 'utf8'));
}

async function reaches(w, states, item = 1) {
	for (let i = 0; i < 150; i++) {
		const row = (await look(w)).find((x) => x.item === item);
		if (row && states.includes(row.state)) return row;
		await pause(100);
	}
	throw new Error(`line ${item} does not become ${states}: ${JSON.stringify(await look(w))}`);
}

async function ordered(w, r = request(w), item = 1, more = {}) {
	await order(await staff('producer1'), 201, w, item, r, more);
	return r;
}

function verify(kind, pem) {
	const by = ca.by[kind];
	const id = kind === 'sm2' ? ['-vfyopt', 'distid:1234567812345678'] : [];
	return openssl(pem, 'verify', ...id, '-partial_chain', '-trusted', by.file('ca.pem'));
}

const text = (pem) => openssl(pem, 'x509', '-noout', '-text', '-nameopt', 'utf8').stdout;

test('an authority asked by CMP', { timeout: 900000 }, async (t) => {
	assert.match(portalctl('authority', 'check').stdout, /answers/, 'the built-in one');
	ca = await CmpAuthority.start();
	t.after(() => ca.end());

	await t.test("openssl's own client succeeds with it: ir, cr, kur, rr with reasons, and hears a refusal", () => {
		execFileSync('openssl', ['req', '-new', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=x', '-keyout', 'cli.key', '-out', 'cli.csr'], { cwd: ca.dir, stdio: 'pipe' });
		const ask = ['-newkey', 'cli.key', '-subject', '/CN=client', '-certout'];
		for (const [command, words] of [['ir', ask.concat('one.pem')], ['cr', ask.concat('two.pem')], ['kur', ask.concat('three.pem', '-oldcert', 'one.pem')],
			['p10cr', ['-csr', 'cli.csr', '-certout', 'four.pem']], ['rr', ['-oldcert', 'two.pem', '-revreason', '6']], ['rr', ['-oldcert', 'two.pem', '-revreason', '8']], ['rr', ['-oldcert', 'two.pem', '-revreason', '1']]]) {
			const r = ca.cli(command, words);
			assert.equal(r.status, 0, `${command}: ${r.stderr}`);
		}
		assert.deepEqual(ca.made().map((x) => x.type), ['ir', 'cr', 'kur', 'p10cr']);
		assert.equal(verify('rsa', fs.readFileSync(ca.file('three.pem'))).status, 0);
		assert.deepEqual(ca.told(ca.made()[1].serial), [6, 8, 1]);
		assert.match(said(ca.cli('rr', ['-oldcert', 'two.pem', '-revreason', '1'])), /certRevoked/);
		ca.mode({ mode: 'refuse' });
		assert.match(said(ca.cli('ir', ask.concat('five.pem'))), /badCertTemplate/);
		ca.mode({});
	});

	await configured(ca.settings(), ['issue', 'application', 'worker'], async () => {
		await t.test('portalctl asks whether it is there', () => {
			assert.match(portalctl('authority', 'check').stdout, /answers/);
			ca.pause();
			assert.notEqual(portalctl('authority', 'check').status, 0);
			ca.goOn();
		});

		await t.test('a soft token of each kind: a pair for its key, the subject of the case, installed with the key that was made here', async () => {
			for (const kind of ['rsa', 'sm2']) {
				const w = await approved('new');
				const token = new Token(kind);
				const from = ca.log().length;
				await ordered(w, plain(token.want(['request'])), 1, { token_serial: token.face.serial });
				const one = await reaches(w, ['done', 'failed', 'unknown']);
				assert.deepEqual([one.state, one.error], ['done', null]);
				assert.deepEqual(ca.made(from).map((x) => [x.type, x.half, x.subject]), [['ir', 'sign', w.case.unit.name], ['ir', 'enc', w.case.unit.name]]);
				assert.deepEqual(ca.made(from).map((x) => x.serial), [one.sign_serial, one.enc_serial]);
				assert.equal(one.not_after, addYears(data.today(), w.years));
				const [sign, enc] = [text(one.sign_cert), text(one.enc_cert)];
				for (const pem of [one.sign_cert, one.enc_cert]) assert.equal(verify(kind, pem).status, 0, verify(kind, pem).stderr);
				assert.ok(sign.includes('Digital Signature, Non Repudiation') && enc.includes('Key Encipherment, Data Encipherment'));
				assert.ok(sign.includes(w.case.unit.address) && enc.includes(w.case.unit.address));
				token.want(['install'], JSON.stringify({ certificate: one.sign_cert, encryption_certificate: one.enc_cert, encryption_key: one.enc_key }));
				assert.equal(token.show().certificates.length, 1);
				assert.equal((await status(one.sign_serial)).status, 'valid');
				await w.look();
				assert.equal(w.case.state, 'produced');
				await checked(w, 1);
			}
		});

		await t.test('a request that names the subject itself goes as it is', async () => {
			const w = await approved('new');
			const from = ca.log().length;
			ca.mode({ not_after: Date.parse(`${addYears(data.today(), w.years)}T12:00:00+08:00`) / 1000 });
			await ordered(w, request(w, true));
			const one = await reaches(w, ['done', 'failed', 'unknown']);
			assert.deepEqual([one.state, one.error], ['done', null]);
			assert.deepEqual(ca.made(from).map((x) => [x.type, x.half]), [['p10cr', 'sign'], ['ir', 'enc']]);
			ca.mode({});
		});

		await t.test('what it refuses fails with its words; one half there is gone on from with the same key, revoked with another', async () => {
			const w = await approved('new');
			ca.mode({ mode: 'refuse', half: 'enc' });
			const r = await ordered(w);
			let one = await reaches(w, ['failed', 'done', 'unknown']);
			assert.equal(one.state, 'failed');
			assert.match(one.error, /单位名称与登记不符/);
			const first = ca.made().at(-1);
			assert.equal(first.half, 'sign');
			ca.mode({});
			again(w.case.no);
			await ordered(w, r);
			one = await reaches(w, ['done']);
			assert.equal(one.sign_serial, first.serial, 'not made twice');

			const other = await approved('new');
			ca.mode({ mode: 'refuse', half: 'enc' });
			await ordered(other);
			await reaches(other, ['failed']);
			const stray = ca.made().at(-1).serial;
			ca.mode({});
			again(other.case.no);
			await ordered(other);
			assert.notEqual((await reaches(other, ['done'])).sign_serial, stray);
			await until('the certificate that nobody uses is not revoked', () => ca.told(stray).length === 1);
			assert.deepEqual([ca.told(stray), ca.told(first.serial)], [[0], []]);
		});

		await t.test('what comes back and is not what was asked for is refused, said, and revoked there', async () => {
			const wrong = { wrongname: /主体/, wrongusage: /用途/, wrongdays: /失效日期应为/, wrongkey: /不是这个请求的/ };
			const w = await approved('new');
			const bad = [];
			for (const half of ['sign', 'enc']) {
				for (const [mode, why] of Object.entries(wrong)) {
					ca.mode({ mode, half });
					again(w.case.no);
					await ordered(w);
					const one = await reaches(w, ['failed', 'done', 'unknown']);
					assert.equal(one.state, 'failed', `${mode} ${half}`);
					assert.match(one.error, why);
					bad.push({ mode, ...ca.made().at(-1) });
					assert.equal(bad.at(-1).half, half);
				}
			}
			for (const b of bad) await until(`${b.mode} ${b.half} is not revoked`, () => ca.told(b.serial).length > 0);
			assert.equal(rows(w), '0');
			assert.doesNotMatch(fs.readFileSync(path.join(env.varDir, 'log/worker.log'), 'utf8'), /subject: |\/O=/, 'names in the log');
			ca.mode({});
			ca.by.rsa.distrust('anchors', 'cmp-rsa');
			again(w.case.no);
			await ordered(w);
			assert.match((await reaches(w, ['failed', 'done', 'unknown'])).error, /受信任/);
			ca.by.rsa.trust();
			again(w.case.no);
			await ordered(w);
			assert.equal((await reaches(w, ['done', 'failed', 'unknown'])).state, 'done');
		});

		await t.test('one that cannot now, or is not there, is asked again later', async () => {
			const w = await approved('new');
			ca.mode({ mode: 'busy', half: 'sign' });
			await ordered(w);
			const busy = () => ca.log().filter((x) => x.type === 'busy').length;
			await until('it is not asked', () => busy() === 1);
			assert.equal((await look(w))[0].state, 'sent');
			ca.mode({});
			await pause(500);
			hurry();
			assert.equal((await reaches(w, ['done', 'unknown', 'failed'])).state, 'done');
		});

		await t.test('without an answer nobody knows: listed, never asked again, settled by two people either way', async () => {
			const [one, two] = [await staff('producer1'), await staff('producer2')];
			const w = await approved('new');
			let from = ca.log().length;
			ca.mode({ mode: 'drop', half: 'sign', once: 1 });
			const r = await ordered(w);
			await reaches(w, ['unknown']);
			hurry();
			await pause(1500);
			const [first] = ca.made(from);
			assert.equal(ca.made(from).length, 1, 'asked once');
			assert.deepEqual((await mine(w)).map((x) => [x.item, x.half, x.verdict, x.unit_name]), [[1, 'sign', null, w.case.unit.name]]);
			await order(one, 409, w, 1, r);
			await settle(await staff('desk1'), 403, w, { verdict: 'none' });
			assert.equal((await settle(one, 422, w, { verdict: 'made' })).json.errors[0].pointer, '#/certificate');
			const foreign = ca.made().find((x) => x.serial !== first.serial).serial;
			assert.match((await settle(one, 422, w, { verdict: 'made', certificate: ca.certificate(foreign).toString('base64') })).json.errors[0].detail, /公钥/);
			assert.match((await settle(one, 422, w, { verdict: 'made', certificate: '不是证书' })).json.errors[0].detail, /PEM/);
			await settle(two, 409, w, { verdict: 'made' }, '/confirm');
			const said = (await settle(one, 200, w, { verdict: 'made', certificate: ca.certificate(first.serial).toString('base64') })).json.items.find((x) => x.no === w.case.no);
			assert.deepEqual([said.verdict, said.verdict_by, said.serial], ['made', one.me.name, first.serial]);
			assert.equal((await settle(one, 403, w, { verdict: 'made' }, '/confirm')).json.code, 'two_persons');
			await settle(two, 409, w, { verdict: 'none' }, '/confirm');
			await settle(two, 200, w, { verdict: 'made' }, '/confirm');
			assert.equal((await reaches(w, ['done', 'failed'])).sign_serial, first.serial);
			assert.deepEqual(ca.made(from).map((x) => x.half), ['sign', 'enc']);
			assert.deepEqual(await mine(w), []);
			await settle(one, 409, w, { verdict: 'none' });
			assert.throws(() => sql('UPDATE issuance_settlement SET confirmed_by=staff_id'), /issuance_settlement_two/);

			const not = await approved('new');
			ca.mode({ mode: 'silent', half: 'sign', once: 1 });
			from = ca.log().length;
			await ordered(not);
			await reaches(not, ['unknown']);
			await settle(two, 200, not, { verdict: 'none' });
			await settle(one, 200, not, { verdict: 'none' }, '/confirm');
			assert.match((await reaches(not, ['failed'])).error, /没有签发/);
			again(not.case.no);
			await ordered(not);
			await reaches(not, ['done']);
			assert.deepEqual(ca.made(from).map((x) => x.half), ['sign', 'enc']);

			const half = await approved('new');
			ca.mode({ mode: 'drop', half: 'enc', once: 1 });
			from = ca.log().length;
			await ordered(half);
			await reaches(half, ['unknown']);
			assert.equal((await mine(half))[0].half, 'enc');
			const key1 = openssl(ca.certificate(ca.made(from)[1].serial), 'x509', '-inform', 'DER', '-noout', '-pubkey').stdout;
			await settle(two, 200, half, { verdict: 'none' });
			await settle(one, 200, half, { verdict: 'none' }, '/confirm');
			const done = await reaches(half, ['done', 'failed', 'unknown']);
			assert.equal(done.state, 'done');
			assert.deepEqual(ca.made(from).map((x) => x.half), ['sign', 'enc', 'enc'], 'the first half stands');
			assert.equal(openssl(done.enc_cert, 'x509', '-noout', '-pubkey').stdout, key1, 'the same key is asked for again');
		});

		await t.test('a worker killed anywhere: finished or to be settled, never doubled', async () => {
			const [one, two] = [await staff('producer1'), await staff('producer2')];
			const seen = [];
			for (let i = 0; i < 8; i++) {
				const w = await approved('new');
				const from = ca.log().length;
				if (i % 4 === 3) ca.mode({ mode: 'delay', seconds: 2, half: i < 4 ? 'sign' : 'enc', once: 1 });
				await ordered(w);
				await until('nobody asks', () => i % 4 < 3 || ca.made(from).length >= (i < 4 ? 0 : 1));
				await pause(i % 4 === 3 ? 700 : 120 * i);
				for (const pid of pids('worker')) process.kill(pid, 'SIGKILL');
				await until('no worker', () => pids('worker').length > 0);
				await pause(1200);
				for (let row = (await look(w))[0]; row.state !== 'done'; row = (await look(w))[0]) {
					assert.notEqual(row.state, 'failed', row.error);
					hurry();
					if (row.state === 'unknown') {
						await ca.idle(); /* what it was asked before the kill may still be in its hands */
						const [open] = await mine(w);
						const [got] = ca.made(from).filter((x) => x.half === open.half);
						const verdict = got ? { verdict: 'made', certificate: ca.certificate(got.serial).toString('base64') } : { verdict: 'none' };
						seen.push(`${open.half} ${verdict.verdict}`);
						await settle(one, 200, w, verdict);
						await settle(two, 200, w, { verdict: verdict.verdict }, '/confirm');
						if (!got && open.half === 'sign') {
							again(w.case.no);
							await ordered(w);
						}
					}
					await pause(200);
				}
				assert.deepEqual(ca.made(from).map((x) => x.half), ['sign', 'enc'], `round ${i}`);
				assert.equal(rows(w), '1');
			}
			assert.ok(seen.length >= 1, 'no kill came between');
		});

		await t.test('what becomes of certificates is told for both of the pair, with its reason, again until it is known', async () => {
			const w = await approved('new');
			await ordered(w);
			const one = await reaches(w, ['done']);
			const pair = [one.sign_serial, one.enc_serial];
			const mark = (state, reason) => sql(`UPDATE certificate SET status='${state}', revoked_at=UNIX_TIMESTAMP(), revoke_reason=${reason} WHERE sign_serial='${pair[0]}'`);
			const told = () => pair.map((s) => ca.told(s));
			const known = () => sql(`SELECT told FROM certificate_body b JOIN certificate t ON t.id=b.certificate_id WHERE t.sign_serial='${pair[0]}'`);
			mark('suspended', 6);
			await until('the hold is not told', () => known() === 'suspended');
			mark('valid', 'NULL');
			await until('the lift is not told', () => known() === 'valid');
			assert.deepEqual(told(), [[6, 8], [6, 8]]);
			ca.mode({ mode: 'refuse', half: 'rr' });
			mark('revoked', 5);
			await until('the refusal is not listed', async () => (await unsettled()).untold.some((x) => x.serial === pair[0] && /没有权限/.test(x.error) && x.status === 'revoked'));
			assert.equal(known(), 'valid');
			ca.mode({ mode: 'drop', half: 'rr', once: 1 });
			hurry();
			await until('the lost answer is not seen', async () => (await unsettled()).untold.some((x) => x.serial === pair[0] && /没有答复/.test(x.error)));
			hurry();
			await until('it is not asked again', () => known() === 'revoked');
			assert.deepEqual(told(), [[6, 8, 5, 5], [6, 8, 5]], 'the first a second time, which changed nothing');
			assert.equal((await unsettled()).untold.filter((x) => x.serial === pair[0]).length, 0);
		});

		await t.test('a hold that may have become known is lifted by saying so; an end is never taken for told by a hold', async () => {
			const w = await approved('new');
			await ordered(w);
			const one = await reaches(w, ['done']);
			const mark = (state, reason) => sql(`UPDATE certificate SET status='${state}', revoked_at=UNIX_TIMESTAMP(), revoke_reason=${reason} WHERE sign_serial='${one.sign_serial}'`);
			const known = () => sql(`SELECT CONCAT(told,' ',telling) FROM certificate_body b JOIN certificate t ON t.id=b.certificate_id WHERE t.sign_serial='${one.sign_serial}'`);
			ca.mode({ mode: 'drop', half: 'rr', once: 1 });
			mark('suspended', 6);
			await until('it is not uncertain', () => known() === 'valid suspended');
			sql(`UPDATE certificate_body SET tell_next_at=UNIX_TIMESTAMP()+600 WHERE telling<>''`);
			mark('valid', 'NULL');
			ca.mode({});
			await until('the answer is not there', () => /没有答复/.test(sql("SELECT GROUP_CONCAT(tell_error) FROM certificate_body WHERE telling<>''")));
			assert.deepEqual(ca.told(one.sign_serial), [6]);
			hurry();
			await until('the lift is not sent', () => ca.told(one.sign_serial).length === 2);
			assert.deepEqual(ca.told(one.sign_serial), [6, 8]);
		});

		await t.test('change, reissue and revocation say their reasons, and nothing is ended before the second person', async () => {
			const w = await approved('new', { walk: { count: 4, years: 2 } });
			const pairs = [];
			for (let item = 1; item <= 4; item++) {
				await ordered(w, request(w), item);
				pairs.push(await reaches(w, ['done'], item));
				await checked(w, item);
			}
			await w.look();
			await w.finish();
			assert.equal(w.case.state, 'completed');
			const anew = async (service, one, more = {}) => {
				const x = await Walk.begin({ service, holder: 'org', channel: 'post', owner: w.owner, subject: w.subject, old: [one], count: 1, ...more });
				await x.fill();
				await x.handIn();
				await x.accepted();
				return x;
			};
			const told = (one) => [one.sign_serial, one.enc_serial].map((s) => ca.told(s));
			const [changed, lost, damaged, revoked] = pairs;

			const end = await anew('revoke', revoked, { channel: 'counter' });
			await end.closeGates();
			await pause(2500); /* rounds of the worker: worker_outside_s */
			assert.equal((await status(revoked.sign_serial)).status, 'valid', 'one person has decided');
			assert.deepEqual(told(revoked), [[], []]);
			await end.decided();
			const reason = (await status(revoked.sign_serial)).revoke_reason;
			await until('the end is not told', () => told(revoked).every((x) => x.length === 1));
			assert.deepEqual(told(revoked), [[reason], [reason]]);

			for (const [one, cause, want] of [[lost, /遗失|丢失/, 1], [damaged, /损坏/, 4]]) {
				const code = (await catalog()).causes.find((c) => c.services.includes('reissue') && cause.test(c.name)).code;
				const x = await anew('reissue', one, { reason: code });
				await until('the hold is not told', () => told(one).every((t2) => t2.length === 1));
				assert.deepEqual(told(one), [[6], [6]], 'held at acceptance');
				await x.closeGates();
				await x.decided();
				const from = ca.log().length;
				await ordered(x);
				await reaches(x, ['done']);
				assert.deepEqual(ca.made(from).map((m) => m.type), ['cr', 'cr']);
				await until('the end is not told', () => told(one).every((t2) => t2.length === 2));
				assert.deepEqual(told(one), [[6, want], [6, want]], code);
			}

			const x = await anew('change', changed);
			await x.closeGates();
			await x.decided();
			assert.deepEqual(told(changed), [[], []]);
			const from = ca.log().length;
			await ordered(x);
			assert.equal((await reaches(x, ['done', 'failed'])).not_after, changed.not_after, 'the old last day');
			assert.deepEqual(ca.made(from).map((m) => m.type), ['kur', 'kur']);
			await until('the end is not told', () => told(changed).every((t2) => t2.length === 1));
			assert.deepEqual(told(changed), [[3], [3]]);
		});

		await t.test('renewal online with a soft token: signed with the old key, named in the order, superseded after installing', async () => {
			for (const kind of ['rsa', 'sm2']) {
				const w = await approved('new', { walk: { years: 1 } });
				const token = new Token(kind);
				await ordered(w, plain(token.want(['request'])), 1, { token_serial: token.face.serial });
				const one = await reaches(w, ['done']);
				token.want(['install'], JSON.stringify({ certificate: one.sign_cert, encryption_certificate: one.enc_cert, encryption_key: one.enc_key }));
				await checked(w, 1);
				await w.look();
				await w.finish();
				sql(`UPDATE certificate SET not_after='${data.today(60)}' WHERE sign_serial='${one.sign_serial}'`);
				const x = await Walk.begin({ service: 'renew', holder: 'org', channel: 'online', owner: w.owner, subject: w.subject, old: [{ sign_serial: one.sign_serial, token_serial: one.token_serial, not_after: data.today(60) }], count: 1 });
				await x.fill();
				await x.submitted();
				await x.money();
				const c = (await x.owner.want(201, 'POST', `${x.url}/challenge`, undefined, { key: key() })).json;
				x.keep(await x.owner.want(200, 'POST', `${x.url}/signature`, { nonce: c.nonce, signature: token.sign(c.text) }));
				assert.equal(x.case.state, 'approved');
				const from = ca.log().length;
				await x.owner.want(201, 'POST', `${x.url}/certificates`, { item: 1, request: plain(token.want(['request'])), token_serial: one.token_serial }, { key: key() });
				let two;
				await until('it is not made', async () => {
					[two] = (await x.owner.want(200, 'GET', `${x.url}/certificates`)).json.items;
					return ['done', 'failed', 'unknown'].includes(two.state);
				});
				assert.deepEqual([two.state, two.error, two.not_after], ['done', null, addYears(data.today(60), x.years)]);
				assert.deepEqual(ca.made(from).map((m) => m.type), ['kur', 'kur']);
				token.want(['install'], JSON.stringify({ certificate: two.sign_cert, encryption_certificate: two.enc_cert, encryption_key: two.enc_key }));
				await x.look();
				x.keep(await x.owner.want(200, 'POST', `${x.url}/installed`, undefined, { key: key(), match: x.case.version }));
				assert.equal(x.case.state, 'completed');
				await until('the old one is not told', () => [one.sign_serial, one.enc_serial].every((s) => ca.told(s).length === 1));
				assert.deepEqual([ca.told(one.sign_serial), ca.told(one.enc_serial)], [[4], [4]]);
			}
		});
	});
});
