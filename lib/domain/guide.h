#ifndef DOMAIN_GUIDE_H
#define DOMAIN_GUIDE_H

#include "domain/catalog.h"

/* The catalogue as HTML fragments for the pages (nginx includes them by SSI from /_gen/), so that guide, check-list and
 * engine cannot disagree.  No fragment holds a whole page, an h1, a script, a style or an id twice.
 *
 * Files
 *   guide-<service>.html   nav.toc and ten parts: <section id="for|ways|materials|process|fees|pay|post|visits|faq|help">,
 *                          each with an h2; guide-new holds its routes as h3.  Includes the account, both addresses and
 *                          the hotlines, so such a page includes none of them again
 *   services.html          ul.cards: the businesses, one line each, linked to their guides
 *   fees.html              every fee as tables, 1 to 5 years
 *   account.html post.html counter.html hotlines.html   one dl (hotlines: ul) each
 *   agreement.html privacy.html id_scan.html …          one per consent: sections with h2, version and date above
 *   freight.html           who pays the courier, per business
 *   states.html            what each state means, as dl
 *   footer.html            one p: hotlines and office hours
 *
 * Classes: table.grid · td.num, th.num (money and counts, right-aligned) · dl.facts (name and value) · ol.steps · ul.cards
 * · nav.toc · p.note (what to watch out for) · p.meta (version, date) · span.tag · div.scroll round a wide table
 * (tabindex 0) · a.start (the button that begins) · button[data-copy=…] after a value that can be copied: data-copy is
 * the id of the element whose data-value (or text) is copied; hidden until a script takes the attribute away. */

/* Write every fragment into dir (which exists): to a temporary file, synced, renamed.  Errors: ERR_DISK. */
enum err guide_write(struct arena *a, const struct catalog *c, const char *dir) MUST_USE;

#endif
