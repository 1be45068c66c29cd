/* What the box has to tell by itself, on its way from the tick to the main loop, which sends it. */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
  LOG_START_STORED,
  LOG_START_PRESET,
  LOG_START_DAMAGED,
  LOG_INTERLOCK,
  LOG_LEVEL_AT_MINIMUM,
  LOG_ARMED,
  LOG_STOPPED,
  LOG_RELEASED,
  LOG_STOPPED_BY_LINE,
  LOG_TREATMENT_OVER,
  LOG_TIME_OUT,
  LOG_LEAD_OFF,
  LOG_OVERLOAD,
  LOG_CHARGE_FAULT,
  LOG_ELECTRODE_BACK,
  LOG_SENSOR_INVALID,
  LOG_SENSOR_VALID,
  LOG_CONTRADICTION,
  LOG_CONSISTENT,
  LOG_MESSAGES
} log_message;

/* Nothing to tell. While neither side runs. */
void log_reset(void);

/* Something to tell; lost, and counted, where sixteen things wait already. From the tick. */
void log_tell(log_message message);

/* Text of the oldest message; NULL where there is none. From the main loop. */
const char *log_oldest(void);

/* True where the oldest message tells of the start. From the main loop. */
bool log_is_start(void);

/* The oldest message has been sent. From the main loop. */
void log_sent(void);

/* Messages lost so far. */
uint32_t log_lost(void);

#endif
