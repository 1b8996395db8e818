/* The counters at one moment, and what came between two moments. */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "calls.h"

#define COUNTER_WORDS (sizeof(struct counters) / sizeof(uint32_t))

_Static_assert(COUNTER_WORDS + 2 <= 14, "the counters and two words more fit a message");

/* Reads the information page; makes no call. */
void snapshot_take(struct counters *counters);
void snapshot_subtract(struct counters *later, const struct counters *earlier);
/* Prints a line `counts …`; `since` says from when. */
void snapshot_print(const struct counters *counters, const char *since);

#endif
