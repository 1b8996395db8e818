/* The interrupt controller: a GICv2 (ARM IHI 0048, chapter 4). */
#ifndef INTERRUPTS_H
#define INTERRUPTS_H

#include <stdbool.h>
#include <stdint.h>

void interrupts_start(void);
/* Whether both halves of the controller pass interrupts on, and none is enabled yet. */
bool interrupts_started(void);
void interrupt_enable(uint32_t number);
bool interrupt_enabled(uint32_t number);
bool interrupt_pending(uint32_t number);
/* Takes the interrupt that is due; its number, or 1023 when there is none. */
uint32_t interrupt_take(void);
void interrupt_end(uint32_t number);

#endif
