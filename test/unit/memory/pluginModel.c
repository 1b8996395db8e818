/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plugin's memory model without QEMU: model.c as it is, fed with accesses from stdin, so that a second model can be held against it.
 * Lines: `L instruction address bytes-as-power`, `S …` the same for a store, `F address instructions` for a block that begins with a line,
 * `X` for a switch of the address space; hex.
 * Arguments: SETSxWAYSxLINE of l1d, l1i and llc, SETSxWAYS of dtlb, itlb and stlb, instructions of a step. Prints the counters in the
 * order of the record, a line at the end of each step and at the end.
 */
#include <inttypes.h>
#include <stdio.h>

#include "model.c"

struct options options;
struct totals totals;
bool window_is_open = true;
struct vcpu vcpus[VCPUS];
unsigned vcpu_count = 1;
enum architecture architecture;

/* A page table that puts neighbours apart. It is a bijection on 20 bits; the test has it too. */
uint64_t page_physical(unsigned vcpu, uint64_t address)
{
	(void)vcpu;
	return ((address >> 12) * 0x9e3b1u & 0xfffff) << 12;
}

uint64_t trace_now(void) { return 0; }
static uint64_t carried_out;
uint64_t count_before(size_t behind) { return carried_out - behind; }
void trace_stamp(struct record *record, unsigned vcpu, enum record_kind kind, uint16_t bytes, uint64_t instructions)
{
	(void)record, (void)vcpu, (void)kind, (void)bytes, (void)instructions;
}
void trace_append(const struct record *record)
{
	const struct model_record *model = (const struct model_record *)record;
	const uint64_t *counter = (const uint64_t *)&model->counters;

	for (size_t at = 0; at < sizeof model->counters / sizeof *counter; at++)
		printf("%" PRIu64 " ", counter[at]);
	printf("\n");
}

/* Bits 0 to 3: the power; bit 16: a store. */
bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t info) { return (info & 0x10000) != 0; }
unsigned qemu_plugin_mem_size_shift(qemu_plugin_meminfo_t info) { return info & 0xf; }
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *block) { (void)block; return 0; }
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t at) { (void)block, (void)at; return 0; }
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *instruction) { (void)instruction; return 0; }
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *instruction) { (void)instruction; return 1; }
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *block, execution_callback call, enum qemu_plugin_cb_flags flags, void *data)
{
	(void)block, (void)call, (void)flags, (void)data;
}
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *instruction, memory_callback call, enum qemu_plugin_cb_flags flags,
                                      enum qemu_plugin_mem_rw which, void *data)
{
	(void)instruction, (void)call, (void)flags, (void)which, (void)data;
}

static void fetch_line(uint64_t address)
{
	struct fetch fetch = { .lines = 1 };

	fetch.page[0] = address >> PAGE_SHIFT;
	fetch.physical[0] = page_physical(0, address) | (address & PAGE_MASK & ~(uint64_t)((1u << fetch_shift) - 1));
	on_fetch(0, &fetch);
}

static struct geometry shape_of(const char *text)
{
	struct geometry shape = { .line = 4096 };

	sscanf(text, "%ux%ux%u", &shape.sets, &shape.ways, &shape.line);
	return shape;
}

int main(int argc, char **argv)
{
	struct model_options *model = &options.model;
	struct geometry *shapes[] = { &model->l1d, &model->l1i, &model->llc, &model->dtlb, &model->itlb, &model->stlb };
	uint64_t instruction, address, instructions;
	unsigned power;
	char kind;

	if (argc != 8)
		return 2;
	for (int at = 0; at < 6; at++)
		*shapes[at] = shape_of(argv[at + 1]);
	*model = (struct model_options){ .l1d = model->l1d, .l1i = model->l1i, .llc = model->llc, .dtlb = model->dtlb, .itlb = model->itlb,
		                         .stlb = model->stlb, .every = 1, .high = UINT64_MAX, .step = (uint32_t)strtoul(argv[7], 0, 10) };
	options.events = EVENT_MODEL;
	if (!model_prepare())
		return 1;
	model_begin();
	while (scanf(" %c", &kind) == 1) {
		if (kind == 'X') {
			model_forget(0);
		} else if (kind == 'F' && scanf("%" SCNx64 " %" SCNx64, &address, &instructions) == 2) {
			fetch_line(address);
			carried_out += instructions;
		} else if (scanf("%" SCNx64 " %" SCNx64 " %x", &instruction, &address, &power) == 3) {
			on_data(0, power | (kind == 'S' ? 0x10000u : 0), address, referrer_of(instruction));
		}
	}
	model_append(0);
	return 0;
}
