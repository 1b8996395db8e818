#include "loads.h"

#include "bytes.h"
#include "output.h"
#include "pattern.h"
#include "pieces.h"
#include "switching.h"
#include "turns.h"

__attribute__((noinline)) void load_begin(void)
{
	__asm__ volatile("");
}

__attribute__((noinline)) void load_end(void)
{
	__asm__ volatile("");
}

/* Ctrl-C shows in the information page: looking costs no call. */
static bool go_on(struct load *load)
{
	load->cancelled = kernel_information->cancellations != load->cancellations;
	return load->done < load->amount && !load->cancelled;
}

/* Kernel calls that the kernel answers itself, so that the caller is the only one who calls. */
static void load_calls(struct load *load)
{
	bool in_turn = load->parameter == ENTRY_COUNT;
	uint32_t entry = in_turn ? 0 : load->parameter;

	for (; go_on(load); load->done++) {
		struct message message;

		message.type = SYS_TIMES;
		while (in_turn && !(kernel_information->available >> entry % ENTRY_COUNT & 1))
			entry++;
		entry_ways[entry % ENTRY_COUNT].call(SENDREC, SYSTEM, &message);
		entry += in_turn;
	}
}

/* The kernel keeps ARENA_RESIDENT pages; walking round more of them finds each page gone (first in, first out). */
static void load_faults(struct load *load)
{
	for (; go_on(load); load->done++) {
		volatile uint8_t *page = (volatile uint8_t *)(uintptr_t)(ARENA + load->arena_page * PAGE_BYTES);

		if (load->parameter == FAULT_READ || load->parameter == FAULT_PROTECTION)
			*page;
		if (load->parameter == FAULT_WRITE || load->parameter == FAULT_PROTECTION)
			*page = 1;
		if (load->parameter == FAULT_EXECUTE)
			((void (*)(void))(uintptr_t)page)();
		load->arena_page = (load->arena_page + 1) % ARENA_PAGES;
	}
}

/* The counters are read by the side that gets the last switch. */
static void load_switches(struct load *load)
{
	struct message message = { .type = SWITCH };

	message.words[0] = load->amount;
	message.words[1] = load->cancellations;
	switching_play(PARTNER, &message);
	memcpy(&load->after, message.words, sizeof load->after);
	load->done = load->amount - message.words[COUNTER_WORDS];
	load->cancelled = load->done < load->amount;
}

static void load_ipc(struct load *load)
{
	for (; go_on(load); load->done++) {
		struct message message;

		message.type = PM_GETPID;
		ipc_sendrec(PARTNER, &message);
	}
}

/* Makes every page of the buffer present, so that the loads that count fault nowhere. */
static void touch_stride_buffer(void)
{
	for (uint32_t at = 0; at < STRIDE_BUFFER_BYTES; at += PAGE_BYTES)
		*(const volatile uint8_t *)(uintptr_t)(STRIDE_BUFFER + at);
}

/* Nothing but these loads: the loop lives in registers, so that an instrument sees one data access per turn. */
__attribute__((noinline)) uint32_t stride_walk(uint32_t at, uint32_t stride, uint32_t turns)
{
	for (; turns; turns--) {
		*(const volatile uint8_t *)(uintptr_t)(STRIDE_BUFFER + at);
		at = (at + stride) % STRIDE_BUFFER_BYTES;
	}
	return at;
}

/* The same with stores. */
__attribute__((noinline)) uint32_t stride_store(uint32_t at, uint32_t stride, uint32_t turns)
{
	for (; turns; turns--) {
		*(volatile uint8_t *)(uintptr_t)(STRIDE_BUFFER + at) = 1;
		at = (at + stride) % STRIDE_BUFFER_BYTES;
	}
	return at;
}

/* A ring of pieces, one at each stride. */
static void write_pieces(uint32_t stride)
{
	for (uint32_t at = 0; at < CODE_BYTES; at += stride)
		piece_write(STRIDE_BUFFER + at, STRIDE_BUFFER + (at + stride) % CODE_BYTES);
}

static uint32_t jump_on(uint32_t at, uint32_t stride, uint32_t turns)
{
	code_walk(STRIDE_BUFFER + at, turns);
	return (at + stride * turns) % CODE_BYTES;
}

#define STRIDE_PIECE 65536u /* turns between two looks for Ctrl-C */

static void load_stride(struct load *load, uint32_t (*walk)(uint32_t at, uint32_t stride, uint32_t turns))
{
	uint32_t at = 0;

	while (go_on(load)) {
		uint32_t rest = load->amount - load->done;
		uint32_t turns = rest < STRIDE_PIECE ? rest : STRIDE_PIECE;

		at = walk(at, load->parameter, turns);
		load->done += turns;
	}
}

static void load_flood(struct load *load)
{
	while (go_on(load)) {
		char line[PATTERN_LINE];
		uint32_t rest = load->amount - load->done;
		int32_t written;

		pattern_line(line, load->done);
		written = write_bytes(line, rest < sizeof line ? rest : sizeof line);
		if (written <= 0)
			return;
		load->done += (uint32_t)written;
	}
}

/* Nothing but the loop of counting.S, whose instructions are known by number. */
static void load_instructions(struct load *load)
{
	count_turns(load->amount);
	load->done = load->amount;
}

#define WAIT_PIECE 100u /* milliseconds between two looks for Ctrl-C */

static void load_wait(struct load *load)
{
	while (go_on(load)) {
		struct message message = { .type = SYS_WAIT };
		uint32_t rest = load->amount - load->done;

		message.words[0] = rest < WAIT_PIECE ? rest : WAIT_PIECE;
		load->done += message.words[0];
		system_call(&message);
	}
}

static void run(struct load *load)
{
	switch (load->type) {
	case LOAD_CALLS:
		load_calls(load);
		break;
	case LOAD_FAULTS:
		load_faults(load);
		break;
	case LOAD_SWITCHES:
		load_switches(load);
		break;
	case LOAD_STRIDE:
		load_stride(load, stride_walk);
		break;
	case LOAD_STORE:
		load_stride(load, stride_store);
		break;
	case LOAD_CODE:
		load_stride(load, jump_on);
		break;
	case LOAD_WAIT:
		load_wait(load);
		break;
	case LOAD_IPC:
		load_ipc(load);
		break;
	case LOAD_FLOOD:
		load_flood(load);
		break;
	case LOAD_INSTRUCTIONS:
		load_instructions(load);
		break;
	}
}

void load_run(struct load *load)
{
	struct counters before;

	load->done = 0;
	if (load->type == LOAD_STRIDE || load->type == LOAD_STORE)
		touch_stride_buffer();
	if (load->type == LOAD_CODE)
		write_pieces(load->parameter);
	if (load->type == LOAD_INSTRUCTIONS)
		wait_for_tick();
	load_begin();
	snapshot_take(&before);
	run(load);
	if (load->type != LOAD_SWITCHES)
		snapshot_take(&load->after);
	load_end();
	snapshot_subtract(&load->after, &before);
}
