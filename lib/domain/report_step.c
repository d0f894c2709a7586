#include "domain/report_step.h"

#include "base/str.h"

static const struct row {
	const char *word, *name;
	bool working;
} rows[STEP_MAX] = {
	[STEP_FILL] = {"fill", "填写", false},
	[STEP_FIRST_REVIEW] = {"first", "初审", true},
	[STEP_CORRECT] = {"correct", "补正", false},
	[STEP_GATHER] = {"gather", "补齐", false},
	[STEP_SECOND_REVIEW] = {"second", "复审", true},
	[STEP_PRODUCE] = {"produce", "制证", true},
	[STEP_HAND_OUT] = {"hand_out", "寄出或备好", true},
	[STEP_DELIVER] = {"deliver", "送达、领取或安装", false},
	[STEP_PROMISE] = {"promise", "收齐到办好（承诺时限）", true},
	[STEP_WHOLE] = {"whole", "提交到办结", false},
};
const char *const step_words[] = {
	"fill", "first", "correct", "gather", "second", "produce", "hand_out", "deliver", "promise", "whole", NULL};

/* The step a state belongs to; STEP_MAX: the case has ended. */
static const enum step of_state[STATE_MAX] = {
	[STATE_DRAFT] = STEP_FILL,
	[STATE_PRINTED] = STEP_FILL,
	[STATE_SUBMITTED] = STEP_FIRST_REVIEW,
	[STATE_REVIEWING] = STEP_FIRST_REVIEW,
	[STATE_RETURNED] = STEP_CORRECT,
	[STATE_ACCEPTED] = STEP_GATHER,
	[STATE_SECOND_REVIEW] = STEP_SECOND_REVIEW,
	[STATE_APPROVED] = STEP_PRODUCE,
	[STATE_PRODUCED] = STEP_HAND_OUT,
	[STATE_SENT] = STEP_DELIVER,
	[STATE_READY] = STEP_DELIVER,
	[STATE_INSTALLING] = STEP_DELIVER,
	[STATE_COMPLETED] = STEP_MAX,
	[STATE_WITHDRAWN] = STEP_MAX,
	[STATE_REJECTED] = STEP_MAX,
	[STATE_EXPIRED] = STEP_MAX,
};

const char *step_name(enum step s)
{
	return rows[s].name;
}

bool step_is_working(enum step s)
{
	return rows[s].working;
}

bool step_is_handed(const char *state)
{
	return text_eq(state, state_words[STATE_SENT]) || text_eq(state, state_words[STATE_READY]) ||
	       text_eq(state, state_words[STATE_INSTALLING]) || text_eq(state, state_words[STATE_COMPLETED]);
}

static enum step of_word(const char *state)
{
	int s = text_index(state_words, state);

	return s < 0 ? STEP_MAX : of_state[s];
}

static bool given_up(const char *state)
{
	return text_eq(state, state_words[STATE_WITHDRAWN]) || text_eq(state, state_words[STATE_EXPIRED]);
}

/* Moments that the two long steps run between; 0: did not happen. */
struct marks {
	int64_t submitted, handed, completed;
};

static void mark(struct marks *m, const struct step_event *e)
{
	if (text_eq(e->event, event_words[EVENT_SUBMIT]) && !m->submitted)
		m->submitted = e->at;
	if (step_is_handed(e->to) && !m->handed)
		m->handed = e->at;
	if (text_eq(e->to, state_words[STATE_COMPLETED]))
		m->completed = e->at;
}

static size_t add(struct step_span *spans, size_t count, enum step step, int64_t begin, int64_t end)
{
	spans[count] = (struct step_span){step, begin, end > begin ? end : begin};
	return count + 1;
}

size_t step_spans(const struct step_event *events, size_t n, int64_t clock_at, struct step_span *ret_spans)
{
	struct marks m = {0};
	enum step now = STEP_MAX;
	int64_t begun = 0;
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		enum step next = of_word(events[i].to);

		mark(&m, &events[i]);
		if (next == now)
			continue;
		if (now != STEP_MAX && !given_up(events[i].to))
			count = add(ret_spans, count, now, begun, events[i].at);
		now = next;
		begun = events[i].at;
	}
	if (clock_at && m.handed)
		count = add(ret_spans, count, STEP_PROMISE, clock_at, m.handed);
	if (m.submitted && m.completed)
		count = add(ret_spans, count, STEP_WHOLE, m.submitted, m.completed);
	return count;
}
