#ifndef BASE_RULE_H
#define BASE_RULE_H

#include "base/date.h"
#include "base/field.h"

/* The rules of what people type, one function each, in the form that a struct field wants (field_rule): fold *text, then
 * check it.  NULL = right, else a fault code and the rest of a Chinese sentence.  *text must be valid UTF-8; it is
 * folded also when it is refused, and folding twice changes nothing.  Length bounds are the row's, not the rule's,
 * except where the format itself fixes a length.  Warnings are not rules: rule_hint_* below.
 * Any text rule may answer "control": a line break or control character where none belongs.  Invisible characters
 * (zero width, direction marks) are dropped: nobody typed them on purpose. */

/* rule.c: plain text */
const char *rule_line(struct arena *a, const char **text, const char **ret_say); /* trimmed, one line, no controls */
const char *rule_note(
	struct arena *a, const char **text, const char **ret_say); /* trimmed, several lines (LF), TAB kept */
const char *rule_word(struct arena *a, const char **text, const char **ret_say); /* [a-z0-9_]+; code word */

const char *rule_any(struct arena *a, const char **text,
	const char **ret_say); /* taken as typed: secrets, files, what is only looked up */

/* rule_id.c: numbers of units, persons and things; all are folded by rule_fold_code */
const char *rule_uscc(
	struct arena *a, const char **text, const char **ret_say); /* codes: uscc_length uscc_char uscc_check */
const char *rule_resident(
	struct arena *a, const char **text, const char **ret_say); /* id_length id_char id_date id_check id_old */
const char *rule_id_other(
	struct arena *a, const char **text, const char **ret_say); /* passport and the like: 5–20 of A–Z 0–9 */
const char *rule_id_number(
	struct arena *a, const char **text, const char **ret_say); /* folded as a code, 5–20; kind checked in domain */
const char *rule_serial(
	struct arena *a, const char **text, const char **ret_say); /* certificate serial, hex, upper case, 2–40, even */
const char *rule_case_no(struct arena *a, const char **text, const char **ret_say); /* case_length case_no case_check */

/* rule_name.c */
const char *rule_person(
	struct arena *a, const char **text, const char **ret_say); /* person_name: 2–50, Han, · folded */
const char *rule_unit(
	struct arena *a, const char **text, const char **ret_say); /* unit_name; brackets stored as （） */

/* rule_contact.c */
const char *rule_mobile(struct arena *a, const char **text, const char **ret_say); /* mobile */
const char *rule_phone(
	struct arena *a, const char **text, const char **ret_say); /* phone: mobile, landline or service number */
const char *rule_email(struct arena *a, const char **text, const char **ret_say);      /* email */
const char *rule_account(struct arena *a, const char **text, const char **ret_say);    /* account: 6–32 digits */
const char *rule_tax_number(struct arena *a, const char **text, const char **ret_say); /* tax_number: 15–20 of 0-9A-Z */
const char *rule_otp(struct arena *a, const char **text,
	const char **ret_say); /* otp: 6 digits, a code sent by SMS or shown by an authenticator */
const char *rule_postcode(struct arena *a, const char **text, const char **ret_say); /* postcode: 6 digits */
const char *rule_waybill(struct arena *a, const char **text, const char **ret_say); /* waybill: 8–20 of A–Z 0–9 */

/* rule_resident as of a given day: the birthday may not lie after it.  rule_resident takes the clock of the machine. */
const char *rule_resident_at(struct arena *a, const char **text, const char **ret_say, struct date today);

/* Things worth saying that never refuse, on folded text; the rest of a sentence as above, NULL when there is nothing. */
const char *rule_hint_uscc(const char *folded);			 /* organisation part or authority looks odd */
const char *rule_hint_resident(const char *folded);		 /* no such province */
const char *rule_hint_account(const char *folded);		 /* 16–19 digits that fail Luhn */
const char *rule_hint_name(struct arena *a, const char *folded); /* a character of private use: names its code point */

/* What codes and numbers have in common: width folded, blanks and hyphens of any kind dropped, upper case. */
char *rule_fold_code(struct arena *a, const char *text);

/* ISO 7064 MOD 37,36 over 0-9A-Z.  The check character for text; 0 when text holds another character. */
char mod3736(const char *text);

/* The key names are compared by: width folded, all blanks dropped, nothing else. */
char *name_key(struct arena *a, const char *name);

#endif
