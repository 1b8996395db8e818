/* The registers of a process, in the order in which the trap entry stores them (arm/entry.S). */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdint.h>

struct registers {
	uint32_t r[15]; /* r13 and r14 are those of user mode */
	uint32_t pc, psr; /* stored by SRS (ARM ARM, A8.8.189) */
};

#endif
