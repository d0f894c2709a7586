#include "domain/contact.h"
#include "domain/edition.h"
#include "domain/guide.h"

enum err guide_renew(struct ctx *c)
{
	const struct catalog *now;
	int64_t serial;
	enum err e;

	do {
		e = contact_fresh(c, &now);
		serial = contact_serial();
		if (e == ERR_OK)
			e = guide_write(c->arena, now, c->house->config.gen_dir);
		if (e == ERR_OK)
			e = contact_fresh(c, &now);
	} while (e == ERR_OK && contact_serial() != serial);
	return e == ERR_OK ? edition_renew(c) : e;
}

static enum err finish(struct ctx *c, void *arg)
{
	return job_done(c, arg);
}

enum err guide_job(struct ctx *c, const struct job *job)
{
	struct job done = *job;
	enum err e = guide_renew(c);

	return e == ERR_OK ? ctx_tx(c, finish, &done) : e;
}
