#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

enum { BLOCK_BYTES = 64 * 1024, ALIGN = 16 };

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(ALIGN) unsigned char at[];
};

struct arena {
	struct block *first;
	size_t used;
};

static _Noreturn void out_of_memory(void)
{
	static const char say[] = "out of memory\n";

	fwrite(say, 1, sizeof say - 1, stderr);
	abort();
}

static struct block *block_new(size_t size)
{
	struct block *b = malloc(sizeof *b + size);

	if (!b)
		out_of_memory();
	b->next = NULL;
	b->size = size;
	b->used = 0;
	ASAN_POISON_MEMORY_REGION(b->at, size);
	return b;
}

static void block_free(struct block *b)
{
	ASAN_UNPOISON_MEMORY_REGION(b->at, b->size);
	free(b);
}

struct arena *arena_new(void)
{
	struct arena *a = calloc(1, sizeof *a);

	if (!a)
		out_of_memory();
	a->first = block_new(BLOCK_BYTES);
	return a;
}

static void drop_blocks(struct arena *a, const struct block *keep)
{
	struct block *b = a->first, *next;

	for (; b; b = next) {
		next = b->next;
		if (b != keep)
			block_free(b);
	}
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	drop_blocks(a, NULL);
	free(a);
}

void arena_done(struct arena **a)
{
	arena_free(*a);
	*a = NULL;
}

void arena_reset(struct arena *a)
{
	struct block *keep = NULL;

	/* A request with a large upload must not leave a large block behind in an idle process. */
	for (struct block *b = a->first; b && !keep; b = b->next)
		if (b->size == BLOCK_BYTES)
			keep = b;
	drop_blocks(a, keep);
	if (!keep)
		keep = block_new(BLOCK_BYTES);
	keep->next = NULL;
	keep->used = 0;
	ASAN_POISON_MEMORY_REGION(keep->at, keep->size);
	a->first = keep;
	a->used = 0;
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
	struct block *b = a->first;
	size_t size;
	void *p;

	if (bytes > SIZE_MAX / 2)
		out_of_memory();
	size = (bytes + ALIGN - 1) / ALIGN * ALIGN;
	if (b->size - b->used < size) {
		b = block_new(size > BLOCK_BYTES ? size : BLOCK_BYTES);
		b->next = a->first;
		a->first = b;
	}
	p = b->at + b->used;
	b->used += size;
	a->used += size;
	ASAN_UNPOISON_MEMORY_REGION(p, bytes);
	memset(p, 0, bytes);
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t bytes)
{
	size_t size;

	if (__builtin_mul_overflow(count, bytes, &size))
		out_of_memory();
	return arena_alloc(a, size);
}

void *arena_dup(struct arena *a, const void *from, size_t bytes)
{
	void *p = arena_alloc(a, bytes);

	if (bytes)
		memcpy(p, from, bytes);
	return p;
}

void *arena_grow(struct arena *a, void *at, size_t count, size_t *cap, size_t bytes)
{
	void *more;

	if (count < *cap)
		return at;
	*cap = *cap ? *cap * 2 : 16;
	more = arena_array(a, *cap, bytes);
	if (count)
		memcpy(more, at, count * bytes);
	return more;
}

char *arena_textn(struct arena *a, const char *text, size_t bytes)
{
	char *p = arena_alloc(a, bytes + 1);

	if (bytes)
		memcpy(p, text, bytes);
	return p;
}

char *arena_text(struct arena *a, const char *text)
{
	return text ? arena_textn(a, text, strlen(text)) : NULL;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args;
	char *p;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0)
		out_of_memory();
	p = arena_alloc(a, (size_t)n + 1);
	va_start(args, format);
	vsnprintf(p, (size_t)n + 1, format, args);
	va_end(args);
	return p;
}
