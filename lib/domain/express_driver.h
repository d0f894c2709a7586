#ifndef DOMAIN_EXPRESS_DRIVER_H
#define DOMAIN_EXPRESS_DRIVER_H

#include "domain/express.h"

/* Who carries parcels: a driver says how a courier is asked, express.c when.  For the worker only: each call may take as long
 * as the courier likes to, and none runs inside a transaction. */

struct express_contact {
	const char *company, *name, *phone, *province, *city, *district, *address; /* NULL: not known */
};

struct express_parcel {
	const char *order_no, *freight; /* prepaid collect */
	const char *waybill;		/* NULL: not known */
	struct express_contact from, to;
};

struct express_step {
	int64_t at;
	const char *place, *text, *code;
};

/* What the courier said of an order. */
enum express_word {
	EXPRESS_TAKEN,	/* it is there, and this is its waybill */
	EXPRESS_THERE,	/* it is there already: ask for its waybill */
	EXPRESS_ABSENT, /* there is no such order, or no longer */
	EXPRESS_REFUSED /* no, and why */
};

struct express_answer {
	enum express_word word;
	const char *waybill, *say; /* say: as the courier put it, at most EXPRESS_SAY characters */
	struct list steps;	   /* struct express_step, of routes */
};
enum { EXPRESS_SAY = 150 };

/* Errors of each: ERR_BUSY (not reached: nothing has happened), ERR_UNCERTAIN (no answer that can be believed). */
struct express_driver {
	const char *word;
	enum err (*order)(struct ctx *c, const struct express_parcel *p, struct express_answer *ret_answer);
	enum err (*find)(struct ctx *c, const struct express_parcel *p, struct express_answer *ret_answer);
	enum err (*cancel)(struct ctx *c, const struct express_parcel *p, struct express_answer *ret_answer);
	enum err (*routes)(struct ctx *c, const struct express_parcel *p, struct express_answer *ret_answer);
};

extern const struct express_driver express_sf;

#endif
