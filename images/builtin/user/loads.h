/* The loads: known amounts of work between two readings of the counters. */
#ifndef LOADS_H
#define LOADS_H

#include <stdbool.h>

#include "snapshot.h"

struct load {
	uint32_t type;      /* LOAD_CALLS … */
	uint32_t amount;    /* how many, or bytes, or milliseconds */
	uint32_t parameter; /* LOAD_CALLS: the entry, ENTRY_COUNT for all in turn; LOAD_FAULTS: the kind; the walks: the stride in bytes */
	uint32_t done;      /* how much was done; less than `amount` after Ctrl-C */
	bool cancelled;
	uint32_t cancellations;   /* how often Ctrl-C was read; one more ends the load */
	uint32_t arena_page;      /* where LOAD_FAULTS goes on */
	struct counters after;    /* at the end; when the load has run: what the handlers counted meanwhile */
};

/* Kinds of LOAD_FAULTS, the first by default. One of protection is a read of a page that is not there, and then a write to it. */
enum { FAULT_WRITE, FAULT_READ, FAULT_EXECUTE, FAULT_PROTECTION, FAULT_KINDS };

void load_run(struct load *load);

/* Of LOAD_INSTRUCTIONS: in logical time these take less than the time between two ticks. */
#define MOST_COUNTED_TURNS 1000000u
/* What lies between count_begin and count_end (counting.S of the architecture). */
#define COUNTED_INSTRUCTIONS(turns) (4u * (turns) + 1u)

/* Where the counting begins and ends: places for the breakpoints and probes of an outside instrument. */
void load_begin(void);
void load_end(void);

/* In the architecture's counting.S. */
void count_turns(uint32_t turns);

#endif
