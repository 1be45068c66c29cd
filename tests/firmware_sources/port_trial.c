/* A firmware that tries a port: it does at once what a byte on the line asks for, and says what happened. */
#include "hal.h"

static uint32_t at_us, edge, late_calls, ticks, pressed[2];
static bool is_late, kicks;
static volatile uint8_t asked;
static char line[64];

static void tell(const char *word, uint32_t value) {
  uint32_t size = 0;
  for (; word[size] != 0; size++) line[size] = word[size];
  for (uint32_t digit = 1000000; digit > 0; digit /= 10) line[size++] = (char)('0' + value / digit % 10);
  line[size++] = '\n';
  (void)hal_uart_write(line, size);
}

void fw_init(const void *stored, uint32_t size) {
  (void)stored;
  (void)size;
  ticks = edge = late_calls = pressed[0] = pressed[1] = 0;
  is_late = false;
  kicks = true;
  asked = 'r';
  hal_stim_phase(HAL_OFF, 0);
}

void fw_tick(void) { ticks++; }

/* 100 us forward, 50 us pause, 200 us backward, every 5 ms. */
void fw_timer_isr(void) {
  static const uint32_t LASTS_US[] = {100, 50, 200, 4650};
  if (is_late) {
    late_calls++;
    is_late = false;
    return;
  }
  hal_stim_phase(edge == 0 ? HAL_PHASE1 : edge == 2 ? HAL_PHASE2 : HAL_OFF, edge == 0 ? 2048 : 1024);
  at_us += LASTS_US[edge];
  edge = (edge + 1) % 4;
  hal_timer_at_us(at_us);
}

void fw_deferred(void) {
  if (kicks) hal_watchdog_kick(50);
  const uint8_t question = asked;
  asked = 0;
  if (question == 'r') tell("reset ", (uint32_t)hal_reset_cause());
  if (question == 'c') tell("late ", late_calls);
  if (question == 't') tell("ticks ", ticks);
  if (question == 'b') tell("stop ", pressed[HAL_BUTTON_STOP]);
}

void fw_uart_rx(uint8_t byte) {
  switch (byte) {
    case 'p': /* pulses */
      at_us = hal_now_us() + 1000;
      hal_timer_at_us(at_us);
      break;
    case 'n': /* none */
      hal_timer_at_us(HAL_NEVER);
      break;
    case 'l': /* an instant that has passed */
      is_late = true;
      hal_timer_at_us(hal_now_us() - 5);
      break;
    case 'h': /* no kick any more, the output on */
      hal_stim_phase(HAL_PHASE1, 2048);
      kicks = false;
      break;
    case 'f': /* a fault, the output on: a function that is not there */
      hal_stim_phase(HAL_PHASE1, 2048);
      ((void (*)(void))0xE0000000u)();
      break;
    default: /* a question, for the main loop */
      if (byte > ' ') asked = byte;
      break;
  }
}

void fw_button(hal_button button, bool is_pressed) {
  if (is_pressed) pressed[button]++;
}
