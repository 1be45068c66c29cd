/* Clocks: crystal, PLL, prescalers, flash latency; and why the processor started. */
#include "board.h"
#include "cortex_m4.h"
#include "hal.h"
#include "pins.h"
#include "port.h"
#include "registers.h"

static flash_block *const flash = (flash_block *)FLASH_AT;

/* A crystal swings after some milliseconds, a PLL locks after 0.3 ms: at 16 MHz this waits for 0.2 s. */
static const uint32_t PATIENCE = 10000;
static const uint32_t PAUSE_CYCLES = 320;

static hal_reset cause;

static void await_bits(const reg *where, uint32_t mask, uint32_t value) {
  for (uint32_t turn = 0; turn < PATIENCE; turn++) {
    if ((*where & mask) == value) {
      return;
    }
    spin_cycles(PAUSE_CYCLES);
  }
  fatal_reset();
}

void clock_start(void) {
  if (BOARD_PLL_SOURCE & RCC_PLLCFGR_HSE) {
    RCC->CR |= RCC_CR_HSEON;
    await_bits(&RCC->CR, RCC_CR_HSERDY, RCC_CR_HSERDY);
  }
  RCC->PLLCFGR = BOARD_PLL_SOURCE | BOARD_PLL_M | BOARD_PLL_N << 6 | (BOARD_PLL_P / 2 - 1) << 16 | BOARD_PLL_Q << 24 |
                 BOARD_PLL_REST;
  RCC->CR |= RCC_CR_PLLON;
  await_bits(&RCC->CR, RCC_CR_PLLRDY, RCC_CR_PLLRDY);
  flash->ACR = BOARD_FLASH_WAIT_STATES | FLASH_ACR_PRFTEN | FLASH_ACR_ICEN | FLASH_ACR_DCEN;
  await_bits(&flash->ACR, 15, BOARD_FLASH_WAIT_STATES); /* before the clock rises: RM0090 3.5.1 */
  RCC->CFGR = BOARD_APB1_PRESCALER | BOARD_APB2_PRESCALER | RCC_CFGR_SW_PLL;
  await_bits(&RCC->CFGR, RCC_CFGR_SWS, RCC_CFGR_SWS_PLL);
  RCC->AHB1ENR |= BOARD_AHB1_CLOCKS | port_clock(GPIOA_AT);
  RCC->APB1ENR |= BOARD_APB1_CLOCKS | RCC_APB1_DAC;
  RCC->APB2ENR |= BOARD_APB2_CLOCKS | RCC_APB2_SYSCFG;
  (void)RCC->APB2ENR;
}

/* The flags add up until they are cleared, and a reset from inside also pulls the reset pin: the most telling first.
 * Source: RM0090 7.3.21. */
void reset_cause_keep(void) {
  const uint32_t flags = RCC->CSR;
  RCC->CSR = RCC_CSR_RMVF;
  if (flags & RCC_CSR_PORRSTF) {
    cause = HAL_RESET_POWER_ON;
  } else if (flags & RCC_CSR_BORRSTF) {
    cause = HAL_RESET_BROWN_OUT;
  } else if (flags & RCC_CSR_IWDGRSTF) {
    cause = HAL_RESET_WATCHDOG;
  } else if (flags & RCC_CSR_SFTRSTF) {
    cause = HAL_RESET_SOFTWARE;
  } else {
    cause = HAL_RESET_PIN;
  }
}

hal_reset hal_reset_cause(void) {
  return cause;
}
