/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of each virtual CPU. Only its own thread touches it. */
#ifndef VCPU_H
#define VCPU_H

#include <stdbool.h>

#include "records.h"

#define VCPUS 64

/* Something was seen whose result shows only at the begin of the next block, where registers are exact. */
enum after { AFTER_NOTHING, AFTER_SPACE, AFTER_VECTORS, AFTER_CONTROL };

struct vcpu {
	unsigned index;
	/* A call instruction began and its handler was not reached yet. */
	bool entering;
	enum call_entry entry;
	uint8_t vector;
	uint64_t call_at;   /* address of the call instruction */
	uint64_t return_at; /* of the one behind it; 0 when the kernel chooses it */
	/* An instruction began that leaves the kernel. */
	bool leaving;
	/* A system register is being written. */
	enum after after;
	unsigned after_register;
	uint64_t after_instructions;
	uint64_t after_ns;
	bool after_written;
	uint64_t space;   /* ARM: as it was last seen to be loaded */
	uint64_t vectors; /* ARM: VBAR */
	bool high_vectors;
	uint64_t profile_next;
};

extern struct vcpu vcpus[VCPUS];
extern unsigned vcpu_count;
extern enum architecture architecture;

#endif
