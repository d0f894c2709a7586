#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/alipay.h"
#include "domain/announcement.h"
#include "domain/attachment.h"
#include "domain/casefile.h"
#include "domain/clock.h"
#include "domain/express.h"
#include "domain/guide.h"
#include "domain/housekeeping.h"
#include "domain/invoice.h"
#include "domain/issuer.h"
#include "domain/match.h"
#include "domain/notify.h"
#include "domain/reminder.h"
#include "domain/report.h"
#include "domain/retention.h"
#include "domain/seal.h"
#include "domain/store.h"
#include "domain/unlock.h"
#include "io/image.h"

/* What must not happen inside a request: jobs, messages, and what time brings about.  Several workers may run at once; each
 * leaves on SIGTERM after what it has in hand.  `worker picture` is the confined child that decodes pictures. */

static volatile sig_atomic_t leaving;

static void leave(int signal_number)
{
	(void)signal_number;
	leaving = 1;
}

/* --- jobs --- */

static const struct kind {
	const char *word;
	enum err (*run)(struct ctx *c, const struct job *job);
	enum err (*give_up)(struct ctx *c, const char *ref); /* in the transaction that declares it dead */
	bool by_clock;					     /* waits while the clock is held */
} kinds[] = {
	{"render", attachment_render, attachment_give_up, false},
	{"seal", seal_harvest, NULL, false},
	{"issue", issuer_run, issuer_give_up, true},
	{"guide", guide_job, NULL, false},
	{"match", match_run, NULL, false},
	{"alipay", alipay_run, alipay_give_up, false},
	{"refund", alipay_refund, NULL, false},
	{"invoice", invoice_job, NULL, true},
	{"casefile", casefile_run, NULL, true},
	{"erase", retention_erase, NULL, true},
};

static const struct kind *kind_of(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (text_eq(kinds[i].word, word))
			return &kinds[i];
	return NULL;
}

struct failure {
	const struct job *job;
	const struct kind *kind;
	enum err why;
};

static enum err fail(struct ctx *c, void *arg)
{
	const struct failure *f = arg;
	bool dead = false;
	enum err e = job_failed(c, f->job, f->kind ? err_wire(f->why) : "unknown kind", &dead);

	if (e == ERR_OK && dead && f->kind && f->kind->give_up)
		e = f->kind->give_up(c, f->job->ref);
	return e;
}

static enum err put_off(struct ctx *c, void *arg)
{
	return job_put_off(c, arg);
}

static enum err run_job(struct ctx *c, int *ret_done)
{
	struct job job;
	struct failure f = {.job = &job};
	enum err e = job_take(c, &job);

	*ret_done = e == ERR_OK;
	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	f.kind = kind_of(job.kind);
	if (f.kind && f.kind->by_clock && clock_check(c) != ERR_OK)
		return ctx_tx(c, put_off, &job);
	f.why = f.kind ? f.kind->run(c, &job) : ERR_NOT_FOUND;
	if (f.why == ERR_OK)
		return ERR_OK;
	log_at(LOG_WARN, "job %s, try %d: %s", job.kind, (int)job.tries, err_wire(f.why));
	e = ctx_tx(c, fail, &f);
	return e == ERR_STALE ? ERR_OK : e;
}

static enum err send_messages(struct ctx *c, int *ret_done)
{
	enum err e = ERR_OK;
	int one = 1;

	for (*ret_done = 0; e == ERR_OK && one && *ret_done < 20 && !leaving; *ret_done += one) {
		c->now = (int64_t)time(NULL); /* a gateway may take its time */
		e = notify_send(c, 0, 1, &one);
	}
	return e;
}

/* --- the round --- */

enum { OUTSIDE = -1 }; /* as the settings have it for what is told and asked outside */

