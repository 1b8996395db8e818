/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A model of caches and TLBs, fed with the guest's addresses. Caches are looked up by physical address, TLBs by virtual one.
 * README.md says what it leaves out.
 */
#ifndef MODEL_H
#define MODEL_H

#include "api.h"

bool model_prepare(void);
/* Adds the model's callbacks to a block that was just translated. */
void model_block(struct qemu_plugin_tb *block, size_t instructions);
/* The TLBs lose everything, or one page. */
void model_forget(unsigned vcpu);
void model_forget_page(unsigned vcpu, uint64_t address);
/* The window was opened: the first step begins. */
void model_begin(void);
/* Writes the counters as they are now. */
void model_append(unsigned vcpu);

#endif
