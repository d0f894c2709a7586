#include <string.h>

#include "base/str.h"
#include "domain/issuer_driver.h"

/* What stands in a certificate, by what was filled in and approved. */

/* The province of an address that begins with it; NULL: it does not. */
static const char *province(struct arena *a, const char *address)
{
	static const char *const ends[] = {"省", "自治区"};

	for (size_t i = 0; address && i < ARRAY_LEN(ends); i++) {
		const char *at = strstr(address, ends[i]);

		if (at && at - address <= 24)
			return arena_textn(a, address, (size_t)(at - address) + strlen(ends[i]));
	}
	return NULL;
}

struct x509_subject issuer_subject(struct arena *a, const struct application *app)
{
	const struct application_data *d = &app->data;
	bool unit = !text_eq(app->holder, "ind"), person = !text_eq(app->holder, "org");

	return (struct x509_subject){
		.province = province(a, unit ? d->unit.address : d->person.address),
		.locality = unit ? d->unit.address : NULL,
		.organisation = unit ? d->unit.name : NULL,
		.common_name = person ? d->person.name : d->unit.name,
	};
}

size_t issuer_extensions(const struct application *app, struct x509_text_extension ret[ISSUER_EXTENSIONS_MAX])
{
	const char *holder = app->holder;
	size_t n = 0;

	ret[n++] = (struct x509_text_extension){"1.3.6.1.4.1.18760.1.14", app->no};
	ret[n++] = (struct x509_text_extension){"1.3.6.1.4.1.18760.1.12.12.2", text_eq(holder, "org")	? "001"
									       : text_eq(holder, "rep") ? "003"
													: "004"};
	if (!text_eq(holder, "ind") && !text_empty(app->data.unit.uscc))
		ret[n++] = (struct x509_text_extension){"1.2.156.10260.4.1.4", app->data.unit.uscc};
	return n;
}
