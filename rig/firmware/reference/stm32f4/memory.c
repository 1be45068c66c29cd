/* What compilers ask for where they copy or clear a structure.
 *
 * Source: C11 7.24; Run-time ABI for the Arm Architecture (IHI 0043) 4.3.4: clang calls `__aeabi_...`, the trailing
 * number is the alignment of both ends, and the last two arguments of `memset` are turned round.
 */
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *to, int value, size_t size);
void __aeabi_memcpy(void *restrict to, const void *restrict from, size_t size);
void __aeabi_memcpy4(void *restrict to, const void *restrict from, size_t size);
void __aeabi_memcpy8(void *restrict to, const void *restrict from, size_t size);
void __aeabi_memclr(void *to, size_t size);
void __aeabi_memclr4(void *to, size_t size);
void __aeabi_memclr8(void *to, size_t size);
void __aeabi_memset(void *to, size_t size, int value);
void __aeabi_memset4(void *to, size_t size, int value);
void __aeabi_memset8(void *to, size_t size, int value);

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
  uint8_t *at = to;
  const uint8_t *source = from;
  while (size-- != 0) {
    *at++ = *source++;
  }
  return to;
}

void *memset(void *to, int value, size_t size) {
  uint8_t *at = to;
  while (size-- != 0) {
    *at++ = (uint8_t)value;
  }
  return to;
}

void __aeabi_memcpy(void *restrict to, const void *restrict from, size_t size) {
  (void)memcpy(to, from, size);
}

void __aeabi_memcpy4(void *restrict to, const void *restrict from, size_t size) {
  uint32_t *at = to;
  const uint32_t *source = from;
  for (; size >= 16; size -= 16, at += 4, source += 4) {
    at[0] = source[0];
    at[1] = source[1];
    at[2] = source[2];
    at[3] = source[3];
  }
  for (; size >= 4; size -= 4) {
    *at++ = *source++;
  }
  (void)memcpy(at, source, size);
}

void __aeabi_memcpy8(void *restrict to, const void *restrict from, size_t size) {
  __aeabi_memcpy4(to, from, size);
}

void __aeabi_memclr(void *to, size_t size) {
  (void)memset(to, 0, size);
}

void __aeabi_memclr4(void *to, size_t size) {
  uint32_t *at = to;
  for (; size >= 16; size -= 16, at += 4) {
    at[0] = at[1] = at[2] = at[3] = 0;
  }
  for (; size >= 4; size -= 4) {
    *at++ = 0;
  }
  (void)memset(at, 0, size);
}

void __aeabi_memclr8(void *to, size_t size) {
  __aeabi_memclr4(to, size);
}

void __aeabi_memset(void *to, size_t size, int value) {
  (void)memset(to, value, size);
}

void __aeabi_memset4(void *to, size_t size, int value) {
  (void)memset(to, value, size);
}

void __aeabi_memset8(void *to, size_t size, int value) {
  (void)memset(to, value, size);
}
