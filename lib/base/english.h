#ifndef BASE_ENGLISH_H
#define BASE_ENGLISH_H

#include <stdbool.h>

#include "base/arena.h"

/* The dictionary of the English edition: what a Chinese text of the portal says in English.
 *
 * A file is a run of pairs: a line of Chinese, below it a line that begins with a TAB and has the English.  Lines that
 * begin with # and empty lines say nothing.
 *   {}            in the Chinese: anything but nothing, put where the English has {1}, {2} … in the order of the Chinese
 *   {2|day|days}  the word that fits the number put there: 1 the first, 2 the second …, more than there are words the last
 *   TEXT@PAGE     the same Chinese on one page only (PAGE without the leading slash: apply/invoice.html)
 *   =             the text stays Chinese (a name, an address that couriers read)
 *   ~             nothing stands there in English
 * Without an entry of their own are known: money (¥1,400.00 is CNY 1,400.00), days (2026年11月22日 is 22 November 2026) and
 * lists of known texts (joined by 、). */

struct english;

/* a: keeps the dictionary; for as long as it lives. */
struct english *english_new(struct arena *a);

/* Add a file's pairs; text is borrowed and ended by NUL.  The number of the first line that is none or whose Chinese is
 * there already; 0: all right. */
int english_read(struct english *e, const char *text);

/* How strict: what {} stands for must be known itself (our own texts), or may be anybody's words where the rest of the
 * sentence leaves no doubt (answers of programs). */
enum english_how { ENGLISH_OURS, ENGLISH_ANYBODY };

/* The English of a whole text, in a; NULL: not known, or to stay Chinese.  where: the page, or NULL. */
const char *english_of(
	struct english *e, struct arena *a, const char *chinese, const char *where, enum english_how how);

/* Is it an entry that stays Chinese? */
bool english_keeps(const struct english *e, const char *chinese);

/* Has the text something in it that an English reader cannot read: Han, full-width signs, the sign of the yuan? */
bool english_needed(const char *text);

#endif
