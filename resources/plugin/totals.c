/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "totals.h"

#include "count.h"
#include "model.h"
#include "trace.h"

struct totals totals;
bool window_is_open = true;

struct totals totals_now(void)
{
	struct totals now = totals;

	now.instructions = count_before(0);
	now.dropped = trace_dropped();
	return now;
}

static void append(const struct totals *now, bool at_end)
{
	struct totals_record record;

	record.totals = *now;
	trace_stamp(&record.record, 0, RECORD_TOTALS, sizeof record, record.totals.instructions);
	record.record.detail = at_end;
	if (at_end)
		trace_append_last(&record.record);
	else
		trace_append(&record.record);
}

void totals_append(bool at_end)
{
	struct totals now = totals_now();

	append(&now, at_end);
}

struct totals window_set(bool open)
{
	struct window_record record;
	struct totals now;

	if (!open)
		model_append(0);
	now = totals_now();
	/* Side by side: what is counted in the window is what is written, while the guest goes on calling. */
	now.calls = totals.calls;
	now.returns = totals.returns;
	now.faults = totals.faults;
	now.space_loads = totals.space_loads;
	now.interrupts = totals.interrupts;
	window_is_open = open;
	trace_stamp(&record.record, 0, RECORD_WINDOW, sizeof record, now.instructions);
	record.record.detail = open;
	trace_append(&record.record);
	append(&now, false);
	if (open)
		model_begin();
	return now;
}
