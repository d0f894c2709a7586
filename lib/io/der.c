#include "io/der.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/str.h"

enum { HIGH_TAG = 0x1f, CONSTRUCTED = 0x20, CONTEXT = 0x80, OID_PARTS_MAX = 32 };

static struct bytes from(struct bytes b, size_t n)
{
	return (struct bytes){b.at + n, b.len - n};
}

/* Tag and length at the front.  0: no such head, or it says more than there is. */
static size_t head(struct bytes b, size_t *ret_body)
{
	size_t n, len = 0;

	if (b.len < 2 || (b.at[0] & HIGH_TAG) == HIGH_TAG)
		return 0;
	if (b.at[1] < 0x80) {
		*ret_body = b.at[1];
		return b.len - 2 < *ret_body ? 0 : 2;
	}
	n = b.at[1] & 0x7fu;
	if (n == 0 || n > 4 || b.len - 2 < n || b.at[2] == 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		len = len << 8 | b.at[2 + i];
	if (len < 0x80 || b.len - 2 - n < len)
		return 0;
	*ret_body = len;
	return 2 + n;
}

bool der_next(struct bytes *b, unsigned *ret_tag, struct bytes *ret_body, struct bytes *ret_whole)
{
	size_t len, n = b->len ? head(*b, &len) : 0;

	if (!n)
		return false;
	*ret_tag = b->at[0];
	*ret_body = (struct bytes){b->at + n, len};
	*ret_whole = (struct bytes){b->at, n + len};
	*b = from(*b, n + len);
	return true;
}

bool der_take(struct bytes *b, unsigned tag, struct bytes *ret_body)
{
	struct bytes whole;
	unsigned have;

	return b->len && b->at[0] == tag && der_next(b, &have, ret_body, &whole);
}

bool der_take_whole(struct bytes *b, unsigned tag, struct bytes *ret_whole)
{
	struct bytes body;
	unsigned have;

	return b->len && b->at[0] == tag && der_next(b, &have, &body, ret_whole);
}

static bool integer_strict(struct bytes body)
{
	if (body.len == 0)
		return false;
	if (body.len == 1)
		return true;
	return !(body.at[0] == 0 && body.at[1] < 0x80) && !(body.at[0] == 0xff && body.at[1] >= 0x80);
}

static bool oid_strict(struct bytes body)
{
	bool first = true;

	if (body.len == 0 || body.at[body.len - 1] >= 0x80)
		return false;
	for (size_t i = 0; i < body.len; i++) {
		if (first && body.at[i] == 0x80)
			return false;
		first = body.at[i] < 0x80;
	}
	return true;
}

/* The bits that are not used are zero. */
static bool bits_strict(struct bytes body)
{
	if (body.len == 0 || body.at[0] > 7 || (body.len == 1 && body.at[0]))
		return false;
	return body.len == 1 || !(body.at[body.len - 1] & ((1u << body.at[0]) - 1));
}

static bool primitive_strict(unsigned tag, struct bytes body)
{
	switch (tag) {
	case DER_BOOLEAN: return body.len == 1 && (body.at[0] == 0 || body.at[0] == 0xff);
	case DER_INTEGER:
	case DER_ENUMERATED: return integer_strict(body);
	case DER_BITS: return bits_strict(body);
	case DER_NULL: return body.len == 0;
	case DER_OID: return oid_strict(body);
	case DER_SEQUENCE & ~CONSTRUCTED:
	case DER_SET & ~CONSTRUCTED: return false;
	default: return tag != 0;
	}
}

/* Of the universal types only SEQUENCE and SET have parts in DER. */
static bool may_have_parts(unsigned tag)
{
	return tag == DER_SEQUENCE || tag == DER_SET || (tag & CONTEXT);
}

static bool values_strict(struct bytes b, int depth)
{
	struct bytes body, whole;
	unsigned tag;

	if (depth > DER_DEPTH_MAX)
		return false;
	while (b.len) {
		if (!der_next(&b, &tag, &body, &whole))
			return false;
		if (!(tag & CONSTRUCTED) ? !primitive_strict(tag, body)
					 : !may_have_parts(tag) || !values_strict(body, depth + 1))
			return false;
	}
	return true;
}

bool der_strict(struct bytes all)
{
	size_t len, n = head(all, &len);

	return n && n + len == all.len && values_strict(all, 0);
}

bool der_take_number(struct bytes *b, int64_t *ret_number)
{
	struct bytes rest = *b, body;
	int64_t number = 0;

	if (!der_take(&rest, DER_INTEGER, &body) || !integer_strict(body) || body.len > 8 || body.at[0] >= 0x80)
		return false;
	for (size_t i = 0; i < body.len; i++)
		number = number << 8 | body.at[i];
	*ret_number = number;
	*b = rest;
	return true;
}

static int two(const unsigned char *at)
{
	return at[0] >= '0' && at[0] <= '9' && at[1] >= '0' && at[1] <= '9' ? (at[0] - '0') * 10 + at[1] - '0' : -1;
}

/* YYYYMMDDHHMMSSZ, the year in digits or with the century of UTCTime in front. */
static bool time_of(const unsigned char *at, int century, int64_t *ret_moment)
{
	int part[6];
	struct tm tm, again;
	time_t moment;

	for (int i = 0; i < 6; i++)
		if ((part[i] = two(at + 2 * i)) < 0)
			return false;
	if (century == 0)
		century = part[0] >= 50 ? 19 : 20;
	tm = (struct tm){.tm_year = century * 100 + part[0] - 1900,
		.tm_mon = part[1] - 1,
		.tm_mday = part[2],
		.tm_hour = part[3],
		.tm_min = part[4],
		.tm_sec = part[5]};
	again = tm;
	moment = timegm(&again);
	*ret_moment = (int64_t)moment;
	return again.tm_mon == tm.tm_mon && again.tm_mday == tm.tm_mday && again.tm_hour == tm.tm_hour &&
	       again.tm_min == tm.tm_min && again.tm_sec == tm.tm_sec;
}

bool der_take_time(struct bytes *b, int64_t *ret_moment)
{
	struct bytes rest = *b, body;
	bool right = false;

	if (der_take(&rest, DER_UTC_TIME, &body))
		right = body.len == 13 && body.at[12] == 'Z' && time_of(body.at, 0, ret_moment);
	else if (der_take(&rest, DER_TIME, &body))
		right = body.len == 15 && body.at[14] == 'Z' && two(body.at) > 0 &&
			time_of(body.at + 2, two(body.at), ret_moment);
	if (right)
		*b = rest;
	return right;
}

bool der_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* --- object ids --- */

/* The body of an OBJECT IDENTIFIER; 0: not dotted numbers. */
static size_t oid_body(const char *dotted, unsigned char *ret_body, size_t size)
{
	unsigned long part[OID_PARTS_MAX];
	size_t parts = 0, n = 0;

	for (const char *at = dotted; parts < OID_PARTS_MAX;) {
		char *end;

		part[parts++] = strtoul(at, &end, 10);
		if (end == at || (*end && *end != '.'))
			return 0;
		if (!*end)
			break;
		at = end + 1;
	}
	if (parts < 2)
		return 0;
	part[1] += part[0] * 40;
	for (size_t i = 1; i < parts; i++) {
		int shift = 63 - 63 % 7;

		while (shift > 0 && !(part[i] >> shift))
			shift -= 7;
		for (; shift >= 0 && n < size; shift -= 7)
			ret_body[n++] = (unsigned char)((part[i] >> shift & 0x7f) | (shift ? 0x80 : 0));
	}
	return n < size ? n : 0;
}

bool der_is_oid(struct bytes body, const char *dotted)
{
	unsigned char want[64];
	size_t n = oid_body(dotted, want, sizeof want);

	return n && der_equal(body, (struct bytes){want, n});
}

/* --- writing --- */

static size_t head_len(size_t len)
{
	return len < 0x80 ? 2 : len < 0x100 ? 3 : len < 0x10000 ? 4 : len < 0x1000000 ? 5 : 6;
}

struct bytes der_wrap(struct arena *a, unsigned tag, struct bytes body)
{
	size_t n = head_len(body.len);
	unsigned char *at = arena_alloc(a, n + body.len);

	at[0] = (unsigned char)tag;
	at[1] = (unsigned char)(n == 2 ? body.len : 0x80 | (n - 2));
	for (size_t i = 2; i < n; i++)
		at[i] = (unsigned char)(body.len >> (8 * (n - 1 - i)));
	if (body.len)
		memcpy(at + n, body.at, body.len);
	return (struct bytes){at, n + body.len};
}

struct bytes der_join(struct arena *a, unsigned tag, const struct bytes *part)
{
	struct str s;

	str_init(&s, a);
	for (; part->at; part++)
		str_addn(&s, part->at, part->len);
	return der_wrap(a, tag, (struct bytes){(const unsigned char *)s.at, s.len});
}

struct bytes der_oid(struct arena *a, const char *dotted)
{
	unsigned char body[64] = {0};

	return der_wrap(a, DER_OID, (struct bytes){body, oid_body(dotted, body, sizeof body)});
}

struct bytes der_number(struct arena *a, int64_t value)
{
	unsigned char body[8];
	size_t n = 1;

	while (n < 8 && value >> (8 * n - 1))
		n++;
	for (size_t i = 0; i < n; i++)
		body[i] = (unsigned char)((uint64_t)value >> (8 * (n - 1 - i)));
	return der_wrap(a, DER_INTEGER, (struct bytes){body, n});
}

struct bytes der_text(struct arena *a, unsigned tag, const char *text)
{
	return der_wrap(a, tag, (struct bytes){(const unsigned char *)text, strlen(text)});
}

struct bytes der_time(struct arena *a, int64_t moment)
{
	time_t at = (time_t)moment;
	struct tm tm;
	char text[32] = "";

	if (gmtime_r(&at, &tm))
		strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &tm);
	return der_text(a, DER_TIME, text);
}

struct bytes der_bits(struct arena *a, struct bytes whole_bytes)
{
	unsigned char *body = arena_alloc(a, whole_bytes.len + 1);

	body[0] = 0;
	if (whole_bytes.len)
		memcpy(body + 1, whole_bytes.at, whole_bytes.len);
	return der_wrap(a, DER_BITS, (struct bytes){body, whole_bytes.len + 1});
}
