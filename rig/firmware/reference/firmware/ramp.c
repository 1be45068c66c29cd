#include "ramp.h"

/* 2^40 / whole_us without a 64 bit division: 32 bits first, then 8 more from the rest. */
static uint32_t slope_of(uint32_t whole_us) {
  const uint32_t high = UINT32_MAX / whole_us;
  const uint32_t rest = UINT32_MAX % whole_us;
  return (high << 8) + ((rest << 8) | 0xFFu) / whole_us;
}

ramp ramp_from(uint32_t from_us, uint32_t from_share, uint32_t whole_us, bool down) {
  ramp way = {.from_us = from_us, .from_share = from_share, .slope = 0, .down = down};
  if (whole_us == 0) {
    way.from_share = down ? 0 : RAMP_FULL;
  } else {
    way.slope = slope_of(whole_us);
  }
  return way;
}

uint32_t ramp_share(const ramp *way, uint32_t at_us) {
  const uint32_t elapsed_us = at_us - way->from_us;
  if ((int32_t)elapsed_us <= 0) return way->from_share;
  const uint64_t moved = ((uint64_t)elapsed_us * way->slope + (1u << 23)) >> 24;
  if (way->down) return moved < way->from_share ? way->from_share - (uint32_t)moved : 0;
  return moved < RAMP_FULL - way->from_share ? way->from_share + (uint32_t)moved : RAMP_FULL;
}
