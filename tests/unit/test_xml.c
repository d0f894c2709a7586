#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/rule.h"
#include "io/xml.h"

struct leaf {
	const char *code, *content;
	int64_t line;
};

struct tree {
	const char *name, *note;
	int64_t count;
	bool open;
	struct texts words;
	struct leaf one;
	struct list leaf;
};

static const struct field leaf_fields[] = {
	TEXT_REQUIRED(struct leaf, code, "代码", 1, 4, NULL),
	TEXT(struct leaf, content, "内容", 1, 100, rule_note),
	{"line", "行", FIELD_INT, FIELD_READONLY, 0, 0, FIELD_AT(struct leaf, line, int64_t), NULL, NULL, NULL},
};
static const struct shape leaf_shape = SHAPE(struct leaf, leaf_fields);
static const struct field tree_fields[] = {
	TEXT(struct tree, name, "名称", 1, 20, NULL),
	TEXT(struct tree, note, "说明", 1, 100, rule_note),
	INT(struct tree, count, "数量", 1, 9),
	BOOL(struct tree, open, "开放"),
	TEXTS(struct tree, words, "词", 0, 3, NULL),
	OBJECT(struct tree, one, "一个", &leaf_shape),
	LIST(struct tree, leaf, "叶", 0, 3, &leaf_shape),
};
static const struct shape tree_shape = SHAPE(struct tree, tree_fields);

static enum err parse(const char *text, struct faults *f, struct xml **ret_xml)
{
	faults_init(f, mem);
	return xml_parse(text, strlen(text), "t.xml", f, ret_xml);
}

static void fills_a_struct(void **state)
{
	static const char text[] =
		"<tree name=' 广州（测试） ' count='3' open='true' words='a  b\n'>\n<note>第一段，\n\t第二行 abc\n\tdef\n\n  第二段</note>\n"
		"<leaf code='x'>𠮷 &amp; &lt;龘&gt;</leaf>\n<one code='o'/>\n<leaf code='y'><![CDATA[<raw>]]></leaf></tree>";
	struct xml *x CLEANUP(xml_done) = NULL;
	struct tree t = {0};
	struct faults f;
	const struct leaf *leaf;

	(void)state;
	assert_int_equal(parse(text, &f, &x), ERR_OK);
	xml_read(x, xml_root(x), &tree_shape, &t, &f);
	assert_int_equal(f.count, 0);
	assert_string_equal(t.name, "广州（测试）");
	assert_int_equal(t.count, 3);
	assert_true(t.open);
	assert_int_equal(t.words.count, 2);
	assert_string_equal(t.words.at[1], "b");
	assert_string_equal(t.note, "第一段，第二行 abc def\n第二段");
	assert_string_equal(t.one.code, "o");
	assert_int_equal(t.leaf.count, 2);
	leaf = t.leaf.at;
	assert_string_equal(leaf[0].content, "𠮷 & <龘>");
	assert_string_equal(leaf[1].content, "<raw>");
	assert_int_equal(leaf[0].line, 8);
}

