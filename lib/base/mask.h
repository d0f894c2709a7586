#ifndef BASE_MASK_H
#define BASE_MASK_H

#include "base/arena.h"

/* What may be shown of a personal number: mask_id("44010619900101002X") = 4401**********002X, mask_phone 138****0000,
 * mask_account last four, mask_name 王*明 / 张*, mask_email w***@example.com, mask_address up to 区/县/市. */
char *mask_id(struct arena *a, const char *text);
char *mask_phone(struct arena *a, const char *text);
char *mask_account(struct arena *a, const char *text);
char *mask_name(struct arena *a, const char *text);
char *mask_email(struct arena *a, const char *text);
char *mask_address(struct arena *a, const char *text);

#endif
