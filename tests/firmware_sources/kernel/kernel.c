/* The kernel: which task runs, and how one takes the place of another. */
#include "kernel.h"

static Task tasks[TASKS];
static volatile uint32_t current = TASKS - 1, next = TASKS - 1;
static volatile uint32_t items[QUEUE], put_at, take_at;
volatile uint32_t kernel_ticks, switches;

#define ICSR (*(volatile uint32_t *)0xE000ED04u)

static uint32_t guard(void) {
    uint32_t before;
    __asm volatile("mrs %0, basepri\n msr basepri, %1\n isb" : "=&r"(before) : "r"(0x40u) : "memory");
    return before;
}
static void release(uint32_t before) { __asm volatile("msr basepri, %0\n isb" ::"r"(before) : "memory"); }

void kernel_task(uint32_t number, void (*run)(void), uint32_t *stack) {
    uint32_t *top = stack + STACK_WORDS;
    *--top = 1u << 24;                 /* xPSR: Thumb */
    *--top = (uint32_t)run & ~1u;      /* pc */
    top -= 6;                          /* lr, r12, r3 to r0 */
    *--top = 0xFFFFFFFDu;              /* EXC_RETURN: process stack, no floating point yet */
    top -= 8;                          /* r4 to r11 */
    tasks[number].stack = top;
}

/* Choose the most urgent task that is ready, and ask for the switch if that is another one. */
static void choose(void) {
    uint32_t found = 0;
    while (found < TASKS - 1 && (tasks[found].waits_tick || tasks[found].waits_item)) found++;
    next = found;
    if (found != current) ICSR = 1u << 28;
}

void kernel_tick(void) {
    kernel_ticks++;
    for (uint32_t number = 0; number < TASKS; number++) {
        if (tasks[number].waits_tick && (int32_t)(kernel_ticks - tasks[number].wake_at) >= 0) tasks[number].waits_tick = 0;
    }
    choose();
}

void task_sleep(uint32_t ticks) {
    const uint32_t before = guard();
    tasks[current].wake_at = kernel_ticks + ticks;
    tasks[current].waits_tick = 1;
    choose();
    release(before);
}

uint32_t queue_put(uint32_t item) {
    const uint32_t before = guard();
    const uint32_t fits = put_at - take_at < QUEUE;
    if (fits) {
        items[put_at++ % QUEUE] = item;
        for (uint32_t number = 0; number < TASKS; number++) tasks[number].waits_item = 0;
        choose();
    }
    release(before);
    return fits;
}

uint32_t queue_take(void) {
    for (;;) {
        const uint32_t before = guard();
        if (put_at != take_at) {
            const uint32_t item = items[take_at++ % QUEUE];
            release(before);
            return item;
        }
        tasks[current].waits_item = 1;
        choose();
        release(before);
    }
}

__attribute__((used)) uint32_t *exchange(uint32_t *stack);
uint32_t *exchange(uint32_t *stack) {
    const uint32_t before = guard();
    tasks[current].stack = stack;
    current = next;
    switches++;
    release(before);
    return tasks[current].stack;
}

/* Save what the processor has not: r4 to r11 and EXC_RETURN, and s16 to s31 if the task uses floating point. */
__attribute__((naked)) void PendSV_Handler(void) {
    __asm volatile(
        "mrs r0, psp\n"
        "tst lr, #0x10\n"
        "it eq\n"
        "vstmdbeq r0!, {s16-s31}\n"
        "stmdb r0!, {r4-r11, lr}\n"
        "bl exchange\n"
        "ldmia r0!, {r4-r11, lr}\n"
        "tst lr, #0x10\n"
        "it eq\n"
        "vldmiaeq r0!, {s16-s31}\n"
        "msr psp, r0\n"
        "isb\n"
        "bx lr\n");
}

/* SVC: the first task, from the frame that was made for it. */
__attribute__((naked)) void SVC_Handler(void) {
    __asm volatile(
        "ldr r1, =first_stack\n"
        "ldr r0, [r1]\n"
        "ldmia r0!, {r4-r11, lr}\n"
        "msr psp, r0\n"
        "bx lr\n"
        ".ltorg\n");
}

__attribute__((used)) uint32_t *first_stack;

void kernel_start(void) {
    current = next = 0; /* all are ready: the most urgent one */
    first_stack = tasks[0].stack;
    __asm volatile("svc #0");
    for (;;) {}
}
