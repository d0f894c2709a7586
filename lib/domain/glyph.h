#ifndef DOMAIN_GLYPH_H
#define DOMAIN_GLYPH_H

#include "domain/application.h"
#include "io/font.h"

/* Whether what was typed can be printed.  A character that no font has would leave a gap on the form, so it is said before
 * anything is printed: which one, by its code point, in which field. */

/* Those of the settings; loaded once per process.  NULL: they cannot be, the log says why. */
const struct fonts *glyph_fonts(struct ctx *c);

/* A fault "glyph" for each character of the text that no font has, once per text.  label: name of the field.  text: NULL is
 * fine; line feeds are. */
void glyph_check(
	const struct fonts *fonts, const char *pointer, const char *label, const char *text, struct faults *faults);

/* The fields of a case that its route asks for and its form shows.  ERR_INTERNAL: no fonts. */
MUST_USE enum err glyph_check_case(struct ctx *c, const struct application *app, struct faults *faults);

#endif
