/* Vector table and start of the conformance programs: the test says which of them runs. */
#include "conformance.h"

extern uint32_t _estack, _sidata, _sdata, _edata, _sbss, _ebss;

__attribute__((section(".kept"))) volatile uint32_t selected, arguments[8];
Handler handlers[16 + 8];
volatile uint32_t results[64], trace[64], traced, done, resume_at;

void note(uint32_t value) {
    trace[traced & 63u] = value;
    traced++;
}

void fault_handler(uint32_t *frame, uint32_t exc_return) {
    const uint32_t seen[8] = {ipsr(), *CFSR, *HFSR, *MMFAR, *BFAR, frame[6], frame[7], exc_return};
    for (uint32_t place = 0; place < 8; place++) results[place] = seen[place];
    *CFSR = 0xFFFFFFFFu;
    *HFSR = 0xFFFFFFFFu;
    frame[6] = resume_at & ~1u;
    frame[7] = (frame[7] | 1u << 24) & ~0x0600FC00u; /* Thumb, outside of any IT block */
}

/* Every exception: find the frame, go to the handler in C, which returns by the EXC_RETURN that stays in lr. */
__attribute__((naked)) void any_exception(void) {
    __asm volatile(
        "tst lr, #4\n"
        "ite eq\n"
        "mrseq r0, msp\n"
        "mrsne r0, psp\n"
        "mov r1, lr\n"
        "mrs r2, ipsr\n"
        "ldr r3, =handlers\n"
        "ldr r3, [r3, r2, lsl #2]\n"
        "bx r3\n"
        ".ltorg\n");
}

void Reset_Handler(void) {
    uint32_t *from = &_sidata;
    for (uint32_t *to = &_sdata; to < &_edata;) *to++ = *from++;
    for (uint32_t *to = &_sbss; to < &_ebss;) *to++ = 0;
    for (uint32_t number = 2; number < 7; number++) handlers[number] = fault_handler;
    programs[selected]();
    done = 1;
    for (;;) __asm volatile("wfi");
}

/* clang and gcc may ask for these. */
void *memset(void *to, int value, unsigned size) {
    for (unsigned place = 0; place < size; place++) ((volatile uint8_t *)to)[place] = (uint8_t)value;
    return to;
}
void *memcpy(void *to, const void *from, unsigned size) {
    for (unsigned place = 0; place < size; place++) ((volatile uint8_t *)to)[place] = ((const uint8_t *)from)[place];
    return to;
}

__attribute__((section(".vectors"), used)) const Program vectors[16 + 82] = {
    (Program)&_estack, Reset_Handler,
#define EIGHT any_exception, any_exception, any_exception, any_exception, any_exception, any_exception, any_exception, any_exception
    any_exception, any_exception, any_exception, any_exception, any_exception, any_exception, EIGHT, EIGHT, EIGHT, EIGHT,
    EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, any_exception, any_exception};
