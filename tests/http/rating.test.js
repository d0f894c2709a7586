'use strict';
/* What an applicant says of a finished case, signed in or at the tracker, and how a low rating is answered. */
const test = require('node:test');
const assert = require('node:assert/strict');
const data = require('../lib/data');
const files = require('../lib/files');
const { Client, key } = require('../lib/client');
const { Journey, applicant } = require('../lib/journey');
const { staff } = require('../lib/staff');
const { sql } = require('../lib/sql');

const SECRET = '张𠮷𬭊经理电话说得不清楚，“䶮”字写错了';
let j, open, returned;

/* One case on its way through everything, a correction too. */
test.before(async () => {
	j = await Journey.to('reviewing');
	await j.fail('m2');
	await j.sendBack();
	returned = { track: await tracked(j.no, j.owner.phone), until: (await j.look()).corrections.until };
	await j.put('m2', '营业执照副本𠮷.png', 'image/png', files.png());
	await j.submit();
	await j.claim();
	await j.pass();
	await j.accept();
	await j.originals();
	await j.money();
	await j.approve();
	await j.produce();
	await j.send();
	await j.delivered();
	open = await Journey.draft();
	await open.fill();
});
const rating = () => j.url + '/rating';
const give = (status, body, options = {}) => j.owner.want(status, 'POST', rating(), body, { key: key(), ...options });
async function tracked(no, phone) {
	const v = new Client();
	return v.post('/api/track', { no, phone, code: await v.askCode(phone, 'track') });
}

test('before the end nothing is rated; reasons belong to their level', async () => {
	const early = (await open.owner.want(200, 'GET', open.url + '/rating')).json;
	assert.equal(early.may, false);
	assert.match(early.why, /办结以后/);
	await open.owner.want(409, 'POST', open.url + '/rating', { score: 5 });
	const r = (await j.owner.want(200, 'GET', rating())).json;
	assert.equal(r.may, true);
	assert.equal(r.score, null);
	assert.equal(r.until, data.today(30));
	assert.deepEqual(r.levels.map((l) => l.name), ['非常满意', '满意', '基本满意', '不满意', '非常不满意']);
	for (const [body, pointer] of [[{ score: 0 }, '#/score'], [{ score: 6 }, '#/score'], [{ score: 5, reasons: ['slow'] }, '#/reasons/0'], [{ score: 1, reasons: ['kind'] }, '#/reasons/0'],
		[{ score: 1, reasons: ['slow', 'slow'] }, '#/reasons/1'], [{ score: 1, reasons: ['nonsense'] }, '#/reasons/0'], [{ score: 1, words: '长'.repeat(301) }, '#/words'], [{}, '#/score']]) {
		const a = await give(422, body, { loose: true });
		assert.ok(a.json.errors.some((e) => e.pointer === pointer), `${JSON.stringify(body)}: ${a.body}`);
	}
	await (await applicant()).want(404, 'POST', rating(), { score: 5 });
	assert.equal(sql(`SELECT COUNT(*) FROM rating r JOIN application a ON a.id=r.application_id WHERE a.no='${j.no}'`), '0');
});

test('the tracker tells what a state means, whose turn it is and by when, and nothing personal', async () => {
	const a = await tracked(j.no.toLowerCase(), j.owner.phone);
	assert.equal(a.status, 200, a.body.toString());
	assert.equal(a.json.waybill, j.waybill);
	assert.match(a.json.state_text, /办结/);
	assert.equal(a.json.turn, 'nobody');
	assert.ok(a.json.gates.length >= 3 && a.json.gates.every((g) => g.closed_at), 'all lights are on');
	const met = a.json.timeline.filter((e) => e.meaning).map((e) => e.state).reverse();
	assert.deepEqual(met, ['printed', 'submitted', 'reviewing', 'returned', 'submitted', 'reviewing', 'accepted', 'second_review', 'approved', 'produced', 'sent', 'completed']);
	assert.ok(a.json.timeline.every((e) => e.text), 'each has its words');
	const by = (event) => a.json.timeline.find((e) => e.event === event).by;
	assert.deepEqual(['submit', 'gates', 'approve'].map(by), ['applicant', 'machine', 'ca'], 'what follows by itself is nobody’s step');
	const d = await tracked(open.no, open.owner.phone);
	assert.equal(d.json.turn, 'applicant');
	assert.equal(d.json.by, data.today(90));
	assert.match(d.json.by_text, /关闭/);
	for (const one of [a, d]) for (const secret of [j.typed.unit.name, j.typed.agent.name, j.typed.agent.id_number, j.owner.phone, open.typed.unit.name, open.typed.agent.name, open.owner.phone]) {
		assert.ok(!one.body.toString('utf8').includes(secret), `the tracker shows ${secret}`);
	}
});

