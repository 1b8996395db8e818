/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Petri's plugin for QEMU's translator: it watches a guest from outside and writes what it sees into a trace. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api.h"
#include "calls.h"
#include "control.h"
#include "count.h"
#include "decode.h"
#include "model.h"
#include "options.h"
#include "places.h"
#include "profile.h"
#include "registers.h"
#include "resumes.h"
#include "spaces.h"
#include "symbols.h"
#include "totals.h"
#include "trace.h"
#include "traps.h"
#include "vcpu.h"

int qemu_plugin_version = PETRI_LEVEL;
struct vcpu vcpus[VCPUS];
unsigned vcpu_count = 1;
enum architecture architecture;
static qemu_plugin_id_t plugin;
static bool follows_kernel; /* something of calls, faults, spaces or interrupts is wanted */

static void register_callbacks(qemu_plugin_id_t id);

/* Blocks that were translated already do not know a symbol that was added. QEMU wants to be asked on a virtual CPU's thread. */
static void renew(void)
{
	if (control_wants_translation())
		qemu_plugin_reset(plugin, register_callbacks);
}

/* A virtual CPU that stood begins to run, or stands. */
static void on_turn(qemu_plugin_id_t id, unsigned vcpu)
{
	(void)id, (void)vcpu;
	renew();
}

static void on_vcpu(qemu_plugin_id_t id, unsigned vcpu)
{
	(void)id;
	if (vcpu < VCPUS)
		registers_find_on(vcpu);
}

/* At the begin of a block that is watched. */
static void on_place(unsigned index, void *data)
{
	struct vcpu *vcpu = &vcpus[index];
	const struct place *place = data;
	bool is_trap = (place->bits & PLACE_TRAP) != 0;

	renew();
	if (vcpu->after != AFTER_NOTHING)
		space_after(vcpu);
	if (vcpu->entering && (is_trap || (place->bits & PLACE_ENTRY)) && call_enters(vcpu, place))
		return;
	if (is_trap)
		trap_taken(vcpu, place->vector);
	else if (place->bits & PLACE_RETURN)
		call_returns(vcpu, place->address);
}

static size_t bytes_of(struct qemu_plugin_insn *instruction, uint8_t bytes[16])
{
	size_t length = qemu_plugin_insn_size(instruction);

	if (length > 16)
		length = 16;
#if PETRI_LEVEL <= 2
	memcpy(bytes, qemu_plugin_insn_data(instruction), length);
#else
	qemu_plugin_insn_data(instruction, bytes, length);
#endif
	return length;
}

static void on_forget(unsigned vcpu, void *unused)
{
	(void)unused;
	model_forget(vcpu);
}

static void watch_call(struct qemu_plugin_insn *instruction, const struct site *site)
{
	if (site->entry == ENTRY_INT && !(register_read(vcpu_here(), REG_CR0) & 1))
		return; /* in real mode it is the firmware's */
	if (site->entry != ENTRY_SVC)
		qemu_plugin_register_vcpu_insn_exec_cb(instruction, call_begins, QEMU_PLUGIN_CB_NO_REGS, site_of(site));
	if (wanted(EVENT_RETURN))
		place_mark(site->next_address, PLACE_RETURN);
}

static void watch(struct qemu_plugin_insn *instruction, struct site *site)
{
	switch (site->meaning) {
	case MEANS_CALL:
		watch_call(instruction, site);
		break;
	case MEANS_LEAVING:
		if (wanted(EVENT_RETURN))
			qemu_plugin_register_vcpu_insn_exec_cb(instruction, call_leaves, QEMU_PLUGIN_CB_NO_REGS, 0);
		break;
	case MEANS_BACK:
		if (wanted(EVENT_RETURN))
			qemu_plugin_register_vcpu_insn_exec_cb(instruction, call_leaves, QEMU_PLUGIN_CB_NO_REGS, 0);
		if (wanted(EVENT_FAULT))
			qemu_plugin_register_vcpu_insn_exec_cb(instruction, handler_leaves, QEMU_PLUGIN_CB_R_REGS, site_of(site));
		break;
	case MEANS_SPACE:
	case MEANS_VECTORS:
	case MEANS_CONTROL:
		qemu_plugin_register_vcpu_insn_exec_cb(instruction, space_written, QEMU_PLUGIN_CB_R_REGS, site_of(site));
		place_mark(site->next_address, PLACE_AFTER);
		break;
	case MEANS_TABLE:
		/* QEMU 7.2 mistakes reads for writes in this filter, so it is asked for both; LIDT only reads. */
		qemu_plugin_register_vcpu_mem_cb(instruction, trap_table_loaded, QEMU_PLUGIN_CB_R_REGS, QEMU_PLUGIN_MEM_RW, 0);
		break;
	case MEANS_FORGET:
		qemu_plugin_register_vcpu_insn_exec_cb(instruction, on_forget, QEMU_PLUGIN_CB_NO_REGS, 0);
		break;
	default:
		break;
	}
}

