#include "io/scan.h"

enum { PARTS = 10000 };

static const struct field area_fields[] = {
	INT(struct scan_area, x, "x", 0, PARTS),
	INT(struct scan_area, y, "y", 0, PARTS),
	INT(struct scan_area, w, "w", 0, PARTS),
	INT(struct scan_area, h, "h", 0, PARTS),
};
static const struct shape area_shape = SHAPE(struct scan_area, area_fields);

static const struct field seal_fields[] = {
	OBJECT(struct scan_seal, area, "area", &area_shape),
	INT(struct scan_seal, diameter, "diameter", 0, 2000),
	BOOL(struct scan_seal, cut, "cut"),
};
static const struct shape seal_shape = SHAPE(struct scan_seal, seal_fields);

static const struct field fields[] = {
	TEXT(struct scan, code, "code", 0, SCAN_CODE_MAX, NULL),
	OBJECT(struct scan, code_area, "code_area", &area_shape),
	INT(struct scan, turn, "turn", 0, 3),
	INT(struct scan, dpi, "dpi", 0, 2400),
	LIST(struct scan, seals, "seals", 0, SCAN_SEALS_MAX, &seal_shape),
	BOOL(struct scan, grey, "grey"),
	BOOL(struct scan, blank, "blank"),
	BOOL(struct scan, cropped, "cropped"),
	INT(struct scan, sharpness, "sharpness", 0, 100),
	INT(struct scan, light, "light", 0, 100),
};
const struct shape scan_shape = SHAPE(struct scan, fields);
