/* Output stage: three switches of a bridge on one port, and the converter that sets the current behind them. */
#include "board.h"
#include "hal.h"
#include "pins.h"
#include "port.h"
#include "registers.h"

static gpio_block *const stage = (gpio_block *)BOARD_STAGE_PORT;
static dac_block *const dac = (dac_block *)DAC_AT;

enum { FORWARD = 1 << BOARD_PHASE_1, BACKWARD = 1 << BOARD_PHASE_2, PROBE = 1 << BOARD_PROBE };
enum { ALL = FORWARD | BACKWARD | PROBE };

/* What closes some switches and opens all others, by phase: one write, so two are never closed for a moment. */
static const uint32_t SWITCHES[] = {
    ALL << 16,
    FORWARD | (BACKWARD | PROBE) << 16,
    BACKWARD | (FORWARD | PROBE) << 16,
    PROBE | FORWARD | BACKWARD << 16,
    PROBE | BACKWARD | FORWARD << 16,
};

static hal_phase now_phase;
static uint32_t now_code;

static void set_code(uint32_t code) {
  if (code == now_code) {
    return;
  }
  now_code = code;
  if (BOARD_DAC == 1) {
    dac->DHR12R1 = code;
  } else {
    dac->DHR12R2 = code;
  }
}

void output_make_safe(void) {
  RCC->AHB1ENR |= port_clock(BOARD_STAGE_PORT);
  (void)RCC->AHB1ENR; /* a peripheral answers two cycles after its clock has come: RM0090 7.3.10 */
  stage->BSRR = SWITCHES[HAL_OFF];
  pin_set_mode(stage, BOARD_PHASE_1, PIN_OUTPUT);
  pin_set_mode(stage, BOARD_PHASE_2, PIN_OUTPUT);
  pin_set_mode(stage, BOARD_PROBE, PIN_OUTPUT);
}

void output_start(void) {
  pin_set_mode((gpio_block *)GPIOA_AT, BOARD_DAC_PIN, PIN_ANALOGUE);
  now_phase = HAL_OFF;
  now_code = 1; /* whatever a reset has left there, 0 is written */
  set_code(0);
  dac->CR = 1u << (16 * (BOARD_DAC - 1));
}

void hal_stim_phase(hal_phase phase, uint16_t code) {
  if (now_phase != HAL_OFF) {
    stage->BSRR = SWITCHES[HAL_OFF]; /* break before make: the bridge never shorts its supply, and no phase sees the other's current */
  }
  now_phase = phase;
  set_code(phase == HAL_PHASE1 || phase == HAL_PHASE2 ? code : 0);
  if (phase != HAL_OFF) {
    stage->BSRR = SWITCHES[phase];
  }
}