static struct task {
	const char *name;
	int64_t period_s; /* 0: every round */
	int full;	  /* so much done means that there is more: again at once; 0: never */
	housekeeping_task run;
	bool by_clock; /* signs, closes or deletes because of the time: not while the clock is held */
	int64_t next_at;
} tasks[] = {
	{"clock", 0, 0, housekeeping_clock, false, 0},
	{"messages", 0, 1, send_messages, false, 0},
	{"reports", 1, 1, notify_poll, false, 0},
	{"forgotten texts", 3600, 500, notify_forget, true, 0},
	{"reminders", 1, 50, reminder_send, true, 0},
	{"jobs", 0, 1, run_job, false, 0},
	{"authority", OUTSIDE, 0, issuer_tell, true, 0},
	{"alipay", OUTSIDE, 0, alipay_round, true, 0},
	{"figures", 2, REPORT_BATCH, report_round, false, 0},
	{"express", 0, 0, express_round, true, 0},
	{"parcels", 1, 0, express_poll, true, 0},
	{"audit head", 60, 0, housekeeping_audit_head, false, 0},
	{"announcements", 5, 0, announcement_publish, false, 0},
	{"claims", 30, 50, housekeeping_claims, true, 0},
	{"spent", 60, 500, housekeeping_spent, true, 0},
	{"uploads", 60, 50, housekeeping_uploads, true, 0},
	{"removed files", 300, 50, housekeeping_removed, true, 0},
	{"unlock permissions", 20, 500, unlock_expire, true, 0},
	{"notices", 300, 50, housekeeping_notices, true, 0},
	{"expiry", 300, 50, housekeeping_expire, true, 0},
	{"delivered", 300, 50, housekeeping_delivered, true, 0},
	{"orphans", 6 * 3600, 0, housekeeping_orphans, true, 0},
	{"retention", 60, 0, retention_round, true, 0},
	{"missing files", 24 * 3600, 0, store_missing, false, 0},
};

static int64_t period(const struct house *h, const struct task *t)
{
	return t->period_s == OUTSIDE ? h->config.worker_outside_s : t->period_s;
}

static bool has_more(const struct task *t, int done)
{
	return t->full && done >= t->full;
}

/* Each task begins with a fresh arena and the present moment. */
static enum err run_task(struct house *h, struct arena *a, struct task *t, int *ret_done)
{
	struct ctx c;
	enum err e;

	*ret_done = 0;
	arena_reset(a);
	ctx_init(&c, h, a, (int64_t)time(NULL));
	if (c.now < t->next_at && t->next_at - c.now <= period(h, t))
		return ERR_OK;
	c.actor.kind = ACTOR_MACHINE;
	if (t->by_clock && clock_check(&c) != ERR_OK) /* looked at after c.now was taken */
		return ERR_OK;
	e = db_ready(h->db);
	if (e == ERR_OK)
		e = keyring_hold(&h->master);
	if (e == ERR_OK)
		e = t->run(&c, ret_done);
	db_rollback(h->db);
	keyring_release(&h->master);
	if (e == ERR_OK && has_more(t, *ret_done))
		t->next_at = c.now;
	else if (e == ERR_OK)
		t->next_at = c.now + period(h, t);
	else if (e != ERR_AWAY)
		log_at(LOG_WARN, "worker: %s: %s", t->name, err_wire(e));
	return e;
}

/* true: there was something to do, so look again at once. */
static bool run_round(struct house *h, struct arena *a)
{
	bool busy = false;

	for (size_t i = 0; i < ARRAY_LEN(tasks) && !leaving; i++) {
		int done;
		enum err e = run_task(h, a, &tasks[i], &done);

		if (e == ERR_AWAY)
			return false;
		busy = busy || (e == ERR_OK && has_more(&tasks[i], done));
	}
	return busy;
}

static void rest(int64_t ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	if (!leaving)
		nanosleep(&t, NULL);
}

int main(int argc, char **argv)
{
	struct sigaction act = {.sa_handler = leave};
	struct house *h;
	struct arena *a;

	if (image_is_child(argc, argv))
		return image_child(argc, argv);
	if (argc > 1) {
		bool asked = text_eq(argv[1], "--help");

		fputs("worker [--help]\n"
		      "Sends messages, runs jobs and brings about what time brings about, until SIGTERM.\n"
		      "Settings: the file that ZHENGYIN_CONF names, else /etc/zhengyin/portal.conf.\n",
			asked ? stdout : stderr);
		return asked ? 0 : 2;
	}
	sigemptyset(&act.sa_mask);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGQUIT, &act, NULL); /* multiwatch ends its programs so */
	signal(SIGPIPE, SIG_IGN);
	h = house_open("worker");
	a = arena_new();
	notify_look_over(&h->config);
	log_at(LOG_INFO, "worker: at work");
	while (!leaving)
		if (!run_round(h, a))
			rest(h->config.worker_poll_ms);
	arena_free(a);
	house_close(h);
	return 0;
}
