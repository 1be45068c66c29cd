/* Watchdog, on an oscillator of its own. */
#include "hal.h"
#include "port.h"
#include "registers.h"

static iwdg_block *const iwdg = (iwdg_block *)IWDG_AT;

/* 32 kHz / 32 = 1 kHz: 50 counts are 50 ms (34 ms to 94 ms over the oscillator's spread, DS8626 5.3.8). */
enum { DIVIDE_BY_32 = 3, COUNTS = 50 };

void watchdog_start(void) {
  iwdg->KR = IWDG_UNLOCK;
  iwdg->PR = DIVIDE_BY_32;
  iwdg->RLR = COUNTS - 1;
  iwdg->KR = IWDG_START; /* counts from its highest value, until the first kick */
  iwdg->KR = IWDG_KICK;
}

void hal_watchdog_kick(void) {
  iwdg->KR = IWDG_KICK;
}
