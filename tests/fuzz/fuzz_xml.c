#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "domain/application_data.h"
#include "domain/catalog.h"
#include "domain/catalog_shape.h"
#include "io/xml.h"

/* Any bytes: read as XML, filled into the catalogue's structs by their tables, without schema. */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	struct xml *x CLEANUP(xml_done) = NULL;
	struct catalog c = {0};
	struct catalog_work w = {.arena = a, .file = "f.xml", .catalog = &c, .data = &application_data_shape};
	struct faults f;

	faults_init(&f, a);
	w.faults = &f;
	if (xml_parse(bytes, n, "f.xml", &f, &x) != ERR_OK) {
		if (!f.count)
			abort();
		return 0;
	}
	xml_read(x, xml_root(x), &catalog_shape, &c, &f);
	if (!f.count)
		catalog_check_codes(&w);
	if (!f.count) {
		catalog_resolve(&w);
		catalog_check_routes(&w);
	}
	return 0;
}
