/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "count.h"

#include "options.h"
#include "vcpu.h"

static uint64_t restarts;

#if PETRI_LEVEL == 1
/* One counter, to which translated code adds by itself: only where there is one virtual CPU. Else each has its own. */
static uint64_t counted;
static struct {
	uint64_t instructions;
	uint64_t padding[7]; /* a cache line each */
} own[VCPUS];

void count_prepare(void)
{
}

static void add(unsigned vcpu, void *amount)
{
	own[vcpu].instructions += (uintptr_t)amount;
}

static uint64_t sum(void)
{
	uint64_t instructions = counted;

	for (unsigned at = 0; at < vcpu_count && vcpu_count > 1; at++)
		instructions += own[at].instructions;
	return instructions;
}

static void add_at_block(struct qemu_plugin_tb *block, size_t instructions)
{
	if (vcpu_count == 1)
		qemu_plugin_register_vcpu_tb_exec_inline(block, QEMU_PLUGIN_INLINE_ADD_U64, &counted, instructions);
	else
		qemu_plugin_register_vcpu_tb_exec_cb(block, add, QEMU_PLUGIN_CB_NO_REGS, (void *)(uintptr_t)instructions);
}

static void add_at_instruction(struct qemu_plugin_insn *instruction)
{
	if (vcpu_count == 1)
		qemu_plugin_register_vcpu_insn_exec_inline(instruction, QEMU_PLUGIN_INLINE_ADD_U64, &counted, 1);
	else
		qemu_plugin_register_vcpu_insn_exec_cb(instruction, add, QEMU_PLUGIN_CB_NO_REGS, (void *)(uintptr_t)1);
}
#else
static qemu_plugin_u64 counter;

void count_prepare(void)
{
	counter.score = qemu_plugin_scoreboard_new(sizeof(uint64_t));
	counter.offset = 0;
}

static uint64_t sum(void)
{
	return qemu_plugin_u64_sum(counter);
}

static void add_at_block(struct qemu_plugin_tb *block, size_t instructions)
{
	qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(block, QEMU_PLUGIN_INLINE_ADD_U64, counter, instructions);
}

static void add_at_instruction(struct qemu_plugin_insn *instruction)
{
	qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(instruction, QEMU_PLUGIN_INLINE_ADD_U64, counter, 1);
}
#endif

void count_block(struct qemu_plugin_tb *block, size_t instructions)
{
	if (!wanted(EVENT_INSTRUCTIONS))
		return;
	if (!options.exact) {
		add_at_block(block, instructions);
		return;
	}
	for (size_t at = 0; at < instructions; at++)
		add_at_instruction(qemu_plugin_tb_get_insn(block, at));
}

void count_restart(void)
{
	if (options.exact)
		__atomic_fetch_add(&restarts, 1, __ATOMIC_RELAXED);
}

uint64_t count_before(size_t behind)
{
	if (!wanted(EVENT_INSTRUCTIONS))
		return UINT64_MAX;
	return sum() - __atomic_load_n(&restarts, __ATOMIC_RELAXED) - behind;
}

size_t count_behind(size_t at, size_t instructions)
{
	return options.exact ? 0 : instructions - at;
}
