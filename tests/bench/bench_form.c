/* How long one set of the printed form takes, and how many bytes it has: two copies, one certificate, a rare character.
 * With a path as argument the form is also written there, to be looked at; "blank" as a second one writes the blank
 * form, a number that many seals. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "domain/form_draw.h"
#include "domain/form_layout.h"

static const struct form_value values[] = {
	{"/service", "新申请"},
	{"/holder", "机构数字证书"},
	{"/channel", "邮寄办理"},
	{"/years", "3 年"},
	{"/unit/name", "广州市天河区石牌街道龙洞幼儿园（筹）"},
	{"/unit/kind", "事业单位"},
	{"/unit/uscc", "12440106MB2D00001X"},
	{"/unit/licence_kind", "事业单位法人证书副本"},
	{"/unit/licence_until", "2029年12月31日"},
	{"/unit/legal_rep", "𠮷田䶮"},
	{"/unit/phone", "020-89524338"},
	{"/unit/address", "广东省广州市天河区龙洞街道迎龙路168号B座12楼1203—1205室"},
	{"/agent/name", "王𬭊"},
	{"/agent/phone", "13800138000"},
	{"/agent/id_type", "居民身份证"},
	{"/agent/id_number", "44010619900101002X"},
	{"/agent/email", "jingbanren@example.gov.cn"},
	{"/delivery/mode", "顺丰快递寄回"},
	{"/delivery/name", "王𬭊"},
	{"/delivery/phone", "13800138000"},
	{"/delivery/province", "广东省"},
	{"/delivery/city", "广州市"},
	{"/delivery/district", "天河区"},
	{"/delivery/address", "龙洞街道迎龙路168号B座12楼"},
	{"/invoice/kind", "电子普通发票"},
	{"/invoice/title", "广州市天河区石牌街道龙洞幼儿园（筹）"},
	{"/invoice/tax_number", "12440106MB2D00001X"},
};

static struct form_item items[FORM_ITEMS_MAX];

static const char *const rare[] = {
	"/usr/share/fonts/truetype/hanazono/HanaMinA.ttf", "/usr/share/fonts/truetype/hanazono/HanaMinB.ttf", NULL};

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int save(const char *path, const struct bytes *file)
{
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(file->at, 1, file->len, f) != file->len || fclose(f) != 0) {
		perror(path);
		return 1;
	}
	return 0;
}

static enum err draw(
	struct arena *a, const struct fonts *fonts, const char *how, struct bytes *ret_file, int *ret_pages)
{
	struct form_paper paper = {
		.parts = FORM_WITH_YEARS | FORM_WITH_FEE | FORM_WITH_PARCEL | FORM_WITH_IMPRESSIONS,
		.holder = "org",
		.title = "机构数字证书及电子印章申请表（政府采购业务）",
		.no = "GD20261122000001I",
		.version = 3,
		.copies = 2,
		.frozen_at = 1795327633,
		.amount_fen = 140000,
		.value = values,
		.value_count = ARRAY_LEN(values),
		.item = items,
		.item_count = 1,
		.post_address = "广州市海珠区海洲路38号东升云鼎大厦5楼　广东省电子商务认证有限公司　蔡先生　4008301330",
		.hotline = "020-89524338、4008301330",
		.mac_key = (const unsigned char *)"bench key of thirty-two bytes ..",
		.mac_key_len = 32,
	};
	struct faults faults;

	faults_init(&faults, a);
	if (how && strcmp(how, "blank") == 0) {
		paper.blank = true;
		paper.value_count = 3;
		paper.copies = 1;
	} else if (how) {
		paper.item_count = (size_t)strtoul(how, NULL, 10);
	}
	if (form_draw(a, fonts, &paper, ret_file, ret_pages, &faults) == ERR_OK)
		return ERR_OK;
	for (size_t i = 0; i < faults.count; i++)
		fprintf(stderr, "%s: %s\n", faults.at[i].pointer, faults.at[i].detail);
	return ERR_INVALID;
}

int main(int argc, char **argv)
{
	enum { ROUNDS = 50 };
	struct arena *a = arena_new();
	struct fonts *fonts;
	struct bytes file;
	double start, ms;
	int pages;

	for (size_t i = 0; i < FORM_ITEMS_MAX; i++)
		items[i] = (struct form_item){"单位公章", "广州市天河区石牌街道龙洞幼儿园（筹）", NULL};
	start = now_ms();
	if (fonts_load("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", rare, &fonts) != ERR_OK)
		return 1;
	printf("BENCH form_fonts_ms %.1f ms\n", now_ms() - start);
	if (draw(a, fonts, argc > 2 ? argv[2] : NULL, &file, &pages) != ERR_OK)
		return 1;
	if (argc > 1 && save(argv[1], &file) != 0)
		return 1;
	start = now_ms();
	for (int i = 0; i < ROUNDS; i++) {
		arena_reset(a);
		if (draw(a, fonts, argc > 2 ? argv[2] : NULL, &file, &pages) != ERR_OK)
			return 1;
	}
	ms = (now_ms() - start) / ROUNDS;
	printf("BENCH form_ms %.2f ms\nBENCH form_bytes %zu bytes\nBENCH form_pages %d pages\n", ms, file.len, pages);
	fonts_free(fonts);
	arena_free(a);
	return 0;
}
