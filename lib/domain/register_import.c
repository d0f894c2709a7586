#include "domain/register_import.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/rule.h"
#include "base/str.h"
#include "base/utf8.h"
#include "domain/audit.h"
#include "io/csv.h"
#include "io/file.h"

/* --- CSV --- */

static const struct {
	const char *name, *also[5];
} columns[] = {
	{"holder", {"持有人类型", "证书类型", "类型", "holder_type"}},
	{"unit_name", {"单位名称", "机构名称", "unit"}},
	{"uscc", {"统一社会信用代码", "信用代码", "credit_code"}},
	{"unit_address", {"单位法定地址", "单位地址", "法定地址", "address"}},
	{"person_name", {"姓名", "申请人姓名", "持有人姓名", "person"}},
	{"id_number", {"证件号码", "身份证号码", "身份证号", "申请人证件号码"}},
	{"sign_serial", {"签名证书序列号", "证书序列号", "serial"}},
	{"enc_serial", {"加密证书序列号", "encryption_serial"}},
	{"not_before", {"生效日期", "有效期起", "valid_from"}},
	{"not_after", {"失效日期", "有效期止", "有效期至", "valid_to"}},
	{"status", {"证书状态", "状态"}},
	{"token_serial", {"UKey序列号", "介质序列号", "ukey序列号", "token"}},
	{"seal_kind", {"印章类型"}},
	{"seal_name", {"印章名称"}},
	{"agent_name", {"经办人姓名", "经办人"}},
	{"agent_id_number", {"经办人证件号码", "经办人身份证号码", "经办人身份证号"}},
	{"agent_phone", {"经办人手机", "经办人手机号", "经办人电话"}},
};

static const struct {
	const char *column, *word, *also[4];
} words[] = {
	{"holder", "org", {"机构", "机构证书", "机构数字证书", "单位"}},
	{"holder", "rep", {"法人代表", "法人代表证书", "法人代表数字证书"}},
	{"holder", "ind", {"自然人", "个人", "个人证书", "自然人（个人）数字证书"}},
	{"status", "valid", {"有效", "正常"}},
	{"status", "suspended", {"已冻结", "冻结", "挂失"}},
	{"status", "revoked", {"已注销", "注销", "已吊销", "吊销"}},
	{"status", "superseded", {"已换发", "换发"}},
	{"status", "expired", {"已过期", "过期"}},
	{"seal_kind", "unit", {"单位公章", "公章"}},
	{"seal_kind", "name", {"私章", "个人私章", "名章"}},
	{"seal_kind", "handwritten", {"手签章", "手写签名", "签名章"}},
};

static bool is_one_of(const char *const *list, size_t n, const char *text)
{
	for (size_t i = 0; i < n && list[i]; i++)
		if (strcmp(list[i], text) == 0)
			return true;
	return false;
}

static const struct field *column_of(const char *title)
{
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		if (strcmp(columns[i].name, title) == 0 ||
			is_one_of(columns[i].also, ARRAY_LEN(columns[i].also), title))
			return field_find(&register_in_shape, columns[i].name, strlen(columns[i].name));
	return NULL;
}

static const char *word_of(const char *column, const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i].column, column) == 0 && is_one_of(words[i].also, ARRAY_LEN(words[i].also), text))
			return words[i].word;
	return text;
}

/* "2026/5/8", "2026.05.08" and "20260508" as "2026-05-08"; a time of day behind a blank is left out.  What is none of these
 * comes back as it was, and is refused as a day. */
static const char *day_of(struct arena *a, const char *text)
{
	int part[3] = {0}, n = 0, digits = 0;
	bool plain;

	text = arena_textn(a, text, strcspn(text, " T"));
	plain = strlen(text) == 8 && strspn(text, "0123456789") == 8;
	for (const char *p = text; *p; p++) {
		if (*p >= '0' && *p <= '9' && digits < 4) {
			part[n] = part[n] * 10 + (*p - '0');
			digits++;
		} else if (!strchr("/-.", *p) || n == 2) {
			return text;
		}
		if (strchr("/-.", *p) || (plain && (p - text == 3 || p - text == 5))) {
			n++;
			digits = 0;
		}
	}
	return n == 2 && part[0] >= 1000 ? arena_printf(a, "%04d-%02d-%02d", part[0], part[1], part[2]) : text;
}

