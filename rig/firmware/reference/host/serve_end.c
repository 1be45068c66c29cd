#if !defined(_WIN32)
#define _GNU_SOURCE /* registers of a signal's context, dladdr */
#endif
#include "serve_end.h"

#include "serve_pipe.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static volatile bool serving;

/* The firmware called `exit`. */
static void left(void) {
  if (!serving) return;
  serving = false;
  pipe_fail("the firmware called exit()");
}

void end_is_meant(void) { serving = false; }

#if defined(_WIN32)

void end_is_told(void) {
  serving = true;
  (void)atexit(left);
}

#else

#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>
#if defined(__GLIBC__)
#include <execinfo.h>
#endif
#if defined(__APPLE__)
#include <sys/ucontext.h>
#else
#include <ucontext.h>
#endif

enum { MOST_FRAMES = 64, MOST_PLACES = 6, STACK_BYTES = 1 << 16, WORDS = 256 };

static const uint8_t *library;
static uint8_t stack[STACK_BYTES];

/* Where the program stood when the signal came; 0 where this machine does not say. */
static uintptr_t place_of(const void *context) {
  const ucontext_t *at = context;
#if defined(__linux__) && defined(__x86_64__)
  return (uintptr_t)at->uc_mcontext.gregs[REG_RIP];
#elif defined(__linux__) && defined(__aarch64__)
  return (uintptr_t)at->uc_mcontext.pc;
#elif defined(__APPLE__) && defined(__aarch64__)
  return (uintptr_t)at->uc_mcontext->__ss.__pc;
#elif defined(__APPLE__)
  return (uintptr_t)at->uc_mcontext->__ss.__rip;
#else
  (void)at;
  return 0;
#endif
}

/* Write ` 0x...`, which no function of a library may do inside a signal handler. */
static char *put_hex(char *to, uintptr_t value) {
  int digits = 1;
  while (digits < (int)(2 * sizeof value) && value >> (4 * digits) > 0) digits++;
  memcpy(to, " 0x", 3);
  to += 3;
  while (digits-- > 0) *to++ = "0123456789abcdef"[value >> (4 * digits) & 0xF];
  return to;
}

/* Offset of a place in this library; 0 for one that lies elsewhere. */
static uintptr_t offset_of(uintptr_t place) {
  Dl_info found;
  if (dladdr((const void *)place, &found) == 0 || found.dli_fbase != library) return 0;
  return place - (uintptr_t)library;
}

/* Write where the program stood, as offsets into this library, the innermost first. */
static char *put_places(char *to, uintptr_t place) {
  const uintptr_t inner = offset_of(place);
  if (inner > 0) to = put_hex(to, inner);
#if defined(__GLIBC__)
  int count = inner > 0 ? 1 : 0;
  void *frames[MOST_FRAMES];
  const int found = backtrace(frames, MOST_FRAMES);
  int first = 0;
  while (first < found && (uintptr_t)frames[first] != place) first++;
  for (int k = first + 1; k < found && count < MOST_PLACES; k++) {
    const uintptr_t outer = offset_of((uintptr_t)frames[k]);
    if (outer == 0) continue;
    to = put_hex(to, outer - 1); /* the call, not what comes behind it */
    count++;
  }
#endif
  return to;
}

static void ended(int number, siginfo_t *info, void *context) {
  (void)info;
  if (serving) {
    serving = false;
    static char words[WORDS];
    strcpy(words, "it stood at");
    char *end = put_places(words + strlen(words), place_of(context));
    pipe_send(FRAME_FAILED, words, (size_t)(end - words));
  }
  (void)signal(number, SIG_DFL);
  (void)raise(number);
}

void end_is_told(void) {
  Dl_info found;
  const uintptr_t here = (uintptr_t)&end_is_told;
  library = dladdr((const void *)here, &found) != 0 ? found.dli_fbase : NULL;
#if defined(__GLIBC__)
  void *frames[1];
  (void)backtrace(frames, 1); /* loads what it needs now: later may be too late */
#endif
  const stack_t own = {.ss_sp = stack, .ss_size = STACK_BYTES};
  (void)sigaltstack(&own, NULL); /* a stack that has overflowed carries no handler */
  struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK | (int)SA_RESETHAND};
  action.sa_sigaction = ended;
  static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTERM};
  for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) (void)sigaction(numbers[k], &action, NULL);
  serving = true;
  (void)atexit(left);
}

#endif
