#ifndef DOMAIN_NOTIFY_DRIVER_H
#define DOMAIN_NOTIFY_DRIVER_H

#include "domain/notify.h"

/* What sends a message.  A driver is asked outside transactions, by the worker alone. */

struct notify_message {
	int64_t id, asked_at;
	const char *phone, *template, *params; /* params: a JSON object */
	const char *whole;		       /* {phone, template, text, params} */
	const char *out_id;		       /* ours, the same at each attempt */
	const char *biz_id;		       /* the gateway's; NULL: not known */
};

struct notify_answer {
	enum { NOTIFY_SENT, NOTIFY_LATER, NOTIFY_REFUSED } what;
	const char *biz_id, *code; /* code: why not */
};

struct notify_report {
	enum {
		NOTIFY_UNKNOWN,
		NOTIFY_UNDER_WAY,
		NOTIFY_DELIVERED,
		NOTIFY_FAILED
	} what; /* unknown: it was never sent */
	const char *code;
	int64_t at; /* 0: not told */
};

struct notify_driver {
	const char *word;
	bool reaches_people; /* quiet hours and caps count */
	/* ERR_BUSY: it did not leave us; ERR_UNCERTAIN: nobody knows. */
	enum err (*send)(struct ctx *c, const struct notify_message *m, struct notify_answer *ret_answer);
	/* What became of it; NULL: sending again does no harm.  Any error: ask later. */
	enum err (*ask)(struct ctx *c, const struct notify_message *m, struct notify_report *ret_report);
};
extern const struct notify_driver notify_spool, notify_aliyun;

/* What a code of a gateway or of a report says in plain words; never NULL. */
const char *notify_error_text(const char *code);
/* The gateway's own moment "2026-11-22 14:07:13" (Beijing); 0: not one. */
int64_t notify_gateway_moment(const char *text);
/* The operator's code of a template: "word:CODE" pairs with blanks between.  NULL: none. */
const char *notify_code_of(struct arena *a, const char *pairs, const char *word);

/* Inside ctx_tx: the row, which is sent, is delivered or failed. */
enum err notify_note(struct ctx *c, int64_t id, const struct notify_report *r) MUST_USE;

/* A JSON object whose other members are none of our business.  false: not JSON. */
bool notify_read(struct ctx *c, struct bytes json, const struct shape *shape, void *base);

#endif
