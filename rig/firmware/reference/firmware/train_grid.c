#include "train_grid.h"

static const uint32_t US_MHZ = 1000000000; /* microseconds in 1000 s */

train_grid grid_at(uint32_t at_us) { return (train_grid){.at_us = at_us, .rate_mhz = 0, .owed = 0}; }

train_grid grid_next(const train_grid *before, uint32_t rate_mhz) {
  train_grid grid = *before;
  if (grid.rate_mhz != rate_mhz) grid.owed = 0;
  grid.rate_mhz = rate_mhz;
  grid.at_us += US_MHZ / rate_mhz;
  grid.owed += US_MHZ % rate_mhz;
  if (grid.owed >= rate_mhz) {
    grid.owed -= rate_mhz;
    grid.at_us++;
  }
  return grid;
}

uint32_t grid_period_us(uint32_t rate_mhz) { return US_MHZ / rate_mhz; }
