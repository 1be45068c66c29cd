/* The entry points: what runs when, and what keeps the watchdog quiet. */
#include <stddef.h>

#include "box.h"
#include "command.h"
#include "generator.h"
#include "hal.h"
#include "keeper.h"
#include "log.h"
#include "mailbox.h"
#include "protection.h"
#include "scale.h"
#include "status.h"
#include "step.h"
#include "store.h"
#include "train.h"

static box me;
static uint32_t kicked_ms;

void fw_init(const void *stored, uint32_t size) {
  settings set = settings_preset();
  const bool found = store_unpacked(stored, size, &set);
  const bool damaged = size > 0 && !found;
  log_reset();
  log_tell(found ? LOG_START_STORED : damaged ? LOG_START_DAMAGED : LOG_START_PRESET);
  mailbox_reset();
  status_reset();
  keeper_reset();
  command_reset(&set);
  generator_reset();
  kicked_ms = 0;
  me = (box){.set = set, .step = STEP_WAITS};
  heel_reset(&me.foot);
  sensor_check_reset(&me.check);
  protection_starts(&me, damaged);
  hal_panel(0);
}

/* Status line and lamps say how things stand. */
static void show(void) {
  const bool wrong = me.lifted || (me.held & (HELD_CHARGE | HELD_SENSOR | HELD_SETTINGS)) != 0;
  const bool low = me.supply_mv * 1000u < (uint32_t)me.set.value[SET_LOW_BATTERY] * FRESH_BATTERY_MV;
  uint32_t bits = 0;
  if (me.running) bits |= 1u << HAL_STATUS | 1u << HAL_LAMP_OUTPUT;
  if (low) bits |= 1u << HAL_LAMP_LOW_BATTERY;
  if (wrong) bits |= 1u << HAL_LAMP_FAULT;
  if (me.over.falls_short) bits |= 1u << HAL_LAMP_HIGH_IMPEDANCE;
  hal_panel(bits);
}

void fw_tick(void) {
  me.ms++;
  if (mailbox_take(&me.set)) {
    protection_settings(&me);
    train_follow(&me);
  }
  const uint16_t heel_code = hal_adc_read(HAL_HEEL_SWITCH);
  me.supply_mv = supply_mv(hal_adc_read(HAL_SUPPLY));
  const heel_change change = heel_look(&me.foot, heel_code, &me.set);
  protection_tick(&me, sensor_check_look(&me.check, heel_code, &me.set));
  protection_pulses(&me);
  step_tick(&me, change);
  show();
  status_show(me.held, me.running, me.lifted, me.supply_mv);
}

void fw_deferred(void) {
  const uint32_t now_ms = status_ms();
  command_work(now_ms);
  keeper_work(command_settings(), command_writes(), now_ms);
  if (now_ms != kicked_ms && generator_in_time()) {
    kicked_ms = now_ms;
    hal_watchdog_kick((uint32_t)command_settings()->value[SET_WATCHDOG]);
  }
}

void fw_uart_rx(uint8_t byte) { command_byte(byte); }

void fw_button(hal_button button, bool pressed) {
  if (button == HAL_BUTTON_STOP) {
    mailbox_stop_is(pressed);
    if (!pressed) return;
    generator_stop();
    mailbox_order(ORDER_STOP);
  } else if (button == HAL_BUTTON_REARM && pressed) {
    mailbox_order(ORDER_REARM);
  }
}
