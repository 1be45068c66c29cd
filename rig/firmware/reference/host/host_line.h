/* The serial line of the host's machine: bytes leave and arrive one at a time, 115200 baud, 8N1. */
#ifndef HOST_LINE_H
#define HOST_LINE_H

#include <stdbool.h>
#include <stdint.h>

/* Nothing is under way in either direction. */
void host_line_reset(void);

/* Queue text for sending; false where it does not fit. */
bool host_line_send(const char *text, uint32_t size, int64_t now_us);

/* When the line of text that leaves now has left whole; INT64_MAX where none does. */
int64_t host_line_sent_us(void);

/* What has left at `now_us`; good until the next call of any of these. */
const char *host_line_take(int64_t now_us, uint32_t *size);

/* Bytes arrive from `now_us` on, behind those on their way. */
void host_line_receive(const void *data, uint32_t size, int64_t now_us);

/* When the next byte has arrived; INT64_MAX where none comes. */
int64_t host_line_arrives_us(void);

/* The byte that waits at `now_us`. The receiver holds one: those that came behind it and were not fetched are lost. */
uint8_t host_line_arrived(int64_t now_us);

#endif
