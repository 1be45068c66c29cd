/* The settings as they lie in memory that outlives the power: with a mark, their number and a checksum. */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "settings.h"

typedef struct {
  uint32_t mark;
  uint32_t count;
  settings set;
  uint32_t checksum;
} stored_settings;

/* What to keep of these settings. */
stored_settings store_packed(const settings *set);

/* The settings in `size` bytes; false where they are not whole, of another firmware, or out of range. */
bool store_unpacked(const void *data, uint32_t size, settings *set);

#endif
