#ifndef DOMAIN_APPLICATION_DATA_H
#define DOMAIN_APPLICATION_DATA_H

#include "base/date.h"
#include "base/field.h"

/* What an applicant fills in, as one struct and its tables.  The same tables read PATCH bodies, check what is missing
 * (through the catalogue's pointers), write the case as JSON, make the canonical text that is sealed into the database
 * and hashed into a form version.  Adding a member is one row here and one in conf/catalog.xml; no migration.
 * Agent (经办人), holder (person, 申请人) and legal representative (unit.legal_rep) are three people, never merged. */

struct unit_data {
	const char *name, *kind, *uscc, *licence_kind;
	struct date licence_until; /* none = long-term */
	const char *address, *legal_rep, *phone;
};

struct person_data { /* the holder of rep and ind */
	const char *name, *id_type, *id_number, *phone, *email, *title, *address;
};

struct agent_data {
	const char *name, *id_type, *id_number, *phone, *email;
};

struct item_data { /* one certificate = one seal */
	const char *seal_kind, *seal_name, *old_serial;
};

struct change_data {
	struct texts items;
	const char *before, *after;
};

struct delivery_data {
	const char *mode, *name, *phone, *province, *city, *district, *address, *branch;
};

struct invoice_data {
	const char *kind, *title, *tax_number;
};

struct remittance_data {
	const char *payer_name, *payer_account, *bank;
	struct date paid_on;
	int64_t amount_fen;
};

struct consents_data { /* versions agreed to */
	const char *agreement, *privacy, *id_scan;
};

struct application_data {
	struct unit_data unit;
	struct person_data person;
	struct agent_data agent;
	int64_t years;
	struct list items; /* struct item_data */
	struct change_data change;
	const char *reason;
	struct delivery_data delivery;
	struct invoice_data invoice;
	struct remittance_data remittance;
	struct consents_data consents;
	const char *review; /* "manual": automatic review did not fit; set by us, not by a patch */
	bool one_seal;	    /* "one certificate, one seal" was read */
};

extern const struct shape application_data_shape, remittance_shape;

enum { ITEMS_MAX = 20, YEARS_MAX = 5 };

/* A value as people read it: words become names where names is given for them elsewhere; days 2026年11月22日; lists are
 * not scalar and give NULL, as does an empty member. */
char *application_value_text(struct arena *a, const struct field *f, const void *base);

#endif
