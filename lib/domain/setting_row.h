#ifndef DOMAIN_SETTING_ROW_H
#define DOMAIN_SETTING_ROW_H

#include "domain/catalog.h"

/* The table of settings, between the files of setting: a decision is a row of setting_table.c. */

enum setting_kind { SETTING_NUMBER, SETTING_SWITCH, SETTING_CHOICE };

struct setting_choice {
	const char *value, *text;
};

struct setting {
	const char *name, *group, *label, *unit, *help;
	enum setting_kind kind;
	int64_t min, max;
	int64_t fallback; /* where the catalogue has no such value */
	size_t limit;	  /* 1 + offset in struct catalog_limits; 0: fallback */
	bool price;	  /* yuan; the fee row that names the setting has the default, the guide tells it */
	const struct setting_choice *choice; /* max + 1 of them */
};

extern const struct setting settings[];
extern const size_t settings_count;

#endif
