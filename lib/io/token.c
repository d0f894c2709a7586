#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "io/file.h"
#include "io/json.h"
#include "io/json_out.h"
#include "io/token_part.h"

/* Who can try PINs away from us has the folder, and with it the device's bytes, which need no PIN: more work than this would only
 * make its owner wait.  Tokens that do not say took CRYPTO_PASSWORD_WORK. */
enum { PIN_WORK = 14 };
enum { MAC = 64, BASE64_MAX = 16384, SERIAL_MIN = 4, SERIAL_MAX = 40 };

static const struct field slot_fields[] = {
	TEXT(struct token_slot, certificate, "证书", 0, BASE64_MAX, NULL),
	TEXT(struct token_slot, encryption_certificate, "加密证书", 0, BASE64_MAX, NULL),
};
static const struct shape slot_shape = SHAPE(struct token_slot, slot_fields);

static const struct field state_fields[] = {
	TEXT_REQUIRED(struct token_state, serial, "UKey编号", SERIAL_MIN, SERIAL_MAX, NULL),
	WORD_REQUIRED(struct token_state, algorithm, "算法", x509_algorithm_words),
	TEXT(struct token_state, unlock_key, "解锁公钥", 0, BASE64_MAX, NULL),
	TEXT_REQUIRED(struct token_state, salt, "盐", 1, BASE64_MAX, NULL),
	INT(struct token_state, work, "PIN强度", PIN_WORK, CRYPTO_PASSWORD_WORK),
	TEXT_REQUIRED(struct token_state, by_pin, "密钥", 1, BASE64_MAX, NULL),
	TEXT_REQUIRED(struct token_state, by_device, "密钥", 1, BASE64_MAX, NULL),
	TEXT_REQUIRED(struct token_state, keys, "密钥", 1, 65536, NULL),
	TEXT(struct token_state, challenge, "解锁编号", 32, 32, NULL),
	BOOL(struct token_state, waiting, "等待证书"),
	LIST(struct token_state, slots, "证书", TOKEN_SLOTS, TOKEN_SLOTS, &slot_shape),
};
static const struct shape state_shape = SHAPE(struct token_state, state_fields);

struct secrets {
	struct list keys;
};
static const struct field secret_fields[] = {
	TEXT(struct token_secret, key, "签名密钥", 0, BASE64_MAX, NULL),
	TEXT(struct token_secret, encryption_key, "加密密钥", 0, BASE64_MAX, NULL),
};
static const struct shape secret_shape = SHAPE(struct token_secret, secret_fields);
static const struct field secrets_fields[] = {
	LIST(struct secrets, keys, "密钥", TOKEN_SLOTS, TOKEN_SLOTS, &secret_shape),
};
static const struct shape secrets_shape = SHAPE(struct secrets, secrets_fields);

enum err token_refuse(struct token *t, enum err e, const char *say)
{
	t->say = say;
	return e;
}

const char *token_say(const struct token *t)
{
	return t->say ? t->say : "";
}

const char *token_base64(struct arena *a, struct bytes bytes)
{
	struct str s;

	str_init(&s, a);
	str_base64(&s, bytes.at, bytes.len);
	return s.at;
}

enum err token_unbase64(struct arena *a, const char *text, struct bytes *ret_bytes)
{
	size_t n = text ? strlen(text) : 0;
	unsigned char *at = arena_alloc(a, n / 4 * 3 + 3);

	if (!n || !base64_decode(text, n, at, &ret_bytes->len))
		return ERR_INVALID;
	ret_bytes->at = at;
	return ERR_OK;
}

static char *path(struct token *t, const char *name)
{
	return arena_printf(t->arena, "%s/%s", t->dir, name);
}

static const char *context(struct token *t, const char *what)
{
	return arena_printf(t->arena, "zhengyin-token/1 %s %s", what, t->state.serial);
}

/* --- the three files --- */

static char *mac_of(struct token *t, const char *text)
{
	unsigned char mac[CRYPTO_HASH];
	struct str s;

	crypto_hmac(t->device.at, sizeof t->device.at, text, strlen(text), mac);
	str_init(&s, t->arena);
	str_hex(&s, mac, sizeof mac);
	return s.at;
}

static const char *sealed(struct token *t, const struct key *by, const char *what, const void *plain, size_t n)
{
	return token_base64(t->arena, crypto_seal(t->arena, by, context(t, what), plain, n));
}

static const char *secrets_text(struct token *t)
{
	struct secrets s = {{t->secret, TOKEN_SLOTS}};
	struct json_out j;
	struct str text;

	str_init(&text, t->arena);
	json_begin(&j, &text);
	json_shape(&j, NULL, &secrets_shape, &s);
	return text.at;
}

