#ifndef BASE_ERR_H
#define BASE_ERR_H

/* The one error type.  err.def gives every code its HTTP status, wire name and sentence; ERR_OK is 0.
 * Functions that can be refused by the world return enum err and are MUST_USE; our own mistakes are asserts.
 * The sentence of a particular failure stays in the object that failed; field faults stay in a list (fault.h). */

#define MUST_USE __attribute__((warn_unused_result))
#define CLEANUP(f) __attribute__((cleanup(f)))
#define PRINTF_LIKE(text, args) __attribute__((format(printf, text, args)))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

enum err {
	ERR_OK = 0,
#define X(code, status, wire, sentence) code,
#include "base/err.def"
#undef X
	ERR_MAX
};

int err_status(enum err e);	      /* HTTP status; 200 for ERR_OK */
const char *err_wire(enum err e);     /* name in the problem body */
const char *err_sentence(enum err e); /* Chinese, without a full stop */

#endif
