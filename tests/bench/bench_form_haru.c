/* The printed form as libharu makes it when it is given the whole font: what bench_form --ops wrote, drawn by its calls alone.
 * It drops every character above U+FFFF.
 *   bench_form_haru OPS [FILE] */
#include <hpdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void pen(HPDF_Page page, float width, float dash)
{
	HPDF_UINT16 pattern[2] = {(HPDF_UINT16)(dash + 0.5f), (HPDF_UINT16)(dash + 0.5f)};

	HPDF_Page_SetLineWidth(page, width);
	HPDF_Page_SetDash(page, dash > 0 ? pattern : NULL, dash > 0 ? 2 : 0, 0);
}

static void squares(HPDF_Page page, float x, float y, float module, int size, const char *bits)
{
	HPDF_Page_SetGrayFill(page, 0);
	for (int i = 0; i < size * size; i++)
		if (bits[i] == '1')
			HPDF_Page_Rectangle(page, x + module * (float)(i % size), y - module * (float)(i / size + 1),
				module, module);
	HPDF_Page_Fill(page);
}

static void text(HPDF_Page page, HPDF_Font font, const float v[3], int bold, char *words)
{
	words[strcspn(words, "\n")] = '\0';
	HPDF_Page_SetGrayFill(page, 0);
	HPDF_Page_SetFontAndSize(page, font, v[2]);
	HPDF_Page_SetLineWidth(page, v[2] * 0.028f);
	HPDF_Page_SetTextRenderingMode(page, bold ? HPDF_FILL_THEN_STROKE : HPDF_FILL);
	HPDF_Page_BeginText(page);
	HPDF_Page_TextOut(page, v[0], v[1], words);
	HPDF_Page_EndText(page);
}

static void draw_op(HPDF_Page page, HPDF_Font font, char *line)
{
	float v[6] = {0};
	int whole = 0, at = 0;

	switch (line[0]) {
	case 'T':
		if (sscanf(line, "T %f %f %f %d %n", &v[0], &v[1], &v[2], &whole, &at) == 4)
			text(page, font, v, whole, line + at);
		break;
	case 'L':
		sscanf(line, "L %f %f %f %f %f %f", &v[0], &v[1], &v[2], &v[3], &v[4], &v[5]);
		pen(page, v[4], v[5]);
		HPDF_Page_MoveTo(page, v[0], v[1]);
		HPDF_Page_LineTo(page, v[2], v[3]);
		HPDF_Page_Stroke(page);
		break;
	case 'B':
		sscanf(line, "B %f %f %f %f %f", &v[0], &v[1], &v[2], &v[3], &v[4]);
		pen(page, v[4], 0);
		HPDF_Page_Rectangle(page, v[0], v[1], v[2], v[3]);
		HPDF_Page_Stroke(page);
		break;
	case 'S':
		sscanf(line, "S %f %f %f %f %f", &v[0], &v[1], &v[2], &v[3], &v[4]);
		HPDF_Page_SetGrayFill(page, v[4]);
		HPDF_Page_Rectangle(page, v[0], v[1], v[2], v[3]);
		HPDF_Page_Fill(page);
		break;
	case 'R':
		sscanf(line, "R %f %f %f %f %f", &v[0], &v[1], &v[2], &v[3], &v[4]);
		pen(page, v[3], v[4]);
		HPDF_Page_Circle(page, v[0], v[1], v[2]);
		HPDF_Page_Stroke(page);
		break;
	case 'Q':
		if (sscanf(line, "Q %f %f %f %d %n", &v[0], &v[1], &v[2], &whole, &at) == 4)
			squares(page, v[0], v[1], v[2], whole, line + at);
		break;
	default: break;
	}
}

static void ignore(HPDF_STATUS error, HPDF_STATUS detail, void *user)
{
	(void)error, (void)detail, (void)user;
}

/* Returns the bytes of the file; 0: libharu refused. */
static unsigned draw(const char *ops, const char *path)
{
	HPDF_Doc doc = HPDF_New(ignore, NULL);
	HPDF_Page page = NULL;
	HPDF_Font font;
	char *copy = strdup(ops), *rest = copy, *line;
	unsigned bytes = 0;

	HPDF_SetCompressionMode(doc, HPDF_COMP_ALL);
	HPDF_UseUTFEncodings(doc);
	font = HPDF_GetFont(doc,
		HPDF_LoadTTFontFromFile2(doc, "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0, HPDF_TRUE), "UTF-8");
	while ((line = strsep(&rest, "\n")) != NULL)
		if (line[0] == 'P') {
			page = HPDF_AddPage(doc);
			HPDF_Page_SetSize(page, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
		} else if (page) {
			draw_op(page, font, line);
		}
	if (HPDF_SaveToStream(doc) == HPDF_OK)
		bytes = HPDF_GetStreamSize(doc);
	if (path)
		HPDF_SaveToFile(doc, path);
	HPDF_Free(doc);
	free(copy);
	return bytes;
}

int main(int argc, char **argv)
{
	enum { ROUNDS = 5, OPS_MAX = 1 << 20 };
	char *ops = calloc(1, OPS_MAX);
	FILE *f = argc > 1 ? fopen(argv[1], "r") : NULL;
	unsigned bytes;
	double start;

	if (!ops || !f || fread(ops, 1, OPS_MAX - 1, f) == 0)
		return 1;
	fclose(f);
	bytes = draw(ops, argc > 2 ? argv[2] : NULL);
	start = now_ms();
	for (int i = 0; i < ROUNDS; i++)
		bytes = draw(ops, NULL);
	printf("BENCH form_haru_whole_font_ms %.2f ms\nBENCH form_haru_whole_font_bytes %u bytes\n",
		(now_ms() - start) / ROUNDS, bytes);
	free(ops);
	return bytes == 0;
}
