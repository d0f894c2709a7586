'use strict';
/* The lists of the desk: who sees which, what stands in them in which order, every filter against a model of its own, paging
 * both ways, the next case for many at once, views of one's own; the lights and the clock of a case on its way. */
const test = require('node:test');
const assert = require('node:assert/strict');
const data = require('../lib/data');
const { key } = require('../lib/client');
const { applicant, Journey } = require('../lib/journey');
const { staff } = require('../lib/staff');
const { sql } = require('../lib/online');

const LISTS = '/api/staff/applications';
const NEXT = '/api/staff/queues/next';
const VIEWS = '/api/staff/queues/views';
const query = (o) => Object.entries(o).map(([k, v]) => `${k}=${encodeURIComponent(v)}`).join('&');
const page = async (user, o) => (await (await staff(user)).want(200, 'GET', `${LISTS}?${query(o)}`)).json;
const numbers = (list) => list.items.map((row) => row.no);
const find = (list, no) => list.items.find((row) => row.no === no);
const day = (n) => data.today(n);

/* Cases that lie where the test wants them; a branch nobody else has keeps them apart from those of other tests.  Only
 * lists and claims look at them: nothing was filled in. */
const BRANCH = 'b' + data.digits(12);
const spread = [];

test.before(async () => {
	const owner = await applicant();
	const stages = { submitted: "'submitted'", corrected: "'submitted',round=1", reviewing: "'reviewing'", second_review: "'second_review'", approved: "'approved'", to_send: "'produced',delivery_mode='courier'", to_collect: "'ready',delivery_mode='pickup'" };
	const lanes = [['new', 'org', 'post'], ['new', 'org', 'counter'], ['new', 'rep', 'post'], ['renew', 'org', 'post']];
	const days = [-3, 0, 0, 30];
	const orders = [];
	for (const [queue, state] of Object.entries(stages)) {
		for (let i = 0; i < 6; i++) {
			const lane = lanes[i % 4], due = days[(i * 3) % 4];
			orders.push({ queue, state, lane, due: queue === 'to_collect' ? null : day(due), name: `䶮㸚𠮷（${queue}）有限公司` });
		}
	}
	for (let i = 0; i < orders.length; i += 15) { /* an owner may have so many open drafts */
		for (const one of orders.slice(i, i + 15)) spread.push({ ...one, no: (await Journey.draft({ owner })).no });
		sql("SET NAMES utf8mb4;" + spread.slice(i).map((s) => `UPDATE application SET state=${s.state}, service='${s.lane[0]}', holder='${s.lane[1]}', channel='${s.lane[2]}', branch='${BRANCH}', submitted_at=state_at,
			unit_name='${s.name}', unit_key='${s.name.replace('（', '(').replace('）', ')')}'${s.due ? `, review_due='${s.due}', due='${s.due}'` : ''} WHERE no='${s.no}';`).join('\n'));
	}
	sql(`UPDATE application SET claim_by=(SELECT id FROM staff WHERE user='clerk2'), claim_until=UNIX_TIMESTAMP()+900 WHERE state='reviewing' AND branch='${BRANCH}'`);
});

