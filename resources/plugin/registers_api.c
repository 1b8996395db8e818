/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From level 2 on the interface itself reads registers, by name. Not run so far. */
#define _GNU_SOURCE
#include "api.h"

#if PETRI_LEVEL >= 2
#include <dlfcn.h>
#include <string.h>

#include "records.h"
#include "registers.h"
#include "vcpu.h"

static struct {
	struct qemu_plugin_register *handle[REGISTERS];
	GByteArray *bytes;
} reading[VCPUS];
static __thread unsigned here;
static void *(*cpu_by_index)(int index);
static uint64_t (*page)(void *cpu, uint64_t address);

static const struct {
	enum guest_register which;
	const char *narrow; /* i386 and ARM */
	const char *wide;   /* x86_64 */
} names[] = {
	{ REG_AX, "eax", "rax" },         { REG_BX, "ebx", "rbx" },         { REG_CX, "ecx", "rcx" },
	{ REG_DX, "edx", "rdx" },         { REG_SI, "esi", "rsi" },         { REG_DI, "edi", "rdi" },
	{ REG_BP, "ebp", "rbp" },         { REG_SP, "esp", "rsp" },         { REG_R8, "", "r8" },
	{ REG_R10, "", "r10" },           { REG_CS, "cs", "cs" },           { REG_FS_BASE, "fs_base", "fs_base" },
	{ REG_GS_BASE, "gs_base", "gs_base" }, { REG_CR0, "cr0", "cr0" },   { REG_CR2, "cr2", "cr2" },
	{ REG_CR3, "cr3", "cr3" },        { REG_CR4, "cr4", "cr4" },        { REG_EFER, "efer", "efer" },
	{ REG_ARM_0, "r0", "" },          { REG_ARM_1, "r1", "" },          { REG_ARM_2, "r2", "" },
	{ REG_ARM_3, "r3", "" },          { REG_ARM_4, "r4", "" },          { REG_ARM_5, "r5", "" },
	{ REG_ARM_6, "r6", "" },          { REG_ARM_7, "r7", "" },          { REG_ARM_8, "r8", "" },
	{ REG_ARM_9, "r9", "" },          { REG_ARM_10, "r10", "" },        { REG_ARM_11, "r11", "" },
	{ REG_ARM_12, "r12", "" },        { REG_ARM_SP, "sp", "" },         { REG_ARM_LR, "lr", "" },
	{ REG_ARM_PC, "pc", "" },         { REG_ARM_STATE, "cpsr", "" },    { REG_DATA_FAULT_ADDRESS, "DFAR", "" },
	{ REG_DATA_FAULT_STATUS, "DFSR", "" }, { REG_INSTRUCTION_FAULT_ADDRESS, "IFAR", "" },
	{ REG_INSTRUCTION_FAULT_STATUS, "IFSR", "" }, { REG_TABLES, "TTBR0", "" }, { REG_THREAD, "TPIDRURO", "" },
	{ REG_VECTORS, "VBAR", "" },      { REG_CONTROL, "SCTLR", "" },
};

uint32_t registers_find(void)
{
	void *address = dlsym(RTLD_DEFAULT, "qemu_get_cpu");

	memcpy(&cpu_by_index, &address, sizeof address);
	address = dlsym(RTLD_DEFAULT, "cpu_get_phys_page_debug");
	memcpy(&page, &address, sizeof address);
	return architecture == ARCHITECTURE_OTHER ? 0 : ABILITY_REGISTERS | ABILITY_SYSTEM_REGISTERS;
}

void registers_find_on(unsigned vcpu)
{
	GArray *list = qemu_plugin_get_registers();
	const qemu_plugin_reg_descriptor *described = (const void *)list->data;

	here = vcpu;
	reading[vcpu].bytes = g_byte_array_new();
	for (unsigned at = 0; at < list->len; at++)
		for (size_t name = 0; name < sizeof names / sizeof *names; name++)
			if (!strcmp(architecture == ARCHITECTURE_X86_64 ? names[name].wide : names[name].narrow, described[at].name))
				reading[vcpu].handle[names[name].which] = described[at].handle;
	g_array_free(list, 1);
}

unsigned vcpu_here(void)
{
	return here;
}

bool register_known(enum guest_register which)
{
	return reading[0].handle[which] != 0;
}

uint64_t register_read(unsigned vcpu, enum guest_register which)
{
	GByteArray *bytes = reading[vcpu].bytes;
	uint64_t value = 0;

	if (bytes == 0 || reading[vcpu].handle[which] == 0)
		return 0;
	g_byte_array_set_size(bytes, 0);
	qemu_plugin_read_register(reading[vcpu].handle[which], bytes);
	memcpy(&value, bytes->data, bytes->len < sizeof value ? bytes->len : sizeof value);
	return value;
}

bool memory_read(unsigned vcpu, uint64_t address, void *bytes, size_t length)
{
#if PETRI_LEVEL >= 4
	GByteArray *buffer = reading[vcpu].bytes;

	if (buffer == 0)
		return false;
	g_byte_array_set_size(buffer, 0);
	if (!qemu_plugin_read_memory_vaddr(address, buffer, length) || buffer->len < length)
		return false;
	memcpy(bytes, buffer->data, length);
	return true;
#else
	/* These two levels read registers and no memory. */
	(void)vcpu, (void)address, (void)bytes, (void)length;
	return false;
#endif
}

uint64_t page_physical(unsigned vcpu, uint64_t address)
{
	void *cpu = cpu_by_index == 0 ? 0 : cpu_by_index((int)vcpu);

	return cpu == 0 || page == 0 ? UINT64_MAX : page(cpu, address);
}
#endif
