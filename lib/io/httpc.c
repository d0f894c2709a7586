#include "io/httpc.h"

#include <curl/curl.h>

#include "base/str.h"

struct taking {
	struct str s;
	bool too_much;
};

static size_t take(char *at, size_t size, size_t n, void *arg)
{
	struct taking *t = arg;

	if (t->s.len + size * n > HTTPC_MOST) {
		t->too_much = true;
		return 0;
	}
	str_addn(&t->s, at, size * n);
	return size * n;
}

static void free_list(struct curl_slist **l)
{
	curl_slist_free_all(*l);
}

static void free_easy(CURL **curl)
{
	curl_easy_cleanup(*curl);
}

/* Nothing has left us when even the connection did not come about. */
static enum err of_code(CURLcode code)
{
	switch (code) {
	case CURLE_OK: return ERR_OK;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION: return ERR_BUSY;
	default: return ERR_UNCERTAIN;
	}
}

enum err httpc_post(struct arena *a, const char *url, const char *const *headers, struct bytes body, int64_t limit_s,
	struct httpc_answer *ret_answer)
{
	CURL *curl CLEANUP(free_easy) = curl_easy_init();
	struct curl_slist *list CLEANUP(free_list) = curl_slist_append(NULL, "Expect:");
	struct taking taking = {.too_much = false};
	long status = 0;
	CURLcode code;

	if (!curl || !list)
		return ERR_BUSY;
	for (; headers && *headers; headers++)
		list = curl_slist_append(list, *headers);
	str_init(&taking.s, a);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(curl, CURLOPT_POST, 1L);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.at ? (const char *)body.at : "");
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)(limit_s < 5 ? limit_s : 5));
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)limit_s);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &taking);
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	*ret_answer = (struct httpc_answer){(int)status, {(const unsigned char *)taking.s.at, taking.s.len}};
	return of_code(code);
}
