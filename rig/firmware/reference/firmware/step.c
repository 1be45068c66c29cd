#include "step.h"

#include "generator.h"
#include "keeper.h"
#include "log.h"
#include "train.h"
#include "train_grid.h"

static uint32_t of(const box *me, setting_id id) { return (uint32_t)me->set.value[id]; }

void step_ends(box *me) { me->step = STEP_WAITS; }

/* The heel is up and a train runs, until the heel comes down or the time is out. */
static void lasts(box *me) {
  const uint32_t longest_ms = of(me, SET_TIME_OUT), down_ms = of(me, SET_RAMP_DOWN);
  me->step = STEP_LASTS;
  me->deadline_ms = me->ms + (longest_ms > down_ms ? longest_ms - down_ms : 0);
}

/* Begin a train, unless the processor stands still over its memory just now. */
static void begins_train(box *me) {
  me->step = STEP_READY;
  if (keeper_is_busy()) return;
  train_begin(me);
  lasts(me);
}

/* An electrode that was off is probed, as soon as the generator is at rest. */
static void feels(box *me) {
  pulse_report probe;
  if (!generator_at_rest() || keeper_is_busy()) return;
  if (!me->probe_sent) {
    train_probe(me);
    me->probe_sent = true;
    return;
  }
  step_ends(me);
  if (!train_heard(me, &probe) || !watch_probe(&probe, &me->set, me->supply_mv)) return;
  me->lifted = false;
  log_tell(LOG_ELECTRODE_BACK);
  begins_train(me);
}

/* The heel has left the floor: a step, unless something holds the box. */
static void begins(box *me) {
  if (me->held != 0) {
    step_ends(me);
    return;
  }
  if (!me->lifted) {
    begins_train(me);
    return;
  }
  me->step = STEP_FEELS;
  me->probe_sent = false;
  feels(me);
}

/* Ramp down, and wait for its last pulse. */
static void fades(box *me, bool timed_out) {
  const uint32_t period_ms = (grid_period_us(of(me, SET_RATE)) + 999u) / 1000u;
  train_ramp(me, true);
  me->step = STEP_FADES;
  me->timed_out = timed_out;
  me->deadline_ms = me->ms + of(me, SET_RAMP_DOWN) + period_ms;
}

/* The plateau is held after the heel has come down. */
static void holds(box *me, heel_change change) {
  if (change == HEEL_OPENS) {
    if (!me->running) {
      begins(me);
      return;
    }
    train_ramp(me, false);
    lasts(me);
  } else if (box_is_due(me, me->deadline_ms)) {
    if (me->running) {
      fades(me, false);
    } else {
      step_ends(me);
    }
  }
}

static void heel_is_up(box *me) {
  if (me->foot.state != HEEL_OPEN) {
    me->step = STEP_HOLDS;
    me->deadline_ms = me->ms + of(me, SET_EXTENSION);
    if (!me->running) step_ends(me);
    if (me->step == STEP_HOLDS) holds(me, HEEL_STAYS);
  } else if (box_is_due(me, me->deadline_ms)) {
    if (me->running) {
      log_tell(LOG_TIME_OUT);
      fades(me, true);
    } else {
      step_ends(me);
    }
  }
}

/* The train ramps down; a heel that leaves the floor meanwhile turns it round, or begins another after a time-out. */
static void fading(box *me, heel_change change) {
  if (change != HEEL_OPENS) {
    if (box_is_due(me, me->deadline_ms)) step_ends(me);
  } else if (me->running && !me->timed_out) {
    train_ramp(me, false);
    lasts(me);
  } else {
    begins(me);
  }
}

void step_tick(box *me, heel_change change) {
  switch (me->step) {
    case STEP_WAITS:
      if (change == HEEL_OPENS) begins(me);
      break;
    case STEP_READY:
      begins_train(me);
      break;
    case STEP_FEELS:
      feels(me);
      break;
    case STEP_LASTS:
      heel_is_up(me);
      break;
    case STEP_HOLDS:
      holds(me, change);
      break;
    case STEP_FADES:
      fading(me, change);
      break;
  }
}
