/* Accesses to registers that do something: each is made once, whatever interrupts the instruction. */
#include "conformance.h"

static void counts(uint32_t *frame, uint32_t back) { (void)back; note(frame[6]); note(*reg(NEXT)); }

static void prepare(void) {
    handlers[16] = counts;
    enable(0);
}

/* Loads of several registers, of which the second and the last raise an interrupt. */
void load_multiple(void) {
    prepare();
    uint32_t got[8];
    __asm volatile(
        "ldmia %1, {r4-r6, r8}\n"
        "stmia %0!, {r4-r6, r8}\n"
        "ldrd r4, r5, [%2]\n"
        "ldr r6, [%2], #4\n"
        "ldr r8, [%2, #4]!\n"
        "stmia %0, {r4-r6, r8}\n"
        : : "r"(got), "r"(PULSING), "r"(PULSING) : "r4", "r5", "r6", "r8", "memory");
    for (uint32_t place = 0; place < 8; place++) results[place] = got[place];
}

/* Stores of several registers that raise interrupts. */
void store_multiple(void) {
    prepare();
    __asm volatile(
        "movs r4, #4\n movs r5, #5\n movs r6, #6\n mov r8, #7\n"
        "stmia %0, {r4-r6, r8}\n"
        "strd r4, r5, [%0]\n"
        "str r6, [%0], #8\n"
        "strh r8, [%0]\n"
        "strb r8, [%0, #5]\n"
        : : "r"(PULSING) : "r4", "r5", "r6", "r8", "memory");
}

/* IT blocks whose accesses raise interrupts: conditions hold to the end, each access is made once. */
void conditional_accesses(void) {
    prepare();
    uint32_t got[6] = {0};
    __asm volatile(
        "movs r2, #0\n movs r3, #0\n movs r4, #0\n movs r5, #0\n movs r6, #0\n"
        "cmp r2, #0\n"
        "itete eq\n"
        "ldreq r2, [%1]\n"
        "ldrne r3, [%1]\n"
        "streq r2, [%1, #4]\n"
        "addne r3, #1\n"
        "ittt eq\n"
        "addeq r4, #1\n"
        "ldreq r5, [%1, #8]\n"
        "addeq r4, #1\n"
        "it ne\n"
        "ldrne r6, [%1]\n"
        "it eq\n"
        "ldreq r6, [%1]\n"
        "stmia %0, {r2-r6}\n"
        : : "r"(got), "r"(PULSING) : "r2", "r3", "r4", "r5", "r6", "cc", "memory");
    for (uint32_t place = 0; place < 5; place++) results[place] = got[place];
}

/* A time-out falls into an IT block and into a load of several registers, at every cycle of them. */
void timed_interrupts(void) {
    prepare();
    for (uint32_t delay = 1; delay < 40; delay++) {
        uint32_t sum = 0;
        __asm volatile(
            "str %2, [%1]\n"
            "movs r4, #0\n"
            "cmp r4, #0\n"
            "itttt eq\n"
            "ldreq r4, [%3]\n addeq r4, #1\n subeq r4, #1\n ldreq r5, [%3]\n"
            "adds %0, r4, r5\n"
            "ldmia %3, {r4-r6, r8}\n"
            "add %0, r4\n add %0, r5\n add %0, r6\n add %0, r8\n"
            "nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n"
            "nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n"
            : "+r"(sum) : "r"(AFTER), "r"(delay), "r"(NEXT) : "r4", "r5", "r6", "r8", "cc", "memory");
        results[0] += sum;
    }
    results[1] = traced;
    results[2] = *reg(NEXT);
}

/* A bit of a register and of RAM, each by a word of its own. */
void bit_band(void) {
    static volatile uint32_t word;
    word = 0x10;
    *reg(0x22000000u + ((uint32_t)&word - 0x20000000u) * 32u + 4u * 9u) = 1;
    results[0] = word;
    results[1] = *reg(0x22000000u + ((uint32_t)&word - 0x20000000u) * 32u + 4u * 4u);
    *reg(0x42000000u + (SINK - 0x40000000u) * 32u + 4u * 3u) = 1;
}

/* Instructions in RAM, and other instructions in the same place. */
void code_in_ram(void) {
    static uint16_t code[2] __attribute__((aligned(4)));
    code[0] = 0x2005; /* movs r0, #5 */
    code[1] = 0x4770; /* bx lr */
    uint32_t (*run)(void) = (uint32_t(*)(void))((uint32_t)code | 1u);
    results[0] = run();
    code[0] = 0x2007;
    __asm volatile("dsb\n isb" ::: "memory");
    results[1] = run();
}
