/* A stimulator that somebody else wrote: 25 monophasic pulses a second while the heel is up, and a lamp. */
#include "hal.h"

static uint32_t pulse_us;
static bool runs, is_on;

void fw_init(const void *stored, uint32_t size) {
  (void)stored;
  (void)size;
  runs = is_on = false;
  hal_stim_phase(HAL_OFF, 0);
}

void fw_tick(void) {
  const bool up = hal_adc_read(HAL_HEEL_SWITCH) < 1117; /* 1.5 V at the switch, 0.9 V at the converter */
  hal_panel(up ? 1u << HAL_STATUS : 0u);
  if (up && !runs) {
    pulse_us = hal_now_us() + 200;
    hal_timer_at_us(pulse_us);
  }
  runs = up;
}

void fw_timer_isr(void) {
  if (!is_on && !runs) return;
  is_on = !is_on;
  hal_stim_phase(is_on ? HAL_PHASE1 : HAL_OFF, 819); /* 20 mA */
  pulse_us += is_on ? 250u : 39750u;
  hal_timer_at_us(pulse_us);
}

void fw_deferred(void) { hal_watchdog_kick(50); }
void fw_uart_rx(uint8_t byte) { (void)byte; }

void fw_button(hal_button button, bool pressed) {
  (void)button;
  (void)pressed;
}
