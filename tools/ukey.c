/* Command-line stand-in for the client of a UKey: a soft token in a folder (io/token.h), or an RSA token through PKCS#11, for
 * people at a terminal and, by `serve`, for the portal's pages in the browser of the same machine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "io/file.h"
#include "io/json.h"
#include "io/json_out.h"
#include "io/loopback.h"
#include "io/pkcs11.h"
#include "io/token.h"

static const char usage[] =
	"ukey COMMAND FOLDER [OPTION…]; ukey --help\n"
	"  new      make a token: --algorithm rsa|sm2, --serial NUMBER, --unlock-key FILE (public key of the portal, PEM)\n"
	"  show     serial, state and certificates; asks for no PIN\n"
	"  request  a new signing key; prints its certificate request (PEM)\n"
	"  install  certificate, and encryption certificate with its wrapped key, from stdin: JSON {certificate,\n"
	"           encryption_certificate, encryption_key, unlock_key, seal}\n"
	"  sign     signs stdin, prints the signature in Base64: --certificate SERIAL, --gm (OIDs of GM/T 0010)\n"
	"  challenge  for a locked token: what the portal's permission is asked with, JSON; makes an earlier one worthless\n"
	"  unlock   that permission from stdin, JSON; asks for a new PIN\n"
	"  pin      another PIN\n"
	"  serve    for the pages of the portal: --origin https://PORTAL, --port 27443, --gm\n"
	"show, request, install and sign also for an RSA token of a vendor: --pkcs11 MODULE --slot N instead of FOLDER\n"
	"The PIN is asked for at the terminal, or taken from UKEY_PIN and UKEY_NEW_PIN.\n";

enum { PORT = 27443, TEXT_MAX = 64 << 10, SEAL_MAX = 1 << 20, INPUT_MAX = SEAL_MAX + TEXT_MAX };

/* --- what is asked and answered, by command line and by pages alike --------------------------------------------------- */

struct ask {
	const char *pin, *new_pin, *text;
	const char *certificate; /* serial of the one that signs; NULL: the newest */
	struct token_delivery delivery;
	struct token_permission permission;
};
struct options {
	const char *pkcs11, *slot, *dir, *origin, *algorithm, *serial, *unlock_key, *certificate, *port;
	bool gm;
};
struct work {
	struct arena *arena;
	const struct options *options;
	struct token *token;
	struct pkcs11 *vendor;
	struct ask ask;
	struct json_out json;
	struct str out;
	const char *plain, *say; /* plain: the answer as it is printed; NULL: the JSON */
};

/* Bytes as they stand: what is signed, a PIN and PEM are not folded. */
static const char *as_is(struct arena *a, const char **text, const char **ret_say)
{
	(void)a, (void)text, (void)ret_say;
	return NULL;
}

static const struct field delivery_fields[] = {
	TEXT_REQUIRED(struct token_delivery, certificate, "证书", 1, 16384, as_is),
	TEXT(struct token_delivery, encryption_certificate, "加密证书", 1, 16384, as_is),
	TEXT(struct token_delivery, encryption_key, "加密密钥", 1, 16384, NULL),
	TEXT(struct token_delivery, unlock_key, "解锁公钥", 1, 2048, NULL),
	TEXT(struct token_delivery, seal, "印章数据", 1, SEAL_MAX, NULL),
};
static const struct shape delivery_shape = SHAPE(struct token_delivery, delivery_fields);

#define PIN TEXT_REQUIRED(struct ask, pin, "PIN码", 1, TOKEN_PIN_MAX, as_is)
#define NEW_PIN TEXT_REQUIRED(struct ask, new_pin, "新PIN码", 1, TOKEN_PIN_MAX, as_is)

static const struct shape show_shape = {NULL, 0, sizeof(struct ask)};
static const struct field request_fields[] = {PIN};
static const struct shape request_shape = SHAPE(struct ask, request_fields);
static const struct field install_fields[] = {PIN, OBJECT(struct ask, delivery, "证书", &delivery_shape)};
static const struct shape install_shape = SHAPE(struct ask, install_fields);
static const struct field sign_fields[] = {
	PIN,
	TEXT_REQUIRED(struct ask, text, "要签名的内容", 1, TEXT_MAX, as_is),
	TEXT(struct ask, certificate, "证书序列号", 2, 40, NULL),
};
static const struct shape sign_shape = SHAPE(struct ask, sign_fields);
static const struct field unlock_fields[] = {
	NEW_PIN,
	OBJECT(struct ask, permission, "解锁许可", &token_permission_shape),
};
static const struct shape unlock_shape = SHAPE(struct ask, unlock_fields);

