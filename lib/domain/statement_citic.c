#include <string.h>

#include "base/str.h"
#include "domain/statement_part.h"
#include "io/xml.h"

/* 中信银企直联 DLTRNALL: <stream> with status and account, rows in <list name="userDataList">. */

struct citic {
	struct statement_reader *r;
	int64_t rows;
	const char *status, *say;
};

static void take_row(struct citic *c, const struct xml_record *rec)
{
	struct arena *a = c->r->arena;
	const char *day = xml_record_text(rec, "tranDate"), *no = xml_record_text(rec, "tranNo"),
		   *sum_no = xml_record_text(rec, "sumTranNo"), *mark = xml_record_text(rec, "e3rtFlag");
	struct statement_raw raw = {
		.row = ++c->rows,
		.serial = *no ? arena_printf(a, "%s-%s-%s", day, no, sum_no) : "",
		.date = day,
		.time = xml_record_text(rec, "tranTime"),
		.value_date = xml_record_text(rec, "valueDate"),
		.amount = xml_record_text(rec, "tranAmount"),
		.direction = xml_record_text(rec, "creditDebitFlag"),
		.balance = xml_record_text(rec, "balance"),
		.returned = strcmp(mark, "0") == 0   ? "Y"
			    : strcmp(mark, "1") == 0 ? "N"
						     : mark,
		.payer_name = xml_record_text(rec, "oppAccountName"),
		.payer_account = xml_record_text(rec, "oppAccountNo"),
		.payer_bank = xml_record_text(rec, "oppOpenBankName"),
		.remark = xml_record_text(rec, "abstract"),
	};

	if (!*raw.direction)
		raw.direction = "（没有）"; /* here a sum without its mark is nobody's */
	statement_add(c->r, &raw);
}

static void take(void *arg, const struct xml_record *rec)
{
	struct citic *c = arg;

	if (strcmp(rec->name, "row") == 0)
		take_row(c, rec);
	else if (strcmp(rec->name, "accountNo") == 0)
		statement_set_account(c->r, xml_record_text(rec, ""));
	else if (strcmp(rec->name, "status") == 0)
		c->status = xml_record_text(rec, "");
	else
		c->say = xml_record_text(rec, "");
}

enum err statement_parse_citic(struct statement_reader *r, struct bytes file)
{
	static const char *const names[] = {"row", "accountNo", "status", "statusText", NULL};
	struct citic c = {.r = r, .status = "", .say = ""};
	enum err e = xml_records(file, STATEMENT_MAX_BYTES, "statement.xml", names, take, &c, r->faults);

	if (e != ERR_OK)
		return e;
	if (text_eq(c.status, "EEEEEEE"))
		fault_add(r->faults, "", "empty", "银行回答：这段时间没有明细");
	else if (!text_eq(c.status, "AAAAAAA"))
		fault_add(r->faults, "", "bank_status", "这不是一份成功的查询结果（状态%s %s）",
			*c.status ? c.status : "缺失", c.say);
	statement_check_running(r);
	return ERR_OK;
}
