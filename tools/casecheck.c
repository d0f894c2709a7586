#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "domain/casefile_check.h"

/* Checks sealed case files, years later and without the portal. */

static const char usage[] =
	"casecheck [--trust FOLDER] FILE…\n"
	"casecheck --help\n"
	"  Is each sealed case file what the portal sealed?  Names what was altered, added or taken away.\n"
	"  FOLDER holds anchors/, intermediates/ and casefiles/ with certificates (PEM), as trust_dir of the portal; ./trust\n"
	"  when none is given.  Take it from somebody you trust, not from who gave you the file.\n"
	"  0: all are; 1: something is wrong; 2: could not be checked.\n";

enum { GOOD, BAD, UNCHECKED };

/* All of a file, which may be large. */
static enum err read_all(struct arena *a, const char *path, struct bytes *ret_bytes)
{
	FILE *f = fopen(path, "rb");
	long n = -1;
	unsigned char *at;
	bool whole;

	if (!f)
		return ERR_NOT_FOUND;
	if (fseek(f, 0, SEEK_END) == 0)
		n = ftell(f);
	if (n < 0 || fseek(f, 0, SEEK_SET) != 0) {
		(void)fclose(f);
		return ERR_INTERNAL;
	}
	at = arena_alloc(a, (size_t)n + 1);
	whole = fread(at, 1, (size_t)n, f) == (size_t)n;
	(void)fclose(f);
	*ret_bytes = (struct bytes){at, (size_t)n};
	return whole ? ERR_OK : ERR_INTERNAL;
}

static void print(struct arena *a, const char *file, const struct casefile_report *r)
{
	const struct casefile_finding *f = r->findings.at;

	for (size_t i = 0; i < r->findings.count; i++)
		printf("%s: %s %s：%s%s%s%s\n", file, casefile_fault_words[f[i].fault], f[i].path,
			casefile_fault_texts[f[i].fault], *f[i].detail ? "（" : "", f[i].detail,
			*f[i].detail ? "）" : "");
	if (r->findings.count == 0)
		printf("%s: good %s：%" PRId64 "个文件，%s封存，签名人%s，审计第%" PRId64 "条 %s\n", file, r->no,
			r->files, moment_text(a, r->sealed_at), r->signer, r->audit_seq, r->audit_hash);
}

static int check(const char *file, const char *trust)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	struct casefile_report r;
	struct bytes archive;
	enum err e = read_all(a, file, &archive);

	if (e != ERR_OK) {
		fprintf(stderr, "%s: 读不到这个文件\n", file);
		return UNCHECKED;
	}
	e = casefile_check(a, archive, trust, &r);
	if (e != ERR_OK) {
		fprintf(stderr, "%s: 没有可信的证书可以核对，请用 --trust 指明证书目录\n", file);
		return UNCHECKED;
	}
	print(a, file, &r);
	return r.findings.count ? BAD : GOOD;
}

int main(int argc, char **argv)
{
	const char *trust = "trust";
	int at = 1, worst = GOOD;

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return fputs(usage, stdout) < 0;
	if (argc > 2 && strcmp(argv[1], "--trust") == 0) {
		trust = argv[2];
		at = 3;
	}
	if (at >= argc || argv[at][0] == '-') {
		(void)fputs(usage, stderr);
		return UNCHECKED;
	}
	for (; at < argc; at++) {
		int now = check(argv[at], trust);

		worst = now > worst ? now : worst;
	}
	return worst;
}
