/* The machine that the firmware has on a host: time, its timers, its serial line and its watchdog, driven from outside.
 *
 * Instants are microseconds of the device's own clock, signed, 0 at a tick of its millisecond: all ticks fall on
 * multiples of 1000. Who drives it (`serve.c`, a test) maps them to its own time. Nothing takes time here: an entry
 * point of the firmware begins and ends at one instant.
 *
 * At one instant things happen in the order of their priority on a microcontroller: power-on, timer compare, byte
 * received, button, tick, main loop.
 */
#ifndef HOST_H
#define HOST_H

#include "hal.h"

#if defined(_WIN32)
#define HOST_EXPORT __declspec(dllexport)
#else
#define HOST_EXPORT __attribute__((visibility("default")))
#endif

/* What the firmware does, told at once and in time order; and what it asks. Every member must be set. */
typedef struct {
  void *context;
  /* Code of an analogue input, 0 to 4095; the three of the output are magnitudes. */
  uint16_t (*adc)(void *context, int64_t at_us, hal_channel channel);
  void (*phase)(void *context, int64_t at_us, hal_phase phase, uint16_t code);
  void (*panel)(void *context, int64_t at_us, uint32_t bits);
  /* Bytes that have left the serial line; `at_us` is the end of the last of them. */
  void (*uart)(void *context, int64_t at_us, const char *text, uint32_t size);
  void (*store)(void *context, int64_t at_us, const void *data, uint32_t size);
} host_rig;

typedef enum {
  HOST_REACHED = 0, /* everything before the asked instant has happened */
  HOST_PAUSED = 1,  /* `host_pause` was called; all of that instant's entry point has happened */
  HOST_BITTEN = 2   /* the watchdog has reset the processor; nothing more happens until `host_power_on` */
} host_end;

/* Power comes at `at_us`: the counter starts, the firmware after `HOST_BOOT_US`. Also the way to start after a reset of
 * any cause. `stored` are the bytes last given to `store`; they and `rig` are copied. */
HOST_EXPORT void host_power_on(const host_rig *rig, int64_t at_us, hal_reset cause, const void *stored, uint32_t size);

/* Power goes, now: the output is off and the lamps are dark; nothing more happens until `host_power_on`. */
HOST_EXPORT void host_power_off(void);

/* Let everything happen before `until_us`; then that is the time. */
HOST_EXPORT host_end host_run(int64_t until_us);

/* Return from `host_run` as soon as the running entry point has ended; from a function of `host_rig`. */
HOST_EXPORT void host_pause(void);

/* The time: of the entry point that runs, or up to which everything has happened. */
HOST_EXPORT int64_t host_now_us(void);

/* Bytes arrive from now on, one every 87 us, behind those still on their way; at most 4096 of them wait. */
HOST_EXPORT void host_receive(const void *data, uint32_t size);

/* A button goes down or comes up, now. */
HOST_EXPORT void host_button(hal_button button, bool pressed);

/* The processor stands still for so long from now on; timers, the watchdog and what is on the line go on. */
HOST_EXPORT void host_hang(int64_t duration_us);

/* The main loop is not called for so long from now on; everything else goes on. */
HOST_EXPORT void host_hang_main_loop(int64_t duration_us);

static const int64_t HOST_BOOT_US = 500;
static const int64_t HOST_WATCHDOG_US = 50000;

#endif
