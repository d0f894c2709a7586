#include "domain/register.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/rate.h"
#include "domain/token_state.h"
#include "io/json.h"

#define COLUMNS \
	"t.id, COALESCE(t.application_id,0), COALESCE(t.account_id,0), t.sign_serial, t.enc_serial, t.not_before, t.not_after, t.status, " \
	"t.holder, t.unit_name, t.unit_key, t.uscc, t.unit_address, t.person_sealed, t.person_key_hash, t.id_number_sealed, " \
	"t.id_number_hash, t.agent_sealed, t.token_serial, t.seal_kind, t.seal_name, COALESCE(t.predecessor,0), COALESCE(t.successor,0), " \
	"COALESCE(t.revoked_at,0), COALESCE(t.revoke_reason,0), t.source, " \
	"(SELECT b.sign_serial FROM certificate b WHERE b.id=t.predecessor), " \
	"COALESCE((SELECT n.sign_serial FROM certificate n WHERE n.id=t.successor), " \
	"(SELECT m.sign_serial FROM certificate m WHERE m.predecessor=t.id ORDER BY m.id DESC LIMIT 1)), " \
	"(SELECT a.no FROM application a WHERE a.id=t.application_id) "
#define TYPES \
	"iiissdds" \
	"sssssbbb" \
	"bbsssii" \
	"iissss"
#define PAGE "t.id<? ORDER BY t.id DESC LIMIT ?"

enum {
	BY_ID,
	BY_SIGN,
	BY_ENC,
	OF_ACCOUNT,
	OF_UNIT,
	BY_TOKEN,
	BY_USCC,
	BY_NUMBER,
	BY_NAME,
	ALL,
	INSERT,
	MARK,
	TIE,
	AGENT,
	DETACH
};

static const struct sql sql[] = {
	[BY_ID] = {"SELECT " COLUMNS "FROM certificate t WHERE t.id=? FOR UPDATE", "i", TYPES},
	[BY_SIGN] = {"SELECT " COLUMNS "FROM certificate t WHERE t.sign_serial=?", "s", TYPES},
	[BY_ENC] = {"SELECT " COLUMNS "FROM certificate t WHERE t.enc_serial=?", "s", TYPES},
	/* Two index ranges, never the whole table backwards, which an OR would be. */
	[OF_ACCOUNT] =
		{"SELECT " COLUMNS "FROM certificate t JOIN ("
		 "(SELECT id FROM certificate WHERE account_id=? AND id<? ORDER BY id DESC LIMIT ?) UNION "
		 "(SELECT id FROM certificate WHERE agent_phone_hash=? AND id<? ORDER BY id DESC LIMIT ?)) mine ON mine.id=t.id "
		 "ORDER BY t.id DESC LIMIT ?",
			"iiibiii", TYPES},
	[OF_UNIT] = {"SELECT " COLUMNS
		     "FROM certificate t WHERE t.unit_key=? AND (t.uscc IS NULL OR t.uscc=?) AND t.status='valid' "
		     "AND t.not_after>=? AND (? IS NULL OR t.holder=?) ORDER BY t.id DESC LIMIT ?",
		"ssdssi", TYPES},
	[BY_TOKEN] = {"SELECT " COLUMNS "FROM certificate t WHERE t.token_serial=? AND " PAGE, "sii", TYPES},
	[BY_USCC] = {"SELECT " COLUMNS "FROM certificate t WHERE t.uscc=? AND " PAGE, "sii", TYPES},
	[BY_NUMBER] = {"SELECT " COLUMNS "FROM certificate t WHERE t.id_number_hash=? AND " PAGE, "bii", TYPES},
	[BY_NAME] =
		{"SELECT " COLUMNS "FROM certificate t JOIN ("
		 "(SELECT id FROM certificate WHERE unit_key LIKE ? AND id<? ORDER BY id DESC LIMIT ?) UNION "
		 "(SELECT id FROM certificate WHERE person_key_hash=? AND id<? ORDER BY id DESC LIMIT ?)) named ON named.id=t.id "
		 "ORDER BY t.id DESC LIMIT ?",
			"siibiii", TYPES},
	[ALL] = {"SELECT " COLUMNS "FROM certificate t WHERE " PAGE, "ii", TYPES},
	[INSERT] =
		{"INSERT INTO certificate (application_id, item, account_id, producer, sign_serial, enc_serial, not_before, not_after, "
		 "status, seal_kind, seal_name, at, holder, unit_name, unit_key, uscc, unit_address, person_sealed, person_key_hash, "
		 "id_number_sealed, id_number_hash, agent_sealed, agent_phone_hash, token_serial, source, imported_at) "
		 "VALUES (?,?,?,?,?,?,?,?, ?,?,?,?,?,?,?,?,?,?,?, ?,?,?,?,?,?,?)",
			"iiiissdd"
			"sssisssssbb"
			"bbbbssi",
			""},
	[MARK] =
		{"UPDATE certificate SET status=?, revoked_at=?, revoke_reason=?, successor=COALESCE(?,successor) WHERE id=? AND status=?",
			"siiiis", ""},
	[TIE] = {"UPDATE certificate SET predecessor=? WHERE id=? AND predecessor IS NULL", "ii", ""},
	[AGENT] =
		{"UPDATE certificate SET agent_sealed=?, agent_phone_hash=?, token_serial=COALESCE(?,token_serial) WHERE id=?",
			"bbsi", ""},
	[DETACH] = {"UPDATE certificate SET application_id=NULL, item=NULL, account_id=NULL WHERE id=?", "i", ""},
};
SQL_TABLE(register);

