#include "mailbox.h"

#include <stdatomic.h>

static settings letter;
static _Atomic bool full, stop_down;
static _Atomic uint32_t waiting;

void mailbox_reset(void) {
  atomic_store(&full, false);
  atomic_store(&stop_down, false);
  atomic_store(&waiting, 0);
}

bool mailbox_put(const settings *set) {
  if (atomic_load(&full)) return false;
  letter = *set;
  atomic_store(&full, true);
  return true;
}

bool mailbox_take(settings *set) {
  if (!atomic_load(&full)) return false;
  *set = letter;
  atomic_store(&full, false);
  return true;
}

void mailbox_order(uint32_t orders) { atomic_fetch_or(&waiting, orders); }

uint32_t mailbox_orders(void) { return atomic_exchange(&waiting, 0); }

void mailbox_stop_is(bool down) { atomic_store(&stop_down, down); }

bool mailbox_stop_down(void) { return atomic_load(&stop_down); }
