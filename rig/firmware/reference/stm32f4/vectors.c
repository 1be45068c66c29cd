/* The table of vectors. Source: ARMv7-M ARM B1.5.2; RM0090 table 61, RM0390 table 38. */
#include "vectors.h"

#include "board.h"

extern void ld_stack_top(void);

__attribute__((section(".vectors"), used)) const vector vectors[EXCEPTIONS + INTERRUPTS] = {
    [0] = ld_stack_top,
    [1] = Reset_Handler,
    [2] = fault_isr, /* NMI */
    [3] = fault_isr, /* HardFault */
    [4] = fault_isr, /* MemManage */
    [5] = fault_isr, /* BusFault */
    [6] = fault_isr, /* UsageFault */
    [11] = fault_isr, /* SVCall: nobody calls */
    [12] = fault_isr, /* DebugMonitor */
    [14] = fault_isr, /* PendSV: nobody asks */
    [15] = tick_isr,
    [EXCEPTIONS + BOARD_TIMER_IRQ] = pulse_timer_isr,
    [EXCEPTIONS + BOARD_USART_IRQ] = serial_isr,
    [EXCEPTIONS + BOARD_BUTTON_IRQ] = buttons_isr,
};
