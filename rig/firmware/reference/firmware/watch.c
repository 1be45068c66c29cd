#include "watch.h"

#include "scale.h"

static const uint32_t OVERLOAD_PULSES = 3;
static const uint32_t CHARGE_FAULT_PULSES = 5;

void watch_train(watch *over) { over->low = over->shorted = over->unbalanced = 0; }

/* One more pulse of a kind, or the end of their row. */
static void count(uint32_t *row, bool again) { *row = again ? *row + 1 : 0; }

/* The plateau is below the set share of what was told; one code of the converter is forgiven. */
static bool is_low(const pulse_report *report, const settings *set) {
  const uint32_t measured = (report->current1 + 1) * SENSE_DENOMINATOR * 1000u;
  return measured < (uint32_t)set->value[SET_LEAD_OFF] * report->code1 * SENSE_NUMERATOR;
}

/* Too little voltage for the current that flows; one code is forgiven. */
static bool is_short(const pulse_report *report, const settings *set) {
  const uint32_t least = (uint32_t)set->value[SET_OVERLOAD] * report->current1;
  return (report->voltage1 + 1) * OHM_PER_CODE < least;
}

/* The charges of the phases differ by more than the set share of a whole phase 1 as it is set. */
static bool is_unbalanced(const pulse_report *report, const settings *set) {
  const uint64_t share = (uint64_t)set->value[SET_CHARGE_FAULT];
  if (share == 0) return false;
  const uint32_t charge1 = report->current1 * report->width1_us, charge2 = report->current2 * report->width2_us;
  const uint64_t left = charge1 > charge2 ? charge1 - charge2 : charge2 - charge1;
  const uint64_t whole = (uint64_t)stage_code(settings_level_ua(set)) * (uint32_t)set->value[SET_PULSE_WIDTH];
  return left * SENSE_DENOMINATOR * 1000u > share * whole * SENSE_NUMERATOR;
}

watch_finding watch_pulse(watch *over, const pulse_report *report, const settings *set) {
  if (!report->sampled) return WATCH_SOUND;
  over->falls_short = is_low(report, set);
  count(&over->low, over->falls_short);
  count(&over->shorted, is_short(report, set));
  count(&over->unbalanced, is_unbalanced(report, set));
  if (over->shorted >= OVERLOAD_PULSES) return WATCH_OVERLOAD;
  if (over->low >= (uint32_t)set->value[SET_LEAD_OFF_PULSES]) return WATCH_LEAD_OFF;
  return over->unbalanced >= CHARGE_FAULT_PULSES ? WATCH_CHARGE_FAULT : WATCH_SOUND;
}

bool watch_probe(const pulse_report *report, const settings *set, uint32_t supply_mv) {
  const uint32_t before = report->probe_before, after = report->probe_after;
  const uint32_t moved = after > before ? after - before : before - after;
  if (after >= CODE_MAX || moved * PROBE_MOHM_PER_CODE < (uint32_t)set->value[SET_OVERLOAD] * 1000u) return false;
  const uint32_t battery_mv = supply_mv < FRESH_BATTERY_MV ? supply_mv : FRESH_BATTERY_MV;
  const uint64_t reach_nv = (uint64_t)(battery_mv * (COMPLIANCE_MV / 1000u) / (FRESH_BATTERY_MV / 1000u)) * 1000000u;
  return (uint64_t)(moved * PROBE_MOHM_PER_CODE) * settings_level_ua(set) <= reach_nv;
}
