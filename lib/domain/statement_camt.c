#include <string.h>

#include "base/money.h"
#include "base/str.h"
#include "domain/statement_part.h"
#include "io/xml.h"

/* ISO 20022 camt.053, versions .02 to .13, by local names.  Within a <Stmt> the account stands first, then
 * the balances, then the entries; so the next account ends the statement before it, which is then added up. */

struct camt {
	struct statement_reader *r;
	int64_t rows;
	size_t statements, first_step; /* of the statement that is being read */
	bool has_opening, has_closing;
	int64_t opening_fen, closing_fen;
};

/* Where versions differ, the older path comes first. */
static const char *either(const struct xml_record *rec, const char *old_path, const char *new_path)
{
	const char *text = xml_record_text(rec, old_path);

	return *text ? text : xml_record_text(rec, new_path);
}

static bool has(const struct xml_record *rec, const char *folder)
{
	for (size_t i = 0; i < rec->count; i++)
		if (strncmp(rec->at[i].path, folder, strlen(folder)) == 0)
			return true;
	return false;
}

#define TX "NtryDtls/TxDtls/"

/* The other side: who paid what came in, who was paid what went out. */
static void read_party(struct statement_raw *raw, const struct xml_record *rec, bool out)
{
	raw->payer_name = out ? either(rec, TX "RltdPties/Cdtr/Nm", TX "RltdPties/Cdtr/Pty/Nm")
			      : either(rec, TX "RltdPties/Dbtr/Nm", TX "RltdPties/Dbtr/Pty/Nm");
	raw->payer_account = out ? either(rec, TX "RltdPties/CdtrAcct/Id/Othr/Id", TX "RltdPties/CdtrAcct/Id/IBAN")
				 : either(rec, TX "RltdPties/DbtrAcct/Id/Othr/Id", TX "RltdPties/DbtrAcct/Id/IBAN");
	raw->payer_bank = out ? xml_record_text(rec, TX "RltdAgts/CdtrAgt/FinInstnId/Nm")
			      : xml_record_text(rec, TX "RltdAgts/DbtrAgt/FinInstnId/Nm");
}

static void take_entry(struct camt *c, const struct xml_record *rec)
{
	const char *status = either(rec, "Sts", "Sts/Cd"), *direction = xml_record_text(rec, "CdtDbtInd"),
		   *remark = xml_record_texts(c->r->arena, rec, TX "RmtInf/Ustrd");
	struct statement_raw raw = {
		.row = ++c->rows,
		.serial = either(rec, "AcctSvcrRef", TX "Refs/AcctSvcrRef"),
		.date = either(rec, "BookgDt/Dt", "BookgDt/DtTm"),
		.value_date = either(rec, "ValDt/Dt", "ValDt/DtTm"),
		.amount = xml_record_text(rec, "Amt"),
		.direction = *direction ? direction : "（没有）",
		.currency = xml_record_text(rec, "Amt@Ccy"),
		.returned = has(rec, TX "RtrInf/") || text_eq(xml_record_text(rec, "RvslInd"), "true") ? "Y" : "N",
		.remark = *remark ? remark : either(rec, TX "AddtlTxInf", "AddtlNtryInf"),
	};

	read_party(&raw, rec, text_eq(direction, "DBIT"));
	if (!text_eq(status, "BOOK"))
		statement_fault(c->r, raw.row, "status", "还没有入账（状态“%s”），只导入已入账的明细", status);
	statement_add(c->r, &raw);
}

static void take_balance(struct camt *c, const struct xml_record *rec)
{
	const char *kind = xml_record_text(rec, "Tp/CdOrPrtry/Cd"), *mark = xml_record_text(rec, "CdtDbtInd");
	int64_t fen;

	if (!text_eq(kind, "OPBD") && !text_eq(kind, "PRCD") && !text_eq(kind, "CLBD"))
		return;
	if (!statement_fen(xml_record_text(rec, "Amt"), &fen)) {
		fault_add(c->r->faults, "", "balance_missing", "余额（%s）看不懂", kind);
		return;
	}
	if (text_eq(mark, "DBIT"))
		fen = -fen;
	if (text_eq(kind, "CLBD")) {
		c->has_closing = true;
		c->closing_fen = fen;
	} else if (!c->has_opening || text_eq(kind, "OPBD")) {
		c->has_opening = true;
		c->opening_fen = fen;
	}
}

/* Opening + entries = closing, or the file is refused; a row that cannot be read is a fault of its own. */
static void end_statement(struct camt *c)
{
	struct statement_file *f = c->r->file;
	int64_t sum = c->opening_fen;
	bool known = true;

	if (!c->statements)
		return;
	for (size_t i = c->first_step; i < c->r->steps; i++) {
		known &= c->r->step[i].known;
		sum += c->r->step[i].delta_fen;
	}
	c->first_step = c->r->steps;
	if (!c->has_opening || !c->has_closing)
		fault_add(c->r->faults, "", "balance_missing", "对账单缺少期初（OPBD）或期末（CLBD）余额");
	else if (known && sum != c->closing_fen)
		fault_add(c->r->faults, "", "balance", "期初余额加明细是%s，期末余额却是%s，文件不完整",
			money_text(c->r->arena, sum), money_text(c->r->arena, c->closing_fen));
	if (c->statements == 1)
		f->opening_fen = c->opening_fen;
	f->closing_fen = c->closing_fen;
	f->has_balances = known;
	c->has_opening = c->has_closing = false;
}

static void take(void *arg, const struct xml_record *rec)
{
	struct camt *c = arg;

	if (strcmp(rec->name, "Ntry") == 0) {
		take_entry(c, rec);
	} else if (strcmp(rec->name, "Bal") == 0) {
		take_balance(c, rec);
	} else {
		end_statement(c);
		c->statements++;
		statement_set_account(c->r, either(rec, "Id/Othr/Id", "Id/IBAN"));
	}
}

enum err statement_parse_camt(struct statement_reader *r, struct bytes file)
{
	static const char *const names[] = {"Acct", "Bal", "Ntry", NULL};
	struct camt c = {.r = r};
	enum err e = xml_records(file, STATEMENT_MAX_BYTES, "statement.xml", names, take, &c, r->faults);

	if (e != ERR_OK)
		return e;
	if (!c.statements)
		fault_add(r->faults, "", "empty", "文件里没有对账单（Stmt）");
	end_statement(&c);
	return ERR_OK;
}
