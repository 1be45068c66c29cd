/* The microsecond counter, and the compare interrupt of its first channel. */
#include "board.h"
#include "cortex_m4.h"
#include "hal.h"
#include "port.h"
#include "registers.h"

static timer_block *const timer = (timer_block *)BOARD_TIMER;

/* An instant so near is waited for inside the interrupt, and one that has passed by so little is served at once: to leave
 * the interrupt and to come back takes longer than the shortest gap between two phases. */
static const int32_t NEAR_US = 1;
static const int32_t PASSED_US = 8;

static struct {
  uint32_t at_us;
  bool is_asked;   /* an instant stands */
  bool is_serving; /* the interrupt runs */
  bool is_enabled; /* the compare interrupt is on: stays so from pulse to pulse, as every access takes time */
} own;

static void enable(bool on) {
  if (on != own.is_enabled) {
    own.is_enabled = on;
    timer->SR = ~(uint32_t)TIM_CC1; /* of a match long ago */
    timer->DIER = on ? TIM_CC1 : 0;
  }
}

void pulse_timer_start(void) {
  own.is_asked = false;
  own.is_serving = false;
  own.is_enabled = false;
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

static void arm(uint32_t at_us) {
  timer->CCR1 = at_us;
  enable(true);
  /* Only an equal counter makes a match: an instant that has passed would come round in 71 minutes. */
  if ((int32_t)(timer->CNT - at_us) >= 0) {
    irq_pend(BOARD_TIMER_IRQ);
  }
}

/* Waits for the instant where it is near; false where it is not. */
static bool comes_soon(uint32_t at_us) {
  int32_t wait_us = (int32_t)(at_us - timer->CNT);
  if (wait_us > NEAR_US || wait_us < -PASSED_US) {
    return false;
  }
  while (wait_us > 0) {
    wait_us = (int32_t)(at_us - timer->CNT);
  }
  return true;
}

bool hal_timer_at_us(uint32_t at_us) {
  own.at_us = at_us;
  own.is_asked = at_us != HAL_NEVER;
  if (own.is_serving) {
    return own.is_asked && comes_soon(at_us);
  }
  if (own.is_asked) {
    arm(at_us);
  } else {
    enable(false);
  }
  return false;
}

void pulse_timer_isr(void) {
  timer->SR = ~(uint32_t)TIM_CC1;
  own.is_serving = true;
  do {
    own.is_asked = false;
    fw_timer_isr();
  } while (own.is_asked && comes_soon(own.at_us));
  own.is_serving = false;
  if (own.is_asked) {
    arm(own.at_us);
  } else {
    enable(false);
  }
}
