/* The inertial sensor on I2C1, polled while the interrupts of the others go on. */
#include "chip.h"

extern volatile uint8_t who, sensed[14];

enum { START = 1 << 8, STOP = 1 << 9, ACK = 1 << 10, ON = 1 };
enum { SB = 1, ADDR = 2, BTF = 4, RXNE = 64, TXE = 128 };

static void await(uint32_t flag) {
    while (!(*at(I2C1 + 0x14) & flag)) {
    }
}

static void address(uint32_t byte) {
    *at(I2C1) |= START;
    await(SB);
    *at(I2C1 + 0x10) = byte;
    await(ADDR);
}

static void send(const uint8_t *bytes, uint32_t count) {
    address(0xD0);
    (void)*at(I2C1 + 0x18);
    for (uint32_t place = 0; place < count; place++) {
        await(TXE);
        *at(I2C1 + 0x10) = bytes[place];
    }
    await(BTF);
}

static void receive(uint8_t where, volatile uint8_t *bytes, uint32_t count) {
    send(&where, 1);
    *at(I2C1) = ON | ACK;
    address(0xD1);
    for (uint32_t place = 0; place < count; place++) {
        if (place + 1 == count) *at(I2C1) = ON | STOP;
        if (place == 0) (void)*at(I2C1 + 0x18);
        await(RXNE);
        bytes[place] = (uint8_t)*at(I2C1 + 0x10);
    }
    while (*at(I2C1) & STOP) {
    }
}

void sensor_read(void) {
    static const uint8_t wake[] = {0x6B, 0};
    *at(I2C1 + 0x04) = 16;
    *at(I2C1 + 0x1C) = 1u << 15 | 14; /* 400 kHz: 3 * 14 cycles */
    *at(I2C1) = ON;
    send(wake, sizeof wake);
    *at(I2C1) = ON | STOP;
    while (*at(I2C1) & STOP) {
    }
    receive(0x75, &who, 1);
    receive(0x3B, sensed, sizeof sensed);
}
