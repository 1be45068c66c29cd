#include "heel.h"

#include "scale.h"

void heel_reset(heel *foot) {
  foot->state = HEEL_UNKNOWN;
  foot->against = 0;
}

/* What the voltage says; between the thresholds it says what was before. */
static heel_state says(heel_state before, uint32_t code, const settings *set) {
  const uint32_t voltage = heel_scaled_mv(code);
  if (voltage < (uint32_t)set->value[SET_OPEN_BELOW] * HEEL_SCALE) return HEEL_OPEN;
  if (voltage > (uint32_t)set->value[SET_CLOSE_ABOVE] * HEEL_SCALE) return HEEL_CLOSED;
  return before;
}

heel_change heel_look(heel *foot, uint32_t code, const settings *set) {
  const heel_state now = says(foot->state, code, set);
  if (foot->state == HEEL_UNKNOWN) {
    foot->state = now;
    return HEEL_STAYS;
  }
  foot->against = now == foot->state ? 0 : foot->against + 1;
  const uint32_t debounce_ms = (uint32_t)set->value[SET_DEBOUNCE];
  if (foot->against == 0 || foot->against < debounce_ms) return HEEL_STAYS;
  foot->state = now;
  foot->against = 0;
  return now == HEEL_OPEN ? HEEL_OPENS : HEEL_CLOSES;
}
