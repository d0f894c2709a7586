#ifndef DOMAIN_SCANNER_H
#define DOMAIN_SCANNER_H

#include "domain/application.h"
#include "io/json_out.h"

/* What a scanner typed, known by its shape: the code on a page of our form, a case number or its reference, the serial of a
 * token that the register knows, a waybill that came in or went out.  What is none of these is answered as such: it is
 * text from a stranger's paper, never an address to go to. */

enum { SCANNER_MAX = 400 };

/* {kind, no, code, form, arrival_id, detail}.  kind: form case token arrival parcel waybill foreign; a waybill is one that
 * nobody has taken in yet.  no: the case, when there is one.  Nothing known is an answer (foreign), no error. */
enum err scanner_read(struct ctx *c, const char *typed, struct json_out *j) MUST_USE;

#endif
