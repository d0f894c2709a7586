#include "unit.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/utf8.h"
#include "catalog_fixture.h"
#include "domain/guide.h"
#include "domain/guide_part.h"
#include "io/xml.h"

static char dir[] = "/tmp/test_guide.XXXXXX";

static int write_all(void **state)
{
	unit_setup(state);
	return mkdtemp(dir) && guide_write(mem, the_catalog(), dir) == ERR_OK ? 0 : -1;
}

static int remove_all(void **state)
{
	DIR *d = opendir(dir);

	for (struct dirent *e; d && (e = readdir(d));)
		unlink(arena_printf(mem, "%s/%s", dir, e->d_name));
	if (d)
		closedir(d);
	rmdir(dir);
	return unit_teardown(state);
}

static char *fragment(const char *name)
{
	FILE *f = fopen(arena_printf(mem, "%s/%s", dir, name), "rb");
	char *text = arena_alloc(mem, 1 << 17);

	if (!f)
		fail_msg("%s is not there", name);
	assert_true(fread(text, 1, (1 << 17) - 1, f) > 0);
	fclose(f);
	return text;
}

static void all_files(void **state)
{
	static const char *const files[] = {"guide-new.html", "guide-renew.html", "guide-change.html",
		"guide-reissue.html", "guide-unlock.html", "guide-revoke.html", "services.html", "fees.html",
		"forms.html", "faq.html", "account.html", "post.html", "counter.html", "hotlines.html", "freight.html",
		"states.html", "agreement.html", "privacy.html", "id_scan.html"};
	DIR *d = opendir(dir);
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		expect(i, *fragment(files[i]));
	for (struct dirent *e; (e = readdir(d));)
		n += e->d_name[0] != '.';
	closedir(d);
	assert_int_equal(n, ARRAY_LEN(files));
}

/* Attributes without a value are HTML's; with them written out, every fragment is well-formed. */
static char *as_xml(const char *text)
{
	struct str s;

	str_init(&s, mem);
	str_add(&s, "<div>");
	for (const char *p = text; *p; p++) {
		static const char bare[] = " hidden data-js>";

		if (strncmp(p, bare, sizeof bare - 1) == 0) {
			str_add(&s, ">");
			p += sizeof bare - 2;
		} else if (strncmp(p, "<br>", 4) == 0) {
			p += 3;
		} else {
			str_addc(&s, *p);
		}
	}
	str_add(&s, "</div>");
	return s.at;
}

static void count_ids(const struct xml_node *n, struct str *ids)
{
	const char *id = xml_attr(mem, n, "id");

	assert_null(xml_attr(mem, n, "style"));
	if (id) {
		if (strstr(ids->at, arena_printf(mem, " %s ", id)))
			fail_msg("id %s twice", id);
		str_addf(ids, " %s ", id);
	}
	for (const struct xml_node *c = xml_child(n, NULL); c; c = xml_next(c, NULL))
		count_ids(c, ids);
}

static void well_formed(void **state)
{
	DIR *d = opendir(dir);

	(void)state;
	for (struct dirent *e; (e = readdir(d));) {
		struct xml *x CLEANUP(xml_done) = NULL;
		struct faults f;
		struct str ids;
		char *text;

		if (e->d_name[0] == '.')
			continue;
		text = as_xml(fragment(e->d_name));
		faults_init(&f, mem);
		str_init(&ids, mem);
		if (xml_parse(text, strlen(text), e->d_name, &f, &x) != ERR_OK)
			fail_msg("%s", f.at[0].detail);
		count_ids(xml_root(x), &ids);
	}
	closedir(d);
}

static bool ascii_word(uint32_t cp)
{
	return cp > ' ' && cp < 0x7F;
}

/* Han, blank, Latin or the other way round, outside of tags: the house writes none. */
static void no_typed_space(void **state)
{
	DIR *d = opendir(dir);

	(void)state;
	for (struct dirent *e; (e = readdir(d));) {
		uint32_t before = 0, last = 0, cp;
		bool tag = false;
		const char *p;

		if (e->d_name[0] == '.')
			continue;
		for (p = fragment(e->d_name); (cp = utf8_next(&p)); before = last, last = cp) {
			tag = cp == '<' || (tag && last != '>');
			if (!tag && last == ' ' &&
				((before > 0x2E80 && ascii_word(cp) && cp != '<') ||
					(ascii_word(before) && before != '>' && cp > 0x2E80)))
				fail_msg("%s: typed space before %.20s", e->d_name, p);
		}
	}
	closedir(d);
}

