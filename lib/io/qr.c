#include "io/qr.h"

#include <qrencode.h>
#include <string.h>

enum { QR_VERSION = 3, QR_TEXT_MAX = 47 };

enum err qr_make(struct arena *a, const char *text, struct qr *ret_qr)
{
	size_t n = strlen(text), count;
	unsigned char *dark;
	QRcode *code;

	if (n == 0 || n > QR_TEXT_MAX || strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != n)
		return ERR_INVALID;
	/* The library finds the compact mode by itself; as a hint it refuses it. */
	code = QRcode_encodeString(text, QR_VERSION, QR_ECLEVEL_Q, QR_MODE_8, 1);
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
