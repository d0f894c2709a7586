#ifndef BASE_MONEY_H
#define BASE_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/* Money is int64_t fen (分) everywhere, never a floating number. */

enum { MONEY_MAX_FEN = 1000000000 };		    /* ten million yuan: far above any sum here */
#define MONEY_WORDS_MAX_FEN INT64_C(99999999999999) /* below 壹万亿元, where the names of the groups end */

bool money_parse(const char *text,
	int64_t *ret_fen); /* "¥1,400.00", full width too; refuses sign, exponent, 3 decimals, > MONEY_MAX_FEN */
/* As banks write sums and balances: a sign before or behind the ¥ too, up to max_fen either way. */
bool money_parse_signed(const char *text, int64_t max_fen, int64_t *ret_fen);
char *money_text(struct arena *a, int64_t fen); /* ¥1,400.00 ; negative with a leading - */
/* 大写 by the annex of 支付结算办法: 壹仟肆佰元整 ; 0..MONEY_WORDS_MAX_FEN */
char *money_words(struct arena *a, int64_t fen);

#endif