#define R_TEXT(m) TEXT(struct register_certificate, m, #m, 0, 0, NULL)
#define R_INT(m) INT(struct register_certificate, m, #m, 0, 0)
#define R_BYTES(m) BYTES(struct register_certificate, m, #m, 0)
static const struct field row_fields[] = {
	R_INT(id),
	R_INT(application_id),
	R_INT(account_id),
	R_TEXT(sign_serial),
	R_TEXT(enc_serial),
	DAY(struct register_certificate, not_before, "not_before"),
	DAY(struct register_certificate, not_after, "not_after"),
	R_TEXT(stored_status),
	R_TEXT(holder),
	R_TEXT(unit_name),
	R_TEXT(unit_key),
	R_TEXT(uscc),
	R_TEXT(unit_address),
	R_BYTES(person_sealed),
	R_BYTES(person_key_hash),
	R_BYTES(id_number_sealed),
	R_BYTES(id_number_hash),
	R_BYTES(agent_sealed),
	R_TEXT(token_serial),
	R_TEXT(seal_kind),
	R_TEXT(seal_name),
	R_INT(predecessor),
	R_INT(successor),
	R_INT(revoked_at),
	R_INT(revoke_reason),
	R_TEXT(source),
	R_TEXT(before_serial),
	R_TEXT(after_serial),
	R_TEXT(case_no),
};
static const struct shape row_shape = SHAPE(struct register_certificate, row_fields);

static const struct field agent_fields[] = {
	TEXT(struct register_agent, name, "经办人姓名", 2, 50, rule_person),
	TEXT(struct register_agent, id_number, "经办人证件号码", 5, 20, rule_id_number),
	TEXT(struct register_agent, phone, "经办人手机", 11, 11, rule_mobile),
};
static const struct shape agent_shape = SHAPE(struct register_agent, agent_fields);

static const char place_person[] = "certificate.person", place_id[] = "certificate.id_number",
		  place_agent[] = "certificate.agent";

enum {
	UNIT_ROWS_MAX = 100,
	FIND_SPAN_S = 3600,
	FIND_ACCOUNT_MOST = 30,
	FIND_ADDR_MOST = 200,
	REASON_SUPERSEDED = 4,
	REASON_HOLD = 6
};

/* --- reading --- */

static enum err load(struct ctx *c, struct register_certificate *r)
{
	int stored = text_index(register_status_words, r->stored_status);

	if (stored < 0)
		return ERR_INTERNAL;
	r->status = (enum register_status)stored;
	if (r->status <= REGISTER_SUSPENDED && date_cmp(r->not_after, date_of_moment(c->now)) < 0)
		r->status = REGISTER_EXPIRED;
	return ERR_OK;
}

static enum err load_all(struct ctx *c, enum err e, struct list *rows)
{
	struct register_certificate *r = rows->at;

	for (size_t i = 0; e == ERR_OK && i < rows->count; i++)
		e = load(c, &r[i]);
	return e;
}

enum err register_find(struct ctx *c, const char *serial, struct register_certificate *ret_row)
{
	enum err e = db_one(c->db, &sql[BY_SIGN], &row_shape, ret_row, S(serial));

