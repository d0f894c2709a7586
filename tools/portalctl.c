/* What the keeper of an installation does: make secrets, bring the schema up to date, fill in rules and calendar, look
 * after staff accounts, prove the audit chain.  Every command may be repeated. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/log.h"
#include "base/str.h"
#include "domain/audit.h"
#include "domain/authority.h"
#include "domain/guide.h"
#include "domain/keys.h"
#include "domain/migrate.h"
#include "domain/register_import.h"
#include "domain/setup.h"
#include "domain/staff.h"
#include "domain/store.h"
#include "domain/workflow.h"
#include "io/file.h"

static const char usage[] =
	"portalctl COMMAND        settings: the file that ZHENGYIN_CONF names\n"
	"  init                   make the secrets that are missing; needs nothing else\n"
	"  migrate                create or update the schema, the database users and their grants\n"
	"  calendar import FILE…  days off and make-up days; each file replaces the years it names\n"
	"  certificate import FILE.csv|FOLDER…  certificates from elsewhere into the register: all of a file, or nothing\n"
	"  catalog store          keep the current catalogue in the database, and its counters\n"
	"  seed                   a demonstration: catalogue, counters, two staff accounts of every role\n"
	"  gen                    write the guide fragments\n"
	"  authority              make the built-in authority for demonstrations: keys, certificates, lists\n"
	"  staff add USER NAME ROLE…   prints password and one-time-code secret, once\n"
	"  keys list              master keys, the current one first, and how many sealed values name each\n"
	"  keys rotate            a new master key; then as rewrap\n"
	"  keys rewrap            seal anew, by the current key, what an older one sealed; may be ended and begun again\n"
	"  keys retire ID         remove an older key; refused while anything names it\n"
	"  store check            hold every file of the store against its row; 1 and a line for each fault\n"
	"  verify-audit           walk the audit chain; 1 and the first bad row when it is broken\n"
	"  check-sql              prepare every statement against the schema\n"
	"  workflow               print the table of states and steps: from, step, who, to\n";

static int complain(const char *what, enum err e)
{
	fprintf(stderr, "portalctl: %s: %s\n", what, err_sentence(e));
	return 1;
}

static void print_faults(const char *file, const struct faults *faults)
{
	for (size_t i = 0; i < faults->count; i++) {
		const char *at = faults->at[i].pointer;

		if (strncmp(at, "/lines/", 7) == 0)
			at += 7;
		fprintf(stderr, "portalctl: %s%s%s: %s\n", file, *at && *file ? ":" : "", at, faults->at[i].detail);
	}
}

/* --- without a house: secrets and catalogue may be missing ---------------------------------------------------------- */

static int workflow(void)
{
	for (size_t i = 0; workflow_at(i); i++) {
		const struct transition *t = workflow_at(i);

		printf("%s %s %s %s\n", state_words[t->from], event_words[t->event], permission_word(t->permission),
			state_words[t->to]);
	}
	return 0;
}

static bool read_config(struct arena *a, struct config *ret_config)
{
	const char *path = getenv("ZHENGYIN_CONF");
	struct faults faults;
	enum err e;

	faults_init(&faults, a);
	if (!path) {
		fprintf(stderr, "portalctl: ZHENGYIN_CONF does not name the config file\n");
		return false;
	}
	e = config_load(path, ret_config, &faults);
	print_faults("", &faults);
	return e == ERR_OK || (!faults.count && complain(path, e) == 0);
}

static int init(struct arena *a, const struct config *config)
{
	struct faults faults;
	int64_t made;
	enum err e;

	faults_init(&faults, a);
	e = setup_secrets(a, config, &faults, &made);
	print_faults("grants.txt", &faults);
	if (e != ERR_OK)
		return complain(config->secret_dir, e);
	if (made)
		printf("%" PRId64 " secrets made in %s\n", made, config->secret_dir);
	return 0;
}

static int migrate(struct arena *a, const struct config *config)
{
	struct migrated done;

	if (migrate_run(a, config, (int64_t)time(NULL), &done) != ERR_OK) {
		fprintf(stderr, "portalctl: migrate: %s\n", done.say);
		return 1;
	}
	if (done.applied || done.granted)
		printf("schema %" PRId64 ", %" PRId64 " applied%s\n", done.version, done.applied,
			done.granted ? ", grants renewed" : "");
	return 0;
}

static int check_sql(const struct config *config)
{
	int64_t n;

	if (migrate_check_sql(config, &n) != ERR_OK)
		return complain("check-sql", ERR_INTERNAL);
	printf("%" PRId64 " statements are right\n", n);
	return 0;
}

/* --- with a house --------------------------------------------------------------------------------------------------- */

