/* What the conformance programs share: registers of the core, the probe of the test bench, exception handlers. */
#pragma once
#include <stdint.h>

typedef void (*Handler)(uint32_t *frame, uint32_t exc_return);
typedef void (*Program)(void);

/* Handler of each exception; called with the frame that the processor has pushed and with EXC_RETURN. */
extern Handler handlers[16 + 8];
/* Chosen by the test before the first instruction. */
extern volatile uint32_t selected, arguments[8];
/* Read by the test afterwards. */
extern volatile uint32_t results[64], trace[64], traced, done;

/* Append a number to the trace. */
void note(uint32_t value);
/* Where a fault handler goes on; it also copies the fault status to results[0..7]. */
extern volatile uint32_t resume_at;
/* Handler of every fault: results = exception, CFSR, HFSR, MMFAR, BFAR, stacked pc, stacked xPSR, EXC_RETURN. */
void fault_handler(uint32_t *frame, uint32_t exc_return);

static inline volatile uint32_t *reg(uint32_t address) { return (volatile uint32_t *)address; }
static inline volatile uint8_t *byte(uint32_t address) { return (volatile uint8_t *)address; }

#define PROBE 0x40000000u
#define RAISE reg(PROBE + 0x00)   /* write n: interrupt line n goes to 1 and back to 0 */
#define LEVEL reg(PROBE + 0x04)   /* write n | 0x100: line n is 1; n: it is 0 */
#define AFTER reg(PROBE + 0x08)   /* write n << 16 | cycles: line n pulses after that time */
#define BOTH reg(PROBE + 0x14)    /* write d: line 0 pulses after 400 cycles, line 1 d cycles later */
#define NOW reg(PROBE + 0x0C)     /* the present cycle */
#define REFUSED (PROBE + 0x10)    /* any access is answered with an error */
#define NEXT (PROBE + 0x40)       /* 16 words: each read gives the next number, from 1 */
#define SINK (PROBE + 0x80)       /* 16 words: writes are kept */
#define PULSING (PROBE + 0xC0)    /* reads as NEXT and pulses line 0; writes as SINK and pulses line 0 */

#define ICSR reg(0xE000ED04u)
#define VTOR reg(0xE000ED08u)
#define AIRCR reg(0xE000ED0Cu)
#define SCR reg(0xE000ED10u)
#define CCR reg(0xE000ED14u)
#define SHCSR reg(0xE000ED24u)
#define CFSR reg(0xE000ED28u)
#define HFSR reg(0xE000ED2Cu)
#define MMFAR reg(0xE000ED34u)
#define BFAR reg(0xE000ED38u)
#define CPACR reg(0xE000ED88u)
#define PENDSVSET (1u << 28)

static inline void enable(uint32_t irq) { *reg(0xE000E100u) = 1u << irq; }
static inline void irq_priority(uint32_t irq, uint32_t priority) { *byte(0xE000E400u + irq) = (uint8_t)priority; }
/* Priority of a system exception: 4 MemManage to 15 SysTick. */
static inline void system_priority(uint32_t exception, uint32_t priority) {
    *byte(0xE000ED18u + exception - 4) = (uint8_t)priority;
}
static inline void group(uint32_t prigroup) { *AIRCR = 0x05FA0000u | prigroup << 8; }
static inline void mask(void) { __asm volatile("cpsid i" ::: "memory"); }
static inline void unmask(void) { __asm volatile("cpsie i\n isb" ::: "memory"); }
static inline void basepri(uint32_t priority) { __asm volatile("msr basepri, %0\n isb" ::"r"(priority) : "memory"); }
static inline uint32_t stack_pointer(void) {
    uint32_t sp;
    __asm volatile("mov %0, sp" : "=r"(sp));
    return sp;
}
static inline uint32_t ipsr(void) {
    uint32_t number;
    __asm volatile("mrs %0, ipsr" : "=r"(number));
    return number;
}

extern const Program programs[];