static void translate_instruction(struct qemu_plugin_insn *instruction, size_t behind, bool thumb)
{
	uint64_t address = qemu_plugin_insn_vaddr(instruction);
	struct site site = { .address = address, .behind = behind };
	uint8_t bytes[16];
	size_t length;

	if (wanted(EVENT_SYMBOL) && (site.about = symbol_at(address)) != 0) {
		qemu_plugin_register_vcpu_insn_exec_cb(instruction, symbol_reached, QEMU_PLUGIN_CB_NO_REGS, site_of(&site));
		site.about = 0;
	}
	if (!follows_kernel)
		return;
	length = bytes_of(instruction, bytes);
	struct decoded decoded = decode(bytes, length, thumb);
	if (decoded.meaning == MEANS_NOTHING)
		return;
	site.meaning = (uint8_t)decoded.meaning;
	site.entry = decoded.entry;
	site.vector = decoded.vector;
	site.source = decoded.source;
	site.next_address = address + length;
	watch(instruction, &site);
}

static void watch_place(struct qemu_plugin_tb *block, uint64_t address, bool thumb)
{
	struct place *place;

	trap_look(address);
	trap_note_mode(address);
	if (calls_entering())
		place_mark(address, PLACE_ENTRY);
	if (calls_leaving() || (wanted(EVENT_RETURN) && call_lies_before(address, thumb)))
		place_mark(address, PLACE_RETURN);
	place = place_find(address);
	if (place != 0)
		qemu_plugin_register_vcpu_tb_exec_cb(block, on_place, QEMU_PLUGIN_CB_R_REGS, place);
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
	size_t instructions = qemu_plugin_tb_n_insns(block);
	uint64_t address = qemu_plugin_tb_vaddr(block);
	bool thumb = architecture == ARCHITECTURE_ARM && register_read(vcpu_here(), REG_ARM_STATE) & STATE_THUMB;

	(void)id;
	renew();
	symbols_look(address);
	if (follows_kernel)
		watch_place(block, address, thumb);
	if (wanted(EVENT_PROFILE))
		qemu_plugin_register_vcpu_tb_exec_cb(block, profile_block, QEMU_PLUGIN_CB_R_REGS, (void *)(uintptr_t)address);
	model_block(block, instructions);
	if (follows_kernel || wanted(EVENT_SYMBOL))
		for (size_t at = 0; at < instructions; at++)
			translate_instruction(qemu_plugin_tb_get_insn(block, at), count_behind(at, instructions), thumb);
	count_block(block, instructions);
}

static void on_end(qemu_plugin_id_t id, void *unused)
{
	(void)id, (void)unused;
	model_append(0);
	totals_append(true);
	trace_flush();
	control_close();
}

static void register_callbacks(qemu_plugin_id_t id)
{
	qemu_plugin_register_vcpu_init_cb(id, on_vcpu);
	qemu_plugin_register_vcpu_idle_cb(id, on_turn);
	qemu_plugin_register_vcpu_resume_cb(id, on_turn);
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	qemu_plugin_register_atexit_cb(id, on_end, 0);
}

static enum architecture architecture_named(const char *name)
{
	if (!strcmp(name, "i386"))
		return ARCHITECTURE_I386;
	if (!strcmp(name, "x86_64"))
		return ARCHITECTURE_X86_64;
	return strcmp(name, "arm") ? ARCHITECTURE_OTHER : ARCHITECTURE_ARM;
}

static bool refuse(const char *reason)
{
	fprintf(stderr, "petri plugin: refused: %s\n", reason);
	return false;
}

static bool can_be_done(const qemu_info_t *info, uint32_t abilities)
{
	if (!info->system_emulation)
		return refuse("this is no emulation of a whole machine");
	if (info->system.max_vcpus > VCPUS)
		return refuse("more than 64 virtual CPUs");
	if (follows_kernel && architecture == ARCHITECTURE_OTHER)
		return refuse("calls, faults, spaces and interrupts of this architecture are not decoded");
	if (follows_kernel && !(abilities & ABILITY_REGISTERS))
		return refuse("this QEMU exports no function that reads the guest's registers");
	return true;
}

/* Nobody runs a guest to ask: the answer is on standard output, and QEMU ends. */
static _Noreturn void answer_probe(uint32_t abilities)
{
	printf("{\"level\":%d,\"architecture\":%d,\"registers\":%s,\"systemRegisters\":%s,\"decodes\":%s}\n", PETRI_LEVEL,
	       (int)architecture, abilities & ABILITY_REGISTERS ? "true" : "false",
	       abilities & ABILITY_SYSTEM_REGISTERS ? "true" : "false", abilities & ABILITY_DECODES ? "true" : "false");
	fflush(stdout);
	_exit(0);
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	uint32_t abilities;

	plugin = id;
	architecture = architecture_named(info->target_name);
	if (!options_parse(argc, argv))
		return 1;
	follows_kernel = wanted(EVENT_CALL | EVENT_RETURN | EVENT_FAULT | EVENT_SPACE | EVENT_INTERRUPT) || options.exact ||
	                 (wanted(EVENT_MODEL) && architecture != ARCHITECTURE_OTHER);
	if (info->system_emulation && info->system.max_vcpus > 0)
		vcpu_count = (unsigned)info->system.max_vcpus;
	for (unsigned at = 0; at < VCPUS; at++)
		vcpus[at].index = at;
	abilities = registers_find() | (architecture == ARCHITECTURE_OTHER ? 0 : ABILITY_DECODES);
	if (options.probe)
		answer_probe(abilities);
	window_is_open = options.window_open;
	if (!can_be_done(info, abilities) || !trace_open(architecture, (uint16_t)vcpu_count, abilities) || !model_prepare() ||
	    !symbols_read() || !control_open())
		return 1;
	count_prepare();
	register_callbacks(id);
	return 0;
}
