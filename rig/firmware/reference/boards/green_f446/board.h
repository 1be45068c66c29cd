/* The green board: STM32F446 at 96 MHz from its internal oscillator of 16 MHz: no crystal. */
#ifndef BOARD_H
#define BOARD_H

#include "registers.h"

/* Clocks: 16 MHz / 8 * 96 / 2. RM0390 6.3.2 (PLLR must be 2 or more), 3.4.1 (wait states at 3.3 V), 13.13.16. */
enum { BOARD_PLL_SOURCE = RCC_PLLCFGR_HSI };
enum { BOARD_PLL_M = 8, BOARD_PLL_N = 96, BOARD_PLL_P = 2, BOARD_PLL_Q = 4, BOARD_PLL_REST = 2 << 28 };
enum { BOARD_FLASH_WAIT_STATES = 3, BOARD_APB1_PRESCALER = 5 << 10 /* 4 */, BOARD_APB2_PRESCALER = 4 << 13 /* 2 */ };
enum { BOARD_HCLK_HZ = 96000000, BOARD_TIMER_HZ = 48000000, BOARD_USART_HZ = 48000000, BOARD_ADC_HZ = 24000000 };
enum { BOARD_ADC_PRESCALER = 0 << 16 /* 2 */ };
static const uint32_t BOARD_AHB1_CLOCKS = 1u << 1 | 1u << 2 | 1u << 3 | 1u << 4; /* ports B to E */
static const uint32_t BOARD_APB1_CLOCKS = RCC_APB1_TIM5;
static const uint32_t BOARD_APB2_CLOCKS = RCC_APB2_ADC1 | RCC_APB2_ADC2 | RCC_APB2_ADC3 | RCC_APB2_USART1;

/* Pulses: a timer of 32 bit, the bridge, the converter of the amplitude. */
enum { BOARD_TIMER = TIM5_AT, BOARD_TIMER_IRQ = 50 };
enum { BOARD_STAGE_PORT = GPIOD_AT, BOARD_PHASE_1 = 12, BOARD_PHASE_2 = 13, BOARD_PROBE = 14 };
enum { BOARD_DAC = 2, BOARD_DAC_PIN = 5 };

/* Analogue inputs: channels of their converters. */
enum { BOARD_HEEL_ADC = ADC2_AT, BOARD_HEEL_SWITCH = 14, BOARD_SUPPLY_ADC = ADC1_AT, BOARD_SUPPLY = 15 };
enum { BOARD_SENSE_ADC = ADC3_AT, BOARD_OUTPUT_CURRENT = 12, BOARD_OUTPUT_VOLTAGE = 13, BOARD_PROBE_VOLTAGE = 3 };
static const struct {
  uint32_t port, pin;
} BOARD_ANALOGUE_PINS[] = {{GPIOC_AT, 4}, {GPIOC_AT, 5}, {GPIOC_AT, 2}, {GPIOC_AT, 3}, {GPIOA_AT, 3}};

/* Lamps in the order of `hal_panel_bit`, buttons in that of `hal_button`. */
enum { BOARD_LAMP_PORT = GPIOE_AT, BOARD_LAMPS_LIGHT_HIGH = 0 };
static const uint8_t BOARD_LAMPS[] = {2, 3, 4, 5, 6};
enum { BOARD_BUTTON_PORT = GPIOC_AT, BOARD_BUTTON_IRQ = 40 /* EXTI15_10 */ };
static const struct {
  uint32_t pin;
  _Bool is_low;
} BOARD_BUTTONS[] = {{10, 1}, {11, 0}};

/* Serial line. */
enum { BOARD_USART = USART1_AT, BOARD_USART_IRQ = 37 };
enum { BOARD_SERIAL_PORT = GPIOB_AT, BOARD_SERIAL_TX = 6, BOARD_SERIAL_RX = 7 };

/* Settings: the first of two sectors of 16 KiB; its place is in board.ld. */
enum { BOARD_STORE_SECTOR = 2 };

#endif
