/* Four tasks: one eats a queue that an interrupt feeds, two filter with floating point, one is idle. */
#include "kernel.h"

#define REG(address) (*(volatile uint32_t *)(address))
#define PROBE 0x40000000u
#define AFTER REG(PROBE + 0x08u) /* line << 16 | cycles */
#define NOW REG(PROBE + 0x0Cu)

typedef void (*Vector)(void);
extern uint32_t _estack, _sidata, _sdata, _edata, _sbss, _ebss;
void PendSV_Handler(void);
void SVC_Handler(void);

static uint32_t stacks[TASKS][STACK_WORDS] __attribute__((aligned(8)));
volatile uint32_t trace[1024], traced, lost, idle_turns;
volatile float levels[2];

/* One word: who (4 bits), what (12 bits), tick (16 bits). */
static void note(uint32_t who, uint32_t what) {
    trace[traced & 1023u] = who << 28 | (what & 0xFFFu) << 16 | (kernel_ticks & 0xFFFFu);
    traced++;
}

static void eater(void) {
    for (;;) note(1, queue_take());
}

/* A low-pass filter whose state lives in a register of floating point across switches. */
static void filter(uint32_t which, uint32_t period, float target, float share) {
    float level = 0.0f;
    for (;;) {
        for (uint32_t turn = 0; turn < 400; turn++) level += (target - level) * share;
        levels[which] = level;
        note(2 + which, (uint32_t)level);
        task_sleep(period);
    }
}
static void fast_filter(void) { filter(0, 3, 1000.0f, 0.001f); }
static void slow_filter(void) { filter(1, 5, 3000.0f, 0.0005f); }
static void idle(void) {
    for (;;) {
        idle_turns++;
        __asm volatile("wfi");
    }
}

static volatile uint32_t fed;
/* Line 0, at irregular intervals: an item, and the next time. */
static void feed(void) {
    fed++;
    if (!queue_put(fed)) lost++;
    AFTER = 20000u + (fed * 7919u) % 30000u;
}
static void tick(void) { kernel_tick(); }

void Reset_Handler(void) {
    uint32_t *from = &_sidata;
    for (uint32_t *to = &_sdata; to < &_edata;) *to++ = *from++;
    for (uint32_t *to = &_sbss; to < &_ebss;) *to++ = 0;
    REG(0xE000ED88u) |= 0xFu << 20;
    __asm volatile("dsb\n isb");
    *(volatile uint8_t *)0xE000ED22u = 0xF0; /* PendSV: below all */
    *(volatile uint8_t *)0xE000ED23u = 0x80; /* SysTick */
    *(volatile uint8_t *)0xE000E400u = 0x60; /* line 0: preempts the tick */
    REG(0xE000E100u) = 1;
    kernel_task(0, eater, stacks[0]);
    kernel_task(1, fast_filter, stacks[1]);
    kernel_task(2, slow_filter, stacks[2]);
    kernel_task(3, idle, stacks[3]);
    AFTER = 30000u;
    REG(0xE000E014u) = 63999;
    REG(0xE000E018u) = 0;
    REG(0xE000E010u) = 7;
    kernel_start();
}

static void stuck(void) {
    for (;;) {}
}
void *memset(void *to, int value, unsigned size) {
    for (unsigned place = 0; place < size; place++) ((volatile uint8_t *)to)[place] = (uint8_t)value;
    return to;
}

__attribute__((section(".vectors"), used)) const Vector vectors[16 + 82] = {
    (Vector)&_estack, Reset_Handler, stuck, stuck, stuck, stuck, stuck, 0, 0, 0, 0, SVC_Handler, 0, 0, PendSV_Handler, tick, feed,
};
