/* A small preemptive kernel: tasks with fixed priorities, a queue, a tick; the switch is made by PendSV. */
#pragma once
#include <stdint.h>

enum { TASKS = 4, QUEUE = 8, STACK_WORDS = 192 };

typedef struct {
    uint32_t *stack;     /* where its registers are saved */
    uint32_t wake_at;    /* tick at which it goes on; used while `waits_tick` */
    uint32_t waits_tick; /* sleeps until wake_at */
    uint32_t waits_item; /* sleeps until the queue holds something */
} Task;

/* Make a task; a smaller number is more urgent, and the last one never sleeps. */
void kernel_task(uint32_t number, void (*run)(void), uint32_t *stack);
/* Leave main for the most urgent task; never returns. */
void kernel_start(void);
/* Called by the interrupt of the tick. */
void kernel_tick(void);
/* The present task sleeps for some ticks. */
void task_sleep(uint32_t ticks);
/* Put an item into the queue, from an interrupt too; 0 if it is full. */
uint32_t queue_put(uint32_t item);
/* Take an item out; the present task sleeps while there is none. */
uint32_t queue_take(void);

extern volatile uint32_t kernel_ticks, switches;
