#include "unit.h"

#include "base/mask.h"

typedef char *(*masker)(struct arena *a, const char *text);

static const struct {
	masker mask;
	const char *in, *want;
} rows[] = {
	{mask_id, "44010619900101002X", "4401**********002X"},
	{mask_id, "G12345678", "G1*****78"},
	{mask_id, "12345", "1***5"},
	{mask_id, "123", "***"},
	{mask_phone, "13800000000", "138****0000"},
	{mask_phone, "020-12345678", "020*****5678"},
	{mask_phone, "4008301330", "*******330"},
	{mask_phone, "12", "**"},
	{mask_account, "7443900182600096874", "***************6874"},
	{mask_account, "123456", "*****6"},
	{mask_account, "12", "**"},
	{mask_name, "张三", "张*"},
	{mask_name, "王小明", "王*明"},
	{mask_name, "欧阳小明", "欧**明"},
	{mask_name, "𠮷野家", "𠮷*家"},
	{mask_name, "𰻝𰻝", "𰻝*"},
	{mask_name, "买买提·吐尔逊", "买*****逊"},
	{mask_name, "张", "*"},
	{mask_email, "wang@example.com", "w***@example.com"},
	{mask_email, "w@example.com", "w***@example.com"},
	{mask_email, "王明@example.com", "王***@example.com"},
	{mask_email, "@example.com", "***@example.com"},
	{mask_email, "nothing", "***"},
	{mask_address, "广东省广州市海珠区海洲路38号", "广东省广州市海珠区***"},
	{mask_address, "北京市朝阳区某路1号幸福小区", "北京市朝阳区***"},
	{mask_address, "广东省东莞市南城街道东骏路1号花园小区", "广东省东莞市***"},
	{mask_address, "湖南省长沙县星沙街道1号", "湖南省长沙县***"},
	{mask_address, "内蒙古自治区呼和浩特市新城区1号", "内蒙古自治区呼和浩特市新城区***"},
	{mask_address, "香港特别行政区中环1号", "***"},
	{mask_address, "海洲路38号", "***"},
	{mask_address, "广州市", "广州市"},
};

static void table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect_text(i, rows[i].mask(mem, rows[i].in), rows[i].want);
}

static void nothing_stays_nothing(void **state)
{
	static const masker all[] = {mask_id, mask_phone, mask_account, mask_name, mask_email, mask_address};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		expect(i, all[i](mem, NULL) == NULL);
		expect_text(i, all[i](mem, ""), "");
	}
}

/* No mask of a number ever shows more than half of it, whatever its length. */
static void never_more_than_half(void **state)
{
	(void)state;
	for (size_t n = 1; n < 30; n++) {
		char text[31] = "";
		masker all[] = {mask_id, mask_account};

		memset(text, '7', n);
		for (size_t i = 0; i < ARRAY_LEN(all); i++) {
			size_t shown = 0;

			for (const char *p = all[i](mem, text); *p; p++)
				shown += *p != '*';
			expect(n, shown * 2 <= n);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(nothing_stays_nothing),
		cmocka_unit_test(never_more_than_half),
	};

	return UNIT_MAIN(tests);
}
