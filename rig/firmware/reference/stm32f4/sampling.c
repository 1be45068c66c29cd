/* Analogue inputs, a converter each for the heel switch, the supply and the output stage: nothing waits for another, and
 * a look into a pulse may interrupt the tick's conversions.
 *
 * A conversion takes some microseconds; they are spun away before the first look at a register, because a look takes the
 * bus and, on an emulator, far more time than an instruction.
 */
#include "board.h"
#include "cortex_m4.h"
#include "hal.h"
#include "pins.h"
#include "port.h"
#include "registers.h"

static adc_block *const heel = (adc_block *)BOARD_HEEL_ADC;
static adc_block *const supply = (adc_block *)BOARD_SUPPLY_ADC;
static adc_block *const sense = (adc_block *)BOARD_SENSE_ADC;

static uint16_t heel_code;
static uint16_t supply_code;
static uint32_t sensed_channel;

/* A battery is slow: it is looked at every so many ticks. */
static const uint32_t SUPPLY_MS = 8;
static uint32_t tick;

/* Cycles of a converter to sample, by the code of SMPR, and 12 to convert; RM0090 13.5. */
static const uint32_t TICK_CYCLES = (28 + 12) * (BOARD_HCLK_HZ / BOARD_ADC_HZ);
static const uint32_t SENSE_CYCLES = (15 + 12) * (BOARD_HCLK_HZ / BOARD_ADC_HZ);

/* A converter that has not answered after so many looks, a microsecond apart, is dead. */
static const uint32_t LOOKS = 20;

static void set_sampling(adc_block *adc, uint32_t channel, uint32_t code) {
  if (channel < 10) {
    adc->SMPR2 |= code << (3 * channel);
  } else {
    adc->SMPR1 |= code << (3 * (channel - 10));
  }
}

static void switch_on(adc_block *adc, uint32_t channel) {
  adc->SQR3 = channel;
  adc->CR2 = ADC_CR2_ADON; /* settles within 3 us, long before the first conversion */
}

static void begin(adc_block *adc) {
  adc->CR2 = ADC_CR2_ADON | ADC_CR2_SWSTART;
}

static bool await_end(const adc_block *adc) {
  for (uint32_t turn = 0; turn < LOOKS; turn++) {
    if (adc->SR & ADC_SR_EOC) {
      return true;
    }
    spin_cycles(BOARD_HCLK_HZ / 1000000);
  }
  return false;
}

void sampling_start(void) {
  for (uint32_t pin = 0; pin < sizeof BOARD_ANALOGUE_PINS / sizeof BOARD_ANALOGUE_PINS[0]; pin++) {
    pin_set_mode((gpio_block *)BOARD_ANALOGUE_PINS[pin].port, BOARD_ANALOGUE_PINS[pin].pin, PIN_ANALOGUE);
  }
  ((adc_common_block *)ADC_COMMON_AT)->CCR = BOARD_ADC_PRESCALER;
  set_sampling(heel, BOARD_HEEL_SWITCH, ADC_SAMPLE_28);
  set_sampling(supply, BOARD_SUPPLY, ADC_SAMPLE_28);
  set_sampling(sense, BOARD_OUTPUT_CURRENT, ADC_SAMPLE_15);
  set_sampling(sense, BOARD_OUTPUT_VOLTAGE, ADC_SAMPLE_15);
  set_sampling(sense, BOARD_PROBE_VOLTAGE, ADC_SAMPLE_15);
  switch_on(heel, BOARD_HEEL_SWITCH);
  switch_on(supply, BOARD_SUPPLY);
  switch_on(sense, BOARD_OUTPUT_CURRENT);
  sensed_channel = BOARD_OUTPUT_CURRENT;
}

/* A converter that dies ends the ticks: the watchdog does the rest. */
void tick_isr(void) {
  const bool looks_at_supply = tick % SUPPLY_MS == 0;
  tick++;
  begin(heel);
  if (looks_at_supply) {
    begin(supply);
  }
  spin_cycles(TICK_CYCLES);
  if (!await_end(heel)) {
    return;
  }
  heel_code = (uint16_t)heel->DR;
  if (looks_at_supply) {
    supply_code = (uint16_t)supply->DR; /* as long as the other, so it has ended too */
  }
  buttons_settle();
  fw_tick();
}

/* A dead converter reads 0: no current flows, as for a lifted electrode, and the treatment ends. */
static uint16_t look(uint32_t channel) {
  if (channel != sensed_channel) {
    sensed_channel = channel;
    sense->SQR3 = channel;
  }
  begin(sense);
  spin_cycles(SENSE_CYCLES);
  return await_end(sense) ? (uint16_t)sense->DR : 0;
}

uint16_t hal_adc_read(hal_channel channel) {
  switch (channel) {
  case HAL_HEEL_SWITCH:
    return heel_code;
  case HAL_SUPPLY:
    return supply_code;
  case HAL_OUTPUT_CURRENT:
    return look(BOARD_OUTPUT_CURRENT);
  case HAL_OUTPUT_VOLTAGE:
    return look(BOARD_OUTPUT_VOLTAGE);
  case HAL_PROBE_VOLTAGE:
    return look(BOARD_PROBE_VOLTAGE);
  default:
    return 0;
  }
}
