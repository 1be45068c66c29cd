/* What the pulses of a train say about the electrodes and the output stage. */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "reports.h"
#include "settings.h"

typedef enum { WATCH_SOUND, WATCH_LEAD_OFF, WATCH_OVERLOAD, WATCH_CHARGE_FAULT } watch_finding;

/* Pulses in a row that are wrong, of the train that runs. */
typedef struct {
  uint32_t low, shorted, unbalanced;
  bool falls_short; /* the last pulse did not reach its current */
} watch;

/* A train begins. */
void watch_train(watch *over);

/* Look at a pulse; anything but sound ends its train. */
watch_finding watch_pulse(watch *over, const pulse_report *report, const settings *set);

/* True where a probe says that the electrodes can carry the set current, and are no short. */
bool watch_probe(const pulse_report *report, const settings *set, uint32_t supply_mv);

#endif
