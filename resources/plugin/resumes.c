/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "resumes.h"

#include <pthread.h>
#include <string.h>

#include "count.h"
#include "places.h"
#include "registers.h"
#include "spaces.h"
#include "totals.h"
#include "trace.h"

#define OPEN_FAULTS 4096
#define PROBES 8
/*
 * Within a block QEMU writes the stack pointer back no later than at an access to memory, so at IRET the one that can be read may still
 * be that before the last registers were restored: eight by POPA, and what is added behind it. The frame is looked for that far up.
 */
#define FRAME_DISTANCE 16
#define FRAME_WORDS 5

static struct open_fault {
	bool is_open;
	uint64_t key;
	struct resume_record record;
} faults[OPEN_FAULTS];
static unsigned open_faults;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* One virtual CPU has one thread, which needs no lock. */
static void lock_faults(void)
{
	if (vcpu_count > 1)
		pthread_mutex_lock(&lock);
}

static void unlock_faults(void)
{
	if (vcpu_count > 1)
		pthread_mutex_unlock(&lock);
}

static size_t bucket_of(uint64_t space, uint64_t instruction)
{
	return (size_t)((space * 0x9e3779b97f4a7c15u ^ instruction * 0xc2b2ae3d27d4eb4fu) >> 52) % OPEN_FAULTS;
}

static bool is_fault_of(const struct open_fault *fault, uint64_t space, uint64_t instruction, uint64_t key)
{
	return fault->is_open && fault->record.space == space && fault->record.instruction == instruction && fault->key == key;
}

/* The place of a fault that is open, else null. */
static struct open_fault *find(uint64_t space, uint64_t instruction, uint64_t key)
{
	for (size_t probe = 0; probe < PROBES; probe++) {
		struct open_fault *fault = &faults[(bucket_of(space, instruction) + probe) % OPEN_FAULTS];

		if (is_fault_of(fault, space, instruction, key))
			return fault;
	}
	return 0;
}

/* A free place, or the one of a fault that must make room: the oldest of those that were looked at. */
static struct open_fault *place_for(uint64_t space, uint64_t instruction)
{
	struct open_fault *oldest = &faults[bucket_of(space, instruction)];

	for (size_t probe = 0; probe < PROBES; probe++) {
		struct open_fault *fault = &faults[(bucket_of(space, instruction) + probe) % OPEN_FAULTS];

		if (!fault->is_open)
			return fault;
		if (fault->record.began_ns < oldest->record.began_ns)
			oldest = fault;
	}
	return oldest;
}

void fault_opens(const struct fault_record *made, uint64_t key)
{
	struct open_fault *fault;

	lock_faults();
	fault = find(made->space, made->instruction, key);
	if (fault == 0)
		fault = place_for(made->space, made->instruction);
	open_faults += !fault->is_open;
	fault->is_open = true;
	fault->key = key;
	fault->record = (struct resume_record){ .record = { .detail = made->record.detail },
		                                .space = made->space,
		                                .address = made->address,
		                                .instruction = made->instruction,
		                                .began_ns = made->record.at_ns,
		                                .began_instructions = made->record.instructions };
	unlock_faults();
}

/* Takes the fault, if there is one that ends by going back there. */
static bool take(uint64_t space, uint64_t instruction, uint64_t key, struct resume_record *record)
{
	struct open_fault *fault = find(space, instruction, key);

	if (fault == 0)
		return false;
	*record = fault->record;
	fault->is_open = false;
	open_faults--;
	return true;
}

static bool take_arm(struct vcpu *vcpu, const struct site *site, struct resume_record *record)
{
	struct context context = context_of(vcpu, 0, false);
	uint64_t back = register_read(vcpu->index, REG_ARM_LR) - site->source;

	return take(context.space, back & ~(uint64_t)1, context.thread, record);
}

/* The words that IRET may read, as far as they can be read. */
static size_t words_up(struct vcpu *vcpu, bool wide, uint64_t *words)
{
	uint64_t stack = register_read(vcpu->index, REG_SP);
	uint32_t narrow[FRAME_DISTANCE + FRAME_WORDS];
	size_t bytes = wide ? 8 : 4, count = FRAME_DISTANCE + FRAME_WORDS;
	size_t on_page = (size_t)((0x1000 - (stack & 0xfff)) / bytes);

	if (!memory_read(vcpu->index, stack, wide ? (void *)words : narrow, count * bytes)) {
		count = on_page < count ? on_page : 0;
		if (count == 0 || !memory_read(vcpu->index, stack, wide ? (void *)words : narrow, count * bytes))
			return 0;
	}
	for (size_t at = 0; at < count && !wide; at++)
		words[at] = narrow[at];
	return count;
}

/* IRET's frame is the address to go on at, CS, the flags and, to user mode and always in 64-bit mode, the stack (SDM vol. 3, 6.14.3). */
static bool take_x86(struct vcpu *vcpu, struct resume_record *record)
{
	bool wide = is_long_mode(vcpu);
	uint64_t words[FRAME_DISTANCE + FRAME_WORDS], space = space_of(vcpu);
	size_t count = words_up(vcpu, wide, words);

	for (size_t at = 0; at < FRAME_DISTANCE && at + FRAME_WORDS <= count; at++)
		if (take(space, words[at], wide || (words[at + 1] & 3) == 3 ? words[at + 3] : 0, record))
			return true;
	return false;
}

void handler_leaves(unsigned index, void *data)
{
	struct vcpu *vcpu = &vcpus[index];
	const struct site *site = data;
	struct resume_record record;
	uint64_t instructions;
	uint32_t detail;
	bool is_over;

	if (__atomic_load_n(&open_faults, __ATOMIC_RELAXED) == 0 || !written(EVENT_FAULT))
		return;
	lock_faults();
	is_over = architecture == ARCHITECTURE_ARM ? take_arm(vcpu, site, &record) : take_x86(vcpu, &record);
	unlock_faults();
	if (!is_over)
		return;
	detail = record.record.detail;
	instructions = count_before(site->behind);
	trace_stamp(&record.record, index, RECORD_RESUME, sizeof record, instructions == UINT64_MAX ? instructions : instructions + 1);
	record.record.detail = detail;
	trace_append(&record.record);
}
