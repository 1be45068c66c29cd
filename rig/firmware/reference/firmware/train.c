#include "train.h"

#include "generator.h"
#include "hal.h"
#include "scale.h"
#include "train_grid.h"

static const uint32_t LEAD_US = 40; /* a train lies so long behind the ticks that decide about it */

static uint32_t of(const box *me, setting_id id) { return (uint32_t)me->set.value[id]; }

/* What the settings say of every program. */
static program program_as_set(const box *me, program_kind kind) {
  return (program){
      .kind = kind,
      .train = me->train,
      .start_us = hal_now_us() + LEAD_US,
      .rate_mhz = of(me, SET_RATE),
      .slew_code = stage_code(of(me, SET_SLEW)),
      .shape = {.code = stage_code(settings_level_ua(&me->set)),
                .width_us = of(me, SET_PULSE_WIDTH),
                .gap_us = of(me, SET_GAP),
                .recharge = settings_recharge(&me->set),
                .ramps_current = of(me, SET_RAMPED) != 0},
      .stops = me->stops,
  };
}

void train_begin(box *me) {
  me->train++;
  program next = program_as_set(me, PROGRAM_TRAIN);
  if (next.shape.code == 0) return;
  const uint32_t origin_us = next.start_us - grid_period_us(next.rate_mhz);
  next.envelope = ramp_from(origin_us, 0, of(me, SET_RAMP_UP) * 1000u, false);
  me->running = true;
  watch_train(&me->over);
  generator_run(&next);
}

void train_ramp(box *me, bool down) {
  if (!me->running) return;
  program next = *generator_program();
  const uint32_t from_us = hal_now_us() + LEAD_US;
  const uint32_t whole_us = of(me, down ? SET_RAMP_DOWN : SET_RAMP_UP) * 1000u;
  next.envelope = ramp_from(from_us, ramp_share(&next.envelope, from_us), whole_us, down);
  generator_run(&next);
}

void train_follow(box *me) {
  if (!me->running) return;
  program next = program_as_set(me, PROGRAM_TRAIN);
  next.start_us = generator_program()->start_us;
  next.envelope = generator_program()->envelope;
  generator_run(&next);
}

void train_silence(box *me) {
  const program silent = {.kind = PROGRAM_SILENT, .stops = me->stops};
  me->running = false;
  generator_run(&silent);
}

void train_probe(box *me) {
  me->train++;
  program next = program_as_set(me, PROGRAM_PROBE);
  next.envelope = ramp_from(next.start_us, RAMP_FULL, 0, false);
  generator_run(&next);
}

bool train_heard(box *me, pulse_report *report) {
  const bool is_over = generator_at_rest();
  while (reports_take(report)) {
    if (report->train == me->train) return true;
  }
  if (is_over) me->running = false;
  return false;
}
