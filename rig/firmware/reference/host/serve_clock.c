#include "serve_clock.h"

#include <math.h>

static double tick_ns, anchor_us;
static int64_t anchor_ns;

/* As `DeviceClock.rig_ns` of the rig computes it, so that both tick at the same nanoseconds. */
static double tick_of(double error_ratio) { return 0.001 * 1e9 / (1.0 + error_ratio); }

void clock_begin(double error_ratio, int64_t phase_ns) {
  tick_ns = tick_of(error_ratio);
  anchor_us = 0.0;
  anchor_ns = phase_ns;
}

void clock_becomes(double error_ratio, int64_t t_ns) {
  anchor_us += (double)(t_ns - anchor_ns) / tick_ns * 1000.0;
  anchor_ns = t_ns;
  tick_ns = tick_of(error_ratio);
}

int64_t clock_ns(int64_t at_us) {
  return anchor_ns + (int64_t)rint(((double)at_us - anchor_us) / 1000.0 * tick_ns);
}

int64_t clock_us(int64_t t_ns) {
  int64_t at_us = (int64_t)floor(anchor_us + (double)(t_ns - anchor_ns) / tick_ns * 1000.0) - 1;
  while (clock_ns(at_us) < t_ns) at_us++;
  return at_us;
}
