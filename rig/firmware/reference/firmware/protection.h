/* What keeps the box off until somebody arms it, and what switches it off by itself. */
#ifndef PROTECTION_H
#define PROTECTION_H

#include "box.h"

/* Power has come, or the processor was reset. */
void protection_starts(box *me, bool settings_damaged);

/* Settings have changed: the interlock looks at the level, contradictions hold the box. */
void protection_settings(box *me);

/* Buttons, orders of the line, the treatment timer, and the sensor as the check sees it. */
void protection_tick(box *me, bool sensor_invalid);

/* Look at what the pulses of the running train have measured. */
void protection_pulses(box *me);

#endif