test('what an officer wrote in a correction is not for the tracker', async () => {
	const a = returned.track;
	assert.equal(a.json.state, 'returned');
	assert.equal(a.json.by, returned.until);
	assert.match(a.json.by_text, /补正/);
	const text = a.body.toString('utf8');
	assert.ok(!text.includes('一次改好') && !text.includes('公章压住'), 'notes are shown');
	assert.equal(a.json.timeline[0].text, '需要补正');
});

test('number, phone and code: one answer for whatever does not fit', async () => {
	const other = data.phone();
	const fit = async (no, phone, code) => {
		const v = new Client();
		return v.post('/api/track', { no, phone, code: code || await v.askCode(phone, 'track') });
	};
	const answers = [await fit(j.no, other), await fit('GD20260101999999A', other), await fit('GD20260101000001', other), await fit(j.no, j.owner.phone, '000000'), await fit('无此单号', other),
		await fit(open.no, j.owner.phone)];
	const plain = (a) => JSON.stringify({ ...a.json, instance: '' });
	for (const a of answers) {
		assert.equal(a.status, 404);
		assert.equal(plain(a), plain(answers[0]));
	}
});

test('rated by a ticket of the tracker; it serves its case alone and not for long', async () => {
	const seen = (await tracked(j.no, j.owner.phone)).json;
	assert.equal(seen.rating.may, true);
	const v = new Client();
	const rate = (status, no, ticket, r = { score: 4, reasons: ['quick', 'easy'] }) => v.want(status, 'POST', '/api/track/rating', { no, ticket, rating: r });
	await rate(409, open.no, seen.ticket);
	await rate(409, j.no, seen.ticket.replace(/.$/, (c) => c === '0' ? '1' : '0'));
	await rate(409, j.no, `${Math.floor(Date.now() / 1000) - 5}.${seen.ticket.split('.')[1]}`);
	await rate(409, j.no, `${Number(seen.ticket.split('.')[0]) + 600}.${seen.ticket.split('.')[1]}`);
	await rate(422, j.no, seen.ticket, { score: 4, reasons: ['slow'] });
	const a = (await rate(200, j.no, seen.ticket, { score: 4, reasons: ['quick', 'easy'], words: SECRET })).json;
	assert.equal(a.score, 4);
	assert.deepEqual(a.reasons.map((r) => r.text), ['办得快', '页面好用']);
	assert.equal(a.words, null, 'words are for who signs in');
	assert.equal((await j.owner.want(200, 'GET', rating())).json.words, SECRET);
	assert.equal(sql(`SELECT COUNT(*) FROM rating r JOIN application a ON a.id=r.application_id WHERE a.no='${j.no}' AND r.follow='none' AND r.source='track'`), '1');
	assert.ok(!sql('SELECT HEX(words_sealed) FROM rating').includes(Buffer.from('经理').toString('hex').toUpperCase()), 'words lie open');
});

test('many at once make one rating and one follow-up', async () => {
	const all = await Promise.all(Array.from({ length: 8 }, (_, i) => j.owner.post(rating(), { score: 1 + i % 2, reasons: ['slow', 'unclear'], words: SECRET }, { key: key() })));
	assert.deepEqual([...new Set(all.map((a) => a.status))], [200]);
	assert.equal(sql(`SELECT COUNT(*) FROM rating_step s JOIN rating r ON r.id=s.rating_id JOIN application a ON a.id=r.application_id WHERE a.no='${j.no}'`), '1');
	const again = { score: 1, reasons: ['slow', 'unclear'], words: SECRET };
	const k = key();
	const one = await give(200, again, { key: k });
	assert.equal((await give(200, again, { key: k })).body.toString(), one.body.toString(), 'the kept answer');
});

