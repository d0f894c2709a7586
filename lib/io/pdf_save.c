#include <hpdf.h>
#include <string.h>

#include "base/date.h"
#include "base/log.h"
#include "io/pdf_page.h"

/* The file is built of libharu's objects.  Its own way of embedding a font is not used: it walks 65,536 codes for each
 * document, writes a map of 128 kB, and knows no character above U+FFFF. */

struct saver {
	struct pdf *pdf;
	HPDF_Doc doc;
	struct pdf_used used;
	HPDF_Dict resources;
};

/* An object of its own in the file, for others to refer to. */
static HPDF_Dict object(struct saver *s, const char *type)
{
	HPDF_Dict dict = HPDF_Dict_New(s->doc->mmgr);

	HPDF_Xref_Add(s->doc->xref, dict);
	if (type)
		HPDF_Dict_AddName(dict, "Type", type);
	return dict;
}

static HPDF_Dict stream(struct saver *s, const void *at, size_t len)
{
	HPDF_Dict dict = HPDF_DictStream_New(s->doc->mmgr, s->doc->xref);

	if (dict) {
		dict->filter = HPDF_STREAM_FILTER_FLATE_DECODE;
		HPDF_Stream_Write(dict->stream, at, (HPDF_UINT)len);
	}
	return dict;
}

static HPDF_Array array_in(struct saver *s, HPDF_Dict dict, const char *name)
{
	HPDF_Array array = HPDF_Array_New(s->doc->mmgr);

	HPDF_Dict_Add(dict, name, array);
	return array;
}

static HPDF_Dict dict_in(struct saver *s, HPDF_Dict dict, const char *name)
{
	HPDF_Dict inner = HPDF_Dict_New(s->doc->mmgr);

	HPDF_Dict_Add(dict, name, inner);
	return inner;
}

/* In UTF-16, as PDF wants it. */
static void put_utf16(struct str *s, uint32_t cp)
{
	if (cp > 0xffff)
		str_addf(s, "%04X%04X", (unsigned)(0xd800 + ((cp - 0x10000) >> 10)),
			(unsigned)(0xdc00 + ((cp - 0x10000) & 0x3ff)));
	else
		str_addf(s, "%04X", (unsigned)cp);
}

/* Which character a glyph is, for search and copy.  A range may not pass from one high byte to the next. */
static HPDF_Dict to_unicode(struct saver *s, const struct font_cut *cut)
{
	struct str map;

	str_init(&map, s->pdf->arena);
	str_add(&map, "/CIDInit/ProcSet findresource begin 12 dict begin begincmap/CMapName/U def/CMapType 2 def\n"
		      "1 begincodespacerange<0000><FFFF>endcodespacerange\n");
	for (size_t from = 0, to; from < cut->count; from = to) {
		to = (from + 1) / 100 * 100 + 99 < cut->count ? (from + 1) / 100 * 100 + 99 : cut->count;
		if ((from + 1) >> 8 != to >> 8)
			to = (to >> 8 << 8) - 1;
		str_addf(&map, "1 beginbfrange<%04zX><%04zX>[", from + 1, to);
		for (size_t i = from; i < to; i++) {
			str_addc(&map, '<');
			put_utf16(&map, cut->cp[i]);
			str_addc(&map, '>');
		}
		str_add(&map, "]endbfrange\n");
	}
	str_add(&map, "endcmap end end");
	return stream(s, map.at, map.len);
}

/* A subset is named after what is in it, so that two of them never pass for one. */
static const char *subset_name(struct saver *s, const struct font_cut *cut)
{
	uint32_t hash = 2166136261;
	char tag[7] = "";

	for (size_t i = 0; i < cut->count; i++)
		hash = (hash ^ cut->cp[i]) * 16777619;
	for (size_t i = 0; i < 6; i++, hash /= 26)
		tag[i] = (char)('A' + hash % 26);
	return arena_printf(s->pdf->arena, "%s+%s", tag, cut->name);
}