static void seal_keys(struct token *t)
{
	const char *keys = secrets_text(t);

	t->state.keys = sealed(t, &t->key, "keys", keys, strlen(keys));
	crypto_wipe((void *)(uintptr_t)keys, strlen(keys));
}

enum err token_save(struct token *t)
{
	const char *all;
	struct json_out j;
	struct str s;

	if (t->entered)
		seal_keys(t);
	t->state.slots = (struct list){t->slot, TOKEN_SLOTS};
	str_init(&s, t->arena);
	json_begin(&j, &s);
	json_shape(&j, NULL, &state_shape, &t->state);
	all = arena_printf(t->arena, "%s\n%s", mac_of(t, s.at), s.at);
	return file_write(t->arena, path(t, "token"), 0600, (struct bytes){(const void *)all, strlen(all)});
}

static enum err save_tries(struct token *t)
{
	char digit = (char)('0' + t->tries);

	return file_write(t->arena, path(t, "tries"), 0600, (struct bytes){(const void *)&digit, 1});
}

/* A counter that is gone or cannot be read counts as full: taking it away wins nothing. */
static void load_tries(struct token *t)
{
	struct bytes b;

	t->tries = TOKEN_TRIES;
	if (file_read(t->arena, path(t, "tries"), &b) == ERR_OK && b.len == 1 && b.at[0] >= '0' &&
		b.at[0] <= '0' + TOKEN_TRIES)
		t->tries = b.at[0] - '0';
}

static enum err load_state(struct token *t)
{
	struct bytes b = {0};
	struct faults faults;
	const char *say, *text;
	enum err e = file_read(t->arena, path(t, "token"), &b);

	if (e != ERR_OK)
		return e;
	text = (const char *)b.at;
	faults_init(&faults, t->arena);
	if (b.len <= MAC + 1 || strlen(text) != b.len || text[MAC] != '\n' ||
		!crypto_equal(mac_of(t, text + MAC + 1), text, MAC) ||
		json_read(text + MAC + 1, b.len - MAC - 1, &state_shape, &t->state, &faults, &say) != ERR_OK)
		return ERR_CHECKSUM;
	memcpy(t->slot, t->state.slots.at, sizeof t->slot);
	return ERR_OK;
}

