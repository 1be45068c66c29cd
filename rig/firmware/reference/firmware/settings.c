#include "settings.h"

#include <stddef.h>

#include "text.h"

static const setting_info ABOUT[SETTING_COUNT] = {
    [SET_CURRENT] = {"current", 0, 80000, 30000, 3, {NULL, NULL}},
    [SET_LEVEL] = {"level", 0, 1000, 1000, 1, {NULL, NULL}},
    [SET_PULSE_WIDTH] = {"pulse_width", 10, 1000, 300, 0, {NULL, NULL}},
    [SET_RATE] = {"rate", 1000, 100000, 40000, 3, {NULL, NULL}},
    [SET_GAP] = {"gap", 0, 1000, 100, 0, {NULL, NULL}},
    [SET_WAVEFORM] = {"waveform", 0, 1, 0, 0, {"symmetric", "asymmetric"}},
    [SET_RECHARGE] = {"recharge", 50, 1000, 250, 1, {NULL, NULL}},
    [SET_RAMPED] = {"ramped", 0, 1, 0, 0, {"pulse_width", "current"}},
    [SET_RAMP_UP] = {"ramp_up", 0, 10000, 200, 0, {NULL, NULL}},
    [SET_RAMP_DOWN] = {"ramp_down", 0, 10000, 200, 0, {NULL, NULL}},
    [SET_EXTENSION] = {"extension", 0, 10000, 200, 0, {NULL, NULL}},
    [SET_TIME_OUT] = {"time_out", 100, 60000, 4000, 0, {NULL, NULL}},
    [SET_DEBOUNCE] = {"debounce", 0, 200, 10, 0, {NULL, NULL}},
    [SET_OPEN_BELOW] = {"open_below", 0, 5500, 1000, 3, {NULL, NULL}},
    [SET_CLOSE_ABOVE] = {"close_above", 0, 5500, 1500, 3, {NULL, NULL}},
    [SET_INTERLOCK] = {"interlock", 0, 1, 0, 0, {"off", "on"}},
    [SET_SHUT_OFF] = {"shut_off", 0, 36000000, 0, 3, {NULL, NULL}},
    [SET_OVERLOAD] = {"overload", 0, 1000, 50, 0, {NULL, NULL}},
    [SET_CHARGE_FAULT] = {"charge_fault", 0, 1000, 0, 1, {NULL, NULL}},
    [SET_SLEW] = {"slew", 0, 80000, 0, 3, {NULL, NULL}},
    [SET_SENSOR_CHECK] = {"sensor_check", 0, 1, 0, 0, {"off", "on"}},
    [SET_LEAD_OFF] = {"lead_off", 0, 1000, 900, 1, {NULL, NULL}},
    [SET_LEAD_OFF_PULSES] = {"lead_off_pulses", 1, 100, 3, 0, {NULL, NULL}},
    [SET_LOW_BATTERY] = {"low_battery", 0, 1000, 850, 1, {NULL, NULL}},
    [SET_WATCHDOG] = {"watchdog", 5, 4000, 50, 0, {NULL, NULL}},
};

/* Half a second in us mHz: width and rate multiply to it where a pulse takes half of its period. */
static const uint32_t HALF_PERIOD_US_MHZ = 500000000;

const setting_info *setting_about(setting_id id) { return &ABOUT[id]; }

setting_id setting_named(const char *name) {
  setting_id id = 0;
  while (id < SETTING_COUNT && !text_same(name, ABOUT[id].name)) id++;
  return id;
}

settings settings_preset(void) {
  settings set;
  for (setting_id id = 0; id < SETTING_COUNT; id++) set.value[id] = ABOUT[id].preset;
  return set;
}

bool settings_in_range(const settings *set) {
  for (setting_id id = 0; id < SETTING_COUNT; id++) {
    if (set->value[id] < ABOUT[id].low || set->value[id] > ABOUT[id].high) return false;
  }
  return true;
}

uint32_t settings_recharge(const settings *set) {
  return set->value[SET_WAVEFORM] == 0 ? 1000u : (uint32_t)set->value[SET_RECHARGE];
}

uint32_t settings_level_ua(const settings *set) {
  return (uint32_t)set->value[SET_CURRENT] * (uint32_t)set->value[SET_LEVEL] / 1000u;
}

const char *settings_contradiction(const settings *set) {
  if (set->value[SET_OPEN_BELOW] > set->value[SET_CLOSE_ABOVE]) return "open_below exceeds close_above";
  const uint32_t width_us = (uint32_t)set->value[SET_PULSE_WIDTH];
  const uint32_t pulse_us = width_us + (uint32_t)set->value[SET_GAP] + width_us * 1000u / settings_recharge(set);
  if (pulse_us * (uint32_t)set->value[SET_RATE] > HALF_PERIOD_US_MHZ) return "a pulse takes more than half its period";
  return NULL;
}
