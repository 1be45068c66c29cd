/* Keeps the settings over a loss of power: some time after the last change, while the output is off. */
#ifndef KEEPER_H
#define KEEPER_H

#include <stdbool.h>
#include <stdint.h>

#include "settings.h"

/* What is kept is what counts. From `fw_init`. */
void keeper_reset(void);

/* Keep these settings, written `writes` times, once they have rested. From the main loop. */
void keeper_work(const settings *set, uint32_t writes, uint32_t now_ms);

/* True where nothing is left to keep. From the main loop. */
bool keeper_is_done(void);

/* True while the memory is written: no train may begin. From the tick. */
bool keeper_is_busy(void);

#endif