	if (e == ERR_NOT_FOUND)
		e = db_one(c->db, &sql[BY_ENC], &row_shape, ret_row, S(serial));
	return e == ERR_OK ? load(c, ret_row) : e;
}

static bool same_bytes(struct bytes a, struct bytes b)
{
	return a.at && b.at && a.len == b.len && crypto_equal(a.at, b.at, a.len);
}

static bool proven(struct ctx *c, const struct register_certificate *r, const char *uscc, const char *id_number)
{
	if (text_eq(r->holder, "ind"))
		return id_number && same_bytes(r->id_number_hash, ctx_index(c, "id_number", id_number));
	return uscc && text_eq(r->uscc, uscc);
}

enum err register_prove(struct ctx *c, const char *serial, const char *uscc, const char *id_number,
	struct register_certificate *ret_row)
{
	const char *account = arena_printf(c->arena, "%" PRId64, c->actor.account_id);
	int64_t wait;
	bool found;
	enum err e = rate_hit(c, "certificate-account", account, FIND_SPAN_S, FIND_ACCOUNT_MOST, &wait);

	if (e == ERR_OK)
		e = rate_hit(c, "certificate-ip", c->actor.addr, FIND_SPAN_S, FIND_ADDR_MOST, &wait);
	if (e == ERR_OK)
		e = register_find(c, serial, ret_row);
	found = e == ERR_OK && proven(c, ret_row, uscc, id_number);
	if (e == ERR_OK || e == ERR_NOT_FOUND)
		e = audit_look(c, "certificate_find", serial, found ? "found" : "nothing");
	if (e != ERR_OK || found)
		return e;
	return ctx_say(c, ERR_NOT_FOUND, "没有找到相符的证书，请核对序列号和代码（证件号码）；仍找不到的请到前台办理");
}

enum err register_of_account(struct ctx *c, int64_t after, int64_t limit, struct list *ret_rows)
{
	struct bytes phone = ctx_index(c, "phone", c->actor.phone ? c->actor.phone : "");
	int64_t before = after ? after : INT64_MAX;

	return load_all(c,
		db_all(c->db, &sql[OF_ACCOUNT], &row_shape, ret_rows, I(c->actor.account_id), I(before), I(limit),
			B(phone), I(before), I(limit), I(limit)),
		ret_rows);
}

enum err register_by_unit(
	struct ctx *c, const char *holder, const char *unit_name, const char *uscc, struct list *ret_rows)
{
	return load_all(c,
		db_all(c->db, &sql[OF_UNIT], &row_shape, ret_rows, S(name_key(c->arena, unit_name)), S(uscc),
			D(date_of_moment(c->now)), S(holder), S(holder), I(UNIT_ROWS_MAX)),
		ret_rows);
}

/* The beginning of a name as a LIKE pattern. */
static char *beginning(struct arena *a, const char *key)
{
	struct str s;

	str_init(&s, a);
	for (; *key; key++) {
		if (strchr("%_\\", *key))
			str_addc(&s, '\\');
		str_addc(&s, *key);
	}
	str_addc(&s, '%');
	return s.at;
}

static enum err search_number(struct ctx *c, const char *q, int64_t before, int64_t limit, struct list *ret_rows)
{
	struct register_certificate *one = arena_alloc(c->arena, sizeof *one);
	const char *text = q, *say;
	enum err e = ERR_NOT_FOUND;

	if (!rule_serial(c->arena, &text, &say))
		e = register_find(c, text, one);
	if (e == ERR_OK)
		*ret_rows = (struct list){one, one->id < before};
	text = q;
	if (e == ERR_NOT_FOUND && !register_rule_token(c->arena, &text, &say))
		e = db_all(c->db, &sql[BY_TOKEN], &row_shape, ret_rows, S(text), I(before), I(limit));
	text = q;
	if ((e == ERR_OK || e == ERR_NOT_FOUND) && !ret_rows->count && !rule_id_number(c->arena, &text, &say))
		e = db_all(c->db, &sql[BY_NUMBER], &row_shape, ret_rows, B(ctx_index(c, "id_number", text)), I(before),
			I(limit));
	return load_all(c, e, ret_rows);
}

static enum err search_name(struct ctx *c, const char *q, int64_t before, int64_t limit, struct list *ret_rows)
{
	const char *key = name_key(c->arena, q);

