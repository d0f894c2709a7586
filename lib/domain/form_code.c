#include "domain/form_code.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "io/crypto.h"

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static const char format[] = "Z1";

enum { FORMAT_LEN = 2, NUMBERS_LEN = 5, MAC_LEN = 8, FIXED_LEN = FORMAT_LEN + NUMBERS_LEN + MAC_LEN };

/* The label keeps this key's MACs apart from any other use of the key. */
static void mac_text(const unsigned char *key, size_t key_len, const char *body, size_t n, char ret_mac[MAC_LEN + 1])
{
	static const char label[] = "form-code-1:";
	unsigned char mac[32], data[sizeof label - 1 + FORM_CODE_MAX];
	uint64_t bits = 0;

	memcpy(data, label, sizeof label - 1);
	memcpy(data + sizeof label - 1, body, n);
	crypto_hmac(key, key_len, data, sizeof label - 1 + n, mac);
	for (size_t i = 0; i < 5; i++)
		bits = bits << 8 | mac[i];
	for (size_t i = 0; i < MAC_LEN; i++)
		ret_mac[i] = digits[bits >> (5 * (MAC_LEN - 1 - i)) & 31];
	ret_mac[MAC_LEN] = '\0';
}

static bool no_valid(const char *no, size_t n)
{
	return n >= FORM_CODE_NO_MIN && n <= FORM_CODE_NO_MAX &&
	       strspn(no, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") >= n;
}

static bool numbers_valid(const struct form_code *c)
{
	return c->version >= 1 && c->version <= FORM_CODE_VERSIONS && c->pages >= 1 && c->pages <= FORM_CODE_PAGES &&
	       c->page >= 1 && c->page <= c->pages && c->copy >= 1 && c->copy <= FORM_CODE_COPIES;
}

enum err form_code_make(
	const struct form_code *code, const unsigned char *key, size_t key_len, char ret_text[FORM_CODE_MAX + 1])
{
	size_t n = strnlen(code->no, sizeof code->no);
	char *at = ret_text;

	if (!no_valid(code->no, n) || !numbers_valid(code))
		return ERR_INVALID;
	memcpy(at, format, FORMAT_LEN);
	at += FORMAT_LEN;
	memcpy(at, code->no, n);
	at += n;
	*at++ = digits[code->version / 32];
	*at++ = digits[code->version % 32];
	*at++ = digits[code->page];
	*at++ = digits[code->pages];
	*at++ = digits[code->copy];
	mac_text(key, key_len, ret_text, (size_t)(at - ret_text), at);
	return ERR_OK;
}

static int digit(char c)
{
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* The text without blanks, in capitals.  0: too long, or a byte no code holds. */
static size_t fold(const char *text, size_t n, char ret_text[FORM_CODE_MAX + 1])
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		char c = text[i];

		if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (len == FORM_CODE_MAX || !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')))
			return 0;
		ret_text[len++] = c;
	}
	ret_text[len] = '\0';
	return len;
}

/* Constant in time: the answer must not help to guess. */
static bool mac_equal(const char *a, const char *b)
{
	unsigned differ = 0;

	for (size_t i = 0; i < MAC_LEN; i++)
		differ |= (unsigned)(unsigned char)a[i] ^ (unsigned char)b[i];
	return differ == 0;
}

enum err form_code_read(
	const char *text, size_t n, const unsigned char *key, size_t key_len, struct form_code *ret_code)
{
	char folded[FORM_CODE_MAX + 1], mac[MAC_LEN + 1];
	struct form_code code = {0};
	int number[NUMBERS_LEN];
	size_t len = fold(text, n, folded), no_len;
	const char *at;

	if (len < FIXED_LEN + FORM_CODE_NO_MIN || len > FIXED_LEN + FORM_CODE_NO_MAX ||
		memcmp(folded, format, FORMAT_LEN) != 0)
		return ERR_SYNTAX;
	no_len = len - FIXED_LEN;
	memcpy(code.no, folded + FORMAT_LEN, no_len);
	at = folded + FORMAT_LEN + no_len;
	for (size_t i = 0; i < NUMBERS_LEN; i++) {
		number[i] = digit(at[i]);
		if (number[i] < 0)
			return ERR_SYNTAX;
	}
	code.version = number[0] * 32 + number[1];
	code.page = number[2];
	code.pages = number[3];
	code.copy = number[4];
	if (!numbers_valid(&code))
		return ERR_SYNTAX;
	mac_text(key, key_len, folded, len - MAC_LEN, mac);
	if (!mac_equal(mac, folded + len - MAC_LEN))
		return ERR_FORBIDDEN;
	*ret_code = code;
	return ERR_OK;
}
