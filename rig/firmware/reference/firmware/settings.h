/* Everything that can be set on the box: whole numbers of a fine unit, each with its range and its words. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
  SET_CURRENT,         /* uA, phase 1 at the plateau */
  SET_LEVEL,           /* 0.1 %, the amplitude control */
  SET_PULSE_WIDTH,     /* us, phase 1 at the plateau */
  SET_RATE,            /* mHz */
  SET_GAP,             /* us between the phases */
  SET_WAVEFORM,        /* 0 symmetric, 1 asymmetric */
  SET_RECHARGE,        /* 0.1 %, current of phase 2 over that of phase 1 of an asymmetric pulse */
  SET_RAMPED,          /* 0 pulse width, 1 current */
  SET_RAMP_UP,         /* ms from nothing to the plateau */
  SET_RAMP_DOWN,       /* ms from the plateau to nothing */
  SET_EXTENSION,       /* ms of plateau after the heel has come down */
  SET_TIME_OUT,        /* ms, the longest train while the heel is up, ramps included */
  SET_DEBOUNCE,        /* ms for which the switch must show its new state */
  SET_OPEN_BELOW,      /* mV at the heel switch, open below */
  SET_CLOSE_ABOVE,     /* mV, closed above */
  SET_INTERLOCK,       /* 0 off, 1 on: no output after power-up until the level was at its minimum */
  SET_SHUT_OFF,        /* ms of treatment until the output goes off; 0 for none */
  SET_OVERLOAD,        /* ohm below which a train trips; 0 for no trip */
  SET_CHARGE_FAULT,    /* 0.1 % of a phase that a pulse may leave behind; 0 for no watch */
  SET_SLEW,            /* uA from pulse to pulse inside a train; 0 for at once */
  SET_SENSOR_CHECK,    /* 0 off, 1 on */
  SET_LEAD_OFF,        /* 0.1 % of the set current below which a plateau is low */
  SET_LEAD_OFF_PULSES, /* low pulses in a row that end a train */
  SET_LOW_BATTERY,     /* 0.1 % of the fresh battery below which the lamp is on */
  SET_WATCHDOG,        /* ms without a sign of life until the processor is reset */
  SETTING_COUNT
} setting_id;

/* A value for each, by `setting_id`. */
typedef struct {
  int32_t value[SETTING_COUNT];
} settings;

/* What can be said of one setting. */
typedef struct {
  const char *name;
  int32_t low, high, preset;
  uint8_t decimals;     /* the value is told as value / 10^decimals */
  const char *words[2]; /* or as the word of 0 and of 1; NULL for a number */
} setting_info;

/* What there is to know of a setting. */
const setting_info *setting_about(setting_id id);

/* The setting of that name; `SETTING_COUNT` for none. */
setting_id setting_named(const char *name);

/* The values of a new box. */
settings settings_preset(void);

/* True where every value lies in its range. */
bool settings_in_range(const settings *set);

/* Why these values contradict each other; NULL where they do not. They are written one at a time, so a contradiction is
 * no error yet: the box stays silent as long as it lasts. */
const char *settings_contradiction(const settings *set);

/* Current of phase 2 over that of phase 1, 0.1 %. */
uint32_t settings_recharge(const settings *set);

/* Current of phase 1 at the plateau, with the amplitude control where it stands, uA. */
uint32_t settings_level_ua(const settings *set);

#endif
