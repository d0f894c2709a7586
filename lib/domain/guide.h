#ifndef DOMAIN_GUIDE_H
#define DOMAIN_GUIDE_H

#include "domain/catalog.h"
#include "domain/job.h"

/* The catalogue as HTML fragments for the pages (nginx includes them by SSI from /_gen/), so that guide, check-list and
 * engine cannot disagree.  A fragment is a run of whole elements: no h1, no script, no style.
 *
 * Files
 *   guide-new.html (new and add together), guide-renew.html, guide-change.html, guide-reissue.html, guide-unlock.html,
 *   guide-revoke.html      nav.toc and ten parts: <section id="for|ways|materials|process|fees|pay|post|visits|faq|help">,
 *                          each with its h2; inside are the account, both addresses and the hotlines, so a page that
 *                          includes a guide includes none of them beside it
 *   services.html          ul.cards: the businesses, one line each, linked to their guides
 *   fees.html              every fee: a table of 1 to 5 years, and what is paid per time or free
 *   forms.html             the blank forms: a table of services and holders
 *   faq.html               all questions, an h2 per business
 *   account.html           dl.sum, ids account-name, account-bank, account-no, account-remark
 *   post.html counter.html dl.sum; post has the ids post-receiver, post-address, post-phone
 *   hotlines.html          ul without ids: may stand on a page more than once
 *   freight.html           ul: who pays the courier back
 *   states.html            dl: what each state of a case means
 *   agreement.html privacy.html id_scan.html   one per consent: p.muted with version and day, then h2 and p
 * Beside them announcement.h writes announcements.html.
 *
 * Classes are those of site.css: dl.sum, div.scroll with a table inside, td.num and th.num for money and counts, ol.steps,
 * div.box.box-warn and div.box.box-info, a.btn for the beginning of a business, p.muted.small for versions; ul.cards and
 * nav.toc besides.  Copy buttons: button.btn.btn-2.btn-s[data-copy=ID][hidden][data-js]; the element ID has its
 * data-value. */

/* Write every fragment into dir (which exists): to a temporary file, synced, renamed.  Errors: ERR_DISK. */
enum err guide_write(struct arena *a, const struct catalog *c, const char *dir) MUST_USE;

/* Write them into gen_dir with the contacts of this moment (contact.h), again while these change meanwhile: whoever ends
 * last has written what holds.  Errors: ERR_DISK, database. */
enum err guide_renew(struct ctx *c) MUST_USE;
/* The job "guide": something in them was changed. */
enum err guide_job(struct ctx *c, const struct job *job) MUST_USE;

#endif