test('each role has its lists, the others are refused', async () => {
	const OF = {
		clerk1: 'submitted corrected reviewing mine returned accepted wait_originals wait_token wait_signature counter ratings overdue all',
		reviewer1: 'submitted corrected reviewing mine returned accepted wait_signature second_review overdue all',
		producer1: 'approved overdue all',
		finance1: 'accepted wait_money invoices all',
		desk1: 'accepted wait_originals wait_token to_send to_collect counter ratings overdue all',
		supervisor1: 'submitted corrected reviewing mine returned accepted wait_originals wait_money wait_token wait_signature second_review approved to_send to_collect counter ratings overdue all',
	};
	for (const [user, words] of Object.entries(OF)) {
		const c = await staff(user);
		const items = (await c.want(200, 'GET', '/api/staff/queues')).json.items;
		assert.deepEqual(items.map((i) => i.queue), words.split(' '), user);
		for (const one of items) {
			assert.ok(one.count >= 0 && one.count <= 999);
			assert.equal(one.page, { invoices: '/staff/invoices.html', ratings: '/staff/ratings.html' }[one.queue] || null);
			if (!one.page) await c.want(200, 'GET', `${LISTS}?queue=${one.queue}&limit=1`);
		}
		for (const queue of OF.supervisor1.split(' ').filter((w) => !words.split(' ').includes(w) && !['invoices', 'ratings'].includes(w))) await c.want(403, 'GET', `${LISTS}?queue=${queue}`);
	}
	await (await staff('admin1')).want(403, 'GET', '/api/staff/queues');
	await (await staff('clerk1')).want(422, 'GET', `${LISTS}?queue=nowhere`, undefined, { loose: true });
	await (await staff('finance1')).want(422, 'GET', `${LISTS}?queue=invoices`);
});

/* What the filters should give, said a second time. */
const NEVER = '2199-12-31';
const LATE = ['submitted', 'corrected', 'reviewing', 'second_review', 'approved', 'to_send', 'to_collect'];
function model(o, soon) {
	return spread.filter((s) => (o.queue === 'overdue' ? LATE.includes(s.queue) && (s.due || NEVER) < day(0) : s.queue === o.queue) &&
		(!o.service || s.lane[0] === o.service) && (!o.holder || s.lane[1] === o.holder) && (!o.channel || s.lane[2] === o.channel) &&
		(!o.mine || s.queue === 'reviewing') &&
		(!o.due || (o.due === 'late' ? (s.due || NEVER) < day(0) : o.due === 'today' ? s.due === day(0) : (s.due || NEVER) >= day(0) && (s.due || NEVER) <= soon)))
		.sort((a, b) => (a.due || NEVER).localeCompare(b.due || NEVER) || a.no.localeCompare(b.no)).map((s) => s.no);
}

test('every queue and every filter against the model, page by page on and back', async () => {
	const who = { approved: 'producer1', to_send: 'desk1', to_collect: 'desk1', second_review: 'reviewer1', reviewing: 'clerk2' };
	let seen = 0, lists = 0;
	for (const queue of ['submitted', 'corrected', 'reviewing', 'second_review', 'approved', 'to_send', 'to_collect', 'overdue']) {
		const dues = queue === 'overdue' ? [undefined] : [undefined, 'late', 'today', 'soon'];
		for (const f of [{}, { service: 'new' }, { holder: 'org' }, { channel: 'post', service: 'new' }, { service: 'renew', holder: 'org', channel: 'post' }, ...(queue === 'reviewing' ? [{ mine: 1 }] : [])]) {
			for (const due of dues) {
				const o = { queue, branch: BRANCH, ...f, ...(due ? { due } : {}) };
				const want = model(o, day(7)); /* nothing of ours lies between today and the next working day */
				const user = who[queue] || 'clerk1';
				const got = [];
				let at = await page(user, { ...o, limit: 2 });
				assert.equal(at.prev, null);
				const pages = [numbers(at)];
				while (at.next) {
					at = await page(user, { ...o, limit: 2, after: at.next });
					pages.push(numbers(at));
					assert.ok(pages.length < 50);
				}
				got.push(...pages.flat());
				assert.deepEqual(got, want, JSON.stringify(o));
				const back = [pages.pop()];
				while (at.prev) {
					at = await page(user, { ...o, limit: 2, before: at.prev });
					if (at.items.length) back.unshift(numbers(at));
				}
				assert.deepEqual(back.flat(), want, `${JSON.stringify(o)} backwards`);
				assert.equal(at.prev, null);
				seen += want.length;
				lists++;
			}
		}
	}
	assert.ok(lists > 140 && seen > 200, `${lists} lists, ${seen} cases`);
});

