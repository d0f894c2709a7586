/* The rules: what was seen on pages becomes sentences.  One table for a page, a few functions for what several pages say
 * together. */
#include "domain/scan.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"

/* By experience with office scanners and phones: what is worse than this is hard to read on a reviewer's screen. */
enum { SHARP_MIN = 30, LIGHT_MIN = 45, DPI_MIN = 150 };

/* Seals of units are 38 to 45 mm wide; a measured millimetre and a half more or less says nothing. */
enum { SEAL_MIN = 365, SEAL_MAX = 465 };

enum { COPIES_MAX = FORM_CODE_COPIES, PAGES_MAX = FORM_CODE_PAGES };

/* A page as the rules look at it. */
struct look {
	const struct scan_case *of;
	const struct catalog_material *rule;
	const struct scan_page *page;
	bool mixed; /* other pages of the file are this case's form */
};

static bool is_ours(const struct scan_page *p)
{
	return p->state == SCAN_CURRENT || p->state == SCAN_OUTDATED;
}

static bool on_form(const struct look *l)
{
	return l->rule && text_eq(l->rule->code, SCAN_FORM);
}

static bool is_current(const struct look *l)
{
	return l->page->state == SCAN_CURRENT;
}

static bool is_older(const struct look *l)
{
	return l->page->state == SCAN_OUTDATED && l->page->code.version < l->of->version;
}

static bool is_changed(const struct look *l)
{
	return l->page->state == SCAN_OUTDATED && l->page->code.version >= l->of->version;
}

static bool is_other_case(const struct look *l)
{
	return l->page->state == SCAN_OTHER_CASE;
}

static bool is_forged(const struct look *l)
{
	return l->page->state == SCAN_FORGED;
}

static bool is_foreign(const struct look *l)
{
	return on_form(l) && l->page->state == SCAN_FOREIGN && !l->mixed;
}

static bool has_no_code(const struct look *l)
{
	return on_form(l) && l->page->state == SCAN_NOTHING && !l->mixed;
}

static bool is_between(const struct look *l)
{
	return l->mixed && (l->page->state == SCAN_NOTHING || l->page->state == SCAN_FOREIGN);
}

/* The page of the printed form that a red stamp, or a red impression, belongs on. */
static bool wants_stamp(const struct look *l)
{
	return is_current(l) && on_form(l) && l->rule->stamped && l->of->stamp_page > 0 &&
	       l->page->code.copy != FORM_CODE_SEALS && l->page->code.page == l->of->stamp_page;
}

static bool wants_impression(const struct look *l)
{
	const struct form_code *code = &l->page->code;

	return is_current(l) && on_form(l) && l->of->red_seals &&
	       (code->copy == FORM_CODE_SEALS || (l->of->seal_page > 0 && code->page >= l->of->seal_page));
}

static bool is_grey_copy(const struct look *l)
{
	return (wants_stamp(l) || wants_impression(l)) && l->page->scan.grey;
}

static bool has_no_seal(const struct look *l)
{
	return wants_stamp(l) && !l->page->scan.grey && l->page->scan.seals.count == 0;
}

static bool has_no_impression(const struct look *l)
{
	return wants_impression(l) && !l->page->scan.grey && l->page->scan.seals.count == 0;
}

static bool has_cut_seal(const struct look *l)
{
	const struct scan_seal *seal = l->page->scan.seals.at;

	for (size_t i = 0; l->rule && l->rule->stamped && i < l->page->scan.seals.count; i++)
		if (seal[i].cut)
			return true;
	return false;
}

/* The largest that is whole; 0: none that could be measured. */
static int64_t seal_size(const struct scan_page *p)
{
	const struct scan_seal *seal = p->scan.seals.at;
	int64_t largest = 0;

	for (size_t i = 0; i < p->scan.seals.count; i++)
		if (!seal[i].cut && seal[i].diameter > largest)
			largest = seal[i].diameter;
	return largest;
}

