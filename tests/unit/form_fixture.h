#ifndef FORM_FIXTURE_H
#define FORM_FIXTURE_H

/* Every form of the shipped catalogue, with a value in every field.  Includes unit.h first. */

#include "catalog_fixture.h"
#include "domain/form.h"
#include "domain/form_draw.h"
#include "domain/form_layout.h"

static const unsigned char form_key[] = "a key of thirty-two bytes, surely";

static const struct form_value form_values[] = {
	{"/years", "3年"},
	{"/count", "1张"},
	{"/unit/name", "广州市<龙洞>&\"幼儿园\"（筹）"},
	{"/unit/kind", "事业单位"},
	{"/unit/uscc", "12440106MB2D00001X"},
	{"/unit/licence_kind", "事业单位法人证书副本"},
	{"/unit/licence_until", "2029年12月31日"},
	{"/unit/legal_rep", "𠮷田䶮"},
	{"/unit/phone", "020-89524338"},
	{"/unit/address", "广东省广州市天河区龙洞街道迎龙路168号B座12楼1203—1205室"},
	{"/person/name", "欧阳𬭊"},
	{"/person/title", "副园长"},
	{"/person/id_type", "居民身份证"},
	{"/person/id_number", "440106198503070028"},
	{"/person/phone", "13900139000"},
	{"/person/email", "shenqingren@example.gov.cn"},
	{"/person/address", "广东省广州市天河区龙洞街道迎龙路170号3栋2单元1001房"},
	{"/agent/name", "王𬭊"},
	{"/agent/phone", "13800138000"},
	{"/agent/id_type", "居民身份证"},
	{"/agent/id_number", "44010619900101002X"},
	{"/agent/email", "jingbanren@example.gov.cn"},
	{"/change/items", "单位名称、单位法定地址"},
	{"/change/before", "广州市龙洞幼儿园"},
	{"/change/after", "广州市龙洞幼儿园（筹）"},
	{"/reason", "UKey遗失"},
	{"/amount", "¥1,400.00"},
	{"/amount_words", "人民币壹仟肆佰元整"},
	{"/delivery/mode", "顺丰快递"},
	{"/delivery/name", "王𬭊"},
	{"/delivery/phone", "13800138000"},
	{"/delivery/province", "广东省"},
	{"/delivery/city", "广州市"},
	{"/delivery/district", "天河区"},
	{"/delivery/address", "龙洞街道迎龙路168号"},
	{"/invoice/kind", "增值税普通发票"},
	{"/invoice/title", "广州市龙洞幼儿园（筹）"},
	{"/invoice/tax_number", "12440106MB2D00001X"},
};

/* One sheet of paper to draw; the values may be changed in place. */
struct form_case {
	struct form_paper paper;
	struct form_value value[ARRAY_LEN(form_values) + 3];
	struct form_item item[FORM_ITEMS_MAX];
	const struct catalog_route *route;
};

/* The way of a service that wants a form; NULL: there is none for this holder. */
static inline const struct catalog_route *form_route(const struct catalog_service *s, const char *holder)
{
	CATALOG_EACH(struct catalog_route, r, &s->routes)
		if (text_eq(r->holder, holder) && r->copies)
			return r;
	return NULL;
}

static inline struct form_case *form_case(const struct catalog_route *route, bool blank)
{
	const struct catalog *cat = the_catalog();
	struct form_case *c = arena_alloc(mem, sizeof *c);
	size_t n = 0;

	c->route = route;
	memcpy(c->value + 3, form_values, sizeof form_values);
	c->value[n++] = (struct form_value){"/service", catalog_service(cat, route->service)->name};
	c->value[n++] = (struct form_value){"/holder", catalog_holder(cat, route->holder)->name};
	c->value[n++] = (struct form_value){"/channel", catalog_channel(cat, route->channel)->name};
	for (size_t i = 0; i < FORM_ITEMS_MAX; i++)
		c->item[i] = (struct form_item){text_eq(route->holder, "org") ? "单位公章" : "私章",
			text_eq(route->holder, "org") ? "广州市龙洞幼儿园（筹）" : "欧阳𬭊", "4A9F00C17E23D5B8",
			!text_eq(route->holder, "org")};
	c->paper = (struct form_paper){
		.parts = form_parts(the_catalog(), route),
		.holder = route->holder,
		.title = catalog_holder(cat, route->holder)->form_title,
		.no = "GD20261122000001I",
		.version = 3,
		.copies = (int)route->copies,
		.frozen_at = 1795327633,
		.amount_fen = 140000,
		.value = c->value,
		.value_count = blank ? 2 : ARRAY_LEN(c->value),
		.item = c->item,
		.item_count = 1,
		.post_address = "广州市海珠区海洲路38号东升云鼎大厦5楼 蔡先生收 4008301330",
		.hotline = "020-89524338",
		.mac_key = form_key,
		.mac_key_len = sizeof form_key - 1,
		.blank = blank,
	};
	return c;
}

static inline void form_put(struct form_case *c, const char *pointer, const char *text)
{
	for (size_t i = 0; i < c->paper.value_count; i++)
		if (text_eq(c->value[i].pointer, pointer)) {
			c->value[i].text = text;
			return;
		}
	fail_msg("no value at %s", pointer);
}

/* count times the text */
static inline const char *times(const char *text, int count)
{
	struct str s;

	str_init(&s, mem);
	while (count--)
		str_add(&s, text);
	return s.at;
}

/* All that may be long, as long as it may be; 20 certificates. */
static inline struct form_case *form_long_case(const struct catalog_route *route)
{
	struct form_case *c = form_case(route, false);

	form_put(c, "/unit/name", times("𠮷龙䶮（筹）", 21));
	form_put(c, "/unit/address", times("广州市天河区", 21));
	form_put(c, "/unit/legal_rep", times("买买提·", 12));
	form_put(c, "/person/name", times("买买提·", 12));
	form_put(c, "/person/title", times("主任", 25));
	form_put(c, "/person/address", times("广州市天河区", 21));
	form_put(c, "/agent/name", times("阿卜杜·", 12));
	form_put(c, "/agent/email", arena_printf(mem, "%s@example.com", times("abcdefghij", 10)));
	form_put(c, "/change/before", times("广州市龙洞幼儿园，", 33));
	form_put(c, "/change/after", times("广州市龙洞幼儿园。", 33));
	form_put(c, "/invoice/title", times("（筹）", 42));
	form_put(c, "/delivery/address", times("迎龙路168号", 15));
	for (size_t i = 0; i < FORM_ITEMS_MAX; i++)
		c->item[i].seal_name = arena_printf(
			mem, "%s%zu号章", times("广州市龙洞幼儿园（筹）", 1 + (int)i % 10), i + 1);
	c->paper.item_count = FORM_ITEMS_MAX;
	c->paper.amount_fen = 4400000;
	return c;
}

#endif
