#ifndef UNIT_MUTANT_H
#define UNIT_MUTANT_H

#include "io/der.h"

/* Changes of DER files: at a byte, or at a value with all lengths around it made right again.  The same seed makes the same
 * mutants. */

enum { MUTANT_VALUES_MAX = 2000, MUTANT_GROWTH = 4096 };

struct mutant_value {
	unsigned tag;
	struct bytes body; /* of what has no parts */
	struct mutant_value *part, *next;
};

struct mutant_tree {
	struct arena *a;
	struct mutant_value *value[MUTANT_VALUES_MAX]; /* in the order of the file; the first is the whole */
	size_t count;
};

static uint64_t mutant_state;

/* xorshift64* */
static inline uint32_t mutant_chance(uint32_t below)
{
	mutant_state ^= mutant_state >> 12;
	mutant_state ^= mutant_state << 25;
	mutant_state ^= mutant_state >> 27;
	return (uint32_t)((mutant_state * 0x2545f4914f6cdd1dull) >> 33) % below;
}

static inline struct mutant_value *mutant_read(struct mutant_tree *t, struct bytes b)
{
	struct mutant_value *first = NULL, **at = &first;
	struct bytes body, whole;
	unsigned tag;

	while (b.len && t->count < MUTANT_VALUES_MAX && der_next(&b, &tag, &body, &whole)) {
		struct mutant_value *v = arena_alloc(t->a, sizeof *v);

		*v = (struct mutant_value){.tag = tag, .body = body};
		t->value[t->count++] = v;
		if (tag & 0x20)
			v->part = mutant_read(t, body);
		*at = v;
		at = &v->next;
	}
	return first;
}

/* shallow: this value without those behind it. */
static inline size_t mutant_len(const struct mutant_value *v, bool shallow)
{
	size_t n = 0;

	for (; v; v = shallow ? NULL : v->next) {
		size_t body = v->tag & 0x20 ? mutant_len(v->part, false) : v->body.len;

		n += body + (body < 0x80 ? 2 : body < 0x100 ? 3 : body < 0x10000 ? 4 : 5);
	}
	return n;
}

static inline unsigned char *mutant_write(const struct mutant_value *v, unsigned char *at)
{
	for (; v; v = v->next) {
		size_t n = v->tag & 0x20 ? mutant_len(v->part, false) : v->body.len;
		int more = n < 0x80 ? 0 : n < 0x100 ? 1 : n < 0x10000 ? 2 : 3;

		*at++ = (unsigned char)v->tag;
		*at++ = (unsigned char)(more ? 0x80 | more : (int)n);
		for (int i = more - 1; i >= 0; i--)
			*at++ = (unsigned char)(n >> (8 * i));
		if (v->tag & 0x20)
			at = mutant_write(v->part, at);
		else if (n) {
			memcpy(at, v->body.at, n);
			at += n;
		}
	}
	return at;
}

static inline struct bytes mutant_whole(struct arena *a, const struct mutant_value *v)
{
	size_t n = mutant_len(v, false);
	unsigned char *at = arena_alloc(a, n + 1);

	(void)mutant_write(v, at);
	return (struct bytes){at, n};
}

/* --- at a byte --- */

static inline struct bytes mutant_bytes(struct arena *a, struct bytes in)
{
	unsigned char *at = arena_alloc(a, in.len + 2);
	size_t where = mutant_chance((uint32_t)in.len);

	memcpy(at, in.at, in.len);
	switch (mutant_chance(6)) {
	case 0: at[where] ^= (unsigned char)(1u << mutant_chance(8)); return (struct bytes){at, in.len};
	case 1: at[where] = (unsigned char)mutant_chance(256); return (struct bytes){at, in.len};
	case 2:
		memmove(at + where + 1, at + where, in.len - where);
		at[where] = (unsigned char)mutant_chance(256);
		return (struct bytes){at, in.len + 1};
	case 3: memmove(at + where, at + where + 1, in.len - where - 1); return (struct bytes){at, in.len - 1};
	case 4:
		at[where] = (unsigned char)(at[where] + (mutant_chance(2) ? 1 : 255));
		return (struct bytes){at, in.len};
	default: return (struct bytes){at, where};
	}
}

