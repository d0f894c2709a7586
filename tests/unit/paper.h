#ifndef UNIT_PAPER_H
#define UNIT_PAPER_H

/* For tests of printed paper: the real fonts, and poppler and qpdf as judges.  A PDF goes to them through a memory file,
 * their answer comes back through another. */

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "io/font.h"

static struct fonts *fonts;

static inline int paper_setup(void **state)
{
	static const char *const rare[] = {"/usr/share/fonts/truetype/hanazono/HanaMinA.ttf",
		"/usr/share/fonts/truetype/hanazono/HanaMinB.ttf", NULL};

	(void)state;
	mem = arena_new();
	return fonts_load("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", rare, &fonts) == ERR_OK ? 0 : -1;
}

static inline int paper_teardown(void **state)
{
	(void)state;
	fonts_free(fonts);
	arena_done(&mem);
	return 0;
}

#define PAPER_MAIN(tests) cmocka_run_group_tests(tests, paper_setup, paper_teardown)

/* Runs a program on the PDF: its arguments are those of `words`, in which "@" is the file.  Returns its exit status and
 * what it wrote to stdout, ended by NUL. */
static inline int paper_run(const char *const *words, const struct bytes *pdf, struct bytes *ret_out)
{
	int in = memfd_create("in", 0), out = memfd_create("out", 0), null = open("/dev/null", O_WRONLY | O_CLOEXEC),
	    status = -1;
	char *argv[16] = {NULL}, *at;
	posix_spawn_file_actions_t actions;
	off_t len;
	pid_t pid;

	assert_true(in >= 0 && out >= 0 && null >= 0);
	assert_int_equal(write(in, pdf->at, pdf->len), (ssize_t)pdf->len);
	for (size_t i = 0; words[i] && i < ARRAY_LEN(argv) - 1; i++)
		argv[i] = strcmp(words[i], "@") == 0 ? arena_printf(mem, "/proc/self/fd/%d", in)
						     : arena_text(mem, words[i]);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, null, STDERR_FILENO);
	assert_int_equal(posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ), 0);
	posix_spawn_file_actions_destroy(&actions);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	len = lseek(out, 0, SEEK_END);
	at = arena_alloc(mem, (size_t)len + 1);
	assert_int_equal(pread(out, at, (size_t)len, 0), len);
	ret_out->at = (unsigned char *)at;
	ret_out->len = (size_t)len;
	close(in);
	close(out);
	close(null);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* All text in the order it was drawn, without blanks of any kind: lines that were wrapped are whole again. */
static inline char *paper_text(const struct bytes *pdf)
{
	struct bytes out;
	struct str text;

	assert_int_equal(paper_run((const char *const[]){"pdftotext", "-raw", "@", "-", NULL}, pdf, &out), 0);
	str_init(&text, mem);
	for (const char *at = (const char *)out.at; *at; at++)
		if (*at == '\xe3' && at[1] == '\x80' && at[2] == '\x80')
			at += 2;
		else if (!strchr(" \n\r\t\f", *at))
			str_addc(&text, *at);
	return text.at;
}

/* A page in grey, one byte per pixel. */
struct picture {
	int width, height;
	double dpi;
	const unsigned char *at;
};

static inline struct picture paper_picture(const struct bytes *pdf, int page, int dpi)
{
	const char *number = arena_printf(mem, "%d", page), *resolution = arena_printf(mem, "%d", dpi);
	struct picture p = {.dpi = dpi};
	struct bytes out;
	int start = 0;

	assert_int_equal(paper_run((const char *const[]){"pdftoppm", "-gray", "-r", resolution, "-f", number, "-l",
					   number, "@", NULL},
				 pdf, &out),
		0);
	assert_int_equal(sscanf((const char *)out.at, "P5 %d %d 255%n", &p.width, &p.height, &start), 2);
	p.at = out.at + start + 1;
	assert_true(out.len >= (size_t)start + 1 + (size_t)p.width * (size_t)p.height);
	return p;
}

/* Dark pixels in a rectangle given in mm. */
static inline int paper_ink(const struct picture *p, double x, double y, double w, double h)
{
	int count = 0, left = (int)(x * p->dpi / 25.4), top = (int)(y * p->dpi / 25.4);
	int right = (int)((x + w) * p->dpi / 25.4), bottom = (int)((y + h) * p->dpi / 25.4);

	for (int row = top; row < bottom && row < p->height; row++)
		for (int column = left; column < right && column < p->width; column++)
			count += p->at[(size_t)row * (size_t)p->width + (size_t)column] < 128;
	return count;
}

#endif
