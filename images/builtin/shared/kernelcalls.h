/* What processes ask of the kernel itself (MINIX's SYSTEM task), and the power switch. */
#ifndef KERNELCALLS_H
#define KERNELCALLS_H

#include "process.h"

/* Does the kernel call in the message at that address of the caller; the reply goes to the same place. */
int32_t kernel_call(struct process *caller, uint32_t message);

#endif