static int import_calendar(struct ctx *c, char **files)
{
	for (; *files; files++) {
		struct calendar_rows rows = {NULL, 0};
		struct bytes text;
		struct faults faults;
		enum err e = file_read(c->arena, *files, &text);

		if (e != ERR_OK)
			return complain(*files, e);
		faults_init(&faults, c->arena);
		e = calendar_parse_csv(c->arena, (const char *)text.at, &rows, &faults);
		print_faults(*files, &faults);
		if (e == ERR_OK)
			e = setup_calendar(c, &rows);
		if (e != ERR_OK)
			return complain(*files, e);
	}
	return 0;
}

static int import_certificates(struct ctx *c, char **paths)
{
	for (; *paths; paths++) {
		struct register_imported done;
		enum err e;

		c->faults.count = 0;
		e = register_import(c, *paths, &done);
		print_faults(*paths, &c->faults);
		if (e != ERR_OK)
			return complain(*paths, e);
		printf("%s: %" PRId64 " certificates added, %" PRId64 " known already\n", *paths, done.added,
			done.unchanged);
	}
	return 0;
}

static int store_catalog(struct ctx *c)
{
	enum err e = setup_catalog(c);

	if (e == ERR_CONFLICT)
		fprintf(stderr, "portalctl: the catalogue changed, but its version %s did not: give it a new one\n",
			c->house->catalog->version);
	return e == ERR_OK ? 0 : complain("catalog", e);
}

static int seed(struct ctx *c)
{
	int64_t made;
	enum err e;

	if (store_catalog(c) != 0)
		return 1;
	e = setup_demo(c, &made);
	if (e == ERR_CONFLICT)
		fprintf(stderr, "portalctl: demo accounts exist, but %s/demo.json with their passwords is gone\n",
			c->house->config.var_dir);
	if (e == ERR_FORBIDDEN)
		fprintf(stderr, "portalctl: cookie_secure is on: no demo accounts in a real portal\n");
	if (e != ERR_OK)
		return complain("seed", e);
	if (made)
		printf("%" PRId64 " staff accounts made, see %s/demo.json\n", made, c->house->config.var_dir);
	return 0;
}

static int gen(struct ctx *c)
{
	const char *dir = c->house->config.gen_dir;
	enum err e;

	if (mkdir(dir, 0755) != 0 && !file_exists(dir))
		return complain(dir, ERR_DISK);
	e = db_ready(c->db);
	if (e == ERR_OK)
		e = guide_renew(c);
	return e == ERR_OK ? 0 : complain(dir, e);
}

static int authority(struct ctx *c)
{
	int made;
	enum err e = authority_init(c->arena, &c->house->config, c->now, &made);

	if (e != ERR_OK)
		return complain("authority", e);
	if (made)
		printf("%d authorities made for demonstrations, lists in %s/crl\n", made, c->house->config.gen_dir);
	return 0;
}

struct addition {
	struct staff_new staff;
	const char *totp;
};

static enum err add_staff(struct ctx *c, void *arg)
{
	struct addition *a = arg;

	return staff_add(c, &a->staff, &a->totp);
}

static int staff(struct ctx *c, char **args)
{
	struct addition a = {{args[0], args[1], crypto_token(c->arena, 10), (const char *const *)(args + 2)}, NULL};
	enum err e;

	for (char **role = args + 2; *role; role++)
		if (!permission_of_role(*role)) {
			fprintf(stderr, "portalctl: no role %s; roles are:", *role);
			for (const char *const *r = permission_roles(); *r; r++)
				fprintf(stderr, " %s", *r);
			fprintf(stderr, "\n");
			return 1;
		}
	e = ctx_tx(c, add_staff, &a);
	if (e != ERR_OK)
		return complain(args[0], e);
	printf("user %s\npassword %s\ntotp_secret %s\n", a.staff.user, a.staff.password, a.totp);
	return 0;
}

static int verify_audit(struct ctx *c)
{
	struct audit_result result;
	enum err e = audit_verify(c, &result);

	if (e != ERR_OK)
		return complain("verify-audit", e);
	if (result.first_bad) {
		printf("audit: broken at row %" PRId64 ": %s\n", result.first_bad, result.why);
		return 1;
	}
	printf("audit: %" PRId64 " rows, the chain holds\n", result.rows);
	return 0;
}

static int keys_list(struct ctx *c)
{
	struct list uses;
	enum err e = keys_uses(c, &uses);

	if (e != ERR_OK)
		return complain("keys list", e);
	for (size_t i = 0; i < uses.count; i++) {
		const struct keys_use *u = (const struct keys_use *)uses.at + i;

		printf("%s %" PRId64 "%s\n", u->id, u->values, !u->file ? " no key file" : i == 0 ? " current" : "");
	}
	return 0;
}

static int keys_wrap(struct ctx *c)
{
	struct keys_rewrapped done;
	enum err e = keys_rewrap(c, &done);

	if (e != ERR_OK)
		return complain("keys rewrap", e);
	printf("%" PRId64 " values sealed anew\n", done.done);
	if (done.unknown)
		fprintf(stderr, "portalctl: %" PRId64 " values are opened by no key, see keys list\n", done.unknown);
	return done.unknown != 0;
}

