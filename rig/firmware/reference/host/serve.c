/* The server behind the pipe: lets the firmware live on the host's machine, in the time and the terms of the rig.
 *
 * The frames are those of rig/firmware/wire.py. Two functions are all that a process must find in the library.
 */
#include "host.h"

#include "serve_clock.h"
#include "serve_end.h"
#include "serve_pipe.h"
#include "serve_terminals.h"

#include <stdlib.h>
#include <string.h>

enum { WIRE_VERSION = 1, MOST_BUTTONS_WAITING = 32 };

/* Of the two functions and of the wire. */
HOST_EXPORT int dut_abi_version(void);

/* Answer the rig's frames until it says that it is over, or goes; 0 where it ended as it should. */
HOST_EXPORT int dut_serve(int in_fd, int out_fd);

enum { INJECT_HANG = 0, INJECT_CLOCK = 1, INJECT_BIT_FLIP = 2, INJECT_ADC_REFERENCE = 3, INJECT_HANG_MAIN_LOOP = 5, INJECT_BROKEN_FRAME = 6 };

static const int64_t NO_STAMP = INT64_MIN;

static struct {
  bool started, on, runs; /* a request to start came; power is there; the reset is over */
  int64_t from_ns;    /* power comes */
  int64_t boot_us;    /* the reset is over */
  int64_t stamp_ns;   /* of what happens off the microsecond: the loss of power */
  double clock_error; /* as the rig set it, without what was injected */
  uint8_t cause;
  uint16_t break_mask;
  double current_a;
  uint32_t panel;
  uint8_t *stored;
  uint32_t stored_size;
  struct {
    hal_button number;
    bool pressed;
  } waiting[MOST_BUTTONS_WAITING];
  int buttons_waiting;
} dut;

static const char *const CAUSES[] = {"power_on", "brown_out", "watchdog", "software", "pin", "lockup"};
enum { CAUSE_COUNT = sizeof CAUSES / sizeof *CAUSES };

/* The rig's instant of what happens now. */
static int64_t stamp(int64_t at_us) { return dut.stamp_ns == NO_STAMP ? clock_ns(at_us) : dut.stamp_ns; }

static void tell(int64_t at_us, event_kind kind, const char *name, double value, const void *data, size_t size) {
  pipe_event(stamp(at_us), kind, name, value, data, size);
  if (dut.break_mask >> kind & 1) host_pause();
}

static uint16_t on_adc(void *context, int64_t at_us, hal_channel channel) {
  (void)context;
  double value = 0.0;
  const char *name = terminals_adc_name((int)channel);
  const int64_t t_ns = stamp(at_us);
  if (!terminals_value((int)channel, t_ns, &value)) {
    frame got;
    pipe_send_at(FRAME_ASK, t_ns, name, strlen(name));
    if (!pipe_read(&got) || got.type != FRAME_VALUE || got.size != sizeof value) {
      end_is_meant();
      exit(0); /* the rig has gone */
    }
    memcpy(&value, got.payload, sizeof value);
  }
  return terminals_code((int)channel, value);
}

static double current_of(hal_phase phase, uint16_t code) {
  switch (phase) {
    case HAL_PHASE1:
      return terminals_stage_a(code);
    case HAL_PHASE2:
      return -terminals_stage_a(code);
    case HAL_PROBE1:
      return terminals_probe_a();
    case HAL_PROBE2:
      return -terminals_probe_a();
    default:
      return 0.0;
  }
}

static void on_phase(void *context, int64_t at_us, hal_phase phase, uint16_t code) {
  (void)context;
  if (code > 4095) pipe_fail("the firmware gives the 12 bit converter of the stage more than 4095");
  const double current_a = current_of(phase, code);
  if (current_a >= dut.current_a && current_a <= dut.current_a) return;
  dut.current_a = current_a;
  tell(at_us, EVENT_DRIVE, "1", current_a, NULL, 0);
}

static void on_panel(void *context, int64_t at_us, uint32_t bits) {
  (void)context;
  const uint32_t changed = bits ^ dut.panel;
  dut.panel = bits;
  for (int bit = 0; bit < PANEL_BITS; bit++) {
    if (changed >> bit & 1) tell(at_us, EVENT_LINE, terminals_line_name(bit), bits >> bit & 1 ? 1.0 : 0.0, NULL, 0);
  }
}

static void on_uart(void *context, int64_t at_us, const char *text, uint32_t size) {
  (void)context;
  tell(at_us, EVENT_UART, "", 0.0, text, size);
}

static void on_store(void *context, int64_t at_us, const void *data, uint32_t size) {
  (void)context;
  (void)at_us;
  pipe_send(FRAME_STORED, data, size);
}

