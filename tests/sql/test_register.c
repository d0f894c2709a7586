#include "../unit/unit.h"

#include <stdlib.h>
#include <time.h>

#include "base/str.h"
#include "domain/register.h"

/* The register against the database of the portal under test, as the program that issues. */

static struct house *house;

static int open_house(void **state)
{
	unit_setup(state);
	house = house_open("issue");
	return db_ready(house->db) == ERR_OK ? 0 : -1;
}

static int close_house(void **state)
{
	house_close(house);
	return unit_teardown(state);
}

static void begin(struct ctx *c)
{
	ctx_init(c, house, mem, (int64_t)time(NULL));
	c->actor.kind = ACTOR_MACHINE;
}

static struct date in_days(int n)
{
	return date_add(date_of_moment((int64_t)time(NULL)), n);
}

static const char *serial(void)
{
	char *s = crypto_token(mem, 10);

	for (char *p = s; *p; p++)
		if (*p >= 'a')
			*p = (char)(*p - 'a' + 'A');
	return s;
}

static const struct register_agent agent = {"赵𪚥", "11010519491231002X", "13800000000"};

static struct register_in fresh(const char *unit, const char *uscc)
{
	return (struct register_in){.holder = "rep",
		.unit_name = unit,
		.uscc = uscc,
		.person_name = "王𬭊",
		.id_number = "440524188001010014",
		.sign_serial = serial(),
		.enc_serial = serial(),
		.not_before = in_days(-10),
		.not_after = in_days(10),
		.agent_name = agent.name,
		.agent_id_number = agent.id_number,
		.agent_phone = agent.phone};
}

struct adding {
	struct register_in in;
	int64_t id;
};

static enum err do_add(struct ctx *c, void *arg)
{
	struct adding *a = arg;

	return register_add(c, &a->in, &a->id);
}

static struct adding added(struct register_in in)
{
	struct adding a = {.in = in};
	struct ctx c;

	begin(&c);
	assert_int_equal(ctx_tx(&c, do_add, &a), ERR_OK);
	assert_true(a.id > 0);
	return a;
}

struct marking {
	int64_t id;
	enum register_event event;
	int64_t reason, successor;
};

static enum err do_mark(struct ctx *c, void *arg)
{
	const struct marking *m = arg;

	return register_mark(c, m->id, m->event, m->reason, m->successor);
}

static enum err mark(int64_t id, enum register_event event, int64_t reason, int64_t successor)
{
	struct marking m = {id, event, reason, successor};
	struct ctx c;

	begin(&c);
	return ctx_tx(&c, do_mark, &m);
}

static struct register_certificate look(const char *sign_serial)
{
	struct register_certificate r;
	struct ctx c;

	begin(&c);
	assert_int_equal(register_find(&c, sign_serial, &r), ERR_OK);
	return r;
}

static void people_are_sealed(void **state)
{
	struct adding a = added(fresh("广州𠮷祥（测试）有限公司", "91350100M000100Y43"));
	struct register_certificate r = look(a.in.enc_serial);
	struct register_agent who;
	const char *text;
	struct ctx c;

	(void)state;
	begin(&c);
	expect_text(0, r.sign_serial, a.in.sign_serial);
	expect_text(0, r.unit_key, "广州𠮷祥(测试)有限公司");
	assert_null(memmem(r.person_sealed.at, r.person_sealed.len, "王", strlen("王")));
	assert_int_equal(register_person(&c, &r, &text), ERR_OK);
	expect_text(0, text, "王𬭊");
	assert_int_equal(register_id_number(&c, &r, &text), ERR_OK);
	expect_text(0, text, "440524188001010014");
	assert_int_equal(register_agent(&c, &r, &who), ERR_OK);
	expect_text(0, who.name, agent.name);
	expect_text(0, who.id_number, agent.id_number);
	expect_text(0, who.phone, agent.phone);
	a.in.enc_serial = serial();
	assert_int_equal(ctx_tx(&c, do_add, &a), ERR_CONFLICT);
}

static enum err do_agent(struct ctx *c, void *arg)
{
	static const struct register_agent next = {"李小明", "440524188001010014", "13900000000"};

	return register_set_agent(c, *(const int64_t *)arg, &next, "K0001");
}

static void agent_of_last_business(void **state)
{
	struct adding a = added(fresh("䶮腾厂", NULL));
	struct register_certificate r;
	struct register_agent who;
	int64_t nobody = INT64_MAX;
	struct ctx c;

	(void)state;
	begin(&c);
	assert_int_equal(ctx_tx(&c, do_agent, &a.id), ERR_OK);
	assert_int_equal(ctx_tx(&c, do_agent, &nobody), ERR_NOT_FOUND);
	r = look(a.in.sign_serial);
	expect_text(0, r.token_serial, "K0001");
	assert_int_equal(register_agent(&c, &r, &who), ERR_OK);
	expect_text(0, who.name, "李小明");
}

