#include "generator.h"

#include <stdatomic.h>

#include "hal.h"
#include "reports.h"
#include "train_grid.h"

static const uint32_t PLAN_LEAD_US = 30;    /* a pulse is laid out so long before it begins */
static const uint32_t LOOK_US = 10000;      /* the program is looked at so often: the rate may have changed */
static const uint32_t LATE_US = 2;          /* one that begins later takes the grid with it */
static const uint32_t LONG_PHASE_US = 24;   /* a phase like this is looked at in its middle, a shorter one at once */
static const uint32_t LEAST_SAMPLED_US = 8; /* a shorter one is not looked at */
static const uint32_t SAMPLE_LEAD_US = 4;   /* conversions begin so long before the middle */
static const int32_t OVERDUE_US = 2000;

/* What the next interrupt does. */
typedef enum { REST, PLAN, BEGIN_1, SAMPLE_1, END_1, BEGIN_2, SAMPLE_2, END_2 } stage;

static program programs[2];
static _Atomic uint8_t in_use;
static _Atomic uint8_t next_stage;
static _Atomic uint32_t due_us;
static _Atomic uint32_t stop_presses;

/* Of the interrupt alone, but for a generator at rest. */
static struct {
  train_grid grid; /* of the last pulse, or before the first of a train */
  bool is_first;
  uint32_t train;
  uint32_t given_code;
  bool is_probe;
  pulse laid;
  uint32_t edge_us;  /* the edge that was switched last, or comes next */
  uint32_t late_us;  /* whole microseconds by which the edge that is due comes too late */
  uint32_t longer_us; /* by which phase 1 lasted longer than laid out */
  uint32_t now_us;   /* when this interrupt came, by the counter */
  uint32_t began_us; /* when that came which began the running phase */
  pulse_report report;
} own;

/* Let the interrupt come for `what` at `at_us`. The one instant that means "never" is put off by a microsecond. One
 * processor sees its own stores in order, so they need no barriers, which a gap of a microsecond has no time for. True
 * where it is due already: what is to be done may be done at once. */
static bool come_again(stage what, uint32_t at_us) {
  const uint32_t when_us = at_us == HAL_NEVER ? 0 : at_us;
  atomic_store_explicit(&due_us, when_us, memory_order_relaxed);
  atomic_store_explicit(&next_stage, (uint8_t)what, memory_order_relaxed);
  return hal_timer_at_us(when_us);
}

static void rest(void) {
  atomic_store(&next_stage, (uint8_t)REST);
  hal_timer_at_us(HAL_NEVER);
}

void generator_reset(void) {
  programs[0] = (program){.kind = PROGRAM_SILENT};
  programs[1] = programs[0];
  atomic_store(&in_use, 0);
  atomic_store(&due_us, 0);
  atomic_store(&stop_presses, 0);
  reports_reset();
  hal_stim_phase(HAL_OFF, 0);
  rest();
}

const program *generator_program(void) { return &programs[atomic_load(&in_use)]; }

/* Take over a program whose train has not begun yet. */
static void begin_train(const program *now) {
  own.train = now->train;
  own.given_code = now->shape.code;
}

void generator_run(const program *next) {
  const uint8_t spare = (uint8_t)(1 - atomic_load(&in_use));
  programs[spare] = *next;
  atomic_store(&in_use, spare);
  if (next->kind == PROGRAM_SILENT || !generator_at_rest()) return;
  begin_train(next);
  own.grid = grid_at(next->start_us);
  own.is_first = true;
  come_again(PLAN, next->start_us - PLAN_LEAD_US);
}

bool generator_at_rest(void) { return atomic_load(&next_stage) == REST; }

void generator_stop(void) { atomic_fetch_add(&stop_presses, 1); }

uint32_t generator_stops(void) { return atomic_load(&stop_presses); }

bool generator_in_time(void) {
  const uint32_t asked_us = atomic_load(&due_us);
  return generator_at_rest() || (int32_t)(hal_now_us() - asked_us) < OVERDUE_US;
}

/* True where a pulse may begin. */
static bool may_begin(const program *now) {
  return now->kind != PROGRAM_SILENT && now->stops == atomic_load(&stop_presses);
}

/* Code of the next pulse: the set one, or a step towards it. */
static uint32_t slewed(const program *now) {
  const uint32_t wanted = now->shape.code, step = now->slew_code, given = own.given_code;
  if (step == 0) return wanted;
  if (wanted > given + step) return given + step;
  return given > wanted + step ? given - step : wanted;
}

/* Wait for the place of the next pulse; true once it is time to lay it out. */
static bool waited(const train_grid *next) {
  const uint32_t wait_us = next->at_us - PLAN_LEAD_US - hal_now_us();
  if ((int32_t)wait_us <= 0) return true;
  come_again(PLAN, hal_now_us() + (wait_us < LOOK_US ? wait_us : LOOK_US));
  return false;
}

