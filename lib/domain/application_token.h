#ifndef DOMAIN_APPLICATION_TOKEN_H
#define DOMAIN_APPLICATION_TOKEN_H

#include "domain/application.h"

/* What a step of the case says of the tokens of its certificates: written, unlocked, lost, damaged, retired.  Beside
 * former_effect, which says what it does to the certificates.  Inside ctx_tx, with app locked.  A certificate that the
 * register does not know has no token of ours.  Errors: those of token_move, where that step must be possible (strict). */
enum err application_token(struct ctx *c, const struct application *app, enum event event) MUST_USE;

#endif
