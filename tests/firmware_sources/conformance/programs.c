/* The programs by number; the test reads the numbers from this file. */
#include "conformance.h"

#define PROGRAMS(_) \
    _(priority_matrix) _(pending_order) _(nesting) _(tail_chain) _(late_arrival) _(base_priority) _(masked_window) \
    _(levels) _(supervisor_call) _(held_call) _(pend_sv) _(process_stack_thread) _(stack_alignment) _(registers_kept) \
    _(float_context) _(no_float_context) _(load_multiple) _(store_multiple) _(conditional_accesses) \
    _(timed_interrupts) _(bit_band) _(code_in_ram) _(fault) _(fault_in_fault) _(bad_return) _(lost_stack) \
    _(lost_vectors) _(wait_for_interrupt) _(no_wake_up) _(wait_for_event) _(sleep_on_exit) _(system_timer) \
    _(cycle_counter) _(software_reset)

#define DECLARE(name) void name(void);
#define ENTRY(name) name,
PROGRAMS(DECLARE)
const Program programs[] = {PROGRAMS(ENTRY)};
