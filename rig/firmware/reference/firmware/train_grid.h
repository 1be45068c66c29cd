/* Where the pulses of a train stand: a grid of whole microseconds that loses no fraction of a period. */
#ifndef TRAIN_GRID_H
#define TRAIN_GRID_H

#include <stdint.h>

typedef struct {
  uint32_t at_us; /* of a pulse */
  uint32_t rate_mhz;
  uint32_t owed; /* fraction of a microsecond by which it should stand later, in 1/rate_mhz */
} train_grid;

/* A pulse stands at `at_us`. */
train_grid grid_at(uint32_t at_us);

/* The next pulse, one period of this rate after the one before. */
train_grid grid_next(const train_grid *before, uint32_t rate_mhz);

/* One period of this rate, whole microseconds down. */
uint32_t grid_period_us(uint32_t rate_mhz);

#endif
