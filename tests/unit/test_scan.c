#include "unit.h"

#include "io/json.h"
#include "io/scan.h"

/* What a child sends is believed only within these bounds. */
static void the_shape_keeps_its_bounds(void **state)
{
	static const struct {
		bool good;
		const char *json;
	} row[] = {
		{true, "{}"},
		{true, "{\"code\":\"\",\"turn\":0,\"dpi\":0,\"seals\":[]}"},
		{true, "{\"code\":\"Z1GD20261122000001I031218GJJ9C39\",\"code_area\":{\"x\":7905,\"y\":404,\"w\":1238,\"h\":875},"
		       "\"turn\":3,\"dpi\":300,\"seals\":[{\"area\":{\"x\":0,\"y\":0,\"w\":10000,\"h\":10000},"
		       "\"diameter\":420,\"cut\":true}],\"grey\":true,\"blank\":false,\"cropped\":true,"
		       "\"sharpness\":100,\"light\":100}"},
		{false, "{\"turn\":4}"},
		{false, "{\"turn\":-1}"},
		{false, "{\"dpi\":2401}"},
		{false, "{\"dpi\":-1}"},
		{false, "{\"sharpness\":101}"},
		{false, "{\"light\":-1}"},
		{false, "{\"code\":\"龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙\"}"},
		{false, "{\"code\":\"a\\u0007b\"}"},
		{false, "{\"code_area\":{\"x\":10001}}"},
		{false, "{\"seals\":[{\"area\":{\"w\":-1}}]}"},
		{false, "{\"seals\":[{\"diameter\":2001}]}"},
		{false, "{\"seals\":[{},{},{},{},{},{},{},{},{}]}"},
		{false, "{\"seals\":[{\"shape\":\"round\"}]}"},
		{false, "{\"state\":\"current\"}"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct scan scan = {0};
		struct faults faults;
		const char *say;

		faults_init(&faults, mem);
		expect(i, (json_read(row[i].json, strlen(row[i].json), &scan_shape, &scan, &faults, &say) == ERR_OK) ==
				  row[i].good);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_shape_keeps_its_bounds)};

	return UNIT_MAIN(tests);
}
