#include "domain/trust.h"

#include "base/log.h"
#include "base/str.h"
#include "io/file.h"

static struct kept {
	struct arena *arena;
	struct cms_trust trust;
	int64_t stamp[3];
} kept;

static const struct part {
	const char *folder, *label;
	size_t offset;
} parts[] = {
	{"anchors", "CERTIFICATE", offsetof(struct cms_trust, anchors)},
	{"intermediates", "CERTIFICATE", offsetof(struct cms_trust, intermediates)},
	{"crls", "X509 CRL", offsetof(struct cms_trust, crls)},
};

static enum err read_part(struct arena *a, const char *dir, const struct part *part, struct list *ret_ders)
{
	const char *folder = arena_printf(a, "%s/%s", dir, part->folder);
	struct texts names;
	struct bytes *ders, pem;
	enum err e = file_list(a, folder, ".pem", &names);

	ders = arena_array(a, names.count + 1, sizeof *ders);
	for (size_t i = 0; e == ERR_OK && i < names.count; i++) {
		e = file_read(a, arena_printf(a, "%s/%s", folder, names.at[i]), &pem);
		if (e == ERR_OK)
			e = x509_unpem(a, part->label, pem, &ders[i]);
		if (e != ERR_OK)
			log_at(LOG_ERROR, "trust: %s/%s cannot be read", part->folder, names.at[i]);
	}
	*ret_ders = (struct list){ders, names.count};
	return e == ERR_OK ? ERR_OK : ERR_INTERNAL;
}

static bool changed(struct ctx *c, int64_t stamp[3])
{
	bool differs = !kept.arena;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		stamp[i] = file_stamp(arena_printf(c->arena, "%s/%s", c->house->config.trust_dir, parts[i].folder));
		differs = differs || stamp[i] != kept.stamp[i];
	}
	return differs;
}

/* A set that cannot be read leaves the one before in force: what was believed stays believed, nothing new is. */
enum err trust_load(struct ctx *c, const struct cms_trust **ret_trust)
{
	struct kept next = {0};
	enum err e = ERR_OK;

	*ret_trust = &kept.trust;
	if (!changed(c, next.stamp))
		return ERR_OK;
	next.arena = arena_new();
	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(parts); i++)
		e = read_part(next.arena, c->house->config.trust_dir, &parts[i],
			(struct list *)(void *)((char *)&next.trust + parts[i].offset));
	if (e != ERR_OK) {
		arena_free(next.arena);
		return kept.arena ? ERR_OK : e;
	}
	arena_free(kept.arena);
	kept = next;
	return ERR_OK;
}
