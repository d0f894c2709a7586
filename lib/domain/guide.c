#include "domain/guide.h"

#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "domain/fee.h"
#include "domain/guide_part.h"
#include "io/file.h"

static char *by_fours(struct arena *a, const char *digits)
{
	struct str s;

	str_init(&s, a);
	for (size_t i = 0; digits[i]; i++) {
		if (i && i % 4 == 0)
			str_addc(&s, ' ');
		str_addc(&s, digits[i]);
	}
	return s.at;
}

static void copy_row(struct str *s, const char *id, const char *label, const char *shown, const char *value)
{
	markup(s,
		"<div><dt>%s</dt><dd id=\"%s\" data-value=\"%s\">%s</dd><dd><button type=\"button\" class=\"btn btn-2 btn-s\" "
		"data-copy=\"%s\" hidden data-js>复制<span class=\"vh\">%s</span></button></dd></div>\n",
		label, id, value, shown, id, label);
}

static void row(struct str *s, const char *label, const char *value)
{
	markup(s, "<div><dt>%s</dt><dd>%s</dd></div>\n", label, value);
}

void guide_account(struct str *s, const struct catalog *c)
{
	const struct catalog_payee *p = &c->payee;

	str_add(s, "<dl class=\"sum\">\n");
	copy_row(s, "account-name", "开户名", p->name, p->name);
	copy_row(s, "account-bank", "开户行", p->bank, p->bank);
	copy_row(s, "account-no", "账号", by_fours(s->arena, p->account), p->account);
	copy_row(s, "account-remark", "备注或款项用途", p->remark, p->remark);
	str_add(s, "</dl>\n");
}

void guide_post(struct str *s, const struct catalog *c)
{
	const struct catalog_post *p = &c->post;

	str_add(s, "<dl class=\"sum\">\n");
	row(s, "收件单位", p->company);
	copy_row(s, "post-receiver", "收件人", p->receiver, p->receiver);
	copy_row(s, "post-address", "收件地址", p->address, p->address);
	copy_row(s, "post-phone", "联系电话", p->phone, p->phone);
	str_add(s, "</dl>\n");
	if (p->note)
		markup(s, "<p>%s</p>\n", p->note);
}

void guide_counter(struct str *s, const struct catalog *c)
{
	CATALOG_EACH(struct catalog_counter, k, &c->counters) {
		str_add(s, "<dl class=\"sum\">\n");
		row(s, "办理地点", k->name);
		row(s, "地址", k->address);
		row(s, "营业时间", k->hours);
		row(s, "电话", k->phone);
		str_add(s, "</dl>\n");
	}
}

void guide_hotlines(struct str *s, const struct catalog *c)
{
	str_add(s, "<ul>\n");
	CATALOG_EACH(struct catalog_hotline, h, &c->hotlines)
		markup(s, "<li>%s：<span class=\"nowrap\">%s</span></li>\n", h->name, h->value);
	CATALOG_EACH(struct catalog_counter, k, &c->counters) {
		str_add(s, "<li>办公时间");
		if (c->counters.count > 1)
			markup(s, "（%s）", k->name);
		markup(s, "：%s</li>\n", k->hours);
	}
	str_add(s, "</ul>\n");
}

static const struct catalog_freight *last_freight(const struct catalog *c, const char *service)
{
	const struct catalog_freight *last = NULL;

	CATALOG_EACH(struct catalog_freight, f, &c->freight)
		if (catalog_has(&f->services, service) && (!last || date_cmp(f->from, last->from) > 0))
			last = f;
	return last;
}

void guide_freight(struct str *s, const struct catalog *c, const char *service)
{
	const struct catalog_freight *f = last_freight(c, service);

	if (!f)
		return;
	markup(s, "%s：", catalog_service(c, service)->name);
	if (text_eq(f->mode, "prepaid"))
		markup(s, "%s起提交的申请，办结后用顺丰寄回，运费由我们承担。", date_chinese(s->arena, f->from));
	else
		str_add(s, "往返运费由申请方承担，寄回时顺丰到付。");
}

