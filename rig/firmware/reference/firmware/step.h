/* One step: heel up starts a train with a ramp, heel down ends it after an extension with a ramp, time-out likewise. */
#ifndef STEP_H
#define STEP_H

#include "box.h"

/* Decide what this tick means for the step. */
void step_tick(box *me, heel_change change);

/* The step is over, whatever it was. */
void step_ends(box *me);

#endif
