#include "command.h"

#include <stddef.h>

#include "box.h"
#include "hal.h"
#include "keeper.h"
#include "line_in.h"
#include "log.h"
#include "mailbox.h"
#include "status.h"
#include "text.h"

static const char IDENTITY[] = "STIMBOX 1.0.0 REF0001";
static const char *const REASONS[HELD_BITS] = {"stop", "line", "interlock", "timer", "charge", "sensor", "settings"};

static settings known;
static uint32_t writes, told_lost;
static bool unsent_settings;
static text answer; /* that the line has not taken yet */

void command_reset(const settings *set) {
  known = *set;
  writes = told_lost = 0;
  unsent_settings = false;
  answer.size = 0;
  line_in_reset();
}

const settings *command_settings(void) { return &known; }

uint32_t command_writes(void) { return writes; }

void command_byte(uint8_t byte) { line_in_put(byte); }

/* Cut the first word off a text; "" at its end. */
static char *next_word(char **rest) {
  char *word = *rest;
  while (*word == ' ') word++;
  char *end = word;
  while (*end != '\0' && *end != ' ') end++;
  *rest = *end == '\0' ? end : end + 1;
  *end = '\0';
  return word;
}

static void refuse(const char *why) {
  text_add(&answer, "ERR ");
  text_add(&answer, why);
}

/* The value that a word says for a setting; false where it says none. */
static bool read_value(const setting_info *about, const char *word, int32_t *value) {
  if (about->words[0] == NULL) return text_read_decimal(word, about->decimals, value);
  *value = text_same(word, about->words[1]) ? 1 : 0;
  return text_same(word, about->words[*value]);
}

static void set_value(const char *name, const char *word) {
  const setting_id id = setting_named(name);
  int32_t value = 0;
  if (id == SETTING_COUNT) {
    refuse("no such setting");
  } else if (!read_value(setting_about(id), word, &value)) {
    refuse("no such value");
  } else if (value < setting_about(id)->low || value > setting_about(id)->high) {
    refuse("out of range");
  } else {
    known.value[id] = value;
    writes++;
    unsent_settings = true;
    text_add(&answer, "OK");
  }
}

static void get_value(const char *name) {
  const setting_id id = setting_named(name);
  if (id == SETTING_COUNT) {
    refuse("no such setting");
    return;
  }
  const setting_info *about = setting_about(id);
  text_add(&answer, name);
  text_add(&answer, " ");
  if (about->words[0] != NULL) {
    text_add(&answer, about->words[known.value[id]]);
  } else {
    text_add_decimal(&answer, known.value[id], about->decimals);
  }
}

static void tell_status(void) {
  const uint32_t held = status_held();
  text_add(&answer, status_running() ? "STATUS output=on held=" : "STATUS output=off held=");
  for (uint32_t bit = 0, before = 0; bit < HELD_BITS; bit++) {
    if ((held >> bit & 1u) == 0) continue;
    if (before++ > 0) text_add(&answer, "+");
    text_add(&answer, REASONS[bit]);
  }
  if (held == 0) text_add(&answer, "no");
  text_add(&answer, status_lifted() ? " electrode=off supply=" : " electrode=on supply=");
  text_add_decimal(&answer, (int32_t)status_supply_mv(), 3);
  text_add(&answer, keeper_is_done() ? " stored=yes" : " stored=no");
}

/* Do what a line says and put the answer together. */
static void obey(char *line) {
  const char *verb = next_word(&line), *first = next_word(&line), *second = next_word(&line);
  if (*next_word(&line) != '\0') {
    refuse("too many words");
  } else if (text_same(verb, "ID?")) {
    mailbox_order(ORDER_GREETED);
    text_add(&answer, IDENTITY);
  } else if (text_same(verb, "SET")) {
    set_value(first, second);
  } else if (text_same(verb, "GET")) {
    get_value(first);
  } else if (text_same(verb, "STATUS")) {
    tell_status();
  } else if (text_same(verb, "STOP")) {
    mailbox_order(ORDER_LINE_STOP);
    text_add(&answer, "OK");
  } else if (text_same(verb, "ARM")) {
    mailbox_order(ORDER_REARM);
    text_add(&answer, "OK");
  } else {
    refuse("no such command");
  }
}

/* Send a line; false where it does not fit yet. */
static bool send(text *line) {
  text whole = *line;
  if (whole.size == TEXT_BYTES) whole.size--;
  text_add(&whole, "\n");
  return hal_uart_write(whole.bytes, whole.size);
}

/* Tell how many messages found no room; false where none. */
static bool tell_lost(void) {
  const uint32_t lost = log_lost();
  text line = {.size = 0};
  if (lost == told_lost) return false;
  text_add(&line, "LOG messages lost: ");
  text_add_decimal(&line, (int32_t)(lost - told_lost), 0);
  if (!send(&line)) return false;
  told_lost = lost;
  return true;
}

/* Tell the oldest message; false where there is none, or no room. */
static bool tell(void) {
  static const char *const CAUSES[] = {"power_on", "brown_out", "watchdog", "software", "pin", "lockup"};
  const char *message = log_oldest();
  text line = {.size = 0};
  if (message == NULL) return tell_lost();
  text_add(&line, "LOG ");
  text_add(&line, message);
  if (log_is_start()) {
    text_add(&line, ", reset by ");
    text_add(&line, CAUSES[hal_reset_cause()]);
  }
  if (!send(&line)) return false;
  log_sent();
  return true;
}

void command_work(uint32_t now_ms) {
  if (unsent_settings && mailbox_put(&known)) unsent_settings = false;
  if (answer.size > 0) {
    if (!send(&answer)) return;
    answer.size = 0;
  }
  if (tell() || unsent_settings) return;
  char *line = line_in_take(now_ms);
  if (line != NULL) obey(line);
}
