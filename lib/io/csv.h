#ifndef IO_CSV_H
#define IO_CSV_H

#include "base/fault.h"
#include "base/field.h"

/* CSV in (RFC 4180) as office programs write it: UTF-8 with or without a byte order mark, UTF-16 with one, or GB18030
 * (io/charset.h); CR LF or LF; cells in quotes may hold separators, line breaks and doubled quotes, and ="001" is the text
 * 001.  Empty lines are skipped.  A code nobody knows spoils its line only. */

struct csv_row {
	int64_t line; /* on which it begins, from 1 */
	struct texts cells;
	bool bad; /* a fault of it was added: its cells are not what the file meant */
};

enum { CSV_MAX_CELLS = 1000 }; /* of a line */

/* ret_rows: struct csv_row in a, the header among them.
 * ERR_INVALID with a fault for every bad line, pointer "/lines/N": csv_quote, csv_text, csv_cells. */
enum err csv_read(struct arena *a, struct bytes file, struct list *ret_rows, struct faults *faults) MUST_USE;
/* The same with another separator than the comma; 0: the one of , ; TAB that parts the first lines into most cells.
 * max_rows: a file of more is not read to its end, fault csv_rows; 0: no bound. */
enum err csv_read_by(struct arena *a, struct bytes file, char separator, size_t max_rows, struct list *ret_rows,
	struct faults *faults) MUST_USE;

#endif