static void add_widths(struct saver *s, HPDF_Dict font, const struct font_cut *cut)
{
	HPDF_Array all = array_in(s, font, "W"), run = NULL;

	HPDF_Dict_AddNumber(font, "DW", 1000);
	for (size_t i = 0; i <= cut->count; i++) {
		if (cut->advance[i] == 1000) {
			run = NULL;
			continue;
		}
		if (!run) {
			run = HPDF_Array_New(s->doc->mmgr);
			HPDF_Array_AddNumber(all, (HPDF_INT32)i);
			HPDF_Array_Add(all, run);
		}
		HPDF_Array_AddNumber(run, cut->advance[i]);
	}
}

static HPDF_Dict descriptor(struct saver *s, const struct font_cut *cut, const char *name)
{
	HPDF_Dict d = object(s, "FontDescriptor"), file = stream(s, cut->file.at, cut->file.len);
	HPDF_Array box;

	HPDF_Dict_AddName(d, "FontName", name);
	HPDF_Dict_AddNumber(d, "Flags", 4);
	box = array_in(s, d, "FontBBox");
	for (size_t i = 0; i < 4; i++)
		HPDF_Array_AddNumber(box, cut->box[i]);
	HPDF_Dict_AddNumber(d, "ItalicAngle", 0);
	HPDF_Dict_AddNumber(d, "Ascent", cut->ascent);
	HPDF_Dict_AddNumber(d, "Descent", cut->descent);
	HPDF_Dict_AddNumber(d, "CapHeight", cut->ascent);
	HPDF_Dict_AddNumber(d, "StemV", 80);
	HPDF_Dict_Add(d, "FontFile2", file);
	if (file)
		HPDF_Dict_AddNumber(file, "Length1", (HPDF_INT32)cut->file.len);
	return d;
}

/* Characters are written as the numbers of their glyphs. */
static HPDF_Dict font_object(struct saver *s, int face)
{
	HPDF_Dict font = object(s, "Font"), part = object(s, "Font"), system;
	struct font_cut cut;
	const char *name;

	font_cut(s->pdf->fonts, face, s->used.cp[face], s->used.count[face], s->pdf->arena, &cut);
	name = subset_name(s, &cut);
	HPDF_Dict_AddName(font, "Subtype", "Type0");
	HPDF_Dict_AddName(font, "BaseFont", name);
	HPDF_Dict_AddName(font, "Encoding", "Identity-H");
	HPDF_Array_Add(array_in(s, font, "DescendantFonts"), part);
	HPDF_Dict_Add(font, "ToUnicode", to_unicode(s, &cut));
	HPDF_Dict_AddName(part, "Subtype", "CIDFontType2");
	HPDF_Dict_AddName(part, "BaseFont", name);
	HPDF_Dict_AddName(part, "CIDToGIDMap", "Identity");
	system = dict_in(s, part, "CIDSystemInfo");
	HPDF_Dict_Add(system, "Registry", HPDF_String_New(s->doc->mmgr, "Adobe", NULL));
	HPDF_Dict_Add(system, "Ordering", HPDF_String_New(s->doc->mmgr, "Identity", NULL));
	HPDF_Dict_AddNumber(system, "Supplement", 0);
	add_widths(s, part, &cut);
	HPDF_Dict_Add(part, "FontDescriptor", descriptor(s, &cut, name));
	return font;
}

static void add_resources(struct saver *s)
{
	HPDF_Dict fonts;

	s->resources = object(s, NULL);
	fonts = dict_in(s, s->resources, "Font");
	for (int face = 0; face < FONT_FACES_MAX; face++)
		if (s->used.count[face])
			HPDF_Dict_Add(fonts, arena_printf(s->pdf->arena, "F%d", face), font_object(s, face));
}

