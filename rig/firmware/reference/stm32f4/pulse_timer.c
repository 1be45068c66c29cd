/* The microsecond counter, and the compare interrupt of its first channel. */
#include "board.h"
#include "cortex_m4.h"
#include "hal.h"
#include "port.h"
#include "registers.h"

static timer_block *const timer = (timer_block *)BOARD_TIMER;

static bool is_asked;   /* an instant stands */
static bool is_enabled; /* the compare interrupt is on: stays so from pulse to pulse, as every access takes time */

static void enable(bool on) {
  if (on != is_enabled) {
    is_enabled = on;
    timer->SR = ~(uint32_t)TIM_CC1; /* of a match long ago */
    timer->DIER = on ? TIM_CC1 : 0;
  }
}

void pulse_timer_start(void) {
  is_asked = false;
  is_enabled = false;
  timer->PSC = BOARD_TIMER_HZ / 1000000 - 1;
  timer->ARR = UINT32_MAX;
  timer->EGR = TIM_EGR_UG; /* the prescaler counts from here on */
  timer->CNT = HAL_FIRST_US;
  timer->DIER = 0;
  timer->CR1 = TIM_CR1_CEN;
}

uint32_t hal_now_us(void) {
  return timer->CNT;
}

void hal_timer_at_us(uint32_t at_us) {
  is_asked = at_us != HAL_NEVER;
  if (!is_asked) {
    enable(false);
    return;
  }
  timer->CCR1 = at_us;
  enable(true);
  /* Only an equal counter makes a match: an instant that has passed would come round in 71 minutes. */
  if ((int32_t)(timer->CNT - at_us) >= 0) {
    irq_pend(BOARD_TIMER_IRQ);
  }
}

void pulse_timer_isr(void) {
  timer->SR = ~(uint32_t)TIM_CC1;
  is_asked = false;
  fw_timer_isr();
  if (!is_asked) {
    enable(false);
  }
}
