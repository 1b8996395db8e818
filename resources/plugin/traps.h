/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where exceptions and interrupts lead, found in the guest's own tables, and what is counted there. */
#ifndef TRAPS_H
#define TRAPS_H

#include "api.h"
#include "vcpu.h"

/* At LIDT: the operand's address. */
void trap_table_loaded(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t address, void *unused);
/* Marks a block that is the handler of a vector. `is_user` says in which mode it was translated (ARM). */
void trap_look(uint64_t address);
/* x86: whether the guest's table was seen, so that all its handlers are. */
bool traps_known(void);
/* Keeps in which mode a page's code runs: ARM tells nobody but the kernel where a fault came from. */
void trap_note_mode(uint64_t address);
/* At the handler's first instruction. */
void trap_taken(struct vcpu *vcpu, uint8_t vector);

#endif
