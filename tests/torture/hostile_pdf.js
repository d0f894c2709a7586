'use strict';
/* The PDFs among the hostile files: scripted, locked, with files inside, too long, endless, deep, wide. */
const zlib = require('node:zlib');
const { latin, pdf, stream, one_page } = require('../lib/bytes');
const files = require('../lib/files');

const TEXT = 'BT /F1 24 Tf 72 720 Td (page) Tj ET';
const refused = (name, bytes) => ({ name: `${name}.pdf`, must: 'refused', bytes });
const clean = (name, bytes) => ({ name: `${name}.pdf`, must: 'clean', bytes });

/* --- active: names of actions, in every place and spelling --- */

const ACTIONS = {
	script: '<< /S /JavaScript /JS (app.alert\\(1\\)) >>', launch: '<< /S /Launch /F (cmd.exe) >>', submit: '<< /S /SubmitForm /F (http://example.com/) >>', import: '<< /S /ImportData /F (a.fdf) >>',
	embedded: '<< /S /GoToE /T << /R /C /N (a.pdf) >> >>', media: '<< /S /RichMediaExecute /TA << /Subtype /RichMedia >> >>',
};
function* active() {
	for (const [name, action] of Object.entries(ACTIONS)) {
		const places = {
			open: one_page(TEXT, { catalog: `/OpenAction ${action}` }),
			closing: one_page(TEXT, { catalog: `/AA << /WC ${action} >>` }),
			page: one_page(TEXT, { more: `/AA << /O ${action} >>` }),
			link: one_page(TEXT, { more: `/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 100 100] /A ${action} >>]` }),
			outline: one_page(TEXT, { catalog: '/Outlines 6 0 R', objects: ['<< /First 7 0 R /Last 7 0 R /Count 1 >>', `<< /Title (x) /Parent 6 0 R /A ${action} >>`] }),
			field: one_page(TEXT, { catalog: '/AcroForm << /Fields [6 0 R] >>', objects: [`<< /FT /Btn /T (b) /Subtype /Widget /Rect [0 0 9 9] /A ${action} >>`] }),
			apart: one_page(TEXT, { catalog: '/OpenAction 6 0 R', objects: [action] }),
			escaped: one_page(TEXT, { catalog: `/OpenAction ${action.replace(/\/([A-Z])([A-Za-z]+)/g, (_, a, rest) => `/#${a.charCodeAt(0).toString(16)}${rest}`)}` }),
			tight: one_page(TEXT, { catalog: `/OpenAction${action.replace(/ /g, '')}` }),
			packed: packed(`<< /Type /Catalog /Pages 2 0 R /OpenAction ${action} >>`),
		};
		for (const [place, bytes] of Object.entries(places)) yield refused(`active-${name}-${place}`, bytes);
	}
	const file = stream('MZ', '/Type /EmbeddedFile');
	yield refused('active-names-script', one_page(TEXT, { catalog: '/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (x) >>] >> >>' }));
	yield refused('active-names-files', one_page(TEXT, { catalog: '/Names << /EmbeddedFiles << /Names [(a.exe) << /Type /Filespec /F (a.exe) /EF << /F 6 0 R >> >>] >> >>', objects: [file] }));
	yield refused('active-note-with-file', one_page(TEXT, { more: '/Annots [<< /Subtype /FileAttachment /Rect [0 0 9 9] /FS << /F (a.exe) /EF << /F 6 0 R >> >> >>]', objects: [file] }));
	yield refused('active-xfa', one_page(TEXT, { catalog: '/AcroForm << /Fields [] /XFA 6 0 R >>', objects: [stream('<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"/>')] }));
	yield refused('active-xfa-packed', packed('<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [] /XFA [(a) 4 0 R] >> >>'));
	yield refused('active-media', one_page(TEXT, { more: '/Annots [<< /Subtype /RichMedia /Rect [0 0 9 9] >>]' }));
	for (const filter of ['/LZWDecode', '/ASCIIHexDecode', '[/ASCII85Decode /FlateDecode]', '/RunLengthDecode']) yield refused(`active-otherwise-${filter.replace(/\W/g, '')}`, packed('<< /Type /Catalog /Pages 2 0 R >>', filter));
}

/* The catalog inside a stream of objects, as PDF 1.5 may; the cross reference is a stream, too. */
function packed(catalog, filter = '/FlateDecode') {
	const inside = `1 0 ${catalog}`;
	const first = 4;
	const parts = [], at = [0];
	let n = 0;
	const add = (b) => { const x = Buffer.isBuffer(b) ? b : latin(b); parts.push(x); n += x.length; };
	const object = (number, b) => { at[number] = n; add(`${number} 0 obj\n`); add(b); add('\nendobj\n'); };
	const raw = (body, dictionary) => Buffer.concat([latin(`<< ${dictionary} /Length ${body.length} >>\nstream\n`), body, latin('\nendstream')]);
	add('%PDF-1.5\n');
	object(2, '<< /Type /Pages /Kids [3 0 R] /Count 1 >>');
	object(3, '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R >>');
	object(4, stream('0 0 9 9 re f'));
	const body = filter === '/FlateDecode' ? zlib.deflateSync(latin(inside)) : filter === '/ASCIIHexDecode' ? latin(latin(inside).toString('hex') + '>') : latin(inside);
	object(5, raw(body, `/Type /ObjStm /N 1 /First ${first} /Filter ${filter}`));
	const begun = n;
	const row = (type, a, b) => Buffer.from([type, (a >> 16) & 255, (a >> 8) & 255, a & 255, b]);
	const table = Buffer.concat([row(0, 0, 0), row(2, 5, 0), row(1, at[2], 0), row(1, at[3], 0), row(1, at[4], 0), row(1, at[5], 0), row(1, begun, 0)]);
	object(6, raw(table, '/Type /XRef /Size 7 /W [1 3 1] /Root 1 0 R'));
	add(`startxref\n${begun}\n%%EOF\n`);
	return Buffer.concat(parts);
}

function* locked() {
	for (const [v, r, more] of [[1, 2, ''], [2, 3, '/Length 128'], [4, 4, '/CF << /StdCF << /CFM /AESV2 /AuthEvent /DocOpen >> >> /StmF /StdCF /StrF /StdCF'], [5, 6, '/CF << /StdCF << /CFM /AESV3 >> >> /StmF /StdCF /StrF /StdCF'], [0, 0, '/SubFilter /adbe.pkcs7.s5'], [99, 99, '']]) {
		const key = `/Filter /Standard /V ${v} /R ${r} /O <${'41'.repeat(r > 4 ? 48 : 32)}> /U <${'42'.repeat(r > 4 ? 48 : 32)}> /P -3904 ${more}`;
		for (const trailer of [`/Encrypt << ${key} >> /ID [<00> <00>]`, '/Encrypt 6 0 R', `/#45ncrypt << ${key} >>`, `/ID [<00> <00>]/Encrypt<<${key}>>`]) {
			yield refused(`locked-${v}-${r}-${trailer.length}`, one_page(TEXT, { trailer, objects: [`<< ${key} >>`] }));
		}
	}
}

function* pages() {
	for (const n of [21, 22, 50, 500]) yield refused(`pages-${n}`, files.pdf({ pages: n, note: 'x' }));
	/* One page, listed over and over. */
	for (const n of [21, 1000, 100000, 1000000]) {
		yield refused(`repeated-${n}`, pdf(['<< /Type /Catalog /Pages 2 0 R >>', `<< /Type /Pages /Count ${n} /Kids [${'3 0 R '.repeat(n)}] >>`, '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>']));
	}
	for (const count of ['-1', '0', '2', '19', '21', '1000000000', '99999999999999999999', '/x', '(1)', '1.5', '2 0 R', 'null']) {
		yield { ...clean(`count-${count.replace(/\W/g, '_')}`, pdf(['<< /Type /Catalog /Pages 2 0 R >>', `<< /Type /Pages /Kids [3 0 R] /Count ${count} >>`, '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] >>'])) };
	}
}

/* --- endless, deep, wide --- */

function* trees() {
	for (const depth of [10, 100, 500, 1000, 5000, 20000, 60000]) {
		const nodes = Array.from({ length: depth }, (_, i) => `<< /Type /Pages /Kids [${i + 3} 0 R] /Count 1 ${i ? `/Parent ${i + 1} 0 R` : ''} >>`);
		yield clean(`tree-${depth}`, pdf(['<< /Type /Catalog /Pages 2 0 R >>', ...nodes, `<< /Type /Page /Parent ${depth + 1} 0 R /MediaBox [0 0 99 99] >>`]));
	}
	for (const [name, kids, parent] of [['self', '2 0 R', '2 0 R'], ['circle', '4 0 R', '4 0 R'], ['twice', '3 0 R 3 0 R 2 0 R', '2 0 R'], ['catalog', '1 0 R', '1 0 R'], ['missing', '99 0 R', '99 0 R']]) {
		for (const count of [1, 5, 20]) {
			yield clean(`circle-${name}-${count}`, pdf(['<< /Type /Catalog /Pages 2 0 R >>', `<< /Type /Pages /Kids [${kids}] /Count ${count} >>`, `<< /Type /Page /Parent ${parent} /MediaBox 5 0 R /Resources 3 0 R >>`,
				`<< /Type /Pages /Kids [2 0 R] /Count ${count} /Parent 2 0 R >>`, '5 0 R']));
		}
	}
	for (const depth of [100, 10000, 1000000, 4000000]) {
		for (const [open, close] of [['[', ']'], ['<<', '>>'], ['<</A', ''], ['(', ')']]) yield clean(`nested-${depth}-${open.charCodeAt(0)}${open.length}`, one_page(TEXT, { catalog: `/X ${open.repeat(depth / open.length)}${close.repeat(depth / open.length)}` }));
		yield clean(`nested-drawing-${depth}`, one_page(stream('['.repeat(depth), '', true)));
		yield clean(`nested-q-${depth}`, one_page(stream('q '.repeat(depth), '', true)));
	}
}

function* references() {
	const simple = ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>', '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] >>'];
	const good = pdf(simple);
	const at = good.lastIndexOf('xref\n0');
	for (const [name, to] of [['itself', String(at)], ['begin', '0'], ['beyond', '999999999'], ['minus', '-5'], ['huge', '99999999999999999999'], ['middle', '30'], ['none', ''], ['word', 'abc']]) {
		yield clean(`previous-${name}`, pdf(simple, { trailer: `/Prev ${to}` }));
		yield clean(`beside-${name}`, pdf(simple, { trailer: `/XRefStm ${to}` }));
		yield clean(`start-${name}`, latin(good.toString('latin1').replace(/startxref\n\d+/, `startxref\n${to}`)));
	}
	/* Two tables that name one another. */
	for (const n of [2, 50]) {
		let text = pdf(simple).toString('latin1');
		for (let i = 0; i < n; i++) text += `xref\n0 0\ntrailer\n<< /Size 4 /Root 1 0 R /Prev ${text.length} >>\nstartxref\n${text.length}\n%%EOF\n`;
		yield clean(`chain-${n}`, latin(text));
	}
	for (const [name, length] of [['self', '4 0 R'], ['other', '5 0 R'], ['minus', '-1'], ['huge', '2147483647'], ['more', '99999999999'], ['page', '3 0 R'], ['word', '/x'], ['none', 'null']]) {
		yield clean(`length-${name}`, one_page(latin(`<< /Length ${length} >>\nstream\n0 0 9 9 re f\nendstream`)));
	}
	for (const size of ['0', '-1', '2147483647', '99999999999', '1 0 R', '100000000']) yield clean(`size-${size.replace(/\W/g, '_')}`, latin(pdf(simple).toString('latin1').replace('/Size 4', `/Size ${size}`)));
	for (const rows of ['0 1000000000', '-1 4', '4294967295 2', '0 0', '1000000 1', '0 99999999999999']) yield clean(`table-${rows.replace(/\W/g, '_')}`, latin(pdf(simple).toString('latin1').replace('xref\n0 4', `xref\n${rows}`)));
	for (const w of ['[0 0 0]', '[1 1000000 1]', '[-1 3 1]', '[8 8 8]', '[1]', '[1 3 1 9 9]']) yield clean(`widths-${w.replace(/\W/g, '_')}`, latin(packed('<< /Type /Catalog /Pages 2 0 R >>').toString('latin1').replace('/W [1 3 1]', `/W ${w}`)));
	for (const root of ['99 0 R', '4 0 R', '1 7 R', '(x)', '2 0 R', '<< /Pages 2 0 R >>']) yield clean(`root-${root.replace(/\W/g, '_')}`, latin(pdf(simple).toString('latin1').replace('/Root 1 0 R', `/Root ${root}`)));
	yield clean('no-table', pdf(simple, { xref: false }));
	yield clean('no-pages', pdf(['<< /Type /Catalog >>']));
	/* A great many objects. */
	for (const n of [10000, 100000, 200000]) yield clean(`objects-${n}`, pdf([...simple, ...Array(n).fill('0')]));
	const million = Array.from({ length: 1000000 }, (_, i) => `${i + 10} ${i * 2}`).join(' ');
	yield clean('objects-million-packed', one_page(TEXT, { version: '1.5', objects: [stream(`${million} ${'0 '.repeat(1000000)}`, `/Type /ObjStm /N 1000000 /First ${million.length + 1}`, true)] }));
	yield clean('objects-found-anew', latin('%PDF-1.4\n' + Array.from({ length: 300000 }, (_, i) => `${i + 1} 0 obj 0 endobj`).join('\n') + '\ntrailer <</Root 1 0 R>>\nstartxref\n0\n%%EOF\n'));
	yield clean('objects-same-number', latin('%PDF-1.4\n' + '1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]/Count 1>>endobj\n'.repeat(100000) + 'trailer <</Root 1 0 R>>\nstartxref\n0\n%%EOF\n'));
}

/* --- drawings that cost --- */

function* drawings() {
	const form = (body, n, more = '') => stream(body, `/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /X ${n} 0 R >> >> ${more}`);
	for (const [wide, deep] of [[2, 30], [10, 8], [10, 12], [100, 5], [3, 40]]) {
		for (const more of ['', '/Group << /S /Transparency /I true >>']) {
			const forms = Array.from({ length: deep }, (_, i) => form(i === deep - 1 ? '0 0 9 9 re f' : '/X Do '.repeat(wide), i + 7, more));
			yield clean(`forms-${wide}-${deep}-${more.length}`, one_page('/X Do', { resources: '/XObject << /X 6 0 R >>', objects: forms }));
		}
	}
	yield clean('form-of-itself', one_page('/X Do', { resources: '/XObject << /X 6 0 R >>', objects: [form('/X Do /X Do', 6)] }));
	for (const [w, h] of [[30000, 30000], [100000, 100000], [1000000, 1], [2147483647, 2147483647], [0, 0], [-5, 5], [12000, 12000]]) {
		for (const [filter, body] of [['/FlateDecode', zlib.deflateSync(Buffer.alloc(10 << 20), { level: 9 })], ['/CCITTFaxDecode', latin('\0'.repeat(200))], ['/DCTDecode', files.JPEG], ['/JPXDecode', latin('\0\0\0\x0cjP  \r\n\x87\n')], ['/JBIG2Decode', latin('\0\0\0\0\x30\0\x01\0\0\0\x13\x7f\xff\xff\xff\x7f\xff\xff\xff\0\0\0\0\0\0\0\0\x01\0\0')], ['/RunLengthDecode', latin('\x81\0'.repeat(2000))], ['/LZWDecode', latin('\x80\x0b\x60\x50')]]) {
			const image = Buffer.concat([latin(`<< /Type /XObject /Subtype /Image /Width ${w} /Height ${h} /BitsPerComponent ${filter.startsWith('/CC') || filter.startsWith('/JB') ? 1 : 8} /ColorSpace ${filter.startsWith('/CC') || filter.startsWith('/JB') ? '/DeviceGray' : '/DeviceRGB'} /Filter ${filter} /DecodeParms << /K -1 /Columns ${w} /Rows ${h} >> /Length ${body.length} >>\nstream\n`), body, latin('\nendstream')]);
			yield clean(`image-${w}x${h}-${filter.slice(1)}`, one_page('595 0 0 842 0 0 cm /I Do', { resources: '/XObject << /I 6 0 R >>', objects: [image] }));
		}
	}
	const bomb = (unit, times) => stream(unit.repeat(times), '', true);
	yield clean('ops-fill', one_page(bomb('0 0 595 842 re f\n', 300000)));
	yield clean('ops-stroke', one_page(bomb('0 0 m 595 842 l S\n', 300000)));
	yield clean('ops-curve', one_page(bomb('0 0 m 595 842 0 842 595 0 c S\n', 200000)));
	yield clean('ops-clip', one_page(bomb('0 0 595 842 re W n\n', 400000)));
	yield clean('ops-text', one_page(bomb('BT /F1 500 Tf 1 0 0 1 0 0 Tm (WWWWWWWW) Tj ET\n', 100000)));
	yield clean('ops-one-path', one_page(stream(`0 0 m ${'595 842 l 3 4 l '.repeat(500000)} S`, '', true)));
	yield clean('ops-dash', one_page('[0.00001 0.00001] 0 d 0.001 w 0 0 m 595 842 l S 0 842 m 595 0 l S'));
	yield clean('ops-dash-long', one_page('[0.0001] 0 d 1e9 0 m -1e9 842 l S'));
	yield clean('ops-inline-image', one_page(bomb('q 99 0 0 99 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID a EI Q\n', 100000)));
	yield clean('ops-blanks', one_page(stream(Buffer.alloc(400 << 20, 32), '', true)));
	yield clean('ops-garbage', one_page(bomb('asdf ', 2000000)));
	for (const step of ['0.001', '0', '-1', '1e-30', '5']) {
		yield clean(`pattern-${step.replace(/\W/g, '_')}`, one_page('/Pattern cs /P scn 0 0 595 842 re f', { resources: '/Pattern << /P 6 0 R >>',
			objects: [stream('0 0 1 1 re f', `/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 500 500] /XStep ${step} /YStep ${step} /Resources << >>`)] }));
	}
	for (const type of [1, 2, 3, 4, 5, 6, 7]) {
		yield clean(`shading-${type}`, one_page('/S sh', { resources: '/Shading << /S 6 0 R >>', objects: [stream(Buffer.alloc(1 << 20, 0x55), `/ShadingType ${type} /ColorSpace /DeviceRGB /BitsPerCoordinate 32 /BitsPerComponent 16 /BitsPerFlag 8 /VerticesPerRow 2 /Decode [-1e9 1e9 -1e9 1e9 0 1 0 1 0 1] /Domain [0 1] /Coords [0 0 ${type === 3 ? '1e9 1 1 ' : '1 '}1e9] /Extend [true true] /Function 7 0 R`, true),
			stream('{ 0 0 0 0 0 0 0 pop pop pop pop pop }', '/FunctionType 4 /Domain [0 1 0 1] /Range [0 1 0 1 0 1]')] }));
	}
	for (const box of ['0 0 1e9 1e9', '0 0 0 0', '0 0 1 100000', '0 0 100000 1', '-1e30 -1e30 1e30 1e30', '5 5 5 5', '0 0 14400 14400', '0 0 0.001 0.001', '/a /b /c /d', '0 0 nan inf']) {
		yield clean(`box-${box.replace(/[^0-9a-z]+/g, '_')}`, one_page(TEXT, { box }));
		yield clean(`unit-${box.replace(/[^0-9a-z]+/g, '_')}`, one_page(TEXT, { box, more: '/UserUnit 1e6 /Rotate 45' }));
	}
	const mask = '<< /Type /ExtGState /SMask << /S /Luminosity /G 7 0 R >> /ca 0.5 /BM /Luminosity >>';
	yield clean('mask-of-itself', one_page('/G gs 0 0 595 842 re f', { resources: '/ExtGState << /G 6 0 R >>', objects: [mask, stream('/G gs 0 0 595 842 re f', '/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Group << /S /Transparency /CS /DeviceRGB >> /Resources << /ExtGState << /G 6 0 R >> >>')] }));
	const glyph = '<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [1 0 0 1 0 0] /CharProcs << /a 7 0 R >> /Encoding << /Differences [97 /a] >> /FirstChar 97 /LastChar 97 /Widths [1000] /Resources << /Font << /T 6 0 R >> >> >>';
	yield clean('font-of-itself', one_page('BT /T 9 Tf (aaaa) Tj ET', { resources: '/Font << /T 6 0 R >>', objects: [glyph, stream('1000 0 d0 BT /T 9 Tf (aaaaaaaa) Tj ET')] }));
	for (const kind of ['FontFile', 'FontFile2', 'FontFile3']) {
		yield clean(`font-${kind}`, one_page(TEXT.replace('/F1', '/T'), { resources: '/Font << /T 6 0 R >>', objects: [`<< /Type /Font /Subtype /TrueType /BaseFont /X /FontDescriptor << /Type /FontDescriptor /FontName /X /Flags 4 /${kind} 7 0 R >> >>`, stream(Buffer.alloc(1 << 20, 0xff), '/Subtype /OpenType', true)] }));
	}
}

function* hostile(r) {
	yield* active();
	yield* locked();
	yield* pages();
	yield* trees();
	yield* references();
	yield* drawings();
	for (let i = 0; i < 60; i++) yield refused(`only-a-head-${i}`, Buffer.concat([latin(`%PDF-1.${i % 8}\n`), r.bytes(100 + r.below(2000)), latin(i % 2 ? '\nstartxref\n12\n%%EOF' : '')]));
}

module.exports = { hostile };
