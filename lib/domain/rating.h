#ifndef DOMAIN_RATING_H
#define DOMAIN_RATING_H

#include "domain/application.h"
#include "io/json_out.h"

/* What an applicant says of how his case went (好差评): one of five levels, why, and words if he likes.
 * A completed case has one rating; it may be given for `rating.days` after completion and changed for
 * `rating.change_days` after it was first given, both days in Shanghai, the last one included.  Levels 1 and 2 open a
 * follow-up (rating_follow.h), which a better rating later does not close.
 * Words are sealed; they go to their writer and to who follows up, not to the tracker. */

enum { RATING_MAX = 5, RATING_LOW = 2, RATING_REASONS_MAX = 4, RATING_WORDS_MAX = 300 };

struct rating {
	int64_t id, application_id, score;
	const char *reasons; /* codes with blanks between */
	struct bytes words_sealed;
	const char *source;
	int64_t at, changed_at, version;
	const char *follow;
	int64_t follow_at;
	struct date follow_due;
	int64_t follow_owner, called_at, closed_at;
	const char *result;
};
extern const struct shape rating_row_shape;
#define RATING_COLUMNS \
	"r.id, r.application_id, r.score, r.reasons, r.words_sealed, r.source, r.at, r.changed_at, r.version, r.follow, " \
	"r.follow_at, r.follow_due, r.follow_owner, r.called_at, r.closed_at, r.result"
#define RATING_TYPES \
	"iiisb" \
	"siiis" \
	"idiiis"

struct rating_in {
	int64_t score;
	struct texts reasons;
	const char *words;
};
extern const struct shape rating_in_shape;

/* Give or change.  The whole rating is replaced.  Inside ctx_tx, with app locked.
 * Errors: ERR_INVALID (/reasons: not for this level, or twice), ERR_WRONG_STATE with why not and until when it was. */
enum err rating_give(struct ctx *c, const struct application *app, const char *source, const struct rating_in *in)
	MUST_USE;

/* The day by which who follows up answers: rating.follow_days working days from now; in a year without a calendar plain days,
 * for nobody outside is promised this one.  Complaints take the same (feedback.h). */
enum err rating_follow_due(struct ctx *c, struct date *ret_due) MUST_USE;

/* {may, until, why, act, score, reasons, words, at, levels, choices} into the object that is open.  words: to their writer. */
enum err rating_write(struct ctx *c, const struct application *app, bool words, struct json_out *j) MUST_USE;

/* What was said, why not, or the form to rate by, as sections of a page without script (plain.h); nothing for a case that is
 * not completed.  ticket: of the tracker. */
enum err rating_page(struct ctx *c, const struct application *app, const char *ticket, struct str *s) MUST_USE;

/* The form alone; score: chosen already, or 0. */
void rating_page_form(const char *no, const char *ticket, int64_t score, struct str *s);

/* For the tracker: who has just shown number, phone and code may rate for RATING_TICKET_S without another code. */
enum { RATING_TICKET_S = 1800 };
const char *rating_ticket(struct ctx *c, const char *no);
bool rating_ticket_holds(struct ctx *c, const char *no, const char *ticket);

const char *rating_level(int64_t score); /* 非常满意 … */
/* reasons as a list of {code, text} under key. */
void rating_write_reasons(struct arena *a, const char *reasons, const char *key, struct json_out *j);

#endif
