/* Frames of physical memory, and the pages of processes that come into being when they are touched. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence.h"
#include "process.h"

/* Takes `count` frames in a row, the first aligned to `count` frames (a power of two), filled with zeros. */
uint32_t memory_allocate(uint32_t count);
void memory_free(uint32_t frame);

struct trap;

/* A process touched an address without a page, or wrote to one that it may only read; false when it has no business there. */
bool memory_fault(struct process *process, const struct trap *fault);

/* The phase memory_init. */
void memory_init_work(void);
const char *memory_init_check(struct evidence *evidence);

#endif
