#include "host_line.h"

#include <string.h>

enum { SEND_BYTES = 256, RECEIVE_BYTES = 4096 };

static struct {
  char text[SEND_BYTES], left[SEND_BYTES];
  uint32_t size, leaving;
  int64_t sent_us;
} out;

static struct {
  uint8_t data[RECEIVE_BYTES];
  uint32_t first, size;
  int64_t arrives_us;
} in;

/* Time of so many bytes on the line, whole microseconds up. */
static int64_t span_us(uint32_t bytes) { return ((int64_t)bytes * 10 * 1000000 + 115199) / 115200; }

void host_line_reset(void) {
  memset(&out, 0, sizeof out);
  memset(&in, 0, sizeof in);
}

/* Up to the end of its first line, what is queued begins to leave. */
static void begin_to_send(int64_t now_us) {
  const char *end = memchr(out.text, '\n', out.size);
  out.leaving = end == NULL ? out.size : (uint32_t)(end - out.text) + 1u;
  out.sent_us = now_us + span_us(out.leaving);
}

bool host_line_send(const char *text, uint32_t size, int64_t now_us) {
  if (size > SEND_BYTES - out.size) return false;
  memcpy(out.text + out.size, text, size);
  out.size += size;
  if (out.leaving == 0 && size > 0) begin_to_send(now_us);
  return true;
}

int64_t host_line_sent_us(void) { return out.leaving > 0 ? out.sent_us : INT64_MAX; }

const char *host_line_take(int64_t now_us, uint32_t *size) {
  *size = out.leaving;
  memcpy(out.left, out.text, out.leaving);
  out.size -= out.leaving;
  memmove(out.text, out.text + *size, out.size);
  out.leaving = 0;
  if (out.size > 0) begin_to_send(now_us);
  return out.left;
}

void host_line_receive(const void *data, uint32_t size, int64_t now_us) {
  const uint8_t *bytes = data;
  if (in.size == 0 && size > 0) in.arrives_us = now_us + span_us(1);
  for (uint32_t k = 0; k < size && in.size < RECEIVE_BYTES; k++, in.size++) {
    in.data[(in.first + in.size) % RECEIVE_BYTES] = bytes[k];
  }
}

int64_t host_line_arrives_us(void) { return in.size > 0 ? in.arrives_us : INT64_MAX; }

/* The first byte leaves the line; the next arrives one byte later. */
static uint8_t next_byte(void) {
  const uint8_t byte = in.data[in.first];
  in.first = (in.first + 1) % RECEIVE_BYTES;
  in.size--;
  in.arrives_us += span_us(1);
  return byte;
}

uint8_t host_line_arrived(int64_t now_us) {
  const uint8_t byte = next_byte();
  while (in.size > 0 && in.arrives_us <= now_us) (void)next_byte();
  return byte;
}
