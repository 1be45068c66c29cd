#include "store.h"

#include <stddef.h>

static const uint32_t MARK = 0x4D495453; /* STIM */

/* CRC-32 of IEEE 802.3, bit by bit: it runs once in a while. */
static uint32_t crc_of(const uint8_t *bytes, uint32_t size) {
  uint32_t crc = UINT32_MAX;
  for (uint32_t k = 0; k < size; k++) {
    crc ^= bytes[k];
    for (uint32_t bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1u) != 0 ? 0xEDB88320u : 0u);
  }
  return ~crc;
}

/* Everything ahead of the checksum counts. */
static uint32_t checksum_of(const stored_settings *packed) {
  return crc_of((const uint8_t *)packed, sizeof *packed - sizeof packed->checksum);
}

stored_settings store_packed(const settings *set) {
  stored_settings packed = {.mark = MARK, .count = SETTING_COUNT, .set = *set, .checksum = 0};
  packed.checksum = checksum_of(&packed);
  return packed;
}

bool store_unpacked(const void *data, uint32_t size, settings *set) {
  stored_settings packed;
  if (data == NULL || size < sizeof packed) return false;
  for (uint32_t k = 0; k < sizeof packed; k++) ((uint8_t *)&packed)[k] = ((const uint8_t *)data)[k];
  if (packed.mark != MARK || packed.count != SETTING_COUNT || packed.checksum != checksum_of(&packed)) return false;
  if (!settings_in_range(&packed.set)) return false;
  *set = packed.set;
  return true;
}
