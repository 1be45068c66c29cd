/* What the pulses measured, on its way from the timer interrupt to the tick: a ring with one writer and one reader. */
#ifndef REPORTS_H
#define REPORTS_H

#include <stdbool.h>
#include <stdint.h>

/* What one pulse was, and what flowed: codes of the converter. */
typedef struct {
  uint32_t train; /* number of its train, or of the probe */
  bool sampled;   /* false for a pulse that was too short to look at */
  uint32_t code1; /* that the stage was told */
  uint32_t width1_us, width2_us; /* as they were, by the counter */
  uint32_t current1, current2, voltage1;
  uint32_t probe_before, probe_after;
} pulse_report;

/* The ring is empty. While neither side runs. */
void reports_reset(void);

/* Put one in; the tick comes every millisecond and pulses every ten, so there is room. From the timer interrupt. */
void reports_put(const pulse_report *report);

/* Take the oldest; false where there is none. From the tick. */
bool reports_take(pulse_report *report);

#endif
