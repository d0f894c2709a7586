#ifndef SCAN_TRIAL_H
#define SCAN_TRIAL_H

#include "base/arena.h"
#include "io/font.h"

/* Papers made, stamped, signed, scanned and read back; what was seen is held against what was done.  Scan number n is the
 * same each time. */

struct trial_kind {
	const char *name;
	int scans, forms, known,
		wrong;		/* forms among the scans; codes read right; codes of ours that stand on no such page */
	int turned;		/* read and turned right */
	int stamped, found;	/* pages in colour with a whole seal of a unit; all of them found */
	int small, small_found; /* name seals */
	int clean, false_seal;	/* pages in colour without any seal; on which one was seen */
	int measured, off;	/* seals measured; off by more than 1.5 mm */
	int grey_wrong;		/* taken for grey or for coloured wrongly */
	double error_max;
};

enum { TRIAL_KINDS = 22, TRIAL_SCANS_MAX = 4096 };

struct trial {
	struct trial_kind kind[TRIAL_KINDS], all;
	double ms[TRIAL_SCANS_MAX], error[TRIAL_SCANS_MAX];
	int times, errors;
	double seconds_making;
};

/* forms: how many of the forms are used, 1 … SHEET_FORMS.  say: name each scan that went wrong on stderr; folder: where
 * to write those as JPEG, or NULL.  false: the papers cannot be made. */
bool trial_run(
	const struct fonts *fonts, int from, int to, int forms, bool say, const char *folder, struct trial *ret_trial);

/* The value below which this share of all lie; sorts. */
double trial_quantile(double *values, int count, double share);

#endif
