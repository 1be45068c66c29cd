#include "train_grid.h"

static const uint32_t US_MHZ = 1000000000; /* microseconds in 1000 s */

void grid_begin(train_grid *grid, uint32_t at_us) {
  grid->at_us = at_us;
  grid->rate_mhz = 0;
  grid->owed = 0;
}

void grid_step(train_grid *grid, uint32_t rate_mhz) {
  if (grid->rate_mhz != rate_mhz) grid->owed = 0;
  grid->rate_mhz = rate_mhz;
  grid->at_us += US_MHZ / rate_mhz;
  grid->owed += US_MHZ % rate_mhz;
  if (grid->owed >= rate_mhz) {
    grid->owed -= rate_mhz;
    grid->at_us++;
  }
}

uint32_t grid_period_us(uint32_t rate_mhz) { return US_MHZ / rate_mhz; }
