/* How one pulse is laid out: two phases of equal charge, in whole microseconds and whole codes. */
#ifndef PULSE_H
#define PULSE_H

#include <stdbool.h>
#include <stdint.h>

/* A pulse as it is set, at the plateau. */
typedef struct {
  uint32_t code;     /* of phase 1 */
  uint32_t width_us; /* of phase 1 */
  uint32_t gap_us;
  uint32_t recharge; /* 0.1 %, code of phase 2 over that of phase 1 */
  bool ramps_current;
} pulse_shape;

/* One pulse, from its start. */
typedef struct {
  uint32_t code1, width1_us, gap_us, code2, width2_us;
} pulse;

/* The shortest phase 1: both of its edges are switched by interrupts (design choice). */
static const uint32_t LEAST_WIDTH_US = 5;

/* The pulse where the train stands at `share` of its plateau, above 0 (see ramp.h), with `code` instead of the set one.
 *
 * Phase 2 has the nearest code to `recharge` of phase 1, and the width that gives the same charge: both charges, codes
 * times microseconds, differ by half a code of phase 2 at most. */
pulse pulse_laid_out(const pulse_shape *shape, uint32_t code, uint32_t share);

/* Width of a phase 2 of `code2` that takes back the charge of a phase 1. */
uint32_t pulse_balance_us(uint32_t code1, uint32_t width1_us, uint32_t code2);

/* The probe: two phases of the set width; its source knows one current only. */
pulse pulse_of_probe(const pulse_shape *shape);

#endif
