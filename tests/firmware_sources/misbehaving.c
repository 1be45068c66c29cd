/* A firmware that does whatever a byte on its serial line tells it to do wrong, in the interrupt of that byte. */
#include "hal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if !defined(_WIN32)
#include <unistd.h>
#endif

static volatile int nowhere, depth;

static int sink(int k) { return depth += k > 0 ? sink(k + 1) + 1 : 0; }

static void print_a_gigabyte(void) {
  static const char line[101] =
      "so long as this line, and so often that nobody could ever want to read all of it, says the firmware\n";
  for (int k = 0; k < 10000000; k++) fputs(line, stdout);
}

static void send_a_gigabyte(void) {
  for (int k = 0; k < 10000000; k++) (void)hal_uart_write("a line of text without end\n", 27);
}

static void switch_without_end(void) {
  for (uint16_t code = 1;; code ^= 2) hal_stim_phase(HAL_PHASE1, code);
}

void fw_uart_rx(uint8_t byte) {
  switch (byte) {
    case 's':
      *(volatile int *)(intptr_t)nowhere = 1;
      break;
    case 'a':
      abort();
    case 'd':
      (void)sink(1);
      break;
    case 'h':
      for (;;) nowhere = nowhere;
    case 'e':
      exit(0);
    case 'p':
      print_a_gigabyte();
      break;
    case 'u':
      send_a_gigabyte();
      break;
    case 'f':
      switch_without_end();
      break;
    case 'r':
      (void)hal_adc_read((hal_channel)9);
      break;
    case 'l':
      hal_panel(1u << 20);
      break;
#if !defined(_WIN32)
    case 'g':
      for (int fd = 3; fd < 16; fd++) (void)!write(fd, "not a frame at all", 18);
      break;
    case 'c':
      for (int fd = 3; fd < 16; fd++) (void)close(fd);
      for (;;) pause();
    case 'k':
      if (fork() == 0) {
        for (;;) pause();
      }
      _exit(7);
#endif
    default:
      (void)hal_uart_write("fine\n", 5);
      break;
  }
}

void fw_init(const void *stored, uint32_t size) {
  (void)stored;
  (void)size;
  (void)hal_uart_write("LOG started\n", 12);
}

void fw_tick(void) {
  static int ticks;
  const hal_phase phases[] = {HAL_PHASE1, HAL_OFF};
  if (ticks < 6) hal_stim_phase(phases[ticks++ % 2], 1229);
}

void fw_timer_isr(void) {}
void fw_deferred(void) { hal_watchdog_kick(50); }
void fw_button(hal_button button, bool pressed) {
  (void)button;
  (void)pressed;
}