	return load_all(c,
		db_all(c->db, &sql[BY_NAME], &row_shape, ret_rows, S(beginning(c->arena, key)), I(before), I(limit),
			B(ctx_index(c, "person", key)), I(before), I(limit), I(limit)),
		ret_rows);
}

enum err register_search(struct ctx *c, const char *q, int64_t after, int64_t limit, struct list *ret_rows)
{
	int64_t before = after ? after : INT64_MAX;
	const char *text = q, *say;
	enum err e;

	if (!q)
		return load_all(c, db_all(c->db, &sql[ALL], &row_shape, ret_rows, I(before), I(limit)), ret_rows);
	if (!rule_uscc(c->arena, &text, &say))
		return load_all(
			c, db_all(c->db, &sql[BY_USCC], &row_shape, ret_rows, S(text), I(before), I(limit)), ret_rows);
	*ret_rows = (struct list){NULL, 0};
	e = search_number(c, q, before, limit, ret_rows);
	if ((e != ERR_OK && e != ERR_NOT_FOUND) || ret_rows->count)
		return e;
	return search_name(c, q, before, limit, ret_rows);
}

enum err register_chain(struct ctx *c, const struct register_certificate *r, struct list *ret_rows)
{
	struct register_certificate *row = arena_array(c->arena, REGISTER_CHAIN_MAX, sizeof *row);
	size_t first = REGISTER_CHAIN_MAX / 2, end = first + 1;
	enum err e = ERR_OK;

	row[first] = *r;
	while (e == ERR_OK && first && row[first].before_serial) {
		e = register_find(c, row[first].before_serial, &row[first - 1]);
		first--;
	}
	while (e == ERR_OK && end < REGISTER_CHAIN_MAX && row[end - 1].after_serial) {
		e = register_find(c, row[end - 1].after_serial, &row[end]);
		end++;
	}
	*ret_rows = (struct list){row + first, end - first};
	return e;
}

static enum err open_text(struct ctx *c, const char *place, struct bytes sealed, const char **ret_text)
{
	*ret_text = NULL;
	return sealed.at ? ctx_open(c, place, sealed, ret_text) : ERR_OK;
}

enum err register_person(struct ctx *c, const struct register_certificate *r, const char **ret_name)
{
	return open_text(c, place_person, r->person_sealed, ret_name);
}

enum err register_id_number(struct ctx *c, const struct register_certificate *r, const char **ret_number)
{
	return open_text(c, place_id, r->id_number_sealed, ret_number);
}

enum err register_agent(struct ctx *c, const struct register_certificate *r, struct register_agent *ret_agent)
{
	struct faults faults;
	const char *json, *say;
	enum err e = open_text(c, place_agent, r->agent_sealed, &json);

	if (e != ERR_OK || !json)
		return e != ERR_OK ? e : ERR_NOT_FOUND;
	faults_init(&faults, c->arena);
	*ret_agent = (struct register_agent){0};
	return json_read(json, strlen(json), &agent_shape, ret_agent, &faults, &say) == ERR_OK ? ERR_OK : ERR_INTERNAL;
}

/* --- changing --- */

static struct bytes seal(struct ctx *c, const char *place, const char *text)
{
	return text ? ctx_seal(c, place, text) : (struct bytes){NULL, 0};
}

static struct bytes index_of(struct ctx *c, const char *kind, const char *text)
{
	return text ? ctx_index(c, kind, text) : (struct bytes){NULL, 0};
}

static struct bytes seal_agent(struct ctx *c, const struct register_agent *agent)
{
	struct json_out j;
	struct str s;

	if (!agent->name)
		return (struct bytes){NULL, 0};
	str_init(&s, c->arena);
	json_begin(&j, &s);
	json_shape(&j, NULL, &agent_shape, agent);
	return ctx_seal(c, place_agent, s.at);
}

enum err register_add(struct ctx *c, const struct register_in *in, int64_t *ret_id)
{
	const struct register_agent agent = {in->agent_name, in->agent_id_number, in->agent_phone};
	bool expired = text_eq(in->status, register_status_words[REGISTER_EXPIRED]);
	const char *status = expired || !in->status ? register_status_words[REGISTER_VALID] : in->status;
	const char *unit_key = in->unit_name ? name_key(c->arena, in->unit_name) : NULL;
	const char *person_key = in->person_name ? name_key(c->arena, in->person_name) : NULL;
	enum err e;

