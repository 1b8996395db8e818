/*
 * The truth of this guest: what its handlers counted.
 *
 * Nothing but a handler writes here: the trap entry counts calls by the entry they came through, the page fault
 * handler counts faults, and the one function that loads the address space register counts switches.
 */
#ifndef COUNTERS_H
#define COUNTERS_H

#include <stdint.h>

#include "entries.h" /* of the architecture: enum entry, ENTRY_COUNT */

struct counters {
	uint32_t calls;    /* entries into the kernel for a call, by any entry */
	uint32_t faults;   /* user page faults */
	uint32_t switches; /* loads of the address space register */
	uint32_t ipc;      /* SENDREC round trips between two processes, counted when the reply is delivered */
	uint32_t ticks;    /* timer interrupts */
	uint32_t entries[ENTRY_COUNT];
};

/* User page faults by what the CPU says of them. Each is one of the first three, and counts in the last one too where the page was there. */
struct fault_kinds {
	uint32_t reads, writes, executes;
	uint32_t protections;
};

/*
 * A mutant drops the thousandth event of its kind. It is built only by a test, which must then see
 * a wrong count: so the check that compares counts with requests can fail.
 */
#ifdef MUTANT_DROP_TICK
#define DROPPED_EVENT 25u /* ticks are a hundred in a second */
#define DROPS_TICK 1
#else
#define DROPPED_EVENT 1000u
#define DROPS_TICK 0
#endif

#ifdef MUTANT_DROP_CALL
#define DROPS_CALL 1
#else
#define DROPS_CALL 0
#endif
#ifdef MUTANT_DROP_FAULT
#define DROPS_FAULT 1
#else
#define DROPS_FAULT 0
#endif
#ifdef MUTANT_DROP_SWITCH
#define DROPS_SWITCH 1
#else
#define DROPS_SWITCH 0
#endif
#ifdef MUTANT_DROP_PROTECTION
#define DROPS_PROTECTION 1
#else
#define DROPS_PROTECTION 0
#endif

/* Counts one event; `drops` is true only in a mutant of that kind. */
static inline void count(uint32_t *counter, int drops)
{
	static uint32_t seen;

	if (drops && ++seen == DROPPED_EVENT)
		return;
	++*counter;
}

#endif
