#include "domain/retention.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/attachment.h"
#include "domain/audit.h"
#include "domain/setting.h"

/* What stands open, each counted for one case: nothing is erased before all are 0. */
#define HOLDS \
	"SELECT (SELECT ABS(COALESCE(SUM(IF(l.debit='case',l.fen,0)-IF(l.credit='case',l.fen,0)),0))+" \
	"ABS(COALESCE(SUM(IF(l.debit='refund',l.fen,0)-IF(l.credit='refund',l.fen,0)),0)) FROM ledger l WHERE " \
	"l.application_id=a.id)+" \
	"(SELECT COUNT(*) FROM refund r WHERE r.application_id=a.id AND r.state NOT IN ('refused','paid'))+" \
	"(SELECT COUNT(*) FROM alipay_order o WHERE o.open_case=a.id)+" \
	"(SELECT COUNT(*) FROM invoice v WHERE v.application_id=a.id AND v.state='due')+" \
	"(SELECT COUNT(*) FROM bank_line b WHERE b.awaits=a.id)+" \
	"(SELECT COUNT(*) FROM certificate t WHERE t.busy_case=a.id)+" \
	"(SELECT COUNT(*) FROM certificate t WHERE t.application_id=a.id AND t.busy_case IS NOT NULL)+" \
	"(SELECT COUNT(*) FROM issuance i WHERE i.application_id=a.id AND i.state IN ('planned','sent','unknown'))+" \
	"(SELECT COUNT(*) FROM issuance i JOIN issuance_stray s ON s.issuance_id=i.id WHERE i.application_id=a.id AND " \
	"s.told_at IS NULL)+" \
	"(SELECT COUNT(*) FROM unlock_permission u WHERE u.application_id=a.id AND u.state='issued')+" \
	"(SELECT COUNT(*) FROM express_order x WHERE x.open_case=a.id)+" \
	"(SELECT COUNT(*) FROM outbox m WHERE m.application_id=a.id AND m.state IN ('waiting','sending'))+" \
	"(SELECT COUNT(*) FROM feedback f WHERE f.case_no=a.no AND f.state='open')+" \
	"(SELECT COUNT(*) FROM rating g WHERE g.application_id=a.id AND g.follow='open')"

enum {
	FIND,
	TAKE,
	LATER,
	OPEN,
	MADE,
	ABOUT,
	MANIFEST,
	SUMS,
	FILES,
	FILE_DELETE,
	TOMBSTONE,
	/* What becomes of each table that tells of a case: by its id, in this order.  What is not here belongs to the books (payment,
	 * bank_line, refund, invoice as issued), to the audit or to the account: tests/http/retention.test.js names each column. */
	WIPE,
	UPLOADS = WIPE,
	RELAYS,
	SEALS,
	PAGES,
	ATTACHMENTS,
	CASE_FILE,
	FORMS,
	ROUNDS,
	NOTES,
	REKEYS,
	VERDICTS,
	CLAIMS,
	WAIVERS,
	SIGNATURES,
	STRAYS,
	SETTLEMENTS,
	ISSUANCES,
	BODIES,
	CERTIFICATES,
	ARRIVALS,
	PARCEL_STEPS,
	PICKUPS,
	RESENT,
	MESSAGES,
	ANSWERS_AGAIN,
	ANSWERS,
	RATINGS,
	RATING_STEPS,
	FEEDBACK,
	ORDERS,
	COURIERS,
	INVOICES,
	TOKEN_NOTES,
	EVENTS,
	WIPE_END
};

