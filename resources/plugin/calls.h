/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls: the instruction, the kernel's entry with its registers, and the return to user mode. */
#ifndef CALLS_H
#define CALLS_H

#include "places.h"
#include "vcpu.h"

/* At the call instruction; on x86 only. */
void call_begins(unsigned vcpu, void *site);
/* At an instruction that leaves the kernel. */
void call_leaves(unsigned vcpu, void *site);
/* x86: at a block that may be the kernel's entry for the call that just began; answers whether it is. */
bool call_enters(struct vcpu *vcpu, const struct place *place);
/* ARM: at the vector to which nothing leads but SVC. */
void call_taken(struct vcpu *vcpu);
/*
 * Whether a call instruction stands before an address that is translated. Code may jump to where a call returns to before the
 * call itself was translated.
 */
bool call_lies_before(uint64_t address, bool thumb);
/* At a block where calls return to. */
void call_returns(struct vcpu *vcpu, uint64_t address);

/* Whether some virtual CPU is on its way into a kernel, so that what is translated now may be an entry. */
bool calls_entering(void);
/* Whether one is on its way out to an address that is not known; asking takes the answer away. */
bool calls_leaving(void);

#endif
