/* Trains and probes, as the tick orders them from the generator. */
#ifndef TRAIN_H
#define TRAIN_H

#include <stdbool.h>

#include "box.h"
#include "reports.h"

/* Begin a train with a ramp up, its first pulse one period up the ramp; nothing where the set current is 0. */
void train_begin(box *me);

/* Let the running train ramp up to its plateau, or down to its end, from where it stands. */
void train_ramp(box *me, bool down);

/* The settings have changed: the running train follows with its next pulse. */
void train_follow(box *me);

/* No further pulse; the one under way is finished. */
void train_silence(box *me);

/* Send one probe. The generator must be at rest. */
void train_probe(box *me);

/* Notice a train that has ended by itself; true, and the pulse, for every one of this train that has been reported. */
bool train_heard(box *me, pulse_report *report);

#endif
