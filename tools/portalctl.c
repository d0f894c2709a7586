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
#include "domain/announcement.h"
#include "domain/audit_anchor.h"
#include "domain/authority.h"
#include "domain/backup.h"
#include "domain/clock.h"
#include "domain/edition.h"
#include "domain/issuer.h"
#include "domain/guide.h"
#include "domain/keys.h"
#include "domain/ledger.h"
#include "domain/migrate.h"
#include "domain/notify.h"
#include "domain/register_import.h"
#include "domain/setup.h"
#include "domain/staff.h"
#include "domain/store.h"
#include "domain/unlock_key.h"
#include "domain/workflow.h"
#include "io/file.h"

static int refuse(const char *what, const char *why)
{
	fprintf(stderr, "portalctl: %s: %s\n", what, why);
	return 1;
}

static int complain(const char *what, enum err e)
{
	return refuse(what, err_sentence(e));
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

static int messages(void)
{
	size_t n;
	const struct notify_template *t = notify_templates(&n);

	for (size_t i = 0; i < n; i++) {
		printf("%s\t", t[i].word);
		for (const char *at = t[i].text; *at; at++) {
			if (*at == '{')
				putchar('$');
			putchar(*at);
		}
		putchar('\n');
	}
	return 0;
}

static bool read_config(struct arena *a, struct config *ret_config)
{
	const char *path = config_path();
	struct faults faults;
	enum err e;

	faults_init(&faults, a);
	if (!path)
		return refuse("ZHENGYIN_CONF", "does not name the config file") == 0;
	e = config_load(path, ret_config, &faults);
	print_faults("", &faults);
	return e == ERR_OK || (!faults.count && complain(path, e) == 0);
}

static int init(struct arena *a, const struct config *config, char **args)
{
	struct faults faults;
	int64_t made;
	enum err e;

	(void)args;
	faults_init(&faults, a);
	e = setup_secrets(a, config, &faults, &made);
	print_faults("grants.txt", &faults);
	if (e != ERR_OK)
		return complain(config->secret_dir, e);
	if (made)
		printf("%" PRId64 " secrets made in %s\n", made, config->secret_dir);
	return 0;
}

static int migrate(struct arena *a, const struct config *config, char **args)
{
	struct migrated done;

	(void)args;
	if (migrate_run(a, config, (int64_t)time(NULL), &done) != ERR_OK)
		return refuse("migrate", done.say);
	if (done.applied || done.granted)
		printf("schema %" PRId64 ", %" PRId64 " applied%s\n", done.version, done.applied,
			done.granted ? ", grants renewed" : "");
	return 0;
}

static int check_sql(struct arena *a, const struct config *config, char **args)
{
	int64_t n;

	(void)a;
	(void)args;
	if (migrate_check_sql(config, &n) != ERR_OK)
		return complain("check-sql", ERR_INTERNAL);
	printf("%" PRId64 " statements are right\n", n);
	return 0;
}

static int tell_backup(const char *folder, enum err e, const struct backup_done *done)
{
	if (e != ERR_OK)
		return refuse(folder, done->say ? done->say : err_sentence(e));
	printf("schema %" PRId64 ", %" PRId64 " tables, %" PRId64 " rows, %" PRId64 " files of the store (%" PRId64
	       " copied)\n",
		done->schema, done->tables, done->rows, done->files, done->fresh);
	return 0;
}

static int check_backup(struct arena *a, const struct config *config, char **args)
{
	struct backup_done done;
	enum err e = backup_check(a, config, args[0], &done);

	if (e != ERR_OK)
		return tell_backup(args[0], e, &done);
	printf("made %s: schema %" PRId64 ", %" PRId64 " tables, %" PRId64 " rows\n", moment_text(a, done.made_at),
		done.schema, done.tables, done.rows);
	return 0;
}

static int restore(struct arena *a, const struct config *config, char **args)
{
	struct backup_done done;

	return tell_backup(args[0], backup_restore(a, config, (int64_t)time(NULL), args[0], &done), &done);
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
	const char *dir = c->house->config.gen_dir, *missing;
	int done;
	enum err e;

	e = file_folder(dir);
	if (e == ERR_OK)
		e = db_ready(c->db);
	if (e == ERR_OK)
		e = guide_renew(c);
	if (e == ERR_OK)
		e = announcement_publish(c, &done);
	if (e == ERR_OK)
		e = edition_write(c->arena, &c->house->config, &missing);
	if (e == ERR_OK)
		fputs(missing, stdout);
	return e == ERR_OK ? 0 : complain(dir, e);
}

static int authority(struct ctx *c)
{
	int made;
	enum err e = authority_init(c->arena, &c->house->config, c->now, &made);

	if (e != ERR_OK)
		return complain("authority", e);
	if (made)
		printf("%d authorities and seal makers made for demonstrations, lists in %s/crl\n", made,
			c->house->config.gen_dir);
	return 0;
}

static int unlock_key(struct ctx *c, bool another)
{
	const struct config *config = &c->house->config;
	struct bytes spki;
	bool made;
	enum err e = another ? unlock_key_rotate(c->arena, config) : unlock_key_init(c->arena, config, &made);

	if (e == ERR_OK)
		e = unlock_key_public(c->arena, config, &spki);
	if (e != ERR_OK)
		return complain("unlock-key", e);
	printf("%s", (const char *)x509_pem(c->arena, "PUBLIC KEY", spki).at);
	return 0;
}

static int unlock_key_make(struct ctx *c)
{
	return unlock_key(c, false);
}

static int unlock_key_other(struct ctx *c)
{
	return unlock_key(c, true);
}

static int authority_check(struct ctx *c)
{
	const char *say = "";
	enum err e = issuer_alive(c, &say);

	if (e == ERR_NOT_FOUND) {
		printf("authority: none is asked (issuer = %s)\n", c->house->config.issuer);
		return 0;
	}
	if (e != ERR_OK)
		return complain(*say ? say : "authority", e);
	printf("authority: answers\n");
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
	const char *apart = permission_roles_apart(a.staff.roles);
	enum err e;

	for (char **role = args + 2; *role; role++)
		if (!permission_of_role(*role)) {
			fprintf(stderr, "portalctl: no role %s; roles are:", *role);
			for (const char *const *r = permission_roles(); *r; r++)
				fprintf(stderr, " %s", *r);
			fprintf(stderr, "\n");
			return 1;
		}
	if (apart) {
		fprintf(stderr, "portalctl: %s\n", apart);
		return 1;
	}
	e = ctx_tx(c, add_staff, &a);
	if (e != ERR_OK)
		return complain(args[0], e);
	printf("user %s\npassword %s\ntotp_secret %s\n", a.staff.user, a.staff.password, a.totp);
	return 0;
}

static int anchor(struct ctx *c)
{
	enum err e = audit_anchor_write(c, true);

	return e == ERR_OK ? 0 : complain("anchor", e);
}

static int verify_audit(struct ctx *c, char **args)
{
	struct audit_anchor kept = {.where = "what was kept"};
	struct audit_result result;
	struct str hash;
	enum err e;

	if (args[0] && (!args[1] || !audit_anchor_of(args[0], args[1], &kept))) {
		fputs("portalctl: verify-audit takes SEQ and HASH as it printed them\n", stderr);
		return 2;
	}
	e = audit_verify(c, args[0] ? &kept : NULL, &result);
	if (e != ERR_OK)
		return complain("verify-audit", e);
	if (result.first_bad) {
		printf("audit: broken at row %" PRId64 ": %s\n", result.first_bad, result.why);
		return 1;
	}
	str_init(&hash, c->arena);
	str_hex(&hash, result.hash, sizeof result.hash);
	printf("audit: %" PRId64 " rows, the chain holds\nend: %" PRId64 " %s\n", result.rows, result.head, hash.at);
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

static int keys_drop(struct ctx *c, char **args)
{
	const char *id = args[0];
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

static int look_at_clock(struct ctx *c)
{
	struct clock_state s;
	enum err e = clock_look(c, &s);

	if (e != ERR_OK)
		return complain("clock.json", e);
	if (s.step_s)
		printf("now %s, stepped by %+" PRId64 " s: held until portalctl clock accept\n",
			moment_text(c->arena, c->now), s.step_s);
	else
		printf("now %s, no step\n", moment_text(c->arena, c->now));
	return s.step_s != 0;
}

static int accept_clock(struct ctx *c)
{
	int64_t step;
	enum err e = clock_accept(c, &step);

	if (e != ERR_OK)
		return complain("clock accept", e);
	printf(step ? "accepted: now is %s\n" : "nothing was held: now is %s\n", moment_text(c->arena, c->now));
	return 0;
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

/* Do the books and the cases say the same? */
static int check_ledger(struct ctx *c)
{
	enum { MOST = 20 };
	const struct ledger_fault *f;
	struct list faults;
	enum err e = ledger_check(c, MOST, &faults);

	if (e != ERR_OK)
		return complain("ledger", e);
	f = faults.at;
	for (size_t i = 0; i < faults.count; i++)
		printf("ledger: %s %" PRId64 ": books say %" PRId64 " fen, it is %" PRId64 "\n", f[i].what, f[i].id,
			f[i].books_fen, f[i].real_fen);
	if (!faults.count)
		puts("ledger: books, cases, payments and bank lines agree");
	return faults.count ? 1 : 0;
}

static int backup(struct ctx *c, char **args)
{
	struct backup_done done;
	enum err e = backup_make(c, args[0], args[1], &done);

	if (e == ERR_CONFLICT)
		done.say = "it is there already: each backup gets a folder of its own";
	return tell_backup(args[0], e, &done);
}

/* --- what there is -------------------------------------------------------------------------------------------------- */

enum { ANY = 1000 };

static const struct command {
	const char *word, *second, *shown, *help; /* second: "" when there is none */
	int least, most;			  /* arguments behind the words */
	int (*alone)(void);
	int (*bare)(struct arena *a, const struct config *config, char **args);
	int (*plain)(struct ctx *c);
	int (*run)(struct ctx *c, char **args);
} commands[] = {
#define X(needs, word, second, shown, least, most, function, help) \
	{word, second, shown, help, least, most, .needs = (function)},
#include "portalctl.def"
#undef X
};

static int usage(FILE *to)
{
	fputs("portalctl COMMAND\n"
	      "Looks after an installation.  Settings: the file that ZHENGYIN_CONF names, else /etc/zhengyin/portal.conf.\n",
		to);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		const struct command *c = &commands[i];

		fprintf(to, "  %s%s%s%s%s\n      %s\n", c->word, *c->second ? " " : "", c->second, *c->shown ? " " : "",
			c->shown, c->help);
	}
	return 2;
}

static const struct command *find(int argc, char **argv, char ***ret_args)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		const struct command *c = &commands[i];
		int words = *c->second ? 2 : 1;

		*ret_args = argv + 1 + words;
		if (argc > words && text_eq(argv[1], c->word) && (words == 1 || text_eq(argv[2], c->second)) &&
			argc - 1 - words >= c->least && argc - 1 - words <= c->most)
			return c;
	}
	return NULL;
}

static int with_house(const struct command *command, char **args)
{
	struct house *h = house_open("portalctl");
	struct arena *a CLEANUP(arena_done) = arena_new();
	struct ctx c;
	int status;

	if (keyring_hold(&h->master) != ERR_OK) /* until house_close */
		return complain("master key", ERR_INTERNAL);
	ctx_init(&c, h, a, (int64_t)time(NULL));
	c.actor.kind = ACTOR_MACHINE;
	status = command->plain ? command->plain(&c) : command->run(&c, args);
	house_close(h);
	return status;
}

int main(int argc, char **argv)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	const struct command *command;
	struct config config;
	char **args;

	log_init("portalctl");
	if (argc < 2 || text_eq(argv[1], "--help") || text_eq(argv[1], "help")) {
		usage(stdout);
		return argc < 2 ? 2 : 0;
	}
	command = find(argc, argv, &args);
	if (!command)
		return usage(stderr);
	if (command->alone)
		return command->alone();
	if (!command->bare)
		return with_house(command, args);
	return read_config(a, &config) ? command->bare(a, &config, args) : 1;
}
