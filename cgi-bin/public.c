/* For those who have a printed number in hand and no account. */
#include "base/rule.h"
#include "domain/feedback.h"
#include "domain/verify.h"
#include "web/web.h"

struct verify_query {
	const char *no;
};
static const struct field verify_fields[] = {TEXT_REQUIRED(struct verify_query, no, "申请编号", 1, 100, rule_any)};
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

struct number_query {
	const char *number;
};
static const struct field number_fields[] = {TEXT_REQUIRED(struct number_query, number, "号码", 1, 100, rule_any)};
static const struct shape number_shape = SHAPE(struct number_query, number_fields);

static enum err number(struct web *w)
{
	return verify_number(&w->c, ((const struct number_query *)w->query)->number, &w->json);
}

static enum err feedback(struct web *w)
{
	enum err e = feedback_give(&w->c, w->in, &w->json);

	return e == ERR_OK ? web_created(w, NULL) : e;
}

static enum err feedback_look(struct web *w)
{
	return feedback_find(&w->c, w->in, &w->json);
}

static const struct route routes[] = {
	{POST, "/api/feedback", PERM_PUBLIC, ROUTE_TX | ROUTE_NO_CSRF, &feedback_in_shape, NULL, feedback},
	{POST, "/api/feedback/find", PERM_PUBLIC, ROUTE_NO_CSRF, &feedback_find_shape, NULL, feedback_look},
	{GET, "/api/verify", PERM_PUBLIC, ROUTE_NO_DB, NULL, &verify_shape, verify},
	{GET, "/api/verify/number", PERM_PUBLIC, 0, NULL, &number_shape, number},
};

int main(int argc, char **argv)
{
	return web_run("public", argc, argv, ROUTES(routes));
}