static const struct sql sql[] = {
	[FIND] =
		{"SELECT id FROM application FORCE INDEX (application_retain) WHERE retain_look<=? ORDER BY retain_look, id LIMIT 50",
			"i", "i"},
	[TAKE] = {"UPDATE application SET retain_at=? WHERE id=? AND retain_look<=?", "iii", ""},
	[LATER] = {"UPDATE application SET retain_at=? WHERE id=?", "ii", ""},
	[OPEN] = {HOLDS " FROM application a WHERE a.id=?", "i", "i"},
	[MADE] = {"SELECT status, not_after, COALESCE(revoked_at,0) FROM certificate WHERE application_id=?", "i",
		"sdi"},
	[ABOUT] = {"SELECT status, not_after, COALESCE(revoked_at,0) FROM certificate WHERE sign_serial=? UNION ALL "
		   "SELECT status, not_after, COALESCE(revoked_at,0) FROM certificate WHERE enc_serial=? LIMIT 1",
		"ss", "sdi"},
	[MANIFEST] = {"SELECT manifest_sha256 FROM case_file WHERE application_id=?", "i", "s"},
	[SUMS] =
		{"SELECT sha256 FROM attachment WHERE application_id=? UNION ALL SELECT sha256 FROM form_version WHERE "
		 "application_id=? ORDER BY 1",
			"ii", "s"},
	[FILES] =
		{"SELECT blob_id FROM upload WHERE application_id=? UNION SELECT blob_id FROM attachment WHERE application_id=? UNION "
		 "SELECT p.blob_id FROM attachment_page p JOIN attachment t ON t.id=p.attachment_id WHERE t.application_id=? UNION "
		 "SELECT p.thumb_id FROM attachment_page p JOIN attachment t ON t.id=p.attachment_id WHERE t.application_id=? AND "
		 "p.thumb_id IS NOT NULL UNION SELECT blob_id FROM case_file WHERE application_id=?",
			"iiiii", "s"},
	[FILE_DELETE] = {"DELETE FROM stored_file WHERE id=?", "s", ""}, /* its key with it */
	[TOMBSTONE] =
		{"UPDATE application SET erased_at=?, erased_hash=?, version=version+1, account_id=NULL, data_sealed='', unit_name=NULL, "
		 "unit_key=NULL, uscc=NULL, agent_phone_hash=NULL, payer_hash=NULL, close_text=NULL WHERE id=? AND version=? AND "
		 "erased_at IS NULL",
			"isii", ""},
	/* gone with what they name */
	[UPLOADS] = {"DELETE FROM upload WHERE application_id=?", "i", ""},
	[RELAYS] = {"DELETE FROM relay WHERE application_id=?", "i", ""},
	/* which certificate had one stays; the picture of one that was carried over lies with each case */
	[SEALS] =
		{"UPDATE seal SET attachment_id=NULL, picture_sealed=IF(picture_sealed IS NULL, NULL, ''), picture_sha256='', "
		 "sight_sealed=NULL, name=NULL, ses_sealed=NULL WHERE application_id=?",
			"i", ""},
	[PAGES] = {"DELETE p FROM attachment_page p JOIN attachment t ON t.id=p.attachment_id WHERE t.application_id=?",
		"i", ""},
	[ATTACHMENTS] = {"DELETE FROM attachment WHERE application_id=?", "i", ""},
	[CASE_FILE] = {"DELETE FROM case_file WHERE application_id=?", "i", ""},
	/* that it was printed stays, for who shows the paper */
	[FORMS] = {"UPDATE form_version SET data_sealed='' WHERE application_id=?", "i", ""},
	[ROUNDS] = {"DELETE FROM case_round WHERE application_id=?", "i", ""},
	[NOTES] = {"DELETE FROM case_note WHERE application_id=?", "i", ""},
	[REKEYS] = {"DELETE FROM rekey WHERE application_id=?", "i", ""},
	/* who decided what stays, without his words */
	[VERDICTS] = {"UPDATE verdict SET note=NULL, areas='' WHERE application_id=?", "i", ""},
	[CLAIMS] = {"UPDATE claim SET reason='' WHERE application_id=? AND reason IS NOT NULL", "i", ""},
	[WAIVERS] = {"UPDATE licence_waiver SET reason='' WHERE application_id=?", "i", ""},
	[SIGNATURES] = {"UPDATE signature SET signed_sealed='', cms='' WHERE application_id=?", "i", ""},
	[STRAYS] =
		{"UPDATE issuance_stray s JOIN issuance i ON i.id=s.issuance_id SET s.cert='', s.why='', s.error='' WHERE "
		 "i.application_id=?",
			"i", ""},
	[SETTLEMENTS] =
		{"UPDATE issuance_settlement s JOIN issuance i ON i.id=s.issuance_id SET s.cert=NULL WHERE i.application_id=?",
			"i", ""},
	[ISSUANCES] =
		{"UPDATE issuance SET request='', sign_cert=NULL, enc_cert=NULL, enc_key_sealed=NULL, error='' WHERE "
		 "application_id=?",
			"i", ""},
	/* serials, days and what became of them stay: they are never given again */
	[BODIES] =
		{"DELETE b FROM certificate_body b JOIN certificate t ON t.id=b.certificate_id WHERE t.application_id=?",
			"i", ""},
	[CERTIFICATES] =
		{"UPDATE certificate SET account_id=NULL, unit_name=NULL, unit_key=NULL, uscc=NULL, unit_address=NULL, seal_name=NULL, "
		 "person_sealed=NULL, person_key_hash=NULL, id_number_sealed=NULL, id_number_hash=NULL, agent_sealed=NULL, "
		 "agent_phone_hash=NULL, remind_on=NULL WHERE application_id=?",
			"i", ""},
	[ARRIVALS] = {"UPDATE arrival SET sender_sealed=NULL, photo_sealed=NULL, note='' WHERE application_id=?", "i",
		""},
	[PARCEL_STEPS] = {"DELETE s FROM parcel_step s JOIN parcel p ON p.id=s.parcel_id WHERE p.application_id=?", "i",
		""},
	[PICKUPS] = {"UPDATE pickup SET collector=NULL, collector_sealed=NULL, id_kind=NULL, id_tail_sealed=NULL, "
		     "note=NULL WHERE application_id=?",
		"i", ""},
	[RESENT] = {"UPDATE outbox SET resend_of=NULL WHERE application_id=?", "i", ""}, /* names another of the case */
	[MESSAGES] = {"DELETE FROM outbox WHERE application_id=?", "i", ""},
	/* that a question was answered is said to whoever asked, of no case */
	[ANSWERS_AGAIN] =
		{"DELETE r FROM outbox r JOIN outbox o ON o.id=r.resend_of JOIN feedback f ON o.dedupe=CONCAT('feedback:',f.no) "
		 "WHERE f.case_no=(SELECT no FROM application WHERE id=?)",
			"i", ""},
	[ANSWERS] =
		{"DELETE o FROM outbox o JOIN feedback f ON o.dedupe=CONCAT('feedback:',f.no) WHERE f.case_no=(SELECT no FROM "
		 "application WHERE id=?)",
			"i", ""},
	/* the score counts on */
	[RATINGS] = {"UPDATE rating SET words_sealed=NULL WHERE application_id=?", "i", ""},
	[RATING_STEPS] =
		{"UPDATE rating_step s JOIN rating r ON r.id=s.rating_id SET s.note_sealed=NULL WHERE r.application_id=?",
			"i", ""},
	[FEEDBACK] = {"DELETE FROM feedback WHERE case_no=(SELECT no FROM application WHERE id=?)", "i", ""},
	[ORDERS] = {"UPDATE alipay_order SET qr=NULL, buyer=NULL WHERE application_id=?", "i", ""},
	[COURIERS] = {"UPDATE express_order SET error='' WHERE application_id=?", "i", ""},
	[INVOICES] = {"UPDATE invoice SET link_hash=NULL, code_hash=NULL, link_ends_at=NULL WHERE application_id=?",
		"i", ""},
	[TOKEN_NOTES] = {"UPDATE token_event SET note=NULL WHERE application_id=?", "i", ""},
	/* what happened stays, without the words of who did it */
	[EVENTS] = {"UPDATE event SET text='' WHERE application_id=?", "i", ""},
};
SQL_TABLE(retention);

