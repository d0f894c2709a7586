#ifndef BASE_FIELD_H
#define BASE_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"

/* The idea that carries the house: a table row is name, label, type, bounds, offset.
 * The same table reads a config file, a JSON body, a query string, an XML element and an SQL row into an ordinary
 * struct, and writes the struct back as JSON.  Who has read one table has read the project.
 *
 *   struct unit { const char *name; int64_t staff; };
 *   static const struct field unit_fields[] = {
 *           TEXT(struct unit, name, "单位名称", 1, 128, rule_unit),
 *           INT(struct unit, staff, "人数", 0, 100000),
 *   };
 *   const struct shape unit_shape = SHAPE(struct unit, unit_fields);
 *
 * C types: TEXT const char * (NULL = not given) · INT int64_t (0) · BOOL bool · DAY and TIME below · OBJECT an embedded
 * struct · LIST struct list of structs · TEXTS struct texts.  What is not mentioned in the input is left as it is, an
 * explicit null clears: reading a patch over a filled struct is a merge (RFC 7396; lists are replaced whole).
 * The reader of each kind of source lives beside that source (io/json.h, io/db.h …); this file holds what they share. */

enum field_type {
	FIELD_TEXT,
	FIELD_INT,
	FIELD_BOOL,
	FIELD_DAY,
	FIELD_TIME,
	FIELD_OBJECT,
	FIELD_LIST,
	FIELD_TEXTS,
	FIELD_BYTES
};

enum { FIELD_REQUIRED = 1, FIELD_READONLY = 2 };

/* Folds *text by the field's own rule (replacing the pointer, in the arena) and checks it.  NULL: right.  Otherwise a
 * fault code, and in *ret_say the rest of a sentence that begins with the label: "应为18位，现在是17位". */
typedef const char *(*field_rule)(struct arena *a, const char **text, const char **ret_say);

struct shape;

struct field {
	const char *name, *label;
	enum field_type type;
	unsigned flags;
	int64_t min, max; /* TEXT: code points; INT: value; LIST, TEXTS: entries; 0,0 = no bound on numbers */
	size_t offset;
	field_rule rule;	  /* TEXT, TEXTS; NULL = rule_line */
	const char *const *words; /* TEXT: the allowed words, ended by NULL; or NULL */
	const struct shape *of;	  /* OBJECT, LIST */
};

struct shape {
	const struct field *field;
	size_t count, size; /* rows; bytes of the struct */
};

struct list { /* of structs described by field->of */
	void *at;
	size_t count;
};

struct texts {
	const char **at;
	size_t count;
};

struct bytes {
	const unsigned char *at;
	size_t len;
};

/* Offset of a member that must have the given C type: a wrong type in a table does not compile. */
#define FIELD_AT(s, m, type) _Generic(((s *)0)->m, type : offsetof(s, m))

#define TEXT(s, m, label, lo, hi, rule) \
	{ \
#m, label, FIELD_TEXT, 0, lo, hi, FIELD_AT(s, m, const char *), rule, NULL, NULL \
	}
#define TEXT_REQUIRED(s, m, label, lo, hi, rule) \
	{ \
#m, label, FIELD_TEXT, FIELD_REQUIRED, lo, hi, FIELD_AT(s, m, const char *), rule, NULL, NULL \
	}
#define WORD(s, m, label, words) \
	{ \
#m, label, FIELD_TEXT, 0, 1, 40, FIELD_AT(s, m, const char *), NULL, words, NULL \
	}
#define WORD_REQUIRED(s, m, label, words) \
	{ \
#m, label, FIELD_TEXT, FIELD_REQUIRED, 1, 40, FIELD_AT(s, m, const char *), NULL, words, NULL \
	}
#define INT(s, m, label, lo, hi) \
	{ \
#m, label, FIELD_INT, 0, lo, hi, FIELD_AT(s, m, int64_t), NULL, NULL, NULL \
	}
#define INT_REQUIRED(s, m, label, lo, hi) \
	{ \
#m, label, FIELD_INT, FIELD_REQUIRED, lo, hi, FIELD_AT(s, m, int64_t), NULL, NULL, NULL \
	}
#define BOOL(s, m, label) \
	{ \
#m, label, FIELD_BOOL, 0, 0, 1, FIELD_AT(s, m, bool), NULL, NULL, NULL \
	}
#define DAY(s, m, label) \
	{ \
#m, label, FIELD_DAY, 0, 0, 0, FIELD_AT(s, m, struct date), NULL, NULL, NULL \
	}
#define DAY_REQUIRED(s, m, label) \
	{ \
#m, label, FIELD_DAY, FIELD_REQUIRED, 0, 0, FIELD_AT(s, m, struct date), NULL, NULL, NULL \
	}
#define TIME(s, m, label) \
	{ \
#m, label, FIELD_TIME, 0, 0, 0, FIELD_AT(s, m, int64_t), NULL, NULL, NULL \
	}
#define OBJECT(s, m, label, shape) \
	{ \
#m, label, FIELD_OBJECT, 0, 0, 0, offsetof(s, m), NULL, NULL, shape \
	}
#define LIST(s, m, label, lo, hi, shape) \
	{ \
#m, label, FIELD_LIST, 0, lo, hi, FIELD_AT(s, m, struct list), NULL, NULL, shape \
	}
#define LIST_REQUIRED(s, m, label, lo, hi, shape) \
	{ \
#m, label, FIELD_LIST, FIELD_REQUIRED, lo, hi, FIELD_AT(s, m, struct list), NULL, NULL, shape \
	}
#define TEXTS(s, m, label, lo, hi, rule) \
	{ \
#m, label, FIELD_TEXTS, 0, lo, hi, FIELD_AT(s, m, struct texts), rule, NULL, NULL \
	}
#define BYTES(s, m, label, hi) \
	{ \
#m, label, FIELD_BYTES, 0, 0, hi, FIELD_AT(s, m, struct bytes), NULL, NULL, NULL \
	}

#define SHAPE(s, table) \
	{ \
		table, sizeof(table) / sizeof((table)[0]), sizeof(s) \
	}

/* Put one value, given as text (config, query, XML, form), into the member that the row describes.
 * text is UTF-8, n bytes, need not be ended; "" clears.  Faults are added with the given pointer.
 * Only scalar types (TEXT, INT, BOOL, DAY, TIME). */
void field_set_text(
	const struct field *f, void *base, const char *text, size_t n, const char *pointer, struct faults *faults);
void field_set_int(const struct field *f, void *base, int64_t value, const char *pointer, struct faults *faults);
void field_clear(const struct field *f, void *base);
/* The entry count of a LIST or TEXTS against the row's bounds; a fault when out of them. */
void field_check_count(const struct field *f, size_t count, const char *pointer, struct faults *faults);

/* Faults of code "missing" for every REQUIRED row that is empty; does not descend into OBJECTs. */
void field_check_required(const struct shape *shape, const void *base, const char *pointer, struct faults *faults);

const struct field *field_find(const struct shape *shape, const char *name, size_t n); /* NULL: no such row */
bool field_is_empty(const struct field *f, const void *base);

/* Follow a pointer such as "/unit/uscc" or "/items/0/seal_name" through nested tables.  NULL: no such row, or past the
 * end of a list.  *ret_base: the struct that holds the member. */
const struct field *field_at(const struct shape *shape, const void *base, const char *pointer, const void **ret_base);

/* Typed access to a member, for those who walk tables. */
#define FIELD_PTR(f, base, type) ((type *)(void *)((char *)(uintptr_t)(base) + (f)->offset))

#endif
