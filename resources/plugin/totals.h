/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was counted since the plugin was loaded, written or not, and whether the window for writing is open. */
#ifndef TOTALS_H
#define TOTALS_H

#include <stdbool.h>

#include "options.h"
#include "records.h"

extern struct totals totals;
extern bool window_is_open;

/* Several virtual CPUs count. */
static inline void count_one(uint64_t *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

/* Whether events of this kind are written now. */
static inline bool written(uint32_t events)
{
	return window_is_open && wanted(events);
}

struct totals totals_now(void);
/* Begins or ends writing; both leave a mark and the totals of that moment in the trace. */
struct totals window_set(bool open);
void totals_append(bool at_end);

#endif
