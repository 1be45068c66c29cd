#include "sensor_check.h"

#include "scale.h"

static const uint32_t BAD_MS = 100;         /* so long at the end of the range, 5.5 V */
static const uint32_t RESTLESS = 8000;      /* so many changes of side are noise */
static const uint32_t MOST = 10000;         /* more is not counted: a leg that rests is believed 2 s after the noise */
static const uint32_t CALM = 2000;          /* so few are a walk again */
static const uint32_t CHANGE = 1000;        /* one of them */
static const uint32_t FORGOTTEN_PER_MS = 4; /* four a second */

void sensor_check_reset(sensor_check *check) {
  check->bad_ms = 0;
  check->restless = 0;
  check->closed = true;
  check->invalid = false;
}

/* Count the changes of side, and forget them slowly. */
static void look_for_noise(sensor_check *check, uint32_t code, const settings *set) {
  const uint32_t voltage = heel_scaled_mv(code);
  bool closed = check->closed;
  if (voltage < (uint32_t)set->value[SET_OPEN_BELOW] * HEEL_SCALE) closed = false;
  if (voltage > (uint32_t)set->value[SET_CLOSE_ABOVE] * HEEL_SCALE) closed = true;
  check->restless = check->restless > FORGOTTEN_PER_MS ? check->restless - FORGOTTEN_PER_MS : 0;
  if (closed != check->closed) check->restless += CHANGE;
  if (check->restless > MOST) check->restless = MOST;
  check->closed = closed;
}

bool sensor_check_look(sensor_check *check, uint32_t code, const settings *set) {
  check->bad_ms = code >= CODE_MAX ? check->bad_ms + 1 : 0;
  look_for_noise(check, code, set);
  if (check->bad_ms >= BAD_MS || check->restless > RESTLESS) {
    check->invalid = true;
  } else if (check->bad_ms == 0 && check->restless < CALM) {
    check->invalid = false;
  }
  return check->invalid && set->value[SET_SENSOR_CHECK] != 0;
}
