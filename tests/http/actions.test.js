'use strict';
/* Every state × every step: a case is driven into each state, and each step that is no row of the workflow table (printed by
 * `portalctl workflow`) is tried by somebody who may do it elsewhere.  It is refused, and nothing has changed. */
const test = require('node:test');
const assert = require('node:assert/strict');
const data = require('../lib/data');
const { key } = require('../lib/client');
const { Journey, applicant } = require('../lib/journey');
const { Walk, everybody, sideBySide } = require('../lib/walk');
const { subject, certificate, bring, portalctl } = require('../lib/certificates');
const { staff } = require('../lib/staff');
const { sql } = require('../lib/sql');

const table = portalctl('workflow').stdout.trim().split('\n').map((l) => l.split(' '));
const row = (state, step) => table.find(([from, event]) => from === state && event === step);

async function installing() {
	const owner = await applicant();
	const whose = subject('ind', owner.phone);
	const w = await Walk.begin({ service: 'unlock', holder: 'ind', channel: 'online', owner, subject: whose, old: bring([certificate(whose)]) });
	await w.fill();
	await w.submitted();
	return w;
}

async function ended(state, how) {
	const j = await Journey.to(state, { seals: false });
	await how(j);
	return j;
}

/* The worker closes what lay idle for ninety days; here the day is brought nearer by hand. */
function expire(no) {
	sql(`UPDATE application SET state='expired', version=version+1 WHERE no='${no}'`);
}

const WAY = {
	draft: async () => { const j = await Journey.draft(); await j.fill(); return j; },
	printed: async () => { const j = await Journey.to('printed'); await j.upload({ seals: false }); return j; },
	submitted: () => Journey.to('submitted', { seals: false }),
	reviewing: () => Journey.to('reviewing', { seals: false }),
	returned: () => ended('reviewing', async (j) => { await j.fail('m2'); await j.sendBack(); }),
	accepted: () => Journey.to('accepted', { quick: true }),
	second_review: () => Journey.to('second_review', { quick: true }),
	approved: () => Journey.to('approved', { quick: true }),
	produced: () => Journey.to('produced', { quick: true }),
	sent: () => Journey.to('sent', { quick: true }),
	ready: () => Journey.to('ready', { channel: 'counter', quick: true }),
	installing,
	completed: () => Journey.to('completed', { quick: true }),
	withdrawn: () => ended('submitted', (j) => j.owner.want(200, 'POST', `${j.url}/withdraw`, {}, { key: key() })),
	rejected: () => ended('reviewing', (j) => j.act('clerk1', 'reject', { reason: '不属于办理范围' })),
	expired: () => ended('submitted', (j) => expire(j.no)),
};

const mine = (what, body) => (j) => j.owner.post(`${j.url}/${what}`, body, { key: key(), match: j.case.version });
const theirs = (user, what, body) => async (j) => (await staff(user)).post(`${j.desk}/${what}`, body, { key: key(), match: j.case.version });
const desk = (user, where, body) => async (j) => (await staff(user)).post(where(j), body && body(j), { key: key(), match: j.case.version });

/* Who asks for which step, with a body that is right. */
const STEPS = {
	freeze: mine('form'),
	edit: (j) => j.owner.patch(j.url, { years: 5, items: [{ seal_kind: 'unit', seal_name: '另一枚䶮章' }] }, { match: j.case.version }),
	submit: mine('submit'),
	switch: (j) => mine('switch', { service: 'new', holder: 'org', channel: 'counter' })(j),
	withdraw: mine('withdraw', {}),
	installed: mine('installed'),
	claim: theirs('clerk2', 'claim'),
	release: theirs('clerk1', 'release', { reason: '换人办理' }),
	return: theirs('clerk1', 'return', { note: '请改正' }),
	accept: theirs('clerk1', 'accept'),
	approve: theirs('reviewer1', 'approve'),
	recheck: theirs('reviewer1', 'back', { to: 'first', reason: 'other' }),
	reject: theirs('clerk1', 'reject', { reason: '不属于办理范围' }),
	produce: desk('producer1', () => '/api/staff/production', (j) => ({ no: j.no, item: 1, sign_serial: data.serial(), enc_serial: data.serial(), not_before: data.today(), not_after: data.today(365 * 3) })),
	remake: desk('producer2', () => '/api/staff/production/refused', (j) => ({ no: j.no, item: 1, reason: '外壳刻字不清' })),
	send: desk('desk1', () => '/api/staff/parcels', (j) => ({ no: j.no, waybill: data.waybill() })),
	lay_ready: desk('desk1', () => '/api/staff/pickups', (j) => ({ no: j.no, step: 'ready' })),
	hand_over: desk('desk1', () => '/api/staff/pickups', (j) => ({ no: j.no, step: 'handed', collector: '李小明', id_kind: 'resident', id_tail: '123X', note: '凭授权委托书代领', id_seen: true })),
	deliver: desk('desk1', (j) => `/api/staff/parcels/${j.waybill}/delivered`),
};
/* Steps of the machine have no address. */
const MACHINE = ['create', 'gates', 'expire', 'revive', 'stay_closed', 'manual', 'decide', 'auto', 'install', 'revoked'];

/* Asked for and granted, but no step: a draft that is typed on, a claim for the second review. */
const NO_STEP = { draft: ['edit'], second_review: ['claim'] };

test('the table knows the states and steps that stand here', () => {
	assert.ok(table.length > 30, 'portalctl workflow prints nothing');
	assert.deepEqual([...new Set(table.flatMap(([from, , , to]) => [from, to]))].sort(), Object.keys(WAY).sort());
	const steps = new Set(table.map(([, event]) => event));
	for (const s of steps) assert.ok(s in STEPS || MACHINE.includes(s), `no test asks for ${s}`);
	for (const s of Object.keys(STEPS)) assert.ok(steps.has(s), `${s} is no step`);
	for (const [from, event, who] of table) assert.equal(who === 'none', MACHINE.includes(event), `${from} ${event} ${who}`);
});

async function snapshot(j) {
	const events = (await j.owner.want(200, 'GET', `${j.url}/events`)).json.items;
	await j.look();
	return JSON.stringify([j.case, events]);
}

test('what is no row is refused, and changes nothing', async (t) => {
	await everybody();
	let cells = 0;
	const faults = await sideBySide(Object.keys(WAY), 3, async (state) => {
		const j = await WAY[state]();
		await j.look();
		assert.equal(j.case.state, state);
		const before = await snapshot(j);
		for (const [step, ask] of Object.entries(STEPS)) {
			if (row(state, step) || (NO_STEP[state] || []).includes(step) || (step === 'deliver' && !j.waybill)) continue;
			const a = await ask(j);
			assert.equal(a.status, 409, `${state}, ${step}: ${a.status} ${a.body}`);
			assert.ok(['state', 'not_claimed'].includes(a.json.code), `${state}, ${step}: ${a.json.code}`);
			assert.ok(a.json.detail, `${state}, ${step}: not a word why`);
			assert.equal(await snapshot(j), before, `${state}, ${step}: refused, but something changed`);
			cells++;
		}
	});
	assert.equal(faults.join('\n'), '');
	t.diagnostic(`${cells} cells`);
	assert.ok(cells > 180, `only ${cells}`);
});
