/* Where the pulses of a train stand: a grid of whole microseconds that loses no fraction of a period. */
#ifndef TRAIN_GRID_H
#define TRAIN_GRID_H

#include <stdint.h>

typedef struct {
  uint32_t at_us; /* of the next pulse */
  uint32_t rate_mhz;
  uint32_t owed; /* fraction of a microsecond by which it should stand later, in 1/rate_mhz */
} train_grid;

/* The first pulse stands at `at_us`. */
void grid_begin(train_grid *grid, uint32_t at_us);

/* Step to the next pulse, one period of this rate after the one before. */
void grid_step(train_grid *grid, uint32_t rate_mhz);

/* One period of this rate, whole microseconds down. */
uint32_t grid_period_us(uint32_t rate_mhz);

#endif