static void names_the_line(void **state)
{
	static const struct {
		const char *text, *code, *detail;
	} row[] = {
		{"<tree>\n<leaf code='x' colour='red'/></tree>", "unknown", "t.xml:2: <leaf>没有属性colour"},
		{"<tree>\n\n<twig/></tree>", "unknown", "t.xml:3: 这里没有<twig>"},
		{"<tree>\n<leaf/></tree>", "missing", "t.xml:2: 请填写代码"},
		{"<tree>\n<leaf code='12345'/></tree>", "too_long", "t.xml:2: 代码最多4个字，现在是5个"},
		{"<tree count='10'/>", "range", "t.xml:1: 数量应在1至9之间"},
		{"<tree>\n<one code='a'/>\n<one code='b'/></tree>", "repeated", "t.xml:3: <one>只能有一个"},
		{"<tree>\n<leaf code='a' line='7'/></tree>", "unknown", "t.xml:2: <leaf>没有属性line"},
		{"<tree xmlns:z='urn:z' z:name='a'/>", "unknown", "t.xml:1: <tree>没有属性name"},
		{"<tree leaf='a'/>", "unknown", "t.xml:1: <tree>没有属性leaf"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct xml *x CLEANUP(xml_done) = NULL;
		struct tree t = {0};
		struct faults f;

		expect(i, parse(row[i].text, &f, &x) == ERR_OK);
		xml_read(x, xml_root(x), &tree_shape, &t, &f);
		expect(i, f.count == 1);
		expect_text(i, f.at[0].code, row[i].code);
		expect_text(i, f.at[0].detail, row[i].detail);
	}
}

static void refuses(void **state)
{
	static const struct {
		const char *text, *code;
	} row[] = {
		{"<!DOCTYPE tree><tree/>", "dtd"},
		{"<?xml version='1.0'?>\n<!DOCTYPE tree SYSTEM 'file:///etc/passwd'>\n<tree/>", "dtd"},
		{"<!DOCTYPE tree [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><tree name='&b;'/>", "dtd"},
		{"<!DOCTYPE tree [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><tree><note>&x;</note></tree>", "dtd"},
		{"<tree name='&x;'/>", "xml"},
		{"<tree>", "xml"},
		{"", "xml"},
		{"文字", "xml"},
		{"<tree/><tree/>", "xml"},
		{"<tree name='a' name='b'/>", "xml"},
		{"<tree name='\xff'/>", "xml"},
		{"<tree name='&#0;'/>", "xml"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct xml *x CLEANUP(xml_done) = NULL;
		struct faults f;

		expect(i, parse(row[i].text, &f, &x) == ERR_INVALID);
		expect(i, x == NULL);
		expect(i, f.count == 1);
		expect_text(i, f.at[0].code, row[i].code);
		expect(i, strncmp(f.at[0].detail, "t.xml:", 6) == 0);
	}
}

/* A file beside the document, named by an entity, must never be opened: its text would show up. */
static void reads_no_other_file(void **state)
{
	char secret[] = "/tmp/test_xml.XXXXXX", text[256];
	int fd = mkstemp(secret);
	struct xml *x CLEANUP(xml_done) = NULL;
	struct faults f;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "秘密", strlen("秘密")), (ssize_t)strlen("秘密"));
	close(fd);
	snprintf(text, sizeof text,
		"<tree xmlns:i='http://www.w3.org/2001/XInclude'><i:include href='%s' parse='text'/></tree>", secret);
	assert_int_equal(parse(text, &f, &x), ERR_OK);
	assert_string_equal(xml_text(mem, xml_root(x)), "");
	xml_done(&x);
	snprintf(text, sizeof text, "<!DOCTYPE t [<!ENTITY e SYSTEM '%s'>]><t>&e;</t>", secret);
	assert_int_equal(parse(text, &f, &x), ERR_INVALID);
	assert_null(strstr(f.at[0].detail, "秘密"));
	unlink(secret);
}

static void bounds(void **state)
{
	enum { DEEP = XML_MAX_DEPTH + 1 };
	size_t n = XML_MAX_BYTES + 1;
	char *large = arena_alloc(mem, n), deep[DEEP * 7 + 1];
	struct xml *x CLEANUP(xml_done) = NULL;
	struct faults f;
	int len = 0;

	(void)state;
	memset(large, ' ', n);
	memcpy(large, "<t/>", 4);
	faults_init(&f, mem);
	assert_int_equal(xml_parse(large, n, "t.xml", &f, &x), ERR_TOO_LARGE);
	assert_int_equal(xml_parse(large, n - 1, "t.xml", &f, &x), ERR_OK);
	xml_done(&x);
	for (int i = 0; i < DEEP; i++)
		len += snprintf(deep + len, sizeof deep - (size_t)len, "<a>");
	for (int i = 0; i < DEEP; i++)
		len += snprintf(deep + len, sizeof deep - (size_t)len, "</a>");
	assert_int_equal(parse(deep, &f, &x), ERR_INVALID);
	assert_string_equal(f.at[0].code, "too_deep");
	deep[len - 4] = '\0';
	assert_int_equal(parse(deep + 3, &f, &x), ERR_OK);
}

static void foreign_encodings(void **state)
{
	static const char gbk[] = "<?xml version='1.0' encoding='GBK'?><t>\xb9\xe3\xd6\xdd</t>";
	struct xml *x CLEANUP(xml_done) = NULL;
	struct faults f;

	(void)state;
	assert_int_equal(parse(gbk, &f, &x), ERR_OK);
	assert_string_equal(xml_text(mem, xml_root(x)), "广州");
}

static void missing_files(void **state)
{
	struct xml *x CLEANUP(xml_done) = NULL;
	struct faults f;

	(void)state;
	faults_init(&f, mem);
	assert_int_equal(xml_load("/nowhere/catalog.xml", &f, &x), ERR_NOT_FOUND);
	assert_int_equal(strncmp(f.at[0].detail, "catalog.xml:0: ", 15), 0);
	assert_int_equal(parse("<t/>", &f, &x), ERR_OK);
	assert_int_equal(xml_validate(x, "/nowhere/catalog.rng", &f), ERR_INTERNAL);
	xml_free(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_a_struct),
		cmocka_unit_test(names_the_line),
		cmocka_unit_test(refuses),
		cmocka_unit_test(reads_no_other_file),
		cmocka_unit_test(bounds),
		cmocka_unit_test(foreign_encodings),
		cmocka_unit_test(missing_files),
	};

	return UNIT_MAIN(tests);
}
