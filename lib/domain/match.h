#ifndef DOMAIN_MATCH_H
#define DOMAIN_MATCH_H

#include "domain/allot.h"
#include "domain/job.h"

/* Whose money is it?  Every payer writes the same words and pays one of ten prices, so no single mark tells.  Evidence is
 * gathered for each case that could be meant, said in one line, and the machine acts only above a high bar: our reference
 * or the exact payer, the exact sum, the payer whom the rules want, and no second way to read it.  All
 * else lies on the desk of finance with what speaks for whom. */

enum match_mark {
	MATCH_REFERENCE = 1 << 0, /* our reference stands in the remark */
	MATCH_MENDED = 1 << 1,	  /* … after O and 0, I and 1 were told apart */
	MATCH_PAYER = 1 << 2,	  /* the payer is whom the case names, character by character */
	MATCH_NEAR = 1 << 3,	  /* the name differs only in 有限公司/有限责任公司 or brackets */
	MATCH_AMOUNT = 1 << 4,	  /* the sum is what the case owes */
	MATCH_PART = 1 << 5,	  /* with others of this line it makes up the sum */
	MATCH_ACCOUNT = 1 << 6,	  /* this account has paid for the same payer before */
	MATCH_ALLOWED = 1 << 7,	  /* this payer may pay for this case */
	MATCH_EARLY = 1 << 8,	  /* the money is older than the case */
	MATCH_WAITS = 1 << 9,	  /* the case is not submitted, its price not fixed */
	MATCH_PRIVATE = 1 << 10,  /* a person's account where a unit's is wanted */
	MATCH_UNIT = 1 << 11,	  /* the other way round */
};

struct match_case {
	int64_t application_id;
	const char *no, *holder, *service, *unit_name;
	int64_t owing_fen;
	unsigned marks;
	int64_t score; /* order on the desk, 0 … 100 */
	bool chosen;   /* the machine would give it what it owes */
};

enum { MATCH_CASES_MAX = 32 }; /* written, of the payer, expired; for the desk those of the sum, while there is room */
struct match {
	struct match_case at[MATCH_CASES_MAX]; /* best first */
	size_t count, chosen;
	const char *say; /* why it was chosen, or why people have to look; one line */
	int64_t awaits;	 /* case whose submission would settle it; 0 */
	bool crowded;	 /* this payer has more cases than were looked at: his name alone says nothing */
};

/* Case numbers whose reference stands in a remark, the longest reading at each place. */
struct match_reference {
	const char *no;
	bool mended;
};
size_t match_references(
	struct arena *a, const char *prefix, const char *remark, struct match_reference *ret, size_t most);

/* What differs between names of one and the same unit most often is left out. */
char *match_near_key(struct arena *a, const char *name);
/* By its shape: a person's name, a unit's. */
bool match_is_person(const char *payer_name), match_is_unit(const char *payer_name);

/* Pure: marks of the sum and the choice, from the other marks.  left_fen: what is left of the line. */
void match_weigh(struct arena *a, int64_t left_fen, struct match *m);

/* The job "match": ref "s<statement>:<last line done>" or "a<case>:<version>". */
enum err match_run(struct ctx *c, const struct job *job) MUST_USE;
enum err match_ask(struct ctx *c, const char *kind, int64_t id, int64_t from) MUST_USE;

/* One line with its candidates and payments. */
enum err match_write(struct ctx *c, int64_t line_id, int64_t *ret_version, struct json_out *j) MUST_USE;

#endif