test('what cannot be filtered is refused with the remedy; so is a place that is none of ours', async () => {
	const c = await staff('supervisor1');
	for (const [o, pointer] of [
		[{ queue: 'returned', due: 'late' }, '#/due'], [{ queue: 'all', service: 'new' }, '#/service'], [{ queue: 'wait_money', branch: 'a' }, '#/branch'],
		[{ queue: 'submitted', mine: 1 }, '#/mine'], [{ queue: 'counter', q: '某公司' }, '#/q'], [{ queue: 'overdue', due: 'today' }, '#/due'],
		[{ queue: 'submitted', after: '1' }, '#/after'], [{ queue: 'submitted', after: '20261399.1' }, '#/after'], [{ queue: 'submitted', before: '20261122.x' }, '#/before'], [{ queue: 'submitted', after: '20261122.1', before: '20261122.1' }, '#/before'],
	]) {
		const a = await c.want(422, 'GET', `${LISTS}?${query(o)}`);
		assert.deepEqual(a.json.errors.map((e) => e.pointer), [pointer], JSON.stringify(o));
	}
	await c.want(422, 'GET', `${LISTS}?queue=submitted&due=never`, undefined, { loose: true });
	await c.want(422, 'GET', `${LISTS}?queue=submitted&waiting=money`, undefined, { loose: true });
});

test('text and number are found within the list they are asked in, with its other filters', async () => {
	const name = '䶮㸚𠮷（submitted）';
	const ours = spread.filter((s) => s.queue === 'submitted');
	assert.deepEqual(numbers(await page('clerk1', { queue: 'submitted', q: name, branch: BRANCH })).sort(), ours.map((s) => s.no).sort());
	assert.deepEqual(numbers(await page('clerk1', { queue: 'submitted', q: '䶮㸚𠮷', branch: BRANCH, service: 'renew' })), ours.filter((s) => s.lane[0] === 'renew').map((s) => s.no).reverse());
	assert.deepEqual(numbers(await page('clerk1', { queue: 'corrected', q: name, branch: BRANCH })), []);
	assert.deepEqual(numbers(await page('clerk1', { queue: 'submitted', q: ours[0].no })), [ours[0].no]);
	assert.deepEqual(numbers(await page('clerk1', { queue: 'corrected', q: ours[0].no })), []);
	const got = [];
	let at = { next: undefined };
	do {
		at = await page('clerk1', { queue: 'submitted', q: name, branch: BRANCH, limit: 4, ...(at.next ? { after: at.next } : {}) });
		got.push(...numbers(at));
	} while (at.next);
	assert.deepEqual(got, ours.map((s) => s.no).reverse(), 'newest first');
	at = await page('clerk1', { queue: 'submitted', q: name, branch: BRANCH, limit: 4, before: at.prev });
	assert.deepEqual(numbers(at), got.slice(0, 4));
});

test('late, today and not yet are said in working days', async () => {
	const rows = (await page('clerk1', { queue: 'submitted', branch: BRANCH })).items;
	for (const row of rows) {
		const s = spread.find((one) => one.no === row.no);
		assert.equal(row.due, s.due);
		if (s.due === day(0)) assert.equal(row.late_days, 0);
		else assert.ok(s.due < day(0) ? row.late_days >= 0 && row.late_days <= 3 : row.late_days === null || row.late_days < 0, `${s.due}: ${row.late_days}`);
	}
	assert.ok(rows.some((r) => r.due < day(0)) && rows.some((r) => r.due === day(0)));
});

