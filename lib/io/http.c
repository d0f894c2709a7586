#include "io/http.h"

#include <fcgiapp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

struct http {
	FCGX_Request request;
	struct arena *arena;
	bool head_open;
};

static volatile sig_atomic_t leaving;

static void leave(int signal_number)
{
	(void)signal_number;
	leaving = 1;
	FCGX_ShutdownPending();
}

struct http *http_open(void)
{
	struct http *h = calloc(1, sizeof *h);
	struct sigaction act = {.sa_handler = leave};

	if (!h || FCGX_Init() != 0 || FCGX_InitRequest(&h->request, 0, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		abort();
	sigemptyset(&act.sa_mask);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGQUIT, &act, NULL); /* multiwatch ends its programs so */
	signal(SIGPIPE, SIG_IGN);
	return h;
}

void http_close(struct http *h)
{
	FCGX_Free(&h->request, 1);
	free(h);
}

bool http_accept(struct http *h, struct arena *a)
{
	if (leaving || FCGX_Accept_r(&h->request) < 0)
		return false;
	h->arena = a;
	h->head_open = false;
	return true;
}

void http_finish(struct http *h)
{
	if (h->head_open)
		http_write(h, "", 0);
	FCGX_Finish_r(&h->request);
}

const char *http_param(const struct http *h, const char *name)
{
	return FCGX_GetParam(name, h->request.envp);
}

const char *http_header(const struct http *h, const char *name)
{
	struct str s;

	str_init(&s, h->arena);
	str_add(&s, "HTTP_");
	for (; *name; name++)
		str_addc(&s, *name == '-' ? '_' : *name >= 'a' && *name <= 'z' ? (char)(*name - 'a' + 'A') : *name);
	return http_param(h, s.at);
}

bool http_repeats(const struct http *h)
{
	for (char **p = h->request.envp; *p; p++) {
		size_t n = strcspn(*p, "=");

		if (strncmp(*p, "HTTP_", 5) != 0)
			continue;
		for (char **q = p + 1; *q; q++)
			if (strncmp(*p, *q, n + 1) == 0)
				return true;
	}
	return false;
}

enum err http_body(struct http *h, size_t max, struct bytes *ret_body)
{
	const char *length = http_param(h, "CONTENT_LENGTH");
	unsigned long long n = length && *length ? strtoull(length, NULL, 10) : 0;
	unsigned char *at;
	size_t got = 0;

	if (n > max)
		return ERR_TOO_LARGE;
	at = arena_alloc(h->arena, (size_t)n + 1);
	while (got < n) {
		int part = FCGX_GetStr((char *)at + got, (int)(n - got), h->request.in);

		if (part <= 0)
			return ERR_SYNTAX;
		got += (size_t)part;
	}
	*ret_body = (struct bytes){at, got};
	return ERR_OK;
}

/* A status line wants a reason, if only a general one: nginx passes on what it gets. */
static const char *reason(int status)
{
	return status < 300 ? "OK" : status < 400 ? "Not Modified" : status < 500 ? "Refused" : "Not Now";
}

void http_begin(struct http *h, int status)
{
	FCGX_FPrintF(h->request.out, "Status: %d %s\r\n", status, reason(status));
	h->head_open = true;
}

void http_add_header(struct http *h, const char *name, const char *value)
{
	struct str s;

	str_init(&s, h->arena);
	str_add(&s, name);
	str_add(&s, ": ");
	str_header(&s, value);
	str_add(&s, "\r\n");
	FCGX_PutStr(s.at, (int)s.len, h->request.out);
}

void http_write(struct http *h, const void *bytes, size_t n)
{
	if (h->head_open)
		FCGX_PutStr("\r\n", 2, h->request.out);
	h->head_open = false;
	if (n)
		FCGX_PutStr(bytes, (int)n, h->request.out);
}

static int hex_of(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

char *http_decode(struct arena *a, const char *text, size_t n)
{
	char *out = arena_alloc(a, n + 1);
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] != '%') {
			out[len++] = text[i];
			continue;
		}
		if (n - i < 3 || hex_of(text[i + 1]) < 0 || hex_of(text[i + 2]) < 0)
			return NULL;
		out[len++] = (char)(hex_of(text[i + 1]) * 16 + hex_of(text[i + 2]));
		i += 2;
	}
	return utf8_valid(out, len) ? out : NULL;
}

static void read_pair(struct arena *a, const char *at, size_t n, const struct shape *shape, void *base, uint64_t *seen,
	struct faults *faults)
{
	const char *eq = memchr(at, '=', n);
	size_t name_n = eq ? (size_t)(eq - at) : n;
	char *name = http_decode(a, at, name_n),
	     *value = eq ? http_decode(a, eq + 1, n - name_n - 1) : arena_text(a, "");
	const struct field *f = name ? field_find(shape, name, strlen(name)) : NULL;
	const char *pointer = fault_pointer(a, "", name ? name : "");
	uint64_t bit;

	if (!name || !value) {
		fault_add(faults, pointer, "encoding", "查询参数的编码不正确");
		return;
	}
	if (!f) {
		fault_add(faults, pointer, "unknown_key", "没有这个查询参数");
		return;
	}
	bit = 1ull << (f - shape->field);
	if (*seen & bit)
		fault_add(faults, pointer, "repeated", "%s给了两次", f->label);
	else
		field_set_text(f, base, value, strlen(value), pointer, faults);
	*seen |= bit;
}

void http_query(struct arena *a, const char *query, const struct shape *shape, void *base, struct faults *faults)
{
	uint64_t seen = 0;

	while (query && *query) {
		size_t n = strcspn(query, "&");

		if (n)
			read_pair(a, query, n, shape, base, &seen, faults);
		query += n + (query[n] == '&');
	}
	field_check_required(shape, base, "", faults);
}
