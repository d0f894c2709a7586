#include <string.h>

#include "domain/guide_part.h"

/* One guide page: the routes of one service, or of several with the same effect on certificates (new and add). */
struct page {
	struct str *out;
	const struct catalog *c;
	const struct catalog_service *lead;
	const struct catalog_route **route;
	size_t routes;
};

static void collect(struct page *p)
{
	size_t n = 0;

	CATALOG_EACH(struct catalog_service, s, &p->c->services)
		n += text_eq(s->effect, p->lead->effect) ? s->routes.count : 0;
	p->route = arena_array(p->out->arena, n, sizeof(const struct catalog_route *));
	CATALOG_EACH(struct catalog_service, s, &p->c->services)
		if (text_eq(s->effect, p->lead->effect))
			CATALOG_EACH(struct catalog_route, r, &s->routes)
				p->route[p->routes++] = r;
}

static bool same_subject(const struct catalog_route *a, const struct catalog_route *b)
{
	return text_eq(a->service, b->service) && text_eq(a->holder, b->holder);
}

/* Is this the first route of its service and holder? */
static bool first_of_subject(const struct page *p, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (same_subject(p->route[k], p->route[i]))
			return false;
	return true;
}

/* What a subject is called on this page: the holder, or the service when it is not the page's own. */
static const char *subject(const struct page *p, const struct catalog_route *r)
{
	return text_eq(r->service, p->lead->code) ? catalog_holder(p->c, r->holder)->name
						  : catalog_service(p->c, r->service)->name;
}

static bool has_channel(const struct page *p, const char *channel)
{
	for (size_t i = 0; i < p->routes; i++)
		if (text_eq(p->route[i]->channel, channel))
			return true;
	return false;
}

static bool is_open(const struct page *p, const struct catalog_route *like)
{
	for (size_t i = 0; i < p->routes; i++)
		if (p->route[i]->open && (!like || same_subject(p->route[i], like)))
			return true;
	return false;
}

static void table_head(struct page *p, const char *id, const char *caption, const char *const *columns)
{
	markup(p->out,
		"<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-labelledby=\"%s\">\n<table>\n<caption id=\"%s\">%s</caption>\n"
		"<thead><tr>",
		id, id, caption);
	for (; *columns; columns++)
		markup(p->out, "<th scope=\"col\">%s</th>", *columns);
	str_add(p->out, "</tr></thead>\n<tbody>\n");
}

static void table_end(struct page *p)
{
	str_add(p->out, "</tbody>\n</table>\n</div>\n");
}

static void part_for(struct page *p)
{
	CATALOG_EACH(struct catalog_service, s, &p->c->services)
		if (text_eq(s->effect, p->lead->effect))
			CATALOG_EACH(struct catalog_line, l, &s->purpose)
				markup(p->out, "<p>%s</p>\n", l->content);
	if (!text_eq(p->lead->effect, "issue"))
		return;
	str_add(p->out, "<dl class=\"sum\">\n");
	CATALOG_EACH(struct catalog_holder, h, &p->c->holders)
		markup(p->out, "<div><dt>%s</dt>\n<dd>%s；%s。</dd></div>\n", h->name, h->stands_for, h->seal);
	str_add(p->out,
		"</dl>\n<div class=\"box box-warn\"><p>一张数字证书只写入一枚电子印章。需要几枚印章，就办几张证书。</p></div>\n"
		"<p>数字证书可以用来：</p>\n<ul>\n");
	CATALOG_EACH(struct catalog_line, l, &p->c->uses)
		markup(p->out, "<li>%s</li>\n", l->content);
	str_add(p->out, "</ul>\n<p>数字证书具有法律效力，请妥善保管。</p>\n");
}

static void part_ways(struct page *p)
{
	static const char *const columns[] = {"证书", "途径", "怎么办", "承诺时限", NULL};

	table_head(p, "t-ways", arena_printf(p->out->arena, "%s的办理途径", p->lead->name), columns);
	for (size_t i = 0; i < p->routes; i++) {
		const struct catalog_route *r = p->route[i];

		markup(p->out, "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td><td>%s</td></tr>\n", subject(p, r),
			catalog_channel(p->c, r->channel)->name, r->summary, r->promise);
	}
	table_end(p);
	if (is_open(p, NULL))
		str_add(p->out, "<p><a class=\"btn\" href=\"/apply/start.html\">开始办理</a></p>\n");
}

static bool same_material(const struct catalog_material *a, const struct catalog_material *b)
{
	return text_eq(a->code, b->code) && text_eq(a->name, b->name) && text_eq(a->note, b->note) &&
	       a->copies == b->copies && a->stamped == b->stamped && a->signed_by_hand == b->signed_by_hand &&
	       a->scan == b->scan && a->original == b->original;
}

static const struct catalog_material *in_route(const struct catalog_route *r, const struct catalog_material *m)
{
	CATALOG_EACH(struct catalog_material, o, &r->materials)
		if (same_material(o, m))
			return o;
	return NULL;
}

