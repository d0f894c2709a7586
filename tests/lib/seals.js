'use strict';
/* Seals of cases: a printed form stamped without the detour over a scanner, and what a reviewer does about them.
 *   await j.putForm();
 *   await seals.settled(j); await seals.confirm(j); */
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const { key } = require('./client');
const { staff } = require('./staff');
const scans = require('./scans');

const PT = 72 / 25.4;

/* Red rings with a cross in them, in every box of a page. */
function rings() {
	const parts = ['0.82 0.12 0.17 RG 3 w'];
	for (const [x, y] of scans.BOXES) {
		const cx = x * PT, cy = (297 - y) * PT, r = 20 * PT, k = r * 0.5523;
		const at = (...p) => p.map((v) => v.toFixed(2)).join(' ');
		parts.push(`${at(cx + r, cy)} m ${at(cx + r, cy + k, cx + k, cy + r, cx, cy + r)} c ${at(cx - k, cy + r, cx - r, cy + k, cx - r, cy)} c ${at(cx - r, cy - k, cx - k, cy - r, cx, cy - r)} c ${at(cx + k, cy - r, cx + r, cy - k, cx + r, cy)} c S`);
		parts.push(`${at(cx - r / 2, cy)} m ${at(cx + r / 2, cy)} l ${at(cx, cy - r / 2)} m ${at(cx, cy + r / 2)} l S`);
	}
	return parts.join('\n');
}

function overlay() {
	const body = Buffer.from(rings());
	const objects = ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Count 1 /Kids [3 0 R] >>', '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595.28 841.89] /Contents 4 0 R /Resources << >> >>', `<< /Length ${body.length} >>\nstream\n${body}\nendstream`];
	let text = '%PDF-1.4\n';
	const at = objects.map((o, i) => {
		const here = text.length;
		text += `${i + 1} 0 obj\n${o}\nendobj\n`;
		return here;
	});
	return `${text}xref\n0 5\n0000000000 65535 f \n${at.map((a) => `${String(a).padStart(10, '0')} 00000 n \n`).join('')}trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
}

/* The form as people scan it, so many copies of it, with a seal in each box of its pages for impressions. */
function stamped(formPdf, copies = 1) {
	const taken = scans.pagesOf(formPdf).map(({ copy }, i) => ({ copy, at: i + 1 })).filter(({ copy }) => copy === 9 || copy <= copies);
	const boxes = taken.map(({ copy }, i) => copy === 9 && i + 1).filter(Boolean);
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'zy-seal-'));
	try {
		const file = (name) => path.join(dir, name);
		fs.writeFileSync(file('form.pdf'), formPdf);
		fs.writeFileSync(file('rings.pdf'), overlay());
		execFileSync('qpdf', ['--deterministic-id', file('form.pdf'), '--pages', '.', taken.map(({ at }) => at).join(','), '--',
			...(boxes.length ? ['--overlay', file('rings.pdf'), '--from=', '--repeat=1', `--to=${boxes.join(',')}`, '--'] : []), file('out.pdf')], { stdio: ['ignore', 'ignore', 'inherit'] });
		return { end: 'pdf', type: 'application/pdf', bytes: fs.readFileSync(file('out.pdf')) };
	} finally {
		fs.rmSync(dir, { recursive: true });
	}
}

/* What the seals are taken from, stamped and scanned at 150 dpi: the pages for impressions; of a form that has none the first. */
function scanned(formPdf) {
	const of = scans.pagesOf(formPdf).map(({ copy }, i) => ({ copy, page: i + 1 }));
	const boxes = of.filter(({ copy }) => copy === 9).flatMap(({ page }) => scans.BOXES.map(([x, y]) => ({ page, x, y, mm: 40 })));
	const pages = scans.stampImprints(formPdf, boxes.length ? boxes : [{ page: 1, x: 163, y: 223, mm: 40 }], { dpi: 150 });
	return pages.length === 1 ? { end: 'png', type: 'image/png', bytes: scans.png(pages[0]) } : { end: 'pdf', type: 'application/pdf', bytes: scans.pdf(pages) };
}

const url = (j, item, what) => `/api/staff/seals/${j.no}${item ? `/${item}` : ''}${what ? `/${what}` : ''}`;

async function list(j, user = 'clerk1') {
	return (await (await staff(user)).want(200, 'GET', url(j))).json;
}

/* Wait until the machine has looked into every box. */
async function settled(j, user = 'clerk1') {
	const end = Date.now() + 90000;
	for (;;) {
		const now = await list(j, user);
		if (now.items.every((s) => s.state !== 'none' && !/已经换过/.test(s.reason || ''))) return now;
		assert.ok(Date.now() < end, `seals of ${j.no} are still being cut out`);
		await new Promise((r) => setTimeout(r, 50));
	}
}

/* Every seal that is not confirmed yet is found good by who holds the claim. */
async function confirm(j, user = 'clerk1') {
	const c = await staff(user);
	let now = await list(j, user);
	if (!now.open) return now;
	now = await settled(j, user);
	for (const s of now.items.filter((x) => x.state !== 'confirmed')) {
		assert.equal(s.state, 'proposed', `${j.no}, seal ${s.item}: ${s.reason}`);
		now = (await c.want(200, 'POST', url(j, s.item, 'confirm'), { sha256: s.sha256 }, { key: key() })).json;
	}
	assert.equal(now.open, 0);
	return now;
}

module.exports = { stamped, scanned, list, settled, confirm, url };
