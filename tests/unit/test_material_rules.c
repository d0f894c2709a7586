/* Which file and which verdict of a material count.  The rows come from the database; the rule itself is looked at here,
 * so the file under test is taken in whole. */
#include "unit.h"

#include "domain/material.c"

static struct catalog_material scan = {.code = "m2", .name = "营业执照复印件", .scan = true};
static struct catalog_material paper = {.code = "m3", .name = "授权书", .scan = false};
static struct ctx ctx;

#define FILES(...) \
	(struct material_file[]) \
	{ \
		__VA_ARGS__, \
		{ \
			0 \
		} \
	}
#define UP(n) \
	{ \
		.id = "f" #n, .material = "m2", .state = "accepted", .round = n \
	}
#define FILE_OF(code, word, n) \
	{ \
		.id = "x", .material = code, .state = word, .round = n \
	}
#define VERDICTS(...) \
	(struct material_verdict[]) \
	{ \
		__VA_ARGS__, \
		{ \
			0 \
		} \
	}
#define V(word, n) \
	{ \
		.material = "m2", .verdict = word, .round = n \
	}

/* Files are given as the database does, oldest first; verdicts newest round first. */
static const struct row {
	int64_t round;
	struct material_file *files;
	struct material_verdict *verdicts;
	enum material_mark mark;
	const char *counted; /* ids of the files that count */
	bool has_verdict, judged;
} row[] = {
	{0, NULL, NULL, MATERIAL_MISSING, "", false, false},
	{0, FILES(UP(0)), NULL, MATERIAL_UPLOADED, "f0 ", false, false},
	{0, FILES(FILE_OF("m2", "checking", 0)), NULL, MATERIAL_UPLOADED, "x ", false, false},
	{0, FILES(FILE_OF("m2", "refused", 0)), NULL, MATERIAL_MISSING, "x ", false, false},
	{0, FILES(FILE_OF("m1", "accepted", 0)), NULL, MATERIAL_MISSING, "", false, false},
	/* under review */
	{0, FILES(UP(0)), VERDICTS(V("pass", 0)), MATERIAL_PASS, "f0 ", true, true},
	{0, FILES(UP(0)), VERDICTS(V("fail", 0)), MATERIAL_FAIL, "f0 ", true, true},
	{0, NULL, VERDICTS(V("waive", 0)), MATERIAL_WAIVE, "", true, true},
	/* returned: the failed files are old versions, the passed ones stay */
	{1, FILES(UP(0)), VERDICTS(V("fail", 0)), MATERIAL_FAIL, "", true, false},
	{1, FILES(UP(0)), VERDICTS(V("pass", 0)), MATERIAL_PASS, "f0 ", true, false},
	{1, FILES(UP(0), UP(1)), VERDICTS(V("fail", 0)), MATERIAL_UPLOADED, "f1 ", false, false},
	{1, FILES(UP(0), FILE_OF("m2", "refused", 1)), VERDICTS(V("fail", 0)), MATERIAL_FAIL, "x ", true, false},
	/* judged again */
	{1, FILES(UP(0), UP(1)), VERDICTS(V("pass", 1), V("fail", 0)), MATERIAL_PASS, "f1 ", true, true},
	{1, FILES(UP(0), UP(1)), VERDICTS(V("fail", 1), V("fail", 0)), MATERIAL_FAIL, "f1 ", true, true},
	{2, FILES(UP(0), UP(1)), VERDICTS(V("fail", 1), V("fail", 0)), MATERIAL_FAIL, "", true, false},
	{2, FILES(UP(0), UP(1), UP(2)), VERDICTS(V("fail", 1), V("fail", 0)), MATERIAL_UPLOADED, "f2 ", false, false},
	{2, FILES(UP(0), UP(1)), VERDICTS(V("pass", 1), V("fail", 0)), MATERIAL_PASS, "f1 ", true, false},
	/* a verdict on another material says nothing */
	{1, FILES(UP(0)), VERDICTS({.material = "m1", .verdict = "fail", .round = 0}), MATERIAL_UPLOADED, "f0 ", false,
		false},
};

static void what_counts(void **state)
{
	(void)state;
	ctx.arena = mem;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct application app = {.round = row[i].round};
		struct list files = {row[i].files, 0}, verdicts = {row[i].verdicts, 0};
		struct material m = {.rule = &scan};
		struct str ids;

		while (row[i].files && row[i].files[files.count].id)
			files.count++;
		while (row[i].verdicts && row[i].verdicts[verdicts.count].material)
			verdicts.count++;
		fill(&ctx, &app, &m, &files, &verdicts);
		expect_text(i, material_mark_words[m.mark], material_mark_words[row[i].mark]);
		str_init(&ids, mem);
		for (size_t k = 0; k < m.files.count; k++)
			str_addf(&ids, "%s ", ((struct material_file *)m.files.at)[k].id);
		expect_text(i, ids.at, row[i].counted);
		expect(i, !m.verdict == !row[i].has_verdict && !m.judged == !row[i].judged && m.required);
	}
}

static void what_stands_in_the_way(void **state)
{
	struct material all[] = {
		{.rule = &scan, .required = true, .mark = MATERIAL_MISSING},
		{.rule = &paper, .required = false, .mark = MATERIAL_MISSING},
	};
	struct materials m = {{all, 2}, {0}};

	(void)state;
	for (int mark = 0; mark < MATERIAL_MARK_MAX; mark++) {
		bool wrong = mark == MATERIAL_MISSING || mark == MATERIAL_FAIL;
		struct faults f;

		faults_init(&f, mem);
		all[0].mark = (enum material_mark)mark;
		all[1].mark = MATERIAL_FAIL; /* no scan is asked for: nothing to upload */
		material_check(&m, &f);
		expect(mark, f.count == wrong);
		if (!wrong)
			continue;
		expect_text(mark, f.at[0].pointer, "/materials/m2");
		expect_text(mark, f.at[0].code, mark == MATERIAL_FAIL ? "material_fail" : "material_missing");
		expect(mark, strstr(f.at[0].detail, "营业执照复印件") != NULL);
	}
	assert_ptr_equal(material_find(&m, "m3"), &all[1]);
	assert_null(material_find(&m, "m1"));
	assert_null(material_find(&m, NULL));
	assert_int_equal(text_index(material_mark_words, "waive"), MATERIAL_WAIVE);
	assert_null(material_mark_words[MATERIAL_MARK_MAX]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_counts),
		cmocka_unit_test(what_stands_in_the_way),
	};

	return UNIT_MAIN(tests);
}
