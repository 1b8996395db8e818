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

void totals_append(bool at_end)
{
	struct totals_record record;

	record.totals = totals_now();
	trace_stamp(&record.record, 0, RECORD_TOTALS, sizeof record, record.totals.instructions);
	record.record.detail = at_end;
	if (at_end)
		trace_append_last(&record.record);
	else
		trace_append(&record.record);
}

void window_set(bool open)
{
	struct window_record record;

	trace_stamp(&record.record, 0, RECORD_WINDOW, sizeof record, count_before(0));
	record.record.detail = open;
	if (!open)
		model_append(0);
	trace_append(&record.record);
	totals_append(false);
	window_is_open = open;
	if (open)
		model_begin();
}