static bool has_odd_seal(const struct look *l)
{
	int64_t size = seal_size(l->page);

	return wants_stamp(l) && size > 0 && (size < SEAL_MIN || size > SEAL_MAX);
}

static bool is_cropped(const struct look *l)
{
	return l->page->scan.cropped;
}

static bool is_blurred(const struct look *l)
{
	return l->page->scan.sharpness < SHARP_MIN;
}

static bool is_dark(const struct look *l)
{
	return l->page->scan.light < LIGHT_MIN;
}

static bool is_coarse(const struct look *l)
{
	return l->page->scan.dpi > 0 && l->page->scan.dpi < DPI_MIN;
}

/* {place} is the copy and page by the code, {version} its version, {now} the case's, {no} its case, {mm} the seal. */
static const struct rule {
	const char *code;
	bool warn;
	bool (*holds)(const struct look *l);
	const char *text;
} rules[] = {
	{"form_page", false, is_current, "这是本申请的申请表{place}，第{version}版"},
	{"outdated", true, is_older,
		"这是第{version}版申请表，您的资料已是第{now}版，请下载最新一版，重新打印、签名、盖章后上传"},
	{"outdated", true, is_changed,
		"打印第{version}版申请表之后资料又改过，请重新生成申请表，打印、签名、盖章后上传"},
	{"other_case", true, is_other_case, "这是另一件申请（{no}）的申请表，请换成本申请打印的申请表"},
	{"forged", true, is_forged, "这一页的二维码与系统记录不符，请在本申请里重新下载申请表，打印后再用"},
	{"foreign", true, is_foreign, "这一页的二维码不是申请表的，请确认上传的是本申请打印的申请表"},
	{"no_code", true, has_no_code,
		"没有找到申请表右上角的二维码，请确认上传的是本申请打印的申请表，并把整页平整地扫进去"},
	{"other_page", false, is_between, "这一页不是申请表；如果是其他材料，请单独传到那种材料下面"},
	{"grey_copy", true, is_grey_copy, "这一页是黑白的，看不出红色印章，请用彩色重新扫描或拍照"},
	{"no_seal", true, has_no_seal, "没有看到红色公章，请在盖章处加盖公章后，用彩色重新扫描"},
	{"no_impression", true, has_no_impression, "印模页上没有看到红色印章，请在方框正中盖章后，用彩色重新扫描"},
	{"seal_cut", true, has_cut_seal, "印章没有扫完整，请把整页放进画面重新扫描"},
	{"seal_size", false, has_odd_seal,
		"印章直径约{mm}毫米，单位公章一般为38至45毫米；请确认盖的是公章，申请表是按100%大小打印的"},
	{"cropped", true, is_cropped, "这一页没有扫完整，请把四条边都放进画面"},
	{"blurred", true, is_blurred, "这一页不够清楚，小字难以辨认，请重新扫描；用手机拍的，请在光线好的地方拿稳再拍"},
	{"dark", true, is_dark, "这一页太暗，请在光线好的地方重新拍，或调亮后重新扫描"},
	{"low_resolution", true, is_coarse, "扫描分辨率只有约{dpi}dpi，请用300dpi重新扫描"},
};

static const char *copy_name(struct arena *a, int64_t copy)
{
	return copy == FORM_CODE_SEALS ? "印模页"
	       : copy == 1	       ? "第一份"
	       : copy == 2	       ? "第二份"
				       : arena_printf(a, "第%" PRId64 "份", copy);
}

static const char *place(struct arena *a, const struct scan_case *of, int64_t copy, int64_t page)
{
	if (copy == FORM_CODE_SEALS && of->seal_pages <= 1)
		return copy_name(a, copy);
	return arena_printf(a, "%s第%" PRId64 "页", of->copies > 1 || copy > 1 ? copy_name(a, copy) : "", page);
}

