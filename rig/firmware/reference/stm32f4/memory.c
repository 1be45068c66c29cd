/* What a compiler asks for where it copies or clears a structure. */
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *to, int value, size_t size);

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
  unsigned char *at = to;
  const unsigned char *source = from;
  while (size-- != 0) {
    *at++ = *source++;
  }
  return to;
}

void *memset(void *to, int value, size_t size) {
  unsigned char *at = to;
  while (size-- != 0) {
    *at++ = (unsigned char)value;
  }
  return to;
}
