/* A straight ramp of a train, as a share of its plateau, in Q16: 0 to `RAMP_FULL`. */
#ifndef RAMP_H
#define RAMP_H

#include <stdbool.h>
#include <stdint.h>

static const uint32_t RAMP_FULL = 65536;

/* From `from_share` at `from_us` up to the plateau or down to nothing. */
typedef struct {
  uint32_t from_us;
  uint32_t from_share;
  uint32_t slope; /* share a microsecond, in Q40; 0 stays */
  bool down;
} ramp;

/* A ramp that takes `whole_us` over its whole range, at most 16 s; 0 is a step. */
ramp ramp_from(uint32_t from_us, uint32_t from_share, uint32_t whole_us, bool down);

/* Where it stands at an instant that is less than half a turn of the counter after its start. */
uint32_t ramp_share(const ramp *way, uint32_t at_us);

#endif