/* The channels that ask for this material, each with its condition: "邮寄办理、前台办理（提前转账的）". */
static const char *asked_in(
	const struct page *p, const struct catalog_route *like, const struct catalog_material *m, bool *ret_show)
{
	struct str s;

	str_init(&s, p->out->arena);
	*ret_show = false;
	for (size_t i = 0; i < p->routes; i++) {
		const struct catalog_material *o = same_subject(p->route[i], like) ? in_route(p->route[i], m) : NULL;

		if (!o)
			continue;
		if (s.len)
			str_add(&s, "、");
		str_add(&s, catalog_channel(p->c, p->route[i]->channel)->name);
		if (o->condition)
			str_addf(&s, "（%s）", o->condition->text);
		*ret_show = *ret_show || o->show;
	}
	return s.at;
}

static const char *how_given(const struct catalog_material *m)
{
	if (m->scan && m->original)
		return "上传扫描件，再交纸质件";
	if (m->scan)
		return "上传扫描件";
	return m->original ? "交纸质件" : "见说明";
}

static void material_row(struct page *p, const struct catalog_route *r, const struct catalog_material *m)
{
	bool show;
	const char *channels = asked_in(p, r, m, &show);
	const char *mark = m->stamped && m->signed_by_hand ? "签名并盖公章"
			   : m->stamped			   ? "盖公章"
			   : m->signed_by_hand		   ? "手写签名"
							   : "不用";

	markup(p->out, "<tr><th scope=\"row\">%s", m->name);
	if (text_eq(m->code, "m1") && is_open(p, r))
		markup(p->out, "<br><a href=\"/api/forms/%s/%s.pdf\">空白表<span class=\"vh\">：%s</span></a>",
			r->service, r->holder, subject(p, r));
	markup(p->out, "</th><td class=\"num\">%d</td><td>%s%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n", m->copies,
		how_given(m), show ? "；到前台的，另出示原件" : "", mark, channels, m->note ? m->note : "");
}

/* Has a route before the i-th, of the same subject, already brought this row? */
static bool told(const struct page *p, size_t i, const struct catalog_material *m)
{
	for (size_t k = 0; k < i; k++)
		if (same_subject(p->route[k], p->route[i]) && in_route(p->route[k], m))
			return true;
	return false;
}

static void material_table(struct page *p, size_t first)
{
	static const char *const columns[] = {"材料", "份数", "怎么交", "签名盖章", "适用途径", "说明", NULL};
	const struct catalog_route *r = p->route[first];

	markup(p->out, "<h3>%s</h3>\n", subject(p, r));
	table_head(p, arena_printf(p->out->arena, "t-m-%s-%s", r->service, r->holder),
		arena_printf(p->out->arena, "%s要交的材料", subject(p, r)), columns);
	for (size_t i = first; i < p->routes; i++)
		if (same_subject(p->route[i], r))
			CATALOG_EACH(struct catalog_material, m, &p->route[i]->materials)
				if (!told(p, i, m))
					material_row(p, r, m);
	table_end(p);
}

static void part_materials(struct page *p)
{
	for (size_t i = 0; i < p->routes; i++)
		if (first_of_subject(p, i))
			material_table(p, i);
	str_add(p->out, "<p>扫描件要求和样例见<a href=\"/guide/seal.html\">盖章与扫描要求</a>。</p>\n");
}

/* One list of steps per process; routes that share it share the heading. */
static void part_process(struct page *p)
{
	for (size_t i = 0; i < p->routes; i++) {
		const struct catalog_route *r = p->route[i];
		bool before = false;

		for (size_t k = 0; k < i; k++)
			before = before || text_eq(p->route[k]->process, r->process);
		if (before)
			continue;
		markup(p->out, "<h3>%s：%s", catalog_channel(p->c, r->channel)->name, subject(p, r));
		for (size_t k = i + 1; k < p->routes; k++)
			if (text_eq(p->route[k]->process, r->process))
				markup(p->out, "、%s", subject(p, p->route[k]));
		str_add(p->out, "</h3>\n<ol class=\"steps\">\n");
		CATALOG_EACH(struct catalog_line, l, &r->steps)
			markup(p->out, "<li>%s</li>\n", l->content);
		markup(p->out, "</ol>\n<p>承诺时限：%s。</p>\n", r->promise);
	}
	str_add(p->out, "<p>17:00以后或休息日收齐的，从下一个工作日算起。等您补正期间，时限暂停。</p>\n");
}

static bool is_free(const struct page *p)
{
	return !p->routes || catalog_fee_free(catalog_fee(p->c, p->lead->code, p->route[0]->holder));
}

static void fee_table(struct page *p)
{
	guide_fee_head(p->out, p->c, "t-fees", "每张证书的费用，按年限", "证书");
	for (size_t i = 0; i < p->routes; i++) {
		const struct catalog_route *r = p->route[i];

		if (!first_of_subject(p, i))
			continue;
		markup(p->out, "<tr><th scope=\"row\">%s</th>", subject(p, r));
		guide_fee_years(p->out, p->c, catalog_fee(p->c, r->service, r->holder));
		str_add(p->out, "</tr>\n");
	}
	table_end(p);
}

