#ifndef DOMAIN_APPLICATION_VIEW_H
#define DOMAIN_APPLICATION_VIEW_H

#include "domain/application.h"
#include "io/json_out.h"

/* The case as people see it: one JSON shape for its owner and for staff, described in www/api/openapi.json.
 * Staff get personal numbers masked; the full ones only through review_reveal, which is recorded. */

enum view { VIEW_OWNER, VIEW_STAFF };

/* Writes the members of the case into the object that is open.  Reads materials and gates from the database. */
enum err application_write(struct ctx *c, const struct application *app, enum view view, struct json_out *j) MUST_USE;

/* A copy of the data with personal numbers masked. */
struct application_data application_masked(struct arena *a, const struct application_data *data);

/* Payment reference for bank remarks: date, sequence and check character of the case number, without prefix and century. */
char *application_reference(struct arena *a, const char *no);
/* The way back, from what was typed or stands in a remark: the case number.  NULL: not a reference. */
const char *application_of_reference(struct arena *a, const char *prefix, const char *typed);

/* Whose turn it is, and the sentence. */
void application_turn(const struct ctx *c, const struct application *app, const struct gates *gates,
	const char **ret_turn, const char **ret_text);
/* State, version, whose turn it is, day to keep and promise, into the object that is open. */
void application_write_state(
	const struct ctx *c, const struct application *app, const struct gates *gates, struct json_out *j);
/* By when, of us, of the applicant, or that the case closes by itself; the sentence follows the day.  No day: nothing is awaited. */
struct date application_by_when(const struct ctx *c, const struct application *app, const char **ret_text);
void application_write_gates(const struct gates *gates, struct json_out *j); /* key "gates" */

/* "corrections" of a case that is sent back: what failed in the round before app->round, each with reasons and places.
 * note: to the correction as a whole, or NULL. */
struct materials;
void application_write_corrections(struct ctx *c, const struct application *app, const struct materials *all,
	const char *note, struct json_out *j);

/* Timeline, newest first: list of events as key. */
enum err application_write_events(struct ctx *c, const struct application *app, const char *key, struct json_out *j)
	MUST_USE;

#endif
