#include "protection.h"

#include <stddef.h>

#include "generator.h"
#include "log.h"
#include "mailbox.h"
#include "step.h"
#include "train.h"

/* The amplitude control stands at its minimum: at most 2 % (IEC 60601-2-10, 201.12.1.101), in 0.1 %. */
static const int32_t MINIMUM_LEVEL = 20;

static bool has(const box *me, uint32_t reason) { return (me->held & reason) != 0; }

/* No further pulse, and no train as long as `reason` stands. */
static void halts(box *me, uint32_t reason, log_message message) {
  train_silence(me);
  step_ends(me);
  me->held |= reason;
  log_tell(message);
}

static bool is_at_minimum(const box *me) { return me->set.value[SET_LEVEL] <= MINIMUM_LEVEL; }

void protection_starts(box *me, bool settings_damaged) {
  me->held = settings_damaged ? HELD_INTERLOCK : 0;
  me->from_ms = me->ms;
  me->interlock = me->set.value[SET_INTERLOCK] != 0;
  if (me->set.value[SET_INTERLOCK] != 0 && !is_at_minimum(me)) {
    me->held |= HELD_INTERLOCK;
    log_tell(LOG_INTERLOCK);
  }
  protection_settings(me);
}

/* Switched on, the interlock holds at once, as after power-up; switched off, it frees nothing that it holds. */
static void follow_interlock(box *me) {
  const bool before = me->interlock;
  me->interlock = me->set.value[SET_INTERLOCK] != 0;
  if (me->interlock && !before && !is_at_minimum(me) && !has(me, HELD_INTERLOCK)) {
    halts(me, HELD_INTERLOCK, LOG_INTERLOCK);
  }
}

void protection_settings(box *me) {
  follow_interlock(me);
  const bool contradict = settings_contradiction(&me->set) != NULL;
  if (contradict && !has(me, HELD_SETTINGS)) {
    halts(me, HELD_SETTINGS, LOG_CONTRADICTION);
  } else if (!contradict && has(me, HELD_SETTINGS)) {
    me->held &= ~(uint32_t)HELD_SETTINGS;
    log_tell(LOG_CONSISTENT);
  }
  if (has(me, HELD_INTERLOCK) && is_at_minimum(me)) {
    me->held &= ~(uint32_t)HELD_INTERLOCK;
    log_tell(LOG_LEVEL_AT_MINIMUM);
  }
}

/* The user arms the box again; a treatment begins anew. */
static void rearms(box *me) {
  me->held &= ~(uint32_t)(HELD_INTERLOCK | HELD_TIMER | HELD_CHARGE | HELD_LINE);
  me->lifted = false;
  me->from_ms = me->ms;
  log_tell(LOG_ARMED);
}

/* The presses are counted before the orders are fetched: one that comes between the two is unanswered, not unseen. */
static void obeys(box *me) {
  const uint32_t presses = generator_stops();
  const uint32_t orders = mailbox_orders();
  if ((orders & ORDER_STOP) != 0) halts(me, HELD_STOPPED, LOG_STOPPED);
  if ((orders & ORDER_LINE_STOP) != 0) halts(me, HELD_LINE, LOG_STOPPED_BY_LINE);
  if ((orders & ORDER_REARM) != 0) rearms(me);
  if ((orders & ORDER_GREETED) != 0) me->held &= ~(uint32_t)HELD_LINE;
  me->stops = presses;
  if (has(me, HELD_STOPPED) && !mailbox_stop_down()) {
    me->held &= ~(uint32_t)HELD_STOPPED;
    log_tell(LOG_RELEASED);
  }
}

void protection_tick(box *me, bool sensor_invalid) {
  obeys(me);
  if (sensor_invalid && !has(me, HELD_SENSOR)) {
    halts(me, HELD_SENSOR, LOG_SENSOR_INVALID);
  } else if (!sensor_invalid && has(me, HELD_SENSOR)) {
    me->held &= ~(uint32_t)HELD_SENSOR;
    log_tell(LOG_SENSOR_VALID);
  }
  const uint32_t treatment_ms = (uint32_t)me->set.value[SET_SHUT_OFF];
  if (treatment_ms > 0 && me->ms - me->from_ms >= treatment_ms && !has(me, HELD_TIMER)) {
    halts(me, HELD_TIMER, LOG_TREATMENT_OVER);
  }
}

void protection_pulses(box *me) {
  pulse_report report;
  if (me->step == STEP_FEELS) return;
  while (train_heard(me, &report)) {
    const watch_finding finding = watch_pulse(&me->over, &report, &me->set);
    if (finding == WATCH_SOUND || !me->running) continue;
    train_silence(me);
    me->lifted = true;
    if (finding == WATCH_CHARGE_FAULT) me->held |= HELD_CHARGE;
    log_tell(finding == WATCH_LEAD_OFF ? LOG_LEAD_OFF : finding == WATCH_OVERLOAD ? LOG_OVERLOAD : LOG_CHARGE_FAULT);
  }
}
