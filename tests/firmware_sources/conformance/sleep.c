/* WFI, WFE, SEV, sleep on exit; the cycle counter; a reset that the firmware asks for. */
#include "conformance.h"

static void wakes(uint32_t *frame, uint32_t back) { (void)frame, (void)back; note(ipsr()); note(*NOW); }

/* Asleep until an interrupt comes; with PRIMASK set it ends the sleep and is taken when the mask is lifted. */
void wait_for_interrupt(void) {
    handlers[16] = wakes;
    enable(0);
    results[0] = *NOW;
    *AFTER = 60000;
    __asm volatile("wfi");
    results[1] = *NOW;
    mask();
    *AFTER = 50000;
    __asm volatile("wfi");
    results[2] = *NOW;
    results[3] = traced;
    unmask();
    results[4] = traced;
}

/* An interrupt held back by BASEPRI, or by the priority of what runs, ends no sleep. */
void no_wake_up(void) {
    handlers[16] = handlers[17] = wakes;
    irq_priority(0, 0x80);
    irq_priority(1, 0x40);
    enable(0);
    enable(1);
    basepri(0x80);
    *AFTER = 0u << 16 | 1000u;
    *AFTER = 1u << 16 | 9000u;
    results[0] = *NOW;
    __asm volatile("wfi");
    results[1] = *NOW;
    results[2] = traced;
    basepri(0);
    results[3] = traced;
}

/* WFE goes on at once when an event is there, and sleeps when there is none. */
void wait_for_event(void) {
    handlers[16] = wakes;
    enable(0);
    __asm volatile("sev\n wfe");
    results[0] = *NOW;
    __asm volatile("sev\n wfe");
    results[1] = *NOW;
    *AFTER = 5000;
    __asm volatile("wfe");
    results[2] = *NOW;
    results[3] = traced;
    __asm volatile("yield\n nop\n wfe");
    results[4] = *NOW;
}

static void enough(uint32_t *frame, uint32_t back) {
    (void)frame, (void)back;
    note(*NOW);
    if (traced < 3) *AFTER = 1000;
    else *SCR = 0;
}

/* Handlers alone, no thread between them. */
void sleep_on_exit(void) {
    handlers[16] = enough;
    enable(0);
    *SCR = 2;
    *AFTER = 1000;
    __asm volatile("wfi");
    results[0] = traced;
}

/* SysTick counts cycles down, and raises its exception each time. */
void system_timer(void) {
    handlers[15] = wakes;
    *reg(0xE000E014u) = 999;
    *reg(0xE000E018u) = 0;
    results[0] = *NOW;
    *reg(0xE000E010u) = 7;
    while (traced < 6) __asm volatile("wfi");
    *reg(0xE000E010u) = 5;
    results[1] = *reg(0xE000E010u);
    const uint32_t one = *reg(0xE000E018u), at = *NOW;
    const uint32_t two = *reg(0xE000E018u), later = *NOW;
    results[2] = one - two;
    results[3] = later - at;
    results[4] = one < 1000;
}

/* DWT_CYCCNT counts the cycles that the bench counts. */
void cycle_counter(void) {
    results[0] = *reg(0xE0001004u);
    *reg(0xE000EDFCu) = 1u << 24;
    *reg(0xE0001004u) = 0;
    *reg(0xE0001000u) |= 1u;
    const uint32_t at = *NOW, before = *reg(0xE0001004u);
    for (uint32_t turn = 0; turn < 1000; turn++) __asm volatile("nop");
    const uint32_t later = *NOW, after = *reg(0xE0001004u);
    results[1] = later - at;
    results[2] = after - before;
}

/* SYSRESETREQ: once, then the RAM that start-up does not clear says that it was here. */
void software_reset(void) {
    arguments[7]++;
    if (arguments[7] == 1) *AIRCR = 0x05FA0004u;
    results[0] = arguments[7];
}
