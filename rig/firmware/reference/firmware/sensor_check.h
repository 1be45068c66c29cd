/* Is the heel switch's signal one that a leg can make? Off its range, or restless, it is not. */
#ifndef SENSOR_CHECK_H
#define SENSOR_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "settings.h"

typedef struct {
  uint32_t bad_ms;
  uint32_t restless; /* thousandths of a change of side, leaking away by 4 a millisecond */
  bool closed;
  bool invalid;
} sensor_check;

/* A sound sensor on a closed switch. */
void sensor_check_reset(sensor_check *check);

/* Look at the switch, once a tick; true while its signal cannot be believed. */
bool sensor_check_look(sensor_check *check, uint32_t code, const settings *set);

#endif
