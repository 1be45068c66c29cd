/* How the box stands, from the tick to whoever asks: words that are written and read whole. */
#ifndef STATUS_H
#define STATUS_H

#include <stdbool.h>
#include <stdint.h>

/* Before the first tick. */
void status_reset(void);

/* A tick has looked at everything. From the tick. */
void status_show(uint32_t held, bool running, bool lifted, uint32_t supply_mv);

/* Ticks so far. */
uint32_t status_ms(void);

/* Why the box is held, as bits of box.h. */
uint32_t status_held(void);

bool status_running(void);
bool status_lifted(void);
uint32_t status_supply_mv(void);

#endif