static int64_t now(void)
{
	return (int64_t)time(NULL);
}

static struct bytes bytes_of(const char *text)
{
	return (struct bytes){(const unsigned char *)text, strlen(text)};
}

static enum err show(struct work *w)
{
	struct token_face face;
	enum err e = token_look(w->token, &face);

	if (e == ERR_OK)
		json_rows(&w->json, &token_face_shape, &face);
	return e;
}

static enum err request(struct work *w)
{
	struct bytes der;
	enum err e = token_enter(w->token, w->ask.pin);

	if (e == ERR_OK)
		e = token_request(w->token, &der);
	if (e != ERR_OK)
		return e;
	w->plain = (const char *)x509_pem(w->arena, "CERTIFICATE REQUEST", der).at;
	json_text(&w->json, "request", w->plain);
	return ERR_OK;
}

static enum err install(struct work *w)
{
	enum err e = token_enter(w->token, w->ask.pin);

	if (e == ERR_OK)
		e = token_install(w->token, &w->ask.delivery);
	return e == ERR_OK ? show(w) : e;
}

/* What a page wants signed is shown at the token's own terminal: a page could show something else. */
static void show_text(const struct work *w)
{
	fprintf(stderr, "---- 将要签名的内容（来自%s）----\n", w->options->origin);
	for (const char *p = w->ask.text; *p; p++)
		fputc((unsigned char)*p < ' ' && *p != '\n' ? '?' : *p, stderr);
	fprintf(stderr, "----\n");
}

/* Pages get challenges signed, of their own host, and nothing else. */
static bool is_challenge(const struct work *w)
{
	const char *host = strstr(w->options->origin, "://");
	const char *head = arena_printf(
		w->arena, "zhengyin-challenge/1\nhost: %s\n", host ? host + 3 : w->options->origin);

	return strncmp(w->ask.text, head, strlen(head)) == 0;
}

static enum err sign(struct work *w)
{
	const char *serial;
	struct bytes der;
	struct str s;
	enum err e;

	if (w->options->origin && !is_challenge(w)) {
		w->say = "要签名的内容不是这个网站的";
		return ERR_FORBIDDEN;
	}
	if (w->options->origin)
		show_text(w);
	e = token_enter(w->token, w->ask.pin);
	if (e == ERR_OK)
		e = token_sign(
			w->token, w->ask.certificate, bytes_of(w->ask.text), now(), w->options->gm, &der, &serial);
	if (e != ERR_OK)
		return e;
	str_init(&s, w->arena);
	str_base64(&s, der.at, der.len);
	w->plain = arena_printf(w->arena, "%s\n", s.at);
	json_text(&w->json, "signature", s.at);
	json_text(&w->json, "certificate", serial);
	return ERR_OK;
}

static enum err challenge(struct work *w)
{
	struct token_challenge made;
	enum err e = token_challenge(w->token, &made);

	if (e == ERR_OK)
		json_rows(&w->json, &token_challenge_shape, &made);
	return e;
}

static enum err unlock(struct work *w)
{
	enum err e = token_unlock(w->token, &w->ask.permission, now(), w->ask.new_pin);

	return e == ERR_OK ? show(w) : e;
}

static enum err pin(struct work *w)
{
	enum err e = token_enter(w->token, w->ask.pin);

	if (e == ERR_OK)
		e = token_change_pin(w->token, w->ask.new_pin);
	return e == ERR_OK ? show(w) : e;
}

/* --- the work itself, in either way ---------------------------------------------------------------------------------- */

static enum err refused(struct work *w, enum err e)
{
	if (!w->say && w->token && *token_say(w->token))
		w->say = arena_text(w->arena, token_say(w->token));
	if (!w->say)
		w->say = e == ERR_NOT_FOUND  ? "没有找到UKey"
			 : e == ERR_CHECKSUM ? "UKey里的数据已损坏"
					     : err_sentence(e);
	return e;
}

