/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ARM's system registers on level 1, whose reader QEMU does not export by name. */
#ifndef SYSTEM_REGISTERS_H
#define SYSTEM_REGISTERS_H

#include "api.h"
#include "registers.h"

bool system_registers_exported(void);
bool system_register_known(void *cpu, enum guest_register which);
/* Appends the register to the bytes; answers how many there are, 0 when it cannot be read. At the begin of a block only. */
int system_register_read(void *cpu, unsigned vcpu, GByteArray *bytes, enum guest_register which);

#endif
