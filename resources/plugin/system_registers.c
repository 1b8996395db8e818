/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU's debugger reads ARM's system registers through a list of readers that hangs on the CPU; each names its own description.
 * The list's place in the CPU differs between builds, so it is searched for, and every pointer is checked before it is used:
 * a reader counts only if its description is called "system-registers.xml", and the state that it wants only if its first words
 * are the general registers as the debugger reads them.
 */
#define _GNU_SOURCE
#include "system_registers.h"

#if PETRI_LEVEL == 1
#include <dlfcn.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "vcpu.h"

#define DESCRIPTION "system-registers.xml"

struct reader {
	int first;
	int count;
	int (*get)(void *state, GByteArray *, int at);
	int (*set)(void *state, uint8_t *, int at);
	const char *description;
	struct reader *next;
};

static const char *(*describe)(void *cpu, const char *description);
static int (*read_general)(void *cpu, GByteArray *, int number);
static struct reader reader;
static bool searched;
static void *states[VCPUS];
static int places[REGISTERS]; /* within the reader, from 1 */

static const struct {
	enum guest_register which;
	const char *name;
} names[] = {
	{ REG_DATA_FAULT_ADDRESS, "DFAR" }, { REG_DATA_FAULT_STATUS, "DFSR" },  { REG_INSTRUCTION_FAULT_ADDRESS, "IFAR" },
	{ REG_INSTRUCTION_FAULT_STATUS, "IFSR" }, { REG_TABLES, "TTBR0" },      { REG_THREAD, "TPIDRURO" },
	{ REG_VECTORS, "VBAR" },            { REG_CONTROL, "SCTLR" },
};

bool system_registers_exported(void)
{
	void *address = dlsym(RTLD_DEFAULT, "arm_gdb_get_dynamic_xml");

	memcpy(&describe, &address, sizeof address);
	address = dlsym(RTLD_DEFAULT, "arm_cpu_gdb_read_register");
	memcpy(&read_general, &address, sizeof address);
	return describe != 0 && read_general != 0;
}

/* Copies from an address that may not exist. */
static bool peek(const void *address, void *bytes, size_t length)
{
	struct iovec to = { bytes, length };
	struct iovec from = { (void *)(uintptr_t)address, length };

	return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == (ssize_t)length;
}

/* Follows a list of readers from what may be its first one. */
static bool follow(const void *first)
{
	for (int links = 0; first != 0 && links < 32; links++) {
		struct reader candidate;
		char description[sizeof DESCRIPTION];

		if (!peek(first, &candidate, sizeof candidate) || candidate.first < 0 || candidate.first > 4096 ||
		    candidate.count <= 0 || candidate.count > 4096 || candidate.get == 0 ||
		    !peek(candidate.description, description, 4))
			return false;
		if (peek(candidate.description, description, sizeof description) &&
		    !memcmp(description, DESCRIPTION, sizeof description)) {
			reader = candidate;
			return true;
		}
		first = candidate.next;
	}
	return false;
}

/* Reads `<reg name="DFAR" … regnum="N" …/>`: the numbers ascend by one from the reader's first. */
static void find_places(void *cpu)
{
	const char *text = describe(cpu, DESCRIPTION);

	for (int at = 1; text != 0 && (text = strstr(text, "<reg name=\"")) != 0; at++) {
		size_t length;

		text += strlen("<reg name=\"");
		length = strcspn(text, "\"");
		for (size_t name = 0; name < sizeof names / sizeof *names; name++)
			if (strlen(names[name].name) == length && !strncmp(names[name].name, text, length))
				places[names[name].which] = at;
	}
}

static void search(void *cpu)
{
	size_t bytes = malloc_usable_size(cpu);

	searched = true;
	if (describe == 0)
		return;
	for (size_t at = 0; at + sizeof(void *) <= bytes && reader.get == 0; at += sizeof(void *)) {
		void *candidate;

		memcpy(&candidate, (char *)cpu + at, sizeof candidate);
		if (candidate != 0)
			follow(candidate);
	}
	if (reader.get != 0)
		find_places(cpu);
}

bool system_register_known(void *cpu, enum guest_register which)
{
	if (!searched)
		search(cpu);
	return places[which] != 0;
}

static bool holds_general_registers(const void *state, void *cpu, GByteArray *bytes)
{
	uint32_t found[16];
	bool nonzero = false;

	if (!peek(state, found, sizeof found))
		return false;
	for (int number = 0; number < 16; number++) {
		uint32_t value;

		g_byte_array_set_size(bytes, 0);
		if (read_general(cpu, bytes, number) != 4)
			return false;
		memcpy(&value, bytes->data, sizeof value);
		nonzero |= value != 0 && number < 15;
		if (found[number] != value)
			return false;
	}
	return nonzero;
}

/* The CPU points to its own state, which lies within it. */
static void *state_of(void *cpu, unsigned vcpu, GByteArray *bytes)
{
	size_t size = malloc_usable_size(cpu);

	for (size_t at = 0; states[vcpu] == 0 && at + sizeof(void *) <= size; at += sizeof(void *)) {
		char *candidate;

		memcpy(&candidate, (char *)cpu + at, sizeof candidate);
		if (candidate > (char *)cpu && candidate < (char *)cpu + size && holds_general_registers(candidate, cpu, bytes))
			states[vcpu] = candidate;
	}
	return states[vcpu];
}

int system_register_read(void *cpu, unsigned vcpu, GByteArray *bytes, enum guest_register which)
{
	void *state;

	if (!system_register_known(cpu, which))
		return 0;
	state = state_of(cpu, vcpu, bytes);
	g_byte_array_set_size(bytes, 0);
	return state == 0 ? 0 : reader.get(state, bytes, places[which] - 1);
}
#endif
