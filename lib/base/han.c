#include "base/han.h"

#include <stddef.h>

struct block {
	uint32_t first, last;
};

static const struct block han[] = {
	{0x3007, 0x3007},
	{0x3400, 0x4DBF},
	{0x4E00, 0x9FFF},
	{0xF900, 0xFAFF},
	{0x20000, 0x2A6DF},
	{0x2A700, 0x2B73F},
	{0x2B740, 0x2B81F},
	{0x2B820, 0x2CEAF},
	{0x2CEB0, 0x2EBEF},
	{0x2EBF0, 0x2EE5F},
	{0x2F800, 0x2FA1F},
	{0x30000, 0x3134F},
	{0x31350, 0x323AF},
};

static const struct block private_use[] = {
	{0xE000, 0xF8FF},
	{0xF0000, 0xFFFFD},
	{0x100000, 0x10FFFD},
};

static bool in_blocks(uint32_t cp, const struct block *b, size_t n)
{
	for (; n > 0; b++, n--)
		if (cp >= b->first && cp <= b->last)
			return true;
	return false;
}

bool han_is(uint32_t cp)
{
	return in_blocks(cp, han, sizeof han / sizeof han[0]);
}

bool han_is_private(uint32_t cp)
{
	return in_blocks(cp, private_use, sizeof private_use / sizeof private_use[0]);
}
