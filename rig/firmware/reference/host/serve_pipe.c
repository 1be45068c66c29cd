#include "serve_pipe.h"

#include <stdlib.h>
#include <string.h>

#if defined(_WIN32)
#include <io.h>
#define read _read
#define write _write
#define quit_now _exit
typedef int io_count;
typedef unsigned io_size;
#else
#include <errno.h>
#include <unistd.h>
#define quit_now _exit
typedef ssize_t io_count;
typedef size_t io_size;
#endif

/* Without instruction time a loop that never ends does everything at one instant. */
enum { OUT_BYTES = 1 << 16, HEADER = 5, MOST_EVENTS_AT_ONCE = 10000 };
static const uint32_t LONGEST_FRAME = 1u << 26;

static struct {
  int fd;
  uint8_t *bytes;
  size_t room, from, to;
} in;

static struct {
  int fd;
  uint8_t bytes[OUT_BYTES];
  size_t size;
  size_t events_at; /* where the frame of events begins that is being written; OUT_BYTES for none */
  int64_t last_ns;
  int at_once;
} out;

static void put_header(size_t at, uint32_t payload, uint8_t type) {
  memcpy(out.bytes + at, &payload, sizeof payload);
  out.bytes[at + 4] = type;
}

void pipe_open(int in_fd, int out_fd) {
  in.fd = in_fd;
  in.from = in.to = 0;
  out.fd = out_fd;
  out.size = 0;
  out.events_at = OUT_BYTES;
  out.at_once = 0;
}

static void end_events(void) {
  if (out.events_at == OUT_BYTES) return;
  put_header(out.events_at, (uint32_t)(out.size - out.events_at - HEADER), FRAME_EVENTS);
  out.events_at = OUT_BYTES;
}

static void write_all(const uint8_t *bytes, size_t size) {
  while (size > 0) {
    const io_count done = write(out.fd, bytes, (io_size)size);
#if !defined(_WIN32)
    if (done < 0 && errno == EINTR) continue;
#endif
    if (done <= 0) quit_now(0); /* the rig has gone */
    bytes += done;
    size -= (size_t)done;
  }
}

void pipe_flush(void) {
  end_events();
  const size_t size = out.size;
  out.size = 0;
  write_all(out.bytes, size);
}

/* At least `size` bytes that begin at `in.from`; false where the rig has gone. */
static bool fill(size_t size) {
  if (in.from + size > in.room) {
    if (in.to > in.from) memmove(in.bytes, in.bytes + in.from, in.to - in.from);
    in.to -= in.from;
    in.from = 0;
    if (size > in.room) {
      const size_t room = size > OUT_BYTES ? size : OUT_BYTES;
      uint8_t *bytes = realloc(in.bytes, room);
      if (bytes == NULL) return false;
      in.bytes = bytes;
      in.room = room;
    }
  }
  while (in.to - in.from < size) {
    const io_count got = read(in.fd, in.bytes + in.to, (io_size)(in.room - in.to));
#if !defined(_WIN32)
    if (got < 0 && errno == EINTR) continue;
#endif
    if (got <= 0) return false;
    in.to += (size_t)got;
  }
  return true;
}

bool pipe_read(frame *got) {
  uint32_t size;
  if (!fill(HEADER)) return false;
  memcpy(&size, in.bytes + in.from, sizeof size);
  if (size > LONGEST_FRAME || !fill(HEADER + size)) return false;
  got->type = in.bytes[in.from + 4];
  got->payload = in.bytes + in.from + HEADER;
  got->size = size;
  in.from += HEADER + size;
  return true;
}

void pipe_event(int64_t t_ns, event_kind kind, const char *name, double value, const void *data, size_t size) {
  out.at_once = t_ns == out.last_ns ? out.at_once + 1 : 0;
  out.last_ns = t_ns;
  if (out.at_once >= MOST_EVENTS_AT_ONCE) pipe_fail("flood: the firmware did 10000 things at one instant");
  const uint8_t named = (uint8_t)strlen(name), what = (uint8_t)kind;
  const uint16_t carried = (uint16_t)size;
  const size_t needed = 20u + named + carried;
  if (out.size + HEADER + needed > OUT_BYTES) pipe_flush();
  if (out.events_at == OUT_BYTES) {
    out.events_at = out.size;
    out.size += HEADER;
  }
  uint8_t *at = out.bytes + out.size;
  memcpy(at, &t_ns, 8);
  memcpy(at + 8, &value, 8);
  at[16] = what;
  at[17] = named;
  memcpy(at + 18, &carried, 2);
  memcpy(at + 20, name, named);
  if (carried > 0) memcpy(at + 20 + named, data, carried);
  out.size += needed;
}

/* Queue a frame of two parts. */
static void put(uint8_t type, const void *first, size_t n, const void *second, size_t m) {
  end_events();
  if (out.size + HEADER + n + m > OUT_BYTES) pipe_flush();
  put_header(out.size, (uint32_t)(n + m), type);
  out.size += HEADER;
  if (n > 0) memcpy(out.bytes + out.size, first, n);
  if (m > 0) memcpy(out.bytes + out.size + n, second, m);
  out.size += n + m;
}

void pipe_send(uint8_t type, const void *payload, size_t size) {
  put(type, payload, size, NULL, 0);
  pipe_flush();
}

void pipe_send_at(uint8_t type, int64_t t_ns, const void *rest, size_t size) {
  put(type, &t_ns, sizeof t_ns, rest, size);
  pipe_flush();
}

_Noreturn void pipe_fail(const char *why) {
  pipe_send(FRAME_FAILED, why, strlen(why));
  quit_now(0);
}