/* Lay out the next pulse once it is time; rest where there is none. */
static void plan(const program *now) {
  if (!may_begin(now)) {
    rest();
    return;
  }
  const train_grid next = own.is_first ? own.grid : grid_next(&own.grid, now->rate_mhz);
  if (!waited(&next)) return;
  const uint32_t share = ramp_share(&now->envelope, next.at_us);
  if (share == 0) {
    rest();
    return;
  }
  own.grid = next;
  own.is_first = false;
  if (now->train != own.train) begin_train(now);
  own.given_code = slewed(now);
  if (own.given_code == 0 && now->kind == PROGRAM_TRAIN) {
    come_again(PLAN, own.grid.at_us);
    return;
  }
  own.is_probe = now->kind == PROGRAM_PROBE;
  own.laid = own.is_probe ? pulse_of_probe(&now->shape) : pulse_laid_out(&now->shape, own.given_code, share);
  own.report = (pulse_report){.train = now->train, .code1 = own.laid.code1};
  own.edge_us = own.grid.at_us;
  come_again(BEGIN_1, own.edge_us);
}

/* Switch the stage at an edge of the pulse; returns how long the phase before lasted, by the counter. */
static uint32_t switch_to(hal_phase phase, uint32_t code) {
  hal_stim_phase(phase, code <= UINT16_MAX ? (uint16_t)code : UINT16_MAX);
  const uint32_t lasted_us = own.now_us - own.began_us;
  own.began_us = own.now_us;
  return lasted_us;
}

static void look_1(void) {
  own.report.current1 = hal_adc_read(HAL_OUTPUT_CURRENT);
  own.report.voltage1 = hal_adc_read(HAL_OUTPUT_VOLTAGE);
  own.report.sampled = true;
}

static void look_2(void) { own.report.current2 = hal_adc_read(HAL_OUTPUT_CURRENT); }

/* A phase of this width has begun: look at it in its middle, or at once where it is short, and wait for its end. */
static void wait_phase(uint32_t width_us, stage sample, stage end, void (*look)(void)) {
  if (width_us >= LONG_PHASE_US && !own.is_probe) {
    come_again(sample, own.edge_us + width_us / 2 - SAMPLE_LEAD_US);
    return;
  }
  come_again(end, own.edge_us + width_us);
  if (width_us >= LEAST_SAMPLED_US && !own.is_probe) look();
}

static void begin_1(const program *now) {
  if (!may_begin(now)) {
    rest();
    return;
  }
  if (own.is_probe) own.report.probe_before = hal_adc_read(HAL_PROBE_VOLTAGE);
  (void)switch_to(own.is_probe ? HAL_PROBE1 : HAL_PHASE1, own.laid.code1);
  if (own.late_us > LATE_US) own.grid.at_us += own.late_us;
  own.edge_us += own.late_us;
  wait_phase(own.laid.width1_us, SAMPLE_1, END_1, look_1);
}

/* Phase 1 lasted longer than it was laid out: phase 2 takes back that charge as well, up to twice its width. */
static void balance(void) {
  const uint32_t width1_us = own.laid.width1_us;
  const uint32_t longer_us = own.longer_us < width1_us ? own.longer_us : width1_us;
  if (longer_us == 0 || own.is_probe) return;
  own.laid.width2_us = pulse_balance_us(own.laid.code1, width1_us + longer_us, own.laid.code2);
}

/* A phase that begins late ends as much later, so both keep their widths and the charge its balance. */
static void begin_2(void) {
  const uint32_t lasted_us = switch_to(own.is_probe ? HAL_PROBE2 : HAL_PHASE2, own.laid.code2);
  own.edge_us += own.late_us;
  balance();
  if (own.laid.gap_us == 0) own.report.width1_us = lasted_us;
  wait_phase(own.laid.width2_us, SAMPLE_2, END_2, look_2);
}

static void end_1(void) {
  if (own.is_probe) own.report.probe_after = hal_adc_read(HAL_PROBE_VOLTAGE);
  own.longer_us = own.late_us;
  own.edge_us += own.laid.width1_us + (own.laid.gap_us == 0 ? 0 : own.late_us + own.laid.gap_us);
  if (own.laid.gap_us == 0) {
    begin_2();
    return;
  }
  own.report.width1_us = switch_to(HAL_OFF, 0);
  if (!come_again(BEGIN_2, own.edge_us)) return;
  own.now_us = hal_now_us();
  own.late_us = own.now_us - own.edge_us;
  begin_2();
}

static void end_2(const program *now) {
  own.report.width2_us = switch_to(HAL_OFF, 0);
  reports_put(&own.report);
  if (now->kind == PROGRAM_TRAIN) {
    plan(now);
  } else {
    rest();
  }
}

void fw_timer_isr(void) {
  own.now_us = hal_now_us();
  const uint32_t late_us = own.now_us - atomic_load_explicit(&due_us, memory_order_relaxed);
  const program *now = generator_program();
  own.late_us = (int32_t)late_us > 0 ? late_us : 0;
  switch ((stage)atomic_load_explicit(&next_stage, memory_order_relaxed)) {
    case PLAN:
      plan(now);
      break;
    case BEGIN_1:
      begin_1(now);
      break;
    case SAMPLE_1:
      come_again(END_1, own.edge_us + own.laid.width1_us);
      look_1();
      break;
    case END_1:
      end_1();
      break;
    case BEGIN_2:
      begin_2();
      break;
    case SAMPLE_2:
      come_again(END_2, own.edge_us + own.laid.width2_us);
      look_2();
      break;
    case END_2:
      end_2(now);
      break;
    case REST:
      break;
  }
}