/* A page comes with a stream of its own; what it shares with its twins stands before it. */
static void add_page(struct saver *s, struct page *page)
{
	HPDF_Page to = HPDF_AddPage(s->doc);
	HPDF_Dict own = to ? ((HPDF_PageAttr)to->attr)->contents : NULL;
	HPDF_Array contents;
	struct str shared, alone;

	if (!own)
		return;
	str_init(&shared, s->pdf->arena);
	str_init(&alone, s->pdf->arena);
	if (s->pdf->meta.width_mm == PDF_WIDTH_MM && s->pdf->meta.height_mm == PDF_HEIGHT_MM)
		HPDF_Page_SetSize(to, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
	else {
		HPDF_Page_SetWidth(to, (HPDF_REAL)(s->pdf->meta.width_mm * PT_PER_MM));
		HPDF_Page_SetHeight(to, (HPDF_REAL)(s->pdf->meta.height_mm * PT_PER_MM));
	}
	HPDF_Dict_Add(to, "Resources", s->resources);
	pdf_content(s->pdf, &s->used, page->draw, &alone);
	HPDF_Stream_Write(own->stream, (const HPDF_BYTE *)alone.at, (HPDF_UINT)alone.len);
	own->filter = HPDF_STREAM_FILTER_FLATE_DECODE;
	if (page->draw == &page->shared)
		return;
	if (page->twin) {
		page->stream = page->twin->stream;
	} else {
		pdf_content(s->pdf, &s->used, &page->shared, &shared);
		page->stream = stream(s, shared.at, shared.len);
	}
	contents = array_in(s, to, "Contents");
	HPDF_Array_Add(contents, page->stream);
	HPDF_Array_Add(contents, own);
}

static void info_text(HPDF_Doc doc, HPDF_InfoType type, const char *text)
{
	if (text)
		HPDF_SetInfoAttr(doc, type, text);
}

static void add_meta(struct saver *s)
{
	const struct pdf_meta *meta = &s->pdf->meta;
	struct date d = date_of_moment(meta->created_at);
	int64_t t = meta->created_at - date_moment(d, 0, 0, 0);
	HPDF_Date at = {
		d.year, d.month, d.day, (HPDF_INT)(t / 3600), (HPDF_INT)(t / 60 % 60), (HPDF_INT)(t % 60), '+', 8, 0};
	HPDF_Dict view;

	HPDF_UseUTFEncodings(s->doc);
	HPDF_SetCurrentEncoder(s->doc, "UTF-8");
	info_text(s->doc, HPDF_INFO_TITLE, meta->title);
	info_text(s->doc, HPDF_INFO_AUTHOR, meta->author);
	info_text(s->doc, HPDF_INFO_SUBJECT, meta->subject);
	HPDF_SetInfoDateAttr(s->doc, HPDF_INFO_CREATION_DATE, at);
	HPDF_Dict_Add(s->doc->catalog, "Lang", HPDF_String_New(s->doc->mmgr, "zh-CN", NULL));
	/* The title in the window, and the print dialogue set to the true size, which stamps and codes need. */
	view = dict_in(s, s->doc->catalog, "ViewerPreferences");
	HPDF_Dict_AddBoolean(view, "DisplayDocTitle", HPDF_TRUE);
	HPDF_Dict_AddName(view, "PrintScaling", "None");
	s->doc->pdf_version = HPDF_VER_16;
}

/* The first failure stays in the document and every later call is harmless, so it is asked once, at the end. */
static void on_error(HPDF_STATUS error, HPDF_STATUS detail, void *user)
{
	(void)error, (void)detail, (void)user;
}

static enum err doc_save(struct pdf *p, HPDF_Doc doc, struct bytes *ret_file)
{
	unsigned char *at;
	HPDF_UINT32 len;
	HPDF_STATUS status = HPDF_GetError(doc);

	if (status == HPDF_OK)
		status = HPDF_SaveToStream(doc);
	if (status != HPDF_OK) {
		log_at(LOG_ERROR, "pdf: libharu error 0x%lx", (unsigned long)status);
		return ERR_INTERNAL;
	}
	len = HPDF_GetStreamSize(doc);
	at = arena_alloc(p->arena, len);
	HPDF_ReadFromStream(doc, at, &len);
	ret_file->at = at;
	ret_file->len = len;
	return ERR_OK;
}

enum err pdf_save(struct pdf *p, struct bytes *ret_file)
{
	struct saver s = {.pdf = p, .doc = HPDF_New(on_error, NULL)};
	enum err e;

	if (!s.doc)
		return ERR_INTERNAL;
	pdf_used(p, &s.used);
	add_resources(&s);
	for (struct page *page = p->first; page; page = page->next)
		add_page(&s, page);
	add_meta(&s);
	e = doc_save(p, s.doc, ret_file);
	HPDF_Free(s.doc);
	return e;
}
