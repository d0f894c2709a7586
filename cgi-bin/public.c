/* For those who have a printed number in hand and no account. */
#include "base/rule.h"
#include "web/web.h"

/* As it was typed: what is wrong with it is the answer, not a refusal. */
static const char *as_typed(struct arena *a, const char **text, const char **ret_say)
{
	(void)a;
	(void)text;
	(void)ret_say;
	return NULL;
}

struct verify_query {
	const char *no;
};
static const struct field verify_fields[] = {TEXT_REQUIRED(struct verify_query, no, "申请编号", 1, 100, as_typed)};
static const struct shape verify_shape = SHAPE(struct verify_query, verify_fields);

/* Whether the number was copied rightly, by its check character.  Says nothing about whether there is such a case, so
 * that numbers cannot be tried out. */
static enum err verify(struct web *w)
{
	const char *no = ((const struct verify_query *)w->query)->no, *say;
	bool valid = rule_case_no(w->c.arena, &no, &say) == NULL;

	json_object(&w->json, NULL);
	json_bool(&w->json, "valid", valid);
	json_text(&w->json, "normalised", valid ? no : NULL);
	json_end(&w->json);
	return ERR_OK;
}

static const struct route routes[] = {
	{GET, "/api/verify", PERM_PUBLIC, ROUTE_NO_DB, NULL, &verify_shape, verify},
};

int main(int argc, char **argv)
{
	return web_run("public", argc, argv, ROUTES(routes));
}
