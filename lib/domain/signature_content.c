#include "domain/signature_content.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"

enum { FILES };

static const struct sql sql[] = {
	[FILES] =
		{"SELECT material, sha256, size_bytes FROM attachment WHERE application_id=? AND removed_at IS NULL AND state<>'refused' "
		 "ORDER BY material, uploaded_at, id",
			"i", "ssi"},
};
SQL_TABLE(signature_content);

struct file {
	const char *material, *sha256;
	int64_t size_bytes;
};
static const struct field fields[] = {
	TEXT(struct file, material, "material", 0, 0, NULL),
	TEXT(struct file, sha256, "sha256", 0, 0, NULL),
	INT(struct file, size_bytes, "size_bytes", 0, 0),
};
static const struct shape shape = SHAPE(struct file, fields);

enum err signature_content(
	struct ctx *c, const struct application *app, const char **ret_content, const char **ret_sha256)
{
	struct list files;
	struct str s;
	enum err e = db_all(c->db, &sql[FILES], &shape, &files, I(app->id));

	if (e != ERR_OK)
		return e;
	str_init(&s, c->arena);
	str_addf(&s, "zhengyin-case/1\nno: %s\nservice: %s\nholder: %s\nchannel: %s\namount_fen: %" PRId64 "\n",
		app->no, app->service, app->holder, app->channel, app->amount_fen);
	for (size_t i = 0; i < files.count; i++) {
		const struct file *f = &((const struct file *)files.at)[i];

		str_addf(&s, "file: %s %s %" PRId64 "\n", f->material, f->sha256, f->size_bytes);
	}
	str_addf(&s, "data: %s\n", application_form_text(c->arena, &app->data));
	*ret_content = s.at;
	*ret_sha256 = crypto_sha256_hex(c->arena, s.at, s.len);
	return ERR_OK;
}
