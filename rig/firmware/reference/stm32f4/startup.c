/* From reset to the main loop, and what happens when nothing makes sense any more. */
#include "board.h"
#include "cortex_m4.h"
#include "hal.h"
#include "port.h"
#include "registers.h"
#include "vectors.h"

/* The script of the board says where these lie. */
extern uint32_t ld_data[], ld_data_end[], ld_data_load[], ld_bss[], ld_bss_end[];

static void set_up_memory(void) {
  const volatile uint32_t *from = ld_data_load;
  for (volatile uint32_t *to = ld_data; to < ld_data_end; to++) {
    *to = *from++;
  }
  for (volatile uint32_t *to = ld_bss; to < ld_bss_end; to++) {
    *to = 0;
  }
}

static void set_up_processor(void) {
  SCB->VTOR = (uint32_t)vectors;
  *CPACR |= CPACR_FPU;
  SCB->CCR |= CCR_DIV_0_TRP;
  SCB->SHCSR |= SHCSR_FAULTS;
  barrier();
}

/* Milliseconds fall on whole multiples of this many cycles since reset, however long the start has taken: two starts of
 * one image are alike. */
static const uint32_t MS_CYCLES = BOARD_HCLK_HZ / 1000;
static const uint32_t LONG_MS = 170; /* 24 bits hold so many at 96 MHz */

static void count_cycles(void) {
  SYSTICK->LOAD = LONG_MS * MS_CYCLES - 1;
  SYSTICK->VAL = 0;
  SYSTICK->CTRL = SYSTICK_COUNTS;
}

static void start_ticks(void) {
  SYSTICK->LOAD = MS_CYCLES + SYSTICK->VAL % MS_CYCLES; /* to the millisecond after the next */
  SYSTICK->VAL = 0;
  SYSTICK->CTRL = SYSTICK_ON;
  SYSTICK->LOAD = MS_CYCLES - 1; /* from the first one on */
}

static void switch_interrupts_on(void) {
  SCB->SHPR[SHPR_SYSTICK] = priority_bits(PRIORITY_TICK);
  irq_enable(BOARD_TIMER_IRQ, PRIORITY_PULSES);
  irq_enable(BOARD_USART_IRQ, PRIORITY_SERIAL);
  irq_enable(BOARD_BUTTON_IRQ, PRIORITY_TICK);
  start_ticks();
}

void Reset_Handler(void) {
  output_make_safe();
  count_cycles();
  set_up_processor();
  set_up_memory();
  reset_cause_keep();
  clock_start();
  output_start();
  panel_start();
  pulse_timer_start();
  sampling_start();
  serial_start();
  const stored_bytes stored = store_open();
  fw_init(stored.data, stored.size);
  watchdog_start();
  switch_interrupts_on();
  for (;;) {
    wait_for_interrupt();
    fw_deferred();
  }
}

_Noreturn void fatal_reset(void) {
  output_make_safe();
  SCB->AIRCR = AIRCR_RESET;
  barrier();
  for (;;) {
  }
}

/* A fault, or an interrupt that nobody has asked for. */
void fault_isr(void) {
  fatal_reset();
}