struct csv_reader {
	struct arena *arena;
	struct faults *faults;
	const struct catalog *catalog;
	struct date today;
	const struct field **column;
	size_t columns;
};

static bool read_header(struct csv_reader *r, const struct csv_row *header, const char *pointer)
{
	size_t before = r->faults->count;
	const struct field *f;

	r->columns = header->cells.count;
	r->column = arena_array(r->arena, r->columns, sizeof(struct field *));
	for (size_t i = 0; i < r->columns; i++) {
		const char *title = utf8_trim(r->arena, header->cells.at[i]);

		f = column_of(title);
		if (!f)
			fault_add(r->faults, pointer, "column", "没有“%s”这一列", title);
		for (size_t k = 0; f && k < i; k++)
			if (r->column[k] == f)
				fault_add(r->faults, pointer, "column_twice", "“%s”这一列重复", f->label);
		r->column[i] = f;
	}
	for (size_t k = 0; k < register_in_shape.count; k++) {
		bool there = false;

		f = &register_in_shape.field[k];
		for (size_t i = 0; i < r->columns; i++)
			there |= r->column[i] == f;
		if (!there && f->flags & FIELD_REQUIRED)
			fault_add(r->faults, pointer, "column_missing", "缺少“%s”（%s）这一列", f->label, f->name);
	}
	return r->faults->count == before;
}

static void read_cells(struct csv_reader *r, const struct csv_row *row, struct register_row *to)
{
	size_t before = r->faults->count;

	if (row->cells.count != r->columns) {
		fault_add(r->faults, to->pointer, "cells", "应有%zu格，现在是%zu格", r->columns, row->cells.count);
		return;
	}
	for (size_t i = 0; i < r->columns; i++) {
		const struct field *f = r->column[i];
		const char *text = utf8_trim(r->arena, row->cells.at[i]);

		text = f->type == FIELD_DAY ? day_of(r->arena, text) : f->words ? word_of(f->name, text) : text;
		field_set_text(f, &to->in, text, strlen(text), to->pointer, r->faults);
		if (f->flags & FIELD_REQUIRED && !*text)
			fault_add(r->faults, to->pointer, "missing", "缺少%s", f->label);
	}
	if (r->faults->count == before)
		register_check(r->catalog, r->today, &to->in, to->pointer, r->faults);
	to->in.source = "csv";
}

enum err register_read_csv(struct arena *a, const struct catalog *cat, struct date today, struct bytes file,
	struct list *ret_rows, struct faults *faults)
{
	struct csv_reader r = {.arena = a, .faults = faults, .catalog = cat, .today = today};
	size_t before = faults->count;
	struct list lines;
	const struct csv_row *line;
	struct register_row *rows;
	enum err e = csv_read(a, file, &lines, faults);

	if (e != ERR_OK && e != ERR_INVALID)
		return e;
	line = lines.at;
	if (lines.count < 2) {
		fault_add(faults, "", "empty", "文件里没有证书");
		return ERR_INVALID;
	}
	if (!read_header(&r, &line[0], "/lines/1"))
		return ERR_INVALID;
	rows = arena_array(a, lines.count - 1, sizeof *rows);
	for (size_t i = 1; i < lines.count; i++) {
		rows[i - 1].pointer = arena_printf(a, "/lines/%" PRId64, line[i].line);
		if (!line[i].bad)
			read_cells(&r, &line[i], &rows[i - 1]);
	}
	*ret_rows = (struct list){rows, lines.count - 1};
	return faults->count > before ? ERR_INVALID : ERR_OK;
}

/* --- into the register --- */

