/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile.h"

#include "count.h"
#include "options.h"
#include "registers.h"
#include "spaces.h"
#include "totals.h"
#include "trace.h"

/*
 * Walks up by frame pointers: each frame begins with the caller's frame pointer, and the return address stands behind it (on
 * ARM as GCC's -mapcs does not, but its Thumb and newer ARM frames do). Frames lie higher than the ones that they called.
 */
static uint32_t walk(struct vcpu *vcpu, uint64_t *callers)
{
	bool wide = is_long_mode(vcpu);
	uint64_t frame = register_read(vcpu->index, architecture == ARCHITECTURE_ARM ? REG_ARM_11 : REG_BP);
	uint32_t found = 0;

	while (found < CALLERS && frame != 0) {
		uint64_t words[2] = { 0 };
		uint32_t narrow[2] = { 0 };

		if (!memory_read(vcpu->index, frame, wide ? (void *)words : (void *)narrow, wide ? sizeof words : sizeof narrow))
			break;
		if (!wide) {
			words[0] = narrow[0];
			words[1] = narrow[1];
		}
		if (words[1] == 0)
			break;
		callers[found++] = words[1];
		if (words[0] <= frame)
			break;
		frame = words[0];
	}
	return found;
}

void profile_block(unsigned index, void *address)
{
	struct vcpu *vcpu = &vcpus[index];
	uint64_t instructions = count_before(0);
	struct profile_record record;
	struct context context;
	uint32_t callers;

	if (instructions < vcpu->profile_next)
		return;
	vcpu->profile_next = instructions - instructions % options.profile_every + options.profile_every;
	if (!written(EVENT_PROFILE))
		return;
	context = context_of(vcpu, 0);
	callers = walk(vcpu, record.callers);
	trace_stamp(&record.record, index, RECORD_PROFILE,
	            (uint16_t)(sizeof record - (CALLERS - callers) * sizeof record.callers[0]), instructions);
	record.record.detail = callers;
	record.space = context.space;
	record.thread = context.thread;
	record.address = (uint64_t)(uintptr_t)address;
	trace_append(&record.record);
}
