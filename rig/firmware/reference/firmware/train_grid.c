#include "train_grid.h"

static const uint32_t US_MHZ = 1000000000; /* microseconds in 1000 s */

train_grid grid_at(uint32_t at_us) { return (train_grid){.at_us = at_us, .rate_mhz = 0, .owed = 0}; }

/* Move by one period, and by a microsecond more where the fractions have come to one. */
static void move(train_grid *grid, uint32_t rate_mhz) {
  grid->at_us += US_MHZ / rate_mhz;
  grid->owed += US_MHZ % rate_mhz;
  if (grid->owed >= rate_mhz) {
    grid->owed -= rate_mhz;
    grid->at_us++;
  }
}

train_grid grid_next(const train_grid *before, uint32_t rate_mhz) {
  train_grid next = *before;
  if (next.rate_mhz != rate_mhz) next.owed = 0;
  next.rate_mhz = rate_mhz;
  move(&next, rate_mhz);
  return next;
}

uint32_t grid_period_us(uint32_t rate_mhz) { return US_MHZ / rate_mhz; }
