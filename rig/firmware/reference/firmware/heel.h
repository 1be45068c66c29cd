/* The heel switch: two thresholds, and a new state that must last. Open is a heel that has left the floor. */
#ifndef HEEL_H
#define HEEL_H

#include <stdbool.h>
#include <stdint.h>

#include "settings.h"

typedef enum { HEEL_UNKNOWN, HEEL_OPEN, HEEL_CLOSED } heel_state;
typedef enum { HEEL_STAYS, HEEL_OPENS, HEEL_CLOSES } heel_change;

typedef struct {
  heel_state state;
  uint32_t against; /* ticks in a row that speak for the other state */
} heel;

/* Nothing is known yet. */
void heel_reset(heel *foot);

/* Look at the switch, once a tick. The first state that it shows is where the patient stands, and no change. */
heel_change heel_look(heel *foot, uint32_t code, const settings *set);

#endif
