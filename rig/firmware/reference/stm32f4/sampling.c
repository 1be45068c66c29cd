/* Analogue inputs, two converters: one scans the slow inputs into memory at the start of each millisecond, the other
 * looks into a pulse on demand, so that a look never waits for a scan.
 *
 * The tick of the firmware is the interrupt at the end of the scan: a converter that dies ends the ticks, and the
 * watchdog does the rest.
 */
#include "board.h"
#include "cortex_m4.h"
#include "hal.h"
#include "pins.h"
#include "port.h"
#include "registers.h"

static adc_block *const scan = (adc_block *)BOARD_SCAN_ADC;
static adc_block *const sense = (adc_block *)BOARD_SENSE_ADC;
static dma_block *const dma = (dma_block *)DMA2_AT;

enum { SCANNED = 2 };
static volatile uint16_t scanned[SCANNED];

static uint32_t sensed_channel;

static const uint32_t SCAN_ON = ADC_CR2_ADON | ADC_CR2_DMA | ADC_CR2_DDS;

/* 15 cycles of the converter to sample and 12 to convert; then at most so many looks, a microsecond apart. */
static const uint32_t SENSE_CYCLES = 27 * (BOARD_HCLK_HZ / BOARD_ADC_HZ);
static const uint32_t LOOKS = 20;

static void set_sampling(adc_block *adc, uint32_t channel, uint32_t code) {
  if (channel < 10) {
    adc->SMPR2 |= code << (3 * channel);
  } else {
    adc->SMPR1 |= code << (3 * (channel - 10));
  }
}

static void start_dma(void) {
  dma_stream *const stream = &dma->S[BOARD_SCAN_STREAM];
  stream->PAR = (uint32_t)&scan->DR;
  stream->M0AR = (uint32_t)scanned;
  stream->NDTR = SCANNED;
  stream->CR = BOARD_SCAN_DMA_CHANNEL << DMA_CR_CHSEL_AT | DMA_CR_TO_16 | DMA_CR_FROM_16 | DMA_CR_MINC | DMA_CR_CIRC |
               DMA_CR_TCIE | DMA_CR_EN;
}

void sampling_start(void) {
  for (uint32_t pin = 0; pin < sizeof BOARD_ANALOGUE_PINS / sizeof BOARD_ANALOGUE_PINS[0]; pin++) {
    pin_set_mode((gpio_block *)BOARD_ANALOGUE_PINS[pin].port, BOARD_ANALOGUE_PINS[pin].pin, PIN_ANALOGUE);
  }
  ((adc_common_block *)ADC_COMMON_AT)->CCR = BOARD_ADC_PRESCALER;
  set_sampling(scan, BOARD_HEEL_SWITCH, ADC_SAMPLE_56);
  set_sampling(scan, BOARD_SUPPLY, ADC_SAMPLE_56);
  scan->SQR1 = (SCANNED - 1) << ADC_SQR1_L_AT;
  scan->SQR3 = BOARD_HEEL_SWITCH | BOARD_SUPPLY << 5;
  scan->CR1 = ADC_CR1_SCAN;
  start_dma();
  scan->CR2 = SCAN_ON;

  set_sampling(sense, BOARD_OUTPUT_CURRENT, ADC_SAMPLE_15);
  set_sampling(sense, BOARD_OUTPUT_VOLTAGE, ADC_SAMPLE_15);
  set_sampling(sense, BOARD_PROBE_VOLTAGE, ADC_SAMPLE_15);
  sensed_channel = BOARD_OUTPUT_CURRENT;
  sense->SQR3 = sensed_channel;
  sense->CR2 = ADC_CR2_ADON; /* both settle within 3 us, long before the first tick */
}

void tick_start(void) {
  scan->CR2 = SCAN_ON | ADC_CR2_SWSTART;
}

void scan_done_isr(void) {
  dma->LIFCR = BOARD_SCAN_DONE;
  buttons_settle();
  fw_tick();
}

/* A converter that does not answer reads 0: no current flows, as for a lifted electrode, and the treatment ends. */
static uint16_t look(uint32_t channel) {
  if (channel != sensed_channel) {
    sensed_channel = channel;
    sense->SQR3 = channel;
  }
  sense->CR2 = ADC_CR2_ADON | ADC_CR2_SWSTART;
  spin_cycles(SENSE_CYCLES);
  for (uint32_t turn = 0; turn < LOOKS; turn++) {
    if (sense->SR & ADC_SR_EOC) {
      return (uint16_t)sense->DR;
    }
    spin_cycles(BOARD_HCLK_HZ / 1000000);
  }
  return 0;
}

uint16_t hal_adc_read(hal_channel channel) {
  switch (channel) {
  case HAL_HEEL_SWITCH:
    return scanned[0];
  case HAL_SUPPLY:
    return scanned[1];
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
