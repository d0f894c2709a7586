#include "io/pack.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

enum { MODE = 0644 };

struct pack {
	struct archive *archive;
	int64_t moment;
	pack_take take;
	void *arg;
	bool refused;
};

bool pack_path_good(const char *path)
{
	bool begins = true; /* of a part */
	size_t n = strlen(path);

	if (n == 0 || n > PACK_PATH_MAX || path[n - 1] == '/')
		return false;
	for (; *path; path++) {
		if (begins ? *path == '/' || *path == '.' || *path == '-' : false)
			return false;
		if (*path != '/' && !strchr("abcdefghijklmnopqrstuvwxyz0123456789._-", *path))
			return false;
		begins = *path == '/';
	}
	return true;
}

/* The library loses memory when it is refused a piece, so it never is: what was refused ends the packing from outside. */
static la_ssize_t give(struct archive *archive, void *arg, const void *bytes, size_t n)
{
	struct pack *p = arg;

	(void)archive;
	p->refused = p->refused || !p->take(p->arg, bytes, n);
	return (la_ssize_t)n;
}

void pack_done(struct pack **p)
{
	if (!*p)
		return;
	archive_write_free((*p)->archive);
	free(*p);
	*p = NULL;
}

enum err pack_begin(int64_t moment, pack_take take, void *arg, struct pack **ret_pack)
{
	struct pack *p = calloc(1, sizeof *p);

	if (!p)
		abort();
	*p = (struct pack){archive_write_new(), moment, take, arg, false};
	if (!p->archive || archive_write_set_format_ustar(p->archive) != ARCHIVE_OK ||
		archive_write_open(p->archive, p, NULL, give, NULL) != ARCHIVE_OK) {
		pack_done(&p);
		return ERR_INTERNAL;
	}
	*ret_pack = p;
	return ERR_OK;
}

enum err pack_add(struct pack *p, const char *path, struct bytes content)
{
	struct archive_entry *entry = archive_entry_new();
	int got;

	if (!entry)
		abort();
	archive_entry_set_pathname(entry, path);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, MODE);
	archive_entry_set_size(entry, (la_int64_t)content.len);
	archive_entry_set_mtime(entry, p->moment, 0);
	got = archive_write_header(p->archive, entry);
	archive_entry_free(entry);
	if (got != ARCHIVE_OK ||
		(content.len > 0 && archive_write_data(p->archive, content.at, content.len) != (la_ssize_t)content.len))
		return ERR_INTERNAL;
	return p->refused ? ERR_DISK : ERR_OK;
}

enum err pack_end(struct pack **p)
{
	enum err e = archive_write_close((*p)->archive) != ARCHIVE_OK ? ERR_INTERNAL
		     : (*p)->refused				      ? ERR_DISK
								      : ERR_OK;

	pack_done(p);
	return e;
}

/* --- reading --- */

static void read_done(struct archive **archive)
{
	archive_read_free(*archive);
}

static bool is_plain(struct archive_entry *entry)
{
	return archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry) &&
	       !archive_entry_symlink(entry) && archive_entry_size_is_set(entry) && archive_entry_size(entry) >= 0;
}

static const char *take_one(
	struct arena *a, struct archive *archive, struct archive_entry *entry, size_t most, struct pack_file *ret_file)
{
	const char *path = archive_entry_pathname(entry);
	size_t n = (size_t)archive_entry_size(entry);
	unsigned char *at;

	if (!is_plain(entry))
		return "kind";
	if (!path || !pack_path_good(path))
		return "path";
	if (n > most)
		return "broken";
	at = arena_alloc(a, n + 1);
	if (archive_read_data(archive, at, n) != (la_ssize_t)n)
		return "broken";
	*ret_file = (struct pack_file){arena_text(a, path), {at, n}};
	return NULL;
}

enum err pack_read(struct arena *a, struct bytes archive, struct list *ret_files, const char **ret_fault)
{
	struct archive *in CLEANUP(read_done) = archive_read_new();
	struct pack_file *file = arena_array(a, PACK_FILES_MAX, sizeof *file);
	struct archive_entry *entry;
	size_t count = 0;
	int got;

	*ret_fault = NULL;
	*ret_files = (struct list){file, 0};
	if (!in || archive_read_support_format_tar(in) != ARCHIVE_OK)
		return ERR_INTERNAL;
	if (archive_read_open_memory(in, archive.at, archive.len) != ARCHIVE_OK)
		*ret_fault = "broken";
	while (!*ret_fault && (got = archive_read_next_header(in, &entry)) != ARCHIVE_EOF) {
		if (got != ARCHIVE_OK)
			*ret_fault = "broken";
		else if (count == PACK_FILES_MAX)
			*ret_fault = "many";
		else
			*ret_fault = take_one(a, in, entry, archive.len, &file[count]);
		count += !*ret_fault;
	}
	ret_files->count = count;
	return *ret_fault ? ERR_INVALID : ERR_OK;
}
