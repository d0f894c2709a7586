#ifndef SCAN_CHANCE_H
#define SCAN_CHANCE_H

#include <math.h>
#include <stdint.h>

/* Chance that can be repeated: the same seed gives the same scans on every machine. */

struct chance {
	uint64_t state;
};

static inline struct chance chance_of(uint64_t seed)
{
	struct chance c = {seed * 0x9e3779b97f4a7c15u + 0x2545f4914f6cdd1du};

	return c;
}

static inline uint32_t chance_bits(struct chance *c)
{
	uint64_t z = c->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)(z >> 32);
}

static inline double chance_in(struct chance *c, double low, double high)
{
	return low + (high - low) * (chance_bits(c) / 4294967296.0);
}

static inline int chance_below(struct chance *c, int bound)
{
	return (int)((uint64_t)chance_bits(c) * (uint64_t)bound >> 32);
}

/* About normal, deviation 1. */
static inline double chance_normal(struct chance *c)
{
	uint32_t a = chance_bits(c), b = chance_bits(c);

	return ((a & 0xffff) + (a >> 16) + (b & 0xffff) + (b >> 16) - 131070.0) / 37837.0;
}

#endif
