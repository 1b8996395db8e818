/*
 * The ten phases of the boot, with the names of the MINIX table.
 *
 * Each does its work, reads the effect back from the hardware, waits for its delay if it has one, and only then
 * prints its line. A phase whose effect is not there halts the guest.
 */
#ifndef PHASES_H
#define PHASES_H

#include <stdbool.h>

#define PHASE_COUNT 10

const char *phase_name(int phase);
bool phases_passed(void);

/* Called by the start code on the loader's stack; true when the next phase's work (stack and BSS) is to be skipped. */
bool phases_begin(void);
/* Called by the start code on the kernel's stack; runs the rest of the boot, then the processes for ever. */
_Noreturn void phases_continue(void);

#endif
