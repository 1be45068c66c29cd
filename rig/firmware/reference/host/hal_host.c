/* The HAL on a host, and the machine behind it: events of one instant in the order of their priority, no time inside. */
#include "host.h"

#include "host_line.h"

#include <string.h>

enum { STORED_BYTES = 512, BUTTONS = 2, TICK_US = 1000 };

/* After every instant, so that what is not asked never comes first. */
static const int64_t NEVER_US = INT64_MAX;

/* All of the machine; `NEVER_US` for what is not under way. */
static struct {
  host_rig rig;
  int64_t now_us, on_us, boot_us, compare_us, tick_us, kicked_us, within_us, hang_until_us, loop_hangs_until_us;
  hal_reset cause;
  bool powered, runs, main_due, paused, pressed[BUTTONS], button_due[BUTTONS];
  hal_phase phase;
  uint32_t panel, stored_size;
  uint32_t stored[STORED_BYTES / sizeof(uint32_t)];
} machine;

int64_t host_now_us(void) { return machine.now_us; }

void host_pause(void) { machine.paused = true; }

uint32_t hal_now_us(void) { return HAL_FIRST_US + (uint32_t)(uint64_t)(machine.now_us - machine.on_us); }

uint16_t hal_adc_read(hal_channel channel) {
  return machine.rig.adc(machine.rig.context, machine.now_us, channel);
}

void hal_stim_phase(hal_phase phase, uint16_t code) {
  if (phase == HAL_OFF && machine.phase == HAL_OFF) return;
  machine.phase = phase;
  machine.rig.phase(machine.rig.context, machine.now_us, phase, code);
}

bool hal_timer_at_us(uint32_t at_us) {
  const int32_t wait_us = (int32_t)(at_us - hal_now_us());
  machine.compare_us = at_us == HAL_NEVER ? NEVER_US : machine.now_us + (wait_us > 0 ? wait_us : 0);
  return false; /* no time passes inside an entry point */
}

bool hal_uart_write(const char *text, uint32_t size) { return host_line_send(text, size, machine.now_us); }

void hal_watchdog_kick(uint32_t within_ms) {
  machine.kicked_us = machine.now_us;
  machine.within_us = 1000 * (int64_t)within_ms;
}

void hal_panel(uint32_t bits) {
  if (bits == machine.panel) return;
  machine.panel = bits;
  machine.rig.panel(machine.rig.context, machine.now_us, bits);
}

hal_reset hal_reset_cause(void) { return machine.cause; }

bool hal_store(const void *data, uint32_t size) {
  if (size > STORED_BYTES) return false;
  memcpy(machine.stored, data, size);
  machine.stored_size = size;
  machine.rig.store(machine.rig.context, machine.now_us, data, size);
  return true;
}

void host_power_on(const host_rig *rig, int64_t at_us, hal_reset cause, const void *stored, uint32_t size) {
  const host_rig copied = *rig;
  memset(&machine, 0, sizeof machine);
  machine.rig = copied;
  machine.now_us = machine.on_us = machine.kicked_us = at_us;
  machine.within_us = HOST_WATCHDOG_US;
  machine.boot_us = at_us + HOST_BOOT_US;
  machine.compare_us = machine.tick_us = NEVER_US;
  machine.hang_until_us = machine.loop_hangs_until_us = INT64_MIN;
  machine.cause = cause;
  machine.powered = true;
  if (size > 0 && size <= STORED_BYTES) {
    memcpy(machine.stored, stored, size);
    machine.stored_size = size;
  }
  host_line_reset();
}

/* The processor and its pins fall back to what they are without a program. */
static void go_dark(void) {
  hal_stim_phase(HAL_OFF, 0);
  hal_panel(0);
  machine.powered = machine.runs = false;
}

void host_power_off(void) {
  if (machine.powered) go_dark();
}

void host_receive(const void *data, uint32_t size) {
  if (machine.powered) host_line_receive(data, size, machine.now_us);
}

/* Let the firmware hear of a button now, or once it stands still no more. */
static void tell_button(int button) {
  machine.button_due[button] = !machine.runs || machine.now_us < machine.hang_until_us;
  if (!machine.button_due[button]) fw_button((hal_button)button, machine.pressed[button]);
}

