/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads of the address space register, and where in the guest something happens. */
#ifndef SPACES_H
#define SPACES_H

#include "places.h"
#include "vcpu.h"

struct context {
	uint64_t space;
	uint64_t thread;
};

/* At the instruction that writes a register which this plugin follows. */
void space_written(unsigned vcpu, void *site);
/* At the begin of the block behind it, where the new value can be read. */
void space_after(struct vcpu *vcpu);

/* Where the CPU is now. `stack` is the user's stack pointer, `wide` what is_long_mode answers. At the begin of a block only. */
struct context context_of(struct vcpu *vcpu, uint64_t stack, bool wide);
/* What stands for a thread that has no register of its own. */
uint64_t thread_by_stack(uint64_t stack);
uint64_t space_of(struct vcpu *vcpu);
/* Whether addresses and registers are of 64-bit code. */
bool is_long_mode(struct vcpu *vcpu);

#endif
