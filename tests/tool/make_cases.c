/* Handed-in cases in bulk, by the portal's own code, for tests of money: what they owe, who must pay and the books are right;
 * nobody filled in anything else.
 *   make_cases ACCOUNT <lines        ACCOUNT: id of the owner; a line: holder, day, fen, payer, parted by tabs, by day
 * Prints the number of the case for each line.  As the program application, settings: ZHENGYIN_CONF. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "domain/application.h"
#include "io/keyring.h"

enum { BUNDLE = 100 };

struct wanted {
	char holder[8], payer[400];
	struct date day;
	int64_t fen;
};

struct bundle {
	struct wanted at[BUNDLE];
	const char *no[BUNDLE];
	size_t count;
};

static bool read_line(struct wanted *w)
{
	char line[600];

	return fgets(line, sizeof line, stdin) &&
	       sscanf(line, "%7[^\t]\t%hd-%hhd-%hhd\t%" SCNd64 "\t%399[^\n]", w->holder, &w->day.year, &w->day.month,
		       &w->day.day, &w->fen, w->payer) == 6;
}

static enum err make_one(struct ctx *c, const struct wanted *w, const char **ret_no)
{
	const struct application_new in = {"new", w->holder, "post"};
	struct application app;
	enum err e;

	c->now = date_moment(w->day, 9, 0, 0);
	e = application_create(c, &in, &app);
	if (e != ERR_OK)
		return e;
	app.state = STATE_SUBMITTED;
	app.submitted_at = c->now;
	app.amount_fen = w->fen;
	app.data.unit.name = "证书使用单位（广东）有限公司";
	app.data.person.name = w->payer;
	if (!text_eq(w->holder, "ind"))
		app.data.unit.name = w->payer;
	*ret_no = app.no;
	return application_save(c, &app);
}

static enum err make_all(struct ctx *c, void *arg)
{
	struct bundle *b = arg;
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < b->count; i++)
		e = make_one(c, &b->at[i], &b->no[i]);
	return e;
}

static enum err make_bundle(struct house *h, struct arena *a, struct bundle *b, int64_t account)
{
	struct ctx c;
	enum err e;

	arena_reset(a);
	ctx_init(&c, h, a, 0);
	c.actor = (struct actor){.kind = ACTOR_APPLICANT, .account_id = account, .addr = ""};
	e = ctx_tx(&c, make_all, b);
	for (size_t i = 0; e == ERR_OK && i < b->count; i++)
		puts(b->no[i]);
	return e;
}

int main(int argc, char **argv)
{
	int64_t account = argc == 2 ? strtoll(argv[1], NULL, 10) : 0;
	struct house *h = house_open("application");
	struct arena *a = arena_new();
	struct bundle b = {0};
	enum err e = db_ready(h->db);

	if (e == ERR_OK)
		e = keyring_hold(&h->master);
	while (e == ERR_OK) {
		for (b.count = 0; b.count < BUNDLE && read_line(&b.at[b.count]); b.count++)
			;
		if (!b.count)
			break;
		e = make_bundle(h, a, &b, account);
	}
	keyring_release(&h->master);
	arena_free(a);
	house_close(h);
	if (e != ERR_OK)
		fprintf(stderr, "make_cases: %s\n", err_sentence(e));
	return e != ERR_OK;
}
