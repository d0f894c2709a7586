#include "domain/casefile_check.h"

#include <string.h>

#include "base/str.h"
#include "domain/casefile.h"
#include "io/crypto.h"
#include "io/file.h"
#include "io/json.h"
#include "io/pack.h"

const char *const casefile_fault_words[] = {
	[CASEFILE_ARCHIVE] = "archive",
	[CASEFILE_FRAME] = "frame",
	[CASEFILE_NO_LIST] = "manifest",
	[CASEFILE_UNSIGNED] = "unsigned",
	[CASEFILE_STRANGER] = "stranger",
	[CASEFILE_CHANGED] = "changed",
	[CASEFILE_MISSING] = "missing",
	[CASEFILE_ADDED] = "added",
	[CASEFILE_TWICE] = "twice",
	NULL,
};

const char *const casefile_fault_texts[] = {
	[CASEFILE_ARCHIVE] = "不是办件档案，或者档案已损坏",
	[CASEFILE_FRAME] = "文件之间或文件说明里有改动",
	[CASEFILE_NO_LIST] = "文件清单缺失、重复或者格式不对",
	[CASEFILE_UNSIGNED] = "清单的签名不成立，清单不能作为依据",
	[CASEFILE_STRANGER] = "清单不是由归档签名证书签的",
	[CASEFILE_CHANGED] = "内容被改过",
	[CASEFILE_MISSING] = "清单上有，档案里没有",
	[CASEFILE_ADDED] = "档案里有，清单上没有",
	[CASEFILE_TWICE] = "同名文件不止一个",
	NULL,
};

struct check {
	struct arena *a;
	struct bytes archive;
	struct list files; /* of struct pack_file */
	bool *named;	   /* for each: it is on the list */
	struct casefile_manifest manifest;
	struct casefile_finding *finding;
	struct casefile_report *report;
};

static void find(struct check *k, enum casefile_fault fault, const char *path, const char *detail)
{
	k->finding[k->report->findings.count++] = (struct casefile_finding){fault, path, detail ? detail : ""};
}

static const struct pack_file *file_at(const struct check *k, size_t i)
{
	return (const struct pack_file *)k->files.at + i;
}

/* The only one of that name; found otherwise. */
static const struct pack_file *only(struct check *k, const char *path)
{
	const struct pack_file *one = NULL;

	for (size_t i = 0; i < k->files.count; i++) {
		if (!text_eq(file_at(k, i)->path, path))
			continue;
		if (one) {
			find(k, CASEFILE_NO_LIST, path, "twice");
			return NULL;
		}
		one = file_at(k, i);
		k->named[i] = true;
	}
	if (!one)
		find(k, CASEFILE_NO_LIST, path, "missing");
	return one;
}

/* --- who signed --- */

static enum err read_pems(struct arena *a, const char *dir, struct list *ret_certs)
{
	struct texts names;
	struct bytes *at;
	enum err e = file_list(a, dir, ".pem", &names);

	if (e != ERR_OK)
		return e;
	at = arena_array(a, names.count + 1, sizeof *at);
	for (size_t i = 0; e == ERR_OK && i < names.count; i++) {
		struct bytes pem;

		e = file_read(a, arena_printf(a, "%s/%s", dir, names.at[i]), &pem);
		if (e == ERR_OK)
			e = x509_unpem(a, "CERTIFICATE", pem, &at[i]);
	}
	*ret_certs = (struct list){at, names.count};
	return e;
}

/* Lists in the file are no secret of the signer: each counts only when its authority signed it (cms.h). */
static void read_lists(struct check *k, struct list *ret_crls)
{
	struct bytes *at = arena_array(k->a, k->files.count + 1, sizeof *at);
	size_t n = 0;

	for (size_t i = 0; i < k->files.count; i++) {
		const struct pack_file *f = file_at(k, i);

		if (strncmp(f->path, CASEFILE_CRLS, strlen(CASEFILE_CRLS)) == 0 &&
			x509_unpem(k->a, "X509 CRL", f->content, &at[n]) == ERR_OK)
			n++;
	}
	*ret_crls = (struct list){at, n};
}

static bool is_signer(const struct list *signers, struct bytes cert)
{
	const struct bytes *at = signers->at;

	for (size_t i = 0; i < signers->count; i++)
		if (at[i].len == cert.len && memcmp(at[i].at, cert.at, cert.len) == 0)
			return true;
	return false;
}

/* Good on the day it says.  That day stands in what was signed, and who may sign is believed in it. */
static enum err check_signature(
	struct check *k, const struct pack_file *manifest, const struct pack_file *signature, const char *trust_dir)
{
	struct cms_trust trust = {0};
	struct cms_report r;
	struct list signers;
	enum err e = read_pems(k->a, arena_printf(k->a, "%s/anchors", trust_dir), &trust.anchors);

