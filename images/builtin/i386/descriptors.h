/* Segments, gates and the task state segment (SDM vol. 3, ch. 3, 6 and 7). */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

/* The order is that of SYSENTER and SYSEXIT, which find the other three segments behind SYSENTER_CS (SDM vol. 2). */
#define KERNEL_CODE 0x08
#define KERNEL_STACK 0x10
#define USER_CODE 0x1b
#define USER_DATA 0x23
#define TASK_STATE 0x28

/* Vectors of the frame that no `int` has: how the entry code names the two fast calls. */
#define VECTOR_SYSENTER 0x100
#define VECTOR_SYSCALL 0x101

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stdint.h>

/* Points a vector at code that runs in the kernel with interrupts off; `user` lets `int` reach it from ring 3. */
void descriptors_gate(uint32_t vector, const void *handler, bool user);
/* Whether that gate, read where SIDT says the table is, leads to the handler for `int` from ring 3. */
bool descriptors_gate_open(uint32_t vector, const void *handler);
#endif

#endif
