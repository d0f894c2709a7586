#include "domain/plain.h"

static const char head[] =
	"<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<meta name=\"renderer\" content=\"webkit\">\n<meta name=\"robots\" content=\"noindex\">\n"
	"<link rel=\"icon\" type=\"image/svg+xml\" href=\"/img/mark.svg\">\n<link rel=\"stylesheet\" href=\"/css/site.css\">\n";

static const char top[] =
	"<a class=\"skip\" href=\"#main\">跳到主要内容</a>\n<header class=\"hd\">\n<div class=\"wrap\">\n"
	"<a class=\"hd-name\" href=\"/\"><span><b>证印</b><span>数字证书及电子印章网上办理</span></span></a>\n"
	"<nav aria-label=\"主导航\">\n<ul class=\"hd-nav\">\n<li><a href=\"/guide/\">业务指南</a></li>\n"
	"<li><a href=\"/apply/start.html\">我要办理</a></li>\n"
	"<li><a href=\"/track/\" aria-current=\"true\">进度查询</a></li>\n"
	"<li><a href=\"/guide/outlets.html\">网点</a></li>\n</ul>\n</nav>\n</div>\n</header>\n";

static const char foot[] =
	"<p class=\"acts\"><a href=\"/track/\">查询另一件</a></p>\n</div>\n</main>\n<footer class=\"ft\">\n<div class=\"wrap\">\n<p><a href=\"/guide/outlets.html\">热线和网点</a> · "
	"<a href=\"/about/accessibility.html\">无障碍声明</a> · <a href=\"/about/privacy.html\">隐私政策</a></p>\n"
	"<p class=\"ft-end\">证印 数字证书及电子印章网上办理</p>\n</div>\n</footer>\n</body>\n</html>\n";

void plain_begin(struct str *s, const char *title, bool big)
{
	str_add(s, "<!DOCTYPE html>\n");
	str_add(s, big ? "<html lang=\"zh-CN\" class=\"big\">\n" : "<html lang=\"zh-CN\">\n");
	str_add(s, "<head>\n");
	str_add(s, head);
	markup(s, "<title>%s – 证印</title>\n</head>\n<body>\n", title);
	str_add(s, top);
	markup(s, "<main id=\"main\" class=\"wrap page\" tabindex=\"-1\">\n<div class=\"text\">\n<h1>%s</h1>\n", title);
}

void plain_end(struct str *s)
{
	str_add(s, foot);
}

void plain_faults(struct str *s, const struct faults *faults, const char *say)
{
	if (!faults->count && !say)
		return;
	markup(s, "<div class=\"esum\" id=\"esum\"><div role=\"alert\" aria-labelledby=\"esum-t\">"
		  "<h2 id=\"esum-t\">没有办成</h2>\n<ul>\n");
	for (size_t i = 0; i < faults->count; i++)
		markup(s, "<li><a href=\"#%s\">%s</a></li>\n", faults->at[i].pointer + 1, faults->at[i].detail);
	if (!faults->count)
		markup(s, "<li>%s</li>\n", say);
	str_add(s, "</ul>\n</div></div>\n");
}

static void field(struct str *s, const char *name, const char *label, const char *hint, const char *value)
{
	markup(s,
		"<div class=\"fld\"><label for=\"%s\">%s</label><p class=\"hint\" id=\"%s-h\">%s</p>"
		"<input class=\"w-l\" id=\"%s\" name=\"%s\" type=\"text\" autocomplete=\"off\" value=\"%s\" "
		"aria-describedby=\"%s-h\"></div>\n",
		name, label, name, hint, name, name, value ? value : "", name);
}

void plain_track_form(struct str *s, const char *no, const char *phone, bool sent)
{
	markup(s, "<form method=\"post\" action=\"%s\">\n", sent ? "/api/track/page" : "/api/session/otp/page");
	field(s, "no", "申请单号", "在申请表标题下方和短信里", no);
	field(s, "phone", "手机号码", "申请时填写的经办人手机号", phone);
	if (sent)
		field(s, "code", "短信验证码", "6位数字，10分钟内有效", NULL);
	markup(s, "<div class=\"acts\"><button class=\"btn\" type=\"submit\">%s</button> ",
		sent ? "查询" : "发送验证码");
	if (sent)
		str_add(s, "<a href=\"/track/\">重新发送验证码</a>");
	str_add(s, "</div>\n</form>\n");
}
