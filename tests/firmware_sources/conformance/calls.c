/* SVCall, PendSV, frames on both stacks, and threads without privilege. */
#include "conformance.h"

static uint32_t process_stack[128] __attribute__((aligned(8)));

static void adds(uint32_t *frame, uint32_t back) {
    const uint8_t *pc = (const uint8_t *)frame[6];
    results[8] = pc[-2]; /* the number in the instruction */
    results[9] = back;
    frame[0] += frame[1];
}

static uint32_t call(uint32_t a, uint32_t b) {
    register uint32_t r0 __asm("r0") = a;
    register uint32_t r1 __asm("r1") = b;
    __asm volatile("svc #42" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

/* A call with arguments in registers changes the frame that is taken back. */
void supervisor_call(void) {
    handlers[11] = adds;
    results[0] = call(40, 2);
    results[1] = ipsr();
}

/* The same while PRIMASK holds it back: a hard fault. */
void held_call(void) {
    handlers[11] = adds;
    uint32_t after;
    __asm volatile("adr %0, 1f\n str %0, [%1]\n cpsid i\n svc #1\n .balign 4\n 1: cpsie i" : "=&r"(after) : "r"(&resume_at) : "memory");
}

static void requests(uint32_t *frame, uint32_t back) {
    (void)frame, (void)back;
    note(1);
    *ICSR = PENDSVSET;
    note(2);
}
static void deferred(uint32_t *frame, uint32_t back) { (void)frame; note(14); note(back); }

/* PendSV of the lowest priority waits for the interrupt that asks for it; from a thread it is taken at once. */
void pend_sv(void) {
    handlers[14] = deferred;
    handlers[16] = requests;
    system_priority(14, 0xF0);
    irq_priority(0, 0x40);
    enable(0);
    *RAISE = 0;
    *ICSR = PENDSVSET;
    __asm volatile("isb");
    note(3);
}

static void looks(uint32_t *frame, uint32_t back) {
    uint32_t control;
    __asm volatile("mrs %0, control" : "=r"(control));
    note((uint32_t)frame);
    note(back);
    note(control);
    note(stack_pointer() > (uint32_t)&process_stack[128] ? 1u : 0u);
    if (frame[0] == 7) __asm volatile("msr control, %0\n isb" ::"r"(control & ~1u) : "memory");
}

/* A thread on the process stack, then without privilege, then back to privilege by a call. */
void process_stack_thread(void) {
    handlers[11] = looks;
    uint32_t seen[4];
    __asm volatile(
        "mov r4, sp\n"
        "msr psp, %5\n"
        "movs r0, #2\n msr control, r0\n isb\n"
        "svc #1\n"
        "mrs %0, control\n"
        "movs r0, #3\n msr control, r0\n isb\n"
        "svc #1\n"
        "cpsid i\n"                /* without privilege it does nothing */
        "mrs %1, primask\n"
        "mrs %2, control\n"
        "movs r0, #0\n msr control, r0\n isb\n" /* nor does this */
        "mrs r1, control\n eor %2, %2, r1\n"
        "movs r0, #7\n svc #1\n"
        "mrs %3, control\n"
        "mov r1, sp\n"
        "movs r0, #0\n msr control, r0\n isb\n"
        "sub %4, sp, r4\n"
        "str r1, [%6]\n"
        : "=&r"(seen[0]), "=&r"(seen[1]), "=&r"(seen[2]), "=&r"(seen[3]), "=&r"(results[4])
        : "r"(&process_stack[128]), "r"(&results[5])
        : "r0", "r1", "r4", "memory");
    for (uint32_t place = 0; place < 4; place++) results[place] = seen[place];
    results[6] = (uint32_t)&process_stack[128];
}

static void sees_frame(uint32_t *frame, uint32_t back) {
    (void)back;
    note((uint32_t)frame);
    note(frame[7] >> 9 & 1u);
}

/* Interrupted with a stack pointer that is no multiple of 8: a word stays free and comes back. arguments[0]: STKALIGN. */
void stack_alignment(void) {
    handlers[16] = sees_frame;
    enable(0);
    *CCR = arguments[0] ? 0x200u : 0u;
    uint32_t before[2], after[2];
    __asm volatile(
        "mov r4, sp\n bic r4, r4, #7\n mov r5, sp\n"
        "mov sp, r4\n mov %0, sp\n str %4, [%5]\n mov %2, sp\n"
        "sub r4, r4, #4\n mov sp, r4\n mov %1, sp\n str %4, [%5]\n mov %3, sp\n"
        "mov sp, r5\n"
        : "=&r"(before[0]), "=&r"(before[1]), "=&r"(after[0]), "=&r"(after[1])
        : "r"(0u), "r"(RAISE)
        : "r4", "r5", "memory");
    for (uint32_t place = 0; place < 2; place++) {
        results[place] = before[place];
        results[2 + place] = after[place];
    }
}

/* Every register that a handler may not change is as before, and so are those that it may: the frame restores them. */
static void spoils(uint32_t *frame, uint32_t back) {
    (void)frame, (void)back;
    note(1);
    __asm volatile("mvn r0, #0\n mvn r1, #0\n mvn r2, #0\n mvn r3, #0\n mvn r12, #0\n msr apsr_nzcvq, r0" ::: "r0", "r1", "r2", "r3", "r12", "cc");
}
void registers_kept(void) {
    handlers[16] = spoils;
    enable(0);
    __asm volatile(
        "push {r4-r11}\n"
        "movs r2, #0\n movs r3, #3\n mov r4, #4\n mov r5, #5\n mov r6, #6\n mov r7, #7\n mov r8, #8\n mov r9, #9\n mov r10, #10\n mov r11, #11\n mov r12, #12\n mov lr, #14\n"
        "cmp r2, #1\n" /* N, not C */
        "str r2, [%0]\n"
        "mrs r2, apsr\n"
        "stmia %1!, {r2-r12, lr}\n"
        "pop {r4-r11}\n"
        : : "r"(RAISE), "r"(results) : "r2", "r3", "r12", "lr", "cc", "memory");
}
