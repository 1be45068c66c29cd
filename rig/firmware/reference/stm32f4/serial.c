/* Serial line, 115200 baud, 8N1: both ways by interrupt. */
#include "board.h"
#include "hal.h"
#include "pins.h"
#include "port.h"
#include "registers.h"

static usart_block *const usart = (usart_block *)BOARD_USART;

/* Bytes on their way out: the main loop moves `head`, the interrupt moves `tail`; a full turn is 256, so they wrap by
 * themselves. */
static uint8_t queue[256];
static volatile uint8_t head;
static volatile uint8_t tail;

static const uint32_t RECEIVING =
    USART_CR1_UE | USART_CR1_TE | USART_CR1_RE | USART_CR1_RXNEIE;

void serial_start(void) {
  head = 0;
  tail = 0;
  gpio_block *const port = (gpio_block *)BOARD_SERIAL_PORT;
  pin_set_pull(port, BOARD_SERIAL_RX, PULL_UP); /* an open line rests */
  pin_set_function(port, BOARD_SERIAL_TX, 7);
  pin_set_function(port, BOARD_SERIAL_RX, 7);
  usart->BRR = (BOARD_USART_HZ + 115200 / 2) / 115200;
  usart->CR1 = RECEIVING;
}

bool hal_uart_write(const char *text, uint32_t size) {
  const uint32_t used = (uint8_t)(head - tail);
  if (size > sizeof queue - 1 - used) {
    return false;
  }
  uint8_t at = head;
  for (uint32_t i = 0; i < size; i++) {
    queue[at++] = (uint8_t)text[i];
  }
  head = at;
  usart->CR1 = RECEIVING | USART_CR1_TXEIE;
  return true;
}

void serial_isr(void) {
  const uint32_t status = usart->SR;
  if (status & (USART_SR_RXNE | USART_SR_ORE)) {
    const uint8_t byte = (uint8_t)usart->DR; /* clears the errors too */
    /* A damaged or lost byte must not shorten "130" to "30": 0 stands in no command, so its line is refused. */
    const bool is_whole = (status & (USART_SR_FE | USART_SR_NE | USART_SR_ORE)) == 0;
    fw_uart_rx(is_whole ? byte : 0);
  }
  if (status & USART_SR_TXE) {
    if (tail == head) {
      usart->CR1 = RECEIVING;
    } else {
      usart->DR = queue[tail];
      tail = (uint8_t)(tail + 1);
    }
  }
}