test('the next case: many at once never get the same, the most urgent go first, and then there is none', async () => {
	const users = ['clerk1', 'clerk2', 'reviewer1', 'reviewer2'];
	const clients = await Promise.all(users.map(staff));
	const body = { queue: 'submitted', branch: BRANCH };
	const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => clients[i % 4].want(200, 'POST', NEXT, body).then((a) => ({ no: a.json.no, user: users[i % 4] }))));
	const got = answers.filter((a) => a.no);
	const ours = spread.filter((s) => s.queue === 'submitted').map((s) => s.no);
	assert.deepEqual(got.map((a) => a.no).sort(), [...ours].sort(), 'each once, none left');
	for (const { no, user } of got) {
		const c = (await (await staff(user)).want(200, 'GET', `${LISTS}/${no}`)).json;
		assert.ok(c.claim && c.claim.mine && c.claim.by === user && c.state === 'reviewing', no);
	}
	assert.equal((await clients[0].want(200, 'POST', NEXT, body)).json.no, null);
	const corrected = [];
	for (let i = 0; i < 6; i++) corrected.push((await clients[i % 2].want(200, 'POST', NEXT, { queue: 'corrected', branch: BRANCH })).json.no);
	assert.deepEqual(corrected, model({ queue: 'corrected' }), 'by the day to keep');
	const mine = numbers(await page('clerk1', { queue: 'mine', limit: 100 }));
	for (const no of [corrected[0], corrected[2], corrected[4]]) assert.ok(mine.includes(no));
	await clients[0].want(403, 'POST', NEXT, { queue: 'second_review', branch: BRANCH });
	await clients[0].want(409, 'POST', NEXT, { queue: 'returned', branch: BRANCH });
	await (await staff('producer1')).want(403, 'POST', NEXT, { queue: 'approved' });
});

test('two hundred wait, twenty take at once until there is none: each is given once', async () => {
	const owner = await applicant(), branch = 'c' + data.digits(12), waiting = [];
	for (let i = 0; i < 14; i++) { /* an owner may have so many open drafts */
		const made = await Promise.all(Array.from({ length: 15 }, () => owner.want(201, 'POST', '/api/applications', { service: 'new', holder: 'org', channel: 'post' }, { key: key() })));
		const nos = made.map((a) => a.json.no);
		waiting.push(...nos);
		sql(`UPDATE application SET state='submitted', submitted_at=state_at, branch='${branch}', review_due='${day(1)}' WHERE no IN ('${nos.join("','")}')`);
	}
	const clients = await Promise.all(['clerk1', 'clerk2', 'reviewer1', 'reviewer2'].map(staff));
	const got = [];
	await Promise.all(Array.from({ length: 20 }, async (_, i) => {
		for (;;) {
			const { no } = (await clients[i % 4].want(200, 'POST', NEXT, { queue: 'submitted', branch })).json;
			if (!no) break;
			got.push(no);
		}
	}));
	assert.equal(new Set(got).size, got.length, 'none twice');
	assert.deepEqual([...got].sort(), [...waiting].sort(), 'none left');
	assert.equal(sql(`SELECT COUNT(*), COUNT(DISTINCT c.application_id) FROM claim c JOIN application a ON a.id=c.application_id WHERE a.no IN ('${waiting.join("','")}')`), `${waiting.length}\t${waiting.length}`);
});

test('the next case of the second review is none of those one has reviewed, opened or that a colleague holds', async () => {
	const ours = model({ queue: 'second_review' });
	const id = (user) => `(SELECT id FROM staff WHERE user='${user}')`;
	sql(`UPDATE application SET reviewer1=${id('reviewer1')} WHERE no='${ours[0]}'; UPDATE application SET opened_by=${id('reviewer1')} WHERE no='${ours[1]}';
		UPDATE application SET claim_by=${id('reviewer2')}, claim_until=UNIX_TIMESTAMP()+600 WHERE no='${ours[2]}'; UPDATE application SET claim_by=${id('reviewer2')}, claim_until=UNIX_TIMESTAMP()-1 WHERE no='${ours[3]}'`);
	const take = async (user) => (await (await staff(user)).want(200, 'POST', NEXT, { queue: 'second_review', branch: BRANCH })).json.no;
	assert.equal(await take('reviewer1'), ours[3], 'a claim that has run out holds nobody off');
	assert.equal(await take('reviewer2'), ours[0]);
	assert.deepEqual([await take('reviewer1'), await take('reviewer1'), await take('reviewer1')], [ours[4], ours[5], null]);
	assert.equal(await take('reviewer2'), ours[1]);
	const mine = numbers(await page('reviewer2', { queue: 'second_review', mine: 1 }));
	for (const no of [ours[0], ours[1], ours[2]]) assert.ok(mine.includes(no));
	for (const no of [ours[3], ours[4], ours[5]]) assert.ok(!mine.includes(no));
});

