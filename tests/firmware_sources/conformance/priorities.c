/* Who preempts whom, in which order exceptions are taken, and what the masks hold back. */
#include "conformance.h"

static void one(uint32_t *frame, uint32_t back) { (void)frame, (void)back; note(1); *RAISE = 1; note(2); }
static void other(uint32_t *frame, uint32_t back) { (void)frame, (void)back; note(3); }

/* Interrupt 0 raises interrupt 1 from within: 1 preempts 0 or waits. One bit a pair of priorities and grouping. */
void priority_matrix(void) {
    handlers[16] = one;
    handlers[17] = other;
    enable(0);
    enable(1);
    const uint32_t prigroup = arguments[0];
    group(prigroup);
    for (uint32_t mine = 0; mine < 16; mine++) {
        irq_priority(0, mine << 4);
        for (uint32_t its = 0; its < 16; its++) {
            irq_priority(1, its << 4);
            traced = 0;
            *RAISE = 0;
            if (traced == 3 && trace[0] == 1 && trace[1] == 3 && trace[2] == 2) results[mine] |= 1u << its;
            else if (!(traced == 3 && trace[0] == 1 && trace[1] == 2 && trace[2] == 3)) results[16] = traced;
        }
    }
}

static void first_of(uint32_t *frame, uint32_t back) { (void)frame, (void)back; note(ipsr()); }

/* Both are pending when the mask is lifted: which comes first. Bit set: interrupt 1. */
void pending_order(void) {
    handlers[16] = handlers[17] = first_of;
    enable(0);
    enable(1);
    group(arguments[0]);
    for (uint32_t mine = 0; mine < 16; mine++) {
        irq_priority(0, mine << 4);
        for (uint32_t its = 0; its < 16; its++) {
            irq_priority(1, its << 4);
            traced = 0;
            mask();
            *RAISE = 0;
            *RAISE = 1;
            unmask();
            if (traced != 2) results[16] = traced;
            else if (trace[0] == 17 && trace[1] == 16) results[mine] |= 1u << its;
        }
    }
}

static void deeper(uint32_t *frame, uint32_t back) {
    (void)frame, (void)back;
    const uint32_t irq = ipsr() - 16;
    note(irq);
    if (irq > 0) *RAISE = irq - 1;
    note(0x100 + irq);
}

/* Each of eight interrupts raises the next more urgent one: seven deep and back. */
void nesting(void) {
    for (uint32_t irq = 0; irq < 8; irq++) {
        handlers[16 + irq] = deeper;
        irq_priority(irq, irq << 5);
        enable(irq);
    }
    *RAISE = 7;
}

static void stamp(uint32_t *frame, uint32_t back) { note(ipsr()); note((uint32_t)frame); note(back); note(*NOW); }

/* Two of one priority: the second begins without a frame of its own. */
void tail_chain(void) {
    handlers[16] = handlers[17] = stamp;
    enable(0);
    enable(1);
    mask();
    *RAISE = 0;
    *RAISE = 1;
    results[0] = stack_pointer();
    unmask();
    results[1] = *NOW;
}

/* The less urgent one is on its way when the other arrives, arguments[0] cycles after it. */
void late_arrival(void) {
    handlers[16] = handlers[17] = stamp;
    irq_priority(0, 0x80);
    irq_priority(1, 0x40);
    enable(0);
    enable(1);
    mask();
    *BOTH = arguments[0];
    unmask();
    __asm volatile("wfi");
    while (traced < 8) {}
}

/* BASEPRI holds its own priority and all below. */
void base_priority(void) {
    for (uint32_t irq = 0; irq < 3; irq++) {
        handlers[16 + irq] = first_of;
        irq_priority(irq, 0x40u + (irq << 6));
        enable(irq);
    }
    basepri(0x80);
    *RAISE = 2;
    *RAISE = 1;
    *RAISE = 0;
    note(1);
    basepri(0xC0);
    note(2);
    basepri(0);
    note(3);
    uint32_t held;
    basepri(0x40);
    __asm volatile("msr basepri_max, %1\n mrs %0, basepri" : "=r"(held) : "r"(0x80u));
    results[0] = held;
    basepri(0);
}

/* arguments[0] additions between mask and unmask: nothing is taken in between, all of it right behind. */
void masked_window(void) {
    handlers[16] = first_of;
    enable(0);
    mask();
    *AFTER = 20;
    uint32_t count = 0;
    for (uint32_t turn = 0; turn < arguments[0]; turn++) {
        __asm volatile("adds %0, %0, #1" : "+r"(count));
    }
    results[0] = traced;
    results[1] = count;
    results[2] = *ICSR;
    unmask();
    results[3] = traced;
    __asm volatile("cpsid f" ::: "memory");
    *RAISE = 0;
    results[4] = traced;
    __asm volatile("cpsie f\n isb" ::: "memory");
    results[5] = traced;
}

/* A level that its handler does not lower comes again; lowered, it does not; a pulse during its handler comes again. */
static void lowers_at_third(uint32_t *frame, uint32_t back) {
    (void)frame, (void)back;
    note(16);
    if (traced == 3) *LEVEL = 0;
}
static void pulses_once(uint32_t *frame, uint32_t back) {
    (void)frame, (void)back;
    note(17);
    if (traced == 4) *RAISE = 1;
}
void levels(void) {
    handlers[16] = lowers_at_third;
    handlers[17] = pulses_once;
    enable(0);
    enable(1);
    *LEVEL = 0x100;
    results[0] = traced;
    *RAISE = 1;
    results[1] = traced;
    mask();
    *LEVEL = 0x100;
    *LEVEL = 0;
    *reg(0xE000E280u) = 1;
    unmask();
    results[2] = traced;
}
