#include "reports.h"

#include <stdatomic.h>

enum { PLACES = 4 };

static pulse_report ring[PLACES];
static _Atomic uint32_t written, taken; /* both only grow, and wrap */

void reports_reset(void) {
  atomic_store(&written, 0);
  atomic_store(&taken, 0);
}

void reports_put(const pulse_report *report) {
  const uint32_t here = atomic_load(&written);
  if (here - atomic_load(&taken) == PLACES) return;
  ring[here % PLACES] = *report;
  atomic_store(&written, here + 1);
}

bool reports_take(pulse_report *report) {
  const uint32_t here = atomic_load(&taken);
  if (here == atomic_load(&written)) return false;
  *report = ring[here % PLACES];
  atomic_store(&taken, here + 1);
  return true;
}