enum { LOOK_AT_LATEST_S = 365 * DAY_S, OPEN_AGAIN_S = 30 * DAY_S };

struct certificate_end {
	const char *status;
	struct date not_after;
	int64_t revoked_at;
};
static const struct field end_fields[] = {
	TEXT(struct certificate_end, status, "status", 0, 0, NULL),
	DAY(struct certificate_end, not_after, "not_after"),
	TIME(struct certificate_end, revoked_at, "revoked_at"),
};
static const struct shape end_shape = SHAPE(struct certificate_end, end_fields);

static struct date later_of(struct date a, struct date b)
{
	return date_cmp(a, b) < 0 ? b : a;
}

static struct date ended_on(const struct certificate_end *t)
{
	struct date revoked = date_of_moment(t->revoked_at);

	return text_eq(t->status, "revoked") && t->revoked_at && date_cmp(revoked, t->not_after) < 0 ? revoked
												     : t->not_after;
}

/* What decides: the years of this setting count from that day, and certificates made last until the other one. */
struct term {
	const char *years;
	struct date from, certified;
};

static void count(struct term *t, const struct certificate_end *end, bool made)
{
	t->from = later_of(t->from, ended_on(end));
	if (made) /* a list of revoked certificates names what is revoked until then */
		t->certified = later_of(t->certified, end->not_after);
}

