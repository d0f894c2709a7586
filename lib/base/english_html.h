#ifndef BASE_ENGLISH_HTML_H
#define BASE_ENGLISH_HTML_H

#include "base/english.h"
#include "base/str.h"

/* A page or a part of one, as we write them, turned into its English twin: same elements, same order.
 *   texts and the attributes that are read out   by the dictionary, with a space where two words would run together;
 *                                                what stays Chinese is marked lang="zh-CN"
 *   what stands in lang="zh-CN"                  as it is
 *   lang of the page                             en
 *   addresses of pages, of parts put in by SSI   below /en
 *   js/i18n/zh-CN….js                            js/i18n/en….js
 * Data attributes and comments are left alone.  It reads well-formed markup only: quotes around values, no script or style. */

/* Appends to out.  where: the page without its leading slash, or NULL for a part of pages.  missing: NULL, or a text to
 * which each Chinese text without an entry is added, one a line. */
void english_html(struct english *e, const char *html, const char *where, struct str *out, struct str *missing);

#endif
