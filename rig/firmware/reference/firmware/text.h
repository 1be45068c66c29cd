/* Short texts without a C library: lines that are put together, words that are compared, decimals that are read. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stdint.h>

enum { TEXT_BYTES = 120 };

/* A line under construction; what does not fit is left out. */
typedef struct {
  char bytes[TEXT_BYTES];
  uint32_t size;
} text;

/* Add a word. */
void text_add(text *line, const char *word);

/* Add value / 10^decimals, without zeros behind the last digit that says something. */
void text_add_decimal(text *line, int32_t value, uint32_t decimals);

/* True where both are the same to their ends. */
bool text_same(const char *one, const char *other);

/* Read `12`, `-0.5` or `12.50` as 10^decimals of it, rounded half up; false where it is no such number, has more than
 * nine digits before its point, or does not fit. */
bool text_read_decimal(const char *word, uint32_t decimals, int32_t *value);

#endif