static int keys_new(struct ctx *c)
{
	const char *id = NULL;
	enum err e = keys_rotate(c, &id);

	if (e == ERR_CONFLICT)
		fprintf(stderr, "portalctl: %d master keys are there: retire one first\n", KEYRING_MAX);
	if (e != ERR_OK)
		return complain("keys rotate", e);
	printf("%s is the master key now\n", id);
	return keys_wrap(c);
}

static int keys_drop(struct ctx *c, const char *id)
{
	int64_t values;
	enum err e = keys_retire(c, id, &values);

	if (e == ERR_OK)
		return 0;
	if (e == ERR_CONFLICT)
		fprintf(stderr, "portalctl: %" PRId64 " values still name %s: portalctl keys rewrap\n", values, id);
	else if (e == ERR_WRONG_STATE)
		fprintf(stderr, "portalctl: %s is the current key\n", id);
	else if (e == ERR_LOCKED)
		fprintf(stderr, "portalctl: a program is at work with %s: try again\n", id);
	else if (e == ERR_NOT_FOUND)
		fprintf(stderr, "portalctl: there is no key %s\n", id);
	else
		complain("keys retire", e);
	return 1;
}

static int keys(struct ctx *c, int argc, char **args)
{
	if (argc == 1 && text_eq(args[0], "list"))
		return keys_list(c);
	if (argc == 1 && text_eq(args[0], "rotate"))
		return keys_new(c);
	if (argc == 1 && text_eq(args[0], "rewrap"))
		return keys_wrap(c);
	if (argc == 2 && text_eq(args[0], "retire"))
		return keys_drop(c, args[1]);
	fputs(usage, stderr);
	return 2;
}

static void print_fault(void *arg, const char *id, const char *what)
{
	(void)arg;
	printf("%s: %s\n", *id ? id : "store", what);
}

static int check_store(struct ctx *c)
{
	struct store_checked done;
	enum err e = store_check(c, print_fault, NULL, &done);

	if (e != ERR_OK)
		return complain("store check", e);
	printf("store: %" PRId64 " files, %" PRId64 " bytes, %" PRId64 " faults, %" PRId64 " files without a row\n",
		done.files, done.bytes, done.faults, done.orphans);
	return done.faults != 0;
}

static int with_house(int argc, char **argv)
{
	struct house *h = house_open("portalctl");
	struct arena *a CLEANUP(arena_done) = arena_new();
	struct ctx c;
	int status = 2;

	if (keyring_hold(&h->master) != ERR_OK) /* until house_close */
		return complain("master key", ERR_INTERNAL);
	ctx_init(&c, h, a, (int64_t)time(NULL));
	c.actor.kind = ACTOR_MACHINE;
	if (argc >= 4 && text_eq(argv[1], "calendar") && text_eq(argv[2], "import"))
		status = import_calendar(&c, argv + 3);
	else if (argc >= 4 && text_eq(argv[1], "certificate") && text_eq(argv[2], "import"))
		status = import_certificates(&c, argv + 3);
	else if (argc == 3 && text_eq(argv[1], "catalog") && text_eq(argv[2], "store"))
		status = store_catalog(&c);
	else if (argc >= 6 && text_eq(argv[1], "staff") && text_eq(argv[2], "add"))
		status = staff(&c, argv + 3);
	else if (argc == 2 && text_eq(argv[1], "seed"))
		status = seed(&c);
	else if (argc == 2 && text_eq(argv[1], "gen"))
		status = gen(&c);
	else if (argc == 2 && text_eq(argv[1], "authority"))
		status = authority(&c);
	else if (argc >= 3 && text_eq(argv[1], "keys"))
		status = keys(&c, argc - 2, argv + 2);
	else if (argc == 3 && text_eq(argv[1], "store") && text_eq(argv[2], "check"))
		status = check_store(&c);
	else if (argc == 2 && text_eq(argv[1], "verify-audit"))
		status = verify_audit(&c);
	else
		fputs(usage, stderr);
	house_close(h);
	return status;
}

int main(int argc, char **argv)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	struct config config;
	bool bare = argc == 2 &&
		    (text_eq(argv[1], "init") || text_eq(argv[1], "migrate") || text_eq(argv[1], "check-sql"));

	log_init("portalctl");
	if (argc < 2 || text_eq(argv[1], "--help") || text_eq(argv[1], "help")) {
		fputs(usage, stdout);
		return argc < 2 ? 2 : 0;
	}
	if (argc == 2 && text_eq(argv[1], "workflow"))
		return workflow();
	if (!bare)
		return with_house(argc, argv);
	if (!read_config(a, &config))
		return 1;
	if (text_eq(argv[1], "init"))
		return init(a, &config);
	return text_eq(argv[1], "migrate") ? migrate(a, &config) : check_sql(&config);
}
