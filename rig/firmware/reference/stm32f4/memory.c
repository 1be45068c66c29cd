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

/* The same under the names of the ARM run-time ABI (4.3.4), which clang calls: `memset` has its last two turned round. */
void __aeabi_memcpy(void *restrict to, const void *restrict from, size_t size);
void __aeabi_memcpy4(void *restrict to, const void *restrict from, size_t size);
void __aeabi_memcpy8(void *restrict to, const void *restrict from, size_t size);
void __aeabi_memset(void *to, size_t size, int value);
void __aeabi_memset4(void *to, size_t size, int value);
void __aeabi_memset8(void *to, size_t size, int value);
void __aeabi_memclr(void *to, size_t size);
void __aeabi_memclr4(void *to, size_t size);
void __aeabi_memclr8(void *to, size_t size);

void __aeabi_memcpy(void *restrict to, const void *restrict from, size_t size) { (void)memcpy(to, from, size); }
void __aeabi_memcpy4(void *restrict to, const void *restrict from, size_t size) { (void)memcpy(to, from, size); }
void __aeabi_memcpy8(void *restrict to, const void *restrict from, size_t size) { (void)memcpy(to, from, size); }
void __aeabi_memset(void *to, size_t size, int value) { (void)memset(to, value, size); }
void __aeabi_memset4(void *to, size_t size, int value) { (void)memset(to, value, size); }
void __aeabi_memset8(void *to, size_t size, int value) { (void)memset(to, value, size); }
void __aeabi_memclr(void *to, size_t size) { (void)memset(to, 0, size); }
void __aeabi_memclr4(void *to, size_t size) { (void)memset(to, 0, size); }
void __aeabi_memclr8(void *to, size_t size) { (void)memset(to, 0, size); }
