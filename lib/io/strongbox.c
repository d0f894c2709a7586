#include "io/strongbox.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "io/file.h"

static const char title[] = "zhengyin strongbox 1\n", key_place[] = "strongbox";

enum { LENGTH = 4, MORE = 'm', LAST = 'l', KEY_TEXT_MAX = 4096 };

struct strongbox {
	int fd;
	struct key key;
	int64_t number; /* of the next piece */
	unsigned char *piece;
	size_t at, len; /* the first byte is MORE or LAST */
	bool last;	/* reading: no piece follows */
};

static struct strongbox *new_box(int fd)
{
	struct strongbox *b = calloc(1, sizeof *b);

	if (b)
		b->piece = malloc(1 + STRONGBOX_PIECE);
	if (!b || !b->piece)
		abort();
	b->fd = fd;
	b->at = b->len = 1;
	return b;
}

void strongbox_close(struct strongbox **b)
{
	struct strongbox *box = *b;

	if (!box)
		return;
	if (box->fd >= 0)
		close(box->fd);
	crypto_wipe(box->piece, 1 + STRONGBOX_PIECE);
	free(box->piece);
	crypto_wipe(box, sizeof *box);
	free(box);
	*b = NULL;
}

/* --- writing --- */

static enum err write_text(int fd, struct bytes text)
{
	unsigned char length[LENGTH];

	for (int i = 0; i < LENGTH; i++)
		length[i] = (unsigned char)(text.len >> (8 * (LENGTH - 1 - i)));
	return file_put(fd, length, LENGTH) && file_put(fd, text.at, text.len) ? ERR_OK : ERR_DISK;
}

static const char *piece_place(struct arena *a, int64_t number)
{
	return arena_printf(a, "strongbox:%" PRId64, number);
}

struct strongbox *strongbox_create(const char *path, struct keyring *master)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct strongbox *b = fd < 0 ? NULL : new_box(fd);

	if (!b)
		return NULL;
	crypto_random(b->key.at, sizeof b->key.at);
	if (!file_put(fd, title, sizeof title - 1) ||
		write_text(fd, keyring_seal(a, master, key_place, b->key.at, sizeof b->key.at)) != ERR_OK)
		strongbox_close(&b);
	return b;
}

static enum err write_piece(struct strongbox *b, int kind)
{
	struct arena *a CLEANUP(arena_done) = arena_new();

	b->piece[0] = (unsigned char)kind;
	b->at = 1;
	return write_text(b->fd, crypto_seal(a, &b->key, piece_place(a, b->number++), b->piece, b->len));
}

enum err strongbox_put(struct strongbox *b, const void *bytes, size_t n)
{
	const char *at = bytes;
	enum err e = ERR_OK;

	while (e == ERR_OK && n) {
		size_t room = 1 + STRONGBOX_PIECE - b->len, part = n < room ? n : room;

		memcpy(b->piece + b->len, at, part);
		b->len += part;
		at += part;
		n -= part;
		if (b->len == 1 + STRONGBOX_PIECE) {
			e = write_piece(b, MORE);
			b->len = 1;
		}
	}
	return e;
}

enum err strongbox_end(struct strongbox *b)
{
	enum err e = write_piece(b, LAST);

	return e == ERR_OK && fsync(b->fd) != 0 ? ERR_DISK : e;
}

/* --- reading --- */

static bool read_text(struct arena *a, int fd, size_t max, struct bytes *ret_text)
{
	unsigned char length[LENGTH], *at;
	size_t n = 0;

	if (!file_get(fd, length, LENGTH))
		return false;
	for (int i = 0; i < LENGTH; i++)
		n = n << 8 | length[i];
	if (n > max)
		return false;
	at = arena_alloc(a, n + 1);
	*ret_text = (struct bytes){at, n};
	return file_get(fd, at, n);
}

static bool read_title(int fd)
{
	char have[sizeof title - 1];

	return file_get(fd, have, sizeof have) && memcmp(have, title, sizeof have) == 0;
}

enum err strongbox_open(
	struct arena *a, const char *path, struct keyring *master, struct strongbox **ret_box, const char **ret_key)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct strongbox *b CLEANUP(strongbox_close) = fd < 0 ? NULL : new_box(fd);
	struct bytes sealed, key;

	if (!b)
		return errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_INTERNAL;
	if (!read_title(fd) || !read_text(a, fd, KEY_TEXT_MAX, &sealed) || sealed.len < CRYPTO_SEAL_MORE)
		return ERR_SYNTAX; /* NOLINT(clang-analyzer-unix.Malloc): CLEANUP closes it */
	*ret_key = keyring_id_text(a, sealed.at + 1);
	if (keyring_open(a, master, key_place, sealed, &key) != ERR_OK || key.len != CRYPTO_KEY)
		return ERR_LOCKED;
	memcpy(b->key.at, key.at, CRYPTO_KEY);
	crypto_wipe((void *)(uintptr_t)key.at, key.len);
	*ret_box = b;
	b = NULL;
	return ERR_OK;
}

static enum err read_piece(struct strongbox *b)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	struct bytes sealed, plain;

	if (b->last || !read_text(a, b->fd, 1 + STRONGBOX_PIECE + CRYPTO_SEAL_MORE, &sealed) ||
		crypto_open(a, &b->key, piece_place(a, b->number++), sealed, &plain) != ERR_OK || !plain.len ||
		plain.len > 1 + STRONGBOX_PIECE)
		return ERR_CHECKSUM;
	memcpy(b->piece, plain.at, plain.len);
	crypto_wipe((void *)(uintptr_t)plain.at, plain.len);
	b->at = 1;
	b->len = plain.len;
	b->last = b->piece[0] == LAST;
	return ERR_OK;
}

enum err strongbox_get(struct strongbox *b, void *bytes, size_t n)
{
	char *to = bytes;
	enum err e = ERR_OK;

	while (e == ERR_OK && n) {
		size_t part = b->len - b->at < n ? b->len - b->at : n;

		memcpy(to, b->piece + b->at, part);
		b->at += part;
		to += part;
		n -= part;
		if (n)
			e = read_piece(b);
	}
	return e;
}

bool strongbox_at_end(struct strongbox *b)
{
	char more;

	if (!b->last && b->at == b->len && read_piece(b) != ERR_OK)
		return false;
	return b->last && b->at == b->len && read(b->fd, &more, 1) == 0;
}
