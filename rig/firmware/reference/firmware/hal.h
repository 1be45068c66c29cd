/* What the portable firmware needs of a machine, and what a machine calls: the whole contract of a port.
 *
 * Nine functions go down (`hal_...`), six entry points come up (`fw_...`). README.md of this folder's parent says what
 * may interrupt what.
 */
#ifndef HAL_H
#define HAL_H

#include <stdbool.h>
#include <stdint.h>

/* No instant: `hal_timer_at_us` takes it for "no call at all". */
static const uint32_t HAL_NEVER = UINT32_MAX;

/* What the microsecond counter shows at power-on: it wraps 20 s later, so that every walk crosses the wrap and not only
 * the one that lasts 71 minutes. */
static const uint32_t HAL_FIRST_US = UINT32_MAX - 19999999u;

/* Where the output stage stands. The codes are the stage's wiring: never change them. */
typedef enum {
  HAL_OFF = 0,    /* nothing flows */
  HAL_PHASE1 = 1, /* the current of the code flows forward */
  HAL_PHASE2 = 2, /* the same current backward */
  HAL_PROBE1 = 3, /* 5 uA forward; the code does not count */
  HAL_PROBE2 = 4  /* 5 uA backward */
} hal_phase;

/* Analogue inputs, all 0 V to 3.3 V in codes 0 to 4095. The three of the output are sensed ahead of the bridge that
 * turns the current, so they are magnitudes: phase 2 reads as positive as phase 1. */
typedef enum {
  HAL_HEEL_SWITCH = 0,    /* 0.6 V per V */
  HAL_SUPPLY = 1,         /* 0.25 V per V */
  HAL_OUTPUT_CURRENT = 2, /* 30 V per A */
  HAL_OUTPUT_VOLTAGE = 3, /* 0.02 V per V */
  HAL_PROBE_VOLTAGE = 4   /* 10 V per V */
} hal_channel;

/* Bits of `hal_panel`, by their position. */
typedef enum {
  HAL_STATUS = 0,
  HAL_LAMP_OUTPUT = 1,
  HAL_LAMP_LOW_BATTERY = 2,
  HAL_LAMP_FAULT = 3,
  HAL_LAMP_HIGH_IMPEDANCE = 4
} hal_panel_bit;

typedef enum { HAL_BUTTON_STOP = 0, HAL_BUTTON_REARM = 1 } hal_button;

typedef enum {
  HAL_RESET_POWER_ON = 0,
  HAL_RESET_BROWN_OUT = 1,
  HAL_RESET_WATCHDOG = 2,
  HAL_RESET_SOFTWARE = 3,
  HAL_RESET_PIN = 4,
  HAL_RESET_LOCKUP = 5
} hal_reset;

/* Microseconds since power-on plus `HAL_FIRST_US`; wraps. */
uint32_t hal_now_us(void);

/* One conversion, now. `HAL_HEEL_SWITCH` and `HAL_SUPPLY` are read in `fw_tick`, the others in `fw_timer_isr`, which may
 * interrupt a conversion of the tick: a port gives the two groups a converter each, or injected conversions. */
uint16_t hal_adc_read(hal_channel channel);

/* Switch the output stage; `code` is the current of phases 1 and 2 in 1/4095 of 100 mA. From `fw_timer_isr` and
 * `fw_init` only. The current must stand before the bridge opens. */
void hal_stim_phase(hal_phase phase, uint16_t code);

/* Call `fw_timer_isr` once at this value of the counter, instead of what was asked before; at once where it lies less
 * than half a turn back; `HAL_NEVER` for no call. From `fw_timer_isr` itself, and from `fw_init` and `fw_tick` while none is
 * asked.
 *
 * To leave an interrupt and come back takes longer than the shortest gap between two phases. So a port may wait for an
 * instant that is near where `fw_timer_isr` asks for it, and return true: it has come, and the call follows as soon as
 * `fw_timer_isr` returns, unless that does what is due itself and then asks for something else. */
bool hal_timer_at_us(uint32_t at_us);

/* Queue `size` bytes for the serial line, 115200 baud, 8N1: all of them, or none and false where they do not fit; 128
 * bytes fit an empty queue. From `fw_deferred` only. Never waits. */
bool hal_uart_write(const char *text, uint32_t size);

/* Tell the watchdog that all is well; it resets the processor `within_ms` after the last time, 5 to 4000, and 50 ms after
 * the start. From `fw_deferred` only. A new time may count from the next call on. */
void hal_watchdog_kick(uint32_t within_ms);

/* Status line and lamps, bit `hal_panel_bit` set for on. From `fw_init` and `fw_tick` only. */
void hal_panel(uint32_t bits);

/* Why the processor started; the same all the time until it starts again. */
hal_reset hal_reset_cause(void);

/* Keep these bytes over a loss of power, in place of those kept before; false where that failed. At most 512 of them, a
 * multiple of 4. From `fw_deferred` only, while the output is off: it may stall the processor for milliseconds. */
bool hal_store(const void *data, uint32_t size);

/* Start: the outputs are off, no interrupt of the port is on yet. `stored` are the bytes kept last, NULL and 0 where
 * there are none; they may be anything. Sets every variable of the firmware, so a warm start needs nothing else. */
void fw_init(const void *stored, uint32_t size);

/* Every millisecond of the machine's clock. */
void fw_tick(void);

/* At the instant that `hal_timer_at_us` asked for; the highest of all priorities. */
void fw_timer_isr(void);

/* The main loop: at least once after every `fw_tick`, below all interrupts. */
void fw_deferred(void);

/* A byte came in on the serial line. */
void fw_uart_rx(uint8_t byte);

/* A button went down or came up, already free of bounce; from any context but `fw_timer_isr`. */
void fw_button(hal_button button, bool pressed);

#endif
