/* The pulse generator: it lives in the timer interrupt and switches the output stage at whole microseconds.
 *
 * The tick tells it what to do through programs: it writes the one that is not in use and then names it, in one store
 * that cannot be torn. The interrupt reads the one that is named; the tick cannot run meanwhile. What each pulse
 * measured goes back through `reports`. A press of the stop button is a number that only grows: a program counts for
 * the presses that were known when it was written, so none that comes later can be lost.
 */
#ifndef GENERATOR_H
#define GENERATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "pulse.h"
#include "ramp.h"

typedef enum { PROGRAM_SILENT, PROGRAM_TRAIN, PROGRAM_PROBE } program_kind;

/* What the generator does until it is told otherwise. */
typedef struct {
  program_kind kind;
  uint32_t train;     /* its number: another one begins another train */
  uint32_t start_us;  /* of its first pulse, where the generator is at rest; else it takes over the running grid */
  uint32_t rate_mhz;  /* pulses in 1000 s */
  uint32_t slew_code; /* largest change of the code from pulse to pulse; 0 for none */
  pulse_shape shape;
  ramp envelope;
  uint32_t stops; /* presses of the stop button that are answered */
} program;

/* Everything off, nothing asked. From `fw_init`. */
void generator_reset(void);

/* The program that counts now. From the tick. */
const program *generator_program(void);

/* Another program, from the next pulse on. From the tick. */
void generator_run(const program *next);

/* True while nothing is under way and nothing asked. */
bool generator_at_rest(void);

/* The stop button went down: no pulse begins until a program is written that answers it. */
void generator_stop(void);

/* Presses of the stop button so far. */
uint32_t generator_stops(void);

/* False where the timer owes its interrupt for more than two milliseconds. */
bool generator_in_time(void);

#endif
