/* Registers of floating point across exceptions. */
#include "conformance.h"

static void uses_floats(uint32_t *frame, uint32_t back) {
    note(back);
    note(frame[8]);
    note(frame[8 + 15]);
    note(frame[24]);
    __asm volatile(
        "vmov.f32 s0, #9.0\n vmov.f32 s15, #9.0\n vmov.f32 s1, #3.0\n vcmp.f32 s0, s1\n"
        ::: "s0", "s1", "s15");
    if (ipsr() == 16) *RAISE = 1;
}
static void uses_none(uint32_t *frame, uint32_t back) { (void)frame; note(back); }

static void interrupted(void) __attribute__((noinline));
static void interrupted(void) {
    handlers[16] = handlers[17] = uses_floats;
    irq_priority(0, 0x80);
    irq_priority(1, 0x40);
    enable(0);
    enable(1);
    float in[32], out[32];
    for (uint32_t place = 0; place < 32; place++) in[place] = (float)(place + 1);
    uint32_t status;
    __asm volatile(
        "vldmia %1, {s0-s31}\n"
        "vcmp.f32 s0, s1\n"
        "str %4, [%3]\n"
        "vstmia %2, {s0-s31}\n"
        "vmrs %0, fpscr\n"
        : "=&r"(status)
        : "r"(in), "r"(out), "r"(RAISE), "r"(0u)
        : "memory", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13", "s14", "s15",
          "s16", "s17", "s18", "s19", "s20", "s21", "s22", "s23", "s24", "s25", "s26", "s27", "s28", "s29", "s30", "s31");
    for (uint32_t place = 0; place < 32; place++) results[place] = (uint32_t)out[place];
    results[32] = status;
    uint32_t control;
    __asm volatile("mrs %0, control" : "=r"(control));
    results[33] = control;
}

/* A thread that has used them is interrupted, and the interrupt by another: all are as before. */
void float_context(void) {
    *CPACR = 0xFu << 20;
    __asm volatile("dsb\n isb");
    interrupted();
}

/* A thread that has used none has a basic frame. */
void no_float_context(void) {
    *CPACR = 0xFu << 20;
    __asm volatile("dsb\n isb");
    handlers[16] = uses_none;
    enable(0);
    *RAISE = 0;
    uint32_t control;
    __asm volatile("mrs %0, control" : "=r"(control));
    results[0] = control;
}
