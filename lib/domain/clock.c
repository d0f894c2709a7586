#include "domain/clock.h"

#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/audit.h"
#include "io/file.h"
#include "io/json.h"

enum { STAFF, JOBS, MESSAGES, TURN, OVER };

static const struct sql sql[] = {
	[STAFF] = {"UPDATE staff SET totp_step=LEAST(totp_step,?), locked_until=LEAST(locked_until,?)", "ii", ""},
	[JOBS] = {"UPDATE job SET next_at=? WHERE state='waiting' AND next_at>?", "ii", ""},
	[MESSAGES] = {"UPDATE outbox SET next_at=? WHERE state IN ('waiting','sending') AND next_at>?", "ii", ""},
	[TURN] = {"SELECT GET_LOCK('zhengyin_clock',10)", "", "i"},
	[OVER] = {"SELECT RELEASE_LOCK('zhengyin_clock')", "", "i"},
};
SQL_TABLE(clock);

enum { KEEP_EVERY_S = 60, TOTP_STEP_S = 30 };

static const struct field fields[] = {
	TEXT(struct clock_state, boot, "boot", 0, 64, NULL),
	INT_REQUIRED(struct clock_state, wall, "wall", 1, INT64_MAX / 2),
	INT(struct clock_state, up_s, "up_s", 0, INT64_MAX / 2),
	INT(struct clock_state, step_s, "step_s", -INT64_MAX / 2, INT64_MAX / 2),
	INT(struct clock_state, held_at, "held_at", 0, INT64_MAX / 2),
};
static const struct shape shape = SHAPE(struct clock_state, fields);

static const char *path(struct ctx *c)
{
	return arena_printf(c->arena, "%s/clock.json", c->house->config.var_dir);
}

int64_t clock_step(const struct clock_state *before, const struct uptime *now)
{
	int64_t step = now->wall - before->wall;

	if (!before->wall)
		return 0;
	if (text_eq(before->boot, now->boot))
		step -= now->up_s - before->up_s;
	else if (step > 0) /* switched off for as long as it may be */
		step = 0;
	return step > CLOCK_STEP_S || step < -CLOCK_STEP_S ? step : 0;
}

enum err clock_look(struct ctx *c, struct clock_state *ret_state)
{
	struct uptime now = uptime_now(c->arena);
	struct faults faults;
	struct bytes text;
	const char *say;
	enum err e = file_read(c->arena, path(c), &text);

	*ret_state = (struct clock_state){0};
	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? ERR_OK : ERR_INTERNAL;
	faults_init(&faults, c->arena);
	if (json_read((const char *)text.at, text.len, &shape, ret_state, &faults, &say) != ERR_OK)
		return ERR_INTERNAL;
	if (!ret_state->step_s)
		ret_state->step_s = clock_step(ret_state, &now);
	return ERR_OK;
}

enum err clock_check(struct ctx *c)
{
	struct clock_state s;

	return clock_look(c, &s) != ERR_OK || s.step_s ? ERR_CLOCK : ERR_OK;
}

enum err clock_turn(struct ctx *c)
{
	int64_t got = 0;
	enum err e = db_one(c->db, &sql[TURN], &db_int_shape, &got);

	return e != ERR_OK || got == 1 ? e : ERR_BUSY;
}

void clock_turn_over(struct ctx *c)
{
	int64_t was;

	if (db_one(c->db, &sql[OVER], &db_int_shape, &was) != ERR_OK)
		log_at(LOG_WARN, "the turn at the clock ends with the connection");
}

static enum err write_pair(struct ctx *c, int64_t step_s)
{
	struct uptime now = uptime_now(c->arena);
	const struct clock_state s = {now.boot, now.wall, now.up_s, step_s, step_s ? now.wall : 0};
	struct json_out j;
	struct str text;

	str_init(&text, c->arena);
	json_begin(&j, &text);
	json_shape(&j, NULL, &shape, &s);
	str_addc(&text, '\n');
	return file_write(c->arena, path(c), 0644, (struct bytes){(const unsigned char *)text.at, text.len});
}

enum err clock_keep(struct ctx *c, const struct clock_state *before)
{
	struct uptime now = uptime_now(c->arena);

	if (before->wall && text_eq(before->boot, now.boot) && now.up_s - before->up_s < KEEP_EVERY_S)
		return ERR_OK;
	/* Stepped since the look: the next one sees it, for the pair stays as it was. */
	return clock_step(before, &now) ? ERR_OK : write_pair(c, 0);
}

enum err clock_hold(struct ctx *c, const struct clock_state *seen)
{
	return write_pair(c, seen->step_s);
}

struct acceptance {
	int64_t step_s;
};

static enum err accept_now(struct ctx *c, void *arg)
{
	const struct acceptance *a = arg;
	enum err e = db_exec(c->db, &sql[STAFF], I(c->now / TOTP_STEP_S), I(c->now));

	if (e == ERR_OK)
		e = db_exec(c->db, &sql[JOBS], I(c->now), I(c->now));
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[MESSAGES], I(c->now), I(c->now + DAY_S));
	audit_add(c, "clock_accept", "clock", arena_printf(c->arena, "%+" PRId64 " s", a->step_s));
	return e;
}

static enum err accept(struct ctx *c, int64_t *ret_step)
{
	struct clock_state s;
	struct acceptance a;
	enum err e = clock_look(c, &s);

	/* A file that does not read holds, and is written anew. */
	*ret_step = a.step_s = e == ERR_OK ? s.step_s : -1;
	if (e == ERR_OK && !s.step_s)
		return ERR_OK;
	e = ctx_tx(c, accept_now, &a);
	return e == ERR_OK ? write_pair(c, 0) : e;
}

enum err clock_accept(struct ctx *c, int64_t *ret_step)
{
	enum err e = clock_turn(c);

	*ret_step = 0;
	if (e != ERR_OK)
		return e;
	e = accept(c, ret_step);
	clock_turn_over(c);
	return e;
}

/* Rounded: the two clocks are read in whole seconds. */
static const char *how_far(struct arena *a, int64_t s)
{
	static const struct {
		int64_t below_s, unit_s;
		const char *word;
	} rows[] = {{2 * 3600, 60, "分钟"}, {2 * DAY_S, 3600, "小时"}, {INT64_MAX, DAY_S, "天"}};
	int64_t n = s < 0 ? -s : s;
	size_t i = 0;

	while (n >= rows[i].below_s)
		i++;
	return arena_printf(a, "%" PRId64 "%s", (n + rows[i].unit_s / 2) / rows[i].unit_s, rows[i].word);
}

void clock_warn(struct ctx *c, struct json_out *j)
{
	struct clock_state s;
	bool unread = clock_look(c, &s) != ERR_OK;

	if (!unread && !s.step_s)
		return;
	json_object(j, NULL);
	json_text(j, "code", "clock");
	json_text(j, "text",
		unread ? "时钟记录读不出，已暂停签发证书和核验签名，请联系系统管理员。"
		       : arena_printf(c->arena,
				 "系统时钟突然%s了约%s，已暂停签发证书和核验签名；请系统管理员核对时间并确认。",
				 s.step_s > 0 ? "走快" : "倒退", how_far(c->arena, s.step_s)));
	json_text(j, "url", "");
	json_end(j);
}
