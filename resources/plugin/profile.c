/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile.h"

#include "count.h"
#include "options.h"
#include "registers.h"
#include "spaces.h"
#include "totals.h"
#include "trace.h"

/* Where a frame has what, in words from its pointer: GCC on x86, and all in Thumb state; GCC in ARM state; its -mapcs-frame. */
static const struct layout {
	int8_t caller_frame, return_address;
} layouts[] = { { 0, 1 }, { -1, 0 }, { -3, -1 } };

static bool word_at(struct vcpu *vcpu, uint64_t address, bool wide, uint64_t *word)
{
	*word = 0;
	return memory_read(vcpu->index, address, word, wide ? 8 : 4);
}

/* CALL with a relative address, or FF /2 with one of its operands (SDM vol. 2, table 2-2). */
static bool is_behind_call_x86(struct vcpu *vcpu, uint64_t address)
{
	static const uint8_t lengths[] = { 2, 3, 4, 6, 7 };
	uint8_t bytes[7];

	if (!memory_read(vcpu->index, address - sizeof bytes, bytes, sizeof bytes))
		return false;
	if (bytes[2] == 0xe8)
		return true;
	for (size_t at = 0; at < sizeof lengths; at++) {
		const uint8_t *instruction = bytes + sizeof bytes - lengths[at];

		if (instruction[0] == 0xff && (instruction[1] & 0x38) == 0x10)
			return true;
	}
	return false;
}

/* BL and BLX (ARM ARM DDI 0406C, A8.8.25 and A8.8.26); bit 0 of the address says Thumb. */
static bool is_behind_call_arm(struct vcpu *vcpu, uint64_t address)
{
	uint64_t word;

	if ((address & 3) == 2 || !word_at(vcpu, (address & ~(uint64_t)1) - 4, false, &word))
		return false;
	if (address & 1)
		return (word & 0xc000f800) == 0xc000f000 || (word >> 16 & 0xff80) == 0x4780;
	return (word & 0x0f000000) == 0x0b000000 || word >> 25 == 0x7d || (word & 0x0ffffff0) == 0x012fff30;
}

static bool is_behind_call(struct vcpu *vcpu, uint64_t address)
{
	return architecture == ARCHITECTURE_ARM ? is_behind_call_arm(vcpu, address) : is_behind_call_x86(vcpu, address);
}

/* Follows one frame: the return address, and the caller's frame. */
static bool step(struct vcpu *vcpu, bool wide, uint64_t *frame, uint64_t *caller)
{
	size_t known = architecture == ARCHITECTURE_ARM ? sizeof layouts / sizeof *layouts : 1;
	int word = wide ? 8 : 4;

	for (size_t at = 0; at < known; at++) {
		uint64_t next;

		if (word_at(vcpu, *frame + (uint64_t)(layouts[at].return_address * word), wide, caller) &&
		    is_behind_call(vcpu, *caller) &&
		    word_at(vcpu, *frame + (uint64_t)(layouts[at].caller_frame * word), wide, &next)) {
			*frame = next > *frame ? next : 0;
			return true;
		}
	}
	return false;
}

/* A function of ARM that calls nobody keeps its caller's frame and not its return address, which is in the link register still. */
static bool leave_leaf(struct vcpu *vcpu, uint64_t *frame, uint64_t *caller)
{
	uint64_t next, beyond, ignored;

	*caller = register_read(vcpu->index, REG_ARM_LR);
	if (architecture != ARCHITECTURE_ARM || !is_behind_call(vcpu, *caller) || !word_at(vcpu, *frame, false, &next) || next <= *frame)
		return false;
	beyond = next;
	if (!step(vcpu, false, &beyond, &ignored))
		return false;
	*frame = next;
	return true;
}

static uint64_t frame_pointer(struct vcpu *vcpu, bool wide)
{
	if (architecture != ARCHITECTURE_ARM)
		return register_read(vcpu->index, REG_BP) & (wide ? UINT64_MAX : UINT32_MAX);
	return register_read(vcpu->index, register_read(vcpu->index, REG_ARM_STATE) & STATE_THUMB ? REG_ARM_7 : REG_ARM_11);
}

/*
 * Walks up by frame pointers. Where a guest has none the register holds anything, so a return address counts only when a call
 * stands before it. Frames lie higher than the ones that they called.
 */
static uint32_t walk(struct vcpu *vcpu, uint64_t *callers)
{
	bool wide = is_long_mode(vcpu);
	uint64_t frame = frame_pointer(vcpu, wide);
	uint32_t found = 0;

	while (found < CALLERS && frame != 0 &&
	       (step(vcpu, wide, &frame, &callers[found]) || (found == 0 && leave_leaf(vcpu, &frame, &callers[0])))) {
		if (architecture == ARCHITECTURE_ARM)
			callers[found] &= ~(uint64_t)1;
		found++;
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
	context = context_of(vcpu, 0, is_long_mode(vcpu));
	callers = walk(vcpu, record.callers);
	trace_stamp(&record.record, index, RECORD_PROFILE,
	            (uint16_t)(sizeof record - (CALLERS - callers) * sizeof record.callers[0]), instructions);
	record.record.detail = callers;
	record.space = context.space;
	record.thread = context.thread;
	record.address = (uint64_t)(uintptr_t)address;
	trace_append(&record.record);
}
