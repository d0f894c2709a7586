#ifndef DOMAIN_CLOCK_H
#define DOMAIN_CLOCK_H

#include "domain/ctx.h"
#include "io/json_out.h"
#include "io/uptime.h"

/* Is the wall clock what it was a moment ago, and time has passed?
 *
 * The worker keeps the last pair of wall clock and time since boot in var_dir/clock.json.  Whoever makes certificates or
 * believes signatures holds the present pair against it: when the wall clock has stepped by more than CLOCK_STEP_S, nothing is
 * issued, signed or believed, and nothing is closed or deleted because its time has come, until the keeper of the machine
 * has looked and says so (portalctl clock accept).  Slewing is no step: it moves both clocks.  Over a restart of the machine
 * only a wall clock that is earlier than before can be seen. */

enum { CLOCK_STEP_S = 60 };

struct clock_state {
	const char *boot;
	int64_t wall, up_s; /* wall 0: nothing was kept yet */
	int64_t step_s;	    /* by how much the clock stepped; 0: nothing is held */
	int64_t held_at;    /* moment, by the clock after the step; 0: nobody has noted it yet */
};

/* By how much the wall clock stepped between before and now, when that is more than CLOCK_STEP_S; else 0. */
int64_t clock_step(const struct clock_state *before, const struct uptime *now);

/* What was kept, with the step that is noted or seen just now.  ERR_INTERNAL: the file does not read. */
enum err clock_look(struct ctx *c, struct clock_state *ret_state) MUST_USE;

/* ERR_CLOCK: the clock is held.  A file that does not read holds, too. */
enum err clock_check(struct ctx *c) MUST_USE;

/* Who looks and then writes does so in turn: else what was seen before an acceptance would be written after it.
 * ERR_BUSY: another has it for ten seconds. */
enum err clock_turn(struct ctx *c) MUST_USE;
void clock_turn_over(struct ctx *c);

/* Keeps the present pair, when the kept one is a minute old or of another boot.  ERR_DISK. */
enum err clock_keep(struct ctx *c, const struct clock_state *before) MUST_USE;
/* Notes the step: it holds, also when the clock should step back.  ERR_DISK. */
enum err clock_hold(struct ctx *c, const struct clock_state *seen) MUST_USE;

/* The clock is right as it is now: goes on.  Staff whose codes were used, and work that was put off, by a clock that was
 * ahead are set back to now.  ret_step: what had been held, 0: nothing.  Own
 * transaction, in turn. */
enum err clock_accept(struct ctx *c, int64_t *ret_step) MUST_USE;

/* What every page of the desk warns of, as an item of the open list of warnings. */
void clock_warn(struct ctx *c, struct json_out *j);

#endif
