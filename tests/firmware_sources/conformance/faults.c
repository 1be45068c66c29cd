/* Every way to fail: which exception, which status, which address; and what comes of a fault within a fault. */
#include "conformance.h"

/* The failing instruction, then the place where its handler goes on. */
#define FAIL(text, ...) \
    __asm volatile("adr r3, 1f\n str r3, [%0]\n b 2f\n .balign 4\n 2: " text "\n .balign 4\n 1: nop" \
                   : : "r"(&resume_at), ##__VA_ARGS__ : "r0", "r1", "r2", "r3", "r12", "lr", "cc", "memory")

static void cause(uint32_t kind) {
    static const uint16_t nothing[2] = {0x4770, 0x4770};
    switch (kind) {
        case 0: FAIL("udf #1"); break;
        case 1: *CCR |= 0x10u; FAIL("movs r0, #7\n movs r1, #0\n sdiv r0, r0, r1"); break;
        case 2: *CCR |= 0x08u; FAIL("ldr r0, [%1, #1]", "r"(0x20000100u)); break;
        case 3: FAIL("ldrex r0, [%1]", "r"(0x20000101u)); break;
        case 4: FAIL("ldr r0, [%1]", "r"(0x30000010u)); break;
        case 5: FAIL("str r0, [%1]", "r"(0x30000020u)); break;
        case 6: FAIL("ldr r0, [%1]", "r"(REFUSED)); break;
        case 7: FAIL("bx %1", "r"(0x30000001u)); break;
        case 8: FAIL("bx %1", "r"(0x40000001u)); break;
        case 9: FAIL("bx %1", "r"((uint32_t)nothing & ~1u)); break;
        case 10: FAIL("mcr p15, 0, r0, c1, c0, 0"); break;
        case 11: FAIL("vmov s0, r0"); break;
        case 12: FAIL("bkpt #1"); break;
        case 13: FAIL("bx %1", "r"(0xFFFFFFF9u)); break;
        case 14: FAIL("str r0, [%1]", "r"(0x08000000u)); break;
        case 15: *CCR |= 0x08u; FAIL("str r0, [%1]", "r"(0x20000102u)); break;
        default: break;
    }
}

/* arguments[0]: how; arguments[1]: whether memory, bus and usage fault are enabled. */
void fault(void) {
    *SHCSR = arguments[1] ? 7u << 16 : 0u;
    cause(arguments[0]);
    results[8] = resume_at;
}

static void fails(uint32_t *frame, uint32_t back) {
    (void)frame, (void)back;
    note(ipsr());
    __asm volatile("udf #2");
}

/* A fault within the handler of that fault, which cannot preempt itself: a hard fault. */
void fault_in_fault(void) {
    *SHCSR = 7u << 16;
    handlers[6] = fails;
    handlers[3] = fails;
    __asm volatile("udf #1");
}

static void returns_to_nowhere(uint32_t *frame, uint32_t back) {
    (void)frame, (void)back;
    __asm volatile("mov lr, %0\n bx lr" ::"r"(arguments[0]));
}
static void sees(uint32_t *frame, uint32_t back) { (void)frame; note(ipsr()); note(*CFSR); note(back); done = 2; for (;;) {} }

/* An EXC_RETURN that fits to nothing. */
void bad_return(void) {
    *SHCSR = 7u << 16;
    handlers[16] = returns_to_nowhere;
    handlers[6] = sees;
    enable(0);
    *RAISE = 0;
}

/* A handler that needs a stack of its own: the one that it is given is lost. */
extern uint32_t _estack;
__attribute__((naked)) static void rescued(uint32_t *frame __attribute__((unused)), uint32_t back __attribute__((unused))) {
    __asm volatile("ldr r3, =_estack\n mov sp, r3\n b sees_lost\n .ltorg");
}
__attribute__((used)) void sees_lost(uint32_t *frame, uint32_t back);
void sees_lost(uint32_t *frame, uint32_t back) { sees(frame, back); }

/* A stack that ends outside of RAM: the frame cannot be saved. */
void lost_stack(void) {
    *SHCSR = arguments[0] ? 7u << 16 : 0u;
    handlers[16] = handlers[5] = handlers[3] = rescued;
    irq_priority(0, 0x80);
    enable(0);
    __asm volatile("mov sp, %0\n str %1, [%2]\n nop\n nop" ::"r"(0x20000010u), "r"(0u), "r"(RAISE));
}

/* A vector table where there is no memory. */
void lost_vectors(void) {
    *VTOR = 0x30000000u;
    enable(0);
    *RAISE = 0;
}
