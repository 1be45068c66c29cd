/* What the main loop and the buttons hand to the tick: new settings, one set at a time, and orders. */
#ifndef MAILBOX_H
#define MAILBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "settings.h"

/* Orders, each a bit. */
enum {
  ORDER_STOP = 1,      /* the stop button went down */
  ORDER_REARM = 2,     /* the key that arms again went down */
  ORDER_LINE_STOP = 4, /* the line says stop */
  ORDER_GREETED = 8    /* somebody new is on the line */
};

/* Empty. While nobody else runs. */
void mailbox_reset(void);

/* Hand settings over; false while the tick has not fetched those before. From the main loop. */
bool mailbox_put(const settings *set);

/* Fetch them; false where there are none. From the tick. */
bool mailbox_take(settings *set);

/* Add orders. From anywhere. */
void mailbox_order(uint32_t orders);

/* Fetch all orders. From the tick. */
uint32_t mailbox_orders(void);

/* The stop button stands pressed, or no longer. */
void mailbox_stop_is(bool down);

/* How the stop button stands. */
bool mailbox_stop_down(void);

#endif
