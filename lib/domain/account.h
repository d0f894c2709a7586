#ifndef DOMAIN_ACCOUNT_H
#define DOMAIN_ACCOUNT_H

#include "domain/session.h"

/* Applicants sign in by phone and SMS code; one account per phone, made at the first sign-in. */

enum otp_purpose { OTP_SESSION, OTP_TRACK, OTP_MAX };
extern const char *const otp_purpose_words[]; /* session track, NULL */

/* Send a code; the same answer whether the phone is known or not.  ERR_RATE per phone and per address. */
enum err account_send_code(struct ctx *c, const char *phone, enum otp_purpose purpose) MUST_USE;
/* Consumes the code.  A wrong one counts in a transaction of its own.  ERR_CREDENTIALS: wrong, expired, used, or
 * never sent: all look the same. */
enum err account_check_code(struct ctx *c, const char *phone, const char *code, enum otp_purpose purpose) MUST_USE;

/* The same, then makes the account when there is none.  ERR_RATE per address. */
/* The account of a phone, made when there is none.  Inside ctx_tx.  ERR_BUSY: made by another at the same time. */
enum err account_of_phone(struct ctx *c, const char *phone, int64_t *ret_id) MUST_USE;
enum err account_sign_in(struct ctx *c, const char *phone, const char *code, struct session_made *ret_session) MUST_USE;

#endif
