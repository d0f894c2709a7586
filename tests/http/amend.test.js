'use strict';
/* What may change after submission, and what the sum follows. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { Journey } = require('../lib/journey');

const error = (answer, pointer) => answer.json.errors.find((e) => e.pointer === `#${pointer}`);

async function patch(j, body, status) {
	await j.look();
	return j.owner.want(status, 'PATCH', j.url, body, { match: j.case.version });
}

/* Send the form back as unfit, change what it says, print and upload it anew. */
async function correctForm(j, body) {
	await j.claim();
	await j.fail('m1');
	await j.sendBack();
	await j.change(body);
	await j.owner.want(201, 'POST', `${j.url}/form`, undefined, { match: j.case.version });
	await j.putForm('申请表（盖章）第二版');
	await j.look();
}

test('what was submitted stays complete', async () => {
	const j = await Journey.to('submitted');
	for (const body of [{ delivery: null }, { delivery: { address: null } }, { delivery: { phone: '' } }]) {
		const a = await patch(j, body, 422);
		assert.ok(a.json.errors.some((e) => e.pointer.startsWith('#/delivery/')), JSON.stringify(a.json));
	}
	assert.ok(error(await patch(j, { consents: { agreement: null } }, 422), '/consents/agreement'));
	assert.ok(error(await patch(j, { consents: { privacy: '1999-01' } }, 422), '/consents/privacy'));
	const before = j.case;
	await j.look();
	assert.deepEqual(j.case, before);
	await patch(j, { delivery: { address: '海洲路38号𠮷楼5层' } }, 200);
	await j.look();
	assert.equal(j.case.delivery.address, '海洲路38号𠮷楼5层');
	assert.equal((await patch(j, { years: 5 }, 409)).json.code, 'state');
	assert.equal((await patch(j, { unit: { name: '广州别的有限公司' } }, 409)).json.code, 'state');
});

test('a corrected form has the sum of what it says', async () => {
	const j = await Journey.to('submitted');
	const one = j.case.amount_fen;
	const years = j.case.years === 5 ? 4 : 5;
	await correctForm(j, { years });
	assert.deepEqual(j.case.corrections.items.map((i) => [i.material, i.answered, i.reasons.length]), [['m1', true, 1]]);
	await j.submit();
	const quote = (await j.owner.want(200, 'GET', `/api/quote?service=new&holder=org&years=${years}&count=${j.case.items.length}`)).json;
	assert.notEqual(j.case.amount_fen, one);
	assert.equal(j.case.amount_fen, quote.total_fen);
	await j.claim();
	await j.pass();
	await j.accept();
	assert.equal((await j.owner.want(200, 'GET', `${j.url}/payment`)).json.due_fen, quote.total_fen);
	assert.equal(j.case.materials.find((m) => m.code === 'm1').files.length, 1, 'the refused form is an old version');
});

test('money that has come in fixes the sum', async () => {
	const j = await Journey.to('submitted');
	const { years, amount_fen } = j.case;
	await j.money();
	await correctForm(j, { years: years === 5 ? 4 : 5 });
	const a = await j.owner.want(409, 'POST', `${j.url}/submit`, undefined, { match: j.case.version });
	assert.equal(a.json.code, 'state');
	assert.match(a.json.detail, /已到账/);
	await j.change({ years });
	await j.owner.want(201, 'POST', `${j.url}/form`, undefined, { match: j.case.version });
	await j.putForm('申请表（盖章）第三版');
	await j.submit();
	assert.equal(j.case.amount_fen, amount_fen);
});

test('texts of a list are texts', async () => {
	const j = await Journey.draft();
	for (const items of [[''], [' 　'], [null], [5]]) {
		assert.ok(error(await patch(j, { change: { items } }, 422), '/change/items/0'), JSON.stringify(items));
	}
});
