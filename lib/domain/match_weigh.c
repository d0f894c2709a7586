/* The choice, from the marks alone. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/money.h"
#include "base/str.h"
#include "domain/match.h"

enum { SUBSET_MAX = 12 };

static const struct weight {
	unsigned mark;
	int64_t score;
	const char *words;
} weights[] = {
	{MATCH_REFERENCE, 45, "附言中有申请参考号"},
	{MATCH_MENDED, -15, "参考号经更正形近字（O与0、I与1）"},
	{MATCH_PAYER, 30, "付款户名一致"},
	{MATCH_NEAR, 12, "付款户名相近，不完全一致"},
	{MATCH_AMOUNT, 20, "金额与应付相符"},
	{MATCH_PART, 12, "与其他申请合计相符"},
	{MATCH_ACCOUNT, 5, "这个账户以前为同一付款人付过款"},
	{MATCH_EARLY, -20, "到账早于申请"},
	{MATCH_WAITS, -10, "申请还没有提交，费用未定"},
	{MATCH_PRIVATE, -10, "付款方像是个人账户，须由单位账户付款"},
	{MATCH_UNIT, -10, "付款方像是单位账户，须由本人账户付款"},
};

static char *words(struct arena *a, unsigned marks)
{
	struct str s;

	str_init(&s, a);
	for (size_t i = 0; i < ARRAY_LEN(weights); i++)
		if (marks & weights[i].mark)
			str_addf(&s, "%s%s", s.len ? "，" : "", weights[i].words);
	return s.at;
}

static int64_t score(unsigned marks)
{
	int64_t sum = 0;

	for (size_t i = 0; i < ARRAY_LEN(weights); i++)
		sum += marks & weights[i].mark ? weights[i].score : 0;
	return sum < 0 ? 0 : sum;
}

static int best_first(const void *a, const void *b)
{
	const struct match_case *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return x->application_id < y->application_id ? -1 : x->application_id > y->application_id;
}

/* May the machine give this case money from this line at all? */
static bool open_for(const struct match_case *k)
{
	return k->owing_fen > 0 && (k->marks & MATCH_ALLOWED) && !(k->marks & (MATCH_EARLY | MATCH_WAITS));
}

static int64_t sum_of(const struct match *m, unsigned set)
{
	int64_t sum = 0;

	for (size_t i = 0; i < m->count; i++)
		sum += set & 1u << i ? m->at[i].owing_fen : 0;
	return sum;
}

/* The cases whose reference was written, all of them. */
static unsigned written(const struct match *m, bool *ret_all_open)
{
	unsigned set = 0;

	*ret_all_open = true;
	for (size_t i = 0; i < m->count; i++) {
		const struct match_case *k = &m->at[i];
		bool sure = !(k->marks & MATCH_MENDED) || (k->marks & MATCH_PAYER);

		if (!(k->marks & MATCH_REFERENCE))
			continue;
		set |= 1u << i;
		*ret_all_open = *ret_all_open && sure && open_for(k);
	}
	return set;
}

/* Cases of exactly this payer: the one set of them that makes up the sum; 0 when there is none or more than one. */
static unsigned only_set(const struct match *m, int64_t left_fen, const char **ret_say)
{
	size_t at[SUBSET_MAX], n = 0;
	unsigned found = 0;

	*ret_say = NULL;
	for (size_t i = 0; i < m->count; i++)
		if ((m->at[i].marks & MATCH_PAYER) && open_for(&m->at[i])) {
			if (n == SUBSET_MAX || m->crowded) {
				*ret_say = "同一付款人待付款的申请很多，请按参考号选择";
				return 0;
			}
			at[n++] = i;
		}
	for (unsigned mask = 1; mask < 1u << n; mask++) {
		unsigned set = 0;

		for (size_t i = 0; i < n; i++)
			set |= mask & 1u << i ? 1u << at[i] : 0;
		if (sum_of(m, set) != left_fen)
			continue;
		if (found) {
			*ret_say = "同一付款人有几件申请都对得上，请选择";
			return 0;
		}
		found = set;
	}
	return found;
}

static void choose(struct arena *a, struct match *m, unsigned set)
{
	bool several = set & (set - 1);
	struct str s;

	str_init(&s, a);
	for (size_t i = 0; i < m->count; i++) {
		struct match_case *k = &m->at[i];

		if (!(set & 1u << i))
			continue;
		k->chosen = true;
		k->marks |= several ? MATCH_PART : MATCH_AMOUNT;
		m->chosen++;
		if (!s.len)
			str_add(&s, words(a, k->marks));
	}
	m->say = s.at;
}

static const struct match_case *written_other(const struct match *m)
{
	for (size_t i = 1; i < m->count; i++)
		if (m->at[i].marks & MATCH_REFERENCE)
			return &m->at[i];
	return NULL;
}

/* Why people have to look: what is wrong with the likeliest case. */
static const char *why_not(struct arena *a, const struct match *m, int64_t left_fen)
{
	const struct match_case *k = &m->at[0];

	if (m->count == 0)
		return "附言中没有能识别的参考号，付款户名也对不上任何待付款的申请";
	if (k->marks & MATCH_WAITS)
		return arena_printf(a, "申请%s还没有提交，提交后系统会再核对", k->no);
	if (k->marks & MATCH_PRIVATE)
		return arena_printf(a, "申请%s须由本单位账户付款，这笔像是个人账户付的", k->no);
	if (k->marks & MATCH_UNIT)
		return arena_printf(a, "申请%s须由本人账户付款，这笔像是单位账户付的", k->no);
	if (k->marks & MATCH_EARLY)
		return arena_printf(a, "到账早于申请%s的填写时间", k->no);
	if (!(k->marks & MATCH_ALLOWED) && (k->marks & (MATCH_REFERENCE | MATCH_NEAR)))
		return arena_printf(a, "付款户名与申请%s的付款人不一致", k->no);
	if (k->owing_fen == 0)
		return arena_printf(a, "申请%s不需要付款，或已经付清", k->no);
	if ((k->marks & (MATCH_REFERENCE | MATCH_PAYER)) && k->owing_fen != left_fen)
		return arena_printf(a, "申请%s应付%s，这笔%s", k->no, money_text(a, k->owing_fen),
			left_fen < k->owing_fen ? "不足" : "多了");
	if ((k->marks & MATCH_PAYER) && !(k->marks & MATCH_REFERENCE) && written_other(m))
		return arena_printf(a, "付款户名与申请%s一致，附言中的参考号却是申请%s的", k->no, written_other(m)->no);
	return "只有金额对得上，不能确定是哪一件";
}

void match_weigh(struct arena *a, int64_t left_fen, struct match *m)
{
	const char *say = NULL;
	bool all_open;
	unsigned set;

	for (size_t i = 0; i < m->count; i++) {
		if (m->at[i].owing_fen == left_fen)
			m->at[i].marks |= MATCH_AMOUNT;
		m->at[i].score = score(m->at[i].marks);
	}
	qsort(m->at, m->count, sizeof m->at[0], best_first);
	set = written(m, &all_open);
	if (set && !(all_open && sum_of(m, set) == left_fen))
		set = 0; /* a reference that does not fit is no reason to guess by the name */
	else if (!set)
		set = only_set(m, left_fen, &say);
	if (set)
		choose(a, m, set);
	else
		m->say = say ? say : why_not(a, m, left_fen);
	for (size_t i = 0; i < m->count; i++)
		if (m->at[i].marks & MATCH_WAITS && m->at[i].marks & MATCH_REFERENCE)
			m->awaits = m->at[i].application_id;
}
