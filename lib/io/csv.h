#ifndef IO_CSV_H
#define IO_CSV_H

#include "base/fault.h"
#include "base/field.h"

/* CSV in (RFC 4180) as office programs write it: UTF-8 with or without a byte order mark, or GB18030; comma; CR LF or LF;
 * cells in quotes may hold commas, line breaks and doubled quotes.  Empty lines are skipped.
 * A file that is valid UTF-8 is taken as UTF-8; any other is GB18030, converted cell by cell, so that a code nobody knows
 * spoils its line only. */

struct csv_row {
	int64_t line; /* on which it begins, from 1 */
	struct texts cells;
	bool bad; /* a fault of it was added: its cells are not what the file meant */
};

/* ret_rows: struct csv_row in a, the header among them.
 * ERR_INVALID with a fault for every bad line, pointer "/lines/N": csv_quote, csv_text. */
enum err csv_read(struct arena *a, struct bytes file, struct list *ret_rows, struct faults *faults) MUST_USE;

#endif
