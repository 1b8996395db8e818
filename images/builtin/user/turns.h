/* Running long enough to lose the processor to a tick, which the boot waits to see. */
#ifndef TURNS_H
#define TURNS_H

#include "calls.h"

/* Two ticks later every other process that does the same had its turn and lost it. */
static inline void take_turns(void)
{
	uint32_t start = kernel_information->counters.ticks;

	while (kernel_information->counters.ticks - start < 2)
		;
}

/* Returns just after a tick, so that the next one is a whole period away. */
static inline void wait_for_tick(void)
{
	uint32_t start = kernel_information->counters.ticks;

	while (kernel_information->counters.ticks == start)
		;
}

#endif
