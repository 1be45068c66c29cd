/* Several peripherals at once, all by interrupt: what they did is in RAM, what they showed is at the pins. */
#include "chip.h"

extern uint32_t _estack, _sidata, _sdata, _edata, _sbss, _ebss;

volatile uint32_t started_at, halves, wholes, waves, pulses, pulse_cnt, edges, lost;
volatile uint16_t scanned[8], seen[8];
volatile uint8_t who, sensed[14];

/* TIM3 starts a scan of two channels every 100 us; DMA writes four of them round and round. */
void scan_start(void) {
    *at(ADC1 + 0x10) = 1u << 6 | 1u << 9;                /* SMPR2: channels 2 and 3 for 15 cycles */
    *at(ADC1 + 0x2C) = 1u << 20;                         /* two conversions */
    *at(ADC1 + 0x34) = 2u | 3u << 5;
    *at(ADC1 + 0x04) = 1u << 8;                          /* scan */
    *at(DMA2 + 0x18) = ADC1 + 0x4C;
    *at(DMA2 + 0x1C) = (uint32_t)scanned;
    *at(DMA2 + 0x14) = 8;
    *at(DMA2 + 0x10) = 1u << 13 | 1u << 11 | 1u << 10 | 1u << 8 | 1u << 4 | 1u << 3 | 1u;
    *at(ADC1 + 0x08) = 1u << 28 | 8u << 24 | 1u << 9 | 1u << 8 | 1u; /* TIM3_TRGO, DMA without end, on */
    *at(TIM3 + ARR) = 1599;
    *at(TIM3 + CR2) = 2u << 4;
    *at(TIM3 + CR1) = 1;
}

void scan_isr(void) {
    const uint32_t flags = *at(DMA2);
    *at(DMA2 + 0x08) = flags;
    if (flags & 0x10u) halves++;
    if (flags & 0x20u) {
        wholes++;
        for (uint32_t place = 0; place < 8; place++) seen[place] = scanned[place];
    }
    if (*at(ADC1) & 0x20u) lost++;
}

/* PA5: 10 kHz, its duty grows by a tenth a period. */
void wave_start(void) {
    *at(TIM2 + ARR) = 1599;
    *at(TIM2 + CCMR1) = 6u << 4 | 8u;
    *at(TIM2 + CCR1) = 160;
    *at(TIM2 + CCER) = 1;
    *at(TIM2 + EGR) = 1;
    *at(TIM2 + SR) = 0;
    *at(TIM2 + DIER) = 1;
    *at(TIM2 + CR1) = 0x81;
}

void wave_isr(void) {
    *at(TIM2 + SR) = 0;
    waves++;
    *at(TIM2 + CCR1) = 160 * (waves % 9 + 1);
}

/* One pulse of TIM4, begun by the edge of a key at PB0: 50 us later its interrupt puts a code out. */
void pulse_start(void) {
    *at(TIM4 + PSC) = 15;
    *at(TIM4 + ARR) = 49;
    *at(TIM4 + EGR) = 1;
    *at(TIM4 + SR) = 0;
    *at(TIM4 + DIER) = 1;
    *at(TIM4 + CR1) = 8;
    *at(DAC) = 1;
}

void pulse_isr(void) {
    *at(TIM4 + SR) = 0;
    pulse_cnt = *at(TIM4 + CNT) | *at(TIM4 + CR1) << 16;
    pulses++;
    *(volatile uint8_t *)(DAC + 0x10) = (uint8_t)(pulses * 16); /* a byte on an APB */
}

void edge_start(void) {
    *at(SYSCFG + 0x08) = 1;
    *at(EXTI + 0x08) = 1;
    *at(EXTI) = 1;
}

void edge_isr(void) {
    *at(EXTI + 0x14) = 1;
    edges++;
    *at(TIM4 + CR1) |= 1u;
}

static void clocks(void) {
    *at(RCC + 0x30) |= 1u << 0 | 1u << 1 | 1u << 22;
    *at(RCC + 0x40) |= 1u << 0 | 1u << 1 | 1u << 2 | 1u << 21 | 1u << 29;
    *at(RCC + 0x44) |= 1u << 8 | 1u << 14;
    *at(GPIOA) |= 2u << 10 | 3u << 4 | 3u << 6; /* PA5 function, PA2 and PA3 analogue */
    *at(GPIOA + 0x20) = 1u << 20;
    *at(GPIOB) |= 2u << 16 | 2u << 18; /* PB8, PB9: I2C1 */
    *at(GPIOB + 0x04) = 3u << 8;
    *at(GPIOB + 0x24) = 4u | 4u << 4;
}

void Reset_Handler(void) {
    uint32_t *from = &_sidata;
    for (uint32_t *to = &_sdata; to < &_edata;) *to++ = *from++;
    for (uint32_t *to = &_sbss; to < &_ebss;) *to++ = 0;
    clocks();
    *at(NVIC_ENABLE) = 1u << 6 | 1u << 28 | 1u << 30;
    *at(NVIC_ENABLE + 4) = 1u << (56 - 32);
    edge_start();
    pulse_start();
    wave_start();
    scan_start();
    started_at = 1;
    sensor_read();
    for (;;) __asm volatile("wfi");
}

static void nothing(void) {
    for (;;) {
    }
}

typedef void (*vector)(void);
__attribute__((section(".vectors"), used)) static const vector vectors[16 + 82] = {
    [0] = (vector)&_estack, [1] = Reset_Handler, [2 ... 15] = nothing,    [16 ... 21] = nothing, [22] = edge_isr,
    [23 ... 43] = nothing,  [44] = wave_isr,     [45] = nothing,          [46] = pulse_isr,      [47 ... 71] = nothing,
    [72] = scan_isr,        [73 ... 97] = nothing,
};
