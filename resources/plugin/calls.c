/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "calls.h"

#include <pthread.h>
#include <string.h>

#include "count.h"
#include "decode.h"
#include "options.h"
#include "registers.h"
#include "spaces.h"
#include "totals.h"
#include "trace.h"
#include "traps.h"

/* The message of a call, by the conventions of README.md. */
#define MINIX_IPC_VECTOR 33
#define MINIX_IPC_MAPPED_VECTOR 35
#define MINIX_KERNEL_CALL_VECTOR 32
#define MINIX_KERNEL_CALL_MAPPED_VECTOR 34
#define MACH_MSG ((uint32_t)-25)

/*
 * Calls that have not returned, by context. A signal's handler makes calls while the one that it interrupted is open, so a context
 * has several; the oldest makes room.
 */
#define CONTEXTS 8192
#define PROBES 8
#define DEPTH 4
struct open_call {
	uint64_t return_at; /* 0: not known */
	uint64_t stack;     /* the user's stack pointer; 0: not known */
	uint64_t message;
};
struct pending {
	struct context context;
	unsigned depth;
	struct open_call calls[DEPTH];
};
static struct pending pending[CONTEXTS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* One virtual CPU has one thread, which needs no lock. */
static void lock_calls(void)
{
	if (vcpu_count > 1)
		pthread_mutex_lock(&lock);
}

static void unlock_calls(void)
{
	if (vcpu_count > 1)
		pthread_mutex_unlock(&lock);
}

static unsigned entering, leaving, open_ended, open_calls;

bool calls_entering(void)
{
	return __atomic_load_n(&entering, __ATOMIC_RELAXED) != 0;
}

bool calls_leaving(void)
{
	return __atomic_exchange_n(&leaving, 0, __ATOMIC_RELAXED) != 0;
}

static bool is_same(struct context one, struct context other)
{
	return one.space == other.space && one.thread == other.thread;
}

/* The place of a context, or else one for it: a free one, or one that must make room. */
static struct pending *find(struct context context)
{
	size_t first = (size_t)((context.space * 0x9e3779b97f4a7c15u ^ context.thread * 0xc2b2ae3d27d4eb4fu) >> 51);
	struct pending *free_place = 0;

	for (size_t probe = 0; probe < PROBES; probe++) {
		struct pending *candidate = &pending[(first + probe) % CONTEXTS];

		if (candidate->depth > 0 && is_same(candidate->context, context))
			return candidate;
		if (candidate->depth == 0 && free_place == 0)
			free_place = candidate;
	}
	return free_place != 0 ? free_place : &pending[first];
}

/* Calls from this one on are over. */
static void close_calls(struct pending *place, unsigned from)
{
	for (unsigned at = from; at < place->depth; at++)
		open_ended -= place->calls[at].return_at == 0;
	open_calls -= place->depth - from;
	place->depth = from;
}

/* A call that a signal interrupted may begin again: from the same place with the same stack. */
static bool begins_again(const struct open_call *open, const struct open_call *call)
{
	return open->return_at == call->return_at && open->stack == call->stack;
}

static void remember(struct context context, struct open_call call)
{
	struct pending *place;

	lock_calls();
	place = find(context);
	if (!is_same(place->context, context))
		close_calls(place, 0);
	place->context = context;
	for (unsigned at = 0; at < place->depth; at++)
		if (begins_again(&place->calls[at], &call))
			close_calls(place, at);
	if (place->depth == DEPTH) {
		open_ended -= place->calls[0].return_at == 0;
		open_calls--;
		memmove(&place->calls[0], &place->calls[1], (DEPTH - 1) * sizeof place->calls[0]);
		place->depth--;
	}
	place->calls[place->depth++] = call;
	open_ended += call.return_at == 0;
	open_calls++;
	unlock_calls();
}

static bool comes_back(const struct open_call *call, uint64_t address, uint64_t stack, bool has_left)
{
	if (call->return_at != 0)
		return call->return_at == address;
	return has_left && (call->stack == 0 || call->stack == stack);
}

/* Takes the newest call of the context that returns to this address; what was made after it never returns. */
static bool take(struct context context, uint64_t address, uint64_t stack, bool has_left, uint64_t *message)
{
	struct pending *place;
	unsigned at = 0;

	lock_calls();
	place = find(context);
	if (is_same(place->context, context))
		for (at = place->depth; at > 0 && !comes_back(&place->calls[at - 1], address, stack, has_left); at--)
			;
	if (at > 0) {
		*message = place->calls[at - 1].message;
		close_calls(place, at - 1);
	}
	unlock_calls();
	return at > 0;
}

void call_begins(unsigned index, void *data)
{
	struct vcpu *vcpu = &vcpus[index];
	const struct site *site = data;

	if (!vcpu->entering)
		__atomic_fetch_add(&entering, 1, __ATOMIC_RELAXED);
	vcpu->entering = true;
	vcpu->entry = site->entry;
	vcpu->vector = site->vector;
	vcpu->call_at = site->address;
	vcpu->return_at = site->entry == ENTRY_SYSENTER ? 0 : site->next_address;
}

void call_leaves(unsigned index, void *data)
{
	(void)data;
	if (__atomic_load_n(&open_ended, __ATOMIC_RELAXED) == 0)
		return;
	vcpus[index].leaving = true;
	__atomic_store_n(&leaving, 1, __ATOMIC_RELAXED);
}

static uint64_t word_at(struct vcpu *vcpu, uint64_t address, bool wide)
{
	uint64_t value = 0;

	return memory_read(vcpu->index, address, &value, wide ? 8 : 4) ? value : 0;
}

static uint64_t reg(struct vcpu *vcpu, enum guest_register which)
{
	return register_read(vcpu->index, which);
}

/*
 * The frame of an interrupt or a call gate begins with the address behind the instruction, that of a fault of the instruction
 * itself with an error code or its own address (SDM vol. 3, 6.12.1). The fast calls push nothing: then a fault shows by its frame.
 */
static bool frame_fits(struct vcpu *vcpu, bool wide)
{
	uint64_t stack = reg(vcpu, REG_SP);
	uint64_t first = word_at(vcpu, stack, wide);

	if (vcpu->entry == ENTRY_INT || vcpu->entry == ENTRY_GATE)
		return first == vcpu->return_at;
	return first != vcpu->call_at && word_at(vcpu, stack + (wide ? 8 : 4), wide) != vcpu->call_at;
}

/* Where the call returns to: the user of SYSENTER says it by the kernel's convention, which for MINIX is known. */
static uint64_t return_address(struct vcpu *vcpu)
{
	uint64_t address = vcpu->return_at;

	if (vcpu->entry == ENTRY_SYSENTER && options.messages == MESSAGES_MINIX) {
		address = reg(vcpu, REG_DX);
		place_mark(address, PLACE_RETURN);
	}
	return address;
}

/*
 * The user's stack pointer at the kernel's entry, by which threads without a register of their own are told apart. Where a process
 * has one, nothing needs to be read.
 */
static uint64_t user_stack(struct vcpu *vcpu, bool wide)
{
	uint64_t stack;

	if (has_one_thread())
		return 0;
	stack = reg(vcpu, REG_SP);

	switch (vcpu->entry) {
	case ENTRY_INT:
		return word_at(vcpu, stack + (wide ? 24 : 12), wide);
	case ENTRY_GATE: /* EIP, CS, ESP, SS */
		return word_at(vcpu, stack + (wide ? 16 : 8), wide);
	case ENTRY_SYSENTER: /* by the convention of Linux */
		return reg(vcpu, REG_BP);
	default:
		return stack;
	}
}

static uint64_t minix_message(struct vcpu *vcpu)
{
	uint64_t vector = vcpu->vector;

	if (vcpu->entry == ENTRY_SVC) {
		vector = reg(vcpu, REG_ARM_3);
		return vector == MINIX_IPC_VECTOR           ? reg(vcpu, REG_ARM_2)
		       : vector == MINIX_KERNEL_CALL_VECTOR ? reg(vcpu, REG_ARM_0)
		                                            : 0;
	}
	if (vcpu->entry == ENTRY_SYSENTER || vcpu->entry == ENTRY_SYSCALL)
		vector = reg(vcpu, REG_DI);
	if (vector == MINIX_IPC_VECTOR || vector == MINIX_IPC_MAPPED_VECTOR)
		return reg(vcpu, REG_BX);
	if (vector == MINIX_KERNEL_CALL_VECTOR || vector == MINIX_KERNEL_CALL_MAPPED_VECTOR)
		return reg(vcpu, REG_AX);
	return 0;
}

/* mach_msg's first argument: behind the return address on the user's stack, on x86_64 in RDI. */
static uint64_t mach_message(struct vcpu *vcpu, uint64_t stack)
{
	if ((uint32_t)reg(vcpu, REG_AX) != MACH_MSG)
		return 0;
	return vcpu->entry == ENTRY_SYSCALL ? reg(vcpu, REG_DI) : word_at(vcpu, stack + 4, false);
}

static uint64_t message_of(struct vcpu *vcpu, uint64_t stack)
{
	if (options.messages == MESSAGES_MINIX)
		return minix_message(vcpu);
	if (options.messages == MESSAGES_MINIX_2) /* 16 bits by the first vector, 32 by the second: in BX by both */
		return reg(vcpu, REG_BX) & (vcpu->vector == MINIX_KERNEL_CALL_VECTOR ? UINT16_MAX : UINT32_MAX);
	return options.messages == MESSAGES_MACH ? mach_message(vcpu, stack) : 0;
}

static void read_registers(struct vcpu *vcpu, struct call_record *record, bool wide)
{
	static const enum guest_register narrow[] = { REG_AX, REG_BX, REG_CX, REG_DX, REG_SI, REG_DI };
	static const enum guest_register wide_ones[] = { REG_AX, REG_DI, REG_SI, REG_DX, REG_R10, REG_R8 };
	static const enum guest_register arm[] = { REG_ARM_0, REG_ARM_1, REG_ARM_2, REG_ARM_3, REG_ARM_7 };

	memset(record->registers, 0, sizeof record->registers);
	if (architecture == ARCHITECTURE_ARM) {
		record->record.detail |= CALL_NO_STACK;
		for (size_t at = 0; at < 5; at++)
			record->registers[at] = reg(vcpu, arm[at]);
		return;
	}
	if (wide)
		record->record.detail |= CALL_WIDE;
	for (size_t at = 0; at < 6; at++)
		record->registers[at] = reg(vcpu, wide ? wide_ones[at] : narrow[at]);
	for (size_t at = 0; at < 6 && !wide; at++)
		record->registers[at] &= UINT32_MAX;
}

static void append_call(struct vcpu *vcpu, struct context context, uint64_t message, bool wide)
{
	struct call_record record;

	trace_stamp(&record.record, vcpu->index, RECORD_CALL, sizeof record, count_before(0));
	record.record.detail = (uint32_t)vcpu->entry | (uint32_t)vcpu->vector << 8;
	record.space = context.space;
	record.thread = context.thread;
	read_registers(vcpu, &record, wide);
	memset(record.message, 0, sizeof record.message);
	if (message != 0 && memory_read(vcpu->index, message, record.message, sizeof record.message))
		record.record.detail |= CALL_MESSAGE;
	trace_append(&record.record);
}

static void forget_entering(struct vcpu *vcpu)
{
	if (vcpu->entering)
		__atomic_fetch_sub(&entering, 1, __ATOMIC_RELAXED);
	vcpu->entering = false;
}

static void call_made(struct vcpu *vcpu, bool wide)
{
	uint64_t stack, message;
	struct context context;

	count_one(&totals.calls);
	if (!wanted(EVENT_CALL | EVENT_RETURN) || !window_is_open)
		return;
	stack = architecture == ARCHITECTURE_ARM ? 0 : user_stack(vcpu, wide);
	context = context_of(vcpu, stack, wide);
	message = message_of(vcpu, stack);
	if (wanted(EVENT_CALL))
		append_call(vcpu, context, message, wide && vcpu->entry == ENTRY_SYSCALL);
	if (wanted(EVENT_RETURN))
		remember(context, (struct open_call){ .return_at = return_address(vcpu), .stack = stack, .message = message });
}

/* Where no frame needs to be read: at the vector of an INT, and anywhere but at a handler behind an instruction that uses no vector. */
static bool is_surely_entry(struct vcpu *vcpu, const struct place *place)
{
	if (place->bits & PLACE_TRAP)
		return vcpu->entry == ENTRY_INT && place->vector == vcpu->vector;
	return (vcpu->entry == ENTRY_SYSCALL || vcpu->entry == ENTRY_SYSENTER) && traps_known();
}

bool call_enters(struct vcpu *vcpu, const struct place *place)
{
	bool wide = is_long_mode(vcpu);
	bool fits = is_surely_entry(vcpu, place) || frame_fits(vcpu, wide);

	forget_entering(vcpu);
	/* An INT that was carried out and is no system call of this guest is no event, and neither is it an interrupt. */
	if (fits && (vcpu->entry != ENTRY_INT || options.call_vectors[vcpu->vector]))
		call_made(vcpu, wide);
	return fits;
}

/* The instruction itself tells nothing: its condition may keep it from being carried out. The link register has its end. */
void call_taken(struct vcpu *vcpu)
{
	vcpu->entry = ENTRY_SVC;
	vcpu->vector = 0;
	vcpu->return_at = reg(vcpu, REG_ARM_LR);
	call_made(vcpu, false);
}

static bool is_call(const uint8_t *bytes, size_t length, bool thumb)
{
	struct decoded decoded = decode(bytes, length, thumb);

	return decoded.meaning == MEANS_CALL && (decoded.entry != ENTRY_INT || options.call_vectors[decoded.vector]);
}

bool call_lies_before(uint64_t address, bool thumb)
{
	static const uint8_t lengths_x86[] = { 2, 7, 0 }, lengths_arm[] = { 4, 0 }, lengths_thumb[] = { 2, 0 };
	const uint8_t *length = architecture != ARCHITECTURE_ARM ? lengths_x86 : thumb ? lengths_thumb : lengths_arm;
	uint8_t bytes[16];

	for (; *length != 0; length++)
		if (memory_read(vcpu_here(), address - *length, bytes, *length) && is_call(bytes, *length, thumb))
			return true;
	return false;
}

static bool in_user_mode(struct vcpu *vcpu)
{
	if (architecture == ARCHITECTURE_ARM)
		return (reg(vcpu, REG_ARM_STATE) & 0x1f) == 0x10;
	return (reg(vcpu, REG_CS) & 3) == 3;
}

void call_returns(struct vcpu *vcpu, uint64_t address)
{
	bool has_left = vcpu->leaving;
	struct return_record record;
	struct context context;
	uint64_t stack, message;

	vcpu->leaving = false;
	if (__atomic_load_n(&open_calls, __ATOMIC_RELAXED) == 0 || !in_user_mode(vcpu))
		return;
	stack = architecture == ARCHITECTURE_ARM || has_one_thread() ? 0 : reg(vcpu, REG_SP);
	context = context_of(vcpu, stack, is_long_mode(vcpu));
	if (!take(context, address, stack, has_left, &message)) {
		/* A program's first thread gets its register by a call, which it made without one. */
		context.thread = thread_by_stack(stack);
		if (!take(context, address, stack, has_left, &message))
			return;
	}
	count_one(&totals.returns);
	if (!written(EVENT_RETURN))
		return;
	trace_stamp(&record.record, vcpu->index, RECORD_RETURN, sizeof record, count_before(0));
	record.space = context.space;
	record.thread = context.thread;
	record.result = reg(vcpu, architecture == ARCHITECTURE_ARM ? REG_ARM_0 : REG_AX);
	memset(record.message, 0, sizeof record.message);
	if (message != 0 && memory_read(vcpu->index, message, record.message, sizeof record.message))
		record.record.detail |= CALL_MESSAGE;
	trace_append(&record.record);
}