static void part_fees(struct page *p)
{
	const struct catalog_fee *f = p->routes ? catalog_fee(p->c, p->lead->code, p->route[0]->holder) : NULL;

	if (is_free(p)) {
		str_add(p->out, "<p>免费。</p>\n");
		return;
	}
	if (text_eq(f->per, "year"))
		fee_table(p);
	else
		markup(p->out, "<p>每次每张%y。</p>\n", f->first_fen);
	if (f->medium_fen)
		markup(p->out, "<p>首年费用已含介质费%y。</p>\n", f->medium_fen);
	str_add(p->out, "<p>电子发票在办结后1至2个工作日发送到经办人的手机，自然人发送到本人的手机。</p>\n");
}

static bool pays(const struct page *p, const char *method)
{
	for (size_t i = 0; i < p->routes; i++)
		if (catalog_has(&p->route[i]->pay, method))
			return true;
	return false;
}

static void part_pay(struct page *p)
{
	if (is_free(p)) {
		str_add(p->out, "<p>这项业务不用付款。</p>\n");
		return;
	}
	str_add(p->out, "<p>转账须由谁付出：</p>\n<ul>\n");
	CATALOG_EACH(struct catalog_holder, h, &p->c->holders)
		markup(p->out, "<li>%s：%s</li>\n", h->name, h->payer);
	str_add(p->out, "</ul>\n");
	guide_account(p->out, p->c);
	str_add(p->out, "<p>请在备注或款项用途里写上述文字，并附上页面给出的参考码。建议提前1个工作日转账。</p>\n");
	if (pays(p, "counter"))
		str_add(p->out,
			"<p>到前台办理的，可以现场刷卡、付现金或扫码。无法按要求转账的，请选择前台办理。</p>\n");
	if (pays(p, "alipay"))
		str_add(p->out, "<p>网上办理的，可以用支付宝扫码付款，也可以转账。</p>\n");
}

static void part_post(struct page *p)
{
	if (has_channel(p, "post")) {
		str_add(p->out, "<h3>邮寄收件地址</h3>\n");
		guide_post(p->out, p->c);
	}
	CATALOG_EACH(struct catalog_service, s, &p->c->services)
		if (text_eq(s->effect, p->lead->effect)) {
			struct str line;

			str_init(&line, p->out->arena);
			guide_freight(&line, p->c, s->code);
			if (line.len)
				str_add(p->out, arena_printf(p->out->arena, "<p>%s</p>\n", line.at));
		}
	if (has_channel(p, "counter")) {
		str_add(p->out, "<h3>前台地址</h3>\n");
		guide_counter(p->out, p->c);
		str_add(p->out, "<p>前台不收邮件，收件地址不办现场业务。</p>\n");
	}
}

static void part_visits(struct page *p)
{
	str_add(p->out, "<ul>\n");
	CATALOG_EACH(struct catalog_channel, c, &p->c->channels)
		for (size_t i = 0; i < p->routes; i++)
			if (text_eq(p->route[i]->channel, c->code)) {
				markup(p->out, "<li>%s：%d次</li>\n", c->name, p->route[i]->visits);
				break;
			}
	str_add(p->out, "</ul>\n");
	if (has_channel(p, "counter"))
		str_add(p->out, "<p>到场的应是经办人本人，自然人证书应是申请人本人，并带身份证原件。</p>\n");
}

static void part_faq(struct page *p)
{
	CATALOG_EACH(struct catalog_service, s, &p->c->services)
		if (text_eq(s->effect, p->lead->effect))
			CATALOG_EACH(struct catalog_faq, q, &s->faq)
				markup(p->out, "<h3>%s</h3>\n<p>%s</p>\n", q->question, q->content);
}

static void part_help(struct page *p)
{
	str_add(p->out, "<p>对办理有疑问，或对服务不满意，请告诉我们：</p>\n");
	guide_hotlines(p->out, p->c);
}

static const struct {
	const char *id, *title;
	void (*write)(struct page *p);
} parts[] = {
	{"for", "适用对象", part_for},
	{"ways", "办理途径", part_ways},
	{"materials", "材料清单", part_materials},
	{"process", "流程与承诺时限", part_process},
	{"fees", "收费", part_fees},
	{"pay", "付款", part_pay},
	{"post", "邮寄与网点", part_post},
	{"visits", "到场次数", part_visits},
	{"faq", "常见问题", part_faq},
	{"help", "咨询投诉", part_help},
};

void guide_service(struct str *s, const struct catalog *c, const struct catalog_service *lead)
{
	struct page p = {.out = s, .c = c, .lead = lead};

	collect(&p);
	str_add(s, "<nav class=\"toc\" aria-label=\"本页目录\">\n<ol>\n");
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		markup(s, "<li><a href=\"#%s\">%s</a></li>\n", parts[i].id, parts[i].title);
	str_add(s, "</ol>\n</nav>\n");
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		markup(s, "<section id=\"%s\" aria-labelledby=\"%s-t\">\n<h2 id=\"%s-t\">%s</h2>\n", parts[i].id,
			parts[i].id, parts[i].id, parts[i].title);
		parts[i].write(&p);
		str_add(s, "</section>\n");
	}
}
