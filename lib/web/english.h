#ifndef WEB_ENGLISH_H
#define WEB_ENGLISH_H

#include "web/web.h"

/* Answers for the English edition.  Programs know Chinese only; who asks with "Accept-Language: en", as our English pages
 * do (a browser of its own accord names a country first), gets the texts of a JSON answer by the dictionary, and pages
 * that it names below /en.  What people have written stays as it is: members that hold it are left alone, and a text
 * that the dictionary does not know is nobody's but theirs. */

/* Is the answer asked for in English, and not of the desk? */
bool english_wanted(const struct web *w);

/* Turn w->out, if it is JSON. */
void english_answer(struct web *w);

#endif
