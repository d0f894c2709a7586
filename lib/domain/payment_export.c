#include "domain/payment_export.h"

#include <inttypes.h>

#include "base/mask.h"
#include "base/money.h"
#include "base/rule.h"
#include "base/str.h"
#include "domain/audit.h"

enum { OF_DAYS };

static const struct sql sql[] = {
	[OF_DAYS] =
		{"SELECT l.day, a.no, p.payer_name, p.payer_account_sealed, p.amount_fen, p.method, p.bank_serial, p.payer_right, "
		 "p.evidence, s.name, p.at, p.undone_at, p.undone_text FROM ledger l FORCE INDEX (ledger_day) JOIN payment p ON "
		 "p.id=l.payment_id JOIN application a ON a.id=p.application_id LEFT JOIN staff s ON s.id=p.staff_id WHERE l.day>=? AND "
		 "l.day<=? AND l.kind='allotted' ORDER BY l.day, l.id LIMIT ?",
			"ddi", "dssbississiis"},
};
SQL_TABLE(payment_export);

static const struct field wish_fields[] = {
	DAY_REQUIRED(struct payment_export_wish, from, "开始日期"),
	DAY_REQUIRED(struct payment_export_wish, to, "结束日期"),
	TEXT_REQUIRED(struct payment_export_wish, reason, "理由", 2, 400, rule_note),
};
const struct shape payment_export_wish_shape = SHAPE(struct payment_export_wish, wish_fields);

char *payment_export_subject(struct ctx *c, const struct ledger_days *in)
{
	return arena_printf(c->arena, "%s %s", date_text(c->arena, in->from), date_text(c->arena, in->to));
}

struct row {
	struct date day;
	const char *no, *payer_name;
	struct bytes account_sealed;
	int64_t fen;
	const char *method, *serial;
	bool payer_right;
	const char *evidence, *by;
	int64_t at, undone_at;
	const char *undone_text;
};
#define R_TEXT(m) TEXT(struct row, m, #m, 0, 0, NULL)
#define R_INT(m) INT(struct row, m, #m, 0, 0)
static const struct field fields[] = {
	DAY(struct row, day, "day"),
	R_TEXT(no),
	R_TEXT(payer_name),
	BYTES(struct row, account_sealed, "account", 0),
	R_INT(fen),
	R_TEXT(method),
	R_TEXT(serial),
	BOOL(struct row, payer_right, "right"),
	R_TEXT(evidence),
	R_TEXT(by),
	R_INT(at),
	R_INT(undone_at),
	R_TEXT(undone_text),
};
static const struct shape shape = SHAPE(struct row, fields);

static const char *const head[] = {"到账日期", "申请单号", "付款户名", "付款账号", "金额", "方式", "流水号或收据号",
	"户名", "依据", "登记人", "登记时间", "状态", "撤销原因"};

static const char *method_name(const char *method)
{
	return text_eq(method, "transfer") ? "转账" : text_eq(method, "counter") ? "前台收款" : "支付宝";
}

static const char *moment(struct arena *a, int64_t at)
{
	int64_t s = at - date_moment(date_of_moment(at), 0, 0, 0);

	return arena_printf(a, "%s %02" PRId64 ":%02" PRId64, date_text(a, date_of_moment(at)), s / 3600, s / 60 % 60);
}

static void write_row(struct str *s, const char *const *cells)
{
	for (size_t i = 0; i < ARRAY_LEN(head); i++) {
		str_csv(s, cells[i] ? cells[i] : "");
		str_add(s, i + 1 == ARRAY_LEN(head) ? "\r\n" : ",");
	}
}

static enum err add(struct ctx *c, const struct row *r, struct str *s)
{
	struct arena *a = c->arena;
	const char *account = NULL;
	enum err e = r->account_sealed.at ? ctx_open(c, "payment.account", r->account_sealed, &account) : ERR_OK;
	const char *const cells[ARRAY_LEN(head)] = {date_text(a, r->day), r->no, r->payer_name,
		account ? mask_account(a, account) : "",
		arena_printf(a, "%" PRId64 ".%02" PRId64, r->fen / 100, r->fen % 100), method_name(r->method),
		r->serial, r->payer_right ? "相符" : "不符", r->evidence, r->by ? r->by : "系统", moment(a, r->at),
		r->undone_at ? "已撤销" : "有效", r->undone_text};

	write_row(s, cells);
	return e;
}

enum err payment_export(struct ctx *c, const struct ledger_days *in, struct bytes *ret_file)
{
	struct list rows = {0};
	struct str s;
	enum err e = ledger_days_check(c, in);

	if (e == ERR_OK)
		e = db_all(c->db, &sql[OF_DAYS], &shape, &rows, D(in->from), D(in->to), I(PAYMENT_EXPORT_MAX + 1));
	if (e == ERR_OK && rows.count > PAYMENT_EXPORT_MAX) {
		fault_add(&c->faults, "/to", "rows", "超过%d笔，请缩短日期范围", PAYMENT_EXPORT_MAX);
		e = ERR_INVALID;
	}
	if (e != ERR_OK)
		return e;
	str_init(&s, c->arena);
	str_add(&s, "\xef\xbb\xbf");
	write_row(&s, head);
	for (size_t i = 0; e == ERR_OK && i < rows.count; i++)
		e = add(c, &((const struct row *)rows.at)[i], &s);
	audit_add(c, "payment_file", payment_export_subject(c, in), arena_printf(c->arena, "%zu payments", rows.count));
	*ret_file = (struct bytes){(const unsigned char *)s.at, s.len};
	return e;
}
