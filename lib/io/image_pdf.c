#include "io/image_pdf.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "io/sniff_pdf.h"

/* PDF 1.5 packs objects into streams, and with them the names that we look for.  A stream counts as such by what is in it,
 * not by what its dictionary says: it is packed with Flate and begins with a list of whole numbers.  A file that names more
 * streams of objects than can be opened so is refused: nobody's printer writes them in another way. */

enum { UNPACKED_MAX = 48 << 20, LOOK = 64 };

struct unpack {
	unsigned char *at; /* UNPACKED_MAX bytes */
	size_t used;	   /* of all streams so far */
};

static size_t next_line(struct bytes in, size_t at)
{
	while (at < in.len && in.at[at] != '\r' && in.at[at] != '\n')
		at++;
	if (at < in.len && in.at[at] == '\r')
		at++;
	if (at < in.len && in.at[at] == '\n' && in.at[at - 1] != '\n')
		at++;
	return at;
}

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static bool is_blank(unsigned char c)
{
	return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
}

/* "12 0 13 58 …", perhaps behind a comment. */
static bool begins_with_numbers(const unsigned char *p, size_t n)
{
	size_t at = 0;

	while (at < n && is_blank(p[at]))
		at++;
	if (at < n && p[at] == '%')
		return true;
	for (int number = 0; number < 2; number++) {
		size_t begun = at;

		while (at < n && (is_digit(p[at]) || p[at] == '+' || p[at] == '-'))
			at++;
		if (at == begun)
			return false;
		while (at < n && is_blank(p[at]))
			at++;
	}
	return true;
}

/* What is packed there, as far as it can be read.  ret_fits: there was room for all of it. */
static size_t inflate_from(struct bytes in, size_t at, unsigned char *to, size_t room, bool *ret_fits)
{
	z_stream z = {.next_in = (unsigned char *)(uintptr_t)(in.at + at),
		.avail_in = (uInt)(in.len - at),
		.next_out = to,
		.avail_out = (uInt)room};
	int said;

	*ret_fits = true;
	if (inflateInit(&z) != Z_OK)
		return 0;
	said = inflate(&z, Z_SYNC_FLUSH);
	*ret_fits = said == Z_STREAM_END || z.avail_out > 0;
	inflateEnd(&z);
	return room - z.avail_out;
}

static bool packed_at(struct bytes in, size_t at)
{
	return at + 2 <= in.len && (in.at[at] & 15) == 8 && (in.at[at] * 256 + in.at[at + 1]) % 31 == 0;
}

/* One stream.  *ret_objects: it holds objects. */
static const char *stream_fault(struct unpack *u, struct bytes in, size_t at, bool *ret_objects)
{
	unsigned char *to = u->at + u->used;
	size_t room = UNPACKED_MAX - u->used, n;
	bool fits;

	*ret_objects = false;
	if (!packed_at(in, at))
		return NULL;
	if (room < LOOK)
		return "too_complex";
	n = inflate_from(in, at, to, LOOK, &fits);
	if (!begins_with_numbers(to, n))
		return NULL;
	*ret_objects = true;
	n = inflate_from(in, at, to, room, &fits);
	u->used += n;
	return fits ? sniff_pdf_names(to, n) : "too_complex";
}

static size_t count(struct bytes in, const char *word)
{
	size_t n = 0, len = strlen(word);
	const unsigned char *at = in.at;

	while ((at = memmem(at, in.len - (size_t)(at - in.at), word, len))) {
		at += len;
		n++;
	}
	return n;
}

const char *image_pdf_fault(struct bytes in)
{
	struct unpack u = {.at = malloc(UNPACKED_MAX)};
	const unsigned char *word = in.at;
	const char *fault = u.at ? NULL : "too_complex";
	size_t opened = 0;

	while (!fault && (word = memmem(word, in.len - (size_t)(word - in.at), "stream", 6))) {
		bool ends = word - in.at >= 3 && memcmp(word - 3, "end", 3) == 0, objects = false;

		word += 6;
		if (!ends)
			fault = stream_fault(&u, in, next_line(in, (size_t)(word - in.at)), &objects);
		opened += objects;
	}
	free(u.at);
	return fault ? fault : count(in, "/ObjStm") > opened ? "too_complex" : NULL;
}
