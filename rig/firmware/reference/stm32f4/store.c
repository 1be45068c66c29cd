/* Settings in two sectors of the flash, written one after the other like a log.
 *
 * A record is a head, the bytes and a checksum; the one with the highest number counts. A record that power has cut off
 * has a wrong checksum, and the one before it counts. The sector that does not hold the newest record is erased at the
 * next start, before any interrupt is on: an erasure stops the processor for a quarter of a second. So whenever power
 * goes, one whole record is left.
 *
 * Source: RM0090 3.6 (erase and program), data sheet DS8626 5.3.12 (times).
 */
#include "board.h"
#include "cortex_m4.h"
#include "hal.h"
#include "port.h"
#include "registers.h"

static flash_block *const flash = (flash_block *)FLASH_AT;

enum { SECTOR_WORDS = 16384 / 4, HEAD_WORDS = 3, LONGEST_WORDS = 512 / 4, SECTORS = 2 };
static const uint32_t BLANK = UINT32_MAX;
static const uint32_t MAGIC = 0x5354494Du;

/* The script of the board says where they lie: 16 KiB each. */
extern uint32_t ld_store_a[], ld_store_b[];
static uint32_t *const sectors[SECTORS] = {ld_store_a, ld_store_b};

static uint32_t active;     /* sector of the newest record */
static uint32_t next_word;  /* where in it the next record goes */
static uint32_t number;     /* of the newest record */

/* CRC-32 as in IEEE 802.3, a bit at a time: some hundred bytes, at start and when a setting changes. */
static uint32_t checksum(const uint32_t *words, uint32_t count) {
  uint32_t sum = UINT32_MAX;
  for (uint32_t word = 0; word < count; word++) {
    sum ^= words[word];
    for (uint32_t bit = 0; bit < 32; bit++) {
      sum = (sum >> 1) ^ ((sum & 1u) ? 0xEDB88320u : 0u);
    }
  }
  return ~sum;
}

static bool await_done(void) {
  for (uint32_t turn = 0; turn < 500000; turn++) {
    const uint32_t status = flash->SR;
    if (!(status & FLASH_SR_BSY)) {
      return (status & FLASH_SR_ERRORS) == 0;
    }
    spin_cycles(BOARD_HCLK_HZ / 250000); /* 4 us; a word takes 16 us */
  }
  return false;
}

static void unlock(void) {
  if (flash->CR & FLASH_CR_LOCK) {
    flash->KEYR = FLASH_KEY1;
    flash->KEYR = FLASH_KEY2;
  }
  flash->SR = FLASH_SR_ERRORS;
}

/* The data cache does not see what was programmed or erased: RM0090 3.5.2. */
static void lock(void) {
  flash->CR = FLASH_CR_LOCK;
  flash->ACR = BOARD_FLASH_WAIT_STATES | FLASH_ACR_PRFTEN | FLASH_ACR_ICEN;
  flash->ACR = BOARD_FLASH_WAIT_STATES | FLASH_ACR_PRFTEN | FLASH_ACR_ICEN | FLASH_ACR_DCRST;
  flash->ACR = BOARD_FLASH_WAIT_STATES | FLASH_ACR_PRFTEN | FLASH_ACR_ICEN | FLASH_ACR_DCEN;
}

static bool is_blank(const uint32_t *sector) {
  for (uint32_t word = 0; word < SECTOR_WORDS; word++) {
    if (sector[word] != BLANK) {
      return false;
    }
  }
  return true;
}

static void erase(uint32_t sector) {
  unlock();
  flash->CR = FLASH_CR_SER | FLASH_CR_WORDS | (BOARD_STORE_SECTOR + sector) << FLASH_CR_SNB_AT;
  flash->CR |= FLASH_CR_STRT;
  (void)await_done();
  lock();
}

static bool program(uint32_t *where, const uint32_t *words, uint32_t count) {
  flash->CR = FLASH_CR_PG | FLASH_CR_WORDS;
  for (uint32_t word = 0; word < count; word++) {
    ((volatile uint32_t *)where)[word] = words[word];
    if (!await_done() || ((volatile uint32_t *)where)[word] != words[word]) {
      return false;
    }
  }
  return true;
}

/* Length of the record at `at`, head and checksum included; 0 where there is no more that could be one. */
static uint32_t record_words(const uint32_t *sector, uint32_t at) {
  if (at + HEAD_WORDS + 1 > SECTOR_WORDS || sector[at] != MAGIC) {
    return 0;
  }
  const uint32_t count = sector[at + 2];
  return count <= LONGEST_WORDS && at + HEAD_WORDS + count + 1 <= SECTOR_WORDS ? HEAD_WORDS + count + 1 : 0;
}

/* First word behind the records of a sector; whatever is not blank behind them makes it full. */
static uint32_t scan_sector(uint32_t sector, const uint32_t **newest) {
  const uint32_t *const words = sectors[sector];
  uint32_t at = 0;
  for (uint32_t size = record_words(words, at); size != 0; size = record_words(words, at)) {
    const bool is_whole = checksum(words + at, size - 1) == words[at + size - 1];
    if (is_whole && (*newest == 0 || words[at + 1] > number)) {
      *newest = words + at;
      number = words[at + 1];
      active = sector;
    }
    at += size;
  }
  return at < SECTOR_WORDS && words[at] == BLANK ? at : SECTOR_WORDS;
}

stored_bytes store_open(void) {
  const uint32_t *newest = 0;
  uint32_t ends[SECTORS];
  active = 0;
  number = 0;
  for (uint32_t sector = 0; sector < SECTORS; sector++) {
    ends[sector] = scan_sector(sector, &newest);
  }
  next_word = ends[active];
  if (!is_blank(sectors[1 - active])) {
    erase(1 - active);
  }
  if (newest == 0) {
    return (stored_bytes){0, 0};
  }
  return (stored_bytes){newest + HEAD_WORDS, 4 * newest[2]};
}

bool hal_store(const void *data, uint32_t size) {
  const uint32_t count = size / 4;
  if (size % 4 != 0 || count > LONGEST_WORDS) {
    return false;
  }
  if (next_word + HEAD_WORDS + count + 1 > SECTOR_WORDS) {
    if (sectors[1 - active][0] != BLANK) {
      return false; /* both are full: the next start makes room */
    }
    active = 1 - active;
    next_word = 0;
  }
  uint32_t record[HEAD_WORDS + LONGEST_WORDS + 1] = {MAGIC, number + 1, count};
  const uint8_t *const bytes = data;
  for (uint32_t byte = 0; byte < size; byte++) {
    ((uint8_t *)(record + HEAD_WORDS))[byte] = bytes[byte];
  }
  record[HEAD_WORDS + count] = checksum(record, HEAD_WORDS + count);
  unlock();
  const bool is_kept = program(sectors[active] + next_word, record, HEAD_WORDS + count + 1);
  lock();
  next_word += HEAD_WORDS + count + 1;
  number += is_kept ? 1 : 0;
  return is_kept;
}