static enum err term_of(struct ctx *c, const struct application *app, struct term *ret_term)
{
	struct certificate_end one;
	struct list made;
	enum err e = db_all(c->db, &sql[MADE], &end_shape, &made, I(app->id));

	*ret_term = (struct term){
		"retain.unissued_years", date_of_moment(app->state_at), date_of_moment(app->state_at)};
	if (e != ERR_OK || (!made.count && app->state != STATE_COMPLETED))
		return e;
	ret_term->years = "retain.issued_years";
	CATALOG_EACH(struct certificate_end, t, &made)
		count(ret_term, t, true);
	CATALOG_EACH(struct item_data, line, &app->data.items) {
		if (text_empty(line->old_serial))
			continue;
		e = db_one(c->db, &sql[ABOUT], &end_shape, &one, S(line->old_serial), S(line->old_serial));
		if (e == ERR_OK)
			count(ret_term, &one, false);
		else if (e != ERR_NOT_FOUND)
			return e;
	}
	return ERR_OK;
}

/* ret_next: 0 when it is due, else the moment to look again. */
static enum err judge(struct ctx *c, const struct application *app, int64_t *ret_next)
{
	struct term term;
	struct date last;
	int64_t years;
	struct db_int held = {0};
	enum err e;

	*ret_next = c->now + LOOK_AT_LATEST_S;
	if (!state_is_closed(app->state)) /* taken up again */
		return ERR_OK;
	e = term_of(c, app, &term);
	if (e == ERR_OK)
		e = setting_int(c, term.years, &years);
	if (e != ERR_OK)
		return e;
	last = date_add_years(term.from, (int)years);
	if (date_none(last)) /* beyond all years we know */
		return ERR_OK;
	last = later_of(last, term.certified);
	if (date_cmp(date_of_moment(c->now), last) <= 0) {
		int64_t at = date_moment(date_add(last, 1), 0, 0, 0);

		*ret_next = at < *ret_next ? at : *ret_next;
		return ERR_OK;
	}
	e = db_one(c->db, &sql[OPEN], &db_int_shape, &held, I(app->id));
	*ret_next = held.value ? c->now + OPEN_AGAIN_S : 0;
	return e;
}

/* --- who is due --------------------------------------------------------------------------------------------------------- */

static bool is_outage(enum err e)
{
	return e == ERR_AWAY || e == ERR_UNCERTAIN || e == ERR_BUSY;
}

static enum err look(struct ctx *c, void *arg)
{
	const int64_t *id = arg;
	struct application app;
	int64_t next = 0;
	enum err e = db_exec(c->db, &sql[TAKE], I(c->now + OPEN_AGAIN_S), I(*id), I(c->now));

