#include "text.h"

#include <stddef.h>

static void add_byte(text *line, char byte) {
  if (line->size < TEXT_BYTES) line->bytes[line->size++] = byte;
}

void text_add(text *line, const char *word) {
  while (*word != '\0') add_byte(line, *word++);
}

void text_add_decimal(text *line, int32_t value, uint32_t decimals) {
  char digits[12];
  uint32_t count = 0;
  uint32_t rest = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
  while (decimals > 0 && rest % 10u == 0) {
    rest /= 10u;
    decimals--;
  }
  do {
    digits[count++] = (char)('0' + rest % 10u);
    rest /= 10u;
  } while (rest > 0 || count <= decimals);
  if (value < 0) add_byte(line, '-');
  while (count > 0) {
    add_byte(line, digits[--count]);
    if (count == decimals && count > 0) add_byte(line, '.');
  }
}

bool text_same(const char *one, const char *other) {
  while (*one != '\0' && *one == *other) {
    one++;
    other++;
  }
  return *one == *other;
}

static bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

bool text_read_decimal(const char *word, uint32_t decimals, int32_t *value) {
  const bool negative = *word == '-';
  if (negative) word++;
  if (!is_digit(*word)) return false;
  uint64_t scaled = 0;
  for (uint32_t digits = 0; is_digit(*word); word++) {
    if (++digits > 9) return false;
    scaled = scaled * 10u + (uint32_t)(*word - '0');
  }
  bool point = *word == '.';
  if (point && !is_digit(*++word)) return false;
  for (; decimals > 0; decimals--) {
    const bool more = point && is_digit(*word);
    scaled = scaled * 10u + (more ? (uint32_t)(*word - '0') : 0u);
    if (more) word++;
  }
  if (point && is_digit(*word) && *word >= '5') scaled++;
  while (point && is_digit(*word)) word++;
  if (*word != '\0' || scaled > (uint64_t)INT32_MAX) return false;
  *value = negative ? -(int32_t)scaled : (int32_t)scaled;
  return true;
}
