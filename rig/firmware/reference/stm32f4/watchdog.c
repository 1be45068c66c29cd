/* Watchdog, on an oscillator of its own. */
#include "hal.h"
#include "port.h"
#include "registers.h"

static iwdg_block *const iwdg = (iwdg_block *)IWDG_AT;

/* 32 kHz / 32 = 1 kHz: 50 counts are 50 ms (34 ms to 94 ms over the oscillator's spread, DS8626 5.3.8). */
enum { DIVIDE_BY_32 = 3, COUNTS = 50 };

static uint32_t counts;

void watchdog_start(void) {
  iwdg->KR = IWDG_UNLOCK;
  iwdg->PR = DIVIDE_BY_32;
  iwdg->RLR = COUNTS - 1;
  counts = COUNTS;
  iwdg->KR = IWDG_START; /* counts from its highest value, until the first kick */
  iwdg->KR = IWDG_KICK;
}

/* A reload value that is being taken must not be changed, and counts from the next reload on: RM0090 21.3.2, 21.4.4. */
static void change(uint32_t wanted) {
  if (iwdg->SR & IWDG_SR_RVU) {
    return;
  }
  iwdg->KR = IWDG_UNLOCK;
  iwdg->RLR = wanted - 1;
  counts = wanted;
}

void hal_watchdog_kick(uint32_t within_ms) {
  if (within_ms != counts) {
    change(within_ms);
  }
  iwdg->KR = IWDG_KICK;
}