	if (e != ERR_OK || db_changed(c->db) != 1) /* another worker looked */
		return e;
	e = application_by_id(c, *id, &app);
	if (e == ERR_OK)
		e = judge(c, &app, &next);
	if (is_outage(e))
		return e;
	if (e == ERR_OK && next)
		return db_exec(c->db, &sql[LATER], I(next), I(*id));
	/* one that cannot be read fails as a job, where staff see it */
	return job_add(
		c, "erase", arena_printf(c->arena, "%" PRId64 ":%s", *id, date_text(c->arena, date_of_moment(c->now))));
}

enum err retention_round(struct ctx *c, int *ret_done)
{
	struct list ids;
	enum err e = db_all(c->db, &sql[FIND], &db_int_shape, &ids, I(c->now));

	*ret_done = 0;
	for (size_t i = 0; e == ERR_OK && i < ids.count; i++, ++*ret_done)
		e = ctx_tx(c, look, (struct db_int *)ids.at + i);
	return e;
}

/* --- erasing ------------------------------------------------------------------------------------------------------------ */

struct erasing {
	const struct job *job;
	struct list files; /* of struct db_text, to be removed after the commit */
};

static enum err hash_of(struct ctx *c, int64_t id, const char **ret_hash)
{
	struct db_text manifest;
	struct list sums;
	struct str text;
	enum err e = db_one(c->db, &sql[MANIFEST], &db_text_shape, &manifest, I(id));

	if (e == ERR_OK)
		*ret_hash = arena_printf(c->arena, "casefile:%s", manifest.value);
	if (e != ERR_NOT_FOUND)
		return e;
	e = db_all(c->db, &sql[SUMS], &db_text_shape, &sums, I(id), I(id));
	if (e != ERR_OK)
		return e;
	str_init(&text, c->arena);
	CATALOG_EACH(struct db_text, sum, &sums) {
		str_add(&text, sum->value ? sum->value : "");
		str_add(&text, "\n");
	}
	*ret_hash = arena_printf(c->arena, "files:%s", crypto_sha256_hex(c->arena, text.at, text.len));
	return ERR_OK;
}

static enum err wipe(struct ctx *c, const struct application *app, struct list *ret_files)
{
	const char *hash = NULL;
	enum err e = hash_of(c, app->id, &hash);

	if (e == ERR_OK)
		e = db_all(c->db, &sql[FILES], &db_text_shape, ret_files, I(app->id), I(app->id), I(app->id),
			I(app->id), I(app->id));
	for (int i = WIPE; e == ERR_OK && i < WIPE_END; i++)
		e = db_exec(c->db, &sql[i], I(app->id));
	CATALOG_EACH(struct db_text, file, ret_files)
		if (e == ERR_OK)
			e = db_exec(c->db, &sql[FILE_DELETE], S(file->value));
	if (e == ERR_OK)
		e = db_exec(c->db, &sql[TOMBSTONE], I(c->now), S(hash), I(app->id), I(app->version));
	e = db_guarded(c->db, e);
	if (e == ERR_OK)
		audit_add(c, "case_erased", app->no, hash);
	return e;
}

static enum err erase(struct ctx *c, void *arg)
{
	struct erasing *x = arg;
	struct application app;
	int64_t next = 0;
	enum err e = application_by_id(c, strtoll(x->job->ref, NULL, 10), &app);

	assert(db_in_tx(c->db));
	x->files = (struct list){NULL, 0};
	if (e == ERR_ERASED)
		return job_done(c, x->job);
	if (e == ERR_OK)
		e = judge(c, &app, &next);
	if (e == ERR_OK && next)
		e = db_exec(c->db, &sql[LATER], I(next), I(app.id));
	else if (e == ERR_OK)
		e = wipe(c, &app, &x->files);
	return e == ERR_OK ? job_done(c, x->job) : e;
}

enum err retention_erase(struct ctx *c, const struct job *job)
{
	const struct blob_store store = attachment_store(c);
	struct erasing x = {.job = job};
	enum err e = ctx_tx(c, erase, &x);

	if (e != ERR_OK)
		return e;
	CATALOG_EACH(struct db_text, file, &x.files)
		if (blob_remove(&store, file->value) != ERR_OK)
			log_at(LOG_WARN, "retention: the file %s stays until the orphans go", file->value);
	return ERR_OK;
}