static enum err run(struct work *w, enum err (*what)(struct work *w))
{
	enum err e = token_open(w->options->dir, &w->token);

	str_init(&w->out, w->arena);
	json_begin(&w->json, &w->out);
	json_object(&w->json, NULL);
	if (e == ERR_OK)
		e = what(w);
	if (e == ERR_OK)
		json_end(&w->json);
	else
		refused(w, e);
	return e;
}

/* --- at the terminal -------------------------------------------------------------------------------------------------- */

static int complain(const char *say)
{
	fprintf(stderr, "ukey: %s\n", say);
	return 1;
}

static const char *ask_terminal(struct arena *a, const char *prompt)
{
	FILE *tty = fopen("/dev/tty", "r+e");
	struct termios before, silent;
	char line[TOKEN_PIN_MAX + 2] = "";

	if (!tty || tcgetattr(fileno(tty), &before) != 0)
		return NULL;
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	fprintf(tty, "%s：", prompt);
	fflush(tty);
	tcsetattr(fileno(tty), TCSAFLUSH, &silent);
	if (!fgets(line, sizeof line, tty))
		line[0] = '\0';
	tcsetattr(fileno(tty), TCSAFLUSH, &before);
	fputc('\n', tty);
	fclose(tty);
	line[strcspn(line, "\r\n")] = '\0';
	return arena_text(a, line);
}

static bool need_pin(struct arena *a, const char *variable, const char *prompt, const char **ret_pin)
{
	const char *given = getenv(variable);

	*ret_pin = given ? given : ask_terminal(a, prompt);
	return *ret_pin || complain("没有终端可以输入PIN码") == 0;
}

static bool read_stdin(struct arena *a, size_t most, struct bytes *ret_bytes)
{
	struct str s;
	char part[4096];
	size_t n;

	str_init(&s, a);
	while ((n = fread(part, 1, sizeof part, stdin)) > 0 && s.len <= most)
		str_addn(&s, part, n);
	*ret_bytes = (struct bytes){(const unsigned char *)s.at, s.len};
	if (ferror(stdin) || s.len > most || strlen(s.at) != s.len)
		return complain("读不到内容，或内容过长") == 0;
	return true;
}

static bool read_json(struct work *w, struct bytes in, const struct shape *shape, void *ret)
{
	struct faults faults;
	const char *say = NULL;
	enum err e;

	faults_init(&faults, w->arena);
	e = json_read((const char *)in.at, in.len, shape, ret, &faults, &say);
	if (e == ERR_OK)
		return true;
	w->say = faults.count ? faults.at[0].detail : "不是JSON";
	return false;
}

static bool take_stdin(struct work *w, const struct shape *shape, void *ret)
{
	struct bytes in;

	if (!read_stdin(w->arena, shape ? INPUT_MAX : TEXT_MAX, &in))
		return false;
	if (shape)
		return read_json(w, in, shape, ret) || complain(w->say) == 0;
	*(const char **)ret = (const char *)in.at;
	return true;
}

static bool take_text(struct work *w)
{
	w->ask.certificate = w->options->certificate;
	return take_stdin(w, NULL, &w->ask.text);
}

static bool take_delivery(struct work *w)
{
	return take_stdin(w, &delivery_shape, &w->ask.delivery);
}

static bool take_permission(struct work *w)
{
	return take_stdin(w, &token_permission_shape, &w->ask.permission);
}

/* --- the same through PKCS#11 ------------------------------------------------------------------------------------------ */

static enum err show11(struct work *w)
{
	struct pkcs11_face face;
	enum err e = pkcs11_look(w->vendor, &face);

	if (e != ERR_OK)
		return e;
	json_text(&w->json, "serial", face.serial);
	json_text(&w->json, "label", face.label);
	json_list(&w->json, "certificates");
	for (size_t i = 0; i < face.certificates.count; i++)
		json_text(&w->json, NULL,
			(const char *)x509_pem(w->arena, "CERTIFICATE", ((const struct bytes *)face.certificates.at)[i])
				.at);
	json_end(&w->json);
	return ERR_OK;
}