static void put_variable(struct str *s, const struct look *l, const char *name, size_t n)
{
	const struct form_code *code = &l->page->code;
	int64_t size = seal_size(l->page);

	if (n == 5 && memcmp(name, "place", n) == 0)
		str_add(s, place(s->arena, l->of, code->copy, code->page));
	else if (n == 7 && memcmp(name, "version", n) == 0)
		str_addf(s, "%d", code->version);
	else if (n == 3 && memcmp(name, "now", n) == 0)
		str_addf(s, "%" PRId64, l->of->version);
	else if (n == 2 && memcmp(name, "no", n) == 0)
		str_add(s, code->no);
	else if (n == 2 && memcmp(name, "mm", n) == 0)
		str_addf(s, "%" PRId64, (size + 5) / 10);
	else if (n == 3 && memcmp(name, "dpi", n) == 0)
		str_addf(s, "%" PRId64, l->page->scan.dpi);
}

static const char *sentence(struct arena *a, const struct look *l, const char *text)
{
	struct str s;

	str_init(&s, a);
	while (*text) {
		size_t n = strcspn(text, "{"), name;

		str_addn(&s, text, n);
		text += n;
		if (!*text)
			break;
		name = strcspn(text, "}");
		put_variable(&s, l, text + 1, name - 1);
		text += name + 1;
	}
	return s.at;
}

/* A list of findings that grows. */
struct said {
	struct arena *arena;
	struct scan_finding *at;
	size_t count, cap;
};

static void say(struct said *s, const struct scan_finding *f)
{
	s->at = arena_grow(s->arena, s->at, s->count, &s->cap, sizeof *s->at);
	s->at[s->count++] = *f;
}

static struct list list_of(const struct said *s)
{
	return (struct list){s->at, s->count};
}

static const struct scan_page *nth(const struct list *pages, size_t i)
{
	return &((const struct scan_page *)pages->at)[i];
}

static bool any_ours(const struct list *pages)
{
	for (size_t i = 0; i < pages->count; i++)
		if (is_ours(nth(pages, i)))
			return true;
	return false;
}

bool scan_is_form(const struct list *pages)
{
	for (size_t i = 0; i < pages->count; i++)
		if (!is_ours(nth(pages, i)) && !nth(pages, i)->scan.blank)
			return false;
	return any_ours(pages);
}

struct list scan_findings(
	struct arena *a, const struct scan_case *of, const struct catalog_material *rule, const struct list *pages)
{
	struct said said = {.arena = a};
	bool mixed = any_ours(pages);

	for (size_t i = 0; i < pages->count; i++) {
		struct look look = {of, rule, nth(pages, i), mixed};

		if (!look.page->known)
			continue;
		if (look.page->scan.blank) { /* nothing else is worth saying of it */
			say(&said, &(struct scan_finding){
					   "blank_page", "这是一张白纸，没有内容可以不传", false, look.page->page});
			continue;
		}
		for (size_t r = 0; r < ARRAY_LEN(rules); r++)
			if (rules[r].holds(&look))
				say(&said, &(struct scan_finding){rules[r].code, sentence(a, &look, rules[r].text),
						   rules[r].warn, look.page->page});
	}
	return list_of(&said);
}

/* --- several pages together --- */

static bool counts(const struct material *m, const struct scan_page *p)
{
	const struct material_file *f = m->files.at;

	for (size_t i = 0; i < m->files.count; i++)
		if (text_eq(f[i].id, p->file))
			return true;
	return false;
}

static struct list counted(struct arena *a, const struct list *all, const struct material *m)
{
	struct scan_page *at = arena_array(a, all->count + 1, sizeof *at);
	size_t n = 0;

	for (size_t i = 0; i < all->count; i++)
		if (counts(m, nth(all, i)) && nth(all, i)->known)
			at[n++] = *nth(all, i);
	return (struct list){at, n};
}

static bool still_checking(const struct material *m)
{
	const struct material_file *f = m->files.at;

	for (size_t i = 0; i < m->files.count; i++)
		if (text_eq(f[i].state, "checking"))
			return true;
	return false;
}

