#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stddef.h>

#include "base/arena.h"

/* What is wrong with an input, collected: all faults at once, each with a JSON pointer ("/unit/uscc"), a stable code
 * and a Chinese sentence that names the field and the remedy.  The runner turns a list that is not empty into 422. */

struct fault {
	const char *pointer, *code, *detail;
};

struct faults {
	struct arena *arena;
	struct fault *at;
	size_t count, cap;
};

void faults_init(struct faults *f, struct arena *a);
/* The texts are copied.  The list holds at most FAULTS_MAX; further ones are dropped. */
void fault_add(struct faults *f, const char *pointer, const char *code, const char *format, ...) PRINTF_LIKE(4, 5);

/* The pointer of a member: pointer, "/", name with ~ and / escaped (RFC 6901). */
char *fault_pointer(struct arena *a, const char *pointer, const char *name);

enum { FAULTS_MAX = 200 };

#endif
