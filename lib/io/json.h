#ifndef IO_JSON_H
#define IO_JSON_H

#include "base/field.h"

/* JSON in.  One strict wrapper around cJSON, which by itself takes trailing text, repeated keys, a BOM, control
 * characters between values, \u0000 (also spelled \uZZZZ), numbers that JSON does not have and numbers beyond 2^53: here
 * all of these are ERR_SYNTAX, and so are exponents and -0, which nobody needs.  Depth at most 16, size at most
 * JSON_MAX_BYTES.  Unknown keys are faults of code "unknown_key"; a wrong type is a fault of code "type", also 1.5. */

enum { JSON_MAX_BYTES = 512 * 1024 };

/* Read the text into the struct at base by its shape.  Members the text does not mention stay as they are, null clears,
 * lists are replaced whole: reading a patch over a filled struct merges (RFC 7396).  REQUIRED rows that are empty
 * afterwards are faults; READONLY rows are faults when mentioned.  Results live in faults->arena.
 * Errors: ERR_SYNTAX (not JSON, *ret_say tells why), ERR_INVALID (faults were added). */
enum err json_read(const char *text, size_t n, const struct shape *shape, void *base, struct faults *faults,
	const char **ret_say) MUST_USE;

#endif