static size_t count_state(const struct list *pages, enum scan_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < pages->count; i++)
		n += nth(pages, i)->state == state;
	return n;
}

static void advise(struct said *said, const char *code, bool warn, const char *text)
{
	say(said, &(struct scan_finding){code, text, warn, 0});
}

/* have: how often each of the pages is there. */
static void advise_copy(
	struct said *said, const struct scan_case *of, int64_t copy, int64_t pages, const int have[PAGES_MAX + 1])
{
	int64_t missing = 0;

	for (int64_t page = 1; page <= pages; page++)
		missing += have[page] == 0;
	if (missing == pages && pages > 0 && (copy != FORM_CODE_SEALS || pages > 1)) {
		advise(said, "copy_missing", true,
			arena_printf(said->arena, "还没有看到%s，请把%s的%s页都传上来", copy_name(said->arena, copy),
				copy_name(said->arena, copy),
				pages == 1 ? "这一" : arena_printf(said->arena, "%" PRId64, pages)));
		return;
	}
	for (int64_t page = 1; page <= pages; page++) {
		const char *where = place(said->arena, of, copy, page);

		if (have[page] == 0)
			advise(said, "page_missing", true, arena_printf(said->arena, "还缺申请表%s，请补传", where));
		else if (have[page] > 1)
			advise(said, "page_twice", false,
				arena_printf(said->arena, "申请表%s传了%d次，留最清楚的一份就行", where, have[page]));
	}
}

static void advise_form(struct said *said, const struct scan_case *of, const struct list *pages)
{
	int have[COPIES_MAX + 1][PAGES_MAX + 1] = {{0}};

	if (pages->count == 0)
		return;
	if (count_state(pages, SCAN_CURRENT) == 0) {
		if (count_state(pages, SCAN_OUTDATED))
			advise(said, "outdated", true,
				of->current ? "上传的是旧版申请表，请下载最新一版，重新打印、签名、盖章后上传"
					    : "打印之后资料又改过，请重新生成申请表，打印、签名、盖章后上传");
		else
			advise(said, "no_form", true,
				"上传的文件里没有找到本申请的申请表，请确认没有传错，二维码要清晰完整");
		return;
	}
	for (size_t i = 0; i < pages->count; i++) {
		const struct scan_page *p = nth(pages, i);

		if (p->state == SCAN_CURRENT && p->code.copy <= COPIES_MAX && p->code.page <= PAGES_MAX)
			have[p->code.copy][p->code.page]++;
	}
	for (int64_t copy = 1; copy <= of->copies && copy < FORM_CODE_SEALS; copy++)
		advise_copy(said, of, copy, of->pages, have[copy]);
	advise_copy(said, of, FORM_CODE_SEALS, of->seal_pages, have[FORM_CODE_SEALS]);
}

/* A copy of a licence or of an identity card that must be stamped: one red mark somewhere on it. */
static void advise_stamp(struct said *said, const struct list *pages)
{
	size_t colour = 0, sealed = 0;

	for (size_t i = 0; i < pages->count; i++) {
		colour += !nth(pages, i)->scan.grey;
		sealed += nth(pages, i)->scan.seals.count > 0;
	}
	if (sealed || !pages->count)
		return;
	if (!colour)
		advise(said, "grey_copy", true, "传的是黑白件，看不出红色印章，请用彩色重新扫描或拍照");
	else
		advise(said, "no_seal", true, "没有看到红色公章，请在复印件上加盖公章后，用彩色重新扫描或拍照");
}

struct list scan_advice(struct arena *a, const struct scans *s, const struct material *m)
{
	struct said said = {.arena = a};
	struct list pages = counted(a, &s->pages, m);

	if (still_checking(m)) /* what is missing may be in what is being looked at */
		return list_of(&said);
	if (text_eq(m->rule->code, SCAN_FORM))
		advise_form(&said, &s->of, &pages);
	else if (m->rule->stamped)
		advise_stamp(&said, &pages);
	return list_of(&said);
}