void guide_fee_head(struct str *s, const struct catalog *c, const char *id, const char *caption, const char *first)
{
	markup(s,
		"<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-labelledby=\"%s\">\n<table>\n<caption id=\"%s\">%s</caption>\n"
		"<thead><tr><th scope=\"col\">%s</th>",
		id, id, caption, first);
	for (int64_t y = 1; y <= c->limits.years_max; y++)
		markup(s, "<th scope=\"col\" class=\"num\">%d年</th>", y);
	str_add(s, "</tr></thead>\n<tbody>\n");
}

void guide_fee_years(struct str *s, const struct catalog *c, const struct catalog_fee *fee)
{
	for (int64_t y = 1; y <= c->limits.years_max; y++)
		markup(s, "<td class=\"num\">%y</td>", fee->first_fen + (y - 1) * fee->next_fen);
}

static const char *names(const struct catalog *c, struct arena *a, const struct texts *codes, bool services)
{
	struct str s;

	str_init(&s, a);
	for (size_t i = 0; i < codes->count; i++) {
		if (i)
			str_add(&s, "、");
		str_add(&s, services ? catalog_service(c, codes->at[i])->name : catalog_holder(c, codes->at[i])->name);
	}
	return s.at;
}

static void fees(struct str *s, const struct catalog *c)
{
	guide_fee_head(s, c, "fees-years", "每张证书的费用，按年限", "业务和证书");
	CATALOG_EACH(struct catalog_fee, f, &c->fees) {
		if (!text_eq(f->per, "year"))
			continue;
		markup(s, "<tr><th scope=\"row\">%s：%s</th>", names(c, s->arena, &f->services, true),
			names(c, s->arena, &f->holders, false));
		guide_fee_years(s, c, f);
		str_add(s, "</tr>\n");
	}
	str_add(s, "</tbody>\n</table>\n</div>\n<ul>\n");
	CATALOG_EACH(struct catalog_fee, f, &c->fees) {
		const char *services = names(c, s->arena, &f->services, true);

		if (catalog_fee_free(f))
			markup(s, "<li>%s：免费</li>\n", services);
		else if (f->medium_fen)
			markup(s, "<li>%s（%s）：首年%y，已含介质费%y；次年起每年%y</li>\n", services,
				names(c, s->arena, &f->holders, false), f->first_fen, f->medium_fen, f->next_fen);
		else if (text_eq(f->per, "time"))
			markup(s, "<li>%s：每次每张%y</li>\n", services, f->first_fen);
	}
	str_add(s, "</ul>\n");
}

/* The guide a service is explained in: that of the first service with the same effect. */
static const struct catalog_service *lead_of(const struct catalog *c, const struct catalog_service *s)
{
	CATALOG_EACH(struct catalog_service, o, &c->services)
		if (text_eq(o->effect, s->effect))
			return o;
	return s;
}

static void services(struct str *s, const struct catalog *c)
{
	str_add(s, "<ul class=\"cards\">\n");
	CATALOG_EACH(struct catalog_service, v, &c->services)
		markup(s, "<li><a href=\"/guide/%s.html\">%s</a> <span>%s</span></li>\n", lead_of(c, v)->code, v->name,
			v->summary);
	str_add(s, "</ul>\n");
}

static bool is_offered(const struct catalog_service *v, const char *holder)
{
	CATALOG_EACH(struct catalog_route, r, &v->routes)
		if (r->open && text_eq(r->holder, holder))
			return true;
	return false;
}

static void forms(struct str *s, const struct catalog *c)
{
	str_add(s,
		"<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-labelledby=\"forms-t\">\n<table>\n"
		"<caption id=\"forms-t\">数字证书及电子印章空白申请表，PDF，A4</caption>\n<thead><tr><th scope=\"col\">业务</th>");
	CATALOG_EACH(struct catalog_holder, h, &c->holders)
		markup(s, "<th scope=\"col\">%s</th>", h->name);
	str_add(s, "</tr></thead>\n<tbody>\n");
	CATALOG_EACH(struct catalog_service, v, &c->services) {
		markup(s, "<tr><th scope=\"row\">%s</th>", v->name);
		CATALOG_EACH(struct catalog_holder, h, &c->holders) {
			if (is_offered(v, h->code))
				markup(s,
					"<td><a href=\"/api/forms/%s/%s.pdf\" aria-label=\"下载：%s，%s\">下载</a></td>",
					v->code, h->code, v->name, h->name);
			else
				str_add(s, "<td>不办理</td>");
		}
		str_add(s, "</tr>\n");
	}
	str_add(s, "</tbody>\n</table>\n</div>\n");
}

