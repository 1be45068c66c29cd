/* Pins: what each one is for, set once at start. */
#ifndef PINS_H
#define PINS_H

#include <stdint.h>

#include "registers.h"

typedef enum { PIN_INPUT = 0, PIN_OUTPUT = 1, PIN_ALTERNATE = 2, PIN_ANALOGUE = 3 } pin_mode;
typedef enum { PULL_NONE = 0, PULL_UP = 1, PULL_DOWN = 2 } pin_pull;

static inline void pin_set_mode(gpio_block *port, uint32_t pin, pin_mode mode) {
  port->MODER = (port->MODER & ~(3u << (2 * pin))) | ((uint32_t)mode << (2 * pin));
}

static inline void pin_set_pull(gpio_block *port, uint32_t pin, pin_pull pull) {
  port->PUPDR = (port->PUPDR & ~(3u << (2 * pin))) | ((uint32_t)pull << (2 * pin));
}

static inline void pin_set_function(gpio_block *port, uint32_t pin, uint32_t function) {
  const uint32_t at = 4 * (pin % 8);
  port->AFR[pin / 8] = (port->AFR[pin / 8] & ~(15u << at)) | (function << at);
  pin_set_mode(port, pin, PIN_ALTERNATE);
}

/* Bit of RCC_AHB1ENR that switches the clock of a port on. */
static inline uint32_t port_clock(uint32_t port_at) {
  return 1u << ((port_at - GPIOA_AT) / (GPIOB_AT - GPIOA_AT));
}

/* Number of a port as SYSCFG_EXTICR counts: A is 0. */
static inline uint32_t port_number(uint32_t port_at) {
  return (port_at - GPIOA_AT) / (GPIOB_AT - GPIOA_AT);
}

#endif