	if (e == ERR_OK)
		e = read_pems(k->a, arena_printf(k->a, "%s/intermediates", trust_dir), &trust.intermediates);
	if (e == ERR_OK)
		e = read_pems(k->a, arena_printf(k->a, "%s/casefiles", trust_dir), &signers);
	if (e == ERR_OK && (trust.anchors.count == 0 || signers.count == 0))
		e = ERR_NOT_FOUND;
	if (e != ERR_OK)
		return e;
	read_lists(k, &trust.crls);
	cms_verify(k->a, signature->content, manifest->content, &trust, k->manifest.sealed_at, &r);
	if (r.reason != CMS_GOOD)
		find(k, CASEFILE_UNSIGNED, CASEFILE_SIGNATURE, cms_reason_words[r.reason]);
	else if (!is_signer(&signers, r.cert_der))
		find(k, CASEFILE_STRANGER, CASEFILE_SIGNATURE, r.cert.common_name);
	k->report->signer = r.cert.common_name;
	return ERR_OK;
}

/* --- each file --- */

static bool is_as_listed(struct check *k, const struct pack_file *f, const struct casefile_entry *e)
{
	return (int64_t)f->content.len == e->size &&
	       text_eq(crypto_sha256_hex(k->a, f->content.at, f->content.len), e->sha256);
}

static void check_entry(struct check *k, const struct casefile_entry *e)
{
	size_t seen = 0;

	for (size_t i = 0; i < k->files.count; i++) {
		const struct pack_file *f = file_at(k, i);

		if (!text_eq(f->path, e->path))
			continue;
		if (k->named[i] || seen++)
			find(k, CASEFILE_TWICE, e->path, NULL);
		else if (!is_as_listed(k, f, e))
			find(k, CASEFILE_CHANGED, e->path, NULL);
		k->named[i] = true;
	}
	if (!seen)
		find(k, CASEFILE_MISSING, e->path, NULL);
}

static void check_files(struct check *k)
{
	const struct casefile_entry *entry = k->manifest.entries.at;

	for (size_t i = 0; i < k->manifest.entries.count; i++)
		check_entry(k, &entry[i]);
	for (size_t i = 0; i < k->files.count; i++)
		if (!k->named[i])
			find(k, CASEFILE_ADDED, file_at(k, i)->path, NULL);
}

/* --- the frame --- */

struct compare {
	struct bytes rest;
};

static bool same(void *arg, const void *bytes, size_t n)
{
	struct compare *c = arg;
	bool equal = n <= c->rest.len && memcmp(c->rest.at, bytes, n) == 0;

	if (equal)
		c->rest = (struct bytes){c->rest.at + n, c->rest.len - n};
	return equal;
}

/* Packed again, the same files must give the same bytes. */
static void check_frame(struct check *k)
{
	struct compare c = {k->archive};
	struct pack *p CLEANUP(pack_done) = NULL;
	enum err e = pack_begin(k->manifest.sealed_at, same, &c, &p);

	for (size_t i = 0; e == ERR_OK && i < k->files.count; i++)
		e = pack_add(p, file_at(k, i)->path, file_at(k, i)->content);
	if (e == ERR_OK)
		e = pack_end(&p);
	if (e != ERR_OK || c.rest.len > 0)
		find(k, CASEFILE_FRAME, "", NULL);
}

static bool read_manifest(struct check *k, const struct pack_file *f)
{
	const char *say;
	struct faults faults;

	faults_init(&faults, k->a);
	if (json_read((const char *)f->content.at, f->content.len, &casefile_manifest_shape, &k->manifest, &faults,
		    &say) == ERR_OK &&
		text_eq(k->manifest.format, CASEFILE_FORMAT))
		return true;
	find(k, CASEFILE_NO_LIST, CASEFILE_MANIFEST, "format");
	return false;
}

enum err casefile_check(
	struct arena *a, struct bytes archive, const char *trust_dir, struct casefile_report *ret_report)
{
	struct check k = {.a = a, .archive = archive, .report = ret_report};
	const struct pack_file *manifest, *signature;
	const char *fault;
	enum err e = pack_read(a, archive, &k.files, &fault);

	*ret_report = (struct casefile_report){0};
	k.finding = arena_array(a, 2 * (size_t)PACK_FILES_MAX + 8, sizeof *k.finding);
	ret_report->findings.at = k.finding;
	if (e == ERR_INVALID) {
		find(&k, CASEFILE_ARCHIVE, "", fault);
		return ERR_OK;
	}
	if (e != ERR_OK)
		return e;
	k.named = arena_array(a, k.files.count + 1, sizeof *k.named);
	manifest = only(&k, CASEFILE_MANIFEST);
	signature = only(&k, CASEFILE_SIGNATURE);
	if (!manifest || !signature || !read_manifest(&k, manifest))
		return ERR_OK;
	e = check_signature(&k, manifest, signature, trust_dir);
	if (e != ERR_OK)
		return e;
	ret_report->no = k.manifest.no;
	ret_report->sealed_at = k.manifest.sealed_at;
	ret_report->files = (int64_t)k.manifest.entries.count;
	ret_report->audit_seq = k.manifest.audit_seq;
	ret_report->audit_hash = k.manifest.audit_hash;
	check_files(&k);
	check_frame(&k);
	return ERR_OK;
}
