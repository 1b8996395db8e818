/* The registers of a process, in the order in which the trap entry pushes them (i386/entry.S). */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdint.h>

struct registers {
	uint32_t edi, esi, ebp, unused_esp, ebx, edx, ecx, eax; /* pushal */
	uint32_t vector, error;
	uint32_t eip, cs, eflags, esp, ss; /* pushed by the CPU (SDM vol. 3, 6.12.1) */
};

#endif
