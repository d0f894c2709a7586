#ifndef BASE_MASK_H
#define BASE_MASK_H

#include "base/arena.h"

/* What may be shown of a personal datum.  One star stands for each hidden character; numbers that are short show
 * less of themselves.  NULL stays NULL, "" stays "". */
char *mask_id(struct arena *a, const char *text);      /* 4401**********002X */
char *mask_phone(struct arena *a, const char *text);   /* 138****0000 */
char *mask_account(struct arena *a, const char *text); /* last four */
char *mask_name(struct arena *a, const char *text);    /* 王*明, 张*: first and last code point */
char *mask_email(struct arena *a, const char *text);   /* w***@example.com: always three stars */
char *mask_address(
	struct arena *a, const char *text); /* 广东省广州市海珠区***: up to 区 or 县, else 市, else nothing */

#endif
