#include "status.h"

#include <stdatomic.h>

static _Atomic uint32_t ticks, reasons, supply;
static _Atomic bool runs, off_electrode;

void status_reset(void) {
  atomic_store(&ticks, 0);
  atomic_store(&reasons, 0);
  atomic_store(&supply, 0);
  atomic_store(&runs, false);
  atomic_store(&off_electrode, false);
}

void status_show(uint32_t held, bool running, bool lifted, uint32_t supply_mv) {
  atomic_store(&reasons, held);
  atomic_store(&runs, running);
  atomic_store(&off_electrode, lifted);
  atomic_store(&supply, supply_mv);
  atomic_fetch_add(&ticks, 1);
}

uint32_t status_ms(void) { return atomic_load(&ticks); }

uint32_t status_held(void) { return atomic_load(&reasons); }

bool status_running(void) { return atomic_load(&runs); }

bool status_lifted(void) { return atomic_load(&off_electrode); }

uint32_t status_supply_mv(void) { return atomic_load(&supply); }
