/* What the port uses of the processor itself.
 *
 * Source: ARMv7-M Architecture Reference Manual B3.2 (system control), B3.3 (SysTick), B3.4 (NVIC).
 */
#ifndef CORTEX_M4_H
#define CORTEX_M4_H

#include <stdint.h>

#include "registers.h"

typedef struct {
  reg CTRL, LOAD, VAL;
} systick_block;

typedef struct {
  reg CPUID, ICSR, VTOR, AIRCR, SCR, CCR;
  volatile uint8_t SHPR[12];
  reg SHCSR, CFSR, HFSR, DFSR, MMFAR, BFAR;
} scb_block;

static systick_block *const SYSTICK = (systick_block *)0xE000E010;
static scb_block *const SCB = (scb_block *)0xE000ED00;
static reg *const NVIC_ISER = (reg *)0xE000E100;
static reg *const NVIC_ISPR = (reg *)0xE000E200;
static volatile uint8_t *const NVIC_IPR = (volatile uint8_t *)0xE000E400;
static reg *const CPACR = (reg *)0xE000ED88;

enum { SYSTICK_COUNTS = 5 /* processor clock */, SYSTICK_ON = 7 /* and interrupt */, SHPR_SYSTICK = 15 - 4 };
enum { CPACR_FPU = 0xF << 20, CCR_DIV_0_TRP = 1 << 4, SHCSR_FAULTS = 7 << 16 };
static const uint32_t AIRCR_RESET = 0x05FA0004u;

/* Both chips have 4 bits of priority, the upper ones of each byte; 0 is the most urgent. */
static inline uint8_t priority_bits(uint32_t level) {
  return (uint8_t)(level << 4);
}

static inline void irq_enable(uint32_t irq, uint32_t level) {
  NVIC_IPR[irq] = priority_bits(level);
  NVIC_ISER[irq / 32] = 1u << (irq % 32);
}

static inline void irq_pend(uint32_t irq) {
  NVIC_ISPR[irq / 32] = 1u << (irq % 32);
}

static inline void wait_for_interrupt(void) {
  __asm volatile("dsb\n\twfi" ::: "memory");
}

static inline void barrier(void) {
  __asm volatile("dsb\n\tisb" ::: "memory");
}

/* Let at least `cycles` of the processor pass without touching the bus: a turn takes 2 to 4 of them. */
static inline void spin_cycles(uint32_t cycles) {
  uint32_t turns = cycles / 2 + 2;
  __asm volatile("1:\n\tsubs %0, %0, #1\n\tbne 1b" : "+r"(turns) : : "cc");
}

#endif
