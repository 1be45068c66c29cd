#include "log.h"

#include <stdatomic.h>
#include <stddef.h>

enum { PLACES = 16 };

static const char *const TEXTS[LOG_MESSAGES] = {
    [LOG_START_STORED] = "start: settings as stored",
    [LOG_START_PRESET] = "start: settings as preset",
    [LOG_START_DAMAGED] = "start: stored settings are damaged: preset, off until armed",
    [LOG_INTERLOCK] = "interlock: off until the amplitude control was at its minimum",
    [LOG_LEVEL_AT_MINIMUM] = "amplitude control at its minimum: armed",
    [LOG_ARMED] = "armed again: waits for the next step",
    [LOG_STOPPED] = "stop button: stimulation off",
    [LOG_RELEASED] = "stop button released: waits for the next step",
    [LOG_STOPPED_BY_LINE] = "stopped over the line: off until armed",
    [LOG_TREATMENT_OVER] = "treatment time over: stimulation off until re-armed",
    [LOG_TIME_OUT] = "time-out: stimulation off",
    [LOG_LEAD_OFF] = "lead off: stimulation off",
    [LOG_OVERLOAD] = "overload: stimulation off",
    [LOG_CHARGE_FAULT] = "charge fault: stimulation off until re-armed",
    [LOG_ELECTRODE_BACK] = "electrode back: armed again",
    [LOG_SENSOR_INVALID] = "sensor invalid: stimulation off",
    [LOG_SENSOR_VALID] = "sensor valid: waits for the next step",
    [LOG_CONTRADICTION] = "settings contradict each other: off",
    [LOG_CONSISTENT] = "settings fit again: waits for the next step",
};

static uint8_t ring[PLACES];
static _Atomic uint32_t written, taken, lost; /* they only grow, and wrap */

void log_reset(void) {
  atomic_store(&written, 0);
  atomic_store(&taken, 0);
  atomic_store(&lost, 0);
}

void log_tell(log_message message) {
  const uint32_t here = atomic_load(&written);
  if (here - atomic_load(&taken) == PLACES) {
    atomic_fetch_add(&lost, 1);
    return;
  }
  ring[here % PLACES] = (uint8_t)message;
  atomic_store(&written, here + 1);
}

const char *log_oldest(void) {
  const uint32_t here = atomic_load(&taken);
  return here == atomic_load(&written) ? NULL : TEXTS[ring[here % PLACES]];
}

bool log_is_start(void) { return ring[atomic_load(&taken) % PLACES] <= LOG_START_DAMAGED; }

void log_sent(void) { atomic_store(&taken, atomic_load(&taken) + 1); }

uint32_t log_lost(void) { return atomic_load(&lost); }
