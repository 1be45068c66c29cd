/* The two pipes to the rig: frames in, frames out, events gathered to few large frames (rig/firmware/wire.py). */
#ifndef SERVE_PIPE_H
#define SERVE_PIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Types of frames, as in the table of rig/firmware/wire.py. */
enum {
  FRAME_START = 1,
  FRAME_ADVANCE = 2,
  FRAME_VALUE = 3,
  FRAME_TERMINAL = 4,
  FRAME_RECEIVE = 5,
  FRAME_INJECT = 6,
  FRAME_POWER = 7,
  FRAME_QUESTION = 8,
  FRAME_QUIT = 9,
  FRAME_EVENTS = 65,
  FRAME_ASK = 66,
  FRAME_DONE = 67,
  FRAME_STORED = 69,
  FRAME_READY = 70,
  FRAME_REFUSED = 71,
  FRAME_ACCEPTED = 72,
  FRAME_FAILED = 73
};

/* Kinds of events, places in KINDS of rig/firmware/wire_frame.py. */
typedef enum { EVENT_DRIVE = 0, EVENT_LINE = 1, EVENT_UART = 2, EVENT_POWER = 3, EVENT_RESET = 4 } event_kind;

/* A frame that came: good until the next one is read. */
typedef struct {
  uint8_t type;
  const uint8_t *payload;
  uint32_t size;
} frame;

void pipe_open(int in_fd, int out_fd);

/* The next frame; false where the rig has gone or sent what is no frame. */
bool pipe_read(frame *got);

/* Tell an event; it leaves with the next frame that is answered for, or when many have come together. */
void pipe_event(int64_t t_ns, event_kind kind, const char *name, double value, const void *data, size_t size);

/* Send a frame behind all events so far. */
void pipe_send(uint8_t type, const void *payload, size_t size);

/* Send a frame that carries an instant and then `size` bytes more. */
void pipe_send_at(uint8_t type, int64_t t_ns, const void *rest, size_t size);

/* Hand over what still waits; for the end of the process, safe in a signal handler. */
void pipe_flush(void);

/* Tell why the process cannot go on, and end it. */
_Noreturn void pipe_fail(const char *why);

#endif
