/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's registers and memory. General registers are exact only at the begin of a block: within one QEMU may keep them in
 * registers of the host. Control registers are exact everywhere.
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum guest_register {
	REG_AX, REG_BX, REG_CX, REG_DX, REG_SI, REG_DI, REG_BP, REG_SP, REG_R8, REG_R10,
	REG_CS, REG_FS_BASE, REG_GS_BASE, REG_CR0, REG_CR2, REG_CR3, REG_CR4, REG_EFER,
	REG_ARM_0, REG_ARM_1, REG_ARM_2, REG_ARM_3, REG_ARM_4, REG_ARM_5, REG_ARM_6, REG_ARM_7, REG_ARM_8, REG_ARM_9, REG_ARM_10,
	REG_ARM_11, REG_ARM_12, REG_ARM_SP, REG_ARM_LR, REG_ARM_PC, REG_ARM_STATE,
	REG_DATA_FAULT_ADDRESS, REG_DATA_FAULT_STATUS, REG_INSTRUCTION_FAULT_ADDRESS, REG_INSTRUCTION_FAULT_STATUS,
	REG_TABLES, REG_THREAD, REG_VECTORS, REG_CONTROL,
	REGISTERS
};

#define STATE_THUMB 0x20u /* of REG_ARM_STATE: CPSR.T, ARM ARM DDI 0406C, B1.3.3 */

/* Finds what this QEMU offers; the answer is of enum ability. */
uint32_t registers_find(void);
/* Called on a virtual CPU's own thread, when it exists. */
void registers_find_on(unsigned vcpu);

/* The virtual CPU whose thread this is: whoever translates does it for one, and QEMU does not say for which. */
unsigned vcpu_here(void);
bool register_known(enum guest_register which);
/* 0 when it cannot be read. */
uint64_t register_read(unsigned vcpu, enum guest_register which);
bool memory_read(unsigned vcpu, uint64_t address, void *bytes, size_t length);
/* The physical address of a page, or UINT64_MAX. */
uint64_t page_physical(unsigned vcpu, uint64_t address);

#endif
