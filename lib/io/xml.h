#ifndef IO_XML_H
#define IO_XML_H

#include <stddef.h>

#include "base/field.h"

/* Reading XML: our own files (the catalogue) and foreign ones (bank statements, invoices) through one narrow door.
 * A document is refused, with a fault that names file and line, when it is larger than XML_MAX_BYTES, nested deeper
 * than XML_MAX_DEPTH, not well-formed, or has a DTD of any kind: so there are no entities but the five of XML itself.
 * Nothing is ever fetched: no network, no external entity, no included file.
 *
 * Faults carry the pointer "catalog.xml:123" and a detail that begins with the same words.
 *
 * Tables: xml_read fills a struct by its struct shape.  An attribute and a child element are looked up by the name of
 * the row, exactly (with its underscores).
 *   TEXT INT BOOL DAY TIME   an attribute; a TEXT may also be a child element holding text
 *   TEXTS                    an attribute of words parted by blanks
 *   OBJECT                   one child element          LIST  child elements, one per entry, all with the row's name
 *   row named "content"      the element's own text     row named "line"  (INT) the element's line, never an attribute
 * Text may be laid out over lines: lines are joined (by a blank only between two ASCII characters), an empty line begins
 * a new paragraph, kept as one line break. */

struct xml;
struct xml_node;

enum { XML_MAX_BYTES = 4 * 1024 * 1024, XML_MAX_DEPTH = 64 };

/* path: the last part of it is the name in faults.  Errors: ERR_NOT_FOUND (no such file), ERR_TOO_LARGE, ERR_INVALID
 * (faults say why). */
enum err xml_load(const char *path, struct faults *faults, struct xml **ret_xml) MUST_USE;
enum err xml_parse(const void *bytes, size_t n, const char *name, struct faults *faults, struct xml **ret_xml) MUST_USE;
void xml_free(struct xml *x);  /* NULL is fine */
void xml_done(struct xml **x); /* for CLEANUP */

/* Hold the document against a RelaxNG schema in XML form.  ERR_INVALID: faults, one per place.  ERR_INTERNAL: the schema
 * itself is missing or wrong. */
enum err xml_validate(const struct xml *x, const char *rng_path, struct faults *faults) MUST_USE;

/* Walking.  name NULL: any element.  Nodes live as long as the document. */
const struct xml_node *xml_root(const struct xml *x);
const struct xml_node *xml_child(const struct xml_node *n, const char *name); /* first child element, or NULL */
const struct xml_node *xml_next(const struct xml_node *n, const char *name);  /* next sibling element, or NULL */
const char *xml_name(const struct xml_node *n);
int xml_line(const struct xml_node *n);
char *xml_attr(struct arena *a, const struct xml_node *n, const char *name); /* NULL: not given */
char *xml_text(struct arena *a, const struct xml_node *n);		     /* all text inside; "" when none */

/* Fill base by the table: texts live in faults->arena.  What the table does not name is a fault ("unknown"), what it
 * requires and is not there ("missing"), a repeated OBJECT ("repeated"). */
void xml_read(
	const struct xml *x, const struct xml_node *n, const struct shape *shape, void *base, struct faults *faults);

/* Long files of many alike elements (bank statements), read as a stream: no document is built, so memory does not grow with
 * the file.  Each outermost element whose local name is one of names (ended by NULL) is handed over as a record: its texts
 * by their path inside it, by local names whatever the prefix or namespace, in the order of the file:
 *   <Ntry><Amt Ccy="CNY">600</Amt><Dbtr><Nm>王</Nm></Dbtr></Ntry>  →  "Amt@Ccy" CNY, "Amt" 600, "Dbtr/Nm" 王; "" is its own text
 * Only elements without elements inside give texts, and only attributes that are not empty.  Refused as by xml_parse, but
 * with a size of the caller's; a record of more than XML_RECORD_MAX texts or bytes of text is refused too.
 * The encoding is seen from the bytes (io/charset.h), what the file says of itself is not asked.
 * A record lives until take returns, its texts in the arena of faults as long as that. */
struct xml_text {
	const char *path, *text;
};
struct xml_record {
	const char *name;
	int line;
	const struct xml_text *at;
	size_t count;
};
enum { XML_RECORD_MAX = 400, XML_RECORD_BYTES = 64 * 1024 };
typedef void (*xml_take)(void *arg, const struct xml_record *record);
/* Errors: ERR_TOO_LARGE, ERR_INVALID (faults say why; take may have been called for what stood before). */
enum err xml_records(struct bytes file, size_t max_bytes, const char *name, const char *const *names, xml_take take,
	void *arg, struct faults *faults) MUST_USE;
/* The first text at that path; "" when there is none.  xml_record_texts: all of them, joined by blanks. */
const char *xml_record_text(const struct xml_record *r, const char *path);
const char *xml_record_texts(struct arena *a, const struct xml_record *r, const char *path);

/* A fault of the caller's own at a line of this document. */
void xml_fault(struct faults *faults, const char *name, int line, const char *code, const char *format, ...)
	PRINTF_LIKE(5, 6);

#endif
