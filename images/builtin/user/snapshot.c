#include "snapshot.h"

#include "output.h"

void snapshot_take(struct counters *counters)
{
	const volatile uint32_t *from = (const volatile uint32_t *)&kernel_information->counters;

	for (uint32_t at = 0; at < COUNTER_WORDS; at++)
		((uint32_t *)counters)[at] = from[at];
}

void snapshot_subtract(struct counters *later, const struct counters *earlier)
{
	for (uint32_t at = 0; at < COUNTER_WORDS; at++)
		((uint32_t *)later)[at] -= ((const uint32_t *)earlier)[at];
}

void snapshot_print(const struct counters *counters, const char *since)
{
	print("counts calls=%u faults=%u switches=%u ipc=%u ticks=%u entries", counters->calls, counters->faults,
	      counters->switches, counters->ipc, counters->ticks);
	for (int entry = 0; entry < ENTRY_COUNT; entry++)
		print(" %s=%u", entry_ways[entry].name, counters->entries[entry]);
	print(" since=%s\n", since);
}