static enum err request11(struct work *w)
{
	struct bytes der;
	enum err e = pkcs11_request(w->vendor, &der);

	if (e == ERR_OK)
		w->plain = (const char *)x509_pem(w->arena, "CERTIFICATE REQUEST", der).at;
	return e;
}

static enum err install11(struct work *w)
{
	struct bytes der;
	enum err e = x509_unpem(w->arena, "CERTIFICATE", bytes_of(w->ask.delivery.certificate), &der);

	if (e == ERR_OK)
		e = pkcs11_install(w->vendor, der);
	return e == ERR_OK ? show11(w) : e;
}

static enum err sign11(struct work *w)
{
	struct bytes der;
	struct str s;
	enum err e = pkcs11_sign(w->vendor, w->ask.certificate, bytes_of(w->ask.text), now(), &der);

	if (e != ERR_OK)
		return e;
	str_init(&s, w->arena);
	str_base64(&s, der.at, der.len);
	w->plain = arena_printf(w->arena, "%s\n", s.at);
	return ERR_OK;
}

static const struct command {
	const char *name;
	enum err (*run)(struct work *w), (*run11)(struct work *w);
	bool pin, new_pin;
	bool (*take)(struct work *w); /* from stdin */
	const struct shape *posted;   /* NULL: not for pages */
} commands[] = {
	{"show", show, show11, false, false, NULL, &show_shape},
	{"request", request, request11, true, false, NULL, &request_shape},
	{"install", install, install11, true, false, take_delivery, &install_shape},
	{"sign", sign, sign11, true, false, take_text, &sign_shape},
	{"challenge", challenge, NULL, false, false, NULL, &show_shape},
	{"unlock", unlock, NULL, false, true, take_permission, &unlock_shape},
	{"pin", pin, NULL, true, true, NULL, NULL},
};

static enum err run_vendor(struct work *w, enum err (*what)(struct work *w))
{
	const char *slot = w->options->slot ? w->options->slot : "0";
	enum err e = pkcs11_open(w->arena, w->options->pkcs11, strtol(slot, NULL, 10), w->ask.pin, &w->vendor);

	str_init(&w->out, w->arena);
	json_begin(&w->json, &w->out);
	json_object(&w->json, NULL);
	if (e == ERR_OK)
		e = what(w);
	if (e == ERR_OK)
		json_end(&w->json);
	else
		w->say = *pkcs11_say(w->vendor) ? pkcs11_say(w->vendor) : err_sentence(e);
	return e;
}

static int at_terminal(struct arena *a, const struct options *o, const struct command *c)
{
	struct work w = {.arena = a, .options = o};
	enum err e;

	if (o->pkcs11 && !c->run11)
		return complain("这个操作请用厂商的工具");
	if (c->take && !c->take(&w))
		return 1;
	if ((c->pin || o->pkcs11) && !need_pin(a, "UKEY_PIN", "PIN码", &w.ask.pin))
		return 1;
	if (c->new_pin && !need_pin(a, "UKEY_NEW_PIN", "新PIN码", &w.ask.new_pin))
		return 1;
	e = o->pkcs11 ? run_vendor(&w, c->run11) : run(&w, c->run);
	if (e == ERR_OK)
		printf("%s%s", w.plain ? w.plain : w.out.at, w.plain ? "" : "\n");
	else
		complain(w.say);
	token_done(&w.token);
	pkcs11_done(&w.vendor);
	return e == ERR_OK ? 0 : 1;
}

static int make(struct arena *a, const struct options *o)
{
	struct token_order order = {.serial = o->serial};
	int algorithm = text_index(x509_algorithm_words, o->algorithm ? o->algorithm : "sm2");
	struct bytes pem;
	const char *say;

	order.algorithm = algorithm < 0 ? X509_ALGORITHM_MAX : (enum x509_algorithm)algorithm;
	if (o->unlock_key && (file_read(a, o->unlock_key, &pem) != ERR_OK ||
				     x509_unpem(a, "PUBLIC KEY", pem, &order.unlock_spki) != ERR_OK))
		return complain("读不到门户的解锁公钥");
	if (!need_pin(a, "UKEY_PIN", "PIN码", &order.pin))
		return 1;
	if (token_make(a, o->dir, &order, &say) != ERR_OK)
		return complain(say);
	return at_terminal(a, o, &commands[0]);
}

