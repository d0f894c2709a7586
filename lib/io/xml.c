#include "io/xml.h"

#include <assert.h>
#include <errno.h>
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"

#define BLANKS " \t\r\n"

struct xml {
	xmlDocPtr doc;
	char *name;
};

/* What the parser's and the validator's callbacks need. */
struct watch {
	struct faults *faults;
	const char *name;
	xmlParserCtxtPtr parser;
	bool dtd;
};

static const xmlNode *of(const struct xml_node *n)
{
	return (const xmlNode *)n;
}

static const struct xml_node *as_node(const xmlNode *n)
{
	return (const struct xml_node *)n;
}

void xml_fault(struct faults *faults, const char *name, int line, const char *code, const char *format, ...)
{
	char *pointer = arena_printf(faults->arena, "%s:%d", name, line), *say;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0)
		return;
	say = arena_alloc(faults->arena, (size_t)n + 1);
	va_start(args, format);
	vsnprintf(say, (size_t)n + 1, format, args);
	va_end(args);
	while (n > 0 && say[n - 1] == '\n')
		say[--n] = '\0';
	fault_add(faults, pointer, code, "%s: %s", pointer, say);
}

static void no_dtd(void *ctx, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
	xmlParserCtxtPtr parser = ctx;
	struct watch *w = parser->_private;

	(void)name;
	(void)public_id;
	(void)system_id;
	w->dtd = true;
	xml_fault(w->faults, w->name, parser->input ? parser->input->line : 0, "dtd", "不接受带有DTD（DOCTYPE）的文件");
	xmlStopParser(parser);
}

static void parse_fault(struct watch *w)
{
	const xmlError *e = xmlCtxtGetLastError(w->parser);

	if (!w->dtd)
		xml_fault(w->faults, w->name, e ? e->line : 0, "xml", "%s",
			e && e->message ? e->message : "不是格式正确的XML");
}

/* The first element that lies deeper than allowed, or NULL. */
static const xmlNode *too_deep(const xmlNode *root)
{
	const xmlNode *n = root;
	int depth = 1;

	while (n) {
		if (depth > XML_MAX_DEPTH)
			return n;
		if (n->type == XML_ELEMENT_NODE && n->children) {
			n = n->children;
			depth++;
			continue;
		}
		while (n != root && !n->next) {
			n = n->parent;
			depth--;
		}
		n = n == root ? NULL : n->next;
	}
	return NULL;
}

enum err xml_parse(const void *bytes, size_t n, const char *name, struct faults *faults, struct xml **ret_xml)
{
	struct watch w = {.faults = faults, .name = name};
	const xmlNode *deep;
	xmlDocPtr doc;
	struct xml *x;

	if (n > XML_MAX_BYTES) {
		xml_fault(faults, name, 1, "too_large", "文件超过%d字节", XML_MAX_BYTES);
		return ERR_TOO_LARGE;
	}
	w.parser = xmlNewParserCtxt();
	if (!w.parser)
		abort();
	w.parser->_private = &w;
	w.parser->sax->internalSubset = no_dtd;
	doc = xmlCtxtReadMemory(w.parser, bytes, (int)n, NULL, NULL,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA | XML_PARSE_BIG_LINES);
	if (!doc || w.dtd || !xmlDocGetRootElement(doc)) {
		parse_fault(&w);
		xmlFreeDoc(doc);
		xmlFreeParserCtxt(w.parser);
		return ERR_INVALID;
	}
	xmlFreeParserCtxt(w.parser);
	deep = too_deep(xmlDocGetRootElement(doc));
	if (deep) {
		xml_fault(faults, name, (int)xmlGetLineNo(deep), "too_deep", "嵌套超过%d层", XML_MAX_DEPTH);
		xmlFreeDoc(doc);
		return ERR_INVALID;
	}
	x = malloc(sizeof *x);
	if (!x)
		abort();
	*x = (struct xml){doc, strdup(name)};
	if (!x->name)
		abort();
	*ret_xml = x;
	return ERR_OK;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The file's bytes up to one more than allowed, to be freed; NULL with a fault when it cannot be read. */
static char *file_bytes(const char *path, struct faults *faults, size_t *ret_n)
{
	FILE *f = fopen(path, "rbe");
	char *bytes;

	if (!f) {
		xml_fault(faults, base_name(path), 0, "not_found", "打不开文件：%s", strerror(errno));
		return NULL;
	}
	bytes = malloc(XML_MAX_BYTES + 1);
	if (!bytes)
		abort();
	*ret_n = fread(bytes, 1, XML_MAX_BYTES + 1, f);
	if (ferror(f)) {
		xml_fault(faults, base_name(path), 0, "not_found", "读文件出错");
		free(bytes);
		bytes = NULL;
	}
	fclose(f);
	return bytes;
}

enum err xml_load(const char *path, struct faults *faults, struct xml **ret_xml)
{
	size_t n;
	char *bytes = file_bytes(path, faults, &n);
	enum err e;

