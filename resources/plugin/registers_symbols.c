/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Level 1 has no registers, but the program exports the functions by which its debugger reads them. The numbers are those of
 * QEMU's gdbstub: general registers first, then EIP, EFLAGS, six selectors, and the system registers.
 */
#define _GNU_SOURCE
#include "api.h"

#if PETRI_LEVEL == 1
#include <dlfcn.h>
#include <malloc.h>
#include <string.h>

#include "registers.h"
#include "system_registers.h"
#include "vcpu.h"

static struct {
	void *(*cpu)(int index);
	int (*read)(void *cpu, GByteArray *, int number);
	int (*memory)(void *cpu, uint64_t address, void *bytes, size_t length, bool is_write);
	uint64_t (*page)(void *cpu, uint64_t address);
} qemu;
static struct {
	void *cpu;
	GByteArray *bytes;
	const char *state; /* 0: not found */
	unsigned searches;
} reading[VCPUS];

#define NONE (-1)
static const int8_t numbers_i386[REGISTERS] = {
	[REG_AX] = 0, [REG_CX] = 1, [REG_DX] = 2, [REG_BX] = 3, [REG_SP] = 4, [REG_BP] = 5, [REG_SI] = 6, [REG_DI] = 7,
	[REG_R8] = NONE, [REG_R10] = NONE, [REG_CS] = 10, [REG_FS_BASE] = 16, [REG_GS_BASE] = 17, [REG_CR0] = 19,
	[REG_CR2] = 20, [REG_CR3] = 21, [REG_CR4] = 22, [REG_EFER] = 24,
};
static const int8_t numbers_x86_64[REGISTERS] = {
	[REG_AX] = 0, [REG_BX] = 1, [REG_CX] = 2, [REG_DX] = 3, [REG_SI] = 4, [REG_DI] = 5, [REG_BP] = 6, [REG_SP] = 7,
	[REG_R8] = 8, [REG_R10] = 10, [REG_CS] = 18, [REG_FS_BASE] = 24, [REG_GS_BASE] = 25, [REG_CR0] = 27,
	[REG_CR2] = 28, [REG_CR3] = 29, [REG_CR4] = 30, [REG_EFER] = 32,
};

static int number_of(enum guest_register which)
{
	switch (architecture) {
	case ARCHITECTURE_I386:
		return which < REG_ARM_0 ? numbers_i386[which] : NONE;
	case ARCHITECTURE_X86_64:
		return which < REG_ARM_0 ? numbers_x86_64[which] : NONE;
	case ARCHITECTURE_ARM:
		if (which == REG_ARM_STATE)
			return 25;
		return which >= REG_ARM_0 && which <= REG_ARM_PC ? (int)which - REG_ARM_0 : NONE;
	default:
		return NONE;
	}
}

/* The addresses are those of functions of a fixed type; ISO C knows no other way to say so. */
static void find(const char *name, void *pointer)
{
	void *address = dlsym(RTLD_DEFAULT, name);

	memcpy(pointer, &address, sizeof address);
}

uint32_t registers_find(void)
{
	find("qemu_get_cpu", &qemu.cpu);
	find("cpu_memory_rw_debug", &qemu.memory);
	find("cpu_get_phys_page_debug", &qemu.page);
	if (architecture == ARCHITECTURE_ARM)
		find("arm_cpu_gdb_read_register", &qemu.read);
	else if (architecture != ARCHITECTURE_OTHER)
		find("x86_cpu_gdb_read_register", &qemu.read);
	if (qemu.cpu == 0 || qemu.read == 0 || qemu.memory == 0)
		return 0;
	return ABILITY_REGISTERS | (architecture == ARCHITECTURE_ARM && system_registers_exported() ? ABILITY_SYSTEM_REGISTERS : 0);
}

void registers_find_on(unsigned vcpu)
{
	if (reading[vcpu].bytes == 0)
		reading[vcpu].bytes = g_byte_array_new();
}

static void *cpu_of(unsigned vcpu)
{
	if (reading[vcpu].cpu == 0 && qemu.cpu != 0)
		reading[vcpu].cpu = qemu.cpu((int)vcpu);
	return reading[vcpu].cpu;
}

/* QEMU's own variable of the thread. Where it is not exported, the only virtual CPU or the first one is taken. */
unsigned vcpu_here(void)
{
	static __thread void **current;

	if (vcpu_count == 1)
		return 0;
	if (current == 0)
		current = dlsym(RTLD_DEFAULT, "current_cpu");
	for (unsigned at = 0; current != 0 && at < vcpu_count; at++)
		if (*current != 0 && *current == cpu_of(at))
			return at;
	return 0;
}

/*
 * General registers stand at the begin of the CPU's state in the order of their encoding, from where they are read ten times
 * faster than by the debugger's function. The state is searched for and believed only when all that is there is what that function says.
 */
