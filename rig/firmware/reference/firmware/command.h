/* The serial line: commands that are answered, and what the box tells by itself. README.md lists them. */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "settings.h"

/* Nothing has come in, nothing is to be sent; these settings count. From `fw_init`. */
void command_reset(const settings *set);

/* A byte came in. From its interrupt. */
void command_byte(uint8_t byte);

/* Answer what has come in and tell what there is to tell, as far as the line takes it. From the main loop. */
void command_work(uint32_t now_ms);

/* The settings as the line knows them. From the main loop. */
const settings *command_settings(void);

/* How often they have been written. From the main loop. */
uint32_t command_writes(void);

#endif