/* --- at a value --- */

static inline struct mutant_value *mutant_copy(struct arena *a, const struct mutant_value *v)
{
	struct mutant_value *copy = arena_dup(a, v, sizeof *v);

	copy->next = NULL;
	return copy;
}

static inline void mutant_take_out(struct mutant_tree *t, const struct mutant_value *v)
{
	for (size_t i = 0; i < t->count; i++) {
		if (t->value[i]->part == v)
			t->value[i]->part = v->next;
		if (t->value[i]->next == v)
			t->value[i]->next = v->next;
	}
}

/* The tag and the contents of one take the place of the other's. */
static inline void mutant_exchange(struct mutant_value *x, const struct mutant_value *y)
{
	x->tag = y->tag;
	x->body = y->body;
	x->part = y->part;
}

/* Only ever from a later or smaller one into x, so that no value holds itself. */
static inline bool mutant_holds(const struct mutant_value *v, const struct mutant_value *in)
{
	for (const struct mutant_value *p = in->part; p; p = p->next)
		if (p == v || mutant_holds(v, p))
			return true;
	return in == v;
}

static inline void mutant_value(struct mutant_tree *t, const struct mutant_tree *other)
{
	static const unsigned tags[] = {0x02, 0x04, 0x05, 0x06, 0x0c, 0x30, 0x31, 0xa0, 0xa1, 0x80, 0x24};
	struct mutant_value *v = t->value[1 + mutant_chance((uint32_t)t->count - 1)];
	struct mutant_value *w = t->value[1 + mutant_chance((uint32_t)t->count - 1)], *copy, kept;
	const struct mutant_value *strange = other->value[mutant_chance((uint32_t)other->count)];

	switch (mutant_chance(8)) {
	case 0: mutant_take_out(t, v); break;
	case 1: /* twice */
		copy = mutant_copy(t->a, v);
		copy->next = v->next;
		v->next = copy;
		break;
	case 2: /* two change places */
		if (mutant_holds(v, w) || mutant_holds(w, v))
			break;
		kept = *v;
		mutant_exchange(v, w);
		mutant_exchange(w, &kept);
		break;
	case 3: /* next to its neighbour */
		if (!v->next)
			break;
		kept = *v;
		mutant_exchange(v, v->next);
		mutant_exchange(v->next, &kept);
		break;
	case 4: mutant_exchange(v, strange); break;
	case 5: /* one of another file behind it */
		copy = mutant_copy(t->a, strange);
		copy->next = v->next;
		v->next = copy;
		break;
	case 6: v->tag = tags[mutant_chance(ARRAY_LEN(tags))]; break;
	default: /* a byte of a value, lengths stay right */
		if (v->tag & 0x20)
			v = v->part ? v->part : v;
		if (!(v->tag & 0x20))
			v->body = v->body.len ? mutant_bytes(t->a, v->body)
					      : (struct bytes){(const unsigned char *)"", 1};
	}
}

/* other: where strange values come from.  May come out the same as it went in. */
static inline struct bytes mutant_make(struct arena *a, struct bytes in, struct bytes other)
{
	struct mutant_tree *t, *s;
	uint32_t times;

	if (mutant_chance(5) < 2) {
		for (times = 1 + mutant_chance(3); times; times--)
			in = in.len ? mutant_bytes(a, in) : in;
		return in;
	}
	t = arena_alloc(a, sizeof *t);
	s = arena_alloc(a, sizeof *s);
	t->a = s->a = a;
	(void)mutant_read(t, in);
	(void)mutant_read(s, other);
	for (times = 1 + mutant_chance(3) / 2; times; times--)
		mutant_value(t, s);
	return mutant_whole(a, t->value[0]);
}

#endif