#define SEARCHES 64
#define STATE_BYTES (16 * sizeof(uint64_t))
static const int8_t encoding_x86[] = {
	[REG_AX] = 0, [REG_CX] = 1, [REG_DX] = 2, [REG_BX] = 3, [REG_SP] = 4, [REG_BP] = 5, [REG_SI] = 6, [REG_DI] = 7, [REG_R8] = 8, [REG_R10] = 10,
};

static bool place_in_state(enum guest_register which, size_t *place)
{
	if (architecture == ARCHITECTURE_ARM) {
		*place = (size_t)(which - REG_ARM_0) * 4;
		return which >= REG_ARM_0 && which <= REG_ARM_PC;
	}
	if (which > REG_R10 || (architecture == ARCHITECTURE_I386 && which >= REG_R8))
		return false;
	*place = (size_t)encoding_x86[which] * (architecture == ARCHITECTURE_I386 ? 4 : 8);
	return true;
}

static uint64_t word_of(const char *state, size_t place)
{
	uint64_t value = 0;

	memcpy(&value, state + place, architecture == ARCHITECTURE_X86_64 ? 8 : 4);
	return value;
}

static uint64_t value_of(const GByteArray *bytes, int length)
{
	uint64_t value = 0;

	if (length > 0 && length <= 8 && bytes->len >= (unsigned)length)
		memcpy(&value, bytes->data, (size_t)length);
	return value;
}

bool register_known(enum guest_register which)
{
	if (which >= REG_DATA_FAULT_ADDRESS)
		return architecture == ARCHITECTURE_ARM && cpu_of(0) != 0 && system_register_known(cpu_of(0), which);
	return qemu.read != 0 && number_of(which) != NONE;
}

static uint64_t read_slowly(unsigned vcpu, enum guest_register which)
{
	GByteArray *bytes = reading[vcpu].bytes;
	void *cpu = cpu_of(vcpu);

	if (cpu == 0 || qemu.read == 0)
		return 0;
	g_byte_array_set_size(bytes, 0);
	if (which >= REG_DATA_FAULT_ADDRESS)
		return value_of(bytes, system_register_read(cpu, vcpu, bytes, which));
	if (number_of(which) == NONE)
		return 0;
	return value_of(bytes, qemu.read(cpu, bytes, number_of(which)));
}

static bool is_state(unsigned vcpu, const char *candidate)
{
	unsigned telling = 0;
	size_t place;

	for (int which = 0; which <= REG_ARM_PC; which++) {
		uint64_t value;

		if (number_of(which) == NONE || !place_in_state(which, &place))
			continue;
		value = read_slowly(vcpu, which);
		if (word_of(candidate, place) != value)
			return false;
		telling += value > UINT16_MAX;
	}
	return telling >= 4;
}

/* The CPU points to its own state, which lies within it. Few registers tell anything at a machine's start, so there are several searches. */
static const char *state_of(unsigned vcpu)
{
	char *cpu = cpu_of(vcpu);
	size_t size;

	if (reading[vcpu].state != 0 || reading[vcpu].searches >= SEARCHES || cpu == 0)
		return reading[vcpu].state;
	reading[vcpu].searches++;
	size = malloc_usable_size(cpu);
	for (size_t at = 0; reading[vcpu].state == 0 && at + STATE_BYTES <= size; at += sizeof(void *)) {
		uintptr_t candidate;

		memcpy(&candidate, cpu + at, sizeof candidate);
		/* It may hold any number, so nothing is added to it. */
		candidate -= (uintptr_t)cpu;
		if (candidate <= size - STATE_BYTES && is_state(vcpu, cpu + candidate))
			reading[vcpu].state = cpu + candidate;
	}
	return reading[vcpu].state;
}

uint64_t register_read(unsigned vcpu, enum guest_register which)
{
	size_t place;

	if (place_in_state(which, &place) && state_of(vcpu) != 0) {
		uint64_t value = word_of(reading[vcpu].state, place);

		/* In 32-bit code on x86_64 the upper half is not the register's, which only the slow way knows. */
		if (value <= UINT32_MAX)
			return value;
	}
	return read_slowly(vcpu, which);
}

bool memory_read(unsigned vcpu, uint64_t address, void *bytes, size_t length)
{
	void *cpu = cpu_of(vcpu);

	return cpu != 0 && qemu.memory != 0 && qemu.memory(cpu, address, bytes, length, false) == 0;
}

uint64_t page_physical(unsigned vcpu, uint64_t address)
{
	void *cpu = cpu_of(vcpu);

	return cpu == 0 || qemu.page == 0 ? UINT64_MAX : qemu.page(cpu, address);
}
#endif
