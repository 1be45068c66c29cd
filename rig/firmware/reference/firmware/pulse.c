#include "pulse.h"

#include "ramp.h"

static uint32_t at_least(uint32_t value, uint32_t least) { return value > least ? value : least; }

/* `share` of a value, to the nearest. */
static uint32_t part_of(uint32_t value, uint32_t share) { return (value * share + RAMP_FULL / 2) / RAMP_FULL; }

uint32_t pulse_balance_us(uint32_t code1, uint32_t width1_us, uint32_t code2) {
  return (code1 * width1_us + code2 / 2) / code2;
}

pulse pulse_laid_out(const pulse_shape *shape, uint32_t code, uint32_t share) {
  pulse laid;
  laid.code1 = shape->ramps_current ? at_least(part_of(code, share), 1) : code;
  laid.width1_us = shape->ramps_current ? shape->width_us : part_of(shape->width_us, share);
  laid.width1_us = at_least(laid.width1_us, LEAST_WIDTH_US);
  laid.gap_us = shape->gap_us;
  laid.code2 = at_least((laid.code1 * shape->recharge + 500) / 1000, 1);
  laid.width2_us = (laid.code1 * laid.width1_us + laid.code2 / 2) / laid.code2;
  return laid;
}

pulse pulse_of_probe(const pulse_shape *shape) {
  return (pulse){0, shape->width_us, shape->gap_us, 0, shape->width_us};
}
