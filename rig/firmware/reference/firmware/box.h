/* The state of the box, all that the tick knows. Only the tick and what it calls touch it. */
#ifndef BOX_H
#define BOX_H

#include <stdbool.h>
#include <stdint.h>

#include "heel.h"
#include "sensor_check.h"
#include "settings.h"
#include "watch.h"

/* Why the box must not stimulate, each a bit. */
enum {
  HELD_STOPPED = 1,
  HELD_LINE = 2,
  HELD_INTERLOCK = 4,
  HELD_TIMER = 8,
  HELD_CHARGE = 16,
  HELD_SENSOR = 32,
  HELD_SETTINGS = 64,
  HELD_BITS = 7
};

/* Where the box stands in a step. */
typedef enum {
  STEP_WAITS,  /* for the heel to leave the floor */
  STEP_READY,  /* to begin a train, once the settings are kept */
  STEP_FEELS,  /* for the probe of an electrode that was off */
  STEP_LASTS,  /* heel up */
  STEP_HOLDS,  /* heel down, the plateau goes on for the extension */
  STEP_FADES   /* the ramp down */
} step_state;

typedef struct {
  settings set;
  uint32_t ms; /* ticks since the start */
  uint32_t supply_mv;
  uint32_t held;

  heel foot;
  sensor_check check;
  watch over;
  bool interlock; /* as it was set last */
  bool lifted; /* something was wrong at the electrodes: probe before the next train */

  step_state step;
  uint32_t deadline_ms; /* of the step's state */
  bool timed_out;       /* the ramp down came from the time-out */
  bool probe_sent;

  bool running;   /* a train runs */
  uint32_t train; /* number of the last train or probe */

  uint32_t stops;   /* presses of the stop button that are answered */
  uint32_t from_ms; /* the treatment's beginning */
} box;

/* True once the tick `deadline_ms` has come. */
static inline bool box_is_due(const box *me, uint32_t deadline_ms) { return (int32_t)(me->ms - deadline_ms) >= 0; }

#endif
