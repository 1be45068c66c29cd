/* Registers of the peripherals that the port uses: where each block lies, what it holds, the bits that matter.
 *
 * The layouts are those of both chips. Source: RM0090 rev 19 (STM32F405) and RM0390 rev 6 (STM32F446), the register map
 * that ends each chapter; memory map in 2.3 and 2.2.2.
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdint.h>

typedef volatile uint32_t reg;

/* Where the blocks lie. */
enum {
  TIM2_AT = 0x40000000,
  TIM5_AT = 0x40000C00,
  IWDG_AT = 0x40003000,
  USART2_AT = 0x40004400,
  DAC_AT = 0x40007400,
  USART1_AT = 0x40011000,
  ADC1_AT = 0x40012000,
  ADC2_AT = 0x40012100,
  ADC3_AT = 0x40012200,
  ADC_COMMON_AT = 0x40012300,
  SYSCFG_AT = 0x40013800,
  EXTI_AT = 0x40013C00,
  GPIOA_AT = 0x40020000,
  GPIOB_AT = 0x40020400,
  GPIOC_AT = 0x40020800,
  GPIOD_AT = 0x40020C00,
  GPIOE_AT = 0x40021000,
  RCC_AT = 0x40023800,
  FLASH_AT = 0x40023C00
};

/* RM0090 8.4: general-purpose pins. */
typedef struct {
  reg MODER, OTYPER, OSPEEDR, PUPDR, IDR, ODR, BSRR, LCKR, AFR[2];
} gpio_block;

/* RM0090 7.3: reset and clock control. */
typedef struct {
  reg CR, PLLCFGR, CFGR, CIR, AHB1RSTR, AHB2RSTR, AHB3RSTR, gap1, APB1RSTR, APB2RSTR, gap2[2], AHB1ENR, AHB2ENR, AHB3ENR,
      gap3, APB1ENR, APB2ENR, gap4[2], AHB1LPENR, AHB2LPENR, AHB3LPENR, gap5, APB1LPENR, APB2LPENR, gap6[2], BDCR, CSR;
} rcc_block;

enum { RCC_CR_HSEON = 1 << 16, RCC_CR_HSERDY = 1 << 17, RCC_CR_PLLON = 1 << 24, RCC_CR_PLLRDY = 1 << 25 };
enum { RCC_PLLCFGR_HSI = 0, RCC_PLLCFGR_HSE = 1 << 22 };
enum { RCC_CFGR_SW_PLL = 2, RCC_CFGR_SWS = 3 << 2, RCC_CFGR_SWS_PLL = 2 << 2 };
enum {
  RCC_APB1_TIM2 = 1 << 0,
  RCC_APB1_TIM5 = 1 << 3,
  RCC_APB1_USART2 = 1 << 17,
  RCC_APB1_DAC = 1 << 29,
  RCC_APB2_USART1 = 1 << 4,
  RCC_APB2_ADC1 = 1 << 8,
  RCC_APB2_ADC2 = 1 << 9,
  RCC_APB2_ADC3 = 1 << 10,
  RCC_APB2_SYSCFG = 1 << 14
};
enum {
  RCC_CSR_RMVF = 1 << 24,
  RCC_CSR_BORRSTF = 1 << 25,
  RCC_CSR_PINRSTF = 1 << 26,
  RCC_CSR_PORRSTF = 1 << 27,
  RCC_CSR_SFTRSTF = 1 << 28,
  RCC_CSR_IWDGRSTF = 1 << 29
};

/* RM0090 3.9: flash interface. */
typedef struct {
  reg ACR, KEYR, OPTKEYR, SR, CR, OPTCR;
} flash_block;

enum { FLASH_ACR_PRFTEN = 1 << 8, FLASH_ACR_ICEN = 1 << 9, FLASH_ACR_DCEN = 1 << 10, FLASH_ACR_DCRST = 1 << 12 };
enum { FLASH_SR_ERRORS = 0xF2, FLASH_SR_BSY = 1 << 16 };
enum { FLASH_CR_PG = 1, FLASH_CR_SER = 2, FLASH_CR_SNB_AT = 3, FLASH_CR_WORDS = 2 << 8, FLASH_CR_STRT = 1 << 16 };
static const uint32_t FLASH_CR_LOCK = 1u << 31;
static const uint32_t FLASH_KEY1 = 0x45670123u;
static const uint32_t FLASH_KEY2 = 0xCDEF89ABu;

/* RM0090 18.4: general-purpose timers of 32 bit. */
typedef struct {
  reg CR1, CR2, SMCR, DIER, SR, EGR, CCMR1, CCMR2, CCER, CNT, PSC, ARR, gap1, CCR1, CCR2, CCR3, CCR4;
} timer_block;

enum { TIM_CR1_CEN = 1, TIM_EGR_UG = 1, TIM_CC1 = 2 };

/* RM0090 13.13: analogue-to-digital converters. */
typedef struct {
  reg SR, CR1, CR2, SMPR1, SMPR2, JOFR[4], HTR, LTR, SQR1, SQR2, SQR3, JSQR, JDR[4], DR;
} adc_block;

typedef struct {
  reg CSR, CCR, CDR;
} adc_common_block;

enum { ADC_SR_EOC = 2, ADC_CR2_ADON = 1, ADC_CR2_SWSTART = 1 << 30 };
enum { ADC_SAMPLE_15 = 1, ADC_SAMPLE_28 = 2 };

/* RM0090 14.5: digital-to-analogue converter. */
typedef struct {
  reg CR, SWTRIGR, DHR12R1, DHR12L1, DHR8R1, DHR12R2, DHR12L2, DHR8R2;
} dac_block;

/* RM0090 30.6: serial line. */
typedef struct {
  reg SR, DR, BRR, CR1, CR2, CR3, GTPR;
} usart_block;

enum { USART_SR_FE = 2, USART_SR_NE = 4, USART_SR_ORE = 8, USART_SR_RXNE = 1 << 5, USART_SR_TXE = 1 << 7 };
enum {
  USART_CR1_RE = 1 << 2,
  USART_CR1_TE = 1 << 3,
  USART_CR1_RXNEIE = 1 << 5,
  USART_CR1_TXEIE = 1 << 7,
  USART_CR1_UE = 1 << 13
};

/* RM0090 9.2 and 12.3: edges of pins as interrupts. */
typedef struct {
  reg MEMRMP, PMC, EXTICR[4];
} syscfg_block;

typedef struct {
  reg IMR, EMR, RTSR, FTSR, SWIER, PR;
} exti_block;

/* RM0090 21.4: independent watchdog. */
typedef struct {
  reg KR, PR, RLR, SR;
} iwdg_block;

enum { IWDG_SR_RVU = 1 << 1, IWDG_UNLOCK = 0x5555, IWDG_KICK = 0xAAAA, IWDG_START = 0xCCCC };

static rcc_block *const RCC = (rcc_block *)RCC_AT;

#endif