void host_button(hal_button button, bool pressed) {
  if ((unsigned)button >= BUTTONS || machine.pressed[button] == pressed) return;
  machine.pressed[button] = pressed;
  tell_button((int)button);
}

void host_hang(int64_t duration_us) { machine.hang_until_us = machine.now_us + duration_us; }

void host_hang_main_loop(int64_t duration_us) { machine.loop_hangs_until_us = machine.now_us + duration_us; }

/* First multiple of the tick that is not before `at_us`. */
static int64_t tick_from(int64_t at_us) {
  const int64_t rest_us = at_us % TICK_US;
  return at_us + (rest_us > 0 ? TICK_US - rest_us : -rest_us);
}

/* When the processor can do what is due at `at_us`. */
static int64_t not_hanging(int64_t at_us) {
  if (at_us == NEVER_US) return NEVER_US;
  const int64_t free_us = at_us > machine.hang_until_us ? at_us : machine.hang_until_us;
  return free_us > machine.now_us ? free_us : machine.now_us;
}

static bool has_button(void) {
  for (int button = 0; button < BUTTONS; button++) {
    if (machine.button_due[button]) return true;
  }
  return false;
}

static void boot(void) {
  machine.boot_us = NEVER_US;
  fw_init(machine.stored_size > 0 ? machine.stored : NULL, machine.stored_size);
  machine.runs = machine.main_due = true;
  machine.tick_us = tick_from(machine.now_us + 1);
  for (int button = 0; button < BUTTONS; button++) machine.button_due[button] = machine.pressed[button];
}

/* What can happen next, in the order in which it happens at one instant. */
typedef enum { SENT, BOOT, COMPARE, RECEIVED, BUTTON, TICK, MAIN_LOOP, BITE, KINDS } what;

/* When each of them is due. */
static void look_ahead(int64_t due_us[KINDS]) {
  due_us[SENT] = host_line_sent_us();
  due_us[BOOT] = not_hanging(machine.boot_us);
  due_us[COMPARE] = machine.runs ? not_hanging(machine.compare_us) : NEVER_US;
  due_us[RECEIVED] = machine.runs ? not_hanging(host_line_arrives_us()) : NEVER_US;
  due_us[BUTTON] = machine.runs && has_button() ? not_hanging(machine.now_us) : NEVER_US;
  due_us[TICK] = not_hanging(machine.tick_us);
  due_us[MAIN_LOOP] = machine.main_due ? not_hanging(machine.loop_hangs_until_us) : NEVER_US;
  due_us[BITE] = machine.kicked_us + machine.within_us;
}

/* Let it happen, at the time that it is now. */
static void happen(what kind) {
  machine.main_due = kind != MAIN_LOOP && (machine.main_due || kind != SENT);
  switch (kind) {
    case SENT: {
      uint32_t size = 0;
      const char *text = host_line_take(machine.now_us, &size);
      machine.rig.uart(machine.rig.context, machine.now_us, text, size);
      break;
    }
    case BOOT:
      boot();
      break;
    case COMPARE:
      machine.compare_us = NEVER_US;
      fw_timer_isr();
      break;
    case RECEIVED:
      fw_uart_rx(host_line_arrived(machine.now_us));
      break;
    case BUTTON:
      for (int button = 0; button < BUTTONS; button++) {
        if (machine.button_due[button]) tell_button(button);
      }
      break;
    case TICK:
      machine.tick_us = tick_from(machine.now_us + 1);
      fw_tick();
      break;
    case MAIN_LOOP:
      fw_deferred();
      break;
    default:
      go_dark();
      break;
  }
}

host_end host_run(int64_t until_us) {
  while (machine.powered) {
    int64_t due_us[KINDS];
    look_ahead(due_us);
    what first = SENT;
    for (what kind = BOOT; kind < KINDS; kind++) {
      if (due_us[kind] < due_us[first]) first = kind;
    }
    if (due_us[first] >= until_us) break;
    machine.now_us = due_us[first] > machine.now_us ? due_us[first] : machine.now_us;
    happen(first);
    if (first == BITE) return HOST_BITTEN;
    if (machine.paused) {
      machine.paused = false;
      return HOST_PAUSED;
    }
  }
  if (machine.now_us < until_us) machine.now_us = until_us;
  return HOST_REACHED;
}
