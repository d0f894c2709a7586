'use strict';
/* More than two hundred good files of some dozen producers: good(folder, forms) makes them and gives [{ producer, file }].
 * forms: printed forms of ours, PDF.  What several tools write is made from the same few papers. */
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const browser = require('../lib/browser');

function run(program, ...args) {
	execFileSync(program, args.map(String), { stdio: ['ignore', 'ignore', 'pipe'], timeout: 120000, env: { ...process.env, LC_ALL: 'C.UTF-8' } });
}

const PAGE = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>办事材料</title><body style="font:16pt 'Noto Sans CJK SC',sans-serif">
<h1>授权委托书</h1><p>兹委托张𠮷办理（数字证书）业务，䶮字照录。</p><table border="1"><tr><td>单位名称</td><td>粤海信息科技（广州）有限公司</td></tr></table>
<p style="margin-top:40em">第二页 <a href="https://example.com/">链接</a></p><svg width="200" height="200"><circle cx="100" cy="100" r="80" fill="none" stroke="#c8102e" stroke-width="6"/></svg></body></html>`;

async function chromium(folder) {
	const b = await browser.launch();
	try {
		const page = await b.newPage({ viewport: { width: 800, height: 1100 } });
		await page.setContent(PAGE);
		for (const [name, how] of [['a4', { format: 'A4' }], ['wide', { format: 'A4', landscape: true }], ['tagged', { format: 'Letter', tagged: true, outline: true }], ['small', { format: 'A5', scale: 0.6 }]]) await page.pdf({ path: path.join(folder, `chromium-${name}.pdf`), ...how });
		for (const type of ['png', 'jpeg']) for (const full of [true, false]) await page.screenshot({ path: path.join(folder, `chromium-${full}.${type === 'png' ? 'png' : 'jpg'}`), type, fullPage: full });
	} finally {
		await b.close();
	}
}

function qpdf(folder, papers) {
	const ways = { linear: ['--linearize'], objects: ['--object-streams=generate'], plain: ['--object-streams=disable', '--stream-data=uncompress'], packed: ['--recompress-flate', '--compression-level=9', '--object-streams=generate'], qdf: ['--qdf'],
		normal: ['--normalize-content=y'], old: ['--force-version=1.3', '--object-streams=disable'], new: ['--min-version=2.0', '--object-streams=generate', '--linearize'], turned: ['--rotate=+90'], coalesced: ['--coalesce-contents'] };
	for (const [i, paper] of papers.entries()) for (const [name, args] of Object.entries(ways)) run('qpdf', paper, ...args, path.join(folder, `qpdf-${name}-${i}.pdf`));
}

function poppler(folder, papers) {
	for (const [i, paper] of papers.entries()) {
		const to = (name) => path.join(folder, `poppler-${name}-${i}`);
		run('pdftocairo', '-pdf', paper, to('cairo') + '.pdf');
		for (const [name, args] of Object.entries({ rgb: ['-png'], grey: ['-png', '-gray'], mono: ['-png', '-mono'], clear: ['-png', '-transp'], jpeg: ['-jpeg'], 'jpeg-grey': ['-jpeg', '-gray'], 'jpeg-steps': ['-jpeg', '-jpegopt', 'progressive=y,quality=60,optimize=y'] })) run('pdftocairo', '-singlefile', '-r', 120, ...args, paper, to(`cairo-${name}`));
		run('pdftoppm', '-singlefile', '-png', '-r', 90, paper, to('ppm'));
		run('pdftoppm', '-singlefile', '-jpegcmyk', '-r', 90, paper, to('ppm-cmyk'));
	}
}

function ghostscript(folder, papers) {
	const gs = (device, out, paper, ...more) => run('gs', '-q', '-dSAFER', '-dBATCH', '-dNOPAUSE', `-sDEVICE=${device}`, `-sOutputFile=${path.join(folder, out)}`, ...more, paper);
	for (const [i, paper] of papers.entries()) {
		for (const level of ['1.3', '1.4', '1.5', '1.7']) gs('pdfwrite', `ghostscript-${level}-${i}.pdf`, paper, `-dCompatibilityLevel=${level}`);
		gs('pdfwrite', `ghostscript-screen-${i}.pdf`, paper, '-dPDFSETTINGS=/screen');
	}
	for (const device of ['png16m', 'pnggray', 'pngmono', 'png16', 'png256', 'pngalpha', 'png48', 'jpeg', 'jpeggray', 'jpegcmyk']) gs(device, `ghostscript-${device}.${device.startsWith('png') ? 'png' : 'jpg'}`, papers[0], '-r100', '-dLastPage=1');
	for (const device of ['pdfimage24', 'pdfimage8', 'pdfimage32']) gs(device, `ghostscript-${device}.pdf`, papers[0], '-r100');
}

function imagemagick(folder, picture) {
	const to = (name) => path.join(folder, `imagemagick-${name}`);
	const im = (name, ...args) => run('convert', picture, ...args, to(name));
	for (const kind of ['png8', 'png24', 'png32', 'png48', 'png64', 'png00']) {
		run('convert', picture, '-strip', `${kind}:${to(kind)}.png`);
		run('convert', picture, '-interlace', 'PNG', `${kind}:${to(`${kind}-interlaced`)}.png`);
	}
	for (const depth of [1, 2, 4, 8, 16]) im(`grey-${depth}.png`, '-colorspace', 'Gray', '-depth', depth, '-interlace', depth % 4 ? 'PNG' : 'None');
	for (const sampling of ['4:4:4', '4:2:2', '4:2:0', '4:1:1', '4:4:0']) for (const interlace of ['None', 'Plane']) im(`${sampling.replace(/:/g, '')}-${interlace}.jpg`, '-sampling-factor', sampling, '-interlace', interlace, '-quality', 80);
	for (const space of ['Gray', 'CMYK', 'RGB', 'sRGB']) im(`space-${space}.jpg`, '-colorspace', space, '-density', 300);
	im('noise.jpg', '-attenuate', 0.4, '+noise', 'Gaussian', '-rotate', 3, '-quality', 50);
	im('blur.png', '-blur', '0x2', '-rotate', -2);
	im('huge.jpg', '-resize', '6000x6000!', '-quality', 40);
	im('line.png', '-resize', '2000x1!');
}

async function good(folder, forms) {
	fs.mkdirSync(folder, { recursive: true });
	forms.forEach((f, i) => fs.writeFileSync(path.join(folder, `ours-${i}.pdf`), f));
	run('/usr/bin/python3', '-W', 'ignore', path.join(__dirname, 'good.py'), folder);
	await chromium(folder);
	const papers = [path.join(folder, 'ours-0.pdf'), path.join(folder, 'chromium-a4.pdf'), path.join(folder, 'reportlab-zenhei-1-a4.pdf'), path.join(folder, 'pillow-3-pages.pdf')];
	qpdf(folder, papers);
	poppler(folder, papers);
	ghostscript(folder, papers);
	imagemagick(folder, path.join(folder, 'pillow-RGB-98-False.jpg'));
	return fs.readdirSync(folder).sort().map((f) => ({ producer: f.split(/[-.]/)[0], file: path.join(folder, f) }));
}

module.exports = { good };
