#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "base/utf8.h"
#include "domain/register_import.h"
#include "io/file.h"
#include "io/x509.h"

enum { FILES_MAX = 20000 };

/* Which extension carries which identifier, tried in order.  plain: the number itself; netca: "…@ccccTTf"
 * and the number, in Base64 when f is 1. */
enum coding { CODED_PLAIN, CODED_NETCA };
static const struct {
	const char *oid;
	enum register_identifier meaning;
	enum coding coding;
	field_rule rule; /* what does not pass is another kind of number */
} identifiers[] = {
	{"1.2.156.10260.4.4", REGISTER_ID_UNIT, CODED_PLAIN, rule_uscc},
	{"1.2.156.10260.4.1.4", REGISTER_ID_UNIT, CODED_PLAIN, rule_uscc},
	{"1.3.6.1.4.1.18760.1.12.11", REGISTER_ID_UNIT, CODED_NETCA, rule_uscc},
	{"1.3.6.1.4.1.18760.11.12.11.1", REGISTER_ID_UNIT, CODED_NETCA, rule_uscc},
	{"1.2.156.10260.4.1.1.1", REGISTER_ID_PERSON, CODED_PLAIN, rule_resident},
	{"1.2.156.10260.4.1.1.2", REGISTER_ID_PERSON, CODED_PLAIN, rule_id_other},
	{"1.2.156.10260.4.1.1", REGISTER_ID_PERSON, CODED_PLAIN, rule_id_other},
	{"1.3.6.1.4.1.18760.1.12.11", REGISTER_ID_PERSON, CODED_NETCA, rule_resident},
	{"1.3.6.1.4.1.18760.11.12.11.1", REGISTER_ID_PERSON, CODED_NETCA, rule_resident},
};
static const char oid_customer[] = "1.3.6.1.4.1.18760.1.14", oid_class[] = "1.3.6.1.4.1.18760.1.12.12.2";
static const struct {
	const char *value, *holder;
} classes[] = {{"001", "org"}, {"002", "org"}, {"003", "rep"}, {"004", "ind"}};

struct one { /* a certificate and where it came from */
	const char *file, *key;
	const struct x509_cert *cert;
};

struct folder {
	struct arena *arena;
	struct faults *faults;
	const struct catalog *catalog;
	struct date today;
	struct one *at;
	size_t count, cap;
};

static const char *decode_netca(struct arena *a, const char *text)
{
	enum { BEFORE = 6 }; /* cccc TT */
	const char *at = strchr(text, '@');
	unsigned char *plain;
	size_t n;

	if (!at || strlen(++at) <= BEFORE + 1)
		return NULL;
	at += BEFORE;
	if (*at == '0')
		return at + 1;
	plain = arena_alloc(a, strlen(at) + 4);
	if (*at != '1' || !base64_decode(at + 1, strlen(at + 1), plain, &n) || !utf8_valid((const char *)plain, n))
		return NULL;
	return arena_textn(a, (const char *)plain, n);
}

const char *register_identifier(struct arena *a, const struct x509_cert *cert, enum register_identifier meaning)
{
	const char *value, *say;

	for (size_t i = 0; i < ARRAY_LEN(identifiers); i++) {
		value = identifiers[i].meaning == meaning ? x509_extension(cert, identifiers[i].oid) : NULL;
		if (value && identifiers[i].coding == CODED_NETCA)
			value = decode_netca(a, value);
		if (value && *value != '#' && !identifiers[i].rule(a, &value, &say))
			return value;
	}
	return NULL;
}

static const char *holder_of(const struct x509_cert *cert)
{
	const char *class = x509_extension(cert, oid_class);

	for (size_t i = 0; class && i < ARRAY_LEN(classes); i++)
		if (text_eq(class, classes[i].value))
			return classes[i].holder;
	if (!cert->organisation)
		return cert->common_name ? "ind" : NULL;
	return !cert->common_name || text_eq(cert->organisation, cert->common_name) ? "org" : "rep";
}

static struct date first_day(const struct x509_cert *cert)
{
	return date_of_moment(cert->not_before);
}

/* Ending at midnight is ending with the day before. */
static struct date last_day(const struct x509_cert *cert)
{
	return date_of_moment(cert->not_after - 1);
}

/* --- reading the files --- */

static void keep(struct folder *f, const char *file, const struct x509_cert *cert)
{
	const char *customer = x509_extension(cert, oid_customer);

	f->at = arena_grow(f->arena, f->at, f->count, &f->cap, sizeof *f->at);
	f->at[f->count++] = (struct one){file,
		arena_printf(f->arena, "%s%s\n%s %s", cert->subject, customer ? customer : "",
			date_text(f->arena, first_day(cert)), date_text(f->arena, last_day(cert))),
		cert};
}

static enum err read_file(struct folder *f, const char *path, const char *name)
{
	const struct x509_cert *cert;
	struct list certs;
	struct bytes pem;
	const char *say = "";
	enum err e = file_read(f->arena, arena_printf(f->arena, "%s/%s", path, name), &pem);

	if (e == ERR_OK)
		e = x509_read(f->arena, pem, &certs, &say);
	if (e == ERR_INVALID)
		fault_add(f->faults, name, "certificate", "%s", say);
	if (e != ERR_OK)
		return e == ERR_INVALID ? ERR_OK : e;
	cert = certs.at;
	for (size_t i = 0; i < certs.count; i++)
		if (!cert[i].ca)
			keep(f, name, &cert[i]);
	return ERR_OK;
}