	assert(db_in_tx(c->db));
	e = db_exec(c->db, &sql[INSERT], I0(in->application_id), I0(in->item), I0(in->account_id), I0(in->producer),
		S(in->sign_serial), S(in->enc_serial), D(in->not_before), D(in->not_after), S(status), S(in->seal_kind),
		S(in->seal_name), I(c->now), S(in->holder), S(in->unit_name), S(unit_key), S(in->uscc),
		S(in->unit_address), B(seal(c, place_person, in->person_name)), B(index_of(c, "person", person_key)),
		B(seal(c, place_id, in->id_number)), B(index_of(c, "id_number", in->id_number)),
		B(seal_agent(c, &agent)), B(index_of(c, "phone", agent.phone)), S(in->token_serial),
		S(in->source ? in->source : "portal"), I0(in->source ? c->now : 0));
	if (e == ERR_CONFLICT)
		return ctx_say(c, e, "这张证书或这个序列号已经登记过");
	*ret_id = e == ERR_OK ? db_last_id(c->db) : 0;
	return e == ERR_OK && in->source && text_eq(status, register_status_words[REGISTER_VALID])
		       ? token_follow(c, in->token_serial, TOKEN_EVENT_WRITE, 0)
		       : e;
}

static enum err refuse(struct ctx *c, enum register_status from)
{
	static const char *const say[] = {
		[REGISTER_VALID] = "证书没有冻结，不能恢复",
		[REGISTER_SUSPENDED] = "证书已经冻结",
		[REGISTER_REVOKED] = "证书已经注销",
		[REGISTER_SUPERSEDED] = "证书已经换发",
		[REGISTER_EXPIRED] = "证书已经过期",
	};

	return ctx_say(c, ERR_WRONG_STATE, "%s", say[from]);
}

static int64_t reason_of(enum register_event event, int64_t reason)
{
	return event == REGISTER_SUSPEND ? REASON_HOLD : event == REGISTER_SUPERSEDE ? REASON_SUPERSEDED : reason;
}

enum err register_mark(struct ctx *c, int64_t id, enum register_event event, int64_t reason, int64_t successor)
{
	const struct db_arg none = S(NULL);
	const struct register_transition *step;
	struct register_certificate r;
	enum register_status from;
	bool resume = event == REGISTER_RESUME;
	enum err e;

	assert(db_in_tx(c->db) && (!successor || event == REGISTER_SUPERSEDE));
	if (event == REGISTER_REVOKE && !register_reason_known(reason))
		return ctx_say(c, ERR_INVALID, "没有这个注销原因代码");
	e = db_one(c->db, &sql[BY_ID], &row_shape, &r, I(id));
	if (e == ERR_OK)
		e = load(c, &r);
	if (e != ERR_OK)
		return e;
	from = (enum register_status)text_index(register_status_words, r.stored_status);
	step = register_transition(from, event);
	if (!step)
		return refuse(c, from);
	e = db_exec(c->db, &sql[MARK], S(register_status_words[step->to]), resume ? none : I(c->now),
		resume ? none : I(reason_of(event, reason)), I0(successor), I(id), S(r.stored_status));
	if (e == ERR_OK && db_changed(c->db) != 1)
		e = ERR_BUSY;
	if (e == ERR_OK && successor)
		e = db_exec(c->db, &sql[TIE], I(id), I(successor));
	if (e == ERR_OK)
		audit_add(c, arena_printf(c->arena, "certificate_%s", register_event_words[event]), r.sign_serial,
			resume ? NULL : arena_printf(c->arena, "reason %" PRId64, reason_of(event, reason)));
	return e;
}

enum err register_void(struct ctx *c, const char *sign_serial, int64_t reason)
{
	struct register_certificate r;
	enum err e = register_find(c, sign_serial, &r);

	if (e == ERR_OK)
		e = register_mark(c, r.id, REGISTER_REVOKE, reason, 0);
	return e == ERR_OK ? db_exec(c->db, &sql[DETACH], I(r.id)) : e;
}

enum err register_set_agent(struct ctx *c, int64_t id, const struct register_agent *agent, const char *token_serial)
{
	enum err e;

	assert(db_in_tx(c->db) && agent->name && agent->id_number && agent->phone);
	e = db_exec(c->db, &sql[AGENT], B(seal_agent(c, agent)), B(ctx_index(c, "phone", agent->phone)),
		S(token_serial), I(id));
	return e == ERR_OK && db_changed(c->db) != 1 ? ERR_NOT_FOUND : e;
}
