/* The port's own parts, and the priorities of what may interrupt what (README.md, "Contract of a port"). */
#ifndef PORT_H
#define PORT_H

#include <stdbool.h>
#include <stdint.h>

/* Levels of urgency, from the highest. Buttons share the tick's, so that neither interrupts the other. */
enum { PRIORITY_PULSES = 0, PRIORITY_SERIAL = 4, PRIORITY_TICK = 8 };

/* All switches of the output open and its pins driven; before memory is set up, and from a fault. */
void output_make_safe(void);

/* The converter of the amplitude. */
void output_start(void);

/* The clocks of all that the board uses, as its oscillator and its prescalers make them; does not return where the
 * oscillator does not swing. */
void clock_start(void);

/* Why the processor started, kept before the flags are cleared. */
void reset_cause_keep(void);

void pulse_timer_start(void);
void sampling_start(void);
void serial_start(void);
void panel_start(void);
void watchdog_start(void);

/* Once a millisecond: let the contacts of the buttons settle. */
void buttons_settle(void);

typedef struct {
  const void *data;
  uint32_t size;
} stored_bytes;

/* What was kept last, where the flash has it; makes room for more, which takes up to a second once in many starts. */
stored_bytes store_open(void);

/* Output off, then start anew. */
_Noreturn void fatal_reset(void);

#endif
