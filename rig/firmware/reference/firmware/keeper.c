#include "keeper.h"

#include <stdatomic.h>

#include "generator.h"
#include "hal.h"
#include "store.h"

static const uint32_t REST_MS = 20;
static const uint32_t RETRY_MS = 1000; /* a memory that failed is not worn out by trying */

static uint32_t kept_writes, seen_writes, changed_ms, wait_ms;
static _Atomic bool busy;

void keeper_reset(void) {
  kept_writes = seen_writes = changed_ms = wait_ms = 0;
  atomic_store(&busy, false);
}

bool keeper_is_done(void) { return kept_writes == seen_writes; }

bool keeper_is_busy(void) { return atomic_load(&busy); }

/* A processor that writes its memory stands still, and a pulse with it: `busy` first, then look, then write. The tick
 * that comes in between runs to its end, so it has begun a train by then or sees that it must not. */
static bool keep(const settings *set, uint32_t now_ms) {
  if (!generator_at_rest()) return false;
  const stored_settings packed = store_packed(set);
  atomic_store(&busy, true);
  const bool may = generator_at_rest();
  const bool done = may && hal_store(&packed, sizeof packed);
  atomic_store(&busy, false);
  if (may) {
    wait_ms = RETRY_MS;
    changed_ms = now_ms;
  }
  return done;
}

void keeper_work(const settings *set, uint32_t writes, uint32_t now_ms) {
  if (writes != seen_writes) {
    seen_writes = writes;
    changed_ms = now_ms;
    wait_ms = REST_MS;
  }
  if (kept_writes != writes && now_ms - changed_ms >= wait_ms && keep(set, now_ms)) kept_writes = writes;
}
