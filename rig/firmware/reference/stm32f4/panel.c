/* Lamps, status line and buttons. */
#include "board.h"
#include "cortex_m4.h"
#include "hal.h"
#include "pins.h"
#include "port.h"
#include "registers.h"

static gpio_block *const lamps = (gpio_block *)BOARD_LAMP_PORT;
static gpio_block *const keys = (gpio_block *)BOARD_BUTTON_PORT;
static exti_block *const exti = (exti_block *)EXTI_AT;

enum { LAMPS = sizeof BOARD_LAMPS / sizeof BOARD_LAMPS[0], BUTTONS = 2 };

static uint32_t shown;

/* A contact that has moved is told at once, and then not looked at for so long. */
static const uint32_t SETTLE_MS = 10;

static bool is_pressed[BUTTONS];
static uint32_t settle_ms[BUTTONS];

static void show(uint32_t bits) {
  shown = bits;
  uint32_t write = 0;
  for (uint32_t lamp = 0; lamp < LAMPS; lamp++) {
    const bool is_high = ((bits >> lamp) & 1u) == (BOARD_LAMPS_LIGHT_HIGH ? 1u : 0u);
    write |= 1u << (BOARD_LAMPS[lamp] + (is_high ? 0 : 16));
  }
  lamps->BSRR = write;
}

void panel_start(void) {
  show(0);
  for (uint32_t lamp = 0; lamp < LAMPS; lamp++) {
    pin_set_mode(lamps, BOARD_LAMPS[lamp], PIN_OUTPUT);
  }
  syscfg_block *const syscfg = (syscfg_block *)SYSCFG_AT;
  for (uint32_t button = 0; button < BUTTONS; button++) {
    const uint32_t pin = BOARD_BUTTONS[button].pin;
    const uint32_t at = 4 * (pin % 4);
    is_pressed[button] = false;
    settle_ms[button] = SETTLE_MS; /* one that is held down at start is told when it has settled */
    pin_set_pull(keys, pin, BOARD_BUTTONS[button].is_low ? PULL_UP : PULL_DOWN);
    syscfg->EXTICR[pin / 4] = (syscfg->EXTICR[pin / 4] & ~(15u << at)) | port_number(BOARD_BUTTON_PORT) << at;
    exti->RTSR |= 1u << pin;
    exti->FTSR |= 1u << pin;
    exti->PR = 1u << pin;
    exti->IMR |= 1u << pin;
  }
}

void hal_panel(uint32_t bits) {
  if (bits != shown) {
    show(bits);
  }
}

static void look(uint32_t button, uint32_t levels) {
  const bool is_high = (levels >> BOARD_BUTTONS[button].pin) & 1u;
  const bool is_down = is_high != BOARD_BUTTONS[button].is_low;
  if (is_down != is_pressed[button]) {
    is_pressed[button] = is_down;
    settle_ms[button] = SETTLE_MS;
    fw_button((hal_button)button, is_down);
  }
}

void buttons_isr(void) {
  const uint32_t moved = exti->PR;
  exti->PR = moved;
  const uint32_t levels = keys->IDR;
  for (uint32_t button = 0; button < BUTTONS; button++) {
    if (settle_ms[button] == 0 && (moved >> BOARD_BUTTONS[button].pin & 1u)) {
      look(button, levels);
    }
  }
}

void buttons_settle(void) {
  for (uint32_t button = 0; button < BUTTONS; button++) {
    if (settle_ms[button] != 0 && --settle_ms[button] == 0) {
      look(button, keys->IDR);
    }
  }
}