static void faq(struct str *s, const struct catalog *c)
{
	CATALOG_EACH(struct catalog_service, v, &c->services) {
		markup(s, "<h2 id=\"faq-%s\">%s</h2>\n", v->code, v->name);
		CATALOG_EACH(struct catalog_faq, q, &v->faq)
			markup(s, "<h3>%s</h3>\n<p>%s</p>\n", q->question, q->content);
	}
}

static void freight(struct str *s, const struct catalog *c)
{
	str_add(s, "<ul>\n");
	CATALOG_EACH(struct catalog_service, v, &c->services)
		if (last_freight(c, v->code)) {
			str_add(s, "<li>");
			guide_freight(s, c, v->code);
			str_add(s, "</li>\n");
		}
	str_add(s, "</ul>\n");
}

static void states(struct str *s, const struct catalog *c)
{
	str_add(s, "<dl>\n");
	CATALOG_EACH(struct catalog_state, t, &c->states)
		markup(s, "<dt>%s</dt>\n<dd>%s</dd>\n", t->name, t->text);
	str_add(s, "</dl>\n");
}

static void consent(struct str *s, const struct catalog_consent *k)
{
	markup(s, "<p class=\"muted small\">版本%s，自%s起生效</p>\n", k->version,
		date_chinese(s->arena, k->effective));
	CATALOG_EACH(struct catalog_section, part, &k->sections) {
		markup(s, "<h2>%s</h2>\n", part->title);
		for (const char *p = part->content; *p;) {
			size_t n = strcspn(p, "\n");

			markup(s, "<p>%s</p>\n", arena_textn(s->arena, p, n));
			p += n + (p[n] == '\n');
		}
	}
}

static enum err save(struct arena *a, const char *dir, const char *name, const struct str *s)
{
	return file_write(
		a, arena_printf(a, "%s/%s", dir, name), 0644, (struct bytes){(const unsigned char *)s->at, s->len});
}

static enum err save_services(struct arena *a, const struct catalog *c, const char *dir)
{
	enum err e = ERR_OK;

	CATALOG_EACH(struct catalog_service, v, &c->services) {
		struct str s;

		if (e != ERR_OK || lead_of(c, v) != v)
			continue;
		str_init(&s, a);
		guide_service(&s, c, v);
		e = save(a, dir, arena_printf(a, "guide-%s.html", v->code), &s);
	}
	return e;
}

static enum err save_consents(struct arena *a, const struct catalog *c, const char *dir)
{
	enum err e = ERR_OK;

	CATALOG_EACH(struct catalog_consent, k, &c->consents) {
		struct str s;

		if (e != ERR_OK)
			break;
		str_init(&s, a);
		consent(&s, k);
		e = save(a, dir, arena_printf(a, "%s.html", k->code), &s);
	}
	return e;
}

enum err guide_write(struct arena *a, const struct catalog *c, const char *dir)
{
	static const struct {
		const char *name;
		void (*write)(struct str *s, const struct catalog *c);
	} files[] = {
		{"services.html", services},
		{"fees.html", fees},
		{"forms.html", forms},
		{"faq.html", faq},
		{"account.html", guide_account},
		{"post.html", guide_post},
		{"counter.html", guide_counter},
		{"hotlines.html", guide_hotlines},
		{"freight.html", freight},
		{"states.html", states},
	};
	enum err e;

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct str s;

		str_init(&s, a);
		files[i].write(&s, c);
		e = save(a, dir, files[i].name, &s);
		if (e != ERR_OK)
			return e;
	}
	e = save_services(a, c, dir);
	if (e == ERR_OK)
		e = save_consents(a, c, dir);
	return e;
}