test('views of one\'s own: kept, renamed, given up; nobody else\'s; so many and no more', async () => {
	const c = await staff('clerk1'), other = await staff('clerk2');
	for (const one of (await c.want(200, 'GET', VIEWS)).json.items) await c.want(200, 'DELETE', `${VIEWS}/${one.id}`, undefined, { key: key() });
	const filters = { queue: 'submitted', service: 'new', channel: 'post', due: 'late', branch: BRANCH };
	const name = '超期的（𠮷）';
	const [kept] = (await c.want(200, 'POST', VIEWS, { name, filters }, { key: key() })).json.items;
	assert.equal(kept.name, name);
	assert.equal(kept.queue, 'submitted');
	for (const [k, v] of Object.entries({ ...filters, holder: null, q: null, mine: false })) assert.equal(kept.filters[k], v, k);
	const again = await c.want(409, 'POST', VIEWS, { name, filters }, { key: key() });
	assert.match(again.json.detail, /同名/);
	assert.ok(!(await other.want(200, 'GET', VIEWS)).json.items.some((v) => v.id === kept.id));
	await other.want(404, 'PATCH', `${VIEWS}/${kept.id}`, { name: '别人的' }, { key: key() });
	await other.want(404, 'DELETE', `${VIEWS}/${kept.id}`, undefined, { key: key() });
	await c.want(404, 'DELETE', `${VIEWS}/x`, undefined, { key: key() });
	assert.equal((await c.want(200, 'PATCH', `${VIEWS}/${kept.id}`, { name: '急件' }, { key: key() })).json.items[0].name, '急件');
	await c.want(403, 'POST', VIEWS, { name: '财务', filters: { queue: 'wait_money' } }, { key: key() });
	await c.want(422, 'POST', VIEWS, { name: '不行', filters: { queue: 'all', service: 'new' } }, { key: key() });
	const many = await Promise.all(Array.from({ length: 22 }, (_, i) => c.post(VIEWS, { name: `视图${i}`, filters: { queue: 'submitted' } }, { key: key() })));
	assert.equal(many.filter((a) => a.status === 200).length, 19, many.map((a) => a.status).join());
	assert.match(many.find((a) => a.status === 409).json.detail, /最多保存20个/);
	for (const one of (await c.want(200, 'GET', VIEWS)).json.items) await c.want(200, 'DELETE', `${VIEWS}/${one.id}`, undefined, { key: key() });
	assert.equal((await c.want(200, 'POST', VIEWS, { name, filters }, { key: key() })).json.items.length, 1, 'there is room again');
	assert.ok(Number(sql(`SELECT COUNT(*) FROM queue_view v JOIN staff s ON s.id=v.staff_id WHERE s.user='clerk1'`)) <= 20);
});