static enum err load_device(struct token *t)
{
	t->fd = open(path(t, "device"), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (t->fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_INTERNAL;
	while (flock(t->fd, LOCK_EX) != 0)
		if (errno != EINTR)
			return ERR_INTERNAL;
	return read(t->fd, t->device.at, sizeof t->device.at) == sizeof t->device.at ? ERR_OK : ERR_CHECKSUM;
}

static struct token *begin(const char *dir)
{
	struct arena *a = arena_new();
	struct token *t = arena_alloc(a, sizeof *t);

	t->arena = a;
	t->dir = arena_text(a, dir);
	t->fd = -1;
	return t;
}

void token_done(struct token **t)
{
	struct token *one = *t;

	if (!one)
		return;
	if (one->fd >= 0)
		close(one->fd);
	for (size_t i = 0; i < TOKEN_SLOTS; i++) {
		const struct token_secret *s = &one->secret[i];

		if (s->key)
			crypto_wipe((void *)(uintptr_t)s->key, strlen(s->key));
		if (s->encryption_key)
			crypto_wipe((void *)(uintptr_t)s->encryption_key, strlen(s->encryption_key));
	}
	crypto_wipe(&one->device, sizeof one->device);
	crypto_wipe(&one->key, sizeof one->key);
	arena_free(one->arena);
	*t = NULL;
}

enum err token_open(const char *dir, struct token **ret_token)
{
	struct token *t CLEANUP(token_done) = begin(dir);
	enum err e = load_device(t);

	if (e == ERR_OK)
		e = load_state(t);
	if (e != ERR_OK)
		return e;
	load_tries(t);
	*ret_token = t;
	t = NULL;
	return ERR_OK;
}

/* --- the PIN --- */

static const char *pin_fault(const char *pin)
{
	size_t n = pin ? strlen(pin) : 0;

	for (size_t i = 0; i < n; i++)
		if (pin[i] < '!' || pin[i] > '~')
			return "PIN码只能用数字、字母和符号，不能有空格";
	return n < TOKEN_PIN_MIN || n > TOKEN_PIN_MAX ? "PIN码应为6到32位" : NULL;
}

/* One that is chosen now must not be the first that a thief would try. */
static const char *new_pin_fault(const char *pin)
{
	const char *fault = pin_fault(pin);
	bool run[3] = {true, true, true};

	for (size_t i = 1; !fault && pin[i]; i++)
		for (int step = -1; step <= 1; step++)
			run[step + 1] = run[step + 1] && pin[i] - pin[i - 1] == step;
	if (!fault && (run[0] || run[1] || run[2]))
		return "PIN码太简单，不能全是同一个字符，也不能是连着的数字或字母";
	return fault;
}

static void pin_key(struct token *t, const char *pin, struct key *ret_key)
{
	unsigned char salt[CRYPTO_SALT] = {0};
	struct bytes b;

	if (token_unbase64(t->arena, t->state.salt, &b) == ERR_OK && b.len == sizeof salt)
		memcpy(salt, b.at, sizeof salt);
	crypto_password_key(pin, salt, t->state.work ? (int)t->state.work : CRYPTO_PASSWORD_WORK, ret_key);
}

static void set_pin(struct token *t, const char *pin)
{
	unsigned char salt[CRYPTO_SALT];
	struct key k;

	crypto_random(salt, sizeof salt);
	t->state.salt = token_base64(t->arena, (struct bytes){salt, sizeof salt});
	t->state.work = PIN_WORK;
	pin_key(t, pin, &k);
	t->state.by_pin = sealed(t, &k, "pin", t->key.at, sizeof t->key.at);
	crypto_wipe(&k, sizeof k);
}

static bool open_key(struct token *t, const struct key *by, const char *what, const char *text)
{
	struct bytes b, plain;

	if (token_unbase64(t->arena, text, &b) != ERR_OK ||
		crypto_open(t->arena, by, context(t, what), b, &plain) != ERR_OK || plain.len != sizeof t->key.at)
		return false;
	memcpy(t->key.at, plain.at, sizeof t->key.at);
	crypto_wipe((void *)(uintptr_t)plain.at, plain.len);
	return true;
}

static enum err load_secrets(struct token *t)
{
	struct secrets s = {0};
	struct bytes b, plain;
	struct faults faults;
	const char *say;
	enum err e;

	faults_init(&faults, t->arena);
	if (token_unbase64(t->arena, t->state.keys, &b) != ERR_OK ||
		crypto_open(t->arena, &t->key, context(t, "keys"), b, &plain) != ERR_OK)
		return token_refuse(t, ERR_CHECKSUM, "UKey里的数据已损坏");
	e = json_read((const char *)plain.at, plain.len, &secrets_shape, &s, &faults, &say);
	crypto_wipe((void *)(uintptr_t)plain.at, plain.len);
	if (e != ERR_OK)
		return token_refuse(t, ERR_CHECKSUM, "UKey里的数据已损坏");
	memcpy(t->secret, s.keys.at, sizeof t->secret);
	t->entered = true;
	return ERR_OK;
}

int64_t token_tries_left(const struct token *t)
{
	return TOKEN_TRIES - t->tries;
}

static enum err locked(struct token *t)
{
	return token_refuse(t, ERR_LOCKED, "PIN码连续输错6次，UKey已锁定，请办理解锁");
}

enum err token_enter(struct token *t, const char *pin)
{
	struct key k;
	bool right;
	enum err e;

	if (t->tries >= TOKEN_TRIES)
		return locked(t);
	if (pin_fault(pin))
		return token_refuse(t, ERR_INVALID, pin_fault(pin));
	t->tries++;
	e = save_tries(t);
	if (e != ERR_OK)
		return token_refuse(t, e, "UKey无法写入，请检查后再试");
	pin_key(t, pin, &k);
	right = open_key(t, &k, "pin", t->state.by_pin);
	crypto_wipe(&k, sizeof k);
	if (!right && t->tries >= TOKEN_TRIES)
		return locked(t);
	if (!right)
		return token_refuse(t, ERR_CREDENTIALS,
			arena_printf(t->arena, "PIN码不正确，还可以试%d次", (int)token_tries_left(t)));
	t->tries = 0;
	e = save_tries(t);
	return e == ERR_OK ? load_secrets(t) : e;
}

enum err token_change_pin(struct token *t, const char *pin)
{
	assert(t->entered);
	if (new_pin_fault(pin))
		return token_refuse(t, ERR_INVALID, new_pin_fault(pin));
	set_pin(t, pin);
	return token_save(t);
}

/* --- making one --- */

static const char *new_serial(struct token *t)
{
	unsigned char raw[11];
	struct str s;

	crypto_random(raw, sizeof raw);
	str_init(&s, t->arena);
	str_addc(&s, 'K');
	for (size_t i = 0; i < sizeof raw; i++)
		str_addc(&s, (char)('0' + raw[i] % 10));
	return s.at;
}

static const char *order_fault(const struct token_order *o)
{
	size_t n = o->serial ? strlen(o->serial) : SERIAL_MIN;

	if (n < SERIAL_MIN || n > SERIAL_MAX ||
		(o->serial && strspn(o->serial, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != n))
		return "UKey编号应为4到40位大写字母或数字";
	if (o->algorithm != X509_RSA && o->algorithm != X509_SM2)
		return "算法只能是rsa或sm2";
	return new_pin_fault(o->pin);
}

static enum err make_device(struct token *t)
{
	enum err e;

	if (mkdir(t->dir, 0700) != 0 && errno != EEXIST)
		return ERR_DISK;
	if (file_exists(path(t, "token")))
		return ERR_CONFLICT;
	crypto_random(t->device.at, sizeof t->device.at);
	crypto_random(t->key.at, sizeof t->key.at);
	e = file_write(t->arena, path(t, "device"), 0600, (struct bytes){t->device.at, sizeof t->device.at});
	return e == ERR_OK ? save_tries(t) : e;
}

enum err token_make(struct arena *a, const char *dir, const struct token_order *o, const char **ret_say)
{
	struct token *t CLEANUP(token_done) = begin(dir);
	const char *fault = order_fault(o);
	enum err e;

	if (fault) {
		*ret_say = arena_text(a, fault);
		return ERR_INVALID;
	}
	e = make_device(t);
	if (e != ERR_OK) {
		*ret_say = e == ERR_CONFLICT ? "这个文件夹里已有UKey" : "文件夹无法写入";
		return e;
	}
	t->state.serial = o->serial ? o->serial : new_serial(t);
	t->state.algorithm = x509_algorithm_words[o->algorithm];
	t->state.unlock_key = o->unlock_spki.len ? token_base64(t->arena, o->unlock_spki) : NULL;
	t->state.by_device = sealed(t, &t->device, "device", t->key.at, sizeof t->key.at);
	t->entered = true;
	set_pin(t, o->pin);
	e = token_save(t);
	*ret_say = e == ERR_OK ? NULL : "文件夹无法写入";
	return e;
}

/* --- unlocking --- */

enum { NONCE_BYTES = 16 };

enum err token_challenge(struct token *t, struct token_challenge *ret_challenge)
{
	struct bytes spki;
	enum err e;

	if (!t->state.unlock_key || token_unbase64(t->arena, t->state.unlock_key, &spki) != ERR_OK)
		return token_refuse(t, ERR_FORBIDDEN, "这个UKey里没有门户的解锁公钥，请到前台或邮寄办理");
	t->state.challenge = crypto_token(t->arena, NONCE_BYTES);
	e = token_save(t);
	if (e != ERR_OK)
		return token_refuse(t, e, "UKey无法写入，请检查后再试");
	*ret_challenge = (struct token_challenge){t->state.serial, t->state.challenge, token_unlock_id(t->arena, spki)};
	return ERR_OK;
}

static bool permitted(struct token *t, const struct token_permission *p)
{
	const char *text = token_permission_text(t->arena, p);
	struct bytes spki, signature;

	return token_unbase64(t->arena, t->state.unlock_key, &spki) == ERR_OK &&
	       token_unbase64(t->arena, p->signature, &signature) == ERR_OK &&
	       x509_signed(spki, (struct bytes){(const void *)text, strlen(text)}, signature);
}

static const char *permission_fault(struct token *t, const struct token_permission *p, int64_t now)
{
	if (!text_eq(p->serial, t->state.serial))
		return "这份解锁许可不是给这个UKey的";
	if (!permitted(t, p))
		return "这份解锁许可不是由门户签发的，或已被改动";
	if (now >= p->until)
		return "这份解锁许可已过期，请重新取得许可；电脑的时间不对的，先把时间调准";
	if (!t->state.challenge || !text_eq(p->nonce, t->state.challenge))
		return "这份解锁许可已用过，或者后来又读取过UKey，请重新取得许可";
	return NULL;
}

/* Saved in one piece: with the new PIN the challenge is gone. */
static enum err renew_pin(struct token *t, const char *pin)
{
	enum err e = load_secrets(t);

	if (e != ERR_OK)
		return e;
	set_pin(t, pin);
	t->state.challenge = NULL;
	e = token_save(t);
	if (e != ERR_OK)
		return e;
	t->tries = 0;
	return save_tries(t);
}

enum err token_unlock(struct token *t, const struct token_permission *p, int64_t now, const char *pin)
{
	const char *fault = permission_fault(t, p, now);

	if (fault)
		return token_refuse(t, ERR_FORBIDDEN, fault);
	if (new_pin_fault(pin))
		return token_refuse(t, ERR_INVALID, new_pin_fault(pin));
	if (!open_key(t, &t->device, "device", t->state.by_device))
		return token_refuse(t, ERR_CHECKSUM, "UKey里的数据已损坏");
	return renew_pin(t, pin);
}
