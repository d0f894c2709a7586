#include "domain/rules.h"

#include "base/log.h"
#include "base/str.h"
#include "domain/application_data.h"
#include "domain/price.h"

enum { FIND, HASH, ADD };

static const struct sql sql[] = {
	[FIND] = {"SELECT xml FROM catalog_version WHERE version=?", "s", "b"},
	[HASH] = {"SELECT sha256 FROM catalog_version WHERE version=?", "s", "s"},
	[ADD] = {"INSERT INTO catalog_version (version, sha256, xml, loaded_at) VALUES (?,?,?,?)", "ssbi", ""},
};
SQL_TABLE(rules);

enum { KEPT_MAX = 32 };

static const struct catalog *kept[KEPT_MAX];
static size_t kept_count;

struct xml_row {
	struct bytes xml;
};
static const struct field xml_fields[] = {BYTES(struct xml_row, xml, "xml", 0)};
static const struct shape xml_shape = SHAPE(struct xml_row, xml_fields);

static enum err load(struct ctx *c, const char *version, const struct catalog **ret_catalog)
{
	struct house *h = c->house;
	struct faults faults;
	struct xml_row row = {{NULL, 0}};
	enum err e = db_one(c->db, &sql[FIND], &xml_shape, &row, S(version));

	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? ERR_INTERNAL : e;
	faults_init(&faults, h->arena);
	e = catalog_parse(h->arena, row.xml.at, row.xml.len, h->config.catalog_schema, &application_data_shape, &faults,
		ret_catalog);
	if (e == ERR_OK && kept_count < KEPT_MAX)
		kept[kept_count++] = *ret_catalog;
	if (e != ERR_OK)
		log_at(LOG_ERROR, "catalogue version %s in the database does not load", version);
	return e == ERR_OK ? ERR_OK : ERR_INTERNAL;
}

static enum err find(struct ctx *c, const char *version, const struct catalog **ret_catalog)
{
	if (text_eq(version, c->house->catalog->version)) {
		*ret_catalog = c->house->catalog;
		return ERR_OK;
	}
	for (size_t i = 0; i < kept_count; i++)
		if (text_eq(kept[i]->version, version)) {
			*ret_catalog = kept[i];
			return ERR_OK;
		}
	return load(c, version, ret_catalog);
}

enum err rules_of(struct ctx *c, const char *version, int64_t begun_at, const struct catalog **ret_catalog)
{
	const struct catalog *written;
	enum err e = find(c, version, &written);

	return e == ERR_OK ? price_catalog(c, c->arena, written, begun_at, ret_catalog) : e;
}

enum err rules_store(struct ctx *c, const void *xml, size_t n)
{
	const char *version = c->house->catalog->version;
	char *hash = crypto_sha256_hex(c->arena, xml, n);
	struct db_text have = {NULL};
	enum err e = db_one(c->db, &sql[HASH], &db_text_shape, &have, S(version));

	if (e == ERR_OK)
		return text_eq(have.value, hash) ? ERR_OK : ERR_CONFLICT;
	if (e != ERR_NOT_FOUND)
		return e;
	return db_exec(c->db, &sql[ADD], S(version), S(hash), B(((struct bytes){xml, n})), I(c->now));
}