test('lights and clock: what is missing and since when, paused while it is corrected, running from the last gate', async () => {
	const j = await Journey.to('reviewing');
	const row = async (user, queue) => find(await page(user, { queue, q: j.no }), j.no);
	const lights = (r) => r.gates.map((g) => `${g.name}${g.closed_at ? '+' : '-'}`).join(' ');
	const first = await row('clerk1', 'reviewing');
	assert.equal(first.claimed_by, (await staff('clerk1')).me.name);
	assert.equal(lights(first), 'scans- originals- money-');
	await j.fail('m2');
	await j.sendBack();
	const paused = await row('clerk1', 'returned');
	assert.deepEqual([paused.due, paused.late_days], [null, null], 'nothing runs against us');
	assert.equal(paused.correct_until, j.case.corrections.until);
	assert.equal(j.case.due, null);
	await j.originals();
	await j.money();
	assert.equal(lights(await row('clerk1', 'returned')), 'scans- originals+ money+');
	/* They came long before the correction did. */
	sql(`UPDATE gate g JOIN application a ON a.id=g.application_id SET g.closed_at=g.closed_at-20*86400 WHERE a.no='${j.no}'`);
	sql(`UPDATE application SET review_due=NULL WHERE no='${j.no}'`);
	await j.put('m2', '营业执照.png', 'image/png', require('../lib/files').png());
	await j.submit();
	const back = await row('clerk1', 'corrected');
	assert.ok(back.due > day(-1), 'the first review has its day anew');
	await j.claim();
	await j.pass();
	await j.act(j.reviewer, 'accept');
	await j.become('second_review');
	const last = await row('reviewer1', 'second_review');
	assert.equal(lights(last), 'scans+ originals+ money+');
	assert.deepEqual(last.gates, j.case.gates, 'the applicant sees the same lights');
	assert.deepEqual((await (await staff('reviewer1')).want(200, 'GET', j.desk)).json.gates, j.case.gates);
	const start = last.gates.map((g) => g.closed_at).sort().pop();
	assert.equal(start, last.gates.find((g) => g.name === 'scans').closed_at);
	const [uploaded, clock] = sql(`SELECT MAX(t.uploaded_at), a.clock_at FROM application a JOIN attachment t ON t.application_id=a.id WHERE a.no='${j.no}'`).split('\t');
	assert.equal(clock, uploaded, 'from the last gate: the corrected scan, not what came before it');
	const due = (await j.owner.want(200, 'GET', `/api/due?service=new&channel=post&from=${encodeURIComponent(start)}`)).json.due;
	assert.equal(last.due, due);
	assert.equal(j.case.due, due);
});

test('what an accepted case waits for is a list of its own, until it is there or the case is over', async () => {
	const j = await Journey.to('accepted');
	const stands = async (queue, user) => !!find(await page(user, { queue, q: j.no }), j.no);
	const all = async () => [await stands('accepted', 'clerk1'), await stands('wait_originals', 'desk1'), await stands('wait_money', 'finance1'), await stands('wait_token', 'desk1'), await stands('wait_signature', 'clerk1')];
	assert.deepEqual(await all(), [true, true, true, false, false]);
	/* Without searching: at the end of the list, in its lane, and on the page before it. */
	const id = Number(sql(`SELECT id FROM application WHERE no='${j.no}'`));
	for (const f of [{}, { service: 'new' }, { holder: 'org', channel: 'post' }]) {
		assert.ok(find(await page('finance1', { queue: 'wait_money', ...f, after: `0.${id - 1}` }), j.no), JSON.stringify(f));
		assert.ok(find(await page('finance1', { queue: 'wait_money', ...f, before: `0.${id + 1}` }), j.no), JSON.stringify(f));
	}
	assert.ok(!find(await page('finance1', { queue: 'wait_money', channel: 'counter', after: `0.${id - 1}` }), j.no));
	const count = async (queue, user) => (await (await staff(user)).want(200, 'GET', '/api/staff/queues')).json.items.find((q) => q.queue === queue).count;
	const before = await count('wait_originals', 'desk1');
	await j.originals();
	assert.deepEqual(await all(), [true, false, true, false, false]);
	assert.ok((await count('wait_originals', 'desk1')) < before || before === 999);
	await j.look();
	await j.owner.want(200, 'POST', `${j.url}/withdraw`, { reason: '不办了' }, { key: key(), match: j.case.version });
	assert.deepEqual(await all(), [false, false, false, false, false]);
	assert.equal(sql(`SELECT SUM(waits) FROM gate WHERE application_id=${id}`), '0');
});