static void done(int64_t reached_ns, bool is_over, uint8_t cause) {
  const uint8_t rest[2] = {is_over ? 1 : 0, cause};
  pipe_send_at(FRAME_DONE, reached_ns, rest, sizeof rest);
}

/* The counter starts, the firmware a little later. */
static void power_comes(void) {
  static const host_rig rig = {
      .adc = on_adc, .phase = on_phase, .panel = on_panel, .uart = on_uart, .store = on_store};
  dut.on = true;
  dut.current_a = 0.0;
  dut.panel = 0;
  const int64_t from_us = clock_us(dut.from_ns);
  dut.boot_us = from_us + HOST_BOOT_US;
  host_power_on(&rig, from_us, (hal_reset)dut.cause, dut.stored, dut.stored_size);
}

/* Let the machine run, through the end of its reset; false where that is not before `until_us`. */
static bool boot(int64_t until_us) {
  if (dut.runs) return true;
  if (dut.boot_us >= until_us) {
    (void)host_run(until_us);
    return false;
  }
  (void)host_run(dut.boot_us);
  dut.runs = true;
  tell(dut.boot_us, EVENT_RESET, CAUSES[dut.cause], 0.0, NULL, 0);
  return true;
}

/* Let the machine run to `until_us`; `*reached_ns` is then what it has reached. False where it has been reset. */
static bool run(int64_t until_us, int64_t *reached_ns) {
  for (int k = 0; k < dut.buttons_waiting; k++) host_button(dut.waiting[k].number, dut.waiting[k].pressed);
  dut.buttons_waiting = 0;
  if (!boot(until_us)) return true;
  host_end end = host_run(until_us);
  if (end == HOST_PAUSED) {
    const int64_t paused_us = host_now_us();
    do { /* all that belongs to this instant */
      end = host_run(paused_us + 1);
    } while (end == HOST_PAUSED);
    *reached_ns = clock_ns(paused_us) + 1;
  }
  if (end == HOST_BITTEN) *reached_ns = clock_ns(host_now_us());
  return end != HOST_BITTEN;
}

/* Read the samples that come with a request to advance; false where they do not hold together. */
static bool take_signals(const uint8_t *at, const uint8_t *end, uint8_t count) {
  char name[256];
  for (; count > 0; count--) {
    int64_t t0_ns, period_ns;
    uint32_t samples;
    if (end - at < 1 || end - at < 1 + at[0] + 20) return false;
    memcpy(name, at + 1, at[0]);
    name[at[0]] = '\0';
    at += 1 + at[0];
    memcpy(&t0_ns, at, 8);
    memcpy(&period_ns, at + 8, 8);
    memcpy(&samples, at + 16, 4);
    at += 20;
    if ((size_t)(end - at) / 8 < samples || period_ns <= 0) return false;
    if (!terminals_know(name, t0_ns, period_ns, at, samples)) return false;
    at += (size_t)samples * 8;
  }
  return at == end;
}

static void advance(const frame *got) {
  int64_t until_ns;
  if (got->size < 11) pipe_fail("a request to advance is too short");
  memcpy(&until_ns, got->payload, 8);
  memcpy(&dut.break_mask, got->payload + 8, 2);
  if (!take_signals(got->payload + 11, got->payload + got->size, got->payload[10])) {
    pipe_fail("the samples of a terminal do not hold together");
  }
  if (!dut.on && dut.from_ns < until_ns) power_comes();
  const int64_t until_us = clock_us(until_ns);
  int64_t reached_ns = until_ns;
  const bool lives = !dut.on || until_us <= host_now_us() || run(until_us, &reached_ns);
  done(reached_ns, !lives, lives ? HAL_RESET_POWER_ON : HAL_RESET_WATCHDOG);
}

static void terminal(const frame *got) {
  double value;
  char name[NAME_BYTES];
  const size_t named = got->size - 16;
  if (got->size < 16 || named >= sizeof name) pipe_fail("a change of a terminal does not hold together");
  memcpy(&value, got->payload + 8, 8);
  memcpy(name, got->payload + 16, named);
  name[named] = '\0';
  const int number = terminals_button(name);
  if (number < 0) {
    terminals_hold(name, value);
  } else if (dut.buttons_waiting < MOST_BUTTONS_WAITING) {
    dut.waiting[dut.buttons_waiting].number = (hal_button)number;
    dut.waiting[dut.buttons_waiting].pressed = value > 0.0;
    dut.buttons_waiting++;
  } else {
    pipe_fail("more than 32 uses of a button at one instant");
  }
}