static int is_pem(const struct dirent *d)
{
	static const char *const ends[] = {".pem", ".crt", ".cer"};
	const char *dot = strrchr(d->d_name, '.');

	for (size_t i = 0; dot && *d->d_name != '.' && i < ARRAY_LEN(ends); i++)
		if (text_eq(dot, ends[i]))
			return 1;
	return 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static enum err read_files(struct folder *f, const char *path)
{
	struct dirent **names = NULL;
	int n = scandir(path, &names, is_pem, by_name);
	enum err e = n < 0 ? ERR_NOT_FOUND : n > FILES_MAX ? ERR_TOO_LARGE : ERR_OK;

	for (int i = 0; i < n; i++) {
		const char *name = arena_text(f->arena, names[i]->d_name);

		free(names[i]);
		if (e == ERR_OK && !utf8_valid(name, strlen(name)))
			fault_add(f->faults, "", "name", "第%d个文件的名称不是UTF-8", i + 1);
		else if (e == ERR_OK)
			e = read_file(f, path, name);
	}
	free(names);
	return e;
}

/* --- pairs --- */

static int by_key(const void *a, const void *b)
{
	const struct one *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order ? order : strcmp(x->cert->serial, y->cert->serial);
}

static void set(struct folder *f, struct register_row *row, const char *member, const char *value)
{
	const struct field *field = field_find(&register_in_shape, member, strlen(member));

	if (value)
		field_set_text(field, &row->in, value, strlen(value), row->pointer, f->faults);
}

static void fill(struct folder *f, const struct one *sign, const struct one *enc, struct register_row *row)
{
	const struct x509_cert *cert = sign->cert;
	const char *holder = holder_of(cert);
	bool org = text_eq(holder, "org"), ind = text_eq(holder, "ind");
	size_t before = f->faults->count;

	*row = (struct register_row){.pointer = sign->file, .in = {.source = "pem"}};
	row->in.not_before = first_day(cert);
	row->in.not_after = last_day(cert);
	set(f, row, "holder", holder);
	set(f, row, "sign_serial", cert->serial);
	set(f, row, "enc_serial", enc->cert->serial);
	if (!ind) {
		set(f, row, "unit_name", cert->organisation);
		set(f, row, "unit_address", cert->locality);
		set(f, row, "uscc", register_identifier(f->arena, cert, REGISTER_ID_UNIT));
	}
	if (!org) {
		set(f, row, "person_name", cert->common_name);
		set(f, row, "id_number", register_identifier(f->arena, cert, REGISTER_ID_PERSON));
	}
	if (org) {
		set(f, row, "seal_kind", "unit");
		set(f, row, "seal_name", cert->organisation);
	}
	if (!holder)
		fault_add(f->faults, row->pointer, "holder", "证书主体里没有名称");
	else if (f->faults->count == before)
		register_check(f->catalog, f->today, &row->in, row->pointer, f->faults);
}

/* The certificates of one subject, customer and time.  false: not one pair. */
static bool pair(struct folder *f, const struct one *group, size_t n, struct register_row *row)
{
	const struct one *sign = NULL, *enc = NULL;
	const char *say = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct x509_cert *cert = group[i].cert;

		if (cert->signing == cert->encrypting)
			say = cert->signing ? "证书既能签名又能加密，不是双证书" : "证书没有签名或加密用途";
		else if (cert->signing ? sign : enc)
			say = "同一主体有几张同期的证书，分不清哪两张成对，请改用CSV导入";
		else
			*(cert->signing ? &sign : &enc) = &group[i];
	}
	if (!say && !enc)
		say = "只有签名证书，缺少同一主体的加密证书";
	if (!say && !sign)
		say = "只有加密证书，缺少同一主体的签名证书";
	for (size_t i = 0; say && i < n; i++)
		fault_add(f->faults, group[i].file, "pair", "证书%s：%s", group[i].cert->serial, say);
	if (!say)
		fill(f, sign, enc, row);
	return !say;
}

enum err register_read_folder(struct arena *a, const struct catalog *cat, struct date today, const char *path,
	struct list *ret_rows, struct faults *faults)
{
	struct folder f = {.arena = a, .faults = faults, .catalog = cat, .today = today};
	size_t before = faults->count, rows = 0, n;
	struct register_row *row;
	enum err e = read_files(&f, path);

	if (e != ERR_OK)
		return e;
	if (!f.count && faults->count == before)
		fault_add(faults, "", "empty", "文件夹里没有证书（*.pem、*.crt、*.cer）");
	if (f.count)
		qsort(f.at, f.count, sizeof *f.at, by_key);
	row = arena_array(a, f.count / 2 + 1, sizeof *row);
	for (size_t i = 0; i < f.count; i += n) {
		for (n = 1; i + n < f.count && strcmp(f.at[i].key, f.at[i + n].key) == 0;)
			n++;
		rows += pair(&f, &f.at[i], n, &row[rows]);
	}
	*ret_rows = (struct list){row, rows};
	return faults->count > before ? ERR_INVALID : ERR_OK;
}
