/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "traps.h"

#include <string.h>

#include "calls.h"
#include "count.h"
#include "model.h"
#include "options.h"
#include "places.h"
#include "registers.h"
#include "resumes.h"
#include "spaces.h"
#include "totals.h"
#include "trace.h"

#define VECTORS 256
#define PAGE_FAULT 14
#define FIRST_INTERRUPT 32
#define CR0_PROTECTED 1u
/* Faults that let their instruction begin again (SDM vol. 3, table 6-1). */
#define RESTARTING 0x000b7ce1u

enum { ARM_UNDEFINED = 1, ARM_CALL = 2, ARM_PREFETCH_ABORT = 3, ARM_DATA_ABORT = 4, ARM_INTERRUPT = 6, ARM_FAST_INTERRUPT = 7 };

static struct {
	uint64_t base;
	uint32_t limit;
} table;

void trap_table_loaded(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t address, void *unused)
{
	uint8_t operand[10] = { 0 };
	uint16_t limit;
	uint64_t base = 0;
	bool wide = is_long_mode(&vcpus[vcpu]);

	(void)unused;
	/* The operand is read in two accesses; the first is the limit, of two bytes. */
	if (qemu_plugin_mem_size_shift(info) != 1 || !memory_read(vcpu, address, operand, wide ? 10 : 6))
		return;
	memcpy(&limit, operand, sizeof limit);
	memcpy(&base, operand + 2, wide ? 8 : 4);
	table.base = base;
	table.limit = limit;
}

static uint64_t handler_of(const uint8_t *gate, bool wide)
{
	uint64_t handler = (uint64_t)gate[0] | (uint64_t)gate[1] << 8 | (uint64_t)gate[6] << 16 | (uint64_t)gate[7] << 24;
	uint32_t high = 0;

	if (wide)
		memcpy(&high, gate + 8, sizeof high);
	return handler | (uint64_t)high << 32;
}

static void look_x86(uint64_t address)
{
	uint8_t gates[VECTORS * 16];
	unsigned here = vcpu_here();
	bool wide = is_long_mode(&vcpus[here]);
	size_t gate_bytes = wide ? 16 : 8;
	size_t bytes = table.limit + 1u;

	if (table.base == 0 || !(register_read(here, REG_CR0) & CR0_PROTECTED))
		return;
	if (bytes > VECTORS * gate_bytes)
		bytes = VECTORS * gate_bytes;
	if (!memory_read(here, table.base, gates, bytes))
		return;
	for (size_t vector = 0; (vector + 1) * gate_bytes <= bytes; vector++) {
		const uint8_t *gate = gates + vector * gate_bytes;

		if ((gate[5] & 0x80) != 0 && handler_of(gate, wide) == address) {
			place_mark(address, PLACE_TRAP)->vector = (uint8_t)vector;
			return;
		}
	}
}

static void look_arm(uint64_t address)
{
	for (unsigned at = 0; at < vcpu_count; at++) {
		uint64_t base = vcpus[at].high_vectors ? 0xffff0000u : vcpus[at].vectors;
		uint64_t offset = address - base;

		if (offset >= 4 && offset < 32 && offset % 4 == 0)
			place_mark(address, PLACE_TRAP)->vector = (uint8_t)(offset / 4);
	}
}

bool traps_known(void)
{
	return table.base != 0;
}

void trap_look(uint64_t address)
{
	if (options.fault_handler != 0 && options.fault_handler == address)
		place_mark(address, PLACE_TRAP)->vector = architecture == ARCHITECTURE_ARM ? ARM_DATA_ABORT : PAGE_FAULT;
	else if (architecture == ARCHITECTURE_ARM)
		look_arm(address);
	else if (architecture != ARCHITECTURE_OTHER)
		look_x86(address);
}

#define MODES 65536
static struct {
	uint64_t page;
	bool user;
} modes[MODES];

void trap_note_mode(uint64_t address)
{
	uint64_t page = address >> 12;

	if (architecture != ARCHITECTURE_ARM)
		return;
	modes[page % MODES].page = page;
	modes[page % MODES].user = (register_read(vcpu_here(), REG_ARM_STATE) & 0x1f) == 0x10;
}

static bool runs_in_user_mode(uint64_t address)
{
	uint64_t page = address >> 12;

	return modes[page % MODES].page == page && modes[page % MODES].user;
}

static void append_fault(struct vcpu *vcpu, struct fault_record *record, uint64_t stack)
{
	struct context context = context_of(vcpu, stack, is_long_mode(vcpu));

	record->space = context.space;
	record->thread = context.thread;
	trace_append(&record->record);
}

/* The CPU pushed an error code, EIP, CS, EFLAGS and, coming from user mode, ESP and SS (SDM vol. 3, fig. 6-4 and 6-11). */
struct frame {
	uint64_t error, instruction, code, flags, stack;
};