static void steps(void **state)
{
	struct adding a = added(fresh("堃记厂", NULL)), b = added(fresh("堃记厂", NULL)),
		      n = added(fresh("堃记厂", NULL));
	struct register_certificate r;

	(void)state;
	assert_int_equal(mark(a.id, REGISTER_RESUME, 0, 0), ERR_WRONG_STATE);
	assert_int_equal(mark(a.id, REGISTER_SUSPEND, 0, 0), ERR_OK);
	assert_int_equal(mark(a.id, REGISTER_SUSPEND, 0, 0), ERR_WRONG_STATE);
	r = look(a.in.sign_serial);
	assert_true(r.status == REGISTER_SUSPENDED && r.revoke_reason == 6 && r.revoked_at);
	assert_int_equal(mark(a.id, REGISTER_RESUME, 0, 0), ERR_OK);
	r = look(a.in.sign_serial);
	assert_true(r.status == REGISTER_VALID && !r.revoked_at && !r.revoke_reason);
	assert_int_equal(mark(a.id, REGISTER_REVOKE, 7, 0), ERR_INVALID);
	assert_int_equal(mark(a.id, REGISTER_REVOKE, 6, 0), ERR_INVALID);
	assert_int_equal(mark(a.id, REGISTER_REVOKE, 5, 0), ERR_OK);
	r = look(a.in.sign_serial);
	assert_true(r.status == REGISTER_REVOKED && r.revoke_reason == 5);
	for (int event = 0; event < REGISTER_EVENT_MAX; event++)
		expect(event, mark(a.id, (enum register_event)event, 0, 0) == ERR_WRONG_STATE);
	assert_int_equal(mark(b.id, REGISTER_SUPERSEDE, 0, n.id), ERR_OK);
	r = look(b.in.sign_serial);
	assert_true(r.status == REGISTER_SUPERSEDED && r.successor == n.id && r.revoke_reason == 4);
	assert_int_equal(look(n.in.sign_serial).predecessor, b.id);
	assert_int_equal(mark(INT64_MAX, REGISTER_REVOKE, 0, 0), ERR_NOT_FOUND);
}

static void expired_is_seen(void **state)
{
	struct register_in in = fresh("鑫淼厂", NULL);
	struct adding a;

	(void)state;
	in.not_before = in_days(-400);
	in.not_after = in_days(-1);
	in.status = "expired";
	a = added(in);
	assert_int_equal(look(in.sign_serial).status, REGISTER_EXPIRED);
	expect_text(0, look(in.sign_serial).stored_status, "valid");
	assert_int_equal(
		mark(a.id, REGISTER_SUPERSEDE, 0, 0), ERR_OK); /* renewed late: the old one ends all the same */
	in = fresh("鑫淼厂", NULL);
	in.not_after = in_days(0);
	added(in);
	assert_int_equal(look(in.sign_serial).status, REGISTER_VALID);
}

/* name, code: what the applicant types. */
static size_t count(const char *holder, const char *name, const char *code)
{
	struct list rows;
	struct ctx c;

	begin(&c);
	assert_int_equal(register_by_unit(&c, holder, name, code, &rows), ERR_OK);
	return rows.count;
}

static void of_a_unit(void **state)
{
	const char *name = arena_printf(mem, "广州𠮷野%s（测试）有限公司", serial()), *other = "11320000MB151840XJ",
		   *code = "91350100M000100Y43";
	struct register_in in = fresh(name, code);
	struct adding a = added(in);
	char *typed = arena_text(mem, name);

	(void)state;
	memcpy(strstr(typed, "𠮷"), "𡈽", 4);
	added(fresh(typed, code));
	assert_int_equal(count(NULL, name, code), 1);
	assert_int_equal(count("rep", name, code), 1);
	assert_int_equal(count("org", name, code), 0);
	assert_int_equal(count(NULL, name, other), 0);
	assert_int_equal(count(NULL, name, NULL), 0);
	added(fresh(name, NULL)); /* carries no code: the name decides */
	assert_int_equal(count(NULL, name, other), 1);
	assert_int_equal(count(NULL, name, code), 2);
	in = fresh(name, code);
	in.not_before = in_days(-20);
	in.not_after = in_days(-1);
	added(in);
	assert_int_equal(count(NULL, name, code), 2);
	assert_int_equal(mark(a.id, REGISTER_SUSPEND, 0, 0), ERR_OK);
	assert_int_equal(count(NULL, name, code), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_are_sealed),
		cmocka_unit_test(agent_of_last_business),
		cmocka_unit_test(steps),
		cmocka_unit_test(expired_is_seen),
		cmocka_unit_test(of_a_unit),
	};

	return cmocka_run_group_tests(tests, open_house, close_house);
}