/* --- for pages -------------------------------------------------------------------------------------------------------- */

static void write_refusal(struct work *w, enum err e, struct loopback_reply *ret)
{
	struct json_out j;
	struct str s;

	str_init(&s, w->arena);
	json_begin(&j, &s);
	json_object(&j, NULL);
	json_text(&j, "code", err_wire(e));
	json_text(&j, "detail", w->say);
	if (w->token)
		json_int(&j, "tries_left", token_tries_left(w->token));
	json_end(&j);
	*ret = (struct loopback_reply){err_status(e), s.at};
}

static void answer(void *arg, struct arena *a, const char *path, struct bytes body, struct loopback_reply *ret)
{
	struct work w = {.arena = a, .options = arg};
	enum err e = ERR_NOT_FOUND;

	w.say = "没有这个操作";
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		const struct command *c = &commands[i];

		if (!c->posted || path[0] != '/' || strcmp(path + 1, c->name) != 0)
			continue;
		w.say = NULL;
		e = read_json(&w, body, c->posted, &w.ask) ? run(&w, c->run) : ERR_INVALID;
		break;
	}
	if (e == ERR_OK)
		*ret = (struct loopback_reply){200, w.out.at};
	else
		write_refusal(&w, e, ret);
	token_done(&w.token);
}

static void ready(void *arg, int64_t port)
{
	const struct options *o = arg;

	printf("http://127.0.0.1:%d %s\n", (int)port, o->origin);
	fflush(stdout);
}

static int serve(struct arena *a, const struct options *o)
{
	struct loopback l = {.port = PORT, .origin = o->origin, .answer = answer, .ready = ready};
	struct token *t = NULL;
	char *end = NULL;

	(void)a;
	l.arg = (void *)(uintptr_t)o;
	if (o->port)
		l.port = strtol(o->port, &end, 10);
	if (!o->origin || (end && (*end || l.port < 0 || l.port > 65535)))
		return complain("serve 需要 --origin 和正确的 --port");
	if (token_open(o->dir, &t) != ERR_OK)
		return complain("没有找到UKey，或其中的数据已损坏");
	token_done(&t);
	return loopback_serve(&l) == ERR_OK ? 0 : complain("端口已被占用");
}

/* --- the command line ------------------------------------------------------------------------------------------------- */

static bool read_options(int argc, char **argv, struct options *o)
{
	const struct {
		const char *name, **to;
	} words[] = {
		{"--algorithm", &o->algorithm},
		{"--serial", &o->serial},
		{"--unlock-key", &o->unlock_key},
		{"--certificate", &o->certificate},
		{"--origin", &o->origin},
		{"--port", &o->port},
		{"--pkcs11", &o->pkcs11},
		{"--slot", &o->slot},
	};

	for (int i = o->dir ? 3 : 2; i < argc; i++) {
		size_t k = 0;

		while (k < ARRAY_LEN(words) && strcmp(argv[i], words[k].name) != 0)
			k++;
		if (k < ARRAY_LEN(words) && i + 1 < argc)
			*words[k].to = argv[++i];
		else if (strcmp(argv[i], "--gm") == 0)
			o->gm = true;
		else
			return false;
	}
	return true;
}

static int run_command(struct arena *a, const char *name, const struct options *o)
{
	if (strcmp(name, "new") == 0 && o->dir)
		return make(a, o);
	if (strcmp(name, "serve") == 0 && o->dir)
		return serve(a, o);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(name, commands[i].name) == 0)
			return at_terminal(a, o, &commands[i]);
	fputs(usage, stderr);
	return 2;
}

int main(int argc, char **argv)
{
	struct arena *a CLEANUP(arena_done) = arena_new();
	struct options o = {.dir = argc > 2 && argv[2][0] != '-' ? argv[2] : NULL};

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return fputs(usage, stdout) < 0;
	if (argc < 3 || !read_options(argc, argv, &o) || !o.dir == !o.pkcs11) {
		fputs(usage, stderr);
		return 2;
	}
	return run_command(a, argv[1], &o);
}
