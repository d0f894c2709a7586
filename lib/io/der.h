#ifndef IO_DER_H
#define IO_DER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/field.h"

/* DER, as a cursor over bytes: X.690 section 10 and 11, without a decoder for every type.  What is read stays where it is, so
 * a signature can be checked over the very bytes that came in.  Nothing is read outside the bytes given.
 * Tags are the first byte as it stands (0x30 SEQUENCE, 0xa0 [0] constructed …); numbers above 30 are not known here. */

enum {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BITS = 0x03,
	DER_OCTETS = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_ENUMERATED = 0x0a,
	DER_UTF8 = 0x0c,
	DER_PRINTABLE = 0x13,
	DER_IA5 = 0x16,
	DER_UTC_TIME = 0x17,
	DER_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_0 = 0xa0, /* context, constructed */
	DER_1 = 0xa1,
	DER_0_PLAIN = 0x80,
	DER_DEPTH_MAX = 40
};

/* Exactly one value, every length definite and as short as can be, booleans 00 or FF, integers and object ids as short as
 * can be, unused bits zero, strings in one piece, no deeper than DER_DEPTH_MAX, nothing behind. */
bool der_strict(struct bytes all);

/* --- reading: each takes one value from the front of *from; false leaves it where it was --- */

bool der_next(struct bytes *from, unsigned *ret_tag, struct bytes *ret_body, struct bytes *ret_whole);
bool der_take(struct bytes *from, unsigned tag, struct bytes *ret_body); /* false: another tag, or nothing there */
bool der_take_whole(struct bytes *from, unsigned tag, struct bytes *ret_whole);
/* An INTEGER of 0 … INT64_MAX. */
bool der_take_number(struct bytes *from, int64_t *ret_number);
/* UTCTime or GeneralizedTime, with seconds and Z.  false also when it is no moment. */
bool der_take_time(struct bytes *from, int64_t *ret_moment);

bool der_equal(struct bytes a, struct bytes b);
/* dotted: as "1.2.840.113549.1.7.2". */
bool der_is_oid(struct bytes body, const char *dotted);

/* --- writing, into the arena --- */

struct bytes der_wrap(struct arena *a, unsigned tag, struct bytes body);
/* The parts behind each other in one value; parts ended by a member with at NULL. */
struct bytes der_join(struct arena *a, unsigned tag, const struct bytes *part);
struct bytes der_oid(struct arena *a, const char *dotted);
struct bytes der_number(struct arena *a, int64_t value); /* not negative */
struct bytes der_text(struct arena *a, unsigned tag, const char *text);
struct bytes der_time(struct arena *a, int64_t moment); /* GeneralizedTime */
struct bytes der_bits(struct arena *a, struct bytes whole_bytes);

#endif
