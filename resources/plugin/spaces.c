/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spaces.h"

#include "count.h"
#include "decode.h"
#include "model.h"
#include "options.h"
#include "registers.h"
#include "totals.h"
#include "trace.h"

#define EFER_LONG_MODE_ACTIVE 0x400u      /* AMD64 APM vol. 2, 3.1.7 */
#define CR4_PHYSICAL_EXTENSION 0x20u      /* SDM vol. 3, 2.5 */
#define CONTROL_HIGH_VECTORS 0x2000u      /* SCTLR.V, ARM ARM DDI 0406C, B4.1.130 */
#define TABLES_ADDRESS 0xffffffc000u      /* TTBR0 without flags and ASID */
#define PAGE_OF_STACK (~(uint64_t)0xfff)

bool is_long_mode(struct vcpu *vcpu)
{
	return architecture == ARCHITECTURE_X86_64 && (register_read(vcpu->index, REG_EFER) & EFER_LONG_MODE_ACTIVE) != 0;
}

/* With physical address extension and 32 bits the tables may lie at any 32 bytes; elsewhere those bits are 0 or flags. */
static bool is_extended(struct vcpu *vcpu)
{
	return (register_read(vcpu->index, REG_CR4) & CR4_PHYSICAL_EXTENSION) && !is_long_mode(vcpu);
}

uint64_t space_of(struct vcpu *vcpu)
{
	uint64_t value;

	if (architecture == ARCHITECTURE_ARM)
		return register_known(REG_TABLES) ? register_read(vcpu->index, REG_TABLES) & TABLES_ADDRESS : vcpu->space;
	value = register_read(vcpu->index, REG_CR3);
	if ((value & 0xfe0) != 0 && is_extended(vcpu))
		return value & 0xffffffe0u;
	return value & 0x000ffffffffff000u;
}

uint64_t thread_by_stack(uint64_t stack)
{
	return stack & PAGE_OF_STACK;
}

struct context context_of(struct vcpu *vcpu, uint64_t stack, bool wide)
{
	struct context context = { .space = space_of(vcpu) };

	if (architecture == ARCHITECTURE_ARM) {
		/* The user's stack pointer is out of sight in the kernel, so it cannot name a thread. */
		context.thread = register_read(vcpu->index, REG_THREAD);
		return context;
	}
	if (has_one_thread())
		return context;
	context.thread = register_read(vcpu->index, wide ? REG_FS_BASE : REG_GS_BASE);
	if (context.thread == 0)
		context.thread = thread_by_stack(stack);
	return context;
}

void space_written(unsigned index, void *data)
{
	struct vcpu *vcpu = &vcpus[index];
	const struct site *site = data;

	/* What was loaded before and not read so far is read now: control registers are exact everywhere. */
	if (vcpu->after == AFTER_SPACE)
		space_after(vcpu);
	if (site->meaning == MEANS_SPACE) {
		/* One that is counted in the window is written, although its value is read behind it. */
		vcpu->after_written = written(EVENT_SPACE);
		count_one(&totals.space_loads);
		if (architecture != ARCHITECTURE_ARM)
			model_forget(index);
	}
	vcpu->after = site->meaning == MEANS_SPACE ? AFTER_SPACE : site->meaning == MEANS_VECTORS ? AFTER_VECTORS : AFTER_CONTROL;
	vcpu->after_register = site->source;
	vcpu->after_ns = trace_now();
	vcpu->after_instructions = count_before(site->behind);
}

static uint64_t written_value(struct vcpu *vcpu)
{
	return register_read(vcpu->index, REG_ARM_0 + vcpu->after_register);
}

void space_after(struct vcpu *vcpu)
{
	enum after after = vcpu->after;
	struct space_record record;

	vcpu->after = AFTER_NOTHING;
	if (after == AFTER_VECTORS)
		vcpu->vectors = written_value(vcpu);
	if (after == AFTER_CONTROL)
		vcpu->high_vectors = (written_value(vcpu) & CONTROL_HIGH_VECTORS) != 0;
	if (after != AFTER_SPACE)
		return;
	if (architecture == ARCHITECTURE_ARM)
		vcpu->space = written_value(vcpu) & TABLES_ADDRESS;
	if (!vcpu->after_written)
		return;
	trace_stamp(&record.record, vcpu->index, RECORD_SPACE, sizeof record, vcpu->after_instructions);
	record.record.at_ns = vcpu->after_ns;
	record.space = architecture == ARCHITECTURE_ARM ? vcpu->space : space_of(vcpu);
	trace_append(&record.record);
}