	if (!bytes)
		return ERR_NOT_FOUND;
	e = xml_parse(bytes, n, base_name(path), faults, ret_xml);
	free(bytes);
	return e;
}

void xml_free(struct xml *x)
{
	if (!x)
		return;
	xmlFreeDoc(x->doc);
	free(x->name);
	free(x);
}

void xml_done(struct xml **x)
{
	xml_free(*x);
	*x = NULL;
}

static void schema_fault(void *ctx, xmlErrorPtr e)
{
	struct watch *w = ctx;

	xml_fault(w->faults, w->name, e->line, "schema", "%s", e->message ? e->message : "不符合规定的结构");
}

static xmlRelaxNGPtr schema_load(const char *path, struct faults *faults)
{
	struct watch w = {.faults = faults, .name = base_name(path)};
	xmlRelaxNGParserCtxtPtr parser;
	xmlRelaxNGPtr schema;
	size_t n;
	char *bytes = file_bytes(path, faults, &n);

	if (!bytes)
		return NULL;
	parser = xmlRelaxNGNewMemParserCtxt(bytes, (int)n);
	if (!parser)
		abort();
	xmlRelaxNGSetParserStructuredErrors(parser, schema_fault, &w);
	schema = xmlRelaxNGParse(parser);
	xmlRelaxNGFreeParserCtxt(parser);
	free(bytes);
	return schema;
}

enum err xml_validate(const struct xml *x, const char *rng_path, struct faults *faults)
{
	struct watch w = {.faults = faults, .name = x->name};
	xmlRelaxNGPtr schema = schema_load(rng_path, faults);
	xmlRelaxNGValidCtxtPtr valid;
	int n;

