/* What the processor calls. */
#ifndef VECTORS_H
#define VECTORS_H

typedef void (*vector)(void);

/* First word: top of the stack. Then 15 exceptions of the processor and the interrupts of the chip. */
enum { EXCEPTIONS = 16, INTERRUPTS = 97 };
extern const vector vectors[EXCEPTIONS + INTERRUPTS];

void Reset_Handler(void);
void fault_isr(void);
void tick_isr(void);
void pulse_timer_isr(void);
void serial_isr(void);
void buttons_isr(void);

#endif
