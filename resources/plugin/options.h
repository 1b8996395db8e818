/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the command line asked for: `-plugin file=…,out=…,events=call+return`. README.md lists all options. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum event_bits {
	EVENT_CALL = 1 << 0,
	EVENT_RETURN = 1 << 1,
	EVENT_FAULT = 1 << 2,
	EVENT_SPACE = 1 << 3,
	EVENT_INTERRUPT = 1 << 4,
	EVENT_SYMBOL = 1 << 5,
	EVENT_PROFILE = 1 << 6,
	EVENT_MODEL = 1 << 7,
	EVENT_INSTRUCTIONS = 1 << 8
};

/* How a call's registers name its message. */
enum messages { MESSAGES_NONE, MESSAGES_MINIX, MESSAGES_MINIX_2, MESSAGES_MACH };

struct geometry {
	uint32_t sets;
	uint32_t ways;
	uint32_t line; /* bytes; of a TLB the page's */
};

struct model_options {
	struct geometry l1d, l1i, llc, dtlb, itlb, stlb;
	uint32_t every;       /* one set in so many is modelled */
	uint64_t low, high;   /* data references below low or at high and above are modelled and not counted */
	uint32_t step;        /* instructions from one model record to the next */
};

struct options {
	const char *out;
	const char *symbols;
	const char *control;
	uint64_t cap_bytes;
	uint32_t events;
	uint64_t profile_every;
	struct model_options model;
	uint64_t fault_handler;
	uint64_t kernel; /* where the code of a kernel that may move itself was linked to begin; 0: it stays */
	bool exact;
	bool probe; /* say what is possible, and end */
	bool window_open;
	enum messages messages;
	uint8_t call_vectors[256];
};

extern struct options options;

/* Fills `options`; on a mistake says it on stderr and answers false. */
bool options_parse(int argc, char **argv);

/* As the kernel of MINIX sees it, a process has one thread. */
static inline bool has_one_thread(void)
{
	return options.messages == MESSAGES_MINIX || options.messages == MESSAGES_MINIX_2;
}

static inline bool wanted(uint32_t events)
{
	return (options.events & events) != 0;
}

#endif