static void says_what_the_guide_says(void **state)
{
	static const struct {
		const char *file, *text;
	} row[] = {
		{"guide-new.html", "<td class=\"num\">¥1,400.00</td>"},
		{"guide-new.html", "广州市海珠区海洲路38号东升云鼎大厦5楼"},
		{"guide-new.html", "广州市越秀区青龙坊38号首层101房"},
		{"guide-new.html", "href=\"/apply/start.html\""},
		{"guide-new.html", "/api/forms/new/org.pdf"},
		{"guide-new.html", "增加机构数字证书个数"},
		{"guide-new.html", "2021年12月26日起"},
		{"account.html", "7443 9001 8260 0096 874"},
		{"account.html", "data-value=\"7443900182600096874\""},
		{"fees.html", "¥2,200.00"},
		{"fees.html", "变更、注销：免费"},
		{"fees.html", "<li>解锁：免费</li>"},
		{"guide-unlock.html", "<p>免费。</p>"},
		{"guide-change.html", "<p>免费。</p>"},
		{"guide-reissue.html", "每次每张¥200.00"},
		{"hotlines.html", "客服热线：<span class=\"nowrap\">020-89524338</span>"},
		{"post.html", "不接收挂号信"},
		{"agreement.html", "版本2026.1，自2026年1月1日起生效"},
		{"services.html", "/guide/new.html\">增加"},
		{"guide-renew.html", "往返运费由申请方承担"},
	};
	static const char *const parts[] = {
		"for", "ways", "materials", "process", "fees", "pay", "post", "visits", "faq", "help"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		expect(i, strstr(fragment(row[i].file), row[i].text));
	CATALOG_EACH(struct catalog_service, s, &the_catalog()->services)
		for (size_t i = 0; i < ARRAY_LEN(parts) && !text_eq(s->code, "add"); i++)
			expect(i, strstr(fragment(arena_printf(mem, "guide-%s.html", s->code)),
					  arena_printf(mem, "<section id=\"%s\"", parts[i])));
	assert_null(strstr(fragment("guide-revoke.html"), "海珠区"));
	assert_null(strstr(fragment("guide-change.html"), "7443"));
	assert_non_null(strstr(fragment("guide-renew.html"), "/apply/start.html"));
}

/* One link for each form that can be had, and for no other. */
static void all_blank_forms(void **state)
{
	const char *text = fragment("forms.html");
	size_t links = 0, others = 0;

	(void)state;
	CATALOG_EACH(struct catalog_service, s, &the_catalog()->services)
		CATALOG_EACH(struct catalog_holder, h, &the_catalog()->holders) {
			bool open = false;

			CATALOG_EACH(struct catalog_route, r, &s->routes)
				open = open || (r->open && text_eq(r->holder, h->code));
			if (!strstr(text, arena_printf(mem, "\"/api/forms/%s/%s.pdf\"", s->code, h->code)) == open)
				fail_msg("%s %s", s->code, h->code);
			links += open;
			others += !open;
		}
	assert_int_equal(links, 19);
	for (const char *p = text; (p = strstr(p, "<td>不办理</td>")); p++)
		others--;
	assert_int_equal(others, 0);
}

static void escapes(void **state)
{
	struct str s;

	(void)state;
	str_init(&s, mem);
	markup(&s, "<p>%s %y %d%%</p>", "<b>&\"'", (int64_t)140000, (int64_t)7);
	assert_null(strstr(s.at, "<b>"));
	assert_non_null(strstr(s.at, "&lt;b&gt;&amp;"));
	assert_non_null(strstr(s.at, " ¥1,400.00 7%</p>"));
}

static void no_folder(void **state)
{
	(void)state;
	assert_int_equal(guide_write(mem, the_catalog(), "/nowhere/gen"), ERR_DISK);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_files),
		cmocka_unit_test(well_formed),
		cmocka_unit_test(no_typed_space),
		cmocka_unit_test(says_what_the_guide_says),
		cmocka_unit_test(all_blank_forms),
		cmocka_unit_test(escapes),
		cmocka_unit_test(no_folder),
	};

	return cmocka_run_group_tests(tests, write_all, remove_all);
}
