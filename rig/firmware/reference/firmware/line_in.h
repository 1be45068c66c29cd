/* Bytes of the serial line, from their interrupt to the main loop, which puts them together to lines. */
#ifndef LINE_IN_H
#define LINE_IN_H

#include <stdbool.h>
#include <stdint.h>

enum { LINE_BYTES = 80 };

/* Nothing has come in. While neither side runs. */
void line_in_reset(void);

/* A byte has come in; lost where 128 wait already. From the interrupt. */
void line_in_put(uint8_t byte);

/* The next whole line, without its end, as a text that ends in 0; NULL while there is none. A line that is too long or
 * holds bytes that are no text is "?". What stands still for a tenth of a second without an end was noise. */
char *line_in_take(uint32_t now_ms);

#endif
