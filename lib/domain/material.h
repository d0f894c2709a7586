#ifndef DOMAIN_MATERIAL_H
#define DOMAIN_MATERIAL_H

#include "domain/application.h"
#include "io/json_out.h"

/* The materials of a case: what the route asks for, the files that count, the verdict that counts.
 * A file counts while it is not removed; when the material failed in a round, only files uploaded after that round count
 * and the older ones stay as versions.  The verdict that counts is the newest one, until a newer file replaces a failed. */

enum material_mark {
	MATERIAL_MISSING,
	MATERIAL_UPLOADED,
	MATERIAL_PASS,
	MATERIAL_FAIL,
	MATERIAL_WAIVE,
	MATERIAL_MARK_MAX
};
extern const char *const material_mark_words[];

struct material_file {
	const char *id, *material, *filename, *state; /* state: checking accepted refused */
	int64_t round, page_count, uploaded_at;
};

/* A row of attachment: id, material, filename, state, round, page_count, uploaded_at. */
extern const struct shape material_file_shape;
/* {id, filename, page_count, state}, an item of the list that is open. */
void material_write_file(const struct material_file *f, struct json_out *j);

struct material_verdict {
	const char *material, *verdict, *reasons, *note, *areas; /* reasons: codes with blanks; areas: JSON */
	int64_t round, staff_id, at;
	const char *by; /* name of the officer */
};

struct material {
	const struct catalog_material *rule;
	enum material_mark mark;
	bool required;				/* a scan must be there */
	const struct material_verdict *verdict; /* that counts; NULL */
	const struct material_verdict *judged;	/* given in the running round; NULL */
	struct list files;			/* struct material_file that count, oldest first */
};

struct materials {
	struct list all;      /* struct material, in the order of the route; only those whose condition holds */
	struct list verdicts; /* struct material_verdict, all rounds, newest first */
};

/* All of it in c->arena; rules are borrowed of the catalogue that app->route is of.  No transaction needed. */
enum err material_list(struct ctx *c, const struct application *app, struct materials *ret_materials) MUST_USE;
struct material *material_find(const struct materials *m, const char *code); /* NULL: the route does not ask for it */

/* A fault for every required scan that is missing or refused, pointer "/materials/m2". */
void material_check(const struct materials *m, struct faults *faults);

#define MATERIAL_EACH(it, m) \
	for (struct material *it = (m)->all.at, *it##_end = it + (m)->all.count; it != it##_end; it++)

#endif
