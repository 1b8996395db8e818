/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fault is over when its handler goes back to the instruction that faulted. Those that never do so (a signal, an end) stay open. */
#ifndef RESUMES_H
#define RESUMES_H

#include "vcpu.h"

/* A fault whose record was written. `key` tells the threads of one address space apart: the user's stack pointer, on ARM the thread. */
void fault_opens(const struct fault_record *fault, uint64_t key);
/* At an instruction that goes back from a handler. */
void handler_leaves(unsigned vcpu, void *site);

#endif