struct work {
	const struct list *rows;
	const char *name;
	struct register_imported done;
	int64_t first_id; /* of this run */
};

static bool same_hash(struct ctx *c, struct bytes stored, const char *kind, const char *text)
{
	struct bytes want = {NULL, 0};

	if (text)
		want = ctx_index(c, kind, text);
	return stored.len == want.len && (!want.len || crypto_equal(stored.at, want.at, want.len));
}

/* What never changes about a certificate. */
static bool same(struct ctx *c, const struct register_certificate *r, const struct register_in *in)
{
	const char *unit = in->unit_name ? name_key(c->arena, in->unit_name) : NULL;
	const char *person = in->person_name ? name_key(c->arena, in->person_name) : NULL;

	return text_eq(r->sign_serial, in->sign_serial) && text_eq(r->enc_serial, in->enc_serial) &&
	       text_eq(r->holder, in->holder) && date_cmp(r->not_before, in->not_before) == 0 &&
	       date_cmp(r->not_after, in->not_after) == 0 && text_eq(r->unit_key, unit) && text_eq(r->uscc, in->uscc) &&
	       same_hash(c, r->person_key_hash, "person", person) &&
	       same_hash(c, r->id_number_hash, "id_number", in->id_number);
}

static enum err put_row(struct ctx *c, struct work *w, const struct register_row *row)
{
	struct register_certificate known;
	enum err e = register_find(c, row->in.sign_serial, &known);
	int64_t id;

	if (e == ERR_NOT_FOUND)
		e = register_find(c, row->in.enc_serial, &known);
	if (e == ERR_NOT_FOUND) {
		e = register_add(c, &row->in, &id);
		w->first_id = w->first_id ? w->first_id : id;
		w->done.added += e == ERR_OK;
		return e;
	}
	if (e != ERR_OK)
		return e;
	if (w->first_id && known.id >= w->first_id)
		fault_add(&c->faults, row->pointer, "twice", "序列号与前面的证书重复");
	else if (!same(c, &known, &row->in))
		fault_add(&c->faults, row->pointer, "differs", "序列号%s已登记，内容却不同", row->in.sign_serial);
	else
		w->done.unchanged++;
	return ERR_OK;
}

static enum err put_all(struct ctx *c, void *arg)
{
	struct work *w = arg;
	const struct register_row *row = w->rows->at;
	size_t before = c->faults.count;
	enum err e = ERR_OK;

	w->done = (struct register_imported){0, 0};
	w->first_id = 0;
	for (size_t i = 0; e == ERR_OK && i < w->rows->count; i++)
		e = put_row(c, w, &row[i]);
	if (e == ERR_OK && c->faults.count > before)
		e = ERR_INVALID;
	if (e == ERR_OK && w->done.added)
		audit_add(c, "certificate_import", w->name, arena_printf(c->arena, "%" PRId64 " added", w->done.added));
	return e;
}

/* The last part of a path, as much as an audit row takes. */
static const char *short_name(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash && slash[1] ? slash + 1 : path, *at = name;

	for (size_t n = 0; n < 60 && *at; n++)
		utf8_next(&at);
	return arena_textn(a, name, (size_t)(at - name));
}

enum err register_import(struct ctx *c, const char *path, struct register_imported *ret_done)
{
	const struct catalog *cat = c->house->catalog;
	struct date today = date_of_moment(c->now);
	struct list rows;
	struct work w = {.rows = &rows, .name = short_name(c->arena, path)};
	struct bytes file;
	struct stat st;
	enum err e;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		e = register_read_folder(c->arena, cat, today, path, &rows, &c->faults);
	} else {
		e = file_read(c->arena, path, &file);
		if (e == ERR_OK)
			e = register_read_csv(c->arena, cat, today, file, &rows, &c->faults);
	}
	if (e == ERR_OK)
		e = ctx_tx(c, put_all, &w);
	if (e == ERR_OK)
		*ret_done = w.done;
	return e;
}
