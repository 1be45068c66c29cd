/* The blue board: STM32F405 at 64 MHz from a crystal of 8 MHz. */
#ifndef BOARD_H
#define BOARD_H

#include "registers.h"

/* Clocks: 8 MHz / 4 * 128 / 4. RM0090 7.3.2, 3.5.1 (wait states at 3.3 V), 13.13.16. */
enum { BOARD_PLL_SOURCE = RCC_PLLCFGR_HSE };
enum { BOARD_PLL_M = 4, BOARD_PLL_N = 128, BOARD_PLL_P = 4, BOARD_PLL_Q = 6, BOARD_PLL_REST = 0 };
enum { BOARD_FLASH_WAIT_STATES = 2, BOARD_APB1_PRESCALER = 4 << 10 /* 2 */, BOARD_APB2_PRESCALER = 0 /* 1 */ };
enum { BOARD_HCLK_HZ = 64000000, BOARD_TIMER_HZ = 64000000, BOARD_USART_HZ = 32000000, BOARD_ADC_HZ = 16000000 };
enum { BOARD_ADC_PRESCALER = 1 << 16 /* 4 */ };
static const uint32_t BOARD_AHB1_CLOCKS = 1u << 1 | 1u << 2; /* ports B and C */
static const uint32_t BOARD_APB1_CLOCKS = RCC_APB1_TIM2 | RCC_APB1_USART2;
static const uint32_t BOARD_APB2_CLOCKS = RCC_APB2_ADC1 | RCC_APB2_ADC2 | RCC_APB2_ADC3;

/* Pulses: a timer of 32 bit, the bridge, the converter of the amplitude. */
enum { BOARD_TIMER = TIM2_AT, BOARD_TIMER_IRQ = 28 };
enum { BOARD_STAGE_PORT = GPIOC_AT, BOARD_PHASE_1 = 6, BOARD_PHASE_2 = 7, BOARD_PROBE = 8 };
enum { BOARD_DAC = 1, BOARD_DAC_PIN = 4 };

/* Analogue inputs: channels of their converters. */
enum { BOARD_HEEL_ADC = ADC1_AT, BOARD_HEEL_SWITCH = 0, BOARD_SUPPLY_ADC = ADC3_AT, BOARD_SUPPLY = 1 };
enum { BOARD_SENSE_ADC = ADC2_AT, BOARD_OUTPUT_CURRENT = 10, BOARD_OUTPUT_VOLTAGE = 11, BOARD_PROBE_VOLTAGE = 12 };
static const struct {
  uint32_t port, pin;
} BOARD_ANALOGUE_PINS[] = {{GPIOA_AT, 0}, {GPIOA_AT, 1}, {GPIOC_AT, 0}, {GPIOC_AT, 1}, {GPIOC_AT, 2}};

/* Lamps in the order of `hal_panel_bit`, buttons in that of `hal_button`. */
enum { BOARD_LAMP_PORT = GPIOB_AT, BOARD_LAMPS_LIGHT_HIGH = 1 };
static const uint8_t BOARD_LAMPS[] = {12, 13, 14, 15, 10};
enum { BOARD_BUTTON_PORT = GPIOB_AT, BOARD_BUTTON_IRQ = 23 /* EXTI9_5 */ };
static const struct {
  uint32_t pin;
  _Bool is_low;
} BOARD_BUTTONS[] = {{8, 1}, {9, 1}};

/* Serial line. */
enum { BOARD_USART = USART2_AT, BOARD_USART_IRQ = 38 };
enum { BOARD_SERIAL_PORT = GPIOA_AT, BOARD_SERIAL_TX = 2, BOARD_SERIAL_RX = 3 };

/* Settings: the first of two sectors of 16 KiB; its place is in board.ld. */
enum { BOARD_STORE_SECTOR = 1 };

#endif