static void inject(const frame *got) {
  int64_t t_ns;
  double dose;
  if (got->size < 17) pipe_fail("an injected fault does not hold together");
  memcpy(&t_ns, got->payload, 8);
  memcpy(&dose, got->payload + 8, 8);
  switch (got->payload[16]) {
    case INJECT_HANG:
      if (dut.on) host_hang(clock_us(t_ns + (int64_t)(dose * 1e9)) - host_now_us());
      break;
    case INJECT_HANG_MAIN_LOOP:
      if (dut.on) host_hang_main_loop(clock_us(t_ns + (int64_t)(dose * 1e9)) - host_now_us());
      break;
    case INJECT_CLOCK:
      clock_becomes((1.0 + dut.clock_error) * (1.0 + dose) - 1.0, t_ns);
      break;
    case INJECT_ADC_REFERENCE:
      terminals_reference(dose);
      break;
    case INJECT_BROKEN_FRAME: {
      static const char why[] = "a firmware built for this machine hears bytes, no frames: break one on an emulated one";
      pipe_send(FRAME_REFUSED, why, sizeof why - 1);
      return;
    }
    default: {
      static const char why[] = "a firmware built for this machine has no memory of its own: flip bits on an emulated one";
      pipe_send(FRAME_REFUSED, why, sizeof why - 1);
      return;
    }
  }
  pipe_send(FRAME_ACCEPTED, NULL, 0);
}

static void power_goes(const frame *got) {
  if (got->size != 10 || got->payload[8] != 0) pipe_fail("power comes back to a new process only");
  memcpy(&dut.stamp_ns, got->payload, 8);
  const int64_t t_ns = dut.stamp_ns;
  if (dut.on) host_power_off();
  dut.on = false;
  done(t_ns, true, HAL_RESET_POWER_ON);
}

/* What the process knows of itself. */
static void ready(void) {
#if defined(__clang__)
  static const char facts[] = "{\"kind\": \"host\", \"compiler\": \"clang " __clang_version__ "\"}";
#else
  static const char facts[] = "{\"kind\": \"host\", \"compiler\": \"gcc " __VERSION__ "\"}";
#endif
  pipe_send(FRAME_READY, facts, sizeof facts - 1);
}

static void start(const frame *got) {
  enum { HEAD = 39 };
  uint16_t version = 0;
  double supply_v, clock_error;
  int64_t phase_ns;
  const uint8_t *at = got->payload;
  if (got->size >= 2) memcpy(&version, at, 2);
  if (version != WIRE_VERSION || got->size < HEAD) pipe_fail("the library speaks another version of the rig's language");
  memcpy(&dut.from_ns, at + 2, 8);
  memcpy(&supply_v, at + 10, 8);
  memcpy(&clock_error, at + 18, 8);
  memcpy(&phase_ns, at + 26, 8);
  dut.cause = at[34];
  memcpy(&dut.stored_size, at + 35, 4);
  if (dut.cause >= CAUSE_COUNT || dut.stored_size > got->size - HEAD) pipe_fail("a request to start does not hold together");
  dut.stored = malloc(dut.stored_size + 1u);
  if (dut.stored == NULL) pipe_fail("no memory is left");
  memcpy(dut.stored, at + HEAD, dut.stored_size);
  if (!terminals_set_up((const char *)at + HEAD + dut.stored_size, got->size - HEAD - dut.stored_size)) {
    pipe_fail("the library does not understand the board");
  }
  terminals_hold("supply", supply_v);
  clock_begin(clock_error, phase_ns);
  dut.clock_error = clock_error;
  dut.stamp_ns = NO_STAMP;
  dut.started = true;
  ready();
}

/* Answer one frame; false where it was the last. */
static bool answer(const frame *got) {
  if (got->type == FRAME_QUIT) return false;
  if (!dut.started && got->type != FRAME_START) pipe_fail("a process begins with a request to start");
  switch (got->type) {
    case FRAME_START:
      start(got);
      break;
    case FRAME_ADVANCE:
      advance(got);
      break;
    case FRAME_TERMINAL:
      terminal(got);
      break;
    case FRAME_RECEIVE:
      if (dut.on && got->size >= 8) host_receive(got->payload + 8, got->size - 8);
      break;
    case FRAME_INJECT:
      inject(got);
      break;
    case FRAME_POWER:
      power_goes(got);
      break;
    case FRAME_QUESTION: {
      static const char why[] = "a firmware built for this machine answers no questions";
      pipe_send(FRAME_REFUSED, why, sizeof why - 1);
      break;
    }
    default:
      pipe_fail("a frame of a type that no device process knows");
  }
  return true;
}

int dut_abi_version(void) { return WIRE_VERSION; }

int dut_serve(int in_fd, int out_fd) {
  frame got;
  pipe_open(in_fd, out_fd);
  end_is_told();
  while (pipe_read(&got) && answer(&got)) {
  }
  end_is_meant();
  return 0;
}
