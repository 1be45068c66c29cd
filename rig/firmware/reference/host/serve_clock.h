/* The device's own clock against the rig's: whole microseconds of the one, whole nanoseconds of the other. */
#ifndef SERVE_CLOCK_H
#define SERVE_CLOCK_H

#include <stdint.h>

/* Microsecond 0 stands at `phase_ns`; the clock runs `error_ratio` too fast. */
void clock_begin(double error_ratio, int64_t phase_ns);

/* From `t_ns` on the clock runs `error_ratio` too fast; it does not jump. */
void clock_becomes(double error_ratio, int64_t t_ns);

/* Rig instant of a microsecond. */
int64_t clock_ns(int64_t at_us);

/* First microsecond that does not lie before `t_ns`. */
int64_t clock_us(int64_t t_ns);

#endif
