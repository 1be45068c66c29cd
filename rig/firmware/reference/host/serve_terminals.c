#include "serve_terminals.h"

#include "serve_pipe.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double FULL_CODE = 4095.0;

typedef struct {
  char name[NAME_BYTES];
  double volts_per_unit, held;
  bool magnitude, known;
  int64_t t0_ns, period_ns;
  double *samples;
  uint32_t count, room;
} adc_terminal;

static adc_terminal adc[ADC_CHANNELS];
static char line_names[PANEL_BITS][NAME_BYTES], button_names[BUTTON_NUMBERS][NAME_BYTES];
static double stage_a, probe_a, reference_v, reference_ratio;

/* Take in one line of the set-up; false where it is none. */
static bool take(const char *line) {
  char name[NAME_BYTES];
  double first, second;
  int number, magnitude;
  if (sscanf(line, "adc %d %lf %d %31s", &number, &first, &magnitude, name) == 4) {
    if (number < 0 || number >= ADC_CHANNELS) return false;
    adc[number].volts_per_unit = first;
    adc[number].magnitude = magnitude != 0;
    strcpy(adc[number].name, name);
    return true;
  }
  if (sscanf(line, "line %d %31s", &number, name) == 2 && number >= 0 && number < PANEL_BITS) {
    strcpy(line_names[number], name);
    return true;
  }
  if (sscanf(line, "button %d %31s", &number, name) == 2 && number >= 0 && number < BUTTON_NUMBERS) {
    strcpy(button_names[number], name);
    return true;
  }
  if (sscanf(line, "stage %lf %lf", &first, &second) == 2) {
    stage_a = first;
    probe_a = second;
    return true;
  }
  return sscanf(line, "reference %lf", &reference_v) == 1;
}

bool terminals_set_up(const char *text, size_t size) {
  char line[128];
  reference_ratio = 1.0;
  while (size > 0) {
    const char *end = memchr(text, '\n', size);
    const size_t n = end == NULL ? size : (size_t)(end - text);
    if (n >= sizeof line) return false;
    memcpy(line, text, n);
    line[n] = '\0';
    if (n > 0 && !take(line)) return false;
    const size_t used = end == NULL ? n : n + 1;
    text += used;
    size -= used;
  }
  return reference_v > 0.0;
}

static adc_terminal *find(const char *name) {
  for (int channel = 0; channel < ADC_CHANNELS; channel++) {
    if (strcmp(adc[channel].name, name) == 0) return &adc[channel];
  }
  return NULL;
}

bool terminals_know(const char *name, int64_t t0_ns, int64_t period_ns, const uint8_t *samples, uint32_t count) {
  adc_terminal *terminal = find(name);
  if (terminal == NULL || count == 0) return true; /* a signal that this board does not sample */
  if (count > terminal->room) {
    double *room = realloc(terminal->samples, count * sizeof *room);
    if (room == NULL) return false;
    terminal->samples = room;
    terminal->room = count;
  }
  if (terminal->count > 0) terminal->held = terminal->samples[terminal->count - 1];
  memcpy(terminal->samples, samples, count * sizeof *terminal->samples);
  if (!terminal->known) terminal->held = terminal->samples[0];
  terminal->known = true;
  terminal->t0_ns = t0_ns;
  terminal->period_ns = period_ns;
  terminal->count = count;
  return true;
}

void terminals_hold(const char *name, double value) {
  adc_terminal *terminal = find(name);
  if (terminal == NULL) return;
  terminal->known = true;
  terminal->held = value;
  terminal->count = 0;
}

void terminals_reference(double ratio) { reference_ratio = ratio; }

const char *terminals_adc_name(int channel) {
  if (channel < 0 || channel >= ADC_CHANNELS || adc[channel].name[0] == '\0') {
    char why[96];
    snprintf(why, sizeof why, "the firmware reads the ADC channel %d, to which the board wires nothing", channel);
    pipe_fail(why);
  }
  return adc[channel].name;
}

bool terminals_value(int channel, int64_t t_ns, double *value) {
  const adc_terminal *terminal = &adc[channel];
  *value = terminal->held;
  if (terminal->count > 0 && t_ns >= terminal->t0_ns) {
    const int64_t place = (t_ns - terminal->t0_ns) / terminal->period_ns;
    *value = terminal->samples[place < terminal->count ? place : terminal->count - 1];
  }
  return terminal->known;
}

uint16_t terminals_code(int channel, double value) {
  const adc_terminal *terminal = &adc[channel];
  const double volts = (terminal->magnitude ? fabs(value) : value) * terminal->volts_per_unit;
  const double code = floor(volts / (reference_v * reference_ratio) * FULL_CODE + 0.5);
  return (uint16_t)(code > FULL_CODE ? FULL_CODE : code > 0.0 ? code : 0.0);
}

const char *terminals_line_name(int bit) {
  if (line_names[bit][0] == '\0') {
    char why[96];
    snprintf(why, sizeof why, "the firmware switches bit %d of the panel, to which the board wires nothing", bit);
    pipe_fail(why);
  }
  return line_names[bit];
}

int terminals_button(const char *name) {
  for (int number = 0; number < BUTTON_NUMBERS; number++) {
    if (strcmp(button_names[number], name) == 0) return number;
  }
  return -1;
}

double terminals_stage_a(uint16_t code) { return stage_a * (code / FULL_CODE); }

double terminals_probe_a(void) { return probe_a; }
