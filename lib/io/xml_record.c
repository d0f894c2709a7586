#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "io/charset.h"
#include "io/xml.h"

struct stream {
	struct faults *faults;
	const char *name;
	const char *const *names;
	xml_take take;
	void *arg;
	xmlParserCtxtPtr parser;
	bool stopped;
	int depth, record_depth; /* of the record's own element; 0: outside */
	size_t path_len[XML_MAX_DEPTH + 1];
	struct str path, text;
	bool leaf; /* nothing but text since the innermost element began */
	size_t bytes;
	struct xml_text at[XML_RECORD_MAX];
	struct xml_record record;
};

static int line_of(const struct stream *s)
{
	return s->parser->input ? s->parser->input->line : 0;
}

static void stop(struct stream *s, const char *code, const char *say)
{
	if (!s->stopped)
		xml_fault(s->faults, s->name, line_of(s), code, "%s", say);
	s->stopped = true;
	xmlStopParser(s->parser);
}

static void cut(struct str *s, size_t len)
{
	s->len = len;
	s->at[len] = '\0';
}

static void add(struct stream *s, const char *path, const char *bytes, size_t n)
{
	struct arena *a = s->faults->arena;
	const char *text = utf8_trim(a, arena_textn(a, bytes, n));

	s->bytes += strlen(path) + n;
	if (!*text)
		return;
	if (s->record.count == XML_RECORD_MAX || s->bytes > XML_RECORD_BYTES) {
		stop(s, "record_large", "这一笔的内容过多，不是对账单的格式");
		return;
	}
	s->at[s->record.count++] = (struct xml_text){arena_text(a, path), text};
}

static void add_attributes(struct stream *s, int count, const xmlChar **attributes)
{
	size_t len = s->path.len;

	for (int i = 0; i < count && !s->stopped; i++) { /* local name, prefix, namespace, value, its end */
		const xmlChar **at = attributes + (ptrdiff_t)i * 5;

		str_addc(&s->path, '@');
		str_add(&s->path, (const char *)at[0]);
		add(s, s->path.at, (const char *)at[3], (size_t)(at[4] - at[3]));
		cut(&s->path, len);
	}
}

static bool is_record(const struct stream *s, const char *local)
{
	for (size_t i = 0; s->names[i]; i++)
		if (strcmp(s->names[i], local) == 0)
			return true;
	return false;
}

static void begin(void *ctx, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri, int namespaces,
	const xmlChar **declared, int count, int defaulted, const xmlChar **attributes)
{
	struct stream *s = ((xmlParserCtxtPtr)ctx)->_private;

	(void)prefix;
	(void)uri;
	(void)namespaces;
	(void)declared;
	(void)defaulted;
	if (s->stopped)
		return;
	if (++s->depth > XML_MAX_DEPTH) {
		stop(s, "too_deep", "嵌套过深");
		return;
	}
	s->leaf = true;
	cut(&s->text, 0);
	if (!s->record_depth) {
		if (!is_record(s, (const char *)local))
			return;
		s->record_depth = s->depth;
		s->bytes = 0;
		s->record = (struct xml_record){
			arena_text(s->faults->arena, (const char *)local), line_of(s), s->at, 0};
		cut(&s->path, 0);
	} else {
		s->path_len[s->depth] = s->path.len;
		if (s->path.len)
			str_addc(&s->path, '/');
		str_add(&s->path, (const char *)local);
	}
	add_attributes(s, count, attributes);
}

static void characters(void *ctx, const xmlChar *text, int n)
{
	struct stream *s = ((xmlParserCtxtPtr)ctx)->_private;

	if (s->stopped || !s->record_depth || n <= 0)
		return;
	if (s->text.len + (size_t)n > XML_RECORD_BYTES)
		stop(s, "record_large", "这一笔的内容过多，不是对账单的格式");
	else
		str_addn(&s->text, text, (size_t)n);
}

static void end(void *ctx, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
	struct stream *s = ((xmlParserCtxtPtr)ctx)->_private;

	(void)local;
	(void)prefix;
	(void)uri;
	if (s->stopped)
		return;
	if (s->record_depth && s->leaf)
		add(s, s->path.at, s->text.at, s->text.len);
	s->leaf = false;
	cut(&s->text, 0);
	if (s->record_depth == s->depth) {
		s->record_depth = 0;
		if (!s->stopped)
			s->take(s->arg, &s->record);
	} else if (s->record_depth) {
		cut(&s->path, s->path_len[s->depth]);
	}
	s->depth--;
}

static void no_dtd(void *ctx, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
	(void)name;
	(void)public_id;
	(void)system_id;
	stop(((xmlParserCtxtPtr)ctx)->_private, "dtd", "不接受带有DTD（DOCTYPE）的文件");
}

static enum err parse(struct stream *s, struct bytes utf8)
{
	xmlSAXHandler *sax = s->parser->sax;
	xmlDocPtr doc;
	const xmlError *wrong;

	memset(sax, 0, sizeof *sax);
	sax->initialized = XML_SAX2_MAGIC;
	sax->internalSubset = no_dtd;
	sax->startElementNs = begin;
	sax->endElementNs = end;
	sax->characters = characters;
	sax->ignorableWhitespace = characters;
	s->parser->_private = s;
	doc = xmlCtxtReadMemory(s->parser, (const char *)utf8.at, (int)utf8.len, NULL, "UTF-8",
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES | XML_PARSE_IGNORE_ENC);
	xmlFreeDoc(doc);
	if (s->stopped)
		return ERR_INVALID;
	if (s->parser->wellFormed)
		return ERR_OK;
	wrong = xmlCtxtGetLastError(s->parser);
	xml_fault(s->faults, s->name, wrong ? wrong->line : 0, "xml", "%s",
		wrong && wrong->message ? wrong->message : "不是格式正确的XML");
	return ERR_INVALID;
}

enum err xml_records(struct bytes file, size_t max_bytes, const char *name, const char *const *names, xml_take take,
	void *arg, struct faults *faults)
{
	struct stream *s;
	struct charset_text text;
	enum err e;

	if (file.len > max_bytes) {
		xml_fault(faults, name, 1, "too_large", "文件超过%zu字节", max_bytes);
		return ERR_TOO_LARGE;
	}
	e = charset_read(faults->arena, file, &text);
	if (e != ERR_OK)
		return e;
	s = arena_alloc(faults->arena, sizeof *s);
	*s = (struct stream){.faults = faults, .name = name, .names = names, .take = take, .arg = arg};
	str_init(&s->path, faults->arena);
	str_init(&s->text, faults->arena);
	s->parser = xmlNewParserCtxt();
	if (!s->parser)
		abort();
	e = parse(s, text.utf8);
	xmlFreeParserCtxt(s->parser);
	return e;
}

const char *xml_record_text(const struct xml_record *r, const char *path)
{
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->at[i].path, path) == 0)
			return r->at[i].text;
	return "";
}

const char *xml_record_texts(struct arena *a, const struct xml_record *r, const char *path)
{
	struct str s;

	str_init(&s, a);
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->at[i].path, path) == 0) {
			if (s.len)
				str_addc(&s, ' ');
			str_add(&s, r->at[i].text);
		}
	return s.at;
}
