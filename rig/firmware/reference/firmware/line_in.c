#include "line_in.h"

#include <stdatomic.h>
#include <stddef.h>

enum { PLACES = 128 };

static const uint32_t STALE_MS = 100;

static uint8_t ring[PLACES];
static _Atomic uint32_t written, taken; /* they only grow, and wrap */

/* The line under construction, of the main loop alone. */
static char line[LINE_BYTES + 1];
static uint32_t size, last_ms;
static bool spoilt;

void line_in_reset(void) {
  atomic_store(&written, 0);
  atomic_store(&taken, 0);
  size = 0;
  last_ms = 0;
  spoilt = false;
}

void line_in_put(uint8_t byte) {
  const uint32_t here = atomic_load(&written);
  if (here - atomic_load(&taken) == PLACES) return;
  ring[here % PLACES] = byte;
  atomic_store(&written, here + 1);
}

static bool next_byte(uint8_t *byte) {
  const uint32_t here = atomic_load(&taken);
  if (here == atomic_load(&written)) return false;
  *byte = ring[here % PLACES];
  atomic_store(&taken, here + 1);
  return true;
}

static void add(uint8_t byte) {
  if (size == LINE_BYTES || byte < ' ' || byte > '~') {
    spoilt = true;
  } else {
    line[size++] = (char)byte;
  }
}

/* End the line, and begin the next. */
static char *ended(void) {
  if (spoilt) {
    line[0] = '?';
    size = 1;
  }
  line[size] = '\0';
  size = 0;
  spoilt = false;
  return line;
}

char *line_in_take(uint32_t now_ms) {
  uint8_t byte;
  while (next_byte(&byte)) {
    if (now_ms - last_ms > STALE_MS) {
      size = 0;
      spoilt = false;
    }
    last_ms = now_ms;
    if (byte == '\n' && (size > 0 || spoilt)) return ended();
    if (byte != '\r' && byte != '\n') add(byte);
  }
  return NULL;
}
