/* Registers of the STM32F405 that this program uses, at 16 MHz from the internal oscillator. Source: RM0090. */
#pragma once
#include <stdint.h>

typedef volatile uint32_t reg;
static inline reg *at(uint32_t address) {
    return (reg *)address;
}

enum { GPIOA = 0x40020000, GPIOB = 0x40020400, RCC = 0x40023800, DMA2 = 0x40026400 };
enum { ADC1 = 0x40012000, SYSCFG = 0x40013800, EXTI = 0x40013C00, I2C1 = 0x40005400 };
enum { TIM2 = 0x40000000, TIM3 = 0x40000400, TIM4 = 0x40000800, DAC = 0x40007400, SYSTICK = 0xE000E010 };
enum { NVIC_ENABLE = 0xE000E100 };

enum { CR1 = 0x00, CR2 = 0x04, DIER = 0x0C, SR = 0x10, EGR = 0x14, CCMR1 = 0x18, CCER = 0x20, CNT = 0x24 };
enum { PSC = 0x28, ARR = 0x2C, CCR1 = 0x34 };

void scan_start(void);
void wave_start(void);
void pulse_start(void);
void edge_start(void);
void sensor_read(void);
