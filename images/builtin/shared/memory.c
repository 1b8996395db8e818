#include "memory.h"

#include "abi.h"
#include "bytes.h"
#include "information.h"
#include "kernel.h"
#include "machine.h"

/* The kernel maps at most this much of the memory for itself, and uses no other. */
#define FRAME_COUNT 4096u

static uint32_t used[FRAME_COUNT / 32]; /* a set bit: not to be given out */
static uint32_t total;                  /* frames that could be given out at the start */
static uint32_t stride_frames;          /* the first frame of the stride buffer, taken when it is first touched */

static bool is_used(uint32_t index)
{
	return used[index / 32] >> index % 32 & 1;
}

static void set_used(uint32_t index, bool value)
{
	uint32_t bit = 1u << index % 32;

	used[index / 32] = value ? used[index / 32] | bit : used[index / 32] & ~bit;
}

static bool row_is_free(uint32_t first, uint32_t count)
{
	for (uint32_t index = first; index < first + count; index++)
		if (is_used(index))
			return false;
	return true;
}

uint32_t memory_allocate(uint32_t count)
{
	for (uint32_t first = 0; first + count <= FRAME_COUNT; first += count) {
		uint32_t frame = machine_mapped_start() + first * PAGE_BYTES;

		if (!row_is_free(first, count))
			continue;
		for (uint32_t index = first; index < first + count; index++)
			set_used(index, true);
		memset((void *)(uintptr_t)frame, 0, count * PAGE_BYTES);
		return frame;
	}
	kernel_fail("out of memory: %u frames in a row", count);
}

void memory_free(uint32_t frame)
{
	set_used((frame - machine_mapped_start()) / PAGE_BYTES, false);
}

static uint32_t count_free(void)
{
	uint32_t count = 0;

	for (uint32_t index = 0; index < FRAME_COUNT; index++)
		count += !is_used(index);
	return count;
}

/* Gives the whole frames of a usable range to the allocator, as far as the kernel maps them and is not there itself. */
static void add_range(uint64_t base, uint64_t length)
{
	extern const uint8_t kernel_end[];
	uint64_t window = machine_mapped_start();
	uint64_t first = (uint32_t)(uintptr_t)kernel_end;

	for (uint32_t index = 0; index < FRAME_COUNT; index++) {
		uint64_t frame = window + (uint64_t)index * PAGE_BYTES;

		if (frame >= first && frame >= base && frame + PAGE_BYTES <= base + length)
			set_used(index, false);
	}
}

void memory_init_work(void)
{
	memset(used, 0xff, sizeof used);
	machine_memory(add_range);
	total = count_free();
	process_memory_work();
}

const char *memory_init_check(struct evidence *evidence)
{
	uint32_t before = count_free();
	uint32_t frame;
	const char *reason;

	if (!total)
		return "the memory map gave no frames";
	frame = memory_allocate(1);
	if (count_free() != before - 1)
		return "a frame was not taken";
	for (volatile uint32_t *word = (void *)(uintptr_t)frame; word < (uint32_t *)(uintptr_t)(frame + PAGE_BYTES); word++) {
		if (*word)
			return "a new frame is not zero";
		*word = ~(uint32_t)(uintptr_t)word;
		if (*word != ~(uint32_t)(uintptr_t)word)
			return "a frame does not keep what is written";
	}
	memory_free(frame);
	if (count_free() != before)
		return "a frame was not given back";
	reason = process_memory_check(evidence);
	evidence_add(evidence, " frames=%u free=%u", total, before);
	return reason;
}

/*
 * A page of the arena: zeros, or code that returns for who jumps there, while the page that came ARENA_RESIDENT pages earlier
 * goes (first in, first out). Only a page that was written to first may be written.
 */
static void arena_fault(struct process *process, uint32_t page, int access)
{
	static const uint32_t rights[] = { [ACCESS_READ] = MAP_READ_ONLY, [ACCESS_WRITE] = MAP_WRITABLE, [ACCESS_EXECUTE] = MAP_EXECUTABLE };
	uint32_t frame;
	static uint32_t resident[ARENA_RESIDENT]; /* only the client has business in the arena */
	uint32_t *oldest = &resident[process->arena_next++ % ARENA_RESIDENT];

	if (*oldest) {
		memory_free(address_space_translate(process->address_space, *oldest, false));
		address_space_unmap(process->address_space, *oldest);
	}
	*oldest = page;
	frame = memory_allocate(1);
	if (access == ACCESS_EXECUTE)
		machine_fill_returns(frame);
	address_space_map(process->address_space, page, frame, rights[access]);
}

/* The first write to a page of the arena that was read first. */
static void arena_write(struct process *process, uint32_t page)
{
	uint32_t frame = address_space_translate(process->address_space, page, false);

	address_space_unmap(process->address_space, page);
	address_space_map(process->address_space, page, frame, MAP_WRITABLE);
}

static void stride_fault(struct process *process, uint32_t page)
{
	if (!stride_frames) {
		stride_frames = memory_allocate(STRIDE_BUFFER_BYTES / PAGE_BYTES);
		information.stride_physical = stride_frames;
	}
	address_space_map(process->address_space, page, stride_frames + (page - STRIDE_BUFFER),
	                  MAP_WRITABLE | (page - STRIDE_BUFFER < CODE_BYTES ? MAP_EXECUTABLE : 0));
}

bool memory_fault(struct process *process, const struct trap *fault)
{
	uint32_t page = fault->address & ~(PAGE_BYTES - 1);
	bool present = address_space_translate(process->address_space, page, false) != 0;
	bool in_arena = page >= ARENA && page < ARENA + ARENA_PAGES * PAGE_BYTES;

	if (process->endpoint != CLIENT || (present && !(in_arena && fault->access == ACCESS_WRITE)))
		return false;
	if (present)
		arena_write(process, page);
	else if (in_arena)
		arena_fault(process, page, fault->access);
	else if (page >= STRIDE_BUFFER && page < STRIDE_BUFFER + STRIDE_BUFFER_BYTES)
		stride_fault(process, page);
	else
		return false;
	return true;
}
