#include "unit.h"

#include "base/english_html.h"

static const char dictionary[] =
	"办理\n\tApply\n复制\n\tCopy\n账号\n\taccount\n也可以\n\tOr\n到前台\n\tgo to the counter\n"
	"。\n\t.\n，当场缴费\n\tand pay\n时间：\n\tTime:\n银行\n\t=\n选「我的证书」\n\tChoose “Mine” (我的证书)\n"
	"一 & 二\n\tOne & two\n";

static void markup(void **state)
{
	static const struct {
		const char *chinese, *english;
	} rows[] = {
		{"<h1 class=\"x\">办理</h1>\n", "<h1 class=\"x\">Apply</h1>\n"},
		{"<html lang=\"zh-CN\" class=\"\">", "<html lang=\"en\" class=\"\">"},
		{"<p>\n办理\n</p>", "<p>\nApply\n</p>"},
		{"<button>复制<span class=\"vh\">账号</span></button>",
			"<button>Copy <span class=\"vh\">account</span></button>"},
		{"<p>也可以<a href=\"/guide/pay.html\">到前台</a></p>",
			"<p>Or <a href=\"/en/guide/pay.html\">go to the counter</a></p>"},
		{"<p>也可以<a href=\"x.html\">到前台</a>，当场缴费</p>",
			"<p>Or <a href=\"x.html\">go to the counter</a> and pay</p>"},
		{"<p>也可以<a href=\"#a\">到前台</a>。</p>", "<p>Or <a href=\"#a\">go to the counter</a>.</p>"},
		{"<p><b>办理</b><span>复制</span></p><p>账号</p>",
			"<p><b>Apply</b> <span>Copy</span></p><p>account</p>"},
		{"<p>时间：<span id=\"t\"></span></p>", "<p>Time: <span id=\"t\"></span></p>"},
		{"<dd data-value=\"银行\">银行</dd>", "<dd data-value=\"银行\"><span lang=\"zh-CN\">银行</span></dd>"},
		{"<p>选「我的证书」</p>", "<p>Choose “Mine” (<span lang=\"zh-CN\">我的证书</span>)</p>"},
		{"<p>一 &amp; 二</p>", "<p>One &amp; two</p>"},
		{"<a href=\"/\" lang=\"zh-CN\">办理</a><b>办理</b>",
			"<a href=\"/en/\" lang=\"zh-CN\">办理</a> <b>Apply</b>"},
		{"<nav aria-label=\"办理\"><img alt=\"复制\" src=\"/img/a.png\">",
			"<nav aria-label=\"Apply\"><img alt=\"Copy\" src=\"/img/a.png\">"},
		{"<a href=\"/guide/\"<!--# if expr=\"$nav = guide\" --> aria-current=\"true\"<!--# endif -->>办理</a>",
			"<a href=\"/en/guide/\"<!--# if expr=\"$nav = guide\" --> aria-current=\"true\"<!--# endif -->>Apply</a>"},
		{"<script defer src=\"/v/<!--# echo var=\"zy_release\" default=\"0\" -->/js/i18n/zh-CN-rate.js\"></script>",
			"<script defer src=\"/v/<!--# echo var=\"zy_release\" default=\"0\" -->/js/i18n/en-rate.js\"></script>"},
		{"<!--# include virtual=\"/_inc/head.html\" -->", "<!--# include virtual=\"/en/_inc/head.html\" -->"},
		{"<!--# set var=\"page\" value=\"/track/\" -->",
			"<!--# set var=\"en\" value=\"/en\" --><!--# set var=\"page\" value=\"/track/\" -->"},
		{"<meta name=\"robots\" content=\"<!--# echo var='robots' -->\">",
			"<meta name=\"robots\" content=\"<!--# echo var='robots' -->\">"},
		{"<a href=\"/verify.html?no=1#a\">办理</a>", "<a href=\"/en/verify.html?no=1#a\">Apply</a>"},
		{"<a href=\"/staff/login.html\">办理</a>", "<a href=\"/staff/login.html\">Apply</a>"},
		{"<a href=\"/api/forms/new/org.pdf\">办理</a>", "<a href=\"/api/forms/new/org.pdf\">Apply</a>"},
		{"<p>没有闭合 <b", "<p><span lang=\"zh-CN\">没有闭合</span> <b"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct english *e = english_new(mem);
		struct str s;

		assert_int_equal(english_read(e, dictionary), 0);
		str_init(&s, mem);
		english_html(e, rows[i].chinese, NULL, &s, NULL);
		expect_text(i, s.at, rows[i].english);
	}
}

static void what_is_missing_is_named(void **state)
{
	struct english *e = english_new(mem);
	struct str s, missing;

	(void)state;
	assert_int_equal(english_read(e, dictionary), 0);
	str_init(&s, mem);
	str_init(&missing, mem);
	english_html(e, "<title>没有</title><p title=\"也没有\">办理</p><dd>银行</dd>", "guide/new.html", &s, &missing);
	assert_string_equal(
		s.at, "<title>没有</title><p title=\"也没有\">Apply</p><dd><span lang=\"zh-CN\">银行</span></dd>");
	assert_string_equal(missing.at, "guide/new.html: 没有\nguide/new.html: 也没有\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(markup),
		cmocka_unit_test(what_is_missing_is_named),
	};

	return UNIT_MAIN(tests);
}
