/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many instructions the guest has carried out. Whole blocks are counted at their begin, which is cheap, and right but for a
 * block that a fault leaves in its middle. With exact=on each instruction is counted, and one that a fault begins again is taken
 * off, so that the number is that of instructions that came to their end.
 */
#ifndef COUNT_H
#define COUNT_H

#include "api.h"

void count_prepare(void);
/* Adds the counting to a block that was just translated, after all other callbacks. */
void count_block(struct qemu_plugin_tb *block, size_t instructions);
/* A fault will let an instruction begin again. */
void count_restart(void);
/* How many there were before an instruction that stands `behind` instructions before its block's end; 0 at a block's begin. */
uint64_t count_before(size_t behind);
/* What to give to count_before for the instruction at a place of its block. */
size_t count_behind(size_t at, size_t instructions);

#endif
