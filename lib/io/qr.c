#include "io/qr.h"

#include <qrencode.h>
#include <string.h>

#include "base/str.h"

enum { QR_VERSION = 3, QR_TEXT_MAX = 47, QUIET = 4 };

/* version 0: the smallest that holds it. */
static enum err make(struct arena *a, const char *text, int version, QRecLevel level, struct qr *ret_qr)
{
	/* The library finds the compact modes by itself; as a hint it refuses them. */
	QRcode *code = QRcode_encodeString(text, version, level, QR_MODE_8, 1);
	unsigned char *dark;
	size_t count;

	if (!code)
		return ERR_INTERNAL;
	count = (size_t)code->width * (size_t)code->width;
	dark = arena_alloc(a, count);
	for (size_t i = 0; i < count; i++)
		dark[i] = code->data[i] & 1;
	ret_qr->size = code->width;
	ret_qr->dark = dark;
	QRcode_free(code);
	return ERR_OK;
}

enum err qr_make(struct arena *a, const char *text, struct qr *ret_qr)
{
	size_t n = strlen(text);

	if (n == 0 || n > QR_TEXT_MAX || strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != n)
		return ERR_INVALID;
	return make(a, text, QR_VERSION, QR_ECLEVEL_Q, ret_qr);
}

enum err qr_make_line(struct arena *a, const char *text, struct qr *ret_qr)
{
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++)
		if (text[i] < ' ' || text[i] > '~')
			return ERR_INVALID;
	return n == 0 || n > QR_LINE_MAX ? ERR_INVALID : make(a, text, 0, QR_ECLEVEL_M, ret_qr);
}

char *qr_svg(struct arena *a, const struct qr *qr)
{
	int side = qr->size + 2 * QUIET;
	struct str s;

	str_init(&s, a);
	str_addf(&s,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
		"<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"",
		side, side, side, side);
	for (int row = 0; row < qr->size; row++) {
		const unsigned char *at = qr->dark + (size_t)row * (size_t)qr->size;

		for (int from = 0, to; from < qr->size; from = to) {
			for (to = from + 1; to < qr->size && at[to] == at[from]; to++)
				;
			if (at[from])
				str_addf(&s, "M%d %dh%dv1h-%dz", from + QUIET, row + QUIET, to - from, to - from);
		}
	}
	str_add(&s, "\"/></svg>");
	return s.at;
}