static struct frame frame_of(struct vcpu *vcpu)
{
	bool wide = is_long_mode(vcpu);
	struct frame frame = { 0 };
	uint32_t narrow[5] = { 0 };

	if (wide) {
		memory_read(vcpu->index, register_read(vcpu->index, REG_SP), &frame, sizeof frame);
		return frame;
	}
	memory_read(vcpu->index, register_read(vcpu->index, REG_SP), narrow, sizeof narrow);
	frame = (struct frame){ narrow[0], narrow[1], narrow[2], narrow[3], narrow[4] };
	return frame;
}

static void page_fault(struct vcpu *vcpu)
{
	struct frame frame = frame_of(vcpu);
	uint64_t address = register_read(vcpu->index, REG_CR2);
	/* Without the NX bit the error code does not tell a fetch, but then the address is the instruction's own. */
	bool execute = (frame.error & 16) != 0 || address == frame.instruction;
	struct fault_record record;

	/* An instruction that could not be fetched was never begun. */
	if (!execute)
		count_restart();
	count_one(&totals.faults);
	model_forget_page(vcpu->index, address);
	if (!written(EVENT_FAULT))
		return;
	trace_stamp(&record.record, vcpu->index, RECORD_FAULT, sizeof record, count_before(0));
	record.record.detail = ((frame.error & 1) ? FAULT_PROTECTION : 0) | ((frame.error & 2) ? FAULT_WRITE : 0) |
	                       ((frame.error & 4) ? FAULT_USER : 0) | (execute ? FAULT_EXECUTE : 0);
	record.address = address;
	record.instruction = frame.instruction;
	append_fault(vcpu, &record, (frame.error & 4) && !has_one_thread() ? frame.stack : 0);
	fault_opens(&record, is_long_mode(vcpu) || (frame.code & 3) == 3 ? frame.stack : 0);
}

/* Permission and domain faults and cleared access flags, in the short and the long format (ARM ARM DDI 0406C, B3.13). */
static bool was_present(uint64_t status)
{
	uint64_t code = status & 0xf;

	if (status & 0x200)
		return (status & 0x3c) == 0x0c || (status & 0x3c) == 0x08;
	return code == 0x3 || code == 0x6 || code == 0x9 || code == 0xb || code == 0xd || code == 0xf;
}

static void arm_abort(struct vcpu *vcpu, bool execute)
{
	uint64_t behind = register_read(vcpu->index, REG_ARM_LR);
	uint64_t status = register_read(vcpu->index, execute ? REG_INSTRUCTION_FAULT_STATUS : REG_DATA_FAULT_STATUS);
	struct fault_record record;

	if (!execute)
		count_restart();
	count_one(&totals.faults);
	if (!wanted(EVENT_FAULT | EVENT_MODEL))
		return;
	record.address = register_read(vcpu->index, execute ? REG_INSTRUCTION_FAULT_ADDRESS : REG_DATA_FAULT_ADDRESS);
	/* The return address is 4 or 8 bytes ahead (ARM ARM, table B1-7). */
	record.instruction = behind - (execute ? 4 : 8);
	model_forget_page(vcpu->index, record.address);
	if (!written(EVENT_FAULT))
		return;
	trace_stamp(&record.record, vcpu->index, RECORD_FAULT, sizeof record, count_before(0));
	record.record.detail = (was_present(status) ? FAULT_PROTECTION : 0) | (!execute && (status & 0x800) ? FAULT_WRITE : 0) |
	                       (runs_in_user_mode(record.instruction) ? FAULT_USER : 0) | (execute ? FAULT_EXECUTE : 0);
	append_fault(vcpu, &record, 0);
	fault_opens(&record, record.thread);
}

static void interrupt(struct vcpu *vcpu, uint8_t vector)
{
	struct record record;

	count_one(&totals.interrupts);
	if (!written(EVENT_INTERRUPT))
		return;
	trace_stamp(&record, vcpu->index, RECORD_INTERRUPT, sizeof record, count_before(0));
	record.detail = vector;
	trace_append(&record);
}

static void taken_arm(struct vcpu *vcpu, uint8_t vector)
{
	if (vector == ARM_CALL)
		call_taken(vcpu);
	else if (vector == ARM_UNDEFINED)
		count_restart();
	else if (vector == ARM_PREFETCH_ABORT || vector == ARM_DATA_ABORT)
		arm_abort(vcpu, vector == ARM_PREFETCH_ABORT);
	else if (vector == ARM_INTERRUPT || vector == ARM_FAST_INTERRUPT)
		interrupt(vcpu, vector);
}

void trap_taken(struct vcpu *vcpu, uint8_t vector)
{
	if (architecture == ARCHITECTURE_ARM)
		taken_arm(vcpu, vector);
	else if (vector == PAGE_FAULT)
		page_fault(vcpu);
	else if (vector >= FIRST_INTERRUPT)
		interrupt(vcpu, vector);
	else if (RESTARTING >> vector & 1)
		count_restart();
}
