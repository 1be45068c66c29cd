/* Codes of the converters against volts, amperes and ohms: what the board's analogue parts make of them. */
#ifndef SCALE_H
#define SCALE_H

#include <stdint.h>

static const uint32_t CODE_MAX = 4095;
static const uint32_t FULL_SCALE_MV = 3300;
static const uint32_t STAGE_FULL_UA = 100000; /* current of the stage's full code */
static const uint32_t PROBE_UA = 5;
static const uint32_t COMPLIANCE_MV = 120000; /* highest voltage of the stage on a fresh battery */
static const uint32_t FRESH_BATTERY_MV = 9000;

/* Code of the stage for a current. */
static inline uint32_t stage_code(uint32_t current_ua) {
  return (current_ua * CODE_MAX + STAGE_FULL_UA / 2) / STAGE_FULL_UA;
}

/* Supply of the board, from its code: 0.25 V per V. */
static inline uint32_t supply_mv(uint32_t code) { return code * FULL_SCALE_MV * 4u / CODE_MAX; }

/* Voltage of the heel switch times 2457, from its code: 0.6 V per V. Thresholds are compared times 2457 as well. */
static inline uint32_t heel_scaled_mv(uint32_t code) { return code * FULL_SCALE_MV; }
static const uint32_t HEEL_SCALE = 2457; /* 4095 * 0.6 */

/* The current converter's code of a stage code is 10/11 of it: 30 V per A into 3.3 V, against 100 mA. */
static const uint32_t SENSE_NUMERATOR = 10;
static const uint32_t SENSE_DENOMINATOR = 11;

/* Ohms of one code of voltage over one code of current: (1/0.02) / (1/30). */
static const uint32_t OHM_PER_CODE = 1500;

/* Milliohms of one code of the probe's voltage: 3.3 V / 4095 / 10 / 5 uA. */
static const uint32_t PROBE_MOHM_PER_CODE = 16117;

#endif