test('the follow-up: taken by somebody without a part, called, closed with a result', async () => {
	const clerk1 = await staff('clerk1'), clerk2 = await staff('clerk2'), boss = await staff('supervisor1');
	const step = (who, status, body) => who.want(status, 'POST', `${j.desk}/rating/steps`, body);
	const list = (await clerk2.want(200, 'GET', '/api/staff/ratings')).json.items;
	const mine = list.find((r) => r.no === j.no);
	assert.equal(mine.level, '非常不满意');
	assert.ok(mine.due > data.today(), 'due in working days');
	assert.equal(mine.owner, null);
	const two = await step(clerk1, 403, { step: 'take' });
	assert.equal(two.json.code, 'two_persons');
	await step(clerk2, 409, { step: 'call', result: 'reached', note: '还没有接手' });
	await step(clerk2, 200, { step: 'take' });
	await step(clerk2, 409, { step: 'take' });
	await step(clerk2, 422, { step: 'call', note: '没有选结果' });
	await step(clerk2, 422, { step: 'call', result: 'resolved', note: '这是办完的结果' });
	await step(clerk2, 422, { step: 'call', result: 'missed' });
	await step(clerk2, 409, { step: 'close', result: 'resolved', note: '没有打过电话' });
	await step(clerk2, 200, { step: 'call', result: 'missed', note: '无人接听' });
	await step(clerk2, 409, { step: 'close', result: 'resolved', note: '没有接通过' });
	await step(clerk2, 409, { step: 'close', result: 'unreached', note: '只打过一次' });
	await step(boss, 422, { step: 'take' });
	await step(boss, 409, { step: 'close', result: 'resolved', note: '不是我负责' });
	await step(boss, 200, { step: 'take', note: '由主管接手' });
	await step(boss, 200, { step: 'call', result: 'reached', note: '已向申请人说明，' + SECRET });
	const a = (await step(boss, 200, { step: 'close', result: 'explained', note: '说明后表示理解' })).json;
	assert.equal(a.follow, 'closed');
	assert.equal(a.words, SECRET);
	assert.deepEqual(a.steps.map((s) => s.step), ['open', 'take', 'call', 'take', 'call', 'close']);
	assert.ok(a.steps[4].note.includes(SECRET));
	await step(boss, 409, { step: 'call', result: 'reached', note: '已经办完' });
	await step(clerk2, 200, { step: 'note', note: '补充记录' });
	assert.ok(!(await clerk2.want(200, 'GET', '/api/staff/ratings')).json.items.some((r) => r.no === j.no));
	const closed = (await clerk2.want(200, 'GET', '/api/staff/ratings?follow=closed&limit=1')).json;
	assert.equal(closed.items.length, 1);
	await clerk2.want(422, 'GET', '/api/staff/ratings?after=2026-13-01.1');
	await clerk2.want(422, 'GET', '/api/staff/ratings?follow=none', undefined, { loose: true });
	await clerk2.want(404, 'GET', `${open.desk}/rating`);
	/* A better word closes nothing, a worse one opens it again, free for anybody. */
	await give(200, { score: 5 });
	await give(200, { score: 2, reasons: ['again'] });
	const anew = (await clerk2.want(200, 'GET', `${j.desk}/rating`)).json;
	assert.deepEqual([anew.follow, anew.taken, anew.result], ['open', false, null]);
	await give(200, { score: 5 });
	assert.equal((await clerk2.want(200, 'GET', `${j.desk}/rating`)).json.follow, 'open');
});

test('the days to give and to change are those of the settings, last day included', async () => {
	const move = (days) => sql(`UPDATE rating r JOIN application a ON a.id=r.application_id SET r.at=r.at-${days}*86400 WHERE a.no='${j.no}'`);
	move(7);
	await give(200, { score: 4 });
	move(1);
	const a = await give(409, { score: 5 });
	assert.match(a.json.detail, /修改评价到/);
	const id = sql(`SELECT id FROM application WHERE no='${j.no}'`);
	sql(`DELETE s FROM rating_step s JOIN rating r ON r.id=s.rating_id WHERE r.application_id=${id}; DELETE FROM rating WHERE application_id=${id}; UPDATE application SET state_at=state_at-31*86400 WHERE id=${id}`);
	assert.match((await give(409, { score: 5 })).json.detail, /^评价到/);
	sql(`UPDATE application SET state_at=state_at+86400 WHERE id=${id}`);
	await give(200, { score: 5 });
});