	if (!schema)
		return ERR_INTERNAL;
	valid = xmlRelaxNGNewValidCtxt(schema);
	if (!valid)
		abort();
	xmlRelaxNGSetValidStructuredErrors(valid, schema_fault, &w);
	n = xmlRelaxNGValidateDoc(valid, x->doc);
	xmlRelaxNGFreeValidCtxt(valid);
	xmlRelaxNGFree(schema);
	return n == 0 ? ERR_OK : n > 0 ? ERR_INVALID : ERR_INTERNAL;
}

const struct xml_node *xml_root(const struct xml *x)
{
	return as_node(xmlDocGetRootElement(x->doc));
}

static const struct xml_node *element_from(const xmlNode *n, const char *name)
{
	for (; n; n = n->next)
		if (n->type == XML_ELEMENT_NODE && (!name || strcmp((const char *)n->name, name) == 0))
			return as_node(n);
	return NULL;
}

const struct xml_node *xml_child(const struct xml_node *n, const char *name)
{
	return n ? element_from(of(n)->children, name) : NULL;
}

const struct xml_node *xml_next(const struct xml_node *n, const char *name)
{
	return n ? element_from(of(n)->next, name) : NULL;
}

const char *xml_name(const struct xml_node *n)
{
	return (const char *)of(n)->name;
}

int xml_line(const struct xml_node *n)
{
	return (int)xmlGetLineNo(of(n));
}

static char *taken(struct arena *a, xmlChar *text)
{
	char *copy = arena_text(a, (const char *)text);

	xmlFree(text);
	return copy;
}

char *xml_attr(struct arena *a, const struct xml_node *n, const char *name)
{
	return taken(a, xmlGetNoNsProp(of(n), (const xmlChar *)name));
}

char *xml_text(struct arena *a, const struct xml_node *n)
{
	char *text = taken(a, xmlNodeGetContent(of(n)));

	return text ? text : arena_text(a, "");
}

/* One line of laid-out text, joined to what stands before it. */
static void add_line(struct str *s, const char *line, size_t n, bool paragraph)
{
	if (s->len && paragraph)
		str_addc(s, '\n');
	else if (s->len && (unsigned char)s->at[s->len - 1] < 0x80 && (unsigned char)line[0] < 0x80)
		str_addc(s, ' ');
	str_addn(s, line, n);
}

static const char *unfolded(struct arena *a, const char *text)
{
	bool paragraph = false;
	struct str s;

	str_init(&s, a);
	while (*text) {
		size_t n = strcspn(text, "\n"), next = n + (text[n] == '\n');
		const char *line = text;

		text += next;
		for (; n && (line[0] == ' ' || line[0] == '\t'); n--)
			line++;
		while (n && (line[n - 1] == ' ' || line[n - 1] == '\t'))
			n--;
		if (n) {
			add_line(&s, line, n, paragraph);
			paragraph = false;
		} else {
			paragraph = true;
		}
	}
	return s.at;
}

/* The faults that a shared reader added, brought into the form of this file. */
static void name_faults(struct faults *faults, size_t from)
{
	for (size_t i = from; i < faults->count; i++)
		faults->at[i].detail = arena_printf(
			faults->arena, "%s: %s", faults->at[i].pointer, faults->at[i].detail);
}

static void set_text(
	const struct xml *x, int line, const struct field *f, void *base, const char *text, struct faults *faults)
{
	size_t from = faults->count;

	field_set_text(f, base, text, strlen(text), arena_printf(faults->arena, "%s:%d", x->name, line), faults);
	name_faults(faults, from);
}

static void set_words(
	const struct xml *x, int line, const struct field *f, void *base, const char *text, struct faults *faults)
{
	struct texts *words = FIELD_PTR(f, base, struct texts);
	field_rule rule = f->rule ? f->rule : rule_word;
	size_t from = faults->count, n = 0;

	words->at = arena_array(faults->arena, strlen(text) / 2 + 1, sizeof *words->at);
	for (text += strspn(text, BLANKS); *text; text += strspn(text, BLANKS)) {
		size_t len = strcspn(text, BLANKS);
		const char *word = arena_textn(faults->arena, text, len), *say = "", *code;

		text += len;
		code = rule(faults->arena, &word, &say);
		if (code)
			xml_fault(faults, x->name, line, code, "%s“%s”%s", f->name, word, say);
		words->at[n++] = word;
	}
	words->count = n;
	if (faults->count != from)
		return;
	field_check_count(f, n, arena_printf(faults->arena, "%s:%d", x->name, line), faults);
	name_faults(faults, from);
}

static void read_attributes(
	const struct xml *x, const xmlNode *n, const struct shape *shape, void *base, struct faults *faults)
{
	int line = (int)xmlGetLineNo(n);

	for (const xmlAttr *at = n->properties; at; at = at->next) {
		const char *name = (const char *)at->name;
		const struct field *f = at->ns ? NULL : field_find(shape, name, strlen(name));
		char *text;

		if (!f || f->type == FIELD_OBJECT || f->type == FIELD_LIST || f->type == FIELD_BYTES ||
			(f->flags & FIELD_READONLY)) {
			xml_fault(faults, x->name, line, "unknown", "<%s>没有属性%s", n->name, name);
			continue;
		}
		text = xml_attr(faults->arena, as_node(n), name);
		if (!text)
			continue;
		if (f->type == FIELD_TEXTS)
			set_words(x, line, f, base, text, faults);
		else
			set_text(x, line, f, base, text, faults);
	}
}

static void read_list(
	const struct xml *x, const struct xml_node *first, const struct field *f, void *base, struct faults *faults)
{
	struct list *list = FIELD_PTR(f, base, struct list);
	const char *name = xml_name(first);
	size_t count = 0, from = faults->count;
	char *at;

	for (const struct xml_node *n = first; n; n = xml_next(n, name))
		count++;
	at = arena_array(faults->arena, count, f->of->size);
	*list = (struct list){at, count};
	for (const struct xml_node *n = first; n; n = xml_next(n, name), at += f->of->size)
		xml_read(x, n, f->of, at, faults);
	if (faults->count != from)
		return;
	field_check_count(f, count, arena_printf(faults->arena, "%s:%d", x->name, xml_line(first)), faults);
	name_faults(faults, from);
}

static void read_child(
	const struct xml *x, const struct xml_node *n, const struct shape *shape, void *base, struct faults *faults)
{
	const char *name = xml_name(n);
	const struct field *f = of(n)->ns ? NULL : field_find(shape, name, strlen(name));
	bool first = xml_child(as_node(of(n)->parent), name) == n;

	if (!f || (f->flags & FIELD_READONLY) ||
		(f->type != FIELD_LIST && f->type != FIELD_OBJECT && f->type != FIELD_TEXT)) {
		xml_fault(faults, x->name, xml_line(n), "unknown", "这里没有<%s>", name);
		return;
	}
	if (!first && f->type != FIELD_LIST) {
		xml_fault(faults, x->name, xml_line(n), "repeated", "<%s>只能有一个", name);
		return;
	}
	if (f->type == FIELD_TEXT)
		set_text(x, xml_line(n), f, base, unfolded(faults->arena, xml_text(faults->arena, n)), faults);
	else if (f->type == FIELD_OBJECT)
		xml_read(x, n, f->of, FIELD_PTR(f, base, void), faults);
	else if (first)
		read_list(x, n, f, base, faults);
}

void xml_read(
	const struct xml *x, const struct xml_node *n, const struct shape *shape, void *base, struct faults *faults)
{
	const struct field *content = field_find(shape, "content", 7), *line = field_find(shape, "line", 4);
	size_t from = faults->count;
	bool right;

	read_attributes(x, of(n), shape, base, faults);
	right = faults->count == from;
	for (const struct xml_node *c = xml_child(n, NULL); c; c = xml_next(c, NULL))
		read_child(x, c, shape, base, faults);
	if (content)
		set_text(x, xml_line(n), content, base, unfolded(faults->arena, xml_text(faults->arena, n)), faults);
	if (line)
		*FIELD_PTR(line, base, int64_t) = xml_line(n);
	if (!right) /* a value that was refused is not missing as well */
		return;
	from = faults->count;
	field_check_required(shape, base, arena_printf(faults->arena, "%s:%d", x->name, xml_line(n)), faults);
	for (size_t i = from; i < faults->count; i++) /* "catalog.xml:12/code": the place without the row */
		faults->at[i].pointer = arena_printf(faults->arena, "%s:%d", x->name, xml_line(n));
	name_faults(faults, from);
}
