/* The terminals of the board: which converter channel, lamp or button carries which name, and what is known of it. */
#ifndef SERVE_TERMINALS_H
#define SERVE_TERMINALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ADC_CHANNELS = 16, PANEL_BITS = 32, BUTTON_NUMBERS = 8, NAME_BYTES = 32 };

/* Read the set-up, one line a terminal:
 *
 *   adc <channel> <volts per unit> <1 where the magnitude is sensed> <name>
 *   line <bit of hal_panel> <name>
 *   button <number> <name>
 *   stage <A of code 4095> <A of the probe>
 *   reference <V of the converter>
 *
 * False where a line is none of these. */
bool terminals_set_up(const char *text, size_t size);

/* Samples of a terminal that are known beforehand; those before them still hold until their first. False: no memory. */
bool terminals_know(const char *name, int64_t t0_ns, int64_t period_ns, const uint8_t *samples, uint32_t count);

/* A terminal holds this value from now on. */
void terminals_hold(const char *name, double value);

/* The converter's reference is this share of what it should be. */
void terminals_reference(double ratio);

/* Name of a converter channel; fails where the board wires nothing to it. */
const char *terminals_adc_name(int channel);

/* What the terminal of a channel carries at `t_ns`; false where it must be asked for. */
bool terminals_value(int channel, int64_t t_ns, double *value);

/* Code of a converter channel whose terminal carries `value`. */
uint16_t terminals_code(int channel, double value);

/* Name of a bit of the panel; fails where the board has none. */
const char *terminals_line_name(int bit);

/* Number of a button; -1 where there is none of that name. */
int terminals_button(const char *name);

/* Current that a code asks of the stage, and that of its probe, A. */
double terminals_stage_a(uint16_t code);
double terminals_probe_a(void);

#endif
