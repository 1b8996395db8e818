/*
 * The information page: written by the kernel, mapped read-only into every process (as MINIX maps its kerninfo).
 * A process reads the counters here without a call, so reading them changes none of them.
 */
#ifndef INFORMATION_H
#define INFORMATION_H

#include <stdint.h>

#include "abi.h"
#include "counters.h"

/* What the kernel command line asks for; zero means not asked. */
struct options {
	uint32_t calls, faults, switches;
	uint32_t stride_bytes, stride_count;
	uint32_t instructions;
	uint32_t install;
	char entry[12];
	uint32_t words; /* how many words were read */
};

struct information {
	struct counters counters;
	struct fault_kinds fault_kinds;
	uint32_t available;      /* bit per entry: this CPU has it */
	uint32_t cancellations;  /* how often Ctrl-C was received, read or not */
	uint32_t stride_physical; /* physical address of the stride buffer */
	struct options options;
};

/* The kernel's own view; a process finds it at INFORMATION_PAGE. */
extern struct information information;

#endif
